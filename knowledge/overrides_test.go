package knowledge

import (
	"strings"
	"testing"
	"time"
)

func overridable(t *testing.T) *Library {
	t.Helper()
	lib, err := NewLibrary([]Document{
		{ID: "umbrella", Title: "示例市雨伞补贴办法（示例）", Status: InForce, Units: []Unit{
			{Slug: "a", Title: "雨伞补贴的标准", Aliases: []string{"阳伞补贴标准"}, Body: "示例市每家企业购买雨伞，每把补贴37元。"},
			{Slug: "b", Title: "雨伞补贴的申请", Body: "申请雨伞补贴的，向示例市雨伞局提交申请表。"},
		}},
		{ID: "old", Title: "示例市雨衣办法（示例）", Status: Repealed, Units: []Unit{{Slug: "a", Title: "雨衣", Body: "每件雨衣补贴12元。"}}},
		{ID: "qa-1", Title: "仓库屋顶能装光伏吗", Kind: KindQA, Status: InForce, Units: []Unit{
			{Slug: "answer", Title: "仓库屋顶能装光伏吗", Aliases: []string{"屋顶可以安装光伏吗"}, Body: "可以，先到示例窗口备案。（示例）"},
		}},
	})
	if err != nil {
		t.Fatal(err)
	}
	return lib
}

func TestOverrides(t *testing.T) {
	t.Parallel()
	lib := overridable(t)
	a, err := NewAnswerer(Config{Library: lib, Now: func() time.Time { return time.Date(2026, 11, 23, 0, 0, 0, 0, time.UTC) }})
	if err != nil {
		t.Fatal(err)
	}
	from := func(o Overrides, question string) string {
		ans := a.answer(lib.With(o), Question{Text: question})
		if ans.Decision != Answered {
			return string(ans.Decision)
		}
		return ans.Citations[0].Unit
	}
	const asked, odd = "买雨伞每把补贴多少元", "下雨天要带的那个东西公司能报销吗"
	pin := func(q, unit string) Overrides { return Overrides{Pins: []Pin{{q, unit}}} }
	for name, row := range map[string]struct {
		o        Overrides
		question string
		want     string
	}{
		"nothing decided":           {Overrides{}, asked, "umbrella#a"},
		"nothing pinned":            {Overrides{}, odd, "refuse"},
		"pinned":                    {pin(odd, "umbrella#a"), odd, "umbrella#a"},
		"pinned in other words":     {pin(odd, "umbrella#a"), "下雨天要带的那个东西企业能不能报销", "umbrella#a"},
		"pinned, something else":    {pin(odd, "umbrella#a"), "明天会下雨吗", "refuse"},
		"pinned against the index":  {pin(asked, "umbrella#b"), asked, "umbrella#b"},
		"pinned to what is blocked": {Overrides{Pins: []Pin{{odd, "umbrella#a"}}, Blocks: []string{"umbrella#a"}}, odd, "refuse"},
		"pinned to what is no more": {pin(odd, "none#none"), odd, "refuse"},
		"pinned to what ran out":    {pin(odd, "old#a"), odd, "refuse"},
		"blocked":                   {Overrides{Blocks: []string{"umbrella#a", "umbrella#b"}}, asked, "refuse"},
		"the pin that is most like": {Overrides{Pins: []Pin{{"下雨天要带的那个东西企业能不能报销", "umbrella#b"}, {odd, "umbrella#a"}}}, odd, "umbrella#a"},
		"pinned again elsewhere":    {Overrides{Pins: []Pin{{odd, "umbrella#a"}, {odd, "umbrella#b"}}}, odd, "umbrella#b"},
		"a word nobody knew":        {Overrides{}, "买挡水神器每把补贴多少元", "refuse"},
		"a synonym":                 {Overrides{Synonyms: [][]string{{"挡水神器", "雨伞"}}}, "买挡水神器每把补贴多少元", "umbrella#a"},
	} {
		if got := from(row.o, row.question); got != row.want {
			t.Errorf("%s: %s is answered from %s, want %s", name, row.question, got, row.want)
		}
	}
	blocked := lib.With(Overrides{Blocks: []string{"umbrella#a"}})
	for _, h := range blocked.Search(asked, 10) {
		if h.Unit == "umbrella#a" {
			t.Error("a blocked unit is found")
		}
	}
	a.SetLibrary(blocked)
	if ans := a.AnswerUnit(t.Context(), "umbrella#a", Question{Text: asked}); ans.Decision != Refused {
		t.Errorf("a blocked unit answers: %+v", ans)
	}
	if _, ok := blocked.Unit("umbrella#a"); !ok {
		t.Error("a blocked unit is not in the library any more")
	}
	// What the staff decided outlives a change of the documents.
	changed, err := blocked.Update([]Document{{ID: "new", Title: "新（示例）", Status: InForce, Units: []Unit{{Slug: "a", Title: "新", Body: "新的。"}}}}, nil)
	if err != nil || len(changed.Overrides().Blocks) != 1 || len(lib.Overrides().Blocks) != 0 {
		t.Errorf("after an update: %+v, %v", changed.Overrides(), err)
	}
}

func TestOverridesAreChecked(t *testing.T) {
	t.Parallel()
	lib := overridable(t)
	for name, row := range map[string]struct {
		o    Overrides
		good bool
	}{
		"good":                 {Overrides{Pins: []Pin{{"问题是什么", "umbrella#a"}}, Blocks: []string{"old#a"}, Synonyms: [][]string{{"雨伞", "阳伞"}}}, true},
		"nothing":              {Overrides{}, true},
		"nothing asked":        {Overrides{Pins: []Pin{{"  ", "umbrella#a"}}}, false},
		"no such unit":         {Overrides{Pins: []Pin{{"问题是什么", "none#a"}}}, false},
		"blocks nothing":       {Overrides{Blocks: []string{"none#a"}}, false},
		"one word":             {Overrides{Synonyms: [][]string{{"雨伞"}}}, false},
		"the same word":        {Overrides{Synonyms: [][]string{{"雨伞", "雨傘"}}}, false},
		"one character":        {Overrides{Synonyms: [][]string{{"雨", "雨水"}}}, false},
		"longer than is found": {Overrides{Synonyms: [][]string{{"雨伞", strings.Repeat("长", 30)}}}, false},
	} {
		if err := row.o.Check(lib); (err == nil) != row.good {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// A change that makes a check question worse is said before it is kept.
func TestCompare(t *testing.T) {
	t.Parallel()
	a, err := NewAnswerer(Config{Library: overridable(t)})
	if err != nil {
		t.Fatal(err)
	}
	asked, diff := a.Compare(Overrides{}, Overrides{})
	if asked != 2 || len(diff) != 0 {
		t.Errorf("nothing changed: %d asked, %+v", asked, diff)
	}
	asked, diff = a.Compare(Overrides{}, Overrides{Blocks: []string{"qa-1#answer"}, Pins: []Pin{{"下雨天要带的东西能报销吗", "umbrella#a"}}})
	if asked != 3 || len(diff) != 3 || !diff[0].Worse || !diff[1].Worse || !diff[2].Better || diff[2].After.Units[0] != "umbrella#a" {
		t.Errorf("%d asked, %+v", asked, diff)
	}
}

func TestQADocument(t *testing.T) {
	t.Parallel()
	c := Citation{Unit: "umbrella#a", Title: "示例市雨伞补贴办法（示例）", Number: "示〔2026〕1号"}
	q := QA{
		ID: "qa-1", Question: "能装 光伏吗\n", Wordings: []string{"能装光伏嗎？", "可以|安装🙂吗", "能装 光伏吗", ""},
		Answer: "# 可以\n## 先备案\r\n---\n- aliases: 不是别名\n", Rests: &c, By: "甲", On: Date{2026, 11, 23},
	}
	d := q.Document()
	back, err := ParseDocument("x", RenderDocument(d))
	if err != nil {
		t.Fatal(err)
	}
	u := back.Units[0]
	if len(back.Units) != 1 || back.Title != "能装 光伏吗" || back.Status != Draft || back.Kind != KindQA ||
		u.Body != "＃ 可以\n＃# 先备案\n---\n- aliases: 不是别名" || len(u.Aliases) != 2 || u.See[0] != c.Unit || !strings.Contains(u.Cites[0], "示〔2026〕1号") {
		t.Errorf("got %+v", back)
	}
}
