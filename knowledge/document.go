package knowledge

import (
	"regexp"
	"slices"
)

// Document is one published policy text.
type Document struct {
	ID            string   // stable, lower-case letters, digits and hyphens
	Title         string   // as published
	Number        string   // 文号; empty when there is none
	Issuers       []string // 发文机关
	Kind          string   // what sort of text it is, in the library's own words
	Issued        Date     // the day it was published
	EffectiveFrom Date     // zero: in force since it was issued
	EffectiveTo   Date     // last day in force; zero: no end is stated
	Status        Status
	Language      string   // BCP 47 tag of the text; empty means zh-CN
	Place         string   // the place it applies to
	Topics        []string // slugs
	Towns         []string // towns it is limited to; empty means all
	Source        string   // where it can be read: a link or a file
	Units         []Unit
}

// Status says whether a document counts, apart from its dates.
type Status string

const (
	InForce    Status = "in_force"
	Repealed   Status = "repealed"   // 废止
	Superseded Status = "superseded" // replaced by a later document
	Draft      Status = "draft"      // published for comment
)

// Unit is one clause of a document.
type Unit struct {
	ID      string   // document ID + "#" + Slug
	Slug    string   // unique in its document
	Title   string   // what the clause is about
	Topics  []string // slugs, besides those of the document
	Path    string   // where it stands in the published text
	Aliases []string // other ways to ask for it
	See     []string // slugs or unit IDs of related units
	Cites   []string // documents it rests on, as written
	Body    string   // the text, Markdown
}

// UnitID returns the ID of the unit called slug in the document docID.
func UnitID(docID, slug string) string { return docID + "#" + slug }

// InForceOn reports whether the document counts on day.
func (d *Document) InForceOn(day Date) bool {
	switch d.Status {
	case Repealed, Superseded, Draft:
		return false
	}
	if !d.EffectiveFrom.IsZero() && day.Before(d.EffectiveFrom) {
		return false
	}
	return d.EffectiveTo.IsZero() || !d.EffectiveTo.Before(day)
}

// AppliesTo reports whether the document applies in town. An unknown town ("")
// is not held against any document.
func (d *Document) AppliesTo(town string) bool {
	return town == "" || len(d.Towns) == 0 || slices.Contains(d.Towns, town)
}

var slugPattern = regexp.MustCompile(`^[a-z0-9]+(?:-[a-z0-9]+)*$`)
