package storetest

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"liaison/handlers"
	"liaison/store"
	"liaison/ticket"
)

func addGap(t *testing.T, s *store.Store, m handlers.Missed, after time.Duration) {
	t.Helper()
	m.At = noon.Add(after)
	update(t, s, func(tx handlers.Tx) error { return tx.AddGap(ctx, m) })
}

func gapsIn(t *testing.T, s *store.Store, state handlers.GapState) (out []handlers.Gap) {
	t.Helper()
	view(t, s, func(tx handlers.Tx) (err error) { out, err = tx.Gaps(ctx, 0, state); return err })
	return out
}

func gaps(t *testing.T, s *store.Store) {
	add := func(q string, r handlers.GapReason, after time.Duration) {
		t.Helper()
		addGap(t, s, handlers.Missed{Question: q, Reason: r}, after)
	}
	add("开办 ABC 企业？", handlers.Refused, 0)
	add("开办ａｂｃ企业", handlers.Refused, 2*time.Hour)
	add("開辦企業", handlers.Refused, time.Hour)
	add("开办abc企业!", handlers.Unhelpful, 3*time.Hour)
	add("？？", handlers.Refused, 0)
	add("😀", handlers.Refused, 0)
	got := gapsIn(t, s, handlers.GapOpen)
	equal(t, "gaps", len(got), 5)
	first := handlers.Gap{
		ID: got[0].ID, Question: "开办 ABC 企业？", State: handlers.GapOpen, Count: 2,
		FirstAt: noon.UTC(), LastAt: noon.Add(2 * time.Hour).UTC(),
		Wordings: []handlers.GapWording{{
			ID: got[0].ID, Gap: got[0].ID, Question: "开办 ABC 企业？", Reason: handlers.Refused, Count: 2,
			FirstAt: noon.UTC(), LastAt: noon.Add(2 * time.Hour).UTC(),
		}},
	}
	if d := cmp.Diff(first, got[0]); d != "" {
		t.Error(d)
	}
	equal(t, "the latest of those asked once", got[1].Wordings[0].Reason, handlers.Unhelpful)
	view(t, s, func(tx handlers.Tx) error {
		equal(t, "gaps up to a limit", len(must[[]handlers.Gap](t)(tx.Gaps(ctx, 2, handlers.GapOpen))), 2)
		latest := handlers.GapWording{Gap: got[1].ID, Question: "开办abc企业!"}
		if d := cmp.Diff([]handlers.GapWording{latest}, must[[]handlers.GapWording](t)(tx.Wordings(ctx, 1))); d != "" {
			t.Errorf("the latest wording: %s", d)
		}
		return nil
	})

	update(t, s, func(tx handlers.Tx) error { return tx.CloseGap(ctx, first.ID) })
	equal(t, "open gaps", len(gapsIn(t, s, handlers.GapOpen)), 4)
	equal(t, "closed gaps", len(gapsIn(t, s, handlers.GapClosed)), 1)
	add("开办abc企业", handlers.Refused, time.Minute) // earlier than the last
	got = gapsIn(t, s, handlers.GapOpen)
	if got[0].ID != first.ID || got[0].Count != 3 || !got[0].LastAt.Equal(first.LastAt) {
		t.Errorf("asked again: %+v", got[0])
	}
	wantCode(t, s.Update(ctx, func(tx handlers.Tx) error { return tx.CloseGap(ctx, "none") }), ticket.NotFound)
}

func gapGroups(t *testing.T, s *store.Store) {
	near := []handlers.Near{{Unit: "d#u", Title: "单元", Sure: 0.25}}
	addGap(t, s, handlers.Missed{Question: "甲", Reason: handlers.Refused, Person: "p1"}, 0)
	id := gapsIn(t, s, handlers.GapOpen)[0].ID
	addGap(t, s, handlers.Missed{Question: "乙", Reason: handlers.Unhelpful, Gap: id, Person: "p2", Nearest: near}, time.Hour)
	addGap(t, s, handlers.Missed{Question: "丙", Reason: handlers.Refused}, time.Hour)
	got := gapsIn(t, s, handlers.GapOpen)
	equal(t, "gaps", len(got), 2)
	equal(t, "count", got[0].Count, 2)
	equal(t, "askers", got[0].Askers, 2)
	equal(t, "wordings", len(got[0].Wordings), 2)
	if d := cmp.Diff(near, got[0].Nearest); d != "" {
		t.Error(d)
	}

	split := func(id, wording string) (alone string, err error) {
		err = s.Update(ctx, func(tx handlers.Tx) (err error) { alone, err = tx.SplitGap(ctx, id, wording); return err })
		return alone, err
	}
	// The wording that stands for the gap leaves it: another stands for it then.
	alone, err := split(id, id)
	if err != nil {
		t.Fatal(err)
	}
	view(t, s, func(tx handlers.Tx) error {
		equal(t, "left", must[handlers.Gap](t)(tx.Gap(ctx, id)).Question, "乙")
		equal(t, "moved out", must[handlers.Gap](t)(tx.Gap(ctx, alone)).Question, "甲")
		return nil
	})
	_, err = split(alone, id)
	wantCode(t, err, ticket.Invalid)
	_, err = split("none", id)
	wantCode(t, err, ticket.NotFound)

	// A wording that staff moved stays where they put it.
	addGap(t, s, handlers.Missed{Question: "甲！", Reason: handlers.Refused, Gap: id}, 2*time.Hour)
	merge := func(from, into string) error {
		return s.Update(ctx, func(tx handlers.Tx) error { return tx.MergeGaps(ctx, from, into) })
	}
	view(t, s, func(tx handlers.Tx) error {
		equal(t, "asked again", must[handlers.Gap](t)(tx.Gap(ctx, alone)).Count, 2)
		return nil
	})
	wantCode(t, merge(alone, alone), ticket.Invalid)
	wantCode(t, merge("none", id), ticket.NotFound)
	wantCode(t, merge(id, "none"), ticket.NotFound)
	update(t, s, func(tx handlers.Tx) error { return tx.CloseGap(ctx, id) })
	if err := merge(alone, id); err != nil {
		t.Fatal(err)
	}
	view(t, s, func(tx handlers.Tx) error {
		g := must[handlers.Gap](t)(tx.Gap(ctx, id))
		equal(t, "merged count", g.Count, 3)
		equal(t, "merged askers", g.Askers, 2)
		equal(t, "an open gap was merged", g.State, handlers.GapOpen)
		_, err := tx.Gap(ctx, alone)
		wantCode(t, err, ticket.NotFound)
		return nil
	})
}

func gapAnswers(t *testing.T, s *store.Store) {
	ask := func(q, person string, after time.Duration) {
		gap := ""
		if list := gapsIn(t, s, handlers.GapOpen); len(list) > 0 {
			gap = list[0].ID
		}
		addGap(t, s, handlers.Missed{Question: q, Reason: handlers.Refused, Gap: gap, Person: person}, after)
	}
	ask("甲", "p1", 0)
	ask("甲", "p1", time.Minute)
	ask("乙", "p1", time.Hour) // in other words
	ask("乙", "p2", 2*time.Hour)
	id := gapsIn(t, s, handlers.GapOpen)[0].ID
	answer := handlers.GapAnswer{Text: "答", Unit: "d#u", By: "staff", At: noon.UTC(), Document: "qa-1"}
	var seen time.Time
	tell := func() (out []handlers.Asker) {
		update(t, s, func(tx handlers.Tx) (err error) { out, err = tx.AnswerGap(ctx, id, answer, seen); return err })
		seen = answer.At
		return out
	}
	if d := cmp.Diff([]handlers.Asker{{Person: "p2", Question: "乙"}, {Person: "p1", Question: "乙"}}, tell()); d != "" {
		t.Error(d)
	}
	equal(t, "told a second time", len(tell()), 0)
	// Somebody who has not seen the answer does not overwrite it.
	for _, unseen := range []time.Time{{}, noon.Add(-time.Hour)} {
		other := handlers.GapAnswer{Text: "另答", By: "other", At: noon.Add(time.Hour)}
		wantCode(t, s.Update(ctx, func(tx handlers.Tx) error { _, err := tx.AnswerGap(ctx, id, other, unseen); return err }), ticket.Conflict)
	}
	got := gapsIn(t, s, handlers.GapAnswered)
	equal(t, "answered", len(got), 1)
	equal(t, "the answer", got[0].Answer, answer)

	// Asked again it is open again, and only who asked since is told.
	addGap(t, s, handlers.Missed{Question: "甲", Reason: handlers.Refused, Person: "p3"}, 3*time.Hour)
	equal(t, "open again", len(gapsIn(t, s, handlers.GapOpen)), 1)
	if d := cmp.Diff([]handlers.Asker{{Person: "p3", Question: "甲"}}, tell()); d != "" {
		t.Error(d)
	}
	addGap(t, s, handlers.Missed{Question: "甲", Reason: handlers.Refused, Person: "p3"}, 4*time.Hour)
	update(t, s, func(tx handlers.Tx) error { return tx.CloseGap(ctx, id) })
	equal(t, "nobody waits for a closed one", len(tell()), 0)

	// A group takes the answer along to one that has none.
	addGap(t, s, handlers.Missed{Question: "丙", Reason: handlers.Refused}, 5*time.Hour)
	into := gapsIn(t, s, handlers.GapOpen)[0].ID
	update(t, s, func(tx handlers.Tx) error { return tx.MergeGaps(ctx, id, into) })
	view(t, s, func(tx handlers.Tx) error {
		equal(t, "the answer taken along", must[handlers.Gap](t)(tx.Gap(ctx, into)).Answer, answer)
		return nil
	})
	wantCode(t, s.Update(ctx, func(tx handlers.Tx) error { _, err := tx.AnswerGap(ctx, "none", answer, seen); return err }), ticket.NotFound)
}

func askedDays(t *testing.T, s *store.Store) {
	count := func(o handlers.AskedOutcome, at time.Time) {
		update(t, s, func(tx handlers.Tx) error { return tx.CountAsked(ctx, o, at) })
	}
	midnight := time.Date(2026, 11, 24, 0, 0, 0, 0, ticket.CST)
	count(handlers.AskedAnswered, midnight.Add(-time.Second))
	count(handlers.AskedAnswered, midnight)
	count(handlers.AskedAnswered, midnight.Add(time.Hour))
	count(handlers.AskedRefused, midnight.Add(time.Hour))
	count(handlers.AskedHelped, midnight.AddDate(0, 0, -9))
	view(t, s, func(tx handlers.Tx) error {
		want := []handlers.AskedDay{
			{Day: "2026-11-23", Count: map[handlers.AskedOutcome]int{handlers.AskedAnswered: 1}},
			{Day: "2026-11-24", Count: map[handlers.AskedOutcome]int{handlers.AskedAnswered: 2, handlers.AskedRefused: 1}},
		}
		if d := cmp.Diff(want, must[[]handlers.AskedDay](t)(tx.AskedDays(ctx, midnight.AddDate(0, 0, -7)))); d != "" {
			t.Error(d)
		}
		return nil
	})
}

func liked(t *testing.T, s *store.Store) {
	helped := func(unit, person, question string, after time.Duration) {
		update(t, s, func(tx handlers.Tx) error { return tx.Helped(ctx, unit, person, question, noon.Add(after)) })
	}
	for _, p := range []string{"p1", "p2", "p3"} {
		helped("d#a", p, "怎么贷款", time.Hour)
		helped("d#a", p, "怎么贷款？", 2*time.Hour) // the same words: one line
		helped("d#b", p, "只有"+p+"这样问", time.Hour)
	}
	helped("d#a", "p4", "别的问法", time.Hour)
	helped("d#c", "p1", "一个人问", time.Hour)
	helped("d#c", "p1", "一个人又问", time.Hour)
	helped("d#c", "p2", "一个人问", -time.Hour) // too long ago
	helped("d#c", "p3", "一个人问", -time.Hour)
	view(t, s, func(tx handlers.Tx) error {
		want := []handlers.Liked{{Unit: "d#a", People: 4, Question: "怎么贷款"}, {Unit: "d#b", People: 3}}
		if d := cmp.Diff(want, must[[]handlers.Liked](t)(tx.Liked(ctx, noon, 3, 10))); d != "" {
			t.Error(d)
		}
		equal(t, "up to a limit", len(must[[]handlers.Liked](t)(tx.Liked(ctx, noon, 3, 1))), 1)
		return nil
	})
	if err := s.Cleanup(ctx, noon.AddDate(0, 0, 40)); err != nil {
		t.Fatal(err)
	}
	view(t, s, func(tx handlers.Tx) error {
		equal(t, "after the cleanup", len(must[[]handlers.Liked](t)(tx.Liked(ctx, time.Time{}, 1, 10))), 0)
		return nil
	})
}
