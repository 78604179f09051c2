package handlers

import (
	"regexp"
	"strconv"
	"strings"
	"time"

	"liaison/ticket"
)

// leadingDate is a day as people write it at the beginning of a text.
var leadingDate = regexp.MustCompile(`^(?:(\d{4})\s*[-/.年]\s*)?(\d{1,2})\s*[-/.月]\s*(\d{1,2})(?:\s*[日号])?(?:\D|$)`)

// cutDate takes the day that a text begins with off it: 2026-12-10, 2026年12月10日,
// 12月10日, 12/10. A day without a year is the next one from now on. It returns
// the day's first moment in the city's time, zero when there is no such day, and
// what the text says after it.
func cutDate(text string, now time.Time) (day time.Time, rest string) {
	text = strings.Map(func(r rune) rune {
		if r >= '０' && r <= '９' {
			return r - '０' + '0'
		}
		return r
	}, strings.TrimSpace(text))
	m := leadingDate.FindStringSubmatchIndex(text)
	if m == nil {
		return time.Time{}, text
	}
	number := func(i int) int {
		n, _ := strconv.Atoi(text[m[2*i]:m[2*i+1]]) // digits
		return n
	}
	now = now.In(ticket.CST)
	year, month, date := now.Year(), time.Month(number(2)), number(3)
	if m[2] >= 0 {
		year = number(1)
	}
	day = time.Date(year, month, date, 0, 0, 0, 0, ticket.CST)
	if m[2] < 0 && day.AddDate(0, 0, 1).Before(now) {
		day = time.Date(year+1, month, date, 0, 0, 0, 0, ticket.CST)
	}
	if day.Month() != month || day.Day() != date {
		return time.Time{}, text
	}
	rest = strings.TrimLeft(strings.TrimSpace(text[m[7]:]), "日号前之以，,。：:；; 　")
	return day, rest
}
