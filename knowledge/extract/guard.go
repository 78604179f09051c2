package extract

import (
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// checkText refuses what is not a text that somebody could read: an extractor
// that lacks the right character map gives garbage without an error.
func checkText(text string) error {
	c := countChars(text)
	switch {
	case c.letters < 2:
		return unreadable(CodeEmpty, "no text was found in the file")
	case c.broken*20 > c.all:
		return unreadable(CodeGarbled, "%d of %d characters are damaged; save the file again as UTF-8 text or as a PDF with embedded fonts", c.broken, c.all)
	case c.rare*5 > c.all, c.han >= 200 && c.usual*50 < c.han:
		return unreadable(CodeGarbled, "its characters make no text; the file lacks the map from its glyphs to characters, or is in an unknown encoding")
	}
	return nil
}

type charCount struct {
	all     int // without white space
	letters int // Han, Latin and other letters, and digits
	han     int
	usual   int // Han that any text holds
	broken  int // U+FFFD, private use, control characters
	rare    int // letters of scripts that Chinese documents do not hold
}

func countChars(text string) charCount {
	var c charCount
	for _, r := range text {
		if unicode.IsSpace(r) {
			continue
		}
		c.all++
		switch {
		case r == utf8.RuneError || isPrivate(r) || unicode.IsControl(r):
			c.broken++
		case isHan(r):
			c.letters++
			c.han++
			if common[r] {
				c.usual++
			}
		case unicode.IsLetter(r):
			c.letters++
			if !unicode.In(r, unicode.Latin, unicode.Greek, unicode.Cyrillic, unicode.Hiragana, unicode.Katakana,
				unicode.Hangul, unicode.Bopomofo, unicode.Arabic, unicode.Hebrew, unicode.Thai, unicode.Tibetan,
				unicode.Mongolian, unicode.Yi, unicode.Common, unicode.Devanagari) {
				c.rare++
			}
		case unicode.IsDigit(r):
			c.letters++
		}
	}
	return c
}

func isHan(r rune) bool {
	return r >= 0x4e00 && r <= 0x9fff || r > 0xff && unicode.Is(unicode.Han, r)
}

// clean takes out what no reader sees and some programs trip over: NUL and
// other control characters, zero-width and direction marks, soft hyphens.
func clean(r rune) rune {
	switch {
	case r == '\n' || r == '\t':
		return r
	case r >= 0x2f00 && r <= 0x2fd5 || r >= 0xf900 && r <= 0xfad9:
		// Some PDF programs write 一 as the radical of that form, U+2F00.
		plain, _ := utf8.DecodeRuneInString(norm.NFKC.String(string(r)))
		return plain
	case r == '\u2028' || r == '\u2029' || r == '\v' || r == '\f':
		return '\n'
	case r == '\u00a0' || r == '\u3000' || unicode.Is(unicode.Zs, r):
		return ' '
	case r == '\u00ad':
		return -1
	case unicode.IsControl(r), r >= 0x200b && r <= 0x200c, r == 0x200e, r == 0x200f, r == 0xfeff, r >= 0x2060 && r <= 0x2064:
		return -1
	}
	return r
}
