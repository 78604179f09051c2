package knowledge

import (
	"cmp"
	"context"
	"errors"
	"log/slog"
	"math"
	"slices"
	"strings"
	"time"
)

// Steps of Answer.Path after Lexical.
const (
	ByVectors = "vectors" // fused with what is near in meaning
	ByRerank  = "rerank"  // put in order by another model
)

// Vectors finds units by meaning; vector.Keeper does. Implementations must honour
// ctx and be safe for concurrent use.
type Vectors interface {
	// Nearest returns the IDs of up to n units that shown lets through, nearest
	// first. It returns none, without an error, as long as it knows none.
	Nearest(ctx context.Context, question string, n int, shown func(unit string) bool) ([]string, error)
}

// Reranker says how well texts answer a question. Implementations must honour ctx
// and be safe for concurrent use.
type Reranker interface {
	// Rerank returns a number for each text, the higher the better it answers.
	Rerank(ctx context.Context, question string, texts []string) ([]float64, error)
}

// Hybrid is what finds units besides their words. A step that fails, or takes too
// long, is left out; one that keeps failing is not tried for a while.
//
// Neither step makes an answer: both change only which units are read, and in which
// order. Whether the best of them answers is decided by the same evidence as
// without them, by the words that the question and the unit share. The decision
// reads the units twice, in the order of their words, which it was fitted on, and in
// this one, and takes the reading that it is surer of: so steps that know more add
// answers, and steps that know nothing take none away.
type Hybrid struct {
	Vectors        Vectors       // Defaults to none
	VectorsTimeout time.Duration // Defaults to 1 s
	Reranker       Reranker      // Defaults to none
	RerankTimeout  time.Duration // Defaults to 2 s
	// Observe, if set, is told of each time that a step could have been taken:
	// one of StepOutcomes; "empty" is that nothing is known yet.
	Observe func(step, outcome string, took time.Duration)
}

// hybrid is a Hybrid at work.
type hybrid struct {
	Hybrid
	vectors, rerank breaker
	stages          Stages
	log             *slog.Logger
	now             func() time.Time
}

func newHybrid(c Hybrid, stages Stages, log *slog.Logger, now func() time.Time) *hybrid {
	if c.VectorsTimeout <= 0 {
		c.VectorsTimeout = time.Second
	}
	if c.RerankTimeout <= 0 {
		c.RerankTimeout = 2 * time.Second
	}
	if c.Observe == nil {
		c.Observe = func(string, string, time.Duration) {}
	}
	return &hybrid{Hybrid: c, stages: stages, log: log, now: now}
}

// found are units and how they were found.
type found struct {
	words    []Hit // by words alone
	hits     []Hit // after all steps
	judged   []Hit // those of the two on which the decision was taken
	path     []string
	fellBack []string
}

// find returns the k units that match the question best. A question that shares no
// word with the library finds nothing and is sent nowhere.
func (h *hybrid) find(ctx context.Context, l *Library, q *query, asked Question, k int, day Date) found {
	_, end := h.stages.begin(ctx, StageFind)
	words := l.search(q, max(k, reranked), day, asked.Town)
	end(true)
	out := found{words: words[:min(k, len(words))], hits: words, path: []string{Lexical}}
	if len(out.hits) > 0 && (h.Vectors != nil || h.Reranker != nil) {
		masked := MaskPersonal(asked.Text)
		if h.Vectors != nil {
			h.fuse(ctx, l, q, masked, &out, l.shown(q, day, asked.Town))
		}
		if h.Reranker != nil {
			h.reorder(ctx, l, masked, &out)
		}
	}
	out.hits = out.hits[:min(k, len(out.hits))]
	return out
}

// judge decides on what was found.
func (f *found) judge(ctx context.Context, stages Stages, d *Decision, l *Library, q *query) verdict {
	v := d.judgeIn(ctx, stages, l, q, f.words)
	f.judged = f.words
	if len(f.path) > 1 {
		if w := d.judgeIn(ctx, stages, l, q, f.hits); w.sure > v.sure {
			f.judged = f.hits
			return w
		}
	}
	return v
}

func (h *hybrid) fuse(ctx context.Context, l *Library, q *query, question string, out *found, shown func(doc int) bool) {
	near, outcome := step(ctx, h, ByVectors, &h.vectors, h.VectorsTimeout, func(ctx context.Context) ([]string, error) {
		return h.Vectors.Nearest(ctx, question, reranked, func(unit string) bool {
			n, ok := l.byID[unit]
			return ok && !l.blocked(n) && shown(int(l.units[n].doc))
		})
	}, func(near []string) bool { return len(near) > 0 })
	if out.took(ByVectors, outcome) {
		out.hits = l.fused(q, out.hits, near)
	}
}

func (h *hybrid) reorder(ctx context.Context, l *Library, question string, out *found) {
	top := out.hits[:min(len(out.hits), reranked)]
	texts := make([]string, len(top))
	for i, hit := range top {
		_, texts[i] = l.Passage(hit.passage)
	}
	scores, outcome := step(ctx, h, ByRerank, &h.rerank, h.RerankTimeout, func(ctx context.Context) ([]float64, error) {
		scores, err := h.Reranker.Rerank(ctx, question, texts)
		if err == nil && (len(scores) != len(texts) || slices.ContainsFunc(scores, math.IsNaN)) {
			err = errors.New("the scores are not one number a text")
		}
		return scores, err
	}, func(scores []float64) bool { return true })
	if out.took(ByRerank, outcome) {
		order := make([]int, len(top))
		for i := range order {
			order[i] = i
		}
		slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(scores[b], scores[a]) })
		sorted := slices.Clone(out.hits)
		for i, from := range order {
			sorted[i] = top[from]
		}
		out.hits = withScoresOf(out.hits, sorted)
	}
}

// took notes what came of a step and reports whether it is to be used.
func (f *found) took(name, outcome string) bool {
	switch outcome {
	case stepOK:
		f.path = append(f.path, name)
	case stepFailed, stepResting:
		f.fellBack = append(f.fellBack, name)
	}
	return outcome == stepOK
}

// What can come of a step.
const (
	stepOK      = "ok"
	stepEmpty   = "empty"
	stepFailed  = "failed"
	stepResting = "resting"
	stepGone    = "gone" // the one who asked has left: this says nothing of the endpoint
)

// StepOutcomes are all that Hybrid.Observe may be told.
var StepOutcomes = []string{stepOK, stepEmpty, stepFailed, stepResting}

// step makes a call that may fail, hang or panic. some tells whether a result is
// worth anything.
func step[T any](ctx context.Context, h *hybrid, name string, b *breaker, limit time.Duration, call func(context.Context) (T, error), some func(T) bool) (T, string) {
	type result struct {
		value T
		err   error
	}
	start := h.now()
	if !b.allow(start) {
		var none T
		h.Observe(name, stepResting, 0)
		return none, stepResting
	}
	ctx, end := h.stages.begin(ctx, name)
	limited, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	done := make(chan result, 1) // buffered: a call that ignores its context must not leak blocked
	go func() {
		defer func() {
			if recover() != nil {
				done <- result{err: errors.New("panic")}
			}
		}()
		value, err := call(limited)
		done <- result{value, err}
	}()
	var r result
	select {
	case r = <-done:
	case <-limited.Done():
		r.err = errSlow
	}
	took := h.now().Sub(start)
	outcome := stepOK
	switch {
	case r.err != nil && ctx.Err() != nil:
		outcome = stepGone
	case r.err != nil:
		outcome = stepFailed
		b.failed(h.now())
		h.log.LogAttrs(ctx, slog.LevelWarn, "a step of finding units failed", slog.String("step", name), slog.Any("error", r.err), slog.Duration("took", took))
	case !some(r.value):
		outcome = stepEmpty
	default:
		b.worked()
	}
	end(r.err == nil)
	if outcome != stepGone {
		h.Observe(name, outcome, took)
	}
	return r.value, outcome
}

// fusing is the constant of reciprocal rank fusion: that of Cormack, Clarke and
// Büttcher, "Reciprocal rank fusion outperforms Condorcet and individual rank
// learning methods", SIGIR 2009. It was not tuned here.
const fusing = 60

// fused merges the ranking by words with that by vectors: a unit gets
// 1/(fusing+rank) of each that it is in. Units that were not found by words come in
// with what their words are worth.
func (l *Library) fused(q *query, hits []Hit, near []string) []Hit {
	worth := make(map[int]float64, len(hits)+len(near))
	for rank, h := range hits {
		worth[h.unit] = 1 / float64(fusing+rank+1)
	}
	var added []int
	for rank, id := range near {
		n, ok := l.byID[id]
		if !ok {
			continue
		}
		if worth[n] == 0 {
			added = append(added, n)
		}
		worth[n] += 1 / float64(fusing+rank+1)
	}
	merged := append(slices.Clone(hits), l.scored(q, added)...)
	slices.SortStableFunc(merged, func(a, b Hit) int { return cmp.Compare(worth[b.unit], worth[a.unit]) })
	return withScoresOf(hits, merged)
}

// withScoresOf gives hits in a new order the scores of the old one, rank by rank.
// So scores still fall from first to last, and say how well words matched at that
// rank; what the decision weighs of a unit itself, it reads from the unit.
func withScoresOf(old, hits []Hit) []Hit {
	for i := range hits {
		hits[i].Score = old[min(i, len(old)-1)].Score
	}
	return hits
}

// scored returns units as hits, each with its passage that matches the question
// best by words, if any does.
func (l *Library) scored(q *query, units []int) []Hit {
	if len(units) == 0 {
		return nil
	}
	out := make([]Hit, len(units))
	at := make(map[int]int, len(units))
	docs := make(map[int]bool, len(units))
	for i, n := range units {
		doc := int(l.units[n].doc)
		first := l.first[doc]
		for int(l.unitOf[first]) != n {
			first++
		}
		u := l.unit(n)
		out[i] = Hit{Unit: u.ID, Title: u.Title, unit: n, passage: first}
		at[n], docs[doc] = i, true
	}
	l.passages.Score(q.weighted(), func(doc int, _ float32, scores []float32) {
		if !docs[doc] {
			return
		}
		for p, s := range scores {
			passage := l.first[doc] + p
			if i, ok := at[int(l.unitOf[passage])]; ok && float64(s) > out[i].bm25 {
				out[i].passage, out[i].bm25 = passage, float64(s)
			}
		}
	})
	return out
}

// Passages returns how many passages the library has: units, the long ones cut
// between sentences.
func (l *Library) Passages() int { return len(l.unitOf) }

// Passage returns passage i, from 0, as one text that can be understood alone, with
// the titles above it, and the ID of its unit.
func (l *Library) Passage(i int) (unit, text string) {
	n := l.unitOf[i]
	first := i
	for first > 0 && l.unitOf[first-1] == n {
		first--
	}
	u, d := l.unit(int(n)), l.docOf(int(n))
	lines := append([]string{d.Title}, u.Aliases...)
	if where := u.Where(); where != d.Title {
		lines = slices.Insert(lines, 1, where)
	}
	return u.ID, strings.Join(append(lines, passagesOf(u.Body)[i-first]), "\n")
}
