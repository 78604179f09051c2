package zh

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Sentences cuts text after each 。！？；!?; and at line ends. Closing quotes and
// brackets stay with their sentence. The pieces, joined, are the text without
// the white space around each piece; empty pieces are left out.
func Sentences(text string) []string {
	if !utf8.ValidString(text) {
		text = string([]rune(text))
	}
	var out []string
	start := 0
	flush := func(end int) {
		if s := strings.TrimSpace(text[start:end]); s != "" {
			out = append(out, s)
		}
		start = end
	}
	for i := 0; i < len(text); {
		r, size := utf8.DecodeRuneInString(text[i:])
		i += size
		switch r {
		case '\n', '\r':
			flush(i - size)
		case '。', '！', '？', '；', '!', '?', ';':
			for i < len(text) {
				r, size := utf8.DecodeRuneInString(text[i:])
				if !isCloser(r) {
					break
				}
				i += size
			}
			flush(i)
		}
	}
	flush(len(text))
	return out
}

func isCloser(r rune) bool {
	return strings.ContainsRune("”’」』）)】》。！？!?", r)
}

// Unreadable returns the share of characters that show text was decoded wrongly:
// replacement, control and private-use characters.
func Unreadable(text string) float64 {
	bad, all := 0, 0
	for _, r := range text {
		if unicode.IsSpace(r) {
			continue
		}
		all++
		if r == unicode.ReplacementChar || unicode.IsControl(r) || unicode.Is(unicode.Co, r) {
			bad++
		}
	}
	if all == 0 {
		return 0
	}
	return float64(bad) / float64(all)
}
