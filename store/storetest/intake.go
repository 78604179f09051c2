package storetest

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"liaison/handlers"
	"liaison/relay"
	"liaison/store"
)

// Intake checks what relay.Intake promises. open returns an empty inbox and the
// store that its messages are handled in.
func Intake(t *testing.T, open func(t *testing.T) (relay.Intake, *store.Store)) {
	for _, c := range []struct {
		name  string
		check func(t *testing.T, in relay.Intake, s *store.Store)
	}{
		{"Inbox", inbox},
		{"InboxFailures", inboxFailures},
		{"InboxClock", inboxClock},
		{"HandleOnce", handleOnce},
		{"Album", album},
		{"Parked", parked},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			in, s := open(t)
			c.check(t, in, s)
		})
	}
}

func take(t *testing.T, in relay.Intake, key string, from handlers.Address) bool {
	t.Helper()
	return must[bool](t)(in.Receive(ctx, handlers.Message{Key: key, From: from, Text: "问 " + key, SentAt: noon.UTC()}, noon))
}

func first(t *testing.T, in relay.Intake, lane string, at time.Time) (relay.Inbound, bool) {
	t.Helper()
	m, ok, err := in.NextInbound(ctx, lane, at)
	if err != nil {
		t.Fatal(err)
	}
	return m, ok
}

func lanes(t *testing.T, in relay.Intake) string {
	t.Helper()
	list := must[[]string](t)(in.PendingLanes(ctx, noon))
	slices.Sort(list)
	return strings.Join(list, " ")
}

func inbox(t *testing.T, in relay.Intake, s *store.Store) {
	a, b := chat("1"), chat("2")
	for i, from := range []handlers.Address{a, b, a} {
		if !take(t, in, fmt.Sprint(i), from) {
			t.Fatalf("message %d is not new", i)
		}
	}
	if take(t, in, "0", a) {
		t.Fatal("a key that the chat has used is new")
	}
	web := handlers.Address{Channel: handlers.Web, Chat: "1"}
	if !take(t, in, "0", web) {
		t.Fatal("another channel may use the key")
	}
	equal(t, "lanes", lanes(t, in), strings.Join([]string{a.Lane(), b.Lane(), web.Lane()}, " "))
	var ids []int64
	for _, key := range []string{"0", "2"} {
		m, ok := first(t, in, a.Lane(), noon)
		if !ok {
			t.Fatal("no message")
		}
		want := handlers.Message{Key: key, From: a, Text: "问 " + key, SentAt: noon.UTC()}
		if d := cmp.Diff(want, m.Message); d != "" {
			t.Error(d)
		}
		if err := in.Handle(ctx, m, nothing); err != nil {
			t.Fatal(err)
		}
		ids = append(ids, m.ID)
	}
	if ids[0] >= ids[1] {
		t.Errorf("ids %v do not ascend", ids)
	}
	if _, ok := first(t, in, a.Lane(), noon); ok {
		t.Error("a handled message comes again")
	}
	equal(t, "lanes left", lanes(t, in), b.Lane()+" "+web.Lane())
	if take(t, in, "0", a) {
		t.Error("a handled key is new")
	}
}

func inboxFailures(t *testing.T, in relay.Intake, s *store.Store) {
	a := chat("1")
	take(t, in, "0", a)
	take(t, in, "1", a)
	m, _ := first(t, in, a.Lane(), noon)
	later := noon.Add(relay.LongestHandleWait)
	if err := in.PostponeInbound(ctx, m, later, true, "down"); err != nil {
		t.Fatal(err)
	}
	if _, ok := first(t, in, a.Lane(), later.Add(-time.Millisecond)); ok {
		t.Error("a message overtakes one that waits")
	}
	equal(t, "lanes while the first waits", len(must[[]string](t)(in.PendingLanes(ctx, later.Add(-time.Millisecond)))), 0)
	equal(t, "lanes afterwards", len(must[[]string](t)(in.PendingLanes(ctx, later))), 1)
	again, ok := first(t, in, a.Lane(), later)
	if !ok || again.ID != m.ID || again.Attempts != 1 {
		t.Fatalf("after the wait: %v %+v", ok, again)
	}
	// What the storage is to blame for only puts it off.
	if err := in.PostponeInbound(ctx, again, later.Add(time.Second), false, "the database is away"); err != nil {
		t.Fatal(err)
	}
	if _, ok := first(t, in, a.Lane(), later); ok {
		t.Error("a message that was put off comes before its time")
	}
	later = later.Add(time.Second)
	if again, ok = first(t, in, a.Lane(), later); !ok || again.Attempts != 1 {
		t.Fatalf("after an outage: %v %+v", ok, again)
	}
	bad := errors.New("bad")
	if err := in.ParkInbound(ctx, again, "cause", func(handlers.Tx) error { return bad }); !errors.Is(err, bad) {
		t.Fatalf("ParkInbound returned %v", err)
	}
	if m, ok := first(t, in, a.Lane(), later); !ok || m.ID != again.ID {
		t.Fatal("a message whose parking failed is parked")
	}
	park := func(tx handlers.Tx) error { return tx.Send(ctx, a, say("sorry")) }
	for range 2 { // the second time is too late
		if err := in.ParkInbound(ctx, again, "cause", park); err != nil {
			t.Fatal(err)
		}
	}
	if m, ok := first(t, in, a.Lane(), later); !ok || m.Message.Key != "1" {
		t.Fatal("the parked message is still in its lane")
	}
	deliver(t, s, a, "1", true)
	if _, ok := nextOut(t, s, a.Lane(), later); ok {
		t.Error("fn of ParkInbound ran twice")
	}
}

// inboxClock postpones under a clock that is hours ahead and set right later.
func inboxClock(t *testing.T, in relay.Intake, _ *store.Store) {
	a := chat("1")
	take(t, in, "0", a)
	take(t, in, "1", a)
	fast := noon.Add(3 * time.Hour)
	m, _ := first(t, in, a.Lane(), fast)
	if err := in.PostponeInbound(ctx, m, fast.Add(time.Second), true, "down"); err != nil {
		t.Fatal(err)
	}
	equal(t, "lanes while the clock is ahead", len(must[[]string](t)(in.PendingLanes(ctx, fast))), 0)
	if _, ok := first(t, in, a.Lane(), fast); ok {
		t.Error("a message comes before its time")
	}
	equal(t, "lanes when the clock is right", lanes(t, in), a.Lane())
	again, ok := first(t, in, a.Lane(), noon)
	if !ok || again.ID != m.ID || again.Attempts != 1 {
		t.Fatalf("when the clock is right: %v %+v", ok, again)
	}
	// What is postponed under the right clock waits.
	if err := in.PostponeInbound(ctx, again, noon.Add(time.Second), true, "down"); err != nil {
		t.Fatal(err)
	}
	equal(t, "lanes after another failure", lanes(t, in), "")
}

func handleOnce(t *testing.T, in relay.Intake, s *store.Store) {
	a := chat("1")
	take(t, in, "0", a)
	m, _ := first(t, in, a.Lane(), noon)
	bad := errors.New("bad")
	if err := in.Handle(ctx, m, func(tx handlers.Tx) error { _ = tx.Send(ctx, a, say("x")); return bad }); !errors.Is(err, bad) {
		t.Fatalf("Handle returned %v", err)
	}
	if _, ok := first(t, in, a.Lane(), noon); !ok {
		t.Fatal("a message is handled although fn failed")
	}
	var ran atomic.Int32
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			if err := in.Handle(ctx, m, func(tx handlers.Tx) error { ran.Add(1); return tx.Send(ctx, a, say("x")) }); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	equal(t, "runs of fn", ran.Load(), 1)
	deliver(t, s, a, "1", true)
	if _, ok := nextOut(t, s, a.Lane(), noon); ok {
		t.Error("the effect happened more than once")
	}
}

func album(t *testing.T, in relay.Intake, _ *store.Store) {
	a := chat("1")
	for i, album := range []string{"x", "x", "y"} {
		m := handlers.Message{Key: fmt.Sprint(i), ID: fmt.Sprint("id ", i), From: a, Album: album, SentAt: noon.UTC(), Files: []handlers.Upload{{Source: fmt.Sprint("file ", i)}}}
		if i == 1 {
			m.Text = "the words"
		}
		if !must[bool](t)(in.Receive(ctx, m, noon)) {
			t.Fatal("not new")
		}
	}
	m, ok := first(t, in, a.Lane(), noon)
	if !ok || len(m.Message.Files) != 2 || m.Message.Text != "the words" || m.Message.ID != "id 1" || len(m.Also) != 1 {
		t.Fatalf("an album of two is %+v", m)
	}
	if err := in.Handle(ctx, m, nothing); err != nil {
		t.Fatal(err)
	}
	if m, ok := first(t, in, a.Lane(), noon); !ok || m.Message.Key != "2" || len(m.Message.Files) != 1 {
		t.Errorf("after the album comes %+v", m)
	}
	b := chat("2")
	for _, words := range []string{"the leak", "", "the valve"} {
		m := handlers.Message{Key: "b" + words, ID: "id " + words, From: b, Album: "z", Text: words, SentAt: noon.UTC(), Files: []handlers.Upload{{Source: words}}}
		if !must[bool](t)(in.Receive(ctx, m, noon)) {
			t.Fatal("not new")
		}
	}
	if m, ok := first(t, in, b.Lane(), noon); !ok || len(m.Message.Files) != 3 || m.Message.Text != "the leak\nthe valve" || m.Message.ID != "id the leak" ||
		!slices.Equal(m.Message.Captions, []handlers.Caption{{ID: "id the leak", Text: "the leak"}, {ID: "id the valve", Text: "the valve"}}) {
		t.Errorf("an album of which two pictures have words is %+v", m)
	}
}
