package visit_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"liaison/ticket/visit"
)

// places has two stations, of which the person works at s1.
type places struct{ several bool }

func (places) Station(typed string) (string, bool) {
	id, ok := map[string]string{"甲站": "s1", "乙站": "s2"}[typed]
	return id, ok
}

func (places) Town(typed string) (string, bool) {
	return "t1", typed == "周巷" || typed == "周巷镇"
}

func (places) Observer(name string) string { return map[string]string{"观察员一号": "p1"}[name] }
func (p places) Own(station string) bool   { return p.several || station == "s1" }

func (p places) Default() string {
	if p.several {
		return ""
	}
	return "s1"
}

// sheet reads lines of cells that are set apart by |.
func sheet(text string) (s visit.Sheet) {
	for line := range strings.SplitSeq(strings.Trim(text, "\n"), "\n") {
		cells := strings.Split(line, "|")
		for i := range cells {
			cells[i] = strings.ReplaceAll(cells[i], `\n`, "\n")
		}
		s.Rows = append(s.Rows, cells)
	}
	return s
}

// written says what was read, a visit on a line.
func written(r visit.Reading) string {
	var b strings.Builder
	for _, e := range r.Entries {
		fmt.Fprintf(&b, "%v %s %s %s", e.Rows, e.Day.Format("2006-01-02"), strings.Join(e.Companies, "+"), e.Station)
		for _, more := range []string{e.Town, e.Visitor, e.Observer, e.Met} {
			b.WriteString(" " + more)
		}
		for _, o := range e.Opinions {
			fmt.Fprintf(&b, " [%s=%s]", o.Text, o.Outcome)
		}
		b.WriteString("\n")
	}
	return b.String()
}

func TestSheet(t *testing.T) {
	t.Parallel()
	r := sheet(`
2026年走访台账（示例）
序号|走访日期*|企业名称|镇（街道）|走访人|接待人|意见建议|办理情况|备注
1|2026-11-20|示例一厂|周巷|观察员一号|厂长|路灯坏了|已解决|
2|||||||
||||||招工难|研究中|合并的单元格
3|46346|示例二厂、示例三厂||王五|||
4|2026/11/20|示例 一厂|周巷镇|观察员一号||材料太多\n窗口太远|解释|
`)
	// A row with only a number in a column that means nothing here has no visit of its own.
	got := r.Read(places{}, now)
	want := `[3 4 5 7] 2026-11-20 示例一厂 s1 t1 观察员一号 p1 厂长 [路灯坏了=solved] [招工难=study] [材料太多=explained] [窗口太远=explained]
[6] 2026-11-20 示例二厂+示例三厂 s1  王五  
`
	if d := cmp.Diff(want, written(got)); d != "" || len(got.Faults) > 0 {
		t.Errorf("%s\nfaults %v", d, got.Faults)
	}
	if d := cmp.Diff([]string{"序号", "备注"}, got.Ignored); d != "" {
		t.Error(d)
	}

	english := sheet("Date|Company|Station|Opinion|Outcome\n2026-11-20|Example Ltd|甲站|Too many forms|In study").Read(places{several: true}, now)
	if w := written(english); w != "[2] 2026-11-20 Example Ltd s1     [Too many forms=study]\n" {
		t.Errorf("%q %v", w, english.Faults)
	}
}

func TestSheetFaults(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("长", visit.MaxOpinion+1)
	for _, row := range []struct {
		name, text string
		want       []visit.Fault
	}{
		{"nothing", "", []visit.Fault{{0, "", visit.NoHeader, ""}}},
		{"no header", "企业\n示例一厂", []visit.Fault{{0, "", visit.NoHeader, ""}}},
		{"header alone", "日期|企业", []visit.Fault{{0, "", visit.NoRows, ""}}},
		{"two of one column", "日期|企业|单位\n今天|一厂|二厂", []visit.Fault{{1, visit.ColCompany, visit.TwiceHeader, "企业"}}},
		{"all of them", `
日期|企业|联络站|镇街|走访人|走访对象|意见|办理情况
|一厂||||||
上周|二厂||||||
2026-11-24|三厂||||||
2026-11-20|||||||
2026-11-20|四厂|丙站|||||
2026-11-20|五厂|乙站|||||
2026-11-20|六厂||月球||||
2026-11-20|七厂||||||已解决
2026-11-20|八厂|||||招工难|大概好了
2026-11-20|九厂|||||` + long + `|
`, []visit.Fault{
			{2, visit.ColDay, visit.NoDay, ""}, {3, visit.ColDay, visit.BadDay, "上周"}, {4, visit.ColDay, visit.FutureDay, "2026-11-24"},
			{5, visit.ColCompany, visit.NoCompany, ""}, {6, visit.ColStation, visit.BadStation, "丙站"}, {7, visit.ColStation, visit.OthersStation, "乙站"},
			{8, visit.ColTown, visit.BadTown, "月球"}, {9, visit.ColOutcome, visit.OutcomeAlone, "已解决"}, {10, visit.ColOutcome, visit.BadOutcome, "大概好了"},
			{11, visit.ColOpinion, visit.LongOpinion, strings.Repeat("长", 40) + "…"},
		}},
		{"several in one row", "日期|企业|办理情况\n昨日后|" + strings.Repeat("厂", 101) + "|好", []visit.Fault{
			{2, visit.ColOutcome, visit.BadOutcome, "好"}, {2, visit.ColDay, visit.BadDay, "昨日后"},
			{2, visit.ColCompany, visit.BadCompany, strings.Repeat("厂", 40) + "…"},
		}},
		{"opinion of nothing", "日期|企业|意见\n||招工难", []visit.Fault{{2, visit.ColDay, visit.NothingAbove, ""}}},
		{"opinion of a faulty visit is no fault of its own", "日期|企业|意见\n上周|一厂|甲\n||乙", []visit.Fault{{2, visit.ColDay, visit.BadDay, "上周"}}},
		{"two accounts of one visit", "日期|企业|走访对象\n今天|一厂|厂长\n今天|一厂|会计", []visit.Fault{{3, visit.ColMet, visit.Contradicts, "2"}}},
	} {
		got := sheet(row.text).Read(places{}, now)
		if d := cmp.Diff(row.want, got.Faults); d != "" {
			t.Errorf("%s: %s", row.name, d)
		}
	}
	several := sheet("日期|企业\n今天|一厂").Read(places{several: true}, now)
	if d := cmp.Diff([]visit.Fault{{2, visit.ColStation, visit.NoStation, ""}}, several.Faults); d != "" {
		t.Error(d)
	}
}

func TestSheetLimits(t *testing.T) {
	t.Parallel()
	var b strings.Builder
	b.WriteString("日期|企业\n")
	for i := range visit.MaxRows + 1 {
		fmt.Fprintf(&b, "今天|示例%d厂\n", i)
	}
	if got := sheet(b.String()).Read(places{}, now).Faults; len(got) != 1 || got[0].Code != visit.TooManyRows {
		t.Errorf("got %v", got)
	}
	many := "日期|企业|意见\n今天|一厂|0\n"
	for i := range visit.MaxOpinions {
		many += fmt.Sprintf("||意见%d\n", i+1)
	}
	if got := sheet(many).Read(places{}, now).Faults; len(got) != 1 || got[0].Code != visit.ManyOpinions {
		t.Errorf("got %v", got)
	}
	// A spreadsheet of an old Mac counts its days from 1904.
	mac := sheet("日期|企业\n44884|一厂")
	mac.Epoch1904 = true
	if got := mac.Read(places{}, now); len(got.Entries) != 1 || !got.Entries[0].Day.Equal(at(2026, 11, 20)) {
		t.Errorf("got %+v", got)
	}
}

// Each column is found by the template's own names for it.
func TestTemplateHeaders(t *testing.T) {
	t.Parallel()
	for _, lang := range []string{"zh", "en"} {
		var head, row []string
		for _, c := range visit.Columns {
			head = append(head, c.Header(lang))
			row = append(row, map[visit.Column]string{
				visit.ColDay: "2026-11-20", visit.ColCompany: "一厂", visit.ColStation: "甲站", visit.ColTown: "周巷", visit.ColVisitor: "王五",
				visit.ColMet: "厂长", visit.ColOpinion: "招工难", visit.ColOutcome: visit.InStudy.Label(lang),
			}[c])
		}
		got := visit.Sheet{Rows: [][]string{head, row}}.Read(places{}, now)
		if w := written(got); w != "[2] 2026-11-20 一厂 s1 t1 王五  厂长 [招工难=study]\n" {
			t.Errorf("%s: %q %v", lang, w, got.Faults)
		}
	}
}
