package knowledge_test

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"liaison/knowledge"
)

func doc(id string, change func(*knowledge.Document), bodies ...string) knowledge.Document {
	d := knowledge.Document{ID: id, Title: "示例" + id, Status: knowledge.InForce}
	for i, b := range bodies {
		slug := fmt.Sprintf("u%d", i+1)
		d.Units = append(d.Units, knowledge.Unit{Slug: slug, Title: "示例条款", Body: b})
	}
	if change != nil {
		change(&d)
	}
	return d
}

func newLibrary(t testing.TB, docs ...knowledge.Document) *knowledge.Library {
	t.Helper()
	lib, err := knowledge.NewLibrary(docs)
	if err != nil {
		t.Fatal(err)
	}
	return lib
}

func found(hits []knowledge.Hit) []string {
	var out []string
	for _, h := range hits {
		out = append(out, h.Unit)
	}
	return out
}

func TestSearchInForce(t *testing.T) {
	t.Parallel()
	from := func(y int) knowledge.Date { return knowledge.Date{Year: y, Month: 1, Day: 1} }
	lib := newLibrary(t,
		doc("new", func(d *knowledge.Document) { d.EffectiveFrom = from(2024) }, "创业补贴标准为五千元。"),
		doc("old", func(d *knowledge.Document) {
			d.Number, d.Issued = "示办发〔2012〕7号", from(2012)
			d.EffectiveTo = knowledge.Date{Year: 2023, Month: 12, Day: 31}
		}, "创业补贴标准为三千元。"),
		doc("gone", func(d *knowledge.Document) { d.Status = knowledge.Superseded }, "创业补贴标准为两千元。"),
		doc("draft", func(d *knowledge.Document) { d.Status = knowledge.Draft }, "创业补贴标准为八千元。"),
		doc("next", func(d *knowledge.Document) { d.EffectiveFrom = from(2030) }, "创业补贴标准为九千元。"),
	)
	day := knowledge.Date{Year: 2024, Month: 9, Day: 2}
	for question, want := range map[string][]string{
		"创业补贴标准":               {"new#u1", "old#u1"},
		"以前的创业补贴标准":            {"gone#u1", "new#u1", "old#u1"},
		"旧政策的创业补贴标准":           {"gone#u1", "new#u1", "old#u1"},
		"2022年创业补贴标准":          {"gone#u1", "old#u1"}, // next and new came later
		"2023年创业补贴标准":          {"gone#u1", "old#u1"},
		"2010年创业补贴标准":          {"gone#u1"},
		"2024年创业补贴标准":          {"new#u1", "old#u1"},
		"2030年创业补贴标准":          {"new#u1", "old#u1"},
		"2024年12月31日之前申请创业补贴":  {"new#u1", "old#u1"},
		"月底以前创业补贴标准":           {"new#u1", "old#u1"},
		"执照过期还有创业补贴吗":          {"new#u1", "old#u1"},
		"2022年注册的企业创业补贴标准":     {"new#u1", "old#u1"},
		"示办发〔2012〕7号的创业补贴还有效吗": {"new#u1", "old#u1"},
		"示办发〔2012〕8号的创业补贴还有效吗": {"new#u1", "old#u1"},
		"完全无关":                 nil,
		"":                     nil,
	} {
		got := found(lib.SearchOn(question, 10, day, ""))
		if i := slices.Index(got, "old#u1"); i >= 0 && slices.Contains(want, "new#u1") && got[0] != "new#u1" {
			t.Errorf("%q finds %v, want what is in force first", question, got)
		}
		slices.Sort(got)
		if !slices.Equal(got, want) {
			t.Errorf("%q finds %v, want %v", question, got, want)
		}
	}
	if got := found(lib.SearchOn("创业补贴标准", 10, knowledge.Date{Year: 2023, Month: 12, Day: 31}, "")); !slices.Equal(got, []string{"old#u1"}) {
		t.Errorf("on its last day: %v", got)
	}
	cite, ok := lib.Cite("old#u1", day)
	if !ok || cite.InForce || cite.Title != "示例old" {
		t.Errorf("citation of what is out of force: %+v", cite)
	}
}

// TestSearchPast checks that a text in force now answers for an earlier year that
// it tells of, and that it comes before the text it replaced.
func TestSearchPast(t *testing.T) {
	t.Parallel()
	lib := newLibrary(t,
		doc("old", func(d *knowledge.Document) { d.Status = knowledge.Superseded }, "创业补贴标准为三千元。"),
		doc("new", func(d *knowledge.Document) { d.Issued = knowledge.Date{Year: 2024, Month: 1, Day: 1} }, "创业补贴标准为五千元。2023年发放补贴九十次。"),
		doc("other", func(d *knowledge.Document) { d.Status = knowledge.Repealed }, "磁性材料企业的扶持办法。"),
	)
	day := knowledge.Date{Year: 2024, Month: 9, Day: 2}
	for question, want := range map[string]string{
		"以前的创业补贴标准":     "new#u1",
		"2023年发放补贴多少次":  "new#u1",
		"2022年创业补贴标准":   "old#u1",
		"以前的磁性材料企业扶持办法": "other#u1",
		"磁性材料企业扶持办法":    "other#u1", // out of force, and nothing came after it
	} {
		if got := lib.SearchOn(question, 1, day, ""); len(got) != 1 || got[0].Unit != want {
			t.Errorf("%q finds %v first, want %s", question, found(got), want)
		}
	}
}

func TestSearchTown(t *testing.T) {
	t.Parallel()
	lib := newLibrary(t,
		doc("all", nil, "厂房租金补助按面积计算。"),
		doc("zhouxiang", func(d *knowledge.Document) { d.Towns = []string{"周巷镇"} }, "厂房租金补助另加一成。"),
	)
	day := knowledge.Date{Year: 2024, Month: 9, Day: 2}
	for _, c := range []struct {
		question, town string
		want           int
	}{
		{"厂房租金补助", "", 2}, {"厂房租金补助", "周巷镇", 2}, {"厂房租金补助", "观海卫镇", 1}, {"周巷镇厂房租金补助", "观海卫镇", 2},
	} {
		if got := lib.SearchOn(c.question, 10, day, c.town); len(got) != c.want {
			t.Errorf("%s in %q finds %v", c.question, c.town, found(got))
		}
	}
}

func TestSearchOrder(t *testing.T) {
	t.Parallel()
	same := "完全一样的条款内容。"
	lib := newLibrary(t, doc("a", nil, same, same), doc("b", nil, same), doc("c", nil, "一样的内容，但是说了许多别的事情，所以匹配得差一些。"))
	got := lib.Search("完全一样的条款", 10)
	if len(got) != 4 || got[3].Unit != "c#u1" {
		t.Fatalf("got %v", found(got))
	}
	for i := 1; i < len(got); i++ {
		if got[i].Score > got[i-1].Score {
			t.Errorf("hit %d scores more than the one before", i)
		}
	}
	if n := len(lib.Search("完全一样的条款", 2)); n != 2 {
		t.Errorf("asked for 2, got %d", n)
	}
	if n := len(lib.Search("完全一样的条款", 0)); n != 0 {
		t.Errorf("asked for none, got %d", n)
	}
}

// TestLongUnit checks that a long unit is found by any of its parts and counts
// once.
func TestLongUnit(t *testing.T) {
	t.Parallel()
	var b strings.Builder
	for i := range 200 {
		fmt.Fprintf(&b, "第%d项事项由有关部门依法办理并公布结果。", i)
	}
	b.WriteString("磁性材料企业可以申请专项扶持。")
	lib := newLibrary(t, doc("long", nil, b.String()), doc("short", nil, "与之无关的另一段文字。"))
	hits := lib.Search("磁性材料专项扶持", 10)
	if len(hits) != 1 || hits[0].Unit != "long#u1" {
		t.Fatalf("got %v", found(hits))
	}
	ans := answerer(t, lib, nil).AnswerUnit(t.Context(), "long#u1", knowledge.Question{Text: "磁性材料专项扶持"})
	if n := len([]rune(ans.Text)); !strings.Contains(ans.Text, "磁性材料") || n > 320 {
		t.Errorf("quoted %d characters: %s", n, ans.Text)
	}
}

func TestNewLibraryChecks(t *testing.T) {
	t.Parallel()
	bad := doc("x", func(d *knowledge.Document) { d.Units[0].See = []string{"nowhere"} }, "甲。")
	_, err := knowledge.NewLibrary([]knowledge.Document{bad, doc("x", nil, "乙。"), doc("", nil, "丙。")})
	if err == nil || strings.Count(err.Error(), "\n") != 2 {
		t.Errorf("got %v, want three faults", err)
	}
	lib := newLibrary(t, doc("d", func(d *knowledge.Document) {
		d.Topics = []string{"land"}
		d.Units[1].Topics = []string{"finance"}
	}, "甲。", "乙。"))
	if u := lib.Topic("land"); len(u) != 1 || u[0].ID != "d#u1" {
		t.Errorf("units on land: %v", u)
	}
	if u, ok := lib.Unit("d#u2"); !ok || u.Body != "乙。" {
		t.Errorf("unit d#u2: %v", u)
	}
	if _, ok := lib.Unit("d#u3"); ok {
		t.Error("found a unit that does not exist")
	}
	if d, ok := lib.Document("d"); !ok || len(d.Units) != 2 || lib.Len() != 2 || len(lib.Documents()) != 1 {
		t.Error("the document is not as it was given")
	}
}

func TestSearchConcurrently(t *testing.T) {
	t.Parallel()
	lib := bundled(t)
	want := found(lib.Search("知识产权质押贷款", 5))
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for range 50 {
				if got := found(lib.Search("知识产权质押贷款", 5)); !slices.Equal(got, want) {
					t.Errorf("got %v, want %v", got, want)
					return
				}
			}
		})
	}
	wg.Wait()
}
