package store

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/riverqueue/river/rivertype"

	"liaison/handlers"
	"liaison/ticket"
)

// fill puts three rows into every table, whatever tables there are: texts, numbers
// and bytes that differ from row to row, and agree from table to table, so that
// what refers to another row finds it.
func fill(t *testing.T, s *Store) {
	t.Helper()
	tx, err := s.write.BeginTx(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer tx.Rollback()
	tables, err := s.tables(t.Context(), tx)
	if err != nil {
		t.Fatal(err)
	}
	if len(tables) < 20 {
		t.Fatalf("only %d tables: %v", len(tables), tables)
	}
	for _, table := range tables {
		columns, kinds, err := columnsOf(t.Context(), tx, table)
		if err != nil {
			t.Fatal(table, err)
		}
		for n := range 3 {
			row := make([]any, len(kinds))
			for i, k := range kinds {
				switch k {
				case asText:
					row[i] = fmt.Sprintf("第%d行 'quoted' \\ \U0001F600", n)
				case asInteger:
					row[i] = int64(1)<<60 + int64(n)
				case asTruth:
					row[i] = n%2 == 1
				case asReal:
					row[i] = float64(n) + 0.1
				case asBytes:
					row[i] = []byte{0, 255, byte(n)}
				}
			}
			if _, err := tx.ExecContext(t.Context(), `INSERT INTO `+table+` (`+strings.Join(columns, ", ")+`) VALUES `+tuples(1, len(columns)), row...); err != nil {
				t.Fatal(table, err)
			}
		}
	}
	jobs := []ticket.Job{
		{Kind: ticket.JobNotify, Ticket: "A", Seq: 1, At: time.Now()},
		{Kind: ticket.JobExpire, Ticket: "B", Seq: 7, At: time.Now().Add(48 * time.Hour)},
	}
	if err := s.insert.jobs(t.Context(), tx, jobs); err != nil {
		t.Fatal(err)
	}
	if err := tx.Commit(); err != nil {
		t.Fatal(err)
	}
}

// dump writes every row of every table and every job, in an order of its own.
func dump(t *testing.T, s *Store) map[string]int {
	t.Helper()
	out := make(map[string]int)
	tx, err := s.read.BeginTx(t.Context(), &sql.TxOptions{ReadOnly: true})
	if err != nil {
		t.Fatal(err)
	}
	defer tx.Rollback()
	tables, err := s.tables(t.Context(), tx)
	if err != nil {
		t.Fatal(err)
	}
	for _, table := range tables {
		columns, kinds, err := columnsOf(t.Context(), tx, table)
		if err != nil {
			t.Fatal(err)
		}
		err = eachRow(t.Context(), tx, strings.Join(columns, ", "), table, kinds, func(row []any) error {
			out[fmt.Sprintf("%s %q", table, row)]++
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	return out
}

func TestCopyTo(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, cfg Config) {
		targets := map[string]string{"SQLite": "sqlite:" + filepath.Join(t.TempDir(), "copy.db")}
		if dsn := os.Getenv("LIAISON_TEST_POSTGRES"); dsn != "" {
			targets["Postgres"] = schemaOf(t, dsn)
		}
		from := opened(t, cfg)
		fill(t, from)
		want := dump(t, from)
		for name, dsn := range targets {
			t.Run("To"+name, func(t *testing.T) {
				to := Config{DSN: dsn, Dir: cfg.Dir, Logger: slog.New(slog.DiscardHandler)}
				copied, err := from.CopyTo(t.Context(), to)
				if err != nil {
					t.Fatal(err)
				}
				rows := 0
				for _, table := range copied.Tables {
					rows += table.Rows
				}
				if rows != len(want) || copied.Jobs != 2 {
					t.Errorf("%d rows and %d jobs were copied, want %d and 2", rows, copied.Jobs, len(want))
				}
				other := opened(t, to)
				got := dump(t, other)
				for line := range want {
					if got[line] != 1 {
						t.Errorf("the copy lacks %s", line)
					}
				}
				if len(got) != len(want) {
					t.Errorf("the copy has %d rows, want %d", len(got), len(want))
				}
				// The jobs do their work there.
				done := make(chan ticket.Job, 3)
				jobs, err := other.RunJobs(t.Context(), Work{Job: func(_ context.Context, _ handlers.Tx, j ticket.Job) error {
					done <- j
					return nil
				}})
				if err != nil {
					t.Fatal(err)
				}
				defer jobs.Stop(t.Context())
				select {
				case j := <-done:
					if j.Kind != ticket.JobNotify || j.Ticket != "A" || j.Seq != 1 {
						t.Errorf("the job that was due is %+v", j)
					}
				case <-time.After(20 * time.Second):
					t.Error("the job that was due is not done")
				}
				if _, err := from.CopyTo(t.Context(), to); err == nil || !strings.Contains(err.Error(), "in use") {
					t.Errorf("copying into a database that is in use: %v", err)
				}
			})
		}
	})
}

// A database that was moved says where to and is not used any more, until somebody
// returns to it; what is in it then is what was moved.
func TestMoved(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, cfg Config) {
		from := opened(t, cfg)
		fill(t, from)
		want := dump(t, from)
		target := filepath.Join(t.TempDir(), "copy.db")
		if _, err := from.CopyTo(t.Context(), Config{DSN: "sqlite:" + target, Logger: cfg.Logger}); err != nil {
			t.Fatal(err)
		}
		_, err := Open(t.Context(), cfg)
		var e *OpenError
		if !errors.As(err, &e) || !strings.Contains(e.Error(), target) || !strings.Contains(e.Try, "--undo") {
			t.Fatalf("opening what was moved: %v", err)
		}
		for _, was := range []bool{true, false} {
			if moved, err := Return(t.Context(), cfg); err != nil || moved != was {
				t.Fatalf("returning: %v, %v", moved, err)
			}
		}
		if got := dump(t, opened(t, cfg)); !maps.Equal(got, want) {
			t.Errorf("there are %d rows after the return, %d before the move", len(got), len(want))
		}
	})
}

// What a process serves from cannot be claimed, so that it is not moved.
func TestClaim(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, cfg Config) {
		claim := func(shared bool) (release func()) {
			t.Helper()
			c, err := NewClaim(t.Context(), cfg, shared)
			if err != nil {
				t.Fatal(err)
			}
			return func() {
				t.Helper()
				if err := c.Release(); err != nil {
					t.Error(err)
				}
			}
		}
		refused := func(shared bool) {
			t.Helper()
			var e *OpenError
			if _, err := NewClaim(t.Context(), cfg, shared); !errors.Is(err, ErrClaimed) || !errors.As(err, &e) || !strings.Contains(e.Try, "stop") {
				t.Errorf("what is claimed is claimed again: %v", err)
			}
		}
		release := claim(false)
		refused(false)
		if cfg.DSN != "" {
			refused(true)
		}
		release()
		if cfg.DSN != "" { // several may share PostgreSQL
			release, another := claim(true), claim(true)
			refused(false)
			release()
			refused(false)
			another()
		}
		claim(false)()
	})
}

// A claim whose connection was lost is made anew; where others have claimed the database
// meanwhile, the process is told to stop.
func TestClaimIsKept(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, cfg Config) {
		cfg.Logger = slog.New(slog.DiscardHandler)
		c, err := NewClaim(t.Context(), cfg, false)
		if err != nil {
			t.Fatal(err)
		}
		if cfg.DSN == "" { // a lock on a file cannot be lost: there is nothing to keep
			if err := errors.Join(c.Keep(t.Context()), c.Release()); err != nil {
				t.Error(err)
			}
			return
		}
		db, err := pgx.Connect(t.Context(), cfg.DSN)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { db.Close(context.Background()) })
		cut := func() {
			t.Helper()
			if _, err := db.Exec(t.Context(), `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = $1`, c.name); err != nil {
				t.Fatal(err)
			}
		}
		claimed := func() bool {
			other, err := NewClaim(t.Context(), cfg, true)
			if err != nil {
				return errors.Is(err, ErrClaimed)
			}
			if err := other.Release(); err != nil {
				t.Error(err)
			}
			return false
		}
		ctx, cancel := context.WithCancel(t.Context())
		kept := make(chan error, 1)
		go func() { kept <- c.Keep(ctx) }()
		cut()
		time.Sleep(2 * claimCheck) // it may take the claim at the first look
		if !claimed() {
			t.Error("the claim was not made anew")
		}
		cancel()
		if err := <-kept; err != nil {
			t.Errorf("at the end: %v", err)
		}
		cut()
		other, err := NewClaim(t.Context(), cfg, false)
		if err != nil {
			t.Fatal(err)
		}
		if err := c.Keep(t.Context()); !errors.Is(err, ErrClaimed) {
			t.Errorf("with another that serves: %v", err)
		}
		if err := errors.Join(other.Release(), c.Release()); err != nil {
			t.Error(err)
		}
	})
}

// A job that differs in the copy is found.
func TestJobPrint(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)
	job := func(kind, args string, at time.Time) [sha256.Size]byte {
		f, err := jobPrint(&rivertype.JobRow{Kind: kind, EncodedArgs: []byte(args), ScheduledAt: at})
		if err != nil {
			t.Fatal(err)
		}
		return f
	}
	want := job("case", `{"job":{"kind":"notify","seq":12345678901234567890}}`, at)
	if job("case", `{"job": {"seq": 12345678901234567890, "kind": "notify"}}`, at.Add(300*time.Microsecond)) != want {
		t.Error("the same job, as PostgreSQL writes it, is another one")
	}
	for what, got := range map[string][sha256.Size]byte{
		"kind":      job("other", `{"job":{"kind":"notify","seq":12345678901234567890}}`, at),
		"arguments": job("case", `{"job":{"kind":"notify","seq":12345678901234567891}}`, at),
		"time":      job("case", `{"job":{"kind":"notify","seq":12345678901234567890}}`, at.Add(time.Millisecond)),
	} {
		if got == want {
			t.Errorf("another %s is the same job", what)
		}
	}
}

func TestHandOver(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, cfg Config) {
		s, err := Open(t.Context(), cfg)
		if err != nil {
			t.Fatal(err)
		}
		defer s.Close()
		for i := range 5 {
			m := handlers.Message{Key: fmt.Sprint(i), From: handlers.Address{Channel: handlers.Telegram, Chat: "1"}}
			if _, err := s.Receive(t.Context(), m, time.Now()); err != nil {
				t.Fatal(err)
			}
		}
		var taken []string
		full := func(m handlers.Message) error {
			if len(taken) == 3 {
				return errFull
			}
			taken = append(taken, m.Key)
			return nil
		}
		if n, err := s.HandOver(t.Context(), full); n != 3 || err != errFull {
			t.Fatalf("%d were handed over, %v", n, err)
		}
		if n, err := s.HandOver(t.Context(), func(m handlers.Message) error { taken = append(taken, m.Key); return nil }); n != 2 || err != nil {
			t.Fatalf("then %d were handed over, %v", n, err)
		}
		if got := strings.Join(taken, ""); got != "01234" {
			t.Errorf("taken in the order %s", got)
		}
		if lanes, err := s.PendingLanes(t.Context(), time.Now()); err != nil || len(lanes) > 0 {
			t.Errorf("%v are left, %v", lanes, err)
		}
	})
}

var errFull = fmt.Errorf("full")
