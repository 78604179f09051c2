package knowledge

import (
	"math"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"liaison/knowledge/index"
	"liaison/knowledge/zh"
)

// A question is read against the best units sentence by sentence: what an answer
// needs is that one place holds what the question is about and gives what it
// seeks. signals are what is seen of that in one sentence; they choose what is
// quoted, and those of the best sentence decide whether to answer.

// signal names one of the signals of a sentence or of the best match.
type signal int

// The signals of a sentence. Shares are of the weight of the question's words,
// 0 to 1, so that its length does not move them.
const (
	inSentence   signal = iota // what the sentence holds
	inContext                  // and what the titles above it and its introduction hold
	inNeighbours               // and the sentences beside it
	inUnit                     // and the rest of the unit
	pairSentence               // share of the question's pairs of characters, squared weights
	pairContext
	givesFigure  // a figure of the sort that is sought
	figureBeside // one in a sentence beside it
	givesNone    // a figure is sought and neither has it
	givesCounted // a number of what is counted in the question
	givesHint    // what is usual in answers of the sort that is sought
	figureNear   // share held within nearFigure characters of the figure
	inOwnTitle   // what the title and the other wordings of the unit hold
	likeTitle    // how alike the question and the title or another wording of the unit are
	saysNone     // it says that something is not stated, which was not asked for
	saysSought   // it says so of what was asked for
	otherYear    // the question names a year, the sentence only others
	unitScore    // score of the unit, as a share of the best one's
	unitFirst    // it is the best unit
	docFirst     // it is of the best unit's document
	docShare     // share of the units read that are of its document
	isQuestion
	isHeading
	isShort // shorter than shortSentence
	isLong
	isFirst  // of its unit
	answersQ // follows the question, in the title or before, of a pair of question and answer
	sentenceSignals
)

var signalNames = [...]string{
	"in_sentence", "in_context", "in_neighbours", "in_unit", "pair_sentence", "pair_context",
	"gives_figure", "figure_beside", "gives_none", "gives_counted", "gives_hint", "figure_near", "in_title", "like_title", "says_none", "says_sought", "other_year", "unit_score", "unit_first", "doc_first", "doc_share",
	"is_question", "is_heading", "is_short", "is_long", "is_first", "answers_q",
}

const (
	nearFigure    = 25 // characters to either side
	shortSentence = 12
	longSentence  = 150
)

// need is a word of the question that is not only there to ask.
type need struct {
	text   string
	weight float64
	pairs  []string // of neighbouring characters, if it has three characters or more
	forms  []string // other ways to say it, best first
	worth  []float64
}

// needs are what a question is about.
type needs struct {
	words  []need
	total  float64 // weights of words, above 0
	sought aim
	years  []int // that the question names
}

// filler are words that say nothing about the matter; those that ask are told by
// askingRunes.
var filler = func() map[string]bool {
	m := make(map[string]bool)
	for w := range strings.FieldsSeq(`一下 一个 一个月 一年 一天 每年 每月 今年 现在 目前 最多 最少 至少 最高 最低 最长 最大 大概 大约 自己 人家 那个 这个 那种 这种 想 听说 知道 告诉 麻烦 帮忙 帮 谢谢
		已经 还是 或者 如果 要是 的话 然后 因为 所以 但是 不过 就是 可能 需要 应该 能 能够 会 要 去 来 做 搞 弄 办 办理 得 着 过 再 才 只 就 都 也 很 太 好 上 下 里 里面 中 后 之后 前 之前 以后 以前 时候 时
		问 请 用 让 叫 被 比 个 位 点 些 次 种 样 第 每 每个 各 本 该 某 另 外 其他 其它 别的 一 二 两 三 什么 怎么 钱 多 少 大 小 新 老 行 成 没 没有 不 不是 不能 不会 不要 人 东西 事 事情 地方 问题 相关 有关 情况 方面 具体`) {
		m[w] = true
	}
	return m
}()

// needsOf reads what the question is about.
func (l *Library) needsOf(q *query) *needs {
	n := &needs{sought: q.sought}
	n.years = append(yearsAsked(string(q.folded)), shortYears(string(q.folded))...)
	forms := l.otherForms(q.folded)
	for _, s := range q.cut {
		text := string(q.folded[s.from:s.to])
		if filler[text] || count1(q.asks[s.from:s.to]) == s.to-s.from {
			continue
		}
		w := need{text: text}
		for i := s.from + 1; i < s.to && s.to-s.from >= 3; i++ {
			w.pairs = append(w.pairs, string(q.folded[i-1:i+1]))
		}
		w.weight = l.needWeight(s, text)
		if s.entry.sort == 'o' || text[0] < utf8.RuneSelf && strings.Trim(text, "0123456789.,%") == "" {
			w.weight *= 0.4
		}
		for _, f := range forms {
			switch {
			case f.from <= s.from && s.to <= f.to:
				w.forms, w.worth = append(w.forms, f.text), append(w.worth, f.worth)
			case s.from <= f.from && f.to <= s.to:
				share := float64(f.to-f.from) / float64(s.to-s.from)
				w.forms, w.worth = append(w.forms, f.text), append(w.worth, f.worth*share)
			}
		}
		n.words = append(n.words, w)
		n.total += w.weight
	}
	n.total = max(n.total, 1e-9)
	return n
}

// otherForm is another way to say a part of a question.
type otherForm struct {
	from, to int
	text     string
	worth    float64
}

func (l *Library) otherForms(folded []rune) []otherForm {
	var out []otherForm
	l.eachSynonym(folded, func(from, to int, text string, factor float32) {
		out = append(out, otherForm{from, to, text, float64(factor)})
	})
	zh.EachSpelling(folded, func(from, to int, text string) {
		out = append(out, otherForm{from, to, text, spellingFactor})
	})
	return out
}

// shortYear finds a year by its last two digits, as people write it: 25年第一批, not
// 缴满25年.
var shortYear = regexp.MustCompile(`(?:^|[^\d满够了过龄期前近约]\s?)(2\d)年(?:[^以之内前后限期龄工]|$)`)

func shortYears(folded string) []int {
	var out []int
	for _, m := range shortYear.FindAllStringSubmatch(folded, -1) {
		out = append(out, 2000+digits(m[1]))
	}
	return out
}

// otherYears reports whether a sentence names years, but none of those asked for.
func otherYears(asked []int, sentence string) bool {
	stated := yearsOf(zh.Figures(sentence))
	return len(stated) > 0 && !slices.ContainsFunc(asked, func(y int) bool { return slices.Contains(stated, y) })
}

// needWeight mixes rarity in the library with that in everyday Chinese, so that
// a small library does not make a plain word telling.
func (l *Library) needWeight(s segment, text string) float64 {
	n := l.passages.Len()
	count := n
	zh.EachTerm([]rune(text), func(t zh.Term, from, to int) {
		if to-from == s.to-s.from || !t.Unigram() {
			count = min(count, l.passages.Count(t))
		}
	})
	weight := 0.6*index.IDF(count, n)/index.IDF(0, n) + 0.4*s.entry.rarity(text)
	if s.to-s.from == 1 {
		weight *= unigramFactor
	}
	return weight
}

// heldBy is how far text holds the word, 0 to 1.
func (w *need) heldBy(text string) float64 {
	if strings.Contains(text, w.text) {
		return 1
	}
	best := 0.0
	for i, f := range w.forms {
		if w.worth[i] > best && strings.Contains(text, f) {
			best = w.worth[i]
		}
	}
	if len(w.pairs) > 0 && best < partWorth {
		held := 0
		for _, pair := range w.pairs {
			if strings.Contains(text, pair) {
				held++
			}
		}
		best = max(best, partWorth*float64(held)/float64(len(w.pairs)))
	}
	return best
}

// partWorth is what a word counts of which all pairs of characters are there, but
// not together.
const partWorth = 0.7

// sentence is a sentence of a unit, read.
type sentence struct {
	unit    int // of the library
	at      int // in the spans of its unit
	signals [sentenceSignals]float64
	score   float64 // by the weights of the decision
}

// page is a unit cut into sentences. It is not changed once it is made.
type page struct {
	hit    Hit
	spans  []Span
	folded []string
	signs  []signs // of each of these, for patterns of inSentences
	title  string  // of the unit, with its other wordings
	titles string  // and what stands above: the path, the document
	rest   string  // the whole unit
}

// maxOpened is how many pages a library keeps; they are some kilobytes each.
const maxOpened = 512

// open returns the page of the hit. Those that are asked for most are kept.
func (l *Library) open(h Hit) page {
	p, ok := l.opened.Get(h.unit)
	if !ok {
		p = l.page(h.unit)
		l.opened.Add(h.unit, p)
	}
	p.hit = h
	return p
}

func (l *Library) page(unit int) page {
	u, d := l.unit(unit), l.docOf(unit)
	p := page{spans: spansOf(u.Body)}
	p.title = zh.Fold(u.Title + "\n" + strings.Join(u.Aliases, "\n"))
	p.titles = zh.Fold(d.Title+"\n"+d.Place+"\n"+u.Path+"\n") + p.title
	for i, s := range p.spans {
		p.folded = append(p.folded, zh.Fold(s.Text))
		p.signs = append(p.signs, inSentences.signs(p.folded[i]))
	}
	p.rest = p.titles + "\n" + strings.Join(p.folded, "")
	return p
}

var (
	introduces = ending(":")
	listed     = ending(":;")
	itemStart  = inSentences.pattern(`^\s*(?:[-*•·●]|[(（]?[\d一二三四五六七八九十]{1,3}[)）.、．]|[①-⑳])`)
	notStated  = inSentences.pattern(`未列明|未写明|没有写|未规定|未明确`)
	anyNumeral = inSentences.pattern(`[\d零〇一二三四五六七八九两十壹贰叁肆伍陆柒捌玖拾]`)
	questioned = inSentences.pattern(`[?？]\s*$|^\s*(?:\*\*)?(?:问|q\d*)[::]`)
)

// ending is a set of ASCII signs that a text may end with, spaces aside.
type ending string

// MatchString reports whether text ends with one of the signs.
func (e ending) MatchString(text string) bool {
	text = strings.TrimRight(text, " \t\n\f\r")
	return text != "" && strings.IndexByte(string(e), text[len(text)-1]) >= 0
}

// introduction returns the sentence that introduces the list which sentence i is
// an item of, -1 for none.
func (p *page) introduction(i int) int {
	if i == 0 || !itemStart.in(p.folded[i], p.signs[i]) && !listed.MatchString(p.folded[i-1]) {
		return -1
	}
	for j := i - 1; j >= max(0, i-12); j-- {
		if introduces.MatchString(p.folded[j]) {
			return j
		}
	}
	return -1
}

// read returns the sentences of the best units with their signals.
func (l *Library) read(q *query, n *needs, hits []Hit) ([]page, []sentence) {
	var pages []page
	var out []sentence
	for _, h := range hits {
		p := l.open(h)
		pages = append(pages, p)
		share := 0.0
		for _, o := range hits {
			if l.units[o.unit].doc == l.units[h.unit].doc {
				share += 1 / float64(len(hits))
			}
		}
		unit := n.held(p.rest)
		top := n.held(p.titles)
		inUnitTitle := n.share(n.held(p.title))
		like := q.like(l.unit(h.unit))
		pairTitles := make([]bool, len(q.terms))
		q.holds(p.titles, pairTitles)
		each := make([][]float64, len(p.spans))
		for i := range p.spans {
			each[i] = n.held(p.folded[i])
		}
		for i := range p.spans {
			s := sentence{unit: h.unit, at: i}
			context := merged(top, each[i])
			intro := p.introduction(i)
			if intro >= 0 {
				context = merged(context, each[intro])
			}
			around := context
			if i > 0 {
				around = merged(around, each[i-1])
			}
			if i+1 < len(each) {
				around = merged(around, each[i+1])
			}
			g := &s.signals
			g[inSentence] = n.share(each[i])
			g[inContext] = n.share(context)
			g[inNeighbours] = n.share(around)
			g[inUnit] = n.share(unit)
			q.pairs(&s, p.folded[i], pairTitles)
			n.gives(g, &p, i, each[i])
			g[inOwnTitle], g[likeTitle] = inUnitTitle, like
			if notStated.in(p.folded[i], p.signs[i]) {
				sought := q.asksFor(p.folded[i])
				g[saysNone], g[saysSought] = flag(!sought), flag(sought)
				if sought { // that it is not stated is what there is to know
					g[givesNone] = 0
				}
			}
			g[otherYear] = flag(len(n.years) > 0 && anyNumeral.fits(p.signs[i]) && otherYears(n.years, p.folded[i]))
			g[unitScore] = h.Score / hits[0].Score
			g[unitFirst] = flag(h.unit == hits[0].unit)
			g[docFirst] = flag(l.units[h.unit].doc == l.units[hits[0].unit].doc)
			g[docShare] = share
			g[isQuestion] = flag(questioned.in(p.folded[i], p.signs[i]))
			g[isHeading] = flag(strings.HasPrefix(p.folded[i], "#"))
			size := utf8.RuneCountInString(p.folded[i])
			g[isShort], g[isLong] = flag(size < shortSentence), flag(size > longSentence)
			g[isFirst] = flag(i == 0)
			g[answersQ] = flag(i > 0 && questioned.in(p.folded[i-1], p.signs[i-1]) || i == 0 && questioned.MatchString(strings.TrimSpace(p.titles)))
			out = append(out, s)
		}
	}
	return pages, out
}

// like is how alike the question is to the title of u or another wording of it: the
// share of pairs of characters that both have, 0 to 1.
func (q *query) like(u *Unit) float64 {
	best := pairShare(q.folded, []rune(zh.Fold(u.Title)))
	for _, a := range u.Aliases {
		best = max(best, pairShare(q.folded, []rune(zh.Fold(a))))
	}
	return best
}

func pairShare(a, b []rune) float64 {
	if len(a) < 2 || len(b) < 2 {
		return 0
	}
	return min(1, 2*float64(pairsHeld(a, b))/float64(len(a)+len(b)-2))
}

func flag(b bool) float64 {
	if b {
		return 1
	}
	return 0
}

// held tells how far text holds each word.
func (n *needs) held(text string) []float64 {
	out := make([]float64, len(n.words))
	for i := range n.words {
		out[i] = n.words[i].heldBy(text)
	}
	return out
}

func merged(a, b []float64) []float64 {
	out := make([]float64, len(a))
	for i := range a {
		out[i] = max(a[i], b[i])
	}
	return out
}

// share is how much of the weight is held.
func (n *needs) share(held []float64) float64 {
	sum := 0.0
	for i, w := range n.words {
		sum += w.weight * held[i]
	}
	return sum / n.total
}

// absent is the share of the words, by weight, that are hardly held at all.
func (n *needs) absent(held []float64) float64 {
	sum := 0.0
	for i, w := range n.words {
		if held[i] < absentBelow {
			sum += w.weight
		}
	}
	return sum / n.total
}

const absentBelow = 0.3

// holds marks the terms of the question that folded text has.
func (q *query) holds(text string, in []bool) {
	zh.EachTerm([]rune(text), func(t zh.Term, _, _ int) {
		if i, ok := q.find(t); ok {
			in[i] = true
		}
	})
}

// pairs sets the signals that go by pairs of characters.
func (q *query) pairs(s *sentence, text string, titles []bool) {
	in := make([]bool, len(q.terms))
	q.holds(text, in)
	var all, own, context float64
	for i, t := range q.terms {
		w := t.telling * t.telling
		all += w
		if in[i] {
			own += w
		}
		if in[i] || titles[i] {
			context += w
		}
	}
	if all > 0 {
		s.signals[pairSentence], s.signals[pairContext] = own/all, context/all
	}
}

// gives sets the signals about what the question seeks.
func (n *needs) gives(g *[sentenceSignals]float64, p *page, i int, held []float64) {
	text, has := p.folded[i], p.signs[i]
	for _, f := range n.sought.figures {
		var at [][]int
		if f.fits(has) {
			at = f.FindAllStringIndex(text, 8)
		}
		if len(at) == 0 {
			if p.besides(i, f) {
				g[figureBeside] = 1
			}
			continue
		}
		g[givesFigure] = 1
		for _, m := range at {
			share := n.share(n.held(around(text, m[0], m[1], nearFigure)))
			g[figureNear] = max(g[figureNear], share)
		}
	}
	if len(n.sought.figures) > 0 && g[givesFigure] == 0 && g[figureBeside] == 0 {
		g[givesNone] = 1
	}
	for _, c := range n.sought.counted {
		if c.in(text, has) {
			g[givesCounted] = 1
		}
	}
	hits := 0
	for _, h := range n.sought.hints {
		if h.in(text, has) {
			hits++
		}
	}
	if hits > 0 {
		g[givesHint] = float64(hits) / float64(len(n.sought.hints))
	}
}

// besides reports whether f matches the sentences beside sentence i.
func (p *page) besides(i int, f *pattern) bool {
	var before, after string
	var has signs
	if i > 0 {
		before, has = p.folded[i-1], p.signs[i-1]
	}
	if i+1 < len(p.folded) {
		after, has = p.folded[i+1], has.with(p.signs[i+1])
	}
	return f.fits(has) && f.Regexp.MatchString(before+after)
}

// around returns the part of text from size characters before byte from to size
// after byte to.
func around(text string, from, to, size int) string {
	for range size {
		_, n := utf8.DecodeLastRuneInString(text[:from])
		from -= n
		_, n = utf8.DecodeRuneInString(text[to:])
		to += n
	}
	return text[from:to]
}

// logistic turns a sum of weighted signals into 0 to 1.
func logistic(z float64) float64 { return 1 / (1 + math.Exp(-z)) }
