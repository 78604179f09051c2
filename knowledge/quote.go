package knowledge

import (
	"regexp"
	"strings"
	"unicode/utf8"

	"liaison/knowledge/zh"
)

const (
	quoteSize = 300 // characters of a unit that are quoted; a shorter unit is quoted whole
	maxMarked = 3   // sentences that are marked at most
	// A sentence is marked beside the best one if it holds at least this share of
	// what the question weighs, none of it in the sentences marked before.
	moreShare = 0.15
	// figureBonus prefers sentences with figures when the question asks for one.
	figureBonus = 1.25
)

var asksFigure = regexp.MustCompile(`多少|几|文号|比例|占比|标准|多久|多长|多大|什么时候|哪天|何时|期限|金额|日期|时间`)

// quote picks what an answer shows of a unit: the sentences that answer, marked,
// and as much around them as fits.
func (l *Library) quote(q *query, unit int) []Span {
	spans := spansOf(l.unit(unit).Body)
	marked := q.mark(spans)
	if len(marked) == 0 {
		marked = []int{0}
	}
	from, to := marked[0], marked[0]+1
	for _, i := range marked {
		spans[i].Marked = true
		from, to = min(from, i), max(to, i+1)
	}
	size := 0
	for _, s := range spans[from:to] {
		size += utf8.RuneCountInString(s.Text)
	}
	for grown := true; grown; {
		grown = false
		if to < len(spans) {
			if n := utf8.RuneCountInString(spans[to].Text); size+n <= quoteSize {
				size, to, grown = size+n, to+1, true
			}
		}
		if from > 0 {
			if n := utf8.RuneCountInString(spans[from-1].Text); size+n <= quoteSize {
				size, from, grown = size+n, from-1, true
			}
		}
	}
	out := spans[from:to]
	out[len(out)-1].Text = strings.TrimRight(out[len(out)-1].Text, "\n")
	return out
}

// spansOf cuts a body into sentences. The last sentence of a line keeps the line
// break, so that the spans joined read like the body.
func spansOf(body string) []Span {
	var out []Span
	for line := range strings.SplitSeq(body, "\n") {
		for _, s := range zh.Sentences(line) {
			out = append(out, Span{Text: s})
		}
		if n := len(out); n > 0 && !strings.HasSuffix(out[n-1].Text, "\n") {
			out[n-1].Text += "\n"
		}
	}
	if len(out) == 0 {
		out = append(out, Span{Text: body})
	}
	return out
}

// mark chooses the sentences that answer, best first: the one that holds most of
// the question, then those that hold what is still missing.
func (q *query) mark(spans []Span) []int {
	holds := make([][]int, len(spans))
	bonus := make([]float64, len(spans))
	figures := asksFigure.MatchString(string(q.folded))
	for i, s := range spans {
		zh.EachTerm([]rune(zh.Fold(s.Text)), func(t zh.Term, _, _ int) {
			if n, ok := q.find(t); ok {
				holds[i] = append(holds[i], n)
			}
		})
		bonus[i] = 1
		if figures && len(zh.Figures(s.Text)) > 0 {
			bonus[i] = figureBonus
		}
	}
	counted := make([]bool, len(q.terms))
	var marked []int
	for len(marked) < maxMarked {
		best, at := 0.0, -1
		for i := range spans {
			var sum float64
			seen := make(map[int]bool)
			for _, n := range holds[i] {
				if !counted[n] && !seen[n] {
					seen[n] = true
					sum += q.terms[n].telling
				}
			}
			if sum *= bonus[i]; sum > best {
				best, at = sum, i
			}
		}
		if at < 0 || len(marked) > 0 && best < moreShare*q.total {
			break
		}
		marked = append(marked, at)
		for _, n := range holds[at] {
			counted[n] = true
		}
	}
	return marked
}
