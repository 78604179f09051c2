package workday_test

import (
	"slices"
	"testing"
	"time"

	"liaison/ticket/workday"
)

func TestParseHours(t *testing.T) {
	t.Parallel()
	days, hours, err := workday.ParseHours(" sat-sun  08:30-12:00 13:00-16:45 ")
	if err != nil || !slices.Equal(days, []time.Weekday{time.Saturday, time.Sunday}) ||
		!slices.Equal(hours, []workday.Span{{Start: 510 * time.Minute, End: 720 * time.Minute}, {Start: 780 * time.Minute, End: 1005 * time.Minute}}) {
		t.Errorf("%v %v %v", days, hours, err)
	}
	if days, _, err := workday.ParseHours("wed 09:00-10:00"); err != nil || !slices.Equal(days, []time.Weekday{time.Wednesday}) {
		t.Errorf("one day: %v %v", days, err)
	}
	if days, hours, err := workday.ParseHours(""); days != nil || hours != nil || err != nil {
		t.Errorf("nothing: %v %v %v", days, hours, err)
	}
	for _, text := range []string{"mon-fri", "fri-mon 09:00-10:00", "周一 09:00-10:00", "mon 9-10", "mon 09:00", "mon 25:00-26:00", "09:00-10:00"} {
		if _, _, err := workday.ParseHours(text); err == nil {
			t.Errorf("%q is taken", text)
		}
	}
}

// A station that is open on Saturdays works then, but not on a holiday; on a
// make-up day everybody works.
func TestDaysOfTheWeek(t *testing.T) {
	t.Parallel()
	days, hours, err := workday.ParseHours("tue-sat 09:00-12:00")
	if err != nil {
		t.Fatal(err)
	}
	c := mustNew(t, workday.Options{Days: days, Hours: hours})
	for text, want := range map[string]bool{
		"2026-11-28": true, "2026-11-29": false, "2026-11-30": false, // Saturday to Monday
		"2026-10-03": false, // a Saturday within National Day
		"2026-09-20": true,  // a Sunday that is worked
	} {
		if got := c.IsWorkday(at(t, text+" 10:00")); got != want {
			t.Errorf("IsWorkday(%s) = %t, want %t", text, got, want)
		}
	}
	if got, want := c.AddWorkdays(at(t, "2026-11-28 10:00"), 1), at(t, "2026-12-01 12:00"); !got.Equal(want) {
		t.Errorf("a day after Saturday: %v, want %v", got, want)
	}
}

func FuzzParseHours(f *testing.F) {
	f.Add("mon-fri 09:00-12:00 13:30-17:30")
	f.Add("sat １０:00-11:00")
	f.Fuzz(func(t *testing.T, text string) {
		days, hours, err := workday.ParseHours(text)
		if err == nil && (len(days) == 0) != (len(hours) == 0) {
			t.Errorf("%q gives %v and %v", text, days, hours)
		}
	})
}
