package storetest

import (
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"liaison/handlers"
	"liaison/relay"
	"liaison/store"
	"liaison/ticket"
)

// sample has something in every field, at times that the store keeps exactly.
func sample(id string) ticket.Ticket {
	at := func(n int) time.Time { return noon.Add(time.Duration(n) * time.Hour).UTC() }
	return ticket.Ticket{
		ID: id, Kind: ticket.Complaint, State: ticket.Assigned, Urgent: true, Text: "企业开办 100% 受阻", Company: "示例公司（例）",
		Town: "guancheng", Category: "license", Requester: "p1", Consent: true, Contact: "例：不存在的电话", Station: "s1", Assignee: "a1",
		Route:     []ticket.Reason{{Code: "town", Value: "观城"}, {Code: "default"}},
		CreatedAt: at(0), UpdatedAt: at(1), AcceptBy: at(2), AnswerBy: at(3), WaitingSince: at(4), AnsweredAt: at(5), ClosedAt: at(6),
		Reopened: 2, Escalated: true, Rating: ticket.Rating{Given: true, Solved: true, Score: 4, Comment: "谢谢 👍"}, Version: 1,
		Holder: "s0", Helpers: []string{"s3", "s4"}, Moves: 3, Returns: 1,
		Extension: ticket.Extension{State: ticket.ExtensionGranted, Until: at(7)}, MergedInto: "CX-0",
		Funds: &ticket.Funds{
			Amount: 500_000, Months: 12, Guarantees: []ticket.Guarantee{ticket.Pledge}, Offered: "设备", Has: []ticket.Qualification{ticket.Patents}, AlsoHas: "出口",
			Products: []ticket.Product{{Unit: "d#u", Title: "贷款", Why: []ticket.Reason{{Code: string(ticket.Patents), Value: "质押"}}}},
		},
		Outcome: &ticket.Outcome{Result: ticket.Granted, Amount: 300_000, Rate: 3850, Months: 6, Lender: "s1", At: at(8)},
	}
}

func insert(t *testing.T, s *store.Store, cases ...ticket.Ticket) {
	t.Helper()
	update(t, s, func(tx handlers.Tx) error {
		for _, c := range cases {
			if err := tx.InsertTicket(ctx, c); err != nil {
				return err
			}
		}
		return nil
	})
}

func find(t *testing.T, s *store.Store, f ticket.Filter) (ids []string) {
	t.Helper()
	view(t, s, func(tx handlers.Tx) error {
		got, err := tx.Tickets(ctx, f)
		for _, c := range got {
			ids = append(ids, c.ID)
		}
		return err
	})
	return ids
}

func transactions(t *testing.T, s *store.Store) {
	mine := errors.New("mine")
	err := s.Update(ctx, func(tx handlers.Tx) error {
		if err := tx.InsertTicket(ctx, sample("A")); err != nil {
			return err
		}
		if err := tx.Send(ctx, chat("1"), say("x")); err != nil {
			return err
		}
		return mine
	})
	if !errors.Is(err, mine) {
		t.Fatalf("Update returned %v, want fn's error", err)
	}
	equal(t, "cases after a rollback", len(find(t, s, ticket.Filter{})), 0)
	equal(t, "replies after a rollback", len(must[[]relay.Lane](t)(s.OutboundLanes(ctx, noon))), 0)

	func() {
		defer func() { _ = recover() }()
		_ = s.Update(ctx, func(tx handlers.Tx) error {
			_ = tx.InsertTicket(ctx, sample("A"))
			panic("in fn")
		})
	}()
	equal(t, "cases after a panic", len(find(t, s, ticket.Filter{})), 0)
	insert(t, s, sample("A")) // the connection of the panic is free again
	equal(t, "cases after a commit", len(find(t, s, ticket.Filter{})), 1)
}

func viewDoesNotWrite(t *testing.T, s *store.Store) {
	for name, write := range map[string]func(handlers.Tx) error{
		"InsertTicket": func(tx handlers.Tx) error { return tx.InsertTicket(ctx, sample("A")) },
		"Send":         func(tx handlers.Tx) error { return tx.Send(ctx, chat("1"), say("x")) },
		"Enqueue":      func(tx handlers.Tx) error { return tx.Enqueue(ctx, ticket.Job{Kind: ticket.JobNotify}) },
		"NextNumber":   func(tx handlers.Tx) error { _, err := tx.NextNumber(ctx, "20261123"); return err },
		"Touch":        func(tx handlers.Tx) error { _, err := tx.Touch(ctx, handlers.Web, "u", "", noon); return err },
	} {
		if err := s.View(ctx, write); err == nil {
			t.Errorf("%s in a View did not fail", name)
		}
	}
	equal(t, "cases", len(find(t, s, ticket.Filter{})), 0)
}

func transactionEnds(t *testing.T, s *store.Store) {
	var kept handlers.Tx
	update(t, s, func(tx handlers.Tx) error { kept = tx; return nil })
	if kept.Send(ctx, chat("1"), say("x")) == nil {
		t.Error("Send after the end did not fail")
	}
	if kept.InsertTicket(ctx, sample("A")) == nil {
		t.Error("InsertTicket after the end did not fail")
	}
}

func numbers(t *testing.T, s *store.Store) {
	for _, c := range []struct {
		day  string
		want int
	}{{"20261123", 1}, {"20261123", 2}, {"20261124", 1}, {"20261123", 3}} {
		update(t, s, func(tx handlers.Tx) error {
			equal(t, "number of "+c.day, must[int](t)(tx.NextNumber(ctx, c.day)), c.want)
			return nil
		})
	}
	_ = s.Update(ctx, func(tx handlers.Tx) error { _, _ = tx.NextNumber(ctx, "20261123"); return errors.New("undo") })
	update(t, s, func(tx handlers.Tx) error {
		equal(t, "number after a rollback", must[int](t)(tx.NextNumber(ctx, "20261123")), 4)
		return nil
	})
}

func tickets(t *testing.T, s *store.Store) {
	full, empty := sample("A"), ticket.Ticket{ID: "B", Version: 1}
	insert(t, s, full, empty)
	wantCode(t, s.Update(ctx, func(tx handlers.Tx) error { return tx.InsertTicket(ctx, full) }), ticket.Conflict)
	for _, want := range []ticket.Ticket{full, empty} {
		view(t, s, func(tx handlers.Tx) error {
			if d := cmp.Diff(want, must[ticket.Ticket](t)(tx.Ticket(ctx, want.ID))); d != "" {
				t.Error(d)
			}
			return nil
		})
	}
	wantCode(t, s.View(ctx, func(tx handlers.Tx) error { _, err := tx.Ticket(ctx, "none"); return err }), ticket.NotFound)

	changed := sample("B")
	changed.Version, changed.Route = 2, nil
	update(t, s, func(tx handlers.Tx) error { return tx.UpdateTicket(ctx, changed) })
	view(t, s, func(tx handlers.Tx) error {
		if d := cmp.Diff(changed, must[ticket.Ticket](t)(tx.Ticket(ctx, "B"))); d != "" {
			t.Error(d)
		}
		return nil
	})
}

func ticketConflict(t *testing.T, s *store.Store) {
	insert(t, s, sample("A"))
	next := sample("A")
	next.Version, next.State = 3, ticket.Closed
	err := s.Update(ctx, func(tx handlers.Tx) error { return tx.UpdateTicket(ctx, next) })
	wantCode(t, err, ticket.Conflict)
	var e *ticket.Error
	if errors.As(err, &e); e.State != ticket.Assigned {
		t.Errorf("Conflict has state %q, want the present one", e.State)
	}
	// A conflict that fn survives does not spoil its transaction.
	update(t, s, func(tx handlers.Tx) error {
		wantCode(t, tx.UpdateTicket(ctx, next), ticket.Conflict)
		wantCode(t, tx.InsertTicket(ctx, next), ticket.Conflict)
		next.Version = 2
		return tx.UpdateTicket(ctx, next)
	})
	next.ID = "none"
	wantCode(t, s.Update(ctx, func(tx handlers.Tx) error { return tx.UpdateTicket(ctx, next) }), ticket.NotFound)
}

func events(t *testing.T, s *store.Store) {
	insert(t, s, sample("A"), sample("B"))
	want := []ticket.Event{
		{Ticket: "A", Seq: 1, At: noon.UTC(), Actor: "p1", Role: ticket.RoleRequester, Action: ticket.Submit, To: ticket.Received, Text: "第一", Object: "s9", Until: noon.UTC()},
		{Ticket: "A", Seq: 2, At: noon.UTC(), Role: ticket.RoleSystem, Action: ticket.Assign, From: ticket.Received, To: ticket.Assigned, Station: "s1",
			Files: []ticket.File{{Hash: "ab", Name: "执照.pdf", MIME: "application/pdf", Size: 1 << 33}}},
		{Ticket: "A", Seq: 10, At: noon.UTC(), Action: ticket.Note, Role: ticket.RoleRequester, Text: "שלום", Funds: sample("A").Funds, Outcome: sample("A").Outcome},
	}
	update(t, s, func(tx handlers.Tx) error {
		for _, i := range []int{2, 0, 1} {
			if err := tx.AppendEvent(ctx, want[i]); err != nil {
				return err
			}
		}
		wantCode(t, tx.AppendEvent(ctx, want[1]), ticket.Conflict)
		return tx.AppendEvent(ctx, ticket.Event{Ticket: "B", Seq: 1})
	})
	view(t, s, func(tx handlers.Tx) error {
		if d := cmp.Diff(want, must[[]ticket.Event](t)(tx.Events(ctx, "A"))); d != "" {
			t.Error(d)
		}
		equal(t, "events of no case", len(must[[]ticket.Event](t)(tx.Events(ctx, "none"))), 0)
		return nil
	})
}

func filter(t *testing.T, s *store.Store) {
	for i, c := range []ticket.Ticket{
		{ID: "CX-1", Requester: "p1", Station: "s1", State: ticket.Assigned, Kind: ticket.Inquiry, Text: "税收 100% off", Company: "Acme_甲"},
		{ID: "CX-2", Requester: "p2", Station: "s1", Assignee: "a1", State: ticket.Closed, Kind: ticket.Complaint, Text: "税收 1000 off"},
		{ID: "CX-3", Requester: "p1", Station: "s2", State: ticket.Rejected, Kind: ticket.Inquiry, Text: `back\slash`, Company: "acmeX甲"},
		{ID: "CX-4", Requester: "p3", Station: "", State: ticket.Received, Kind: ticket.Financing, Text: "ＡＢＣ 融资 😀"},
	} {
		c.CreatedAt, c.Version = noon.Add(time.Duration(i)*time.Minute), 1
		insert(t, s, c)
	}
	for _, c := range []struct {
		name string
		f    ticket.Filter
		want []string
	}{
		{"none", ticket.Filter{}, []string{"CX-4", "CX-3", "CX-2", "CX-1"}},
		{"requester", ticket.Filter{Requester: "p1"}, []string{"CX-3", "CX-1"}},
		{"not the requester", ticket.Filter{NotOf: "p1"}, []string{"CX-4", "CX-2"}},
		{"assignee", ticket.Filter{Assignee: "a1"}, []string{"CX-2"}},
		{"assignee of another station", ticket.Filter{Assignee: "a1", Stations: []string{"s2"}}, nil},
		{"all stations", ticket.Filter{Stations: nil}, []string{"CX-4", "CX-3", "CX-2", "CX-1"}},
		{"no station", ticket.Filter{Stations: []string{}}, nil},
		{"stations", ticket.Filter{Stations: []string{"s2", ""}}, []string{"CX-4", "CX-3"}},
		{"states", ticket.Filter{States: []ticket.State{ticket.Closed, ticket.Received}}, []string{"CX-4", "CX-2"}},
		{"kinds", ticket.Filter{Kinds: []ticket.Kind{ticket.Complaint}}, []string{"CX-2"}},
		{"open", ticket.Filter{OpenOnly: true}, []string{"CX-4", "CX-1"}},
		{"text, number", ticket.Filter{Text: "cx-2"}, []string{"CX-2"}},
		{"text, case", ticket.Filter{Text: "OFF"}, []string{"CX-2", "CX-1"}},
		{"text, company", ticket.Filter{Text: "aCME"}, []string{"CX-3", "CX-1"}},
		{"text, percent is itself", ticket.Filter{Text: "100%"}, []string{"CX-1"}},
		{"text, underscore is itself", ticket.Filter{Text: "acme_"}, []string{"CX-1"}},
		{"text, backslash is itself", ticket.Filter{Text: `k\s`}, []string{"CX-3"}},
		{"text, quote", ticket.Filter{Text: `'`}, nil},
		{"text, emoji", ticket.Filter{Text: "😀"}, []string{"CX-4"}},
		{"text, full width", ticket.Filter{Text: "ＡＢＣ"}, []string{"CX-4"}},
		{"together", ticket.Filter{Requester: "p1", OpenOnly: true, Text: "税"}, []string{"CX-1"}},
		{"limit", ticket.Filter{Limit: 2}, []string{"CX-4", "CX-3"}},
		{"offset", ticket.Filter{Limit: 2, Offset: 3}, []string{"CX-1"}},
		{"from", ticket.Filter{From: noon.Add(2 * time.Minute)}, []string{"CX-4", "CX-3"}},
		{"from, between milliseconds", ticket.Filter{From: noon.Add(2*time.Minute + 1)}, []string{"CX-4"}},
		{"before", ticket.Filter{Before: noon.Add(2 * time.Minute)}, []string{"CX-2", "CX-1"}},
		{"before, between milliseconds", ticket.Filter{Before: noon.Add(2*time.Minute + 1)}, []string{"CX-3", "CX-2", "CX-1"}},
		{"period and kind", ticket.Filter{From: noon, Before: noon.Add(time.Hour), Kinds: []ticket.Kind{ticket.Financing}}, []string{"CX-4"}},
		{"nonsense", ticket.Filter{Limit: -1, Offset: -1}, []string{"CX-4", "CX-3", "CX-2", "CX-1"}},
	} {
		if got := find(t, s, c.f); !slices.Equal(got, c.want) {
			t.Errorf("%s: got %v, want %v", c.name, got, c.want)
		}
	}
	// A station sees what it still answers for and what it helps with, and no more.
	for _, c := range []ticket.Ticket{
		{ID: "CX-5", Station: "s7", Holder: "s6", State: ticket.Transferred},
		{ID: "CX-6", Station: "s7", Holder: "s6", State: ticket.Accepted},
		{ID: "CX-7", Station: "s7", Helpers: []string{"s5", "s6"}, State: ticket.Closed},
		{ID: "CX-8", Station: "s7", Helpers: []string{"s5"}, State: ticket.Accepted},
	} {
		c.Version = 1
		insert(t, s, c)
	}
	for _, station := range []string{"s5", "s6", "s7"} {
		got := find(t, s, ticket.Filter{Stations: []string{station}})
		view(t, s, func(tx handlers.Tx) error {
			for _, c := range must[[]ticket.Ticket](t)(tx.Tickets(ctx, ticket.Filter{})) {
				sees := (ticket.Viewer{Stations: []string{station}}).Sees(c) != ""
				if sees != slices.Contains(got, c.ID) {
					t.Errorf("%s at station %s: sees %v, listed %v", c.ID, station, sees, !sees)
				}
			}
			return nil
		})
	}
	freed := ticket.Ticket{ID: "CX-8", Station: "s7", Version: 2}
	update(t, s, func(tx handlers.Tx) error { return tx.UpdateTicket(ctx, freed) })
	equal(t, "cases of a station that no longer helps", len(find(t, s, ticket.Filter{Stations: []string{"s5"}})), 1)

	var many []ticket.Ticket
	for i := range 520 {
		many = append(many, ticket.Ticket{ID: fmt.Sprintf("M-%03d", i), Version: 1})
	}
	insert(t, s, many...)
	equal(t, "limit by default", len(find(t, s, ticket.Filter{})), 50)
	equal(t, "highest limit", len(find(t, s, ticket.Filter{Limit: 1000})), 500)
}

// overdue compares the filter with Ticket.Overdue in every state, around each
// deadline and between milliseconds.
func overdue(t *testing.T, s *store.Store) {
	accept, answer := noon.UTC(), noon.Add(time.Hour).UTC()
	var all []ticket.Ticket
	for _, st := range ticket.States {
		for i, d := range [][2]time.Time{{accept, answer}, {answer, accept}, {{}, answer}, {accept, {}}, {}} {
			all = append(all, ticket.Ticket{ID: fmt.Sprint(st, i), State: st, AcceptBy: d[0], AnswerBy: d[1], Version: 1})
		}
	}
	insert(t, s, all...)
	for _, at := range []time.Time{accept, answer} {
		for _, d := range []time.Duration{-time.Millisecond, -1, 0, 1, time.Millisecond} {
			now := at.Add(d)
			got := find(t, s, ticket.Filter{Overdue: now, Limit: 500})
			for _, c := range all {
				if slices.Contains(got, c.ID) != c.Overdue(now) {
					t.Errorf("%s at %v: selected %v, Overdue %v", c.ID, now, !c.Overdue(now), c.Overdue(now))
				}
			}
		}
	}
}

// concerns compares the filter with Ticket.Concerns in every state.
func concerns(t *testing.T, s *store.Store) {
	at := func(d time.Duration) time.Time { return noon.Add(d).UTC() }
	var all []ticket.Ticket
	for _, st := range ticket.States {
		for i, c := range []ticket.Ticket{
			{AcceptBy: at(-1), AnswerBy: at(time.Hour)},
			{AcceptBy: at(0), AnswerBy: at(0)},
			{AcceptBy: at(ticket.SoonTime - time.Millisecond), AnswerBy: at(ticket.SoonTime)},
			{AcceptBy: at(2 * ticket.SoonTime), AnswerBy: at(3 * ticket.SoonTime), Moves: ticket.ManyMoves},
			{Moves: ticket.ManyMoves - 1, Reopened: 1},
			{Extension: ticket.Extension{State: ticket.ExtensionAsked}},
			{Extension: ticket.Extension{State: ticket.ExtensionGranted}},
			{Rating: ticket.Rating{Given: true}, UpdatedAt: at(0)},
			{Rating: ticket.Rating{Given: true}, UpdatedAt: at(-ticket.UnhappyTime)},
			{Rating: ticket.Rating{Given: true}, UpdatedAt: at(-ticket.UnhappyTime - time.Millisecond)},
			{Rating: ticket.Rating{Given: true, Solved: true, Score: ticket.LowScore}, UpdatedAt: at(0)},
			{Rating: ticket.Rating{Given: true, Solved: true, Score: ticket.LowScore + 1}, UpdatedAt: at(0)},
			{Rating: ticket.Rating{Given: true, Solved: true}, UpdatedAt: at(0)},
			{UpdatedAt: at(0)},
			{WaitingSince: at(-ticket.SilentTime)},
			{WaitingSince: at(-ticket.SilentTime + time.Millisecond)},
		} {
			c.ID, c.State, c.Version = fmt.Sprint(st, i), st, 1
			all = append(all, c)
		}
	}
	insert(t, s, all...)
	for _, k := range ticket.Concerns {
		some := false
		got := find(t, s, ticket.Filter{Concern: k, Now: noon, Limit: 500})
		for _, c := range all {
			is := c.Concerns(k, noon)
			some = some || is
			if slices.Contains(got, c.ID) != is {
				t.Errorf("%s is of concern %q: selected %v, Concerns %v", c.ID, k, !is, is)
			}
		}
		if !some {
			t.Errorf("no case is of concern %q", k)
		}
	}
}

func concurrency(t *testing.T, s *store.Store) {
	const writers, each = 8, 10
	insert(t, s, sample("A"))
	var wg sync.WaitGroup
	seen := make(chan int, writers*each)
	for range writers {
		wg.Go(func() {
			for range each {
				err := s.Update(ctx, func(tx handlers.Tx) error {
					c, err := tx.Ticket(ctx, "A")
					if err != nil {
						return err
					}
					n, err := tx.NextNumber(ctx, "20261123")
					if err != nil {
						return err
					}
					c.Version++
					c.Reopened++
					seen <- n
					if err := tx.Send(ctx, chat("1"), say("x")); err != nil {
						return err
					}
					return tx.UpdateTicket(ctx, c)
				})
				if err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	close(seen)
	view(t, s, func(tx handlers.Tx) error {
		equal(t, "changes", must[ticket.Ticket](t)(tx.Ticket(ctx, "A")).Reopened, sample("A").Reopened+writers*each)
		return nil
	})
	got := map[int]bool{}
	for n := range seen {
		got[n] = true
	}
	equal(t, "different numbers", len(got), writers*each)
}
