package shelf

import (
	"context"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"liaison/knowledge"
)

// Config is what a Shelf needs.
type Config struct {
	Store  Store
	Logger *slog.Logger     // Defaults to slog.Default().
	Now    func() time.Time // Defaults to time.Now.
	Reader Reader           // Defaults to that of package knowledge.
}

// Reader makes documents of files. A file that another version of it read is
// read again when it is imported again.
type Reader struct {
	Version string
	Read    func(name string, data []byte) (knowledge.Document, error)
}

// Shelf is the kept library. It is safe for concurrent use.
type Shelf struct {
	store  Store
	log    *slog.Logger
	now    func() time.Time
	reader Reader

	mu   sync.Mutex
	last snapshot
}

// New returns a Shelf. It does no I/O.
func New(c Config) *Shelf {
	if c.Logger == nil {
		c.Logger = slog.Default()
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.Reader.Read == nil {
		c.Reader = Reader{knowledge.ReaderVersion, knowledge.ImportDocument}
	}
	return &Shelf{store: c.Store, log: c.Logger, now: c.Now, reader: c.Reader}
}

// china is the time zone in which a day begins.
var china = time.FixedZone("CST", 8*60*60)

func (s *Shelf) today() knowledge.Date { return knowledge.DateOf(s.now().In(china)) }

// Revision returns a number that grows whenever the documents change.
func (s *Shelf) Revision(ctx context.Context) (rev int64, err error) {
	err = s.store.ViewShelf(ctx, func(tx Tx) error {
		rev, err = tx.Revision(ctx)
		return err
	})
	return rev, err
}

// Load returns the documents that questions are answered from and the revision
// they are of. Drafts are not among them. A document that cannot be read is left
// out and told of in the log: one bad line must not silence all the others.
func (s *Shelf) Load(ctx context.Context) (docs []knowledge.Document, rev int64, err error) {
	err = s.store.ViewShelf(ctx, func(tx Tx) error {
		docs, _, rev, err = s.load(ctx, tx, nil)
		return err
	})
	return docs, rev, err
}

// Changes returns what has to be done to a library of an earlier revision: the
// documents to add or replace, and the IDs of those to take out.
func (s *Shelf) Changes(ctx context.Context, since int64) (changed []knowledge.Document, removed []string, rev int64, err error) {
	err = s.store.ViewShelf(ctx, func(tx Tx) error {
		changed, removed = nil, nil
		ids, err := tx.Since(ctx, since)
		if err != nil {
			return err
		}
		if len(ids) == 0 {
			rev, err = tx.Revision(ctx)
			return err
		}
		changed, removed, rev, err = s.load(ctx, tx, ids)
		return err
	})
	return changed, removed, rev, err
}

// load reads the given documents, all without ids, and returns as absent the IDs
// that their versions had or may have had and have no longer.
func (s *Shelf) load(ctx context.Context, tx Tx, ids []string) (docs []knowledge.Document, absent []string, rev int64, err error) {
	if rev, err = tx.Revision(ctx); err != nil {
		return nil, nil, 0, err
	}
	entries, err := tx.Entries(ctx, true, ids...)
	if err != nil {
		return nil, nil, 0, err
	}
	today := s.today()
	groups(entries, func(id string, versions []Entry) {
		present := make(map[string]bool)
		for _, v := range arrange(versions) {
			if !v.answers {
				continue
			}
			d, err := v.document(today)
			if err != nil {
				s.log.ErrorContext(ctx, "a document in the database cannot be read and is left out; import it again",
					"document", id, "version", v.Version, "error", err)
				continue
			}
			present[d.ID] = true
			docs = append(docs, d)
		}
		if !present[id] {
			absent = append(absent, id)
		}
		for _, v := range versions {
			if old := versionID(id, v.Version); !present[old] {
				absent = append(absent, old)
			}
		}
	})
	return docs, absent, rev, nil
}

// SyncBundled brings the documents that came with the program up to docs, all of
// them. An imported document of the same ID goes before them.
func (s *Shelf) SyncBundled(ctx context.Context, docs []knowledge.Document) error {
	wanted := make(map[string]Entry)
	for _, d := range docs {
		source := knowledge.RenderDocument(d)
		hash := hashOf(source)
		wanted[d.ID] = Entry{
			ID: d.ID, State: State(d.Status), Title: d.Title, Starts: d.EffectiveFrom, Source: source,
			FileHash: hash, ReadHash: hash, SourceHash: hash, TextHash: textHash(d.Units), Action: Bundle,
		}
	}
	return s.store.UpdateShelf(ctx, func(tx Tx) error {
		entries, err := tx.Entries(ctx, true)
		if err != nil {
			return err
		}
		var puts []Entry
		present := make(map[string]bool)
		for _, e := range entries {
			switch want, ok := wanted[e.ID]; {
			case e.Bundled() && ok && e.State != Removed && e.SourceHash == want.SourceHash:
				present[e.ID] = true
			case e.Bundled() && !ok && e.State != Removed:
				e.State, e.Action = Removed, Bundle
				puts = append(puts, e)
			case !e.Bundled() && e.State == "":
				done, err := migrated(e)
				if err != nil {
					s.log.ErrorContext(ctx, "a document in the database cannot be read; import it again", "document", e.ID, "error", err)
					continue
				}
				puts = append(puts, done)
			}
		}
		for _, d := range docs {
			if !present[d.ID] {
				puts = append(puts, wanted[d.ID])
			}
		}
		return s.put(ctx, tx, puts)
	})
}

// migrated completes a line from before versions were kept.
func migrated(e Entry) (Entry, error) {
	d, err := knowledge.ParseDocument(e.ID, e.Source)
	if err != nil {
		return e, err
	}
	e.State, e.Title, e.Starts = State(d.Status), d.Title, starts(d, knowledge.DateOf(e.At.In(china)))
	e.SourceHash, e.TextHash, e.Action = hashOf(e.Source), textHash(d.Units), Migrate
	return e, nil
}

// put writes lines of now.
func (s *Shelf) put(ctx context.Context, tx Tx, entries []Entry) error {
	if len(entries) == 0 {
		return nil
	}
	now := s.now()
	for i := range entries {
		entries[i].At = now
	}
	_, err := tx.Put(ctx, entries)
	if err != nil {
		return fmt.Errorf("library: %w", err)
	}
	return nil
}
