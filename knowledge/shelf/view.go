package shelf

import (
	"context"
	"slices"
	"strings"

	"liaison/knowledge"
)

// Item is one version of a document as people see it in the library.
type Item struct {
	ID       string // as in the library: id-vN for all but the current version
	Document string // the ID without the version
	Version  int
	Current  bool
	Hidden   bool // came with the program, and an imported document is there instead

	State        State          // Superseded also when only a later version made it so
	SupersededOn knowledge.Date // the first day on which a later version counts
	Doc          knowledge.Document
	Fault        string // why the text cannot be read; Doc is then empty

	// What follows from the other documents, see knowledge.Supersede.
	SupersededBy string
	DuplicateOf  string
	Contradicts  []string

	Title  string
	File   string
	Import int64
	Action Action // the last one
	Entry  Entry  // the line behind it, without Source
}

// InForce reports whether the version counts on the day.
func (i Item) InForce(day knowledge.Date) bool {
	return i.State == Published && !i.Hidden && i.Doc.InForceOn(day)
}

// Filter chooses items. Zero fields do not filter.
type Filter struct {
	Text  string // in ID, title, number, issuer or file name; case does not count
	State State
	Old   bool // versions that are not current, and hidden documents, too
}

// List returns the documents that pass the filter, in order of ID; the versions
// of one follow each other, the newest first.
func (s *Shelf) List(ctx context.Context, f Filter) (list []Item, err error) {
	related, err := s.related(ctx)
	if err != nil {
		return nil, err
	}
	return s.list(ctx, f, related)
}

func (s *Shelf) list(ctx context.Context, f Filter, related map[string]knowledge.Document) (list []Item, err error) {
	entries, err := s.entries(ctx)
	if err != nil {
		return nil, err
	}
	groups(entries, func(_ string, versions []Entry) {
		for _, v := range slices.Backward(arrange(versions)) {
			if v.State != Draft && !v.current && !f.Old {
				continue
			}
			item := s.item(v)
			s.relate(&item, related)
			if f.passes(item) {
				list = append(list, item)
			}
		}
	})
	return list, nil
}

func (s *Shelf) entries(ctx context.Context, ids ...string) (entries []Entry, err error) {
	err = s.store.ViewShelf(ctx, func(tx Tx) error {
		entries, err = tx.Entries(ctx, true, ids...)
		return err
	})
	return entries, err
}

func (f Filter) passes(i Item) bool {
	if f.State != "" && i.State != f.State {
		return false
	}
	if f.Text == "" {
		return true
	}
	fields := append([]string{i.ID, i.Title, i.File, i.Doc.Number}, i.Doc.Issuers...)
	return strings.Contains(strings.ToLower(strings.Join(fields, "\n")), strings.ToLower(f.Text))
}

func (s *Shelf) item(v standing) Item {
	i := Item{
		ID: v.libraryID, Document: v.ID, Version: v.Version, Current: v.current, Hidden: v.Bundled() && !v.current,
		State: v.State, SupersededOn: v.supersededOn, Title: v.Title, File: v.File, Import: v.Import, Action: v.Action, Entry: v.Entry,
	}
	i.Entry.Source = nil
	if !v.supersededOn.IsZero() && !s.today().Before(v.supersededOn) && v.State == Published {
		i.State = Superseded
	}
	var err error
	if i.Doc, err = v.document(s.today()); err != nil {
		i.Fault = err.Error()
	}
	return i
}

// relations is what the documents of one revision say of each other on one day.
type relations struct {
	rev  int64
	day  knowledge.Date
	docs map[string]knowledge.Document
}

// related returns the documents that are answered from as they stand to each
// other. It is worked out once a revision and day: that takes far longer than to
// read them.
func (s *Shelf) related(ctx context.Context) (map[string]knowledge.Document, error) {
	rev, err := s.Revision(ctx)
	if err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.last.docs != nil && s.last.rev == rev && s.last.day == s.today() {
		return s.last.docs, nil
	}
	docs, rev, err := s.Load(ctx)
	if err != nil {
		return nil, err
	}
	s.last = relations{rev: rev, day: s.today(), docs: make(map[string]knowledge.Document, len(docs))}
	for _, d := range knowledge.Supersede(docs) {
		d.Units = nil // only the relations are wanted
		s.last.docs[d.ID] = d
	}
	return s.last.docs, nil
}

func (s *Shelf) relate(i *Item, related map[string]knowledge.Document) {
	d, ok := related[i.ID]
	if !ok {
		return
	}
	i.SupersededBy, i.DuplicateOf, i.Contradicts = d.SupersededBy, d.DuplicateOf, d.Contradicts
	ended := !d.EffectiveTo.IsZero() && d.EffectiveTo.Before(s.today())
	if i.State == Published && d.SupersededBy != "" && (ended || d.Status == knowledge.Superseded) {
		i.State = Superseded
	}
}

// Detail is a version with all there is to know about its document.
type Detail struct {
	Item
	Versions []Item  // of the document, the newest first, this one among them
	History  []Entry // what was done to them, the newest first, without Source
}

// Show returns a version by its ID in the library.
func (s *Shelf) Show(ctx context.Context, libraryID string) (Detail, error) {
	var d Detail
	related, err := s.related(ctx)
	if err != nil {
		return d, err
	}
	err = s.store.ViewShelf(ctx, func(tx Tx) error {
		d = Detail{}
		found, all, err := find(ctx, tx, libraryID)
		if err != nil {
			return err
		}
		d.Item = s.item(found)
		s.relate(&d.Item, related)
		for _, v := range slices.Backward(all) {
			item := s.item(v)
			s.relate(&item, related)
			d.Versions = append(d.Versions, item)
		}
		d.History, err = tx.History(ctx, found.ID)
		return err
	})
	return d, err
}

// find returns the version that has the ID in the library, and all of its document.
func find(ctx context.Context, tx Tx, libraryID string) (found standing, all []standing, err error) {
	ids := []string{libraryID}
	if m := versionForm.FindStringSubmatch(libraryID); m != nil {
		ids = append(ids, m[1])
	}
	for _, id := range ids {
		entries, err := tx.Entries(ctx, true, id)
		if err != nil {
			return found, nil, err
		}
		all := arrange(entries)
		if i := slices.IndexFunc(all, func(s standing) bool { return s.libraryID == libraryID }); i >= 0 {
			return all[i], all, nil
		}
	}
	return found, nil, refuse(CodeNotFound, "there is no document %s in the library", libraryID)
}
