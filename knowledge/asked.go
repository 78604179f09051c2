package knowledge

import (
	"regexp"
	"slices"
	"strings"

	"liaison/knowledge/zh"
)

// misses reports whether the question asks for what the best match, however well
// its words fit, does not state: another place, another year, the number of
// another document, or a detail such as a telephone number. Such a question is
// nearly all words of the unit, so the shares that the decision weighs cannot tell
// it from one that is answered; the one word that differs decides.
func (l *Library) misses(q *query, top Hit) bool {
	doc, unit := l.docOf(top.unit), l.unit(top.unit)
	asked := string(q.folded)
	return otherPlace(asked, doc.Place, l.folded[top.passage]) ||
		otherFigure(asked, doc, unit) ||
		missesDetail(asked, zh.Fold(unit.Title+"\n"+strings.Join(unit.Aliases, "\n")+"\n"+unit.Body))
}

// otherPlace reports whether the question names a listed place that the passage,
// of a document about home, does not. A question that names home as well (a
// Shanghai firm with a plant in Cixi) asks about home. Documents without a place
// apply anywhere.
func otherPlace(asked, home, passage string) bool {
	home = strings.TrimRight(zh.Fold(home), "省市县区")
	if home == "" || strings.Contains(asked, home) {
		return false
	}
	return slices.ContainsFunc(placesOutside(asked, home), func(name string) bool {
		return !strings.Contains(passage, name)
	})
}

// otherFigure reports whether the question holds a document number that neither
// the unit nor its document does, or a year while they state others only. A unit
// without any year is taken to hold for all.
func otherFigure(asked string, doc *Document, unit *Unit) bool {
	questions := zh.Figures(asked)
	if len(questions) == 0 {
		return false
	}
	text := strings.Join([]string{doc.Title, unit.Title, unit.Body, strings.Join(unit.Cites, "\n")}, "\n")
	stated := zh.Figures(text)
	numbers := append(zh.Figures(doc.Number), stated...)
	have := yearsOf(stated)
	for _, f := range questions {
		if f.Kind == zh.Serial && !slices.ContainsFunc(numbers, func(g zh.Figure) bool { return g.Covers(f) }) {
			return true
		}
	}
	for _, r := range yearRange.FindAllStringSubmatch(zh.Fold(text), -1) {
		for y := digits(r[1]); y <= digits(r[2]); y++ {
			have = append(have, y)
		}
	}
	return len(have) > 0 && slices.ContainsFunc(yearsAsked(asked), func(y int) bool { return !slices.Contains(have, y) })
}

// yearRange finds 2022-2026, which covers the years between as well.
var yearRange = regexp.MustCompile(`((?:19|20)\d\d)年?\s*[-–—~～至到]+\s*((?:19|20)\d\d)`)

// yearsOf lists the years that figures state, with 年 or as a bare number.
func yearsOf(figures []zh.Figure) []int {
	var out []int
	for _, f := range figures {
		switch {
		case f.Kind == zh.Day && f.Year > 0:
			out = append(out, f.Year)
		case f.Kind == zh.Number && f.Unit == "" && bareYear.MatchString(f.Value):
			out = append(out, digits(f.Value))
		}
	}
	return out
}

var bareYear = regexp.MustCompile(`^(?:19|20)\d\d$`)

// digits reads a number of digits only.
func digits(s string) int {
	n := 0
	for _, r := range s {
		n = n*10 + int(r-'0')
	}
	return n
}

// detail is a kind of fact that people ask for by name, and what a text that
// states it, or says that it does not, has in it.
type detail struct{ asked, stated *regexp.Regexp }

func newDetail(asked, stated string) detail {
	return detail{regexp.MustCompile(asked), regexp.MustCompile(stated)}
}

// details are the kinds without which a unit does not answer a question for them.
// A telephone number that the question itself gives is not asked for.
var details = []detail{
	newDetail(`(?:电话|联系方式|联系人)(?:[^:\d]|$)`, `电话|热线|联系方式|联系人|\d{7}`),
	newDetail(`网址|网站|链接|下载`, `网址|网站|链接|下载|平台上|https?:|www\.`),
	newDetail(`地址|具体位置`, `地址|地点|位于|设在|\d号`),
	newDetail(`利率|利息|年化`, `利率|利息|贴息|年化`),
	newDetail(`额度`, `额度|最高|上限|元`),
	newDetail(`收费|费用|要钱吗|交钱|价格|多少钱一`, `费|价|元`),
	newDetail(`补贴|补助|贴息|减免|奖励|奖补|退税|返还`, `补贴|补助|贴息|减|奖|免征|返还|不增收|元`),
	newDetail(`工资|薪|报酬`, `工资|薪|报酬|待遇`),
	newDetail(`(?:怎么|如何|怎样)申(?:请|领|报)|申请条件|申请流程`, `申请|申领|申报|报名|申办`),
	newDetail(`(?:什么|哪些|要|交|带|申请|申报)材料|材料(?:清单|有)`, `材料|证明|资料|申请表`),
	newDetail(`税`, `税`),
}

// circumstances are asked for by words too common to hold them against a unit.
var circumstances = []detail{
	newDetail(`时间|什么时候|何时|哪天`, `时间|日期`),
	newDetail(`哪里|哪儿|在哪|地点|地址`, `地址|地点`),
	newDetail(`哪些镇|哪个镇|哪几个镇`, `哪些镇|哪个镇`),
	newDetail(`哪家|哪个银行|哪些银行`, `哪家`),
	newDetail(`几档|每档|一档|档次`, `几档|每档`),
	newDetail(`报名`, `报名`),
}

// missesDetail reports whether the question asks for a detail that text lacks.
func missesDetail(asked, text string) bool {
	return slices.ContainsFunc(details, func(d detail) bool {
		return d.asked.MatchString(asked) && !d.stated.MatchString(text)
	})
}

// asksFor reports whether the question asks for a detail, a circumstance or a
// year that the sentence names.
func (q *query) asksFor(sentence string) bool {
	sentence = zh.Fold(sentence)
	asked := string(q.folded)
	named := func(d detail) bool { return d.asked.MatchString(asked) && d.stated.MatchString(sentence) }
	if slices.ContainsFunc(details, named) || slices.ContainsFunc(circumstances, named) {
		return true
	}
	stated := yearsOf(zh.Figures(sentence))
	return slices.ContainsFunc(yearsAsked(asked), func(y int) bool { return slices.Contains(stated, y) })
}
