package extract

import (
	"strconv"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// isLayout tells a table that only places things on the page from a table of
// data: one cell a row, most of its text in tables in it, or whole chapters in
// few cells.
func isLayout(t *html.Node) bool {
	if role := attr(t, "role"); role == "presentation" || role == "none" {
		return true
	}
	cells, wide, long, inner := 0, 0, 0, 0
	for tr := range ownRows(t) {
		filled := 0
		for td := range tr.ChildNodes() {
			if td.DataAtom != atom.Td && td.DataAtom != atom.Th {
				continue
			}
			for n := range td.Descendants() {
				if n.DataAtom == atom.Table && nearest(n, atom.Table) == t {
					inner += letters(nodeText(n))
				}
			}
			n := letters(nodeText(td))
			if n == 0 {
				continue
			}
			cells++
			filled++
			if n > 600 {
				long++
			}
		}
		wide = max(wide, filled)
	}
	return wide <= 1 || long > 0 && (cells <= 4 || inner > 0) || inner*2 > letters(nodeText(t))
}

func isTable(n *html.Node) bool { return n.DataAtom == atom.Table }

// ownRows yields the rows of t, without those of tables in it.
func ownRows(t *html.Node) func(func(*html.Node) bool) {
	return func(yield func(*html.Node) bool) {
		for n := range t.Descendants() {
			if n.DataAtom == atom.Tr && nearest(n, atom.Table) == t && !yield(n) {
				return
			}
		}
	}
}

func (r *renderer) table(t *html.Node) {
	r.flush()
	if isLayout(t) {
		r.children(t)
		r.flush()
		return
	}
	if c := find(t, func(n *html.Node) bool { return n.DataAtom == atom.Caption && nearest(n, atom.Table) == t }); c != nil {
		r.children(c)
		r.flush()
	}
	var rows [][]cell
	for tr := range ownRows(t) {
		var row []cell
		for td := range tr.ChildNodes() {
			if td.DataAtom != atom.Td && td.DataAtom != atom.Th {
				continue
			}
			row = append(row, cell{
				text: r.cellText(td), head: td.DataAtom == atom.Th,
				cols: span(td, "colspan", maxCols), rows: span(td, "rowspan", 10_000),
			})
		}
		rows = append(rows, row)
	}
	blocks, err := tableBlocks(rows)
	if err != nil {
		r.err = err
		return
	}
	share := linkShare(t)
	for i := range blocks {
		blocks[i].links = share
	}
	r.blocks = append(r.blocks, blocks...)
}

// linkShare is the share of the text below n that stands in links.
func linkShare(n *html.Node) float64 {
	all, linked := letters(nodeText(n)), 0
	for a := range n.Descendants() {
		if a.DataAtom == atom.A {
			linked += letters(nodeText(a))
		}
	}
	return float64(linked) / float64(max(all, 1))
}

// cellText is the text of a cell in one line.
func (r *renderer) cellText(td *html.Node) string {
	inner := renderer{ctx: r.ctx}
	blocks, err := inner.render(td)
	if err != nil {
		r.err = err
	}
	parts := make([]string, 0, len(blocks))
	for _, b := range blocks {
		if b.kind == table {
			parts = append(parts, strings.Join(tableCells(b), " "))
			continue
		}
		parts = append(parts, b.text)
	}
	return strings.Join(parts, " ")
}

func span(n *html.Node, key string, limit int) int {
	v, err := strconv.Atoi(strings.TrimSpace(attr(n, key)))
	if err != nil || v < 1 {
		return 1
	}
	return min(v, limit)
}
