package storetest

import (
	"context"
	"testing"
	"time"

	"liaison/handlers"
	"liaison/relay"
	"liaison/store"
	"liaison/ticket"
)

func figures(t *testing.T, s *store.Store) {
	read := func() store.Figures { return must[store.Figures](t)(s.Figures(ctx, noon)) }
	f := read()
	if f.Inbox["queued"]+f.Inbox["parked"]+f.Outbox+len(f.Cases) != 0 || !f.OldestQueued.IsZero() || !f.Backup.IsZero() || f.Leader || f.Jobs["discarded"] != 0 {
		t.Errorf("of an empty database: %+v", f)
	}
	take(t, s, "1", chat("1"))
	_, err := s.ParkOnce(ctx, relay.Inbound{Message: handlers.Message{Key: "2", From: chat("2")}}, []string{"2"}, "cause", noon, nothing)
	if err != nil {
		t.Fatal(err)
	}
	err = s.Update(ctx, func(tx handlers.Tx) error {
		for id, c := range map[string]ticket.Ticket{
			"late":   {Station: "a", State: ticket.Accepted, AnswerBy: noon.Add(-time.Hour)},
			"open":   {Station: "a", State: ticket.Accepted, AnswerBy: noon.Add(time.Hour)},
			"closed": {Station: "a", State: ticket.Closed, AnswerBy: noon.Add(-time.Hour)},
			"there":  {Station: "b", State: ticket.Received, AnswerBy: noon.Add(time.Hour), AcceptBy: noon.Add(time.Hour)},
		} {
			c.ID, c.Version = id, 1
			if err := tx.InsertTicket(ctx, c); err != nil {
				return err
			}
		}
		if err := tx.Enqueue(ctx, ticket.Job{Ticket: "open", Kind: ticket.JobExpire, At: noon.AddDate(10, 0, 0)}); err != nil {
			return err
		}
		return tx.Send(ctx, chat("1"), say("x"))
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.NoteBackup(ctx, noon); err != nil {
		t.Fatal(err)
	}
	if err := s.NoteBackup(ctx, noon.Add(-time.Hour)); err != nil { // an earlier one that ended later
		t.Fatal(err)
	}
	f = read()
	equal(t, "queued", f.Inbox["queued"], 1)
	equal(t, "parked", f.Inbox["parked"], 1)
	equal(t, "outbox", f.Outbox, 1)
	equal(t, "jobs that wait", f.Jobs["scheduled"], 1)
	if !f.OldestQueued.Equal(noon) || !f.Backup.Equal(noon) {
		t.Errorf("oldest %v, backup %v", f.OldestQueued, f.Backup)
	}
	if len(f.Cases) != 2 || f.Cases[0] != (store.StationCases{Station: "a", Open: 2, Overdue: 1}) || f.Cases[1] != (store.StationCases{Station: "b", Open: 1}) {
		t.Errorf("cases %+v", f.Cases)
	}
	j, err := s.RunJobs(ctx, store.Work{Job: func(context.Context, handlers.Tx, ticket.Job) error { return nil }})
	if err != nil {
		t.Fatal(err)
	}
	defer j.Stop(ctx)
	for deadline := time.Now().Add(30 * time.Second); !read().Leader; time.Sleep(50 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("nobody leads, although jobs are run")
		}
	}
	most := 0
	for pool, stats := range s.Pools() {
		if stats.OpenConnections == 0 {
			t.Errorf("pool %s has no connection", pool)
		}
		most += stats.MaxOpenConnections
	}
	if most == 0 || most > 24 { // one pool under several names would be counted as often
		t.Errorf("the pools may open %d connections", most)
	}
}

// streams checks that the database knows where messages may wait outside it.
func streams(t *testing.T, s *store.Store) {
	for _, used := range []bool{false, true, true, false} {
		if err := s.SetStreamed(ctx, used); err != nil {
			t.Fatal(err)
		}
		equal(t, "streamed", must[bool](t)(s.Streamed(ctx)), used)
	}
}
