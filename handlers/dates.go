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

// daysAhead are names of days by how far ahead they are; nextWeek is one by its weekday.
var (
	daysAhead = []*regexp.Regexp{
		1: regexp.MustCompile(`^(?i:明[天日]|tomorrow\b)`),
		2: regexp.MustCompile(`^(?i:后[天日]|(?:the )?day after tomorrow\b)`),
		3: regexp.MustCompile(`^大后[天日]`),
	}
	nextWeek = regexp.MustCompile(`^(?i:下个?(?:周|星期|礼拜)([一二三四五六日天])|next monday\b)`)
	// forDays is all that a text says: so many days or weeks.
	forDays = regexp.MustCompile(`^(?i:(\d{1,2}|[一二两三四五六七八九十])\s*个?(天|日|days?|周|星期|礼拜|weeks?)(?:以?后)?)$`)
)

// untilMonday is how many days it is until the Monday of next week.
func untilMonday(now time.Time) int { return 7 - (int(now.In(ticket.CST).Weekday())+6)%7 }

// cutNamed takes the name of a day off the text: 明天, 下周三, tomorrow. ok is false
// when the text does not begin with one.
func cutNamed(text string, now time.Time) (days int, rest string, ok bool) {
	for days, name := range daysAhead {
		if name == nil {
			continue
		}
		if at := name.FindStringIndex(text); at != nil {
			return days, text[at[1]:], true
		}
	}
	m := nextWeek.FindStringSubmatch(text)
	if m == nil {
		return 0, text, false
	}
	weekday := max(strings.Index("一二三四五六日", m[1])/len("一"), 0)
	if m[1] == "天" {
		weekday = 6
	}
	return untilMonday(now) + weekday, text[len(m[0]):], true
}

// inDays reads a text that says no more than after how many days or weeks: 三天,
// 2 weeks. It is false when the text says anything else.
func inDays(text string) (days int, ok bool) {
	m := forDays.FindStringSubmatch(strings.TrimSpace(text))
	if m == nil {
		return 0, false
	}
	n, err := strconv.Atoi(m[1])
	if err != nil {
		n = 1 + strings.Index("一二三四五六七八九十", strings.Replace(m[1], "两", "二", 1))/len("一")
	}
	if strings.ContainsAny(m[2], "周星礼wW") {
		n *= 7
	}
	return n, true
}

// cutDate takes the day that a text begins with off it: 2026-12-10, 2026年12月10日,
// 12月10日, 12/10, 明天, 下周一. A day without a year is the next one from now on. It
// returns the day's first moment in the city's time, zero when there is no such day,
// and what the text says after it.
func cutDate(text string, now time.Time) (day time.Time, rest string) {
	text = strings.Map(func(r rune) rune {
		if r >= '０' && r <= '９' {
			return r - '０' + '0'
		}
		return r
	}, strings.TrimSpace(text))
	now = now.In(ticket.CST)
	if days, rest, ok := cutNamed(text, now); ok {
		return time.Date(now.Year(), now.Month(), now.Day()+days, 0, 0, 0, 0, ticket.CST), afterDate(rest)
	}
	m := leadingDate.FindStringSubmatchIndex(text)
	if m == nil {
		return time.Time{}, text
	}
	number := func(i int) int {
		n, _ := strconv.Atoi(text[m[2*i]:m[2*i+1]]) // digits
		return n
	}
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
	return day, afterDate(text[m[7]:])
}

// afterDate is what stands behind a date, without what belongs to it.
func afterDate(text string) string {
	return strings.TrimLeft(strings.TrimSpace(text), "日号前之以，,。：:；; 　")
}
