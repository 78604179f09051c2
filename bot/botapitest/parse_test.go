package botapitest

import (
	"strings"
	"testing"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
)

type parseCase struct {
	in, text, err string
	entities      []Entity
}

func runParser(t *testing.T, parse func(string) (string, []Entity, error), cases []parseCase) {
	t.Helper()
	for _, tc := range cases {
		text, entities, err := parse(tc.in)
		if tc.err != "" {
			if want := "Bad Request: can't parse entities: " + tc.err; err == nil || err.Error() != want {
				t.Errorf("%q: error %v, want %s", tc.in, err, want)
			}
			continue
		}
		if err != nil || text != tc.text {
			t.Errorf("%q = %q, %v; want %q", tc.in, text, err, tc.text)
		}
		if diff := cmp.Diff(tc.entities, entities); diff != "" {
			t.Errorf("%q (-want +got):\n%s", tc.in, diff)
		}
	}
}

func TestParseHTML(t *testing.T) {
	t.Parallel()
	runParser(t, parseHTML, []parseCase{
		{in: "", text: ""},
		{in: "你好，世界", text: "你好，世界"},
		{in: "a &lt;b&gt; &amp; &quot;c&quot; &nbsp; & &#20320;&#x4f60; &lt", text: `a <b> & "c" &nbsp; & 你你 <`},
		{in: "&#12345678;", text: "&#12345678;"},
		{in: "🙂<b>政策</b>", text: "🙂政策", entities: []Entity{{Type: "bold", Offset: 2, Length: 2}}},
		{in: "<b>粗<i>斜🏟</i></b>", text: "粗斜🏟", entities: []Entity{{Type: "bold", Length: 4}, {Type: "italic", Offset: 1, Length: 3}}},
		{in: "<STRONG>a</STRONG><em>b</em><ins>c</ins><del>d</del><tg-spoiler>e</tg-spoiler>", text: "abcde", entities: []Entity{
			{Type: "bold", Length: 1}, {Type: "italic", Offset: 1, Length: 1}, {Type: "underline", Offset: 2, Length: 1},
			{Type: "strikethrough", Offset: 3, Length: 1}, {Type: "spoiler", Offset: 4, Length: 1}}},
		{in: `<a href="https://example.com/?a=1&amp;b=2">原文</a>`, text: "原文",
			entities: []Entity{{Type: "text_link", Length: 2, URL: "https://example.com/?a=1&b=2"}}},
		{in: `<a href=example.com>x</a>`, text: "x", entities: []Entity{{Type: "text_link", Length: 1, URL: "http://example.com/"}}},
		{in: `<a href="HTTPS://Example.com?a">x</a>`, text: "x", entities: []Entity{{Type: "text_link", Length: 1, URL: "https://example.com/?a"}}},
		{in: `<a href="tg://user?id=6100000001">张三</a>`, text: "张三", entities: []Entity{{Type: "text_mention", Length: 2, User: &Account{ID: 6100000001}}}},
		{in: `<blockquote cite="" other   expandable=false>引</>`, text: "引", entities: []Entity{{Type: "expandable_blockquote", Length: 1}}},
		{in: `<a href="http://localhost/">x</a>`, text: "x"},
		{in: `<a>https://example.com/</a>`, text: "https://example.com/", entities: []Entity{{Type: "text_link", Length: 20, URL: "https://example.com/"}}},
		{in: `<pre><code class="language-go">x := 1</code></pre>`, text: "x := 1", entities: []Entity{{Type: "pre", Length: 6, Language: "go"}}},
		{in: `<blockquote>引</blockquote><blockquote expandable>文</blockquote>`, text: "引文",
			entities: []Entity{{Type: "blockquote", Length: 1}, {Type: "expandable_blockquote", Offset: 1, Length: 1}}},
		{in: `<tg-emoji emoji-id="5368324170671202286">👍</tg-emoji>`, text: "👍",
			entities: []Entity{{Type: "custom_emoji", Length: 2, CustomEmojiID: "5368324170671202286"}}},
		{in: "<b></b>x", text: "x"},
		{in: "<s><b>x</b></s>", text: "x", entities: []Entity{{Type: "bold", Length: 1}, {Type: "strikethrough", Length: 1}}},
		{in: "مرحبا <b>بكم</b>", text: "مرحبا بكم", entities: []Entity{{Type: "bold", Offset: 6, Length: 3}}},
		{in: "<b>a</>", text: "a", entities: []Entity{{Type: "bold", Length: 1}}},

		{in: "🏟 🏟&lt;<abacaba", err: "Unclosed start tag at byte offset 13"},
		{in: "🏟 🏟&lt;<abac aba>", err: `Unsupported start tag "abac" at byte offset 13`},
		{in: "收入<10万>", err: `Unsupported start tag "10万" at byte offset 6`},
		{in: "🏟 🏟&lt;<i   =aba>", err: `Empty attribute name in the tag "i" at byte offset 13`},
		{in: "🏟 🏟&lt;<i    aba>", err: `Expected equal sign in declaration of an attribute of the tag "i" at byte offset 13`},
		{in: "🏟 🏟&lt;<i    aba  =  ", err: `Unclosed start tag "i" at byte offset 13`},
		{in: "🏟 🏟&lt;<i    aba  =  190azAz-.,", err: "Unexpected end of name token at byte offset 27"},
		{in: `🏟 🏟&lt;<i    aba  =  "&lt;&gt;&quot;>`, err: "Unclosed start tag at byte offset 13"},
		{in: "🏟 🏟&lt;</", err: "Unexpected end tag at byte offset 13"},
		{in: "🏟 🏟&lt;<b></b></", err: "Unexpected end tag at byte offset 20"},
		{in: "🏟 🏟&lt;<i>a</i   ", err: "Unclosed end tag at byte offset 17"},
		{in: "🏟 🏟&lt;<i>a</em   >", err: `Unmatched end tag at byte offset 17, expected "</i>", found "</em>"`},
		{in: "<b>慈溪", err: `Can't find end tag corresponding to start tag "b"`},
		{in: "<span>x</span>", err: `Tag "span" must have class "tg-spoiler" at byte offset 0`},
		{in: "&#xDFDF;", err: "Text contains invalid Unicode characters after decoding HTML entities, check for unmatched surrogate code units"},
	})
}

func TestParseMarkdown(t *testing.T) {
	t.Parallel()
	reserved := func(c string) string {
		return "Character '" + c + `' is reserved and must be escaped with the preceding '\'`
	}
	runParser(t, parseMarkdown, []parseCase{
		{in: "", text: ""},
		{in: `\\\\\\\\\_\*\` + "`", text: "\\\\\\\\_*`"},
		{in: `最高补贴10\.5万元\(含税\)\!`, text: "最高补贴10.5万元(含税)!"},
		{in: "🏟 🏟``", text: "🏟 🏟"},
		{in: "🙂*政策*", text: "🙂政策", entities: []Entity{{Type: "bold", Offset: 2, Length: 2}}},
		{in: "*粗 _斜🏟_ ~删~*", text: "粗 斜🏟 删", entities: []Entity{{Type: "bold", Length: 7},
			{Type: "italic", Offset: 2, Length: 3}, {Type: "strikethrough", Offset: 6, Length: 1}}},
		{in: "__下__||隐||", text: "下隐", entities: []Entity{{Type: "underline", Length: 1}, {Type: "spoiler", Offset: 1, Length: 1}}},
		{in: "`a_b`", text: "a_b", entities: []Entity{{Type: "code", Length: 3}}},
		{in: "```go\nx := 1```", text: "x := 1", entities: []Entity{{Type: "pre", Length: 6, Language: "go"}}},
		{in: "```\na.b```", text: "a.b", entities: []Entity{{Type: "pre", Length: 3}}},
		{in: `[原文](https://example.com/a\)b)`, text: "原文", entities: []Entity{{Type: "text_link", Length: 2, URL: "https://example.com/a)b"}}},
		{in: "[x](nodot)", text: "x"},
		{in: "![👍](tg://emoji?id=5368324170671202286)", text: "👍", entities: []Entity{{Type: "custom_emoji", Length: 2, CustomEmojiID: "5368324170671202286"}}},
		{in: ">引一\n>引二\n后", text: "引一\n引二\n后", entities: []Entity{{Type: "blockquote", Length: 6}}},
		{in: "> \n> \n>", text: " \n \n", entities: []Entity{{Type: "blockquote", Length: 4}}},
		{in: "> \\>\n \\> \n>", text: " >\n > \n", entities: []Entity{{Type: "blockquote", Length: 3}}},
		{in: "abc\n> \n> \n>\ndef", text: "abc\n \n \n\ndef", entities: []Entity{{Type: "blockquote", Offset: 4, Length: 5}}},
		{in: "\r>a", text: "\ra", entities: []Entity{{Type: "blockquote", Offset: 1, Length: 1}}},
		{in: "*a\n>b\n>ld \n>bo\n>ld\nasd*\ndef", text: "a\nb\nld \nbo\nld\nasd\ndef",
			entities: []Entity{{Type: "bold", Length: 17}, {Type: "blockquote", Offset: 2, Length: 12}}},
		{in: ">`b\n>ld \n>bo\nld`\n>asd\ndef", text: "b\n>ld \n>bo\nld\nasd\ndef",
			entities: []Entity{{Type: "blockquote", Length: 18}, {Type: "code", Length: 13}}},
		{in: ">\n\r>2", text: "\n\r2", entities: []Entity{{Type: "blockquote", Length: 1}, {Type: "blockquote", Offset: 2, Length: 1}}},
		{in: ">\n**>2", text: "\n2", entities: []Entity{{Type: "blockquote", Length: 1}, {Type: "blockquote", Offset: 1, Length: 1}}},
		{in: ">**\n>2", text: "\n2", entities: []Entity{{Type: "blockquote", Length: 2}}},
		{in: "*>abcd\n*", text: "abcd\n", entities: []Entity{{Type: "blockquote", Length: 5}, {Type: "bold", Length: 5}}},
		{in: ">asd\n>q||e||w||\nasdad", text: "asd\nqew\nasdad", entities: []Entity{{Type: "expandable_blockquote", Length: 8}, {Type: "spoiler", Offset: 5, Length: 1}}},
		{in: ">asd\r\n>q||ew||\r\n", text: "asd\r\nqew\r\n", entities: []Entity{{Type: "blockquote", Length: 10}, {Type: "spoiler", Offset: 6, Length: 2}}},
		{in: ">asd\r\n>q||e||w||\r\n", text: "asd\r\nqew\r\n", entities: []Entity{{Type: "expandable_blockquote", Length: 10}, {Type: "spoiler", Offset: 6, Length: 1}}},
		{in: ">||", text: ""},
		{in: "```🏟\n\r🏟```", text: "🏟", entities: []Entity{{Type: "pre", Length: 2, Language: "🏟"}}},
		{in: "```🏟\r\r🏟```", text: "\r🏟", entities: []Entity{{Type: "pre", Length: 3, Language: "🏟"}}},
		{in: "```🏟 \\\\\\`🏟```", text: " \\`🏟", entities: []Entity{{Type: "pre", Length: 5, Language: "🏟"}}},
		{in: "![👍](TG://EMoJI/?test=1231&id=25#id=32)a", text: "👍a", entities: []Entity{{Type: "custom_emoji", Length: 2, CustomEmojiID: "25"}}},
		{in: "[telegram\\.org]a", text: "telegram.orga", entities: []Entity{{Type: "text_link", Length: 12, URL: "http://telegram.org/"}}},
		{in: ">长文||", text: "长文", entities: []Entity{{Type: "expandable_blockquote", Length: 2}}},
		{in: "مرحبا *بكم*", text: "مرحبا بكم", entities: []Entity{{Type: "bold", Offset: 6, Length: 3}}},

		{in: "1. 申报条件", err: reserved(".")},
		{in: "慈溪-宁波", err: reserved("-")},
		{in: "🏟 🏟!", err: reserved("!")},
		{in: "🏟 🏟>", err: reserved(">")},
		{in: "a]", err: reserved("]")},
		{in: ">\n*a*>2", err: reserved(">")},
		{in: "🏟 🏟_abac", err: "Can't find end of Italic entity at byte offset 9"},
		{in: "🏟 🏟*abac", err: "Can't find end of Bold entity at byte offset 9"},
		{in: "🏟 🏟```🏟 🏟\\`", err: "Can't find end of PreCode entity at byte offset 9"},
		{in: "🏟 🏟__🏟 _🏟___", err: "Can't find end of Italic entity at byte offset 23"},
		{in: "🏟 🏟__", err: "Can't find end of Underline entity at byte offset 9"},
		{in: `🏟 🏟||test\|`, err: "Can't find end of Spoiler entity at byte offset 9"},
		{in: `[telegram\.org](asd`, err: "Can't find end of a URL at byte offset 16"},
		{in: "🏟 🏟![👍", err: "Can't find end of CustomEmoji entity at byte offset 9"},
		{in: "🏟 🏟![👍]", err: "Custom emoji entity must contain a tg://emoji URL"},
		{in: "🏟 🏟![👍](tg://emoji?id=1234", err: "Can't find end of a custom emoji URL at byte offset 17"},
		{in: "🏟 🏟![👍](t://emoji?id=1234)", err: "Custom emoji URL must have scheme tg"},
		{in: "🏟 🏟![👍](tg://emoji#test)", err: "Custom emoji URL must have an emoji identifier"},
		{in: ">asd\n>q||e||w||\n||asdad", err: "Can't find end of Spoiler entity at byte offset 16"},
		{in: ">asd\n>q||ew\n||asdad", err: "Can't find end of Spoiler entity at byte offset 7"},
		{in: ">asd\n>q||e||w__\n||asdad", err: "Can't find end of Underline entity at byte offset 13"},
		{in: ">*b\n>ld \n>bo\nld*\nasd\ndef", err: "Can't find end of Bold entity at byte offset 1"},
	})
}

func TestDetect(t *testing.T) {
	t.Parallel()
	cmd := func(offset, length int) []Entity {
		return []Entity{{Type: "bot_command", Offset: offset, Length: length}}
	}
	for in, want := range map[string][]Entity{
		"/start":                      cmd(0, 6),
		"/start@example_test_bot hi":  cmd(0, 23),
		"你好 /start":                   cmd(3, 6),
		"🙂 /start":                    cmd(3, 6),
		"🙂/start":                     cmd(2, 6),
		"你好/start":                    nil,
		"/start你好":                    nil,
		"/开始":                         nil,
		"a/b":                         nil,
		"http:/x":                     cmd(5, 2),
		"/a/b":                        nil,
		"</b>":                        nil,
		"مرحبا /help":                 cmd(6, 5),
		"/" + strings.Repeat("a", 65): nil,
		"见 https://example.com/政策，谢谢": {{Type: "url", Offset: 2, Length: 22}},
		"@someone 和 #营商环境":            {{Type: "mention", Length: 8}, {Type: "hashtag", Offset: 11, Length: 5}},
		"邮箱 a.b@example.com。":         {{Type: "email", Offset: 3, Length: 15}},
	} {
		if diff := cmp.Diff(want, detect(in)); diff != "" {
			t.Errorf("%q (-want +got):\n%s", in, diff)
		}
	}
}

func TestTidy(t *testing.T) {
	t.Parallel()
	text, entities := tidy("  \r\n a\u202eb\t🙂 \n", []Entity{
		{Type: "bold", Offset: 0, Length: 8}, {Type: "italic", Offset: 6, Length: 5}, {Type: "code", Offset: 0, Length: 2}})
	want := []Entity{{Type: "bold", Length: 2}, {Type: "italic", Offset: 1, Length: 4}}
	if text != "ab 🙂" || !cmp.Equal(entities, want) {
		t.Errorf("tidy = %q %+v, want %+v", text, entities, want)
	}
}

// checkOutput holds for every text the parsers accept.
func checkOutput(t *testing.T, text string, entities []Entity) {
	t.Helper()
	if !utf8.ValidString(text) {
		t.Fatalf("text is not UTF-8: %q", text)
	}
	units := utf16.Encode([]rune(text))
	for _, e := range entities {
		if e.Offset < 0 || e.Length <= 0 || e.Offset+e.Length > len(units) {
			t.Fatalf("%+v is outside %q", e, text)
		}
		if splitsPair(units, e.Offset) || splitsPair(units, e.Offset+e.Length) {
			t.Fatalf("%+v splits a surrogate pair of %q", e, text)
		}
	}
	out, kept := tidy(text, entities)
	if n := utf16Len(out); n > len(units) {
		t.Fatalf("tidy made %q longer: %q", text, out)
	}
	for _, e := range addDetected(out, kept) {
		if e.Offset < 0 || e.Length <= 0 || e.Offset+e.Length > utf16Len(out) {
			t.Fatalf("after tidy, %+v is outside %q", e, out)
		}
	}
}

func FuzzParseHTML(f *testing.F) {
	for _, s := range []string{"", "<b>政策🙂</b>", `<a href="https://example.com">x</a>`, "&#x1F642;&lt;&#xD83D;", "<i a = b>x</i>",
		"<pre><code class=\"language-go\">x</code></pre>", "<blockquote expandable>x</blockquote>", "</", "<", "مرحبا <u>x</u>"} {
		f.Add(s)
	}
	escape := strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;")
	f.Fuzz(func(t *testing.T, in string) {
		if !utf8.ValidString(in) {
			return // refused before it reaches the parser
		}
		if text, entities, err := parseHTML(in); err == nil {
			checkOutput(t, text, entities)
		}
		text, entities, err := parseHTML(escape.Replace(in))
		if err != nil || text != in || len(entities) != 0 {
			t.Fatalf("escaped %q = %q %v %v", in, text, entities, err)
		}
	})
}

func FuzzParseMarkdown(f *testing.F) {
	for _, s := range []string{"", "*政策🙂*", "[x](https://example.com)", "```go\nx```", ">a\n>b||\nc", "**>x", "__a_b___", "![👍](tg://emoji?id=1)",
		`\`, "`", "||a||", "مرحبا _x_", ">*a\n>b*"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, in string) {
		if !utf8.ValidString(in) {
			return // refused before it reaches the parser
		}
		if text, entities, err := parseMarkdown(in); err == nil {
			checkOutput(t, text, entities)
		}
		var b strings.Builder
		for _, r := range in {
			if strings.ContainsRune(reservedMarkdown+`\`, r) {
				b.WriteByte('\\')
			}
			b.WriteRune(r)
		}
		text, entities, err := parseMarkdown(b.String())
		if err != nil || text != in || len(entities) != 0 {
			t.Fatalf("escaped %q = %q %v %v", in, text, entities, err)
		}
	})
}

func FuzzCheckEntities(f *testing.F) {
	f.Add("🙂政策", "bold", 0, 2, "")
	f.Add("🙂政策", "bold", 1, 1, "")
	f.Add("x", "text_link", 0, 1, "https://example.com")
	f.Add("مرحبا", "italic", 4, 9, "")
	f.Add("x", "spoiler", 1<<62, 1<<62, "")
	f.Fuzz(func(t *testing.T, text, kind string, offset, length int, url string) {
		if !utf8.ValidString(text) {
			return // refused before it reaches the check
		}
		entities, err := (&Server{}).checkEntities(text, []Entity{{Type: kind, Offset: offset, Length: length, URL: url}})
		if err == nil {
			checkOutput(t, text, entities)
		}
	})
}
