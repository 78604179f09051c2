package extract

import (
	"regexp"
	"strings"
	"unicode"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// never are elements without text of the document.
var never = map[atom.Atom]bool{
	atom.Script: true, atom.Style: true, atom.Noscript: true, atom.Template: true, atom.Iframe: true,
	atom.Object: true, atom.Embed: true, atom.Svg: true, atom.Canvas: true, atom.Button: true,
	atom.Input: true, atom.Select: true, atom.Textarea: true, atom.Nav: true, atom.Audio: true,
	atom.Video: true, atom.Map: true, atom.Rp: true, atom.Rt: true, atom.Link: true, atom.Meta: true,
}

// chromeName are the class names and ids of the furniture of a page. They are
// compared piece by piece: "article-share" has the pieces article and share.
var chromeName = regexp.MustCompile(`^(nav\d*|navi|navbar|mainnav\d*|menu\d*|sidebar|sidenav|header\d*|head|headers|headbar|topbar|footer\d*|foot|footbox|footwarp|copyright|` +
	`breadcrumbs?|crumbs?|curb|curmb|dqwz|location\d*|position|share\w*|sxp|qr|qrcode|ewm|erweima|related|xgwz\w*|xgxw\w*|xgyd|xgjd|` +
	`relevant|recommend|toolbar|tools|print|setfont|fontsize|zoom-?controls|search\w*|language|login|quickbar|easybtn\w*|float\w*|suspend|` +
	`pagediv|pagination|pager|prev|next|prevnext|friendlink\w*|yqlj|links|advert|ads|popup|jiathis\w*|bdsharebuttonbox|social|comment|comments|hotkey|gotop|totop|wza)$`)

var namePiece = regexp.MustCompile(`[^A-Za-z0-9]+`)

// articleName are the class names and ids in which the publishing systems of
// Chinese offices, and common blog systems, put the text of an article.
var articleName = regexp.MustCompile(`(?i)(^|[\s_-])(zoom|zoomcon|trs_?editor\w*|trs_?preappend|ucap-?content|js_content|rich_media_content|` +
	`(article|art|news|content|detail|info|text|xl|wz|pages?|view|con|xxgk|policy|main)[_-]?(content|con|cont|text|body|article|main|editor|detail|word|txt|nr|info)|` +
	`custom_unionstyle|wp_articlecontent|v_news_content|content_article|newsmain|bt_content|ewb-article-info|zw|zwnr|nr|entry-content|post-content|` +
	`editor-content|articlecontent|article|word|detailcon)([\s_-]|$)`)

// flow are the elements that an article may be the whole of.
var flow = map[atom.Atom]bool{
	atom.Body: true, atom.Div: true, atom.Section: true, atom.Article: true, atom.Main: true, atom.Form: true,
	atom.Td: true, atom.Tr: true, atom.Tbody: true, atom.Table: true, atom.Center: true, atom.Font: true,
	atom.Span: true, atom.Header: true, atom.Details: true, 0: true,
}

// prune takes the furniture out of a page: elements that never hold text, and
// small ones without sentences that are named as furniture, and hidden days for a
// script to count with. Others may be the article, or a hint in it, in a badly
// named box and stay.
func prune(body *html.Node) {
	w := newWeigher()
	limit := max(150, w.mass(body)/8)
	var walk func(n *html.Node)
	walk = func(n *html.Node) {
		for c := n.FirstChild; c != nil; {
			next := c.NextSibling
			switch {
			case c.Type == html.CommentNode,
				c.Type == html.ElementNode && never[c.DataAtom],
				c.Type == html.ElementNode && hides(c) && onlyDays(tidyLine(nodeText(c))),
				c.Type == html.ElementNode && isFurniture(c) && w.mass(c) < limit && w.prose(c) < 12 && !holdsArticle(c):
				n.RemoveChild(c)
			default:
				walk(c)
			}
			c = next
		}
	}
	walk(body)
}

func isFurniture(n *html.Node) bool {
	switch n.DataAtom {
	case atom.Footer, atom.Aside:
		return true
	case atom.P, atom.Table, atom.Tr, atom.Td, atom.Span, atom.Strong, atom.B, atom.Font, atom.H1, atom.H2, atom.H3, atom.H4:
		return false
	}
	if role := attr(n, "role"); role == "navigation" || role == "search" || role == "contentinfo" || role == "banner" {
		return true
	}
	for _, name := range strings.Fields(strings.ToLower(attr(n, "class") + " " + attr(n, "id"))) {
		if chromeName.MatchString(name) {
			return true
		}
		for _, piece := range namePiece.Split(name, -1) {
			if chromeName.MatchString(piece) {
				return true
			}
		}
	}
	return false
}

func holdsArticle(n *html.Node) bool {
	return isArticle(n) || find(n, isArticle) != nil
}

func isArticle(n *html.Node) bool {
	if !flow[n.DataAtom] || n.DataAtom == atom.Body || n.DataAtom == atom.Form {
		return false
	}
	return n.DataAtom == atom.Article || attr(n, "itemprop") == "articleBody" ||
		articleName.MatchString(attr(n, "id")) || articleName.MatchString(attr(n, "class"))
}

// weigher measures how much of the document's text an element may hold.
type weigher struct {
	masses    map[*html.Node]int
	sentences map[*html.Node]int
}

func newWeigher() *weigher {
	return &weigher{map[*html.Node]int{}, map[*html.Node]int{}}
}

// mass counts the letters outside of links.
func (w *weigher) mass(n *html.Node) int {
	if n.Type == html.TextNode {
		return letters(n.Data)
	}
	if m, ok := w.masses[n]; ok {
		return m
	}
	m := 0
	if n.DataAtom != atom.A && !never[n.DataAtom] {
		for c := range n.ChildNodes() {
			m += w.mass(c)
		}
	}
	w.masses[n] = m
	return m
}

// prose counts the letters of sentences: paragraphs and cells that are long or
// end like one, without the lines that are known to be furniture. Lists of
// links and labels weigh nothing.
func (w *weigher) prose(n *html.Node) int {
	if m, ok := w.sentences[n]; ok {
		return m
	}
	m := 0
	switch {
	case n.Type != html.ElementNode && n.Type != html.DocumentNode, never[n.DataAtom]:
	case isLeafBlock(n):
		text := tidyLine(nodeText(n))
		size := w.mass(n)
		if (size >= 30 || size >= 6 && endsSentence(text)) && !isChrome(text) {
			m = size
		}
	default:
		for c := range n.ChildNodes() {
			if c.Type == html.TextNode {
				if size := letters(c.Data); (size >= 30 || size >= 6 && endsSentence(strings.TrimSpace(c.Data))) && !isChrome(tidyLine(c.Data)) {
					m += size
				}
				continue
			}
			m += w.prose(c)
		}
	}
	w.sentences[n] = m
	return m
}

// forget drops what was measured of n and all above it.
func (w *weigher) forget(n *html.Node) {
	for ; n != nil; n = n.Parent {
		delete(w.masses, n)
		delete(w.sentences, n)
	}
}

func letters(s string) int {
	n := 0
	for _, r := range s {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			n++
		}
	}
	return n
}

// isLeafBlock is true for a block without blocks in it.
func isLeafBlock(n *html.Node) bool {
	return isBlock(n) && find(n, isBlock) == nil
}

// article is the innermost element that holds the whole document.
func (w *weigher) article(body *html.Node) *html.Node {
	measure := w.prose
	if w.prose(body) < 20 {
		// A list of titles, a table of figures: nothing is a sentence.
		measure = w.mass
		if w.mass(body) < 30 {
			measure = func(n *html.Node) int { return letters(nodeText(n)) }
		}
	}
	// A label or a footer may look like a sentence; a twentieth of the page
	// never is the document.
	total := measure(body)
	slack := max(total/20, min(40, total/8))
	cur := body
	for {
		var best *html.Node
		for c := range cur.ChildNodes() {
			if c.Type == html.ElementNode && flow[c.DataAtom] && (best == nil || measure(c) > measure(best)) {
				best = c
			}
		}
		if best == nil || measure(best)+slack < measure(cur) && !(isArticle(best) && measure(best)*10 >= measure(cur)*8) {
			break
		}
		if isArticle(cur) && !isArticle(best) && find(best, isArticle) == nil && measure(best) < measure(cur) {
			break
		}
		if best.DataAtom == atom.Span || best.DataAtom == atom.Tr || best.DataAtom == atom.Tbody || best.DataAtom == atom.Table && !isLayout(best) {
			if inner := find(best, isArticle); inner == nil {
				break
			}
		}
		cur = best
	}
	return cur
}

// dropCopies removes the second copy of an article: for printing, for phones,
// for the summary that a share button sends. Of two alike the one that is
// shown stays, else the first.
func (w *weigher) dropCopies(body *html.Node) {
	total := w.mass(body)
	var boxes []*html.Node
	for n := range body.Descendants() {
		// A box that only wraps another is looked at once.
		if n.Type == html.ElementNode && flow[n.DataAtom] && w.mass(n) >= max(60, total/8) && w.mass(n) < w.mass(n.Parent) {
			boxes = append(boxes, n)
		}
	}
	shingles := map[*html.Node]map[string]bool{}
	of := func(n *html.Node) map[string]bool {
		if shingles[n] == nil {
			shingles[n] = shingle(nodeText(n))
		}
		return shingles[n]
	}
	gone := map[*html.Node]bool{}
	for i, a := range boxes {
		for _, b := range boxes[i+1:] {
			if gone[a] || gone[b] || within(b, a) || within(a, b) || w.mass(a) == 0 || w.mass(b) == 0 {
				continue
			}
			small, large := a, b
			if w.mass(a) > w.mass(b) {
				small, large = b, a
			}
			if w.mass(small)*2 < w.mass(large) && !isHidden(small) || overlap(of(small), of(large)) < 0.85 {
				continue
			}
			drop := b
			if isHidden(a) && !isHidden(b) {
				drop = a
			}
			if drop == large && w.mass(large)*9 > w.mass(small)*10 && isHidden(small) == isHidden(large) {
				drop = small
			}
			for n := range drop.Descendants() {
				gone[n] = true
			}
			gone[drop] = true
			parent := drop.Parent
			parent.RemoveChild(drop)
			w.forget(parent)
		}
	}
}

// within reports that n stands below or is already cut off together with top.
func within(n, top *html.Node) bool {
	for ; n != nil; n = n.Parent {
		if n == top {
			return true
		}
	}
	return false
}

// isHidden looks for a style that hides n or what it stands in.
func isHidden(n *html.Node) bool {
	for ; n != nil && n.DataAtom != atom.Body; n = n.Parent {
		if hides(n) {
			return true
		}
	}
	return false
}

// hides reports whether the style of n hides it.
func hides(n *html.Node) bool {
	style := strings.ReplaceAll(strings.ToLower(attr(n, "style")), " ", "")
	return strings.Contains(style, "display:none") || hasAttr(n, "hidden")
}

func hasAttr(n *html.Node, key string) bool {
	for _, a := range n.Attr {
		if a.Key == key {
			return true
		}
	}
	return false
}

// shingle is the set of the runs of eight letters of a text.
func shingle(text string) map[string]bool {
	rs := []rune(squeeze(text))
	rs = rs[:min(len(rs), 100_000)]
	set := map[string]bool{}
	for i := 0; i+8 <= len(rs); i++ {
		set[string(rs[i:i+8])] = true
	}
	return set
}

// overlap is the share of a that is in b.
func overlap(a, b map[string]bool) float64 {
	if len(a) == 0 {
		return 0
	}
	n := 0
	for s := range a {
		if b[s] {
			n++
		}
	}
	return float64(n) / float64(len(a))
}
