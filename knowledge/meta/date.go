package meta

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// Date is a calendar day without a time zone.
type Date struct {
	Year  int
	Month time.Month
	Day   int
}

// String writes the day as 2024-09-01.
func (d Date) String() string { return fmt.Sprintf("%04d-%02d-%02d", d.Year, d.Month, d.Day) }

// datePattern finds 2024年9月1日, 二〇二四年九月一日, ２０２４年９月１日 and 2024-09-01,
// with the spaces that typesetting puts inside. Its groups are year, month and
// day of the first form, then of the second.
const datePattern = `(?:((?:19|20)[0-9]{2}|[１２][９０][０-９]{2}|[一二][九〇零○ＯO0][〇零○ＯO一二三四五六七八九]{2})\s?年\s?([0-9０-９]{1,2}|[一二三四五六七八九十]{1,2})\s?月\s?([0-9０-９]{1,2}|[一二三四五六七八九十]{1,3})\s?日` +
	`|((?:19|20)[0-9]{2})[-/.]([0-9]{1,2})[-/.]([0-9]{1,2}))`

var dateRegexp = regexp.MustCompile(datePattern)

// dateAt makes a date of the six groups of datePattern, whose positions begin
// at m[0].
func dateAt(s string, m []int) (Date, bool) {
	if m[0] < 0 {
		m = m[6:]
	}
	if m[0] < 0 || m[4] < 0 {
		return Date{}, false
	}
	return newDate(numeral(s[m[0]:m[1]]), numeral(s[m[2]:m[3]]), numeral(s[m[4]:m[5]]))
}

// parseDate reads the first date in s and returns the words it is written in.
func parseDate(s string) (d Date, words string, ok bool) {
	for _, m := range dateRegexp.FindAllStringSubmatchIndex(s, -1) {
		if d, ok = dateAt(s, m[2:]); ok {
			return d, s[m[0]:m[1]], true
		}
	}
	return Date{}, "", false
}

// newDate refuses days that do not exist.
func newDate(y, m, d int) (Date, bool) {
	t := time.Date(y, time.Month(m), d, 0, 0, 0, 0, time.UTC)
	if t.Year() != y || t.Month() != time.Month(m) || t.Day() != d {
		return Date{}, false
	}
	return Date{y, time.Month(m), d}, true
}

// add returns the date moved by years, months and days. A day that the month
// lacks becomes the month's last, so that a year from 29 February ends in
// February.
func (d Date) add(years, months, days int) Date {
	first := time.Date(d.Year+years, d.Month+time.Month(months), 1, 0, 0, 0, 0, time.UTC)
	last := first.AddDate(0, 1, -1).Day()
	t := first.AddDate(0, 0, min(d.Day, last)-1+days)
	return Date{t.Year(), t.Month(), t.Day()}
}

// before reports whether d is earlier than e.
func (d Date) before(e Date) bool {
	return d.Year < e.Year || d.Year == e.Year && (d.Month < e.Month || d.Month == e.Month && d.Day < e.Day)
}

// numeral reads 12, １２, 十二, 二十, 二〇二四; -1 when s is no number.
func numeral(s string) int {
	if n, err := strconv.Atoi(narrowDigits(s)); err == nil {
		return n
	}
	n, digit := 0, 0
	for _, r := range s {
		switch {
		case r == '百':
			n, digit = n+max(digit, 1)*100, 0
		case r == '十':
			n, digit = n+max(digit, 1)*10, 0
		default:
			i := strings.IndexRune("零一二三四五六七八九", zero(r))
			if i < 0 {
				return -1
			}
			digit = digit*10 + i/len("零")
		}
		if n+digit > 9999 {
			return -1
		}
	}
	return n + digit
}

func zero(r rune) rune {
	switch r {
	case '〇', '○', 'Ｏ', 'O', '0':
		return '零'
	case '两':
		return '二'
	}
	return r
}

// narrowDigits writes full-width digits as ASCII.
func narrowDigits(s string) string {
	return strings.Map(func(r rune) rune {
		if r >= '０' && r <= '９' {
			return r - '０' + '0'
		}
		return r
	}, s)
}
