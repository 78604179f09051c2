package index_test

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"liaison/knowledge/index"
	"liaison/knowledge/zh"
)

// BenchmarkScore scores 20,000 texts, in groups of 1 and of 10, of characters
// spread as unevenly as those of real text.
func BenchmarkScore(b *testing.B) {
	for _, size := range []int{1, 10} {
		b.Run(fmt.Sprint(size), func(b *testing.B) {
			rng := rand.New(rand.NewPCG(1, 2))
			zipf := rand.NewZipf(rng, 1.1, 4, 3000)
			text := func(n int) string {
				r := make([]rune, n)
				for i := range r {
					r[i] = rune(0x4e00 + zipf.Uint64())
				}
				return string(r)
			}
			var c index.Change
			for range 2 {
				var bd index.Builder
				for i := range 10000 {
					bd.Add(index.Field{Text: text(260), Weight: 1})
					if (i+1)%size == 0 {
						bd.End()
						c.Order = append(c.Order, -1)
					}
				}
				c.Added = append(c.Added, bd.Build())
			}
			ix := new(index.Index).Change(c)
			var queries [][]index.Weighted
			for range 100 {
				var q []index.Weighted
				zh.EachTerm([]rune(text(15)), func(t zh.Term, _, _ int) { q = append(q, index.Weighted{Term: t, Weight: 1}) })
				queries = append(queries, q)
			}
			b.ResetTimer()
			for i := 0; b.Loop(); i++ {
				ix.Score(queries[i%100], func(int, float32, []float32) {})
			}
		})
	}
}
