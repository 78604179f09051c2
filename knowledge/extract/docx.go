package extract

import (
	"context"
	"regexp"
	"strconv"
	"strings"
)

// readDOCX reads a Word document: the text as it stands after all tracked
// changes are accepted, with the numbers that Word makes up while it shows it.
func readDOCX(ctx context.Context, data []byte) (Page, error) {
	box, err := openZip(data)
	if err != nil {
		return Page{}, err
	}
	parts := map[string]*node{}
	for _, name := range []string{"word/document.xml", "word/styles.xml", "word/numbering.xml", "word/footnotes.xml", "word/endnotes.xml", "docProps/core.xml"} {
		raw, err := box.read(name)
		if err != nil {
			return Page{}, err
		}
		if raw == nil {
			continue
		}
		tree, err := parseXML(raw, name)
		if err != nil {
			if name == "word/document.xml" {
				return Page{}, err
			}
			continue // a broken list of styles is no reason to lose the text
		}
		parts[name] = tree
	}
	body := parts["word/document.xml"].child("document", "body")
	if body == nil {
		return Page{}, damaged("the file", nil)
	}
	w := word{
		ctx: ctx, styles: readStyles(parts["word/styles.xml"]), lists: readNumbering(parts["word/numbering.xml"]),
		notes: map[string]*node{}, counters: map[string][]int{},
	}
	for _, kind := range []string{"footnote", "endnote"} {
		for _, n := range parts["word/"+kind+"s.xml"].all(kind) {
			if n.get("type") == "" {
				w.notes[kind+n.get("id")] = n
			}
		}
	}
	w.container(body)
	if w.err != nil {
		return Page{}, w.err
	}
	page := Page{Text: markdown(w.blocks), Meta: coreProperties(parts["docProps/core.xml"])}
	page.Title = w.documentTitle(page.Meta["title"])
	if page.Text == "" && len(body.all("drawing"))+len(body.all("pict")) > 0 {
		return Page{}, unreadable(CodeScanned, "the document holds pictures and no text; import the document they show as text")
	}
	return page, nil
}

// coreProperties are the properties that Office keeps beside the text.
func coreProperties(core *node) map[string]string {
	meta := map[string]string{}
	props := core.child("coreProperties")
	if props == nil {
		return meta
	}
	for _, p := range props.kids {
		key := strings.ToLower(p.name)
		if key == "creator" {
			key = "author"
		}
		switch key {
		case "title", "subject", "author", "keywords", "description", "created", "modified", "category":
			if v := tidyLine(p.content()); v != "" {
				meta[key] = v
			}
		}
	}
	return meta
}

// word walks a document.
type word struct {
	ctx      context.Context
	err      error
	styles   map[string]style
	lists    map[string]*numbering
	notes    map[string]*node
	counters map[string][]int

	blocks  []block
	centred []int // blocks that stand in the middle
	titled  []int // blocks in the style of a title
	pending []*node
	seen    int // notes written so far
	depth   int // of tables in tables
}

// container reads the paragraphs and tables directly below n.
func (w *word) container(n *node) {
	for _, k := range n.kids {
		if w.err == nil {
			w.err = w.ctx.Err()
		}
		if w.err != nil {
			return
		}
		switch k.name {
		case "p":
			w.paragraph(k)
		case "tbl":
			w.table(k)
		case "sdt":
			w.container(k.child("sdtContent").orEmpty())
		case "ins", "moveTo", "customXml", "smartTag":
			w.container(k)
		case "AlternateContent":
			w.container(k.child("Choice").orEmpty())
		}
	}
}

func (n *node) orEmpty() *node {
	if n == nil {
		return &node{}
	}
	return n
}

// on reads a switch such as <w:b/>, which is on unless it says otherwise.
func (n *node) on() bool {
	if n == nil {
		return false
	}
	v := n.get("val")
	return v != "0" && v != "false" && v != "off" && v != "none"
}

// tocStyle is the style of the lines of a table of contents, which repeat the
// headings with the numbers of pages.
var tocStyle = regexp.MustCompile(`(?i)^(toc|目录)\s*\d+$`)

func (w *word) paragraph(p *node) {
	props := p.child("pPr")
	st := w.styles[props.child("pStyle").get("val")]
	if tocStyle.MatchString(st.name) {
		return
	}
	run := runs{w: w}
	run.walk(p)
	level := st.level
	if v := props.child("outlineLvl").get("val"); v != "" {
		level = atoi(v, 9) + 1
	}
	label, depth, listed := w.label(props, st)
	for i, line := range strings.Split(run.text.String(), "\n") {
		text := tidyLine(line)
		if text == "" {
			continue
		}
		b := block{text: text, bold: run.all > 0 && run.bold == run.all}
		if i == 0 && listed {
			b.text = label + text
			if strings.HasPrefix(label, "- ") {
				b.kind, b.level = listItem, depth
			}
		}
		if level >= 1 && level <= 6 && len([]rune(text)) <= 100 && !strings.HasSuffix(text, "。") && b.kind != listItem {
			b.kind, b.level = heading, level
		}
		if jc := props.child("jc").get("val"); jc == "center" || jc == "" && st.centred {
			w.centred = append(w.centred, len(w.blocks))
		}
		if st.title {
			w.titled = append(w.titled, len(w.blocks))
		}
		w.blocks = append(w.blocks, b)
	}
	w.aside()
}

// aside writes what a paragraph refers to below it: its notes and the text of
// boxes anchored in it.
func (w *word) aside() {
	pending := w.pending
	w.pending = nil
	for _, n := range pending {
		if n.name == "txbxContent" {
			w.container(n)
			continue
		}
		w.seen++
		var parts []string
		for _, p := range n.all("p") {
			run := runs{w: &word{notes: map[string]*node{}}}
			run.walk(p)
			parts = append(parts, tidyLine(run.text.String()))
		}
		w.blocks = append(w.blocks, block{text: "[注" + strconv.Itoa(w.seen) + "] " + strings.TrimSpace(strings.Join(parts, " "))})
	}
}

// runs collects the text of a paragraph.
type runs struct {
	w         *word
	text      strings.Builder
	all, bold int
	notes     int
}

func (r *runs) walk(n *node) {
	for _, k := range n.kids {
		switch k.name {
		case "r":
			if k.child("rPr").child("vanish").on() {
				continue
			}
			before := r.text.Len()
			r.walk(k)
			added := letters(r.text.String()[before:])
			r.all += added
			if k.child("rPr").child("b").on() {
				r.bold += added
			}
		case "t":
			r.text.WriteString(k.content())
		case "tab", "ptab":
			r.text.WriteByte(' ')
		case "br":
			if t := k.get("type"); t == "" || t == "textWrapping" {
				r.text.WriteByte('\n')
			}
		case "cr":
			r.text.WriteByte('\n')
		case "noBreakHyphen":
			r.text.WriteByte('-')
		case "footnoteReference", "endnoteReference":
			if note := r.w.notes[strings.TrimSuffix(k.name, "Reference")+k.get("id")]; note != nil {
				r.notes++
				r.text.WriteString("[注" + strconv.Itoa(r.w.seen+r.notes) + "]")
				r.w.pending = append(r.w.pending, note)
			}
		case "txbxContent":
			r.w.pending = append(r.w.pending, k)
		case "AlternateContent":
			// Both branches hold the same text for programs of different age.
			r.walk(k.child("Choice").orEmpty())
		case "del", "moveFrom", "delText", "instrText", "pPr", "rPr", "sdtPr":
		default:
			r.walk(k)
		}
	}
}

// table reads a table; one of a single cell only frames its text.
func (w *word) table(t *node) {
	if w.depth++; w.depth > 20 {
		w.depth--
		return
	}
	defer func() { w.depth-- }()
	rows := elements(t, "tr")
	if len(rows) == 1 && len(elements(rows[0], "tc")) == 1 {
		w.container(elements(rows[0], "tc")[0])
		return
	}
	var grid [][]cell
	type place struct{ row, i int }
	open := map[int]place{} // column -> the cell that covers it from above
	for _, tr := range rows {
		if tr.child("trPr", "del") != nil {
			continue
		}
		var row []cell
		col := 0
		if before := atoi(tr.child("trPr", "gridBefore").get("val"), 0); before > 0 {
			row = append(row, cell{cols: min(before, maxCols), rows: 1})
			col = before
		}
		for _, tc := range elements(tr, "tc") {
			span := min(max(atoi(tc.child("tcPr", "gridSpan").get("val"), 1), 1), maxCols)
			merge := tc.child("tcPr", "vMerge")
			if above, ok := open[col]; ok && merge != nil && merge.get("val") != "restart" {
				grid[above.row][above.i].rows++
				col += span
				continue
			}
			delete(open, col)
			if merge != nil {
				open[col] = place{len(grid), len(row)}
			}
			row = append(row, cell{text: w.cellText(tc), cols: span, rows: 1})
			col += span
		}
		grid = append(grid, row)
	}
	blocks, err := tableBlocks(grid)
	if err != nil {
		w.err = err
		return
	}
	w.blocks = append(w.blocks, blocks...)
}

// cellText reads a cell with the same walker, so that lists and notes in it
// count on, and takes what it wrote back out as one line.
func (w *word) cellText(tc *node) string {
	start, centred, titled := len(w.blocks), len(w.centred), len(w.titled)
	w.container(tc)
	var parts []string
	for _, b := range w.blocks[start:] {
		if b.kind == table {
			parts = append(parts, strings.Join(tableCells(b), " "))
			continue
		}
		parts = append(parts, b.text)
	}
	w.blocks, w.centred, w.titled = w.blocks[:start], w.centred[:centred], w.titled[:titled]
	return strings.Join(parts, " ")
}

// elements are the elements of that name below n, through the wrappers that
// content controls and tracked insertions put around them.
func elements(n *node, name string) []*node {
	var out []*node
	for _, k := range n.kids {
		switch k.name {
		case name:
			out = append(out, k)
		case "sdt":
			out = append(out, elements(k.child("sdtContent").orEmpty(), name)...)
		case "ins", "customXml":
			out = append(out, elements(k, name)...)
		}
	}
	return out
}

// documentTitle is the paragraph in the style of a title, else the property if
// the text begins with it, else the lines in the middle at the head.
func (w *word) documentTitle(property string) string {
	if len(w.titled) > 0 && w.titled[0] < 10 {
		return w.blocks[w.titled[0]].text
	}
	want := squeeze(property)
	for _, b := range w.blocks[:min(len(w.blocks), 10)] {
		if len([]rune(want)) >= 4 && strings.Contains(squeeze(b.plain()), want) {
			return property
		}
	}
	var centred []string
	for _, i := range w.centred {
		if i < 10 && w.blocks[i].kind != table {
			centred = append(centred, w.blocks[i].text)
			continue
		}
		break
	}
	return centredTitle(centred)
}

// letterhead is what stands above the title of an official letter: whose it is
// and its number, with the name of who signed it.
var letterhead = regexp.MustCompile(`^[\p{Han}\s、（）()]{2,60}(政府|办公厅|办公室|委员会|局|厅|部|委|院|会|署|处|中心|小组|指挥部|集团|公司)\s*文\s*件$|` +
	`[〔\[［【（(]\s*\d{4}\s*[〕\]］】）)]\s*第?\s*\d+\s*号(\s*签发人\s*[：:].{0,20})?$`)

// officeOnly is a line that is no more than the name of an office.
var officeOnly = regexp.MustCompile(`^[^关于]{2,40}(政府|办公厅|办公室|委员会|局|厅|部|委|院|会|署|中心)$`)

var notTitle = regexp.MustCompile(letterhead.String() + `|^[（(].*[）)]$|^\d{4}年\d+月\d+日$|^第[一二三四五六七八九十\d]+[章节编]|^目\s*录$|^第?\s*\d+\s*号$`)

// centredTitle joins the lines in the middle that are a title broken in lines.
func centredTitle(lines []string) string {
	title := ""
	for _, line := range lines {
		if notTitle.MatchString(line) {
			if title != "" && !(letterhead.MatchString(line) && officeOnly.MatchString(title)) {
				break
			}
			title = ""
			continue
		}
		if len([]rune(title+line)) > 100 {
			break
		}
		title += line
		if strings.HasSuffix(title, "通知") || strings.HasSuffix(title, "办法") || strings.HasSuffix(title, "公告") || strings.HasSuffix(title, "意见") ||
			strings.HasSuffix(title, "条例") || strings.HasSuffix(title, "规定") || strings.HasSuffix(title, "细则") || strings.HasSuffix(title, "方案") {
			break
		}
	}
	if len([]rune(title)) < 5 {
		return ""
	}
	return title
}

func atoi(s string, otherwise int) int {
	v, err := strconv.Atoi(strings.TrimSpace(s))
	if err != nil {
		return otherwise
	}
	return v
}
