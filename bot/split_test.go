package bot

import (
	"strings"
	"testing"
	"unicode"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"liaison/handlers"
)

func TestSplit(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		text  string
		limit int
		want  []string
	}{
		"fits exactly":              {"一二三四五六", 6, []string{"一二三四五六"}},
		"empty":                     {"", 6, nil},
		"paragraph before sentence": {"一二三。\n\n五六。八九", 10, []string{"一二三。\n\n", "五六。八九"}},
		"line before sentence":      {"一二三四五\n七。九十甲乙", 10, []string{"一二三四五\n", "七。九十甲乙"}},
		"sentence":                  {"一二三四五六。八九十甲", 10, []string{"一二三四五六。", "八九十甲"}},
		"closing quote stays":       {"他说：“一二三。”四五六七八", 10, []string{"他说：“一二三。”", "四五六七八"}},
		"number is no sentence":     {"abc 3.14159265358", 10, []string{"abc 3.1415", "9265358"}},
		"word":                      {"alpha beta gamma", 12, []string{"alpha beta ", "gamma"}},
		"early boundary is ignored": {"一。二三四五六七八九十甲", 10, []string{"一。二三四五六七八九", "十甲"}},
		"surrogate pair whole":      {"12345😀", 6, []string{"12345", "😀"}},
		"family whole":              {"一二👨‍👩‍👧‍👦三", 12, []string{"一二", "👨‍👩‍👧‍👦三"}},
		"flag whole":                {"🇨🇳🇨🇳🇨🇳", 10, []string{"🇨🇳🇨🇳", "🇨🇳"}},
		"accent whole":              {"abce\u0301f", 4, []string{"abc", "e\u0301f"}},
		"keycap whole":              {"abc1\uFE0F\u20E3", 5, []string{"abc", "1\uFE0F\u20E3"}},
		"syllable of parts whole":   {"abc\u1112\u1161\u11AB", 5, []string{"abc", "\u1112\u1161\u11AB"}},
		"one huge character":        {"e" + strings.Repeat("\u0301", 9), 4, []string{"e\u0301\u0301\u0301", "\u0301\u0301\u0301\u0301", "\u0301\u0301"}},
		"right to left":             {"שלום עולם טוב", 10, []string{"שלום עולם ", "טוב"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if d := cmp.Diff(c.want, split(c.text, c.limit)); d != "" {
				t.Errorf("split (-want +got)\n%s", d)
			}
		})
	}
}

// Text of everything that is counted or joined in a way of its own.
func anyText(max int) *rapid.Generator[string] {
	pieces := rapid.SampledFrom([]string{
		"政策", "。", "！", "”", "\n", "\n\n", " ", "　", "a", "Ｂ", "3.5", "😀", "👨‍👩‍👧‍👦", "👍🏽", "🇨🇳", "e\u0301",
		"مرحبا", "שלום", "\u200d", "\ufe0f", "한", "\u1161", "\U000E0067", "𠀀", ". ", "慈溪市企业联络站，",
	})
	return rapid.Custom(func(t *rapid.T) string {
		return strings.Repeat(strings.Join(rapid.SliceOfN(pieces, 0, 60).Draw(t, "pieces"), ""), rapid.IntRange(1, max).Draw(t, "times"))
	})
}

func TestSplitProperties(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		text := anyText(3).Draw(t, "text")
		limit := rapid.IntRange(4, 120).Draw(t, "limit")
		pieces := split(text, limit)
		if got := strings.Join(pieces, ""); got != text {
			t.Fatalf("the pieces make %q of %q", got, text)
		}
		for i, p := range pieces {
			if n := units16(p); n == 0 || n > limit {
				t.Fatalf("piece %d has %d units, limit %d", i, n, limit)
			}
		}
	})
}

func TestPartsProperties(t *testing.T) {
	t.Parallel()
	style := rapid.SampledFrom([]handlers.Style{handlers.Plain, handlers.Bold, handlers.Quote, handlers.Mark, handlers.Fixed})
	link := rapid.SampledFrom([]string{"", "https://example.com/x"})
	visible := func(s string) string {
		return strings.Map(func(r rune) rune {
			if unicode.IsSpace(r) {
				return -1
			}
			return r
		}, s)
	}
	rapid.Check(t, func(t *rapid.T) {
		var r handlers.Reply
		for range rapid.IntRange(0, 6).Draw(t, "spans") {
			r.Text = append(r.Text, handlers.Span{Text: anyText(20).Draw(t, "text"), Style: style.Draw(t, "style"), URL: link.Draw(t, "link")})
		}
		var text strings.Builder
		styled := map[string]int{} // visible units by kind of entity, over all parts
		for _, p := range parts(r) {
			if why := invalid(p); why != "" {
				t.Fatalf("%s: %q", why, p.Text)
			}
			text.WriteString(p.Text)
			for i, e := range p.Entities {
				styled[string(e.Type)] += units16(visible(strings.SplitN(shown(p)[i+1], " ", 2)[1])) - len(linkSuffix(e.URL))
			}
		}
		if got, want := visible(text.String()), visible(r.String()); got != want {
			t.Fatalf("the parts show %q, want %q", got, want)
		}
		want := map[string]int{}
		for _, s := range r.Text {
			n := units16(visible(s.Text))
			if s.Style == handlers.Bold || s.Style == handlers.Mark {
				want["bold"] += n
			}
			if s.Style == handlers.Quote || s.Style == handlers.Mark {
				want["blockquote"] += n
			}
			if s.Style == handlers.Fixed {
				want["code"] += n
			} else if s.URL != "" {
				want["text_link"] += n
			}
		}
		for kind, n := range want {
			if styled[kind] != n {
				t.Fatalf("%s covers %d visible units, want %d", kind, styled[kind], n)
			}
		}
	})
}

// linkSuffix is what shown writes for a link, without white space.
func linkSuffix(url string) string {
	if url == "" {
		return ""
	}
	return "->" + url
}

func TestPartsAtTheLimit(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		text  string
		units []int
	}{
		{strings.Repeat("慈", maxText), []int{maxText}},
		{strings.Repeat("慈", maxText) + "溪", []int{maxText, 1}},
		{strings.Repeat("慈", maxText) + "\n\n", []int{maxText}},
		{strings.Repeat("慈", maxText-1) + "😀", []int{maxText - 1, 2}},
		{strings.Repeat("😀", maxText/2) + "😀", []int{maxText, 2}},
		{strings.Repeat("👨‍👩‍👧‍👦", 400), []int{4092, 308}},
	} {
		var got []int
		for _, p := range parts(handlers.Reply{Text: []handlers.Span{{Text: c.text, Style: handlers.Quote}}}) {
			got = append(got, units16(p.Text))
			if len(p.Entities) != 1 || p.Entities[0].Length != units16(p.Text) {
				t.Errorf("%.9q…: entities %v do not cover the part", c.text, p.Entities)
			}
		}
		if d := cmp.Diff(c.units, got); d != "" {
			t.Errorf("%.9q…: units of the parts (-want +got)\n%s", c.text, d)
		}
	}
}
