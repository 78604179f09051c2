package shelf

import (
	"iter"
	"slices"
	"strings"

	"liaison/knowledge"
	"liaison/knowledge/extract"
)

const oldOffice = extract.CodeOldOffice

// explicit decides about a file that gives its ID, such as one that was
// exported and perhaps edited since.
func (p *planner) explicit(r reading) (Outcome, error) {
	id, version, old := p.versionOf(r.doc)
	if !old {
		id = r.doc.ID
	}
	if !old && versionForm.MatchString(id) {
		return Outcome{
			Kind: Refused, Title: r.doc.Title, Failed: true,
			Reason: "the id " + id + " is that of a version of a document that is not there: choose one that does not end in -v and a number",
		}, nil
	}
	all := arrange(p.versions[id])
	i := slices.IndexFunc(all, func(s standing) bool { return old && s.Version == version || !old && s.current })
	if i >= 0 {
		rename(&r.doc, all[i].libraryID)
		r.readHash = hashOf(knowledge.RenderDocument(r.doc))
	} else {
		if !old {
			// The current version comes after those that came with it, and before
			// a draft that waits.
			version = 0
			if len(all) > 0 && all[0].Version > 0 {
				version = p.gap(all)
			}
		}
		return p.place(r, id, version, "")
	}
	s := all[i]
	same, err := p.isExported(s, r)
	if err != nil {
		return Outcome{}, err
	}
	switch {
	case same || s.File == r.file.Key && s.ReadHash == r.readHash:
		return Outcome{Kind: Unchanged, ID: s.libraryID, Version: s.Version, Title: s.Title}, nil
	case s.current && s.TextHash != r.textHash && slices.ContainsFunc(all[:i], func(v standing) bool { return v.TextHash == r.textHash }):
		// A stale export must not bring back what was replaced since.
		return Outcome{Kind: Unchanged, ID: s.libraryID, Title: r.doc.Title, Reason: "has the text of an earlier version, which was replaced"}, nil
	case !s.supersededOn.IsZero():
		return Outcome{
			Kind: Refused, ID: s.libraryID, Version: s.Version, Title: r.doc.Title, Failed: true,
			Reason: "a version that was replaced stays as it was; correct the current one, " + id,
		}, nil
	case s.Bundled():
		return p.place(r, id, 0, "")
	case s.TextHash == r.textHash && !(p.drafts(r) && p.opts.Draft && s.State != Draft):
		return p.place(r, id, s.Version, "same text, the metadata differ")
	case s.State == Draft:
		return p.place(r, id, s.Version, "replaces the draft")
	default:
		return p.place(r, id, 0, "")
	}
}

// gap is the first free number after the versions that are no drafts; 0 when
// that is the number after all versions.
func (p *planner) gap(all []standing) int {
	n := 1
	for _, s := range all {
		if s.State != Draft {
			n = max(n, s.Version+1)
		}
	}
	for slices.ContainsFunc(all, func(s standing) bool { return s.Version == n }) {
		n++
	}
	if n > all[len(all)-1].Version {
		return 0
	}
	return n
}

// isExported reports whether the file is what Export writes for the version,
// but for the note of who published it.
func (p *planner) isExported(s standing, r reading) (bool, error) {
	if s.current && r.readHash == s.SourceHash {
		return true, nil
	}
	d, err := p.load(s)
	if err != nil {
		return false, err
	}
	if r.doc.ReviewedBy == "" {
		d.ReviewedBy, d.ReviewedOn = "", knowledge.Date{}
	}
	return hashOf(knowledge.RenderDocument(d)) == r.readHash, nil
}

// load reads a version as it stands in the library.
func (p *planner) load(s standing) (knowledge.Document, error) {
	if s.Source != nil { // of this import
		return s.document(p.today)
	}
	entries, err := p.tx.Entries(p.ctx, true, s.ID)
	if err != nil {
		return knowledge.Document{}, err
	}
	for _, e := range entries {
		if e.Version == s.Version {
			s.Source = e.Source
		}
	}
	return s.document(p.today)
}

// leastShared is the share of lines that two texts under one file name have in
// common at least if one is a version of the other. Versions of enactments
// share most of their lines, unrelated notices of one office next to none.
const leastShared = 0.2

// related reports whether what was read is another version of the document. A
// path says so by itself. Uploads have only a name, and 通知.docx is the name of
// many files: then title, number or a part of the lines must be the same.
func (p *planner) related(id string, r reading) (bool, error) {
	if r.file.Key != r.file.Name {
		return true, nil
	}
	all := arrange(p.versions[id])
	last := all[len(all)-1]
	if last.TextHash == r.textHash {
		return true, nil
	}
	d, err := p.load(last)
	if err != nil {
		return false, err
	}
	if d.Title == r.doc.Title || d.Number != "" && d.Number == r.doc.Number {
		return true, nil
	}
	had := make(map[string]bool)
	for line := range linesOf(d) {
		had[line] = true
	}
	shared, lines := 0, 0
	for line := range linesOf(r.doc) {
		if lines++; had[line] {
			shared++
		}
	}
	return float64(shared) >= leastShared*float64(lines), nil
}

// linesOf yields the lines of a document's units that have words in them.
func linesOf(d knowledge.Document) iter.Seq[string] {
	return func(yield func(string) bool) {
		for _, u := range d.Units {
			for line := range strings.Lines(u.Body) {
				if line = strings.TrimSpace(line); line != "" && !yield(line) {
					return
				}
			}
		}
	}
}
