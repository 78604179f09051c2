package storetest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"liaison/handlers"
	"liaison/knowledge/shelf"
	"liaison/store"
)

// Wire is a way on which changes are told: what is committed Here is heard There, and
// the other way round.
type Wire struct {
	Here, There *store.Store // the same one in one process
	// Lose makes the watchers There, who do not read meanwhile, miss what commit does.
	Lose func(t *testing.T, commit func())
}

// OneProcess returns the way from a store to its own watchers.
func OneProcess(s *store.Store) Wire {
	return Wire{Here: s, There: s, Lose: func(t *testing.T, commit func()) {
		insert(t, s, sample("held up")) // is on its way to who does not read; the next ones wait
		time.Sleep(50 * time.Millisecond)
		commit()
		update(t, s, func(tx handlers.Tx) error {
			for i := range 3000 { // more than is kept
				if err := tx.InsertTicket(ctx, sample(fmt.Sprint("flood", i))); err != nil {
					return err
				}
			}
			return nil
		})
	}}
}

// Signals checks how changes are told. open makes a new way, on which all that was
// told before has been heard.
func Signals(t *testing.T, open func(t *testing.T) Wire) {
	for _, c := range []struct {
		name  string
		check func(*testing.T, Wire)
	}{
		{"Kinds", toldKinds},
		{"Undone", toldNothing},
		{"Order", toldInOrder},
		{"Once", toldOnce},
		{"Missed", toldMissed},
		{"Ends", toldToTheEnd},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			c.check(t, open(t))
		})
	}
}

// hear returns what is told next.
func hear(t *testing.T, c <-chan handlers.Change) handlers.Change {
	t.Helper()
	select {
	case got, ok := <-c:
		if !ok {
			t.Fatal("the watcher's channel is closed")
		}
		return got
	case <-time.After(30 * time.Second):
		t.Fatal("nothing is told")
	}
	return handlers.Change{}
}

func toldKinds(t *testing.T, w Wire) {
	c, _ := watching(t, w.There)
	told := make(map[handlers.ChangeKind]bool)
	step := func(kind handlers.ChangeKind, id string, commit func()) {
		t.Helper()
		commit()
		if got := hear(t, c); got.Kind != kind || got.ID != id && id != "*" {
			t.Errorf("told %+v, want %s %s", got, kind, id)
		}
		told[kind] = true
	}
	in := func(fn func(handlers.Tx) error) func() { return func() { t.Helper(); update(t, w.Here, fn) } }
	step(handlers.TicketChanged, "A", func() { insert(t, w.Here, sample("A")) })
	step(handlers.TicketChanged, "A", in(func(tx handlers.Tx) error {
		next := sample("A")
		next.Version++
		return tx.UpdateTicket(ctx, next)
	}))
	step(handlers.ReplyQueued, chat("1").Lane(), in(func(tx handlers.Tx) error { return tx.Send(ctx, chat("1"), say("x")) }))
	step(handlers.GapChanged, "*", in(func(tx handlers.Tx) error {
		return tx.AddGap(ctx, handlers.Missed{Question: "q", Reason: handlers.Refused, At: noon})
	}))
	step(handlers.LineWritten, "visitor", func() { putLine(t, w.Here, "visitor", "k", 0, "x") })
	step(handlers.LibraryChanged, "", func() { putEntries(t, w.Here, entry("umbrella", 1, "一")) })
	var pin int64
	step(handlers.LibraryChanged, "", in(func(tx handlers.Tx) (err error) {
		pin, err = tx.AddOverride(ctx, handlers.Override{Kind: handlers.OverridePin, Question: "问", Unit: "d#u", Why: "理由", By: "p1", At: noon})
		return err
	}))
	step(handlers.LibraryChanged, "", in(func(tx handlers.Tx) error { return tx.UndoOverride(ctx, pin, "p2", noon) }))
	for _, kind := range handlers.ChangeKinds {
		if !told[kind] {
			t.Errorf("nobody tells of %s", kind)
		}
	}
}

// toldNothing: what was not committed, and what changed nothing, is not told.
func toldNothing(t *testing.T, w Wire) {
	c, _ := watching(t, w.There)
	_ = w.Here.Update(ctx, func(tx handlers.Tx) error { _ = tx.InsertTicket(ctx, sample("no")); return errors.New("undo") })
	_ = w.Here.UpdateShelf(ctx, func(tx shelf.Tx) error {
		_, _ = tx.Put(ctx, []shelf.Entry{entry("no", 1, "一")})
		return errors.New("undo")
	})
	putEntries(t, w.Here)
	insert(t, w.Here, sample("yes"))
	equal(t, "told first", hear(t, c), handlers.Change{Kind: handlers.TicketChanged, ID: "yes"})
}

func toldInOrder(t *testing.T, w Wire) {
	c, _ := watching(t, w.There)
	for i := range 100 {
		insert(t, w.Here, sample(fmt.Sprint(i)))
	}
	for i := range 100 {
		equal(t, "told", hear(t, c), handlers.Change{Kind: handlers.TicketChanged, ID: fmt.Sprint(i)})
	}
}

// toldOnce: what a process has told does not come back to it, and what it has heard it
// does not tell again.
func toldOnce(t *testing.T, w Wire) {
	here, _ := watching(t, w.Here)
	there, _ := watching(t, w.There)
	own := w.There.WatchOwn(t.Context())
	for _, step := range []struct {
		at *store.Store
		id string
	}{{w.Here, "1"}, {w.There, "2"}, {w.Here, "3"}, {w.There, "4"}} {
		insert(t, step.at, sample(step.id))
		for _, c := range []<-chan handlers.Change{here, there} {
			equal(t, "told", hear(t, c).ID, step.id)
		}
	}
	want := []string{"2", "4"}
	if w.Here == w.There {
		want = []string{"1", "2", "3", "4"}
	}
	var got []string
	for range want {
		got = append(got, hear(t, own).ID)
	}
	if !slices.Equal(got, want) {
		t.Errorf("of its own doing are %q, want %q", got, want)
	}
}

// toldMissed: of what was missed a change that names nothing tells, and what follows is
// heard as before.
func toldMissed(t *testing.T, w Wire) {
	c, _ := watching(t, w.There)
	w.Lose(t, func() {
		insert(t, w.Here, sample("missed"))
		update(t, w.Here, func(tx handlers.Tx) error { return tx.Send(ctx, chat("missed"), say("x")) })
	})
	missed := map[handlers.ChangeKind]bool{handlers.TicketChanged: true, handlers.ReplyQueued: true}
	for len(missed) > 0 {
		got := hear(t, c)
		if got.ID == "missed" || got.ID == chat("missed").Lane() {
			t.Fatal("it was heard: this test tests nothing")
		}
		if got.ID == "" {
			delete(missed, got.Kind)
		}
	}
	insert(t, w.Here, sample("after"))
	for {
		if got := hear(t, c); got.ID != "" {
			equal(t, "told after what was missed", got, handlers.Change{Kind: handlers.TicketChanged, ID: "after"})
			return
		}
	}
}

func toldToTheEnd(t *testing.T, w Wire) {
	c, stop := watching(t, w.There)
	closed, cancel := context.WithCancel(t.Context())
	cancel()
	insert(t, w.Here, sample("A"))
	equal(t, "told", hear(t, c).ID, "A")
	stop()
	for range c { // is closed when its context has ended
	}
	for range w.There.Watch(closed) {
	}
}
