package knowledge

import (
	"strings"
	"testing"
	"unicode/utf8"

	"liaison/knowledge/zh"
)

func TestSegments(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"人才公寓停车一个月多少钱":       "人才 公寓 停车 一个月 多少 钱",
		"办残疾证要去哪家医院评残":       "办 残疾 证 要 去 哪家 医院 评 残",
		"灵活就业自己买职工医保每个月要交多少": "灵活 就业 自己 买 职工 医保 每个 月 要 交 多少",
		"用哪个App刷脸认证，25年？":    "用 哪个 app 刷 脸 认证 25 年",
		"":                   "",
		"🙂 مرحبا":            "🙂 مرحبا",
	} {
		r := []rune(zh.Fold(text))
		var words []string
		for _, s := range segments(r) {
			words = append(words, string(r[s.from:s.to]))
		}
		if got := strings.Join(words, " "); got != want {
			t.Errorf("%s: got %s, want %s", text, got, want)
		}
	}
}

// TestWordTable reads every line of the embedded table.
func TestWordTable(t *testing.T) {
	t.Parallel()
	m := wordEntries()
	if len(m) < 70_000 {
		t.Errorf("%d words", len(m))
	}
	for w, e := range m {
		if !strings.ContainsRune("nvpo", rune(e.sort)) || e.log <= 0 || e.log > wordsLog || utf8.RuneCountInString(w) > maxWord {
			t.Fatalf("%q: %+v", w, e)
		}
	}
}

func FuzzSegments(f *testing.F) {
	for _, s := range []string{"", "怎么办理营业执照", "𠀀𠀁 a1一", "٣ مرحبا 🙂", "\xff\xfe"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		r := []rune(text)
		at := 0
		for _, s := range segments(r) {
			if s.from < at || s.to <= s.from || s.to > len(r) {
				t.Fatalf("%+v after %d of %d", s, at, len(r))
			}
			for _, c := range r[at:s.from] {
				if zh.IsHan(c) {
					t.Fatalf("%c is in no word", c)
				}
			}
			at = s.to
		}
	})
}
