package knowledge

import (
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"strings"
	"sync"
	"time"

	"liaison/knowledge/index"
	"liaison/knowledge/zh"
)

//go:embed decision.json
var decisionJSON []byte

// Decision says from when on a question is answered. It is a logistic model of a
// few features of the best match, fitted on measured data.
type Decision struct {
	Answer  float64            `json:"answer"`  // answer when at least this sure, 0 to 1
	Clarify float64            `json:"clarify"` // offer choices when at least this sure
	Near    float64            `json:"near"`    // a unit that scores at least this share of the best could be meant too
	Bias    float64            `json:"bias"`
	Weights map[string]float64 `json:"weights"` // by name of feature
	How     json.RawMessage    `json:"how"`     // data, command, date: how the numbers were obtained
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
	for name := range d.Weights {
		if _, ok := (features{}).byName()[name]; !ok {
			return nil, fmt.Errorf("there is no feature %q", name)
		}
	}
	return &d, nil
}

// Sure is how sure the decision is that the best match answers, 0 to 1, from
// the features of a Judgement. Missing features count as 0.
func (d *Decision) Sure(features map[string]float64) float64 {
	z := d.Bias
	for name, v := range features {
		z += d.Weights[name] * v
	}
	return 1 / (1 + math.Exp(-z))
}

type verdict struct {
	outcome Outcome
	units   []int // Answered: what to cite, best first; Clarify: the choices
	sure    float64
}

// judged is how many hits the decision looks at.
const judged = 8

func (d *Decision) judge(l *Library, q *query, hits []Hit) verdict {
	if len(hits) == 0 {
		return verdict{outcome: Refused}
	}
	v := verdict{outcome: Refused, sure: d.Sure(l.features(q, hits[0]).byName())}
	for _, h := range hits {
		if h.Score >= d.Near*hits[0].Score && len(v.units) < MaxChoices {
			v.units = append(v.units, h.unit)
		}
	}
	switch {
	case v.sure >= d.Answer && (len(v.units) == 1 || !q.bare()) && !l.misses(q, hits[0]):
		v.outcome = Answered
	case v.sure >= d.Clarify:
		v.outcome = Clarify
	}
	return v
}

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

// features describe how well the best match fits the question. Most are shares of
// the weight of the question's terms, so that its length does not move them. What
// the library does not have at all is set apart: odd wording tells less against a
// match than a word that stands elsewhere. Unknown words, size and place make the
// decision less sure, the others surer.
type features struct {
	score   float64 // BM25 of the best passage over the most that the terms the library has could reach
	cover   float64 // share of these that the passage holds; weights squared, so that rare ones decide
	title   float64 // what the titles above it hold
	whole   float64 // what its document holds anywhere
	unknown float64 // what no passage of the library holds
	size    float64 // log10 of the number of units, over 4: the more there are, the more fit by chance
	place   float64 // 1: the question names a place that the document never does
}

func (f features) byName() map[string]float64 {
	return map[string]float64{
		"score": f.score, "cover": f.cover, "title": f.title, "whole": f.whole,
		"unknown": f.unknown, "size": f.size, "place": f.place,
	}
}

func (l *Library) features(q *query, top Hit) features {
	var f features
	text := l.folded[top.passage]
	titles, _, _ := strings.Cut(text, "\n")
	in := make([]bool, len(q.terms))
	zh.EachTerm([]rune(text), func(t zh.Term, _, _ int) {
		if i, ok := q.find(t); ok {
			in[i] = true
		}
	})
	doc := int(l.units[top.unit].doc)
	var total, squared, reach float64
	for i, t := range q.terms {
		word := string(q.folded[t.from:t.to])
		total += t.telling
		if t.known {
			squared += t.telling * t.telling
			reach += float64(t.weight)
		} else {
			f.unknown += t.telling
		}
		if in[i] {
			f.cover += t.telling * t.telling
		}
		if in[i] && strings.Contains(titles, word) {
			f.title += t.telling
		}
		if in[i] || t.known && l.holds(doc, word) {
			f.whole += t.telling
		}
	}
	f.score = top.bm25 / reach / index.Most
	f.cover /= squared
	f.title /= total
	f.whole /= total
	f.unknown /= total
	f.size = math.Log10(float64(len(l.units))) / 4
	for _, p := range places(string(q.folded)) {
		if !l.holds(doc, p) {
			f.place = 1
		}
	}
	return f
}

// holds reports whether folded text stands anywhere in document d.
func (l *Library) holds(d int, text string) bool {
	for p := l.first[d]; p < l.first[d+1]; p++ {
		if strings.Contains(l.folded[p], text) {
			return true
		}
	}
	return false
}

// Judgement is what a decision says about a question before anything is
// composed; measurements read it.
type Judgement struct {
	Decision Outcome
	Units    []string           // unit IDs, best first
	Sure     float64            // 0 to 1
	Features map[string]float64 // what Sure came from; nil when nothing was found
}

// Judge searches l and decides as an Answerer does, as of today.
func (d *Decision) Judge(l *Library, question string) Judgement {
	if screen(question) != "" {
		return Judgement{Decision: Refused}
	}
	q := l.analyse(question)
	hits := l.search(&q, judged, DateOf(time.Now()), "")
	v := d.judge(l, &q, hits)
	j := Judgement{Decision: v.outcome, Sure: v.sure}
	if len(hits) > 0 {
		j.Features = l.features(&q, hits[0]).byName()
	}
	for _, n := range v.units {
		j.Units = append(j.Units, l.unit(n).ID)
	}
	return j
}
