package route

import (
	"unicode"

	"golang.org/x/text/width"
)

// fold brings a text into the form in which it is compared: ordinary width and
// lower case, rune by rune, so that positions in both forms agree. Traditional
// characters stay; a gazetteer lists them as aliases where they are wanted.
func fold(text string) []rune {
	runes := []rune(text)
	for i, r := range runes {
		if folded := width.LookupRune(r).Folded(); folded != 0 {
			r = folded
		}
		runes[i] = unicode.ToLower(r)
	}
	return runes
}

// lexicon finds known phrases in a text. A phrase may stand for several values,
// or for none: then it hides the shorter phrases in it.
type lexicon struct {
	values  map[string][]int
	longest int // runes of the longest phrase
}

func (l *lexicon) add(phrase string, values ...int) {
	if l.values == nil {
		l.values = make(map[string][]int)
	}
	folded := fold(phrase)
	l.values[string(folded)] = append(l.values[string(folded)], values...)
	l.longest = max(l.longest, len(folded))
}

func (l *lexicon) get(phrase string) []int { return l.values[string(fold(phrase))] }

// match is a phrase found at [start, end) of a text, counted in runes.
type match struct {
	start, end int
	values     []int
}

// find returns the phrases of a folded text from left to right, at each place
// the longest, without overlap. A phrase that begins or ends with a Latin
// letter or a digit is not found inside a longer word.
func (l *lexicon) find(text []rune) []match {
	var found []match
	for start := 0; start < len(text); start++ {
		for end := min(start+l.longest, len(text)); end > start; end-- {
			values, known := l.values[string(text[start:end])]
			if !known || inWord(text, start) || inWord(text, end) {
				continue
			}
			found = append(found, match{start, end, values})
			start = end - 1
			break
		}
	}
	return found
}

// inWord reports whether a Latin word or a number goes on across position at.
func inWord(text []rune, at int) bool {
	return at > 0 && at < len(text) && latin(text[at-1]) && latin(text[at])
}

func latin(r rune) bool {
	return unicode.Is(unicode.Latin, r) || unicode.IsDigit(r)
}
