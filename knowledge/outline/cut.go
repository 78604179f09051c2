package outline

import (
	"regexp"
	"strings"
	"unicode/utf8"
)

// cutter makes parts of a tree, from left to right.
type cutter struct {
	text   string
	title  string
	blocks []block
	parts  []Part
	open   int     // the first block that is in no part yet
	above  []*node // the headings above, outermost first
}

// size returns the characters of the node with all that belongs to it.
func (c *cutter) size(n *node) int {
	total := 0
	for i := max(n.head, 0); i < n.end; i++ {
		total += c.blocks[i].size
	}
	return total
}

func (c *cutter) block(n *node) *block { return &c.blocks[n.head] }

// isHeading reports whether the node's first line names what follows, and is not
// itself the text.
func (c *cutter) isHeading(n *node) bool {
	if n.head == none || n.level == noMark {
		return false
	}
	b := c.block(n)
	if b.table {
		return false
	}
	if n.level == article {
		rest := strings.TrimSpace(b.rest)
		g := articleName.FindString(rest)
		return len(n.kids) > 0 && utf8.RuneCountInString(rest) <= 20 && !strings.ContainsAny(rest, "。；，：:") && (g == "" || g == rest)
	}
	return b.head || b.size <= 40 && len(n.kids) > 0 && !sentenceEnd(b.text) && !strings.ContainsAny(b.text, "。；") && !valued.MatchString(b.rest)
}

// valued is a line that names something and says it: 电话：12345.
var valued = regexp.MustCompile(`[:：]\s*\S`)

// always reports whether the node is a unit of its own however small.
func (c *cutter) always(n *node) bool {
	switch n.level {
	case article, annex, question:
		return true
	case noMark:
		return false
	}
	return asks.MatchString(c.block(n).text)
}

// whole reports whether the node is one part.
func (c *cutter) whole(n *node) bool {
	if n.level == article {
		return c.size(n) <= 5*maxSize
	}
	if n.level == annex {
		return c.size(n) <= joinSize && len(n.kids) > 0 && !c.divided(n)
	}
	size := c.size(n)
	return (size <= joinSize || size <= maxSize && !c.hasHeadings(n)) && !c.divided(n)
}

// divided reports whether the node has parts inside that stand by themselves.
func (c *cutter) divided(n *node) bool {
	for _, k := range n.kids {
		if c.always(k) || k.level == volume || k.level == chapter || c.cutRows(k) || c.divided(k) {
			return true
		}
	}
	return false
}

func (c *cutter) hasHeadings(n *node) bool {
	for _, k := range n.kids {
		if c.isHeading(k) && c.size(k) >= minSize {
			return true
		}
	}
	return false
}

// cutRows reports whether the node is a piece of a table that stands by itself:
// rows that need the heading row repeated, or a question with its answer.
func (c *cutter) cutRows(n *node) bool {
	b := c.block(n)
	return b.header != "" || b.table && rowTitle(b) != ""
}

// alone reports whether the node, a kid of the one at depth, is cut off from its
// neighbours.
func (c *cutter) alone(n *node, depth int) bool {
	if c.always(n) || c.cutRows(n) || n.level == volume || n.level == chapter || c.divided(n) {
		return true
	}
	size := c.size(n)
	if n.level == han && depth == 0 && size >= minSize {
		return true // 一、 at the top is a clause even without a heading of its own
	}
	if c.isHeading(n) {
		return size >= minSize || depth == 0 && len(n.kids) > 0
	}
	return size > joinSize && (n.level != noMark || size > maxSize)
}

// section cuts a node that is more than one part.
func (c *cutter) section(n *node) {
	size, lead := 0, ""
	if n.head != none && !c.isHeading(n) {
		size = c.block(n).size
		lead = leadOf(c.block(n))
	}
	for _, k := range n.kids {
		switch {
		case k.head < c.open: // a line of the table of contents that its first line took along
		case c.block(k).contents:
			c.flush(k.head, n)
			c.contents(k.head)
			size, lead = 0, ""
		case c.alone(k, len(c.above)):
			if !c.leads(k) {
				c.flushLead(k.head, n, lead)
			}
			c.single(k, n, lead)
			size = 0
		default:
			if s := c.size(k); size > 0 && size+s > joinSize && !c.leads(k) {
				c.flushLead(k.head, n, lead)
				size = s
			} else {
				size += s
			}
			if k.level == noMark {
				lead = leadOf(c.block(k))
			}
		}
	}
	c.flushLead(n.end, n, lead)
}

// leadOf returns the sentence that introduces a list, or nothing.
func leadOf(b *block) string {
	text := b.text
	if b.table || !strings.HasSuffix(text, "：") && !strings.HasSuffix(text, ":") {
		return ""
	}
	r := []rune(text)
	if len(r) > 80 {
		if i := strings.LastIndexAny(string(r[:len(r)-1]), "。；"); i >= 0 {
			_, n := utf8.DecodeRuneInString(text[i:])
			text = text[i+n:]
		} else {
			text = "…" + string(r[len(r)-60:])
		}
	}
	return oneLine(text)
}

// leads reports whether the blocks before node k that are in no part yet only
// introduce it: headings, or a sentence that ends in a colon.
func (c *cutter) leads(k *node) bool {
	if k.level == article || len(c.above) == 0 {
		for i := c.open; i < k.head; i++ {
			if !c.isAbove(i) {
				return false
			}
		}
		return true
	}
	size := 0
	for i := c.open; i < k.head; i++ {
		b := &c.blocks[i]
		if b.isTitle || c.isAbove(i) {
			continue
		}
		if b.table || b.contents {
			return false
		}
		size += b.size
	}
	return size == 0 || size <= minSize && k.level != annex && k.level != volume && k.level != chapter && leadOf(&c.blocks[k.head-1]) != ""
}

// isAbove reports whether block i is a heading above the one being cut.
func (c *cutter) isAbove(i int) bool {
	if c.blocks[i].isTitle {
		return true
	}
	if c.blocks[i].named {
		i--
	}
	for _, n := range c.above {
		if n.head == i && c.isHeading(n) {
			return true
		}
	}
	return false
}

// single makes node k, a kid of n, one part if it is small and cuts it otherwise.
func (c *cutter) single(k, n *node, lead string) {
	if !c.whole(k) && len(k.kids) > 0 {
		c.above = append(c.above, k)
		c.section(k)
		c.above = c.above[:len(c.above)-1]
		return
	}
	p := c.part(k.end)
	p.Path = c.path(len(c.above))
	m := c.block(k).mark
	p.Title, p.Mark, p.Num, p.Sub = c.titleOf(k), m.text, m.num, m.sub
	if p.Title == "" {
		p.Title = c.nameOf(n)
		p.Path = c.path(len(c.above) - 1)
	}
	if c.open > 0 && c.open == k.head && !c.isHeading(k) && k.level != article && (k.level != noMark || c.cutRows(k)) {
		p.Lead = lead
	}
	switch {
	case k.level == article:
		p.Kind = Article
	case c.block(k).table:
		p.Kind = Table
		if p.Title == c.nameOf(n) && c.block(k).header != "" && p.Lead == "" {
			p.Lead = c.caption(k)
		}
	case k.level == question || asks.MatchString(c.block(k).text):
		p.Kind = Answer
	case c.isHeading(k):
		p.Kind = Section
	}
	if row := rowTitle(c.block(k)); c.block(k).table && row != "" {
		p.Kind, p.Title, p.Path, p.Lead = Answer, title(row), c.path(len(c.above)), ""
	}
	c.fill(p, k)
}

// caption returns the short line above the table that piece k belongs to.
func (c *cutter) caption(k *node) string {
	i := k.head
	for i > 0 && c.blocks[i].table {
		i--
	}
	if b := &c.blocks[i]; !b.table && b.size <= 40 && !sentenceEnd(b.text) && !c.isAbove(i) {
		return oneLine(b.text)
	}
	return ""
}

// flushLead is flush for a group of points whose introducing sentence may stand
// in an earlier part.
func (c *cutter) flushLead(end int, n *node, lead string) {
	before := len(c.parts)
	from := c.open
	c.flush(end, n)
	if len(c.parts) == before {
		return
	}
	p := &c.parts[before]
	begun := from > n.head && !c.isHeading(n) || from > n.head+1 // n has parts before this one
	if b := &c.blocks[from]; n.head != none && begun && b.mark.level != noMark && !b.head && !strings.Contains(p.Body, lead) {
		p.Lead = lead
	}
	first, last := c.blocks[from].mark, mark{}
	for i := from; i < end; i++ {
		if c.blocks[i].mark.level == first.level {
			last = c.blocks[i].mark
		}
	}
	if first.level == noMark || from == max(n.head, 0) {
		return
	}
	p.Mark = first.text
	if last.text != first.text {
		p.Mark = strings.TrimRight(first.text, "、.．:： ") + "至" + strings.TrimRight(last.text, "、.．:： ")
	}
}

// flush makes a part of the blocks up to end that are in none yet, under the
// heading of n. If they are only headings they wait for the next part.
func (c *cutter) flush(end int, n *node) {
	said := false
	for i := c.open; i < end; i++ {
		said = said || !c.isAbove(i)
	}
	if !said && (end < len(c.blocks) || c.open == end) {
		return
	}
	p := c.part(end)
	p.Title = c.nameOf(n)
	p.Path = c.path(len(c.above))
	if len(p.Path) > 0 && p.Path[len(p.Path)-1] == p.Title {
		p.Path = p.Path[:len(p.Path)-1]
	}
	switch {
	case n.head == none && len(c.parts) == 0 && end < len(c.blocks):
		p.Kind = Preamble
	case c.isHeading(n) && c.open <= n.head+1:
		p.Kind = Section
	}
	c.fill(p, n)
}

// contents makes one part of the table of contents that begins at block i.
func (c *cutter) contents(i int) {
	end := i
	for end < len(c.blocks) && c.blocks[end].contents {
		end++
	}
	p := c.part(end)
	p.Kind, p.Title = Contents, c.blocks[i].text
	c.fill(p, &node{head: none})
}
