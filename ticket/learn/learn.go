// Package learn lets routing learn from the city's own cases: from those that were
// solved, and from those that were transferred, which station solves what. It starts
// with what stations.yaml says of topics and stations, trains a classifier in the
// background once there are cases, and uses it only if it does better on cases that
// were held back.
package learn

import (
	"bytes"
	"context"
	"fmt"
	"hash/fnv"
	"log/slog"
	"slices"
	"time"

	"liaison/ticket/classify"
	"liaison/ticket/route"
)

// Target is what a classifier guesses of a case.
type Target string

// The targets.
const (
	Topic   Target = "topic"
	Station Target = "station"
)

// Targets lists every target.
var Targets = []Target{Topic, Station}

// Case is a case that routing can learn from: an agent has solved it, or works on
// it after a transfer.
type Case struct {
	ID      string
	Text    string
	Town    string // town id, "" when unknown
	Topic   string // topic id, "" when unknown
	Station string // station that has it
}

// Version is one training of a classifier.
type Version struct {
	Number int64 // ascends over all targets
	Target Target
	At     time.Time
	Digest string // of the cases and what they were labelled
	Cases  int    // learned from
	Held   int    // held back
	Right  int    // of those held back, by this version
	Before int    // of those held back, by what was in force before
	Used   bool   // it was put in force
	Pinned bool   // it stays in force until it is released
}

// Store keeps the versions. Implementations are safe for concurrent use.
type Store interface {
	// CasesToLearn returns the newest cases to learn from, at most limit, in the
	// order of their numbers.
	CasesToLearn(ctx context.Context, limit int) ([]Case, error)
	// LastModel returns the last version of the target; if used the one that is in force:
	// the pinned one, else the last of those put in force. It is the zero Version when
	// there is none.
	LastModel(ctx context.Context, t Target, used bool) (Version, error)
	// Model returns the model of a version that was put in force. It is NotFound when
	// it was not kept.
	Model(ctx context.Context, number int64) ([]byte, error)
	// Models returns all versions, newest first.
	Models(ctx context.Context) ([]Version, error)
	// AddModel keeps a version under the next number and returns it with that. Of the
	// models of a target the last few are kept.
	AddModel(ctx context.Context, v Version, model []byte) (Version, error)
	// PinModel keeps a version in force, in place of what is learned later, until it is
	// released. A version whose model is not kept is NotFound.
	PinModel(ctx context.Context, number int64) (Version, error)
	// ReleaseModels releases what is pinned, and returns how many targets were.
	ReleaseModels(ctx context.Context) (int, error)
}

const (
	// mostCases is how many cases are learned from: the newest.
	mostCases = 20_000
	// fewest cases to learn from, and to measure on: fewer say nothing.
	fewestLearned = 30
	fewestHeld    = 10
	// fewestOfLabel is how many cases a label needs to be learned.
	fewestOfLabel = 3
)

// heldBack says whether a case is only ever measured on, never learned from: one in
// five, by its number, so that it is the same for every version and two versions can
// be compared.
func heldBack(id string) bool {
	h := fnv.New32a()
	h.Write([]byte(id)) // never fails
	return h.Sum32()%5 == 0
}

// label returns what a case teaches for the target, "" for nothing. What the
// configuration no longer has is not taught. A topic is believed when the station
// that solved the case is in charge of it: at any other it is a guess that nobody has
// confirmed. A station that serves the town of the case had it for the town, which the
// rules know; its text would only teach who complains most.
func (c Case) label(t Target, d *route.Directory) string {
	s, known := d.Station(c.Station)
	switch {
	case !known:
		return ""
	case t == Station && c.Town != "" && slices.Contains(s.Towns, c.Town):
		return ""
	case t == Station:
		return s.ID
	case slices.Contains(s.Topics, c.Topic):
		return c.Topic
	default:
		return ""
	}
}

// lessons divides the cases into examples to learn from and to measure on.
func lessons(cases []Case, t Target, d *route.Directory) (learned, held []classify.Example, digest string) {
	count := make(map[string]int)
	for _, c := range cases {
		if !heldBack(c.ID) {
			count[c.label(t, d)]++
		}
	}
	h := fnv.New64a()
	for _, c := range cases {
		label := c.label(t, d)
		if label == "" {
			continue
		}
		fmt.Fprintln(h, c.ID, label)
		switch e := (classify.Example{Text: c.Text, Label: label}); {
		case heldBack(c.ID):
			held = append(held, e)
		case count[label] >= fewestOfLabel:
			learned = append(learned, e)
		}
	}
	return learned, held, fmt.Sprintf("%016x", h.Sum64())
}

// Learner trains the classifiers and gives advice by those in force. It is safe for
// concurrent use.
type Learner struct {
	Config
	guides guides
}

// Config is what a Learner needs. Store and Directory are required.
type Config struct {
	Store     Store
	Directory func() *route.Directory // the stations as configured now
	Logger    *slog.Logger            // Defaults to slog.Default.
	Now       func() time.Time        // Defaults to time.Now.
}

// New returns a Learner. Until Refresh it gives no advice.
func New(c Config) *Learner {
	if c.Logger == nil {
		c.Logger = slog.Default()
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	return &Learner{Config: c}
}

// Learn trains a classifier for each target that has new cases, keeps it as a
// version, and puts it in force if it does better on the cases held back than what
// was in force, or as well where that was the descriptions. It returns the versions made, none when there was nothing new or too
// little to learn from. It takes seconds and holds no transaction meanwhile.
func (l *Learner) Learn(ctx context.Context) ([]Version, error) {
	cases, err := l.Store.CasesToLearn(ctx, mostCases)
	if err != nil {
		return nil, err
	}
	var made []Version
	for _, t := range Targets {
		v, model, err := l.train(ctx, t, cases)
		if err != nil {
			return made, fmt.Errorf("learn %s: %w", t, err)
		}
		if v.Held == 0 {
			continue
		}
		if v, err = l.Store.AddModel(ctx, v, model); err != nil {
			return made, fmt.Errorf("learn %s: %w", t, err)
		}
		l.Logger.InfoContext(ctx, "learned from cases", "target", t, "version", v.Number, "cases", v.Cases,
			"held_back", v.Held, "right", v.Right, "right_before", v.Before, "used", v.Used)
		made = append(made, v)
	}
	return made, l.Refresh(ctx)
}

// train makes a version of the target, the zero Version when there is nothing new or
// too little. The model is nil unless it did better.
func (l *Learner) train(ctx context.Context, t Target, cases []Case) (v Version, model []byte, err error) {
	directory := l.Directory()
	learned, held, digest := lessons(cases, t, directory)
	last, err := l.Store.LastModel(ctx, t, false)
	if err != nil || last.Digest == digest || len(learned) < fewestLearned || len(held) < fewestHeld || !several(learned) {
		return v, nil, err
	}
	used, before, err := l.inForce(ctx, t, directory)
	if err != nil || used.Pinned { // nothing could take its place
		return v, nil, err
	}
	trained, err := classify.Train(learned, classify.Config{Descriptions: descriptions(t, directory)})
	if err != nil {
		return v, nil, err
	}
	v = Version{
		Target: t, At: l.Now(), Digest: digest, Cases: len(learned), Held: len(held),
		Right: right(trained, held), Before: right(before, held),
	}
	// Descriptions were never fitted to be sure of anything, so what has learned as
	// much takes their place.
	v.Used = v.Right > v.Before || v.Right == v.Before && used.Number == 0
	if !v.Used {
		return v, nil, nil
	}
	var b bytes.Buffer
	if err := trained.Save(&b); err != nil {
		return v, nil, err
	}
	return v, b.Bytes(), nil
}

// Use puts an earlier version in force and keeps it there, whatever is learned, until
// Release. A version whose model is not kept is ticket.NotFound.
func (l *Learner) Use(ctx context.Context, number int64) (Version, error) {
	v, err := l.Store.PinModel(ctx, number)
	if err != nil {
		return v, err
	}
	l.Logger.InfoContext(ctx, "routing goes by an earlier version until it is released", "target", v.Target, "version", v.Number)
	return v, l.Refresh(ctx)
}

// Release lets the last versions that were put in force be used again, and what is
// learned from now on. It returns for how many targets a version was pinned.
func (l *Learner) Release(ctx context.Context) (int, error) {
	n, err := l.Store.ReleaseModels(ctx)
	if err != nil {
		return n, err
	}
	return n, l.Refresh(ctx)
}

// several reports whether there is more than one label.
func several(examples []classify.Example) bool {
	return slices.ContainsFunc(examples, func(e classify.Example) bool { return e.Label != examples[0].Label })
}

// right counts the examples that the model gets right, 0 without a model.
func right(m *classify.Model, examples []classify.Example) (n int) {
	if m == nil {
		return 0
	}
	for _, e := range examples {
		if m.Predict(e.Text).Label == e.Label {
			n++
		}
	}
	return n
}

// inForce returns the version in force and its model: before there is one the zero
// Version and the model of the descriptions, nil when these say too little.
func (l *Learner) inForce(ctx context.Context, t Target, d *route.Directory) (Version, *classify.Model, error) {
	v, err := l.Store.LastModel(ctx, t, true)
	if err != nil {
		return v, nil, err
	}
	if v.Number > 0 {
		data, err := l.Store.Model(ctx, v.Number)
		if err != nil {
			return v, nil, err
		}
		m, err := classify.Load(bytes.NewReader(data))
		if err == nil {
			return v, m, nil
		}
		// Of an older program, most likely; the next training makes a new one.
		l.Logger.WarnContext(ctx, "a model cannot be read, the descriptions do in its place", "target", t, "version", v.Number, "error", err)
	}
	m, err := classify.Describe(descriptions(t, d))
	if err != nil {
		l.Logger.DebugContext(ctx, "the descriptions do not tell enough", "target", t, "error", err)
		m = nil
	}
	return Version{}, m, nil
}

// descriptions say in the words of the configuration what each label is about.
func descriptions(t Target, d *route.Directory) (out []classify.Description) {
	words := make(map[string][]string)
	for _, topic := range d.Topics() {
		words[topic.ID] = append([]string{topic.Name}, topic.Words...)
		if t == Topic {
			out = append(out, classify.Description{Label: topic.ID, Terms: words[topic.ID]})
		}
	}
	if t == Topic {
		return out
	}
	for _, s := range d.Stations() {
		var terms []string
		for _, topic := range s.Topics {
			terms = append(terms, words[topic]...)
		}
		if len(terms) > 0 { // a station without topics is found by its town
			out = append(out, classify.Description{Label: s.ID, Terms: append(terms, s.Description)})
		}
	}
	return out
}
