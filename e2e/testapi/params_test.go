package testapi

import (
	"encoding/json"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestReadParams(t *testing.T) {
	t.Parallel()
	const multipart = "multipart/form-data; boundary=x"
	part := func(name, value string) string {
		return "--x\r\nContent-Disposition: form-data; name=\"" + name + "\"\r\n\r\n" + value + "\r\n"
	}
	cases := map[string]struct{ kind, query, body, want string }{
		"nothing":               {"", "", "", `{}`},
		"form without parts":    {multipart, "", "", `{}`},
		"number":                {multipart, "", part("chat_id", "-100") + "--x--", `{"chat_id":-100}`},
		"channel name":          {multipart, "", part("chat_id", "@示例") + "--x--", `{"chat_id":"@示例"}`},
		"text like a number":    {multipart, "", part("text", "123") + "--x--", `{"text":"123"}`},
		"text like JSON":        {multipart, "", part("text", `{"a":1}`) + "--x--", `{"text":"{\"a\":1}"}`},
		"Chinese, emoji, RTL":   {multipart, "", part("text", "政策👍مرحبا") + "--x--", `{"text":"政策👍مرحبا"}`},
		"full-width digits":     {multipart, "", part("message_id", "１２") + "--x--", `{"message_id":"１２"}`},
		"object":                {multipart, "", part("reply_markup", `{"inline_keyboard":[]}`) + "--x--", `{"reply_markup":{"inline_keyboard":[]}}`},
		"broken object":         {multipart, "", part("reply_markup", `{"inline`) + "--x--", `{"reply_markup":"{\"inline"}`},
		"empty value":           {multipart, "", part("text", "") + "--x--", `{"text":""}`},
		"form in the address":   {"", "offset=7&timeout=1", "", `{"offset":7,"timeout":1}`},
		"urlencoded":            {"application/x-www-form-urlencoded", "", "chat_id=42&text=%E5%A5%BD", `{"chat_id":42,"text":"好"}`},
		"JSON":                  {"application/json", "", `{"chat_id":42,"text":"好"}`, `{"chat_id":42,"text":"好"}`},
		"JSON null":             {"application/json", "", `null`, `{}`},
		"JSON without body":     {"application/json; charset=utf-8", "limit=3", "", `{"limit":3}`},
		"broken JSON":           {"application/json", "", `{"chat_id`, ""},
		"JSON list":             {"application/json", "", `[1]`, ""},
		"file":                  {multipart, "", "--x\r\nContent-Disposition: form-data; name=\"photo\"; filename=\"a\"\r\n\r\nx\r\n--x--", ""},
		"form that breaks off":  {multipart, "", part("text", "a") + "--x\r\nContent-Dis", ""},
		"no boundary":           {"multipart/form-data", "", "", ""},
		"unreadable media type": {"a/b/c;;", "", "", ""},
		"larger than the limit": {multipart, "", part("text", strings.Repeat("长", maxBody)) + "--x--", ""},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := httptest.NewRequest("POST", "/?"+c.query, strings.NewReader(c.body))
			if c.kind != "" {
				r.Header.Set("Content-Type", c.kind)
			}
			p, err := readParams(r)
			if (err != nil) != (c.want == "") {
				t.Fatalf("readParams: %v, %v", p, err)
			}
			if err == nil {
				if got, err := json.Marshal(p); err != nil || string(got) != c.want {
					t.Errorf("readParams: %s, %v, want %s", got, err, c.want)
				}
			}
		})
	}
}

func FuzzReadParams(f *testing.F) {
	f.Add("multipart/form-data; boundary=x", "", "--x\r\nContent-Disposition: form-data; name=\"text\"\r\n\r\n政策👍\r\n--x--")
	f.Add("application/x-www-form-urlencoded", "offset=1", "chat_id=42&text=%E5%A5%BD")
	f.Add("application/json", "", `{"chat_id":42,"text":"مرحبا"}`)
	f.Add("", "chat_id=１", "")
	f.Fuzz(func(t *testing.T, kind, query, body string) {
		r := httptest.NewRequest("POST", "/", strings.NewReader(body))
		r.URL.RawQuery = query
		r.Header.Set("Content-Type", kind)
		p, err := readParams(r)
		if err != nil {
			return
		}
		if _, err := json.Marshal(p); err != nil {
			t.Errorf("the arguments %q are no JSON: %v", p, err)
		}
		if _, err := url.ParseQuery(query); err == nil && p == nil {
			t.Error("no error and no arguments")
		}
		p.integer("chat_id")
		p.str("text")
	})
}

func TestIntegerAndString(t *testing.T) {
	t.Parallel()
	p := params{"n": json.RawMessage(`12`), "digits": json.RawMessage(`"12"`), "half": json.RawMessage(`1.5`), "word": json.RawMessage(`"十二"`)}
	for name, want := range map[string]int64{"n": 12, "digits": 12, "half": 0, "word": 0, "absent": 0} {
		if got := p.integer(name); got != want {
			t.Errorf("integer %s is %d, want %d", name, got, want)
		}
	}
	for name, want := range map[string]string{"n": "", "digits": "12", "word": "十二", "absent": ""} {
		if got := p.str(name); got != want {
			t.Errorf("str %s is %q, want %q", name, got, want)
		}
	}
}

func TestModules(t *testing.T) {
	t.Parallel()
	root := t.TempDir()
	inner := filepath.Join(root, "bot", "inner")
	beside := filepath.Join(root, "e2e", "testapi", "node_modules")
	other := filepath.Join(root, "other", "node_modules")
	for _, dir := range []string{inner, filepath.Join(beside, "telegram-test-api"), filepath.Join(other, "telegram-test-api")} {
		if err := os.MkdirAll(dir, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	env := func(value string) func(string) string { return func(string) string { return value } }
	if got, err := modules(env(""), inner); err == nil {
		t.Errorf("outside a module: found %s", got)
	}
	if err := os.WriteFile(filepath.Join(root, "go.mod"), nil, 0o644); err != nil {
		t.Fatal(err)
	}
	if got, err := modules(env(""), inner); err != nil || got != beside {
		t.Errorf("from a package: %s, %v, want %s", got, err, beside)
	}
	if got, err := modules(env(other), inner); err != nil || got != other {
		t.Errorf("from the environment: %s, %v, want %s", got, err, other)
	}
	if got, err := modules(env(inner), inner); err == nil || !strings.Contains(err.Error(), "npm-install") {
		t.Errorf("without the emulator: %s, %v, want an error that says what to do", got, err)
	}
}
