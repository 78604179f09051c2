package knowledge

import (
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"liaison/knowledge/zh"
)

// kept is the share of text's Chinese characters that stand in source in runs of
// three or more. Pairs alone meet by chance in a long source; a sentence that
// keeps no three characters together was not taken from it. Short text counts as
// kept: there is too little of it to tell.
func kept(text, source string) float64 {
	in := make(map[[3]rune]bool)
	eachTriple(source, func(t [3]rune, _ int) { in[t] = true })
	han := onlyHan(text)
	if len(han) < 6 {
		return 1
	}
	covered := make([]bool, len(han))
	eachTriple(text, func(t [3]rune, at int) {
		if in[t] {
			covered[at], covered[at+1], covered[at+2] = true, true, true
		}
	})
	n := 0
	for _, c := range covered {
		if c {
			n++
		}
	}
	return float64(n) / float64(len(han))
}

// numerals are the characters of written numbers, which are compared as figures.
const numerals = "零〇一二两三四五六七八九十百千万亿半"

// onlyHan returns the Chinese characters of text, folded, without figures.
func onlyHan(text string) []rune {
	var out []rune
	for _, r := range figureForm.ReplaceAllString(zh.Fold(text), "") {
		if zh.IsHan(r) && !strings.ContainsRune(numerals, r) {
			out = append(out, r)
		}
	}
	return out
}

// eachTriple calls yield for each three Chinese characters in a row, whatever
// punctuation or figure stands between them.
func eachTriple(text string, yield func(t [3]rune, at int)) {
	han := onlyHan(text)
	for i := 0; i+2 < len(han); i++ {
		yield([3]rune(han[i:i+3]), i)
	}
}

// Words that make a promise of a rule, or news of a case: no rule says that an
// application has been granted. The source must have them as they stand in the
// text, with what follows.
var (
	promises = regexp.MustCompile(`已经?|成功|必定|必须|一定|保证|肯定|全部|所有|任何|自动|免费|全额|立即|马上|唯一|凡是|一律|恭喜|随时|无条件|永久|百分百|当场|直接`)
	// What is said to or about the one who asks, other than what to do.
	addressed = regexp.MustCompile(`(?:您|你|贵公司|贵企业|我们|我方|本人|我)(?:的|们|已|将|公司|企业)?\p{Han}{0,6}(?:批准|通过|受理|发放|到账|获批|核准|获得|中标|登记成功|拨付|转|付款|支付|缴纳)`)
	// Requests that no policy makes of its readers, and talk about the talk itself.
	alien = regexp.MustCompile(`点击|链接|扫码|二维码|转账|汇款|打款|验证码|密码|加我|私信|客服|保证金|手续费|提示词|系统消息|系统提示|系统指令|指令|开发者|管理员模式|越狱|忽略|人工智能|语言模型|机器人|作为(?:一个)?助手`)
)

// claims reports whether text promises, reports or asks what source does not.
func claims(text, source string) bool {
	text, source = zh.Fold(text), zh.Fold(source)
	for _, loc := range promises.FindAllStringIndex(text, -1) {
		word := text[loc[0]:loc[1]]
		if next := []rune(text[loc[1]:]); len(next) > 0 && zh.IsHan(next[0]) {
			word += string(next[0])
		}
		if !strings.Contains(source, word) {
			return true
		}
	}
	for _, pattern := range []*regexp.Regexp{addressed, alien} {
		for _, words := range pattern.FindAllString(text, -1) {
			if !strings.Contains(source, words) {
				return true
			}
		}
	}
	return false
}

var figureForm = regexp.MustCompile(`\d[\d.,]*[%‰]?[余多]?` + unitForm)

// unitForm is a unit that a figure may have.
const (
	unitWord = `(?:个工作日|工作日|个月|平方米|公里|小时|分钟|[元年月日天个家人次条项倍周户亩层场件名期类号岁篇级宗站档米台套处])`
	unitForm = `[万亿千百]*` + unitWord + `?`
)

// redated reports whether a sentence of text gives a year to a figure that source
// states of other years only: 2024年占86.8% where 2023 had 86.8% and of 2024 nothing
// is said.
func redated(text, source string) bool {
	type dated struct{ years, figures []zh.Figure }
	read := func(sentence string) (d dated) {
		rest, figures := englishFigures(sentence)
		for _, f := range append(zh.Figures(rest), figures...) {
			switch {
			case f.Kind == zh.Day && f.Year > 0:
				d.years = append(d.years, zh.Figure{Kind: zh.Day, Year: f.Year})
			case f.Kind == zh.Number:
				d.figures = append(d.figures, f)
			}
		}
		return d
	}
	var have []dated
	for _, sentence := range zh.Sentences(source) {
		have = append(have, read(sentence))
	}
	for _, sentence := range zh.Sentences(text) {
		want := read(sentence)
		for _, f := range want.figures {
			if len(want.years) == 0 || covered(want.years, f) { // a year, as a number
				continue
			}
			stated, agreed := false, false
			for _, h := range have {
				if covered(h.figures, f) {
					stated = true
					agreed = agreed || len(h.years) == 0 || slices.ContainsFunc(want.years, func(y zh.Figure) bool { return slices.Contains(h.years, y) })
				}
			}
			if stated && !agreed {
				return true
			}
		}
	}
	return false
}

// standing is a figure in digits or numerals with what stands before it, backwards, and behind it:
// letters and Chinese characters, and # for other figures.
type standing struct {
	figure         zh.Figure
	before, behind []rune
}

// maxBeside is how far the surroundings of a figure reach, in characters.
const maxBeside = 12

func figuresIn(text string) (out []standing) {
	var plain []rune // the text without punctuation, figures as #
	var at []int
	folded := zh.Fold(text)
	for i := 0; i < len(folded); {
		if figure, n := figureAt(folded[i:]); n > 0 {
			at = append(at, len(plain))
			plain = append(plain, '#')
			if strings.Contains(folded[i:i+n], "分之") {
				plain = append(plain, '%')
			}
			out = append(out, standing{figure: figure})
			i += n
			continue
		}
		r, size := utf8.DecodeRuneInString(folded[i:])
		i += size
		if unicode.IsLetter(r) || r == '%' {
			plain = append(plain, r)
		}
	}
	for i := range out {
		before := slices.Clone(plain[max(0, at[i]-maxBeside):at[i]])
		slices.Reverse(before)
		out[i].before = before
		out[i].behind = plain[at[i]+1 : min(len(plain), at[i]+1+maxBeside)]
	}
	return out
}

var (
	digitRun   = regexp.MustCompile(`^\d[\d.,]*`)
	numeralRun = regexp.MustCompile(`^(?:[零〇一二两三四五六七八九十百千]+分之)?[零〇一二两三四五六七八九十百千]+(?:[万亿][零〇一二两三四五六七八九十百千]+)*`)
)

// figureAt reads the figure at the beginning of folded text and how many bytes of
// digits or numerals it has, 0 for no figure. The unit is read and not counted.
func figureAt(text string) (f zh.Figure, n int) {
	near := func(n int) string { return text[:min(len(text), n+24)] }
	if n = len(digitRun.FindString(text)); n > 0 {
		if all := zh.Figures(near(n)); len(all) > 0 {
			return all[0], n
		}
		return zh.Figure{Value: text[:n]}, n
	}
	if n = len(numeralRun.FindString(text)); n == 0 {
		return f, 0
	}
	// 一般 and 一个 begin with a numeral and state no figure: then what is read is
	// the same without it.
	all, behind := zh.Figures(near(n)), zh.Figures(near(n)[n:])
	if len(all) == 0 || len(behind) > 0 && all[0] == behind[0] {
		return f, 0
	}
	return all[0], n
}

// denial finds the words that turn a statement round.
var denial = regexp.MustCompile(`不得|不予|不能|不再|不需|不会|不应|不可|不|未|无需|无须|没有|禁止|免`)

// verbatim reports whether source has the sentence as it is, from the beginning
// of a clause to the end of one.
func verbatim(sentence, source string) bool {
	sentence = strings.TrimFunc(zh.Fold(sentence), func(r rune) bool { return unicode.IsPunct(r) || unicode.IsSpace(r) })
	source = zh.Fold(source)
	inner := func(r rune) bool { return unicode.IsLetter(r) || unicode.IsNumber(r) }
	for at := 0; sentence != ""; {
		i := strings.Index(source[at:], sentence)
		if i < 0 {
			return false
		}
		at += i
		before, _ := utf8.DecodeLastRuneInString(source[:at])
		behind, _ := utf8.DecodeRuneInString(source[at+len(sentence):])
		if !inner(before) && !inner(behind) {
			return true
		}
		at += len(sentence)
	}
	return false
}
