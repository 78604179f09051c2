package knowledge

import (
	"regexp"
	"slices"
	"strconv"
	"strings"

	"liaison/knowledge/zh"
)

// placed is a figure of an English text with the words beside it, up to the next
// figure or the end of the clause: for each that the glossary has, its Chinese.
type placed struct {
	figure         zh.Figure
	before, behind [][]string
}

var englishToken = regexp.MustCompile(`[\x{e000}-\x{f8ff}]|\d(?:[\d,.]*\d)?|` + latinWord.String() + `|[,.;:!?\n]`)

// placedIn lists the figures of text in their order. text and figures come from
// englishFigures.
func placedIn(text string, figures []zh.Figure) (out []placed) {
	var words [][]string
	begun := false // the clause has had a figure
	end := func() {
		if begun {
			out[len(out)-1].behind = words
		}
		words, begun = nil, false
	}
	for _, token := range englishToken.FindAllString(text, -1) {
		sign := []rune(token)[0]
		switch {
		case sign >= figureSign && int(sign-figureSign) < len(figures), sign >= '0' && sign <= '9':
			before := words
			if begun {
				out[len(out)-1].behind = words
			}
			f := zh.Figure{Value: strings.ReplaceAll(token, ",", "")}
			if sign >= figureSign {
				f = figures[sign-figureSign]
			}
			out = append(out, placed{figure: f, before: before})
			words, begun = nil, true
		case strings.ContainsRune(",.;:!?\n", sign):
			end()
		default:
			word := strings.ToLower(token)
			if m := meanings(word); m != nil {
				words = append(words, m)
				continue
			}
			for half := range strings.SplitSeq(word, "-") {
				if m := meanings(half); m != nil {
					words = append(words, m)
				}
			}
		}
	}
	end()
	return out
}

// misplaced reports whether a figure of an English text has words beside it that
// source has rather beside another figure of its sort, or figures of one sort come
// in another order than in source. The order is much to ask; it is what tells
// figures whose words are not known.
func misplaced(text string, figures []zh.Figure, source string) bool {
	want := placedIn(text, figures)
	var have []standing
	for _, clause := range strings.FieldsFunc(source, betweenClauses) {
		have = append(have, figuresIn(clause)...)
	}
	said := clausesOf(source)
	next := make(map[string]int) // by sort: where in have the next figure may stand
	for _, p := range want {
		sort := sortOf(p.figure)
		own, other := -1, -1
		known, follows := false, false
		for i, h := range have {
			switch {
			case h.figure.Covers(p.figure):
				own = max(own, p.fits(h))
				known = true
				if !follows && i >= next[sort] {
					next[sort], follows = i, true
				}
			case sortOf(h.figure) == sort:
				other = max(other, p.fits(h))
			}
		}
		if known && (!follows || sort != "day" && (other > own || !p.of(said))) {
			return true
		}
	}
	return false
}

// of reports whether a clause of source that states the figure of p has the words
// beside it, as far as a clause of the same sentence with another figure has them:
// not 60 percent for large enterprises where 中小企业按60%，大型企业按30%.
func (p placed) of(clauses []clause) bool {
	for _, own := range clauses {
		if !slices.ContainsFunc(own.figures, func(f limited) bool { return f.Covers(p.figure) }) {
			continue
		}
		if !slices.ContainsFunc(slices.Concat(p.before, p.behind), func(word []string) bool {
			return !containsAny(own.text, word) && slices.ContainsFunc(clauses, func(d clause) bool {
				return d.sentence == own.sentence && d.rivals(p.figure) && containsAny(d.text, word)
			})
		}) {
			return true
		}
	}
	return false
}

// fits is how well the words beside p fit those beside h: most where both have
// them behind the figure, as a noun that is counted, and least what stands before
// it in English, which may belong to the figure before.
func (p placed) fits(h standing) int {
	before := slices.Clone(h.before[:upToFigure(h.before)])
	slices.Reverse(before)
	behind := string(h.behind[:upToFigure(h.behind)])
	n := 0
	for _, w := range p.behind {
		switch {
		case containsAny(behind, w):
			n += 3
		case containsAny(string(before), w):
			n += 2
		}
	}
	for _, w := range p.before {
		if containsAny(string(before), w) || containsAny(behind, w) {
			n++
		}
	}
	return n
}

// upToFigure is how much of the surroundings of a figure comes before the next one.
func upToFigure(beside []rune) int {
	if i := slices.Index(beside, '#'); i >= 0 {
		return i
	}
	return len(beside)
}

// sortOf tells the sorts of figures apart of which one may be taken for another.
func sortOf(f zh.Figure) string {
	year, err := strconv.Atoi(f.Value)
	switch {
	case f.Kind == zh.Day, err == nil && f.Unit == "" && year >= 1900 && year < 2100:
		return "day"
	case f.Kind == zh.Serial:
		return "serial"
	case strings.HasSuffix(f.Value, "%"):
		return "share"
	case strings.HasSuffix(f.Unit, "元"):
		return "money"
	case slices.Contains([]string{"天", "工作日", "周", "个月", "年", "小时", "分钟"}, f.Unit):
		return "time"
	}
	return "count"
}
