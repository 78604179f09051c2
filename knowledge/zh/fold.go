// Package zh holds what Chinese text needs before it can be compared: one
// spelling for one meaning (Fold), the pieces it is searched by (Terms), its
// sentences (Sentences) and the figures it states (Figures).
//
// Everything here is a pure function and safe for concurrent use.
package zh

import (
	_ "embed"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"
)

//go:embed t2s.txt
var t2sTable string

// The characters that t2s.txt turns into others lie between these.
const (
	firstHan = 0x3400
	lastHan  = 0x9fff
)

// simplified has for each character from firstHan on the simplified one, which is
// most often itself: every character of every text is looked up here, and an array
// is several times faster than a map. It is filled on first use: most programs
// that import this package fold text, but some only cut sentences.
var simplified = sync.OnceValue(func() *[lastHan - firstHan + 1]rune {
	from, to, _ := strings.Cut(t2sTable, "\n")
	targets := []rune(strings.TrimSpace(to))
	t := new([lastHan - firstHan + 1]rune)
	for i := range t {
		t[i] = firstHan + rune(i)
	}
	for i, r := range []rune(from) {
		t[r-firstHan] = targets[i]
	}
	return t
})

// Fold gives text the one spelling it is compared in: full-width forms become
// half-width, traditional characters simplified, letters lower case, brackets
// around document numbers alike; control, zero-width and direction marks are
// dropped and white space becomes single spaces. Fold(Fold(s)) == Fold(s).
func Fold(s string) string {
	out := make([]byte, 0, len(s))
	space := false
	for _, r := range s {
		r = FoldRune(r)
		switch {
		case r == 0:
			continue
		case r == ' ':
			space = len(out) > 0
			continue
		}
		if space {
			out = append(out, ' ')
			space = false
		}
		out = utf8.AppendRune(out, r)
	}
	return string(out)
}

// FoldRune folds one character. It returns 0 for a character that carries no
// meaning and ' ' for any white space.
func FoldRune(r rune) rune {
	if r < utf8.RuneSelf {
		switch {
		case r >= 'A' && r <= 'Z':
			return r + 'a' - 'A'
		case r > ' ' && r < 0x7f:
			return r
		case r == ' ' || r == '\n' || r == '\t' || r == '\r' || r == '\f' || r == '\v':
			return ' '
		}
		return 0
	}
	if r >= firstHan && r <= lastHan {
		return simplified()[r-firstHan]
	}
	switch r {
	case '〔', '［', '【', '〖', '﹝':
		return '['
	case '〕', '］', '】', '〗', '﹞':
		return ']'
	case '“', '”', '„', '‟', '「', '」', '『', '』':
		return '"'
	case '‘', '’':
		return '\''
	case '–', '—', '―', '－', '‐', '‑', '−':
		return '-'
	case '〇':
		return '零'
	case utf8.RuneError:
		return 0
	}
	r = narrow(r)
	if unicode.IsSpace(r) {
		return ' '
	}
	if unicode.Is(unicode.Cf, r) || unicode.IsControl(r) || unicode.Is(unicode.Mn, r) {
		return 0
	}
	if r < utf8.RuneSelf {
		return FoldRune(r)
	}
	return unicode.ToLower(r)
}

// Narrow turns full-width letters, digits and the signs ％＋－．＠ into ASCII, so that
// patterns written for ASCII see both. Chinese punctuation stays as it is.
func Narrow(s string) string {
	return strings.Map(func(r rune) rune {
		n := narrow(r)
		if n >= '0' && n <= '9' || n >= 'A' && n <= 'Z' || n >= 'a' && n <= 'z' || strings.ContainsRune("%+-.@", n) {
			return n
		}
		return r
	}, s)
}

func narrow(r rune) rune {
	switch {
	case r >= 0xff01 && r <= 0xff5e:
		return r - 0xfee0
	case r == 0x3000:
		return ' '
	}
	return r
}

// IsHan reports whether r is a Chinese character. Ranges without any are told
// first: the table of package unicode takes many times as long, and most of what
// is no Chinese character is punctuation.
func IsHan(r rune) bool {
	switch {
	case r >= 0x4e00 && r <= 0x9fff:
		return true
	case r < 0x2e80, r > 0x2fd5 && r < 0x3005, r > 0xfad9 && r < 0x16fe0:
		return false
	}
	return unicode.Is(unicode.Han, r)
}
