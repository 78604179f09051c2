package store

import (
	"context"
	"testing"
	"time"
)

// A database in which somebody writes for long, here or in another process, is ready;
// one that takes nothing is not.
func TestReadyWhileSomebodyWrites(t *testing.T) {
	t.Parallel()
	s := openSQLite(t)
	ctx, cancel := context.WithTimeout(t.Context(), time.Second)
	defer cancel()
	err := s.update(t.Context(), func(x *tx) error {
		if err := note(t.Context(), x, "note"); err != nil {
			return err
		}
		return s.ask(ctx)
	})
	if err != nil {
		t.Errorf("while one of us writes: %v", err)
	}
	other, err := s.jobs.BeginTx(t.Context(), nil) // as another process would
	if err != nil {
		t.Fatal(err)
	}
	if err := s.ask(ctx); err != nil {
		t.Errorf("while another writes: %v", err)
	}
	if err := other.Rollback(); err != nil {
		t.Fatal(err)
	}
	if _, err := s.beat.Exec(`PRAGMA query_only = 1`); err != nil {
		t.Fatal(err)
	}
	if err := s.ask(t.Context()); err == nil {
		t.Error("ready although nothing can be written")
	}
}

// What a person's forgetting looks for are whole numbers.
func TestMentions(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		text, id string
		want     bool
	}{
		{`{"id":77}`, "77", true}, {`77`, "77", true}, {`{"id":177}`, "77", false}, {`{"id":770}`, "77", false},
		{`1777 and 77`, "77", true}, {`777`, "77", false},
		{`CX-12`, "CX-1", false}, {`CX-12 CX-1`, "CX-1", true}, {`%20CX-1`, "CX-1", true}, {``, "CX-1", false},
	} {
		if got := mentions(c.text, c.id); got != c.want {
			t.Errorf("mentions(%q, %q) = %v", c.text, c.id, got)
		}
	}
}
