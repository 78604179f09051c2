package knowledge

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"liaison/knowledge/index"
	"liaison/knowledge/zh"
)

// Library is a set of documents with an index over their units. It is immutable
// and safe for concurrent use; to change it, build another one.
type Library struct {
	docs     []Document
	units    []unitRef
	byID     map[string]int   // unit ID -> units
	docByID  map[string]int   // document ID -> docs
	topics   map[string][]int // topic slug -> units
	passages *index.Index     // one text a passage of a unit
	unitOf   []int32          // passage -> units
	first    []int            // document -> its first passage; one more than docs
	folded   []string         // passage -> titles, \n, text, through zh.Fold
	whole    *index.Index     // one text a document; nil if that adds nothing: one document, or one passage each
}

type unitRef struct{ doc, unit int32 }

// NewLibrary indexes docs. It keeps copies of the slices it was given, not of
// what they point to: the documents must not be changed afterwards. Documents
// without an ID, IDs that are given twice and see links to units that do not
// exist are errors, all of them reported.
func NewLibrary(docs []Document) (*Library, error) {
	l := &Library{
		docs: slices.Clone(docs), byID: make(map[string]int), docByID: make(map[string]int),
		topics: make(map[string][]int),
	}
	if err := l.register(); err != nil {
		return nil, err
	}
	l.build()
	return l, nil
}

// register fills the maps and checks the IDs.
func (l *Library) register() error {
	var errs []error
	for i := range l.docs {
		d := &l.docs[i]
		if _, ok := l.docByID[d.ID]; ok || d.ID == "" {
			errs = append(errs, fmt.Errorf("document %q: the ID is empty or taken", d.ID))
			continue
		}
		l.docByID[d.ID] = i
		d.Units = slices.Clone(d.Units)
		for j := range d.Units {
			u := &d.Units[j]
			u.ID = UnitID(d.ID, u.Slug)
			if _, ok := l.byID[u.ID]; ok || u.Slug == "" {
				errs = append(errs, fmt.Errorf("unit %q: the slug is empty or taken", u.ID))
				continue
			}
			n := len(l.units)
			l.byID[u.ID] = n
			l.units = append(l.units, unitRef{int32(i), int32(j)})
			topics := u.Topics
			if len(topics) == 0 {
				topics = d.Topics
			}
			for _, t := range topics {
				l.topics[t] = append(l.topics[t], n)
			}
		}
	}
	for _, ref := range l.units {
		d := &l.docs[ref.doc]
		u := &d.Units[ref.unit]
		for _, see := range u.See {
			if _, ok := l.byID[seeID(d.ID, see)]; !ok {
				errs = append(errs, fmt.Errorf("unit %q: see names %q, which does not exist", u.ID, see))
			}
		}
	}
	return errors.Join(errs...)
}

// seeID is the unit ID that a see entry of document docID means.
func seeID(docID, see string) string {
	if strings.Contains(see, "#") {
		return see
	}
	return UnitID(docID, see)
}

func (l *Library) build() {
	var passages index.Builder
	parts := make([][]index.Field, len(l.docs)) // of each document, for whole
	for i := range l.docs {
		d := &l.docs[i]
		docTitle := titleOf(d)
		parts[i] = append(parts[i], index.Field{Text: docTitle, Weight: docTitleWeight})
		l.first = append(l.first, len(l.folded))
		for j := range d.Units {
			u := &d.Units[j]
			names := namesOf(d, u)
			parts[i] = append(parts[i], index.Field{Text: names, Weight: 1})
			for _, part := range passagesOf(u.Body) {
				titles := docTitle + " " + names + "\n"
				folded := titles + zh.Fold(part)
				// The field is a part of folded, not a second copy of the text.
				text := index.Field{Text: folded[len(titles):], Weight: 1}
				parts[i] = append(parts[i], text)
				passages.Add(fieldsOf(docTitle, names, text)...)
				l.unitOf = append(l.unitOf, int32(l.byID[u.ID]))
				l.folded = append(l.folded, folded)
			}
		}
	}
	l.first = append(l.first, len(l.folded))
	l.passages = passages.Build()
	if len(l.docs) < 2 || len(l.folded) == len(l.docs) {
		return
	}
	var whole index.Builder
	for _, fields := range parts {
		whole.Add(fields...)
	}
	l.whole = whole.Build()
}

// Len returns how many units the library holds.
func (l *Library) Len() int { return len(l.units) }

// Documents returns the documents in the order they were given. The caller must
// not change them.
func (l *Library) Documents() []Document { return l.docs }

// Document returns the document called id.
func (l *Library) Document(id string) (Document, bool) {
	i, ok := l.docByID[id]
	if !ok {
		return Document{}, false
	}
	return l.docs[i], true
}

// Unit returns the unit with the given ID.
func (l *Library) Unit(id string) (Unit, bool) {
	n, ok := l.byID[id]
	if !ok {
		return Unit{}, false
	}
	return *l.unit(n), true
}

// Topic returns the units on a topic, in library order. A unit without topics of
// its own has those of its document.
func (l *Library) Topic(slug string) []Unit {
	var out []Unit
	for _, n := range l.topics[slug] {
		out = append(out, *l.unit(n))
	}
	return out
}

func (l *Library) unit(n int) *Unit {
	ref := l.units[n]
	return &l.docs[ref.doc].Units[ref.unit]
}

func (l *Library) docOf(n int) *Document { return &l.docs[l.units[n].doc] }

// Citation says where a unit stands, what requesters see under an answer.
type Citation struct {
	Unit          string // unit ID
	Title         string // of the document
	UnitTitle     string
	Number        string // 文号
	Issuers       []string
	EffectiveFrom Date
	EffectiveTo   Date
	InForce       bool // on the day of the answer
	Source        string
	Quote         string  // the sentences that answer
	Score         float64 // how sure the answer is, 0 to 1; 0 when nothing was asked
}

// Cite returns the citation of a unit as of day, its whole text as the quote.
func (l *Library) Cite(unitID string, day Date) (Citation, bool) {
	n, ok := l.byID[unitID]
	if !ok {
		return Citation{}, false
	}
	return l.cite(n, day, l.unit(n).Body, 0), true
}

func (l *Library) cite(n int, day Date, quote string, score float64) Citation {
	d, u := l.docOf(n), l.unit(n)
	return Citation{
		Unit: u.ID, Title: d.Title, UnitTitle: u.Title, Number: d.Number, Issuers: d.Issuers,
		EffectiveFrom: d.EffectiveFrom, EffectiveTo: d.EffectiveTo, InForce: d.InForceOn(day),
		Source: d.Source, Quote: quote, Score: score,
	}
}
