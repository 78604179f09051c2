package knowledge

import (
	"strings"
	"testing"
	"time"
	"unicode/utf8"
)

func TestSuggest(t *testing.T) {
	t.Parallel()
	lib := overridable(t)
	day := DateOf(time.Date(2026, 11, 23, 0, 0, 0, 0, time.UTC))
	for typed, want := range map[string]string{
		"雨伞补贴的标":    "雨伞补贴的标准",
		"补贴的申请":     "雨伞补贴的申请",
		"能装光伏":      "仓库屋顶能装光伏吗",
		"屋顶可以安":     "",          // what somebody asked
		"阳伞补贴":      "阳伞补贴标准",    // an alias
		"仓库屋頂":      "仓库屋顶能装光伏吗", // as written elsewhere
		"雨衣":        "",          // repealed
		"伞":         "",
		" ":         "",
		"🙂🙂🙂":       "",
		"明天下雨吗":     "",
		"مظلة مظلة": "",
	} {
		got := lib.Suggest(typed, 5, day)
		if (want == "") != (len(got) == 0) || want != "" && got[0].Text != want {
			t.Errorf("%s: got %v, want %q", typed, got, want)
		}
	}
	if got := lib.Suggest("雨伞补", 1, day); len(got) != 1 {
		t.Errorf("up to a limit: %v", got)
	}
	if got := lib.With(Overrides{Blocks: []string{"umbrella#a", "umbrella#b"}}).Suggest("雨伞补", 5, day); len(got) != 0 {
		t.Errorf("blocked: %v", got)
	}
}

func TestStarters(t *testing.T) {
	t.Parallel()
	lib := overridable(t)
	day := DateOf(time.Date(2026, 11, 23, 0, 0, 0, 0, time.UTC))
	got := lib.Starters(5, day)
	if len(got) != 2 || got[0].Text != "仓库屋顶能装光伏吗" || got[1].Text != "雨伞补贴的标准" {
		t.Errorf("got %v", got)
	}
	if got := lib.Starters(1, day); len(got) != 1 {
		t.Errorf("up to a limit: %v", got)
	}
}

// TestPreamblesAreNotOffered: what stands below a title answers nothing, on the
// start screen or where one of several units may be meant.
func TestPreamblesAreNotOffered(t *testing.T) {
	t.Parallel()
	lib, err := NewLibrary([]Document{{ID: "a", Title: "示例镇用电补贴办法（示例）", Status: InForce, Units: []Unit{
		{Slug: "p", Title: "示例镇用电补贴办法（示例）", Body: "示例镇发〔2024〕5号"},
		{Slug: "art1", Title: "第一条", Body: "示例镇对工业企业给予用电补贴，每千瓦时补贴0.03元。"},
		{Slug: "art12", Title: "第十二条", Body: "申请用电补贴的企业应当提交电费发票。"},
		{Slug: "more", Title: "用电补贴的发放", Body: "用电补贴每季度发放一次。"},
	}}})
	if err != nil {
		t.Fatal(err)
	}
	if got := lib.Starters(4, Date{2026, 11, 23}); len(got) != 1 || got[0].Unit != "a#more" {
		t.Errorf("to begin with: %v", got)
	}
	a, err := NewAnswerer(Config{Library: lib})
	if err != nil {
		t.Fatal(err)
	}
	ans := a.Answer(t.Context(), Question{Text: "用电补贴"})
	if ans.Decision != Clarify || len(ans.Choices) == 0 {
		t.Fatalf("%s %v", ans.Decision, ans.Choices)
	}
	for _, c := range ans.Choices {
		if c.Unit == "a#p" || c.Title == "第一条" {
			t.Errorf("offered %v", c)
		}
	}
}

// FuzzSuggest checks that what is suggested fits a button and is in the library.
func FuzzSuggest(f *testing.F) {
	f.Add("雨伞")
	f.Add("ＡＢ　🙂")
	f.Add("\u202eمرحبا")
	f.Add(strings.Repeat("补", 2000))
	lib, err := NewLibrary([]Document{{ID: "a", Title: "办法（示例）", Status: InForce, Units: []Unit{{Slug: "b", Title: "雨伞补贴", Aliases: []string{"伞🙂AB"}, Body: "补贴37元。"}}}})
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, typed string) {
		for _, s := range lib.Suggest(typed, 3, Date{2026, 1, 1}) {
			if _, ok := lib.Unit(s.Unit); !ok || utf8.RuneCountInString(s.Text) > maxSuggestion {
				t.Errorf("%q: %v", typed, s)
			}
		}
	})
}
