package store_test

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"liaison/handlers"
	"liaison/store"
	"liaison/store/storetest"
	"liaison/ticket"
)

// everyDatabase runs the check on both databases.
func everyDatabase(t *testing.T, check func(t *testing.T, s *store.Store)) {
	t.Run("SQLite", func(t *testing.T) {
		t.Parallel()
		check(t, storetest.New(t))
	})
	t.Run("PostgreSQL", func(t *testing.T) {
		t.Parallel()
		if dsn := postgres(t); dsn != "" {
			check(t, storetest.Postgres(t, dsn)(t))
		}
	})
}

// rows runs statements on River's tables, each of which must change one row.
func rows(t *testing.T, s *store.Store, statements ...string) {
	t.Helper()
	for _, q := range statements {
		if n, err := s.Jobs(t.Context(), q); err != nil || n != 1 {
			t.Fatalf("%s: %d rows, %v", q, n, err)
		}
	}
}

func enqueue(t *testing.T, s *store.Store, j ticket.Job) {
	t.Helper()
	if err := s.Update(t.Context(), func(tx handlers.Tx) error { return tx.Enqueue(t.Context(), j) }); err != nil {
		t.Fatal(err)
	}
}

// TestAClockThatWasAhead leaves what a clock that was three hours ahead leaves in the
// queue of jobs, and sets it right: nothing waits for the three hours, and what has a
// time of its own, or failed lately, waits for that.
func TestAClockThatWasAhead(t *testing.T) {
	t.Parallel()
	everyDatabase(t, func(t *testing.T, s *store.Store) {
		wrong, soon := s.From(3*time.Hour), s.From(10*time.Minute)
		for i, at := range []time.Time{
			1: {}, 2: {}, 3: {}, 4: {}, 5: {},
			6: time.Now().Add(2 * time.Hour), 7: {}, 8: time.Now().Add(4 * time.Hour),
		} {
			if i > 0 {
				enqueue(t, s, ticket.Job{Kind: ticket.JobNotify, Ticket: fmt.Sprint(i), At: at})
			}
		}
		rows(t, s,
			`UPDATE river_job SET created_at = `+wrong+`, scheduled_at = `+wrong+` WHERE id = 1`,
			`UPDATE river_job SET state = 'available', attempt = 1, scheduled_at = `+wrong+` WHERE id = 2`,
			`UPDATE river_job SET state = 'retryable', attempt = 2, scheduled_at = `+wrong+` WHERE id = 3`,
			`UPDATE river_job SET state = 'retryable', attempt = 9, scheduled_at = `+wrong+` WHERE id = 4`,
			// Not of a wrong clock: a late retry, and a deadline that the scheduler of a
			// process whose clock is ahead has made available.
			`UPDATE river_job SET state = 'retryable', attempt = 7, scheduled_at = `+soon+` WHERE id = 5`,
			`UPDATE river_job SET state = 'available' WHERE id = 6`,
			// Its process died.
			`UPDATE river_job SET state = 'running', attempt = 1, attempted_at = `+wrong+` WHERE id = 7`,
			// A deadline as that clock had it.
			`UPDATE river_job SET state = 'available', created_at = `+wrong+` WHERE id = 8`,
			`INSERT INTO river_leader (leader_id, elected_at, expires_at) VALUES ('dead', `+wrong+`, `+wrong+`)`)
		ran := make(chan string, 20)
		j, err := s.RunJobs(t.Context(), store.Work{Job: func(_ context.Context, _ handlers.Tx, j ticket.Job) error {
			ran <- j.Ticket
			return nil
		}})
		if err != nil {
			t.Fatal(err)
		}
		defer j.Stop(context.WithoutCancel(t.Context()))
		var got []string
		for range 4 {
			select {
			case id := <-ran:
				got = append(got, id)
			case <-time.After(20 * time.Second):
				t.Fatalf("only %v ran", got)
			}
		}
		if slices.Sort(got); !slices.Equal(got, []string{"1", "2", "3", "4"}) {
			t.Errorf("jobs %v ran", got)
		}
		rows(t, s, // which finds each of them as it is said
			`UPDATE river_job SET queue = queue WHERE id = 5 AND state = 'retryable' AND attempt = 7`,
			`UPDATE river_job SET queue = queue WHERE id = 6 AND state = 'available' AND attempt = 0`,
			`UPDATE river_job SET queue = queue WHERE id = 7 AND attempted_at < `+s.From(time.Minute),
			`UPDATE river_job SET queue = queue WHERE id = 8 AND state = 'available' AND attempt = 0`)
		for end := time.Now().Add(20 * time.Second); ; time.Sleep(100 * time.Millisecond) {
			n, err := s.Jobs(t.Context(), `UPDATE river_leader SET name = name WHERE leader_id <> 'dead'`)
			if err == nil && n == 1 {
				break
			}
			if time.Now().After(end) {
				t.Fatalf("nobody follows the leader that died: %v", err)
			}
		}
	})
}

// TestAJobThatIsTakenForDead lets a job be rescued while it runs, as a process does
// whose clock was set forward: its effect is there once. On SQLite the one write lock
// keeps everybody out meanwhile.
func TestAJobThatIsTakenForDead(t *testing.T) {
	t.Parallel()
	dsn := postgres(t)
	if dsn == "" {
		return
	}
	s := storetest.Postgres(t, dsn)(t)
	to := handlers.Address{Channel: handlers.Telegram, Chat: "1"}
	begun, ended, goOn := make(chan int, 5), make(chan int, 5), make(chan struct{})
	runs := make(chan int, 1)
	runs <- 0
	j, err := s.RunJobs(t.Context(), store.Work{Job: func(ctx context.Context, tx handlers.Tx, j ticket.Job) error {
		n := <-runs + 1
		runs <- n
		begun <- n
		defer func() { ended <- n }()
		if n == 1 {
			<-goOn
		}
		return tx.Send(ctx, to, handlers.Reply{Text: []handlers.Span{{Text: fmt.Sprint("run ", n)}}})
	}})
	if err != nil {
		t.Fatal(err)
	}
	defer j.Stop(context.WithoutCancel(t.Context()))
	changes := s.Watch(t.Context())
	enqueue(t, s, ticket.Job{Kind: ticket.JobNotify, Ticket: "A"})
	<-begun
	rows(t, s, `UPDATE river_job SET state = 'available', scheduled_at = now() WHERE state = 'running' AND kind = 'case'`)
	<-begun
	<-changes // the second run is committed
	close(goOn)
	<-ended
	<-ended
	enqueue(t, s, ticket.Job{Kind: ticket.JobNotify, Ticket: "B"}) // long after the first run has ended
	<-begun
	<-changes
	for i, want := range []string{"run 2", "run 3"} {
		out, ok, err := s.NextOutbound(t.Context(), to.Lane(), time.Now())
		if err != nil || !ok || out.Reply.String() != want {
			t.Fatalf("reply %d is %v, want %q; %v", i, out.Reply, want, err)
		}
		if err := s.Delivered(t.Context(), out, []string{fmt.Sprint(i)}, true, time.Now()); err != nil {
			t.Fatal(err)
		}
	}
	if out, ok, err := s.NextOutbound(t.Context(), to.Lane(), time.Now()); ok || err != nil {
		t.Errorf("there is also %v, %v", out.Reply, err)
	}
}
