package terms_test

import (
	"bytes"
	"context"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"liaison/ticket"
	"liaison/ticket/terms"
)

const file = `
accept: 2
answer: {complaint: 4}
close: 10
stations:
  finance-centre:
    answer: {financing: 3}
    urgent: 2
`

// log is a logger whose lines can be read while it is written to.
type log struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *log) Write(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(b)
}

func (l *log) count(what string) int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return strings.Count(l.b.String(), what)
}

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

func monday() time.Time { return time.Date(2026, 11, 23, 10, 0, 0, 0, ticket.CST) }

// What a station does not say the city says, and what the city does not say the
// settings say.
func TestTermsOfEachStation(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "deadlines.yaml")
	write(t, path, file)
	l, err := terms.Open(terms.Config{
		Deadlines: path, Policy: ticket.DefaultPolicy(), Logger: slog.New(slog.DiscardHandler), Now: monday,
		Hours: func(station string) string {
			return map[string]string{"finance-centre": "mon-sat 08:00-11:00"}[station]
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	city, finance := l.Of("nowhere").Policy, l.Of("finance-centre").Policy
	for what, n := range map[string][2]int{
		"accept": {city.Accept, 2}, "complaint": {city.Answer[ticket.Complaint], 4}, "inquiry": {city.Answer[ticket.Inquiry], 1},
		"urgent": {city.Urgent, 1}, "close": {city.CloseDays, 10}, "other": {city.Other, 5},
		"finance accept": {finance.Accept, 2}, "finance financing": {finance.Answer[ticket.Financing], 3},
		"finance complaint": {finance.Answer[ticket.Complaint], 4}, "finance urgent": {finance.Urgent, 2},
	} {
		if n[0] != n[1] {
			t.Errorf("%s: %d, want %d", what, n[0], n[1])
		}
	}
	friday := time.Date(2026, 11, 27, 10, 0, 0, 0, ticket.CST)
	if got, want := l.Of("finance-centre").Clock.AddWorkdays(friday, 1), time.Date(2026, 11, 28, 11, 0, 0, 0, ticket.CST); !got.Equal(want) {
		t.Errorf("a day at a station that is open on Saturdays: %v, want %v", got, want)
	}
	if got, want := l.Of("").Clock.AddWorkdays(friday, 1), time.Date(2026, 11, 30, 17, 30, 0, 0, ticket.CST); !got.Equal(want) {
		t.Errorf("a day elsewhere: %v, want %v", got, want)
	}
}

func TestParseRefuses(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"acept: 1":                         "acept",
		"accept: -1":                       "accept is -1",
		"accept: 366":                      "accept is 366",
		"answer: {complaints: 1}":          "complaints",
		"answer: {complaint: 0}":           "complaint is 0",
		"stations: {a: {urgent: 400}}":     "station a: urgent is 400",
		"stations: {a: {answer: {x: 1}}}":  "station a",
		"accept: soon":                     "deadlines.yaml",
		"stations: {a: {hours: mon-fri }}": "hours",
	} {
		if _, err := terms.Parse("deadlines.yaml", []byte(text)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %q", text, err, want)
		}
	}
	if _, err := terms.Parse("deadlines.yaml", nil); err != nil {
		t.Errorf("an empty file: %v", err)
	}
}

// A changed file comes into force and is told; a faulty one is refused once and
// changes nothing.
func TestChangesComeIntoForce(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	deadlines, holidays := filepath.Join(dir, "deadlines.yaml"), filepath.Join(dir, "days.txt")
	write(t, holidays, "")
	changed := make(chan struct{}, 8)
	var lines log
	l, err := terms.Open(terms.Config{
		Holidays: holidays, Deadlines: deadlines, Policy: ticket.DefaultPolicy(), Hours: func(string) string { return "" }, Now: monday,
		Logger: slog.New(slog.NewTextHandler(&lines, nil)), Interval: time.Millisecond,
	})
	if err != nil {
		t.Fatal(err)
	}
	l.OnChange(func() { changed <- struct{}{} })
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	go l.Run(ctx)
	told := func(what string) {
		t.Helper()
		select {
		case <-changed:
		case <-time.After(10 * time.Second):
			t.Fatalf("%s: nobody was told", what)
		}
	}
	write(t, holidays, "2026-11-24 off\n")
	told("a new holiday")
	if got, want := l.Of("").Clock.AddWorkdays(monday(), 1), time.Date(2026, 11, 25, 17, 30, 0, 0, ticket.CST); !got.Equal(want) {
		t.Errorf("due %v, want %v", got, want)
	}
	write(t, deadlines, "accept: nonsense\n")
	for range 2000 {
		if lines.count("refused") > 0 {
			break
		}
		time.Sleep(time.Millisecond)
	}
	write(t, holidays, "2026-11-24 off # again\n") // looked at after the faulty file
	write(t, deadlines, "accept: 3\n")
	told("a new deadline")
	if got := l.Of("").Policy.Accept; got != 3 {
		t.Errorf("accept within %d", got)
	}
	if n := lines.count("accept: nonsense"); n > 2 {
		t.Errorf("the faulty file was told of %d times", n)
	}
}

// A file that is needed must be there; any other may come later.
func TestNeededFiles(t *testing.T) {
	t.Parallel()
	none := filepath.Join(t.TempDir(), "none")
	for setting, cfg := range map[string]terms.Config{
		"":                  {Holidays: none, Deadlines: none},
		"LIAISON_HOLIDAYS":  {Holidays: none, NeedHolidays: true},
		"LIAISON_DEADLINES": {Deadlines: none, NeedDeadlines: true},
	} {
		cfg.Hours, cfg.Logger = func(string) string { return "" }, slog.New(slog.DiscardHandler)
		_, err := terms.Open(cfg)
		if (err == nil) != (setting == "") || err != nil && (!strings.Contains(err.Error(), setting) || !strings.Contains(err.Error(), none)) {
			t.Errorf("%q: %v", setting, err)
		}
	}
}

// Past the known years there is a warning, in time and once.
func TestUnknownYearIsToldInTime(t *testing.T) {
	t.Parallel()
	for at, want := range map[time.Time]int{
		time.Date(2026, 11, 1, 0, 0, 0, 0, ticket.CST):  0,
		time.Date(2040, 12, 20, 0, 0, 0, 0, ticket.CST): 2, // that year and the next
	} {
		var lines log
		l, err := terms.Open(terms.Config{Policy: ticket.DefaultPolicy(), Hours: func(string) string { return "" },
			Logger: slog.New(slog.NewTextHandler(&lines, nil)), Now: func() time.Time { return at }, Interval: time.Millisecond})
		if err != nil {
			t.Fatal(err)
		}
		ctx, stop := context.WithTimeout(t.Context(), 50*time.Millisecond)
		l.Run(ctx)
		stop()
		if n := lines.count("holidays of this year are not known"); n != want {
			t.Errorf("in %v: warned %d times, want %d", at, n, want)
		}
	}
}
