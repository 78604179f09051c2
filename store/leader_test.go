package store

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"testing"
	"time"

	"liaison/handlers"
	"liaison/ticket"
)

// Of two processes one sees to what is periodic. When it ends without a word the other
// one goes on with it, once a period.
func TestPeriodicLeaderDies(t *testing.T) {
	t.Parallel()
	dsn := needPostgres(t) // several processes share PostgreSQL only
	cfg := Config{DSN: schemaOf(t, dsn), Dir: t.TempDir(), Logger: slog.New(slog.DiscardHandler)}
	const period = 2 * time.Second
	var mu sync.Mutex
	var runs []time.Time
	begin := func() (*Store, *Jobs) {
		t.Helper()
		s, err := Open(t.Context(), cfg)
		if err != nil {
			t.Fatal(err)
		}
		jobs, err := s.RunJobs(t.Context(), Work{
			Job: func(context.Context, handlers.Tx, ticket.Job) error { return nil },
			Periodic: []Periodic{{Name: "tick", Every: period, Run: func(context.Context) error {
				mu.Lock()
				defer mu.Unlock()
				runs = append(runs, time.Now())
				return nil
			}}},
		})
		if err != nil {
			t.Fatal(err)
		}
		return s, jobs
	}
	// since waits for n runs after so many, and checks that they are a period apart.
	since := func(have, n int) (last int) {
		t.Helper()
		for end := time.Now().Add(60 * time.Second); ; time.Sleep(20 * time.Millisecond) {
			mu.Lock()
			got := runs[have:]
			mu.Unlock()
			if len(got) >= n {
				for i, at := range got[:n] {
					if i > 0 && at.Sub(got[i-1]) < period/2 {
						t.Errorf("runs %d and %d are %v apart", have+i-1, have+i, at.Sub(got[i-1]))
					}
				}
				return have + len(got)
			}
			if time.Now().After(end) {
				t.Fatalf("%d runs of %d", len(got), n)
			}
		}
	}
	leader, _ := begin()
	since(0, 1)
	other, jobs := begin()
	since(0, 3)
	var before string
	if err := other.read.QueryRowContext(t.Context(), `SELECT leader_id FROM river_leader`).Scan(&before); err != nil {
		t.Fatal(err)
	}

	// Nothing of it reaches the database any more, as after a SIGKILL.
	leader.listen.Close()
	if err := errors.Join(leader.write.Close(), leader.jobs.Close()); err != nil {
		t.Fatal(err)
	}
	mu.Lock()
	have := len(runs)
	mu.Unlock()
	since(have, 4)
	var after string
	if err := other.read.QueryRowContext(t.Context(), `SELECT leader_id FROM river_leader`).Scan(&after); err != nil || after == before {
		t.Errorf("the leader is %s after %s, %v", after, before, err)
	}
	if err := jobs.Stop(t.Context()); err != nil {
		t.Error(err)
	}
	if err := other.Close(); err != nil {
		t.Error(err)
	}
}
