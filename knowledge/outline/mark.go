package outline

import (
	"regexp"
	"strings"
	"unicode/utf8"
)

// level says what a line is numbered with. Lower levels stand above higher ones
// unless the text shows otherwise.
type level int

const (
	noMark    level = 0
	annex     level = 5  // 附件1
	heading   level = 10 // a Markdown heading; plus its depth
	volume    level = 20 // 第一编
	chapter   level = 21 // 第一章
	clause    level = 22 // 第一节
	article   level = 30 // 第一条
	han       level = 40 // 一、
	wide      level = 44 // a short line above another
	short     level = 45 // a short line that is a heading by its looks
	hanParen  level = 50 // （一）
	question  level = 55 // 问： or a line that asks
	digit     level = 60 // 1.
	decimal   level = 61 // 1.1
	zeroDigit level = 62 // 01
	step      level = 65 // 第一步
	paren     level = 70 // （1）
	halfParen level = 72 // 1）
	circled   level = 80 // ①
)

// mark is the number at the start of a line.
type mark struct {
	level level
	num   int    // 0 when it cannot be told
	sub   int    // 第十条之二: 2
	text  string // as written
}

const hanDigits = `〇零一二三四五六七八九十百千`

var marks = []struct {
	level   level
	pattern *regexp.Regexp // the first group is the number
}{
	{volume, regexp.MustCompile(`^第\s*([` + hanDigits + `\d]+)\s*[编篇編]`)},
	{chapter, regexp.MustCompile(`^(?:第\s*([` + hanDigits + `\d]+)\s*[章部]|(?:专题|模块|板块)\s*([` + hanDigits + `\d]{1,3})\s*[:：、\s])`)},
	{clause, regexp.MustCompile(`^第\s*([` + hanDigits + `\d]+)\s*[节節]`)},
	{article, regexp.MustCompile(`^第\s*([` + hanDigits + `\d]+)\s*[条條](?:之([` + hanDigits + `]+))?`)},
	{step, regexp.MustCompile(`^(?:第([` + hanDigits + `\d]+)步|步骤\s*([` + hanDigits + `\d]+)|(?i:step)\s*(\d+))\s*[:：、.．]?`)},
	{han, regexp.MustCompile(`^([` + hanDigits + `]{1,4})\s*[、．.]`)},
	{hanParen, regexp.MustCompile(`^[（(〔]\s*([` + hanDigits + `]{1,4})\s*[）)〕]、?`)},
	{decimal, regexp.MustCompile(`^\d{1,2}[.．](\d{1,2})(?:[.．]\d{1,2})*[.．、\s]\s*`)},
	{zeroDigit, regexp.MustCompile(`^(0\d)(?:[.．、]|\s+|)`)},
	{digit, regexp.MustCompile(`^(\d{1,2})\s*[.．、]\s*`)},
	{paren, regexp.MustCompile(`^[（(]\s*(\d{1,2})\s*[）)]`)},
	{halfParen, regexp.MustCompile(`^(\d{1,2})\s*[）)]`)},
	{circled, regexp.MustCompile(`^([①-⑳])`)},
	{question, regexp.MustCompile(`^(?:(?:[问問][题題]?|Q)\s*([\d` + hanDigits + `]*)\s*[:：、.．]|[【\[][问問Q][】\]])`)},
}

// What follows a mark shows that it is none: 依照第七条规定 broken over a line,
// 一、二线城市, 1.5倍, 2024.1.5.
var (
	reference  = regexp.MustCompile(`^(?:之|第|至|和|或|及|、|，|,|的|规定|規定|所|款|项|項|以|中|[（(]?[` + hanDigits + `]+[）)]?[款项])`)
	hanRun     = regexp.MustCompile(`^(?:[` + hanDigits + `]+[、线级类等层期流手者]|[` + hanDigits + `]+$)`)
	digitRun   = regexp.MustCompile(`^\d`)
	yearAfter  = regexp.MustCompile(`^(?:19|20)\d\d(?:年|-|—|/|\s)`)
	plainBreak = regexp.MustCompile(`^[\s　【［\[（(《“]`)
)

// readMark reads the mark at the start of a trimmed line. alone says that the
// line was one in the text, not split off by us.
func readMark(line string) (m mark, rest string) {
	for _, p := range marks {
		g := p.pattern.FindStringSubmatch(line)
		if g == nil {
			continue
		}
		rest = line[len(g[0]):]
		m = mark{level: p.level, text: strings.TrimSpace(g[0])}
		for _, s := range g[1:] {
			if s != "" && m.num == 0 {
				m.num = ordinal(s)
			}
		}
		switch p.level {
		case article:
			if g[2] != "" {
				m.sub = ordinal(g[2])
			}
			if reference.MatchString(rest) && !plainBreak.MatchString(rest) {
				return mark{}, line
			}
		case volume, chapter, clause:
			if !plainBreak.MatchString(rest) && reference.MatchString(rest) || sentenceEnd(rest) || utf8.RuneCountInString(rest) > 40 {
				return mark{}, line
			}
		case han:
			if hanRun.MatchString(rest) {
				return mark{}, line
			}
		case digit, zeroDigit:
			if digitRun.MatchString(rest) && !yearAfter.MatchString(rest) {
				return mark{}, line
			}
			if p.level == zeroDigit && !strings.ContainsAny(g[0], ".．、 \t　") && !hanFirst(rest) {
				return mark{}, line
			}
		case halfParen:
			if rest == "" {
				return mark{}, line
			}
		}
		return m, rest
	}
	return mark{}, line
}

func hanFirst(s string) bool {
	r, _ := utf8.DecodeRuneInString(s)
	return r >= 0x4e00 && r <= 0x9fff
}

// sentenceEnd reports whether the line ends as a sentence does.
func sentenceEnd(s string) bool {
	r, _ := utf8.DecodeLastRuneInString(strings.TrimRight(s, " \t　”’』」）)】》"))
	return strings.ContainsRune("。；;！!，,、…", r)
}

var (
	hanOnes  = map[rune]int{'〇': 0, '零': 0, '一': 1, '二': 2, '三': 3, '四': 4, '五': 5, '六': 6, '七': 7, '八': 8, '九': 9}
	hanUnits = map[rune]int{'十': 10, '百': 100, '千': 1000}
)

// ordinal reads 12, 十二, 一百零二 and ⑫; 0 when s is no number below 10,000.
func ordinal(s string) int {
	total, ones := 0, 0
	for _, r := range s {
		switch {
		case r >= '0' && r <= '9':
			ones = ones*10 + int(r-'0')
		case r >= '①' && r <= '⑳':
			return int(r-'①') + 1
		default:
			if d, ok := hanOnes[r]; ok {
				ones = ones*10 + d
				continue
			}
			u, ok := hanUnits[r]
			if !ok {
				return 0
			}
			total += max(ones, 1) * u
			ones = 0
		}
		if total+ones >= 10000 {
			return 0
		}
	}
	return total + ones
}
