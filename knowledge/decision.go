package knowledge

import (
	"cmp"
	"context"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"
)

//go:embed decision.json
var decisionJSON []byte

// Decision says which sentence answers and from when on a question is answered.
// It is fitted on measured data.
type Decision struct {
	Answer    float64            `json:"answer"`    // answer when at least this sure, 0 to 1
	Clarify   float64            `json:"clarify"`   // offer choices when at least this sure
	Near      float64            `json:"near"`      // a unit that scores at least this share of the best could be meant too
	Sentences map[string]float64 `json:"sentences"` // weights of the signals of a sentence, which choose the best one
	Bias      float64            `json:"bias"`
	Weights   map[string]float64 `json:"weights"` // of the evidence, by name
	Trees     []string           `json:"trees"`   // what pieces of evidence add together; see parseTree
	How       json.RawMessage    `json:"how"`     // data, command, date: how the numbers were obtained

	sentences [sentenceSignals]float64
	weights   []float64 // in the order of evidenceNames
	trees     []*tree
}

// DefaultDecision returns the decision that ships with the program.
var DefaultDecision = sync.OnceValue(func() *Decision {
	d, err := ParseDecision(decisionJSON)
	if err != nil {
		panic("knowledge: embedded decision.json: " + err.Error()) // a test reads it
	}
	return d
})

// ParseDecision reads a decision from JSON and checks that it makes sense.
func ParseDecision(data []byte) (*Decision, error) {
	var d Decision
	if err := json.Unmarshal(data, &d); err != nil {
		return nil, err
	}
	if !(0 <= d.Clarify && d.Clarify <= d.Answer && d.Answer <= 1) {
		return nil, errors.New("0 <= clarify <= answer <= 1 does not hold")
	}
	if !(0 < d.Near && d.Near <= 1) { // above 1 not even the best match would be meant
		return nil, errors.New("0 < near <= 1 does not hold")
	}
	for name, w := range d.Sentences {
		i := slices.Index(signalNames[:], name)
		if i < 0 {
			return nil, fmt.Errorf("there is no signal %q", name)
		}
		d.sentences[i] = w
	}
	d.weights = make([]float64, len(evidenceNames))
	for name, w := range d.Weights {
		i := slices.Index(evidenceNames, name)
		if i < 0 {
			return nil, fmt.Errorf("there is no evidence %q", name)
		}
		d.weights[i] = w
	}
	for _, text := range d.Trees {
		t, err := parseTree(text)
		if err != nil {
			return nil, err
		}
		d.trees = append(d.trees, t)
	}
	return &d, nil
}

// sure is how sure the decision is that the best match answers, 0 to 1.
func (d *Decision) sure(evidence []float64) float64 {
	z := d.Bias
	for i, v := range evidence {
		z += d.weights[i] * v
	}
	for _, t := range d.trees {
		z += t.of(evidence)
	}
	return logistic(z)
}

// verdict is what was decided, and what was read for it.
type verdict struct {
	outcome   Outcome
	units     []int // Answered: what to cite, best first; Clarify: the choices
	sure      float64
	pages     []page
	sentences []sentence // best first
	evidence  []float64
}

// judged is how many hits the decision reads.
const judged = 8

func (d *Decision) judge(l *Library, q *query, hits []Hit) verdict {
	return d.judgeIn(context.Background(), nil, l, q, hits)
}

// judgeIn is judge, with its stages told.
func (d *Decision) judgeIn(ctx context.Context, stages Stages, l *Library, q *query, hits []Hit) verdict {
	if len(hits) == 0 {
		return verdict{outcome: Refused}
	}
	v := verdict{outcome: Refused}
	_, end := stages.begin(ctx, StageRead)
	n := l.needsOf(q)
	v.pages, v.sentences = d.read(l, q, n, hits)
	end(true)
	_, end = stages.begin(ctx, StageDecide)
	defer end(true)
	best := v.sentences[0]
	top := hits[slices.IndexFunc(hits, func(h Hit) bool { return h.unit == best.unit })]
	v.evidence = l.evidence(q, n, &v, top, hits)
	v.sure = d.sure(v.evidence)
	v.units = append(v.units, best.unit)
	for _, h := range hits {
		if h.unit != best.unit && h.Score >= d.Near*hits[0].Score && len(v.units) < MaxChoices {
			v.units = append(v.units, h.unit)
		}
	}
	answer := d.Answer
	if slices.ContainsFunc(v.sentences, func(s sentence) bool { return s.unit == best.unit && s.signals[saysSought] > 0 }) {
		answer = min(answer, d.Clarify/2) // that it is not stated is never a false answer
	}
	if v.sure >= answer && (len(v.units) == 1 || !q.bare()) && !l.misses(q, top) {
		v.outcome = Answered
		return v
	}
	// A unit whose title holds most of the question is its matter, if not its answer.
	titled := slices.IndexFunc(v.sentences, func(s sentence) bool { return s.signals[inOwnTitle] >= offerShare })
	if titled >= 0 {
		v.units = slices.DeleteFunc(v.units, func(n int) bool { return n == v.sentences[titled].unit })
		v.units = slices.Insert(v.units, 0, v.sentences[titled].unit)
		v.units = v.units[:min(len(v.units), MaxChoices)]
		v.outcome = Clarify
	}
	if d.sure(butFor(v.evidence)) >= d.Clarify && best.signals[inContext] >= offerShare {
		v.outcome = Clarify
	}
	return v
}

// read returns the sentences of the best units, best first.
func (d *Decision) read(l *Library, q *query, n *needs, hits []Hit) ([]page, []sentence) {
	pages, sentences := l.read(q, n, hits)
	for i := range sentences {
		s := &sentences[i]
		for k, g := range s.signals {
			s.score += d.sentences[k] * g
		}
	}
	slices.SortStableFunc(sentences, func(a, b sentence) int { return cmp.Compare(b.score, a.score) })
	return pages, sentences
}

// offerShare is what the best match, or its title alone, must hold of a question
// for it to be offered.
const offerShare = 0.5

// bareSize is how many characters, those that only ask left out, a question needs
// to tell units apart that share its words.
const bareSize = 4

// bare reports whether the question is hardly more than a word, such as 贷款.
func (q *query) bare() bool {
	n := 0
	for i, asks := range askingRunes(q.folded) {
		if !asks && q.folded[i] > ' ' {
			n++
		}
	}
	return n <= bareSize
}

// Judgement is what a decision says about a question before anything is
// composed; measurements read it.
type Judgement struct {
	Decision  Outcome
	Units     []string  // unit IDs, best first
	Cited     []string  // units that an answer cites, if it is given
	Sure      float64   // 0 to 1
	Evidence  []float64 // what Sure came from, by EvidenceNames; nil when nothing was found
	Sentences []Read    // what was read, best first
}

// Read is a sentence that was read for a Judgement.
type Read struct {
	Unit    string
	Text    string
	Signals []float64 // by SignalNames
}

// SignalNames names the signals of a sentence.
func SignalNames() []string { return signalNames[:] }

// EvidenceNames names what a decision weighs.
func EvidenceNames() []string { return slices.Clone(evidenceNames) }

// Judge searches l and decides as an Answerer does, as of today.
func (d *Decision) Judge(l *Library, question string) Judgement {
	if screen(question) != "" {
		return Judgement{Decision: Refused}
	}
	q := l.analyse(question)
	hits := l.search(&q, judged, DateOf(time.Now()), "")
	v := d.judge(l, &q, hits)
	j := Judgement{Decision: v.outcome, Sure: v.sure, Evidence: v.evidence}
	for _, n := range v.units {
		j.Units = append(j.Units, l.unit(n).ID)
	}
	if len(v.sentences) == 0 {
		return j
	}
	quoted := l.quote(&v)
	for _, e := range quoted {
		j.Cited = append(j.Cited, l.unit(e.unit).ID)
	}
	for _, s := range l.sameElsewhere(&v, quoted) {
		j.Cited = append(j.Cited, l.unit(s.unit).ID)
	}
	for _, s := range v.sentences {
		for _, p := range v.pages {
			if p.hit.unit == s.unit {
				j.Sentences = append(j.Sentences, Read{l.unit(s.unit).ID, p.spans[s.at].Text, slices.Clone(s.signals[:])})
			}
		}
	}
	return j
}
