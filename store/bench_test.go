package store_test

import (
	"context"
	"fmt"
	"runtime"
	"sync/atomic"
	"testing"
	"time"

	"liaison/handlers"
	"liaison/store"
	"liaison/store/storetest"
	"liaison/ticket"
)

// everyDay takes every day for a working day.
type everyDay struct{}

func (everyDay) AddWorkdays(t time.Time, n int) time.Time              { return t.AddDate(0, 0, n) }
func (everyDay) WorkingTimeBetween(a, b time.Time) time.Duration       { return b.Sub(a) }
func (everyDay) AddWorkingTime(t time.Time, d time.Duration) time.Time { return t.Add(d) }

// onEach runs the benchmark on SQLite and, where there is one, on PostgreSQL.
func onEach(b *testing.B, run func(*testing.B, *store.Store)) {
	b.Run("sqlite", func(b *testing.B) { run(b, storetest.SQLite(b)(b)) })
	if dsn := postgres(b); dsn != "" {
		b.Run("postgres", func(b *testing.B) { run(b, storetest.Postgres(b, dsn)(b)) })
	}
}

// BenchmarkSubmit is a whole submission: number, case, two events, assignment and
// the jobs for notice and deadlines.
func BenchmarkSubmit(b *testing.B) {
	onEach(b, func(b *testing.B, s *store.Store) {
		ctx := context.Background()
		service := ticket.NewService(ticket.Everywhere(everyDay{}, ticket.DefaultPolicy()), time.Now)
		step := ticket.Step{Actor: "p", Role: ticket.RoleRequester, Text: "开办企业需要哪些材料？"}
		for b.Loop() {
			err := s.Update(ctx, func(tx handlers.Tx) error {
				_, err := service.Submit(ctx, tx, ticket.Ticket{Kind: ticket.Inquiry}, step, ticket.Routed{Station: "s"})
				return err
			})
			if err != nil {
				b.Fatal(err)
			}
		}
	})
}

// BenchmarkReceiveHandle is a message from being taken in to being handled with
// one reply.
func BenchmarkReceiveHandle(b *testing.B) {
	onEach(b, func(b *testing.B, s *store.Store) {
		ctx, now := context.Background(), time.Now()
		from := handlers.Address{Channel: handlers.Web, Chat: "c"}
		reply := handlers.Reply{Text: []handlers.Span{{Text: "答复"}}}
		n := 0
		for b.Loop() {
			n++
			if _, err := s.Receive(ctx, handlers.Message{Key: fmt.Sprint(n), From: from, Text: "问题"}, now); err != nil {
				b.Fatal(err)
			}
			in, ok, err := s.NextInbound(ctx, from.Lane(), now)
			if err != nil || !ok {
				b.Fatal(ok, err)
			}
			if err := s.Handle(ctx, in, func(tx handlers.Tx) error { return tx.Send(ctx, from, reply) }); err != nil {
				b.Fatal(err)
			}
		}
	})
}

// BenchmarkChats is BenchmarkReceiveHandle in 32 chats at once, with the reply
// delivered: the time a message takes of a database that is busy.
func BenchmarkChats(b *testing.B) {
	onEach(b, func(b *testing.B, s *store.Store) {
		ctx, now := context.Background(), time.Now()
		reply := handlers.Reply{Text: []handlers.Span{{Text: "答复"}}}
		var chats atomic.Int64
		b.SetParallelism(32 / runtime.GOMAXPROCS(0))
		b.RunParallel(func(pb *testing.PB) {
			from := handlers.Address{Channel: handlers.Web, Chat: fmt.Sprint(chats.Add(1))}
			for n := 0; pb.Next(); n++ {
				if _, err := s.Receive(ctx, handlers.Message{Key: fmt.Sprint(from.Chat, "-", n), From: from, Text: "问题"}, now); err != nil {
					b.Error(err)
					return
				}
				in, ok, err := s.NextInbound(ctx, from.Lane(), now)
				if err != nil || !ok {
					b.Error(ok, err)
					return
				}
				if err := s.Handle(ctx, in, func(tx handlers.Tx) error { return tx.Send(ctx, from, reply) }); err != nil {
					b.Error(err)
					return
				}
				out, ok, err := s.NextOutbound(ctx, from.Lane(), now)
				if err != nil || !ok {
					b.Error(ok, err)
					return
				}
				if err := s.Delivered(ctx, out, []string{fmt.Sprint(n)}, true, now); err != nil {
					b.Error(err)
					return
				}
			}
		})
	})
}

// BenchmarkNotice is the time from the commit that causes a job to its start.
func BenchmarkNotice(b *testing.B) {
	onEach(b, func(b *testing.B, s *store.Store) {
		ctx := context.Background()
		started := make(chan struct{})
		jobs, err := s.RunJobs(ctx, store.Work{Job: func(context.Context, handlers.Tx, ticket.Job) error { started <- struct{}{}; return nil }})
		if err != nil {
			b.Fatal(err)
		}
		defer jobs.Stop(ctx)
		for b.Loop() {
			err := s.Update(ctx, func(tx handlers.Tx) error { return tx.Enqueue(ctx, ticket.Job{Kind: ticket.JobNotify}) })
			if err != nil {
				b.Fatal(err)
			}
			<-started
		}
	})
}
