package knowledge

import (
	"slices"
	"strings"

	lru "github.com/hashicorp/golang-lru/v2"

	"liaison/knowledge/zh"
)

// AlikeFrom is the least likeness of two wordings of one question, found by
// measurement (TestLikeness states it): below it, questions about neighbouring
// matters begin to fall together.
const AlikeFrom = 0.55

// Wording is a question read for its meaning, to be compared with others. It does
// not depend on a library, so questions that no library answers can be compared,
// and the same two always compare alike.
type Wording struct {
	folded  string
	words   []meant
	weight  float64 // sum of the words'
	places  []string
	figures []zh.Figure
}

// meant is a word of a question with the other forms that stand for it.
type meant struct {
	text   string
	forms  []other
	weight float64
	matter bool // says what the question is about, not only what it asks of it
}

// What the words of a question count in a comparison.
const (
	aspectWeight   = 0.6  // a side that every matter has: papers, time, place
	askedWeight    = 0.08 // a word that only asks
	figureWeight   = 0.8  // a number or Latin letters
	commonWord     = 0.15 // the least weight of a word, however common
	pieceOfMeaning = 0.6  // what the shared characters of two words count
	ownMatter      = 0.5  // taken off when each names a matter that the other does not
)

// ReadWording reads a question.
func ReadWording(question string) Wording {
	folded := []rune(zh.Fold(question))
	w := Wording{folded: string(folded), figures: zh.Figures(question)}
	w.places = gazetteerOf().listed(w.folded)
	asks := askingRunes(folded)
	covered := make([]bool, len(folded)) // a synonym of several words is one word
	add := func(from, to int, forms []other) {
		text := string(folded[from:to])
		weight := max(commonWord, wordEntries()[text].rarity(text))
		matter := false
		switch {
		case count1(asks[from:to]) == to-from:
			weight = askedWeight
		case !zh.IsHan(folded[from]):
			weight = figureWeight
		case aspects[text]:
			weight *= aspectWeight
		default:
			matter = true
		}
		w.words = append(w.words, meant{text, forms, weight, matter})
		w.weight += weight
	}
	synonyms().words.each(folded, func(from, to int, forms []other) {
		for i := from; i < to; i++ {
			covered[i] = true
		}
		add(from, to, forms)
	})
	for _, s := range segments(folded) {
		if count1(covered[s.from:s.to]) == 0 {
			add(s.from, s.to, nil)
		}
	}
	return w
}

// Readings reads questions that are compared with others again and again, each once.
// It is safe for concurrent use.
type Readings struct{ kept *lru.Cache[string, Wording] }

// NewReadings returns readings of which so many are kept, those used last.
func NewReadings(size int) *Readings { return &Readings{newLRU[string, Wording](size)} }

// Of is ReadWording.
func (r *Readings) Of(question string) Wording {
	w, ok := r.kept.Get(question)
	if !ok {
		w = ReadWording(question)
		r.kept.Add(question, w)
	}
	return w
}

// Likeness tells how much two questions ask the same, 0 to 1: the share of what
// their words weigh that the other one says too, in these words or others. Two
// questions that name different places or figures are never alike.
func (w Wording) Likeness(o Wording) float64 {
	if w.folded == o.folded {
		return 1
	}
	if w.weight+o.weight == 0 || differ(w.places, o.places) || differ(w.figures, o.figures) {
		return 0
	}
	like := (w.saidBy(o) + o.saidBy(w)) / (w.weight + o.weight)
	return max(0, like-ownMatter*min(w.unsaidBy(o), o.unsaidBy(w)))
}

// unsaidBy is what the weightiest matter weighs that o does not name: 注销 beside
// 注册 makes another question of the same words.
func (w Wording) unsaidBy(o Wording) float64 {
	most := 0.0
	for _, m := range w.words {
		if m.matter {
			most = max(most, m.weight*(1-o.says(m)))
		}
	}
	return most
}

// differ reports whether either names what the other does not, both naming some.
func differ[T comparable](a, b []T) bool {
	missing := func(a, b []T) bool {
		return slices.ContainsFunc(a, func(v T) bool { return !slices.Contains(b, v) })
	}
	return len(a) > 0 && len(b) > 0 && (missing(a, b) || missing(b, a))
}

// saidBy is what those of the words weigh that o says too.
func (w Wording) saidBy(o Wording) float64 {
	sum := 0.0
	for _, m := range w.words {
		sum += m.weight * o.says(m)
	}
	return sum
}

// says tells how far the question says a word: in full, by another form of it, or
// by words that share characters with it.
func (w Wording) says(m meant) float64 {
	if strings.Contains(w.folded, m.text) {
		return 1
	}
	best := 0.0
	for _, f := range m.forms {
		if strings.Contains(w.folded, f.text) {
			best = max(best, float64(f.factor))
		}
	}
	shared, all := 0, 0
	for _, r := range m.text {
		all++
		if zh.IsHan(r) && strings.ContainsRune(w.folded, r) {
			shared++
		}
	}
	if all > 1 {
		best = max(best, pieceOfMeaning*float64(shared)/float64(all))
	}
	return best
}
