package relay_test

import (
	"context"
	"errors"
	"slices"
	"sync/atomic"
	"testing"

	"liaison/handlers"
	"liaison/relay"
	"liaison/store"
)

// flapping is a store that fails whenever something is handled, so many times.
type flapping struct {
	relay.Store
	left atomic.Int64
	err  error // what it fails with
	down bool  // and it knows so
}

func (f *flapping) Handle(ctx context.Context, in relay.Inbound, fn func(handlers.Tx) error) error {
	if f.left.Add(-1) >= 0 {
		return f.err
	}
	return f.Store.Handle(ctx, in, fn)
}

func (f *flapping) Ready(ctx context.Context) error {
	if f.down && f.left.Load() > 0 {
		return errors.New("away")
	}
	return f.Store.Ready(ctx)
}

// What the storage is to blame for is no attempt of the message.
func TestOutageIsNoAttempt(t *testing.T) {
	t.Parallel()
	for name, f := range map[string]*flapping{
		"it says so":        {err: &relay.Outage{Err: errors.New("refused")}},
		"it is down now":    {err: context.DeadlineExceeded, down: true},
		"nobody knows what": {err: errors.New("some error")},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f.left.Store(8) // more than a message has
			r := newRigOver(t, func(st *store.Store) relay.Store {
				f.Store = st
				return f
			})
			r.say("1", "a")
			r.run()
			if name == "nobody knows what" {
				r.wait("the apology", func() bool { return slices.Equal(r.sorry, []string{"a"}) })
				return
			}
			r.wait("the reply", func() bool { return len(r.delivered) == 1 })
			if len(r.sorry) > 0 {
				t.Errorf("given up: %q", r.sorry)
			}
		})
	}
}

// reader is a channel that learns to read.
type reader struct {
	relay.Channel
	able atomic.Bool
}

func (c *reader) Read(unread string) (handlers.Message, bool, error) {
	if !c.able.Load() {
		return handlers.Message{}, false, errors.New("what is this")
	}
	return handlers.Message{From: handlers.Address{Channel: handlers.Telegram, Chat: "2"}, User: "2", Text: unread}, true, nil
}

// What cannot be read is parked at once, and handled when it is tried again by a
// program that can read it.
func TestUnread(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	ch := &reader{Channel: r}
	r.relay.Add(ch) // in the place of the one before
	r.run()
	m := handlers.Message{Key: "1", From: handlers.Address{Channel: handlers.Telegram}, Unread: "raw"}
	if _, err := r.relay.Receive(t.Context(), m, r.clock()); err != nil {
		t.Fatal(err)
	}
	parked := func() (list []handlers.ParkedMessage) {
		err := r.store.View(t.Context(), func(tx handlers.Tx) (err error) {
			list, err = tx.ParkedMessages(t.Context(), 9)
			return err
		})
		if err != nil {
			t.Error(err)
		}
		return list
	}
	again := func() {
		err := r.store.Update(t.Context(), func(tx handlers.Tx) error { return tx.RetryParked(t.Context(), parked()[0].Number) })
		if err != nil {
			t.Fatal(err)
		}
		r.relay.Wake()
	}
	var first int64
	for range 2 {
		r.wait("it to be parked", func() bool { l := parked(); return len(l) == 1 && l[0].Number != first })
		p := parked()[0]
		if p.Attempts != 1 || p.Cause != handlers.CauseUnread {
			t.Errorf("parked is %+v", p)
		}
		if first == 0 {
			first = p.Number
			again()
		}
	}
	ch.able.Store(true)
	again()
	r.wait("the reply", func() bool { return slices.Contains(r.texts(), "re: raw") })
	if n := len(parked()); n != 0 {
		t.Errorf("%d are still parked", n)
	}
}
