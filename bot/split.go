package bot

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// split cuts text into pieces of at most limit UTF-16 units each, whose
// concatenation is the text. It cuts after a paragraph, else a line, else a
// sentence, else a space, where one ends in the second half of the piece; else
// between two characters as a reader sees them.
func split(text string, limit int) []string {
	var pieces []string
	for !fits(text, limit) {
		cut := cutPoint(text, limit)
		pieces = append(pieces, text[:cut])
		text = text[cut:]
	}
	if text != "" {
		pieces = append(pieces, text)
	}
	return pieces
}

// fits reports whether s has at most limit UTF-16 units. It reads no more of s
// than that, which keeps split linear.
func fits(s string, limit int) bool { return units16(s[:byteAt(s, limit+1)]) <= limit }

// cutPoint returns how many bytes of a text that is longer than limit make the
// first piece.
func cutPoint(text string, limit int) int {
	end := graphemeCut(text, limit)
	half := min(byteAt(text, limit/2), end)
	if i := strings.LastIndex(text[half:end], "\n\n"); i >= 0 {
		return half + i + 2
	}
	for _, ends := range []func(before, after rune) bool{lineEnd, sentenceEnd, wordEnd} {
		for i := end; i > half; {
			before, size := utf8.DecodeLastRuneInString(text[:i])
			after, _ := utf8.DecodeRuneInString(text[i:])
			if ends(before, after) && !joined(text[:i], after) {
				return i
			}
			i -= size
		}
	}
	return end
}

// The ends say whether a piece may end between the two runes.
func lineEnd(before, _ rune) bool     { return before == '\n' }
func wordEnd(before, after rune) bool { return unicode.IsSpace(before) && !unicode.IsSpace(after) }

// sentenceEnd keeps closing quotes and brackets with their sentence, and does
// not take the point of a number or an address for the end of one.
func sentenceEnd(before, after rune) bool {
	if strings.ContainsRune("。！？；…", before) {
		return !strings.ContainsRune("。！？；…”’」』）》", after)
	}
	if strings.ContainsRune("”’」』", before) {
		return unicode.Is(unicode.Han, after)
	}
	return strings.ContainsRune(".!?;", before) && unicode.IsSpace(after)
}

// graphemeCut returns the last byte position of s within limit UTF-16 units at
// which no visible character is torn, or the last between two runes when one
// character is longer than the limit.
func graphemeCut(s string, limit int) int {
	end := byteAt(s, limit+1)
	for !fits(s[:end], limit) {
		_, size := utf8.DecodeLastRuneInString(s[:end])
		end -= size
	}
	for i := end; i > 0; {
		after, _ := utf8.DecodeRuneInString(s[i:])
		if i == len(s) || !joined(s[:i], after) {
			return i
		}
		_, size := utf8.DecodeLastRuneInString(s[:i])
		i -= size
	}
	return end
}

const (
	zeroWidthNonJoiner = 0x200C
	zeroWidthJoiner    = 0x200D
)

// joined reports whether r belongs to the visible character that before ends
// with: accents, variation selectors and the parts of an emoji. It is the
// greater part of Unicode's rules for grapheme clusters.
func joined(before string, r rune) bool {
	last, _ := utf8.DecodeLastRuneInString(before)
	switch {
	case last == '\r' && r == '\n':
		return true
	case unicode.IsControl(last) || unicode.IsControl(r):
		return false
	case unicode.In(r, unicode.M), r == zeroWidthJoiner, r == zeroWidthNonJoiner:
		return true
	case 0x1F3FB <= r && r <= 0x1F3FF: // skin tones
		return true
	case 0xE0020 <= r && r <= 0xE007F: // tags, in flags of regions
		return true
	case last == zeroWidthJoiner:
		return true
	case regional(r) && regional(last):
		n := 0
		for rest := before; ; n++ {
			l, size := utf8.DecodeLastRuneInString(rest)
			if !regional(l) {
				break
			}
			rest = rest[:len(rest)-size]
		}
		return n%2 == 1 // the second letter of a flag
	case hangulPart(r):
		return hangulPart(last) || unicode.Is(unicode.Hangul, last)
	}
	return false
}

func regional(r rune) bool   { return 0x1F1E6 <= r && r <= 0x1F1FF }
func hangulPart(r rune) bool { return 0x1160 <= r && r <= 0x11FF }
