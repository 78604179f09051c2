package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"

	"liaison/handlers"
)

// maxBatch is how many transactions are committed together at most, so that the
// first does not wait long for the last.
const maxBatch = 64

// batches commits transactions together that wait for each other anyway: SQLite has
// one writer, and making a commit durable takes longer than most transactions. Each
// but the first runs in a savepoint, so that it can fail alone; none is
// reported as done before all are on the disk. It is safe for concurrent use.
type batches struct {
	waiting atomic.Int64 // for the lock
	mu      sync.Mutex
	open    *batch // what the next one joins, nil for none
}

type batch struct {
	raw  *sql.Tx
	size int
	done chan struct{}
	err  error // how it ended, to be read when done is closed
}

// errUndone is the error of transactions that went down with another one: SQLite
// takes a whole batch back when the disk is full or a statement was broken off.
var errUndone = errors.New("undone with the transaction beside it")

// update is Store.updateOnce of SQLite.
func (bs *batches) update(ctx context.Context, s *Store, fn func(*tx) error) ([]handlers.Change, error) {
	bs.waiting.Add(1)
	bs.mu.Lock()
	bs.waiting.Add(-1)
	b, changes, err := bs.join(ctx, s, fn)
	if err != nil {
		return nil, err
	}
	<-b.done
	if b.err != nil {
		return nil, b.err
	}
	return changes, nil
}

// join runs fn as a part of the open batch, or of a new one, and commits the batch
// when nobody waits to join it. The lock is held, and released.
func (bs *batches) join(ctx context.Context, s *Store, fn func(*tx) error) (_ *batch, _ []handlers.Change, err error) {
	defer bs.mu.Unlock()
	b := bs.open
	if b == nil {
		// The batch is not one caller's: that one gives up must not end it.
		raw, err := s.write.BeginTx(context.WithoutCancel(ctx), nil)
		if err != nil {
			return nil, nil, fmt.Errorf("begin: %w", err)
		}
		b = &batch{raw: raw, done: make(chan struct{})}
		bs.open = b
	}
	alone := b.size == 0 // so far: what fails now takes nobody with it
	b.size++
	ran := false
	defer func() {
		if !ran || err != nil { // or fn panics
			if alone || b.savepoint("ROLLBACK TO one", "RELEASE one") != nil {
				bs.end(b, errUndone)
				return
			}
		}
		if bs.waiting.Load() == 0 || b.size >= maxBatch {
			bs.end(b, nil)
		}
	}()
	t := &tx{store: s, db: b.raw, raw: b.raw}
	defer t.close()
	if !alone {
		err = b.savepoint("SAVEPOINT one")
	}
	if err == nil {
		err = fn(t)
	}
	if err == nil {
		err = t.flush(ctx)
	}
	if err == nil && !alone {
		err = b.savepoint("RELEASE one")
	}
	ran = true
	return b, t.changes, err
}

// savepoint runs statements that are no caller's.
func (b *batch) savepoint(statements ...string) error {
	for _, s := range statements {
		if _, err := b.raw.ExecContext(context.Background(), s); err != nil {
			return err
		}
	}
	return nil
}

// end commits the batch, or takes it back for the reason given.
func (bs *batches) end(b *batch, reason error) {
	bs.open = nil
	if b.err = reason; reason == nil {
		if err := b.raw.Commit(); err != nil {
			b.err = fmt.Errorf("commit: %w", err)
		}
	}
	if b.err != nil {
		b.raw.Rollback() // does nothing where SQLite has done it
	}
	close(b.done)
}
