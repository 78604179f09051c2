package visit

import (
	"regexp"
	"strconv"
	"strings"
	"time"

	"liaison/ticket"
)

var (
	fullDay   = regexp.MustCompile(`^(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*[日号]?$`)
	plainDay  = regexp.MustCompile(`^(\d{4})(\d{2})(\d{2})$`)
	dayOfYear = regexp.MustCompile(`^(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*[日号]?$`)
	dayAlone  = regexp.MustCompile(`^(\d{1,2})\s*[日号]$`)
)

// daysAgo are the days that people call by a word.
var daysAgo = map[string]int{
	"今天": 0, "今日": 0, "当天": 0, "today": 0,
	"昨天": 1, "昨日": 1, "yesterday": 1,
	"前天": 2, "前日": 2, "大前天": 3,
}

// ParseDay reads a day as people write one, 今天, 昨天, 11月20日, 20号, 2026-11-20,
// 2026年11月20日, 20261120, and returns its first moment in the city's time. A day
// without a year is the nearest such day, before or after now; one without a
// month is the latest. What it cannot read, or what was never a day, is Invalid
// "day"; a day that has not begun at now is Invalid "future".
func ParseDay(text string, now time.Time) (time.Time, error) {
	text = strings.ToLower(strings.TrimSpace(narrow(text)))
	now = now.In(ticket.CST)
	today := day(now.Year(), int(now.Month()), now.Day())
	var at time.Time
	if ago, ok := daysAgo[text]; ok {
		at = today.AddDate(0, 0, -ago)
	} else if m := match(fullDay, text); m != nil {
		at = day(m[0], m[1], m[2])
	} else if m := match(plainDay, text); m != nil {
		at = day(m[0], m[1], m[2])
	} else if m := match(dayOfYear, text); m != nil {
		at = nearest(today, m[0], m[1])
	} else if m := match(dayAlone, text); m != nil {
		at = latest(today, m[0])
	}
	if at.IsZero() {
		return at, invalid("day")
	}
	if err := CheckDay(at, now); err != nil {
		return time.Time{}, err
	}
	return at, nil
}

// match returns the numbers in the text, nil when it is not of the form.
func match(form *regexp.Regexp, text string) (numbers []int) {
	m := form.FindStringSubmatch(text)
	for i := 1; i < len(m); i++ {
		n, _ := strconv.Atoi(m[i]) // digits
		numbers = append(numbers, n)
	}
	return numbers
}

// day returns the first moment of the day, zero when there is no such day.
func day(y, m, d int) time.Time {
	at := time.Date(y, time.Month(m), d, 0, 0, 0, 0, ticket.CST)
	if at.Year() != y || int(at.Month()) != m || at.Day() != d {
		return time.Time{}
	}
	return at
}

// nearest returns the day of this, the last or the next year that is nearest.
func nearest(today time.Time, m, d int) (best time.Time) {
	for _, y := range []int{0, -1, 1} {
		at := day(today.Year()+y, m, d)
		if !at.IsZero() && (best.IsZero() || at.Sub(today).Abs() < best.Sub(today).Abs()) {
			best = at
		}
	}
	return best
}

// latest returns the latest d-th of a month, today at most.
func latest(today time.Time, d int) time.Time {
	for back := range 3 { // of three months one has it
		first := day(today.Year(), int(today.Month()), 1).AddDate(0, -back, 0)
		if at := day(first.Year(), int(first.Month()), d); !at.IsZero() && !at.After(today) {
			return at
		}
	}
	return time.Time{}
}

// narrow writes full-width digits and signs in their usual width.
func narrow(s string) string {
	return strings.Map(func(r rune) rune {
		if r >= '！' && r <= '～' {
			r -= '！' - '!'
		}
		if r == '　' {
			r = ' '
		}
		return r
	}, s)
}
