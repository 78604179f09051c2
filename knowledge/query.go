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
	cut    []segment // folded in words
	asks   []bool    // of each character of folded: it belongs to a word that only asks
	sought aim       // what is sought
	terms  []queryTerm
	total  float64        // sum of telling
	forms  []form         // other ways to say parts of it
	all    []numberedTerm // those of terms, and after them those of forms that terms does not have
	slots  [512]int32     // hash of a term -> its number in all + 1, of several the last's; 0: none
	words  bool           // all has a word or number
	off    Part           // what a measurement leaves out
}

// numberedTerm is a term with the one before that has the same hash.
type numberedTerm struct {
	term   zh.Term
	before int32 // as in slots
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

// everydayScale brings rarity in everyday Chinese to the size of that in a
// library of n passages.
func everydayScale(n int) float64 { return math.Log1p(float64(n)) / everydayMax }

func (l *Library) analyse(text string) query { return l.analyseWithout(0, text) }

func (l *Library) analyseWithout(off Part, text string) query {
	q := query{folded: []rune(zh.Fold(text)), off: off}
	q.cut = segments(q.folded)
	q.asks = askingIn(q.folded, q.cut)
	q.sought = soughtBy(string(q.folded))
	asks := q.asks
	if off&Asking != 0 {
		asks = make([]bool, len(q.folded))
	}
	n := l.passages.Len()
	zh.EachTerm(q.folded, func(t zh.Term, from, to int) {
		if _, ok := q.lookup(t); ok {
			return
		}
		q.add(t)
		count := l.passages.Count(t)
		idf := index.IDF(count, n)
		factor := 1.0
		switch asking := count1(asks[from:to]); {
		case asking == to-from:
			factor = askingFactor
		case asking > 0:
			factor = partFactor
		}
		weight := float32(factor) * l.weightOf(&q, t)
		if t.Unigram() {
			factor *= unigramFactor
			if asks[from] {
				weight = 0 // moves no ranking, and 的 has the longest list of all to read
			}
		}
		q.terms = append(q.terms, queryTerm{
			term: t, from: from, to: to,
			weight:  weight,
			telling: factor * idf,
			known:   count > 0,
		})
		q.total += factor * idf
	})
	l.addForms(&q)
	return q
}

// weighted lists the terms to search for: those of the question, and those of
// the other forms of its words, a form's weight spread over its terms.
func (q *query) weighted() []index.Weighted {
	out := make([]index.Weighted, len(q.all))
	for i, t := range q.all {
		out[i].Term = t.term
	}
	for i, t := range q.terms {
		out[i].Weight = t.weight
	}
	for _, f := range q.forms {
		share := f.weight / float32(len(f.terms))
		for _, i := range f.terms {
			out[i].Weight = max(out[i].Weight, share)
		}
	}
	return out
}

func slot(t zh.Term) int { return int(uint64(t) * 0x9e3779b97f4a7c15 >> 55) }

// add numbers t, which all does not have.
func (q *query) add(t zh.Term) {
	at := &q.slots[slot(t)]
	q.all = append(q.all, numberedTerm{t, *at})
	*at = int32(len(q.all))
	q.words = q.words || t.Word()
}

// lookup returns the number of t in all. Every character that is read for a question
// comes by here, and most are in no term of it.
func (q *query) lookup(t zh.Term) (int, bool) {
	for n := q.slots[slot(t)]; n > 0; n = q.all[n-1].before {
		if q.all[n-1].term == t {
			return int(n - 1), true
		}
	}
	return 0, false
}

// find returns the number of t in q.terms.
func (q *query) find(t zh.Term) (int, bool) {
	i, ok := q.lookup(t)
	return i, ok && i < len(q.terms)
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
