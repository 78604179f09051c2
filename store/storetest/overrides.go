package storetest

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"liaison/handlers"
	"liaison/store"
	"liaison/ticket"
)

func overrides(t *testing.T, s *store.Store) {
	add := func(o handlers.Override) (id int64) {
		t.Helper()
		o.At = noon.UTC()
		update(t, s, func(tx handlers.Tx) (err error) { id, err = tx.AddOverride(ctx, o); return err })
		return id
	}
	list := func(undone bool) (out []handlers.Override, rev int64) {
		view(t, s, func(tx handlers.Tx) (err error) {
			if rev, err = tx.OverridesRevision(ctx); err != nil {
				return err
			}
			out, err = tx.Overrides(ctx, undone)
			return err
		})
		return out, rev
	}
	if got, rev := list(true); len(got) != 0 || rev != 0 {
		t.Errorf("before any: %v, revision %d", got, rev)
	}
	pin := handlers.Override{Kind: handlers.OverridePin, Question: "问", Unit: "d#u", Why: "理由", By: "p1", At: noon.UTC()}
	words := handlers.Override{Kind: handlers.OverrideSynonym, Words: []string{"甲乙", "丙丁"}, Why: "理由", By: "p1", At: noon.UTC()}
	pin.ID, words.ID = add(pin), add(words)
	got, before := list(false)
	if d := cmp.Diff([]handlers.Override{pin, words}, got); d != "" {
		t.Error(d)
	}
	undo := func(id int64) error {
		return s.Update(ctx, func(tx handlers.Tx) error { return tx.UndoOverride(ctx, id, "p2", noon.Add(time.Hour)) })
	}
	if err := undo(pin.ID); err != nil {
		t.Fatal(err)
	}
	wantCode(t, undo(pin.ID), ticket.Conflict)
	wantCode(t, undo(99), ticket.NotFound)
	got, rev := list(false)
	if d := cmp.Diff([]handlers.Override{words}, got); d != "" || rev <= before {
		t.Errorf("revision %d after %d %s", rev, before, d)
	}
	pin.UndoneBy, pin.UndoneAt = "p2", noon.Add(time.Hour).UTC()
	got, _ = list(true)
	if d := cmp.Diff([]handlers.Override{pin, words}, got); d != "" {
		t.Error(d)
	}
}
