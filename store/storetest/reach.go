package storetest

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"liaison/handlers"
	"liaison/relay"
	"liaison/store"
	"liaison/ticket"
)

func unreached(t *testing.T, s *store.Store) {
	group, private := chat("-1"), chat("1")
	inTopic := group
	inTopic.Thread = 7
	later := noon.Add(time.Hour)
	note := func(u handlers.Unreached) (fresh bool) {
		t.Helper()
		update(t, s, func(tx handlers.Tx) (err error) {
			fresh, err = tx.SaveUnreached(ctx, u.At, u.Why, u.Last)
			return err
		})
		return fresh
	}
	listed := func(want ...handlers.Unreached) {
		t.Helper()
		view(t, s, func(tx handlers.Tx) error {
			if d := cmp.Diff(want, must[[]handlers.Unreached](t)(tx.Unreached(ctx))); d != "" {
				t.Error(d)
			}
			return nil
		})
	}
	var person string
	touch := func(tx handlers.Tx) error {
		person = must[handlers.Person](t)(tx.Touch(ctx, handlers.Telegram, "u", "1", noon)).ID
		return nil
	}
	update(t, s, touch)
	unreached := func(at handlers.Address, why handlers.Why, since time.Time) handlers.Unreached {
		return handlers.Unreached{At: at, Why: why, Since: since.UTC(), Last: since.UTC()}
	}
	removed := unreached(group, handlers.WhyRemoved, noon)
	noTopics := unreached(group, handlers.WhyNoTopics, later)
	noTopic := unreached(inTopic, handlers.WhyNoTopic, later)
	blocked := unreached(private, handlers.WhyBlocked, later)
	for _, u := range []handlers.Unreached{removed, noTopics, noTopic, blocked} {
		if !note(u) {
			t.Errorf("%+v is not new", u)
		}
	}
	for _, at := range []time.Time{later, noon} { // the last moment stays, whatever comes late
		again := removed
		again.Last = at
		if note(again) {
			t.Error("the second time is new")
		}
	}
	removed.Last = later.UTC()
	blocked.Person = person
	listed(removed, noTopics, noTopic, blocked)

	update(t, s, touch) // the person speaks
	listed(removed, noTopics, noTopic)
	send(t, s, group, say("x"), say("y"))
	deliver(t, s, group, "", true) // nothing was put into the chat
	listed(removed, noTopics, noTopic)
	deliver(t, s, group, "5", true)
	listed(noTopics, noTopic)
	if err := s.SaveTopic(ctx, group, "k", relay.Topic{Name: "n"}); err != nil {
		t.Fatal(err)
	}
	listed(noTopics, noTopic) // that topic was none
	if err := s.SaveTopic(ctx, group, "k", relay.Topic{Thread: 9, Name: "n"}); err != nil {
		t.Fatal(err)
	}
	listed(noTopic)
	update(t, s, func(tx handlers.Tx) error { return tx.MoveChat(ctx, group, chat("-100")) })
	listed()
}

// A chat is lost for the reasons that are its own, in all of its threads.
func lostChats(t *testing.T, s *store.Store) {
	group := chat("-1")
	inTopic := group
	inTopic.Thread = 7
	at := func(a handlers.Address, want time.Time) {
		t.Helper()
		view(t, s, func(tx handlers.Tx) error {
			equal(t, "lost at", must[time.Time](t)(tx.LostAt(ctx, a)), want)
			return nil
		})
	}
	note := func(a handlers.Address, why handlers.Why, when time.Time) {
		t.Helper()
		update(t, s, func(tx handlers.Tx) error {
			_, err := tx.SaveUnreached(ctx, a, why, when)
			return err
		})
	}
	at(group, time.Time{})
	for _, why := range []handlers.Why{handlers.WhyRefused, handlers.WhyNoTopics, handlers.WhyNoTopic} {
		note(group, why, noon)
		at(group, time.Time{})
	}
	for i, why := range []handlers.Why{handlers.WhyBlocked, handlers.WhyRemoved, handlers.WhyGone, handlers.WhyNoRight, handlers.WhyLate} {
		last := noon.Add(time.Duration(i) * time.Hour)
		for _, when := range []time.Time{last.Add(-time.Minute), last} {
			note(group, why, when)
		}
		at(group, last.UTC())
		at(inTopic, last.UTC())
		at(chat("-2"), time.Time{})
		send(t, s, group, say("x"))
		out, _ := nextOut(t, s, group.Lane(), noon)
		out.To.Thread = 7 // where its topic is
		if err := s.Delivered(ctx, out, []string{string(why)}, true, noon); err != nil {
			t.Fatal(err)
		}
		at(group, time.Time{})
		note(group, why, last)
		update(t, s, func(tx handlers.Tx) error { return tx.Reached(ctx, inTopic) })
		at(group, time.Time{})
	}
	view(t, s, func(tx handlers.Tx) error {
		equal(t, "other troubles", len(must[[]handlers.Unreached](t)(tx.Unreached(ctx))), 3)
		return nil
	})
}

func unheard(t *testing.T, s *store.Store) {
	insert(t, s, sample("A"), sample("B"))
	owner := sample("A").Requester
	first := handlers.Unheard{Ticket: "A", Why: handlers.WhyBlocked, Since: noon.UTC()}
	update(t, s, func(tx handlers.Tx) error {
		for i, u := range []handlers.Unheard{first, {Ticket: "A", Why: handlers.WhyGone, Since: noon.Add(time.Hour)}} {
			fresh, err := tx.SaveUnheard(ctx, u)
			if err != nil || fresh != (i == 0) {
				t.Errorf("time %d: new %t, %v", i+1, fresh, err)
			}
		}
		_, err := tx.SaveUnheard(ctx, handlers.Unheard{Ticket: "none", Why: handlers.WhyGone, Since: noon})
		wantCode(t, err, ticket.NotFound)
		return nil
	})
	view(t, s, func(tx handlers.Tx) error {
		for person, want := range map[string]int{"": 1, owner: 1, "somebody else": 0} {
			equal(t, "missed by "+person, len(must[[]handlers.Unheard](t)(tx.Unheard(ctx, person))), want)
		}
		got, ok, err := tx.UnheardOf(ctx, "A")
		if err != nil || !ok || got != first {
			t.Errorf("of the case: %+v, %t, %v", got, ok, err)
		}
		_, ok, err = tx.UnheardOf(ctx, "B")
		if ok || err != nil {
			t.Errorf("of another case: %t, %v", ok, err)
		}
		return nil
	})
	update(t, s, func(tx handlers.Tx) error { return tx.ForgetUnheard(ctx, "somebody else") })
	c, stop := watching(t, s)
	update(t, s, func(tx handlers.Tx) error { return tx.ForgetUnheard(ctx, owner) })
	equal(t, "told", <-c, handlers.Change{Kind: handlers.TicketChanged, ID: "A"})
	stop()
	view(t, s, func(tx handlers.Tx) error {
		equal(t, "missed afterwards", len(must[[]handlers.Unheard](t)(tx.Unheard(ctx, ""))), 0)
		return nil
	})
}

func topics(t *testing.T, s *store.Store) {
	g := chat("-1")
	want := func(a handlers.Address, key string, want relay.Topic, known bool) {
		t.Helper()
		got, ok, err := s.Topic(ctx, a, key)
		if err != nil || ok != known || got != want {
			t.Errorf("topic %s of %s: %+v, %t, %v; want %+v, %t", key, a.Chat, got, ok, err, want, known)
		}
	}
	save := func(tp relay.Topic) {
		t.Helper()
		if err := s.SaveTopic(ctx, g, "A", tp); err != nil {
			t.Fatal(err)
		}
		want(g, "A", tp, true)
	}
	want(g, "A", relay.Topic{}, false)
	save(relay.Topic{Thread: 4, Name: "一"})
	save(relay.Topic{Thread: 4, Name: "二", Closed: true})
	want(g, "B", relay.Topic{}, false)
	want(chat("-2"), "A", relay.Topic{}, false)

	// A reply is recorded where it was put.
	send(t, s, g, say("x"))
	out, _ := nextOut(t, s, g.Lane(), noon)
	out.To.Thread = 4
	if err := s.Delivered(ctx, out, []string{"8"}, true, noon); err != nil {
		t.Fatal(err)
	}
	in := g
	in.Thread = 4
	equal(t, "in the topic", must[string](t)(s.LastMessage(ctx, in, out.Reply.Ref)), "8")
	equal(t, "in the group", must[string](t)(s.LastMessage(ctx, g, out.Reply.Ref)), "")

	if err := s.ForgetTopic(ctx, g, "A"); err != nil {
		t.Fatal(err)
	}
	want(g, "A", relay.Topic{}, false)
	save(relay.Topic{Thread: 5, Name: "三"})
	update(t, s, func(tx handlers.Tx) error { return tx.MoveChat(ctx, g, chat("-100")) })
	want(g, "A", relay.Topic{}, false) // the new chat's numbers begin anew
}
