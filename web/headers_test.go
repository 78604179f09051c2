package web_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"liaison/ticket"
	"liaison/web"
)

// TestPagesRunOurScriptsOnly: what is allowed to run is our own files, on every page and
// with every answer; and the pages neither hold nor make anything that would need more.
func TestPagesRunOurScriptsOnly(t *testing.T) {
	t.Parallel()
	g := setup(t)
	v := g.visitor()
	boss := g.staff("丙（示例）", ticket.RoleSupervisor, "")
	inline := regexp.MustCompile(`(?i)<style|\sstyle=|\son[a-z]+=|javascript:|<script(?:[^>]*)>[^<\s]|<iframe|<object|<embed|<base`)
	paths := []string{"/", "/staff/", "/nowhere", "/files/x", "/api/chat/lines", "/api/staff/me", "/api/staff/tickets", "/api/staff/financing.csv?by=month", "/api/staff/visits/template", "/api/nowhere"}
	assets, err := filepath.Glob("static/*")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range assets {
		paths = append(paths, "/"+filepath.ToSlash(file))
	}
	for _, path := range paths {
		c := v
		if strings.Contains(path, "staff") {
			c = boss
		}
		r := c.do("GET", path, nil)
		policy := r.header.Get("Content-Security-Policy")
		for _, part := range []string{"default-src 'self'", "object-src 'none'", "base-uri 'none'", "form-action 'self'", "frame-ancestors 'none'"} {
			if !strings.Contains(policy, part) {
				t.Errorf("%s lacks %s: %s", path, part, policy)
			}
		}
		if regexp.MustCompile(`unsafe|\*|data:|https?:`).MatchString(policy) || r.header.Get("X-Content-Type-Options") != "nosniff" || r.header.Get("Content-Type") == "" {
			t.Errorf("%s: %s, %v", path, policy, r.header)
		}
		if strings.HasPrefix(r.header.Get("Content-Type"), "text/html") {
			if bad := inline.FindString(r.body); bad != "" {
				t.Errorf("%s holds %q", path, bad)
			}
		}
	}
	makes := regexp.MustCompile(`\.innerHTML|\.outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function|setAttribute\(\s*["']style|srcdoc`)
	for _, file := range assets {
		if filepath.Ext(file) != ".js" {
			continue
		}
		source, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if bad := makes.Find(source); bad != nil {
			t.Errorf("%s makes markup of text: %s", file, bad)
		}
	}
}

// TestNoUploadIsActive: a file is a picture of four kinds, or is saved and not opened;
// what a browser could run is that too, whatever it is called.
func TestNoUploadIsActive(t *testing.T) {
	t.Parallel()
	g := setup(t, func(c *web.Config) { c.Pace = boundless{} })
	v := g.visitor()
	const svg = `<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>`
	served := 0
	for name, body := range map[string]string{
		"a.svg": svg, "b.png": svg, "c.html": "<!DOCTYPE html><script>alert(1)</script>", "d.jpg": "<html><script>alert(1)</script>", "e.xml": `<?xml version="1.0"?><html xmlns="http://www.w3.org/1999/xhtml"/>`,
		"f.pdf": "%PDF-1.7\n%\xe2\xe3\xcf\xd3\n", "g.png": "\x89PNG\r\n\x1a\n0000000000000000", "h.gif": "GIF89a/*<script>*/=0;", "i.txt": "路灯", "j.docx": "PK\x03\x04", "k.js": "alert(1)",
		"l\r\nSet-Cookie: x=1.txt": "路灯", `m".html`: "路灯",
	} {
		r := v.upload("/api/chat/messages", map[string]string{"key": key(), "text": "附件（示例）"}, name, body)
		if r.status == 422 {
			continue // a type that is not taken
		}
		if r.status != 202 {
			t.Errorf("%s: %d %s", name, r.status, r.body)
			continue
		}
		lines := v.lines()
		var url string
		for _, l := range lines {
			for _, f := range l.Files {
				url = f.URL
			}
		}
		served++
		f := v.do("GET", url, nil)
		kind, how := f.header.Get("Content-Type"), f.header.Get("Content-Disposition")
		picture := kind == "image/png" || kind == "image/gif" || kind == "image/jpeg" || kind == "image/webp"
		if f.status != 200 || f.header.Get("X-Content-Type-Options") != "nosniff" || f.header.Get("Set-Cookie") != "" ||
			f.header.Get("Content-Security-Policy") != "default-src 'none'; sandbox; frame-ancestors 'none'" ||
			!(picture && strings.HasPrefix(how, "inline") || kind == "application/octet-stream" && strings.HasPrefix(how, "attachment")) {
			t.Errorf("%s is served as %d %v", name, f.status, f.header)
		}
		if picture && strings.Contains(body, "<svg") || picture && strings.Contains(body, "<html") {
			t.Errorf("%s is shown as a picture of type %s", name, kind)
		}
	}
	if served < 4 {
		t.Errorf("only %d files were served", served)
	}
}
