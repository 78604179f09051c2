package store

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"time"

	"liaison/ticket"
)

// The origins of a document.
const (
	Bundled  = "bundled" // came with the program
	Imported = "import"  // was imported by the operator
)

// Document is a document of the policy library as the library reads it.
type Document struct {
	ID     string
	Name   string
	Origin string    // Bundled or Imported
	Source []byte    // Markdown
	Hash   string    // of Source; lower-case hex SHA-256 when not given
	At     time.Time // when it was saved; now when not given
}

// SaveDocuments adds the documents or replaces those that differ, and returns
// how many were added, replaced or removed. An imported document goes before a
// bundled one with the same ID: a bundled one does not replace it. Bundled
// documents that are stored but not among docs are removed. Unless nothing
// changed the library's version is raised.
func (s *Store) SaveDocuments(ctx context.Context, origin string, docs []Document) (changed int, err error) {
	if origin != Bundled && origin != Imported {
		return 0, fmt.Errorf("store: unknown origin %q", origin)
	}
	err = s.update(ctx, func(t *tx) error {
		changed = 0
		given := make(map[string]bool, len(docs))
		for _, d := range docs {
			d.Origin = origin
			given[d.ID] = true
			replaced, err := t.saveDocument(ctx, d)
			if err != nil {
				return err
			}
			if replaced {
				changed++
			}
		}
		if origin == Bundled {
			removed, err := t.keepBundled(ctx, given)
			if err != nil {
				return err
			}
			changed += removed
		}
		if changed == 0 {
			return nil
		}
		_, err := t.next(ctx, "library", 1)
		return err
	})
	if err != nil {
		return 0, err
	}
	return changed, nil
}

func (t *tx) saveDocument(ctx context.Context, d Document) (replaced bool, err error) {
	if d.Source == nil {
		d.Source = []byte{}
	}
	if d.Hash == "" {
		sum := sha256.Sum256(d.Source)
		d.Hash = hex.EncodeToString(sum[:])
	}
	if d.At.IsZero() {
		d.At = t.store.cfg.Now()
	}
	have, err := scanDocument(t.row(ctx, `SELECT `+documentColumns+` FROM document WHERE id = $1`, d.ID))
	switch {
	case ticket.CodeOf(err) == ticket.NotFound:
	case err != nil:
		return false, err
	case have.Origin == Imported && d.Origin == Bundled:
		return false, nil
	case have.Origin == d.Origin && have.Name == clean(d.Name) && have.Hash == d.Hash && bytes.Equal(have.Source, d.Source):
		return false, nil
	}
	_, err = t.exec(ctx, `INSERT INTO document (`+documentColumns+`) VALUES ($1, $2, $3, $4, $5, $6)
		ON CONFLICT (id) DO UPDATE SET name = excluded.name, origin = excluded.origin, source = excluded.source,
			hash = excluded.hash, at = excluded.at`, d.ID, d.Name, d.Origin, d.Source, d.Hash, d.At)
	return true, err
}

// keepBundled removes the bundled documents that are not wanted.
func (t *tx) keepBundled(ctx context.Context, wanted map[string]bool) (removed int, err error) {
	ids, err := all(ctx, t, scanString, `SELECT id FROM document WHERE origin = $1`, Bundled)
	if err != nil {
		return 0, err
	}
	for _, id := range ids {
		if wanted[id] {
			continue
		}
		if _, err := t.exec(ctx, `DELETE FROM document WHERE id = $1`, id); err != nil {
			return 0, err
		}
		removed++
	}
	return removed, nil
}

const documentColumns = `id, name, origin, source, hash, at`

func scanDocument(sc scanner) (d Document, err error) {
	return d, sc.Scan(&d.ID, &d.Name, &d.Origin, &d.Source, &d.Hash, when{&d.At})
}

// Documents returns all documents in order of ID.
func (s *Store) Documents(ctx context.Context) (docs []Document, err error) {
	err = s.view(ctx, func(t *tx) error {
		docs, err = all(ctx, t, scanDocument, `SELECT `+documentColumns+` FROM document ORDER BY id`)
		return err
	})
	return docs, err
}

// LibraryVersion returns a number that grows whenever the documents change, 0
// before there were any.
func (s *Store) LibraryVersion(ctx context.Context) (version int64, err error) {
	err = s.view(ctx, func(t *tx) error {
		err := t.row(ctx, `SELECT value FROM counter WHERE name = 'library'`).Scan(&version)
		if ticket.CodeOf(err) == ticket.NotFound {
			return nil
		}
		return err
	})
	return version, err
}
