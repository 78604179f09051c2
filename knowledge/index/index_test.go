package index_test

import (
	"math"
	"math/rand/v2"
	"testing"

	"liaison/knowledge/index"
	"liaison/knowledge/zh"
)

// bruteForce scores one query over all texts without an index.
func bruteForce(texts [][]index.Field, query []index.Weighted) []float64 {
	counts := make([]map[zh.Term]int, len(texts))
	lengths := make([]float64, len(texts))
	var average float64
	for i, fields := range texts {
		counts[i] = make(map[zh.Term]int)
		for _, f := range fields {
			zh.EachTerm([]rune(f.Text), func(t zh.Term, _, _ int) {
				counts[i][t] += f.Weight
				lengths[i] += float64(f.Weight)
			})
		}
		average += lengths[i] / float64(len(texts))
	}
	scores := make([]float64, len(texts))
	for i := range texts {
		for _, q := range query {
			tf := math.Min(float64(counts[i][q.Term]), 255)
			norm := 1.2 * (0.25 + 0.75*lengths[i]/math.Max(1, average))
			if tf > 0 {
				scores[i] += float64(q.Weight) * tf * 2.2 / (tf + norm)
			}
		}
	}
	return scores
}

func randomText(rng *rand.Rand, n int) string {
	const alphabet = "慈溪市政策奖励土地0123456789ab 。二十万"
	runes := []rune(alphabet)
	out := make([]rune, n)
	for i := range out {
		out[i] = runes[rng.IntN(len(runes))]
	}
	return string(out)
}

func TestScoreAgainstBruteForce(t *testing.T) {
	t.Parallel()
	for seed := range uint64(30) {
		rng := rand.New(rand.NewPCG(seed, 0))
		var bd index.Builder
		var texts [][]index.Field
		for range rng.IntN(400) {
			fields := []index.Field{
				{Text: randomText(rng, rng.IntN(8)), Weight: 2},
				{Text: randomText(rng, rng.IntN(300)), Weight: 1},
			}
			if n := bd.Add(fields...); n != len(texts) {
				t.Fatalf("seed %d: text %d was numbered %d", seed, len(texts), n)
			}
			texts = append(texts, fields)
		}
		ix := bd.Build()
		var query []index.Weighted
		zh.EachTerm([]rune(randomText(rng, 20)), func(term zh.Term, _, _ int) {
			query = append(query, index.Weighted{Term: term, Weight: float32(rng.IntN(5))})
		})
		got := make([]float32, ix.Len())
		ix.Score(query, got)
		for i, want := range bruteForce(texts, query) {
			if math.Abs(float64(got[i])-want) > 1e-3 {
				t.Fatalf("seed %d: text %d scores %v, want %v", seed, i, got[i], want)
			}
		}
	}
}

func TestCount(t *testing.T) {
	t.Parallel()
	var bd index.Builder
	for _, s := range []string{"奖励", "奖励奖励", "土地", ""} {
		bd.Add(index.Field{Text: s, Weight: 1})
	}
	ix := bd.Build()
	var pair zh.Term
	zh.EachTerm([]rune("奖励"), func(t zh.Term, _, _ int) { pair = t })
	if n := ix.Count(pair); n != 2 {
		t.Errorf("two texts hold 奖励, counted %d", n)
	}
	if n := ix.Count(zh.Term('海')); n != 0 {
		t.Errorf("no text holds 海, counted %d", n)
	}
	if index.IDF(0, 10) <= index.IDF(1, 10) || index.IDF(1, 10) <= index.IDF(10, 10) || index.IDF(10, 10) < 0 {
		t.Error("a rarer term must weigh more, and none less than nothing")
	}
}

func TestEmptyIndex(t *testing.T) {
	t.Parallel()
	ix := new(index.Builder).Build()
	ix.Score([]index.Weighted{{Term: zh.Term('海'), Weight: 1}}, nil)
	if ix.Len() != 0 {
		t.Error("an index of nothing is not empty")
	}
}
