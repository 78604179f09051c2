package main

import (
	"bytes"
	"encoding/json"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"time"

	"liaison/knowledge"
	"liaison/knowledge/eval"
	"liaison/knowledge/library"
)

const (
	rounds    = 10  // random parts of each data set
	maxFalse  = 0.1 // false answers that the threshold may cost on policy-docs
	nearShare = 0.8 // see Decision.Near
)

// How much a data set counts in all: the documents are the kind of text that is
// answered from, the bundled library is the size that is shipped.
var setWeight = map[string]float64{"policy-docs": 1, "cmrc-trial": 0.5, "bundled": 0.5}

// sample is a question put to a library that does or does not hold its answer.
type sample struct {
	group
	features map[string]float64
}

// group is what samples are balanced by.
type group struct {
	set        string
	part       int // 0: put to the whole data set
	answerable bool
}

// decision fits the weights on questions put to random parts of the data sets: a
// question whose document is not in the part cannot be answered. So the weights
// hold for libraries of all sizes.
func decision(w io.Writer, data string) error {
	var samples []sample
	rng := rand.New(rand.NewPCG(1, 2))
	for _, name := range []string{"policy-docs", "cmrc-trial"} {
		set, err := eval.Load(filepath.Join(data, name))
		if err != nil {
			return err
		}
		s, err := parts(name, set, rng)
		if err != nil {
			return err
		}
		samples = append(samples, s...)
	}
	s, err := bundled()
	if err != nil {
		return err
	}
	samples = append(samples, s...)
	d := fitted(samples)
	threshold(d, samples)
	return write(w, d, samples)
}

func parts(name string, set eval.Dataset, rng *rand.Rand) ([]sample, error) {
	var out []sample
	for round := range rounds {
		share := []float64{1, 0.7, 0.5, 0.2, 0.1}[round%5]
		in := make(map[string]bool)
		var docs []knowledge.Document
		for _, d := range set.Docs {
			if rng.Float64() < share {
				in[d.ID] = true
				docs = append(docs, d)
			}
		}
		lib, err := knowledge.NewLibrary(docs)
		if err != nil {
			return nil, err
		}
		for _, q := range set.Queries {
			answerable := false
			for id := range q.Relevant {
				answerable = answerable || in[id]
			}
			j := new(knowledge.Decision).Judge(lib, q.Text)
			out = append(out, sample{group{name, round, answerable}, j.Features})
		}
	}
	return out, nil
}

// bundled reads the questions written for the bundled library.
func bundled() ([]sample, error) {
	docs, err := knowledge.LoadFS(library.FS())
	if err != nil {
		return nil, err
	}
	lib, err := knowledge.NewLibrary(docs)
	if err != nil {
		return nil, err
	}
	data, err := os.ReadFile("knowledge/testdata/questions.jsonl")
	if err != nil {
		return nil, err
	}
	var out []sample
	for dec := json.NewDecoder(bytes.NewReader(data)); dec.More(); {
		var q struct{ Question, Unit string }
		if err := dec.Decode(&q); err != nil {
			return nil, err
		}
		j := new(knowledge.Decision).Judge(lib, q.Question)
		out = append(out, sample{group{"bundled", 0, q.Unit != ""}, j.Features})
	}
	return out, nil
}

// threshold sets the surest value that answers enough while staying under
// maxFalse on the whole of policy-docs.
func threshold(d *knowledge.Decision, samples []sample) {
	var bad []float64
	for _, s := range samples {
		if s.group == (group{"policy-docs", 0, false}) {
			bad = append(bad, d.Sure(s.features))
		}
	}
	slices.Sort(bad)
	d.Answer = bad[len(bad)-1-int(maxFalse*float64(len(bad)))] + 1e-6
	d.Clarify = d.Answer * 0.7
	d.Near = nearShare
}

func write(w io.Writer, d *knowledge.Decision, samples []sample) error {
	type figure struct {
		Answerable   int     `json:"answerable"`
		Answered     float64 `json:"answered"`
		Unanswerable int     `json:"unanswerable"`
		FalseAnswers float64 `json:"false_answers"`
	}
	measured := make(map[string]*figure)
	for _, s := range samples {
		name := s.set
		if s.part > 0 {
			name += ", parts"
		}
		f := measured[name]
		if f == nil {
			f = &figure{}
			measured[name] = f
		}
		hit := 0.0
		if d.Sure(s.features) >= d.Answer {
			hit = 1
		}
		if s.answerable {
			f.Answerable++
			f.Answered += hit
		} else {
			f.Unanswerable++
			f.FalseAnswers += hit
		}
	}
	for _, f := range measured {
		f.Answered = round(f.Answered / float64(max(1, f.Answerable)))
		f.FalseAnswers = round(f.FalseAnswers / float64(max(1, f.Unanswerable)))
	}
	how, err := json.Marshal(map[string]any{
		"command":  "go run ./knowledge/eval/fit decision",
		"data":     "policy-docs and cmrc-trial of the shared development data, each whole and in random parts, and knowledge/testdata/questions.jsonl on the bundled library",
		"date":     time.Now().Format(time.DateOnly),
		"samples":  len(samples),
		"measured": measured,
		"note":     "measured on the data it was fitted on; answer is the value with at most 10 % false answers on the whole of policy-docs",
	})
	if err != nil {
		return err
	}
	d.How = how
	enc := json.NewEncoder(w)
	enc.SetIndent("", "  ")
	return enc.Encode(d)
}

func round(v float64) float64 { return float64(int(v*1e4+0.5)) / 1e4 }
