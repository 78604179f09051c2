package index_test

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"liaison/knowledge/index"
	"liaison/knowledge/zh"
)

// group is the texts of a group, each with its fields.
type group [][]index.Field

// bruteForce scores one query over all groups without an index: the groups, and
// their texts.
func bruteForce(groups []group, query []index.Weighted) (whole []float64, texts [][]float64) {
	type bag struct {
		counts map[zh.Term]float64
		length float64
	}
	var bags [][]bag
	var total float64
	n := 0
	for _, g := range groups {
		var of []bag
		for _, fields := range g {
			one := bag{counts: make(map[zh.Term]float64)}
			for _, f := range fields {
				zh.EachTerm([]rune(f.Text), func(t zh.Term, _, _ int) {
					one.counts[t] += float64(f.Weight)
					one.length += float64(f.Weight)
				})
			}
			for t, tf := range one.counts {
				one.counts[t] = math.Min(tf, 255)
			}
			total += one.length
			of = append(of, one)
			n++
		}
		bags = append(bags, of)
	}
	score := func(of bag, average float64) float64 {
		var sum float64
		for _, q := range query {
			norm := 1.2 * (0.25 + 0.75*of.length/math.Max(1, average))
			if tf := of.counts[q.Term]; tf > 0 {
				sum += float64(q.Weight) * tf * 2.2 / (tf + norm)
			}
		}
		return sum
	}
	for _, of := range bags {
		joined := bag{counts: make(map[zh.Term]float64)}
		var each []float64
		for _, one := range of {
			each = append(each, score(one, total/float64(n)))
			joined.length += one.length
			for t, tf := range one.counts {
				joined.counts[t] += tf
			}
		}
		whole = append(whole, score(joined, total/float64(len(groups))))
		texts = append(texts, each)
	}
	return whole, texts
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

func randomGroup(rng *rand.Rand) group {
	g := make(group, rng.IntN(4))
	for i := range g {
		g[i] = []index.Field{
			{Text: randomText(rng, rng.IntN(8)), Weight: 2},
			{Text: randomText(rng, rng.IntN(120)), Weight: 1},
		}
	}
	return g
}

// segments builds as many segments of the groups as rng says.
func segments(rng *rand.Rand, groups []group) []*index.Segment {
	var out []*index.Segment
	for len(groups) > 0 {
		var bd index.Builder
		n := 1 + rng.IntN(len(groups))
		for _, g := range groups[:n] {
			for _, fields := range g {
				bd.Add(fields...)
			}
			bd.End()
		}
		out = append(out, bd.Build())
		groups = groups[n:]
	}
	return out
}

func randomQuery(rng *rand.Rand) []index.Weighted {
	var query []index.Weighted
	zh.EachTerm([]rune(randomText(rng, 20)), func(term zh.Term, _, _ int) {
		query = append(query, index.Weighted{Term: term, Weight: float32(rng.IntN(5))})
	})
	return query
}

// compare checks counts and scores of an index over groups.
func compare(t *testing.T, ix *index.Index, groups []group, query []index.Weighted) {
	t.Helper()
	texts := 0
	for _, g := range groups {
		texts += len(g)
	}
	if ix.Len() != texts {
		t.Fatalf("%d texts, want %d", ix.Len(), texts)
	}
	for _, q := range query[:min(3, len(query))] {
		want := 0
		_, scores := bruteForce(groups, []index.Weighted{{Term: q.Term, Weight: 1}})
		for _, s := range slices.Concat(scores...) {
			if s > 0 {
				want++
			}
		}
		if got := ix.Count(q.Term); got != want {
			t.Fatalf("%d texts hold %x, counted %d", want, q.Term, got)
		}
	}
	wantWhole, wantTexts := bruteForce(groups, query)
	near := func(a float32, b float64) bool { return math.Abs(float64(a)-b) < 1e-3 }
	ix.Score(query, func(g int, score float32, scores []float32) {
		if !near(score, wantWhole[g]) || len(scores) != len(groups[g]) {
			t.Fatalf("group %d scores %v over %d texts, want %v over %d", g, score, len(scores), wantWhole[g], len(groups[g]))
		}
		for i, s := range scores {
			if !near(s, wantTexts[g][i]) {
				t.Fatalf("text %d of group %d scores %v, want %v", i, g, s, wantTexts[g][i])
			}
		}
		wantWhole[g] = 0
	})
	for g, left := range wantWhole {
		if left > 0 {
			t.Fatalf("group %d scores %v, but was not found", g, left)
		}
	}
}

// TestChangeAgainstBruteForce changes indexes at random and checks all of them
// afterwards: a change must not be seen in the index that it was made of.
func TestChangeAgainstBruteForce(t *testing.T) {
	t.Parallel()
	for seed := range uint64(20) {
		rng := rand.New(rand.NewPCG(seed, 0))
		var versions [][]group
		var indexes []*index.Index
		groups, ix := []group(nil), new(index.Index)
		for range 10 {
			c := index.Change{Texts: func(g int) [][]index.Field { return groups[g] }}
			var next, added []group
			most := 2 + rng.IntN(60)
			for g := range groups {
				if rng.IntN(5) > 0 {
					c.Order, next = append(c.Order, g), append(next, groups[g])
				}
				for rng.IntN(8) == 0 && len(added) < most {
					g := randomGroup(rng)
					c.Order, next, added = append(c.Order, -1), append(next, g), append(added, g)
				}
			}
			for rng.IntN(20) > 0 && len(added) < most {
				g := randomGroup(rng)
				c.Order, next, added = append(c.Order, -1), append(next, g), append(added, g)
			}
			c.Added = segments(rng, added)
			ix = ix.Change(c)
			groups = next
			versions, indexes = append(versions, groups), append(indexes, ix)
		}
		for i := range indexes {
			compare(t, indexes[i], versions[i], randomQuery(rng))
		}
	}
}

func TestCount(t *testing.T) {
	t.Parallel()
	var bd index.Builder
	for _, s := range []string{"奖励", "奖励奖励", "土地", ""} {
		bd.Add(index.Field{Text: s, Weight: 1})
	}
	bd.End()
	ix := new(index.Index).Change(index.Change{Order: []int{-1}, Added: []*index.Segment{bd.Build()}})
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

// TestFrequency checks that a term counts 255 times at most, and survives being
// packed again.
func TestFrequency(t *testing.T) {
	t.Parallel()
	many := make([]rune, 1000)
	for i := range many {
		many[i] = '奖'
	}
	groups := []group{{{{Text: string(many), Weight: 3}}}, {{{Text: "奖", Weight: 1}}}, {{{Text: "土地", Weight: 1}}}}
	rng := rand.New(rand.NewPCG(1, 1))
	ix := new(index.Index).Change(index.Change{Order: []int{-1, -1, -1}, Added: segments(rng, groups)})
	query := []index.Weighted{{Term: zh.Term('奖'), Weight: 1}}
	compare(t, ix, groups, query)
	ix = ix.Change(index.Change{Order: []int{2, 0}, Texts: func(g int) [][]index.Field { return groups[g] }})
	compare(t, ix, []group{groups[2], groups[0]}, query)
}

func TestEmptyIndex(t *testing.T) {
	t.Parallel()
	for _, ix := range []*index.Index{{}, new(index.Index).Change(index.Change{}), new(index.Index).Change(index.Change{Order: []int{-1}, Added: segments(rand.New(rand.NewPCG(1, 1)), []group{nil})})} {
		ix.Score([]index.Weighted{{Term: zh.Term('海'), Weight: 1}}, func(int, float32, []float32) { t.Error("found something") })
		if ix.Len() != 0 || ix.Count(zh.Term('海')) != 0 {
			t.Error("an index of nothing is not empty")
		}
	}
}
