package extract

import (
	"fmt"
	"math"
	"regexp"
	"slices"
	"sort"
	"strings"
)

// A PDF or OFD page is characters and lines at places. This file puts the
// characters of a page into lines of text; paper.go makes blocks of these.

// glyph is one character, or a run of them, on a page. Places are in points
// from the upper left corner.
type glyph struct {
	text           string
	x0, y0, x1, y1 float64
	size           float64 // of the font
	spaced         bool    // the file has white space before it
}

// rule is a drawn line, as the borders of tables are.
type rule struct{ x0, y0, x1, y1 float64 }

// sheet is one page.
type sheet struct {
	w, h   float64
	glyphs []glyph
	rules  []rule
}

// line is one line of text: its pieces stand apart by more than a space.
type line struct {
	pieces         []piece
	glyphs         []glyph // from left to right
	x0, y0, x1, y1 float64
	size           float64
	col            int // 1 and 2 in the left and right column, else 0
}

type piece struct {
	text   string
	x0, x1 float64
}

func (l line) text() string {
	parts := make([]string, len(l.pieces))
	for i, p := range l.pieces {
		parts[i] = p.text
	}
	return strings.Join(parts, " ")
}

// gapped reports a gap in the line that no sentence has.
func (l line) gapped() bool {
	for i := 1; i < len(l.pieces); i++ {
		if l.pieces[i].x0-l.pieces[i-1].x1 > 3*l.size {
			return true
		}
	}
	return false
}

// lines puts glyphs into lines from top to bottom. Glyphs belong to one line
// when more than half of the smaller one is beside the line.
func lines(glyphs []glyph) []line {
	gs := slices.Clone(glyphs)
	usual := typical(gs)
	sort.SliceStable(gs, func(i, j int) bool { return gs[i].y0+gs[i].y1 < gs[j].y0+gs[j].y1 })
	type band struct {
		y0, y1 float64
		gs     []glyph
	}
	var bands []*band
	for _, g := range gs {
		var home *band
		// The bands above the last few end above this glyph.
		for i := len(bands) - 1; i >= 0 && i >= len(bands)-4; i-- {
			b := bands[i]
			shared := math.Min(b.y1, g.y1) - math.Max(b.y0, g.y0)
			if shared > 0.5*math.Min(b.y1-b.y0, g.y1-g.y0) {
				home = b
				break
			}
		}
		if home == nil {
			bands = append(bands, &band{g.y0, g.y1, []glyph{g}})
			continue
		}
		home.gs = append(home.gs, g)
		// A tall glyph must not draw the next line into this one.
		if g.y1-g.y0 < 1.3*math.Max(home.y1-home.y0, usual) {
			home.y0, home.y1 = math.Min(home.y0, g.y0), math.Max(home.y1, g.y1)
		}
	}
	out := make([]line, 0, len(bands))
	for _, b := range bands {
		if l := joinGlyphs(b.gs); len(l.pieces) > 0 {
			out = append(out, l)
		}
	}
	sort.SliceStable(out, func(i, j int) bool { return out[i].y0 < out[j].y0 })
	return out
}

// joinGlyphs writes the glyphs of one line from left to right.
func joinGlyphs(gs []glyph) line {
	sort.SliceStable(gs, func(i, j int) bool { return gs[i].x0 < gs[j].x0 })
	l := line{glyphs: gs}
	var b strings.Builder
	var start, end float64
	var last glyph
	size := math.Max(typical(gs), 1)
	l.size = math.Round(size*2) / 2
	flush := func() {
		if t := tidyLine(b.String()); t != "" {
			l.pieces = append(l.pieces, piece{t, start, end})
		}
		b.Reset()
	}
	for i, g := range gs {
		if i > 0 {
			// Some programs print a character twice to make it look bold.
			if g.text == last.text && math.Abs(g.x0-last.x0) < 0.25*size && math.Abs(g.y0-last.y0) < 0.25*size {
				continue
			}
			gap := g.x0 - end
			switch lw, gw := lastRune(last.text), firstRune(g.text); {
			case gap > 1.1*size:
				flush()
			case isWide(lw) && isWide(gw):
				if gap > 0.6*size {
					b.WriteByte(' ')
				}
			case isWide(lw) != isWide(gw) && gap <= 0.6*size:
				// Word processors set Chinese and Latin a little apart.
			case g.spaced && gap > 0.05*size || gap > 0.3*size:
				b.WriteByte(' ')
			}
		}
		if b.Len() == 0 {
			start = g.x0
		}
		b.WriteString(g.text)
		end = math.Max(g.x1, g.x0)
		if i == 0 || g.y0 < l.y0 {
			l.y0 = g.y0
		}
		l.y1 = math.Max(l.y1, g.y1)
		last = g
	}
	flush()
	if len(l.pieces) > 0 {
		l.x0, l.x1 = l.pieces[0].x0, l.pieces[len(l.pieces)-1].x1
	}
	return l
}

// typical is the size that most glyphs have. Some fonts give the place of the
// ink alone, in which 一 and a comma are small, so it is taken from the upper
// end.
func typical(gs []glyph) float64 {
	if len(gs) == 0 {
		return 0
	}
	sizes := make([]float64, len(gs))
	for i, g := range gs {
		sizes[i] = g.size
	}
	sort.Float64s(sizes)
	return sizes[len(sizes)*3/4]
}

func firstRune(s string) rune {
	for _, r := range s {
		return r
	}
	return 0
}

func lastRune(s string) rune {
	var last rune
	for _, r := range s {
		last = r
	}
	return last
}

var pageNumber = regexp.MustCompile(`^[\s\-—–·•/|第共页]*\d{1,4}(\s*(页|/|of|[\-—–，,共第页\s])+\s*\d{0,4})?[\s\-—–·•页]*$`)

// printed is what browsers print at the edge of a page: date and address.
var printed = regexp.MustCompile(`^\d{1,4}/\d{1,2}/\d{1,4},? (上午|下午)?\s*\d{1,2}:\d{2}|^(https?|file)://\S+(\s+\d+/\d+)?$`)

var digits = regexp.MustCompile(`\d+`)

// dropRunning takes out what stands at the head or foot of the pages beside
// the text: page numbers and lines that come again on most of them.
func dropRunning(pages [][]line, sheets []sheet) {
	edge := func(p int, l line) bool {
		return l.y1 < 0.1*sheets[p].h || l.y0 > 0.9*sheets[p].h
	}
	// The number in a short line may be that of the page; a longer line with
	// other numbers is text that happens to begin alike.
	key := func(l line) string {
		text := squeeze(l.text())
		if len([]rune(text)) <= 25 && !structured.MatchString(l.text()) && !endsSentence(l.text()) {
			text = digits.ReplaceAllString(text, "#")
		}
		return fmt.Sprintf("%s at %.0f", text, l.y0/4)
	}
	seen := map[string]int{}
	for p, ls := range pages {
		once := map[string]bool{}
		for _, l := range ls {
			if k := key(l); edge(p, l) && !once[k] {
				once[k] = true
				seen[k]++
			}
		}
	}
	for p, ls := range pages {
		pages[p] = slices.DeleteFunc(ls, func(l line) bool {
			if !edge(p, l) {
				return false
			}
			n := seen[key(l)]
			return pageNumber.MatchString(l.text()) || printed.MatchString(l.text()) || n >= 3 || n == 2 && len(pages) <= 3
		})
	}
}

// gutterWidth is the width, in points, of the empty strip between two columns:
// less than a character, so that in a line of text there is always one in it.
const gutterWidth = 6

// readingOrder puts the lines of a page in two columns one after the other.
// Text is in columns when most lines keep out of the same strip between them.
// The lines of the two columns need not stand at the same height.
func readingOrder(ls []line, w float64) []line {
	best, mid := 0, 0.0
	for at := 0.4 * w; at <= 0.6*w; at += 2 {
		left, right, across := 0, 0, 0
		for _, l := range ls {
			a, b := l.beside(at)
			switch {
			case !a && !b:
				across++
			case a && b:
				left, right = left+1, right+1
			case a:
				left++
			default:
				right++
			}
		}
		if min(left, right) >= 8 && across*5 < left+right && min(left, right) > best {
			best, mid = min(left, right), at
		}
	}
	if best == 0 || !longPieces(ls, mid) {
		return ls
	}
	var out []line
	var lefts, rights []glyph
	flush := func() {
		for col, gs := range [][]glyph{lefts, rights} {
			for _, l := range lines(gs) {
				l.col = col + 1
				out = append(out, l)
			}
		}
		lefts, rights = nil, nil
	}
	for _, l := range ls {
		if a, b := l.beside(mid); !a && !b {
			flush() // a line across both columns ends the columns above it
			out = append(out, l)
			continue
		}
		for _, g := range l.glyphs {
			if (g.x0+g.x1)/2 < mid {
				lefts = append(lefts, g)
			} else {
				rights = append(rights, g)
			}
		}
	}
	flush()
	return out
}

// beside reports whether the line has glyphs on the left and on the right of
// the strip around x; neither when one is in it.
func (l line) beside(x float64) (left, right bool) {
	for _, g := range l.glyphs {
		switch {
		case g.x1 <= x-gutterWidth/2:
			left = true
		case g.x0 >= x+gutterWidth/2:
			right = true
		default:
			return false, false
		}
	}
	return left, right
}

// longPieces tells columns of running text from a table without borders, whose
// cells are short.
func longPieces(ls []line, mid float64) bool {
	long, all := 0, 0
	for _, l := range ls {
		for _, p := range l.pieces {
			all++
			if p.x1-p.x0 > 0.55*mid {
				long++
			}
		}
	}
	return long*2 > all
}
