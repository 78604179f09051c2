package botapitest

import (
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// richText is the output of both parsers.
type richText struct {
	text     strings.Builder
	units    int // length of text in UTF-16 units
	entities []Entity
}

func (t *richText) put(s string) {
	t.text.WriteString(s)
	t.units += utf16Len(s)
}

// mark adds an entity from begin to the end of the text, unless it is empty.
func (t *richText) mark(e Entity, begin int) {
	if e.Offset, e.Length = begin, t.units-begin; e.Length > 0 {
		t.entities = append(t.entities, e)
	}
}

// since is the text from the given UTF-16 offset on.
func (t *richText) since(begin int) string {
	return utf16Slice(t.text.String(), begin, t.units-begin)
}

// simpleTags are the tags without attributes.
var simpleTags = map[string]string{
	"b": "bold", "strong": "bold", "i": "italic", "em": "italic", "u": "underline", "ins": "underline",
	"s": "strikethrough", "strike": "strikethrough", "del": "strikethrough", "tg-spoiler": "spoiler",
	"code": "code", "pre": "pre", "a": "text_link", "blockquote": "blockquote", "span": "spoiler", "tg-emoji": "custom_emoji",
}

// openTag is a start tag waiting for its end.
type openTag struct {
	name  string
	attrs map[string]string
	begin int // UTF-16 offset in the output
	at    int // byte offset in the input
}

type htmlParser struct {
	richText
	in   string
	pos  int
	open []openTag
}

// parseHTML reads the HTML style of the Bot API. Errors carry Telegram's text.
func parseHTML(in string) (string, []Entity, error) {
	p := htmlParser{in: in}
	for p.pos < len(in) {
		var err error
		switch c := in[p.pos]; {
		case c == '&':
			p.put(p.reference())
		case c != '<':
			end := strings.IndexAny(in[p.pos:], "<&")
			if end < 0 {
				end = len(in) - p.pos
			}
			p.put(in[p.pos : p.pos+end])
			p.pos += end
		case strings.HasPrefix(in[p.pos:], "</"):
			err = p.endTag()
		default:
			err = p.startTag()
		}
		if err != nil {
			return "", nil, err
		}
	}
	if !utf8.ValidString(p.text.String()) {
		return "", nil, unparsable("Text contains invalid Unicode characters after decoding HTML entities, " +
			"check for unmatched surrogate code units")
	}
	if n := len(p.open); n > 0 {
		return "", nil, unparsable("Can't find end tag corresponding to start tag \"%s\"", p.open[n-1].name)
	}
	sortEntities(p.entities)
	return p.text.String(), p.entities, nil
}

var namedReferences = map[string]string{"lt": "<", "gt": ">", "amp": "&", "quot": `"`}

// reference reads &lt; &gt; &amp; &quot; or a numeric reference at pos, the
// semicolon being optional; any other ampersand stands for itself. A lone
// surrogate gives text that is not valid UTF-8, which parseHTML refuses.
func (p *htmlParser) reference() string {
	from := p.pos
	p.pos++
	word := p.until(func(c byte) bool { return !isAlnum(c) && c != '#' })
	text, ok := namedReferences[word]
	if num, numeric := strings.CutPrefix(word, "#"); numeric {
		base := 10
		if hex, isHex := strings.CutPrefix(num, "x"); isHex {
			base, num = 16, hex
		}
		n, err := strconv.ParseUint(num, base, 32)
		if ok = err == nil && n > 0 && n <= utf8.MaxRune; ok {
			text = string(rune(n))
			if utf16.IsSurrogate(rune(n)) {
				text = "\xED"
			}
		}
	}
	if !ok {
		p.pos = from + 1
		return "&"
	}
	if p.pos < len(p.in) && p.in[p.pos] == ';' {
		p.pos++
	}
	return text
}

func isAlnum(c byte) bool {
	return c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z'
}

func isSpace(c byte) bool { return c == ' ' || c == '\t' || c == '\n' || c == '\r' }

func (p *htmlParser) skipSpace() {
	for p.pos < len(p.in) && isSpace(p.in[p.pos]) {
		p.pos++
	}
}

// until advances to the first byte for which stop holds and returns what was passed.
func (p *htmlParser) until(stop func(byte) bool) string {
	from := p.pos
	for p.pos < len(p.in) && !stop(p.in[p.pos]) {
		p.pos++
	}
	return p.in[from:p.pos]
}

func (p *htmlParser) startTag() error {
	at := p.pos
	p.pos++
	name := strings.ToLower(p.until(func(c byte) bool { return isSpace(c) || c == '>' }))
	if p.pos >= len(p.in) {
		return unparsable("Unclosed start tag at byte offset %d", at)
	}
	if _, ok := simpleTags[name]; !ok {
		return unparsable("Unsupported start tag \"%s\" at byte offset %d", name, at)
	}
	tag := openTag{name: name, attrs: map[string]string{}, begin: p.units, at: at}
	for {
		p.skipSpace()
		if p.pos >= len(p.in) {
			return unparsable("Unclosed start tag \"%s\" at byte offset %d", name, at)
		}
		if p.in[p.pos] == '>' {
			p.pos++
			break
		}
		if err := p.attribute(tag); err != nil {
			return err
		}
	}
	switch {
	case name == "span" && tag.attrs["class"] != "tg-spoiler":
		return unparsable("Tag \"span\" must have class \"tg-spoiler\" at byte offset %d", at)
	case name == "tg-emoji" && tag.attrs["emoji-id"] == "":
		return unparsable("Tag \"tg-emoji\" must have attribute \"emoji-id\" at byte offset %d", at)
	}
	p.open = append(p.open, tag)
	return nil
}

// attribute reads name, name=token or name="value".
func (p *htmlParser) attribute(tag openTag) error {
	name := strings.ToLower(p.until(func(c byte) bool { return isSpace(c) || c == '=' || c == '>' }))
	if name == "" {
		return unparsable("Empty attribute name in the tag \"%s\" at byte offset %d", tag.name, tag.at)
	}
	p.skipSpace()
	if p.pos >= len(p.in) || p.in[p.pos] != '=' {
		if tag.name != "blockquote" {
			return unparsable("Expected equal sign in declaration of an attribute of the tag \"%s\" at byte offset %d", tag.name, tag.at)
		}
		tag.attrs[name] = ""
		return nil
	}
	p.pos++
	p.skipSpace()
	if p.pos >= len(p.in) {
		return unparsable("Unclosed start tag \"%s\" at byte offset %d", tag.name, tag.at)
	}
	quote := p.in[p.pos]
	if quote != '"' && quote != '\'' {
		from := p.pos
		tag.attrs[name] = strings.ToLower(p.until(func(c byte) bool { return !isAlnum(c) && c != '.' && c != '-' }))
		if p.pos < len(p.in) && !isSpace(p.in[p.pos]) && p.in[p.pos] != '>' {
			return unparsable("Unexpected end of name token at byte offset %d", from)
		}
		return nil
	}
	p.pos++
	var value strings.Builder
	for p.pos < len(p.in) && p.in[p.pos] != quote {
		if p.in[p.pos] == '&' {
			value.WriteString(p.reference())
			continue
		}
		value.WriteByte(p.in[p.pos])
		p.pos++
	}
	if p.pos >= len(p.in) {
		return unparsable("Unclosed start tag at byte offset %d", tag.at)
	}
	p.pos++
	tag.attrs[name] = value.String()
	return nil
}

func (p *htmlParser) endTag() error {
	at := p.pos
	if len(p.open) == 0 {
		return unparsable("Unexpected end tag at byte offset %d", at)
	}
	p.pos += 2
	name := strings.ToLower(p.until(func(c byte) bool { return isSpace(c) || c == '>' }))
	p.skipSpace()
	if p.pos >= len(p.in) || p.in[p.pos] != '>' {
		return unparsable("Unclosed end tag at byte offset %d", at)
	}
	p.pos++
	tag := p.open[len(p.open)-1]
	if name != "" && name != tag.name { // "</>" closes anything
		return unparsable("Unmatched end tag at byte offset %d, expected \"</%s>\", found \"</%s>\"", at, tag.name, name)
	}
	p.open = p.open[:len(p.open)-1]
	p.close(tag)
	return nil
}

func (p *htmlParser) close(tag openTag) {
	e := Entity{Type: simpleTags[tag.name]}
	switch tag.name {
	case "code":
		if n := len(p.open); n > 0 && p.open[n-1].name == "pre" {
			// <pre><code class="language-go"> is one block with a language.
			p.open[n-1].attrs["language"] = strings.TrimPrefix(tag.attrs["class"], "language-")
			return
		}
	case "pre":
		e.Language = tag.attrs["language"]
	case "blockquote":
		if _, ok := tag.attrs["expandable"]; ok {
			e.Type = "expandable_blockquote"
		}
	case "tg-emoji":
		e.CustomEmojiID = tag.attrs["emoji-id"]
	case "a":
		target := tag.attrs["href"]
		if target == "" {
			target = p.since(tag.begin)
		}
		var ok bool
		if e, ok = linkEntity(target); !ok {
			return // Telegram keeps the text and drops the link
		}
	}
	p.mark(e, tag.begin)
}
