package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
)

// noted returns the names that note has left.
func noted(t *testing.T, s *Store) map[string]bool {
	t.Helper()
	names := make(map[string]bool)
	err := s.view(t.Context(), func(x *tx) error {
		list, err := all(t.Context(), x, func(row scanner) (name string, err error) { return name, row.Scan(&name) },
			`SELECT name FROM counter WHERE name LIKE 'note%'`)
		for _, n := range list {
			names[n] = true
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return names
}

func note(ctx context.Context, x *tx, name string) error {
	_, err := x.exec(ctx, `INSERT INTO counter (name, value) VALUES ($1, 1)`, name)
	return err
}

func openSQLite(t *testing.T) *Store {
	t.Helper()
	s, err := Open(t.Context(), Config{Dir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

// inParallel runs 16 rows of 25 transactions and checks that just those that succeeded
// have left something. run takes the number of a transaction.
func inParallel(t *testing.T, s *Store, run func(n int, name string) error) {
	t.Helper()
	var mu sync.Mutex
	want := make(map[string]bool)
	var wg sync.WaitGroup
	for i := range 16 {
		wg.Go(func() {
			for j := range 25 {
				n := 25*i + j
				name := fmt.Sprintf("note%d", n)
				if run(n, name) == nil {
					mu.Lock()
					want[name] = true
					mu.Unlock()
				}
			}
		})
	}
	wg.Wait()
	got := noted(t, s)
	for name := range want {
		if !got[name] {
			t.Errorf("%s was reported as done and is not there", name)
		}
	}
	for name := range got {
		if !want[name] {
			t.Errorf("%s has failed and is there", name)
		}
	}
	if len(want) < 100 || len(want) == 400 {
		t.Errorf("%d of 400 succeeded: the test does not mix", len(want))
	}
}

// Transactions that are committed together fail alone: by an error, a panic, a caller
// who gives up, or a fault of the statement.
func TestBatchedTransactionsFailAlone(t *testing.T) {
	t.Parallel()
	s := openSQLite(t)
	inParallel(t, s, func(n int, name string) (err error) {
		defer func() {
			if p := recover(); p != nil {
				err = fmt.Errorf("panic: %v", p)
			}
		}()
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		return s.update(ctx, func(x *tx) error {
			if err := note(ctx, x, name); err != nil {
				return err
			}
			switch n % 10 {
			case 1:
				return errors.New("no")
			case 2:
				panic("boom")
			case 3:
				cancel()
				return note(ctx, x, name+"b")
			case 4:
				return note(ctx, x, name) // the name is taken
			}
			return nil
		})
	})
}

// A statement that is broken off takes the whole batch back: the others in it are done
// again.
func TestBatchUndone(t *testing.T) {
	t.Parallel()
	s := openSQLite(t)
	inParallel(t, s, func(n int, name string) error {
		return s.update(t.Context(), func(x *tx) error {
			if err := note(t.Context(), x, name); err != nil {
				return err
			}
			if n%50 != 7 {
				return nil
			}
			_, err := x.exec(t.Context(), `ROLLBACK`) // as SQLite does by itself
			return errors.Join(err, errors.New("broken off"))
		})
	})
}

// On a full disk what was reported as done is there, and what was not is not.
func TestBatchesOnAFullDisk(t *testing.T) {
	t.Parallel()
	s := openSQLite(t)
	var pages int
	if err := s.write.QueryRow(`PRAGMA page_count`).Scan(&pages); err != nil {
		t.Fatal(err)
	}
	limit := func(n int) {
		t.Helper()
		if _, err := s.write.Exec(fmt.Sprintf(`PRAGMA max_page_count = %d`, n)); err != nil {
			t.Fatal(err)
		}
	}
	limit(pages + 200)
	inParallel(t, s, func(n int, name string) error {
		return s.update(t.Context(), func(x *tx) error {
			if err := note(t.Context(), x, name); err != nil || n%2 == 0 {
				return err
			}
			_, err := x.exec(t.Context(), `INSERT INTO counter (name, value) VALUES ($1, 1)`, "pad"+name+strings.Repeat("x", 20_000))
			return err
		})
	})
	limit(pages + 10_000)
	if err := s.update(t.Context(), func(x *tx) error { return note(t.Context(), x, "note-after") }); err != nil {
		t.Errorf("with space again: %v", err)
	}
	var state sql.NullString
	if err := s.read.QueryRow(`PRAGMA integrity_check`).Scan(&state); err != nil || state.String != "ok" {
		t.Errorf("afterwards: %s, %v", state.String, err)
	}
}
