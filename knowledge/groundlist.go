package knowledge

import (
	"regexp"
	"slices"
	"strings"
)

var (
	members   = regexp.MustCompile(`[、和及与]`)
	severally = "分别"
)

// respects reports whether c gives each figure of a source's list to the member
// that the list gives it to: 博士、硕士、本科生，分别给予2000元、1200元、800元.
func (s sourced) respects(c clause, lead []clause) bool {
	said := ""
	for _, l := range lead {
		said += l.text + "\n"
	}
	for i, d := range s.clauses {
		before, behind, ok := strings.Cut(d.raw, severally)
		if !ok || !c.figuresOf(d) {
			continue
		}
		values := clause{figures: readClause(behind).figures}
		names := members.Split(before, -1)
		if len(names) < len(values.figures) && i > 0 && s.clauses[i-1].sentence == d.sentence {
			names = members.Split(s.clauses[i-1].raw, -1)
		}
		n := len(values.figures)
		if n < 2 || len(names) < n {
			continue
		}
		if !inTurn(names[len(names)-n:], values.figures, said, c) {
			return false
		}
	}
	return true
}

// inTurn reports whether c, behind said, has one of the values with its name, or
// all of them in their order behind the names in theirs.
func inTurn(names []string, values []limited, said string, c clause) bool {
	// at is where text mentions a name last by what the others have not, -1 for nowhere.
	at := func(k int, text string) int {
		found := -1
		eachPair(names[k], func(p pair, _ int) {
			for j, other := range names {
				if j != k && strings.Contains(other, string(p[:])) {
					return
				}
			}
			found = max(found, strings.LastIndex(text, string(p[:])))
		})
		return found
	}
	var of []int // the values that c has
	for _, f := range c.figures {
		for k, v := range values {
			if v.Covers(f.Figure) {
				of = append(of, k)
				break
			}
		}
	}
	text := said + c.text
	last := -1
	for k := range names {
		if at(k, c.text) >= 0 {
			text = c.text
		}
		last = max(last, at(k, text))
	}
	if len(of) == 1 {
		return at(of[0], text) >= 0 && at(of[0], text) == last
	}
	text = said + c.text
	return slices.IsSorted(of) && slices.IsSortedFunc(of, func(a, b int) int { return at(a, text) - at(b, text) })
}
