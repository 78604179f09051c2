package extract

import (
	"context"
	"path"
	"strconv"
	"strings"
)

// pointsPerMM turns the millimetres of OFD into points.
const pointsPerMM = 72 / 25.4

// readOFD reads an OFD document, the format of official documents in China: a
// package of pages on which characters have places, much like PDF.
func readOFD(ctx context.Context, data []byte) (Page, error) {
	box, err := openZip(data)
	if err != nil {
		return Page{}, err
	}
	main, err := box.tree("OFD.xml")
	if err != nil {
		return Page{}, err
	}
	page := Page{Meta: map[string]string{}}
	var sheets []sheet
	for _, body := range main.all("DocBody") {
		readInfo(body.child("DocInfo"), page.Meta)
		root := strings.TrimSpace(body.child("DocRoot").content())
		doc, err := box.tree(root)
		if err != nil {
			return Page{}, err
		}
		w, h := pageBox(doc.child("Document", "CommonData", "PageArea").orEmpty(), 210*pointsPerMM, 297*pointsPerMM)
		// The list of the document gives the order; names of files do not.
		pages := doc.child("Document", "Pages").orEmpty().all("Page")
		if len(pages) > maxPages {
			return Page{}, unreadable(CodeTooLarge, "the file has %d pages; split it, at most %d are read", len(pages), maxPages)
		}
		for _, ref := range pages {
			if ctx.Err() != nil {
				return Page{}, ctx.Err()
			}
			s, pictures, err := readOFDPage(box, inside(path.Dir(root), ref.get("BaseLoc")), w, h)
			if err != nil && len(pages) == 1 {
				return Page{}, err
			}
			if err != nil || pictures && sheetLetters(s) < 5 {
				page.Unread = append(page.Unread, len(sheets)+1)
				s.glyphs = nil
			}
			sheets = append(sheets, s)
		}
	}
	if len(sheets) == 0 {
		return Page{}, damaged("the OFD file", nil)
	}
	return finishPaper(page, sheets)
}

// tree reads a part that must be there.
func (b *zipbox) tree(name string) (*node, error) {
	name = strings.TrimPrefix(path.Clean("/"+name), "/")
	data, err := b.read(name)
	if err != nil {
		return nil, err
	}
	if data == nil {
		return nil, damaged("the file (its part "+strconv.Quote(name)+" is missing)", nil)
	}
	return parseXML(data, name)
}

// inside is the name of a part given relative to a folder of the package.
func inside(dir, loc string) string {
	if strings.HasPrefix(loc, "/") {
		return loc
	}
	return path.Join(dir, loc)
}

func readInfo(info *node, meta map[string]string) {
	for tag, key := range map[string]string{"Title": "title", "Author": "author", "Subject": "subject", "CreationDate": "created", "ModDate": "modified"} {
		if v := tidyLine(info.child(tag).content()); v != "" && meta[key] == "" {
			meta[key] = v
		}
	}
}

func readOFDPage(box *zipbox, name string, w, h float64) (s sheet, pictures bool, err error) {
	tree, err := box.tree(name)
	if err != nil {
		return s, false, err
	}
	root := tree.child("Page").orEmpty()
	s.w, s.h = pageBox(root.child("Area").orEmpty(), w, h)
	content := root.child("Content").orEmpty()
	for _, t := range content.all("TextObject") {
		s.glyphs = append(s.glyphs, textObject(t)...)
		if len(s.glyphs) > maxPageGlyphs {
			break
		}
	}
	for _, p := range content.all("PathObject") {
		s.rules = append(s.rules, pathObject(p)...)
	}
	return s, len(content.all("ImageObject")) > 0 || len(content.all("CompositeObject")) > 0, nil
}

// pageBox is the size of a page in points.
func pageBox(area *node, w, h float64) (float64, float64) {
	if b := numbers(area.child("PhysicalBox").content()); len(b) == 4 && b[2] > 0 && b[3] > 0 {
		return b[2] * pointsPerMM, b[3] * pointsPerMM
	}
	return w, h
}

// textObject places the characters of one run.
func textObject(t *node) []glyph {
	at := numbers(t.get("Boundary"))
	size := number(t.get("Size"), 3.5)
	if len(at) != 4 || bad(at...) || size <= 0 || bad(size) {
		return nil
	}
	a, b, c, d, e, f := 1.0, 0.0, 0.0, 1.0, 0.0, 0.0
	if m := numbers(t.get("CTM")); len(m) == 6 && !bad(m...) {
		a, b, c, d, e, f = m[0], m[1], m[2], m[3], m[4], m[5]
	}
	scale := max(abs(d), abs(b))
	if scale == 0 {
		scale = 1
	}
	var glyphs []glyph
	x, y := 0.0, 0.0
	for _, code := range t.kids {
		if code.name != "TextCode" {
			continue
		}
		// A code without a place of its own goes on where the last one ended.
		x, y = number(code.get("X"), x), number(code.get("Y"), y)
		dx, dy := deltas(code.get("DeltaX")), deltas(code.get("DeltaY"))
		step := 0
		for _, r := range code.content() {
			px, py := at[0]+a*x+c*y+e, at[1]+b*x+d*y+f
			advance := size
			if !isWide(r) {
				advance = size / 2
			}
			if r = clean(r); r > ' ' && !bad(px, py) {
				glyphs = append(glyphs, glyph{
					text: string(r), size: size * scale * pointsPerMM,
					x0: px * pointsPerMM, x1: (px + advance*abs(a)) * pointsPerMM,
					y0: (py - 0.85*size*scale) * pointsPerMM, y1: (py + 0.15*size*scale) * pointsPerMM,
				})
			}
			if step < len(dx) {
				advance = dx[step]
			}
			if step < len(dx) || step >= len(dy) {
				x += advance
			}
			if step < len(dy) {
				y += dy[step]
			}
			step++
		}
	}
	return glyphs
}

// deltas reads a list of steps, in which "g n v" stands for n times v.
func deltas(s string) []float64 {
	fields := strings.Fields(s)
	var out []float64
	for i := 0; i < len(fields); i++ {
		if fields[i] == "g" && i+2 < len(fields) {
			n := min(max(atoi(fields[i+1], 0), 0), 100_000)
			v := number(fields[i+2], 0)
			for range n {
				out = append(out, v)
			}
			i += 2
			continue
		}
		out = append(out, number(fields[i], 0))
		if len(out) > 200_000 {
			break
		}
	}
	return out
}

// pathObject reads the borders that a path draws: a thin box, or lines between
// the points of its description, M x y L x y … C.
func pathObject(p *node) []rule {
	at := numbers(p.get("Boundary"))
	if len(at) != 4 || bad(at...) {
		return nil
	}
	box := rule{at[0] * pointsPerMM, at[1] * pointsPerMM, (at[0] + at[2]) * pointsPerMM, (at[1] + at[3]) * pointsPerMM}
	if at[2]*pointsPerMM < near || at[3]*pointsPerMM < near {
		return []rule{box}
	}
	if p.get("CTM") != "" {
		return nil
	}
	var rules []rule
	var startX, startY, lastX, lastY float64
	fields := strings.Fields(p.child("AbbreviatedData").content())
	point := func(i int) (x, y float64, ok bool) {
		if i+2 >= len(fields) {
			return 0, 0, false
		}
		return (at[0] + number(fields[i+1], 0)) * pointsPerMM, (at[1] + number(fields[i+2], 0)) * pointsPerMM, true
	}
	edge := func(x, y float64) {
		r := rule{min(lastX, x), min(lastY, y), max(lastX, x), max(lastY, y)}
		if (r.x1-r.x0 < 0.5) != (r.y1-r.y0 < 0.5) && !bad(r.x0, r.y0, r.x1, r.y1) {
			rules = append(rules, r)
		}
		lastX, lastY = x, y
	}
	for i := 0; i < len(fields) && len(rules) < maxSegments; i++ {
		switch fields[i] {
		case "M", "S":
			if x, y, ok := point(i); ok {
				startX, startY, lastX, lastY = x, y, x, y
			}
		case "L":
			if x, y, ok := point(i); ok {
				edge(x, y)
			}
		case "C":
			edge(startX, startY)
		case "B", "Q", "A":
			return nil // a drawing
		}
	}
	return rules
}

func numbers(s string) []float64 {
	var out []float64
	for _, f := range strings.Fields(s) {
		out = append(out, number(f, 0))
	}
	return out
}

func number(s string, otherwise float64) float64 {
	v, err := strconv.ParseFloat(strings.TrimSpace(s), 64)
	if err != nil {
		return otherwise
	}
	return v
}

func abs(v float64) float64 { return max(v, -v) }
