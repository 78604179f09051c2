package web

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"mime"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/xuri/excelize/v2"

	"liaison/handlers"
	"liaison/ticket"
	"liaison/ticket/visit"
)

// figuresRow is a row of the figures with the name that people read.
type figuresRow struct {
	visit.Row
	Name string `json:"name"`
}

// visitFigures answers with the figures of the visits that match, in all and by what
// is asked for; as JSON, or as a file to be downloaded.
func (s *Server) visitFigures(w http.ResponseWriter, r *http.Request, me colleague) error {
	q := r.URL.Query()
	f, err := visitFilter(q, me)
	if err != nil {
		return err
	}
	by := visit.By(q.Get("by"))
	if by != "" && !slices.Contains(visit.Ways, by) {
		return invalid("by")
	}
	var table *visit.Table
	err = s.Store.View(r.Context(), func(tx handlers.Tx) error {
		table = visit.NewTable(by)
		return handlers.EachVisit(r.Context(), tx, f, table.Add)
	})
	if err != nil {
		return err
	}
	rows := []figuresRow{}
	for _, row := range table.Rows() {
		rows = append(rows, figuresRow{row, s.nameOf(by, row.Key, langOf(r))})
	}
	switch q.Get("format") {
	case "":
		s.send(w, r, http.StatusOK, map[string]any{"total": table.Total(), "rows": rows})
		return nil
	case "csv", "xlsx":
		return s.sendFigures(w, r, q.Get("format"), f, by, rows, table.Total())
	default:
		return invalid("format")
	}
}

// nameOf names a row of the figures.
func (s *Server) nameOf(by visit.By, key, lang string) string {
	switch {
	case key == "":
		return word(lang, "visit_unnamed")
	case by == visit.ByStation:
		if st, ok := s.Directory().Station(key); ok {
			return st.Label(lang)
		}
	case by == visit.ByTown:
		if town, ok := s.Directory().Town(key); ok {
			return town.Label(lang)
		}
	}
	return by.Label(key)
}

// sendFigures sends the figures as a table to be opened in a spreadsheet program.
func (s *Server) sendFigures(w http.ResponseWriter, r *http.Request, format string, f visit.Filter, by visit.By, rows []figuresRow, total visit.Figures) error {
	lang := langOf(r)
	head := []any{word(lang, "by_"+string(by))}
	for _, column := range []string{"visits", "companies", "opinions", "solved", "study", "explained", "open"} {
		head = append(head, word(lang, "figures_"+column))
	}
	table := [][]any{head}
	line := func(name string, n visit.Figures) {
		table = append(table, []any{name, n.Visits, n.Companies, n.Opinions, n.Solved, n.InStudy, n.Explained, n.Open})
	}
	for _, row := range rows {
		line(row.Name, row.Figures)
	}
	line(word(lang, "figures_total"), total)

	write, kind := writeCSV, "text/csv; charset=utf-8"
	if format == "xlsx" {
		write, kind = writeXLSX, xlsxType
	}
	body, err := write(word(lang, "figures_title"), table)
	if err != nil {
		return err
	}
	name := word(lang, "figures_title")
	if !f.From.IsZero() {
		name += "_" + f.From.In(ticket.CST).Format(time.DateOnly)
	}
	if !f.To.IsZero() {
		name += "_" + lastDay(f.To)
	}
	s.download(w, r, name+"."+format, kind, body)
	return nil
}

const xlsxType = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

// download sends a file that was made for the colleague.
func (s *Server) download(w http.ResponseWriter, r *http.Request, name, kind string, body []byte) {
	h := w.Header()
	h.Set("Content-Type", kind)
	h.Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": name}))
	h.Set("Cache-Control", "no-store")
	s.write(w, r, body)
}

// writeCSV writes a table with the mark by which spreadsheet programs know UTF-8. A
// text that such a program would take for a formula is set off by an apostrophe.
func writeCSV(_ string, table [][]any) ([]byte, error) {
	var b bytes.Buffer
	b.WriteString("\ufeff")
	w := csv.NewWriter(&b)
	for _, row := range table {
		cells := make([]string, len(row))
		for i, v := range row {
			text, isText := v.(string)
			if cells[i] = fmt.Sprint(v); isText && text != "" && strings.ContainsAny(text[:1], "=+-@\t\r") {
				cells[i] = "'" + text
			}
		}
		if err := w.Write(cells); err != nil {
			return nil, err
		}
	}
	w.Flush()
	return b.Bytes(), w.Error()
}

// writeXLSX writes a table as a workbook; texts are texts there, never formulas.
func writeXLSX(title string, table [][]any) ([]byte, error) {
	book := excelize.NewFile()
	defer book.Close()
	if err := book.SetSheetName("Sheet1", title); err != nil {
		return nil, err
	}
	for i, row := range table {
		if err := book.SetSheetRow(title, fmt.Sprintf("A%d", i+1), &row); err != nil {
			return nil, err
		}
	}
	if err := boldHead(book, title, len(table[0])); err != nil {
		return nil, err
	}
	b, err := book.WriteToBuffer()
	if err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}

// boldHead makes the first row of a sheet a heading that stays in view.
func boldHead(book *excelize.File, sheet string, columns int) error {
	bold, err := book.NewStyle(&excelize.Style{Font: &excelize.Font{Bold: true}})
	if err != nil {
		return err
	}
	last, err := excelize.ColumnNumberToName(columns)
	if err != nil {
		return err
	}
	if err := book.SetCellStyle(sheet, "A1", last+"1", bold); err != nil {
		return err
	}
	if err := book.SetColWidth(sheet, "A", last, 16); err != nil {
		return err
	}
	return book.SetPanes(sheet, &excelize.Panes{Freeze: true, YSplit: 1, TopLeftCell: "A2", ActivePane: "bottomLeft"})
}
