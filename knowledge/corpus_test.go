package knowledge_test

import (
	"encoding/csv"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"unicode/utf8"

	"liaison/knowledge"
	"liaison/knowledge/zh"
)

// sharedData is where the data sets are, whether or not there are any.
func sharedData() string {
	if dir := os.Getenv("LIAISON_SHARED_DATA"); dir != "" {
		return dir
	}
	return filepath.Join("..", "..", "shared", "data")
}

// material is the sentences that large libraries for measurements are made of:
// real enactments, policies and messages where the shared data is present,
// characters spread as unevenly as those of real text where it is not.
var material = sync.OnceValue(func() []string {
	var out []string
	add := func(text string) {
		for _, s := range zh.Sentences(text) {
			if n := utf8.RuneCountInString(s); n >= 6 && n <= 200 {
				out = append(out, s)
			}
		}
	}
	for _, pattern := range []string{"enactments/*/*.md", "policy-docs/docs/*.txt"} {
		files, _ := filepath.Glob(filepath.Join(sharedData(), pattern)) // the pattern is well formed
		for _, f := range files {
			if text, err := os.ReadFile(f); err == nil {
				add(string(text))
			}
		}
	}
	for _, name := range []string{"routing/raw-train.csv", "hot-topics/messages.csv", "replies/replies.csv"} {
		for _, row := range csvRows(filepath.Join(sharedData(), name)) {
			for _, cell := range row {
				add(cell)
			}
		}
	}
	if len(out) < 10000 {
		out = nil
		rng := rand.New(rand.NewPCG(1, 2))
		zipf := rand.NewZipf(rng, 1.1, 4, 3000)
		for range 100000 {
			r := make([]rune, 40)
			for j := range r {
				r[j] = rune(0x4e00 + zipf.Uint64())
			}
			out = append(out, string(r)+"。")
		}
	}
	return out
})

func csvRows(name string) [][]string {
	f, err := os.Open(name)
	if err != nil {
		return nil
	}
	defer f.Close()
	r := csv.NewReader(f)
	r.FieldsPerRecord, r.LazyQuotes = -1, true
	rows, _ := r.ReadAll() // what was read before a bad row is as good
	return rows
}

// largeLibrary returns documents of ten units on average, n units in all, of two
// runs of sentences each from different places of the material.
func largeLibrary(n int) []knowledge.Document {
	sentences := material()
	rng := rand.New(rand.NewPCG(3, uint64(n)))
	body := func() string {
		var b strings.Builder
		for range 2 {
			at := rng.IntN(len(sentences))
			for size := 0; size < 125; at++ {
				s := sentences[at%len(sentences)]
				b.WriteString(s)
				size += utf8.RuneCountInString(s)
			}
		}
		return b.String()
	}
	var docs []knowledge.Document
	for units := 0; units < n; {
		d := knowledge.Document{ID: fmt.Sprintf("d%d", len(docs)), Title: opening(body(), 20), Status: knowledge.InForce}
		for range min(1+rng.IntN(19), n-units) {
			text := body()
			d.Units = append(d.Units, knowledge.Unit{Slug: fmt.Sprintf("u%d", len(d.Units)), Title: opening(text, 10), Body: text})
			units++
		}
		docs = append(docs, d)
	}
	return docs
}

// opening returns the first n characters of s.
func opening(s string, n int) string {
	r := []rune(s)
	return string(r[:min(n, len(r))])
}

// questionsAbout returns n questions in the words of the documents, half of them
// shortened to what a hurried asker types.
func questionsAbout(docs []knowledge.Document, n int) []string {
	rng := rand.New(rand.NewPCG(5, 6))
	out := make([]string, n)
	for i := range out {
		d := docs[rng.IntN(len(docs))]
		s := zh.Sentences(d.Units[rng.IntN(len(d.Units))].Body)
		r := []rune(s[rng.IntN(len(s))])
		out[i] = string(r[:min(len(r), 8+rng.IntN(20))]) + "有哪些规定？"
		if i%2 == 0 {
			out[i] = string(r[:min(len(r), 8)]) + "多少钱"
		}
	}
	return out
}

// percentile returns the p-th part of a sample, 0 to 1.
func percentile(sample []float64, p float64) float64 {
	s := slices.Sorted(slices.Values(sample))
	return s[int(p*float64(len(s)-1))]
}
