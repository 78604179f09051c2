package handlers

import (
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"
)

func TestFileName(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("执", 200)
	for in, want := range map[string]string{
		"执照.pdf": "执照.pdf", "../../etc/passwd": "passwd", `C:\temp\表.xlsx`: "表.xlsx", "": "file", ".": "file", "..": "file", "a/": "file",
		"a\x00\n\u202Efdp.exe": "afdp.exe", " ｆｕｌｌ　😀.png ": "ｆｕｌｌ　😀.png", "שלום.txt": "שלום.txt", "\xff": "file", "a\r\nb\x00.txt": "ab.txt",
		long + ".pdf":        strings.Repeat("执", 96) + ".pdf",
		"a." + long + "xyz":  "a." + strings.Repeat("执", 98),
		long + ".xlsx":       strings.Repeat("执", 95) + ".xlsx",
		"photo\u202egnp.exe": "photognp.exe", "  空格 .pdf ": "空格 .pdf", "表情😀.png": "表情😀.png", "تقرير.pdf": "تقرير.pdf", "ＡＢＣ．ｐｄｆ": "ＡＢＣ．ｐｄｆ",
	} {
		if got := FileName(in); got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
}

func FuzzFileName(f *testing.F) {
	for _, s := range []string{"a/b\\c.pdf", "\u202E", "..", "\x00", strings.Repeat("长", 300)} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, in string) {
		got := FileName(in)
		if got == "" || got == "." || got == ".." || strings.ContainsAny(got, "/\\\u202E") || strings.ContainsFunc(got, unicode.IsControl) ||
			!utf8.ValidString(got) || utf8.RuneCountInString(got) > maxFileName {
			t.Errorf("%q became %q", in, got)
		}
		if again := FileName(got); again != got {
			t.Errorf("%q became %q and then %q", in, got, again)
		}
	})
}
