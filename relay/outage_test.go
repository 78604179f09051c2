package relay_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"liaison/handlers"
	"liaison/pace"
	"liaison/relay"
	"liaison/store"
	"liaison/ticket"
)

// flapping is a store that fails whenever something is handled, so many times.
type flapping struct {
	relay.Store
	left atomic.Int64
	err  error // what it fails with
	down bool  // and it knows so
	late bool  // and it says so when it is asked again
	said atomic.Int64
}

func (f *flapping) Handle(ctx context.Context, in relay.Inbound, fn func(handlers.Tx) error) error {
	if f.left.Add(-1) >= 0 {
		return f.err
	}
	return f.Store.Handle(ctx, in, fn)
}

func (f *flapping) Ready(ctx context.Context) error {
	if f.down && f.left.Load() >= 0 && (!f.late || f.said.Add(1)%2 == 0) {
		return errors.New("away")
	}
	return f.Store.Ready(ctx)
}

// What the storage is to blame for is no attempt of the message.
func TestOutageIsNoAttempt(t *testing.T) {
	t.Parallel()
	for name, f := range map[string]*flapping{
		"it says so":        {err: &relay.Outage{Err: errors.New("refused")}, down: true},
		"it says so first":  {err: &relay.Outage{Err: errors.New("refused")}, down: true, late: true},
		"it is down now":    {err: context.DeadlineExceeded, down: true},
		"nobody knows what": {err: errors.New("some error")},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f.left.Store(2) // more than are left to the message
			r := newRigOver(t, func(st *store.Store) relay.Store {
				f.Store = st
				return f
			})
			r.say("1", "a")
			r.failed("1", 5)
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

// full are files for which there is no room.
type full struct{ relay.Blobs }

func (full) Put(context.Context, io.Reader, string, int64) (ticket.File, error) {
	return ticket.File{}, &relay.Outage{Err: syscall.ENOSPC}
}

// A message for which alone there is no room does not hold its chat up for ever, and is
// kept with its file.
func TestNoRoomForOneMessage(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	r.relay.Blobs = full{}
	r.fetch = func(handlers.Upload) (io.ReadCloser, error) {
		return io.NopCloser(strings.NewReader("%PDF-1.7")), nil
	}
	from := handlers.Address{Channel: handlers.Telegram, Chat: "1"}
	big := handlers.Message{Key: "big", From: from, Text: "big", Files: []handlers.Upload{{Source: "big"}}}
	if _, err := r.relay.Receive(t.Context(), big, r.clock()); err != nil {
		t.Fatal(err)
	}
	r.say("1", "after")
	r.failed("1", 4)
	r.run()
	r.wait("what follows", func() bool { return len(r.handled) > 0 })
	if !slices.Equal(r.handled, []string{"after"}) || !slices.Equal(r.sorry, []string{"big"}) {
		t.Errorf("handled %q, apologized for %q", r.handled, r.sorry)
	}
	if p := r.parked(); len(p) != 1 || p[0].Attempts != 6 {
		t.Errorf("parked is %+v", p)
	}
}

// What the storage kept us from handling costs the sender, and the channel, each file once.
func TestOutageCostsAFileOnce(t *testing.T) {
	t.Parallel()
	f := &flapping{err: &relay.Outage{Err: errors.New("refused")}, down: true}
	f.left.Store(8)
	r := newRigOver(t, func(st *store.Store) relay.Store {
		f.Store = st
		return f
	})
	r.relay.Pace, r.relay.FileBytes = &pace.Memory{}, 40<<20
	var fetched atomic.Int64
	r.fetch = func(handlers.Upload) (io.ReadCloser, error) {
		fetched.Add(1)
		return io.NopCloser(strings.NewReader("%PDF-1.7")), nil
	}
	m := handlers.Message{Key: "k", From: handlers.Address{Channel: handlers.Telegram, Chat: "1"}, User: "1", Text: "files"}
	for _, source := range []string{"a", "b", "too much"} {
		m.Files = append(m.Files, handlers.Upload{Source: source, Name: source, Size: 15 << 20})
	}
	if _, err := r.relay.Receive(t.Context(), m, r.clock()); err != nil {
		t.Fatal(err)
	}
	r.run()
	r.wait("the message", func() bool { return len(r.seen) == 1 })
	for i, want := range []string{"", "", handlers.TooMuch} {
		if f := r.seen[0].Files[i]; f.Problem != want || (f.Hash == "") != (want != "") {
			t.Errorf("file %d became %+v", i, f)
		}
	}
	if n := fetched.Load(); n != 2 {
		t.Errorf("fetched %d times", n)
	}
	r.wait("it to be forgotten", func() bool { return r.relay.Brought() == 0 })
}

// reader is a channel that learns to read, when it is connected.
type reader struct {
	relay.Channel
	able atomic.Bool
	away atomic.Int64 // so many times it is not
}

func (c *reader) Read(unread string) (handlers.Message, bool, error) {
	if c.away.Add(-1) >= 0 {
		return handlers.Message{}, false, errors.New("not connected yet")
	}
	if !c.able.Load() {
		return handlers.Message{}, false, relay.Permanent(errors.New("what is this"))
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
	again := func() {
		err := r.store.Update(t.Context(), func(tx handlers.Tx) error { return tx.RetryParked(t.Context(), r.parked()[0].Number) })
		if err != nil {
			t.Fatal(err)
		}
		r.relay.Wake()
	}
	var first int64
	for range 2 {
		r.wait("it to be parked", func() bool { l := r.parked(); return len(l) == 1 && l[0].Number != first })
		p := r.parked()[0]
		if p.Attempts != 1 || p.Cause != handlers.CauseUnread {
			t.Errorf("parked is %+v", p)
		}
		if first == 0 {
			first = p.Number
			again()
		}
	}
	ch.able.Store(true)
	ch.away.Store(2)
	again()
	r.wait("the reply", func() bool { return slices.Contains(r.texts(), "re: raw") })
	if n := len(r.parked()); n != 0 {
		t.Errorf("%d are still parked", n)
	}
}

// noteless is a store that cannot note what was delivered.
type noteless struct {
	relay.Store
	away    atomic.Bool
	refused atomic.Int64
}

func (s *noteless) Delivered(ctx context.Context, out relay.Outbound, ids []string, done bool, at time.Time) error {
	if s.away.Load() {
		s.refused.Add(1)
		return &relay.Outage{Err: syscall.ENOSPC}
	}
	return s.Store.Delivered(ctx, out, ids, done, at)
}

// What is answered before it could be noted that it was sent is known all the same.
func TestAnswerToWhatIsNotNotedYet(t *testing.T) {
	t.Parallel()
	s := new(noteless)
	s.away.Store(true)
	r := newRigOver(t, func(st *store.Store) relay.Store {
		s.Store = st
		return s
	})
	r.say("1", "a")
	r.run()
	r.wait("the reply", func() bool { return len(r.delivered) == 1 && s.refused.Load() > 0 })
	id := fmt.Sprintf("m%d-0", r.delivered[0].ID)
	for i, answer := range []struct{ chat, to, ref string }{
		{"1", id, "ref-a"},
		{"1", "another", ""},
		{"2", id, ""}, // a message of this number in another chat
	} {
		m := handlers.Message{Key: fmt.Sprint(i), From: handlers.Address{Channel: handlers.Telegram, Chat: answer.chat}, Text: fmt.Sprint(i), ReplyTo: answer.to}
		if _, err := r.relay.Receive(t.Context(), m, r.clock()); err != nil {
			t.Fatal(err)
		}
		r.wait("the answer to be handled", func() bool { return len(r.seen) == i+2 })
		if got := r.seen[i+1].Ref; got != answer.ref {
			t.Errorf("in chat %s the answer to %s is to %q, want %q", answer.chat, answer.to, got, answer.ref)
		}
	}
	s.away.Store(false)
	r.wait("the other replies", func() bool { return len(r.delivered) == 4 })
	if ref, err := r.store.RefOf(t.Context(), handlers.Address{Channel: handlers.Telegram, Chat: "1"}, id); ref != "ref-a" || err != nil {
		t.Errorf("noted as %q, error %v", ref, err)
	}
	if n := r.relay.Unnoted(); n > 0 {
		t.Errorf("%d are still to be noted", n)
	}
}
