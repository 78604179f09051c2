package botapitest

import (
	"cmp"
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"
)

// utf16Len counts text the way the Bot API does.
func utf16Len(s string) int {
	n := 0
	for _, r := range s {
		n += utf16.RuneLen(r)
	}
	return n
}

// utf16Slice is the part of s an entity covers; offsets outside give "".
func utf16Slice(s string, offset, length int) string {
	units := utf16.Encode([]rune(s))
	if offset < 0 || length < 0 || offset+length > len(units) {
		return ""
	}
	return string(utf16.Decode(units[offset : offset+length]))
}

// Covered is the part of the message's text or caption that e marks.
func (m Message) Covered(e Entity) string { return utf16Slice(m.Body(), e.Offset, e.Length) }

// formatted reads a text argument with its parse_mode or entity list, and
// returns the text as Telegram would store it.
func (s *Server) formatted(p *params, textName, entitiesName string) (string, []Entity, error) {
	raw, mode := p.str(textName), p.str("parse_mode")
	if mode != "" && p.has(entitiesName) {
		s.violateLocked("both parse_mode and %s given", entitiesName)
	}
	return s.parseFormatted(raw, mode, func(dest *[]Entity) error { return p.json(entitiesName, dest) })
}

func (s *Server) parseFormatted(raw, mode string, list func(*[]Entity) error) (string, []Entity, error) {
	text, entities := raw, []Entity(nil)
	var err error
	switch strings.ToLower(mode) {
	case "":
		if list(&entities) != nil {
			return "", nil, badRequest("can't parse entities JSON array")
		}
		entities, err = s.checkEntities(text, entities)
	case "html":
		text, entities, err = parseHTML(raw)
	case "markdownv2":
		text, entities, err = parseMarkdown(raw)
	default:
		err = badRequest("unsupported parse_mode")
	}
	if err != nil {
		return "", nil, err
	}
	text, entities = tidy(text, s.knownMentions(entities))
	return text, addDetected(text, entities), nil
}

var (
	givenTypes    = words("bold italic underline strikethrough spoiler blockquote expandable_blockquote code pre text_link text_mention custom_emoji")
	detectedTypes = words("mention hashtag cashtag bot_command url email phone_number")
)

// checkEntities validates a list given by the bot. Types that Telegram finds
// by itself are dropped, and so are empty entities.
func (s *Server) checkEntities(text string, list []Entity) ([]Entity, error) {
	units := utf16.Encode([]rune(text))
	var out []Entity
	for _, e := range list {
		end := e.Offset + e.Length
		switch {
		case slices.Contains(detectedTypes, e.Type):
			continue
		case !slices.Contains(givenTypes, e.Type):
			return nil, badRequest("can't parse MessageEntity: Unsupported type specified")
		case e.Type == "text_link" && e.URL == "":
			return nil, badRequest("can't parse MessageEntity: Can't find field \"url\"")
		case e.Type == "text_mention" && e.User == nil:
			return nil, badRequest("can't parse MessageEntity: Can't find field \"user\"")
		case e.Type == "custom_emoji" && e.CustomEmojiID == "":
			return nil, badRequest("can't parse MessageEntity: Can't find field \"custom_emoji_id\"")
		case e.Offset < 0 || e.Offset > maxBound:
			return nil, badRequest("receive an entity with incorrect offset %d", e.Offset)
		case e.Length < 0 || e.Length > maxBound:
			return nil, badRequest("receive an entity with incorrect length %d", e.Length)
		case e.Length == 0:
			continue
		case e.Offset >= len(units):
			return nil, badRequest("entity begins after the end of the text at UTF-16 offset %d", e.Offset)
		case end > len(units):
			return nil, badRequest("entity beginning at UTF-16 offset %d ends after the end of the text at UTF-16 offset %d", e.Offset, end)
		case splitsPair(units, e.Offset):
			return nil, badRequest("entity begins in a middle of a UTF-16 symbol at byte offset %d", byteOffset(units, e.Offset+1))
		case splitsPair(units, end):
			return nil, badRequest("entity beginning at UTF-16 offset %d ends in a middle of a UTF-16 symbol at byte offset %d",
				e.Offset, byteOffset(units, end+1))
		case e.Type == "text_mention" && s.users[e.User.ID] == nil:
			return nil, badRequest("user not found")
		}
		if e.Type == "text_link" {
			link, ok := checkLink(e.URL)
			if !ok {
				return nil, badRequest("entity URL '%s' is invalid: Wrong HTTP URL", e.URL)
			}
			e.URL = link
		}
		out = append(out, e)
	}
	return out, nil
}

// maxBound is Telegram's limit for offsets and lengths.
const maxBound = 1_000_000

// byteOffset is the UTF-8 length of the first n units.
func byteOffset(units []uint16, n int) int { return len(string(utf16.Decode(units[:n]))) }

// splitsPair reports whether a cut before units[i] would part a surrogate pair.
func splitsPair(units []uint16, i int) bool {
	return i > 0 && i < len(units) && utf16.IsSurrogate(rune(units[i])) && units[i] >= 0xDC00 &&
		units[i-1] >= 0xD800 && units[i-1] < 0xDC00
}

// tidy removes what Telegram removes (carriage returns, control and bidi
// override characters, outer white space) and moves the entities along.
func tidy(text string, entities []Entity) (string, []Entity) {
	var b strings.Builder
	moved := make([]int, 0, len(text)+1) // new offset of each old UTF-16 offset
	n := 0
	for _, r := range text {
		for range utf16.RuneLen(r) {
			moved = append(moved, n)
		}
		switch {
		case r == '\r', r >= 0x2028 && r <= 0x202E:
			continue
		case r < 0x20 && r != '\n':
			r = ' '
		}
		b.WriteRune(r)
		n += utf16.RuneLen(r)
	}
	moved = append(moved, n)

	right := strings.TrimRightFunc(b.String(), unicode.IsSpace)
	out := strings.TrimLeftFunc(right, unicode.IsSpace)
	start, end := utf16Len(right)-utf16Len(out), utf16Len(right)
	var kept []Entity
	for _, e := range entities {
		from := min(max(moved[e.Offset], start), end)
		to := min(max(moved[e.Offset+e.Length], start), end)
		if e.Offset, e.Length = from-start, to-from; e.Length > 0 {
			kept = append(kept, e)
		}
	}
	return out, kept
}

// detector finds entities that Telegram adds to every text.
type detector struct {
	kind string
	re   *regexp.Regexp
	ok   func(match string) bool
}

var detectors = []detector{
	{"url", regexp.MustCompile(`https?://[^\s<>"'，。；：！？、（）《》【】]+`), func(m string) bool { _, ok := checkLink(m); return ok }},
	{"email", regexp.MustCompile(`[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+`), nil},
	{"bot_command", regexp.MustCompile(`/[A-Za-z0-9_]{1,64}(?:@[A-Za-z0-9_]{3,32})?`), nil},
	{"mention", regexp.MustCompile(`@[A-Za-z0-9_]{4,32}`), nil},
	{"hashtag", regexp.MustCompile(`#[\p{L}\p{N}_]{1,256}`), func(m string) bool { return strings.ContainsFunc(m, unicode.IsLetter) }},
}

func isWord(r rune) bool { return r == '_' || unicode.IsLetter(r) || unicode.IsNumber(r) }

// detect returns the entities of plain text, in order and without overlap. A
// command counts only where no word character and none of / < > touches it,
// so it is found after "你好 " but not after "你好".
func detect(text string) []Entity {
	var out []Entity
	for _, d := range detectors {
		for _, at := range d.re.FindAllStringIndex(text, -1) {
			match := text[at[0]:at[1]]
			if d.kind == "url" {
				match = strings.TrimRight(match, ".,:;!?)")
			}
			before, _ := utf8.DecodeLastRuneInString(text[:at[0]])
			after, _ := utf8.DecodeRuneInString(text[at[0]+len(match):])
			bounds := "/<>"
			if d.kind != "bot_command" {
				bounds = ""
			}
			if isWord(before) || strings.ContainsRune(bounds, before) && at[0] > 0 ||
				d.kind != "url" && (isWord(after) || strings.ContainsRune(bounds, after) && at[1] < len(text)) ||
				d.ok != nil && !d.ok(match) {
				continue
			}
			e := Entity{Type: d.kind, Offset: utf16Len(text[:at[0]]), Length: utf16Len(match)}
			if !slices.ContainsFunc(out, func(o Entity) bool { return overlap(o, e) }) {
				out = append(out, e)
			}
		}
	}
	sortEntities(out)
	return out
}

// addDetected merges detected entities into given ones, keeping out of code
// and links.
func addDetected(text string, given []Entity) []Entity {
	for _, e := range detect(text) {
		if !slices.ContainsFunc(given, func(o Entity) bool {
			return overlap(o, e) && slices.Contains([]string{"code", "pre", "text_link", "text_mention"}, o.Type)
		}) {
			given = append(given, e)
		}
	}
	sortEntities(given)
	return given
}

func overlap(a, b Entity) bool { return a.Offset < b.Offset+b.Length && b.Offset < a.Offset+a.Length }

// rank orders entities over the same text; types found by Telegram itself and
// links come in the middle.
var rank = map[string]int{
	"blockquote": -9, "expandable_blockquote": -9, "pre": -8, "code": -7,
	"bold": 1, "italic": 2, "underline": 3, "strikethrough": 4, "spoiler": 5, "custom_emoji": 6,
}

// sortEntities orders by place, then outer before inner.
func sortEntities(list []Entity) {
	slices.SortStableFunc(list, func(a, b Entity) int {
		return cmp.Or(a.Offset-b.Offset, b.Length-a.Length, rank[a.Type]-rank[b.Type])
	})
}
