package storetest

import (
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"liaison/handlers"
	"liaison/relay"
	"liaison/store"
)

func chat(id string) handlers.Address {
	return handlers.Address{Channel: handlers.Telegram, Chat: id}
}

func say(text string) handlers.Reply {
	return handlers.Reply{Text: []handlers.Span{{Text: text, Style: handlers.Bold}}, Ref: "ref " + text}
}

func receive(t *testing.T, s *store.Store, key string, from handlers.Address) bool {
	t.Helper()
	return must[bool](t)(s.Receive(ctx, handlers.Message{Key: key, From: from, Text: "问 " + key, SentAt: noon.UTC()}, noon))
}

func send(t *testing.T, s *store.Store, to handlers.Address, replies ...handlers.Reply) {
	t.Helper()
	update(t, s, func(tx handlers.Tx) error {
		for _, r := range replies {
			if err := tx.Send(ctx, to, r); err != nil {
				return err
			}
		}
		return nil
	})
}

func nextIn(t *testing.T, s *store.Store, lane string, at time.Time) (relay.Inbound, bool) {
	t.Helper()
	in, ok, err := s.NextInbound(ctx, lane, at)
	if err != nil {
		t.Fatal(err)
	}
	return in, ok
}

func nextOut(t *testing.T, s *store.Store, lane string, at time.Time) (relay.Outbound, bool) {
	t.Helper()
	out, ok, err := s.NextOutbound(ctx, lane, at)
	if err != nil {
		t.Fatal(err)
	}
	return out, ok
}

// deliver notes the next reply as delivered in the messages with the ids, which
// spaces divide.
func deliver(t *testing.T, s *store.Store, to handlers.Address, ids string, done bool) relay.Outbound {
	t.Helper()
	out, ok := nextOut(t, s, to.Lane(), noon)
	if !ok {
		t.Fatalf("nothing to deliver in %s", to.Lane())
	}
	if err := s.Delivered(ctx, out, strings.Fields(ids), done, noon); err != nil {
		t.Fatal(err)
	}
	return out
}

func nothing(handlers.Tx) error { return nil }

func outbox(t *testing.T, s *store.Store) {
	a, b := chat("1"), handlers.Address{Channel: handlers.Telegram, Chat: "1", Thread: 5}
	other := chat("2")
	send(t, s, a, say("1"), say("2"))
	send(t, s, b, say("3"))
	send(t, s, other, say("4"))
	if d := cmp.Diff([]relay.Lane{{Name: a.Lane()}, {Name: other.Lane()}}, must[[]relay.Lane](t)(s.OutboundLanes(ctx, noon))); d != "" {
		t.Errorf("lanes: %s", d)
	}

	first := deliver(t, s, a, "m1", false)
	if d := cmp.Diff(say("1"), first.Reply); d != "" || first.Part != 0 || first.To != a {
		t.Errorf("first: %+v %s", first, d)
	}
	// A part that is recorded twice counts once.
	if err := s.Delivered(ctx, first, []string{"m1"}, false, noon); err != nil {
		t.Fatal(err)
	}
	second := deliver(t, s, a, "m2", true)
	if second.ID != first.ID || second.Part != 1 {
		t.Errorf("second part: %+v", second)
	}
	equal(t, "second reply", deliver(t, s, a, "m3", true).Reply.String(), "2")
	equal(t, "thread of the third", deliver(t, s, a, "m4", true).To, b)
	if _, ok := nextOut(t, s, a.Lane(), noon); ok {
		t.Error("a delivered reply comes again")
	}

	album := say("5")
	album.Ref = "ticket:example"
	deliver(t, s, other, "", true) // a reply may leave no message
	send(t, s, other, album)
	deliver(t, s, other, "m5 m6 m7", true)
	for _, id := range []string{"m5", "m6", "m7"} {
		equal(t, "what "+id+" is about", must[string](t)(s.RefOf(ctx, other, id)), album.Ref)
	}
}

func outboxFailures(t *testing.T, s *store.Store) {
	a := chat("1")
	send(t, s, a, say("1"), say("2"))
	out, _ := nextOut(t, s, a.Lane(), noon)
	at := noon
	for i, counted := range []bool{true, false, true} {
		at = at.Add(time.Minute)
		if err := s.PostponeOutbound(ctx, out.ID, at, counted, "cause"); err != nil {
			t.Fatal(err)
		}
		if _, ok := nextOut(t, s, a.Lane(), at.Add(-time.Millisecond)); ok {
			t.Error("a reply overtakes one that waits")
		}
		equal(t, "lanes while the first waits", len(must[[]relay.Lane](t)(s.OutboundLanes(ctx, at.Add(-time.Millisecond)))), 0)
		got, ok := nextOut(t, s, a.Lane(), at)
		if want := []int{1, 1, 2}[i]; !ok || got.ID != out.ID || got.Attempts != want {
			t.Errorf("after failure %d: %v %+v", i, ok, got)
		}
	}
	if err := s.Delivered(ctx, out, []string{"m"}, false, at); err != nil {
		t.Fatal(err)
	}
	if got, ok := nextOut(t, s, a.Lane(), noon); !ok || got.Attempts != 0 || got.Part != 1 {
		t.Errorf("the next part: %v %+v", ok, got)
	}
	ran := 0
	count := func(handlers.Tx) error { ran++; return nil }
	if err := s.FailOutbound(ctx, out.ID, "cause", at, count); err != nil {
		t.Fatal(err)
	}
	if got, ok := nextOut(t, s, a.Lane(), noon); !ok || got.Reply.String() != "2" {
		t.Errorf("after FailOutbound: %v %+v", ok, got)
	}
	if err := s.FailOutbound(ctx, out.ID, "cause", at, count); err != nil || ran != 1 {
		t.Errorf("given up twice: %v, what makes up for it ran %d times", err, ran)
	}
}

// outboxAtOnce: of replies that are written to one lane at once none is delivered after
// one with a higher number, and those of one writer keep their order.
func outboxAtOnce(t *testing.T, s *store.Store) {
	const writers, each = 6, 20
	a := chat("1")
	var wg sync.WaitGroup
	for w := range writers {
		wg.Go(func() {
			for n := range each {
				err := s.Update(ctx, func(tx handlers.Tx) error {
					// What goes to other lanes too makes writers wait for each other.
					for _, to := range []handlers.Address{chat(fmt.Sprint(w%3 + 2)), a, chat(fmt.Sprint((w+1)%3 + 2))} {
						if err := tx.Send(ctx, to, say(fmt.Sprint(w, " ", n))); err != nil {
							return err
						}
					}
					return nil
				})
				if err != nil {
					t.Error(err)
				}
			}
		})
	}
	written := make(chan struct{})
	go func() { wg.Wait(); close(written) }()
	var last int64
	had := make(map[string]int)
	for ended := false; ; {
		out, ok := nextOut(t, s, a.Lane(), noon)
		if !ok {
			if ended {
				break
			}
			select {
			case <-written:
				ended = true
			case <-time.After(time.Millisecond):
			}
			continue
		}
		if out.ID <= last {
			t.Fatalf("%d comes after %d", out.ID, last)
		}
		last = out.ID
		w, n, _ := strings.Cut(out.Reply.String(), " ")
		equal(t, "what comes from writer "+w, n, fmt.Sprint(had[w]))
		had[w]++
		if err := s.Delivered(ctx, out, nil, true, noon); err != nil {
			t.Fatal(err)
		}
	}
	for w, n := range had {
		equal(t, "replies of writer "+w, n, each)
	}
	equal(t, "writers", len(had), writers)
}

// outboxClock postpones under a clock that is hours ahead and set right later.
func outboxClock(t *testing.T, s *store.Store) {
	a := chat("1")
	send(t, s, a, say("1"), say("2"))
	fast := noon.Add(3 * time.Hour)
	out, _ := nextOut(t, s, a.Lane(), fast)
	count := func(at time.Time) int { return len(must[[]relay.Lane](t)(s.OutboundLanes(ctx, at))) }
	for _, counted := range []bool{true, false} {
		if err := s.PostponeOutbound(ctx, out.ID, fast.Add(time.Second), counted, "down"); err != nil {
			t.Fatal(err)
		}
		equal(t, "lanes while the clock is ahead", count(fast), 0)
		if _, ok := nextOut(t, s, a.Lane(), fast); ok {
			t.Error("a reply comes before its time")
		}
		equal(t, "lanes when the clock is right", count(noon), 1)
		if got, ok := nextOut(t, s, a.Lane(), noon); !ok || got.ID != out.ID || got.Attempts != 1 {
			t.Fatalf("when the clock is right: %v %+v", ok, got)
		}
	}
	// What is postponed under the right clock waits.
	if err := s.PostponeOutbound(ctx, out.ID, noon.Add(relay.LongestDeliverWait), true, "down"); err != nil {
		t.Fatal(err)
	}
	equal(t, "lanes after another failure", count(noon), 0)
}

func sent(t *testing.T, s *store.Store) {
	a, topic := chat("1"), handlers.Address{Channel: handlers.Telegram, Chat: "1", Thread: 5}
	card := handlers.Reply{Text: []handlers.Span{{Text: "card"}}, Ref: "t:1"}
	last := func(a handlers.Address, ref string) string { return must[string](t)(s.LastMessage(ctx, a, ref)) }
	ref := func(a handlers.Address, id string) string { return must[string](t)(s.RefOf(ctx, a, id)) }
	equal(t, "last message before any", last(a, "t:1"), "")
	send(t, s, a, card, card, handlers.Reply{Text: card.Text}, handlers.Reply{Press: "p", Toast: "好"})
	deliver(t, s, a, "9", true)
	deliver(t, s, a, "10", false)
	equal(t, "last message, first part", last(a, "t:1"), "10")
	deliver(t, s, a, "11", true)
	equal(t, "last message, second part", last(a, "t:1"), "11")
	deliver(t, s, a, "12", true)
	deliver(t, s, a, "", true)
	equal(t, "ref of the first", ref(a, "9"), "t:1")
	equal(t, "ref of a reply without", ref(a, "12"), "")
	equal(t, "ref of the unknown", ref(a, "99"), handlers.RefUnknown)
	equal(t, "ref in another chat", ref(chat("2"), "9"), handlers.RefUnknown)
	equal(t, "last message without a ref", last(a, ""), "")
	equal(t, "last message in another topic", last(topic, "t:1"), "")
	send(t, s, topic, card)
	deliver(t, s, topic, "13", true)
	equal(t, "last message in the topic", last(topic, "t:1"), "13")
	equal(t, "last message outside", last(a, "t:1"), "11")
	// The first message is replaced: it is the latest then.
	send(t, s, a, card)
	deliver(t, s, a, "9", true)
	equal(t, "last message after a replacement", last(a, "t:1"), "9")
}

func moveChat(t *testing.T, s *store.Store) {
	old, group, third := chat("-1"), chat("-1001"), chat("-1002")
	oldTopic := handlers.Address{Channel: handlers.Telegram, Chat: "-1", Thread: 3}
	send(t, s, old, handlers.Reply{Text: say("x").Text, Ref: "r"})
	deliver(t, s, old, "5", true)
	send(t, s, group, say("first here"))
	deliver(t, s, group, "6", true)
	send(t, s, old, say("waiting"))
	p := meet(t, s, "u", "-1", noon)
	update(t, s, func(tx handlers.Tx) error {
		if err := tx.Send(ctx, oldTopic, say("same transaction")); err != nil {
			return err
		}
		return tx.MoveChat(ctx, old, group)
	})
	if _, ok := nextOut(t, s, old.Lane(), noon); ok {
		t.Error("a queued reply stayed in the old chat")
	}
	equal(t, "moved reply", deliver(t, s, group, "7", true).To, group)
	equal(t, "moved topic", deliver(t, s, group, "8", true).To, handlers.Address{Channel: handlers.Telegram, Chat: "-1001", Thread: 3})
	equal(t, "ref of a number that begins anew", must[string](t)(s.RefOf(ctx, group, "5")), handlers.RefUnknown)
	equal(t, "ref of the message that was there", must[string](t)(s.RefOf(ctx, group, "6")), "ref first here")
	equal(t, "account's chat", accounts(t, s, p.ID)[0].Chat, "-1001")

	update(t, s, func(tx handlers.Tx) error { return tx.MoveChat(ctx, group, third) })
	moved := func(a, want handlers.Address) {
		t.Helper()
		view(t, s, func(tx handlers.Tx) error {
			equal(t, "where the chat is", must[handlers.Address](t)(tx.Moved(ctx, a)), want)
			return nil
		})
	}
	moved(old, third)
	moved(oldTopic, handlers.Address{Channel: handlers.Telegram, Chat: "-1002", Thread: 3})
	moved(chat("never"), chat("never"))
	update(t, s, func(tx handlers.Tx) error { return tx.MoveChat(ctx, third, old) }) // and back: no circle
	for _, a := range []handlers.Address{old, group, third} {
		moved(a, old)
	}
}
