package knowledge

import (
	"math"
	"slices"
	"strings"
	"testing"

	"liaison/knowledge/zh"
)

func needLibrary(t testing.TB, texts ...string) *Library {
	t.Helper()
	var docs []Document
	for i, text := range texts {
		id := "d" + string(rune('a'+i))
		docs = append(docs, Document{ID: id, Title: "示例" + id, Status: InForce, Units: []Unit{{Slug: "u", Title: "示例", Body: text}}})
	}
	l, err := NewLibrary(docs)
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func TestNeeds(t *testing.T) {
	t.Parallel()
	l := needLibrary(t, "人才公寓租金标准。", "停车收费。")
	for question, want := range map[string]string{
		"人才公寓停车一个月多少钱": "人才 公寓 停车",
		"請問職工醫保怎麼繳納":   "职工 医保 缴纳",
		"":             "",
		"怎么办呢？":        "",
		"🙂 مرحبا":      "🙂 مرحبا",
		"ＡＰＰ上怎么刷脸":     "app 刷 脸",
	} {
		q := l.analyse(question)
		var got []string
		for _, w := range l.needsOf(&q).words {
			got = append(got, w.text)
			if !(w.weight > 0) || math.IsInf(w.weight, 0) {
				t.Errorf("%s: %s weighs %v", question, w.text, w.weight)
			}
		}
		if strings.Join(got, " ") != want {
			t.Errorf("%s: got %s, want %s", question, strings.Join(got, " "), want)
		}
	}
}

func TestShortYears(t *testing.T) {
	t.Parallel()
	for text, want := range map[string][]int{
		"25年第一批公租房":  {2025},
		"26年的居民医保":   {2026},
		"补贴26年涨到多少":  {2026},
		"缴满25年能退休吗":  nil,
		"20年以内的房子":   nil,
		"2025年补贴多少":  nil, // a year in full
		"工作了21年":     nil,
		"٢٥年 🙂 25 年": nil,
	} {
		if got := shortYears(zh.Fold(text)); !slices.Equal(got, want) {
			t.Errorf("%s: got %v, want %v", text, got, want)
		}
	}
}

func TestSought(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		question, gives, not string
	}{
		{"补贴一个月多少钱", "每人每月290元", "每年复核一次"},
		{"报销百分之几", "按80%报销", "按规定报销"},
		{"报销几成", "百分之八十", "按规定报销"},
		{"签了合同几天内备案", "应当在30日内办理", "应当办理备案"},
		{"几号开始报名", "5月7日起报名", "网上报名"},
		{"超过几岁不能领", "不超过55周岁", "不超过三次"},
		{"打哪个电话", "拨打0574-12345678", "前往窗口"},
		{"一共有几个名额", "安排45人", "安排学位"},
		{"办公室主任是谁", "办公室主任：王某某", "由办公室负责"},
		{"三十歲以下補幾多錢", "補貼三千元", "补贴标准另行制定"},
	} {
		s := soughtBy(zh.Fold(c.question))
		given := func(text string) bool {
			return slices.ContainsFunc(s.figures, func(k *pattern) bool { return k.MatchString(zh.Fold(text)) })
		}
		if len(s.figures) == 0 || !given(c.gives) || given(c.not) {
			t.Errorf("%s: %d kinds; %q gives it: %t; %q does: %t", c.question, len(s.figures), c.gives, given(c.gives), c.not, given(c.not))
		}
	}
}

// FuzzReading reads any question against any text: nothing may panic, and every
// signal is a number.
func FuzzReading(f *testing.F) {
	f.Add("公寓停车多少钱", "租金每月50元；\n| 项目 | 金额 |\n| --- | --- |\n| 停车 | 300元 |")
	f.Add("", "")
	f.Add("25年几号🙂", "（一）\n：\n第一条 ٢٠٢٥年")
	f.Add("|", "|\n|-|\n||")
	f.Fuzz(func(t *testing.T, question, text string) {
		l, err := NewLibrary([]Document{{ID: "a", Title: "示例", Status: InForce, Units: []Unit{{Slug: "u", Title: "示例", Body: text}}}})
		if err != nil {
			return
		}
		q := l.analyse(question)
		v := DefaultDecision().judge(l, &q, []Hit{{unit: 0, Score: 1}})
		for _, e := range v.evidence {
			if math.IsNaN(e) || math.IsInf(e, 0) {
				t.Fatalf("evidence %v", v.evidence)
			}
		}
		for _, e := range l.quote(&v) {
			for _, s := range e.spans {
				if len([]rune(s.Text)) > 3*quoteSize {
					t.Fatalf("%d characters of one sentence", len([]rune(s.Text)))
				}
			}
		}
	})
}
