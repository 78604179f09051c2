package storetest

import (
	"context"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"liaison/handlers"
	"liaison/store"
	"liaison/ticket"
	"liaison/web"
)

// watching watches the store until stop is called.
func watching(t *testing.T, s *store.Store) (<-chan handlers.Change, context.CancelFunc) {
	t.Helper()
	ctx, stop := context.WithCancel(ctx)
	t.Cleanup(stop)
	return s.Watch(ctx), stop
}

func conversation(t *testing.T, s *store.Store) {
	load := func(key string) (state []byte) {
		view(t, s, func(tx handlers.Tx) (err error) { state, err = tx.Conversation(ctx, key); return err })
		return state
	}
	save := func(key string, state []byte) {
		update(t, s, func(tx handlers.Tx) error { return tx.SaveConversation(ctx, key, state, noon) })
	}
	if load("k") != nil {
		t.Error("there is a state before any was saved")
	}
	for _, want := range []string{`{"step":"公司"}`, "\xff\x00 any bytes", ""} {
		save("k", []byte(want))
		equal(t, "state", string(load("k")), want)
	}
	save("k", nil)
	save("k", nil)
	if load("k") != nil {
		t.Error("nil does not remove the state")
	}
}

func putLine(t *testing.T, s *store.Store, chat, key string, edit int64, text string) int64 {
	t.Helper()
	return must[int64](t)(s.PutLine(ctx, chat, key, edit, web.Bot, say(text), noon))
}

func lines(t *testing.T, s *store.Store) {
	load := func(chat string, after int64, limit int) (texts string, last int64) {
		t.Helper()
		var all []string
		id := int64(0)
		for _, l := range must[[]web.Line](t)(s.Lines(ctx, chat, after, limit)) {
			if l.ID <= id {
				t.Error("lines are out of order")
			}
			id, last = l.ID, max(last, l.Rev)
			all = append(all, l.Body.String())
		}
		return strings.Join(all, " "), last
	}
	a := putLine(t, s, "1", "a", 0, "A")
	other := putLine(t, s, "2", "a", 0, "其他")
	if putLine(t, s, "1", "a", 0, "ignored") != a || a == other {
		t.Error("a key is not remembered for its chat")
	}
	putLine(t, s, "1", "b", 0, "B")
	putLine(t, s, "1", "c", 0, "C")
	got, rev := load("1", 0, 10)
	equal(t, "lines", got, "A B C")
	got, _ = load("1", 0, 2)
	equal(t, "the newest", got, "B C")
	equal(t, "edited line", putLine(t, s, "1", "d", a, "A2"), a)
	equal(t, "edited again by the same key", putLine(t, s, "1", "d", a, "A3"), a)
	got, newer := load("1", rev, 10)
	equal(t, "lines after an edit", got, "A2")
	if newer <= rev {
		t.Error("an edit does not raise Rev")
	}
	got, _ = load("1", 0, 10)
	equal(t, "all lines after an edit", got, "A2 B C")
	// What cannot be replaced is said anew, in its own chat.
	if id := putLine(t, s, "1", "e", other, "E"); id == other || id == a {
		t.Error("a line of another chat was replaced")
	}
	got, _ = load("2", 0, 10)
	equal(t, "the other chat", got, "其他")

	want := web.Line{Side: web.Visitor, Body: handlers.Reply{Text: say("x").Text, Files: []ticket.File{{Hash: "h"}}}, At: noon.UTC()}
	want.ID = must[int64](t)(s.PutLine(ctx, "3", "k", 0, want.Side, want.Body, noon))
	full := must[[]web.Line](t)(s.Lines(ctx, "3", 0, 0))
	want.Rev = full[0].Rev
	if d := cmp.Diff([]web.Line{want}, full); d != "" {
		t.Error(d)
	}

	var wg sync.WaitGroup
	ids := make([]int64, 6)
	for i := range ids {
		wg.Go(func() {
			id, err := s.PutLine(ctx, "4", "same", 0, web.Bot, say("x"), noon)
			if err != nil {
				t.Error(err)
			}
			ids[i] = id
		})
	}
	wg.Wait()
	for _, id := range ids {
		equal(t, "line of one key at once", id, ids[0])
	}
}

func cleanup(t *testing.T, s *store.Store) {
	a := chat("1")
	receive(t, s, "done", a)
	in, _ := nextIn(t, s, a.Lane(), noon)
	if err := s.Handle(ctx, in, nothing); err != nil {
		t.Fatal(err)
	}
	receive(t, s, "waiting", a)
	send(t, s, a, say("x"), say("waiting"))
	deliver(t, s, a, "1", true)
	putLine(t, s, "1", "k", 0, "x")
	insert(t, s, sample("A"))
	update(t, s, func(tx handlers.Tx) error {
		if err := tx.AddCode(ctx, handlers.Code{Hash: "h", Expires: noon.AddDate(0, 0, 8)}); err != nil {
			return err
		}
		if _, err := tx.SaveUnheard(ctx, handlers.Unheard{Ticket: "A", Why: handlers.WhyBlocked, Since: noon}); err != nil {
			return err
		}
		return tx.SaveConversation(ctx, "k", []byte("x"), noon)
	})
	clean := func(days int) {
		t.Helper()
		if err := s.Cleanup(ctx, noon.AddDate(0, 0, days).Add(time.Second)); err != nil {
			t.Fatal(err)
		}
	}
	clean(7)
	update(t, s, func(tx handlers.Tx) error { _, err := tx.TakeCode(ctx, "h", noon); return err })
	clean(89)
	if receive(t, s, "done", a) {
		t.Error("a handled key is forgotten after 89 days")
	}
	equal(t, "ref when the reply is gone", must[string](t)(s.RefOf(ctx, a, "1")), say("x").Ref)
	equal(t, "lines", len(must[[]web.Line](t)(s.Lines(ctx, "1", 0, 0))), 1)
	clean(90)
	if !receive(t, s, "done", a) {
		t.Error("a handled key is kept longer than 90 days")
	}
	equal(t, "lines after 90 days", len(must[[]web.Line](t)(s.Lines(ctx, "1", 0, 0))), 0)
	view(t, s, func(tx handlers.Tx) error {
		equal(t, "conversation after 90 days", len(must[[]byte](t)(tx.Conversation(ctx, "k"))), 0)
		equal(t, "missed news after 90 days", len(must[[]handlers.Unheard](t)(tx.Unheard(ctx, ""))), 1)
		return nil
	})
	clean(4000)
	if _, ok := nextIn(t, s, a.Lane(), noon); !ok {
		t.Error("a message that waits was removed")
	}
	if _, ok := nextOut(t, s, a.Lane(), noon); !ok {
		t.Error("a reply that waits was removed")
	}
	equal(t, "cases", len(find(t, s, ticket.Filter{})), 1)
}

// hostileText is what PostgreSQL refuses and what SQL could misread.
func hostileText(t *testing.T, s *store.Store) {
	c := sample("A")
	c.Text, c.Company = "a\x00b\xffc '; DROP TABLE ticket; --", "\x00"
	c.Route = []ticket.Reason{{Code: "x", Value: "\x00\xff"}}
	insert(t, s, c)
	view(t, s, func(tx handlers.Tx) error {
		got := must[ticket.Ticket](t)(tx.Ticket(ctx, "A"))
		equal(t, "text", got.Text, "ab\uFFFDc '; DROP TABLE ticket; --")
		equal(t, "company", got.Company, "")
		return nil
	})
	m := handlers.Message{Key: "\x00k\xff", From: chat("\x001"), Text: "\x00\xff\u202e"}
	if !must[bool](t)(s.Receive(ctx, m, noon)) || must[bool](t)(s.Receive(ctx, m, noon)) {
		t.Error("the key of a message is not recognised")
	}
	update(t, s, func(tx handlers.Tx) error {
		return tx.AddGap(ctx, handlers.Missed{Question: "\x00\xff", Reason: handlers.Refused, At: noon})
	})
	update(t, s, func(tx handlers.Tx) error { return tx.Send(ctx, chat("\xff"), say("\x00\xff")) })
}

func reopen(t *testing.T, open Opener) {
	s := open(t)
	insert(t, s, sample("A"))
	receive(t, s, "k", chat("1"))
	send(t, s, chat("1"), say("x"))
	id := putLine(t, s, "1", "k", 0, "x")
	putEntries(t, s, entry("a", 1, "甲"))
	update(t, s, func(tx handlers.Tx) error { return tx.Enqueue(ctx, ticket.Job{Kind: ticket.JobNotify, Ticket: "A"}) })
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	s = open(t)
	if err := s.Ping(ctx); err != nil {
		t.Fatal(err)
	}
	equal(t, "cases", len(find(t, s, ticket.Filter{})), 1)
	if receive(t, s, "k", chat("1")) {
		t.Error("the key of a message is forgotten")
	}
	equal(t, "reply", deliver(t, s, chat("1"), "1", true).Reply.String(), "x")
	equal(t, "line", putLine(t, s, "1", "k", 0, "y"), id)
	equal(t, "documents", entriesOf(t, s), "a 1 甲 in_force")
	equal(t, "job", (<-run(t, s, nil)).Ticket, "A")
}
