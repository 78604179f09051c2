package handlers

import (
	"strings"
	"testing"
	"time"

	"liaison/knowledge"
)

// FuzzPagesOf checks that pages are never too long and lose nothing but line breaks.
func FuzzPagesOf(f *testing.F) {
	f.Add("第一条\n\n正文。\n", 5)
	f.Add("一行很长很长很长很长的字", 3)
	f.Add("🙂🙂\n\nمرحبا", 1)
	f.Add("", 4)
	f.Fuzz(func(t *testing.T, text string, n int) {
		text = strings.ToValidUTF8(text, "")
		n = 1 + (n%50+50)%50
		pages := pagesOf(text, n)
		without := func(s string) string { return strings.ReplaceAll(s, "\n", "") }
		if got := without(strings.Join(pages, "")); got != without(text) {
			t.Errorf("%q became %q", text, pages)
		}
		for _, p := range pages {
			if len([]rune(p)) > n || p == "" {
				t.Errorf("a page of %d: %q", n, p)
			}
		}
	})
}

// What must be known before an answer is read stands before it.
func TestNoticeComesFirst(t *testing.T) {
	t.Parallel()
	a := knowledge.Answer{
		Decision: knowledge.Answered, Notice: "注意：已失效（示例）。", Spans: []knowledge.Span{{Text: "补贴37元。", Marked: true}},
		Citations: []knowledge.Citation{{Unit: "a#b", Title: "办法（示例）"}},
	}
	for _, l := range []lang{zh, en} {
		if said := (Reply{Text: l.answer(a)}).String(); !strings.HasPrefix(said, a.Notice) || !strings.Contains(said, "补贴37元。") {
			t.Errorf("%s: %q", l, said)
		}
	}
}

func TestTurnsAreForgotten(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 23, 10, 0, 0, 0, time.UTC)
	c := conversation{Asked: []asked{
		{ID: 1, Text: "太久", Units: []string{"a#b"}, At: now.Add(-followTTL - time.Second)},
		{ID: 2, Text: "没答上", At: now},
		{ID: 3, Text: "那材料呢", Full: "生育津贴 那材料呢", Units: []string{"a#c"}, At: now.Add(-followTTL)},
	}}
	turns := c.turns(now)
	if len(turns) != 1 || turns[0].Question != "生育津贴 那材料呢" || turns[0].Units[0] != "a#c" {
		t.Errorf("got %+v", turns)
	}
}

func TestWeeks(t *testing.T) {
	t.Parallel()
	count := func(n int) map[AskedOutcome]int { return map[AskedOutcome]int{AskedAnswered: n} }
	got := Weeks([]AskedDay{
		{"2026-11-22", count(1)}, {"2026-11-23", count(2)}, {"2026-11-29", count(3)}, {"no day", count(9)}, {"2026-11-30", count(4)},
	})
	if len(got) != 3 || got[0].Day != "2026-11-16" || got[1].Day != "2026-11-23" || got[1].Count[AskedAnswered] != 5 || got[2].Count[AskedAnswered] != 4 {
		t.Errorf("got %v", got)
	}
}
