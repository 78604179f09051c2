package outline

import (
	"regexp"
	"strings"
)

// part begins the part from the open block to end.
func (c *cutter) part(end int) Part {
	p := Part{Kind: Text, Start: c.blocks[c.open].start, End: len(c.text)}
	if len(c.parts) == 0 {
		p.Start = 0
	}
	if end < len(c.blocks) {
		p.End = c.blocks[end].start
	}
	return p
}

// fill writes the body of p, whose own node is n, and adds it.
func (c *cutter) fill(p Part, n *node) {
	end := c.open
	for end < len(c.blocks) && c.blocks[end].start < p.End {
		end++
	}
	p.Body = c.body(end, n, p.Kind == Contents)
	if p.Body == "" {
		p.Body = c.body(end, n, true)
	}
	if h := c.blocks[c.open].header; h != "" {
		p.Repeated = strings.Count(h, "\n") + 1
		p.Body = h + "\n" + p.Body
	}
	c.open = end
	c.parts = append(c.parts, p)
}

// body joins the blocks from the open one to end. Headings that the path and the
// title give are left out, unless they state a figure or there is nothing else.
func (c *cutter) body(end int, n *node, all bool) string {
	var b strings.Builder
	from := -1
	for i := c.open; i < end; i++ {
		blk := &c.blocks[i]
		own := i == n.head || blk.named && i-1 == n.head
		if !all && (c.isAbove(i) || own && c.isHeading(n)) && !blk.says() {
			continue
		}
		if from >= 0 {
			b.WriteString(gap(c.text[from:blk.start]))
		}
		b.WriteString(blk.text)
		from = blk.end
	}
	return b.String()
}

// figures are amounts, shares and terms that a heading states.
var figures = regexp.MustCompile(`\d[\d.,]*\s*(?:元|万|亿|%|％|‰|倍|个月|个工作日|工作日|天|日前|日内|年内|周岁|平方米)|百分之|[` + hanDigits + `两]+(?:个月|个工作日|年内|日内|日前|万元|元)`)

// says reports whether a heading is text as well: it states a figure, or is too
// long for a title to hold it.
func (b *block) says() bool {
	switch {
	case b.isTitle || b.named:
		return b.differs
	case b.mark.level == question || asks.MatchString(b.text):
		return b.size > maxTitle
	}
	return b.size > maxTitle || figures.MatchString(b.text)
}

// gap is what stays of the white space between two blocks.
func gap(between string) string {
	switch n := strings.Count(between, "\n") + strings.Count(between, "\r"); {
	case strings.Contains(between, "\r\n") && n >= 4, !strings.Contains(between, "\r\n") && n >= 2:
		return "\n\n"
	case n > 0:
		return "\n"
	case between != "":
		return "\n"
	}
	return ""
}

// path returns the titles of the outermost n headings above.
func (c *cutter) path(n int) []string {
	var out []string
	for _, a := range c.above[:max(n, 0)] {
		if t := c.titleOf(a); t != "" {
			out = append(out, t)
		}
	}
	return out
}

// nameOf is the title of n, or of the whole text.
func (c *cutter) nameOf(n *node) string {
	if t := c.titleOf(n); t != "" {
		return t
	}
	for i := len(c.above) - 1; i >= 0; i-- {
		if t := c.titleOf(c.above[i]); t != "" {
			return t
		}
	}
	return c.title
}

var articleName = regexp.MustCompile(`^[\s　]*(?:【([^】]{1,30})】|[（(]([^）)]{1,20})[）)]|\[([^\]]{1,30})\])`)

// titleOf returns what names n: its heading, 第七条 with its name in brackets, or
// the first words of a point.
func (c *cutter) titleOf(n *node) string {
	if n.head == none || n.level == noMark {
		return ""
	}
	b := c.block(n)
	switch {
	case n.level == article:
		rest := ""
		if g := articleName.FindStringSubmatch(b.rest); g != nil {
			rest = g[1] + g[2] + g[3]
		} else if c.isHeading(n) {
			rest = b.rest
		}
		return title(strings.TrimSpace(squeeze(b.mark.text) + " " + oneLine(rest)))
	case b.mark.level == question && b.mark.text != "":
		return title(b.rest)
	case n.level == annex && n.head+1 < len(c.blocks) && c.blocks[n.head+1].named:
		return title(b.text + " " + c.blocks[n.head+1].text)
	case c.isHeading(n):
		return title(b.text)
	}
	text := b.text
	if i := strings.IndexAny(b.rest, "。；;：:，,！？?!"); i > 0 {
		text = b.text[:len(b.text)-len(b.rest)+i]
	}
	return title(text)
}

// maxTitle is how many characters a title has at most.
const maxTitle = 60

func title(s string) string {
	s = strings.TrimRight(oneLine(s), "：: ")
	if r := []rune(s); len(r) > maxTitle {
		return string(r[:maxTitle-1]) + "…"
	}
	return s
}

func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }
