package knowledge

import (
	"cmp"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"sync"
	"time"

	"liaison/knowledge/index"
	"liaison/knowledge/zh"
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
	How       json.RawMessage    `json:"how"`     // data, command, date: how the numbers were obtained

	sentences [sentenceSignals]float64
	weights   []float64 // in the order of evidenceNames
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
	return &d, nil
}

// sure is how sure the decision is that the best match answers, 0 to 1.
func (d *Decision) sure(evidence []float64) float64 {
	z := d.Bias
	for i, v := range evidence {
		z += d.weights[i] * v
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
	if len(hits) == 0 {
		return verdict{outcome: Refused}
	}
	v := verdict{outcome: Refused}
	n := l.needsOf(q)
	v.pages, v.sentences = d.read(l, q, n, hits)
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

// butFor is the evidence as it would be if the match stated the place, the year and
// the detail that the question names: what is offered then is beside the question,
// but near it.
func butFor(evidence []float64) []float64 {
	out := slices.Clone(evidence)
	for _, name := range []string{"place", "other_place", "other_figure", "misses_detail"} {
		out[slices.Index(evidenceNames, name)] = 0
	}
	return out
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

// features describe how well the words of the best match fit the question. Most
// are shares of the weight of the question's terms, so that its length does not
// move them. What the library does not have at all is set apart: odd wording tells
// less against a match than a word that stands elsewhere.
type features struct {
	score   float64 // BM25 of the best passage over the most that the terms the library has could reach
	cover   float64 // share of these that the passage holds; weights squared, so that rare ones decide
	title   float64 // what the titles above it hold
	whole   float64 // what its document holds anywhere
	unknown float64 // what no passage of the library holds
	size    float64 // log10 of the number of units, over 4: the more there are, the more fit by chance
	place   float64 // 1: the question names a place that the document never does
}

// evidenceNames are what a decision weighs: the signals of the best sentence, and
// what tells about the question and the library as a whole.
var evidenceNames = append(slices.Clone(signalNames[:]),
	"score", "cover", "title", "whole", "unknown", "size", "place",
	"lead", "in_document", "other_place", "other_figure", "misses_detail",
	"words", "seeks_figure", "absent_unit", "absent_document",
)

func (l *Library) evidence(q *query, n *needs, v *verdict, top Hit, hits []Hit) []float64 {
	best := v.sentences[0]
	out := append(make([]float64, 0, len(evidenceNames)), best.signals[:]...)
	f := l.features(q, top)
	out = append(out, f.score, f.cover, f.title, f.whole, f.unknown, f.size, f.place)
	doc := int(l.units[top.unit].doc)
	lead := maxLead
	text := []rune(v.page(best.unit).folded[best.at])
	for _, s := range v.sentences {
		if best.score-s.score >= maxLead {
			break
		}
		if int(l.units[s.unit].doc) != doc && heldShare(text, []rune(v.page(s.unit).folded[s.at])) < sameShare {
			lead = best.score - s.score
			break
		}
	}
	inDoc := make([]float64, len(n.words))
	for i := range n.words {
		for p := l.first[doc]; p < l.first[doc+1] && inDoc[i] < 1; p++ {
			inDoc[i] = max(inDoc[i], n.words[i].heldBy(l.folded[p]))
		}
	}
	asked := string(q.folded)
	d, u := l.docOf(top.unit), l.unit(top.unit)
	return append(out, lead/maxLead, n.share(inDoc),
		flag(otherPlace(asked, d.Place, l.folded[top.passage])), flag(otherFigure(asked, d, u)),
		flag(missesDetail(asked, zh.Fold(u.Title+"\n"+strings.Join(u.Aliases, "\n")+"\n"+u.Body))),
		math.Log1p(float64(len(n.words)))/3, flag(len(n.sought.figures) > 0), n.absent(n.held(v.page(best.unit).rest)), n.absent(inDoc))
}

// page is the page of a unit that was read.
func (v *verdict) page(unit int) *page {
	return &v.pages[slices.IndexFunc(v.pages, func(p page) bool { return p.hit.unit == unit })]
}

// maxLead is the lead over the sentences of other documents that say something
// else, in the scale of
// Decision.Sentences, above which more says nothing.
const maxLead = 5.0

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
	// A question without a term holds none of its weight.
	total, squared, reach = max(total, 1e-9), max(squared, 1e-9), max(reach, 1e-9)
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
	Decision  Outcome
	Units     []string  // unit IDs, best first
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
	for _, s := range v.sentences {
		for _, p := range v.pages {
			if p.hit.unit == s.unit {
				j.Sentences = append(j.Sentences, Read{l.unit(s.unit).ID, p.spans[s.at].Text, slices.Clone(s.signals[:])})
			}
		}
	}
	return j
}
