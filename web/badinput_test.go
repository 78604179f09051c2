package web_test

import (
	"bytes"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"unicode/utf8"

	"liaison/e2e/hostile"
	"liaison/handlers"
	"liaison/ticket"
	"liaison/web"
)

// TestBadRequests: what no page of ours sends gets a status of the client's and words
// that say so, from a visitor and from staff.
func TestBadRequests(t *testing.T) {
	t.Parallel()
	g := setup(t, func(c *web.Config) { c.Pace = boundless{} })
	v := g.visitor()
	boss := g.staff("丙（示例）", ticket.RoleSupervisor, "")
	giant := `{"key":"key-00000000","text":"` + strings.Repeat("长", 64<<10) + `"}`
	deep := strings.Repeat(`{"text":`, 30_000)
	for name, row := range map[string]struct {
		c          *client
		path, kind string
		body       string
		status     int
	}{
		"giant":                  {v, "/api/chat/messages", "application/json", giant, http.StatusRequestEntityTooLarge},
		"too many characters":    {v, "/api/chat/messages", "application/json", `{"key":"key-00000001","text":"` + strings.Repeat("a", ticket.MaxText+1) + `"}`, 422},
		"deep":                   {v, "/api/chat/messages", "application/json", deep[:60_000], 422},
		"not JSON":               {v, "/api/chat/messages", "application/json", `{"key":`, 422},
		"two values":             {v, "/api/chat/messages", "application/json", `{"key":"key-00000002","text":"x"} {}`, 422},
		"another shape":          {v, "/api/chat/messages", "application/json", `["key"]`, 422},
		"zero character":         {v, "/api/chat/messages", "application/json", `{"key":"key-00000003","text":"a\u0000b"}`, 422},
		"form of another site":   {v, "/api/chat/messages", "text/plain", `{"key":"key-00000004","text":"x"}`, 422},
		"form":                   {v, "/api/chat/messages", "application/x-www-form-urlencoded", "key=key-00000005&text=x", 422},
		"no type":                {v, "/api/chat/messages", "", `{"key":"key-00000006","text":"x"}`, 422},
		"broken multipart":       {v, "/api/chat/messages", "multipart/form-data; boundary=x", "--x\r\nContent-Disposition: form-data; name=\"key\"\r\n\r\nkey", 422},
		"multipart of nothing":   {v, "/api/chat/messages", "multipart/form-data", "", 422},
		"login by a form":        {v, "/api/staff/login", "text/plain", `{"code":"AAAA-BBBB-CCCC"}`, 422},
		"staff, zero character":  {boss, "/api/staff/roster/back", "application/json", `{"person":"\u0000"}`, 422},
		"staff, form":            {boss, "/api/staff/invites", "text/plain", `{"role":"supervisor","label":"x"}`, 422},
		"staff, zero in a path":  {boss, "/api/staff/gaps/%00/close", "application/json", `{}`, 422},
		"staff, half in a path":  {boss, "/api/staff/tickets/%E8%B7/act", "application/json", `{"action":"accept"}`, 422},
		"staff, zero in a query": {boss, "/api/staff/gaps/1/close?x=%00", "application/json", `{}`, 422},
	} {
		headers := []string{}
		if row.kind != "" {
			headers = append(headers, "Content-Type", row.kind)
		}
		r := row.c.do("POST", row.path, strings.NewReader(row.body), headers...)
		if r.status != row.status || !strings.Contains(r.body, `"message":"`) {
			t.Errorf("%s: %d %.200s", name, r.status, r.body)
		}
	}
	for _, path := range []string{"/api/staff/tickets?q=%00", "/api/staff/tickets?q=%ff", "/api/staff/tickets/%00", "/files/" + strings.Repeat("0", 64) + "?ticket=%00", "/api/staff/visits?q=%00", "/api/staff/units?q=%ff", "/api/suggest?q=%00"} {
		c := boss
		if strings.HasPrefix(path, "/api/suggest") {
			c = v
		}
		if r := c.do("GET", path, nil); r.status != 422 {
			t.Errorf("%s: %d %.200s", path, r.status, r.body)
		}
	}
}

func FuzzEscapesZero(f *testing.F) {
	for _, s := range []string{`{"a":"\u0000"}`, `{"a":"\\u0000"}`, `{"a":"\\\u0000"}`, `"\u00000"`, `\`, `"\u000"`} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		var v any
		if err := json.Unmarshal([]byte(s), &v); err != nil {
			return
		}
		if got, want := web.EscapesZero([]byte(s)), hasZero(v); got != want {
			t.Errorf("%q: %v, want %v", s, got, want)
		}
	})
}

// hasZero reports whether a string of the value has a zero character.
func hasZero(v any) bool {
	switch v := v.(type) {
	case string:
		return strings.Contains(v, "\x00")
	case []any:
		for _, e := range v {
			if hasZero(e) {
				return true
			}
		}
	case map[string]any:
		for k, e := range v {
			if strings.Contains(k, "\x00") || hasZero(e) {
				return true
			}
		}
	}
	return false
}

// FuzzRequests: no request, of a visitor or of staff, is an error of ours.
func FuzzRequests(f *testing.F) {
	all := []string{
		"/api/chat/messages", "/api/staff/login", "/api/staff/invites", "/api/staff/roster/duty", "/api/staff/roster/away", "/api/staff/roster/back", "/api/staff/roster/dismiss",
		"/api/staff/overrides", "/api/staff/quick", "/api/staff/quick/1/remove", "/api/staff/visits", "/api/staff/visits/import", "/api/staff/gaps/1/answer", "/api/staff/gaps/1/merge",
		"/api/staff/observers/1", "/api/staff/tickets/CX-20261123-0001/act", "/api/staff/library/x/set", "/api/staff/imports/1/undo",
	}
	bodies := []string{
		`{}`, `{"key":"key-00000001","text":"慈溪有几个普惠金融服务站？"}`, `{"code":"AAAA-BBBB-CCCC"}`, `{"role":"agent","station":"town-henghe","label":"丁"}`,
		`{"station":"town-henghe","person":"1","day":"2026-11-23","on":true}`, `{"person":"1","until":"2026-12-01"}`, `{"kind":"pin","question":"x","unit":"a#b","why":"y"}`,
		`{"id":1,"station":"","title":"x","text":"{企业}"}`, `{"text":"好","keep":true,"question":"x","unit":""}`, `{"last":"2026-12-31","now":true}`,
		`{"action":"record","result":"granted","amount":"80万","rate":"3.85%","months":"12","lender":"bank"}`, `{"fields":[{"key":"issued","value":"昨天"}]}`, `[`, `null`, `"\u0000"`,
	}
	for i, path := range all {
		for _, body := range []string{bodies[i%len(bodies)], bodies[(i+1)%len(bodies)]} {
			f.Add(path, "", body, true)
			f.Add(path, "q=%00", body, false)
		}
	}
	for _, text := range append(hostile.Texts, hostile.Strings...) {
		f.Add("/api/chat/messages", "", `{"key":"key-00000001","text":"`+text+`"}`, false)
		f.Add("/api/staff/login", "", `{"code":"`+text+`"}`, false)
		f.Add("/api/suggest", "q="+url.QueryEscape(text), "", false)
		f.Add("/static/"+text, text, "", false)
		f.Add("/api/chat/lines", "after="+text, "", false)
		f.Add("/api/chat/messages", "", text, false)
	}
	f.Add("/api/staff/tickets", "offset=-1&state=x&q=%25", "", true)
	f.Add("/api/staff/visits", "from=2026-13-01&to=x&observer=%ff", "", true)
	f.Add("/api/staff/financing.csv", "by=moon&from=1", "", true)
	g := setup(f, func(c *web.Config) { c.Pace = boundless{} })
	handler := g.web.Handler()
	var person string
	g.update(func(tx handlers.Tx) error {
		p, err := tx.AddPerson(f.Context(), handlers.Person{Label: "丙（示例）"})
		if err != nil {
			return err
		}
		person = p.ID
		return tx.AddMembership(f.Context(), handlers.Membership{Person: p.ID, Role: ticket.RoleSupervisor})
	})
	cookie := g.pass(person)
	f.Fuzz(func(t *testing.T, path, query, body string, staff bool) {
		if !strings.HasPrefix(path, "/") || strings.HasSuffix(path, "/events") || !utf8.ValidString(path) {
			return
		}
		method := http.MethodPost
		if body == "" {
			method = http.MethodGet
		}
		r, err := http.NewRequestWithContext(t.Context(), method, "http://example.com/", bytes.NewReader([]byte(body)))
		if err != nil {
			t.Fatal(err)
		}
		r.URL.Path, r.URL.RawQuery = path, query
		r.RemoteAddr = "192.0.2.1:1"
		r.Header.Set("Content-Type", "application/json")
		r.Header.Set("Cookie", "liaison_visitor=AAAAAAAAAAAAAAAAAAAAAAAAAA")
		if staff {
			r.Header.Set("Cookie", cookie)
		}
		w := httptest.NewRecorder()
		handler.ServeHTTP(w, r)
		if w.Code >= 500 || !utf8.Valid(w.Body.Bytes()) {
			t.Errorf("%s %s?%s %q: %d %s", method, path, query, body, w.Code, w.Body)
		}
		if strings.HasPrefix(path, "/api/") && w.Code >= 400 && w.Code != http.StatusMethodNotAllowed && !strings.Contains(w.Body.String(), `"message":"`) {
			t.Errorf("%s %s?%s %q: %d, and no words for it: %q", method, path, query, body, w.Code, w.Body)
		}
		if path == "/api/chat/messages" && w.Code == http.StatusAccepted {
			var sent struct{ Key string }
			if err := json.Unmarshal([]byte(body), &sent); err != nil || sent.Key == "" {
				t.Errorf("%q was accepted, %v", body, err)
			}
		}
	})
}

func FuzzReadSheet(f *testing.F) {
	for _, s := range []string{
		"走访日期,走访企业,走访人,意见建议\n2026-11-20,示例厂,观察员一号,路灯坏了\n", "走访日期\t走访企业\n2026/11/20\t示例厂\n", "\ufeff走访日期;走访企业\r\n\"20\"\"26\";\"\n",
		"PK\x03\x04", "PK\x03\x04" + strings.Repeat("\x00", 60), "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "\x00\x00", "\xd7\xdf\xb7\xc3\xc8\xd5\xc6\xda,x\n", ",,,\n,,,\n",
	} {
		f.Add([]byte(s))
	}
	for _, text := range hostile.Texts {
		f.Add([]byte(text))
		f.Add([]byte("走访日期,走访企业,走访人,意见建议\n2026-11-20," + text + ",观察员一号," + text + "\n"))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		sheet, err := web.ReadSheet(data)
		if err != nil && ticket.CodeOf(err) == ticket.Internal {
			t.Fatalf("%q: %v", data, err)
		}
		_ = sheet
	})
}
