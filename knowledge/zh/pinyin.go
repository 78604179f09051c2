package zh

import (
	_ "embed"
	"slices"
	"strings"
	"sync"
)

//go:embed pinyin.txt
var pinyinTable string

type syllables struct {
	of    map[rune][]string // character -> how it is read, without tones
	runes map[string][]rune // the other way round
}

var pinyin = sync.OnceValue(func() syllables {
	s := syllables{of: make(map[rune][]string, 7000), runes: make(map[string][]rune, 410)}
	for line := range strings.Lines(pinyinTable) {
		syllable, characters, _ := strings.Cut(strings.TrimSpace(line), " ")
		s.runes[syllable] = []rune(characters)
		for _, r := range s.runes[syllable] {
			s.of[r] = append(s.of[r], syllable)
		}
	}
	return s
})

// Homophones calls yield for the other characters that can be read as r, tones
// aside, until it returns false.
func Homophones(r rune, yield func(rune) bool) {
	for _, syllable := range pinyin().of[r] {
		for _, other := range pinyin().runes[syllable] {
			if other != r && !yield(other) {
				return
			}
		}
	}
}

// maxReadings is how many ways to read a word Pinyin and Initials return at most.
const maxReadings = 4

// Pinyin returns the ways to type a word in Latin letters, without tones and
// spaces, at most four; none when it has a character that is not known.
func Pinyin(word string) []string {
	return readings(word, func(syllable string) string { return syllable })
}

// Initials returns the first letters of the syllables of word, as people type
// them for short (gzf for 公租房), as Pinyin does.
func Initials(word string) []string {
	return readings(word, func(syllable string) string { return syllable[:1] })
}

func readings(word string, part func(syllable string) string) []string {
	out := []string{""}
	for _, r := range word {
		var next []string
		for _, s := range out {
			for _, syllable := range pinyin().of[r] {
				if t := s + part(syllable); len(next) < maxReadings && !slices.Contains(next, t) {
					next = append(next, t)
				}
			}
		}
		out = next
	}
	if word == "" {
		return nil
	}
	return out
}

// IsSyllable reports whether some character is read as s.
func IsSyllable(s string) bool { return len(pinyin().runes[s]) > 0 }
