package main

import (
	"database/sql"
	"path/filepath"
	"strings"
	"testing"

	"liaison/handlers"
	"liaison/store"
	"liaison/ticket"
)

// What was rewritten in the database is named with its case, and an audit that was
// noted tells a history that was sealed anew.
func TestAudit(t *testing.T) {
	t.Parallel()
	data := t.TempDir()
	st, err := store.Open(t.Context(), store.Config{Dir: data})
	if err != nil {
		t.Fatal(err)
	}
	err = st.Update(t.Context(), func(tx handlers.Tx) error {
		if err := tx.InsertTicket(t.Context(), ticket.Ticket{ID: "CX-20261123-0001", State: ticket.Received, Version: 1}); err != nil {
			return err
		}
		return tx.AppendEvent(t.Context(), ticket.Event{Ticket: "CX-20261123-0001", Seq: 1, Action: ticket.Submit, To: ticket.Received, Text: "路灯坏了"})
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := st.Close(); err != nil {
		t.Fatal(err)
	}
	out, errs, code := liaison(t, "audit", "--data", data)
	_, noted, ok := strings.Cut(strings.TrimSpace(out), "next audit: ")
	if code != exitOK || !ok || !strings.HasPrefix(noted, "1:") {
		t.Fatalf("exit %d, %s%s", code, out, errs)
	}
	if _, errs, code := liaison(t, "audit", "--noted", noted, "--data", data); code != exitOK {
		t.Errorf("with its own note: exit %d, %s", code, errs)
	}
	for _, other := range []string{"1:0123", "2:" + noted[2:]} {
		if _, errs, code := liaison(t, "audit", "--noted", other, "--data", data); code != exitFailed || !strings.Contains(errs, "rewritten") {
			t.Errorf("with the note %s: exit %d, %s", other, code, errs)
		}
	}
	if _, errs, code := liaison(t, "audit", "--noted", "x", "--data", data); code != exitUsage || !strings.Contains(errs, "--noted") {
		t.Errorf("with nonsense: exit %d, %s", code, errs)
	}
	db, err := sql.Open("sqlite", filepath.Join(data, "liaison.db"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := db.ExecContext(t.Context(), `UPDATE ticket_event SET text = '路灯没坏'`); err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	if _, errs, code := liaison(t, "audit", "--data", data); code != exitFailed || !strings.Contains(errs, "line 1, CX-20261123-0001, step 1") {
		t.Errorf("rewritten: exit %d, %s", code, errs)
	}
}
