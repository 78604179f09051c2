package extract

import (
	"math"
	"slices"
	"sort"
	"strings"
)

// near is how far apart, in points, lines may be drawn that mean one border.
const near = 3.0

// ruled is a table whose borders are drawn.
type ruled struct {
	xs, ys []float64 // borders from left to right and from top to bottom
	h, v   []rule    // the lines drawn
}

// ruledTables finds the tables on a page: sets of crossing lines that enclose
// at least two cells.
func ruledTables(s sheet) []ruled {
	var h, v []rule
	for _, r := range s.rules {
		dx, dy := r.x1-r.x0, r.y1-r.y0
		switch {
		case dy < near && dx >= 8:
			h = append(h, r)
		case dx < near && dy >= 6:
			v = append(v, r)
		}
	}
	if len(h) < 2 || len(v) < 2 || len(h)+len(v) > 4000 {
		return nil
	}
	// Lines that touch belong together.
	all := append(slices.Clone(h), v...)
	parent := make([]int, len(all))
	for i := range parent {
		parent[i] = i
	}
	root := func(i int) int {
		for parent[i] != i {
			parent[i] = parent[parent[i]]
			i = parent[i]
		}
		return i
	}
	for i, a := range all {
		for j := i + 1; j < len(all); j++ {
			b := all[j]
			if a.x0-near <= b.x1 && b.x0-near <= a.x1 && a.y0-near <= b.y1 && b.y0-near <= a.y1 {
				parent[root(i)] = root(j)
			}
		}
	}
	groups := map[int]*ruled{}
	var order []int
	for i, r := range all {
		k := root(i)
		if groups[k] == nil {
			groups[k] = &ruled{}
			order = append(order, k)
		}
		if i < len(h) {
			groups[k].h = append(groups[k].h, r)
			groups[k].ys = append(groups[k].ys, (r.y0+r.y1)/2)
		} else {
			groups[k].v = append(groups[k].v, r)
			groups[k].xs = append(groups[k].xs, (r.x0+r.x1)/2)
		}
	}
	var out []ruled
	for _, k := range order {
		t := groups[k]
		t.xs, t.ys = borders(t.xs), borders(t.ys)
		if len(t.xs) >= 2 && len(t.ys) >= 2 && len(t.xs)+len(t.ys) > 4 && len(t.xs) <= maxCols {
			out = append(out, *t)
		}
	}
	sort.Slice(out, func(i, j int) bool { return out[i].ys[0] < out[j].ys[0] })
	return out
}

// borders merges places that are near each other.
func borders(at []float64) []float64 {
	sort.Float64s(at)
	var out []float64
	for _, x := range at {
		if len(out) == 0 || x-out[len(out)-1] > near {
			out = append(out, x)
		}
	}
	return out
}

// drawn is a table with its text.
type drawn struct {
	top   float64
	cells [][]cell
}

// drawnTables takes the tables out of a page and leaves the glyphs beside
// them. A frame around text is no table.
func drawnTables(s sheet) (tables []drawn, free []glyph) {
	free = s.glyphs
	for _, t := range ruledTables(s) {
		var in, out []glyph
		for _, g := range free {
			if t.holds(g) {
				in = append(in, g)
			} else {
				out = append(out, g)
			}
		}
		cells := t.cells(in)
		filled := 0
		for _, row := range cells {
			for _, c := range row {
				if c.text != "" {
					filled++
				}
			}
		}
		if filled >= 2 {
			tables = append(tables, drawn{t.ys[0], cells})
			free = out
		}
	}
	return tables, free
}

func (t ruled) holds(g glyph) bool {
	x, y := (g.x0+g.x1)/2, (g.y0+g.y1)/2
	return x > t.xs[0]-near && x < t.xs[len(t.xs)-1]+near && y > t.ys[0]-near && y < t.ys[len(t.ys)-1]+near
}

// cells puts glyphs into the cells of the table. Fields of the grid with no
// line between them are one cell.
func (t ruled) cells(glyphs []glyph) [][]cell {
	rows, cols := len(t.ys)-1, len(t.xs)-1
	inside := make([][][]glyph, rows)
	for r := range inside {
		inside[r] = make([][]glyph, cols)
	}
	for _, g := range glyphs {
		r := field(t.ys, (g.y0+g.y1)/2)
		c := field(t.xs, (g.x0+g.x1)/2)
		inside[r][c] = append(inside[r][c], g)
	}
	taken := make([][]bool, rows)
	for r := range taken {
		taken[r] = make([]bool, cols)
	}
	var out [][]cell
	for r := range rows {
		var row []cell
		for c := range cols {
			if taken[r][c] {
				continue
			}
			w, h := 1, 1
			for c+w < cols && !taken[r][c+w] && !t.wall(t.v, true, t.xs[c+w], t.ys[r], t.ys[r+1]) {
				w++
			}
			for r+h < rows && !t.wall(t.h, false, t.ys[r+h], t.xs[c], t.xs[c+w]) {
				h++
			}
			var gs []glyph
			for y := r; y < r+h; y++ {
				for x := c; x < c+w; x++ {
					if taken[y][x] && (y > r || x > c) {
						continue
					}
					taken[y][x] = true
					gs = append(gs, inside[y][x]...)
				}
			}
			row = append(row, cell{text: cellLines(gs), cols: w, rows: h, full: isFull(gs, t.xs[c+w])})
		}
		out = append(out, row)
	}
	return out
}

// field is the number of the field between borders that holds at.
func field(borders []float64, at float64) int {
	i := sort.SearchFloat64s(borders, at) - 1
	return min(max(i, 0), len(borders)-2)
}

// wall reports that the lines at a border cover at least half of it from a to
// b; upright for a border between columns.
func (t ruled) wall(rules []rule, upright bool, at, a, b float64) bool {
	covered := 0.0
	for _, r := range rules {
		mid, from, to := (r.y0+r.y1)/2, r.x0, r.x1
		if upright {
			mid, from, to = (r.x0+r.x1)/2, r.y0, r.y1
		}
		if math.Abs(mid-at) <= near {
			covered += math.Max(0, math.Min(to, b)-math.Max(from, a))
		}
	}
	return covered >= 0.5*(b-a)
}

// isFull reports that the last line in a cell has no room for another character
// and the margin before the border at right.
func isFull(gs []glyph, right float64) bool {
	ls := lines(gs)
	if len(ls) == 0 {
		return false
	}
	last := ls[len(ls)-1]
	return last.x1+last.size+2*near >= right
}

// cellLines joins the lines in a cell: text goes on from line to line, but a
// line that begins with a mark stands apart.
func cellLines(gs []glyph) string {
	out := ""
	for _, l := range lines(gs) {
		text := l.text()
		switch {
		case out == "":
			out = text
		case structured.MatchString(text):
			out += " " + text
		default:
			out = tidyLine(out + "\n" + text)
		}
	}
	return strings.TrimSpace(out)
}
