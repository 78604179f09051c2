package knowledge

import (
	"fmt"
	"regexp"
	"strings"
	"unicode/utf8"

	"liaison/knowledge/zh"
)

// Sizes of the units that plain text is cut into, in characters. A reader takes
// in 400 characters on a telephone; the measured ranking is flat between 250
// and 600.
const (
	unitSize    = 400
	unitMaxSize = 800
)

var (
	articlePattern = regexp.MustCompile(`^[#\s*]*(第[〇零一二三四五六七八九十百千\d]+条)[\s　*]*`)
	chapterPattern = regexp.MustCompile(`^\s*第[〇零一二三四五六七八九十百\d]+[章节编]`)
	itemPattern    = regexp.MustCompile(`^[#\s]*(?:[一二三四五六七八九十]+、|[（(][一二三四五六七八九十]+[）)])`)
)

// heading reads a Markdown heading; level is 0 when line is none.
func heading(line string) (level int, title string) {
	level = len(line) - len(strings.TrimLeft(line, "#"))
	if level == 0 || level > 6 || level == len(line) || line[level] != ' ' {
		return 0, ""
	}
	title = strings.Trim(line[level:], " \t#")
	if title == "" {
		return 0, ""
	}
	return level, title
}

// SplitUnits cuts plain or Markdown text into the units of document docID.
// Articles (第一条) become a unit each; otherwise sections and groups of
// paragraphs do, and a paragraph longer than a unit is cut between sentences.
// Units are called p1, p2, ... or, for articles, art1, art2, ...
func SplitUnits(docID, title, text string) []Unit {
	s := splitter{doc: docID, title: title}
	for line := range strings.SplitSeq(text, "\n") {
		s.line(strings.TrimSpace(line))
	}
	s.flush()
	return s.units
}

type splitter struct {
	doc, title string
	chapter    string // the heading above
	name       string // title of the unit being collected
	article    bool
	parts      []string
	size       int
	units      []Unit
}

func (s *splitter) line(line string) {
	if strings.Trim(line, "# ") == "" {
		return // empty, or a heading without words
	}
	level, title := heading(line)
	switch m := articlePattern.FindStringSubmatch(line); {
	case m != nil:
		s.flush()
		s.article, s.name = true, m[1]
		line = strings.TrimLeft(line, "#* ")
	case level > 0 || chapterPattern.MatchString(line) && utf8.RuneCountInString(line) < 40:
		s.flush()
		if level == 0 {
			title = line
		}
		s.chapter, s.name = title, ""
		return
	case !s.article && itemPattern.MatchString(line) && s.size >= unitSize/2:
		s.flush()
	}
	n := utf8.RuneCountInString(line)
	if n > unitMaxSize {
		s.long(line)
		return
	}
	if s.size > 0 && s.size+n > unitMaxSize || !s.article && s.size >= unitSize {
		s.flush()
	}
	s.add(line, n)
}

// long spreads one paragraph over several units.
func (s *splitter) long(line string) {
	for _, sentence := range zh.Sentences(line) {
		for _, piece := range chop(sentence) {
			if isUnitHeading(piece) {
				piece = strings.TrimLeft(piece, "# ") // a cut must not make a heading of what was none
			}
			if piece == "" {
				continue
			}
			n := utf8.RuneCountInString(piece)
			if s.size > 0 && s.size+n > unitSize {
				s.flush()
			}
			s.add(piece, n)
		}
	}
}

// chop cuts a sentence that is itself longer than a unit may be; tables pasted
// as text look like that.
func chop(sentence string) []string {
	r := []rune(sentence)
	var out []string
	for len(r) > unitMaxSize {
		out, r = append(out, string(r[:unitSize])), r[unitSize:]
	}
	return append(out, string(r))
}

func (s *splitter) add(text string, n int) {
	s.parts = append(s.parts, text)
	s.size += n
}

func (s *splitter) flush() {
	if len(s.parts) == 0 {
		return
	}
	slug := fmt.Sprintf("p%d", len(s.units)+1)
	title := s.chapter
	if s.article {
		slug, title = fmt.Sprintf("art%d", len(s.units)+1), s.name
	}
	if title == "" {
		title = s.title
	}
	s.units = append(s.units, Unit{
		ID: UnitID(s.doc, slug), Slug: slug, Title: title, Path: s.chapter, Body: strings.Join(s.parts, "\n"),
	})
	s.parts, s.size = nil, 0
}
