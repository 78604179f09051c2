package knowledge_test

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"liaison/knowledge"
)

// sharedFiles returns the folder of the large real data below name, or "" after
// saying that it is not there.
func sharedFiles(t testing.TB, name string) string {
	t.Helper()
	root := os.Getenv("LIAISON_SHARED_DATA")
	if root == "" {
		root = filepath.Join("..", "..", "shared", "data")
	}
	dir := filepath.Join(root, name)
	if _, err := os.Stat(dir); err != nil {
		t.Logf("%s is not there: what needs it is not tested", name)
		return ""
	}
	return dir
}

// imported imports the files of dir that the pattern matches, by file name.
func imported(t testing.TB, dir, pattern string) []knowledge.Document {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(dir, pattern))
	if err != nil || len(files) == 0 {
		t.Fatalf("no files %s: %v", pattern, err)
	}
	var docs []knowledge.Document
	for _, f := range files {
		data, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		d, err := knowledge.ImportDocument(f, data)
		if err != nil {
			t.Errorf("%v", err)
			continue
		}
		docs = append(docs, d)
	}
	return docs
}

// versionsOf writes who is replaced by whom until when.
func versionsOf(docs []knowledge.Document) []string {
	files := make(map[string]string)
	for _, d := range docs {
		files[d.ID] = strings.TrimSuffix(d.File, ".md")
	}
	var out []string
	for _, d := range docs {
		if d.SupersededBy != "" || d.Status == knowledge.Superseded {
			out = append(out, fmt.Sprintf("%s -> %s %s", files[d.ID], files[d.SupersededBy], d.EffectiveTo))
		}
	}
	slices.Sort(out)
	return out
}

func TestSupersede(t *testing.T) {
	t.Parallel()
	text := func(file, body string) knowledge.Document {
		t.Helper()
		d, err := knowledge.ImportDocument(file+".md", []byte(body))
		if err != nil {
			t.Fatal(err)
		}
		return d
	}
	law := func(file, title, history, last string) knowledge.Document {
		return text(file, "# "+title+"\n\n"+history+"\n\n第一条 为了示例，制定本条例。\n\n第二条 "+last)
	}
	city := func(place, file, year string) knowledge.Document {
		return law(file, place+"优化营商环境条例", year+"年3月1日 "+place+"人民代表大会常务委员会第一次会议通过", "本条例自"+year+"年5月1日起施行。")
	}
	guide := func(file, office string, year int) knowledge.Document {
		return doc(file, func(d *knowledge.Document) {
			d.File, d.Title, d.Issued = file, "示例补贴申请办事指南", knowledge.Date{Year: year, Month: 1, Day: 2}
			if office != "" {
				d.Issuers = []string{office}
			}
		}, "带上执照到窗口办理。")
	}
	for name, c := range map[string]struct {
		docs []knowledge.Document
		want []string
	}{
		"same name, later": {
			[]knowledge.Document{city("上海市", "sh20", "2020"), city("北京市", "bj20", "2020"), city("上海市", "sh24", "2024"), city("北京市", "bj24", "2024")},
			[]string{"bj20 -> bj24 2024-04-30", "sh20 -> sh24 2024-04-30"},
		},
		"other places": {
			[]knowledge.Document{city("上海市", "sh", "2020"), city("北京市", "bj", "2024"), law("cn", "优化营商环境条例", "2019年10月22日 国务院令第722号公布", "本条例自2020年1月1日起施行。")},
			nil,
		},
		"repealed by title": {
			[]knowledge.Document{
				law("old", "示例登记管理条例", "2010年1月1日 公布", "本条例自2010年2月1日起施行。"),
				law("new", "示例主体条例", "2020年1月1日 公布", "本条例自2020年3月1日起施行。《示例登记管理条例》同时废止。"),
			},
			[]string{"old -> new 2020-02-29"},
		},
		"repeals its own predecessor": {
			[]knowledge.Document{law("only", "示例条例", "2005年1月10日 公布", "本条例自2005年5月1日起施行。1995年10月28日发布的《示例条例》同时废止。")},
			nil,
		},
		"not yet in force": {
			[]knowledge.Document{
				law("act", "示例增值法", "2024年12月25日 通过", "本法自2099年1月1日起施行。《示例增值暂行条例》同时废止。"),
				law("rule", "示例增值暂行条例", "2008年1月1日 公布", "本条例自2009年1月1日起施行。"),
			},
			[]string{"rule -> act 2098-12-31"},
		},
		"by number": {
			[]knowledge.Document{
				text("y23", "# 示例局关于2023年标准的通知\n\n示例发〔2023〕5号\n\n各单位：\n\n一、标准为每人每月1000元。\n\n本通知自2023年7月1日起执行。\n\n示例局\n\n2023年6月1日"),
				text("y22", "# 示例局关于2022年标准的通知\n\n示例发〔2022〕5号\n\n各单位：\n\n一、标准为每人每月900元。\n\n本通知自2022年7月1日起执行。\n\n示例局\n\n2022年6月1日"),
				text("y24", "# 示例局关于2024年标准的通知\n\n示例发〔2024〕5号\n\n各单位：\n\n一、标准为每人每月1100元。\n\n本通知自2024年7月1日起执行。《示例局关于2023年标准的通知》（示例发〔2023〕5号）同时废止。\n\n示例局\n\n2024年6月1日"),
			},
			[]string{"y23 -> y24 2024-06-30"},
		},
		"guides of the same office": {
			[]knowledge.Document{guide("g1", "示例甲局", 2020), guide("g2", "示例甲局", 2024), guide("g3", "示例乙局", 2025), guide("g4", "", 2026)},
			[]string{"g1 -> g2 2024-01-01"},
		},
		"a draft replaces nothing": {
			[]knowledge.Document{
				city("上海市", "now", "2020"),
				text("next", "# 上海市优化营商环境条例（征求意见稿）\n\n2024年3月1日\n\n第一条 甲。\n\n第二条 本条例自2024年5月1日起施行。"),
			},
			nil,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			before := slices.Clone(c.docs)
			got := knowledge.Supersede(c.docs)
			if diff := cmp.Diff(c.want, versionsOf(got)); diff != "" {
				t.Error(diff)
			}
			if diff := cmp.Diff(before, c.docs); diff != "" {
				t.Errorf("the documents given were changed: %s", diff)
			}
			if diff := cmp.Diff(got, knowledge.Supersede(got)); diff != "" {
				t.Errorf("a second time gives something else: %s", diff)
			}
		})
	}
}

func TestSupersedeKeepsWhatPersonsWrote(t *testing.T) {
	t.Parallel()
	a := doc("a", func(d *knowledge.Document) {
		d.Title, d.SupersededBy, d.Issued = "示例市企业扶持条例", "mine", knowledge.Date{Year: 2020, Month: 1, Day: 1}
	}, "第一条 甲。")
	b := doc("b", func(d *knowledge.Document) {
		d.Title, d.Issued = "示例市企业扶持条例", knowledge.Date{Year: 2024, Month: 1, Day: 1}
	}, "第一条 乙。")
	got := knowledge.Supersede([]knowledge.Document{a, b})
	if got[0].SupersededBy != "mine" || !got[0].EffectiveTo.IsZero() {
		t.Errorf("got %q until %s", got[0].SupersededBy, got[0].EffectiveTo)
	}
}

func TestCopiesAndContradictions(t *testing.T) {
	t.Parallel()
	clause := func(amount string) string {
		return "符合条件的残疾人可以申请示例护理补贴，示例护理补贴的发放标准为每人每月" + amount + "元，由镇人民政府受理申请，按月发放到申请人的社会保障卡账户。"
	}
	lines := func(d *knowledge.Document) {
		for _, s := range []string{"甲乙丙丁企业可以到任何一个窗口办理示例登记事项", "不能到窗口的企业可以在示例平台网上提交全部申请材料", "示例登记机关应当当场审查申请人提交的全部申请材料"} {
			d.Units[0].Body += "\n" + s + "。"
		}
	}
	in := func(place string) func(*knowledge.Document) {
		return func(d *knowledge.Document) { d.Place = place }
	}
	docs := knowledge.Supersede([]knowledge.Document{
		doc("one", in("甲市"), clause("217")),
		doc("two", in("甲市"), clause("209")),
		doc("same", in("甲市"), clause("217")),
		doc("elsewhere", in("乙市"), clause("300")),
		doc("gone", func(d *knowledge.Document) { d.Place, d.Status = "甲市", knowledge.Repealed }, clause("100")),
		doc("before", func(d *knowledge.Document) { lines(d); d.SupersededBy = "page" }, "旧版。"),
		doc("page", lines, "原文如下。"),
		doc("reprint", lines, "转载。"),
	})
	got := make(map[string]string)
	for _, d := range docs {
		got[d.ID] = d.DuplicateOf + " " + strings.Join(d.Contradicts, ",")
	}
	want := map[string]string{
		"one": " two", "two": " one", "same": "one ", "elsewhere": " ", "gone": " ", "before": " ", "page": " ", "reprint": "page ",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestSupersedeEnactments(t *testing.T) {
	t.Parallel()
	dir := sharedFiles(t, "enactments")
	if dir == "" {
		return
	}
	docs := knowledge.Supersede(imported(t, dir, "*/*.md"))
	want := []string{
		"个体工商户条例(2016-02-06) -> 促进个体工商户发展条例(2022-10-01) 2022-10-31",
		"保障中小企业款项支付条例(2020-07-05) -> 保障中小企业款项支付条例(2025-03-17) 2025-05-31",
		"信访条例(2005-01-10) -> 信访工作条例(2022-02-25) 2022-04-30",
		"公司登记管理条例(2016-02-06) -> 市场主体登记管理条例(2021-07-27) 2022-02-28",
		"增值税暂行条例(2017-11-19) -> 增值税法(2024-12-25) 2025-12-31",
	}
	if diff := cmp.Diff(want, versionsOf(docs)); diff != "" {
		t.Error(diff)
	}
	for _, d := range docs {
		if d.DuplicateOf != "" || len(d.Contradicts) > 0 {
			t.Logf("%s: copy of %q, contradicts %q", d.File, d.DuplicateOf, d.Contradicts)
		}
	}
}

func BenchmarkSupersede(b *testing.B) {
	dir := sharedFiles(b, "enactments")
	if dir == "" {
		return
	}
	docs := imported(b, dir, "*/*.md")
	units := 0
	for _, d := range docs {
		units += len(d.Units)
	}
	for b.Loop() {
		knowledge.Supersede(docs)
	}
	b.ReportMetric(float64(units), "units")
}
