package store

import (
	"context"
	"sync"
	"testing"
	"time"

	"liaison/handlers"
	"liaison/ticket"
)

// TestWritersWait writes through two stores on one file, as two programs would,
// in transactions that read first: none may fail because of another.
func TestWritersWait(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	var wg sync.WaitGroup
	for range 2 {
		s := openDir(t, dir)
		s.dialect.again = func(error) bool { return false }
		wg.Go(func() {
			for range 50 {
				err := s.update(ctx, func(tx *tx) error {
					if _, err := tx.Tickets(ctx, ticket.Filter{}); err != nil {
						return err
					}
					_, err := tx.NextNumber(ctx, "20261123")
					return err
				})
				if err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	err := openDir(t, dir).update(ctx, func(tx *tx) error {
		if n, err := tx.NextNumber(ctx, "20261123"); n != 101 || err != nil {
			t.Errorf("next number %d, %v", n, err)
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
}

// TestBusyIsTriedAgain makes a real failure for want of the lock.
func TestBusyIsTriedAgain(t *testing.T) {
	t.Parallel()
	s := openDir(t, t.TempDir())
	err := s.update(ctx, func(*tx) error {
		if _, err := s.jobs.Exec(`PRAGMA busy_timeout = 0`); err != nil {
			return err
		}
		other, err := s.jobs.Begin()
		if err == nil {
			other.Rollback()
		}
		if !s.dialect.again(err) {
			t.Errorf("%v is not tried again", err)
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
}

// TestJobIsDoneByItsTransaction looks at the job as soon as its effect has been
// committed: River's own marking, which comes some time later, is too late.
func TestJobIsDoneByItsTransaction(t *testing.T) {
	t.Parallel()
	s := openDir(t, t.TempDir())
	watching, stop := context.WithCancel(ctx)
	defer stop()
	changes := s.Watch(watching)
	jobs, err := s.RunJobs(ctx, Work{Job: func(ctx context.Context, tx handlers.Tx, _ ticket.Job) error {
		return tx.Send(ctx, handlers.Address{Channel: handlers.Web, Chat: "1"}, handlers.Reply{})
	}})
	if err != nil {
		t.Fatal(err)
	}
	defer jobs.Stop(ctx)
	err = s.update(ctx, func(tx *tx) error { return tx.Enqueue(ctx, ticket.Job{Kind: ticket.JobNotify}) })
	if err != nil {
		t.Fatal(err)
	}
	<-changes
	var state string
	if err := s.read.QueryRow(`SELECT state FROM river_job WHERE kind = 'case'`).Scan(&state); err != nil || state != "completed" {
		t.Errorf("the job is %q, %v", state, err)
	}
}

func TestJobDelay(t *testing.T) {
	t.Parallel()
	for failures, want := range map[int]time.Duration{0: jobDelays[0], 1: jobDelays[0], 2: jobDelays[1], 8: time.Hour, 25: time.Hour} {
		if got := jobDelay(failures); got != want {
			t.Errorf("after %d failures: %v, want %v", failures, got, want)
		}
	}
}
