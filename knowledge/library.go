package knowledge

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"

	lru "github.com/hashicorp/golang-lru/v2"

	"liaison/knowledge/index"
)

// Library is a set of documents with an index over their units. It is immutable
// and safe for concurrent use; Update makes another one of it.
type Library struct {
	given    []Document // as they came
	docs     []Document // the same, with what Supersede says of them
	traits   []traits   // of each document, for the next Supersede
	units    []unitRef
	byID     map[string]int   // unit ID -> units
	docByID  map[string]int   // document ID -> docs
	topics   map[string][]int // topic slug -> units
	passages *index.Index     // a passage of a unit a text, a document a group
	unitOf   []int32          // passage -> units
	first    []int            // document -> its first passage; one more than docs
	folded   []string         // passage -> titles, \n, text, through zh.Fold

	opened    *lru.Cache[int, page] // unit -> what was read of it
	overrides *overrides            // what the staff decided, nil for nothing; see With
}

type unitRef struct{ doc, unit int32 }

// NewLibrary indexes docs. It keeps copies of the slices it was given, not of
// what they point to: the documents must not be changed afterwards.
//
// The library can be used even if there is an error, which lists all that is
// wrong with the documents: one without an ID, or whose ID is taken, or in which
// that is so of a unit, is left out; a see link that leads nowhere is left as it
// stands, and leads nowhere.
func NewLibrary(docs []Document) (*Library, error) {
	prepare()
	empty := &Library{passages: new(index.Index), first: []int{0}}
	return empty.Update(docs, nil)
}

// prepare begins to read the tables that questions are read with, which takes a
// tenth of a second once, so that no question waits for it.
var prepare = sync.OnceFunc(func() {
	go func() {
		wordEntries()
		synonyms()
		asking()
		commonTerms()
		gazetteerOf()
		typed()
	}()
})

// Update returns the library with changed documents in the place of those with
// the same ID, new ones at the end, and the documents whose ID is in removed left
// out, unless they are changed. It is the library that NewLibrary makes of the
// same documents in that order, but takes time for what is different only, apart
// from a few milliseconds for 100,000 units. An error is that of NewLibrary, about
// changed; what was to be replaced by a document that is left out stays.
func (l *Library) Update(changed []Document, removed []string) (*Library, error) {
	changed, errs := checked(changed)
	next := &Library{opened: newLRU[int, page](maxOpened), overrides: l.overrides}
	origin := next.merge(l, changed, removed)
	next.takeTraits(l, origin)
	next.docs = supersede(next.given, next.traits) // goes by all documents, so it is found anew
	next.register()
	for i := range changed {
		errs = append(errs, next.deadLinks(&changed[i])...)
	}
	next.index(l, origin)
	return next, errors.Join(errs...)
}

// checked returns the documents that can be used, with the IDs of their units, and
// what is wrong with the others.
func checked(docs []Document) ([]Document, []error) {
	var errs []error
	out := make([]Document, 0, len(docs))
	taken := make(map[string]bool, len(docs))
	for _, d := range docs {
		if d.ID == "" || taken[d.ID] {
			errs = append(errs, fmt.Errorf("document %q is left out: the ID is empty or taken", d.ID))
			continue
		}
		d.Units = slices.Clone(d.Units)
		slugs := make(map[string]bool, len(d.Units))
		good := true
		for j := range d.Units {
			u := &d.Units[j]
			u.ID = UnitID(d.ID, u.Slug)
			if u.Slug == "" || slugs[u.Slug] {
				errs = append(errs, fmt.Errorf("document %q is left out: unit %q: the slug is empty or taken", d.ID, u.ID))
				good = false
			}
			slugs[u.Slug] = true
		}
		if good {
			taken[d.ID] = true
			out = append(out, d)
		}
	}
	return out, errs
}

// merge sets the documents of l: those of old with changed in place and without
// removed. origin is where each comes from: its number in old, or -1.
func (l *Library) merge(old *Library, changed []Document, removed []string) (origin []int) {
	const gone = -2
	fate := make(map[string]int, len(changed)+len(removed)) // ID -> changed, or gone
	for _, id := range removed {
		fate[id] = gone
	}
	for i := range changed {
		fate[changed[i].ID] = i
	}
	l.given = make([]Document, 0, len(old.given)+len(changed))
	for i := range old.given {
		at, ok := fate[old.given[i].ID]
		switch {
		case !ok:
			l.given, origin = append(l.given, old.given[i]), append(origin, i)
		case at != gone:
			l.given, origin = append(l.given, changed[at]), append(origin, -1)
		}
	}
	for i := range changed {
		if _, ok := old.docByID[changed[i].ID]; !ok {
			l.given, origin = append(l.given, changed[i]), append(origin, -1)
		}
	}
	return origin
}

// register numbers the units and fills the maps.
func (l *Library) register() {
	n := 0
	for i := range l.docs {
		n += len(l.docs[i].Units)
	}
	l.units = make([]unitRef, 0, n)
	l.byID = make(map[string]int, n)
	l.docByID = make(map[string]int, len(l.docs))
	l.topics = make(map[string][]int)
	for i := range l.docs {
		d := &l.docs[i]
		l.docByID[d.ID] = i
		for j := range d.Units {
			u := &d.Units[j]
			topics := u.Topics
			if len(topics) == 0 {
				topics = d.Topics
			}
			for _, t := range topics {
				l.topics[t] = append(l.topics[t], len(l.units))
			}
			l.byID[u.ID] = len(l.units)
			l.units = append(l.units, unitRef{int32(i), int32(j)})
		}
	}
}

// deadLinks lists the see links of d that lead nowhere.
func (l *Library) deadLinks(d *Document) []error {
	var errs []error
	for _, u := range d.Units {
		for _, see := range u.See {
			if _, ok := l.byID[seeID(d.ID, see)]; !ok {
				errs = append(errs, fmt.Errorf("unit %q: see names %q, which does not exist", u.ID, see))
			}
		}
	}
	return errs
}

// seeID is the unit ID that a see entry of document docID means.
func seeID(docID, see string) string {
	if strings.Contains(see, "#") {
		return see
	}
	return UnitID(docID, see)
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
