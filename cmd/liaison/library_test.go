package main

import (
	"log/slog"
	"testing"
	"time"

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
