package knowledge

import (
	"hash/fnv"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Clauses shorter than this, in characters, say the same in documents that have
// nothing to do with each other.
const clauseSize = 12

// sameText is the share of clauses that two documents have in common when one is
// a copy of the other. A new year's edition of a notice shares fewer: its figures
// and dates are others.
const sameText = 0.9

// maxShared is in how many documents a clause may stand before it is a set phrase.
const maxShared = 20

// clauses are the sentences and parts of sentences of a document by their words.
type clauses struct {
	whole   map[uint64]bool    // with their figures
	figures map[uint64]figures // those with figures: the words without -> the figures
}

type figures struct {
	text  string // joined
	twice bool   // the document gives two values itself: a list of cases
}

// compareTexts finds copies and contradictions among docs and notes them there.
// Only documents that count are compared for contradictions, as of no day in
// particular: one that replaces the other contradicts nothing.
func compareTexts(docs []Document) {
	read := make([]clauses, len(docs))
	holders := make(map[uint64][]int)
	sayers := make(map[uint64][]int)
	for i := range docs {
		docs[i].DuplicateOf, docs[i].Contradicts = "", nil
		read[i] = readClauses(&docs[i])
		for h := range read[i].whole {
			holders[h] = append(holders[h], i)
		}
		for h := range read[i].figures {
			sayers[h] = append(sayers[h], i)
		}
	}
	for i := range docs {
		for j, n := range sharedClauses(i, read[i].whole, holders) {
			a, b := len(read[i].whole), len(read[j].whole)
			if float64(n) < sameText*float64(max(a, b)) {
				continue
			}
			if docs[i].DuplicateOf == "" || docs[j].ID < docs[i].DuplicateOf {
				docs[i].DuplicateOf = docs[j].ID
			}
		}
	}
	for h, list := range sayers {
		if len(list) < 2 || len(list) > maxShared {
			continue
		}
		for x, i := range list {
			for _, j := range list[x+1:] {
				a, b := read[i].figures[h], read[j].figures[h]
				if a.text != b.text && !a.twice && !b.twice && canContradict(&docs[i], &docs[j]) {
					addOnce(&docs[i].Contradicts, docs[j].ID)
					addOnce(&docs[j].Contradicts, docs[i].ID)
				}
			}
		}
	}
	for i := range docs {
		slices.Sort(docs[i].Contradicts)
	}
}

// sharedClauses counts the clauses that document i has in common with each one before
// it. A copy is always the later one.
func sharedClauses(i int, whole map[uint64]bool, holders map[uint64][]int) map[int]int {
	count := make(map[int]int)
	for h := range whole {
		if list := holders[h]; len(list) <= maxShared {
			for _, j := range list {
				if j < i {
					count[j]++
				}
			}
		}
	}
	return count
}

func canContradict(a, b *Document) bool {
	counts := func(d *Document) bool { return d.Status == InForce && d.SupersededBy == "" }
	return counts(a) && counts(b) && a.DuplicateOf == "" && b.DuplicateOf == "" &&
		(a.Place == b.Place || a.Place == "" || b.Place == "")
}

func addOnce(list *[]string, s string) {
	if !slices.Contains(*list, s) {
		*list = append(*list, s)
	}
}

// readClauses cuts the text of d at its punctuation.
func readClauses(d *Document) clauses {
	c := clauses{whole: make(map[uint64]bool), figures: make(map[uint64]figures)}
	for i := range d.Units {
		for clause := range strings.FieldsFuncSeq(d.Units[i].Body, endsClause) {
			if utf8.RuneCountInString(clause) >= clauseSize {
				c.add(clause)
			}
		}
	}
	return c
}

func endsClause(r rune) bool { return strings.ContainsRune("，。；：！？\n\r|", r) }

// add reads one clause. Figures in it become one sign each, so that two clauses
// that differ in nothing else meet. Years and dates differ between editions of
// one text without contradiction, so clauses with them are not compared.
func (c *clauses) add(clause string) {
	var words, values strings.Builder
	han, inFigure, dated := 0, false, false
	for _, r := range clause {
		digit := r >= '0' && r <= '9'
		switch {
		case digit, inFigure && (r == '.' || r == ','):
			if !inFigure {
				words.WriteByte('#')
				values.WriteByte(' ')
			}
			values.WriteRune(r)
			inFigure = true
			continue
		case inFigure && (r == '年' || r == '月' || r == '日' || r == '号'), r == '〔', r == '第':
			dated = true
		}
		inFigure = false
		if unicode.IsSpace(r) {
			continue
		}
		if unicode.Is(unicode.Han, r) {
			han++
		}
		words.WriteRune(r)
	}
	if han < clauseSize {
		return
	}
	h := hash(words.String())
	c.whole[hash(words.String()+values.String())] = true
	if values.Len() == 0 || dated {
		return
	}
	f, seen := c.figures[h]
	c.figures[h] = figures{values.String(), seen && (f.twice || f.text != values.String())}
}

func hash(s string) uint64 {
	h := fnv.New64a()
	_, _ = h.Write([]byte(s)) // never fails
	return h.Sum64()
}
