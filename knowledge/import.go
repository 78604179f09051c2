package knowledge

import (
	"crypto/sha256"
	"fmt"
	"path"
	"regexp"
	"slices"
	"strings"
	"unicode"

	"liaison/knowledge/extract"
	"liaison/knowledge/meta"
)

// ReaderVersion is raised when ImportDocument makes something better of files
// than before. Files that were imported by an older version are then read again
// when they are imported again, though they have not changed.
const ReaderVersion = "3"

// ImportDocument makes a Document of a file as it was found: a web page,
// Markdown, plain text and whatever else package extract reads. A Markdown file
// in the library's own format is parsed as such; one that has front matter only
// keeps what that says. Of any other the metadata is read from the text (keys
// whose value was guessed are listed in Guessed) and the units follow its
// structure.
//
// Source is the file's name unless front matter gives a link. The ID comes from
// the file name or, when that has no Latin letters, from the content, so
// importing the same file twice gives the same ID.
//
// Pages that hold pictures without text are not in the document; Unread names
// them. A file without readable text gives an error that wraps an *extract.Unreadable,
// faults in the library's format are Faults. Either says what to do.
func ImportDocument(name string, data []byte) (Document, error) {
	page, err := extract.Read(name, data)
	if err != nil {
		return Document{}, fmt.Errorf("%s: %w", name, err)
	}
	p := parser{faults: faultList{file: name}, lines: splitLines(page.Text)}
	if page.Format == "markdown" && strings.TrimRight(p.lines[0], " ") == "---" {
		if !p.front() {
			return Document{}, p.faults.err()
		}
		if slices.ContainsFunc(p.lines[p.pos:], headingPattern.MatchString) {
			return ParseDocument(name, []byte(page.Text))
		}
		// Missing keys are found in the text; anything else is a mistake.
		p.faults.list = slices.DeleteFunc(p.faults.list, func(f Fault) bool { return strings.Contains(f.Msg, "is missing from the front matter") })
		if err := p.faults.err(); err != nil {
			return Document{}, err
		}
		page.Text = strings.Join(p.lines[p.pos:], "\n")
	}
	d := p.doc
	base := baseName(name)
	fillIn(&d, base, page)
	if d.ID == "" {
		d.ID = importID(base, page.Text)
	}
	d.File, d.Unread = base, page.Unread
	if d.Source == "" {
		d.Source = base
	}
	d.Units = SplitUnits(d.ID, d.Title, page.Text)
	if len(d.Units) == 0 {
		return Document{}, fmt.Errorf("%s: %w", name, &extract.Unreadable{Code: extract.CodeEmpty, Why: "there is no text in the file"})
	}
	// It is kept as RenderDocument writes it: what would not be read again must
	// be refused while its owner is looking.
	if _, err := ParseDocument(name, RenderDocument(d)); err != nil {
		return Document{}, fmt.Errorf("%s: the text cannot be kept in the library's format: %w", name, err)
	}
	return d, nil
}

// fillIn gives d what the text says of itself where front matter has not said it.
func fillIn(d *Document, base string, page extract.Page) {
	in := meta.Input{Name: base, Title: page.Title, Text: page.Text, Tags: page.Meta}
	for _, l := range page.Links {
		in.Links = append(in.Links, meta.Link{Text: l.Text, URL: l.URL})
	}
	m := meta.Read(in)
	f := stating{d}
	f.text("title", &d.Title, m.Title)
	f.text("number", &d.Number, m.Number)
	f.text("kind", &d.Kind, m.Kind)
	f.text("place", &d.Place, m.Place)
	f.date("issued", &d.Issued, m.Issued)
	f.date("effective_from", &d.EffectiveFrom, m.EffectiveFrom)
	f.date("effective_to", &d.EffectiveTo, m.EffectiveTo)
	if d.EffectiveTo.Before(d.EffectiveFrom) && !d.EffectiveTo.IsZero() {
		d.EffectiveTo = Date{} // two readings that cannot both be right; the text shows its end itself
	}
	fillList(f, "issuers", &d.Issuers, m.Issuers, func(s string) string { return s })
	fillList(f, "repeals", &d.Repeals, m.Repeals, func(a meta.Act) string { return actName(a) })
	fillList(f, "responsible", &d.Responsible, m.Responsible, func(s string) string { return s })
	fillList(f, "contacts", &d.Contacts, m.Contacts, func(c meta.Contact) string { return c.Office + " " + c.Phone })
	if d.Attachments == nil {
		for _, a := range m.Attachments {
			if name := oneLine(a.Value.Name); name != "" {
				d.Attachments = append(d.Attachments, Attachment{name, oneLine(a.Value.URL)})
				f.guessed("attachments", a.How)
			}
		}
	}
	if d.Status == "" {
		d.Status = InForce
		if m.Status.Ok() {
			d.Status = map[meta.Status]Status{meta.Repealed: Repealed, meta.Draft: Draft}[m.Status.Value]
			f.guessed("status", m.Status.How)
		}
	}
	if d.Title == "" {
		d.Title = importTitle(base, page.Title)
		f.guessed("title", meta.Guessed)
	}
}

// actName writes what a document repeals as 《title》（number）, or what there is.
func actName(a meta.Act) string {
	switch {
	case a.Title == "":
		return a.Number
	case a.Number == "":
		return "《" + a.Title + "》"
	}
	return "《" + a.Title + "》（" + a.Number + "）"
}

// stating sets the fields of a document that are still empty.
type stating struct{ d *Document }

func (f stating) guessed(key string, how meta.How) {
	if how == meta.Guessed && !slices.Contains(f.d.Guessed, key) {
		f.d.Guessed = append(f.d.Guessed, key)
	}
}

func (f stating) text(key string, field *string, found meta.Found[string]) {
	if v := oneLine(found.Value); *field == "" && v != "" {
		*field = v
		f.guessed(key, found.How)
	}
}

func (f stating) date(key string, field *Date, found meta.Found[meta.Date]) {
	if field.IsZero() && found.Ok() {
		*field = Date(found.Value)
		f.guessed(key, found.How)
	}
}

func fillList[T any](f stating, key string, field *[]string, found []meta.Found[T], write func(T) string) {
	if *field != nil {
		return
	}
	for _, v := range found {
		if s := oneLine(write(v.Value)); s != "" && !slices.Contains(*field, s) {
			*field = append(*field, s)
			f.guessed(key, v.How)
		}
	}
}

func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }

// baseName is the name of a file without its folder, whichever system wrote it.
func baseName(name string) string {
	base := oneLine(path.Base(strings.ReplaceAll(strings.ToValidUTF8(name, ""), `\`, "/")))
	if base == "." || base == "/" {
		return ""
	}
	return base
}

// importTitle is the title of a text that has none: the page's, else the file's.
func importTitle(base, pageTitle string) string {
	return unitTitle(pageTitle, strings.TrimSuffix(base, path.Ext(base)))
}

var notSlug = regexp.MustCompile(`[^a-z0-9]+`)

// importID slugs the file name if it is written in Latin letters; a name in
// another script would lose what tells it from the next.
func importID(base, body string) string {
	base = strings.TrimSuffix(base, path.Ext(base))
	latin := strings.IndexFunc(base, func(r rune) bool { return r > unicode.MaxASCII }) < 0
	if slug := strings.Trim(notSlug.ReplaceAllString(strings.ToLower(base), "-"), "-"); latin && slug != "" {
		return slug
	}
	return fmt.Sprintf("doc-%x", sha256.Sum256([]byte(body)))[:16]
}
