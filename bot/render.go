package bot

import (
	"cmp"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/go-telegram/bot/models"

	"liaison/handlers"
)

// Telegram's limits on text, in UTF-16 units.
const (
	maxText    = 4096
	maxCaption = 1024
	maxToast   = 200
)

// part is text as Telegram takes it: plain, with styles as ranges counted in
// UTF-16 units. Marking text up instead would need every character of an answer
// to be escaped right.
type part struct {
	Text     string
	Entities []models.MessageEntity
}

// parts renders the text of a reply into messages of at most maxText. There are
// none when there is nothing but white space.
func parts(r handlers.Reply) []part {
	whole := render(r.Text)
	var ps []part
	start := 0 // in bytes
	for _, piece := range split(whole.Text, maxText) {
		end := start + len(piece)
		if p := whole.cut(start, end); p.Text != "" {
			ps = append(ps, p)
		}
		start = end
	}
	return ps
}

// render joins the spans. A quotation stands on lines of its own; adjoining
// spans of Quote and Mark are one quotation.
func render(spans []handlers.Span) part {
	var b strings.Builder
	var es []models.MessageEntity
	units := 0
	write := func(s string) { b.WriteString(s); units += units16(s) }
	quoteFrom := -1 // start of the open quotation, -1 for none
	endQuote := func(next string) {
		if quoteFrom < 0 {
			return
		}
		es = append(es, models.MessageEntity{Type: models.MessageEntityTypeBlockquote, Offset: quoteFrom, Length: units - quoteFrom})
		quoteFrom = -1
		if next != "" && !strings.HasPrefix(next, "\n") && !strings.HasSuffix(b.String(), "\n") {
			write("\n")
		}
	}
	for _, s := range spans {
		text := clean(s.Text)
		if text == "" {
			continue
		}
		quoted := s.Style == handlers.Quote || s.Style == handlers.Mark
		if !quoted {
			endQuote(text)
		} else if quoteFrom < 0 {
			if units > 0 && !strings.HasSuffix(b.String(), "\n") {
				write("\n")
			}
			quoteFrom = units
		}
		from := units
		write(text)
		mark := func(e models.MessageEntity) {
			e.Offset, e.Length = from, units-from
			es = append(es, e)
		}
		switch s.Style {
		case handlers.Bold, handlers.Mark:
			mark(models.MessageEntity{Type: models.MessageEntityTypeBold})
		case handlers.Fixed:
			mark(models.MessageEntity{Type: models.MessageEntityTypeCode})
		}
		if id, err := strconv.ParseInt(s.Person, 10, 64); err == nil {
			mark(models.MessageEntity{Type: models.MessageEntityTypeTextMention, User: &models.User{ID: id}})
		}
		// Telegram takes no other entity inside code.
		if s.Style != handlers.Fixed && linkable(s.URL) {
			mark(models.MessageEntity{Type: models.MessageEntityTypeTextLink, URL: s.URL})
		}
	}
	endQuote("")
	slices.SortStableFunc(es, func(a, b models.MessageEntity) int { // outer before inner
		return cmp.Or(a.Offset-b.Offset, b.Length-a.Length)
	})
	return part{b.String(), es}
}

// clean makes text what Telegram would make of it before it counts: valid
// UTF-8, one kind of line end, no control characters or bidi overrides.
func clean(s string) string {
	s = strings.ReplaceAll(strings.ToValidUTF8(s, "\uFFFD"), "\r\n", "\n")
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\n', r == '\r', r == '\u2028', r == '\u2029':
			return '\n'
		case r == 0, '\u202A' <= r && r <= '\u202E':
			return -1
		case r < ' ':
			return ' '
		}
		return r
	}, s)
}

// cut returns the bytes from start to end without the white space around them.
// Entities are cut to what is left, each without white space around it, as
// Telegram would do itself.
func (p part) cut(start, end int) part {
	start, end = trim(p.Text, start, end)
	base := units16(p.Text[:start])
	out := part{Text: p.Text[start:end]}
	limit := base + units16(out.Text)
	for _, e := range p.Entities {
		from, to := max(e.Offset, base)-base, min(e.Offset+e.Length, limit)-base
		if from >= to {
			continue
		}
		i, j := trim(out.Text, byteAt(out.Text, from), byteAt(out.Text, to))
		if i >= j {
			continue
		}
		e.Offset, e.Length = units16(out.Text[:i]), units16(out.Text[i:j])
		out.Entities = append(out.Entities, e)
	}
	return out
}

// trim narrows the range of bytes to leave out white space at both ends.
func trim(s string, start, end int) (int, int) {
	t := strings.TrimLeftFunc(s[start:end], unicode.IsSpace)
	start = end - len(t)
	return start, start + len(strings.TrimRightFunc(t, unicode.IsSpace))
}

// units16 is the length of s in UTF-16 units.
func units16(s string) int {
	n := 0
	for _, r := range s {
		n += utf16.RuneLen(r)
	}
	return n
}

// byteAt returns the byte position of the UTF-16 position n of s.
func byteAt(s string, n int) int {
	for i, r := range s {
		if n <= 0 {
			return i
		}
		n -= utf16.RuneLen(r)
	}
	return len(s)
}

// linkable reports whether Telegram lets text and buttons lead to the address.
// It refuses hosts without a dot, such as localhost, and for a button with one
// it refuses the whole message.
func linkable(raw string) bool {
	u, err := url.Parse(raw)
	if err != nil || !utf8.ValidString(raw) {
		return false
	}
	switch u.Scheme {
	case "http", "https":
		return strings.Contains(strings.Trim(u.Hostname(), "."), ".")
	case "tg":
		return u.Host != ""
	}
	return false
}

// shorten cuts s to at most limit UTF-16 units between characters, with an
// ellipsis when something was left out.
func shorten(s string, limit int) string {
	s = strings.TrimSpace(clean(s))
	if fits(s, limit) {
		return s
	}
	return s[:graphemeCut(s, limit-1)] + "…"
}
