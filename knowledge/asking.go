package knowledge

import (
	_ "embed"
	"strings"
	"sync"

	"liaison/knowledge/zh"
)

// asking.txt lists the words that make a sentence a question or a request; its
// head says why they must be known.
//
//go:embed asking.txt
var askingTable string

var asking = sync.OnceValue(func() *phrases[struct{}] {
	var p phrases[struct{}]
	for line := range strings.Lines(askingTable) {
		line, _, _ = strings.Cut(line, "#")
		for w := range strings.FieldsSeq(line) {
			p.set(zh.Fold(w), struct{}{})
		}
	}
	return &p
})

// askingRunes marks the characters of a question that belong to such words. One of
// a single character is not meant where it is a part of another word: 对 in 对象.
func askingRunes(folded []rune) []bool { return askingIn(folded, segments(folded)) }

// askingIn is askingRunes of text that is cut in words already.
func askingIn(folded []rune, cut []segment) []bool {
	out := make([]bool, len(folded))
	inWord := make([]bool, len(folded))
	for _, s := range cut {
		for i := s.from; i < s.to && s.to-s.from > 1; i++ {
			inWord[i] = true
		}
	}
	asking().each(folded, func(from, to int, _ struct{}) {
		if to-from == 1 && inWord[from] {
			return
		}
		for i := from; i < to; i++ {
			out[i] = true
		}
	})
	return out
}
