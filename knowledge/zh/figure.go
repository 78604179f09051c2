package zh

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Kind says what a Figure states.
type Kind int

const (
	Number Kind = iota // a count, an amount or a percentage
	Day                // a date, or a part of one
	Serial             // the number of a document, 慈政办发〔2022〕24号
)

// Figure is one number, date or document number that a text states, in a form
// that does not depend on how it was written: 30%, ３０％ and 百分之三十 are equal.
type Figure struct {
	Kind  Kind
	Value string // digits, with % for shares and + for 余; the serial for Serial; 数百万 as written
	Unit  string // what is counted, of a short list (元, 天, 工作日 ...), or ""
	Year  int    // Day only; 0 when not stated
	Month int
	Date  int
}

// Covers reports whether f, found in a source, vouches for g, found in an
// answer: the same value, no date part that f does not state, and the same unit,
// which g may leave out. A number without a unit vouches for no amount.
func (f Figure) Covers(g Figure) bool {
	if f.Kind != g.Kind {
		return f.year() != "" && f.year() == g.year()
	}
	if f.Kind == Day {
		same := func(have, want int) bool { return want == 0 || have == want }
		return same(f.Year, g.Year) && same(f.Month, g.Month) && same(f.Date, g.Date)
	}
	return f.Value == g.Value && (f.Unit == g.Unit || g.Unit == "")
}

// year is the value of a figure that states, or may state, a year and no more of
// a date: 2024年, or a bare 2024 as in 2022-2024. A full date vouches for its year.
func (f Figure) year() string {
	switch {
	case f.Kind == Day && f.Year > 0:
		return strconv.Itoa(f.Year)
	case f.Kind == Number && f.Unit == "" && len(f.Value) == 4:
		return f.Value
	}
	return ""
}

// String writes the figure for messages to developers.
func (f Figure) String() string {
	if f.Kind == Day {
		return fmt.Sprintf("%d-%d-%d", f.Year, f.Month, f.Date)
	}
	return f.Value + f.Unit
}

var (
	serialEnd   = regexp.MustCompile(`^[\[(（]\s*(\d{4})\s*[\])）]\s*(?:第)?\s*(\d{1,5})\s*号`)
	datePattern = regexp.MustCompile(`(\d{4})\s*[-/.]\s*(\d{1,2})\s*[-/.]\s*(\d{1,2})`)
)

// figureUnits are the units that tell two equal numbers apart, longest first.
var figureUnits = []string{
	"个工作日", "个百分点", "工作日", "个自然日", "自然日", "百分点", "平方公里", "平方米", "立方米", "个月", "小时", "分钟",
	"公里", "公顷", "公斤", "千瓦", "季度", "美元", "欧元", "港元",
	"元", "年", "月", "日", "天", "个", "家", "人", "次", "条", "项", "倍", "周", "户", "亩", "层",
	"场", "件", "名", "期", "类", "号", "岁", "篇", "套", "成", "折", "级", "款", "章", "宗", "站",
	"档", "届", "吨", "米", "块", "台", "辆", "座", "份", "位", "批", "张", "本", "所", "处", "笔", "轮", "种", "步",
}

// articles are the units before which 一 means a, not one.
const articles = "个台辆座份位批张本所处笔轮种步"

var sameUnit = map[string]string{"个工作日": "工作日", "个自然日": "天", "自然日": "天", "日": "天"}

// spot is a figure and the runes it was read from.
type spot struct {
	Figure
	from, to int
}

// Figures lists what text states in figures: document numbers first, then
// numbers and dates in order of appearance. A lone Chinese numeral counts only
// before a unit: 一年 states a figure, 统一 and 一个 do not.
func Figures(text string) []Figure {
	folded := closeUp(Fold(text))
	var out []Figure
	folded = cutSerials(folded, func(f Figure) { out = append(out, f) })
	if strings.ContainsAny(folded, "-/.") {
		folded = datePattern.ReplaceAllString(folded, "${1}年${2}月${3}日")
	}
	r := []rune(folded)
	var spots []spot
	for i := 0; i < len(r); {
		f, n := figureAt(r, i)
		if n == 0 {
			i++
			continue
		}
		if f.Value != "" {
			spots = append(spots, spot{f, i, i + n})
		}
		i += n
	}
	return append(out, joinDates(spots)...)
}

// Characters before the bracket that may belong to a document number.
const (
	leastIssuer = 2
	mostIssuer  = 16
)

// cutSerials yields the document numbers of folded text and returns the text with
// a space in the place of each, so that their digits are not read again. It looks
// for brackets first, which are few: an expression that begins with any Chinese
// characters would be tried at every one of them.
func cutSerials(folded string, yield func(Figure)) string {
	if !strings.Contains(folded, "号") {
		return folded
	}
	var rest strings.Builder
	done := 0 // what is before is in rest
	for i := 0; i < len(folded); i++ {
		if c := folded[i]; c != '[' && c != '(' && !strings.HasPrefix(folded[i:], "（") {
			continue
		}
		end := serialEnd.FindStringSubmatchIndex(folded[i:])
		if end == nil {
			continue
		}
		to := len(strings.TrimRight(folded[:i], " "))
		from, n := max(to, done), 0
		for from > done && n < mostIssuer {
			r, size := utf8.DecodeLastRuneInString(folded[:from])
			if !unicode.Is(unicode.Han, r) {
				break
			}
			from, n = from-size, n+1
		}
		if n < leastIssuer {
			continue
		}
		tail := folded[i:]
		yield(Figure{Kind: Serial, Value: issuerCode(folded[from:to]) + tail[end[2]:end[3]] + "-" + strings.TrimLeft(tail[end[4]:end[5]], "0")})
		rest.WriteString(folded[done:from])
		rest.WriteByte(' ')
		done = i + end[1]
		i = done - 1
	}
	if done == 0 {
		return folded
	}
	return rest.String() + folded[done:]
}

// closeUp removes the spaces that typesetting puts between Chinese characters and
// digits.
func closeUp(s string) string {
	if !strings.Contains(s, " ") {
		return s
	}
	r := []rune(s)
	out := r[:0:0]
	for i, c := range r {
		if c == ' ' && i > 0 && i+1 < len(r) && (IsHan(r[i-1]) || IsHan(r[i+1])) {
			continue
		}
		out = append(out, c)
	}
	return string(out)
}

// issuerCode is the part of a document number before the bracket. What stands
// before it in a sentence (根据慈政办发〔2022〕24号) cannot be told apart without
// a dictionary, so only its last two characters count.
func issuerCode(s string) string {
	r := []rune(s)
	return string(r[max(0, len(r)-2):])
}

// figureAt reads the figure at r[i] and how many characters it took; n is 0 when
// there is none, and the figure empty where a numeral is a part of a word.
func figureAt(r []rune, i int) (f Figure, n int) {
	if !startsFigure(r[i]) {
		return Figure{}, 0
	}
	if f, n := shareAt(r, i); n > 0 {
		return f, n
	}
	if f, n := vagueAt(r, i); n > 0 {
		return f, n
	}
	v, n := digitValue(r[i:])
	digits := n > 0
	if !digits {
		if v, n = hanValue(r[i:]); n == 0 {
			return Figure{}, 0
		}
	}
	end := i + n
	about := ""
	for end < len(r) {
		if about == "" && vagueWord(r, end) {
			about = "+"
			end++
			continue
		}
		u, ok := hanUnit(r[end])
		if !ok {
			break
		}
		v *= u
		end++
	}
	value := decimal(v) + about
	if digits && end < len(r) && (r[end] == '%' || r[end] == '‰') {
		if r[end] == '‰' {
			value = decimal(v/10) + about
		}
		return Figure{Value: value + "%"}, end + 1 - i
	}
	if u, m := unitAt(r[end:]); m > 0 {
		end += m
		if u == "成" && !digits && v < 10 {
			return Figure{Value: decimal(v*10) + "%"}, end - i
		}
		if value == "1" && !digits && strings.Contains(articles, u) {
			return Figure{}, end - i // 一个 is an article, not a count
		}
		return Figure{Value: value, Unit: u}, end - i
	}
	if !digits && n < 2 {
		return Figure{}, n
	}
	return Figure{Value: value}, end - i
}

// startsFigure reports whether a figure can begin with r: a digit, a numeral, 半,
// or 数, 几, 上 before an amount.
func startsFigure(r rune) bool {
	if r < utf8.RuneSelf {
		return isDigit(r)
	}
	switch r {
	case '半', '数', '几', '上', '万', '亿', '佰', '仟':
		return true
	}
	return startsNumber(r)
}

// vagueWord reports whether r[i] makes the number before it vague: 2000余万元,
// 70多场, but not 多 in 补贴20多少.
func vagueWord(r []rune, i int) bool {
	if i+1 >= len(r) || !strings.ContainsRune("余多来几", r[i]) {
		return false
	}
	_, big := hanUnit(r[i+1])
	_, m := unitAt(r[i+1:])
	return big || m > 0
}

// unitAt reads the unit at the start of r and how many characters it took.
func unitAt(r []rune) (unit string, n int) {
	rest := string(r[:min(len(r), 4)])
	for _, u := range figureUnits {
		if strings.HasPrefix(rest, u) {
			n = len([]rune(u))
			if s, ok := sameUnit[u]; ok {
				u = s
			}
			return u, n
		}
	}
	return "", 0
}

// shareAt reads 百分之三十, 三分之二, 一半, 减半 and, as a half of a unit, 半年.
func shareAt(r []rune, i int) (f Figure, n int) {
	if r[i] == '半' || r[i] == '一' && i+1 < len(r) && r[i+1] == '半' {
		n = 1
		if r[i] == '一' {
			n = 2
		}
		rest := r[i+n:]
		if u, m := unitAt(rest); m > 0 && n == 1 {
			return Figure{Value: "0.5", Unit: u}, n + m
		}
		if n == 1 && len(rest) > 0 && strings.ContainsRune("导径岛自挂", rest[0]) {
			return Figure{}, 1 // 半导体
		}
		return Figure{Value: "50%"}, n
	}
	whole, n := numberAt(r[i:])
	if u, ok := hanUnit(r[i]); ok && n == 0 {
		whole, n = u, 1 // 百分之: 百 counts alone only here
	}
	if n == 0 || whole == 0 || !strings.HasPrefix(string(r[i+n:min(len(r), i+n+2)]), "分之") {
		return Figure{}, 0
	}
	part, m := numberAt(r[i+n+2:])
	if m == 0 {
		return Figure{}, 0
	}
	return Figure{Value: decimal(100*part/whole) + "%"}, n + 2 + m
}

func numberAt(r []rune) (v float64, n int) {
	if v, n = digitValue(r); n > 0 {
		return v, n
	}
	return hanValue(r)
}

// vagueAt reads an amount without a number: 数百万元, 上亿元, 百万元, 几家. Its value
// is what is written, so only the same words vouch for it.
func vagueAt(r []rune, i int) (f Figure, n int) {
	end := i
	some := strings.ContainsRune("数几", r[i])
	if some || r[i] == '上' {
		end++
	}
	big := end
	for end < len(r) {
		if _, ok := hanUnit(r[end]); !ok {
			break
		}
		end++
	}
	big = end - big
	if big == 0 && !some || r[i] == '十' || r[i] == '拾' {
		return Figure{}, 0 // no amount, or a number: 十万
	}
	if big > 0 && vagueWord(r, end) {
		for end++; end < len(r); end++ {
			if _, ok := hanUnit(r[end]); !ok {
				break
			}
		}
	}
	value := string(r[i:end])
	u, m := unitAt(r[end:])
	if m == 0 && (big == 0 || end-i < 2 || value == "千万" || value == "万千") {
		return Figure{}, 0 // 百姓, 数据, 千万不要
	}
	return Figure{Value: value, Unit: u}, end + m - i
}

// joinDates turns 2024年, 6月, 21日 into one Day where they stand together. The
// year must have four digits: 2年 is a duration.
func joinDates(in []spot) []Figure {
	// part reads the next figure as a part of the date that ends at to.
	part := func(i, to int, unit string, most int) int {
		if i >= len(in) || in[i].from != to || in[i].Kind != Number || in[i].Unit != unit {
			return 0
		}
		if n := atoi(in[i].Value); n <= most {
			return n
		}
		return 0
	}
	var out []Figure
	for i := 0; i < len(in); i++ {
		f := in[i]
		d := Figure{Kind: Day}
		switch {
		case f.Kind == Number && f.Unit == "年" && len(f.Value) == 4:
			d.Year = atoi(f.Value)
			if d.Month = part(i+1, f.to, "月", 12); d.Month > 0 {
				i++
				if d.Date = part(i+1, in[i].to, "天", 31); d.Date > 0 {
					i++
				}
			}
		case part(i, f.from, "月", 12) > 0 && part(i+1, f.to, "天", 31) > 0:
			d.Month, d.Date = atoi(f.Value), atoi(in[i+1].Value)
			i++
		default:
			d = f.Figure
		}
		out = append(out, d)
	}
	return out
}

func atoi(s string) int {
	n := 0
	for _, r := range s {
		if !isDigit(r) {
			return 0
		}
		n = n*10 + int(r-'0')
	}
	return n
}
