package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
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

// rankSets reads the sets that ranking is measured on. Of policy-pages the
// questions with an even number are never read: they are kept for the final figure.
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
	pages, err := policyPages(filepath.Join(data, "policy-pages"))
	if err != nil {
		return nil, err
	}
	units := &rankSet{name: "policy-pages, odd, by unit", docs: pages.docs, queries: pages.queries, byUnit: true}
	out = append(out, noisy(out[0])...)
	return append(out, bank, pages, units), nil
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

// policyPages imports the pages and reads the questions of the development half.
func policyPages(dir string) (*rankSet, error) {
	files, err := filepath.Glob(filepath.Join(dir, "*.html"))
	if err != nil || len(files) == 0 {
		return nil, fmt.Errorf("no pages in %s: %w", dir, errors.Join(err, os.ErrNotExist))
	}
	s := &rankSet{name: "policy-pages, odd"}
	id := make(map[string]string)
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			return nil, err
		}
		name := filepath.Base(file)
		doc, err := knowledge.ImportDocument(name, data)
		if err != nil {
			fmt.Fprintln(os.Stderr, "left out:", err)
			continue
		}
		id[name] = doc.ID
		doc.Status = knowledge.InForce // what is out of force is another matter than ranking
		doc.EffectiveFrom, doc.EffectiveTo = knowledge.Date{}, knowledge.Date{}
		s.docs = append(s.docs, doc)
	}
	questions, err := os.ReadFile(filepath.Join(dir, "questions.jsonl"))
	if err != nil {
		return nil, err
	}
	for sc := bufio.NewScanner(bytes.NewReader(questions)); sc.Scan(); {
		var q struct {
			ID, Question, Page string
			MustContain        []string `json:"must_contain"`
		}
		if err := json.Unmarshal(sc.Bytes(), &q); err != nil {
			return nil, err
		}
		number, err := strconv.Atoi(strings.TrimPrefix(q.ID, "q"))
		if err != nil || number%2 == 0 || q.Page == "" {
			continue
		}
		query := rankQuery{id: q.ID, text: q.Question, docs: map[string]bool{id[q.Page]: true}}
		for _, m := range q.MustContain {
			query.holds = append(query.holds, squeezed(m))
		}
		s.queries = append(s.queries, query)
	}
	return s, nil
}
