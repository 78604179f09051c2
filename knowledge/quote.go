package knowledge

import (
	"slices"
	"strings"
	"unicode/utf8"

	"liaison/knowledge/zh"
)

const (
	quoteSize = 300 // characters that are quoted
	listSize  = 390 // when what is quoted is a list, so that it stays whole
	maxMarked = 3   // sentences that are marked at most
)

// What a sentence gains beside one that is quoted already, and what it may lose
// against the best one, in the scale of sentence scores. Found by measurement
// (README).
const (
	nextBonus   = 3.0 // it follows
	beforeBonus = 1.0 // it goes before
	introBonus  = 3.0 // it introduces the list of one that is quoted
	itemBonus   = 4.0 // it is an item of a list that is introduced by a quoted one
	otherMalus  = 1.0 // it stands in another document
	markMargin  = 1.5 // lost at most by a sentence that is marked
	otherMargin = 2.0 // lost at most by the best sentence of another document that is quoted
	unitMargin  = 2.5 // lost at most by the first of another unit of the document
	restMargin  = 9.0 // lost at most by any
)

// excerpt is what is quoted of one unit.
type excerpt struct {
	unit  int
	spans []Span
}

// quote chooses what an answer shows: the sentences that answer best, marked, and
// as much around them and beside them as fits.
func (l *Library) quote(v *verdict) []excerpt {
	pages, sentences := v.pages, v.sentences
	c := chooser{l: l, pages: make(map[int]*page), picked: make(map[place]bool), opened: make(map[int]bool), limit: quoteSize}
	for i := range pages {
		c.pages[pages[i].hit.unit] = &pages[i]
	}
	c.best = sentences[0]
	c.doc = l.units[c.best.unit].doc
	c.other = -1
	c.pick(c.best)
	if s, ok := l.contradiction(v); ok {
		c.other = l.units[s.unit].doc
		c.pick(s)
	} else if s, ok := c.otherDocument(sentences); ok {
		c.other = l.units[s.unit].doc
		if c.size+c.length(s) <= listSize {
			c.pick(s)
		}
	}
	for c.more(sentences) {
	}
	return c.excerpts(sentences)
}

// place is a sentence by its unit and number.
type place struct{ unit, at int }

type chooser struct {
	l      *Library
	pages  map[int]*page
	picked map[place]bool
	opened map[int]bool // units that something is picked of
	best   sentence
	doc    int32 // that is quoted
	other  int32 // another one that may be; -1: none
	size   int
	limit  int
}

// otherDocument finds the best sentence of another document; ok is false unless it
// is nearly as good as the best of all and says something else.
func (c *chooser) otherDocument(sentences []sentence) (_ sentence, ok bool) {
	for _, s := range sentences {
		if s.score < c.best.score-otherMargin {
			break
		}
		if c.l.units[s.unit].doc != c.doc {
			return s, !c.says(s)
		}
	}
	return sentence{}, false
}

// says reports whether s says the same as the best sentence, down to its figures.
func (c *chooser) says(s sentence) bool {
	best, other := c.pages[c.best.unit].folded[c.best.at], c.pages[s.unit].folded[s.at]
	return heldShare([]rune(best), []rune(other)) >= sameShare && slices.Equal(zh.Figures(best), zh.Figures(other))
}

func (c *chooser) length(s sentence) int {
	return min(quoteSize, utf8.RuneCountInString(c.pages[s.unit].spans[s.at].Text))
}

func (c *chooser) pick(s sentence) {
	c.picked[place{s.unit, s.at}], c.opened[s.unit] = true, true
	c.size += c.length(s)
	if p := c.pages[s.unit]; introduces.MatchString(p.folded[s.at]) || p.introduction(s.at) >= 0 {
		c.limit = listSize
	}
}

// more picks the sentence that is worth most of those that fit.
func (c *chooser) more(sentences []sentence) bool {
	worth, at := c.best.score-restMargin, -1
	for i, s := range sentences {
		p := place{s.unit, s.at}
		d := c.l.units[s.unit].doc
		if c.picked[p] || d != c.doc && d != c.other || c.size+c.length(s) > c.limit || c.pages[s.unit].rule(s.at) {
			continue
		}
		if !c.opened[s.unit] && s.score < c.best.score-unitMargin {
			continue
		}
		if w := s.score + c.bonus(s, d); w > worth {
			worth, at = w, i
		}
	}
	if at < 0 {
		return false
	}
	c.pick(sentences[at])
	return true
}

// bonus is what s gains by what is picked already.
func (c *chooser) bonus(s sentence, doc int32) float64 {
	page := c.pages[s.unit]
	bonus := 0.0
	if c.picked[place{s.unit, s.at - 1}] {
		bonus = nextBonus
	}
	if c.picked[place{s.unit, s.at + 1}] {
		bonus = max(bonus, beforeBonus)
	}
	if intro := page.introduction(s.at); intro >= 0 && c.picked[place{s.unit, intro}] {
		bonus = max(bonus, itemBonus)
	}
	if introduces.MatchString(page.folded[s.at]) {
		for at := s.at + 1; at < min(len(page.spans), s.at+12); at++ {
			if c.picked[place{s.unit, at}] && page.introduction(at) == s.at {
				bonus = max(bonus, introBonus)
			}
		}
	}
	if doc != c.doc {
		bonus -= otherMalus
	}
	return bonus
}

const (
	sameMost   = 2   // other documents that are cited for saying the same
	sameShare  = 0.6 // of the pairs of characters of the best sentence that they must hold
	sameMargin = 4   // what their sentence may lose against it
)

// sameElsewhere returns the best sentence of each document that is not quoted but
// says the same as the best one: texts are often published by several offices.
func (l *Library) sameElsewhere(v *verdict, quoted []excerpt) []sentence {
	best := v.sentences[0]
	seen := make(map[int32]bool)
	for _, e := range quoted {
		seen[l.units[e.unit].doc] = true
	}
	text := []rune(v.page(best.unit).folded[best.at])
	stated := zh.Figures(string(text))
	var out []sentence
	for _, s := range v.sentences {
		if s.score < best.score-sameMargin || len(out) == sameMost {
			break
		}
		doc, other := l.units[s.unit].doc, v.page(s.unit).folded[s.at]
		if !seen[doc] && heldShare(text, []rune(other)) >= sameShare && slices.Equal(stated, zh.Figures(other)) {
			seen[doc] = true
			out = append(out, s)
		}
	}
	return out
}

// heldShare is the share of the pairs of characters of a that b has.
func heldShare(a, b []rune) float64 {
	if len(a) < 2 {
		return 0
	}
	return float64(pairsHeld(a, b)) / float64(len(a)-1)
}

// pairsHeld counts the pairs of characters of a that b has.
func pairsHeld(a, b []rune) int {
	has := make(map[[2]rune]bool, len(b))
	for i := 1; i < len(b); i++ {
		has[[2]rune{b[i-1], b[i]}] = true
	}
	n := 0
	for i := 1; i < len(a); i++ {
		if has[[2]rune{a[i-1], a[i]}] {
			n++
		}
	}
	return n
}

// excerpts puts what is picked in the order of the text, the best unit first.
func (c *chooser) excerpts(sentences []sentence) []excerpt {
	var units []int
	marked := make(map[place]bool)
	for _, s := range sentences {
		p := place{s.unit, s.at}
		if !c.picked[p] {
			continue
		}
		if !slices.Contains(units, s.unit) {
			units = append(units, s.unit)
		}
		if s.score >= c.best.score-markMargin && len(marked) < maxMarked {
			marked[p] = true
		}
	}
	// Units of the best document go before those of another one.
	slices.SortStableFunc(units, func(a, b int) int {
		return int(flag(c.l.units[a].doc != c.doc)) - int(flag(c.l.units[b].doc != c.doc))
	})
	var out []excerpt
	for _, u := range units {
		out = append(out, c.excerpt(u, marked))
	}
	return out
}

const gap = "……"

func (c *chooser) excerpt(unit int, marked map[place]bool) excerpt {
	e := excerpt{unit: unit}
	p := c.pages[unit]
	last := -1
	for at := range p.spans {
		if !c.picked[place{unit, at}] {
			continue
		}
		if last >= 0 && at > last+1 && !c.onlyRules(p, last+1, at) {
			prev := &e.spans[len(e.spans)-1]
			prev.Text = strings.TrimRight(prev.Text, "\n") + gap + "\n"
		}
		e.spans = append(e.spans, Span{Text: p.shown(at), Marked: marked[place{unit, at}]})
		last = at
	}
	end := &e.spans[len(e.spans)-1]
	end.Text = strings.TrimRight(end.Text, "\n")
	return e
}

// onlyRules reports whether the spans from to to, to not included, are rules of a
// table.
func (c *chooser) onlyRules(p *page, from, to int) bool {
	for at := from; at < to; at++ {
		if !p.rule(at) {
			return false
		}
	}
	return true
}

// rule reports whether a span is the line under the headings of a table.
func (p *page) rule(at int) bool {
	text := p.spans[at].Text
	return strings.HasPrefix(text, "|") && strings.Trim(text, "|-: \n") == ""
}

// shown is what a quote shows of a span: a row of a table with the heading of
// each cell, and of a very long sentence its beginning.
func (p *page) shown(at int) string {
	text := p.spans[at].Text
	if cells := cellsOf(text); cells != nil {
		text = p.row(at, cells)
	}
	r := []rune(text)
	if len(r) > quoteSize {
		text = string(r[:quoteSize-1]) + gap[:len(gap)/2] + "\n"
	}
	return text
}

// cellsOf reads a row of a table; nil for other text.
func cellsOf(text string) []string {
	text = strings.TrimSpace(text)
	if len(text) < 2 || !strings.HasPrefix(text, "|") || !strings.HasSuffix(text, "|") {
		return nil
	}
	cells := strings.Split(strings.ReplaceAll(text[1:len(text)-1], `\|`, "｜"), "|")
	for i, c := range cells {
		cells[i] = strings.TrimSpace(c)
	}
	return cells
}

// row writes a row of a table as 住院：80%；门诊：50%.
func (p *page) row(at int, cells []string) string {
	var heads []string
	for i := at; i > 1 && strings.HasPrefix(p.spans[i-1].Text, "|"); i-- {
		if p.rule(i - 1) {
			heads = cellsOf(p.spans[i-2].Text)
			break
		}
	}
	if heads == nil {
		return strings.Join(cells, " | ") + "\n"
	}
	var b strings.Builder
	for i, c := range cells {
		if c == "" {
			continue
		}
		if b.Len() > 0 {
			b.WriteString("；")
		}
		if i < len(heads) && heads[i] != "" && heads[i] != c {
			b.WriteString(heads[i] + "：")
		}
		b.WriteString(c)
	}
	return b.String() + "\n"
}

// spansOf cuts a body into sentences. The last sentence of a line keeps the line
// break, so that the spans joined read like the body.
func spansOf(body string) []Span {
	var out []Span
	for line := range strings.SplitSeq(body, "\n") {
		if cellsOf(line) != nil { // a row of a table stays whole
			out = append(out, Span{Text: strings.TrimSpace(line)})
		} else {
			for _, s := range zh.Sentences(line) {
				out = append(out, Span{Text: s})
			}
		}
		if n := len(out); n > 0 && !strings.HasSuffix(out[n-1].Text, "\n") {
			out[n-1].Text += "\n"
		}
	}
	if len(out) == 0 {
		out = append(out, Span{Text: body})
	}
	return out
}
