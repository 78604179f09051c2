package storetest

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"liaison/handlers"
	"liaison/store"
	"liaison/ticket"
	"liaison/ticket/visit"
)

// The days of the tests' visits.
var (
	friday = time.Date(2026, 11, 20, 0, 0, 0, 0, ticket.CST)
	monday = time.Date(2026, 11, 23, 0, 0, 0, 0, ticket.CST)
)

func visited(station, company string, day time.Time, opinions ...visit.Opinion) visit.Visit {
	return visit.Visit{
		State: visit.Filed, Visitor: "王五（示例）", By: "agent", Station: station, Companies: []string{company}, Day: day.UTC(),
		Town: "zhouxiang", Met: "厂长", Opinions: opinions, CreatedAt: noon.UTC(), FiledAt: noon.UTC(),
		Files: []ticket.File{{Hash: "h", Name: "照片.jpg", MIME: "image/jpeg", Size: 3}},
	}
}

func addVisit(t *testing.T, s *store.Store, v visit.Visit) visit.Visit {
	t.Helper()
	update(t, s, func(tx handlers.Tx) (err error) { v, err = tx.AddVisit(ctx, v); return err })
	return v
}

func loadVisit(t *testing.T, s *store.Store, id string) (v visit.Visit) {
	t.Helper()
	view(t, s, func(tx handlers.Tx) (err error) { v, err = tx.Visit(ctx, id); return err })
	return v
}

func visits(t *testing.T, s *store.Store) {
	made := addVisit(t, s, visited("s1", "示例一厂", friday, visit.Opinion{Text: "路灯坏了"}, visit.Opinion{
		Text: "招工难", Outcome: visit.InStudy, Files: []ticket.File{{Hash: "o", Name: "招工.jpg", MIME: "image/jpeg", Size: 2}},
	}))
	if made.ID == "" || made.Opinions[0].N != 1 || made.Opinions[1].N != 2 {
		t.Fatalf("added %+v", made)
	}
	if d := cmp.Diff(made, loadVisit(t, s, made.ID)); d != "" {
		t.Fatal(d)
	}

	// A number is never given to another opinion while a later one is there.
	made.Opinions = append(made.Opinions[1:], visit.Opinion{Text: "材料多", Outcome: visit.Solved})
	made.Met, made.Day = "会计", monday.UTC()
	update(t, s, func(tx handlers.Tx) error { return tx.SaveVisit(ctx, made) })
	made.Opinions[1].N = 3
	if d := cmp.Diff(made, loadVisit(t, s, made.ID)); d != "" {
		t.Fatal(d)
	}

	wantCode(t, s.View(ctx, func(tx handlers.Tx) error { _, err := tx.Visit(ctx, "none"); return err }), ticket.NotFound)
	wantCode(t, s.Update(ctx, func(tx handlers.Tx) error { return tx.SaveVisit(ctx, visit.Visit{ID: "none"}) }), ticket.NotFound)
	if d := cmp.Diff(visit.Visit{State: visit.Draft}, loadVisit(t, s, addVisit(t, s, visit.Visit{State: visit.Draft}).ID),
		cmp.FilterPath(func(p cmp.Path) bool { return p.String() == "ID" || p.String() == "CreatedAt" }, cmp.Ignore())); d != "" {
		t.Error(d)
	}
}

// What was put right in a visit is kept in its order, beside that of others.
func visitCorrections(t *testing.T, s *store.Store) {
	one, other := addVisit(t, s, visited("s1", "示例一厂", friday)), addVisit(t, s, visited("s1", "示例二厂", friday))
	want := []visit.Correction{
		{At: noon.UTC(), By: "agent", Field: visit.FieldCompanies, Was: "示例一厂", Became: "示例一厂、示例三厂"},
		{At: noon.UTC(), By: "agent", Field: visit.FieldTown, Was: "zhouxiang", Became: ""},
		{At: noon.Add(time.Hour).UTC(), By: "boss", Field: visit.FieldDay, Was: "2026-11-20", Became: "2026-11-19"},
	}
	update(t, s, func(tx handlers.Tx) error {
		for _, c := range want {
			if err := tx.AddCorrection(ctx, one.ID, c); err != nil {
				return err
			}
		}
		return tx.AddCorrection(ctx, other.ID, visit.Correction{At: noon, Field: visit.FieldMet})
	})
	view(t, s, func(tx handlers.Tx) error {
		if d := cmp.Diff(want, must[[]visit.Correction](t)(tx.Corrections(ctx, one.ID))); d != "" {
			t.Error(d)
		}
		equal(t, "of another", len(must[[]visit.Correction](t)(tx.Corrections(ctx, other.ID))), 1)
		equal(t, "of none", len(must[[]visit.Correction](t)(tx.Corrections(ctx, "none"))), 0)
		return nil
	})
	if err := s.Update(ctx, func(tx handlers.Tx) error {
		return tx.AddCorrection(ctx, "none", visit.Correction{At: noon, Field: visit.FieldMet})
	}); err == nil {
		t.Error("a visit that is not there is corrected")
	}
}

// A filed visit is there once; drafts and what was removed are in nobody's way.
func visitOnce(t *testing.T, s *store.Store) {
	one := addVisit(t, s, visited("s1", "示例一厂", friday))
	again := func(v visit.Visit) error {
		return s.Update(ctx, func(tx handlers.Tx) error { _, err := tx.AddVisit(ctx, v); return err })
	}
	wantCode(t, again(visited("s1", "示例 一厂", friday)), ticket.Conflict)
	wantCode(t, again(visited("s2", "示例一厂", friday)), "")
	draft := visited("s1", "示例一厂", friday, visit.Opinion{Text: "路灯坏了"})
	draft.State, draft.FiledAt = visit.Draft, time.Time{}
	draft = addVisit(t, s, draft)
	file := func() error {
		return s.Update(ctx, func(tx handlers.Tx) error {
			v := draft
			v.State, v.FiledAt = visit.Filed, noon
			return tx.SaveVisit(ctx, v)
		})
	}
	wantCode(t, file(), ticket.Conflict)
	// The transaction of who is told so goes on.
	update(t, s, func(tx handlers.Tx) error {
		_, err := tx.AddVisit(ctx, visited("s1", "示例一厂", friday))
		wantCode(t, err, ticket.Conflict)
		one.Met = "无人"
		return tx.SaveVisit(ctx, one)
	})
	equal(t, "who was met", loadVisit(t, s, one.ID).Met, "无人")

	one.State = visit.Removed
	update(t, s, func(tx handlers.Tx) error { return tx.SaveVisit(ctx, one) })
	wantCode(t, file(), "")

	wantCode(t, s.Update(ctx, func(tx handlers.Tx) error { return tx.DropVisit(ctx, draft.ID) }), ticket.NotFound)
	other := addVisit(t, s, visit.Visit{State: visit.Draft, Opinions: []visit.Opinion{{Text: "a"}}})
	update(t, s, func(tx handlers.Tx) error { return tx.DropVisit(ctx, other.ID) })
	wantCode(t, s.Update(ctx, func(tx handlers.Tx) error { return tx.DropVisit(ctx, other.ID) }), ticket.NotFound)
}

func visitFilter(t *testing.T, s *store.Store) {
	names := make(map[string]string)
	add := func(name string, v visit.Visit) {
		v = addVisit(t, s, v)
		names[v.ID] = name
	}
	a := visited("s1", "示例一厂", friday, visit.Opinion{Text: "路灯坏了"})
	a.Observer = "p1"
	b := visited("s2", "ABC 100%", monday)
	b.Town, b.Met, b.Visitor = "", "", "赵六（示例）"
	c := visited("s1", "示例三厂", monday)
	c.CreatedAt = noon.Add(time.Hour)
	draft := visit.Visit{State: visit.Draft, Observer: "p1", Companies: []string{"草稿厂"}}
	removed := visited("s1", "移除厂", monday)
	removed.State = visit.Removed
	add("a", a)
	add("b", b)
	add("c", c)
	add("draft", draft)
	add("removed", removed)
	for _, row := range []struct {
		what string
		f    visit.Filter
		want string
	}{
		{"all", visit.Filter{}, "c b a "},
		{"drafts", visit.Filter{State: visit.Draft}, "draft "},
		{"observer", visit.Filter{Observer: "p1"}, "a "},
		{"visitor", visit.Filter{Visitor: "赵六（示例）"}, "b "},
		{"station", visit.Filter{Stations: []string{"s1"}}, "c a "},
		{"two stations", visit.Filter{Stations: []string{"s1", "s2"}}, "c b a "},
		{"no station", visit.Filter{Stations: []string{}}, ""},
		{"town", visit.Filter{Town: "zhouxiang"}, "c a "},
		{"from", visit.Filter{From: monday}, "c b "},
		{"to", visit.Filter{To: monday}, "a "},
		{"company", visit.Filter{Text: "abc"}, "b "},
		{"sign", visit.Filter{Text: "100%"}, "b "},
		{"not a sign", visit.Filter{Text: "1%0"}, ""},
		{"opinion", visit.Filter{Text: "路灯"}, "a "},
		{"met", visit.Filter{Text: "厂长"}, "c a "},
		{"page", visit.Filter{Limit: 1, Offset: 1}, "b "},
		{"together", visit.Filter{Stations: []string{"s1"}, From: monday, Text: "示例"}, "c "},
	} {
		got := ""
		view(t, s, func(tx handlers.Tx) error {
			got = ""
			for _, v := range must[[]visit.Visit](t)(tx.Visits(ctx, row.f)) {
				got += names[v.ID] + " "
				if len(v.Opinions) != len(loadVisit(t, s, v.ID).Opinions) {
					t.Errorf("%s: opinions of %s are missing", row.what, names[v.ID])
				}
			}
			return nil
		})
		if got != row.want {
			t.Errorf("%s: got %q, want %q", row.what, got, row.want)
		}
	}
}

// What became of an opinion follows its case, through every merge; what was recorded
// before counts no longer.
func visitOutcomes(t *testing.T, s *store.Store) {
	insert := func(id string, state ticket.State, into string, answered time.Time) {
		update(t, s, func(tx handlers.Tx) error {
			return tx.InsertTicket(ctx, ticket.Ticket{ID: id, Kind: ticket.Finding, State: state, MergedInto: into, AnsweredAt: answered, Version: 1})
		})
	}
	insert("CX-1", ticket.Assigned, "", time.Time{})
	insert("CX-2", ticket.Rejected, "", time.Time{})
	insert("CX-3", ticket.Closed, "CX-4", time.Time{})
	insert("CX-4", ticket.Closed, "CX-5", time.Time{})
	insert("CX-5", ticket.Closed, "", noon)
	insert("CX-6", ticket.Closed, "", time.Time{})
	var opinions []visit.Opinion
	for i, number := range []string{"CX-1", "CX-2", "CX-3", "CX-6", ""} {
		opinions = append(opinions, visit.Opinion{Text: fmt.Sprint("意见 ", i), Ticket: number, Outcome: visit.Solved})
	}
	made := addVisit(t, s, visited("s1", "示例一厂", friday, opinions...))
	got := ""
	for _, o := range loadVisit(t, s, made.ID).Opinions {
		got += string(o.Outcome) + ","
	}
	equal(t, "outcomes", got, "study,explained,solved,,solved,")

	c := ticket.Ticket{}
	update(t, s, func(tx handlers.Tx) (err error) {
		c, err = tx.Ticket(ctx, "CX-1")
		c.State, c.AnsweredAt, c.Version = ticket.Closed, noon, c.Version+1
		if err != nil {
			return err
		}
		return tx.UpdateTicket(ctx, c)
	})
	equal(t, "outcome after the case was closed", loadVisit(t, s, made.ID).Opinions[0].Outcome, visit.Solved)
}
