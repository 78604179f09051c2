// Package hostile has the texts that every way in is tried with: what the fuzz
// targets of all rooms begin from.
package hostile

import "strings"

// Texts are texts as nobody should send them: nothing, far too much, characters that
// steer a terminal, a line or its direction, and bytes that are no text.
var Texts = []string{
	"", " \t\r\n\u3000\u00a0",
	strings.Repeat("长", 20_000), strings.Repeat("a", 70_000), strings.Repeat("行\n", 3_000),
	"\x00", "a\x00b\x01\x07\x08\x1b[2J\x7f\u0085\u2028\u2029\ufeff",
	"\u202e反过来\u202c \u2066مرحبا\u2069 \u200f שלום \u200b路\u200d灯",
	"e" + strings.Repeat("\u0301", 2_000), strings.Repeat("👨‍👩‍👧‍👦", 300),
	"\xff\xfe\xc0\xaf", "半个字\xe8\xb7", "\xed\xa0\x80\xed\xb0\x80", "\xf4\x90\x80\x80",
	strings.Repeat("{\"a\":", 9_000), strings.Repeat("[", 50_000), strings.Repeat("<b>", 9_000),
	"<script>alert(1)</script>\"'`;--", "../../etc/passwd", "%s%n%00", "/complain@example_test_bot \u202e",
}

// Strings are JSON strings, as they stand between quotes, that decoders disagree about:
// halves of surrogate pairs, pairs, zero characters, controls, and bytes that are no text.
var Strings = []string{
	"", `\ud800`, `\udc00\ud800`, `a\ud83d`, `\ud83d\ude00`, `\u0000`, `\\u0000`, `\u202e\u2066`, `\u001b[2J`, `\ufeff\uffff`,
	"\xff\xfe", "\xed\xa0\x80", strings.Repeat(`\u957f`, 6_000), strings.Repeat("长", 20_000),
}
