package web_test

import (
	"net/url"
	"strings"
	"testing"

	"liaison/web"
)

func TestSafeURL(t *testing.T) {
	t.Parallel()
	for raw, want := range map[string]string{
		"https://example.org/a?b#c": "https://example.org/a?b#c", "http://example.org": "http://example.org", "/files/x": "/files/x", "": "",
		"javascript:alert(1)": "", " JavaScript:alert(1)": "", "data:text/html,x": "", "//evil.example/x": "", "///evil.example": "", "https:evil": "", "mailto:a@example.org": "",
		"https://example.org/政策": "https://example.org/%E6%94%BF%E7%AD%96", "\x00": "", "java\nscript:alert(1)": "",
	} {
		if got := web.SafeURL(raw); got != want {
			t.Errorf("%q: %q, want %q", raw, got, want)
		}
	}
}

func FuzzSafeURL(f *testing.F) {
	for _, seed := range []string{"https://example.org", "javascript:alert(1)", "/x", "//x", "///", "/%2fx", `/\x`, "政策", "\t//x"} {
		f.Add(seed)
	}
	page, err := url.Parse("https://liaison.example/")
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, raw string) {
		got := web.SafeURL(raw)
		if got == "" {
			return
		}
		u, err := page.Parse(got)
		if err != nil || u.Scheme != "http" && u.Scheme != "https" {
			t.Fatalf("%q: %q leads to %v, %v", raw, got, u, err)
		}
		if strings.HasPrefix(got, "/") && (u.Host != page.Host || strings.HasPrefix(got, "//") || strings.Contains(got, `\`)) {
			t.Errorf("%q: %q leaves the site", raw, got)
		}
	})
}
