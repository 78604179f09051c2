package knowledge_test

import (
	"fmt"
	"math"
	"math/rand/v2"
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

// TestNewLibraryFaults checks that one bad document costs no other.
func TestNewLibraryFaults(t *testing.T) {
	t.Parallel()
	dead := doc("x", func(d *knowledge.Document) { d.Units[0].See = []string{"nowhere", "y#u1"} }, "甲。")
	twice := doc("z", func(d *knowledge.Document) { d.Units[1].Slug = "u1" }, "乙。", "丙。")
	lib, err := knowledge.NewLibrary([]knowledge.Document{dead, doc("x", nil, "丁。"), doc("", nil, "戊。"), twice, doc("y", nil, "己。")})
	if err == nil || strings.Count(err.Error(), "\n") != 3 {
		t.Errorf("got %v, want four faults", err)
	}
	if u, ok := lib.Unit("x#u1"); !ok || u.Body != "甲。" || lib.Len() != 2 || len(lib.Documents()) != 2 {
		t.Errorf("of x and y, %d units are left", lib.Len())
	}
	if _, err := lib.Update([]knowledge.Document{doc("q", func(d *knowledge.Document) { d.Units[0].See = []string{"y#u1"} }, "庚。")}, nil); err != nil {
		t.Errorf("a link to another document: %v", err)
	}
	after, err := lib.Update([]knowledge.Document{twice, doc("x", func(d *knowledge.Document) { d.Units[0].Slug = "" }, "辛。")}, nil)
	if u, ok := after.Unit("x#u1"); err == nil || !ok || u.Body != "甲。" || after.Len() != 2 {
		t.Errorf("a bad change took away what was there: %v", err)
	}
}

func TestLibraryLookups(t *testing.T) {
	t.Parallel()
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

// TestUpdate changes a library at random and compares its versions, at the end,
// with ones that are built of the same documents at once.
func TestUpdate(t *testing.T) {
	t.Parallel()
	for seed := range uint64(4) {
		rng := rand.New(rand.NewPCG(seed, 7))
		pool := largeLibrary(200)
		lib := newLibrary(t)
		versions := []*knowledge.Library{lib}
		for range 25 {
			var changed []knowledge.Document
			var removed []string
			for n := rng.IntN(6); n > 0; n-- {
				d := pool[rng.IntN(len(pool))]
				d.ID = fmt.Sprintf("d%d", rng.IntN(30))
				d.Topics = []string{fmt.Sprintf("t%d", rng.IntN(3))}
				if !slices.ContainsFunc(changed, func(c knowledge.Document) bool { return c.ID == d.ID }) {
					changed = append(changed, d)
				}
			}
			for n := rng.IntN(4); n > 0; n-- {
				removed = append(removed, fmt.Sprintf("d%d", rng.IntN(40)))
			}
			next, err := lib.Update(changed, removed)
			if err != nil {
				t.Fatal(err)
			}
			if want := edited(lib.Documents(), changed, removed); !slices.EqualFunc(next.Documents(), want, func(a, b knowledge.Document) bool {
				return a.ID == b.ID && slices.EqualFunc(a.Units, b.Units, func(a, b knowledge.Unit) bool { return a.Body == b.Body })
			}) {
				t.Fatalf("seed %d: the documents are not those that an edit gives", seed)
			}
			lib = next
			versions = append(versions, lib)
		}
		for v, lib := range versions {
			if len(lib.Documents()) > 0 && v%6 == 0 {
				same(t, fmt.Sprintf("seed %d, version %d", seed, v), lib, newLibrary(t, lib.Documents()...))
			}
		}
	}
}

// edited is what Update should make of docs.
func edited(docs, changed []knowledge.Document, removed []string) []knowledge.Document {
	var out []knowledge.Document
	for _, d := range docs {
		i := slices.IndexFunc(changed, func(c knowledge.Document) bool { return c.ID == d.ID })
		if i >= 0 {
			out = append(out, changed[i])
			changed = slices.Delete(slices.Clone(changed), i, i+1)
		} else if !slices.Contains(removed, d.ID) {
			out = append(out, d)
		}
	}
	return append(out, changed...)
}

// same checks that two libraries find and decide alike.
func same(t *testing.T, name string, a, b *knowledge.Library) {
	t.Helper()
	if !slices.EqualFunc(a.Topic("t1"), b.Topic("t1"), func(a, b knowledge.Unit) bool { return a.ID == b.ID }) {
		t.Fatalf("%s: the units on a topic differ", name)
	}
	for _, q := range questionsAbout(b.Documents(), 6) {
		got, want := a.Search(q, 50), b.Search(q, 50)
		if !slices.EqualFunc(got, want, func(a, b knowledge.Hit) bool {
			return a.Unit == b.Unit && a.Title == b.Title && math.Abs(a.Score-b.Score) < 1e-4
		}) {
			t.Fatalf("%s: %q finds\n%v, built at once\n%v", name, q, got, want)
		}
		one, other := knowledge.DefaultDecision().Judge(a, q), knowledge.DefaultDecision().Judge(b, q)
		if one.Decision != other.Decision || math.Abs(one.Sure-other.Sure) > 1e-4 {
			t.Fatalf("%s: %q: %v at %v, built at once %v at %v", name, q, one.Decision, one.Sure, other.Decision, other.Sure)
		}
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
