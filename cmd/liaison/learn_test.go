package main

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"liaison/handlers"
	"liaison/store"
	"liaison/ticket"
)

// TestLearn: solved cases of the data folder teach routing, by the command as by
// the running bot.
func TestLearn(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if _, errs, code := liaison(t, "learn", "--data", dir); code != exitUsage || !strings.Contains(errs, "no database") {
		t.Errorf("without a database: exit %d: %s", code, errs)
	}
	st, err := store.Open(t.Context(), store.Config{Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	err = st.Update(t.Context(), func(tx handlers.Tx) error {
		for i := range 80 {
			now := time.Date(2026, 11, 2, 9, i, 0, 0, time.UTC)
			c := ticket.Ticket{
				ID: ticket.Number(now, i+1), Kind: ticket.Complaint, State: ticket.Closed, Version: 1,
				Text: fmt.Sprintf("电动自行车充电桩坏了，第%d次反映", i), Station: "town-henghe", CreatedAt: now, AnsweredAt: now,
			}
			if i%2 == 0 {
				c.Text, c.Station, c.Category = fmt.Sprintf("银行不给续贷，第%d次反映", i), "finance-centre", "finance"
			}
			if err := tx.InsertTicket(t.Context(), c); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := st.Close(); err != nil {
		t.Fatal(err)
	}
	out, errs, code := liaison(t, "learn", "--data", dir)
	if code != exitOK || !strings.Contains(out, "station") || !strings.Contains(out, "; used\n") {
		t.Fatalf("exit %d: %s%s", code, out, errs)
	}
	if out, errs, code := liaison(t, "learn", "--data", dir); code != exitOK || out != "" || !strings.Contains(errs, "Nothing new") {
		t.Errorf("again: exit %d: %s%s", code, out, errs)
	}
	out, errs, code = liaison(t, "learn", "--data", dir, "--list", "--json")
	var v struct {
		Target       string
		Cases, Right int
		Held         int `json:"held_back"`
		Used         bool
	}
	if err := json.Unmarshal([]byte(out), &v); err != nil || code != exitOK {
		t.Fatalf("exit %d, %v: %s%s", code, err, out, errs)
	}
	if v.Target != "station" || v.Cases+v.Held != 80 || v.Right != v.Held || !v.Used {
		t.Errorf("got %+v", v)
	}
	for _, row := range []struct {
		args []string
		code int
		want string
	}{
		{[]string{"--use", "1"}, exitOK, "pinned until released"},
		{[]string{"--list"}, exitOK, "used, pinned until released"},
		{[]string{"--use", "7"}, exitUsage, "not kept"},
		{[]string{"--release"}, exitOK, "Released: 1."},
		{[]string{"--release"}, exitOK, "Released: 0."},
		{[]string{"--use", "1", "--release"}, exitUsage, ""},
	} {
		out, errs, code := liaison(t, append([]string{"learn", "--data", dir}, row.args...)...)
		if code != row.code || !strings.Contains(out+errs, row.want) {
			t.Errorf("%v: exit %d: %s%s", row.args, code, out, errs)
		}
	}
}
