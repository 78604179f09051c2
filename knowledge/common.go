package knowledge

import (
	_ "embed"
	"strconv"
	"strings"
	"sync"

	"liaison/knowledge/zh"
)

// common.txt lists the 3,000 most frequent characters and pairs of everyday and
// official Chinese by their rarity, one line for each value. It keeps words such
// as 怎么 or 小孩 from counting as telling only because a small library of
// official texts hardly uses them. `go run ./knowledge/eval/fit common` wrote it
// from 30,425 public messages and paragraphs of enactments.
//
//go:embed common.txt
var commonTable string

// everydayMax is the rarity of a term that is as rare as can be told, the value
// that rarities are compared with. A term outside the table has everydayOther.
const (
	everydayMax   = 9
	everydayOther = 7
)

var commonTerms = sync.OnceValue(func() map[zh.Term]float64 {
	m := make(map[zh.Term]float64, 3000)
	for line := range strings.Lines(commonTable) {
		value, words, _ := strings.Cut(strings.TrimSpace(line), " ")
		v, err := strconv.ParseFloat(value, 64)
		if err != nil {
			panic("knowledge: embedded common.txt: " + err.Error()) // a test reads it
		}
		for w := range strings.FieldsSeq(words) {
			r := []rune(w)
			zh.EachTerm(r, func(t zh.Term, from, to int) {
				if to-from == len(r) && !t.Word() {
					m[t] = v
				}
			})
		}
	}
	return m
})

// everyday is the rarity of t in everyday Chinese.
func everyday(t zh.Term) float64 {
	if v, ok := commonTerms()[t]; ok {
		return v
	}
	return everydayOther
}
