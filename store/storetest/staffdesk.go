package storetest

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"liaison/handlers"
	"liaison/store"
	"liaison/ticket"
)

func quickReplies(t *testing.T, s *store.Store) {
	save := func(q handlers.QuickReply) int64 {
		t.Helper()
		var id int64
		update(t, s, func(tx handlers.Tx) (err error) { id, err = tx.SaveQuickReply(ctx, q); return err })
		return id
	}
	list := func(stations []string) (titles []string) {
		t.Helper()
		view(t, s, func(tx handlers.Tx) error {
			titles = nil
			all, err := tx.QuickReplies(ctx, stations)
			for _, q := range all {
				titles = append(titles, q.Title)
			}
			return err
		})
		return titles
	}
	if got := list(nil); len(got) != 0 {
		t.Errorf("before any: %q", got)
	}
	one := handlers.QuickReply{Station: "s1", Title: "乙", Text: "{编号} 已派人，100%_\\", By: "p1", At: noon.UTC()}
	one.ID = save(one)
	save(handlers.QuickReply{Station: "s1", Title: "丙", Text: "x", At: noon})
	save(handlers.QuickReply{Station: "s2", Title: "甲", Text: "x", At: noon})
	save(handlers.QuickReply{Title: "通用", Text: "x", At: noon})
	for _, row := range []struct {
		stations []string
		want     []string
	}{
		{nil, []string{"通用", "丙", "乙", "甲"}}, {[]string{"s1"}, []string{"通用", "丙", "乙"}}, {[]string{}, []string{"通用"}},
		{[]string{"s2", "s1"}, []string{"通用", "丙", "乙", "甲"}}, {[]string{"s3"}, []string{"通用"}},
	} {
		if d := cmp.Diff(row.want, list(row.stations)); d != "" {
			t.Errorf("of %q: %s", row.stations, d)
		}
	}
	one.Text, one.Station, one.By, one.At = "换了", "s2", "p2", noon.Add(time.Minute).UTC()
	if id := save(one); id != one.ID {
		t.Errorf("saved again it is %d, not %d", id, one.ID)
	}
	view(t, s, func(tx handlers.Tx) error {
		got, err := tx.QuickReply(ctx, one.ID)
		if d := cmp.Diff(one, got); d != "" {
			t.Error(d)
		}
		return err
	})
	update(t, s, func(tx handlers.Tx) error { return tx.RemoveQuickReply(ctx, one.ID) })
	for name, do := range map[string]func(handlers.Tx) error{
		"read":   func(tx handlers.Tx) error { _, err := tx.QuickReply(ctx, one.ID); return err },
		"save":   func(tx handlers.Tx) error { _, err := tx.SaveQuickReply(ctx, one); return err },
		"remove": func(tx handlers.Tx) error { return tx.RemoveQuickReply(ctx, one.ID) },
	} {
		if err := s.Update(ctx, do); ticket.CodeOf(err) != ticket.NotFound {
			t.Errorf("%s what was removed: %v", name, err)
		}
	}
}

func replying(t *testing.T, s *store.Store) {
	for _, id := range []string{"CX-1", "CX-2"} {
		update(t, s, func(tx handlers.Tx) error {
			return tx.InsertTicket(ctx, ticket.Ticket{ID: id, Kind: ticket.Inquiry, State: ticket.Assigned, Version: 1, CreatedAt: noon})
		})
	}
	set := func(person, id string, at time.Time) {
		t.Helper()
		update(t, s, func(tx handlers.Tx) error {
			return tx.SetReplying(ctx, handlers.Replying{Person: person, Ticket: id, At: at})
		})
	}
	who := func(id string) (out []string) {
		t.Helper()
		view(t, s, func(tx handlers.Tx) error {
			out = []string{}
			all, err := tx.Replying(ctx, id)
			for _, r := range all {
				if r.Ticket != id || r.At.IsZero() {
					t.Errorf("about %s: %+v", id, r)
				}
				out = append(out, r.Person)
			}
			return err
		})
		return out
	}
	stop := func(person string) (id string) {
		t.Helper()
		update(t, s, func(tx handlers.Tx) (err error) { id, err = tx.StopReplying(ctx, person); return err })
		return id
	}
	expect := func(what, id string, want ...string) {
		t.Helper()
		if d := cmp.Diff(append([]string{}, want...), who(id)); d != "" {
			t.Errorf("%s: %s", what, d)
		}
	}
	expect("at first", "CX-1")
	set("a", "CX-1", noon.Add(time.Minute))
	set("b", "CX-1", noon)
	expect("two at once, the earlier first", "CX-1", "b", "a")
	set("b", "CX-1", noon.Add(time.Hour))
	expect("b goes on", "CX-1", "a", "b")
	set("a", "CX-2", noon.Add(time.Hour))
	expect("a has turned to another case", "CX-1", "b")
	expect("the other case", "CX-2", "a")
	equal(t, "what a wrote about", stop("a"), "CX-2")
	equal(t, "a second time", stop("a"), "")
	expect("the other case afterwards", "CX-2")

	watched := s.Watch(t.Context())
	set("a", "CX-1", noon.Add(2*time.Hour))
	if got := <-watched; got != (handlers.Change{Kind: handlers.TicketChanged, ID: "CX-1"}) {
		t.Errorf("watchers are told %v", got)
	}
	set("a", "CX-1", noon.Add(3*time.Hour)) // no news
	stop("b")
	if got := <-watched; got.ID != "CX-1" {
		t.Errorf("watchers are told %v", got)
	}
	set("a", "CX-2", noon.Add(3*time.Hour))
	heard := map[string]bool{(<-watched).ID: true, (<-watched).ID: true}
	if !heard["CX-1"] || !heard["CX-2"] {
		t.Errorf("of the turn to another case watchers hear %v", heard)
	}
	if err := s.Cleanup(ctx, noon.Add(28*time.Hour)); err != nil {
		t.Fatal(err)
	}
	expect("a day later", "CX-2")
}

// due checks the order by deadline, the filter by agent and a search for several words.
func due(t *testing.T, s *store.Store) {
	add := func(id, text, company, assignee string, hours int) {
		c := ticket.Ticket{
			ID: id, Kind: ticket.Inquiry, State: ticket.InProgress, Version: 1, Text: text, Company: company, Assignee: assignee,
			Station: "s1", CreatedAt: noon, AnswerBy: noon.Add(time.Duration(hours) * time.Hour),
		}
		if hours == 0 {
			c.State = ticket.Waiting
		}
		update(t, s, func(tx handlers.Tx) error { return tx.InsertTicket(ctx, c) })
	}
	add("CX-1", "路灯坏了", "示例电器厂", "a", 5)
	add("CX-2", "路灯不亮", "别家", "b", -3)
	add("CX-3", "排水", "示例电器厂", "a", 0)
	add("CX-4", "检查", "", "a", 1)
	for name, row := range map[string]struct {
		f    ticket.Filter
		want []string
	}{
		"by deadline":        {ticket.Filter{ByDue: true}, []string{"CX-2", "CX-4", "CX-1", "CX-3"}},
		"of an agent":        {ticket.Filter{Assignee: "a", ByDue: true}, []string{"CX-4", "CX-1", "CX-3"}},
		"of an agent, a few": {ticket.Filter{Assignee: "a", ByDue: true, Limit: 1, Offset: 1}, []string{"CX-1"}},
		"of nobody":          {ticket.Filter{Assignee: "c"}, nil},
		"several words":      {ticket.Filter{Text: " 电器 路灯 "}, []string{"CX-1"}},
		"words apart":        {ticket.Filter{Text: "检查 电器"}, nil},
		"the newest":         {ticket.Filter{Text: "路灯"}, []string{"CX-2", "CX-1"}},
	} {
		var got []string
		view(t, s, func(tx handlers.Tx) error {
			list, err := tx.Tickets(ctx, row.f)
			got = nil
			for _, c := range list {
				got = append(got, c.ID)
			}
			return err
		})
		if d := cmp.Diff(row.want, got); d != "" {
			t.Errorf("%s: %s", name, d)
		}
	}
}

func known(t *testing.T, s *store.Store) {
	p := meet(t, s, "7", "7", noon)
	err := s.View(ctx, func(tx handlers.Tx) error {
		got, err := tx.Known(ctx, handlers.Telegram, "7")
		equal(t, "the person", got, p)
		return err
	})
	wantCode(t, err, "")
	err = s.View(ctx, func(tx handlers.Tx) error { _, err := tx.Known(ctx, handlers.Web, "7"); return err })
	wantCode(t, err, ticket.NotFound)
}
