package extract

import (
	"math"
	"slices"
	"sort"
	"strings"
)

// paper turns pages of places into the blocks of a document and its title.
func paper(sheets []sheet) (title string, blocks []block, err error) {
	pages := make([][]line, len(sheets))
	tables := make([][]drawn, len(sheets))
	for p, s := range sheets {
		var free []glyph
		tables[p], free = drawnTables(s)
		pages[p] = lines(free)
	}
	dropRunning(pages, sheets)
	for p, s := range sheets {
		pages[p] = readingOrder(pages[p], s.w)
	}
	w := newWriter(pages, sheets)
	for p, rest := range pages {
		for _, t := range tables[p] {
			n := 0
			for n < len(rest) && rest[n].y0 < t.top {
				n++
			}
			w.lines(p, rest[:n])
			rest = rest[n:]
			if err := w.table(p, t.cells); err != nil {
				return "", nil, err
			}
		}
		w.lines(p, rest)
	}
	w.flush()
	return w.title(), w.blocks, nil
}

// writer joins lines into paragraphs.
type writer struct {
	body    float64      // size of the running text
	pitch   float64      // from the top of a line to the top of the next
	indents bool         // paragraphs begin with an indent
	left    [][3]float64 // edges of the text by page and column
	right   [][3]float64

	blocks  []block
	centred []string // lines in the middle at the head
	titled  bool     // the head is over
	open    string   // the paragraph so far
	last    line
	page    int
	tabled  int    // the page of the last table
	foot    []cell // and the last row of it
	head    bool   // the open paragraph is a heading
	sizes   []float64
}

// fewLines is how many lines beside its tables a document has that is no more
// than these.
const fewLines = 5

func newWriter(pages [][]line, sheets []sheet) *writer {
	w := &writer{left: make([][3]float64, len(pages)), right: make([][3]float64, len(pages)), tabled: -1}
	weight, free := map[float64]int{}, 0
	for p, ls := range pages {
		for col := range 3 {
			w.left[p][col], w.right[p][col] = margins(ls, col, sheets[p].w)
		}
		for _, l := range ls {
			weight[l.size] += len(l.text())
		}
		free += len(ls)
	}
	if free <= fewLines { // a table with its title: the table is the running text
		for _, s := range sheets {
			for _, g := range s.glyphs {
				weight[g.size] += len(g.text)
			}
		}
	}
	most := 0
	for size, n := range weight {
		if n > most || n == most && size < w.body {
			w.body, most = size, n
		}
	}
	for _, ls := range pages {
		for _, l := range ls {
			if w.heads(l) && !slices.Contains(w.sizes, l.size) {
				w.sizes = append(w.sizes, l.size)
			}
		}
	}
	sort.Sort(sort.Reverse(sort.Float64Slice(w.sizes)))
	w.pitch = pitch(pages)
	indented, flush := 0, 0
	for p, ls := range pages {
		for _, l := range ls {
			switch at := l.x0 - w.left[p][l.col]; {
			case at > 1.2*l.size && at < 2.8*l.size:
				indented++
			case at < 0.5*l.size:
				flush++
			}
		}
	}
	w.indents = indented >= 2 && indented*8 > flush
	return w
}

// pitch is the usual distance of lines.
func pitch(pages [][]line) float64 {
	var steps []float64
	for _, ls := range pages {
		for i, l := range ls {
			if i > 0 && l.col == ls[i-1].col && l.y0 > ls[i-1].y0 && l.y0-ls[i-1].y0 < 4*l.size {
				steps = append(steps, l.y0-ls[i-1].y0)
			}
		}
	}
	if len(steps) == 0 {
		return 0
	}
	sort.Float64s(steps)
	return steps[len(steps)/2]
}

// margins are the left edge that the lines of a column share and the right
// edge that full lines reach.
func margins(ls []line, col int, width float64) (left, right float64) {
	left, right = width, 0
	var xs []float64
	for _, l := range ls {
		if l.col != col {
			continue
		}
		xs = append(xs, l.x0)
		right = math.Max(right, l.x1)
	}
	sort.Float64s(xs)
	for i, x := range xs {
		if i+1 >= len(xs) || xs[i+1]-x < 3 {
			return x, right
		}
	}
	return left, right
}

// lines writes the lines of one stretch of a page.
func (w *writer) lines(p int, ls []line) {
	for i := 0; i < len(ls); {
		if n := aligned(ls[i:]); n >= 3 {
			w.flush()
			var rows [][]string
			for _, l := range ls[i : i+n] {
				var row []string
				for _, piece := range l.pieces {
					row = append(row, piece.text)
				}
				rows = append(rows, row)
			}
			w.blocks = append(w.blocks, block{kind: table, rows: rows})
			i += n
			continue
		}
		w.line(p, ls[i])
		i++
	}
}

// aligned counts the lines at the start whose pieces begin below each other: a
// table without borders.
func aligned(ls []line) int {
	n := 0
	for n < len(ls) && len(ls[n].pieces) >= 2 && len(ls[n].pieces) == len(ls[0].pieces) {
		for i, p := range ls[n].pieces {
			q := ls[0].pieces[i]
			centre := math.Abs((p.x0+p.x1)-(q.x0+q.x1)) < 8
			if math.Abs(p.x0-q.x0) > 6 && !centre && math.Abs(p.x1-q.x1) > 6 {
				return n
			}
		}
		n++
	}
	return n
}

func (w *writer) line(p int, l line) {
	text := l.text()
	size := math.Max(l.size, 1)
	left, right := w.left[p][l.col], w.right[p][l.col]
	middle := l.x0-left > 1.5*size && right-l.x1 > 1.5*size && math.Abs((l.x0-left)-(right-l.x1)) < 2.5*size
	switch {
	case p > 0 || w.titled:
	case middle:
		w.centred = append(w.centred, text)
	default:
		w.titled = len(w.centred) > 0 || len(w.blocks) > 4
	}
	head := w.heads(l)
	if w.open != "" && w.goesOn(p, l, text, head) {
		w.open = tidyLine(w.open + "\n" + text)
	} else {
		w.flush()
		w.open, w.head = text, head
	}
	w.last, w.page = l, p
}

// heads tells a heading by its size.
func (w *writer) heads(l line) bool {
	text := l.text()
	return l.size >= 1.2*w.body && letters(text) >= 4 && len([]rune(text)) <= 60 && !endsSentence(text) && !letterhead.MatchString(text)
}

// goesOn reports that a line continues the open paragraph.
func (w *writer) goesOn(p int, l line, text string, head bool) bool {
	size := math.Max(l.size, 1)
	if head != w.head || math.Abs(l.size-w.last.size) > 0.15*size {
		return false
	}
	if head {
		return l.y0-w.last.y1 < 1.5*size && p == w.page && len([]rune(w.open)) < 60 && !structured.MatchString(text)
	}
	if structured.MatchString(text) && !strings.HasSuffix(w.open, "第") && !openBracket(w.open) {
		return false
	}
	if p == w.page && l.col == w.last.col && l.y0-w.last.y0 > math.Max(1.5*w.pitch, 1.8*size) {
		return false
	}
	// Cells beside each other, and what is set to the right as a signature is,
	// are no part of a sentence.
	width := w.right[w.page][w.last.col] - w.left[w.page][w.last.col]
	if w.last.gapped() || l.gapped() || w.last.x0-w.left[w.page][w.last.col] > 0.4*width {
		return false
	}
	// A line is full when what the next one begins with had no room in it.
	full := w.last.x1+firstWidth(text)*size >= w.right[w.page][w.last.col]-1.2*size
	// A sentence that ends with its line ends the paragraph too, unless
	// paragraphs show by an indent that they begin.
	begins := !w.indents || l.x0-w.left[p][l.col] > 1.2*size
	return full && (!endsSentence(w.open) || !begins)
}

// firstWidth is about how wide, in sizes of the font, the first part of a text
// is that no line break may divide.
func firstWidth(text string) float64 {
	width := 0.0
	for _, r := range text {
		if isWide(r) || r == ' ' {
			break
		}
		width += 0.55
	}
	return min(max(width, 1), 12)
}

// openBracket reports that a text ends within brackets or a title, where what
// looks like a mark is none.
func openBracket(s string) bool {
	for _, pair := range []string{"（）", "《》", "“”", "〔〕", "()"} {
		rs := []rune(pair)
		if strings.Count(s, string(rs[0])) > strings.Count(s, string(rs[1])) {
			return true
		}
	}
	return false
}

func (w *writer) flush() {
	if w.open == "" {
		return
	}
	b := block{text: w.open}
	if w.head && !structured.MatchString(w.open) {
		b.kind, b.level = heading, 1
		for i, size := range w.sizes {
			if w.last.size <= size {
				b.level = min(i+1, 4)
			}
		}
	}
	w.blocks = append(w.blocks, b)
	w.open = ""
}

// table writes a table, or goes on with the one at the foot of the page above.
func (w *writer) table(p int, rows [][]cell) error {
	w.flush()
	made, err := tableBlocks(rows)
	if err != nil {
		return err
	}
	if len(made) > 0 && len(w.blocks) > 0 && p > w.tabled {
		above, first := &w.blocks[len(w.blocks)-1], made[0]
		if above.kind == table && first.kind == table && len(above.rows[0]) == len(first.rows[0]) {
			if strings.Join(above.rows[0], "|") == strings.Join(first.rows[0], "|") {
				first.rows = first.rows[1:]
			}
			if len(first.rows) > 0 && w.broken(above.rows[len(above.rows)-1], first.rows[0]) {
				last := above.rows[len(above.rows)-1]
				for i, rest := range first.rows[0] {
					last[i] = tidyLine(last[i] + "\n" + rest)
				}
				first.rows = first.rows[1:]
			}
			above.rows = append(above.rows, first.rows...)
			made = made[1:]
		}
	}
	w.blocks = append(w.blocks, made...)
	w.tabled, w.foot = p, nil
	if len(rows) > 0 {
		w.foot = rows[len(rows)-1]
	}
	return nil
}

// broken reports that a row at the top of a page is the rest of the last one on
// the page above: only cells whose text had no room left go on.
func (w *writer) broken(above, below []string) bool {
	if len(w.foot) != len(above) {
		return false
	}
	filled := 0
	for i, rest := range below {
		if rest == "" {
			continue
		}
		filled++
		if !w.foot[i].full || endsSentence(above[i]) || structured.MatchString(rest) {
			return false
		}
	}
	return filled > 0 && filled < len(below)
}

// title is the heading at the top, which may be broken in lines of one size,
// else the lines in the middle there.
func (w *writer) title() string {
	title, level := "", 0
	for _, b := range w.blocks[:min(len(w.blocks), 5)] {
		switch {
		case notTitle.MatchString(b.text):
		case b.kind == heading && (title == "" || b.level == level):
			title, level = title+b.text, b.level
			continue
		}
		if title != "" {
			break
		}
	}
	if n := len([]rune(title)); n >= 4 && n <= 120 {
		return title
	}
	return centredTitle(w.centred)
}
