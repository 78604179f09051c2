package knowledge

import (
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"liaison/knowledge/zh"
)

// mask is one kind of writing that is replaced. Go's \b knows ASCII only and sees
// no end between tel and 138, so fits looks at what stands beside a match.
type mask struct {
	pattern *regexp.Regexp
	with    string
	fits    func(before, match, after string) bool
}

// sep is what people write between the groups of a number.
const sep = `[ \t\x{a0}.·_/\x{2010}-\x{2015}\x{2212}-]{0,2}`

// masks are tried in order: a longer number must go before a shorter one that
// could be its part.
var masks = []mask{
	{regexp.MustCompile(`[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+`), "〔邮箱〕", anywhere},
	{regexp.MustCompile(`[1-9]\d{5}` + sep + `(?:18|19|20)\d{2}` + sep + `\d{4}` + sep + `\d{3}[\dXx]`), "〔证件号〕", noDigitBeside},
	{regexp.MustCompile(`(?i)[159ANY][1-59]\d{6}[0-9A-HJ-NP-RTUWXY]{10}`), "〔信用代码〕", noDigitBeside},
	{regexp.MustCompile(`\d{16,}|\d{4}(?:[ -]\d{4}){3}(?:[ -]\d{1,4})?`), "〔银行卡号〕", noDigitBeside},
	{regexp.MustCompile(`[1-9]\d{5}\d{2}(?:0[1-9]|1[0-2])(?:[0-2]\d|3[01])\d{3}`), "〔证件号〕", noDigitBeside},
	{regexp.MustCompile(`(?:(?:\+|00)?86` + sep + `)?1[3-9]\d(?:` + sep + `\d{4}` + sep + `\d{4}|\d` + sep + `\d{4}` + sep + `\d{3})`), "〔电话〕", noDigitBeside},
	{regexp.MustCompile(`(?:[(（]0\d{2,3}[)）]|(?:\+|00)86` + sep + `0?[1-9]\d{1,2}|0\d{2,3})` + sep + `[2-9]\d{6,7}(?:-\d{1,5})?`), "〔电话〕", noDigitBeside},
	{regexp.MustCompile(`(?i)[DEGHMPS]\d{8}|E[A-Z]\d{7}`), "〔证件号〕", noWordBeside},
	{regexp.MustCompile(`[京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼][A-Za-z][ ·•.]?[A-HJ-NP-Za-hj-np-z0-9]{5,6}`), "〔车牌号〕", anywhere},
	{regexp.MustCompile(`((?:我叫|我名叫|我的名字叫|我的名字是|名字叫|姓名(?:是|为)?[:： ]?|联系人(?:是|为)?[:： ]?|法人(?:代表)?(?:叫|是)[:： ]?|本人叫|经办人(?:是|为)?[:： ]?)\s*)(\p{Han}{2,4})`), "${1}〔姓名〕", anywhere},
	{regexp.MustCompile(surnames + `\p{Han}{0,2}(先生|女士|小姐|老板|经理|同志|厂长)`), "〔姓名〕${1}", isPerson},
	{regexp.MustCompile(surnames + `(总)`), "〔姓名〕${1}", isBoss},
}

func anywhere(_, _, _ string) bool { return true }

func noDigitBeside(before, _, after string) bool {
	l, _ := utf8.DecodeLastRuneInString(before)
	r, _ := utf8.DecodeRuneInString(after)
	digit := func(r rune) bool { return r >= '0' && r <= '9' }
	return !digit(l) && !digit(r)
}

func noWordBeside(before, match, after string) bool {
	latin := func(r rune) bool { return unicode.Is(unicode.Latin, r) }
	l, _ := utf8.DecodeLastRuneInString(before)
	r, _ := utf8.DecodeRuneInString(after)
	return noDigitBeside(before, match, after) && !latin(l) && !latin(r)
}

// isPerson tells 项经理 from 项目经理, an office.
func isPerson(_, match, _ string) bool {
	return !slices.Contains([]string{"项目经理", "金融经理"}, match)
}

// isBoss tells 找金总 from 资金总额: 总 is a title only behind a surname that
// begins a word, and before no word that begins with 总.
func isBoss(before, _, after string) bool {
	l, _ := utf8.DecodeLastRuneInString(before)
	r, _ := utf8.DecodeRuneInString(after)
	begins := !unicode.Is(unicode.Han, l) && !unicode.IsDigit(l) || strings.ContainsRune("找和跟与给向由是叫问请系让对的及", l)
	return begins && !strings.ContainsRune("额数量是之部共体结计局面价产投资成建包规则裁监经会工", r)
}

// in replaces what the mask finds in text.
func (m mask) in(text string) string {
	var out []byte
	done := 0
	for at := 0; ; {
		loc := m.pattern.FindStringSubmatchIndex(text[at:])
		if loc == nil {
			return string(append(out, text[done:]...))
		}
		from, to := at+loc[0], at+loc[1]
		if !m.fits(text[:from], text[from:to], text[to:]) {
			_, n := utf8.DecodeRuneInString(text[from:])
			at = from + n // a match that fits may begin inside this one
			continue
		}
		out = append(out, text[done:from]...)
		out = m.pattern.ExpandString(out, m.with, text[at:], loc)
		at, done = to, to
	}
}

const surnames = `[王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗郑梁谢宋唐许韩邓冯曹彭曾肖田董潘袁蔡蒋余于杜叶程魏苏吕丁任卢姚沈钟姜崔谭陆范汪廖石金韦贾夏付方邹熊白孟秦邱侯江尹薛闫雷龙史陶黎贺毛郝顾龚邵万覃武钱戴严莫孔汤岑裘房柴华励胡项徐]`

// MaskPersonal replaces what could identify a person, phone and mobile numbers,
// identity, passport, credit code and bank card numbers, mail addresses, number
// plates and names that are introduced as such, by a word in brackets. Letters and digits come back
// half-width. It finds writings, not meanings: a name without an introduction
// stays.
func MaskPersonal(text string) string {
	text = zh.Narrow(text)
	for _, m := range masks {
		text = m.in(text)
	}
	return text
}

var maskWords = regexp.MustCompile(`〔(?:邮箱|证件号|信用代码|银行卡号|电话|车牌号|姓名)〕`)

// Masks lists what MaskPersonal has put into a text, each once.
func Masks(text string) (out []string) {
	for _, m := range maskWords.FindAllString(text, -1) {
		if !slices.Contains(out, m) {
			out = append(out, m)
		}
	}
	return out
}
