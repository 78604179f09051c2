package ticket

import (
	"cmp"
	"math"
	"slices"
)

// MinPrecedent is from which likeness on a case is shown as a precedent. TestPrecedents says
// what it tells apart.
const MinPrecedent = 0.15

// Precedents returns those of the solved cases whose matter is like that of t, the
// most alike first, at most n. Other than Alike it does not care whose and where the
// matter is, nor when: a case of another company may be answered in the same way.
// A financing request is no precedent: its answer is about one company's money.
// What is said in few of the cases counts for more than what is said in many.
func Precedents(t Ticket, solved []Ticket, n int) []Ticket {
	texts := make([]map[[2]rune]bool, len(solved))
	in := make(map[[2]rune]int) // how many cases say it
	for i, c := range solved {
		texts[i] = pairs(c.Text)
		for p := range texts[i] {
			in[p]++
		}
	}
	weight := func(p [2]rune) float64 { return math.Log(1 + float64(len(solved)+1)/float64(in[p]+1)) }
	total := func(text map[[2]rune]bool) (sum float64) {
		for p := range text {
			sum += weight(p)
		}
		return sum
	}
	mine := pairs(t.Text)
	mineWeight := total(mine)
	type scored struct {
		c Ticket
		s float64
	}
	var near []scored
	for i, c := range solved {
		both := 0.0
		for p := range texts[i] {
			if mine[p] {
				both += weight(p)
			}
		}
		if both == 0 || c.ID == t.ID || c.Kind == Financing {
			continue
		}
		s := both / math.Sqrt(mineWeight*total(texts[i]))
		if t.Category != "" && c.Category != "" {
			if t.Category == c.Category {
				s += 0.1
			} else {
				s /= 2
			}
		}
		if s >= MinPrecedent {
			near = append(near, scored{c, s})
		}
	}
	slices.SortStableFunc(near, func(a, b scored) int { return cmp.Compare(b.s, a.s) })
	var out []Ticket
	for _, c := range near[:min(n, len(near))] {
		out = append(out, c.c)
	}
	return out
}
