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
// of one follow each other, the newest first. What the items point to is shared
// and not to be changed.
func (s *Shelf) List(ctx context.Context, f Filter) ([]Item, error) {
	now, err := s.present(ctx)
	if err != nil {
		return nil, err
	}
	var list []Item
	for _, i := range now.items {
		if f.passes(i) {
			list = append(list, i)
		}
	}
	return list, nil
}

// items returns all versions in the order of List, each by itself.
func (s *Shelf) items(entries []Entry) (list []Item) {
	groups(entries, func(_ string, versions []Entry) {
		for _, v := range slices.Backward(arrange(versions)) {
			list = append(list, s.item(v))
		}
	})
	return list
}

func (s *Shelf) entries(ctx context.Context, ids ...string) (entries []Entry, err error) {
	err = s.store.ViewShelf(ctx, func(tx Tx) error {
		entries, err = tx.Entries(ctx, true, ids...)
		return err
	})
	return entries, err
}

func (f Filter) passes(i Item) bool {
	if f.State != "" && i.State != f.State || !f.Old && !i.Current && i.Entry.State != Draft {
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

// snapshot is the library of one revision on one day.
type snapshot struct {
	rev     int64
	day     knowledge.Date
	items   []Item                        // all versions
	related map[string]knowledge.Document // without units: what documents say of each other
}

// present returns the library as it is. It is read once a revision and day: to
// parse a thousand documents takes seconds, and to compare them longer.
func (s *Shelf) present(ctx context.Context) (snapshot, error) {
	rev, err := s.Revision(ctx)
	if err != nil {
		return snapshot{}, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.last.related != nil && s.last.rev == rev && s.last.day == s.today() {
		return s.last, nil
	}
	now := snapshot{day: s.today(), related: make(map[string]knowledge.Document)}
	var docs []knowledge.Document
	err = s.store.ViewShelf(ctx, func(tx Tx) error {
		var err error
		if docs, _, now.rev, err = s.load(ctx, tx, nil); err != nil {
			return err
		}
		entries, err := tx.Entries(ctx, true)
		now.items = s.items(entries)
		return err
	})
	if err != nil {
		return snapshot{}, err
	}
	for _, d := range knowledge.Supersede(docs) {
		d.Units = nil
		now.related[d.ID] = d
	}
	for i := range now.items {
		s.relate(&now.items[i], now.related)
	}
	s.last = now
	return now, nil
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
	now, err := s.present(ctx)
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
		s.relate(&d.Item, now.related)
		for _, v := range slices.Backward(all) {
			item := s.item(v)
			s.relate(&item, now.related)
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
