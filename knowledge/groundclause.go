package knowledge

import (
	"regexp"
	"strings"
	"unicode"

	"liaison/knowledge/zh"
)

// clause is what stands between two commas of a folded text.
type clause struct {
	text     string // letters, Chinese characters, and a mark for each figure with its unit and limit
	figures  []limited
	pairs    map[pair]bool // neighbouring characters of text
	sentence int           // the number of the sentence it is in
	denies   bool
	listed   bool // in a list whose introduction denies: 有下列情形之一的，不予受理：
	depends  bool // it is the condition of the clause behind it
	raw      string
}

type pair [2]rune

// marks reports whether one of the two is no character but stands for a figure.
func (p pair) marks() bool {
	return p[0] == figureMark || p[1] == figureMark || p[0] == shareMark || p[1] == shareMark
}

// The signs for a figure, and behind it for a share, in the text of a clause.
const (
	figureMark = '#'
	shareMark  = '%'
)

// limited is a figure with the side on which it limits what it belongs to.
type limited struct {
	zh.Figure
	side side
}

type side string

const (
	exact side = ""
	upTo  side = "up to" // 不超过, 以下, 以内; of days: 前, 止
	from  side = "from"  // 不低于, 以上; of days: 后, 起
	over  side = "over"
	under side = "under"
	about side = "about"
	ahead side = "ahead" // 60日前, where 60日内 is up to
	after side = "after" // 60日后
)

// limit is a pattern of words beside a figure and the side that they name.
type limit struct {
	words *regexp.Regexp
	side  side
}

// limits reads patterns that are anchored at the figure.
func limits(before bool, words map[side]string) (out []limit) {
	for _, s := range []side{upTo, from, under, over, about, ahead, after} {
		if words[s] == "" {
			continue
		}
		form := `^(?:` + words[s] + `)`
		if before {
			form = `(?:` + words[s] + `)(?:为|是|可达|达到|达|至|到|了)?$`
		}
		out = append(out, limit{regexp.MustCompile(form), s})
	}
	return out
}

var (
	limitsBefore = limits(true, map[side]string{
		upTo:  `(?:最高|最多|至多|最长|上限)?(?:一般)?不(?:得|能)?(?:超过|高于|大于|多于|晚于|迟于)|最高|最多|至多|最长|上限|截至|截止|至|到`,
		from:  `(?:最低|最少|至少|下限)?(?:一般)?不(?:得|能)?(?:低于|少于|小于|早于)|最低|最少|至少|下限|自|从|满`,
		under: `低于|少于|小于|不足|不满|未满|不到|未达|早于`,
		over:  `超过|高于|大于|多于|晚于|逾|超`,
		about: `大约|约|将近|近`,
	})
	limitsBehind = limits(false, map[side]string{
		upTo:  `(?:\(含\)|含|及)?(?:以下|以内|之内|封顶|为限|为止|届满|期满|到期|截止|内|止)`,
		from:  `(?:\(含\)|含|及)?(?:以上|以来|开始|起)`,
		about: `左右|上下`,
		ahead: `(?:以|之|底)?前`,
		after: `(?:以|之)?后`,
	})
	rangeWord = regexp.MustCompile(`^(?:至|到|-|~|—+)$`)
	dayWord   = regexp.MustCompile(`^[至到自从]+$`) // limits days only: 提高到20%
	// 最高补助20万元: the limit is parted from its figure by what is limited.
	partedLimit = regexp.MustCompile(`(?:(最高|最多|至多|最长|上限)|(最低|最少|至少|下限))\p{Han}{1,6}$`)

	serialForm = regexp.MustCompile(`\[\s*\d{4}\s*\]\s*第?\s*\d{1,5}\s*号|[(（]\s*\d{4}\s*[)）]\s*第?\s*\d{1,5}\s*号`)
	countForm  = regexp.MustCompile(strings.NewReplacer("N", `[〇零一二两三四五六七八九十百千万亿]`, "UNIT", unitForm, "WORD", unitWord).Replace(
		`\d{4}[-/.]\d{1,2}[-/.]\d{1,2}|(?:\d{4}|N{4})年(?:(?:\d{1,2}|N{1,2})月(?:(?:\d{1,2}|N{1,3})[日号])?)?|(?:\d{1,2}|N{1,2})月(?:\d{1,2}|N{1,3})[日号]` +
			`|N+分之N+|\d+(?:[.,:]\d+)*[%‰]?[余多]?UNIT|N+WORD|N成|N折`))
	// Words with the character of a denial that deny nothing.
	noDenial    = regexp.MustCompile(`不(?:得|能)?(?:超过|高于|大于|多于|晚于|迟于|低于|少于|小于|早于)|不动产|不锈钢|不断|不同|不良|不便|不仅|不但|不论|不管|不限|无论|无人机|无线|无障碍|未来|未成年|非公|非遗|非物质|非税|非居民`)
	anyDenial   = regexp.MustCompile(`[不未无免没非勿]|禁止|除外|停止|取消|以外`)
	conditional = regexp.MustCompile(`(?:的|时|后|前提下|情况下)$|^(?:对|对于|针对|如|若|凡|当)`)
)

// clausesOf cuts a text into its clauses.
func clausesOf(text string) (out []clause) {
	denied := false // by what introduces the list that we are in
	for n, sentence := range zh.Sentences(text) {
		item := listMark.MatchString(sentence)
		denied = denied && item
		sentence = serialForm.ReplaceAllString(zh.Fold(listMark.ReplaceAllString(sentence, "")), " ")
		for _, part := range cutClauses(sentence) {
			if c := readClause(part); c.text != "" {
				c.sentence = n
				c.listed = denied
				out = append(out, c)
			}
		}
		if !item && len(out) > 0 && strings.HasSuffix(strings.TrimSpace(sentence), ":") {
			denied = out[len(out)-1].denies
		}
	}
	return out
}

// listMark is the number or the sign of a point of a list.
var listMark = regexp.MustCompile(`^\s*(?:[（(][一二三四五六七八九十\d]{1,3}[)）]|[一二三四五六七八九十\d]{1,2}(?:、|\.\s|[)）])|[-*•·]\s)\s*`)

// cutClauses cuts a sentence at commas and colons, but not in 200,000 and 8:30, and
// between the figures of a list: 博士40万元、硕士15万元. What is stated 分别 stays whole.
func cutClauses(sentence string) (parts []string) {
	for _, part := range atCommas(sentence) {
		if strings.Contains(part, "分别") {
			parts = append(parts, part)
			continue
		}
		piece := ""
		for _, next := range parallel.FindAllString(part, -1) {
			if figure := countForm.MatchString(next); figure && countForm.MatchString(piece) {
				parts = append(parts, piece)
				piece = ""
			}
			piece += next
		}
		parts = append(parts, piece)
	}
	return parts
}

// parallel is a member of a list with the word behind it.
var parallel = regexp.MustCompile(`[^、和及与]*[、和及与]?`)

func atCommas(sentence string) (parts []string) {
	r := []rune(sentence)
	digit := func(i int) bool { return i >= 0 && i < len(r) && unicode.IsDigit(r[i]) }
	start := 0
	for i, c := range r {
		if strings.ContainsRune("，,：:", c) && !(digit(i-1) && digit(i+1)) {
			parts, start = append(parts, string(r[start:i])), i+1
		}
	}
	return append(parts, string(r[start:]))
}

func readClause(part string) (c clause) {
	part = strings.Join(strings.Fields(part), "")
	c.raw = part
	var found [][]int
	var figures []zh.Figure
	for _, loc := range countForm.FindAllStringIndex(part, -1) {
		if all := zh.Figures(part[loc[0]:loc[1]]); len(all) > 0 { // not 一个
			found, figures = append(found, loc), append(figures, all[0])
		}
	}
	var plain strings.Builder
	done := 0
	for i, loc := range found {
		next := len(part)
		if i+1 < len(found) {
			next = found[i+1][0]
		}
		f := limited{Figure: figures[i]}
		before, behind := part[done:loc[0]], part[loc[1]:next]
		n := 0
		f.side, n = sideBehind(f.Figure, behind)
		if s, kept := sideBefore(f.Figure, before); s != exact && (f.side == exact || s != from) {
			f.side, before = s, kept
		}
		switch {
		case i > 0 && rangeWord.MatchString(before): // 1000元至2000元
			f.side, before = upTo, ""
		case i+1 < len(found) && rangeWord.MatchString(behind):
			f.side = from
		}
		done = loc[1] + n
		plain.WriteString(before)
		plain.WriteRune(figureMark)
		if sortOf(f.Figure) == "share" {
			plain.WriteRune(shareMark)
		}
		c.figures = append(c.figures, f)
	}
	plain.WriteString(part[done:])
	c.denies = anyDenial.MatchString(noDenial.ReplaceAllString(plain.String(), ""))
	c.text = strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) || r == figureMark || r == shareMark {
			return r
		}
		return -1
	}, plain.String())
	c.depends = conditional.MatchString(c.text)
	c.pairs = make(map[pair]bool)
	eachPair(c.text, func(p pair, _ int) { c.pairs[p] = true })
	return c
}

// sideBefore finds the limit that the end of text sets to the figure behind it, and
// what of text is left without it.
func sideBefore(f zh.Figure, text string) (s side, kept string) {
	for _, l := range limitsBefore {
		at := l.words.FindStringIndex(text)
		if at == nil || f.Kind != zh.Day && dayWord.MatchString(text[at[0]:]) {
			continue
		}
		if strings.HasSuffix(text, "届满") || strings.HasSuffix(text, "期满") { // a day, not a limit
			continue
		}
		return l.side, text[:at[0]]
	}
	switch m := partedLimit.FindStringSubmatch(text); {
	case m == nil:
		return exact, text
	case m[1] != "":
		return upTo, text
	default:
		return from, text
	}
}

// sideBehind finds the limit that the beginning of text sets to the figure before
// it, and how many bytes its words have.
func sideBehind(f zh.Figure, text string) (s side, n int) {
	for _, l := range limitsBehind {
		at := l.words.FindStringIndex(text)
		switch {
		case at == nil:
			continue
		case f.Kind == zh.Day && l.side == ahead:
			return upTo, at[1]
		case f.Kind == zh.Day && l.side == after:
			return from, at[1]
		default:
			return l.side, at[1]
		}
	}
	return exact, 0
}

// eachPair calls yield for each two neighbouring characters of text and where, in
// characters, the first one stands.
func eachPair(text string, yield func(p pair, at int)) {
	r := []rune(text)
	for i := 0; i+1 < len(r); i++ {
		yield(pair{r[i], r[i+1]}, i)
	}
}
