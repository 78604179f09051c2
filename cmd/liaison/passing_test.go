package main

import (
	"os"
	"os/exec"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"liaison/e2e/script"
	"liaison/ticket"
)

// passing is the time of a conversation in which time passes: its processes, Telegram and
// the invitations go by it. It begins ahead of the machine's, and never is behind it: a
// job of the past would run at once. nil is the machine's time.
type passing struct {
	clocks clocks
	dsn    string // of the database, to which the jobs belong
	ahead  atomic.Int64
}

// newPassing begins at ten on a Monday late in November, as the scripts do: no holiday is near.
func newPassing(t *testing.T, dsn string) *passing {
	t.Helper()
	p := &passing{clocks: clocks(t.TempDir()), dsn: dsn}
	now := time.Now().In(ticket.CST)
	at := time.Date(now.Year(), 11, 20, 10, 0, 0, 0, ticket.CST)
	if !at.After(now) {
		at = at.AddDate(1, 0, 0)
	}
	for at.Weekday() != time.Monday {
		at = at.AddDate(0, 0, 1)
	}
	p.set(t, at.Sub(now))
	return p
}

func (p *passing) set(t *testing.T, ahead time.Duration) {
	t.Helper()
	p.ahead.Store(int64(ahead))
	p.clocks.set(t, 0, ahead)
}

func (p *passing) now() time.Time {
	if p == nil {
		return time.Now()
	}
	return time.Now().Add(time.Duration(p.ahead.Load()))
}

// pass lets time pass, and what is due by then happen.
func (p *passing) pass(t *testing.T, d time.Duration) {
	t.Helper()
	p.set(t, time.Duration(p.ahead.Load())+d)
	db := openDatabase(t, p.dsn)
	defer db.Close()
	makeDue(t, db, true, time.Duration(p.ahead.Load()))
}

// setting is what makes a process go by the time.
func (p *passing) setting() string { return clockFile + "=" + p.clocks.file(0) }

// run runs a command of the program by the time and returns what it printed.
func (p *passing) run(t *testing.T, args ...string) string {
	t.Helper()
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(exe, args...)
	cmd.Env = append(os.Environ(), runMain+"=1", p.setting())
	var wrong strings.Builder
	cmd.Stderr = &wrong
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%q: %v: %s", args, err, wrong.String())
	}
	return string(out)
}

// passes returns how much time passes in a line, 0 if none does.
func passes(l script.Line) time.Duration {
	if l.Op != script.Event {
		return 0
	}
	d, _ := time.ParseDuration(l.Text)
	return d
}
