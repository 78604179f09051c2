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
	Synonyms     Part = 1 << iota // words of the same meaning, synonyms.txt
	Spellings                     // numbers and units written in another way
	Typos                         // a wrong, swapped or Latin-typed character
	Asking                        // words that only ask weigh little
	Everyday                      // rarity in everyday Chinese
	WholeDoc                      // the score of the whole document
	BestWindow                    // close reading of the best units
	FigureSought                  // a figure of the sort that is asked for
	PlaceFit                      // the place that the question names
	endOfParts
)

var partNames = map[Part]string{
	Synonyms: "synonyms", Spellings: "spellings of numbers", Typos: "typing errors", Asking: "asking words",
	Everyday: "everyday rarity", WholeDoc: "whole document", BestWindow: "close reading", FigureSought: "figure asked for", PlaceFit: "places",
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
	from, to int     // the part of the question it stands for
	text     string  // folded
	terms    []int   // its pairs and words, all of which the library has: by their numbers in query.all
	factor   float32 // what it counts beside the asker's own word, 0 to 1: how close the meaning is
	weight   float32 // what a sentence that holds it gains
}

// addForms finds the other forms of the question's words and numbers.
func (l *Library) addForms(q *query) {
	if q.off&Synonyms == 0 {
		l.eachSynonym(q.folded, func(from, to int, text string, factor float32) {
			l.addForm(q, from, to, text, factor)
		})
	}
	if q.off&Spellings == 0 {
		zh.EachSpelling(q.folded, func(from, to int, text string) {
			l.addForm(q, from, to, text, spellingFactor)
		})
	}
	if q.off&Typos == 0 {
		l.addMeant(q)
	}
}

// spellingFactor is what another spelling of a number counts.
const spellingFactor = 0.9

// addForm keeps a form if the library can hold it. It weighs factor times what it
// would weigh in the asker's place, and the less the more texts use the asker's own
// word: who asks for 补贴 where all texts say so means no 资助.
func (l *Library) addForm(q *query, from, to int, text string, factor float32) {
	terms := formTerms(text)
	count := l.fewest(terms)
	if count == 0 {
		return
	}
	var own []zh.Term
	var ownWeight float32
	for _, t := range q.terms {
		if t.from >= from && t.to <= to && (!t.term.Unigram() || to-from == 1) {
			own = append(own, t.term)
			ownWeight += t.weight
		}
	}
	f := form{from: from, to: to, text: text, factor: factor}
	for _, t := range terms {
		f.weight += l.weightOf(q, t)
		f.terms = append(f.terms, q.number(t))
	}
	if f.weight > ownWeight {
		f.weight = (f.weight + ownWeight) / 2
	}
	f.weight *= factor * float32(count) / float32(count+l.fewest(own))
	q.forms = append(q.forms, f)
}

// formTerms lists the different pairs and words of text, or its only character.
func formTerms(text string) []zh.Term {
	var out []zh.Term
	r := []rune(text)
	zh.EachTerm(r, func(t zh.Term, _, _ int) {
		if (!t.Unigram() || len(r) == 1) && !slices.Contains(out, t) {
			out = append(out, t)
		}
	})
	return out
}

// fewest is in how many passages the rarest of terms stands; 0 without terms.
func (l *Library) fewest(terms []zh.Term) int {
	least := 0
	for i, t := range terms {
		if n := l.passages.Count(t); i == 0 || n < least {
			least = n
		}
	}
	return least
}

// number returns the number of t in all, where it is added if need be.
func (q *query) number(t zh.Term) int {
	if i, ok := q.lookup(t); ok {
		return i
	}
	q.add(t)
	return len(q.all) - 1
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
