package store

import (
	"context"
	"database/sql"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"time"
)

// sweepAge is how old a file must be before it can be swept: one that has just
// been stored is not referred to yet. The files of passing replies are kept no longer.
const sweepAge = 7 * day

// Swept is what Sweep removed.
type Swept struct {
	Files int
	Bytes int64
}

// Sweep removes the files that nothing needs any more: those of cases that have
// been closed, and of visits that have been filed, for longer than keep, and those that
// belong to no case, visit, chat or unfinished form. The histories keep their names and hashes. It may run while
// files are stored and served, and more than once at a time.
func (s *Store) Sweep(ctx context.Context, files *Blobs, keep time.Duration) (Swept, error) {
	now := s.cfg.Now()
	needed, err := s.neededFiles(ctx, now.Add(-keep))
	if err != nil {
		return Swept{}, err
	}
	return files.sweep(ctx, needed, now.Add(-sweepAge))
}

var hashes = regexp.MustCompile(`[0-9a-f]{64}`)

// neededFiles returns the hashes of the files that are needed; those of cases that
// were closed, and of visits that were filed, before the moment are not.
func (s *Store) neededFiles(ctx context.Context, closed time.Time) (map[string]bool, error) {
	needed := make(map[string]bool)
	err := s.view(ctx, func(t *tx) error {
		for _, source := range []struct {
			query string
			args  []any
		}{
			{`SELECT e.files FROM ticket_event e JOIN ticket c ON c.id = e.ticket
				WHERE e.files NOT IN ('', 'null', '[]') AND (c.closed_at = 0 OR c.closed_at >= $1)`, []any{closed}},
			{`SELECT body FROM inbox WHERE state = 'queued'`, nil},
			{`SELECT body FROM inbox WHERE state = 'parked'`, nil}, // it may be tried again
			{`SELECT body FROM outbox WHERE state = 'queued'`, nil},
			{`SELECT state FROM conversation`, nil},
			{`SELECT body FROM line WHERE body NOT LIKE '%"passing":true%'`, nil},
			{`SELECT files FROM visit WHERE state = 'draft' OR state = 'filed' AND filed_at >= $1`, []any{closed}},
			{`SELECT o.files FROM visit_opinion o JOIN visit v ON v.id = o.visit
				WHERE o.files NOT IN ('', 'null', '[]') AND (v.state = 'draft' OR v.state = 'filed' AND v.filed_at >= $1)`, []any{closed}},
		} {
			// Row by row: all conversations together may be more than fits in memory.
			err := each(ctx, t, func(text []byte) {
				for _, hash := range hashes.FindAll(text, -1) {
					needed[string(hash)] = true
				}
			}, source.query, source.args...)
			if err != nil {
				return err
			}
		}
		return nil
	})
	return needed, err
}

// each calls fn with the text of each row of a query of one column. The text is good
// until fn returns.
func each(ctx context.Context, t *tx, fn func(text []byte), query string, args ...any) error {
	rows, err := t.db.QueryContext(ctx, query, values(args)...)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var text sql.RawBytes
		if err := rows.Scan(&text); err != nil {
			return err
		}
		fn(text)
	}
	return rows.Err()
}

// sweep removes the files that are not needed and were stored before the moment,
// with what an interrupted Put left behind.
func (b *Blobs) sweep(ctx context.Context, needed map[string]bool, before time.Time) (swept Swept, err error) {
	err = filepath.WalkDir(b.dir, func(path string, d fs.DirEntry, err error) error {
		switch {
		case errors.Is(err, fs.ErrNotExist):
			return nil // another sweep was faster
		case err != nil:
			return err
		case ctx.Err() != nil:
			return ctx.Err()
		case d.IsDir() || needed[d.Name()] || !isHash(d.Name()) && !strings.HasPrefix(d.Name(), "put-"):
			return nil
		}
		info, err := d.Info()
		if errors.Is(err, fs.ErrNotExist) || err == nil && !info.ModTime().Before(before) {
			return nil
		}
		if err == nil {
			err = os.Remove(path)
		}
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
		swept.Files++
		swept.Bytes += info.Size()
		return nil
	})
	return swept, err
}
