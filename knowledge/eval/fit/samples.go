package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"unicode/utf8"

	"liaison/knowledge"
	"liaison/knowledge/eval"
	"liaison/knowledge/library"
	"liaison/knowledge/zh"
)

// task is a library with questions, some of which it answers.
type task struct {
	set       string
	docs      []knowledge.Document
	questions []question
}

type question struct {
	eval.Asked
	right map[string]bool // IDs of the documents that answer; none: no document does
}

// sample is a question put to a library that does or does not hold its answer.
type sample struct {
	set     string
	sort    string // how it came about: "whole", "document out", "clause out", "foreign"
	from    string // what must not be learned from and tested on at once: the page, or the question
	cited   bool   // an answer would cite a document that answers
	present bool   // the library holds the answer
	j       knowledge.Judgement
	held    *sample   // the same as if the page were unseen; see collect
	gains   []float64 // how much of the answer each sentence of j shows
}

// readTasks reads the development data: of the sets of which half is kept for the
// final figure, the questions with an odd number.
func readTasks(data string) ([]*task, error) {
	var out []*task
	for _, s := range []struct{ set, dir, questions, part string }{
		{"policy-docs", filepath.Join(data, "policy-docs/docs"), filepath.Join(data, "policy-docs/questions.jsonl"), ""},
		{"policy-pages", filepath.Join(data, "policy-pages"), filepath.Join(data, "policy-pages/questions.jsonl"), "odd"},
		{"spoken-docs", filepath.Join(data, "policy-docs/docs"), "knowledge/eval/testdata/spoken-docs.jsonl", "odd"},
		{"spoken-laws", filepath.Join(data, "enactments"), "knowledge/eval/testdata/spoken-laws.jsonl", "odd"},
		{"asked-pages", filepath.Join(data, "policy-pages"), "knowledge/eval/testdata/asked-pages.jsonl", ""},
		{"asked-docs", filepath.Join(data, "policy-docs/docs"), "knowledge/eval/testdata/asked-docs.jsonl", ""},
		{"asked-laws", filepath.Join(data, "enactments"), "knowledge/eval/testdata/asked-laws.jsonl", ""},
	} {
		if _, err := os.Stat(s.questions); err != nil {
			fmt.Fprintln(os.Stderr, "left out:", err)
			continue
		}
		lib, files, _, err := eval.ImportFolder(s.dir, s.questions)
		if err != nil {
			return nil, err
		}
		t := &task{set: s.set, docs: lib.Documents()}
		asked, err := eval.ReadAsked(s.questions)
		if err != nil {
			return nil, err
		}
		for _, a := range asked {
			if !a.In(s.part) {
				continue
			}
			q := question{a, make(map[string]bool)}
			for id, name := range files {
				if name == a.Page || slices.Contains(a.Pages, name) {
					q.right[id] = true
				}
			}
			if a.Page != "" && len(q.right) == 0 {
				fmt.Fprintf(os.Stderr, "%s: %s is not imported\n", s.set, a.Page)
				continue
			}
			t.questions = append(t.questions, q)
		}
		out = append(out, t)
	}
	cmrc, err := eval.Load(filepath.Join(data, "cmrc-trial"))
	if err != nil {
		return nil, err
	}
	t := &task{set: "cmrc-trial", docs: cmrc.Docs}
	for i, q := range cmrc.Queries {
		if i%3 > 0 { // a third is plenty: the set is easy and of another kind
			continue
		}
		c := question{eval.Asked{ID: q.ID, Question: q.Text}, make(map[string]bool)}
		for id := range q.Relevant {
			c.right[id] = true
			c.Page = id
		}
		t.questions = append(t.questions, c)
	}
	out = append(out, t)
	b, err := bundled()
	return append(out, b), err
}

// bundled reads the questions written for the bundled library.
func bundled() (*task, error) {
	docs, err := knowledge.LoadFS(library.FS())
	if err != nil {
		return nil, err
	}
	t := &task{set: "bundled", docs: docs}
	rows, err := readBundled("knowledge/testdata/questions.jsonl")
	if err != nil {
		return nil, err
	}
	near, err := readBundled("knowledge/testdata/near.jsonl")
	if err != nil {
		return nil, err
	}
	for i, r := range append(rows, near...) {
		q := question{eval.Asked{ID: fmt.Sprint("b", i), Question: r.Question, Page: r.Unit}, make(map[string]bool)}
		if doc, _, ok := strings.Cut(r.Unit, "#"); ok {
			q.right[doc] = true
		}
		t.questions = append(t.questions, q)
	}
	return t, nil
}

// put asks the questions of t that keep admits of a library of docs.
func (t *task) put(d *knowledge.Decision, sort string, docs []knowledge.Document, questions []question) ([]sample, error) {
	lib, err := knowledge.NewLibrary(docs)
	if err != nil {
		return nil, err
	}
	var out []sample
	for _, q := range questions {
		s := sample{set: t.set, sort: sort, from: q.Page, j: d.Judge(lib, q.Question)}
		if s.from == "" {
			s.from = q.ID
		}
		for id := range q.right {
			if _, ok := lib.Document(id); ok && sort != "clause out" {
				s.present = true
			}
		}
		s.cited = s.present && slices.ContainsFunc(s.j.Cited, func(unit string) bool {
			return q.right[docOf(unit)] && (t.set != "bundled" || unit == q.Page)
		})
		for _, r := range s.j.Sentences {
			gain := 0.0
			if s.present && q.right[docOf(r.Unit)] {
				gain = q.gain(r.Text)
			}
			if t.set == "bundled" && r.Unit != q.Page {
				gain = 0
			}
			s.gains = append(s.gains, gain)
		}
		out = append(out, s)
	}
	return out, nil
}

// docOf is the document of a unit, by their IDs.
func docOf(unit string) string { return unit[:strings.LastIndexByte(unit, '#')] }

// gain is how much of the answer a sentence shows, 0 to 1.
func (q *question) gain(text string) float64 {
	shown := squeezed(text)
	if len(q.MustContain) > 0 {
		n := 0
		for _, m := range q.MustContain {
			if strings.Contains(shown, squeezed(m)) {
				n++
			}
		}
		gain := float64(n) / float64(len(q.MustContain))
		if q.Clause != "" { // the same string elsewhere is chance
			gain *= 0.2 + 0.8*min(1, 2*pairShare(shown, squeezed(q.Clause)))
		}
		return gain
	}
	if q.Answer == "" {
		return 0
	}
	gold := squeezed(q.Answer)
	covered, within := pairShare(gold, shown), pairShare(shown, gold)
	if utf8.RuneCountInString(gold) < 2 && strings.Contains(shown, gold) {
		covered = 1
	}
	return max(covered, within*within*min(1, covered*4))
}

// pairShare is the share of the pairs of characters of a that b has.
func pairShare(a, b string) float64 {
	have := make(map[[2]rune]bool)
	r := []rune(b)
	for i := 1; i < len(r); i++ {
		have[[2]rune{r[i-1], r[i]}] = true
	}
	r = []rune(a)
	n := 0
	for i := 1; i < len(r); i++ {
		if have[[2]rune{r[i-1], r[i]}] {
			n++
		}
	}
	if len(r) < 2 {
		return 0
	}
	return float64(n) / float64(len(r)-1)
}

// withoutClauses returns the documents of t with the sentences left out that show
// the answer of one of its questions: the matter is there, the detail is not.
func (t *task) withoutClauses() []knowledge.Document {
	gone := make(map[string][]*question)
	for i := range t.questions {
		for id := range t.questions[i].right {
			gone[id] = append(gone[id], &t.questions[i])
		}
	}
	var out []knowledge.Document
	for _, d := range t.docs {
		if qs := gone[d.ID]; len(qs) > 0 {
			d.Units = slices.Clone(d.Units)
			for i := range d.Units {
				u := &d.Units[i]
				var kept strings.Builder
				for line := range strings.Lines(u.Body) {
					for _, s := range zh.Sentences(line) {
						if !slices.ContainsFunc(qs, func(q *question) bool { return q.gain(s) >= 0.3 }) {
							kept.WriteString(s)
						}
					}
					kept.WriteString("\n")
				}
				u.Body = strings.TrimSpace(kept.String())
				if u.Body == "" {
					u.Body = "略。"
				}
			}
		}
		out = append(out, d)
	}
	return out
}

type bundledRow struct{ Question, Unit string }

func readBundled(name string) ([]bundledRow, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	var out []bundledRow
	for dec := json.NewDecoder(f); dec.More(); {
		var r bundledRow
		if err := dec.Decode(&r); err != nil {
			return nil, err
		}
		out = append(out, r)
	}
	return out, nil
}
