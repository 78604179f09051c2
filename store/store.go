package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"os"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"liaison/handlers"
	"liaison/relay"
	"liaison/web"
)

var _ web.Store = (*Store)(nil)

// Config says where the state is kept.
type Config struct {
	// DSN is "sqlite:PATH" or "postgres://…". Defaults to liaison.db in Dir.
	DSN string
	// Dir is the directory of everything the program keeps in files. It is made
	// when missing, readable by its owner only. Defaults to the present directory.
	Dir string
	// Logger gets warnings. Defaults to slog.Default().
	Logger *slog.Logger
	// Now is the clock. Defaults to time.Now.
	Now func() time.Time

	moved bool // open it although it was moved
}

func (c Config) withDefaults() Config {
	if c.Dir == "" {
		c.Dir = "."
	}
	if c.Logger == nil {
		c.Logger = slog.Default()
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	return c
}

// Store is the open state. It is safe for concurrent use.
type Store struct {
	cfg     Config
	target  target
	opened  os.FileInfo // the SQLite file as it was opened; nil on PostgreSQL
	dialect dialect
	write   *sql.DB // transactions that may write
	batches batches // of those, on SQLite
	read    *sql.DB // transactions that only read
	jobs    *sql.DB // River's own, and on PostgreSQL for what takes long
	beat    *sql.DB // what Ready writes, on SQLite: it waits for no other writer
	listen  *pgxpool.Pool
	insert  inserter
	tells   atomic.Pointer[JobFunc] // Work.Tell; nil before RunJobs
	hub     *hub
	pulse   relay.Pulse
}

// Close ends all watching and closes the database. Jobs must have been stopped.
func (s *Store) Close() error {
	s.hub.close()
	var errs []error
	for _, db := range []*sql.DB{s.read, s.jobs, s.beat, s.write} {
		if db != nil {
			errs = append(errs, db.Close())
		}
	}
	if s.listen != nil {
		s.listen.Close()
	}
	return errors.Join(errs...)
}

// Update implements handlers.Store.
func (s *Store) Update(ctx context.Context, fn func(handlers.Tx) error) error {
	return s.update(ctx, func(t *tx) error { return fn(t) })
}

// View implements handlers.Store. The transaction sees the state as it was at
// its first statement, and never waits for one that writes.
func (s *Store) View(ctx context.Context, fn func(handlers.Tx) error) error {
	return s.view(ctx, func(t *tx) error { return fn(t) })
}

// Instance returns the number of this database, drawn at random when it is first
// asked for: what lives elsewhere and belongs to it is named by it.
func (s *Store) Instance(ctx context.Context) (n int64, err error) {
	err = s.update(ctx, func(t *tx) error {
		_, err := t.exec(ctx, `INSERT INTO counter (name, value) VALUES ('instance', $1) ON CONFLICT (name) DO NOTHING`, rand.Int64())
		if err != nil {
			return err
		}
		return t.row(ctx, `SELECT value FROM counter WHERE name = 'instance'`).Scan(&n)
	})
	return n, err
}

// attempts is how often a transaction is tried that fails because of another.
const attempts = 6

// update runs fn in a transaction that may write, again when the database says
// that another transaction was in the way, fn that it takes long, or notices could not be
// told, and tells the watchers afterwards.
func (s *Store) update(ctx context.Context, fn func(*tx) error) error {
	long, told := false, s.teller()
	for n := 1; ; n++ {
		changes, err := s.updateOnce(ctx, long, func(t *tx) error {
			t.told = told
			return fn(t)
		})
		if err == nil {
			s.hub.publish(changes, true)
			return nil
		}
		if errors.Is(err, errLong) && !long {
			long = true
			continue
		}
		// Where the database is away a job would be told no better, and out of order.
		if errors.Is(err, errUntold) && !away(err) && !diskFails(err) && (n >= attempts || !s.dialect.again(err)) && ctx.Err() == nil {
			s.cfg.Logger.InfoContext(ctx, "a job tells what happened to a case", "because", err)
			told = nil
			continue
		}
		if n >= attempts || !s.dialect.again(err) && !errors.Is(err, errUndone) {
			return outage(err)
		}
		select {
		case <-ctx.Done():
			return err
		case <-time.After(time.Duration(n) * time.Duration(1+rand.IntN(10)) * time.Millisecond):
		}
	}
}

func (s *Store) updateOnce(ctx context.Context, long bool, fn func(*tx) error) ([]handlers.Change, error) {
	if !s.target.postgres() {
		return s.batches.update(ctx, s, fn)
	}
	begin := func(ctx context.Context) (*sql.Tx, error) { return s.write.BeginTx(ctx, nil) }
	if long {
		begin = s.beginLong
	}
	raw, err := begin(ctx)
	if err != nil {
		return nil, fmt.Errorf("begin: %w", err)
	}
	defer raw.Rollback() // does nothing after Commit
	t := &tx{store: s, db: raw, raw: raw, long: long}
	defer t.close()
	if err := fn(t); err != nil {
		return nil, err
	}
	if err := t.flush(ctx); err != nil {
		return nil, err
	}
	if err := raw.Commit(); err != nil {
		return nil, fmt.Errorf("commit: %w", err)
	}
	return t.changes, nil
}

func (s *Store) view(ctx context.Context, fn func(*tx) error) error { return s.viewOn(ctx, s.read, fn) }

func (s *Store) viewOn(ctx context.Context, db *sql.DB, fn func(*tx) error) error {
	// Repeatable read makes all statements see one state on PostgreSQL; SQLite's
	// transactions always do.
	raw, err := db.BeginTx(ctx, &sql.TxOptions{ReadOnly: true, Isolation: s.snapshot()})
	if err != nil {
		return outage(fmt.Errorf("begin: %w", err))
	}
	defer raw.Rollback()
	t := &tx{store: s, db: raw, raw: raw, readonly: true}
	defer t.close()
	return outage(fn(t))
}

// Peek implements handlers.Store.
func (s *Store) Peek() handlers.Peek { return s.peek() }

// peek is for what one statement reads: it runs alone, without the cost of a
// transaction around it.
func (s *Store) peek() *tx { return &tx{store: s, db: s.read, readonly: true} }

func (s *Store) snapshot() sql.IsolationLevel {
	if s.target.postgres() {
		return sql.LevelRepeatableRead
	}
	return sql.LevelDefault
}
