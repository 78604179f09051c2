package knowledge

import (
	_ "embed"
	"fmt"
	"slices"
	"strings"
	"sync"
	"unicode/utf8"

	"liaison/knowledge/zh"
)

// synonyms.txt says which words mean the same in the matters that people ask the
// administration about. It was written from knowledge of the field, not from any
// set of questions; its head explains the format.
//
//go:embed synonyms.txt
var synonymTable string

var synonyms = sync.OnceValue(func() *thesaurus {
	t, err := parseSynonyms(synonymTable)
	if err != nil {
		panic("knowledge: embedded synonyms.txt: " + err.Error()) // a test reads it
	}
	return t
})

// What a word counts beside the one that the asker used, by the class of its line.
const (
	sameFactor = 0.8 // another word for it
	kindFactor = 0.5 // a kind of it, or what it is a kind of
	nearFactor = 0.3 // something close by
)

// thesaurus finds the words of a question that have other forms.
type thesaurus struct {
	words phrases[[]other]
}

type other struct {
	text   string
	factor float32
}

// parseSynonyms reads the format of synonyms.txt. The error lists all faults with
// their line numbers.
func parseSynonyms(table string) (*thesaurus, error) {
	t := new(thesaurus)
	var faults []string
	n := 0
	for line := range strings.Lines(table) {
		n++
		line, _, _ = strings.Cut(line, "#")
		line = strings.TrimSpace(line)
		if line == "" {
			continue
		}
		if fault := t.line(line); fault != "" {
			faults = append(faults, fmt.Sprintf("line %d: %s", n, fault))
		}
	}
	if len(faults) > 0 {
		return nil, fmt.Errorf("%s", strings.Join(faults, "; "))
	}
	return t, nil
}

// line adds one line. It returns what is wrong with it, or "".
func (t *thesaurus) line(line string) string {
	class, rest, ok := strings.Cut(line, ":")
	if !ok {
		return "the class and its colon are missing"
	}
	left, right, directed := strings.Cut(rest, ">")
	from, to := foldedWords(left), foldedWords(right)
	for i, w := range append(slices.Clone(from), to...) {
		if utf8.RuneCountInString(w) > maxSynonym {
			return fmt.Sprintf("word %d is longer than %d characters", i+1, maxSynonym)
		}
	}
	switch class {
	case "same", "near":
		if directed || len(from) < 2 {
			return class + " wants two words or more and no >"
		}
		factor := float32(sameFactor)
		if class == "near" {
			factor = nearFactor
		}
		for _, w := range from {
			t.add(w, from, factor)
		}
	case "said", "kind":
		if !directed || len(from) == 0 || len(to) == 0 {
			return class + " wants words on both sides of >"
		}
		factor := float32(sameFactor)
		if class == "kind" {
			factor = kindFactor
			for _, w := range to {
				t.add(w, from, factor)
			}
		}
		for _, w := range from {
			t.add(w, to, factor)
		}
	default:
		return fmt.Sprintf("there is no class %q", class)
	}
	return ""
}

// maxSynonym is the longest word, in characters.
const maxSynonym = 24

// foldedWords lists the words of a line; _ stands for a space in them.
func foldedWords(s string) []string {
	var out []string
	for w := range strings.FieldsSeq(s) {
		out = append(out, zh.Fold(strings.ReplaceAll(w, "_", " ")))
	}
	return out
}

// add says that each of forms may stand for word. The larger factor counts where
// two lines say so.
func (t *thesaurus) add(word string, forms []string, factor float32) {
	have := t.words.of[word]
	for _, f := range forms {
		if f == word {
			continue
		}
		i := slices.IndexFunc(have, func(o other) bool { return o.text == f })
		switch {
		case i < 0:
			have = append(have, other{f, factor})
		case have[i].factor < factor:
			have[i].factor = factor
		}
	}
	t.words.set(word, have)
}

// each yields the other forms of the words of a question.
func (t *thesaurus) each(folded []rune, yield func(from, to int, text string, factor float32)) {
	t.words.each(folded, func(from, to int, others []other) {
		for _, o := range others {
			yield(from, to, o.text, o.factor)
		}
	})
}
