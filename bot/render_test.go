package bot

import (
	"strings"
	"testing"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/go-telegram/bot/models"
	"github.com/google/go-cmp/cmp"

	"liaison/e2e/hostile"
	"liaison/handlers"
)

// shown writes a part with the text of each entity, cut out by UTF-16 offsets as
// Telegram does.
func shown(p part) []string {
	units := utf16.Encode([]rune(p.Text))
	out := []string{p.Text}
	for _, e := range p.Entities {
		s := string(e.Type) + " " + string(utf16.Decode(units[e.Offset:e.Offset+e.Length]))
		if e.URL != "" {
			s += " -> " + e.URL
		}
		out = append(out, s)
	}
	return out
}

func TestRender(t *testing.T) {
	t.Parallel()
	const (
		bold, quote, mark, fixed = handlers.Bold, handlers.Quote, handlers.Mark, handlers.Fixed
		family                   = "👨‍👩‍👧‍👦"
	)
	for name, c := range map[string]struct {
		spans []handlers.Span
		want  []string
	}{
		"plain": {
			[]handlers.Span{{Text: "您好"}},
			[]string{"您好"},
		},
		"nothing to show": {
			[]handlers.Span{{Text: " \n\t"}, {Text: "　", Style: bold}},
			nil,
		},
		"offsets after emoji count two units each": {
			[]handlers.Span{{Text: "😀" + family + " "}, {Text: "已受理", Style: bold}, {Text: "。"}},
			[]string{"😀" + family + " 已受理。", "bold 已受理"},
		},
		"right to left": {
			[]handlers.Span{{Text: "مرحبا "}, {Text: "שלום", Style: fixed}},
			[]string{"مرحبا שלום", "code שלום"},
		},
		"full width and ideographic space": {
			[]handlers.Span{{Text: "　　ＡＢＣ：", Style: bold}, {Text: "１２３　"}},
			[]string{"ＡＢＣ：１２３", "bold ＡＢＣ："},
		},
		"white space stays out of entities": {
			[]handlers.Span{{Text: "\n\n 编号 ", Style: bold}, {Text: " CX-1 \n", Style: fixed}},
			[]string{"编号  CX-1", "bold 编号", "code CX-1"},
		},
		"a quotation with its answer is one block": {
			[]handlers.Span{{Text: "依据："}, {Text: "前文。", Style: quote}, {Text: "正是此句。", Style: mark}, {Text: "后文。", Style: quote}, {Text: "出处"}},
			[]string{"依据：\n前文。正是此句。后文。\n出处", "blockquote 前文。正是此句。后文。", "bold 正是此句。"},
		},
		"two quotations": {
			[]handlers.Span{{Text: "甲", Style: quote}, {Text: "\n"}, {Text: "乙", Style: quote}},
			[]string{"甲\n乙", "blockquote 甲", "blockquote 乙"},
		},
		"links": {
			[]handlers.Span{{Text: "原文", URL: "https://example.com/a?b=c#d"}, {Text: "、"}, {Text: "本机", URL: "http://localhost:8080/"}, {Text: "、"}, {Text: "坏", URL: "javascript:alert(1)"}},
			[]string{"原文、本机、坏", "text_link 原文 -> https://example.com/a?b=c#d"},
		},
		"bold link": {
			[]handlers.Span{{Text: "原文", Style: bold, URL: "https://example.com"}},
			[]string{"原文", "bold 原文", "text_link 原文 -> https://example.com"},
		},
		"what Telegram would drop or replace": {
			[]handlers.Span{{Text: "a\x00b\r\nc\td\u202e"}, {Text: "粗\xff", Style: bold}},
			[]string{"ab\nc d粗\uFFFD", "bold 粗\uFFFD"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var got []string
			for _, p := range parts(handlers.Reply{Text: c.spans}) {
				got = append(got, shown(p)...)
			}
			if d := cmp.Diff(c.want, got); d != "" {
				t.Errorf("parts (-want +got)\n%s", d)
			}
		})
	}
}

// invalid says what Telegram would object to in a part, "" for nothing.
func invalid(p part) string {
	units := utf16.Encode([]rune(p.Text))
	switch {
	case !utf8.ValidString(p.Text):
		return "not UTF-8"
	case strings.TrimSpace(p.Text) != p.Text || p.Text == "":
		return "not trimmed, or empty"
	case len(units) > maxText:
		return "too long"
	}
	for _, e := range p.Entities {
		end := e.Offset + e.Length
		if e.Offset < 0 || e.Length <= 0 || end > len(units) {
			return "entity outside of the text"
		}
		torn := func(i int) bool { return i < len(units) && units[i] >= 0xDC00 && units[i] <= 0xDFFF }
		if torn(e.Offset) || torn(end) {
			return "entity cuts a surrogate pair"
		}
		if unicode.IsSpace(rune(units[e.Offset])) || unicode.IsSpace(rune(units[end-1])) {
			return "entity begins or ends with white space"
		}
		if e.Type == models.MessageEntityTypeTextLink && !linkable(e.URL) {
			return "bad link"
		}
	}
	return ""
}

func FuzzRender(f *testing.F) {
	f.Add("您好", "bold", "https://example.com", " 结束。", uint8(1))
	f.Add("👨‍👩‍👧‍👦 ", "quote", "", "🇨🇳🇨🇳", uint8(200))
	f.Add(" \u202eمرحبا", "mark", "tg://user", "\xff\x00", uint8(90))
	f.Add("", "fixed", "http://a.b", "\r\n　", uint8(0))
	for _, text := range hostile.Texts {
		f.Add(text[:min(len(text), 900)], "bold", "https://example.com", text[:min(len(text), 900)], uint8(20))
	}
	f.Fuzz(func(t *testing.T, a, style, link, b string, repeat uint8) {
		if len(a)+len(b) > 2000 {
			return // longer ones only take longer
		}
		r := handlers.Reply{Text: []handlers.Span{
			{Text: strings.Repeat(a, int(repeat)+1), Style: handlers.Style(style), URL: link},
			{Text: b, Style: handlers.Quote},
			{Text: a, Style: handlers.Mark, URL: link},
			{Text: b, Style: handlers.Fixed},
		}}
		for _, p := range parts(r) {
			if why := invalid(p); why != "" {
				t.Fatalf("%s: %q", why, shown(p))
			}
		}
	})
}

func TestShorten(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"":                             "",
		" 好 ":                          "好",
		strings.Repeat("好", 200):       strings.Repeat("好", 200),
		strings.Repeat("好", 201):       strings.Repeat("好", 199) + "…",
		strings.Repeat("😀", 101):       strings.Repeat("😀", 99) + "…",
		strings.Repeat("👍🏽", 51):       strings.Repeat("👍🏽", 49) + "…",
		strings.Repeat("🇨🇳", 60):       strings.Repeat("🇨🇳", 49) + "…",
		strings.Repeat("e\u0301", 150): strings.Repeat("e\u0301", 99) + "…",
	} {
		if got := shorten(in, maxToast); got != want {
			t.Errorf("shorten(%.12q… %d units) = %d units %.12q…, want %d units", in, units16(in), units16(got), got, units16(want))
		}
	}
}
