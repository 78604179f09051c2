package knowledge

import (
	"fmt"
	"strings"

	"liaison/knowledge/outline"
)

// Sizes of the pieces that long text is cut into where it has no structure, in
// characters. A reader takes in 400 characters on a telephone; the measured
// ranking is flat between 250 and 600.
const (
	unitSize    = 400
	unitMaxSize = 800
)

// SplitUnits cuts plain or Markdown text into the units of document docID, along
// its own structure as package outline finds it. A table of contents is left
// out. Articles are called art1, art2 after their numbers, s2-art1 when a second
// text in the document counts from one again; other units p1, p2, ....
func SplitUnits(docID, title, text string) []Unit {
	var units []Unit
	seen := make(map[string]int)
	for _, p := range outline.Cut(title, text) {
		body := plainLines(p.Body)
		if p.Kind == outline.Contents || body == "" {
			continue
		}
		slug := fmt.Sprintf("p%d", len(units)+1)
		if p.Kind == outline.Article && p.Num > 0 {
			slug = fmt.Sprintf("art%d", p.Num)
			if p.Sub > 0 {
				slug = fmt.Sprintf("%s-%d", slug, p.Sub)
			}
		}
		if seen[slug]++; seen[slug] > 1 {
			slug = fmt.Sprintf("s%d-%s", seen[slug], slug)
		}
		name, path := unitTitle(p.Title, title), p.Path[:len(p.Path):len(p.Path)]
		group := p.Kind == outline.Text && p.Mark != "" && !strings.HasPrefix(name, p.Mark)
		if p.Lead != "" {
			if group {
				path = append(path, name)
			}
			path = append(path, p.Lead)
		}
		if group {
			name += " " + p.Mark // which points of the section: others have the same heading
		}
		u := Unit{
			ID: UnitID(docID, slug), Slug: slug, Title: name,
			Path: strings.Join(path, PathSeparator), Body: body, Repeats: p.Repeated,
		}
		units = append(units, u)
	}
	return units
}

// WhereOf says where the byte at offset of the unit's Body stands in the document:
// Where and the numbers of the points it is in, as in 第七条 › （二） › 1.
func (u *Unit) WhereOf(offset int) string {
	where := u.Where()
	for _, p := range outline.Points(u.Body) {
		if p.Start <= offset && offset < p.End {
			where += PathSeparator + p.Mark
		}
	}
	return where
}

// unitTitle returns the first of the titles that has words.
func unitTitle(titles ...string) string {
	for _, t := range titles {
		if t = strings.Join(strings.Fields(t), " "); t != "" {
			return t
		}
	}
	return "无题"
}

// plainLines makes body one that the library's format can keep: no line of it
// looks like the heading of a unit.
func plainLines(body string) string {
	lines := strings.Split(strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(body), "\n")
	for i, line := range lines {
		if isUnitHeading(line) {
			lines[i] = strings.TrimLeft(line, "# ")
		}
	}
	return strings.TrimSpace(strings.Join(lines, "\n"))
}

// chop cuts a sentence that is itself longer than a unit may be; tables pasted
// as text look like that.
func chop(sentence string) []string {
	r := []rune(sentence)
	var out []string
	for len(r) > unitMaxSize {
		out, r = append(out, string(r[:unitSize])), r[unitSize:]
	}
	return append(out, string(r))
}
