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
	words   map[string][]other
	longest map[rune]int // first character of words -> characters of the longest of them
}

type other struct {
	text   string
	factor float32
}

// parseSynonyms reads the format of synonyms.txt. The error lists all faults with
// their line numbers.
func parseSynonyms(table string) (*thesaurus, error) {
	t := &thesaurus{words: make(map[string][]other), longest: make(map[rune]int)}
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
	first, _ := utf8.DecodeRuneInString(word)
	t.longest[first] = max(t.longest[first], utf8.RuneCountInString(word))
	have := t.words[word]
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
	t.words[word] = have
}

// each yields the other forms of the words of a question, the longest word at each
// place, from left to right. A word of Latin letters counts only as a whole.
func (t *thesaurus) each(folded []rune, yield func(from, to int, text string, factor float32)) {
	for i := 0; i < len(folded); {
		n := t.at(folded, i)
		if n == 0 {
			i++
			continue
		}
		for _, o := range t.words[string(folded[i:i+n])] {
			yield(i, i+n, o.text, o.factor)
		}
		i += n
	}
}

// at returns how many characters the longest word at folded[i] has; 0: none.
func (t *thesaurus) at(folded []rune, i int) int {
	if isLatin(folded[i]) && i > 0 && isLatin(folded[i-1]) {
		return 0
	}
	for n := min(t.longest[folded[i]], len(folded)-i); n > 0; n-- {
		if end := i + n; isLatin(folded[end-1]) && end < len(folded) && isLatin(folded[end]) {
			continue
		}
		if _, ok := t.words[string(folded[i:i+n])]; ok {
			return n
		}
	}
	return 0
}

func isLatin(r rune) bool { return r >= 'a' && r <= 'z' }
