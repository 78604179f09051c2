package main

import (
	"log/slog"
	"slices"
	"testing"
	"time"

	"liaison/knowledge"
	"liaison/knowledge/shelf"
	"liaison/store"
)

func TestLibraryLeavesOutWhatCannotBeRead(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	log := slog.New(slog.DiscardHandler)
	st, err := store.Open(ctx, store.Config{Dir: t.TempDir(), Logger: log})
	if err != nil {
		t.Fatal(err)
	}
	defer st.Close()
	sh, err := openShelf(ctx, st, log)
	if err != nil {
		t.Fatal(err)
	}
	want, _, err := sh.Load(ctx)
	if err != nil || len(want) == 0 {
		t.Fatalf("%d documents, %v", len(want), err)
	}
	bad := shelf.Entry{
		ID: "bad", Version: 1, State: shelf.Published, Title: "坏", SourceHash: "0", At: time.Now(),
		Source: []byte("---\nid: bad\ntitle: 坏\nstatus: in_force\n---\n## 无号\n文"),
	}
	err = st.UpdateShelf(ctx, func(tx shelf.Tx) error {
		_, err := tx.Put(ctx, []shelf.Entry{bad})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	got, _, err := sh.Load(ctx)
	if err != nil || len(got) != len(want) {
		t.Errorf("got %d documents and %v, want the other %d", len(got), err, len(want))
	}
}

// A running bot has what is published, and no longer what was taken back.
func TestFollower(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	log := slog.New(slog.DiscardHandler)
	st, err := store.Open(ctx, store.Config{Dir: t.TempDir(), Logger: log})
	if err != nil {
		t.Fatal(err)
	}
	defer st.Close()
	sh, err := openShelf(ctx, st, log)
	if err != nil {
		t.Fatal(err)
	}
	docs, rev, err := sh.Load(ctx)
	if err != nil {
		t.Fatal(err)
	}
	lib, err := knowledge.NewLibrary(docs)
	if err != nil {
		t.Fatal(err)
	}
	answerer, err := knowledge.NewAnswerer(knowledge.Config{Library: lib})
	if err != nil {
		t.Fatal(err)
	}
	f := &follower{shelf: sh, answerer: answerer, log: log, rev: rev}
	follow := func(what string, want ...string) {
		t.Helper()
		if err := f.look(ctx); err != nil {
			t.Fatalf("%s: %v", what, err)
		}
		for _, id := range []string{"cixi-2024-reply-184", "umbrella", "umbrella-v1"} {
			if _, ok := answerer.Library().Document(id); ok != slices.Contains(want, id) {
				t.Errorf("%s: %s is there: %v", what, id, ok)
			}
		}
	}
	add := func(text string, draft bool) {
		t.Helper()
		if _, err := sh.Import(ctx, []shelf.File{shelf.Bytes("umbrella.md", []byte(text))}, shelf.Options{By: "甲（示例）", Draft: draft}); err != nil {
			t.Fatal(err)
		}
	}
	follow("nothing new", "cixi-2024-reply-184")
	if answerer.Library() != lib {
		t.Error("the library was built again for nothing")
	}
	add(umbrellas+"\n本办法自2024年9月1日起施行。\n", false)
	follow("imported", "cixi-2024-reply-184", "umbrella")
	add(umbrellas+"\n本办法自2025年9月1日起施行。\n", true)
	follow("a draft", "cixi-2024-reply-184", "umbrella")
	if _, err := sh.Publish(ctx, "umbrella-v2", "甲（示例）"); err != nil {
		t.Fatal(err)
	}
	follow("published", "cixi-2024-reply-184", "umbrella", "umbrella-v1")
	for range 2 {
		if _, err := sh.Undo(ctx, 0, "甲（示例）"); err != nil {
			t.Fatal(err)
		}
	}
	follow("taken back", "cixi-2024-reply-184")
}
