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
	known    map[string]bool     // keys of files that documents came from before
	byFile   map[string][]string // key -> documents
	byText   map[string]string   // textHash -> document that has it now
	incoming map[string]bool     // IDs that files of this import give themselves
	planned  map[string]string   // ID -> file that was placed there
	puts     []Entry
}

func newPlanner(ctx context.Context, tx Tx, opts Options, today knowledge.Date) (*planner, error) {
	p := &planner{
		ctx: ctx, tx: tx, opts: opts, today: today,
		versions: make(map[string][]Entry), known: make(map[string]bool), byFile: make(map[string][]string), byText: make(map[string]string),
		incoming: make(map[string]bool), planned: make(map[string]string),
	}
	entries, err := tx.Entries(ctx, false)
	if err != nil {
		return nil, err
	}
	groups(entries, func(id string, versions []Entry) {
		p.stand(id, versions)
	})
	for key := range p.byFile {
		p.known[key] = true
	}
	return p, nil
}

// stand notes the versions of a document and makes them findable, by their files
// and by the texts that count now or wait for review.
func (p *planner) stand(id string, versions []Entry) {
	for _, s := range p.versions[id] {
		if p.byText[s.TextHash] == id {
			delete(p.byText, s.TextHash)
		}
	}
	p.versions[id] = versions
	for _, s := range arrange(versions) {
		if s.File != "" && !slices.Contains(p.byFile[s.File], id) {
			p.byFile[s.File] = append(p.byFile[s.File], id)
		}
		if _, taken := p.byText[s.TextHash]; !taken && (s.current || s.State == Draft) {
			p.byText[s.TextHash] = id
		}
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
	for turn := range turns {
		for i, r := range readings {
			if p.turn(r) != turn {
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

const turns = 4

// turn says when a file is decided about, so that the outcome does not depend on
// the names of the files. Old versions of an exported library come first: the
// current one gets the number after theirs. Files of documents that are there
// come before new ones, which may have a text that another document just gave up.
func (p *planner) turn(r reading) int {
	_, _, old := p.versionOf(r.doc)
	switch {
	case r.explicit && old:
		return 0
	case r.explicit:
		return 1
	case p.known[r.file.Key]:
		return 2
	default:
		return 3
	}
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
		return p.duplicate(id, r), nil
	}
	return p.place(r, p.freeID(r.doc.ID), 0, "")
}

// lastFrom is the last version that came from the file. Later ones may have come
// from elsewhere, such as an edited export; they do not make the file a changed one.
func lastFrom(all []standing, key string) (last standing, ok bool) {
	for _, s := range all {
		if s.File == key {
			last, ok = s, true
		}
	}
	return last, ok
}

// sameBytes is the version that was imported from the very file last.
func (p *planner) sameBytes(r reading) (found standing) {
	for _, id := range p.byFile[r.file.Key] {
		if last, ok := lastFrom(arrange(p.versions[id]), r.file.Key); ok && last.FileHash == r.fileHash {
			found = last
		}
	}
	return found
}

// lastHashes returns, by key, the hashes of the files as they were imported last.
func lastHashes(entries []Entry) map[string]map[string]bool {
	known := make(map[string]map[string]bool)
	groups(entries, func(_ string, versions []Entry) {
		last := make(map[string]string)
		for _, s := range arrange(versions) {
			last[s.File] = s.FileHash
		}
		for file, hash := range last {
			if known[file] == nil {
				known[file] = make(map[string]bool)
			}
			known[file][hash] = true
		}
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
	if before, ok := lastFrom(all, r.file.Key); ok && before.ReadHash == r.readHash {
		return Outcome{Kind: Unchanged, ID: before.libraryID, Version: before.Version, Title: before.Title, Reason: "the document in the file is the same"}, nil
	}
	if before, ok := lastFrom(all, r.file.Key); ok && sameFile(before.FileHash, r.fileHash) {
		return p.reread(before, r)
	}
	own := last.File == r.file.Key || last.File == ""
	switch {
	case !own && last.TextHash == r.textHash:
		return p.duplicate(id, r), nil
	case last.TextHash == r.textHash && (last.State == Draft || !p.drafts(r)):
		return p.place(r, id, last.Version, "same text, the metadata differ")
	case own && last.State == Draft && (last.current || p.drafts(r)):
		return p.place(r, id, last.Version, "replaces the draft")
	default:
		return p.place(r, id, 0, "")
	}
}

// reread decides about the file of a version that is read otherwise than it was.
// What people did to the version since counts more.
func (p *planner) reread(s standing, r reading) (Outcome, error) {
	if s.Action != Import || s.State == Draft && !p.drafts(r) {
		return Outcome{
			Kind: Unchanged, ID: s.libraryID, Version: s.Version, Title: s.Title,
			Reason: "would be read otherwise now, but was reviewed or corrected by hand",
		}, nil
	}
	return p.place(r, s.ID, s.Version, "read again by a newer reader")
}

func (p *planner) duplicate(id string, r reading) Outcome {
	return Outcome{Kind: Duplicate, ID: id, Title: r.doc.Title, Reason: "has the same text, from " + p.origin(id)}
}

// drafts reports whether what was read is to wait for review.
func (p *planner) drafts(r reading) bool {
	return r.doc.Status == knowledge.Draft || p.opts.Draft && r.doc.Status == knowledge.InForce
}

// place puts what was read into a version of the document, 0 for a new one.
func (p *planner) place(r reading, id string, version int, reason string) (Outcome, error) {
	all := arrange(p.versions[id])
	o := Outcome{Kind: Added, ID: id, Title: r.doc.Title, Units: len(r.doc.Units), Guessed: r.doc.Guessed, Unread: r.doc.Unread, Reason: reason}
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
	if i := slices.IndexFunc(all, func(s standing) bool { return s.Version == version }); i >= 0 {
		old := all[i].Entry
		if e.SourceHash == old.SourceHash {
			o.Kind, o.ID, o.Reason = Unchanged, all[i].libraryID, ""
			return o, nil
		}
		if r.explicit && old.File != "" && old.File != e.File {
			// The file that the text came from stays the one to watch for changes.
			e.File, e.FileHash, e.ReadHash = old.File, old.FileHash, old.ReadHash
		}
	}
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
	if d.SupersededBy == id { // that follows from the versions
		d.SupersededBy = ""
	}
	if p.drafts(r) {
		d.Status = knowledge.Draft
	} else if d.Status == knowledge.InForce && d.ReviewedBy == "" {
		var err error
		if d.ReviewedBy, d.ReviewedOn, err = p.reviewed(id, version); err != nil {
			return Entry{}, err
		}
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

// reviewed is who published the version and when: this import, unless it was
// published already.
func (p *planner) reviewed(id string, version int) (by string, on knowledge.Date, err error) {
	for _, s := range arrange(p.versions[id]) {
		if s.Version != version || s.State != Published {
			continue
		}
		d, err := p.load(s)
		if err != nil || d.ReviewedBy != "" {
			return d.ReviewedBy, d.ReviewedOn, err
		}
	}
	return p.opts.By, p.today, nil
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
	p.stand(e.ID, slices.Insert(versions, at, e))
}

// versionForm is what versions that are not current are called. No document is.
var versionForm = regexp.MustCompile(`^(.+)-v(\d{1,6})$`)

// versionOf reports whether a document of an exported library is an old version
// or a waiting draft of one that is there or comes with this import.
func (p *planner) versionOf(d knowledge.Document) (id string, version int, ok bool) {
	m := versionForm.FindStringSubmatch(d.ID)
	if m == nil || len(p.versions[m[1]]) == 0 && !p.incoming[m[1]] && d.SupersededBy != m[1] {
		return "", 0, false
	}
	version, _ = strconv.Atoi(m[2]) // six digits
	return m[1], version, version > 0
}

// freeID returns want, or want with a number behind it, so that no document that
// is there or gives itself an ID is called that.
func (p *planner) freeID(want string) string {
	want = versionForm.ReplaceAllString(want, "$1-$2")
	id := want
	for n := 2; p.taken(id); n++ {
		id = fmt.Sprintf("%s-%d", want, n)
	}
	return id
}

func (p *planner) taken(id string) bool {
	all := arrange(p.versions[id])
	return p.incoming[id] || len(all) > 1 || len(all) == 1 && !all[0].Bundled()
}
