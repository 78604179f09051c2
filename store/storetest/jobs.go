package storetest

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"liaison/handlers"
	"liaison/store"
	"liaison/ticket"
)

// run runs jobs until the test ends, with fn unless it is nil, and returns what
// was run and committed or not.
func run(t *testing.T, s *store.Store, fn store.JobFunc) <-chan ticket.Job {
	t.Helper()
	ran := make(chan ticket.Job, 100)
	j, err := s.RunJobs(ctx, store.Work{Job: func(ctx context.Context, tx handlers.Tx, j ticket.Job) error {
		defer func() { ran <- j }()
		if fn == nil {
			return nil
		}
		return fn(ctx, tx, j)
	}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		for range 2 { // twice is safe
			if err := j.Stop(ctx); err != nil {
				t.Error(err)
			}
		}
	})
	return ran
}

func enqueue(t *testing.T, s *store.Store, js ...ticket.Job) {
	t.Helper()
	update(t, s, func(tx handlers.Tx) error {
		for _, j := range js {
			if err := tx.Enqueue(ctx, j); err != nil {
				return err
			}
		}
		return nil
	})
}

func jobs(t *testing.T, s *store.Store) {
	due := noon.Add(123456 * time.Nanosecond)
	c := sample("A")
	c.State, c.AcceptBy, c.AnswerBy = ticket.Assigned, due, due.Add(time.Hour)
	insert(t, s, c)
	err := s.Update(ctx, func(tx handlers.Tx) error {
		_ = tx.Enqueue(ctx, ticket.Job{Kind: ticket.JobNotify, Ticket: "rolled back"})
		return errors.New("undo")
	})
	if err == nil {
		t.Fatal("Update returned nil")
	}
	enqueue(t, s,
		ticket.Job{Kind: ticket.JobExpire, Ticket: "A", Seq: 3, At: time.Now().Add(24 * time.Hour)},
		ticket.Job{Kind: ticket.JobDue, Ticket: "A", Seq: 2, Due: due, At: time.Now().Add(-time.Hour)})
	ran := run(t, s, func(ctx context.Context, tx handlers.Tx, j ticket.Job) error {
		c, err := tx.Ticket(ctx, "A")
		if err == nil && j.Kind == ticket.JobDue && !c.Due().Equal(j.Due) {
			t.Errorf("the job's deadline %v is not the stored case's %v", j.Due, c.Due())
		}
		return err
	})
	got := <-ran
	equal(t, "job", got.Kind, ticket.JobDue)
	equal(t, "seq", got.Seq, 2)
	enqueue(t, s, ticket.Job{Kind: ticket.JobNotify, Ticket: "A"})
	// Neither the one that was rolled back nor the one of tomorrow comes first.
	equal(t, "next job", (<-ran).Kind, ticket.JobNotify)
}

// jobOnce fails a job first; its effect is seen once, and so is its completion.
func jobOnce(t *testing.T, s *store.Store) {
	var tries atomic.Int32
	a := chat("1")
	ran := run(t, s, func(ctx context.Context, tx handlers.Tx, j ticket.Job) error {
		if err := tx.Send(ctx, a, say("x")); err != nil {
			return err
		}
		if j.Ticket == "A" && tries.Add(1) == 1 {
			return errors.New("first time")
		}
		return nil
	})
	changes, stop := watching(t, s)
	defer stop()
	enqueue(t, s, ticket.Job{Kind: ticket.JobNotify, Ticket: "A"})
	<-ran
	<-ran
	<-changes // committed
	equal(t, "tries", tries.Load(), 2)
	deliver(t, s, a, "1", true)
	if _, ok := nextOut(t, s, a.Lane(), noon); ok {
		t.Error("the failed try had an effect")
	}
	// Whatever ran later than a second run of A would have is proof that there was none.
	enqueue(t, s, ticket.Job{Kind: ticket.JobNotify, Ticket: "B"})
	equal(t, "job after it", (<-ran).Ticket, "B")
	<-changes
	deliver(t, s, a, "2", true)
	equal(t, "tries afterwards", tries.Load(), 2)
}

// jobStop stops while a job runs that does not end by itself: the job is
// cancelled, leaves no effect, and Stop says that it was not waited for.
func jobStop(t *testing.T, s *store.Store) {
	started := make(chan struct{})
	var once sync.Once
	j, err := s.RunJobs(ctx, store.Work{Job: func(ctx context.Context, tx handlers.Tx, _ ticket.Job) error {
		if err := tx.Send(ctx, chat("1"), say("x")); err != nil {
			return err
		}
		once.Do(func() { close(started) })
		<-ctx.Done()
		return ctx.Err()
	}, Ran: func(kind string, _ time.Duration, err error) {
		if err != nil {
			t.Errorf("%s counts as failed: %v", kind, err)
		}
	}})
	if err != nil {
		t.Fatal(err)
	}
	enqueue(t, s, ticket.Job{Kind: ticket.JobNotify, Ticket: "A"})
	<-started
	short, cancel := context.WithCancel(ctx)
	cancel()
	if err := j.Stop(short); !errors.Is(err, context.Canceled) {
		t.Errorf("Stop returned %v", err)
	}
	if _, ok := nextOut(t, s, chat("1").Lane(), noon); ok {
		t.Error("a cancelled job had an effect")
	}
}
