package handlers

import "strings"

// words returns a reply of plain text.
func words(text string) Reply { return Reply{Text: []Span{{Text: text}}} }

// lines collects the spans of a reply line by line.
type lines []Span

// add appends a line of spans; the first one begins on a new line.
func (l *lines) add(spans ...Span) {
	if len(*l) > 0 {
		*l = append(*l, Span{Text: "\n"})
	}
	*l = append(*l, spans...)
}

// text appends a line of plain text.
func (l *lines) text(s string) { l.add(Span{Text: s}) }

// bold appends a line in bold.
func (l *lines) bold(s string) { l.add(Span{Text: s, Style: Bold}) }

// pair appends "name: value" unless the value is empty.
func (l *lines) pair(name, value string) {
	if strings.TrimSpace(value) != "" {
		l.add(Span{Text: name, Style: Bold}, Span{Text: value})
	}
}

// quote appends somebody's own words, at most n characters; of a case that came
// as files alone it says so.
func (l *lines) quote(words string, n int, alone string) {
	if words == "" {
		l.text(alone)
		return
	}
	l.add(Span{Text: excerpt(words, n), Style: Quote})
}

// gap appends an empty line.
func (l *lines) gap() { *l = append(*l, Span{Text: "\n"}) }

// row makes a row of buttons.
func row(b ...Button) []Button { return b }

// column makes one row for each button.
func column(b ...Button) [][]Button { return grid(1, b...) }

// grid lays buttons out n to a row.
func grid(n int, b ...Button) [][]Button {
	var rows [][]Button
	for len(b) > n {
		rows, b = append(rows, b[:n:n]), b[n:]
	}
	if len(b) > 0 {
		rows = append(rows, b)
	}
	return rows
}

// data joins the parts of what a button sends back.
func data(parts ...string) string { return strings.Join(parts, ":") }
