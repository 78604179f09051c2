package knowledge

import (
	"cmp"
	"math"
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
	whole   []uint64  // with their figures; sorted, each once
	figures []figures // those with figures; sorted by words, each once
}

type figures struct {
	words  uint64 // hash of the clause without its figures
	values uint64 // hash of them all, in order
	twice  bool   // the document gives two values itself: a list of cases
}

// compareTexts finds copies and contradictions among docs and notes them there.
// Only documents that count are compared, as of no day in particular: one that
// replaces the other is no copy of it and contradicts nothing.
func compareTexts(docs []Document, read []traits) {
	for i := range docs {
		docs[i].DuplicateOf, docs[i].Contradicts = "", nil
	}
	markCopies(docs, read)
	markConflicts(docs, read)
}

// markCopies notes of each document that has nearly all clauses of an earlier one
// that it is its copy. Documents that share that many share one of the few that
// come first in the order of their hashes, so only these are looked up.
func markCopies(docs []Document, read []traits) {
	var held []holder
	for i := range docs {
		if !counts(&docs[i]) {
			continue
		}
		whole := read[i].clauses.whole
		few := len(whole) - int(math.Ceil(sameText*float64(len(whole)))) + 1
		for _, h := range whole[:min(few, len(whole))] {
			held = append(held, holder{hash: h, doc: i})
		}
	}
	eachShared(held, func(a, b holder) {
		d, other := &docs[b.doc], docs[a.doc].ID
		if (d.DuplicateOf == "" || other < d.DuplicateOf) && sameClauses(read[a.doc].clauses.whole, read[b.doc].clauses.whole) {
			d.DuplicateOf = other
		}
	})
}

// markConflicts notes which documents say the same with other figures.
func markConflicts(docs []Document, read []traits) {
	var held []holder
	for i := range docs {
		if !counts(&docs[i]) || docs[i].DuplicateOf != "" {
			continue
		}
		for _, f := range read[i].clauses.figures {
			held = append(held, holder{hash: f.words, doc: i, figures: f})
		}
	}
	eachShared(held, func(a, b holder) {
		x, y := &docs[a.doc], &docs[b.doc]
		if a.figures.values != b.figures.values && !a.figures.twice && !b.figures.twice &&
			(x.Place == y.Place || x.Place == "" || y.Place == "") {
			addOnce(&x.Contradicts, y.ID)
			addOnce(&y.Contradicts, x.ID)
		}
	})
	for i := range docs {
		slices.Sort(docs[i].Contradicts)
	}
}

// holder is a document that has a clause.
type holder struct {
	hash    uint64
	doc     int
	figures figures
}

// eachShared calls yield for every two holders of a clause, the earlier document
// first. Set phrases are left out. It sorts held: a map of all the clauses of a
// large library takes ten times as long.
func eachShared(held []holder, yield func(a, b holder)) {
	slices.SortFunc(held, func(a, b holder) int {
		if a.hash != b.hash {
			return cmp.Compare(a.hash, b.hash)
		}
		return a.doc - b.doc
	})
	for from := 0; from < len(held); {
		to := from + 1
		for to < len(held) && held[to].hash == held[from].hash {
			to++
		}
		if same := held[from:to]; len(same) <= maxShared {
			for i, a := range same {
				for _, b := range same[i+1:] {
					yield(a, b)
				}
			}
		}
		from = to
	}
}

// sameClauses reports whether the longer of two sorted lists shares sameText of its
// elements with the other. It stops as soon as that cannot be.
func sameClauses(a, b []uint64) bool {
	need := int(math.Ceil(sameText * float64(max(len(a), len(b)))))
	for need > 0 && min(len(a), len(b)) >= need {
		switch {
		case a[0] < b[0]:
			a = a[1:]
		case a[0] > b[0]:
			b = b[1:]
		default:
			need--
			a, b = a[1:], b[1:]
		}
	}
	return need == 0
}

// counts reports whether d is in force as far as other documents decide it.
func counts(d *Document) bool { return d.Status == InForce && d.SupersededBy == "" }

func addOnce(list *[]string, s string) {
	if !slices.Contains(*list, s) {
		*list = append(*list, s)
	}
}

// readClauses cuts the text of d at its punctuation.
func readClauses(d *Document) clauses {
	var c clauses
	for i := range d.Units {
		for clause := range strings.FieldsFuncSeq(d.Units[i].Body, endsClause) {
			if utf8.RuneCountInString(clause) >= clauseSize {
				c.add(clause)
			}
		}
	}
	slices.Sort(c.whole)
	c.whole = slices.Clip(slices.Compact(c.whole))
	slices.SortFunc(c.figures, func(a, b figures) int { return cmp.Compare(a.words, b.words) })
	each := c.figures[:0]
	for _, f := range c.figures {
		if last := len(each) - 1; last >= 0 && each[last].words == f.words {
			each[last].twice = each[last].twice || each[last].values != f.values
		} else {
			each = append(each, f)
		}
	}
	c.figures = slices.Clip(each)
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
	c.whole = append(c.whole, uint64(both))
	if stated && !dated {
		c.figures = append(c.figures, figures{words: uint64(words), values: uint64(values)})
	}
}

// hash is FNV-1a over characters instead of bytes.
type hash uint64

const fnvOffset, fnvPrime = 14695981039346656037, 1099511628211

func (h *hash) add(r rune) { *h = (*h ^ hash(uint32(r))) * fnvPrime }
