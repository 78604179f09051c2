package main

import (
	"os"
	"os/exec"
	"regexp"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"golang.org/x/text/width"

	"liaison/e2e/script"
	"liaison/ticket"
)

// passing is the time of a conversation in which time passes: its processes, Telegram and
// the invitations go by it. It begins ahead of the machine's, and never is behind it: a
// job of the past would run at once. nil is the machine's time.
type passing struct {
	clocks clocks
	dsn    string // of the database, to which the jobs belong
	began  time.Time
	ahead  atomic.Int64
}

// scriptBegins is the day on which the scripts begin.
var scriptBegins = time.Date(2026, 11, 23, 10, 0, 0, 0, ticket.CST)

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
	p.began = at
	p.set(t, at.Sub(now))
	return p
}

// A dayForm is a way to write a day.
type dayForm struct {
	re     *regexp.Regexp
	layout string
}

// The ways in which scripts write days; the first that matches counts.
var dayForms = []dayForm{
	{regexp.MustCompile(`\d{4}年\d{1,2}月\d{1,2}日`), "2006年1月2日"},
	{regexp.MustCompile(`\d{1,2}月\d{1,2}日`), "1月2日"},
	{regexp.MustCompile(`\d{4}-\d\d-\d\d`), "2006-01-02"},
	{regexp.MustCompile(`20\d{6}`), "20060102"},
	{regexp.MustCompile(`２０[０-９]{6}`), "20060102"},
	{regexp.MustCompile(`\d{1,2} [A-Z][a-z]{2} \d{4}`), "2 Jan 2006"},
}

var days = func() *regexp.Regexp {
	var all []string
	for _, f := range dayForms {
		all = append(all, f.re.String())
	}
	return regexp.MustCompile(strings.Join(all, "|"))
}()

// moved writes the days of a script as they are in this conversation.
func (p *passing) moved(s string) string {
	return eachDay(s, func(at time.Time) time.Time { return at.Add(p.began.Sub(scriptBegins)) })
}

// ofPeriod writes those days that are the first or the last of a month as they are in the
// year of this conversation: a period does not move by days.
func (p *passing) ofPeriod(s string) string {
	return eachDay(s, func(at time.Time) time.Time {
		if at.Day() == 1 || at.AddDate(0, 0, 1).Day() == 1 {
			at = at.AddDate(p.began.Year()-scriptBegins.Year(), 0, 0)
		}
		return at
	})
}

// eachDay replaces the days of a text, each in the form that it has.
func eachDay(s string, as func(time.Time) time.Time) string {
	return days.ReplaceAllStringFunc(s, func(day string) string {
		plain := width.Narrow.String(day)
		for _, f := range dayForms {
			if f.re.FindString(day) != day {
				continue
			}
			at, err := time.ParseInLocation(f.layout, plain, ticket.CST)
			if err != nil {
				return day
			}
			if at.Year() == 0 { // without one
				at = at.AddDate(scriptBegins.Year(), 0, 0)
			}
			out := as(at).Format(f.layout)
			if plain != day {
				out = width.Widen.String(out)
			}
			return out
		}
		return day
	})
}

// says compares what was said with what should be, volatile parts aside.
func (p *passing) says(want script.Parts, text string, buttons []string) bool {
	return p.same(want.Text, text) && p.same(strings.Join(want.Buttons, "|"), strings.Join(buttons, "|"))
}

// same compares texts as says does. Where time passes a day is that of the script, as in
// examples of how to write one, has moved as everything has, or bounds a month.
func (p *passing) same(want, got string) bool {
	want, got = steady(want), steady(got)
	if want == got || p == nil {
		return want == got
	}
	if days.ReplaceAllString(want, "(day)") != days.ReplaceAllString(got, "(day)") {
		return false
	}
	wants, gots := days.FindAllString(want, -1), days.FindAllString(got, -1)
	if len(wants) != len(gots) {
		return false
	}
	for i := range wants {
		if !slices.Contains([]string{wants[i], p.moved(wants[i]), p.ofPeriod(wants[i])}, gots[i]) {
			return false
		}
	}
	return true
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

// Days in a conversation in which time passes are those of its script, moved.
func TestMovedDays(t *testing.T) {
	t.Parallel()
	p := &passing{began: scriptBegins.AddDate(0, 0, 364)}
	if !p.same("1 Nov 2026 to 30 Nov 2026", "1 Nov 2027 to 30 Nov 2027") || p.same("22 Nov 2026", "22 Nov 2027") {
		t.Error("a month is not taken as one, or another day is")
	}
	for day, want := range map[string]string{
		"2026年11月22日":              "2027年11月21日",
		"12月1日 开会":                 "11月30日 开会",
		"CX-20261123-0001":         "CX-20271122-0001",
		"２０２６１１２３—０００３":            "２０２７１１２２—０００３",
		"Day: 22 Nov 2026":         "Day: 21 Nov 2027",
		"2026-11-20、2026年2月31日、5日": "2027-11-19、2026年2月31日、5日",
	} {
		if got := p.moved(day); got != want {
			t.Errorf("%s: %s, want %s", day, got, want)
		}
		if !p.same(day, day) || !p.same(day, want) || p.same(want, p.moved(want)+"x") || p.same(day, "2026年1月1日") {
			t.Errorf("%s and %s are compared otherwise", day, want)
		}
	}
}
