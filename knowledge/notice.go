package knowledge

import (
	"fmt"
	"slices"

	"liaison/knowledge/zh"
)

// notice says what is to be read before a quote: that its document is out of
// force, or that another one in force says otherwise. It is "" for none.
func (l *Library) notice(v *verdict, quoted []excerpt, day Date) string {
	d := l.docOf(quoted[0].unit)
	if !d.InForceOn(day) {
		return l.outOfForce(d, day)
	}
	s, ok := l.contradiction(v)
	if !ok || !slices.ContainsFunc(quoted, func(e excerpt) bool { return l.units[e.unit].doc == l.units[s.unit].doc }) {
		return ""
	}
	return "注意：《" + d.Title + "》与《" + l.docOf(s.unit).Title + "》对此说法不一，两处都列在下面，请向主管部门核实。"
}

func (l *Library) outOfForce(d *Document, day Date) string {
	const check = "以下内容仅供参考，请向主管部门核实现行规定。"
	switch {
	case d.replaced() && !day.Before(d.EffectiveFrom):
		if i, ok := l.docByID[d.SupersededBy]; ok {
			return "注意：《" + d.Title + "》已被《" + l.docs[i].Title + "》取代，以下是原来的规定。"
		}
		return "注意：《" + d.Title + "》已被新的文件取代，以下是原来的规定。"
	case d.Status == Repealed:
		return "注意：《" + d.Title + "》已失效或者废止，" + check
	case d.Status == Draft:
		return "注意：《" + d.Title + "》是征求意见稿，还没有施行。"
	case day.Before(d.EffectiveFrom):
		return "注意：《" + d.Title + "》自" + chineseDate(d.EffectiveFrom) + "起才施行。"
	}
	return "注意：《" + d.Title + "》的有效期已于" + chineseDate(d.EffectiveTo) + "届满，" + check
}

func chineseDate(d Date) string { return fmt.Sprintf("%d年%d月%d日", d.Year, d.Month, d.Day) }

const (
	againstMargin = 3.0 // what the sentence that says otherwise may lose against the best one
	againstShare  = 0.5 // of the pairs of characters of the best one that it must hold
	againstSame   = 0.8 // from here on it is the same sentence, whatever it lost by its title
)

// contradiction finds the sentence of a document that is known to contradict the
// best one and says the same with other figures.
func (l *Library) contradiction(v *verdict) (sentence, bool) {
	best := v.sentences[0]
	against := l.docOf(best.unit).Contradicts
	if len(against) == 0 {
		return sentence{}, false
	}
	text := v.page(best.unit).folded[best.at]
	stated := zh.Figures(text)
	for _, s := range v.sentences {
		if !slices.Contains(against, l.docOf(s.unit).ID) {
			continue
		}
		other := v.page(s.unit).folded[s.at]
		share := heldShare([]rune(text), []rune(other))
		if s.score < best.score-againstMargin && share < againstSame {
			continue
		}
		if share >= againstShare && !slices.Equal(stated, zh.Figures(other)) {
			return s, true
		}
	}
	return sentence{}, false
}
