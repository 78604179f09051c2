package extract

import (
	"bytes"
	"context"
	"encoding/csv"
	"errors"
	"io"
	"regexp"
	"strings"

	"github.com/xuri/excelize/v2"
)

// maxUnzipped bounds what a workbook unpacks to.
const maxUnzipped = 256 << 20

// readXLSX reads every visible sheet of a workbook as a table, with values as
// the cells show them.
func readXLSX(ctx context.Context, data []byte) (page Page, err error) {
	// The library has panicked on broken workbooks before.
	defer func() {
		if r := recover(); r != nil {
			page, err = Page{}, damaged("the workbook", nil)
		}
	}()
	book, err := excelize.OpenReader(bytes.NewReader(data), excelize.Options{
		UnzipSizeLimit: maxUnzipped, UnzipXMLSizeLimit: maxUnzipped,
		ShortDatePattern: "yyyy-m-d", LongDatePattern: "yyyy年m月d日", CultureInfo: excelize.CultureNameZhCN,
	})
	switch {
	case errors.Is(err, excelize.ErrWorkbookFileFormat), errors.Is(err, excelize.ErrWorkbookPassword):
		return Page{}, unreadable(CodeEncrypted, "the workbook is protected by a password; save it without one")
	case err != nil && strings.Contains(err.Error(), "unzip size exceeds"):
		return Page{}, unreadable(CodeTooLarge, "the workbook unpacks to more than %d MB", maxUnzipped>>20)
	case err != nil:
		return Page{}, damaged("the workbook", err)
	}
	defer book.Close()
	page.Meta = map[string]string{}
	if props, err := book.GetDocProps(); err == nil {
		for key, v := range map[string]string{"title": props.Title, "author": props.Creator, "subject": props.Subject, "keywords": props.Keywords, "created": props.Created, "modified": props.Modified} {
			if v = tidyLine(v); v != "" {
				page.Meta[key] = v
			}
		}
	}
	var blocks []block
	for _, name := range book.GetSheetList() {
		if visible, err := book.GetSheetVisible(name); err != nil || !visible {
			continue
		}
		rows, err := sheetRows(ctx, book, name)
		if err != nil {
			return Page{}, err
		}
		made, err := sheetBlocks(rows)
		if err != nil {
			return Page{}, err
		}
		if len(made) == 0 {
			continue
		}
		if made[0].kind == heading && page.Title == "" {
			page.Title = made[0].text
		}
		if !plainSheet.MatchString(name) && (made[0].kind != heading || made[0].text != name) {
			made = append([]block{{kind: heading, level: 1, text: tidyLine(name)}}, made...)
		}
		blocks = append(blocks, made...)
	}
	page.Text = markdown(blocks)
	return page, nil
}

// plainSheet is the name that a program gives a sheet, which says nothing.
var plainSheet = regexp.MustCompile(`(?i)^(sheet|工作表|表)\s*\d*$`)

// sheetRows reads the cells of a sheet, each merged range as one cell.
func sheetRows(ctx context.Context, book *excelize.File, name string) ([][]cell, error) {
	type at struct{ row, col int }
	spans := map[at]at{} // upper left corner -> rows and columns covered
	merged, err := book.GetMergeCells(name)
	if err != nil {
		return nil, damaged("the workbook", err)
	}
	type box struct{ r0, c0, r1, c1 int }
	byRow, covering := map[int][]box{}, 0
	for _, m := range merged {
		c0, r0, err0 := excelize.CellNameToCoordinates(m.GetStartAxis())
		c1, r1, err1 := excelize.CellNameToCoordinates(m.GetEndAxis())
		if err0 != nil || err1 != nil || r1 < r0 || c1 < c0 {
			continue
		}
		spans[at{r0, c0}] = at{r1 - r0 + 1, c1 - c0 + 1}
		if covering += r1 - r0 + 1; covering > maxCells {
			return nil, unreadable(CodeTooLarge, "a sheet merges more than %d cells; split it", maxCells)
		}
		for r := r0; r <= r1; r++ {
			byRow[r] = append(byRow[r], box{r0, c0, r1, c1})
		}
	}
	covered := func(p at) bool {
		for _, b := range byRow[p.row] {
			if p.col >= b.c0 && p.col <= b.c1 && (p.row != b.r0 || p.col != b.c0) {
				return true
			}
		}
		return false
	}
	it, err := book.Rows(name)
	if err != nil {
		return nil, damaged("the workbook", err)
	}
	defer it.Close()
	var rows [][]cell
	cells := 0
	for r := 1; it.Next(); r++ {
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		values, err := it.Columns()
		if err != nil {
			return nil, damaged("the workbook", err)
		}
		if cells += len(values) + 1; cells > maxCells || len(rows) > maxCells {
			return nil, unreadable(CodeTooLarge, "a sheet has more than %d cells; split it", maxCells)
		}
		var row []cell
		for c := 1; c <= min(len(values), maxCols); c++ {
			if covered(at{r, c}) {
				continue
			}
			one := cell{text: values[c-1], cols: 1, rows: 1}
			if s, ok := spans[at{r, c}]; ok {
				one.rows, one.cols = s.row, s.col
			}
			row = append(row, one)
		}
		rows = append(rows, row)
	}
	if err := it.Error(); err != nil {
		return nil, damaged("the workbook", err)
	}
	for len(rows) > 0 && emptyRow(rows[len(rows)-1]) {
		rows = rows[:len(rows)-1]
	}
	return rows, nil
}

func emptyRow(row []cell) bool {
	for _, c := range row {
		if strings.TrimSpace(c.text) != "" {
			return false
		}
	}
	return true
}

// readCSV reads a table of values separated by commas, semicolons or tabs.
func readCSV(ctx context.Context, data []byte) (Page, error) {
	text := decode(data, "")
	r := csv.NewReader(strings.NewReader(text))
	r.FieldsPerRecord, r.LazyQuotes = -1, true
	first, _, _ := strings.Cut(text, "\n")
	for _, sep := range []rune{'\t', ';'} {
		if strings.Count(first, string(sep)) > strings.Count(first, string(r.Comma)) {
			r.Comma = sep
		}
	}
	var rows [][]cell
	cells := 0
	for {
		record, err := r.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return Page{}, damaged("the table", err)
		}
		if ctx.Err() != nil {
			return Page{}, ctx.Err()
		}
		if cells += len(record); cells > maxCells {
			return Page{}, unreadable(CodeTooLarge, "the table has more than %d cells; split it", maxCells)
		}
		row := make([]cell, 0, len(record))
		for _, v := range record[:min(len(record), maxCols)] {
			row = append(row, cell{text: v, cols: 1, rows: 1})
		}
		rows = append(rows, row)
	}
	blocks, err := sheetBlocks(rows)
	if err != nil {
		return Page{}, err
	}
	page := Page{Text: markdown(blocks)}
	if len(blocks) > 0 && blocks[0].kind == heading {
		page.Title = blocks[0].text
	}
	return page, nil
}

// sheetBlocks writes a sheet: a line above its heading row is its title, a
// list of questions and answers becomes headings and text, all else a table.
func sheetBlocks(rows [][]cell) ([]block, error) {
	blocks, ok, err := questionBlocks(rows)
	if err != nil || ok {
		return blocks, err
	}
	for _, row := range rows {
		for i := range row {
			row[i].text = tidyLine(row[i].text)
		}
	}
	for _, part := range splitTables(rows) {
		made, err := tableBlocks(part)
		if err != nil {
			return nil, err
		}
		blocks = append(blocks, made...)
	}
	if len(blocks) > 1 && blocks[0].kind == paragraph && titleLike(blocks[0].text) {
		blocks[0].kind, blocks[0].level = heading, 1
	}
	return blocks, nil
}

// splitTables cuts a sheet where lines of text or an empty row stand between a
// table and the heading row of another, whose rows are not to be read under the
// first heading. The lines go with what they stand above.
func splitTables(rows [][]cell) [][][]cell {
	var parts [][][]cell
	from, text := 0, -1 // text: where the lines above the present row begin, if there are any
	for y, row := range rows {
		switch filled := filledCells(row); {
		case len(filled) <= 1 && text < 0:
			text = y
		case len(filled) <= 1:
		default:
			if text > from && namesColumns(filled) {
				parts = append(parts, rows[from:text])
				from = text
			}
			text = -1
		}
	}
	return append(parts, rows[from:])
}

func filledCells(row []cell) []string {
	var filled []string
	for _, c := range row {
		if c.text != "" {
			filled = append(filled, c.text)
		}
	}
	return filled
}

// columnName is how the names of columns end.
var columnName = regexp.MustCompile(`(序号|编号|名称|姓名|项目|类别|类型|标准|金额|数额|额度|比例|数量|时间|日期|期限|年度|单位|部门|地址|地点|电话|方式|条件|对象|范围|内容|材料|依据|说明|备注)([（(].{1,10}[)）])?$`)

// namesColumns reports whether a row is a heading row: short names without a
// figure, most of them such as columns have.
func namesColumns(cells []string) bool {
	named := 0
	for _, c := range cells {
		if len([]rune(c)) > 16 || strings.ContainsAny(c, "0123456789。；") {
			return false
		}
		if columnName.MatchString(c) {
			named++
		}
	}
	return named >= 2 && named*2 >= len(cells)
}

func titleLike(text string) bool {
	return len([]rune(text)) <= 80 && !endsSentence(text)
}

var (
	questionHead = regexp.MustCompile(`(?i)^(常见)?(问题|提问|问|咨询问题|问题描述|标准问题?|question|q)$`)
	answerHead   = regexp.MustCompile(`(?i)^(参考|标准)?(答案|答复|答|回答|解答|回复|答复内容|answer|a)$`)
	countHead    = regexp.MustCompile(`(?i)^(序号|编号|no\.?|id|#)$`)
)

// questionBlocks recognises a sheet of questions and answers by its heading
// row. Its other columns are named before their value: 类别：….
func questionBlocks(rows [][]cell) (blocks []block, ok bool, err error) {
	grid, err := layGrid(rows)
	if err != nil {
		return nil, false, err
	}
	grid = dropEmpty(grid)
	q, a, at := -1, -1, 0
	for at < min(len(grid), 5) && (q < 0 || a < 0) {
		q, a = -1, -1
		for i, s := range grid[at] {
			switch head := squeeze(s.text); {
			case questionHead.MatchString(head) && q < 0:
				q = i
			case answerHead.MatchString(head) && a < 0:
				a = i
			}
		}
		at++
	}
	if q < 0 || a < 0 {
		return nil, false, nil
	}
	for _, row := range grid[:at-1] {
		text := tidyLine(row[0].text)
		if text == "" {
			continue
		}
		b := block{text: text}
		if len(blocks) == 0 && titleLike(text) {
			b.kind, b.level = heading, 1
		}
		blocks = append(blocks, b)
	}
	for _, row := range grid[at:] {
		question := tidyLine(row[q].text)
		if question != "" {
			blocks = append(blocks, block{kind: heading, level: 2, text: question})
		}
		for part := range strings.SplitSeq(row[a].text, "\n") {
			if part = tidyLine(part); part != "" {
				blocks = append(blocks, block{text: part})
			}
		}
		for i, s := range row {
			if name, value := tidyLine(grid[at-1][i].text), tidyLine(s.text); i != q && i != a && value != "" && !countHead.MatchString(name) {
				blocks = append(blocks, block{text: strings.TrimPrefix(name+"："+value, "：")})
			}
		}
	}
	return blocks, true, nil
}
