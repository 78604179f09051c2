package knowledge

import (
	"strings"
	"unicode/utf8"

	"liaison/knowledge/index"
	"liaison/knowledge/zh"
)

// A unit is found by the text of its body, by its own names, and by what stands
// above it: the headings it is under and the title of its document.

// passageSize is how many characters of a long unit are ranked as one text, so
// that one matching sentence is not drowned by the rest.
const passageSize = 400

// How many times a word of the unit's headings, title and aliases, and of the
// document's title and place, counts beside a word of the text.
const (
	unitTitleWeight = 2
	docTitleWeight  = 1
)

// titleOf is what every unit of d is found by, folded.
func titleOf(d *Document) string { return zh.Fold(d.Title + " " + d.Place) }

// namesOf is what u is found by besides its body, folded: the headings above it,
// its title and its aliases, without those that repeat the document's title.
func namesOf(d *Document, u *Unit) string {
	names := make([]string, 0, 2+len(u.Aliases))
	if u.Path != d.Title && u.Path != u.Title {
		names = append(names, u.Path)
	}
	if u.Title != d.Title {
		names = append(names, u.Title)
	}
	return zh.Fold(strings.Join(append(names, u.Aliases...), " "))
}

// fieldsOf is what a passage is indexed under.
func fieldsOf(docTitle, names string, text index.Field) []index.Field {
	return []index.Field{text, {Text: names, Weight: unitTitleWeight}, {Text: docTitle, Weight: docTitleWeight}}
}

// passagesOf cuts a long body between sentences.
func passagesOf(body string) []string {
	if utf8.RuneCountInString(body) <= passageSize*3/2 {
		return []string{body}
	}
	var out []string
	var cur strings.Builder
	size := 0
	for _, s := range zh.Sentences(body) {
		for _, piece := range chop(s) {
			n := utf8.RuneCountInString(piece)
			if size > 0 && size+n > passageSize {
				out = append(out, cur.String())
				cur.Reset()
				size = 0
			}
			cur.WriteString(piece)
			size += n
		}
	}
	return append(out, cur.String())
}
