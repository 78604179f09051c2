package shelf

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"liaison/knowledge"
)

// planner decides what becomes of each file, given how the library stands. It
// writes nothing; what it has decided counts for the files that follow.
type planner struct {
	ctx   context.Context
	tx    Tx
	opts  Options
	today knowledge.Date

	versions map[string][]Entry  // by document: last lines, as they will be
	byFile   map[string][]string // key -> documents
	byText   map[string]string   // textHash -> document that has it now
	incoming map[string]bool     // IDs that files of this import give themselves
	planned  map[string]string   // ID -> file that was placed there
	puts     []Entry
}

func newPlanner(ctx context.Context, tx Tx, opts Options, today knowledge.Date) (*planner, error) {
	p := &planner{
		ctx: ctx, tx: tx, opts: opts, today: today,
		versions: make(map[string][]Entry), byFile: make(map[string][]string), byText: make(map[string]string),
		incoming: make(map[string]bool), planned: make(map[string]string),
	}
	entries, err := tx.Entries(ctx, false)
	if err != nil {
		return nil, err
	}
	groups(entries, func(id string, versions []Entry) {
		p.versions[id] = versions
		for _, s := range arrange(versions) {
			p.know(s.Entry, s.current || s.State == Draft)
		}
	})
	return p, nil
}

// know makes an entry findable by its file and, if it stands by itself, its text.
func (p *planner) know(e Entry, now bool) {
	if e.File != "" && !slices.Contains(p.byFile[e.File], e.ID) {
		p.byFile[e.File] = append(p.byFile[e.File], e.ID)
	}
	if _, taken := p.byText[e.TextHash]; now && !taken {
		p.byText[e.TextHash] = e.ID
	}
}

// files decides about all readings and returns the outcomes in their order.
func (p *planner) files(readings []reading) ([]Outcome, error) {
	for _, r := range readings {
		if r.explicit && r.err == nil {
			p.incoming[r.doc.ID] = true
		}
	}
	outcomes := make([]Outcome, len(readings))
	// Old versions of an exported library first: the current one then gets the
	// number after theirs.
	for _, old := range []bool{true, false} {
		for i, r := range readings {
			if _, _, is := p.versionOf(r.doc.ID); (is && r.explicit) != old {
				continue
			}
			o, err := p.file(r)
			if err != nil {
				return nil, err
			}
			o.File = r.file.Key
			outcomes[i] = o
		}
	}
	return outcomes, nil
}

func (p *planner) file(r reading) (Outcome, error) {
	if r.err != nil {
		kind, code := kindOf(r.err)
		// A picture in a folder of documents is no document that was lost.
		failed := kind != Unsupported || r.file.Named || code == oldOffice
		return Outcome{Kind: kind, Code: code, Reason: strings.TrimPrefix(r.err.Error(), r.file.Name+": "), Failed: failed}, nil
	}
	if r.same {
		s := p.sameBytes(r)
		return Outcome{Kind: Unchanged, ID: s.libraryID, Version: s.Version, Title: s.Title}, nil
	}
	if r.explicit {
		return p.explicit(r)
	}
	for _, id := range p.byFile[r.file.Key] {
		related, err := p.related(id, r)
		if err != nil {
			return Outcome{}, err
		}
		if related {
			return p.again(id, r)
		}
	}
	if p.unplaced(r.doc.ID) {
		return p.again(r.doc.ID, r)
	}
	if id, known := p.byText[r.textHash]; known {
		return Outcome{
			Kind: Duplicate, ID: id, Title: r.doc.Title,
			Reason: "has the same text, from " + p.origin(id),
		}, nil
	}
	return p.place(r, p.freeID(r.doc.ID), 0, "")
}

// sameBytes is the version that was imported from the very file last.
func (p *planner) sameBytes(r reading) (found standing) {
	for _, id := range p.byFile[r.file.Key] {
		all := arrange(p.versions[id])
		if last := all[len(all)-1]; last.FileHash == r.fileHash {
			found = last
		}
	}
	return found
}

// lastHashes returns, by key, the hashes of the files that the last versions of
// the documents were imported from.
func lastHashes(entries []Entry) map[string]map[string]bool {
	known := make(map[string]map[string]bool)
	groups(entries, func(_ string, versions []Entry) {
		all := arrange(versions)
		if len(all) == 0 {
			return
		}
		last := all[len(all)-1]
		if known[last.File] == nil {
			known[last.File] = make(map[string]bool)
		}
		known[last.File][last.FileHash] = true
	})
	return known
}

// origin names where a document came from.
func (p *planner) origin(id string) string {
	for _, s := range slices.Backward(arrange(p.versions[id])) {
		if s.Bundled() {
			return "the program"
		}
		if s.File != "" {
			return s.File
		}
	}
	return id
}

// unplaced reports whether the document is one of the time before versions,
// when only the ID was kept: its file is recognised by that.
func (p *planner) unplaced(id string) bool {
	all := arrange(p.versions[id])
	return p.planned[id] == "" && slices.ContainsFunc(all, func(s standing) bool { return s.current && !s.Bundled() && s.File == "" })
}

// again decides about a file of a document that is there.
func (p *planner) again(id string, r reading) (Outcome, error) {
	all := arrange(p.versions[id])
	last := all[len(all)-1]
	rename(&r.doc, id) // it may have got another ID than its file name gives
	r.readHash = hashOf(knowledge.RenderDocument(r.doc))
	switch {
	case last.ReadHash == r.readHash:
		return Outcome{Kind: Unchanged, ID: last.libraryID, Version: last.Version, Title: last.Title, Reason: "the document in the file is the same"}, nil
	case last.TextHash == r.textHash && (last.State == Draft || !p.drafts(r)):
		return p.place(r, id, last.Version, "same text, the metadata differ")
	case last.State == Draft && !last.current && p.drafts(r), last.State == Draft && last.current:
		return p.place(r, id, last.Version, "replaces the draft")
	default:
		return p.place(r, id, 0, "")
	}
}

// drafts reports whether what was read is to wait for review.
func (p *planner) drafts(r reading) bool {
	return r.doc.Status == knowledge.Draft || p.opts.Draft && r.doc.Status == knowledge.InForce
}

// place puts what was read into a version of the document, 0 for a new one.
func (p *planner) place(r reading, id string, version int, reason string) (Outcome, error) {
	all := arrange(p.versions[id])
	o := Outcome{Kind: Added, ID: id, Title: r.doc.Title, Units: len(r.doc.Units), Guessed: r.doc.Guessed, Reason: reason}
	key := id
	if r.explicit {
		key = r.doc.ID
	}
	if first := p.planned[key]; first != "" {
		o.Kind, o.Reason, o.Failed = Refused, "has the same id as "+first, true
		return o, nil
	}
	others := slices.ContainsFunc(all, func(s standing) bool { return !s.Bundled() && s.Version != version })
	switch {
	case version > 0 && reason != "":
		o.Kind = Updated
	case others && version == 0:
		o.Kind = NewVersion
	case len(all) > 0 && all[0].Bundled():
		o.Reason = "hides the bundled document of the same id"
	}
	if version == 0 {
		version = 1
		for _, s := range all {
			version = max(version, s.Version+1)
		}
	}
	e, err := p.entry(r, id, version)
	if err != nil {
		return o, err
	}
	o.Version = version
	if e.State == Draft {
		switch {
		case r.doc.Status == knowledge.Draft && !r.explicit:
			o.Reason = "says of itself that it is a draft"
		case o.Kind == NewVersion:
			o.Reason = "a new version of " + id + ", to be reviewed"
		case o.Reason == "":
			o.Reason = "to be reviewed"
		}
		o.Kind = Drafted
	} else if e.State != Published && o.Reason == "" {
		o.Reason = "says of itself that it is " + string(e.State)
	}
	p.planned[key] = r.file.Key
	p.put(e)
	return o, nil
}

// entry makes the line for what was read.
func (p *planner) entry(r reading, id string, version int) (Entry, error) {
	d := r.doc
	rename(&d, id)
	if p.drafts(r) {
		d.Status = knowledge.Draft
	} else if d.Status == knowledge.InForce && d.ReviewedBy == "" {
		d.ReviewedBy, d.ReviewedOn = p.opts.By, p.today
	}
	source := knowledge.RenderDocument(d)
	if _, err := knowledge.ParseDocument(id, source); err != nil {
		return Entry{}, fmt.Errorf("%s: %w", r.file.Key, err)
	}
	return Entry{
		ID: id, Version: version, State: State(d.Status), Title: d.Title, File: r.file.Key, Starts: starts(d, p.today), Source: source,
		FileHash: r.fileHash, ReadHash: r.readHash, SourceHash: hashOf(source), TextHash: r.textHash,
		Action: Import, By: p.opts.By,
	}, nil
}

// starts is the day from which a version counts: the one it states, else today.
func starts(d knowledge.Document, today knowledge.Date) knowledge.Date {
	if d.EffectiveFrom.IsZero() {
		return today
	}
	return d.EffectiveFrom
}

// put notes a line to be written and lets the files that follow see it.
func (p *planner) put(e Entry) {
	p.puts = append(p.puts, e)
	versions := slices.DeleteFunc(slices.Clone(p.versions[e.ID]), func(v Entry) bool { return v.Version == e.Version })
	at, _ := slices.BinarySearchFunc(versions, e.Version, func(v Entry, n int) int { return v.Version - n })
	p.versions[e.ID] = slices.Insert(versions, at, e)
	p.know(e, true)
}

var versionForm = regexp.MustCompile(`^(.+)-v(\d{1,6})$`)

// versionOf reports whether the ID is that of an old version or a waiting draft
// of a document that is there or comes with this import.
func (p *planner) versionOf(libraryID string) (id string, version int, ok bool) {
	m := versionForm.FindStringSubmatch(libraryID)
	if m == nil || len(p.versions[libraryID]) > 0 || len(p.versions[m[1]]) == 0 && !p.incoming[m[1]] {
		return "", 0, false
	}
	version, _ = strconv.Atoi(m[2]) // six digits
	return m[1], version, version > 0
}

// freeID returns want, or want with a number behind it, so that no document is
// called that and no version of one will be.
func (p *planner) freeID(want string) string {
	id := want
	for n := 2; p.taken(id); n++ {
		id = fmt.Sprintf("%s-%d", want, n)
	}
	return id
}

func (p *planner) taken(id string) bool {
	all := arrange(p.versions[id])
	if len(all) > 0 && !(len(all) == 1 && all[0].Bundled()) || p.incoming[id] {
		return true
	}
	_, _, version := p.versionOf(id)
	return version || len(arrange(p.versions[versionID(id, 1)])) > 0
}
