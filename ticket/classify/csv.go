package classify

import (
	"bufio"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"
)

// ReadCSV reads examples from CSV in UTF-8, with or without a byte order mark.
// The header names the columns text and label, in any order; others are left
// out. An error names the line.
func ReadCSV(r io.Reader) ([]Example, error) {
	records := csv.NewReader(skipMark(r))
	records.ReuseRecord = true
	header, err := records.Read()
	if errors.Is(err, io.EOF) {
		return nil, errors.New("line 1: no header, want the columns text and label")
	}
	if err != nil {
		return nil, err
	}
	text, err := column(header, "text")
	if err != nil {
		return nil, err
	}
	label, err := column(header, "label")
	if err != nil {
		return nil, err
	}
	var examples []Example
	for {
		record, err := records.Read()
		if errors.Is(err, io.EOF) {
			return examples, nil
		}
		if err != nil {
			return nil, err // names the line
		}
		e := Example{Text: strings.Clone(record[text]), Label: strings.TrimSpace(record[label])}
		line, _ := records.FieldPos(0)
		switch {
		case strings.TrimSpace(e.Text) == "":
			return nil, fmt.Errorf("line %d: the text is empty", line)
		case e.Label == "":
			return nil, fmt.Errorf("line %d: the label is empty", line)
		case !utf8.ValidString(e.Text) || !utf8.ValidString(e.Label):
			return nil, fmt.Errorf("line %d: not UTF-8: save the file as UTF-8", line)
		}
		examples = append(examples, e)
	}
}

// skipMark drops a byte order mark.
func skipMark(r io.Reader) io.Reader {
	buffered := bufio.NewReader(r)
	if mark, err := buffered.Peek(3); err == nil && string(mark) == "\ufeff" {
		_, _ = buffered.Discard(len(mark)) // just seen, cannot fail
	}
	return buffered
}

func column(header []string, name string) (int, error) {
	at := -1
	for i, title := range header {
		if !strings.EqualFold(strings.TrimSpace(title), name) {
			continue
		}
		if at >= 0 {
			return 0, fmt.Errorf("line 1: two columns are called %s", name)
		}
		at = i
	}
	if at < 0 {
		return 0, fmt.Errorf("line 1: no column %s in the header", name)
	}
	return at, nil
}
