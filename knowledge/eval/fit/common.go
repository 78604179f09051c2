package main

import (
	"bufio"
	"cmp"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"unicode/utf8"

	"liaison/knowledge/index"
	"liaison/knowledge/zh"
)

const (
	commonTerms = 3000 // 2,000 to 60,000 measured alike
	maxText     = 600  // characters of a text that are read
)

// common counts in how many messages and paragraphs each character and pair
// stands and writes the most frequent by rarity.
func common(w io.Writer, data string) error {
	c := counter{count: make(map[string]int)}
	for _, name := range []string{"routing/train.csv", "hot-topics/messages.csv", "replies/replies.csv"} {
		if err := c.csv(filepath.Join(data, name)); err != nil {
			return err
		}
	}
	files, err := filepath.Glob(filepath.Join(data, "enactments", "*", "*.md"))
	if err != nil || len(files) == 0 {
		return fmt.Errorf("no enactments in %s: %w", data, errors.Join(err, os.ErrNotExist))
	}
	for _, name := range files {
		text, err := os.ReadFile(name)
		if err != nil {
			return err
		}
		for line := range strings.Lines(string(text)) {
			c.add(line, 20)
		}
	}
	return c.write(w)
}

type counter struct {
	texts int
	count map[string]int
}

func (c *counter) csv(name string) error {
	f, err := os.Open(name)
	if err != nil {
		return err
	}
	defer f.Close()
	r := csv.NewReader(bufio.NewReader(f))
	r.FieldsPerRecord, r.LazyQuotes = -1, true
	for {
		row, err := r.Read()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		for _, cell := range row {
			c.add(cell, 8)
		}
	}
}

// add counts a text of more than least characters.
func (c *counter) add(text string, least int) {
	r := []rune(zh.Fold(text))
	if len(r) <= least {
		return
	}
	r = r[:min(len(r), maxText)]
	c.texts++
	seen := make(map[zh.Term]bool)
	zh.EachTerm(r, func(t zh.Term, from, to int) {
		if !t.Word() && !seen[t] {
			seen[t] = true
			c.count[string(r[from:to])]++
		}
	})
}

func (c *counter) write(w io.Writer) error {
	terms := make([]string, 0, len(c.count))
	for t := range c.count {
		terms = append(terms, t)
	}
	slices.SortFunc(terms, func(a, b string) int {
		return cmp.Or(c.count[b]-c.count[a], cmp.Compare(utf8.RuneCountInString(a), utf8.RuneCountInString(b)), cmp.Compare(a, b))
	})
	line := ""
	for _, t := range terms[:min(len(terms), commonTerms)] {
		value := fmt.Sprintf("%.1f", index.IDF(c.count[t], c.texts))
		if value != line {
			if line != "" {
				fmt.Fprintln(w)
			}
			fmt.Fprint(w, value)
			line = value
		}
		fmt.Fprint(w, " ", t)
	}
	_, err := fmt.Fprintln(w)
	fmt.Fprintf(os.Stderr, "%d texts\n", c.texts)
	return err
}
