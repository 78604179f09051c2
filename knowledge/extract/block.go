package extract

import (
	"regexp"
	"strings"
	"unicode"
)

// block is one piece of a document on its way to Markdown.
type block struct {
	kind  blockKind
	level int        // of a heading, 1 to 6; depth of a list item, 0 for the outermost
	text  string     // of all but tables; a single line
	rows  [][]string // of a table, the heading row first, all of one length
	bold  bool       // the whole paragraph is bold
	links float64    // share of the text that stands in links (web pages)
	strip bool       // a row of short links, such as the names of tabs (web pages)
}

type blockKind int

const (
	paragraph blockKind = iota
	heading
	listItem
	table
)

// plain is the text of a block without marks, for comparisons.
func (b block) plain() string {
	if b.kind != table {
		return b.text
	}
	var s strings.Builder
	for _, row := range b.rows {
		for _, cell := range row {
			s.WriteString(cell)
		}
	}
	return s.String()
}

// structured matches the marks by which official texts number their parts.
// Such a line is recognised by its mark and needs no other sign of a heading.
var structured = regexp.MustCompile(`^(第[一二三四五六七八九十百零〇\d]+[编章节条款部分步]|[一二三四五六七八九十]+[、.．]|[（(]([一二三四五六七八九十]+|\d{1,2})[）)]|\d{1,2}([、．)）]|\.(\D|\d{4}年|$))|[①-⑳]|附件|附：|附表|[•·●◆■]|[-*+] )`)

// markdown writes blocks as the Markdown subset of Page.Text.
func markdown(blocks []block) string {
	var b strings.Builder
	for i, bl := range blocks {
		if i > 0 {
			b.WriteByte('\n')
			if bl.kind != listItem || blocks[i-1].kind != listItem {
				b.WriteByte('\n')
			}
		}
		switch bl.kind {
		case heading:
			b.WriteString(strings.Repeat("#", min(max(bl.level, 1), 6)) + " " + bl.text)
		case listItem:
			b.WriteString(strings.Repeat("  ", bl.level) + bl.text)
		case table:
			writeTable(&b, bl.rows)
		default:
			if bl.bold && pseudoHeading(bl.text) {
				b.WriteString("**" + bl.text + "**")
				break
			}
			// A paragraph must not turn into a heading or a table row.
			if trimmed := strings.TrimLeft(bl.text, "#"); trimmed != bl.text && strings.HasPrefix(trimmed, " ") || strings.HasPrefix(bl.text, "|") {
				b.WriteByte('\\')
			}
			b.WriteString(bl.text)
		}
	}
	return b.String()
}

// pseudoHeading tells a bold line that heads what follows from a bold sentence.
func pseudoHeading(text string) bool {
	n := len([]rune(text))
	return n >= 2 && n <= 40 && !structured.MatchString(text) && !strings.ContainsAny(text, "*") &&
		!strings.HasSuffix(text, "。") && !strings.HasSuffix(text, "；") && !strings.HasSuffix(text, "，")
}

func writeTable(b *strings.Builder, rows [][]string) {
	for i, row := range rows {
		if i > 0 {
			b.WriteByte('\n')
		}
		b.WriteByte('|')
		for _, cell := range row {
			b.WriteString(" " + strings.ReplaceAll(cell, "|", `\|`) + " |")
		}
		if i == 0 {
			b.WriteString("\n|" + strings.Repeat(" --- |", len(row)))
		}
	}
}

// tidyLine makes one line of text: invisible characters are dropped, runs of
// white space become one space, and a line broken beside a Chinese character
// is joined without one.
func tidyLine(s string) string {
	var b strings.Builder
	b.Grow(len(s))
	var last rune
	space, broken := false, false
	for _, r := range s {
		r = clean(r)
		if r < 0 {
			continue
		}
		if unicode.IsSpace(r) {
			space = true
			broken = broken || r == '\n'
			continue
		}
		if space && last != 0 && !(broken && (isWide(last) || isWide(r))) {
			b.WriteByte(' ')
		}
		space, broken = false, false
		b.WriteRune(r)
		last = r
	}
	return b.String()
}

// isWide is true for characters that are written without spaces between them.
func isWide(r rune) bool {
	return isHan(r) || r >= 0x2e80 && r <= 0x2fdf || r >= 0x3001 && r <= 0x303f || r >= 0xff01 && r <= 0xff60 || r >= 0x2018 && r <= 0x201f
}

// squeeze is the text for comparisons: letters and digits only.
func squeeze(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return r
		}
		return -1
	}, s)
}
