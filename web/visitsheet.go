package web

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/xuri/excelize/v2"
	"golang.org/x/text/encoding/simplifiedchinese"

	"liaison/handlers"
	"liaison/ticket"
	"liaison/ticket/visit"
)

// What a sheet of visits may be: far more than a city's visits of a year.
const (
	maxSheet    = 5 << 20  // bytes
	maxUnzipped = 64 << 20 // bytes that a workbook may unpack to
	maxBlank    = 50_000   // rows, empty ones included
)

// faultView is a fault of a sheet in words.
type faultView struct {
	Row     int    `json:"row"` // 0 for the whole sheet
	Column  string `json:"column,omitempty"`
	Message string `json:"message"`
}

// importVisits files the visits of a spreadsheet, all or none, and answers with what
// was added or with every fault.
func (s *Server) importVisits(w http.ResponseWriter, r *http.Request, me colleague) error {
	if err := http.NewResponseController(w).SetReadDeadline(time.Now().Add(formTime)); err != nil && !errors.Is(err, http.ErrNotSupported) {
		return err
	}
	body, counted := s.metered(w, r, maxSheet+maxForm)
	defer counted()
	r.Body = body
	data, err := receiveSheet(r)
	if err != nil {
		return err
	}
	select { // unpacking takes a processor and memory for a while: one upload at a time
	case s.importing <- struct{}{}:
		defer func() { <-s.importing }()
	case <-r.Context().Done():
		return r.Context().Err()
	}
	sheet, err := readSheet(data)
	if err != nil {
		return err
	}
	var done handlers.ImportedVisits
	err = s.Store.Update(r.Context(), func(tx handlers.Tx) (err error) {
		done, err = s.Desk.ImportVisits(r.Context(), tx, me.person.ID, sheet)
		return err
	})
	if err != nil {
		return err
	}
	s.Logger.InfoContext(r.Context(), "visits imported", "person", me.person.ID, "added", done.Added, "known", len(done.Known), "faults", len(done.Faults))
	lang := langOf(r)
	faults := []faultView{}
	for _, f := range done.Faults {
		faults = append(faults, faultView{f.Row, columnName(f.Column, lang), faultText(f, lang)})
	}
	s.send(w, r, http.StatusOK, map[string]any{
		"added": done.Added, "opinions": done.Opinions, "known": append([]int{}, done.Known...),
		"faults": faults, "ignored": append([]string{}, done.Ignored...),
	})
	return nil
}

func columnName(c visit.Column, lang string) string {
	if c == "" {
		return ""
	}
	return c.Header(lang)
}

// faultText says what is wrong and what to do.
func faultText(f visit.Fault, lang string) string {
	text := word(lang, "fault_"+f.Code)
	if f.Code == visit.NoHeader {
		return fmt.Sprintf(text, visit.ColDay.Header(lang), visit.ColCompany.Header(lang))
	}
	if strings.Contains(text, "%s") {
		return fmt.Sprintf(text, f.Value)
	}
	return text
}

// receiveSheet returns the first file of the form.
func receiveSheet(r *http.Request) ([]byte, error) {
	parts, err := r.MultipartReader()
	if err != nil {
		return nil, invalid("form")
	}
	for {
		part, err := parts.NextPart()
		if errors.Is(err, io.EOF) {
			return nil, invalid("sheet")
		}
		if err != nil {
			return nil, sheetError(err)
		}
		if part.FileName() == "" {
			continue
		}
		data, err := io.ReadAll(io.LimitReader(part, maxSheet+1))
		if err != nil {
			return nil, sheetError(err)
		}
		if len(data) > maxSheet {
			return nil, invalid("sheet_size")
		}
		return data, nil
	}
}

func sheetError(err error) error {
	var large *http.MaxBytesError
	if errors.As(err, &large) {
		return invalid("sheet_size")
	}
	return bodyError(err)
}

// readSheet reads a workbook or, if it is none, comma-separated text in UTF-8 or
// GB18030. What is neither is Invalid "sheet".
func readSheet(data []byte) (visit.Sheet, error) {
	switch {
	case bytes.HasPrefix(data, []byte("PK\x03\x04")):
		return readWorkbook(data)
	case len(data) == 0 || bytes.HasPrefix(data, []byte("\xd0\xcf\x11\xe0")) || bytes.IndexByte(data, 0) >= 0:
		return visit.Sheet{}, invalid("sheet") // an old or protected workbook, or no text at all
	default:
		return readText(data)
	}
}

// readWorkbook reads the first visible sheet, with values as they are stored: how a
// day is shown says less than its number.
func readWorkbook(data []byte) (sheet visit.Sheet, err error) {
	defer func() { // the library has panicked on broken workbooks before
		if p := recover(); p != nil {
			sheet, err = visit.Sheet{}, &ticket.Error{Code: ticket.Invalid, Field: "sheet", Err: fmt.Errorf("panic: %v", p)}
		}
	}()
	unreadable := func(err error) (visit.Sheet, error) {
		return visit.Sheet{}, &ticket.Error{Code: ticket.Invalid, Field: "sheet", Err: err}
	}
	book, err := excelize.OpenReader(bytes.NewReader(data), excelize.Options{UnzipSizeLimit: maxUnzipped, UnzipXMLSizeLimit: maxUnzipped, RawCellValue: true})
	if err != nil {
		return unreadable(err)
	}
	defer book.Close()
	if props, err := book.GetWorkbookProps(); err == nil && props.Date1904 != nil {
		sheet.Epoch1904 = *props.Date1904
	}
	for _, name := range book.GetSheetList() {
		if shown, err := book.GetSheetVisible(name); err != nil || !shown {
			continue
		}
		rows, err := book.Rows(name)
		if err != nil {
			return unreadable(err)
		}
		defer rows.Close()
		for rows.Next() {
			cells, err := rows.Columns()
			if err != nil {
				return unreadable(err)
			}
			if sheet.Rows = append(sheet.Rows, cells); len(sheet.Rows) > maxBlank {
				return visit.Sheet{}, invalid("sheet_size")
			}
		}
		return sheet, nil
	}
	return unreadable(errors.New("no visible sheet"))
}

// readText reads comma-separated text, an empty row for each empty line.
func readText(data []byte) (sheet visit.Sheet, err error) {
	data = bytes.TrimPrefix(data, []byte("\ufeff"))
	if !utf8.Valid(data) {
		if data, err = simplifiedchinese.GB18030.NewDecoder().Bytes(data); err != nil || bytes.ContainsRune(data, utf8.RuneError) {
			return sheet, invalid("sheet")
		}
	}
	in := csv.NewReader(bytes.NewReader(data))
	in.FieldsPerRecord, in.LazyQuotes = -1, true
	end := 0 // last line of the record before
	for {
		cells, err := in.Read()
		if errors.Is(err, io.EOF) {
			return sheet, nil
		}
		if err != nil {
			return visit.Sheet{}, &ticket.Error{Code: ticket.Invalid, Field: "sheet", Err: err}
		}
		first, _ := in.FieldPos(0)
		for range first - end - 1 {
			sheet.Rows = append(sheet.Rows, nil)
		}
		last := len(cells) - 1
		end, _ = in.FieldPos(last)
		end += strings.Count(cells[last], "\n")
		if sheet.Rows = append(sheet.Rows, cells); len(sheet.Rows) > maxBlank {
			return visit.Sheet{}, invalid("sheet_size")
		}
	}
}

// visitTemplate sends an empty sheet to fill in, with what may be written where on a
// second one.
func (s *Server) visitTemplate(w http.ResponseWriter, r *http.Request, me colleague) error {
	lang := langOf(r)
	body, err := s.makeTemplate(lang, me)
	if err != nil {
		return err
	}
	s.download(w, r, word(lang, "template_name")+".xlsx", xlsxType, body)
	return nil
}

func (s *Server) makeTemplate(lang string, me colleague) ([]byte, error) {
	book := excelize.NewFile()
	defer book.Close()
	main, help := word(lang, "template_name"), word(lang, "template_help")
	if err := book.SetSheetName("Sheet1", main); err != nil {
		return nil, err
	}
	if _, err := book.NewSheet(help); err != nil {
		return nil, err
	}
	head := make([]any, len(visit.Columns))
	guide := [][]any{{word(lang, "template_column"), word(lang, "template_fill")}}
	for i, c := range visit.Columns {
		head[i] = c.Header(lang)
		guide = append(guide, []any{head[i], word(lang, "template_"+string(c))})
	}
	var stations, towns, outcomes []string
	for _, st := range s.viewMe(me, lang).Stations {
		if known, ok := s.Directory().Station(st.ID); ok {
			stations = append(stations, known.Label(lang))
		}
	}
	for _, town := range s.Directory().Towns() {
		towns = append(towns, town.Label(lang))
	}
	for _, o := range visit.Outcomes {
		outcomes = append(outcomes, o.Label(lang))
	}
	lists := map[visit.Column][]string{visit.ColStation: stations, visit.ColTown: towns, visit.ColOutcome: outcomes}
	if err := book.SetSheetRow(main, "A1", &head); err != nil {
		return nil, err
	}
	for i, row := range guide {
		if err := book.SetSheetRow(help, fmt.Sprintf("A%d", i+1), &row); err != nil {
			return nil, err
		}
	}
	column := 4 // of the help sheet, where the lists begin
	for i, c := range visit.Columns {
		list := lists[c]
		if len(list) == 0 {
			continue
		}
		name, err := excelize.ColumnNumberToName(column)
		if err != nil {
			return nil, err
		}
		cells := append([]string{c.Header(lang)}, list...)
		if err := book.SetSheetCol(help, name+"1", &cells); err != nil {
			return nil, err
		}
		target, err := excelize.ColumnNumberToName(i + 1)
		if err != nil {
			return nil, err
		}
		choose := excelize.NewDataValidation(true)
		choose.Sqref = fmt.Sprintf("%s2:%s%d", target, target, visit.MaxRows+1)
		choose.SetSqrefDropList(fmt.Sprintf("'%s'!$%s$2:$%s$%d", help, name, name, len(list)+1))
		choose.ShowErrorMessage = false // other spellings are understood too
		if err := book.AddDataValidation(main, choose); err != nil {
			return nil, err
		}
		column++
	}
	if err := boldHead(book, help, column-1); err != nil {
		return nil, err
	}
	if err := book.SetColWidth(help, "B", "B", 60); err != nil {
		return nil, err
	}
	if err := boldHead(book, main, len(head)); err != nil {
		return nil, err
	}
	b, err := book.WriteToBuffer()
	if err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}
