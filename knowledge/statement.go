package knowledge

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// A mark names the sources of a statement: [1], 【1】, [1, 2]. It has two digits at
// most, because [2022] is the year of a document number.
var (
	markPattern  = regexp.MustCompile(`[\[【［]\s*\d{1,2}(?:\s*[,，、]\s*\d{1,2})*\s*[\]】］]`)
	markAtStart  = regexp.MustCompile(`^` + markPattern.String())
	markNumber   = regexp.MustCompile(`\d+`)
	maxMarkRunes = 12
)

// citedNumbers lists the numbers in the marks of text, in their order.
func citedNumbers(text string) []int {
	var out []int
	eachMark(text, func(n int) int {
		out = append(out, n)
		return n
	})
	return out
}

// eachMark returns text with each number in a mark replaced by what number
// returns for it, written as [1] or [1][2].
func eachMark(text string, number func(int) int) string {
	return markPattern.ReplaceAllStringFunc(text, func(mark string) string {
		var b strings.Builder
		for _, digits := range markNumber.FindAllString(mark, -1) {
			n, _ := strconv.Atoi(digits)
			fmt.Fprintf(&b, "[%d]", number(n))
		}
		return b.String()
	})
}

// cutStatement cuts the first statement off a text: whole sentences up to and
// with the first one that names its sources, before or behind its full stop. ok
// is false while the text may go on in a way that belongs to it; with final set
// it never does, and what is left is the statement. The two parts, joined, are
// the text.
func cutStatement(text string, final bool) (statement, rest string, ok bool) {
	marked := false
	for i := 0; i < len(text); {
		if m := markAtStart.FindString(text[i:]); m != "" {
			marked = true
			i += len(m)
			continue
		}
		r, size := utf8.DecodeRuneInString(text[i:])
		i += size
		if !stops(r, text[i:]) {
			continue
		}
		end, more := tail(text[i:])
		if more && !final {
			return "", text, false
		}
		marked = marked || markPattern.MatchString(text[i:i+end])
		i += end
		if marked {
			return text[:i], text[i:], true
		}
	}
	return text, "", final
}

// stops reports whether a sentence ends with r. A point ends one only
// where a space, a mark or nothing follows: not in 1.5 or example.com.
func stops(r rune, after string) bool {
	if strings.ContainsRune("。！？；!?;\n", r) {
		return true
	}
	next, size := utf8.DecodeRuneInString(after)
	return r == '.' && (size == 0 || unicode.IsSpace(next) || strings.ContainsRune(`[【［"”)`, next))
}

// tail returns how much of what stands behind a full stop still belongs to its
// sentence, closing quotes and marks; more says that the text ends before that
// is certain.
func tail(text string) (end int, more bool) {
	for i := 0; i < len(text); {
		if m := markAtStart.FindString(text[i:]); m != "" {
			i += len(m)
			end = i
			continue
		}
		r, size := utf8.DecodeRuneInString(text[i:])
		switch {
		case strings.ContainsRune("。！？；!?;”’」』）)》\"'", r):
			i += size
			end = i
		case r == ' ':
			i += size
		case strings.ContainsRune("[【［", r):
			return end, utf8.RuneCountInString(text[i:]) < maxMarkRunes && !strings.ContainsAny(text[i:], "]】］\n")
		default:
			return end, false
		}
	}
	return end, true
}
