package store

import (
	"strings"
	"testing"
	"unicode"
)

// FuzzGapWords checks that punctuation makes no other question and that every
// question has a key.
func FuzzGapWords(f *testing.F) {
	for _, s := range []string{"开办企业？", "ＡＢＣ 1", "😀", "？？", "\x00\xff", "ﬁ שלום"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, in string) {
		words, more := gapWords(in), gapWords(in+"？! \n")
		if strings.TrimSpace(in) != "" && words == "" {
			t.Errorf("%q has no key", in)
		}
		isWord := func(r rune) bool { return unicode.IsLetter(r) || unicode.IsMark(r) || unicode.IsNumber(r) }
		if strings.ContainsFunc(more, isWord) && words != more {
			t.Errorf("%q: %q, with punctuation %q", in, words, more)
		}
	})
}
