package web_test

import (
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"liaison/handlers"
	"liaison/relay"
	"liaison/ticket"
)

const photo = "\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x06\x00\x00\x00\x1f\x15\xc4\x89"

func say(text string) map[string]string { return map[string]string{"key": key(), "text": text} }

func isLine(side, part string) func(event) bool {
	return func(e event) bool {
		return e.name == "line" && strings.Contains(e.data, `"side":"`+side+`"`) && strings.Contains(e.data, part)
	}
}

func TestQuestionIsAnswered(t *testing.T) {
	t.Parallel()
	g := setup(t)
	v := g.visitor()
	events := v.events("/api/chat/events")
	if r := v.do("POST", "/api/chat/messages", say("/help")); r.status != http.StatusAccepted {
		t.Fatalf("got %d %s", r.status, r.body)
	}
	await(t, events, "the visitor's own line", isLine("visitor", "/help"))
	await(t, events, "an answer", isLine("bot", "/complain"))
	lines := v.lines()
	if len(lines) != 2 || lines[0].Side != "visitor" || lines[1].Side != "bot" {
		t.Errorf("lines: %v", lines)
	}
}

func TestMessageCountsOnce(t *testing.T) {
	t.Parallel()
	g := setup(t)
	v := g.visitor()
	events := v.events("/api/chat/events")
	m := say("/help")
	first := v.do("POST", "/api/chat/messages", m)
	await(t, events, "an answer", isLine("bot", ""))
	if again := v.do("POST", "/api/chat/messages", m); again.status != http.StatusAccepted || again.body != first.body {
		t.Errorf("again: %d %s, first: %s", again.status, again.body, first.body)
	}
	// What is sent after the repetition is answered after it.
	v.do("POST", "/api/chat/messages", say("/cancel"))
	await(t, events, "an answer", isLine("bot", ""))
	var said []string
	for _, l := range v.lines() {
		if l.Side == "visitor" {
			said = append(said, l.String())
		}
	}
	if len(v.lines()) != 4 || strings.Join(said, " ") != "/help /cancel" {
		t.Errorf("%d lines, the visitor said %q", len(v.lines()), said)
	}
}

func TestVisitorsAreApart(t *testing.T) {
	t.Parallel()
	g := setup(t)
	ann, ben := g.visitor(), g.visitor()
	heard := ben.events("/api/chat/events")
	key := key()
	if r := ann.upload("/api/chat/messages", map[string]string{"key": key, "text": "只有我能看见"}, "照片.png", photo); r.status != http.StatusAccepted {
		t.Fatalf("upload: %d %s", r.status, r.body)
	}
	if r := ben.do("POST", "/api/chat/messages", map[string]string{"key": key, "text": "同一个编号"}); r.status != http.StatusAccepted {
		t.Fatalf("the key of another visitor: %d", r.status)
	}
	e := await(t, heard, "own line", func(event) bool { return true })
	if !strings.Contains(e.data, "同一个编号") {
		t.Errorf("heard %s", e.data)
	}
	await(t, heard, "an answer although another visitor used the key", isLine("bot", ""))
	for _, l := range ben.lines() {
		if strings.Contains(l.String(), "只有我能看见") {
			t.Error("one visitor sees what another wrote")
		}
	}
	at := ann.lines()[0].Files[0].URL
	if r := ann.do("GET", at, nil); r.status != 200 || r.body != photo || r.header.Get("Content-Type") != "image/png" {
		t.Errorf("own file: %d %v", r.status, r.header)
	}
	for name, c := range map[string]*client{"another visitor": ben, "nobody": g.client()} {
		if r := c.do("GET", at, nil); r.status != http.StatusNotFound && r.status != http.StatusUnauthorized {
			t.Errorf("%s gets the file: %d", name, r.status)
		}
	}
	if r := g.client().do("GET", "/api/chat/lines", nil); r.status != http.StatusUnauthorized {
		t.Errorf("without cookie: %d", r.status)
	}
	if r := g.client().do("GET", "/api/chat/lines", nil, "Cookie", "liaison_visitor=guess"); r.status != http.StatusUnauthorized {
		t.Errorf("with an invented cookie: %d", r.status)
	}
}

func TestFilesAreServedSafely(t *testing.T) {
	t.Parallel()
	g := setup(t)
	v := g.visitor()
	post := func(name, content string) response {
		return v.upload("/api/chat/messages", map[string]string{"key": key()}, name, content, "a.png", photo)
	}
	if r := post("说明.txt", "<!doctype html><script>alert(1)</script>"); r.status != http.StatusUnprocessableEntity || !strings.Contains(r.body, `"type"`) {
		t.Errorf("a page under the name of a text: %d %s", r.status, r.body)
	}
	if r := post("../../说明\u202etxt.txt", "普通文本 <b>"); r.status != http.StatusAccepted {
		t.Fatalf("%d %s", r.status, r.body)
	}
	files := v.lines()[0].Files
	if len(files) != 2 || strings.ContainsAny(files[0].Name, "/\u202e") || files[0].Image || !files[1].Image {
		t.Fatalf("files: %+v", files)
	}
	got := v.do("GET", files[0].URL, nil)
	for name, want := range map[string]string{
		"Content-Type": "application/octet-stream", "X-Content-Type-Options": "nosniff",
		"Content-Security-Policy": "default-src 'none'; sandbox; frame-ancestors 'none'",
	} {
		if got.header.Get(name) != want {
			t.Errorf("%s: %q", name, got.header.Get(name))
		}
	}
	if d := got.header.Get("Content-Disposition"); !strings.HasPrefix(d, "attachment") {
		t.Errorf("Content-Disposition: %q", d)
	}
}

func TestRefusedMessages(t *testing.T) {
	t.Parallel()
	g := setup(t)
	big := strings.Repeat("大", 20<<20/3+1)
	for _, row := range []struct {
		name   string
		send   func(v *client) response
		status int
		field  string
	}{
		{"no key", func(v *client) response {
			return v.do("POST", "/api/chat/messages", map[string]string{"text": "您好"})
		}, 422, "key"},
		{"nothing said", func(v *client) response { return v.do("POST", "/api/chat/messages", say(" \n　")) }, 422, "text"},
		{"too long", func(v *client) response {
			return v.do("POST", "/api/chat/messages", say(strings.Repeat("长", ticket.MaxText+1)))
		}, 422, "long"},
		{"button that nobody offered", func(v *client) response {
			return v.do("POST", "/api/chat/messages", map[string]string{"key": key(), "button": "menu:ask", "reply_to": "1"})
		}, 422, "button"},
		{"not JSON", func(v *client) response {
			return v.do("POST", "/api/chat/messages", strings.NewReader("{"), "Content-Type", "application/json")
		}, 422, "form"},
		{"wrong content type", func(v *client) response {
			return v.do("POST", "/api/chat/messages", strings.NewReader("text=x"), "Content-Type", "text/plain")
		}, 422, "form"},
		{"more JSON than anybody types", func(v *client) response {
			return v.do("POST", "/api/chat/messages", say(strings.Repeat("x", 70<<10)))
		}, 413, "size"},
		{"file too large", func(v *client) response {
			return v.upload("/api/chat/messages", map[string]string{"key": key()}, "a.txt", big)
		}, 422, "size"},
		{"program", func(v *client) response {
			return v.upload("/api/chat/messages", map[string]string{"key": key()}, "照片.jpg", "MZ\x90\x00\x03\x00\x00\x00\x04\x00\x00\x00\xff\xff")
		}, 422, "type"},
		{"too many files", func(v *client) response {
			var files []string
			for range 11 {
				files = append(files, "a.png", photo)
			}
			return v.upload("/api/chat/messages", map[string]string{"key": key()}, files...)
		}, 422, "files"},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			v := g.visitor()
			r := row.send(v)
			p := decode[struct{ Code, Field, Message string }](t, r)
			if r.status != row.status || p.Field != row.field || p.Message == "" {
				t.Errorf("got %d %s", r.status, r.body)
			}
			if lines := v.lines(); len(lines) != 0 {
				t.Errorf("left behind: %v", lines)
			}
		})
	}
}

func TestButtonIsPressed(t *testing.T) {
	t.Parallel()
	g := setup(t)
	v := g.visitor()
	events := v.events("/api/chat/events")
	v.do("POST", "/api/chat/messages", say("/start"))
	await(t, events, "the menu", isLine("bot", `"buttons"`))
	menu := v.lines()[1]
	b := menu.Buttons[0][0]
	r := v.do("POST", "/api/chat/messages", map[string]string{"key": key(), "button": b.Data, "reply_to": itoa(menu.ID)})
	if r.status != http.StatusAccepted {
		t.Fatalf("%d %s", r.status, r.body)
	}
	await(t, events, "the press as a line", isLine("visitor", b.Text))
	await(t, events, "an answer", isLine("bot", ""))
}

func TestToastIsShownAndNotKept(t *testing.T) {
	t.Parallel()
	g := setup(t)
	v, other := g.visitor(), g.visitor()
	events, others := v.events("/api/chat/events"), other.events("/api/chat/events")
	to := func(c *client) handlers.Address { return handlers.Address{Channel: handlers.Web, Chat: c.chat()} }
	receipt, err := g.web.Deliver(t.Context(), relay.Outbound{ID: 1 << 40, To: to(v), Reply: handlers.Reply{Press: "p", Toast: "已收到"}})
	if err != nil || receipt.MessageID != "" || receipt.More {
		t.Fatalf("%+v %v", receipt, err)
	}
	await(t, events, "the toast", func(e event) bool { return e.name == "toast" && strings.Contains(e.data, "已收到") })
	if _, err := g.web.Deliver(t.Context(), relay.Outbound{ID: 1<<40 + 1, To: to(other), Reply: handlers.Reply{Press: "p", Toast: "轮到您"}}); err != nil {
		t.Fatal(err)
	}
	if e := await(t, others, "a toast", func(event) bool { return true }); !strings.Contains(e.data, "轮到您") {
		t.Errorf("another visitor's toast: %v", e)
	}
	if lines := v.lines(); len(lines) != 0 {
		t.Errorf("kept: %v", lines)
	}
}

func TestDeliverReplacesAndRepeats(t *testing.T) {
	t.Parallel()
	g := setup(t)
	v := g.visitor()
	out := relay.Outbound{
		ID: 1 << 40, To: handlers.Address{Channel: handlers.Web, Chat: v.chat()},
		Reply: handlers.Reply{Text: []handlers.Span{{Text: "第一版", URL: "javascript:alert(1)"}}, Ref: "secret-ref"},
	}
	first, err := g.web.Deliver(t.Context(), out)
	if err != nil {
		t.Fatal(err)
	}
	if again, err := g.web.Deliver(t.Context(), out); err != nil || again.MessageID != first.MessageID {
		t.Errorf("again: %+v %v", again, err)
	}
	out.ID++
	out.Edit, out.Reply.Text[0].Text = first.MessageID, "第二版"
	if edited, err := g.web.Deliver(t.Context(), out); err != nil || edited.MessageID != first.MessageID {
		t.Errorf("edited: %+v %v", edited, err)
	}
	lines := v.lines()
	if len(lines) != 1 || lines[0].String() != "第二版" || lines[0].Text[0].URL != "" {
		t.Errorf("lines: %+v", lines)
	}
	if r := v.do("GET", "/api/chat/lines", nil); strings.Contains(r.body, "secret-ref") {
		t.Error("the page gets the reference")
	}
	events := v.events("/api/chat/events?after=0", "Last-Event-ID", itoa(lines[0].Rev))
	out.ID++
	out.Edit, out.Reply.Text[0].Text = "", "新的一条"
	if _, err := g.web.Deliver(t.Context(), out); err != nil {
		t.Fatal(err)
	}
	if e := await(t, events, "a line", func(event) bool { return true }); !strings.Contains(e.data, "新的一条") {
		t.Errorf("Last-Event-ID was not taken up: %v", e)
	}
	out.Edit = "no number"
	if _, err := g.web.Deliver(t.Context(), out); !relay.IsPermanent(err) {
		t.Errorf("unusable id: %v", err)
	}
	if _, err := g.web.Fetch(t.Context(), handlers.Upload{}); !relay.IsPermanent(err) {
		t.Errorf("Fetch: %v", err)
	}
}

// Many visitors may share an address; what all of them send is limited too.
func TestAddressWritesTooOften(t *testing.T) {
	t.Parallel()
	g := setup(t)
	sent, began := 0, time.Now()
	for range 20 {
		v := g.visitor()
		for range 6 { // fewer than one visitor may send
			if r := v.do("POST", "/api/chat/messages", say("x")); r.status == http.StatusTooManyRequests {
				if took := time.Since(began); sent < 60 || sent > 61+int(2*took.Seconds()) { // 60, and two a second
					t.Errorf("%d messages of one address were taken within %v", sent, took)
				}
				return
			}
			sent++
		}
	}
	t.Errorf("%d messages of one address were taken", sent)
}

func TestVisitorWritesTooOften(t *testing.T) {
	t.Parallel()
	g := setup(t)
	v := g.visitor()
	for range 50 {
		r := v.do("POST", "/api/chat/messages", say("x"), "Accept-Language", "en")
		if r.status == http.StatusAccepted {
			continue
		}
		p := decode[struct {
			Code, Message string
			RetryAfter    int `json:"retry_after"`
		}](t, r)
		if r.status != http.StatusTooManyRequests || p.RetryAfter < 1 || r.header.Get("Retry-After") == "" || !strings.Contains(p.Message, "try again") {
			t.Fatalf("got %d %s", r.status, r.body)
		}
		g.advance(time.Minute)
		if r := v.do("POST", "/api/chat/messages", say("x")); r.status != http.StatusAccepted {
			t.Errorf("a minute later: %d", r.status)
		}
		return
	}
	t.Error("50 messages in a row were taken")
}

func itoa(n int64) string { return strconv.FormatInt(n, 10) }
