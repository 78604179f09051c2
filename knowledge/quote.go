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
	// figureBonus prefers a sentence with a figure when the question asks for one,
	// silentMalus puts a sentence that says what is not stated after one that
	// states something, unless that is what was asked for.
	figureBonus = 1.25
	silentMalus = 0.6
)

var (
	asksNumber = regexp.MustCompile(`多少|几|文号|比例|占比|标准|多长|多大|金额`)
	asksTime   = regexp.MustCompile(`多久|什么时候|哪天|何时|期限|日期|时间|哪年|哪一年|几年`)
	saysNone   = regexp.MustCompile(`未列明|未写明|没有写|未规定|未明确`)
)

// fits is the factor by which a sentence suits the sort of question.
func (q *query) fits(sentence string) float64 {
	folded := string(q.folded)
	number, time := asksNumber.MatchString(folded), asksTime.MatchString(folded)
	factor := 1.0
	if number || time {
		for _, f := range zh.Figures(sentence) {
			if number && f.Kind != zh.Day || time && f.Kind == zh.Day {
				factor = figureBonus
			}
		}
	}
	if saysNone.MatchString(sentence) && !q.asksFor(sentence) {
		factor *= silentMalus
	}
	return factor
}

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
	for i, s := range spans {
		zh.EachTerm([]rune(zh.Fold(s.Text)), func(t zh.Term, _, _ int) {
			if n, ok := q.find(t); ok {
				holds[i] = append(holds[i], n)
			}
		})
		bonus[i] = q.fits(s.Text)
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
