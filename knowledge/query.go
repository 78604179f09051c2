package knowledge

import (
	"regexp"
	"strconv"
	"strings"

	"liaison/knowledge/index"
	"liaison/knowledge/zh"
)

// query is a question made ready for the index of one library.
type query struct {
	folded []rune
	terms  []queryTerm
	max    float32 // sum of the terms' weights
}

type queryTerm struct {
	index.Weighted
	from, to int // where it first stands in folded
	known    bool
}

func (l *Library) analyse(text string) query {
	q := query{folded: []rune(zh.Fold(text))}
	seen := make(map[zh.Term]bool)
	n := l.passages.Len()
	zh.EachTerm(q.folded, func(t zh.Term, from, to int) {
		if seen[t] {
			return
		}
		seen[t] = true
		count := l.passages.Count(t)
		w := index.IDF(count, n)
		q.terms = append(q.terms, queryTerm{Weighted: index.Weighted{Term: t, Weight: w}, from: from, to: to, known: count > 0})
		q.max += w
	})
	return q
}

var (
	pastWords = []string{"以前", "之前", "过去", "原来", "原先", "曾经", "当年", "废止", "失效", "已经过期", "旧版", "旧政策", "老政策", "往年", "前几年"}
	yearWord  = regexp.MustCompile(`(?:19|20)\d\d`)
)

// asksAboutPast reports whether the question is about what no longer counts: it
// says so, or names a year before today's.
func asksAboutPast(folded string, today Date) bool {
	for _, w := range pastWords {
		if strings.Contains(folded, w) {
			return true
		}
	}
	for _, y := range yearWord.FindAllString(folded, -1) {
		if n, err := strconv.Atoi(y); err == nil && n < today.Year {
			return true
		}
	}
	return false
}

// names reports whether the question names one of towns.
func (q *query) names(towns []string) bool {
	folded := string(q.folded)
	for _, t := range towns {
		if strings.Contains(folded, t) {
			return true
		}
	}
	return false
}
