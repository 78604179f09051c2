package knowledge

import (
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
	values uint64 // hash of them all, in order
	twice  bool   // the document gives two values itself: a list of cases
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
			if float64(n) < sameText*float64(max(a, b)) || !counts(&docs[i]) || !counts(&docs[j]) {
				continue // a new version is no copy of the old one
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
				if a.values != b.values && !a.twice && !b.twice && canContradict(&docs[i], &docs[j]) {
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

// counts reports whether d is in force as far as other documents decide it.
func counts(d *Document) bool { return d.Status == InForce && d.SupersededBy == "" }

func canContradict(a, b *Document) bool {
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

func endsClause(r rune) bool {
	switch r {
	case '，', '。', '；', '：', '！', '？', '\n', '\r', '|':
		return true
	}
	return false
}

// add reads one clause. Figures in it become one sign each, so that two clauses
// that differ in nothing else meet. Years and dates differ between editions of
// one text without contradiction, so clauses with them are not compared.
func (c *clauses) add(clause string) {
	words, values := hash(fnvOffset), hash(fnvOffset)
	han, inFigure, stated, dated := 0, false, false, false
	for _, r := range clause {
		switch digit := r >= '0' && r <= '9'; {
		case digit, inFigure && (r == '.' || r == ','):
			if !inFigure {
				words.add('#')
				values.add(' ')
			}
			values.add(r)
			inFigure, stated = true, true
			continue
		case inFigure && (r == '年' || r == '月' || r == '日' || r == '号'), r == '〔', r == '第':
			dated = true
		}
		inFigure = false
		if unicode.IsSpace(r) {
			continue
		}
		if r >= '一' && r <= '\u9fff' { // unicode.Han is several times slower, and rare signs do not matter here
			han++
		}
		words.add(r)
	}
	if han < clauseSize {
		return
	}
	both := words
	both.add(rune(values))
	both.add(rune(values >> 32))
	c.whole[uint64(both)] = true
	if !stated || dated {
		return
	}
	f, seen := c.figures[uint64(words)]
	c.figures[uint64(words)] = figures{uint64(values), seen && (f.twice || f.values != uint64(values))}
}

// hash is FNV-1a over characters instead of bytes.
type hash uint64

const fnvOffset, fnvPrime = 14695981039346656037, 1099511628211

func (h *hash) add(r rune) { *h = (*h ^ hash(uint32(r))) * fnvPrime }
