package knowledge

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"path"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/encoding/simplifiedchinese"

	"liaison/knowledge/zh"
)

// ErrUnsupported marks a file that ImportDocument cannot read as text.
var ErrUnsupported = errors.New("accepted are Markdown (.md) and plain text (.txt) files")

// maxUnreadable is the share of undecodable characters above which a text is
// taken for damaged. Real documents have none; a wrong decoding has far more.
const maxUnreadable = 0.01

// ImportDocument makes a Document of a Markdown or plain text file as it was
// found. A file in the library's own format is parsed as such. Otherwise the
// title is the first heading or the file name, and the units are its articles
// (第一条), its headings or groups of paragraphs. The ID comes from the file
// name or, when that has no Latin letters, from the content, so importing the
// same file twice gives the same ID. The text may be UTF-8 or GB 18030.
//
// The error says what to do; errors.Is(err, ErrUnsupported) tells files of
// other types and unreadable ones from faults in the library's format.
func ImportDocument(name string, data []byte) (Document, error) {
	text, err := decode(name, data)
	if err != nil {
		return Document{}, err
	}
	p := parser{faults: faultList{file: name}, lines: splitLines(text)}
	if strings.TrimRight(p.lines[0], " ") == "---" {
		if !p.front() {
			return Document{}, p.faults.err()
		}
		for _, line := range p.lines[p.pos:] {
			if headingPattern.MatchString(line) {
				return ParseDocument(name, []byte(text))
			}
		}
		if err := p.faults.err(); err != nil {
			return Document{}, err
		}
	}
	d := p.doc
	body := strings.Join(p.lines[p.pos:], "\n")
	if d.Title == "" {
		d.Title = importTitle(name, body)
	}
	if d.ID == "" {
		d.ID = importID(name, body)
	}
	if d.Status == "" {
		d.Status = InForce
	}
	if d.Number == "" {
		d.Number = importNumber(body)
	}
	d.Units = SplitUnits(d.ID, d.Title, body)
	if len(d.Units) == 0 {
		return Document{}, fmt.Errorf("%s: there is no text in the file: %w", name, ErrUnsupported)
	}
	// It is kept as RenderDocument writes it: what would not be read again must
	// be refused while its owner is looking.
	if _, err := ParseDocument(name, RenderDocument(d)); err != nil {
		return Document{}, fmt.Errorf("%s: the text cannot be kept in the library's format: %w", name, err)
	}
	return d, nil
}

// magics are the first bytes of files that people try to import.
var magics = []struct{ prefix, what string }{
	{"%PDF-", "a PDF"},
	{"PK\x03\x04", "a Word, Excel, OFD or zip file"},
	{"\xd0\xcf\x11\xe0", "an old Word or Excel file"},
	{"\x89PNG", "a picture"},
	{"\xff\xd8\xff", "a picture"},
	{"{\\rtf", "an RTF file"},
}

func decode(name string, data []byte) (string, error) {
	for _, m := range magics {
		if bytes.HasPrefix(data, []byte(m.prefix)) {
			return "", fmt.Errorf("%s is %s: %w; save the text as one of these", name, m.what, ErrUnsupported)
		}
	}
	switch ext := strings.ToLower(path.Ext(name)); ext {
	case ".md", ".markdown", ".txt", "":
	default:
		return "", fmt.Errorf("%s: files of type %s are not read: %w", name, ext, ErrUnsupported)
	}
	text := string(data)
	if !utf8.Valid(data) {
		// The decoder marks what it cannot read with U+FFFD; it returns no error.
		decoded, err := simplifiedchinese.GB18030.NewDecoder().Bytes(data)
		if err != nil {
			return "", fmt.Errorf("%s: neither UTF-8 nor GB 18030: %w", name, ErrUnsupported)
		}
		text = string(decoded)
	}
	if share := zh.Unreadable(text); share > maxUnreadable {
		return "", fmt.Errorf("%s: %.0f %% of the characters cannot be read, the file is damaged or of another type: %w", name, 100*share, ErrUnsupported)
	}
	return strings.ReplaceAll(text, "\x00", ""), nil
}

func importTitle(name, body string) string {
	for line := range strings.SplitSeq(body, "\n") {
		if level, title := heading(line); level > 0 {
			return title
		}
	}
	base := path.Base(strings.ReplaceAll(strings.ToValidUTF8(name, ""), `\`, "/"))
	title := strings.Join(strings.Fields(strings.TrimSuffix(base, path.Ext(base))), " ")
	if title == "" || title == "." || title == "/" {
		return "无题"
	}
	return title
}

var notSlug = regexp.MustCompile(`[^a-z0-9]+`)

// importID slugs the file name if it is written in Latin letters; a name in
// another script would lose what tells it from the next.
func importID(name, body string) string {
	base := strings.TrimSuffix(path.Base(name), path.Ext(name))
	latin := strings.IndexFunc(base, func(r rune) bool { return r > unicode.MaxASCII }) < 0
	if slug := strings.Trim(notSlug.ReplaceAllString(strings.ToLower(base), "-"), "-"); latin && slug != "" {
		return slug
	}
	return fmt.Sprintf("doc-%x", sha256.Sum256([]byte(body)))[:16]
}

// importNumber finds a document number that has a line of its own near the top,
// where published texts have it.
func importNumber(body string) string {
	lines := strings.SplitN(body, "\n", 12)
	for _, line := range lines[:len(lines)-1] {
		if s := strings.TrimSpace(line); ownNumber.MatchString(s) {
			return s
		}
	}
	return ""
}

var ownNumber = regexp.MustCompile(`^\p{Han}{2,16}[〔\[(（]\d{4}[〕\])）]\d{1,5}号$`)
