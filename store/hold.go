package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

// Hold takes the right to serve from the SQLite database of cfg, or to move it, which
// one process has at a time, until release is called or the process ends; on PostgreSQL
// it does nothing. What goes wrong is an *OpenError. The lock is a file beside the
// database, held by SQLite as it holds its own.
func Hold(ctx context.Context, cfg Config) (release func() error, err error) {
	to, err := parseTarget(cfg.withDefaults())
	if err != nil {
		return nil, err
	}
	if to.postgres() {
		return func() error { return nil }, nil
	}
	release, err = hold(ctx, to.file+".lock")
	switch {
	case sqliteCode(err) == sqlite3.SQLITE_BUSY:
		return nil, &OpenError{DSN: to.masked(), Err: errors.New("another process serves from it or moves it"),
			Try: "stop that process first; several at once need PostgreSQL and Redis"}
	case err != nil:
		return nil, &OpenError{DSN: to.masked(), Err: err, Try: to.try(err)}
	}
	return release, nil
}

func hold(ctx context.Context, file string) (release func() error, err error) {
	if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
		return nil, err
	}
	f, err := os.OpenFile(file, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, err
	}
	if err := f.Close(); err != nil {
		return nil, err
	}
	connector, err := sqlite.NewConnector(fileURL(file) + "?_txlock=exclusive")
	if err != nil {
		return nil, err
	}
	db := sql.OpenDB(connector)
	tx, err := db.BeginTx(context.WithoutCancel(ctx), nil)
	if err != nil {
		return nil, errors.Join(err, db.Close())
	}
	return func() error { return errors.Join(tx.Rollback(), db.Close()) }, nil
}

// movedTo begins the name of the counter that says where a database was moved and when.
const movedTo = "moved to "

// markMoved notes in the transaction where the database goes; "" forgets it.
func (s *Store) markMoved(ctx context.Context, tx *sql.Tx, where string) error {
	if _, err := tx.ExecContext(ctx, `DELETE FROM counter WHERE name LIKE '`+movedTo+`%'`); err != nil || where == "" {
		return err
	}
	_, err := tx.ExecContext(ctx, `INSERT INTO counter (name, value) VALUES ($1, $2)`, movedTo+where, s.cfg.Now().UnixMilli())
	return err
}

// movedError says that the city is in another database now.
type movedError struct {
	where string
	at    time.Time
}

// Error implements error.
func (e *movedError) Error() string {
	return fmt.Sprintf("it was moved to %s on %s", e.where, e.at.Format(time.DateTime))
}

// stillHere fails with a movedError when the database was moved.
func (s *Store) stillHere(ctx context.Context) error {
	var name string
	var at int64
	err := s.read.QueryRowContext(ctx, `SELECT name, value FROM counter WHERE name LIKE '`+movedTo+`%'`).Scan(&name, &at)
	if errors.Is(err, sql.ErrNoRows) {
		return nil
	}
	if err != nil {
		return err
	}
	return &movedError{strings.TrimPrefix(name, movedTo), time.UnixMilli(at)}
}

// Return lets the database of cfg be used again that was moved to another one, as it was
// then. It reports whether it had been moved.
func Return(ctx context.Context, cfg Config) (moved bool, err error) {
	cfg.moved = true
	s, err := Open(ctx, cfg)
	if err != nil {
		return false, err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	err = s.stillHere(ctx)
	if gone := new(movedError); !errors.As(err, &gone) {
		return false, err
	}
	return true, s.update(ctx, func(t *tx) error { return s.markMoved(ctx, t.raw, "") })
}

// serving fails when a process on PostgreSQL serves from the database: one of them is
// River's leader, until it stops or for some seconds after it was killed.
func (s *Store) serving(ctx context.Context) error {
	if !s.target.postgres() {
		return nil // see Hold
	}
	var n int
	err := s.read.QueryRowContext(ctx, `SELECT count(*) FROM river_leader WHERE expires_at > `+s.dialect.now).Scan(&n)
	if err == nil && n > 0 {
		err = errors.New("a process serves from the database, or was killed within the last quarter of a minute")
	}
	return err
}
