package extract

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"regexp"
	"strings"

	"golang.org/x/net/html/charset"
)

// Bounds of an XML part. encoding/xml expands no entities but its own five, so
// a part is never larger in memory than some multiple of its bytes.
const (
	maxXMLNodes = 3_000_000
	maxXMLDepth = 200
)

// node is an element of an XML part. Namespaces are dropped: in the formats
// read here no two elements that matter differ by them alone.
type node struct {
	name string
	attr []xml.Attr
	kids []*node
	text string // of a text node, whose name is ""
}

// parseXML reads a part of a packed document; what names it in errors.
func parseXML(data []byte, what string) (*node, error) {
	d := xml.NewDecoder(bytes.NewReader(withoutControls(data)))
	d.CharsetReader = charset.NewReaderLabel
	d.Strict = false // stray entities are text, not the end of the document
	root := &node{}
	stack := []*node{root}
	for count := 0; ; count++ {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, damaged(what, err)
		}
		if count > maxXMLNodes || len(stack) > maxXMLDepth {
			return nil, unreadable(CodeTooLarge, "%s holds more elements than are read, or nests them too deeply", what)
		}
		top := stack[len(stack)-1]
		switch t := token.(type) {
		case xml.StartElement:
			n := &node{name: t.Name.Local, attr: t.Attr}
			top.kids = append(top.kids, n)
			stack = append(stack, n)
		case xml.EndElement:
			if len(stack) > 1 {
				stack = stack[:len(stack)-1]
			}
		case xml.CharData:
			top.kids = append(top.kids, &node{text: string(t)})
		}
	}
	if len(root.kids) == 0 {
		return nil, damaged(what, nil)
	}
	return root, nil
}

// controlRef is a control character written as a reference.
var controlRef = regexp.MustCompile(`&#(x0*(1?[0-8bcBCefEF]|1[9aAdD])|0*([0-8]|1[124-9]|2\d|3[01]));`)

// withoutControls takes out the control characters that XML forbids and some
// programs write all the same.
func withoutControls(data []byte) []byte {
	if bytes.HasPrefix(data, []byte("\xff\xfe")) || bytes.HasPrefix(data, []byte("\xfe\xff")) {
		return data // UTF-16 is full of zero bytes
	}
	if bytes.Contains(data, []byte("&#")) {
		data = controlRef.ReplaceAll(data, nil)
	}
	return bytes.Map(func(r rune) rune {
		if r < ' ' && r != '\t' && r != '\n' && r != '\r' || r == 0xfffe || r == 0xffff {
			return -1
		}
		return r
	}, data)
}

// get is the value of an attribute by its local name.
func (n *node) get(name string) string {
	if n == nil {
		return ""
	}
	for _, a := range n.attr {
		if a.Name.Local == name {
			return a.Value
		}
	}
	return ""
}

// child is the first element of that name directly below n, nil if none; n may
// be nil.
func (n *node) child(path ...string) *node {
	for _, name := range path {
		if n == nil {
			return nil
		}
		var next *node
		for _, k := range n.kids {
			if k.name == name {
				next = k
				break
			}
		}
		n = next
	}
	return n
}

// all are the elements of that name anywhere below n, in order.
func (n *node) all(name string) []*node {
	var out []*node
	var walk func(*node)
	walk = func(n *node) {
		for _, k := range n.kids {
			if k.name == name {
				out = append(out, k)
			}
			walk(k)
		}
	}
	if n != nil {
		walk(n)
	}
	return out
}

// content is all the text below n.
func (n *node) content() string {
	if n == nil {
		return ""
	}
	var b strings.Builder
	var walk func(*node)
	walk = func(n *node) {
		b.WriteString(n.text)
		for _, k := range n.kids {
			walk(k)
		}
	}
	walk(n)
	return b.String()
}
