package learn

import (
	"context"
	"slices"
	"sync/atomic"
	"time"

	"liaison/ticket/classify"
	"liaison/ticket/route"
)

// guides holds what advice is given by. It is replaced as a whole.
type guides struct{ current atomic.Pointer[state] }

type state struct {
	directory *route.Directory // of which the descriptions were read
	guides    map[Target]*guide
}

// guide gives advice for one target.
type guide struct {
	version Version // zero: the model is of descriptions
	model   *classify.Model
	nearest *classify.Nearest // nil for descriptions
	cases   []Case            // as indexed by nearest
}

const (
	// mostGuesses, mostWords and mostAlike are how much is passed on.
	mostGuesses = 5
	mostWords   = 5
	mostAlike   = 3
	// alike is the likeness from which a case is worth looking at.
	alike = 0.2
	// refreshEvery is how often a running bot looks for a new version and for
	// another configuration.
	refreshEvery = 5 * time.Second
)

// Advise says what earlier cases, or else the descriptions, make of a text. It takes
// a few milliseconds at most and reads nothing but memory.
func (l *Learner) Advise(text string) route.Advice {
	s := l.guides.current.Load()
	if s == nil {
		return route.Advice{}
	}
	return route.Advice{Topics: s.guides[Topic].guess(text), Stations: s.guides[Station].guess(text)}
}

func (g *guide) guess(text string) (guesses []route.Guess) {
	if g == nil || g.model == nil {
		return nil
	}
	ranked := g.model.Rank(text)
	for i, r := range ranked[:min(len(ranked), mostGuesses)] {
		guess := route.Guess{ID: r.Label, Confidence: r.Confidence, Learned: g.version.Number > 0}
		if i == 0 {
			guess.Words, guess.Cases = words(g.model.Explain(text, r.Label)), g.alike(text)
		}
		guesses = append(guesses, guess)
	}
	return guesses
}

func words(weights []classify.Weight) (out []string) {
	for _, w := range weights[:min(len(weights), mostWords)] {
		out = append(out, w.Gram)
	}
	return out
}

// alike returns the numbers of the cases most like the text.
func (g *guide) alike(text string) (ids []string) {
	if g.nearest == nil {
		return nil
	}
	for _, n := range g.nearest.Find(text, mostAlike) {
		if n.Likeness >= alike {
			ids = append(ids, g.cases[n.Example].ID)
		}
	}
	return ids
}

// Run keeps the advice up with the versions in the store and with the configuration
// until ctx ends.
func (l *Learner) Run(ctx context.Context) {
	tick := time.NewTicker(refreshEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		if err := l.Refresh(ctx); err != nil && ctx.Err() == nil {
			l.Logger.ErrorContext(ctx, "what was learned could not be read again, the old stays", "error", err)
		}
	}
}

// Refresh puts the versions in force that the store has, and reads the descriptions
// again when the configuration has changed.
func (l *Learner) Refresh(ctx context.Context) error {
	directory := l.Directory()
	before := l.guides.current.Load()
	next := &state{directory: directory, guides: make(map[Target]*guide)}
	for _, t := range Targets {
		if before != nil && before.directory == directory {
			last, err := l.Store.LastModel(ctx, t, true)
			if err != nil {
				return err
			}
			if old := before.guides[t]; last.Number == old.version.Number {
				next.guides[t] = old
				continue
			}
		}
		g, err := l.guide(ctx, t, directory)
		if err != nil {
			return err
		}
		next.guides[t] = g
	}
	l.guides.current.Store(next)
	return nil
}

// guide makes the guide of what is in force.
func (l *Learner) guide(ctx context.Context, t Target, d *route.Directory) (*guide, error) {
	v, m, err := l.inForce(ctx, t, d)
	if err != nil || v.Number == 0 {
		return &guide{model: m}, err
	}
	g := &guide{version: v, model: m}
	cases, err := l.Store.CasesToLearn(ctx, mostCases)
	if err != nil {
		return nil, err
	}
	g.cases = slices.DeleteFunc(cases, func(c Case) bool { return c.label(t, d) == "" })
	examples := make([]classify.Example, len(g.cases))
	for i, c := range g.cases {
		examples[i] = classify.Example{Text: c.Text, Label: c.label(t, d)}
	}
	g.nearest = classify.NewNearest(m, examples)
	return g, nil
}
