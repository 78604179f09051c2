package meta

import (
	"regexp"
	"strings"
	"unicode/utf8"
)

const (
	count     = `([0-9０-９]{1,3}|[一二两三四五六七八九十]{1,3})`
	inForce   = `(?:暂|正式|试|开始)?(?:施行|实施|执行|生效|实行|行)`
	publish   = `(?:印发|发布|公布|颁布|下发|发文|签发|通过|批准|公告|印发发布|政策发布|政策印发|本\p{Han}{2,6}印发|本\p{Han}{2,6}发布)`
	termWords = `(?:有效期限|有效期|试行期限|试行期|执行期限|执行期|实施期限|施行期限|政策期限|执行时限|有效时间)`
	// untilDay is a day, or the end of a month or year. Its two last groups are
	// the year and the month of the second form.
	untilDay = `(?:` + datePattern + `|((?:19|20)[0-9]{2})\s?年\s?(?:([0-9]{1,2})\s?月\s?)?(?:年?底|末))`
)

var (
	// selfRegexp finds what a document calls itself where it speaks of its own force.
	selfRegexp = regexp.MustCompile(`(?:本|此|该)(?:[^市省区县人次年级科\s，。；]\p{Han}{0,5}?)?(?:通知|办法|条例|规定|细则|意见|决定|公告|通告|方案|规划|措施|政策|批复|函|令|指南|指引|标准|规范|规程|规则|章程|制度|文件|法|文|清单|目录|计划)(?:措施|意见|办法|细则|规定|文件)?(?:[（(][^）)]{1,12}[）)])?(?:的)?[，,]?(?:自|从|于|由|有效|执行|试行|实施|施行|暂|在|期限|政策|印发)|(?:以上|上述|前述)(?:各项|各条)?(?:政策|措施|意见|规定|条款|政策措施)[，,]?(?:自|从|有效|执行|暂|除)|现予(?:以)?(?:公布|发布|印发)|^[\s　]*有效期|^[\s　（(]*(?:[0-9一二三四五六七八九十]+[）)、.．])?\s*(?:政策|本政策|文件)?(?:执行|施行|实施|有效)(?:时间|期限|日期|时限|期)`)

	fromDay    = regexp.MustCompile(`(?:自|从|于|由|定于)?\s*` + datePattern + `\s*(?:[（(]含[^）)]{0,6}[）)])?\s*(?:零时|0时)?(?:起|开始|之日起|以后)?\s*(?:[，,]\s*)?(?:在[^，。]{1,12})?(?:正式|暂|试|开始)?(?:施行|实施|执行|生效|实行|试行|计算|起算)`)
	fromRange  = regexp.MustCompile(`(?:自|从|为|：|:|于)?\s*` + datePattern + `\s*(?:起)?\s*(?:至|到|—|-|－|~|～)\s*(?:` + datePattern + `|([0-9]{1,2})\s?月\s?([0-9]{1,2})\s?日)`)
	fromIssue  = regexp.MustCompile(`自?\s?` + publish + `之日(?:起)?(?:满)?\s?(?:的)?(?:` + count + `\s?(日|天|个月|个工作日))?(?:后|以后)?(?:起)?[，,]?(?:的)?(?:` + inForce + `|至|有效|` + termWords + `)`)
	afterIssue = regexp.MustCompile(`自?` + publish + `(?:之日)?(?:起)?(?:满)?\s?` + count + `\s?(日|天|个月|个工作日)(?:之)?后(?:起)?` + inForce)
	nextMonth  = regexp.MustCompile(`自?(?:` + publish + `(?:之日)?(?:起|的)?)?(?:次月|下月|下个月|次月起|翌月)(?:1日|一日)?(?:起)?` + inForce)
	atOnce     = regexp.MustCompile(`(?:自?即日起|自今日起|自本日起)[，,]?` + inForce)

	termRegexp  = regexp.MustCompile(termWords + `(?:暂定|原则上)?(?:为|是|：|:|暂定为)?(?:自?` + publish + `之日起(?:的)?)?\s?` + count + `\s?(?:周)?(年|个月|月|日|天)`)
	trialTerm   = regexp.MustCompile(`(?:试行|暂行|执行|施行|实施|暂定)\s?` + count + `\s?(年|个月)`)
	issueTerm   = regexp.MustCompile(termWords + `(?:暂定)?为?自?[^，。；]{0,8}` + publish + `之日起的?` + count + `\s?(年|个月|日|天)`)
	untilRegexp = regexp.MustCompile(`(?:` + termWords + `|` + inForce + `|延续|延长|之日起|日起)[，,]?[^，。；\n]{0,14}?(?:截至|截止到|截止至|截止|至|到)\s?` + untilDay)
	endRegexp   = regexp.MustCompile(inForce + `[，,；]?\s?(?:并|将|有效期)?(?:于|至|到)?\s?` + datePattern + `\s?(?:起|之日)?(?:自动|自行|同时)?(?:废止|失效|终止|届满)`)
	openTerm    = regexp.MustCompile(`(?:` + termWords + `(?:暂定|为|自\p{Han}{2,6}之日起)*|` + inForce + `)\s?((?:至|到)[^，。；\n]{2,40}?(?:解除|结束|为止|终止|止))`)
	otherTerm   = regexp.MustCompile(`(?:证|证书|卡|许可|批准书|检测|检验|合格|结果|资格|凭证|证明|标志|手续|申请|码|签注|待遇|合同|协议|健康码|审批|名单|报告)[^，。；]{0,8}有效期|有效期(?:内|届满|满|限内|外)`)
	ownSubject  = regexp.MustCompile(`(?:本|此)(?:\p{Han}{0,6}?)(?:通知|办法|条例|规定|细则|意见|决定|公告|通告|方案|措施|政策|文件|标准|规则|规程|令)`)
)

// forceClauses lists the sentences in which the document speaks of its own
// force, those of its last third first: there is where it is said.
func (r *reader) forceClauses() []string {
	var out []string
	for _, s := range sentences(r.text) {
		if !containsAny(s, "施行", "实施", "执行", "生效", "实行", "试行", "有效期", "时限") || otherTerm.MatchString(s) && !ownSubject.MatchString(s) {
			continue
		}
		if selfRegexp.MatchString(s) || bareStart.MatchString(s) || r.titled != "" && strings.Contains(s, "《"+r.titled+"》自") {
			out = append(out, s)
		}
	}
	return out
}

var (
	bareStart = regexp.MustCompile(`^[\s　]*(?:第\p{Han}{1,5}条\s*|[0-9一二三四五六七八九十]+[、.．]\s*|（\p{Han}）\s*)?(?:自|从)?\s?(?:` + datePattern + `|` + publish + `之日)起\s?(?:正式)?(?:施行|实施|执行|生效|试行)`)
)

// sentences cuts text at 。；！？ and line ends.
func sentences(text string) []string {
	return strings.FieldsFunc(text, func(c rune) bool { return strings.ContainsRune("。；！？\n", c) })
}

// force finds from when to when the document is in force, and its term as
// written. The page's own particulars win over what can be computed: a text that
// was repealed early shows it only there.
func (r *reader) force(issued Found[Date]) (from, to Found[Date], term Found[string]) {
	from, to = r.fieldDate("from"), r.fieldDate("to")
	start := r.startOf(issued)
	for _, s := range r.forceClauses() {
		f, t := forceDates(s, start)
		if !from.Ok() {
			from = f
		}
		if !term.Ok() {
			term = termOf(s)
		}
		if !to.Ok() {
			to = t
		}
	}
	if !from.Ok() {
		from = r.lawStart()
	}
	if term.Ok() && !to.Ok() {
		begin := from
		if !begin.Ok() {
			begin = start
			if begin.Ok() {
				begin.How = Guessed
			}
		}
		to = endOf(begin, term)
	}
	if to.Ok() && from.Ok() && to.Value.before(from.Value) {
		to = Found[Date]{}
	}
	return from, to, term
}

// startOf is the day that 自印发之日起 means: the colophon's, else the day of the
// document itself.
func (r *reader) startOf(issued Found[Date]) Found[Date] {
	if p := r.printed(); p.Ok() {
		return p
	}
	if strings.Contains(r.history(), "修正") || strings.Contains(r.history(), "修订") {
		issued.How = Guessed // the day of the present wording; the first one began earlier
	}
	return issued
}

func (r *reader) fieldDate(field string) Found[Date] {
	f, ok := r.fields[field]
	if !ok {
		return Found[Date]{}
	}
	d, words, ok := parseDate(f.text)
	if !ok {
		return Found[Date]{}
	}
	return found(d, Stated, words)
}

// forceDates reads one sentence. start is the day of issue.
func forceDates(s string, start Found[Date]) (from, to Found[Date]) {
	if m := fromRange.FindStringSubmatchIndex(s); m != nil {
		a, okA := dateAt(s, m[2:])
		b, okB := dateAt(s, m[14:])
		if short := m[26:]; short[0] >= 0 {
			b, okB = newDate(a.Year, numeral(s[short[0]:short[1]]), numeral(s[short[2]:short[3]]))
		}
		if okA && okB {
			return found(a, Stated, s[m[0]:m[1]]), found(b, Stated, s[m[0]:m[1]])
		}
	}
	if m := fromDay.FindStringSubmatchIndex(s); m != nil {
		if d, ok := dateAt(s, m[2:]); ok {
			from = found(d, Stated, s[m[0]:m[1]])
		}
	}
	if !from.Ok() && start.Ok() {
		from = relativeStart(s, start)
	}
	if m := untilRegexp.FindStringSubmatchIndex(s); m != nil {
		if d, ok := untilDate(s, m); ok {
			to = found(d, Stated, s[m[0]:m[1]])
		}
	} else if m := endRegexp.FindStringSubmatchIndex(s); m != nil {
		if d, ok := dateAt(s, m[2:]); ok {
			to = found(d, Stated, s[m[0]:m[1]])
		}
	}
	return from, to
}

// untilDate reads the groups of untilDay.
func untilDate(s string, m []int) (Date, bool) {
	year := m[len(m)-4:]
	if year[0] < 0 {
		return dateAt(s, m[2:])
	}
	month := 12
	if year[2] >= 0 {
		month = numeral(s[year[2]:year[3]])
	}
	first, ok := newDate(numeral(s[year[0]:year[1]]), month, 1)
	return first.add(0, 1, -1), ok
}

// relativeStart reads 自印发之日起, 自公布之日起30日后, 自下月起. It is as sure as the
// day it counts from; working days are not counted.
func relativeStart(s string, start Found[Date]) Found[Date] {
	for _, re := range []*regexp.Regexp{afterIssue, fromIssue} {
		m := re.FindStringSubmatch(s)
		if m == nil {
			continue
		}
		n, unit := numeral(m[1]), m[2]
		switch {
		case m[1] == "":
			return found(start.Value, start.How, m[0])
		case unit == "个月":
			return found(start.Value.add(0, n, 0), Guessed, m[0])
		case unit == "日" || unit == "天":
			return found(start.Value.add(0, 0, n), Guessed, m[0])
		}
		return Found[Date]{}
	}
	if w := issueTerm.FindString(s); w != "" {
		return found(start.Value, start.How, w)
	}
	if w := nextMonth.FindString(s); w != "" {
		next := start.Value.add(0, 1, 0)
		next.Day = 1
		return found(next, start.How, w)
	}
	if w := atOnce.FindString(s); w != "" {
		return found(start.Value, start.How, w)
	}
	return Found[Date]{}
}

// termOf reads the term of validity as written.
func termOf(s string) Found[string] {
	for _, re := range []*regexp.Regexp{issueTerm, termRegexp, trialTerm} {
		if m := re.FindStringSubmatch(s); m != nil {
			return found(squeeze(m[1]+m[2]), Stated, m[0])
		}
	}
	if m := openTerm.FindStringSubmatch(s); m != nil && utf8.RuneCountInString(m[1]) > 2 && !dateRegexp.MatchString(m[1]) {
		return found(m[1], Stated, m[0])
	}
	return Found[string]{}
}

var termParts = regexp.MustCompile(`^` + count + `(年|个月|月|日|天)$`)

// endOf computes the last day in force: five years from 2024-09-01 end on
// 2029-08-31.
func endOf(from Found[Date], term Found[string]) Found[Date] {
	m := termParts.FindStringSubmatch(term.Value)
	if m == nil || !from.Ok() {
		return Found[Date]{}
	}
	n := numeral(m[1])
	if n <= 0 {
		return Found[Date]{}
	}
	end := from.Value
	switch m[2] {
	case "年":
		end = end.add(n, 0, 0)
	case "日", "天":
		end = end.add(0, 0, n)
	default:
		end = end.add(0, n, 0)
	}
	return found(end.add(0, 0, -1), from.How, term.From)
}

// lawStart reads 2020年1月1日 施行 in the history of a law.
func (r *reader) lawStart() Found[Date] {
	history := r.history()
	m := inForceLine.FindStringSubmatchIndex(history)
	if m == nil {
		return Found[Date]{}
	}
	d, ok := dateAt(history, m[2:])
	if !ok {
		return Found[Date]{}
	}
	return found(d, Stated, history[m[0]:m[1]])
}
