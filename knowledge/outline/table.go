package outline

import (
	"regexp"
	"strings"
	"unicode/utf8"
)

var (
	rulePattern = regexp.MustCompile(`^\|[\s:|-]*-[\s:|-]*$`)
	askColumn   = regexp.MustCompile(`^(?:问|問|问题|問題|常见问题|常見問題|咨询问题|问题内容|提问|Q|Question)$`)
	sayColumn   = regexp.MustCompile(`^(?:答|答案|解答|回答|答复|回复|问题解答|問題解答|答复内容|A|Answer)$`)
)

// table adds the rows read so far: whole if they are few, else in pieces that
// each know the heading row. A row that is a question with its answer is a piece
// of its own.
func (s *scanner) table() {
	if len(s.rows) == 0 {
		return
	}
	rows := s.rows
	s.rows = nil
	all := s.block(rows[0].start, rows[len(rows)-1].end)
	all.size = utf8.RuneCountInString(all.text)
	all.table = true
	if len(rows) < 3 || !rulePattern.MatchString(s.text[rows[1].start:rows[1].end]) {
		if all.size <= maxSize {
			s.blocks = append(s.blocks, all)
			return
		}
		s.rowsFrom(rows, 0, "", false)
		return
	}
	header := s.text[rows[0].start:rows[0].end] + "\n" + s.text[rows[1].start:rows[1].end]
	ask, say := faqColumns(cells(s.text[rows[0].start:rows[0].end]))
	faq := ask >= 0 && say >= 0
	if all.size <= joinSize && !faq {
		s.blocks = append(s.blocks, all)
		return
	}
	s.rowsFrom(rows, 2, header, faq)
}

// rowsFrom adds rows in pieces; the first head rows go with the first piece.
func (s *scanner) rowsFrom(rows []row, head int, header string, each bool) {
	headSize := utf8.RuneCountInString(header)
	first, size := 0, headSize
	flush := func(end int) {
		if end <= first {
			return
		}
		b := s.block(rows[first].start, rows[end-1].end)
		b.size, b.table = utf8.RuneCountInString(b.text), true
		if first > 0 {
			b.header = header
		}
		s.blocks = append(s.blocks, b)
		first, size = end, headSize
	}
	for i := head; i < len(rows); i++ {
		n := utf8.RuneCountInString(s.text[rows[i].start:rows[i].end])
		if i > head && (each || size+n > pieceSize && i > first) {
			flush(i)
		}
		size += n
	}
	flush(len(rows))
}

// cells returns the cells of a table row without white space around them.
func cells(line string) []string {
	line = strings.TrimSuffix(strings.TrimPrefix(strings.TrimSpace(line), "|"), "|")
	out := strings.Split(line, "|")
	for i := range out {
		out[i] = strings.TrimSpace(out[i])
	}
	return out
}

func faqColumns(header []string) (ask, say int) {
	ask, say = -1, -1
	for i, h := range header {
		switch {
		case ask < 0 && askColumn.MatchString(h):
			ask = i
		case say < 0 && sayColumn.MatchString(h):
			say = i
		}
	}
	return ask, say
}

// rowTitle returns the question of a table row of questions and answers.
func rowTitle(b *block) string {
	header := b.header
	if header == "" {
		header = b.text
	}
	line, _, _ := strings.Cut(header, "\n")
	ask, say := faqColumns(cells(line))
	if ask < 0 || say < 0 {
		return ""
	}
	rows := strings.Split(b.text, "\n")
	if got := cells(rows[len(rows)-1]); ask < len(got) {
		return got[ask]
	}
	return ""
}
