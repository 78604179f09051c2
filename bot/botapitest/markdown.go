package botapitest

import (
	"net/url"
	"slices"
	"strings"
)

// span is an open entity of a MarkdownV2 text.
type span struct {
	kind  string // name as in Telegram's error texts
	mark  string // what closes it
	begin int    // UTF-16 offset in the output
	at    int    // byte offset in the input
	lang  string
}

// spanTypes maps the names in error texts to entity types.
var spanTypes = map[string]string{
	"Bold": "bold", "Italic": "italic", "Underline": "underline", "Strikethrough": "strikethrough", "Spoiler": "spoiler",
	"Code": "code", "Pre": "pre", "PreCode": "pre", "TextUrl": "text_link", "CustomEmoji": "custom_emoji",
	"BlockQuote": "blockquote",
}

const reservedMarkdown = "_*[]()~`>#+-=|{}.!"

type markdownParser struct {
	richText
	in   string
	pos  int
	open []span
}

// parseMarkdown reads the MarkdownV2 style of the Bot API. Errors carry
// Telegram's text.
func parseMarkdown(in string) (string, []Entity, error) {
	p := markdownParser{in: in}
	for p.pos < len(in) {
		if err := p.step(); err != nil {
			return "", nil, err
		}
	}
	if err := p.endQuote("blockquote"); err != nil {
		return "", nil, err
	}
	if n := len(p.open); n > 0 {
		return "", nil, p.noEnd(p.open[n-1])
	}
	sortEntities(p.entities)
	return p.text.String(), p.entities, nil
}

func (p *markdownParser) noEnd(s span) error {
	return unparsable("Can't find end of %s entity at byte offset %d", s.kind, s.at)
}

func (p *markdownParser) rest() string { return p.in[p.pos:] }

func (p *markdownParser) top() *span {
	if len(p.open) == 0 {
		return nil
	}
	return &p.open[len(p.open)-1]
}

func (p *markdownParser) push(kind, mark string) {
	p.open = append(p.open, span{kind: kind, mark: mark, begin: p.units, at: p.pos})
	p.pos += len(mark)
}

// step handles one character, escape or mark.
func (p *markdownParser) step() error {
	c := p.in[p.pos]
	if p.escaped() {
		p.put(p.in[p.pos+1 : p.pos+2])
		p.pos += 2
		return nil
	}
	top := p.top()
	raw := top != nil && strings.HasPrefix(top.mark, "`")
	switch {
	case top != nil && p.closes(top):
		return p.closeTop()
	case raw:
		p.literal()
		return nil
	case c == '\n':
		return p.newline()
	case !strings.ContainsRune(reservedMarkdown, rune(c)):
		p.literal()
		return nil
	}
	return p.begin(c)
}

// literal copies the character at pos.
func (p *markdownParser) literal() {
	n := 1
	for p.pos+n < len(p.in) && p.in[p.pos+n]&0xC0 == 0x80 {
		n++
	}
	p.put(p.in[p.pos : p.pos+n])
	p.pos += n
}

func (p *markdownParser) closes(top *span) bool {
	rest := p.rest()
	switch top.kind {
	case "BlockQuote":
		return false
	case "Italic": // "__" belongs to underline
		return rest[0] == '_' && !strings.HasPrefix(rest, "__")
	case "TextUrl", "CustomEmoji":
		return rest[0] == ']'
	}
	return strings.HasPrefix(rest, top.mark)
}

func (p *markdownParser) closeTop() error {
	s := *p.top()
	p.open = p.open[:len(p.open)-1]
	e := Entity{Type: spanTypes[s.kind], Language: s.lang}
	if s.kind != "TextUrl" && s.kind != "CustomEmoji" {
		p.pos += len(s.mark)
		p.richText.mark(e, s.begin)
		return nil
	}
	p.pos++ // the bracket
	if s.kind == "CustomEmoji" {
		id, err := p.emojiID()
		if err != nil {
			return err
		}
		e.CustomEmojiID = id
		p.richText.mark(e, s.begin)
		return nil
	}
	target := p.since(s.begin)
	if strings.HasPrefix(p.rest(), "(") {
		var err error
		if target, err = p.target("a URL"); err != nil {
			return err
		}
	}
	if e, ok := linkEntity(target); ok { // otherwise the text stays and the link is dropped
		p.richText.mark(e, s.begin)
	}
	return nil
}

// emojiID reads "(tg://emoji?id=…)".
func (p *markdownParser) emojiID() (string, error) {
	if !strings.HasPrefix(p.rest(), "(") {
		return "", unparsable("Custom emoji entity must contain a tg://emoji URL")
	}
	target, err := p.target("a custom emoji URL")
	if err != nil {
		return "", err
	}
	u, err := url.Parse(target)
	if err != nil || u.Scheme != "tg" {
		return "", unparsable("Custom emoji URL must have scheme tg")
	}
	if !strings.EqualFold(u.Host, "emoji") {
		return "", unparsable("Custom emoji URL must have host \"emoji\"")
	}
	id := u.Query().Get("id")
	if id == "" {
		return "", unparsable("Custom emoji URL must have an emoji identifier")
	}
	if strings.Trim(id, "0123456789") != "" || id[0] == '0' {
		return "", unparsable("Invalid custom emoji identifier specified")
	}
	return id, nil
}

// target reads "(…)" with escapes; what names it in the error.
func (p *markdownParser) target(what string) (string, error) {
	p.pos++
	at := p.pos
	var b strings.Builder
	for p.pos < len(p.in) && p.in[p.pos] != ')' {
		if p.escaped() {
			p.pos++
		}
		b.WriteByte(p.in[p.pos])
		p.pos++
	}
	if p.pos >= len(p.in) {
		return "", unparsable("Can't find end of %s at byte offset %d", what, at)
	}
	p.pos++
	return b.String(), nil
}

// escaped reports whether a backslash and the character it escapes are at pos.
func (p *markdownParser) escaped() bool {
	return p.in[p.pos] == '\\' && p.pos+1 < len(p.in) && p.in[p.pos+1] > 0 && p.in[p.pos+1] < 127
}

// begin opens the entity that starts with the reserved character c.
func (p *markdownParser) begin(c byte) error {
	rest := p.rest()
	switch {
	case c == '>' && p.lineStart():
		if p.inQuote() {
			p.pos++
		} else {
			p.push("BlockQuote", ">")
		}
	case p.inQuote() && (rest == "||" || strings.HasPrefix(rest, "||\n") || strings.HasPrefix(rest, "||\r\n")):
		p.pos += 2
		for p.pos < len(p.in) && p.in[p.pos-1] != '\n' {
			p.literal() // the end of the line belongs to the quote
		}
		return p.endQuote("expandable_blockquote")
	case strings.HasPrefix(rest, "__"):
		p.push("Underline", "__")
	case c == '_':
		p.push("Italic", "_")
	case c == '*':
		p.push("Bold", "*")
	case c == '~':
		p.push("Strikethrough", "~")
	case strings.HasPrefix(rest, "||"):
		p.push("Spoiler", "||")
	case c == '[':
		p.push("TextUrl", "[")
	case strings.HasPrefix(rest, "!["):
		p.push("CustomEmoji", "![")
	case strings.HasPrefix(rest, "```"):
		p.push("Pre", "```")
		p.language()
	case c == '`':
		p.push("Code", "`")
	default:
		return unparsable("Character '%c' is reserved and must be escaped with the preceding '\\'", c)
	}
	return nil
}

// language reads what may follow ```: a language name, ended by white space,
// and one line end that is not part of the code.
func (p *markdownParser) language() {
	rest := p.rest()
	if n := strings.IndexAny(rest, " \t\r\n`"); n > 0 && rest[n] != '`' {
		top := p.top()
		top.kind, top.lang = "PreCode", rest[:n]
		p.pos += n
	}
	for i, first := 0, byte(0); i < 2 && p.pos < len(p.in); i++ {
		c := p.in[p.pos]
		if c != '\n' && c != '\r' || c == first {
			break
		}
		first = c
		p.pos++
	}
}

// lineStart reports whether nothing was put on the line yet; marks don't count.
func (p *markdownParser) lineStart() bool {
	out := p.text.String()
	return out == "" || strings.HasSuffix(out, "\n") || strings.HasSuffix(out, "\r")
}

func (p *markdownParser) inQuote() bool {
	return slices.ContainsFunc(p.open, func(s span) bool { return s.kind == "BlockQuote" })
}

// newline ends a quote, of which it is part, unless the next line continues it.
func (p *markdownParser) newline() error {
	p.literal()
	if p.inQuote() && !strings.HasPrefix(p.rest(), ">") {
		return p.endQuote("blockquote")
	}
	return nil
}

// endQuote closes the open quote, if any, as the given entity type.
func (p *markdownParser) endQuote(kind string) error {
	top := p.top()
	switch {
	case !p.inQuote():
		return nil
	case top.kind != "BlockQuote":
		return p.noEnd(*top)
	}
	p.richText.mark(Entity{Type: kind}, top.begin)
	p.open = p.open[:len(p.open)-1]
	return nil
}
