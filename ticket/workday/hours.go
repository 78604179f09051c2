package workday

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// weekdays are the names of the days, from Monday on.
var weekdays = []string{"mon", "tue", "wed", "thu", "fri", "sat", "sun"}

// ParseHours reads office hours as stations write them, "mon-fri 09:00-12:00
// 13:30-17:30", into the Days and Hours of Options. An empty text leaves both to
// their defaults. Whether the spans are in order is for New to say.
func ParseHours(text string) (days []time.Weekday, hours []Span, err error) {
	fields := strings.Fields(text)
	if len(fields) == 0 {
		return nil, nil, nil
	}
	first, last, ranged := strings.Cut(fields[0], "-")
	if !ranged {
		last = first
	}
	from, to := slices.Index(weekdays, first), slices.Index(weekdays, last)
	if from < 0 || to < from || len(fields) == 1 {
		return nil, nil, fmt.Errorf("workday: hours %q: write them as mon-fri 09:00-12:00 13:30-17:30", text)
	}
	for i := from; i <= to; i++ {
		days = append(days, time.Weekday((i+1)%7))
	}
	for _, field := range fields[1:] {
		start, end, _ := strings.Cut(field, "-")
		var span Span
		for at, text := range map[*time.Duration]string{&span.Start: start, &span.End: end} {
			t, err := time.Parse("15:04", text)
			if err != nil {
				return nil, nil, fmt.Errorf("workday: hours %q: %q is no span such as 09:00-12:00", text, field)
			}
			*at = time.Duration(t.Hour())*time.Hour + time.Duration(t.Minute())*time.Minute
		}
		hours = append(hours, span)
	}
	return days, hours, nil
}
