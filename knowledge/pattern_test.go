package knowledge

import (
	"testing"

	"liaison/knowledge/zh"
)

// FuzzPatterns holds every pattern against any text: what is known of its matches
// may never keep it from one.
func FuzzPatterns(f *testing.F) {
	for _, text := range []string{
		"", "每月290元，最高２０万元；免费", "办理期限为30日内，半年一次", "不超过55周岁", "拨打0574-12345678", "办公室主任：王某某",
		"多少钱？几号截止，几岁可以，去哪办，怎么办", "**问：可以吗？", "q12: 示例", "①通过网上申请", "（一）符合下列条件：", "未列明补贴标准",
		"七成，lpr加20基点", "慈溪市示例路12号3楼", "🙂 مرحبا ٣٠ 天", "𠮷\xff元/",
	} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		text = zh.Fold(text)
		patterns := []*pattern{itemStart, notStated, anyNumeral, questioned}
		for _, k := range soughts {
			patterns = append(patterns, k.asked, k.given)
		}
		for _, p := range countedPatterns {
			patterns = append(patterns, p)
		}
		for _, p := range patterns {
			if got, want := p.MatchString(text), p.Regexp.MatchString(text); got != want {
				t.Errorf("%s matches %q: got %t, want %t", p, text, got, want)
			}
		}
		if years := yearsOf(zh.Figures(text)); len(years) > 0 && !anyNumeral.MatchString(text) {
			t.Errorf("%q states %d without a numeral", text, years)
		}
	})
}

func TestPatternFits(t *testing.T) {
	t.Parallel()
	v := new(vocabulary)
	for _, c := range []struct {
		expr, text string
		want       bool
	}{
		{`元|块`, "三元", true},
		{`元|块`, "三角", false},
		{`\d\s*%`, "5 %", true},
		{`\d\s*%`, "五%", false},
		{`(?:补|发)[^。]{0,5}多少`, "多少补", true}, // in any order
		{`(?:补|发)[^。]{0,5}多少`, "多少", false},
		{`\p{Han}+`, "🙂", true}, // too many to tell
		{`元?`, "", true},
		{`𠮷`, "吉", true},
		{`(?i)app`, "APP", true},
		{`1\d{3}`, "123", true}, // how many is not told
		{`1\d{3}`, "234", false},
		{`^$`, "元", true},
		{`[天日]`, "٣٠ 天", true},
	} {
		p := v.pattern(c.expr)
		if got := p.fits(v.signs(c.text)); got != c.want {
			t.Errorf("%s in %q: got %t, want %t", c.expr, c.text, got, c.want)
		}
	}
}
