package classify

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// normalize reduces a text to what the features are made of: letters and Han
// characters in lower case and in their ordinary width. Punctuation, digits and
// emoji go; digits are addresses, dates and phone numbers, which a model would
// learn by heart. Words of grammar and courtesy stay: the weights of the n-grams
// make little of them, and a list of such words did not do better.
func normalize(text string) string {
	var kept strings.Builder
	for _, r := range norm.NFKC.String(strings.ToValidUTF8(text, "")) {
		if unicode.IsLetter(r) {
			kept.WriteRune(unicode.ToLower(r))
		}
	}
	return kept.String()
}
