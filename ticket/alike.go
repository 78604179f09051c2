package ticket

import (
	"math"
	"slices"
	"strings"
	"time"
	"unicode"
)

// SameMatter is from which likeness on two cases may be about the same thing. The
// pairs of TestAlike say what it tells apart.
const SameMatter = 0.5

// Alike tells how much two cases look like one matter, 0 to 1: by what their texts
// share, and by company, place, numbers and time. It is a ground for asking, not
// for deciding.
func Alike(a, b Ticket) float64 {
	const farApart = 90 * 24 * time.Hour
	if a.CreatedAt.Sub(b.CreatedAt).Abs() > farApart {
		return 0
	}
	x, y := pairs(a.Text), pairs(b.Text)
	if len(x) == 0 || len(y) == 0 {
		return 0
	}
	both := 0
	for p := range x {
		if y[p] {
			both++
		}
	}
	// What is told the second time is often a sentence of the first: a part that
	// says no more than the whole counts nearly as much as two equal texts.
	likeness := math.Max(2*float64(both)/float64(len(x)+len(y)), 0.8*float64(both)/float64(min(len(x), len(y))))
	compare := func(p, q string, same, different float64) {
		switch {
		case p == "" || q == "":
		case p == q:
			likeness += same
		default:
			likeness -= different
		}
	}
	compare(plain(a.Company), plain(b.Company), 0.1, 0.2)
	compare(a.Town, b.Town, 0.05, 0.25)
	if p, q := numbers(a.Text), numbers(b.Text); len(p) > 0 && len(q) > 0 && !slices.ContainsFunc(p, func(n string) bool { return slices.Contains(q, n) }) {
		likeness -= 0.2
	}
	return min(max(likeness, 0), 1)
}

// plain leaves letters and digits of a text, in small letters and half width.
func plain(text string) string {
	return strings.Map(func(r rune) rune {
		if r >= '！' && r <= '～' {
			r -= '！' - '!'
		}
		if !unicode.IsLetter(r) && !unicode.IsDigit(r) {
			return -1
		}
		return unicode.ToLower(r)
	}, text)
}

// common are characters that join words and say little of the matter.
const common = "的了是在我们你您请这那有和与也都就还个一"

// pairs are the pairs of neighbouring characters in a text.
func pairs(text string) map[[2]rune]bool {
	r := slices.DeleteFunc([]rune(plain(text)), func(r rune) bool { return strings.ContainsRune(common, r) })
	out := make(map[[2]rune]bool)
	for i := 1; i < len(r); i++ {
		out[[2]rune{r[i-1], r[i]}] = true
	}
	return out
}

// numbers are the runs of digits in a text.
func numbers(text string) []string {
	return strings.FieldsFunc(plain(text), func(r rune) bool { return r < '0' || r > '9' })
}

// MostAlike returns those of the cases that may be about the same matter as t, the
// most alike first, at most n. t itself is not among them.
func MostAlike(t Ticket, cases []Ticket, n int) []Ticket {
	type scored struct {
		c Ticket
		s float64
	}
	var near []scored
	for _, c := range cases {
		if s := Alike(t, c); c.ID != t.ID && s >= SameMatter {
			near = append(near, scored{c, s})
		}
	}
	slices.SortStableFunc(near, func(a, b scored) int {
		switch {
		case a.s > b.s:
			return -1
		case a.s < b.s:
			return 1
		default:
			return 0
		}
	})
	var out []Ticket
	for _, c := range near[:min(n, len(near))] {
		out = append(out, c.c)
	}
	return out
}
