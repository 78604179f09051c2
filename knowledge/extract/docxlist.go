package extract

import (
	"regexp"
	"strconv"
	"strings"
)

// style is what a paragraph style says of structure.
type style struct {
	name    string
	level   int // 1 to 6 for a heading, 0 for none
	title   bool
	centred bool
	numID   string
	depth   int
}

var headingStyle = regexp.MustCompile(`(?i)^(heading|标题)\s*([1-6])$`)

func readStyles(tree *node) map[string]style {
	nodes := map[string]*node{}
	for _, s := range tree.all("style") {
		nodes[s.get("styleId")] = s
	}
	styles := map[string]style{}
	var resolve func(id string, depth int) style
	resolve = func(id string, depth int) style {
		if st, ok := styles[id]; ok {
			return st
		}
		n := nodes[id]
		if n == nil || depth > 20 { // styles based on each other in a ring
			return style{}
		}
		st := resolve(n.child("basedOn").get("val"), depth+1)
		st.name = n.child("name").get("val")
		if m := headingStyle.FindStringSubmatch(st.name); m != nil {
			st.level = atoi(m[2], 1)
		}
		props := n.child("pPr")
		if v := props.child("outlineLvl").get("val"); v != "" {
			st.level = atoi(v, 9) + 1
		}
		if jc := props.child("jc").get("val"); jc != "" {
			st.centred = jc == "center"
		}
		if v := props.child("numPr", "numId").get("val"); v != "" {
			st.numID = v
		}
		st.depth = atoi(props.child("numPr", "ilvl").get("val"), st.depth)
		st.title = strings.EqualFold(st.name, "title") || st.name == "标题"
		styles[id] = st
		return st
	}
	for id := range nodes {
		resolve(id, 0)
	}
	return styles
}

// numbering is one list definition; several may share an abstract one and then
// count on from each other.
type numbering struct {
	abstract string
	levels   [9]listLevel
}

type listLevel struct {
	format string // decimal, chineseCounting, bullet …
	text   string // 第%1条
	start  int
	tight  bool // nothing between the label and the text
}

func readNumbering(tree *node) map[string]*numbering {
	abstracts := map[string]*node{}
	for _, a := range tree.all("abstractNum") {
		abstracts[a.get("abstractNumId")] = a
	}
	lists := map[string]*numbering{}
	for _, n := range tree.all("num") {
		id := n.get("numId")
		if id == "" {
			continue
		}
		l := &numbering{abstract: n.child("abstractNumId").get("val")}
		readLevels(abstracts[l.abstract], l)
		for _, o := range n.kids {
			if o.name != "lvlOverride" {
				continue
			}
			l.abstract = "override " + id // counts by itself
			readLevels(o, l)
			if i := atoi(o.get("ilvl"), 0); i >= 0 && i < 9 {
				l.levels[i].start = atoi(o.child("startOverride").get("val"), l.levels[i].start)
			}
		}
		lists[id] = l
	}
	return lists
}

func readLevels(n *node, l *numbering) {
	for _, lvl := range n.all("lvl") {
		if i := atoi(lvl.get("ilvl"), 0); i >= 0 && i < 9 {
			l.levels[i] = listLevel{
				format: lvl.child("numFmt").get("val"), text: lvl.child("lvlText").get("val"),
				start: atoi(lvl.child("start").get("val"), 1), tight: lvl.child("suff").get("val") == "nothing",
			}
		}
	}
}

// label counts a paragraph in its list and returns what Word shows before it.
func (w *word) label(props *node, st style) (label string, depth int, listed bool) {
	id, depth := st.numID, st.depth
	if num := props.child("numPr"); num != nil {
		if v := num.child("numId").get("val"); v != "" {
			id = v
		}
		depth = atoi(num.child("ilvl").get("val"), depth)
	}
	list := w.lists[id]
	if list == nil || id == "0" || depth < 0 || depth > 8 {
		return "", 0, false
	}
	counts := w.counters[list.abstract]
	if counts == nil {
		counts = make([]int, 9)
		w.counters[list.abstract] = counts
	}
	for i := range depth {
		if counts[i] == 0 {
			counts[i] = list.levels[i].start
		}
	}
	if counts[depth] == 0 {
		counts[depth] = list.levels[depth].start
	} else {
		counts[depth]++
	}
	for i := depth + 1; i < len(counts); i++ {
		counts[i] = 0
	}
	level := list.levels[depth]
	if level.format == "bullet" {
		return "- ", depth, true
	}
	label = level.text
	for i := range depth + 1 {
		label = strings.ReplaceAll(label, "%"+strconv.Itoa(i+1), numeral(list.levels[i].format, counts[i]))
	}
	if label = tidyLine(label); label == "" {
		return "", 0, false
	}
	last := []rune(label)[len([]rune(label))-1]
	if !level.tight && (isHan(last) || !isWide(last)) {
		label += " "
	}
	return label, depth, true
}

// numeral writes n as a list level counts.
func numeral(format string, n int) string {
	switch format {
	case "chineseCounting", "chineseCountingThousand", "japaneseCounting", "taiwaneseCounting", "taiwaneseCountingThousand", "ideographDigital", "chineseLegalSimplified", "koreanCounting":
		return chineseNumber(n)
	case "ideographTraditional":
		if stems := []rune("甲乙丙丁戊己庚辛壬癸"); n >= 1 && n <= len(stems) {
			return string(stems[n-1])
		}
	case "decimalEnclosedCircle", "decimalEnclosedCircleChinese":
		if n >= 1 && n <= 20 {
			return string(rune('①' + n - 1))
		}
	case "lowerLetter":
		if n >= 1 && n <= 26 {
			return string(rune('a' + n - 1))
		}
	case "upperLetter":
		if n >= 1 && n <= 26 {
			return string(rune('A' + n - 1))
		}
	case "lowerRoman":
		return strings.ToLower(roman(n))
	case "upperRoman":
		return roman(n)
	case "none":
		return ""
	case "decimalZero":
		if n < 10 {
			return "0" + strconv.Itoa(n)
		}
	}
	return strconv.Itoa(n)
}

func roman(n int) string {
	if n < 1 || n > 3999 {
		return strconv.Itoa(n)
	}
	var b strings.Builder
	for _, p := range []struct {
		v int
		s string
	}{{1000, "M"}, {900, "CM"}, {500, "D"}, {400, "CD"}, {100, "C"}, {90, "XC"}, {50, "L"}, {40, "XL"}, {10, "X"}, {9, "IX"}, {5, "V"}, {4, "IV"}, {1, "I"}} {
		for n >= p.v {
			b.WriteString(p.s)
			n -= p.v
		}
	}
	return b.String()
}
