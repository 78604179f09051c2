package outline

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"
)

// block is a stretch of the text that is never cut: a line, a piece of a line
// that a mark or its length sets off, or rows of a table.
type block struct {
	start, end int    // where it stands, without white space around it
	text       string // without the signs of a Markdown heading
	size       int    // characters of text
	md         int    // depth of a Markdown heading, 0 if it is none
	bold       bool   // the whole line is set bold
	mark       mark
	rest       string // text after the mark
	inline     bool   // does not begin its line
	table      bool
	header     string // of a piece of a table: the heading lines that stand in an earlier piece
	head       bool   // a heading by its looks or its mark
	isTitle    bool   // the title of the whole text
	differs    bool   // a title in other words than those the caller gave
	named      bool   // the name of the annex that the block before it numbers
	above      level  // of a short line: its level where the marks below it tell
	contents   bool   // a line of a table of contents
}

var (
	comment = regexp.MustCompile(`^<!--.*-->$`)
	boldRow = regexp.MustCompile(`^(?:\*\*|__)([^*_]+)(?:\*\*|__)[:：]?$`)
	// inlineMark finds marks that a text without line breaks has inside.
	inlineMark = regexp.MustCompile(`[一二三四五六七八九十]{1,3}、|[（(][一二三四五六七八九十]{1,3}[）)]|第[` + hanDigits + `]{1,7}[条條][\s　]|\d{1,2}[.．、]|[问問答][:：]`)
)

// scan finds the blocks of text.
func scan(text string) []block {
	s := scanner{text: text, last: make(map[level]int)}
	for pos := 0; pos < len(text); {
		end := len(text)
		if i := strings.IndexAny(text[pos:], "\n\r"); i >= 0 {
			end = pos + i
		}
		s.line(pos, end)
		pos = end + 1
	}
	s.table()
	return s.blocks
}

type scanner struct {
	text   string
	blocks []block
	last   map[level]int // the last number seen of a mark
	rows   []row         // of the table being read
}

type row struct{ start, end int }

func (s *scanner) line(start, end int) {
	start, end = trim(s.text, start, end)
	line := s.text[start:end]
	if strings.HasPrefix(line, "|") && len(line) > 1 {
		s.rows = append(s.rows, row{start, end})
		return
	}
	s.table()
	if line == "" || comment.MatchString(line) || strings.Trim(line, "#") == "" {
		return
	}
	if depth, title := headingLine(line); depth > 0 {
		b := s.block(start, end)
		b.text, b.md, b.head = title, depth, true
		s.add(b)
		return
	}
	if m := boldRow.FindStringSubmatch(line); m != nil {
		b := s.block(start, end)
		b.text, b.bold = strings.TrimSpace(m[1]), true
		s.add(b)
		return
	}
	s.split(start, end)
}

// headingLine reads a Markdown heading; depth is 0 when line is none.
func headingLine(line string) (depth int, title string) {
	depth = len(line) - len(strings.TrimLeft(line, "#"))
	if depth == 0 || depth > 6 || depth == len(line) || line[depth] != ' ' && line[depth] != '\t' {
		return 0, ""
	}
	title = strings.Trim(strings.TrimRight(line[depth:], "#"), " \t*_　")
	if title == "" {
		return 0, ""
	}
	return depth, title
}

func (s *scanner) block(start, end int) block {
	return block{start: start, end: end, text: s.text[start:end]}
}

// boldLead is bold type at the start of a line, as in **第三条** 本办法….
var boldLead = regexp.MustCompile(`^(?:\*\*|__)([^*_\n]{1,40})(?:\*\*|__)`)

func (s *scanner) add(b block) {
	if m := boldLead.FindStringSubmatch(b.text); m != nil {
		b.text = m[1] + b.text[len(m[0]):]
	}
	b.size = utf8.RuneCountInString(b.text)
	b.mark, b.rest = readMark(b.text)
	if b.mark.num > 0 {
		s.last[b.mark.level] = b.mark.num
	}
	s.blocks = append(s.blocks, b)
}

// split cuts a line where a mark begins inside it and where it is too long.
func (s *scanner) split(start, end int) {
	from := start
	if m, _ := readMark(s.text[start:end]); m.num > 0 {
		s.last[m.level] = m.num
	}
	for _, at := range inlineMark.FindAllStringIndex(s.text[start:end], -1) {
		pos := start + at[0]
		if pos == from || !s.begins(start, pos, end) {
			continue
		}
		s.headed(from, pos, from > start)
		from = pos
	}
	s.headed(from, end, from > start)
}

// headed is long for a line that may run a heading and its text together with a
// space between: 三、加强保障 各单位要….
func (s *scanner) headed(start, end int, inline bool) {
	m, rest := readMark(s.text[start:end])
	if m.level == han || m.level == hanParen || m.level == digit {
		name := strings.TrimLeftFunc(rest, unicode.IsSpace)
		i := strings.IndexFunc(name, unicode.IsSpace)
		if i > 0 && !strings.ContainsAny(name[:i], "。；：:！？、》）)") {
			n, after := utf8.RuneCountInString(name[:i]), strings.TrimSpace(name[i:])
			if n >= 4 && n <= 40 && hasHan(name[:i]) && utf8.RuneCountInString(after) >= 20 && strings.ContainsAny(after, "。；") {
				cut := end - len(name) + i
				s.long(start, cut, inline)
				s.long(cut, end, true)
				return
			}
		}
	}
	s.long(start, end, inline)
}

// begins reports whether the mark at pos, inside the line from start to end,
// begins a point: it stands after a sentence or a space, and it continues a
// series or begins one that goes on.
func (s *scanner) begins(start, pos, end int) bool {
	before, size := utf8.DecodeLastRuneInString(s.text[start:pos])
	space := unicode.IsSpace(before)
	if !space && !strings.ContainsRune("。；：:;！？!?）)", before) {
		return false
	}
	m, rest := readMark(s.text[pos:end])
	if strings.HasPrefix(s.text[pos:], "答") || m.level == question {
		return true
	}
	if m.level == noMark || m.num == 0 {
		return false
	}
	if m.level == digit && !space && size > 0 && digitRun.MatchString(rest) {
		return false
	}
	if m.num == s.last[m.level]+1 && m.num > 1 {
		s.last[m.level] = m.num
		return true
	}
	if m.num != 1 || !follows(m, s.text[pos+len(m.text):]) {
		return false
	}
	s.last[m.level] = 1
	return true
}

// follows reports whether the second point of the series that m begins stands
// somewhere in text.
func follows(m mark, text string) bool {
	second := strings.NewReplacer("一", "二", "1", "2").Replace(m.text)
	return strings.Contains(text[:min(len(text), 6000)], second)
}

// long adds the text from start to end, cut between sentences if it is too long.
func (s *scanner) long(start, end int, inline bool) {
	start, end = trim(s.text, start, end)
	if start == end {
		return
	}
	if utf8.RuneCountInString(s.text[start:end]) <= maxSize {
		b := s.block(start, end)
		b.inline = inline
		s.add(b)
		return
	}
	// The last place to cut so far: after a sentence, else after a comma or a
	// space, else wherever the piece is full.
	type place struct{ at, size int }
	from, size := start, 0
	sentence, comma := place{start, 0}, place{start, 0}
	for i, r := range s.text[start:end] {
		size++
		at := start + i + max(utf8.RuneLen(r), 1)
		if r == utf8.RuneError && !strings.HasPrefix(s.text[start+i:], "\uFFFD") {
			at = start + i + 1
		}
		switch {
		case at < end && strings.ContainsRune("。！？；!?;", r) && !closes(s.text[at:end]):
			sentence = place{at, size}
		case strings.ContainsRune("，,、 \t　", r):
			comma = place{at, size}
		}
		if size < pieceSize {
			continue
		}
		cut := place{at, size}
		if sentence.at > from {
			cut = sentence
		} else if comma.at > from {
			cut = comma
		}
		s.piece(from, cut.at, inline)
		from, size, inline = cut.at, size-cut.size, true
		comma.size -= cut.size
	}
	s.piece(from, end, inline)
}

func closes(s string) bool {
	r, _ := utf8.DecodeRuneInString(s)
	return strings.ContainsRune("”’」』）)】》。！？!?", r)
}

// piece adds a part of a long line. Only the first can carry a mark.
func (s *scanner) piece(start, end int, inline bool) {
	start, end = trim(s.text, start, end)
	if start == end {
		return
	}
	b := s.block(start, end)
	b.inline = inline
	if m := boldLead.FindStringSubmatch(b.text); m != nil {
		b.text = m[1] + b.text[len(m[0]):]
	}
	b.size = utf8.RuneCountInString(b.text)
	if n := len(s.blocks); !inline || n == 0 || s.blocks[n-1].end < start {
		b.mark, b.rest = readMark(b.text)
	}
	s.blocks = append(s.blocks, b)
}

func trim(text string, start, end int) (int, int) {
	line := text[start:end]
	start += len(line) - len(strings.TrimLeftFunc(line, unicode.IsSpace))
	end -= len(line) - len(strings.TrimRightFunc(line, unicode.IsSpace))
	return start, max(start, end)
}
