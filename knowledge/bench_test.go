package knowledge_test

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"liaison/knowledge"
)

// madeUp returns n documents of one passage each, of characters spread as
// unevenly as those of real text.
func madeUp(n int) []knowledge.Document {
	rng := rand.New(rand.NewPCG(1, 2))
	zipf := rand.NewZipf(rng, 1.1, 4, 3000)
	docs := make([]knowledge.Document, n)
	for i := range docs {
		r := make([]rune, 268) // the mean of the paragraphs measured
		for j := range r {
			r[j] = rune(0x4e00 + zipf.Uint64())
			if j%40 == 39 {
				r[j] = '。'
			}
		}
		docs[i] = knowledge.Document{
			ID: fmt.Sprintf("d%d", i), Title: string(r[:12]), Status: knowledge.InForce,
			Units: []knowledge.Unit{{Slug: "u", Title: string(r[:8]), Body: string(r)}},
		}
	}
	return docs
}

func BenchmarkIndex(b *testing.B) {
	docs := madeUp(20000)
	for b.Loop() {
		if _, err := knowledge.NewLibrary(docs); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkSearch(b *testing.B) {
	docs := madeUp(20000)
	lib, err := knowledge.NewLibrary(docs)
	if err != nil {
		b.Fatal(err)
	}
	i := 0
	for b.Loop() {
		body := []rune(docs[i*37%len(docs)].Units[0].Body)
		lib.Search(string(body[100:118])+"有哪些规定？", 10)
		i++
	}
}
