package storetest

import (
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"liaison/knowledge"
	"liaison/knowledge/shelf"
	"liaison/store"
)

// entry is a line about a version with every field set.
func entry(id string, version int, text string) shelf.Entry {
	return shelf.Entry{
		ID: id, Version: version, State: shelf.Published, Title: "《" + text + "》 '; DROP TABLE document; --", File: "/文件/" + text + "😀.html",
		Starts: knowledge.Date{Year: 2024, Month: 9, Day: 1}, Source: []byte(text),
		FileHash: "f" + text, ReadHash: "r" + text, SourceHash: "s" + text, TextHash: "t" + text,
		Action: shelf.Import, By: "甲（示例）", At: noon,
	}
}

func updateShelf(t *testing.T, s *store.Store, fn func(shelf.Tx) error) {
	t.Helper()
	if err := s.UpdateShelf(ctx, fn); err != nil {
		t.Fatal(err)
	}
}

func viewShelf(t *testing.T, s *store.Store, fn func(shelf.Tx) error) {
	t.Helper()
	if err := s.ViewShelf(ctx, fn); err != nil {
		t.Fatal(err)
	}
}

func putEntries(t *testing.T, s *store.Store, entries ...shelf.Entry) (rev int64) {
	t.Helper()
	updateShelf(t, s, func(tx shelf.Tx) error {
		rev = must[int64](t)(tx.Put(ctx, entries))
		return nil
	})
	return rev
}

func brief(entries []shelf.Entry) string {
	var out []string
	for _, e := range entries {
		out = append(out, fmt.Sprintf("%s %d %s %s", e.ID, e.Version, e.Source, e.State))
	}
	return strings.Join(out, "; ")
}

func entriesOf(t *testing.T, s *store.Store, ids ...string) (out string) {
	t.Helper()
	viewShelf(t, s, func(tx shelf.Tx) error {
		out = brief(must[[]shelf.Entry](t)(tx.Entries(ctx, true, ids...)))
		return nil
	})
	return out
}

func documents(t *testing.T, s *store.Store) {
	equal(t, "nothing", entriesOf(t, s), "")
	first := entry("a", 1, "甲")
	rev := putEntries(t, s, entry("b", 2, "乙2"), first, entry("b", 0, "乙"))
	equal(t, "all in order", entriesOf(t, s), "a 1 甲 in_force; b 0 乙 in_force; b 2 乙2 in_force")
	equal(t, "one", entriesOf(t, s, "b"), "b 0 乙 in_force; b 2 乙2 in_force")
	equal(t, "some, one not there", entriesOf(t, s, "c", "a"), "a 1 甲 in_force")

	gone := entry("b", 2, "")
	gone.State, gone.Source = shelf.Removed, nil
	later := putEntries(t, s, gone)
	equal(t, "the last line counts", entriesOf(t, s, "b"), "b 0 乙 in_force; b 2  removed")

	viewShelf(t, s, func(tx shelf.Tx) error {
		// Every field comes back, the source only when asked for.
		first.Rev, first.At = rev, first.At.UTC()
		full := must[[]shelf.Entry](t)(tx.Entries(ctx, true, "a"))
		if d := cmp.Diff([]shelf.Entry{first}, full); d != "" {
			t.Error(d)
		}
		if lean := must[[]shelf.Entry](t)(tx.Entries(ctx, false, "a")); lean[0].Source != nil || lean[0].SourceHash == "" {
			t.Errorf("without sources: %+v", lean[0])
		}
		history := must[[]shelf.Entry](t)(tx.History(ctx, "b"))
		if len(history) != 3 || history[0].State != shelf.Removed || history[1].Version != 2 || history[2].Version != 0 || history[1].Source != nil {
			t.Errorf("history: %+v", history)
		}
		equal(t, "written at once", len(must[[]shelf.Entry](t)(tx.Written(ctx, rev))), 3)
		before := must[shelf.Entry](t)(tx.Before(ctx, "b", 2, later))
		equal(t, "before", brief([]shelf.Entry{before}), "b 2 乙2 in_force")
		if _, err := tx.Before(ctx, "b", 2, rev); !errors.Is(err, shelf.ErrNotFound) {
			t.Errorf("before the first line: %v", err)
		}
		return nil
	})
}

func documentChanges(t *testing.T, s *store.Store) {
	since := func(rev int64) (out string) {
		viewShelf(t, s, func(tx shelf.Tx) error {
			out = strings.Join(must[[]string](t)(tx.Since(ctx, rev)), " ")
			return nil
		})
		return out
	}
	equal(t, "revision of nothing", must[int64](t)(s.LibraryVersion(ctx)), 0)
	first := putEntries(t, s, entry("b", 1, "乙"), entry("a", 1, "甲"))
	second := putEntries(t, s, entry("b", 1, "乙2"), entry("b", 2, "乙3"))
	if second <= first {
		t.Errorf("revision %d after %d", second, first)
	}
	equal(t, "revision", must[int64](t)(s.LibraryVersion(ctx)), second)
	equal(t, "nothing put", putEntries(t, s), second)
	equal(t, "changes from the start", since(0), "a b")
	equal(t, "changes since the first", since(first), "b")
	equal(t, "changes since now", since(second), "")

	failed := errors.New("no")
	err := s.UpdateShelf(ctx, func(tx shelf.Tx) error {
		must[int64](t)(tx.Put(ctx, []shelf.Entry{entry("c", 1, "丙")}))
		return failed
	})
	if !errors.Is(err, failed) {
		t.Errorf("got %v", err)
	}
	equal(t, "a transaction that failed", since(second), "")
	equal(t, "its revision", must[int64](t)(s.LibraryVersion(ctx)), second)
	err = s.ViewShelf(ctx, func(tx shelf.Tx) error {
		_, err := tx.Put(ctx, []shelf.Entry{entry("c", 1, "丙")})
		return err
	})
	if err == nil {
		t.Error("a view writes")
	}
}

func documentImports(t *testing.T, s *store.Store) {
	want := shelf.Record{
		Rev: 7, By: "甲（示例）", At: noon.UTC(), Counts: map[shelf.Kind]int{shelf.Added: 1},
		Outcomes: []shelf.Outcome{{File: "/文件/通知.html", Kind: shelf.Added, ID: "a", Version: 1, Guessed: []string{"issued"}}},
	}
	updateShelf(t, s, func(tx shelf.Tx) error {
		want.ID = must[int64](t)(tx.AddImport(ctx, want))
		if second := must[int64](t)(tx.AddImport(ctx, shelf.Record{By: "乙（示例）"})); second <= want.ID {
			t.Errorf("import %d after %d", second, want.ID)
		}
		return tx.MarkUndone(ctx, want.ID, "丙（示例）", noon)
	})
	want.UndoneBy, want.UndoneAt = "丙（示例）", noon.UTC()
	viewShelf(t, s, func(tx shelf.Tx) error {
		if d := cmp.Diff(want, must[shelf.Record](t)(tx.ImportRecord(ctx, want.ID))); d != "" {
			t.Error(d)
		}
		list := must[[]shelf.Record](t)(tx.Imports(ctx, 10))
		if len(list) != 2 || list[0].By != "乙（示例）" || list[1].Outcomes != nil || list[1].Counts[shelf.Added] != 1 {
			t.Errorf("imports: %+v", list)
		}
		equal(t, "limited", len(must[[]shelf.Record](t)(tx.Imports(ctx, 1))), 1)
		if _, err := tx.ImportRecord(ctx, 99); !errors.Is(err, shelf.ErrNotFound) {
			t.Errorf("an import that is not there: %v", err)
		}
		return nil
	})
	err := s.UpdateShelf(ctx, func(tx shelf.Tx) error { return tx.MarkUndone(ctx, 99, "x", noon) })
	if !errors.Is(err, shelf.ErrNotFound) {
		t.Errorf("taking back an import that is not there: %v", err)
	}
}

// documentsAtOnce: revisions ascend in the order of the commits, so that nobody
// who has read up to one misses a line that comes later.
func documentsAtOnce(t *testing.T, s *store.Store) {
	const writers, each = 4, 5
	var wg sync.WaitGroup
	for w := range writers {
		wg.Go(func() {
			for n := range each {
				err := s.UpdateShelf(ctx, func(tx shelf.Tx) error {
					_, err := tx.Put(ctx, []shelf.Entry{entry(fmt.Sprintf("d%d", w), n+1, "文")})
					return err
				})
				if err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	equal(t, "revision", must[int64](t)(s.LibraryVersion(ctx)), writers*each)
	viewShelf(t, s, func(tx shelf.Tx) error {
		for rev := range int64(writers * each) {
			equal(t, "lines of a revision", len(must[[]shelf.Entry](t)(tx.Written(ctx, rev+1))), 1)
		}
		return nil
	})
}
