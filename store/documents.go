package store

import (
	"context"
	"errors"
	"time"

	"liaison/handlers"
	"liaison/knowledge/shelf"
	"liaison/ticket"
)

var _ shelf.Store = (*Store)(nil)

// UpdateShelf implements shelf.Store.
func (s *Store) UpdateShelf(ctx context.Context, fn func(shelf.Tx) error) error {
	return s.update(ctx, func(t *tx) error { return fn(shelfTx{t}) })
}

// ViewShelf implements shelf.Store.
func (s *Store) ViewShelf(ctx context.Context, fn func(shelf.Tx) error) error {
	return s.view(ctx, func(t *tx) error { return fn(shelfTx{t}) })
}

// LibraryVersion returns a number that grows whenever the documents change, 0
// before there were any.
func (s *Store) LibraryVersion(ctx context.Context) (version int64, err error) {
	err = s.view(ctx, func(t *tx) error {
		version, err = shelfTx{t}.Revision(ctx)
		return err
	})
	return version, err
}

// shelfTx implements shelf.Tx. Its methods are not those of tx, because the
// conversations have no business with them.
type shelfTx struct{ *tx }

const (
	documentColumns = `id, version, rev, state, title, file, starts, file_hash, read_hash, source_hash, text_hash,
		import, action, actor, at, `
	withSource    = documentColumns + `source`
	withoutSource = documentColumns + `NULL`
	// lastLine chooses the last line of each version.
	lastLine = `rev = (SELECT max(l.rev) FROM document l WHERE l.id = d.id AND l.version = d.version)`
)

func scanEntry(sc scanner) (e shelf.Entry, err error) {
	var starts string
	err = sc.Scan(&e.ID, &e.Version, &e.Rev, &e.State, &e.Title, &e.File, &starts,
		&e.FileHash, &e.ReadHash, &e.SourceHash, &e.TextHash, &e.Import, &e.Action, &e.By, when{&e.At}, &e.Source)
	if err != nil {
		return e, err
	}
	return e, e.Starts.UnmarshalText([]byte(starts))
}

// Entries implements shelf.Tx.
func (t shelfTx) Entries(ctx context.Context, sources bool, ids ...string) ([]shelf.Entry, error) {
	columns := withoutSource
	if sources {
		columns = withSource
	}
	query := `SELECT ` + columns + ` FROM document d WHERE ` + lastLine
	if len(ids) == 0 {
		return all(ctx, t.tx, scanEntry, query+` ORDER BY id, version`)
	}
	var out []shelf.Entry
	for _, id := range ids {
		entries, err := all(ctx, t.tx, scanEntry, query+` AND id = $1 ORDER BY version`, id)
		if err != nil {
			return nil, err
		}
		out = append(out, entries...)
	}
	return out, nil
}

// History implements shelf.Tx.
func (t shelfTx) History(ctx context.Context, id string) ([]shelf.Entry, error) {
	return all(ctx, t.tx, scanEntry, `SELECT `+withoutSource+` FROM document WHERE id = $1 ORDER BY rev DESC, version DESC`, id)
}

// Before implements shelf.Tx.
func (t shelfTx) Before(ctx context.Context, id string, version int, rev int64) (shelf.Entry, error) {
	e, err := scanEntry(t.row(ctx, `SELECT `+withSource+` FROM document
		WHERE id = $1 AND version = $2 AND rev < $3 ORDER BY rev DESC LIMIT 1`, id, version, rev))
	return e, shelfError(err)
}

// Written implements shelf.Tx.
func (t shelfTx) Written(ctx context.Context, rev int64) ([]shelf.Entry, error) {
	return all(ctx, t.tx, scanEntry, `SELECT `+withoutSource+` FROM document WHERE rev = $1 ORDER BY id, version`, rev)
}

// Put implements shelf.Tx.
func (t shelfTx) Put(ctx context.Context, entries []shelf.Entry) (int64, error) {
	if len(entries) == 0 {
		return t.Revision(ctx)
	}
	rev, err := t.next(ctx, "library", 1)
	if err != nil {
		return 0, err
	}
	t.changed(handlers.LibraryChanged, "")
	for _, e := range entries {
		if e.Source == nil {
			e.Source = []byte{}
		}
		_, err := t.exec(ctx, `INSERT INTO document (`+withSource+`)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)`,
			e.ID, e.Version, rev, string(e.State), e.Title, e.File, e.Starts.String(),
			e.FileHash, e.ReadHash, e.SourceHash, e.TextHash, e.Import, string(e.Action), e.By, e.At, e.Source)
		if err != nil {
			return 0, err
		}
	}
	return rev, nil
}

// Revision implements shelf.Tx.
func (t shelfTx) Revision(ctx context.Context) (rev int64, err error) {
	err = t.row(ctx, `SELECT value FROM counter WHERE name = 'library'`).Scan(&rev)
	if ticket.CodeOf(err) == ticket.NotFound {
		err = nil
	}
	return rev, err
}

// Since implements shelf.Tx.
func (t shelfTx) Since(ctx context.Context, rev int64) ([]string, error) {
	return all(ctx, t.tx, scanString, `SELECT DISTINCT id FROM document WHERE rev > $1 ORDER BY id`, rev)
}

// AddImport implements shelf.Tx.
func (t shelfTx) AddImport(ctx context.Context, r shelf.Record) (int64, error) {
	counts, err := marshal(r.Counts)
	if err != nil {
		return 0, err
	}
	outcomes, err := marshal(r.Outcomes)
	if err != nil {
		return 0, err
	}
	id, err := t.next(ctx, "document_import", 1)
	if err != nil {
		return 0, err
	}
	_, err = t.exec(ctx, `INSERT INTO document_import (id, rev, actor, at, counts, outcomes, undone_by, undone_at)
		VALUES ($1, $2, $3, $4, $5, $6, '', 0)`, id, r.Rev, r.By, r.At, counts, outcomes)
	return id, err
}

const importColumns = `id, rev, actor, at, counts, undone_by, undone_at, `

func scanImport(sc scanner) (r shelf.Record, err error) {
	return r, sc.Scan(&r.ID, &r.Rev, &r.By, when{&r.At}, jsonText{&r.Counts}, &r.UndoneBy, when{&r.UndoneAt}, jsonText{&r.Outcomes})
}

// Imports implements shelf.Tx.
func (t shelfTx) Imports(ctx context.Context, limit int) ([]shelf.Record, error) {
	return all(ctx, t.tx, scanImport, `SELECT `+importColumns+`'' FROM document_import ORDER BY id DESC LIMIT $1`, limit)
}

// ImportRecord implements shelf.Tx.
func (t shelfTx) ImportRecord(ctx context.Context, id int64) (shelf.Record, error) {
	r, err := scanImport(t.row(ctx, `SELECT `+importColumns+`outcomes FROM document_import WHERE id = $1`, id))
	return r, shelfError(err)
}

// MarkUndone implements shelf.Tx.
func (t shelfTx) MarkUndone(ctx context.Context, id int64, by string, at time.Time) error {
	return shelfError(found(t.exec(ctx, `UPDATE document_import SET undone_by = $2, undone_at = $3 WHERE id = $1`, id, by, at)))
}

// shelfError says NotFound in the words of package shelf.
func shelfError(err error) error {
	if ticket.CodeOf(err) == ticket.NotFound {
		return errors.Join(shelf.ErrNotFound, err)
	}
	return err
}
