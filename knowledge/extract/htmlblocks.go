package extract

import (
	"context"
	"strconv"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

var blockAtoms = map[atom.Atom]bool{
	atom.Address: true, atom.Article: true, atom.Aside: true, atom.Blockquote: true, atom.Body: true, atom.Center: true,
	atom.Dd: true, atom.Details: true, atom.Div: true, atom.Dl: true, atom.Dt: true, atom.Fieldset: true, atom.Figcaption: true,
	atom.Figure: true, atom.Footer: true, atom.Form: true, atom.H1: true, atom.H2: true, atom.H3: true, atom.H4: true,
	atom.H5: true, atom.H6: true, atom.Header: true, atom.Hr: true, atom.Li: true, atom.Main: true, atom.Ol: true, atom.P: true,
	atom.Pre: true, atom.Section: true, atom.Summary: true, atom.Table: true, atom.Tbody: true, atom.Td: true, atom.Tfoot: true,
	atom.Th: true, atom.Thead: true, atom.Tr: true, atom.Ul: true, atom.Caption: true, atom.Dir: true, atom.Legend: true,
}

func isBlock(n *html.Node) bool { return n.Type == html.ElementNode && blockAtoms[n.DataAtom] }

// renderer writes an element as blocks: inline text collects in line until a
// block begins or ends.
type renderer struct {
	ctx    context.Context
	blocks []block
	err    error

	line              strings.Builder
	inBold, inLink    int // depth of elements that set bold or link
	size, bold, links int // letters of the line; of these in bold, in links
	anchors           int // links in the line

	lists []list // open lists, outermost first
	mark  string // of the list item whose first line is not written yet
	head  int    // level of the heading that is open, 0 for none
}

type list struct {
	ordered bool
	style   string
	next    int
}

func (r *renderer) render(n *html.Node) ([]block, error) {
	r.children(n)
	r.flush()
	return joinLabels(r.blocks), r.err
}

func (r *renderer) children(n *html.Node) {
	for c := range n.ChildNodes() {
		if r.err != nil {
			return
		}
		r.node(c)
	}
}

func (r *renderer) node(n *html.Node) {
	if n.Type == html.TextNode {
		r.text(n.Data)
		return
	}
	if n.Type != html.ElementNode || never[n.DataAtom] || r.hides(n) {
		return
	}
	if r.ctx.Err() != nil {
		r.err = r.ctx.Err()
		return
	}
	switch n.DataAtom {
	case atom.Br, atom.Hr:
		r.flush()
	case atom.H1, atom.H2, atom.H3, atom.H4, atom.H5, atom.H6:
		r.flush()
		r.head = int(n.Data[1] - '0')
		r.children(n)
		r.flush()
		r.head = 0
	case atom.Ul, atom.Ol, atom.Menu, atom.Dir:
		r.flush()
		r.lists = append(r.lists, newList(n))
		r.children(n)
		r.flush()
		r.lists = r.lists[:len(r.lists)-1]
	case atom.Li:
		r.flush()
		if len(r.lists) > 0 {
			r.mark = r.lists[len(r.lists)-1].step()
		}
		r.children(n)
		r.flush()
		r.mark = ""
	case atom.Dl:
		r.definitions(n)
	case atom.Summary:
		r.flush()
		r.children(n)
		r.term()
	case atom.Table:
		r.table(n)
	case atom.Pre:
		r.flush()
		for line := range strings.SplitSeq(nodeText(n), "\n") {
			r.text(line)
			r.flush()
		}
	default:
		r.inline(n)
	}
}

// inline walks an element that changes nothing but the look of its text, and
// blocks without a form of their own.
func (r *renderer) inline(n *html.Node) {
	block := isBlock(n)
	if block {
		r.flush()
	}
	bold, link := isBold(n), n.DataAtom == atom.A
	if bold {
		r.inBold++
	}
	if link {
		r.inLink++
		r.anchors++
	}
	r.children(n)
	if bold {
		r.inBold--
	}
	if link {
		r.inLink--
	}
	if block {
		r.flush()
	}
}

func (r *renderer) text(s string) {
	r.line.WriteString(s)
	n := letters(s)
	r.size += n
	if r.inBold > 0 {
		r.bold += n
	}
	if r.inLink > 0 {
		r.links += n
	}
}

// flush ends the line.
func (r *renderer) flush() {
	text := tidyLine(r.line.String())
	b := block{text: text, bold: r.size > 0 && r.bold == r.size}
	if r.size > 0 {
		b.links = float64(r.links) / float64(r.size)
		b.strip = r.anchors >= 3 && r.links == r.size && r.size <= 8*r.anchors
	}
	r.line.Reset()
	r.size, r.bold, r.links, r.anchors = 0, 0, 0, 0
	if text == "" {
		return
	}
	switch {
	case r.head > 0 && r.mark == "" && len([]rune(text)) <= 100 && !strings.HasSuffix(text, "。"):
		b.kind, b.level = heading, r.head
	case r.mark != "":
		b.kind, b.level = listItem, len(r.lists)-1
		if !structured.MatchString(text) {
			b.text = r.mark + text
		} else if !strings.HasPrefix(text, "-") {
			b.text = text
		}
		r.mark = ""
	}
	r.blocks = append(r.blocks, b)
}

// term ends the line as the name of what follows it: a question, the summary
// of a fold.
func (r *renderer) term() {
	n := len(r.blocks)
	r.flush()
	if len(r.blocks) > n && len([]rune(r.blocks[n].text)) <= 60 {
		r.blocks[n].bold = true
	}
}

// definitions writes a list of terms. Terms that are labels stand in one line
// with their value.
func (r *renderer) definitions(n *html.Node) {
	r.flush()
	for c := range n.Descendants() {
		if c.DataAtom != atom.Dt && c.DataAtom != atom.Dd || nearest(c, atom.Dl) != n {
			continue
		}
		if c.DataAtom == atom.Dd {
			r.children(c)
			r.flush()
			continue
		}
		r.flush()
		r.children(c)
		if t := tidyLine(r.line.String()); strings.HasSuffix(t, "：") || strings.HasSuffix(t, ":") {
			continue
		}
		r.term()
	}
	r.flush()
}

func nearest(n *html.Node, a atom.Atom) *html.Node {
	for n = n.Parent; n != nil && n.DataAtom != a; n = n.Parent {
	}
	return n
}

// hides reports that an element is hidden and not text that a script folds
// away, as the answers of a list of questions and all but one tab of a guide
// are.
func (r *renderer) hides(n *html.Node) bool {
	style := strings.ReplaceAll(strings.ToLower(attr(n, "style")), " ", "")
	if !strings.Contains(style, "display:none") && !strings.Contains(style, "mso-hide:all") && !hasAttr(n, "hidden") {
		return false
	}
	switch n.DataAtom {
	case atom.Dd, atom.Dt, atom.Li, atom.Ul, atom.Ol, atom.Tr, atom.Td, atom.Table:
		return false
	}
	return !isBlock(n) || isChrome(tidyLine(nodeText(n)))
}

func isBold(n *html.Node) bool {
	if n.DataAtom == atom.Strong || n.DataAtom == atom.B || n.DataAtom == atom.Th {
		return true
	}
	style := strings.ReplaceAll(strings.ToLower(attr(n, "style")), " ", "")
	for _, s := range []string{"font-weight:bold", "font-weight:600", "font-weight:700", "font-weight:800", "font-weight:900"} {
		if strings.Contains(style, s) {
			return true
		}
	}
	return false
}

func newList(n *html.Node) list {
	l := list{ordered: n.DataAtom == atom.Ol, next: 1}
	if start, err := strconv.Atoi(attr(n, "start")); err == nil && start > 0 && start < 100_000 {
		l.next = start
	}
	// The editor of many sites names its Chinese numbering in a class.
	look := strings.ToLower(attr(n, "style") + " " + attr(n, "class"))
	switch {
	case strings.Contains(look, "custom_cn1"), strings.Contains(look, "custom_cn2"):
		l.style = "(cn)"
	case strings.Contains(look, "custom_cn"), strings.Contains(look, "cjk-ideographic"), strings.Contains(look, "simp-chinese"):
		l.style = "cn"
	case strings.Contains(look, "custom_num1"), strings.Contains(look, "custom_num2"):
		l.style = "(1)"
	case strings.Contains(look, "none"):
		l.style = "none"
	case attr(n, "type") == "a" || strings.Contains(look, "lower-alpha"):
		l.style = "a"
	case attr(n, "type") == "A" || strings.Contains(look, "upper-alpha"):
		l.style = "A"
	}
	return l
}

// step is the mark of the next item.
func (l *list) step() string {
	n := l.next
	l.next++
	switch {
	case !l.ordered || l.style == "none":
		return "- "
	case l.style == "cn":
		return chineseNumber(n) + "、"
	case l.style == "(cn)":
		return "（" + chineseNumber(n) + "）"
	case l.style == "(1)":
		return "（" + strconv.Itoa(n) + "）"
	case l.style == "a" && n <= 26:
		return string(rune('a'+n-1)) + ". "
	case l.style == "A" && n <= 26:
		return string(rune('A'+n-1)) + ". "
	}
	return strconv.Itoa(n) + ". "
}

// chineseNumber writes 1 to 9999 as 一 to 九千九百九十九.
func chineseNumber(n int) string {
	if n <= 0 || n > 9999 {
		return strconv.Itoa(n)
	}
	digits := []rune("零一二三四五六七八九")
	units := []string{"", "十", "百", "千"}
	var out string
	zero := false
	for i, place := 0, n; place > 0; i, place = i+1, place/10 {
		d := place % 10
		if d == 0 {
			zero = out != ""
			continue
		}
		if zero {
			out, zero = "零"+out, false
		}
		out = string(digits[d]) + units[i] + out
	}
	if n >= 10 && n < 20 {
		return strings.TrimPrefix(out, "一")
	}
	return out
}
