package storetest

import (
	"cmp"
	"fmt"
	"testing"
	"time"

	"liaison/handlers"
	"liaison/relay"
	"liaison/store"
	"liaison/ticket"
)

// park takes a message in, lets it fail so many times before, and gives it up.
func park(t *testing.T, in relay.Intake, m handlers.Message, failed int, cause string) {
	t.Helper()
	if !must[bool](t)(in.Receive(ctx, m, noon)) {
		t.Fatal("not new")
	}
	at := noon
	for range failed {
		got, _ := first(t, in, m.From.Lane(), at)
		at = at.Add(relay.LongestHandleWait)
		if err := in.PostponeInbound(ctx, got, at, true, cause); err != nil {
			t.Fatal(err)
		}
	}
	got, ok := first(t, in, m.From.Lane(), at)
	if !ok {
		t.Fatal("no message to park")
	}
	if err := in.ParkInbound(ctx, got, cause, nothing); err != nil {
		t.Fatal(err)
	}
}

func parkedOf(t *testing.T, s *store.Store) (list []handlers.ParkedMessage) {
	t.Helper()
	err := s.View(ctx, func(tx handlers.Tx) (err error) {
		if list, err = tx.ParkedMessages(ctx, 10); err != nil {
			return err
		}
		n, err := tx.CountParked(ctx)
		equal(t, "count", n, len(list))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return list
}

// parked checks what handlers.Parked promises, for messages that the inbox gave up.
func parked(t *testing.T, in relay.Intake, s *store.Store) {
	a, b := chat("1"), chat("2")
	equal(t, "parked at first", len(parkedOf(t, s)), 0)
	park(t, in, handlers.Message{Key: "k", From: a, Text: "甲", SentAt: noon.UTC(), Files: []handlers.Upload{{Source: "x", Problem: handlers.Unfetched}}}, 2, "panic: boom")
	park(t, in, handlers.Message{Key: "k2", From: b, Text: "乙", SentAt: noon.UTC()}, 0, "context deadline exceeded")
	list := parkedOf(t, s)
	if len(list) != 2 {
		t.Fatalf("%d messages are parked", len(list))
	}
	one, two := list[0], list[1]
	equal(t, "attempts", fmt.Sprint(one.Attempts, two.Attempts), "3 1")
	equal(t, "causes", fmt.Sprintf("%s %s", one.Cause, two.Cause), "crash slow")
	if one.Channel != a.Channel || one.At.IsZero() || one.Number >= two.Number {
		t.Errorf("the first is %+v", one)
	}

	// Tried again, it comes once more, as a message that was never seen.
	decide := func(fn func(tx handlers.Tx) error) error { return s.Update(ctx, fn) }
	again := func(tx handlers.Tx) error { return tx.RetryParked(ctx, one.Number) }
	if err := decide(again); err != nil {
		t.Fatal(err)
	}
	if err := decide(again); ticket.CodeOf(err) != ticket.NotFound {
		t.Errorf("a second time: %v", err)
	}
	if in != relay.Intake(s) { // an inbox elsewhere takes it up as it does what waits here
		n, err := s.HandOver(ctx, func(m handlers.Message) error {
			fresh, err := in.Receive(ctx, m, noon)
			if err == nil && !fresh {
				t.Error("the inbox takes it for one that it has seen")
			}
			return err
		})
		if err != nil || n != 1 {
			t.Fatalf("handed over: %d, %v", n, err)
		}
	}
	m, ok := first(t, in, a.Lane(), noon.Add(time.Hour))
	if !ok || m.Attempts != 0 || m.Message.Text != "甲" || cmp.Or(m.Message.Key, "k") == "k" || m.Message.Files[0].Problem != "" {
		t.Fatalf("tried again, it is %v %+v", ok, m)
	}
	ran := false
	if err := in.Handle(ctx, m, func(handlers.Tx) error { ran = true; return nil }); err != nil || !ran {
		t.Errorf("handled: %v, %v", ran, err)
	}
	if take(t, in, "k", a) {
		t.Error("the key that was given up is new")
	}

	if err := decide(func(tx handlers.Tx) error { return tx.SetAside(ctx, two.Number) }); err != nil {
		t.Fatal(err)
	}
	if err := decide(func(tx handlers.Tx) error { return tx.SetAside(ctx, two.Number) }); ticket.CodeOf(err) != ticket.NotFound {
		t.Errorf("set aside a second time: %v", err)
	}
	equal(t, "parked at last", len(parkedOf(t, s)), 0)
	if _, ok := first(t, in, b.Lane(), noon.Add(time.Hour)); ok {
		t.Error("what was set aside comes again")
	}

	for day, want := range []bool{true, false, true} {
		var fresh bool
		at := noon.AddDate(0, 0, day/2) // the same day twice, then the next
		err := decide(func(tx handlers.Tx) (err error) { fresh, err = tx.RemindParked(ctx, at); return err })
		if err != nil || fresh != want {
			t.Errorf("look %d: reminded %v, %v", day, fresh, err)
		}
	}
}
