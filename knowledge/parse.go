package knowledge

import (
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// LoadFS parses every .md file in the top folder of fsys, in order of names.
// All faults of all files come back as one Faults error, among them IDs that
// two files share.
func LoadFS(fsys fs.FS) ([]Document, error) {
	entries, err := fs.ReadDir(fsys, ".")
	if err != nil {
		return nil, err
	}
	var docs []Document
	faults := faultList{}
	from := make(map[string]string) // document ID -> file
	for _, e := range entries {
		if e.IsDir() || path.Ext(e.Name()) != ".md" {
			continue
		}
		data, err := fs.ReadFile(fsys, e.Name())
		if err != nil {
			return nil, err
		}
		doc, err := ParseDocument(e.Name(), data)
		if err != nil {
			faults.list = append(faults.list, err.(Faults)...)
			continue
		}
		if first, ok := from[doc.ID]; ok {
			faults.list = append(faults.list, Fault{e.Name(), 2, "id " + doc.ID + " is taken by " + first + ": choose another"})
			continue
		}
		from[doc.ID] = e.Name()
		docs = append(docs, doc)
	}
	return docs, faults.err()
}

// ParseDocument reads a document in the library's format: front matter, then
// units. name is used in messages only. The error, if any, is a Faults with
// everything that is wrong.
func ParseDocument(name string, data []byte) (Document, error) {
	p := parser{faults: faultList{file: name}}
	if !utf8.Valid(data) {
		p.faults.addf(1, "the file is not UTF-8: save it as UTF-8")
		return Document{}, p.faults.err()
	}
	p.lines = splitLines(string(data))
	if p.front() {
		p.units()
		p.links()
	}
	if err := p.faults.err(); err != nil {
		return Document{}, err
	}
	return p.doc, nil
}

func splitLines(s string) []string {
	s = strings.TrimPrefix(s, "\ufeff")
	s = strings.ReplaceAll(s, "\r\n", "\n")
	return strings.Split(s, "\n")
}

type parser struct {
	faults faultList
	lines  []string
	pos    int // index of the next line
	doc    Document
	starts []int // line of each unit's heading
}

// front reads the front matter and reports whether the units can be read.
func (p *parser) front() bool {
	if strings.TrimRight(p.lines[0], " ") != "---" {
		p.faults.addf(1, "the document does not begin with front matter: start it with a line ---, then id:, title:, status:, and a line ---")
		return false
	}
	seen := make(map[string]int)
	for p.pos = 1; p.pos < len(p.lines); p.pos++ {
		n := p.pos + 1
		line := strings.TrimRight(p.lines[p.pos], " \t")
		if line == "---" {
			p.pos++
			for _, key := range []string{"id", "title", "status"} {
				if seen[key] == 0 {
					p.faults.addf(n, "%s is missing from the front matter: add a line %s: ...", key, key)
				}
			}
			if !p.doc.EffectiveTo.IsZero() && p.doc.EffectiveTo.Before(p.doc.EffectiveFrom) {
				p.faults.addf(max(seen["effective_to"], 1), "effective_to is before effective_from")
			}
			return true
		}
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		key, value, ok := strings.Cut(line, ":")
		if !ok || strings.TrimSpace(key) != key {
			p.faults.addf(n, "not a line of the form key: value, without indentation")
			continue
		}
		if seen[key] > 0 {
			p.faults.addf(n, "%s was already given on line %d: keep one", key, seen[key])
			continue
		}
		seen[key] = n
		f, msg := parseField(value)
		if msg == "" {
			msg = setField(&p.doc, key, f)
		}
		if msg != "" {
			p.faults.addf(n, "%s", msg)
		}
	}
	p.faults.addf(len(p.lines), "the front matter has no closing line ---")
	return false
}

var headingPattern = regexp.MustCompile(`^## +(.*?) *\{#([^{}]*)\} *$`)

// units reads everything after the front matter.
func (p *parser) units() {
	seen := make(map[string]int)
	for p.pos < len(p.lines) {
		line := p.lines[p.pos]
		n := p.pos + 1
		if !isUnitHeading(line) {
			if strings.TrimSpace(line) != "" {
				p.faults.addf(n, "text before the first unit: put it under a heading ## Title {#slug}")
				p.skipToHeading()
				continue
			}
			p.pos++
			continue
		}
		m := headingPattern.FindStringSubmatch(line)
		if m == nil || m[1] == "" {
			p.faults.addf(n, "a unit heading is ## Title {#slug}: both a title and a slug are needed")
			p.pos++
			p.skipToHeading()
			continue
		}
		u := Unit{Title: m[1], Slug: m[2], ID: UnitID(p.doc.ID, m[2])}
		if !slugPattern.MatchString(u.Slug) {
			p.faults.addf(n, "slug %q may have lower-case letters, digits and single hyphens only", u.Slug)
		}
		if first := seen[u.Slug]; first > 0 {
			p.faults.addf(n, "slug %s is taken by the unit on line %d: choose another", u.Slug, first)
		}
		seen[u.Slug] = n
		p.pos++
		p.attributes(&u)
		p.body(&u, n)
		p.doc.Units = append(p.doc.Units, u)
		p.starts = append(p.starts, n)
	}
	if len(p.doc.Units) == 0 && len(p.faults.list) == 0 {
		p.faults.addf(len(p.lines), "the document has no units: add headings ## Title {#slug} with text below them")
	}
}

func isUnitHeading(line string) bool {
	return line == "##" || strings.HasPrefix(line, "## ")
}

func (p *parser) skipToHeading() {
	for p.pos < len(p.lines) && !isUnitHeading(p.lines[p.pos]) {
		p.pos++
	}
}

var attributePattern = regexp.MustCompile(`^- ([a-z_]+):(?: +(.*))?$`)

// attributes reads the list that may follow a heading at once.
func (p *parser) attributes(u *Unit) {
	seen := make(map[string]bool)
	for p.pos < len(p.lines) {
		m := attributePattern.FindStringSubmatch(strings.TrimRight(p.lines[p.pos], " "))
		if m == nil {
			return
		}
		n, key, value := p.pos+1, m[1], strings.TrimSpace(m[2])
		p.pos++
		if seen[key] {
			p.faults.addf(n, "%s is given twice for this unit: keep one line", key)
			continue
		}
		seen[key] = true
		if value == "" {
			p.faults.addf(n, "%s is empty: fill it in or delete the line", key)
			continue
		}
		switch key {
		case "topics":
			u.Topics = splitList(value, ",")
			if msg := badTopic(u.Topics); msg != "" {
				p.faults.addf(n, "%s", msg)
			}
		case "path":
			u.Path = value
		case "aliases":
			u.Aliases = splitList(value, "|")
		case "see":
			u.See = splitList(value, ",")
		case "cites":
			u.Cites = splitList(value, "|")
		case "repeats":
			var err error
			if u.Repeats, err = strconv.Atoi(value); err != nil || u.Repeats < 1 {
				p.faults.addf(n, "repeats is how many lines of the text below are a table heading shown again, such as 2")
			}
		default:
			p.faults.addf(n, "unknown line %s: the lines are topics, path, aliases, see, cites, repeats", key)
		}
	}
}

// splitList splits at sep and drops white space and empty items.
func splitList(s, sep string) []string {
	var out []string
	for item := range strings.SplitSeq(s, sep) {
		if item = strings.TrimSpace(item); item != "" {
			out = append(out, item)
		}
	}
	return out
}

func (p *parser) body(u *Unit, heading int) {
	start := p.pos
	p.skipToHeading()
	u.Body = strings.TrimSpace(strings.Join(p.lines[start:p.pos], "\n"))
	if u.Body == "" {
		p.faults.addf(heading, "unit %s has no text", u.Slug)
	}
}

// links checks that each see names a unit; slugs of other documents are
// checked by NewLibrary.
func (p *parser) links() {
	for i, u := range p.doc.Units {
		for _, see := range u.See {
			known := slices.ContainsFunc(p.doc.Units, func(v Unit) bool { return v.Slug == see })
			if !known && !strings.Contains(see, "#") {
				p.faults.addf(p.starts[i], "see names %s, but there is no such unit in this document", see)
			}
		}
	}
}
