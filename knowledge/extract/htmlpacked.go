package extract

import (
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// packed reports whether n is an element in which a page keeps text that a
// script shows.
func packed(n *html.Node) bool {
	switch n.DataAtom {
	case atom.Textarea, atom.Template, atom.Noscript:
		return true
	case atom.Script:
		kind := strings.ToLower(attr(n, "type"))
		return strings.HasPrefix(kind, "text/html") || strings.Contains(kind, "template")
	}
	return false
}

// unpack puts the article in its place on a page that keeps it for a script:
// the packed element with most sentences, if the page shows fewer.
func unpack(body *html.Node) {
	most := -1
	var place, article *html.Node
	for n := range body.Descendants() {
		if !packed(n) {
			continue
		}
		if most < 0 { // most pages have nothing packed
			most = newWeigher().prose(body)
		}
		inner := unpacked(n)
		if isJSON(nodeText(inner)) {
			continue
		}
		if size := newWeigher().prose(inner); size > most {
			place, article, most = n, inner, size
		}
	}
	if article != nil {
		place.Parent.InsertBefore(article, place)
		place.Parent.RemoveChild(place)
	}
}

// isJSON tells the settings of a script from a text.
func isJSON(s string) bool {
	s = strings.TrimSpace(s)
	return strings.HasPrefix(s, "{") && strings.HasSuffix(s, "}") || strings.HasPrefix(s, "[{") && strings.HasSuffix(s, "]")
}

// unpacked returns what a packed element holds, in a <div>. Its text is markup;
// text that is none comes out of the parser as it went in.
func unpacked(n *html.Node) *html.Node {
	div := &html.Node{Type: html.ElementNode, Data: "div", DataAtom: atom.Div}
	var source strings.Builder
	for c := range n.ChildNodes() {
		if c.Type == html.TextNode {
			source.WriteString(c.Data)
		} else if err := html.Render(&source, c); err != nil {
			return div // a tree that HTML cannot write, such as a broken <plaintext>
		}
	}
	nodes, err := html.ParseFragment(strings.NewReader(source.String()), div)
	if err != nil {
		return div // nested too deeply
	}
	for _, c := range nodes {
		div.AppendChild(c)
	}
	return div
}
