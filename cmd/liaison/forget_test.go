package main

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"liaison/handlers"
	"liaison/store"
	"liaison/ticket"
)

// A person who asked in writing is forgotten once that is said twice and no case is
// open, and the audit still verifies.
func TestForget(t *testing.T) {
	t.Parallel()
	data := t.TempDir()
	const id = "CX-20261123-0001"
	state := func(to ticket.State, version int) {
		t.Helper()
		st, err := store.Open(t.Context(), store.Config{Dir: data})
		if err != nil {
			t.Fatal(err)
		}
		defer st.Close()
		err = st.Update(t.Context(), func(tx handlers.Tx) error { return writeCase(t.Context(), tx, id, to, version) })
		if err != nil {
			t.Fatal(err)
		}
	}
	state(ticket.Assigned, 1)
	for _, step := range []struct {
		args []string
		exit int
		says string
	}{
		{[]string{"forget", "CX-20261123-0009", "--yes"}, exitUsage, "there is no case"},
		{[]string{"forget", id}, exitOK, "1 cases; nothing was erased yet"},
		{[]string{"forget", id, "--yes"}, exitFailed, "still open"},
	} {
		if out, errs, code := liaison(t, append(step.args, "--data", data)...); code != step.exit || !strings.Contains(out+errs, step.says) {
			t.Errorf("%v: exit %d, %s%s", step.args, code, out, errs)
		}
	}
	state(ticket.Closed, 2)
	if out, errs, code := liaison(t, "forget", id, "--yes", "--data", data); code != exitOK {
		t.Fatalf("exit %d, %s%s", code, out, errs)
	}
	if _, errs, code := liaison(t, "forget", id, "--yes", "--data", data); code != exitFailed || !strings.Contains(errs, "already") {
		t.Errorf("once more: exit %d, %s", code, errs)
	}
	if out, errs, code := liaison(t, "audit", "--data", data); code != exitOK || !strings.HasPrefix(out, "3 lines") {
		t.Errorf("the audit afterwards: exit %d, %s%s", code, out, errs)
	}
}

// Who has only asked questions is named by the account, and the program says what to
// give when nobody, or a stranger, is named.
func TestForgetByAccount(t *testing.T) {
	t.Parallel()
	data := t.TempDir()
	st, err := store.Open(t.Context(), store.Config{Dir: data})
	if err != nil {
		t.Fatal(err)
	}
	err = st.Update(t.Context(), func(tx handlers.Tx) error {
		me, err := tx.Touch(t.Context(), handlers.Telegram, "42", "42", time.Now())
		if err != nil {
			return err
		}
		return tx.AddGap(t.Context(), handlers.Missed{Question: "谁管这件事", Reason: handlers.Refused, Person: me.ID, At: time.Now()})
	})
	if err := errors.Join(err, st.Close()); err != nil {
		t.Fatal(err)
	}
	for _, step := range []struct {
		args []string
		exit int
		says string
	}{
		{[]string{"forget"}, exitUsage, "by a case or by an account"},
		{[]string{"forget", "CX-20261123-0001", "--account", "telegram:42"}, exitUsage, "by a case or by an account"},
		{[]string{"forget", "--account", "telegram:43", "--yes"}, exitUsage, "there is no account"},
		{[]string{"forget", "--account", "42", "--yes"}, exitUsage, "there is no account"},
		{[]string{"forget", "--account", "telegram:42"}, exitOK, "0 cases; nothing was erased yet"},
		{[]string{"forget", "--account", "telegram:42", "--yes"}, exitOK, "erased"},
		{[]string{"forget", "--account", "telegram:42", "--yes"}, exitUsage, "has been forgotten"},
	} {
		if out, errs, code := liaison(t, append(step.args, "--data", data)...); code != step.exit || !strings.Contains(out+errs, step.says) {
			t.Errorf("%v: exit %d, %s%s", step.args, code, out, errs)
		}
	}
	st, err = store.Open(t.Context(), store.Config{Dir: data})
	if err != nil {
		t.Fatal(err)
	}
	defer st.Close()
	err = st.View(t.Context(), func(tx handlers.Tx) error {
		gaps, err := tx.Gaps(t.Context(), 0, handlers.GapOpen)
		if len(gaps) > 0 {
			t.Errorf("what was asked is still there: %+v", gaps)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// writeCase submits a case, or, from version 2 on, moves it.
func writeCase(ctx context.Context, tx handlers.Tx, id string, to ticket.State, version int) error {
	me, err := tx.Touch(ctx, handlers.Telegram, "42", "42", time.Now())
	if err != nil {
		return err
	}
	c := ticket.Ticket{ID: id, Kind: ticket.Complaint, State: to, Text: "路灯坏了", Requester: me.ID, Version: int64(version)}
	e := ticket.Event{Ticket: id, Seq: version, Actor: me.ID, Role: ticket.RoleRequester, Action: ticket.Withdraw, To: to, Text: "路灯坏了"}
	if version > 1 {
		err = tx.UpdateTicket(ctx, c)
	} else {
		e.Action = ticket.Submit
		err = tx.InsertTicket(ctx, c)
	}
	if err != nil {
		return err
	}
	return tx.AppendEvent(ctx, e)
}
