package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"liaison/knowledge"
	"liaison/knowledge/eval"
	"liaison/knowledge/zh"
)

// searched is how many units are fetched so that ten documents are among them.
const searched = 100

// rankSet is a set of questions with what should be found for them.
type rankSet struct {
	name    string
	docs    []knowledge.Document
	queries []rankQuery
	// byUnit: the unit that holds the answer is looked for, not only its document.
	byUnit bool
	lib    *knowledge.Library
}

type rankQuery struct {
	id, text string
	docs     map[string]bool // documents that are right
	holds    []string        // what the right unit has in it, folded and without spaces
}

func (s *rankSet) library() (*knowledge.Library, error) {
	if s.lib != nil {
		return s.lib, nil
	}
	var err error
	s.lib, err = knowledge.NewLibrary(s.docs)
	return s.lib, err
}

// rank is the rank of the first right document or unit among hits; 0 if none is
// among the first ten.
func (s *rankSet) rank(lib *knowledge.Library, hits []knowledge.Hit, q rankQuery) int {
	seen := make(map[string]bool)
	n := 0
	for _, h := range hits {
		doc := h.Unit[:strings.LastIndexByte(h.Unit, '#')]
		if !s.byUnit && seen[doc] {
			continue
		}
		seen[doc] = true
		if n++; n > cutoff {
			return 0
		}
		if q.docs[doc] && (!s.byUnit || q.heldBy(lib, h.Unit)) {
			return n
		}
	}
	return 0
}

func (q rankQuery) heldBy(lib *knowledge.Library, unit string) bool {
	u, _ := lib.Unit(unit)
	text := squeezed(u.Title + "\n" + u.Body)
	for _, s := range q.holds {
		if !strings.Contains(text, s) {
			return false
		}
	}
	return true
}

func squeezed(s string) string { return strings.ReplaceAll(zh.Fold(s), " ", "") }

// rankSets reads the sets that ranking is measured on. Of sets that are cut in two
// only the questions with an odd number are used: the others are kept for the
// final figure.
func rankSets(data string) ([]*rankSet, error) {
	var out []*rankSet
	for _, name := range []string{"policy-docs", "cmrc-trial"} {
		set, err := eval.Load(filepath.Join(data, name))
		if err != nil {
			return nil, err
		}
		s := &rankSet{name: name, docs: set.Docs}
		for _, q := range set.Queries {
			if len(q.Relevant) == 0 {
				continue
			}
			docs := make(map[string]bool)
			for id := range q.Relevant {
				docs[id] = true
			}
			s.queries = append(s.queries, rankQuery{id: q.ID, text: q.Text, docs: docs})
		}
		out = append(out, s)
	}
	bank, err := bankFAQ(filepath.Join(data, "bank-faq"))
	if err != nil {
		return nil, err
	}
	out = append(out, noisy(out[0])...)
	out = append(out, bank)
	for _, f := range []struct{ name, folder, questions, part string }{
		{"policy-pages", filepath.Join(data, "policy-pages"), filepath.Join(data, "policy-pages", "questions.jsonl"), "odd"},
		{"spoken-laws", filepath.Join(data, "enactments"), "knowledge/eval/testdata/spoken-laws.jsonl", "odd"},
		{"spoken-docs", filepath.Join(data, "policy-docs", "docs"), "knowledge/eval/testdata/spoken-docs.jsonl", "odd"},
		{"asked-pages", filepath.Join(data, "policy-pages"), "knowledge/eval/testdata/asked-pages.jsonl", ""},
		{"asked-docs", filepath.Join(data, "policy-docs", "docs"), "knowledge/eval/testdata/asked-docs.jsonl", ""},
		{"asked-laws", filepath.Join(data, "enactments"), "knowledge/eval/testdata/asked-laws.jsonl", ""},
	} {
		sets, err := asked(f.name, f.folder, f.questions, f.part)
		if err != nil {
			return nil, err
		}
		out = append(out, sets...)
	}
	return out, nil
}

// bankFAQ makes each of the entries one document of its questions and answers.
func bankFAQ(dir string) (*rankSet, error) {
	var entries map[string][]struct {
		Question string
		Answers  []string
	}
	var questions struct {
		Questions []struct {
			QID             int
			Query, Category string
		}
	}
	var truths struct {
		Truths []struct {
			QID      int
			Retrieve json.RawMessage
		} `json:"ground_truths"`
	}
	for name, into := range map[string]any{
		"pid_map_content.json": &entries, "questions_example.json": &questions, "ground_truths_example.json": &truths,
	} {
		data, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			return nil, err
		}
		if err := json.Unmarshal(data, into); err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
	}
	s := &rankSet{name: "bank-faq"}
	for i := range len(entries) { // in the order of their numbers, so that ties fall alike
		id := strconv.Itoa(i)
		var text strings.Builder
		for _, e := range entries[id] {
			fmt.Fprintf(&text, "%s\n%s\n", e.Question, strings.Join(e.Answers, "\n"))
		}
		s.docs = append(s.docs, knowledge.Document{
			ID: id, Status: knowledge.InForce, Units: knowledge.SplitUnits(id, "", text.String()),
		})
	}
	right := make(map[int]string)
	for _, t := range truths.Truths {
		right[t.QID] = string(t.Retrieve)
	}
	for _, q := range questions.Questions {
		if q.Category == "faq" {
			s.queries = append(s.queries, rankQuery{id: strconv.Itoa(q.QID), text: q.Query, docs: map[string]bool{right[q.QID]: true}})
		}
	}
	return s, nil
}

// asked imports a folder and reads a part of the questions about it: once by
// document, once by unit.
func asked(name, folder, questions, part string) ([]*rankSet, error) {
	lib, files, _, err := eval.ImportFolder(folder, questions, filepath.Join(folder, "SOURCE.md"))
	if err != nil {
		return nil, err
	}
	all, err := eval.ReadAsked(questions)
	if err != nil {
		return nil, err
	}
	if part != "" {
		name += ", " + part
	}
	byDoc := &rankSet{name: name, lib: lib}
	for _, q := range all {
		right := append([]string{q.Page}, q.Pages...)
		query := rankQuery{id: q.ID, text: q.Question, docs: make(map[string]bool)}
		for id, file := range files {
			if slices.Contains(right, file) {
				query.docs[id] = true
			}
		}
		for _, m := range q.MustContain {
			query.holds = append(query.holds, squeezed(m))
		}
		if q.In(part) && len(query.docs) > 0 && len(query.holds) > 0 {
			byDoc.queries = append(byDoc.queries, query)
		}
	}
	byUnit := &rankSet{name: name + ", by unit", lib: lib, queries: byDoc.queries, byUnit: true}
	return []*rankSet{byDoc, byUnit}, nil
}
