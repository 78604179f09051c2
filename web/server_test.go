package web_test

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"liaison/handlers"
	"liaison/ticket"
	"liaison/web"
)

func TestSession(t *testing.T) {
	t.Parallel()
	g := setup(t)
	here := g.stations()[0]
	agent := g.staff("甲（示例）", ticket.RoleAgent, here)
	g.advance(11 * time.Hour)
	if r := agent.do("GET", "/api/staff/me", nil); r.status != 200 {
		t.Errorf("after 11 hours: %d", r.status)
	}
	g.advance(2 * time.Hour)
	if r := agent.do("GET", "/api/staff/me", nil); r.status != http.StatusUnauthorized {
		t.Errorf("after 13 hours: %d", r.status)
	}

	agent = g.staff("甲（示例）", ticket.RoleAgent, here)
	stolen := agent.Jar.Cookies(mustURL(t, g.http.URL))
	if r := agent.do("POST", "/api/staff/logout", nil); r.status != http.StatusNoContent {
		t.Errorf("logout: %d", r.status)
	}
	if len(stolen) != 1 {
		t.Fatalf("cookies: %v", stolen)
	}
	if r := g.client().do("GET", "/api/staff/me", nil, "Cookie", stolen[0].String()); r.status != http.StatusUnauthorized {
		t.Errorf("the cookie after the logout: %d", r.status)
	}

	// A code that is not for staff is refused and not used up.
	var code string
	g.update(func(tx handlers.Tx) error {
		p, err := tx.Touch(t.Context(), handlers.Web, "somebody", "somebody", g.now())
		if err != nil {
			return err
		}
		code, err = g.desk.LoginCode(t.Context(), tx, p.ID)
		return err
	})
	for range 2 {
		if r := g.client().do("POST", "/api/staff/login", map[string]string{"code": code}); r.status != http.StatusForbidden {
			t.Errorf("login of a requester: %d %s", r.status, r.body)
		}
	}
}

func TestLoginAttempts(t *testing.T) {
	t.Parallel()
	g := setup(t)
	c := g.client()
	tried := 0
	for r := (response{status: 422}); r.status == 422 && tried < 50; tried++ {
		r = c.do("POST", "/api/staff/login", map[string]string{"code": "AAAA-BBBB-CCCC"})
		if r.status == http.StatusTooManyRequests && !strings.Contains(r.body, "秒") {
			t.Errorf("refusal: %s", r.body)
		}
	}
	if tried != 11 {
		t.Errorf("%d attempts until the limit", tried)
	}
}

func TestOtherSitesCannotPost(t *testing.T) {
	t.Parallel()
	g := setup(t)
	agent := g.staff("甲（示例）", ticket.RoleAgent, g.stations()[0])
	v := g.visitor()
	for _, row := range []struct {
		c    *client
		path string
		body any
	}{
		{v, "/api/chat/messages", say("/help")}, {agent, "/api/staff/logout", nil}, {agent, "/api/staff/login", nil},
	} {
		for _, headers := range [][]string{{"Sec-Fetch-Site", "cross-site"}, {"Origin", "https://evil.example"}} {
			r := row.c.do("POST", row.path, row.body, headers...)
			if r.status != http.StatusForbidden || !strings.Contains(r.body, `"forbidden"`) {
				t.Errorf("%s with %v: %d %s", row.path, headers, r.status, r.body)
			}
		}
	}
	if r := agent.do("GET", "/api/staff/me", nil); r.status != 200 {
		t.Errorf("another site has logged the agent out: %d", r.status)
	}
	if r := v.do("POST", "/api/chat/messages", say("/help"), "Origin", g.http.URL); r.status != http.StatusAccepted {
		t.Errorf("our own page: %d", r.status)
	}
}

func TestPublicURLIsOurOwn(t *testing.T) {
	t.Parallel()
	g := setup(t, func(c *web.Config) { c.PublicURL = "https://liaison.example/some/path" })
	if r := g.visitor().do("POST", "/api/chat/messages", say("/help"), "Origin", "https://liaison.example"); r.status != http.StatusAccepted {
		t.Errorf("the public address: %d", r.status)
	}
}

func TestHeadersAndCookies(t *testing.T) {
	t.Parallel()
	g := setup(t, func(c *web.Config) { c.SecureCookies = true })
	c := g.client()
	for path, status := range map[string]int{
		"/": 200, "/staff/": 200, "/static/chat.js": 200, "/static/base.css": 200, "/static/icon.svg": 200, "/api/staff/me": 401, "/nowhere": 404,
		"/static/chat.html": 404, "/static/..%2fserver.go": 404, "/files/x": 404, "/api/nowhere": 404,
	} {
		r := c.do("GET", path, nil)
		if r.status != status {
			t.Errorf("%s: %d", path, r.status)
		}
		for name, want := range map[string]string{
			"Content-Security-Policy": "frame-ancestors 'none'", "X-Content-Type-Options": "nosniff",
			"Referrer-Policy": "same-origin", "Strict-Transport-Security": "max-age=",
		} {
			if !strings.Contains(r.header.Get(name), want) {
				t.Errorf("%s: %s is %q", path, name, r.header.Get(name))
			}
		}
		if strings.Contains(r.header.Get("Content-Security-Policy"), "unsafe") {
			t.Errorf("%s: %s", path, r.header.Get("Content-Security-Policy"))
		}
	}
	set := c.do("GET", "/", nil).header.Get("Set-Cookie")
	for _, want := range []string{"liaison_visitor=", "HttpOnly", "Secure", "SameSite=Lax"} {
		if !strings.Contains(set, want) {
			t.Errorf("cookie %q lacks %s", set, want)
		}
	}
	login := c.do("POST", "/api/staff/login", map[string]string{"code": g.staffCode("甲（示例）", ticket.RoleSupervisor, "")}).header.Get("Set-Cookie")
	for _, want := range []string{"liaison_staff=", "HttpOnly", "Secure", "SameSite=Strict", "Max-Age=43200"} {
		if !strings.Contains(login, want) {
			t.Errorf("cookie %q lacks %s", login, want)
		}
	}
	// The same browser keeps its chat; a cookie that somebody made up is replaced.
	again := c.do("GET", "/", nil, "Cookie", strings.Split(set, ";")[0]).header.Get("Set-Cookie")
	if strings.Split(again, ";")[0] != strings.Split(set, ";")[0] {
		t.Errorf("another visit, another chat: %q", again)
	}
	if bad := c.do("GET", "/", nil, "Cookie", "liaison_visitor=AAAA").header.Get("Set-Cookie"); strings.Contains(bad, "=AAAA;") {
		t.Errorf("took %q", bad)
	}
}

// brokenStore cannot read the lines of a chat.
type brokenStore struct{ web.Store }

func (brokenStore) Lines(context.Context, string, int64, int) ([]web.Line, error) {
	return nil, errors.New("sql: the cause")
}

func TestProblemPages(t *testing.T) {
	t.Parallel()
	g := setup(t, func(c *web.Config) { c.Store = brokenStore{c.Store} })
	for lang, want := range map[string]string{"zh-CN,zh;q=0.9": "没有找到这个页面", "en-GB,en;q=0.8,zh;q=0.1": "There is no such page", "": "没有找到这个页面", "fr": "没有找到这个页面"} {
		r := g.client().do("GET", "/nowhere", nil, "Accept-Language", lang)
		if !strings.Contains(r.body, want) || !strings.HasPrefix(r.header.Get("Content-Type"), "text/html") {
			t.Errorf("%q: %s", lang, r.body)
		}
	}
	// Our own faults are told without their cause.
	v := g.visitor()
	if r := v.do("GET", "/api/chat/lines", nil); r.status != 500 || strings.Contains(r.body, "sql") || !strings.Contains(r.body, "internal") {
		t.Errorf("got %d %s", r.status, r.body)
	}
	if r := v.do("GET", "/files/"+strings.Repeat("a", 64), nil); r.status != 500 || !strings.Contains(r.body, "系统出了点问题") {
		t.Errorf("got %d %s", r.status, r.body)
	}
}

func TestAssetsAreKept(t *testing.T) {
	t.Parallel()
	g := setup(t)
	c := g.client()
	tag := c.do("GET", "/static/chat.js", nil).header.Get("ETag")
	if r := c.do("GET", "/static/chat.js", nil, "If-None-Match", tag); tag == "" || r.status != http.StatusNotModified {
		t.Errorf("tag %q: %d", tag, r.status)
	}
}

func TestCloseEndsStreams(t *testing.T) {
	t.Parallel()
	g := setup(t)
	events := g.visitor().events("/api/chat/events")
	g.web.Close()
	g.web.Close()
	select {
	case _, open := <-events:
		if open {
			t.Error("an event instead of the end")
		}
	case <-time.After(patience):
		t.Error("the stream goes on")
	}
}

func TestStaffStreamEndsWithItsSession(t *testing.T) {
	t.Parallel()
	g := setup(t, func(c *web.Config) { c.Heartbeat = 10 * time.Millisecond })
	events := g.staff("甲（示例）", ticket.RoleAgent, g.stations()[0]).events("/api/staff/events")
	await(t, events, "the beginning", func(e event) bool { return e.name == "ready" })
	g.advance(13 * time.Hour)
	limit := time.After(patience)
	for {
		select {
		case _, open := <-events:
			if !open {
				return
			}
		case <-limit:
			t.Fatal("the stream outlives its session")
		}
	}
}

func TestStreamsOfOneAddressAreLimited(t *testing.T) {
	t.Parallel()
	g := setup(t)
	v := g.visitor()
	open := func() (in bool, end func()) {
		t.Helper()
		ctx, cancel := context.WithCancel(t.Context())
		t.Cleanup(cancel)
		req, err := http.NewRequestWithContext(ctx, "GET", g.http.URL+"/api/chat/events", nil)
		if err != nil {
			t.Fatal(err)
		}
		resp, err := v.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { resp.Body.Close() })
		return resp.StatusCode != http.StatusTooManyRequests, cancel
	}
	n := 0
	var last func()
	for in, end := open(); in && n < 200; in, end = open() {
		n, last = n+1, end
	}
	if n != 100 {
		t.Fatalf("%d streams were let in", n)
	}
	last()
	for began := time.Now(); ; time.Sleep(10 * time.Millisecond) {
		if in, _ := open(); in {
			break
		}
		if time.Since(began) > 10*time.Second {
			t.Fatal("when one has ended no other is let in")
		}
	}
	if in, _ := open(); in {
		t.Error("for one that has ended two are let in")
	}
}

func TestClientAddress(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		remote, forwarded string
		trust             bool
		want              string
	}{
		{"203.0.113.5:40000", "", false, "203.0.113.5"},
		{"203.0.113.5:40000", "198.51.100.1", false, "203.0.113.5"},
		{"203.0.113.5:40000", "198.51.100.1", true, "198.51.100.1"},
		{"203.0.113.5:40000", "192.0.2.1, 198.51.100.1", true, "198.51.100.1"},
		{"203.0.113.5:40000", "", true, "203.0.113.5"},
		{"[2001:db8:1:2:3:4:5:6]:443", "", false, "2001:db8:1:2::/64"},
		{"[::ffff:203.0.113.5]:443", "", false, "203.0.113.5"},
		{"[fe80::1%eth0]:443", "", false, "fe80::/64"},
		{"@", "", false, "@"},
	} {
		r := httptest.NewRequest("GET", "/", nil)
		r.RemoteAddr = row.remote
		if row.forwarded != "" {
			r.Header.Set("X-Forwarded-For", row.forwarded)
		}
		if got := web.ClientOf(r, row.trust); got != row.want {
			t.Errorf("%+v: %q", row, got)
		}
	}
}

func TestNewWantsItsParts(t *testing.T) {
	t.Parallel()
	if _, err := web.New(web.Config{}); err == nil || !strings.Contains(err.Error(), "required") {
		t.Errorf("got %v", err)
	}
	g := setup(t)
	c := g.web.Config
	for _, bad := range []string{"liaison.example", "ftp://liaison.example", "https://", "%"} {
		c.PublicURL = bad
		if _, err := web.New(c); err == nil {
			t.Errorf("PublicURL %q is taken", bad)
		}
	}
}
