package knowledge

import (
	"strings"
	"unicode/utf8"

	"liaison/knowledge/zh"
)

// best is the largest weight of the question that one sentence of a passage, given as
// Library.folded, holds together with the titles above it, and that sentence: an answer
// stands in one place, and what it is about often stands in the title only.
func (r *reader) best(text string) (weight float64, sentence string) {
	clear(r.seen)
	r.sum = 0
	end := strings.IndexByte(text, '\n')
	r.read(text[:end], inTitle)
	title := r.sum
	number, start := 1, end
	read := func(end int) {
		r.sum = title
		r.read(text[start:end], number)
		if sum := r.sum + r.forms(number); sum > weight {
			weight, sentence = sum, text[start:end]
		}
		start = end
		number++
	}
	for i := end; i < len(text); i++ {
		if endsSentence(text, i) {
			read(i)
		}
	}
	read(len(text))
	return weight, sentence
}

// endsSentence reports whether a sign that ends a sentence begins at byte i of
// folded text.
func endsSentence(text string, i int) bool {
	switch text[i] {
	case '!', '?', ';':
		return true
	case '\xe3':
		return strings.HasPrefix(text[i:], "。")
	}
	return false
}

// reader adds up what a sentence holds of a question.
type reader struct {
	q    *query
	seen []int // number of the term -> the sentence that held it last, or inTitle
	sum  float64
}

// inTitle marks a term that the titles hold, and so every sentence under them.
const inTitle = -1

// read counts the terms of text. Without words and numbers in the question only
// characters and pairs can meet, and these are read without cutting text up: this
// is where most of the time of a search goes.
func (r *reader) read(text string, sentence int) {
	if r.q.words {
		zh.Terms(text, func(t zh.Term) { r.count(t, sentence) })
		return
	}
	var before rune
	for i, size := 0, 0; i < len(text); i += size {
		var c rune
		if c, size = decode(text[i:]); c < utf8.RuneSelf || !zh.IsHan(c) {
			before = 0
			continue
		}
		r.count(zh.Term(c), sentence)
		if before != 0 {
			r.count(zh.Pair(before, c), sentence)
		}
		before = c
	}
}

// decode is utf8.DecodeRuneInString for text that went through zh.Fold, most of which
// is of three bytes a character.
func decode(text string) (r rune, size int) {
	if b := text[0]; b&0xf0 == 0xe0 {
		return rune(b&0x0f)<<12 | rune(text[1]&0x3f)<<6 | rune(text[2]&0x3f), 3
	}
	return utf8.DecodeRuneInString(text)
}

func (r *reader) count(t zh.Term, sentence int) {
	i, ok := r.q.lookup(t)
	if !ok || r.seen[i] == inTitle || r.seen[i] == sentence {
		return
	}
	r.seen[i] = sentence
	if i < len(r.q.terms) {
		r.sum += float64(r.q.terms[i].weight)
	}
}

// forms is what the other forms that the sentence holds add to the asker's own
// words: of each part of the question its best form counts, as far as it is more
// than what the sentence holds of that part itself.
func (r *reader) forms(sentence int) float64 {
	var sum float64
	forms := r.q.forms
	for i := 0; i < len(forms); {
		from, to := forms[i].from, forms[i].to
		var best float64
		for ; i < len(forms) && forms[i].from == from && forms[i].to == to; i++ {
			if w := float64(forms[i].weight); w > best && r.holds(forms[i], sentence) {
				best = w
			}
		}
		if best == 0 {
			continue
		}
		for n, t := range r.q.terms {
			if t.from >= from && t.to <= to && (r.seen[n] == inTitle || r.seen[n] == sentence) {
				best -= float64(t.weight)
			}
		}
		sum += max(0, best)
	}
	return sum
}

func (r *reader) holds(f form, sentence int) bool {
	for _, t := range f.terms {
		if r.seen[t] != inTitle && r.seen[t] != sentence {
			return false
		}
	}
	return true
}
