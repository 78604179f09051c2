package extract

import "strings"

// Bounds of a table: a span of a million rows is written in ten characters.
const (
	maxCols  = 256
	maxCells = 400_000
)

// cell is one cell of a table as its format states it.
type cell struct {
	text       string
	cols, rows int  // how many it covers, at least 1
	head       bool // marked as a heading (<th>)
	full       bool // its last line reaches its right border, on paper
}

// tableBlocks lays cells out on a grid, each repeated where it covers more
// than one, and returns the table between the lines that only look like rows
// of it: a row that is one cell across the whole width is a caption above the
// heading row, or a note below the last one. Such a row in the middle names
// the group that follows and keeps its text in the first column only.
func tableBlocks(rows [][]cell) ([]block, error) {
	if isKeyed(rows) {
		return keyedLines(rows), nil
	}
	grid, err := layGrid(rows)
	if err != nil {
		return nil, err
	}
	grid = dropEmpty(grid)
	var before, after []block
	for len(grid) > 0 {
		text, whole := wholeRow(grid[0])
		if !whole {
			break
		}
		before = append(before, block{text: text})
		grid = grid[1:]
	}
	for len(grid) > 1 {
		text, whole := wholeRow(grid[len(grid)-1])
		if !whole {
			break
		}
		after = append([]block{{text: text}}, after...)
		grid = grid[:len(grid)-1]
	}
	if len(grid) == 0 {
		return append(before, after...), nil
	}
	out := make([][]string, 0, len(grid))
	head, used := headRow(grid)
	out = append(out, head)
	for _, row := range grid[used:] {
		line := make([]string, len(row))
		if text, whole := wholeRow(row); whole {
			line[0] = text
		} else {
			for i, s := range row {
				line[i] = s.text
			}
		}
		out = append(out, line)
	}
	if len(out) == 1 && used == 1 {
		// A single row heads nothing: its cells are one line.
		var parts []string
		for i, s := range grid[0] {
			if s.text != "" && (i == 0 || s.cell != grid[0][i-1].cell) {
				parts = append(parts, s.text)
			}
		}
		return append(append(before, block{text: strings.Join(parts, " ")}), after...), nil
	}
	return append(append(before, block{kind: table, rows: out}), after...), nil
}

// slot is one place of the grid and the number of the cell that covers it.
type slot struct {
	text string
	cell int // 0 for a place that no cell covers
}

func layGrid(rows [][]cell) ([][]slot, error) {
	width, number := 0, 0
	var grid [][]slot
	at := func(r int) []slot {
		for len(grid) <= r {
			grid = append(grid, nil)
		}
		return grid[r]
	}
	for r, row := range rows {
		c := 0
		at(r)
		for _, cell := range row {
			number++
			for c < len(grid[r]) && grid[r][c].cell != 0 {
				c++
			}
			for y := r; y < r+max(cell.rows, 1) && y < len(rows); y++ {
				line := at(y)
				for x := c; x < c+max(cell.cols, 1) && x < maxCols; x++ {
					for len(line) <= x {
						line = append(line, slot{})
					}
					if line[x].cell == 0 {
						line[x] = slot{cell.text, number}
					}
				}
				grid[y] = line
				width = max(width, len(line))
			}
			c += max(cell.cols, 1)
		}
		if width*len(grid) > maxCells {
			return nil, unreadable(CodeTooLarge, "a table has more than %d cells; split it", maxCells)
		}
	}
	for y := range grid {
		for len(grid[y]) < width {
			grid[y] = append(grid[y], slot{})
		}
	}
	return grid, nil
}

// dropEmpty takes out rows and columns without any text.
func dropEmpty(grid [][]slot) [][]slot {
	if len(grid) == 0 {
		return nil
	}
	keep := make([]bool, len(grid[0]))
	var rows [][]slot
	for _, row := range grid {
		full := false
		for x, s := range row {
			if s.text != "" {
				keep[x], full = true, true
			}
		}
		if full {
			rows = append(rows, row)
		}
	}
	for y, row := range rows {
		var line []slot
		for x, s := range row {
			if keep[x] {
				line = append(line, s)
			}
		}
		rows[y] = line
	}
	return rows
}

// isKeyed tells a table of particulars from one of data: in each row cells that
// name something, marked as headings or with a colon, take turns with what they
// name. It has no heading row that could be repeated over others.
func isKeyed(rows [][]cell) bool {
	pairs := 0
	for _, row := range rows {
		if len(row)%2 != 0 {
			return false
		}
		for i, c := range row {
			name := c.head || strings.HasSuffix(c.text, "：") || strings.HasSuffix(c.text, ":")
			if empty := c.text == "" && row[i&^1].text == ""; !empty && name != (i%2 == 0) || c.rows > 1 {
				return false
			}
			pairs += i % 2
		}
	}
	return pairs >= 2
}

// keyedLines writes each pair of a table of particulars as a line.
func keyedLines(rows [][]cell) []block {
	var lines []block
	for _, row := range rows {
		for i := 0; i+1 < len(row); i += 2 {
			if name := strings.TrimRight(row[i].text, "：: "); name != "" {
				lines = append(lines, block{kind: listItem, text: "- " + name + "：" + row[i+1].text})
			}
		}
	}
	return lines
}

// wholeRow reports that a row is a single cell across the table, or a text in
// its first column with nothing beside it in a table of three columns or more.
func wholeRow(row []slot) (string, bool) {
	if len(row) == 1 {
		return "", false
	}
	for _, s := range row[1:] {
		if s.cell != row[0].cell && s.text != "" || s.cell == row[0].cell && s.cell == 0 {
			return "", false
		}
		if s.cell != row[0].cell && len(row) < 3 {
			return "", false
		}
	}
	return row[0].text, row[0].text != ""
}

// headRow makes one heading row. Where a heading covers several columns that
// the next row names, both rows are the heading: 标准 over 每月 and 每年 gives
// 标准 每月 and 标准 每年.
func headRow(grid [][]slot) (head []string, used int) {
	first := grid[0]
	head = make([]string, len(first))
	for i, s := range first {
		head[i] = s.text
	}
	covers := false
	for i := 1; i < len(first); i++ {
		covers = covers || first[i].cell != 0 && first[i].cell == first[i-1].cell && first[i].text != ""
	}
	if !covers || len(grid) < 3 {
		return head, 1
	}
	// The second row belongs to the heading only if every column that is not
	// covered by a wider heading is one cell over both rows.
	second := grid[1]
	for i, s := range first {
		wide := i > 0 && first[i-1].cell == s.cell || i+1 < len(first) && first[i+1].cell == s.cell
		if !wide && second[i].cell != s.cell && second[i].text != "" {
			return head, 1
		}
		if wide && second[i].cell == s.cell {
			continue
		}
		if second[i].text != "" && second[i].cell != s.cell {
			head[i] = strings.TrimSpace(s.text + " " + second[i].text)
		}
	}
	return head, 2
}
