package zh_test

import (
	"reflect"
	"slices"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"liaison/knowledge/zh"
)

func TestFold(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"":              "",
		" 慈溪\t\n市 ":     "慈溪 市",
		"ＡＢＣ１２３％":       "abc123%",
		"知識產權質押貸款":      "知识产权质押贷款",
		"慈政办发〔2022〕24号": "慈政办发[2022]24号",
		"慈政办发［２０２２］２４号":         "慈政办发[2022]24号",
		"“亲清家园”":                `"亲清家园"`,
		"a\u200bb\u202ec\ufeff": "abc",
		"二〇二四":                  "二零二四",
		"مرحبا 👋🏽":              "مرحبا 👋🏽",
		"e\u0301":               "e",
		"İstanbul":              "istanbul",
		"bad \xff byte":         "bad byte",
	} {
		if got := zh.Fold(in); got != want {
			t.Errorf("Fold(%q) = %q, want %q", in, got, want)
		}
	}
}

func FuzzFold(f *testing.F) {
	f.Add("知識產權 １２％")
	f.Add("\xff\x00\u202eא")
	f.Fuzz(func(t *testing.T, s string) {
		once := zh.Fold(s)
		if twice := zh.Fold(once); twice != once {
			t.Errorf("Fold(%q) = %q, folded again %q", s, once, twice)
		}
		if !utf8.ValidString(once) {
			t.Errorf("Fold(%q) is not UTF-8", s)
		}
		r := []rune(once)
		zh.EachTerm(r, func(_ zh.Term, from, to int) {
			if from < 0 || to > len(r) || from >= to {
				t.Fatalf("term of %q at [%d,%d)", once, from, to)
			}
		})
		zh.Figures(s)
		zh.Sentences(s)
	})
}

func terms(s string) map[zh.Term]bool {
	m := make(map[zh.Term]bool)
	zh.EachTerm([]rune(zh.Fold(s)), func(t zh.Term, _, _ int) { m[t] = true })
	return m
}

func TestEachTermMeets(t *testing.T) {
	t.Parallel()
	shares := func(a, b string) bool {
		in := terms(b)
		for term := range terms(a) {
			if term.Word() && in[term] {
				return true
			}
		}
		return false
	}
	for _, pair := range [][2]string{
		{"百分之三十", "30%"}, {"30％", "30%"}, {"1,000", "1000"}, {"二十三个", "23 个"}, {"COVID19", "covid19"}, {"二〇二四年", "2024年"},
	} {
		if !shares(pair[0], pair[1]) {
			t.Errorf("%q and %q share no word", pair[0], pair[1])
		}
	}
	for _, pair := range [][2]string{{"30%", "30"}, {"统一", "1"}, {"3.5", "35"}} {
		if shares(pair[0], pair[1]) {
			t.Errorf("%q and %q share a word", pair[0], pair[1])
		}
	}
	if n := len(terms("慈溪")); n != 3 {
		t.Errorf("慈溪 has %d terms, want two characters and a pair", n)
	}
}

func TestSentences(t *testing.T) {
	t.Parallel()
	got := zh.Sentences("第一句。“第二句！”第三句？\n\n 第四行；3.5万元")
	want := []string{"第一句。", "“第二句！”", "第三句？", "第四行；", "3.5万元"}
	if !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestIsHan(t *testing.T) {
	t.Parallel()
	for r := range rune(unicode.MaxRune + 1) {
		if got, want := zh.IsHan(r), unicode.Is(unicode.Han, r) || r >= 0x4e00 && r <= 0x9fff; got != want {
			t.Errorf("%U: got %t", r, got)
		}
	}
}

func day(y, m, d int) zh.Figure { return zh.Figure{Kind: zh.Day, Year: y, Month: m, Date: d} }

func TestFigures(t *testing.T) {
	t.Parallel()
	for in, want := range map[string][]zh.Figure{
		"统一规定，一定要做，一个平台": nil,
		"30%":     {{Value: "30%"}},
		"百分之三十":   {{Value: "30%"}},
		"３０％":     {{Value: "30%"}},
		"三成":      {{Value: "30%"}},
		"千分之五":    {{Value: "0.5%"}},
		"86.8%":   {{Value: "86.8%"}},
		"20万元":    {{Value: "200000", Unit: "元"}},
		"二十万元":    {{Value: "200000", Unit: "元"}},
		"1.5亿元":   {{Value: "150000000", Unit: "元"}},
		"2000余万元": {{Value: "20000000+", Unit: "元"}},
		"两千余万元，2亿多元，70余场": {{Value: "20000000+", Unit: "元"}, {Value: "200000000+", Unit: "元"}, {Value: "70+", Unit: "场"}},
		"十八届":          {{Value: "18", Unit: "届"}},
		"百万元，数百万元，上亿元": {{Value: "百万", Unit: "元"}, {Value: "数百万", Unit: "元"}, {Value: "上亿", Unit: "元"}},
		"百余家，几十家，几家":   {{Value: "百余", Unit: "家"}, {Value: "几十", Unit: "家"}, {Value: "几", Unit: "家"}},
		"百姓，数据，千万不要，万一，半导体，上海": nil,
		"十二分之三，三点五万元":          {{Value: "25%"}, {Value: "35000", Unit: "元"}},
		"三分之二":                 {{Value: "66.666667%"}},
		"一半，减半，50%，万分之五":       {{Value: "50%"}, {Value: "50%"}, {Value: "50%"}, {Value: "0.05%"}},
		"半年，分三档，三季度":           {{Value: "0.5", Unit: "年"}, {Value: "3", Unit: "档"}, {Value: "3", Unit: "季度"}},
		"百分之5":                 {{Value: "5%"}},
		"十万元":                  {{Value: "100000", Unit: "元"}},
		"一份，第二批":               {{Value: "2", Unit: "批"}},
		"1,234.50元":            {{Value: "1234.5", Unit: "元"}},
		"五个工作日":                {{Value: "5", Unit: "工作日"}},
		"2024年6月21日":           {day(2024, 6, 21)},
		"2024 年 6 月 21 日":      {day(2024, 6, 21)},
		"2024-06-21":           {day(2024, 6, 21)},
		"二〇二四年六月二十一日":          {day(2024, 6, 21)},
		"6月21日":                {day(0, 6, 21)},
		"2024年，3个月":            {day(2024, 0, 0), {Value: "3", Unit: "个月"}},
		"慈政办发〔2022〕24号":        {{Kind: zh.Serial, Value: "办发2022-24"}},
		"根据慈政办发[2022]024号文":    {{Kind: zh.Serial, Value: "办发2022-24"}},
		"两亿五千万":                {{Value: "250000000"}},
		"一千零五人":                {{Value: "1005", Unit: "人"}},
		"三点五亩":                 {{Value: "3.5", Unit: "亩"}},
		"👋 ١٢":                 nil,
	} {
		if got := zh.Figures(in); !reflect.DeepEqual(got, want) {
			t.Errorf("Figures(%q) = %+v, want %+v", in, got, want)
		}
	}
}

func TestCovers(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		source, answer string
		want           bool
	}{
		{"30%", "百分之三十", true},
		{"30%", "30元", false},
		{"30%", "30", false},
		{"5个工作日", "5天", false},
		{"10 家", "10", true},
		{"10", "10家", false},
		{"十八届", "18元", false},
		{"2000余万元", "2000元", false},
		{"2000余万元", "2000余亿元", false},
		{"2000余万元", "2000多万元", true},
		{"70余场", "70元", false},
		{"数百万元", "百万元", false},
		{"50%", "一半", true},
		{"2024年6月21日", "2024年6月", true},
		{"2024年6月21日", "6月21日", true},
		{"2024年6月", "2024年6月21日", false},
		{"2024年6月21日", "2023年6月21日", false},
		{"2022—2026", "2022年", true},
		{"慈政办发〔2022〕24号", "慈政办发[2022]45号", false},
	} {
		have, want := zh.Figures(c.source), zh.Figures(c.answer)
		if len(have) == 0 || len(want) != 1 {
			t.Fatalf("%q: %v, %q: %v", c.source, have, c.answer, want)
		}
		got := slices.ContainsFunc(have, func(f zh.Figure) bool { return f.Covers(want[0]) })
		if got != c.want {
			t.Errorf("%q covers %q: %v, want %v", c.source, c.answer, got, c.want)
		}
	}
}

func TestUnreadable(t *testing.T) {
	t.Parallel()
	if share := zh.Unreadable("慈溪市\n政策"); share != 0 {
		t.Errorf("readable text: %v", share)
	}
	if share := zh.Unreadable(strings.Repeat("\ufffd", 3) + "a"); share != 0.75 {
		t.Errorf("three of four: %v", share)
	}
}

// FuzzTerms: the terms of a text are the same, in the same order, however it is read.
func FuzzTerms(f *testing.F) {
	for _, text := range []string{
		"", "企业", "贷款三十万元，百分之三十", "一九九八年 1,000.5元 covid-19 30%", "x1.y 1.2.3, ,1, 1,, é1 %%", "三千零五十", "ａｂ\xff企\xe3业", "第十八家厂，知识产权质押贷款LPR3.1%",
	} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		folded := zh.Fold(text)
		var want, got []zh.Term
		zh.EachTerm([]rune(folded), func(term zh.Term, _, _ int) { want = append(want, term) })
		zh.Terms(folded, func(term zh.Term) { got = append(got, term) })
		if !slices.Equal(got, want) {
			t.Errorf("%q: %v, want %v", folded, got, want)
		}
	})
}
