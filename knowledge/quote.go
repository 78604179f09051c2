package knowledge

import (
	"liaison/knowledge/zh"
)

// quoteSize is how much of a unit an answer quotes at most, in characters; a
// shorter unit is quoted whole.
const quoteSize = 300

// quote picks what an answer shows of unit n: the sentences around those that
// answer, with these marked.
func (l *Library) quote(q *query, n int) []Span {
	sentences := zh.Sentences(l.unit(n).Body)
	spans := make([]Span, len(sentences))
	best, at := float32(-1), 0
	for i, s := range sentences {
		spans[i].Text = s
		if w := q.weightIn(s); w > best {
			best, at = w, i
		}
	}
	if len(spans) > 0 {
		spans[at].Marked = true
	}
	return spans
}

// weightIn is the weight of the question's terms that stand in text.
func (q *query) weightIn(text string) float32 {
	in := make(map[zh.Term]bool)
	zh.EachTerm([]rune(zh.Fold(text)), func(t zh.Term, _, _ int) { in[t] = true })
	var w float32
	for _, t := range q.terms {
		if in[t.Term] {
			w += t.Weight
		}
	}
	return w
}
