package main

import (
	"math/rand/v2"

	"liaison/knowledge/zh"
)

// noises are the ways in which typing goes wrong, each done once to a question: a
// and b are two neighbouring Chinese characters.
var noises = []struct {
	name string
	done func(rng *rand.Rand, a, b rune) string
}{
	{"a character of the same sound", func(rng *rand.Rand, a, b rune) string {
		same := []rune{b}
		zh.Homophones(b, func(r rune) bool { same = append(same, r); return true })
		return string([]rune{a, same[min(1, len(same)-1)+rng.IntN(max(1, len(same)-1))]})
	}},
	{"two characters swapped", func(_ *rand.Rand, a, b rune) string { return string([]rune{b, a}) }},
	{"a character left out", func(_ *rand.Rand, a, _ rune) string { return string(a) }},
	{"two characters in pinyin", func(_ *rand.Rand, a, b rune) string {
		if p := zh.Pinyin(string([]rune{a, b})); len(p) > 0 {
			return p[0]
		}
		return string([]rune{a, b})
	}},
}

// noisy returns the set with one typing error in each question.
func noisy(s *rankSet) []*rankSet {
	var out []*rankSet
	for _, noise := range noises {
		rng := rand.New(rand.NewPCG(3, 4))
		n := &rankSet{name: s.name + ", " + noise.name, docs: s.docs, lib: s.lib}
		for _, q := range s.queries {
			r := []rune(zh.Fold(q.text))
			var pairs []int
			for i := range len(r) - 1 {
				if zh.IsHan(r[i]) && zh.IsHan(r[i+1]) {
					pairs = append(pairs, i)
				}
			}
			if len(pairs) > 0 {
				i := pairs[rng.IntN(len(pairs))]
				q.text = string(r[:i]) + noise.done(rng, r[i], r[i+1]) + string(r[i+2:])
			}
			n.queries = append(n.queries, q)
		}
		out = append(out, n)
	}
	return out
}
