package knowledge

import (
	"slices"

	"liaison/knowledge/zh"
)

// bestSentence is the largest weight of the question's terms that one sentence of
// the passage holds together with the titles above it: an answer stands in one
// place, and what it is about often stands in the title only.
func (l *Library) bestSentence(q *query, passage int) float64 {
	text := []rune(l.folded[passage])
	const inTitle = -1
	seen := make([]int, len(q.terms)) // number of the sentence that counted the term last
	var best float64
	sentence, start := 1, 0
	read := func(end, mark int) (sum float64) {
		zh.EachTerm(text[start:end], func(t zh.Term, _, _ int) {
			if i, ok := q.find(t); ok && seen[i] != inTitle && seen[i] != sentence {
				seen[i] = mark
				sum += float64(q.terms[i].weight)
			}
		})
		start = end
		return sum
	}
	end := slices.Index(text, '\n')
	title := read(end, inTitle)
	for i, r := range text[end:] {
		switch r {
		case '。', '!', '?', ';':
			best = max(best, read(end+i+1, sentence))
			sentence++
		}
	}
	return title + max(best, read(len(text), sentence))
}
