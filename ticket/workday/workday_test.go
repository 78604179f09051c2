package workday_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"liaison/ticket/workday"
	"pgregory.net/rapid"
)

func mustNew(t testing.TB, opts workday.Options) *workday.Calendar {
	t.Helper()
	c, err := workday.New(opts)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func at(t testing.TB, text string) time.Time {
	t.Helper()
	moment, err := time.ParseInLocation("2006-01-02 15:04", text, workday.Zone)
	if err != nil {
		t.Fatal(err)
	}
	return moment
}

// The arrangements as the General Office of the State Council published them on
// 2023-10-25, 2024-11-12 and 2025-11-04, typed in from the notices: the days
// off as ranges, and the weekend days on which people work.
var published = []struct {
	year int
	off  [][2]string
	work []string
}{
	{2024, [][2]string{
		{"01-01", "01-01"}, {"02-10", "02-17"}, {"04-04", "04-06"}, {"05-01", "05-05"},
		{"06-10", "06-10"}, {"09-15", "09-17"}, {"10-01", "10-07"},
	}, []string{"02-04", "02-18", "04-07", "04-28", "05-11", "09-14", "09-29", "10-12"}},
	{2025, [][2]string{
		{"01-01", "01-01"}, {"01-28", "02-04"}, {"04-04", "04-06"}, {"05-01", "05-05"},
		{"05-31", "06-02"}, {"10-01", "10-08"},
	}, []string{"01-26", "02-08", "04-27", "09-28", "10-11"}},
	{2026, [][2]string{
		{"01-01", "01-03"}, {"02-15", "02-23"}, {"04-04", "04-06"}, {"05-01", "05-05"},
		{"06-19", "06-21"}, {"09-25", "09-27"}, {"10-01", "10-07"},
	}, []string{"01-04", "02-14", "02-28", "05-09", "09-20", "10-10"}},
}

// Each day of three years is compared, so a day too many is found as well.
func TestPublishedArrangements(t *testing.T) {
	t.Parallel()
	c := mustNew(t, workday.Options{})
	for _, p := range published {
		if !c.Known(p.year) {
			t.Errorf("Known(%d) = false", p.year)
		}
		first := time.Date(p.year, 1, 1, 12, 0, 0, 0, workday.Zone)
		for day := first; day.Year() == p.year; day = day.AddDate(0, 0, 1) {
			want := day.Weekday() != time.Saturday && day.Weekday() != time.Sunday
			text := day.Format("01-02")
			for _, off := range p.off {
				if off[0] <= text && text <= off[1] {
					want = false
				}
			}
			for _, work := range p.work {
				if work == text {
					want = true
				}
			}
			if got := c.IsWorkday(day); got != want {
				t.Errorf("IsWorkday(%s) = %t, want %t", day.Format(time.DateOnly), got, want)
			}
		}
	}
}

// In a year without announcement the holidays fixed by regulation are off.
func TestYearNotAnnounced(t *testing.T) {
	t.Parallel()
	c := mustNew(t, workday.Options{})
	if c.Known(2040) {
		t.Fatal("Known(2040) = true")
	}
	// 2040: lunar new year on 12 February, Qingming on 4 April, Dragon Boat on
	// 14 June, Mid-Autumn on 20 September.
	off := "2040-02-13 2040-02-14 2040-05-01 2040-05-02 2040-06-14 2040-09-20 2040-10-01 2040-10-02 2040-10-03"
	for _, text := range strings.Fields(off) {
		if c.IsWorkday(at(t, text+" 10:00")) {
			t.Errorf("IsWorkday(%s) = true", text)
		}
	}
	for _, text := range []string{"2040-01-02", "2040-02-15", "2040-06-13", "2040-10-04"} {
		if !c.IsWorkday(at(t, text+" 10:00")) {
			t.Errorf("IsWorkday(%s) = false", text)
		}
	}
	for _, text := range []string{"1582-10-08", "0001-01-01", "9999-12-31"} {
		c.IsWorkday(at(t, text+" 10:00")) // far away, but no panic
	}
}

func TestAddWorkdays(t *testing.T) {
	t.Parallel()
	c := mustNew(t, workday.Options{})
	for _, test := range []struct {
		from string
		n    int
		want string
	}{
		{"2026-11-23 10:00", 1, "2026-11-24 17:30"}, // Monday
		{"2026-11-23 23:59", 1, "2026-11-24 17:30"},
		{"2026-11-23 10:00", 5, "2026-11-30 17:30"},
		{"2026-11-27 16:00", 1, "2026-11-30 17:30"}, // Friday
		{"2026-11-28 16:00", 1, "2026-11-30 17:30"}, // Saturday
		{"2026-09-30 09:00", 1, "2026-10-08 17:30"}, // over National Day
		{"2026-09-30 09:00", 3, "2026-10-10 17:30"}, // make-up Saturday counts
		{"2026-02-13 09:00", 2, "2026-02-24 17:30"}, // make-up Saturday, Spring Festival
		{"2026-11-23 10:00", 0, "2026-11-23 17:30"},
		{"2026-11-28 10:00", 0, "2026-11-30 17:30"},
		{"2026-11-28 10:00", -3, "2026-11-30 17:30"},
	} {
		if got, want := c.AddWorkdays(at(t, test.from), test.n), at(t, test.want); !got.Equal(want) {
			t.Errorf("AddWorkdays(%s, %d) = %s, want %s", test.from, test.n, got, want)
		}
	}
	utc := time.Date(2026, 11, 23, 16, 30, 0, 0, time.UTC) // already Tuesday in China
	if got, want := c.AddWorkdays(utc, 1), at(t, "2026-11-25 17:30"); !got.Equal(want) {
		t.Errorf("AddWorkdays(%s, 1) = %s, want %s", utc, got, want)
	}
}

func TestWorkingTime(t *testing.T) {
	t.Parallel()
	c := mustNew(t, workday.Options{})
	for _, test := range []struct {
		from, to string
		want     time.Duration
	}{
		{"2026-11-23 09:00", "2026-11-23 17:30", 7 * time.Hour},
		{"2026-11-23 00:00", "2026-11-24 00:00", 7 * time.Hour},
		{"2026-11-23 11:30", "2026-11-23 14:00", time.Hour},
		{"2026-11-23 12:00", "2026-11-23 13:30", 0},
		{"2026-11-27 17:00", "2026-11-30 09:15", 45 * time.Minute},
		{"2026-10-01 00:00", "2026-10-08 00:00", 0},
		{"2026-11-23 14:00", "2026-11-23 11:30", -time.Hour},
	} {
		if got := c.WorkingTimeBetween(at(t, test.from), at(t, test.to)); got != test.want {
			t.Errorf("WorkingTimeBetween(%s, %s) = %v, want %v", test.from, test.to, got, test.want)
		}
	}
	for _, test := range []struct {
		from string
		d    time.Duration
		want string
	}{
		{"2026-11-23 10:00", time.Hour, "2026-11-23 11:00"},
		{"2026-11-23 11:30", time.Hour, "2026-11-23 14:00"},
		{"2026-11-23 11:00", time.Hour, "2026-11-23 12:00"},
		{"2026-11-27 17:00", time.Hour, "2026-11-30 09:30"},
		{"2026-11-28 20:00", 14 * time.Hour, "2026-12-01 17:30"},
		{"2026-11-28 20:00", 0, "2026-11-28 20:00"},
	} {
		if got, want := c.AddWorkingTime(at(t, test.from), test.d), at(t, test.want); !got.Equal(want) {
			t.Errorf("AddWorkingTime(%s, %v) = %s, want %s", test.from, test.d, got, want)
		}
	}
}

func TestProperties(t *testing.T) {
	t.Parallel()
	c := mustNew(t, workday.Options{})
	start := at(t, "2024-01-01 00:00")
	moment := func(t *rapid.T, name string) time.Time {
		return start.Add(time.Duration(rapid.IntRange(0, 4*365*24*60).Draw(t, name)) * time.Minute)
	}
	rapid.Check(t, func(t *rapid.T) {
		a, b, m := moment(t, "a"), moment(t, "b"), moment(t, "m")
		if a.After(b) {
			a, b = b, a
		}
		if m.After(a) && m.Before(b) {
			if whole, parts := c.WorkingTimeBetween(a, b), c.WorkingTimeBetween(a, m)+c.WorkingTimeBetween(m, b); whole != parts {
				t.Fatalf("%v working time, but %v when cut at %v", whole, parts, m)
			}
		}
		d := time.Duration(rapid.IntRange(1, 200*60).Draw(t, "minutes")) * time.Minute
		due := c.AddWorkingTime(a, d)
		if got := c.WorkingTimeBetween(a, due); got != d {
			t.Fatalf("AddWorkingTime(%v, %v) = %v, but %v lies between", a, d, due, got)
		}
		if got := c.WorkingTimeBetween(a, due.Add(-time.Minute)); got >= d {
			t.Fatalf("AddWorkingTime(%v, %v) = %v is not the earliest moment", a, d, due)
		}
		n := rapid.IntRange(1, 60).Draw(t, "n")
		deadline, counted := c.AddWorkdays(a, n), 0
		for day := a.AddDate(0, 0, 1); !day.After(deadline.AddDate(0, 0, 1)); day = day.AddDate(0, 0, 1) {
			if c.IsWorkday(day) && day.Format(time.DateOnly) <= deadline.Format(time.DateOnly) {
				counted++
			}
		}
		if counted != n || !c.IsWorkday(deadline) {
			t.Fatalf("AddWorkdays(%v, %d) = %v has %d working days", a, n, deadline, counted)
		}
		if later := c.AddWorkdays(b, n); later.Before(deadline) {
			t.Fatalf("a later start %v is due earlier: %v before %v", b, later, deadline)
		}
	})
}

func TestOptions(t *testing.T) {
	t.Parallel()
	c := mustNew(t, workday.Options{
		Overrides: map[string]bool{"2026-11-24": false, "2026-11-28": true, "2041-01-01": false, "2041-10-01": false},
		Hours:     []workday.Span{{Start: 8 * time.Hour, End: 16 * time.Hour}},
	})
	if c.IsWorkday(at(t, "2026-11-24 10:00")) || !c.IsWorkday(at(t, "2026-11-28 10:00")) {
		t.Error("overrides are ignored")
	}
	if !c.Known(2041) || c.Known(2042) {
		t.Error("Known does not follow the overrides")
	}
	if got, want := c.AddWorkdays(at(t, "2026-11-23 10:00"), 1), at(t, "2026-11-25 16:00"); !got.Equal(want) {
		t.Errorf("AddWorkdays = %v, want %v", got, want)
	}
	for name, opts := range map[string]workday.Options{
		"no such date":   {Overrides: map[string]bool{"2026-02-30": true}},
		"overlap":        {Hours: []workday.Span{{Start: 9 * time.Hour, End: 12 * time.Hour}, {Start: 11 * time.Hour, End: 17 * time.Hour}}},
		"empty span":     {Hours: []workday.Span{{Start: 9 * time.Hour, End: 9 * time.Hour}}},
		"after midnight": {Hours: []workday.Span{{Start: 9 * time.Hour, End: 25 * time.Hour}}},
		"before":         {Hours: []workday.Span{{Start: -time.Hour, End: time.Hour}}},
	} {
		if _, err := workday.New(opts); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}

// All days off must not hang the caller.
func TestNoWorkingDayAtAll(t *testing.T) {
	t.Parallel()
	never := make(map[string]bool)
	for day := at(t, "2026-11-01 00:00"); day.Year() < 2029; day = day.AddDate(0, 0, 1) {
		never[day.Format(time.DateOnly)] = false
	}
	c := mustNew(t, workday.Options{Overrides: never})
	from := at(t, "2026-11-23 10:00")
	if got := c.AddWorkdays(from, 2); !got.After(from) {
		t.Errorf("AddWorkdays = %v", got)
	}
	if got := c.AddWorkingTime(from, 20*time.Hour); !got.After(from) {
		t.Errorf("AddWorkingTime = %v", got)
	}
}

func TestReadOverrides(t *testing.T) {
	t.Parallel()
	got, err := workday.ReadOverrides("days.txt", strings.NewReader("\ufeff# 调休\n2026-02-14 work # 周六上班\n\n2026-02-16\toff\n"))
	if err != nil || len(got) != 2 || !got["2026-02-14"] || got["2026-02-16"] {
		t.Fatalf("ReadOverrides = %v, %v", got, err)
	}
	for input, want := range map[string]string{
		"2026-02-14":                           "days.txt:1:",
		"\n2026-02-31 off":                     "days.txt:2:",
		"2026-02-14 上班":                        "days.txt:1:",
		"2026-02-14 off\n2026-02-14 work":      "days.txt:2:",
		"２０２６-02-14 off":                       "days.txt:1:",
		strings.Repeat("x", 1<<17) + " work\n": "days.txt:",
	} {
		if _, err := workday.ReadOverrides("days.txt", strings.NewReader(input)); err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("ReadOverrides(%.20q): error %v, want prefix %q", input, err, want)
		}
	}
}

func FuzzReadOverrides(f *testing.F) {
	f.Add("2026-02-14 work\n2026-02-16 off # 春节\n")
	f.Add("\ufeff🎆 off")
	f.Fuzz(func(t *testing.T, input string) {
		overrides, err := workday.ReadOverrides("days.txt", strings.NewReader(input))
		if err != nil {
			return
		}
		if _, err := workday.New(workday.Options{Overrides: overrides}); err != nil {
			t.Fatalf("what was read is refused: %v", err)
		}
	})
}

func ExampleCalendar_AddWorkdays() {
	c, err := workday.New(workday.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	received := time.Date(2026, time.September, 30, 16, 0, 0, 0, workday.Zone)
	fmt.Println(c.AddWorkdays(received, 3).Format("2006-01-02 15:04 Mon"))
	// Output: 2026-10-10 17:30 Sat
}

func BenchmarkAddWorkdays(b *testing.B) {
	c := mustNew(b, workday.Options{})
	for name, from := range map[string]time.Time{"announced": at(b, "2026-01-05 10:00"), "unannounced": at(b, "2040-01-05 10:00")} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				c.AddWorkdays(from, 30)
			}
		})
	}
}
