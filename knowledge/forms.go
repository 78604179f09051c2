package knowledge

import (
	"slices"

	"liaison/knowledge/index"
	"liaison/knowledge/zh"
)

// Part is a part of retrieval that a measurement can leave out.
type Part uint

// The parts of retrieval.
const (
	Synonyms   Part = 1 << iota // words of the same meaning, synonyms.txt
	Spellings                   // numbers and units written in another way
	Typos                       // a wrong, swapped or Latin-typed character
	Asking                      // words that only ask weigh little
	Everyday                    // rarity in everyday Chinese
	WholeDoc                    // the score of the whole document
	BestWindow                  // close reading of the best units
	PlaceFit                    // the place that the question names
	endOfParts
)

var partNames = map[Part]string{
	Synonyms: "synonyms", Spellings: "spellings of numbers", Typos: "typing errors", Asking: "asking words",
	Everyday: "everyday rarity", WholeDoc: "whole document", BestWindow: "close reading", PlaceFit: "places",
}

// Parts lists the parts.
func Parts() []Part {
	var out []Part
	for p := Part(1); p < endOfParts; p <<= 1 {
		out = append(out, p)
	}
	return out
}

func (p Part) String() string { return partNames[p] }

// form is another way to write or say a part of the question, such as 基本医疗保险
// for 医保.
type form struct {
	from, to int // the part of the question it stands for
	text     string
	terms    []zh.Term // pairs of characters and words of text, all of which the library has
	factor   float32   // what it counts beside the asker's own word, 0 to 1
	weight   float32   // of its terms together, as a part of a question
}

// addForms finds the other forms of the question's words and numbers.
func (l *Library) addForms(q *query) {
	add := func(from, to int, text string, factor float32) {
		l.addForm(q, from, to, text, factor)
	}
	if q.off&Synonyms == 0 {
		synonyms().each(q.folded, add)
	}
	if q.off&Spellings == 0 {
		zh.EachSpelling(q.folded, func(from, to int, text string) { add(from, to, text, spellingFactor) })
	}
}

// spellingFactor is what another spelling of a number counts.
const spellingFactor = 0.9

// addForm keeps a form if the library can hold it.
func (l *Library) addForm(q *query, from, to int, text string, factor float32) {
	f := form{from: from, to: to, text: text, factor: factor}
	single := true
	r := []rune(text)
	known := true
	zh.EachTerm(r, func(t zh.Term, _, _ int) {
		if t.Unigram() {
			return
		}
		single = false
		if l.passages.Count(t) == 0 {
			known = false
		} else if !slices.Contains(f.terms, t) {
			f.terms = append(f.terms, t)
		}
	})
	if single && len(r) == 1 {
		t := zh.Term(r[0])
		f.terms = []zh.Term{t}
		known = l.passages.Count(t) > 0
	}
	if !known || len(f.terms) == 0 {
		return
	}
	for _, t := range f.terms {
		f.weight += l.weightOf(q, t)
	}
	q.forms = append(q.forms, f)
}

// weightOf is the ranking weight of a term that stands for content.
func (l *Library) weightOf(q *query, t zh.Term) float32 {
	n := l.passages.Len()
	weight := index.IDF(l.passages.Count(t), n)
	if q.off&Everyday == 0 {
		weight = (1-everydayShare)*weight + everydayShare*everyday(t)*everydayScale(n)
	}
	if t.Unigram() {
		weight *= unigramFactor
	}
	return float32(weight)
}
