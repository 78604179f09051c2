package knowledge

import (
	"regexp"
	"slices"
	"strings"
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
	Source        string   // where it can be read: a link or a file name
	Units         []Unit

	File         string       // name of the file it was imported from
	Guessed      []string     // front matter keys whose value was guessed, not stated
	Unread       []int        // pages of that file that hold pictures without text; known at import only, not written down
	Repeals      []string     // titles and numbers that it says it puts out of force
	Responsible  []string     // 责任单位
	Contacts     []string     // contact lines of offices, as written
	Attachments  []Attachment // in the order of the text
	SupersededBy string       // ID of the document that replaces it
	ReviewedBy   string       // who published it here
	ReviewedOn   Date         // and when

	// Supersede finds these anew from the whole library; they are not written down.
	DuplicateOf string   // ID of the document that says the same
	Contradicts []string // IDs of documents with other figures on the same matter
}

// Attachment is a file that a document comes with. URL may be empty.
type Attachment struct{ Name, URL string }

// String writes an attachment as its name, or name <URL>.
func (a Attachment) String() string {
	if a.URL == "" {
		return a.Name
	}
	return a.Name + " <" + a.URL + ">"
}

func parseAttachment(s string) Attachment {
	if name, url, ok := strings.Cut(s, " <"); ok && strings.HasSuffix(url, ">") {
		return Attachment{name, strings.TrimSuffix(url, ">")}
	}
	return Attachment{Name: s}
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
	Path    string   // the headings above it in the published text, joined by PathSeparator
	Aliases []string // other ways to ask for it
	See     []string // slugs or unit IDs of related units
	Cites   []string // documents it rests on, as written
	Body    string   // the text, Markdown

	// Repeats counts the leading lines of Body that stand once in the published
	// text, in an earlier unit: the heading row of a table cut into several.
	Repeats int
}

// PathSeparator stands between the headings of Unit.Path.
const PathSeparator = " › "

// Where says where the unit stands in its document, its own title last. What the
// title shares with the path is said once.
func (u *Unit) Where() string {
	if u.Path == "" || u.Path == u.Title {
		return u.Title
	}
	title := u.Title
	for above := range strings.SplitSeq(u.Path, PathSeparator) {
		title = strings.TrimPrefix(title, above+" ")
	}
	return u.Path + PathSeparator + title
}

var (
	numberTitle = regexp.MustCompile(`^第[〇零一二三四五六七八九十百千\d]+[编章节条款项]$`)
	maxLabel    = 40 // characters
)

// Label names the unit where one is chosen among several: its title or, where that
// is only a number (第二条), the number with what the unit begins with.
func (u *Unit) Label() string {
	if !numberTitle.MatchString(u.Title) {
		return u.Title
	}
	body := strings.Join(strings.Fields(strings.TrimPrefix(strings.TrimSpace(u.Body), u.Title)), " ")
	if r := []rune(u.Title + " " + body); len(r) > maxLabel {
		return string(r[:maxLabel-1]) + "…"
	} else if body != "" {
		return string(r)
	}
	return u.Title
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

// replaced reports whether another document has taken the place of this one, from
// the day after EffectiveTo on.
func (d *Document) replaced() bool { return d.Status == Superseded || d.SupersededBy != "" }

// AppliesTo reports whether the document applies in town. An unknown town ("")
// is not held against any document.
func (d *Document) AppliesTo(town string) bool {
	return town == "" || len(d.Towns) == 0 || slices.Contains(d.Towns, town)
}

var slugPattern = regexp.MustCompile(`^[a-z0-9]+(?:-[a-z0-9]+)*$`)
