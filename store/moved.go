package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"time"
)

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
