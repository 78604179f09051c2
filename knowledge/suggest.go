package knowledge

import (
	"slices"
	"strings"
	"unicode/utf8"

	"liaison/knowledge/zh"
)

// Suggestion is a question that the library can answer.
type Suggestion struct {
	Text string // a title or an alias of the unit
	Unit string // unit ID
}

const (
	minTyped      = 2  // characters, before anything is suggested
	maxSuggestion = 30 // characters, so that it can stand on a button
	leastTyped    = 0.7
)

// Suggest completes what somebody is typing: at most k titles and aliases of units
// in force that say most of it, those that begin with it first. It returns nothing
// for less than two characters.
func (l *Library) Suggest(typed string, k int, day Date) []Suggestion {
	folded := zh.Fold(strings.TrimSpace(typed))
	if n := utf8.RuneCountInString(folded); n < minTyped || n > MaxQuestion {
		return nil
	}
	type scored struct {
		Suggestion
		score float64
	}
	var found []scored
	seen := make(map[string]bool)
	q := l.analyse(typed)
	for _, h := range l.search(&q, reranked, day, "") {
		if !l.docOf(h.unit).InForceOn(day) {
			continue
		}
		u := l.unit(h.unit)
		best := scored{}
		texts := []string{u.Title}
		if l.docOf(h.unit).Kind != KindQA { // whose aliases are the askers' own words
			texts = append(texts, u.Aliases...)
		}
		for _, text := range texts {
			key := zh.Fold(text)
			if seen[key] || utf8.RuneCountInString(text) > maxSuggestion {
				continue
			}
			if score := completes(key, folded); score > best.score {
				best = scored{Suggestion{text, u.ID}, score}
			}
		}
		if best.score >= leastTyped {
			seen[zh.Fold(best.Text)] = true
			found = append(found, best)
		}
	}
	slices.SortStableFunc(found, func(a, b scored) int {
		switch {
		case a.score > b.score:
			return -1
		case a.score < b.score:
			return 1
		}
		return 0
	})
	var out []Suggestion
	for _, s := range found[:min(k, len(found))] {
		out = append(out, s.Suggestion)
	}
	return out
}

// completes tells how well text completes what was typed: 3 when it begins with
// it, 2 when it holds it, else the share of what was typed that it has.
func completes(text, typed string) float64 {
	switch {
	case strings.HasPrefix(text, typed):
		return 3
	case strings.Contains(text, typed):
		return 2
	}
	all, shared := 0, 0
	for _, r := range typed {
		if !isWordRune(r) && !zh.IsHan(r) {
			continue
		}
		all++
		if strings.ContainsRune(text, r) {
			shared++
		}
	}
	if shared < minTyped {
		return 0
	}
	return float64(shared) / float64(all)
}

// preamble reports whether the unit is what stands below the title of a document
// before its text begins, without a sentence: its number, its date, whom it is sent to.
func (l *Library) preamble(unit int) bool {
	d, u := l.docOf(unit), l.unit(unit)
	return len(d.Units) > 1 && u.Title == d.Title && !strings.Contains(u.Body, "。")
}

// Starters returns k questions to begin with: what people asked and the staff
// answered first, then one unit of each topic, in library order.
func (l *Library) Starters(k int, day Date) []Suggestion {
	var out []Suggestion
	add := func(unit int) bool {
		u := l.unit(unit)
		// An article that only has a number says nothing on a button, and what stands
		// before the first of several units answers nothing.
		if n := utf8.RuneCountInString(u.Title); n < 4 || n > maxSuggestion || numberTitle.MatchString(u.Title) || l.preamble(unit) || l.blocked(unit) || !l.docOf(unit).InForceOn(day) {
			return false
		}
		out = append(out, Suggestion{u.Title, u.ID})
		return true
	}
	for _, qa := range []bool{true, false} {
		used := make(map[string]bool)
		for n := range l.units {
			if len(out) >= k {
				return out
			}
			d, u := l.docOf(n), l.unit(n)
			if (d.Kind == KindQA) != qa {
				continue
			}
			topic := d.ID
			if len(u.Topics) > 0 {
				topic = u.Topics[0]
			}
			if !used[topic] && add(n) {
				used[topic] = true
			}
		}
	}
	return out
}
