package knowledge_test

import (
	"strings"
	"testing"
	"unicode/utf8"

	"liaison/knowledge"
)

// libraryOfTexts makes a library of texts by file name.
func libraryOfTexts(t testing.TB, texts map[string]string) *knowledge.Library {
	t.Helper()
	var docs []knowledge.Document
	for name, text := range texts {
		d, err := knowledge.ImportDocument(name, []byte(text))
		if err != nil {
			t.Fatal(err)
		}
		docs = append(docs, d)
	}
	return newLibrary(t, docs...)
}

const rentRules = `# 示例镇厂房租金补贴办法（示例）

第一条 本办法是示例，适用于示例镇租用标准厂房的小微企业。

第二条 租用标准厂房满一年的小微企业，按每平方米每月6元给予租金补贴，每家企业每年最高10万元。

第三条 申请租金补贴的，应当提交下列材料：
（一）租金补贴申请表；
（二）厂房租赁合同复印件；
（三）上一年度租金发票；
（四）营业执照复印件。

第四条 补贴标准如下表：

| 企业类型 | 补贴比例 | 最高金额 |
| --- | --- | --- |
| 高新技术企业 | 80% | 20万元 |
| 一般企业 | 50% | 10万元 |

第五条 虚报面积骗取补贴的，由镇经济发展办公室追回，三年内不再受理其申请。
`

func TestQuoteGivesWhatIsSought(t *testing.T) {
	t.Parallel()
	a := answerer(t, libraryOfTexts(t, map[string]string{"rent.md": rentRules}), nil)
	for question, want := range map[string][]string{
		"租厂房每平米每个月补贴几块钱":        {"每平方米每月6元"},
		"申请厂房租金补贴要交什么材料":        {"申请表", "租赁合同", "租金发票", "营业执照"}, // a list stays whole
		"高新技术企业的租金補貼比例是多少":      {"补贴比例：80%"},                    // a cell with its heading
		"虚报面积骗了租金补贴会怎么处理 🙂":     {"追回", "三年内不再受理"},
		"租用标准厂房满一年，一家企业一年最多补多少": {"最高10万元"},
	} {
		ans := a.Answer(t.Context(), knowledge.Question{Text: question})
		if ans.Decision != knowledge.Answered {
			t.Errorf("%s: %s, %.2f sure", question, ans.Decision, ans.Sure)
			continue
		}
		for _, w := range want {
			if !strings.Contains(ans.Text, w) {
				t.Errorf("%s: %q, want %q in it", question, ans.Text, w)
			}
		}
		if n := utf8.RuneCountInString(ans.Text); n > 400 {
			t.Errorf("%s: %d characters", question, n)
		}
		var joined strings.Builder
		for _, s := range ans.Spans {
			joined.WriteString(s.Text)
		}
		if joined.String() != ans.Text {
			t.Errorf("%s: the spans make %q, the text is %q", question, joined.String(), ans.Text)
		}
	}
}

// TestNotices checks what is said before a quote.
func TestNotices(t *testing.T) {
	t.Parallel()
	body := "示例企业聘用残疾职工的，每人每年补贴4800元。"
	for name, c := range map[string]struct {
		change func(*knowledge.Document)
		want   string
	}{
		"in force": {func(*knowledge.Document) {}, ""},
		"ended":    {func(d *knowledge.Document) { d.EffectiveTo = knowledge.Date{Year: 2023, Month: 6, Day: 30} }, "2023年6月30日届满"},
		"repealed": {func(d *knowledge.Document) { d.Status = knowledge.Repealed }, "已失效或者废止"},
	} {
		a := answerer(t, newLibrary(t, doc("a", c.change, body)), nil)
		ans := a.Answer(t.Context(), knowledge.Question{Text: "聘用残疾职工每人每年补贴多少元"})
		if ans.Decision != knowledge.Answered || c.want == "" && ans.Notice != "" || !strings.Contains(ans.Notice, c.want) {
			t.Errorf("%s: %s, notice %q, want %q in it", name, ans.Decision, ans.Notice, c.want)
		}
	}
}

// TestContradictionsAreShown checks that both are quoted when two documents in
// force state different figures for what is asked.
func TestContradictionsAreShown(t *testing.T) {
	t.Parallel()
	lib := newLibrary(t,
		doc("one", func(d *knowledge.Document) { d.Title = "示例残疾人就业补贴办法" }, "示例企业聘用残疾职工满一年的每人每年补贴4800元。"),
		doc("two", func(d *knowledge.Document) { d.Title = "示例就业创业政策问答" }, "示例企业聘用残疾职工满一年的每人每年补贴3600元。"),
	)
	one, _ := lib.Document("one")
	if len(one.Contradicts) != 1 {
		t.Fatalf("contradicts %v", one.Contradicts)
	}
	ans := answerer(t, lib, nil).Answer(t.Context(), knowledge.Question{Text: "聘用残疾职工满一年每人每年补贴多少元"})
	if ans.Decision != knowledge.Answered || !strings.Contains(ans.Text, "4800元") || !strings.Contains(ans.Text, "3600元") ||
		!strings.Contains(ans.Notice, "说法不一") || len(ans.Citations) != 2 {
		t.Errorf("%+v", ans)
	}
}

// TestContradictionsAreShownWhateverTheirTitles: one of the two texts asks the
// question in its heading, and so fits it much better.
func TestContradictionsAreShownWhateverTheirTitles(t *testing.T) {
	t.Parallel()
	var docs []knowledge.Document
	for name, text := range map[string]string{
		"one.md": "# 示例市电商仓储补贴细则（示例）\n\n第一条 电商企业租用仓库的，按每平方米每年50元给予仓储补贴，最高10万元。\n",
		"two.md": "# 示例市电商扶持问答（示例）\n\n问：电商企业租用仓库有什么补贴？\n\n答：电商企业租用仓库的，按每平方米每年80元给予仓储补贴，最高10万元。\n",
	} {
		d, err := knowledge.ImportDocument(name, []byte(text))
		if err != nil {
			t.Fatal(err)
		}
		docs = append(docs, d)
	}
	ans := answerer(t, newLibrary(t, docs...), nil).Answer(t.Context(), knowledge.Question{Text: "电商企业租仓库补贴多少"})
	if ans.Decision != knowledge.Answered || !strings.Contains(ans.Notice, "说法不一") ||
		!strings.Contains(ans.Text, "50元") || !strings.Contains(ans.Text, "80元") {
		t.Errorf("%+v", ans)
	}
}

func TestLabelSaysWhatANumberedUnitIsAbout(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ title, body, want string }{
		{"第二条", "第二条 申请用电补贴的企业\n应当提交材料。", "第二条 申请用电补贴的企业 应当提交材料。"},
		{"第十二条", "补贴按季度发放。", "第十二条 补贴按季度发放。"},
		{"第一百零三条", strings.Repeat("很长的一条", 20), "第一百零三条 " + strings.Repeat("很长的一条", 6) + "很长…"},
		{"第三条", "第三条", "第三条"},
		{"第三条 申请材料", "材料包括申请表。", "第三条 申请材料"},
		{"第二产业", "第二产业包括工业。", "第二产业"},
	} {
		u := knowledge.Unit{Title: c.title, Body: c.body}
		if got := u.Label(); got != c.want {
			t.Errorf("%s: %q, want %q", c.title, got, c.want)
		}
	}
}

// TestSameElsewhereIsCited checks that a second document with the same words is
// named as a source too.
func TestSameElsewhereIsCited(t *testing.T) {
	t.Parallel()
	text := "示例企业组织职工参加数控机床技能培训的，按每人800元给予培训补贴。"
	lib := newLibrary(t, doc("a", nil, text), doc("b", nil, "各部门：\n"+text+"请遵照执行。"), doc("c", nil, "示例企业的停车场由物业公司管理。"))
	ans := answerer(t, lib, nil).Answer(t.Context(), knowledge.Question{Text: "组织职工参加数控机床技能培训每人补贴多少"})
	if ans.Decision != knowledge.Answered || len(ans.Citations) != 2 || strings.Count(ans.Text, "800元") < 1 {
		t.Errorf("%+v", ans)
	}
}
