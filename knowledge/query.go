package knowledge

import (
	"math"
	"slices"
	"strings"

	"liaison/knowledge/index"
	"liaison/knowledge/zh"
)

// query is a question made ready for the index of one library.
type query struct {
	folded []rune
	terms  []queryTerm
	at     map[zh.Term]int // term -> terms
	filter [512]bool       // false: no term hashes here. Spares most lookups in at
	total  float64         // sum of telling
}

// queryTerm has two weights. Ranking mixes the rarity of the term in this
// library with its rarity in everyday Chinese, because people ask in everyday
// words. Deciding takes the library's alone: there, mixing measured worse.
type queryTerm struct {
	term    zh.Term
	weight  float32 // for ranking
	telling float64 // for deciding
	from    int     // where it first stands in folded
	to      int
	known   bool // some passage of the library holds it
}

// Weights of a term by what it is made of, found by measurement (README).
const (
	unigramFactor = 0.5 // a single character, beside a pair
	askingFactor  = 0.1 // all its characters only ask
	partFactor    = 0.5 // some of its characters only ask
	everydayShare = 0.4 // of rarity in everyday Chinese in the ranking weight
)

func (l *Library) analyse(text string) query {
	q := query{folded: []rune(zh.Fold(text)), at: make(map[zh.Term]int)}
	asks := askingRunes(q.folded)
	n := l.passages.Len()
	scale := math.Log1p(float64(n)) / everydayMax
	zh.EachTerm(q.folded, func(t zh.Term, from, to int) {
		if _, ok := q.at[t]; ok {
			return
		}
		q.at[t] = len(q.terms)
		q.filter[slot(t)] = true
		count := l.passages.Count(t)
		idf := index.IDF(count, n)
		factor := 1.0
		if t.Unigram() {
			factor = unigramFactor
		}
		switch asking := count1(asks[from:to]); {
		case asking == to-from:
			factor *= askingFactor
		case asking > 0:
			factor *= partFactor
		}
		weight := factor * ((1-everydayShare)*idf + everydayShare*everyday(t)*scale)
		if t.Unigram() && asks[from] {
			weight = 0 // moves no ranking, and 的 has the longest list of all to read
		}
		q.terms = append(q.terms, queryTerm{
			term: t, from: from, to: to,
			weight:  float32(weight),
			telling: factor * idf,
			known:   count > 0,
		})
		q.total += factor * idf
	})
	return q
}

func slot(t zh.Term) int { return int(uint64(t) * 0x9e3779b97f4a7c15 >> 55) }

// find returns the number of t in q.terms.
func (q *query) find(t zh.Term) (int, bool) {
	if !q.filter[slot(t)] {
		return 0, false
	}
	i, ok := q.at[t]
	return i, ok
}

func count1(flags []bool) int {
	n := 0
	for _, f := range flags {
		if f {
			n++
		}
	}
	return n
}

// namesOneOf reports whether the question names one of towns.
func (q *query) namesOneOf(towns []string) bool {
	folded := string(q.folded)
	return slices.ContainsFunc(towns, func(t string) bool { return strings.Contains(folded, t) })
}
