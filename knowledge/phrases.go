package knowledge

import "unicode/utf8"

// phrases finds words of a list in text, the longest at each place. The zero
// value is an empty list; it is safe for concurrent use once it is filled.
type phrases[T any] struct {
	of      map[string]T
	longest map[rune]int // first character of words -> characters of the longest of them
}

// set puts word on the list, or changes what it stands for.
func (p *phrases[T]) set(word string, v T) {
	if p.of == nil {
		p.of, p.longest = make(map[string]T), make(map[rune]int)
	}
	p.of[word] = v
	first, _ := utf8.DecodeRuneInString(word)
	p.longest[first] = max(p.longest[first], utf8.RuneCountInString(word))
}

// each yields the words in text from left to right; they do not overlap. A word of
// Latin letters counts only where no further letter stands beside it.
func (p *phrases[T]) each(text []rune, yield func(from, to int, v T)) {
	for i := 0; i < len(text); {
		v, n := p.at(text, i)
		if n == 0 {
			i++
			continue
		}
		yield(i, i+n, v)
		i += n
	}
}

// at returns the longest word at text[i] and how many characters it has; 0: none.
func (p *phrases[T]) at(text []rune, i int) (v T, n int) {
	if isLatin(text[i]) && i > 0 && isLatin(text[i-1]) {
		return v, 0
	}
	for n := min(p.longest[text[i]], len(text)-i); n > 0; n-- {
		if end := i + n; isLatin(text[end-1]) && end < len(text) && isLatin(text[end]) {
			continue
		}
		if v, ok := p.of[string(text[i:i+n])]; ok {
			return v, n
		}
	}
	return v, 0
}

func isLatin(r rune) bool { return r >= 'a' && r <= 'z' }
