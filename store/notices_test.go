package store_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"liaison/handlers"
	"liaison/store"
	"liaison/ticket"
)

// TestNotices: what a transaction has to tell of cases is told by its end, behind its own
// replies and before what a later one says; what cannot be told now a job tells.
func TestNotices(t *testing.T) {
	t.Parallel()
	everyDatabase(t, func(t *testing.T, s *store.Store) {
		station := handlers.Address{Channel: handlers.Telegram, Chat: "-1"}
		say := func(ctx context.Context, tx handlers.Tx, text string) error {
			return tx.Send(ctx, station, handlers.Reply{Text: []handlers.Span{{Text: text}}})
		}
		later := make(chan string, 100)
		jobs, err := s.RunJobs(t.Context(), store.Work{
			Job: func(ctx context.Context, tx handlers.Tx, j ticket.Job) error {
				later <- fmt.Sprint(j.Ticket, j.Seq)
				return say(ctx, tx, "job "+j.Ticket)
			},
			Tell: func(ctx context.Context, tx handlers.Tx, j ticket.Job) error {
				if err := say(ctx, tx, fmt.Sprint("told ", j.Ticket, j.Seq)); err != nil {
					return err
				}
				switch j.Ticket {
				case "slow":
					<-ctx.Done()
					return ctx.Err()
				case "many":
					for range store.MostTold {
						if err := say(ctx, tx, "told many"); err != nil {
							return err
						}
					}
				case "fails":
					return errors.New("broken")
				case "panics":
					panic("broken")
				case "more":
					if j.Seq < 3 {
						j.Seq++
						return tx.Enqueue(ctx, j)
					}
				}
				return nil
			},
		})
		if err != nil {
			t.Fatal(err)
		}
		defer jobs.Stop(context.WithoutCancel(t.Context()))
		step := func(tickets ...string) {
			t.Helper()
			err := s.Update(t.Context(), func(tx handlers.Tx) error {
				for _, id := range tickets {
					if err := tx.Enqueue(t.Context(), ticket.Job{Kind: ticket.JobNotify, Ticket: id, Seq: 1}); err != nil {
						return err
					}
				}
				return say(t.Context(), tx, "reply "+tickets[0])
			})
			if err != nil {
				t.Fatal(err)
			}
		}
		said := func() (got []string) {
			t.Helper()
			for {
				out, ok, err := s.NextOutbound(t.Context(), station.Lane(), time.Now())
				if err != nil {
					t.Fatal(err)
				}
				if !ok {
					return got
				}
				got = append(got, out.Reply.String())
				if err := s.Delivered(t.Context(), out, nil, true, time.Now()); err != nil {
					t.Fatal(err)
				}
			}
		}
		expect := func(want ...string) {
			t.Helper()
			if got := said(); !slices.Equal(got, want) {
				t.Errorf("the station is told %q, want %q", got, want)
			}
		}
		heard := func(n int) (all []string) {
			t.Helper()
			for range n {
				select {
				case j := <-later:
					all = append(all, j)
				case <-time.After(20 * time.Second):
					t.Fatalf("of %d jobs %q have run", n, all)
				}
			}
			return all
		}

		failed := errors.New("failed")
		err = s.Update(t.Context(), func(tx handlers.Tx) error {
			return errors.Join(tx.Enqueue(t.Context(), ticket.Job{Kind: ticket.JobNotify, Ticket: "never"}), failed)
		})
		if !errors.Is(err, failed) {
			t.Errorf("Update = %v, want what its function failed with", err)
		}
		step("a", "b")
		step("more")
		expect("reply a", "told a1", "told b1", "reply more", "told more1", "told more2", "told more3")
		want := []string{}
		for _, bad := range []string{"fails", "panics", "slow", "many"} {
			step(bad, "good")
			jobs := heard(2)
			slices.Sort(jobs)
			if want := slices.Sorted(slices.Values([]string{bad + "1", "good1"})); !slices.Equal(jobs, want) {
				t.Errorf("jobs are %q, want %q", jobs, want)
			}
			want = append(want, "reply "+bad, "job "+bad, "job good")
		}
		if err := jobs.Stop(t.Context()); err != nil { // and all that they say is there
			t.Fatal(err)
		}
		got := said()
		slices.Sort(got)
		if slices.Sort(want); !slices.Equal(got, want) {
			t.Errorf("the station is told %q, want %q", got, want)
		}
		step("stopped") // while what was handled by then ends
		expect("reply stopped", "told stopped1")
	})
}
