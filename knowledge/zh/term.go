package zh

import (
	"unicode"
	"unicode/utf8"
)

// Term is what text is indexed and searched by: one Chinese character, two
// neighbouring ones, or a word of letters and digits. Terms are comparable;
// a word is kept as a 63-bit hash, so two words collide with a chance that can
// be neglected below a billion words.
type Term uint64

const wordBit = 1 << 63

// Unigram reports whether t is a single Chinese character.
func (t Term) Unigram() bool { return t&wordBit == 0 && t>>21 == 0 }

// Bigram reports whether t is two neighbouring Chinese characters.
func (t Term) Bigram() bool { return t&wordBit == 0 && t>>21 != 0 }

// Word reports whether t is a word of letters and digits, or a number.
func (t Term) Word() bool { return t&wordBit != 0 }

// Pair is the term of two neighbouring characters.
func Pair(a, b rune) Term { return Term(a)<<21 | Term(b) }

// WordTerm is the term of a word of letters and digits that went through Fold: FNV-1a
// over its characters, commas between digits left out so that 1,000 and 1000 meet.
func WordTerm(word string) Term {
	h := uint64(14695981039346656037)
	for _, r := range word {
		if r == ',' {
			continue
		}
		h = (h ^ uint64(r)) * 1099511628211
	}
	return Term(h | wordBit)
}

// EachTerm calls yield for each term of text that went through Fold, in order of
// appearance, with the rune range [from, to) it covers. Numbers written with
// Chinese numerals (三十, 百分之三十) also yield the word that their digits
// would (30, 30%), so that both writings meet.
func EachTerm(folded []rune, yield func(t Term, from, to int)) {
	for i := 0; i < len(folded); {
		r := folded[i]
		switch {
		case IsHan(r):
			j := i
			for ; j < len(folded) && IsHan(folded[j]); j++ {
				yield(Term(folded[j]), j, j+1)
				if j > i {
					yield(Pair(folded[j-1], folded[j]), j-1, j+1)
				}
			}
			numerals(folded, i, j, yield)
			i = j
		case isWord(r):
			j := i + 1
			for j < len(folded) && (isWord(folded[j]) || isInner(folded, j)) {
				j++
			}
			if j < len(folded) && folded[j] == '%' {
				j++
			}
			yield(WordTerm(string(folded[i:j])), i, j)
			i = j
		default:
			i++
		}
	}
}

// Terms calls yield for the terms that EachTerm does, in the same order, without saying
// where they stand and without cutting the text into runes.
func Terms(folded string, yield func(Term)) {
	for i := 0; i < len(folded); {
		r, size := utf8.DecodeRuneInString(folded[i:])
		switch {
		case IsHan(r):
			i = hanTerms(folded, i, yield)
		case isWord(r):
			i = wordTerm(folded, i, i+size, yield)
		default:
			i += size
		}
	}
}

// hanTerms yields the terms of the Chinese characters from byte i on and returns where
// they end.
func hanTerms(folded string, i int, yield func(Term)) int {
	from, numbers := i, false
	var before rune
	for i < len(folded) {
		r, size := utf8.DecodeRuneInString(folded[i:])
		if !IsHan(r) {
			break
		}
		yield(Term(r))
		if before != 0 {
			yield(Pair(before, r))
		}
		numbers = numbers || startsNumber(r)
		before = r
		i += size
	}
	if numbers {
		run := []rune(folded[from:i])
		numerals(run, 0, len(run), func(t Term, _, _ int) { yield(t) })
	}
	return i
}

// wordTerm yields the word of which folded[i:j] is the first sign and returns where it
// ends.
func wordTerm(folded string, i, j int, yield func(Term)) int {
	for j < len(folded) {
		r, size := utf8.DecodeRuneInString(folded[j:])
		inner := (r == '.' || r == ',') && j+1 < len(folded) && isDigit(rune(folded[j-1])) && isDigit(rune(folded[j+1]))
		if !isWord(r) && !inner {
			if r == '%' {
				j++
			}
			break
		}
		j += size
	}
	yield(WordTerm(folded[i:j]))
	return j
}

// numerals yields the digits of the numbers written in folded[from:to]. Single
// numerals are left out: 一 stands in far too many words (统一, 一定).
func numerals(folded []rune, from, to int, yield func(t Term, from, to int)) {
	for i := from; i < to; {
		if !startsNumber(folded[i]) {
			i++
			continue
		}
		v, n := hanNumber(folded[i:to])
		if n < 2 {
			i++
			continue
		}
		yield(WordTerm(v), i, i+n)
		i += n
	}
}

// isInner reports whether folded[j] is a point or comma between two digits, or a
// sign that belongs into a word such as covid-19.
func isInner(folded []rune, j int) bool {
	if j+1 >= len(folded) {
		return false
	}
	switch folded[j] {
	case '.', ',':
		return isDigit(folded[j-1]) && isDigit(folded[j+1])
	}
	return false
}

func isWord(r rune) bool {
	return isDigit(r) || r >= 'a' && r <= 'z' || r > 0x7f && !IsHan(r) && (unicode.IsLetter(r) || unicode.IsDigit(r))
}

func isDigit(r rune) bool { return r >= '0' && r <= '9' }
