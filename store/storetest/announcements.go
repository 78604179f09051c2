package storetest

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"liaison/handlers"
	"liaison/relay"
	"liaison/store"
	"liaison/ticket"
)

// bulkLanes: what gives way is listed last, and only while nothing else waits in the
// chat; the order in the chat stays.
func bulkLanes(t *testing.T, s *store.Store) {
	news := say("news")
	news.Bulk = "a1"
	first, second, third := chat("1"), chat("2"), chat("3")
	send(t, s, first, news)
	send(t, s, second, news)
	send(t, s, third, say("answer"))
	send(t, s, second, say("answer"))
	want := []relay.Lane{{Name: second.Lane()}, {Name: third.Lane()}, {Name: first.Lane(), Bulk: true}}
	if d := cmp.Diff(want, must[[]relay.Lane](t)(s.OutboundLanes(ctx, noon))); d != "" {
		t.Errorf("lanes: %s", d)
	}
	equal(t, "first in the chat with both", deliver(t, s, second, "m1", true).Reply.Bulk, "a1")
	update(t, s, func(tx handlers.Tx) error {
		equal(t, "waiting", must[int](t)(tx.BulkWaiting(ctx, "")), 1)
		equal(t, "waiting of another", must[int](t)(tx.BulkWaiting(ctx, "a2")), 0)
		return tx.DropBulk(ctx, "a1")
	})
	if _, ok := nextOut(t, s, first.Lane(), noon); ok {
		t.Error("what was taken back is still there")
	}
	if _, ok := nextOut(t, s, second.Lane(), noon); !ok {
		t.Error("an answer was taken back")
	}
}

// announcements: who gets one, page by page, and what becomes of it.
func announcements(t *testing.T, s *store.Store) {
	everybody := handlers.Audience{Role: ticket.RoleRequester}
	observers := handlers.Audience{Role: ticket.RoleObserver}
	ids := make(map[string]string) // the person of each user
	update(t, s, func(tx handlers.Tx) error {
		for i := range 8 {
			user := fmt.Sprint("u", i)
			p, err := tx.Touch(ctx, handlers.Telegram, user, fmt.Sprint("c", i), noon)
			if err != nil {
				return err
			}
			ids[user] = p.ID
		}
		declines := must[handlers.Person](t)(tx.Person(ctx, ids["u1"]))
		declines.Declines = true
		_, blocked := tx.Block(ctx, handlers.Telegram, "c2")
		for _, err := range []error{
			tx.SavePerson(ctx, declines),
			blocked,
			tx.AddMembership(ctx, handlers.Membership{Person: ids["u3"], Role: ticket.RoleAgent, Station: "s"}),
			tx.AddMembership(ctx, handlers.Membership{Person: ids["u4"], Role: ticket.RoleObserver}),
			tx.AddMembership(ctx, handlers.Membership{Person: ids["u5"], Role: ticket.RoleObserver, Until: noon}),
		} {
			if err != nil {
				return err
			}
		}
		_, err := tx.Touch(ctx, handlers.Telegram, "groups only", "", noon)
		return err
	})
	reach := func(a handlers.Audience) (users []string) {
		t.Helper()
		update(t, s, func(tx handlers.Tx) error {
			after := ""
			users = nil
			for {
				page := must[[]handlers.Recipient](t)(tx.Recipients(ctx, a, after, noon, noon, 2))
				if len(page) == 0 {
					break
				}
				for _, r := range page {
					if r.Person <= after {
						t.Errorf("%s comes after %s", r.Person, after)
					}
					after = r.Person
					users = append(users, r.To.Chat)
				}
			}
			equal(t, "count", must[int](t)(tx.CountRecipients(ctx, a, noon)), len(users))
			return nil
		})
		return users
	}
	sorted := func(a handlers.Audience, want ...string) {
		t.Helper()
		got := reach(a)
		slices.Sort(got)
		if d := cmp.Diff(want, got); d != "" {
			t.Errorf("%+v: %s", a, d)
		}
	}
	sorted(everybody, "c0", "c4", "c5", "c6", "c7")
	sorted(observers, "c4")
	update(t, s, func(tx handlers.Tx) error {
		// The account that was used last is the one; the town is that of the last case.
		if _, err := tx.Touch(ctx, handlers.Telegram, "u6", "c6b", noon.Add(time.Hour)); err != nil {
			return err
		}
		for i, town := range []string{"east", "west"} {
			c := ticket.Ticket{ID: fmt.Sprint("CX-", i), Requester: ids["u7"], Town: town, CreatedAt: noon.Add(time.Duration(i) * time.Hour)}
			if err := tx.InsertTicket(ctx, c); err != nil {
				return err
			}
		}
		return nil
	})
	sorted(everybody, "c0", "c4", "c5", "c6b", "c7")
	sorted(handlers.Audience{Role: ticket.RoleRequester, Town: "west"}, "c7")
	sorted(handlers.Audience{Role: ticket.RoleRequester, Town: "east"})
	update(t, s, func(tx handlers.Tx) error {
		if late := must[[]handlers.Recipient](t)(tx.Recipients(ctx, everybody, "", noon.Add(-time.Second), noon, 10)); len(late) > 0 {
			t.Errorf("who came later: %+v", late)
		}
		return nil
	})

	var a handlers.Announcement
	update(t, s, func(tx handlers.Tx) error {
		a = must[handlers.Announcement](t)(tx.AddAnnouncement(ctx, handlers.Announcement{
			Audience: handlers.Audience{Role: ticket.RoleRequester, Town: "west"}, Text: "text", By: "boss", State: handlers.Running, People: 3, CreatedAt: noon,
		}))
		if d := cmp.Diff(a, must[handlers.Announcement](t)(tx.Announcement(ctx, a.ID))); d != "" {
			t.Errorf("read back: %s", d)
		}
		if _, err := tx.Announcement(ctx, "nothing"); ticket.CodeOf(err) != ticket.NotFound {
			t.Errorf("unknown: %v", err)
		}
		return nil
	})
	news := say("news")
	news.Bulk = a.ID
	for _, c := range []string{"11", "12", "13"} {
		send(t, s, chat(c), news)
	}
	deliver(t, s, chat("11"), "m1", true)
	out, _ := nextOut(t, s, chat("12").Lane(), noon)
	if err := s.FailOutbound(ctx, out.ID, "blocked", noon, nothing); err != nil {
		t.Fatal(err)
	}
	update(t, s, func(tx handlers.Tx) error {
		a = must[handlers.Announcement](t)(tx.Progress(ctx, a))
		equal(t, "delivered", a.Delivered, 1)
		equal(t, "failed", a.Failed, 1)
		a.State, a.After, a.Queued, a.EndedAt = handlers.Done, "p", 3, noon.Add(time.Hour)
		return tx.SaveAnnouncement(ctx, a)
	})
	update(t, s, func(tx handlers.Tx) error {
		if d := cmp.Diff([]handlers.Announcement{a}, must[[]handlers.Announcement](t)(tx.Announcements(ctx, "", 0))); d != "" {
			t.Errorf("list: %s", d)
		}
		equal(t, "running", len(must[[]handlers.Announcement](t)(tx.Announcements(ctx, handlers.Running, 0))), 0)
		return nil
	})
}
