package eval

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"liaison/knowledge"
)

// Dataset is a retrieval data set.
type Dataset struct {
	Docs    []knowledge.Document
	Queries []Query
}

// Query is one question of a Dataset.
type Query struct {
	ID, Text string
	Relevant map[string]int // document ID -> grade above 0; empty: unanswerable
}

// Load reads the data set in dir, as Retrieval does.
func Load(dir string) (Dataset, error) {
	var set Dataset
	ids := make(map[string]bool)
	err := eachRow(filepath.Join(dir, "corpus.jsonl"), func(r row) error {
		if ids[r.ID] {
			return fmt.Errorf("_id %q is given twice", r.ID)
		}
		ids[r.ID] = true
		set.Docs = append(set.Docs, document(r))
		return nil
	})
	if err != nil {
		return set, err
	}
	at := make(map[string]int)
	err = eachRow(filepath.Join(dir, "queries.jsonl"), func(r row) error {
		if _, ok := at[r.ID]; ok {
			return fmt.Errorf("_id %q is given twice", r.ID)
		}
		at[r.ID] = len(set.Queries)
		set.Queries = append(set.Queries, Query{ID: r.ID, Text: r.Text, Relevant: make(map[string]int)})
		return nil
	})
	if err != nil {
		return set, err
	}
	return set, eachLine(filepath.Join(dir, "qrels", "test.tsv"), func(n int, line []byte) error {
		f := strings.Split(string(line), "\t")
		if n == 1 && f[0] == "query-id" {
			return nil
		}
		if len(f) != 3 {
			return fmt.Errorf("want query-id, corpus-id and score between tabs, got %d fields", len(f))
		}
		i, ok := at[f[0]]
		if !ok {
			return fmt.Errorf("query %q is not in queries.jsonl", f[0])
		}
		if !ids[f[1]] {
			return fmt.Errorf("document %q is not in corpus.jsonl", f[1])
		}
		grade, err := strconv.Atoi(strings.TrimSpace(f[2]))
		if err != nil {
			return fmt.Errorf("score %q is not a whole number", f[2])
		}
		if grade > 0 { // a grade of 0 says that the document was judged and does not answer
			set.Queries[i].Relevant[f[1]] = grade
		}
		return nil
	})
}

// document makes a row the document that importing its text would give.
func document(r row) knowledge.Document {
	return knowledge.Document{
		ID: r.ID, Title: r.Title, Status: knowledge.InForce,
		Units: knowledge.SplitUnits(r.ID, r.Title, r.Text),
	}
}

type row struct {
	ID    string `json:"_id"`
	Title string `json:"title"`
	Text  string `json:"text"`
}

func eachRow(file string, yield func(row) error) error {
	return eachLine(file, func(_ int, line []byte) error {
		var r row
		if err := json.Unmarshal(line, &r); err != nil {
			return err
		}
		if r.ID == "" {
			return fmt.Errorf("_id is missing")
		}
		return yield(r)
	})
}

// eachLine calls yield for each line that is not empty and puts file:line before
// its errors.
func eachLine(file string, yield func(n int, line []byte) error) error {
	f, err := os.Open(file)
	if err != nil {
		return err
	}
	defer f.Close()
	sc := bufio.NewScanner(f)
	sc.Buffer(nil, 64<<20)
	n := 0
	for sc.Scan() {
		n++
		line := bytes.TrimSpace(sc.Bytes())
		if n == 1 {
			line = bytes.TrimPrefix(line, []byte("\ufeff"))
		}
		if len(line) == 0 {
			continue
		}
		if err := yield(n, line); err != nil {
			return fmt.Errorf("%s:%d: %w", file, n, err)
		}
	}
	if err := sc.Err(); err != nil {
		return fmt.Errorf("%s:%d: %w", file, n+1, err)
	}
	return nil
}
