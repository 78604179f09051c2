package main

import (
	"encoding/json"
	"hash/fnv"
	"io"
	"os"
	"time"

	"liaison/knowledge"
)

const (
	folds     = 5
	nearShare = 0.8 // see Decision.Near
)

// decision fits the two models of a Decision: which sentence answers, on the
// sentences that do and those beside them; and whether the best one does, on
// questions put to libraries that hold the answer and to libraries that do not.
func decision(w io.Writer, data string) error {
	tasks, err := readTasks(data)
	if err != nil {
		return err
	}
	choices, err := choicesOf(tasks)
	if err != nil {
		return err
	}
	d, err := fitSentences(choices)
	if err != nil {
		return err
	}
	without, err := crossSentences(choices)
	if err != nil {
		return err
	}
	samples, err := collect(d, without, tasks)
	if err != nil {
		return err
	}
	rows := rowsOf(samples)
	m := fitForest(rows)
	scale, shift := calibration(crossed(rows))
	d.Bias, d.Weights = round(scale*m.base.bias+shift), make(map[string]float64)
	for i, name := range knowledge.EvidenceNames() {
		if w := round(scale * m.base.weights[i]); w != 0 {
			d.Weights[name] = w
		}
	}
	d.Trees = m.texts(scale)
	d.Answer, d.Clarify = answerAt, clarifyAt
	report(os.Stderr, rows)
	measured := measure(rows, d.Answer)
	return write(w, d, len(rows), measured)
}

// row is a sample as the model sees it.
type row struct {
	x       []float64
	y       float64 // 1: an answer would cite a document that answers
	weight  float64
	set     string
	sort    string
	from    string
	present bool
	guarded bool // never answered, however sure; see knowledge.Decision
	held    *row // the same question read by sentence weights that were fitted without its page
}

// How much each set, and each sort of sample in it, counts in all; in it, what is
// right and what is not count alike.
var (
	setWeight = map[string]float64{
		"policy-docs": 3, "policy-pages": 1, "spoken-docs": 1, "spoken-laws": 1,
		"asked-pages": 2, "asked-docs": 2, "asked-laws": 2, "cmrc-trial": 0.3, "bundled": 1,
	}
	sortWeight = map[string]float64{"whole": 3, "document out": 1, "clause out": 0.2, "small": 0.5, "foreign": 0.5}
)

const (
	// missedShare is what a question counts whose answer the library holds, but
	// would not be cited: not to answer is right, and still it is not what people
	// mean by a question that the library does not answer.
	missedShare = 0.3

	ridge     = 20
	answerAt  = 0.73
	clarifyAt = 0.4

	saysWeight = 1
	likeWeight = 2
)

func rowsOf(samples []sample) []row {
	type key struct {
		set, sort string
		y         float64
	}
	n := make(map[key]float64)
	var rows []row
	for _, s := range samples {
		if s.j.Evidence == nil {
			continue // refused before anything was read
		}
		r := s.row()
		if s.held != nil && s.held.j.Evidence != nil {
			held := s.held.row()
			r.held = &held
		}
		n[key{r.set, r.sort, r.y}]++
		rows = append(rows, r)
	}
	for i := range rows {
		r := &rows[i]
		r.weight = 100 * setWeight[r.set] * sortWeight[r.sort] / n[key{r.set, r.sort, r.y}]
		if r.present && r.y == 0 {
			r.weight *= missedShare
		}
	}
	return rows
}

func (s *sample) row() row {
	r := row{x: s.j.Evidence, set: s.set, sort: s.sort, from: s.from, present: s.present, guarded: s.j.Decision != knowledge.Answered}
	if s.cited {
		r.y = 1
	}
	return r
}

func write(w io.Writer, d *knowledge.Decision, samples int, measured map[string]figure) error {
	how, err := json.Marshal(map[string]any{
		"command":  "go run ./knowledge/eval/fit decision",
		"data":     "the shared development data and the questions of knowledge/testdata and knowledge/eval/testdata; of policy-pages, spoken-docs and spoken-laws those with an odd number",
		"date":     time.Now().Format(time.DateOnly),
		"samples":  samples,
		"measured": measured,
		"note":     "measured by cross-validation over pages, on the questions put to the whole of their library",
	})
	if err != nil {
		return err
	}
	d.How = how
	enc := json.NewEncoder(w)
	enc.SetIndent("", "  ")
	return enc.Encode(d)
}

func remake(d *knowledge.Decision) (*knowledge.Decision, error) {
	text, err := json.Marshal(d)
	if err != nil {
		return nil, err
	}
	return knowledge.ParseDecision(text)
}

// choicesOf puts the questions to whole libraries.
func choicesOf(tasks []*task) ([]choice, error) {
	d, err := remake(&knowledge.Decision{Answer: 1, Clarify: 1, Near: nearShare})
	if err != nil {
		return nil, err
	}
	var choices []choice
	for _, t := range tasks {
		if t.set == "cmrc-trial" || t.set == "bundled" {
			continue
		}
		samples, err := t.put(d, "whole", t.docs, t.questions)
		if err != nil {
			return nil, err
		}
		for _, s := range samples {
			if c, ok := newChoice(s); ok {
				choices = append(choices, c)
			}
		}
	}
	return choices, nil
}

// fitSentences fits the choice of the sentence; each set counts alike.
func fitSentences(choices []choice) (*knowledge.Decision, error) {
	n := make(map[string]float64)
	for _, c := range choices {
		n[c.set]++
	}
	for i := range choices {
		choices[i].weight = 100 / n[choices[i].set]
	}
	w := fitChoice(choices)
	// It answers however unsure it is, so that a refusal shows a guard at work.
	d := &knowledge.Decision{Near: nearShare, Sentences: make(map[string]float64)}
	for i, name := range knowledge.SignalNames() {
		d.Sentences[name] = round(w[i])
	}
	// Hardly any text of the data says what it does not state; those of the bundled
	// library do, and there it is the answer when it was asked for.
	d.Sentences["says_none"], d.Sentences["says_sought"] = -saysWeight, 0
	// Other wordings of units are written by people; there are few in the data.
	d.Sentences["other_year"] = min(d.Sentences["other_year"], -3)
	d.Sentences["like_title"] = max(d.Sentences["like_title"], likeWeight)
	return remake(d)
}

// crossSentences fits the choice without each fold and prints how often it is
// right on it.
func crossSentences(choices []choice) ([]*knowledge.Decision, error) {
	var out []*knowledge.Decision
	right := newChoiceFigures()
	for k := range folds {
		var train, test []choice
		for _, c := range choices {
			if fold(c.from) == k {
				test = append(test, c)
			} else {
				train = append(train, c)
			}
		}
		d, err := fitSentences(train)
		if err != nil {
			return nil, err
		}
		out = append(out, d)
		right.add(d, test)
	}
	right.print(os.Stderr)
	return out, nil
}

// collect puts the questions to all sorts of libraries. Those put to the whole of
// their library are read a second time as if their page were unseen.
func collect(d *knowledge.Decision, without []*knowledge.Decision, tasks []*task) ([]sample, error) {
	var out []sample
	for ti, t := range tasks {
		add := func(sort string, docs []knowledge.Document, questions []question) error {
			s, err := t.put(d, sort, docs, questions)
			out = append(out, s...)
			return err
		}
		begin := len(out)
		if err := add("whole", t.docs, t.questions); err != nil {
			return nil, err
		}
		for k, d := range without {
			held, err := t.put(d, "whole", t.docs, t.questions)
			if err != nil {
				return nil, err
			}
			for i := range held {
				if fold(held[i].from) == k {
					out[begin+i].held = &held[i]
				}
			}
		}
		if t.set == "bundled" {
			continue
		}
		for k := range folds {
			var docs, few []knowledge.Document
			for _, doc := range t.docs {
				if fold(doc.ID) == k {
					few = append(few, doc)
				} else {
					docs = append(docs, doc)
				}
			}
			var absent []question
			for _, q := range t.questions {
				in := false
				for id := range q.right {
					in = in || fold(id) != k
				}
				if len(q.right) == 0 {
					continue
				}
				if !in {
					absent = append(absent, q)
				}
			}
			if err := add("document out", docs, absent); err != nil {
				return nil, err
			}
			if len(few) > 0 && k < 2 {
				if err := add("small", few, t.questions); err != nil {
					return nil, err
				}
			}
		}
		if t.set != "cmrc-trial" {
			var asked []question
			for _, q := range t.questions {
				if len(q.right) > 0 {
					asked = append(asked, q)
				}
			}
			if err := add("clause out", t.withoutClauses(), asked); err != nil {
				return nil, err
			}
		}
		for _, other := range tasks {
			if other.set == t.set || other.set == "bundled" || len(other.docs) > 0 && len(t.docs) > 0 && other.docs[0].ID == t.docs[0].ID {
				continue
			}
			var foreign []question
			for i, q := range other.questions {
				if i%5 == ti%5 || len(q.right) == 0 && other.set != "policy-docs" {
					q.right = nil
					foreign = append(foreign, q)
				}
			}
			if err := add("foreign", t.docs, foreign); err != nil {
				return nil, err
			}
		}
	}
	return out, nil
}

func fold(s string) int {
	h := fnv.New32a()
	io.WriteString(h, s)
	return int(h.Sum32()>>8) % folds
}

func round(v float64) float64 {
	return float64(int(v*1e4+0.5*sign(v))) / 1e4
}

func sign(v float64) float64 {
	if v < 0 {
		return -1
	}
	return 1
}
