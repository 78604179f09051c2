package ticket

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// The forms in which people write the number of a case, after halfWidth. In the
// middle of a text twelve bare digits may be anything; alone they are a number. So
// are, behind a dash, fewer digits than the day's running number is written with.
var (
	numberInText = regexp.MustCompile(`(?i)(?:cx[\s_-]*(20\d{6})[\s_-]*(\d{4,6})|(20\d{6})\s?[_-]\s?(\d{4,6}))`)
	numberAlone  = regexp.MustCompile(`(?i)^(?:cx)?[\s_-]*(20\d{6})(?:[\s_-]*(\d{4,6})|\s?[_-]\s?(\d{1,3}))$`)
	runningAlone = regexp.MustCompile(`^\d{1,6}$`)
)

// aboutNumber are the words that people put around a number when they mean no more
// than the case.
var aboutNumber = strings.NewReplacer("工单", "", "诉求", "", "编号", "", "单号", "", "查询", "", "查一下", "", "查", "", "进度", "",
	"号", "", "的", "", "#", "", ":", "", "。", "", ",", "", "?", "")

// bareNumber is a text without what people put around a number.
func bareNumber(text string) string { return strings.TrimSpace(aboutNumber.Replace(halfWidth(text))) }

// ParseNumber reads a text that is nothing but the number of a case, in whatever
// writing: full width, other dashes or none, with or without CX, behind a dash also
// without the zeros. The words of asking for a case (工单, 进度) may stand around it.
func ParseNumber(text string) (id string, ok bool) {
	m := numberAlone.FindStringSubmatch(bareNumber(text))
	if m == nil {
		return "", false
	}
	return number(m[1], m[2]+m[3])
}

// ParseRunning reads a text that is nothing but a day's running number, such as 0001
// or 12号, and returns what the numbers of cases end in that have it. Anything may be
// counted like this: it is for the texts of who works on cases, and only as far as
// there is such a case.
func ParseRunning(text string) (end string, ok bool) {
	bare := bareNumber(text)
	n, err := strconv.Atoi(bare)
	if err != nil || n == 0 || !runningAlone.MatchString(bare) {
		return "", false
	}
	return fmt.Sprintf("-%04d", n), true
}

// FindNumber takes the first number of a case out of a text and returns it with the
// rest, "" when there is none. A text that is but a number is read as by ParseNumber.
func FindNumber(text string) (id, rest string) {
	if id, ok := ParseNumber(text); ok {
		return id, ""
	}
	plain := halfWidth(text)
	for _, at := range numberInText.FindAllStringSubmatchIndex(plain, -1) {
		before, after := plain[:at[0]], plain[at[1]:]
		if wordEnds(before) || after != "" && isDigit(after[0]) {
			continue // a part of something longer
		}
		day, n := at[2:4], at[4:6]
		if day[0] < 0 {
			day, n = at[6:8], at[8:10]
		}
		if id, ok := number(plain[day[0]:day[1]], plain[n[0]:n[1]]); ok {
			// halfWidth changes no rune's place.
			r := []rune(text)
			from, to := utf8.RuneCountInString(before), utf8.RuneCountInString(plain[:at[1]])
			return id, strings.TrimSpace(string(r[:from]) + string(r[to:]))
		}
	}
	return "", text
}

// number writes a number of a day that exists, with the zeros that may be left out.
func number(day, n string) (string, bool) {
	if _, err := time.Parse("20060102", day); err != nil {
		return "", false
	}
	return "CX-" + day + "-" + strings.Repeat("0", max(4-len(n), 0)) + n, true
}

// wordEnds reports whether the text ends in a Latin letter or a digit.
func wordEnds(text string) bool {
	if text == "" {
		return false
	}
	c := text[len(text)-1]
	return isDigit(c) || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z'
}

func isDigit(c byte) bool { return c >= '0' && c <= '9' }

// halfWidth writes full-width letters, digits, spaces and signs as plain ones and
// every dash as a hyphen, a rune for a rune.
func halfWidth(text string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r >= '！' && r <= '～':
			return r - '！' + '!'
		case r == '　':
			return ' '
		case strings.ContainsRune("‐‑‒–—―−﹣", r):
			return '-'
		default:
			return r
		}
	}, text)
}
