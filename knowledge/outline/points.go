package outline

import "strings"

// Point is a numbered point inside the body of a part, such as the second item
// of an article.
type Point struct {
	Mark       string // as written: （二）, 1.
	Num        int    // 2
	Depth      int    // 0 for the outermost points of the body
	Start, End int    // byte offsets in the body, with the points inside it
}

// Points finds the numbered points of a body, in order. The number the body
// itself begins with is not among them.
func Points(body string) []Point {
	blocks := scan(body)
	var out []Point
	var open []int // indexes in out
	levels := []level{}
	closeFrom := func(depth, end int) {
		for len(open) > depth {
			out[open[len(open)-1]].End = end
			open, levels = open[:len(open)-1], levels[:len(levels)-1]
		}
	}
	for i := range blocks {
		b := &blocks[i]
		m := b.mark
		if m.level < han || m.level == question || m.num == 0 || i == 0 {
			continue
		}
		depth := len(levels)
		for at := len(levels) - 1; at >= 0; at-- {
			if levels[at] == m.level {
				depth = at
				break
			}
		}
		if depth == len(levels) && m.num > 1 {
			continue // a number that continues nothing
		}
		closeFrom(depth, b.start)
		open, levels = append(open, len(out)), append(levels, m.level)
		out = append(out, Point{Mark: m.text, Num: m.num, Depth: depth, Start: b.start})
	}
	closeFrom(0, len(body))
	for i := range out {
		out[i].End = out[i].Start + len(strings.TrimRight(body[out[i].Start:out[i].End], " \t\r\n　"))
	}
	return out
}
