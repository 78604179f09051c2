package knowledge

import (
	"errors"
	"regexp"
	"slices"
	"strings"
	"sync"
	"unicode/utf8"

	_ "embed" // glue.txt

	"liaison/knowledge/zh"
)

//go:embed glue.txt
var glueText string

// glue are the words that an answer may put between those of its source: they
// carry no fact. Denials and limits, which an answer may turn round, are compared by
// themselves.
var glue = sync.OnceValue(func() map[string]bool {
	words := make(map[string]bool)
	for line := range strings.Lines(glueText) {
		if !strings.HasPrefix(line, "#") {
			for _, w := range strings.Fields(line) {
				words[w] = true
			}
		}
	}
	for _, w := range denials {
		words[w] = true
	}
	return words
})

// longestGlue is how many characters the longest of these words has.
const longestGlue = 5

// denials may stand in other words than in the source: 不收费 for 不收取费用.
var denials = []string{"不", "不予", "不得", "不能", "不可", "不会", "不再", "不需", "不需要", "不用", "不必", "无", "无需", "无须", "未", "没", "没有", "免"}

// sourced is what the clauses of an answer are held against.
type sourced struct {
	clauses []clause
	pairs   map[pair]bool // of all clauses
	text    string        // all clauses
	heads   map[pair]bool // of headings, which belong to every clause
}

func sourcedFrom(text string, heads []string) sourced {
	s := sourced{clauses: clausesOf(text), pairs: make(map[pair]bool), heads: make(map[pair]bool)}
	var all strings.Builder
	add := func(c clause) {
		all.WriteString(c.text + "\n")
		for p := range c.pairs {
			s.pairs[p] = true
		}
	}
	for _, c := range s.clauses {
		add(c)
	}
	for _, head := range heads {
		for _, c := range clausesOf(head) {
			add(c)
			for p := range c.pairs {
				s.heads[p] = true
			}
		}
	}
	s.text = all.String()
	return s
}

// check reports why a clause of an answer must not be shown. Before it in its
// sentence stands lead, of which condition is what the answer makes its condition.
func (s sourced) check(c clause, lead, condition []clause) error {
	switch {
	case !s.words(c.text):
		return errors.New("a clause has words that stand in no cited source")
	case s.turned(c.text):
		return errors.New("the text says after where the cited sources say before")
	case !s.bases(c):
		return errors.New("a share is of something else in the cited sources")
	case !s.levels(c.text):
		return errors.New("a level of government is another one in the cited sources")
	case !s.agrees(c, condition):
		return errors.New("a clause states what the cited sources deny, or denies what they state")
	case !s.offices(c):
		return errors.New("an office does in the answer what another one does in the cited sources")
	case !s.figures(c, condition) || !s.respects(c, lead):
		return errors.New("a figure or its limit is tied to something else than in the cited sources")
	}
	return nil
}

// words reports whether text can be put together from neighbouring characters of
// the source, words of it made shorter, and glue.
func (s sourced) words(text string) bool {
	r := []rune(text)
	known := make([]bool, len(r))
	for i, c := range r {
		known[i] = c == figureMark || c == shareMark
	}
	eachPair(text, func(p pair, at int) {
		if s.pairs[p] {
			known[at], known[at+1] = true, true
		}
	})
	reached := make([]bool, len(r)+1)
	reached[0] = true
	for i := range r {
		if !reached[i] {
			continue
		}
		if known[i] {
			reached[i+1] = true
		}
		for n := 1; n <= longestGlue && i+n <= len(r); n++ {
			if glue()[string(r[i:i+n])] {
				reached[i+n] = true
			}
		}
		for n := 2; n <= 4 && i+n <= len(r); n++ {
			if !reached[i+n] && s.shortens(r[i:i+n]) {
				reached[i+n] = true
			}
		}
	}
	return reached[len(r)]
}

// shortens reports whether the source has the characters of word in their order
// with at most two others between two of them: 收费 for 收取费用.
func (s sourced) shortens(word []rune) bool {
	var form strings.Builder
	for i, r := range word {
		if !zh.IsHan(r) || strings.ContainsRune(numerals+negatives, r) {
			return false
		}
		if i > 0 {
			form.WriteString(`\p{Han}{0,2}`)
		}
		form.WriteRune(r)
	}
	return regexp.MustCompile(form.String()).MatchString(s.text)
}

var levelWord = regexp.MustCompile(`国家级|省级|市级|县级|区级|镇级|乡级|村级`)

// levels reports whether the source has every level with what stands behind it:
// not 市级重点项目 for 省级重点项目, though it has 市级财政, too.
func (s sourced) levels(text string) bool {
	for _, loc := range levelWord.FindAllStringIndex(text, -1) {
		if next := []rune(text[loc[1]:]); len(next) > 1 && !glue()[string(next[:1])] && !strings.Contains(s.text, text[loc[0]:loc[1]]+string(next[:1])) {
			return false
		}
	}
	return true
}

// turned reports whether text has 后 behind what the source has 前 behind.
func (s sourced) turned(text string) bool {
	r := []rune(text)
	for i := 2; i < len(r); i++ {
		if word := string(r[i-2 : i]); r[i] == '后' && strings.Contains(s.text, word+"前") && !strings.Contains(s.text, word+"后") {
			return true
		}
	}
	return false
}

var baseWord = regexp.MustCompile(`(\p{Han}{2})的(#%)`)

// bases reports whether the source has the shares of c of what c says that they
// are of: 投资额的10% and not 总投资的10%.
func (s sourced) bases(c clause) bool {
	if !slices.ContainsFunc(c.figures, func(f limited) bool { return sortOf(f.Figure) == "share" }) {
		return true
	}
	for _, m := range baseWord.FindAllStringSubmatch(c.text, -1) {
		if !glue()[m[1]] && !strings.Contains(s.text, m[0]) && !strings.Contains(s.text, m[1]+m[2]) {
			return false
		}
	}
	return true
}

// hits is how many of the pairs of c stand in d.
func (c clause) hits(d clause) int {
	n := 0
	for p := range c.pairs {
		if d.pairs[p] && !p.marks() {
			n++
		}
	}
	return n
}

// letters is how many of the characters of c stand in d: it tells what is alike in
// as many pairs.
func (c clause) letters(d clause) int {
	n := 0
	for _, r := range c.text {
		if r != figureMark && r != shareMark && strings.ContainsRune(d.text, r) {
			n++
		}
	}
	return n
}

// figuresOf reports whether d states a figure of c.
func (c clause) figuresOf(d clause) bool {
	return slices.ContainsFunc(c.figures, func(f limited) bool {
		return slices.ContainsFunc(d.figures, func(g limited) bool { return g.Covers(f.Figure) })
	})
}

// nearest lists the clauses of the source that are most like c, of those that state
// its figures if there are any, and how many pairs they share. Of equal ones those count that stand with what is like the condition.
func (s sourced) nearest(c clause, condition []clause) (near []clause, hits int) {
	best := 0
	stated := slices.ContainsFunc(s.clauses, c.figuresOf)
	for _, d := range s.clauses {
		n := c.hits(d)
		if n == 0 || stated && !c.figuresOf(d) {
			continue
		}
		context := 0
		for _, if_ := range condition {
			for _, e := range s.clauses {
				if e.sentence == d.sentence {
					context = max(context, if_.hits(e))
				}
			}
		}
		switch score := 50*(2*n+context) + c.letters(d); {
		case score > best:
			near, best, hits = []clause{d}, score, n
		case score == best:
			near = append(near, d)
		}
	}
	return near, hits
}

// agrees reports whether c denies what the clauses nearest to it deny.
func (s sourced) agrees(c clause, condition []clause) bool {
	near, hits := s.nearest(c, condition)
	if slices.ContainsFunc(s.clauses, func(d clause) bool { return !c.denies && d.denies && s.undenied(d.text, c) }) {
		return false
	}
	if len(near) == 0 || 3*hits < len(c.pairs) { // too little to tell
		return !c.denies || slices.ContainsFunc(s.clauses, func(d clause) bool { return deniedIn(d.text, c) })
	}
	return slices.ContainsFunc(near, func(d clause) bool {
		switch {
		case d.denies == c.denies:
			return c.denies || c.depends || !d.listed
		case c.denies: // two clauses in one: 已享受补助的项目，不重复补助
			return slices.ContainsFunc(s.clauses, func(e clause) bool { return e.sentence == d.sentence && deniedIn(e.text, c) })
		default: // the condition alone of 提高容积率的不增收价款
			return c.depends && !deniedIn(d.text, c)
		}
	})
}

// undenied reports whether c has what stands before and behind a denial of text, and
// no clause of the source has the two without it: 本科生也享受补贴 from 本科生不享受补贴.
func (s sourced) undenied(text string, c clause) bool {
	for _, loc := range denial.FindAllStringIndex(text, -1) {
		before, behind := []rune(text[:loc[0]]), []rune(text[loc[1]:])
		if len(before) < 2 || len(behind) < 2 {
			continue
		}
		a, b := pair(before[len(before)-2:]), pair(behind[:2])
		if c.pairs[a] && c.pairs[b] && !strings.Contains(s.text, string(a[:])+string(b[:])) {
			return true
		}
	}
	return false
}

// denialForm is a denial with the helping verb behind it: 不再给予.
var denialForm = regexp.MustCompile(`(?:` + denial.String() + `)(?:再|给予|予以|得以)*|停止|取消`)

// deniedIn reports whether text, of a source, denies what c says.
func deniedIn(text string, c clause) bool {
	for _, loc := range denialForm.FindAllStringIndex(text, -1) {
		if behind := []rune(text[loc[1]:]); len(behind) > 1 && c.pairs[pair{behind[0], behind[1]}] {
			return true
		}
	}
	return false
}

var officeWord = regexp.MustCompile(`[省市县区镇乡]?\p{Han}{2}(?:部门|机关|政府|中心|银行|法院|委员会|办公室|局|厅|委|办)`)

// officesIn finds the ends of the names of offices in text, with the level before
// them: 市财政局.
func officesIn(text string) (found [][]int) {
	for _, loc := range officeWord.FindAllStringIndex(text, -1) {
		behind, _ := utf8.DecodeRuneInString(text[loc[1]:])
		last, _ := utf8.DecodeLastRuneInString(text[:loc[1]])
		if last == '办' && strings.ContainsRune("理法公事学证好结件案税", behind) || last == '委' && strings.ContainsRune("托派任员会", behind) {
			continue
		}
		found = append(found, loc)
	}
	return found
}

// offices reports whether the offices that c names are those of the clause that is
// nearest to it but for them, if that one names any.
func (s sourced) offices(c clause) bool {
	named := officesIn(c.text)
	if len(named) == 0 {
		return true
	}
	bare := clause{pairs: make(map[pair]bool)}
	done := 0
	for _, loc := range append(slices.Clone(named), []int{len(c.text), len(c.text)}) {
		from := loc[0]
		for from > done && loc[0] < len(c.text) { // the whole name, and what leads to it
			_, size := utf8.DecodeLastRuneInString(c.text[:from])
			if !strings.Contains(s.text, c.text[from-size:loc[1]]) {
				break
			}
			from -= size
		}
		bare.text += c.text[done:from] + "\n"
		eachPair(c.text[done:from], func(p pair, _ int) { bare.pairs[p] = true })
		done = loc[1]
	}
	near, _ := s.nearest(bare, nil)
	if len(near) == 0 {
		return true
	}
	return slices.ContainsFunc(near, func(d clause) bool {
		have := officesIn(d.text)
		for _, o := range named {
			if len(have) > 0 && !slices.ContainsFunc(have, func(h []int) bool { return strings.HasSuffix(d.text[h[0]:h[1]], c.text[o[0]:o[1]]) }) {
				return false
			}
		}
		return true
	})
}

// figures reports whether the source has each figure of c, on the same side, in a
// clause to which the words of c and of its condition belong.
func (s sourced) figures(c clause, condition []clause) bool {
	for _, f := range c.figures {
		stated, fits := false, false
		for i, d := range s.clauses {
			for _, g := range d.figures {
				if !g.Covers(f.Figure) {
					continue
				}
				stated = true
				if sameSide(f, g) && s.belongs(c, condition, f, i) {
					fits = true
				}
			}
		}
		if stated && !fits {
			return false
		}
	}
	return true
}

// sameSide reports whether g, of a source, limits what f, of an answer, does. A term
// needs no limit: 3个工作日办结 and 3个工作日内办结 are the same.
func sameSide(f, g limited) bool {
	if f.side == g.side {
		return true
	}
	term := sortOf(f.Figure) == "time"
	return term && (f.side == exact && g.side == upTo || f.side == upTo && g.side == exact)
}

// rivals reports whether c has, in the place of f, another figure of its sort.
func (c clause) rivals(f zh.Figure) bool {
	return slices.ContainsFunc(c.figures, func(g limited) bool { return sortOf(g.Figure) == sortOf(f) }) &&
		!slices.ContainsFunc(c.figures, func(g limited) bool { return g.Covers(f) })
}

// belongs reports whether the words of c and its condition are those of the source's
// clause i, which has the figure f, or of its context: not of another sentence, nor
// of a clause that has another figure of that sort.
func (s sourced) belongs(c clause, condition []clause, f limited, i int) bool {
	own := s.clauses[i]
	away, later, earlier := 0, 0, 0
	for _, said := range append([]clause{c}, condition...) {
		for p := range said.pairs {
			if p.marks() || glue()[string(p[:])] || own.pairs[p] || s.heads[p] || !s.pairs[p] {
				continue
			}
			in, after, before, beside := false, false, false, false
			for j, d := range s.clauses {
				switch {
				case !d.pairs[p]:
				case d.sentence != own.sentence:
				case !d.rivals(f.Figure):
					beside = true
				case j > i:
					after = true
				default:
					before = true
				}
				in = in || d.pairs[p] && d.sentence == own.sentence
			}
			switch {
			case beside:
			case !in:
				away++
				if p[0] == '每' { // 每月, 每人
					away++
				}
			case before:
				earlier++
			case after:
				later++
			}
		}
	}
	if away > 1 || later > 0 {
		return false
	}
	return earlier == 0 || s.heading(own, append([]clause{c}, condition...))
}

// heading reports whether the clauses of an answer have something of what only d
// has in its sentence: what it is about.
func (s sourced) heading(d clause, said []clause) bool {
	only := make(map[pair]bool)
	for p := range d.pairs {
		if p.marks() {
			continue
		}
		if !slices.ContainsFunc(s.clauses, func(e clause) bool { return e.sentence == d.sentence && e.text != d.text && e.pairs[p] }) {
			only[p] = true
		}
	}
	if len(only) == 0 {
		return true
	}
	for p := range only {
		if slices.ContainsFunc(said, func(c clause) bool { return c.pairs[p] }) {
			return true
		}
	}
	return false
}
