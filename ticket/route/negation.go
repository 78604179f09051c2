package route

import (
	"regexp"
	"slices"
	"strings"
	"unicode"
)

// Words that may stand between a negation and what it denies: 不是在周巷.
var fillers = []string{
	"属于", "位于", "来自", "在", "是", "于", "要", "想", "有", "很", "太", "来", "去",
	"located", "based", "from", "the", "in", "at", "a",
}

var negations = []string{"不", "没", "沒", "非", "无", "別", "别", "not", "n't", "n’t", "no"}

// These end like a negation and are none: 是不是周巷, 在不在周巷, 不得不.
var questions = []string{"是不", "在不", "要不", "想不", "有没", "得不", "能不", "去不"}

// denied reports whether the phrase that begins at start is denied by the words
// right before it in the same clause.
func denied(text []rune, start int) bool {
	const reach = 16 // runes; a negation that matters is near
	before := string(text[max(0, start-reach):start])
	for {
		before = strings.TrimRight(before, " ")
		filler := slices.IndexFunc(fillers, func(f string) bool { return hasSuffix(before, f) })
		if filler < 0 {
			break
		}
		before = strings.TrimSuffix(before, fillers[filler])
	}
	ends := func(suffix string) bool { return hasSuffix(before, suffix) }
	return slices.ContainsFunc(negations, ends) && !slices.ContainsFunc(questions, ends)
}

// hasSuffix is strings.HasSuffix, except that a Latin suffix must be a word.
func hasSuffix(s, suffix string) bool {
	if !strings.HasSuffix(s, suffix) {
		return false
	}
	if suffix[0] > 'z' || suffix == "n't" || suffix == "n’t" {
		return true
	}
	runes := []rune(strings.TrimSuffix(s, suffix))
	return len(runes) == 0 || !unicode.Is(unicode.Latin, runes[len(runes)-1])
}

// joined matches what links the members of a list, so that a denial of the
// first goes for all: 不在周巷和逍林.
var joined = regexp.MustCompile(`^\s*(?:、|和|或|与|及|跟|或者|以及|/|and|or)\s*$`)

// corrected matches what follows a slip of the tongue: 周巷，不对，是逍林.
var corrected = regexp.MustCompile(`^[\s\p{P}]*(?:哦|啊|呃|额)?[\s\p{P}]*(?:不对|错了|[说写打搞]错|更正|不[\s\p{P}]|wait\b|sorry\b|no[\s\p{P}])`)

// held drops the matches that the text takes back: those denied, those listed
// with a denied one, and those before a correction.
func held(text []rune, found []match) []match {
	var kept []match
	takenBack := false
	for i, m := range found {
		listed := false
		if i > 0 {
			between := string(text[found[i-1].end:m.start])
			listed = joined.MatchString(between)
			if corrected.MatchString(between) {
				kept = nil
			}
		}
		takenBack = denied(text, m.start) || listed && takenBack
		if !takenBack {
			kept = append(kept, m)
		}
	}
	return kept
}
