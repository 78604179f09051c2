package main

import (
	"log/slog"
	"testing"
	"time"

	"liaison/store"
)

func TestLoadLibraryLeavesOutWhatCannotBeRead(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	st, err := store.Open(ctx, store.Config{Dir: t.TempDir(), Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	defer st.Close()
	if err := syncBundled(ctx, st, time.Now()); err != nil {
		t.Fatal(err)
	}
	want, _, err := loadLibrary(ctx, st, slog.New(slog.DiscardHandler))
	if err != nil || len(want) == 0 {
		t.Fatalf("%d documents, %v", len(want), err)
	}
	bad := store.Document{ID: "bad", Name: "坏", Source: []byte("---\nid: bad\ntitle: 坏\nstatus: draft\n---\n## 无号\n文"), Hash: "0", At: time.Now()}
	if _, err := st.SaveDocuments(ctx, store.Imported, []store.Document{bad}); err != nil {
		t.Fatal(err)
	}
	got, _, err := loadLibrary(ctx, st, slog.New(slog.DiscardHandler))
	if err != nil || len(got) != len(want) {
		t.Errorf("got %d documents and %v, want the other %d", len(got), err, len(want))
	}
}
