package web_test

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"io"
	"mime/multipart"
	"net/http"
	"net/http/cookiejar"
	"slices"
	"strings"
	"testing"
	"time"

	"liaison/handlers"
	"liaison/ticket"
	"liaison/web"
)

// client is a browser without a screen.
type client struct {
	g *rig
	http.Client
}

func (g *rig) client() *client {
	g.t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		g.t.Fatal(err)
	}
	return &client{g, http.Client{Jar: jar}}
}

// visitor returns a client that has opened the chat page.
func (g *rig) visitor() *client {
	g.t.Helper()
	c := g.client()
	if r := c.do("GET", "/", nil); r.status != 200 {
		g.t.Fatalf("chat page: %d", r.status)
	}
	return c
}

// staff returns a client that is logged in.
func (g *rig) staff(label string, role ticket.Role, station string) *client {
	g.t.Helper()
	c := g.client()
	if r := c.do("POST", "/api/staff/login", map[string]string{"code": g.staffCode(label, role, station)}); r.status != 200 {
		g.t.Fatalf("login: %d %s", r.status, r.body)
	}
	return c
}

type response struct {
	status int
	header http.Header
	body   string
}

// decode reads the answer as JSON.
func decode[T any](t testing.TB, r response) (v T) {
	t.Helper()
	if err := json.Unmarshal([]byte(r.body), &v); err != nil {
		t.Fatalf("%v in %q", err, r.body)
	}
	return v
}

// do sends a request; the body is an io.Reader or sent as JSON.
func (c *client) do(method, path string, body any, headers ...string) response {
	c.g.t.Helper()
	var reader io.Reader
	switch b := body.(type) {
	case nil:
	case io.Reader:
		reader = b
	default:
		data, err := json.Marshal(b)
		if err != nil {
			c.g.t.Fatal(err)
		}
		reader = bytes.NewReader(data)
		headers = append([]string{"Content-Type", "application/json"}, headers...)
	}
	req, err := http.NewRequestWithContext(c.g.t.Context(), method, c.g.http.URL+path, reader)
	if err != nil {
		c.g.t.Fatal(err)
	}
	for i := 0; i < len(headers); i += 2 {
		req.Header.Set(headers[i], headers[i+1])
	}
	resp, err := c.Do(req)
	if err != nil {
		c.g.t.Fatal(err)
	}
	defer resp.Body.Close()
	data, err := io.ReadAll(resp.Body)
	if err != nil {
		c.g.t.Fatal(err)
	}
	return response{resp.StatusCode, resp.Header, string(data)}
}

// upload sends a form with files, given as name and content.
func (c *client) upload(path string, fields map[string]string, files ...string) response {
	c.g.t.Helper()
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	for name, value := range fields {
		if err := form.WriteField(name, value); err != nil {
			c.g.t.Fatal(err)
		}
	}
	for i := 0; i < len(files); i += 2 {
		part, err := form.CreateFormFile("files", files[i])
		if err != nil {
			c.g.t.Fatal(err)
		}
		if _, err := io.WriteString(part, files[i+1]); err != nil {
			c.g.t.Fatal(err)
		}
	}
	if err := form.Close(); err != nil {
		c.g.t.Fatal(err)
	}
	return c.do("POST", path, &body, "Content-Type", form.FormDataContentType())
}

// line is a line of the chat as the page gets it.
type line struct {
	ID, Rev int64
	Side    string
	Text    []handlers.Span
	Buttons [][]handlers.Button
	Files   []struct {
		Name, URL string
		Image     bool
	}
}

func (l line) String() string { return handlers.Reply{Text: l.Text}.String() }

func (c *client) lines() []line {
	c.g.t.Helper()
	return decode[struct{ Lines []line }](c.g.t, c.do("GET", "/api/chat/lines", nil)).Lines
}

// reads waits until a line with the text has come: a reply is delivered after the
// action that made it, by the sender.
func (c *client) reads(text string) {
	c.g.t.Helper()
	for end := time.Now().Add(20 * time.Second); ; time.Sleep(20 * time.Millisecond) {
		lines := c.lines()
		if slices.ContainsFunc(lines, func(l line) bool { return strings.Contains(l.String(), text) }) {
			return
		}
		if time.Now().After(end) {
			c.g.t.Fatalf("%q did not come, only %v", text, lines)
		}
	}
}

// chat returns the name of the client's chat, as the store has it.
func (c *client) chat() string {
	c.g.t.Helper()
	req, _ := http.NewRequest("GET", c.g.http.URL, nil)
	for _, cookie := range c.Jar.Cookies(req.URL) {
		if cookie.Name == "liaison_visitor" {
			return web.ChatOf(cookie.Value)
		}
	}
	c.g.t.Fatal("no visitor cookie")
	return ""
}

// event is one event of a stream.
type event struct{ id, name, data string }

// events opens a stream and returns what comes; the stream ends with the test.
func (c *client) events(path string, headers ...string) <-chan event {
	c.g.t.Helper()
	ctx, cancel := context.WithCancel(c.g.t.Context())
	c.g.t.Cleanup(cancel)
	req, err := http.NewRequestWithContext(ctx, "GET", c.g.http.URL+path, nil)
	if err != nil {
		c.g.t.Fatal(err)
	}
	for i := 0; i < len(headers); i += 2 {
		req.Header.Set(headers[i], headers[i+1])
	}
	resp, err := c.Do(req)
	if err != nil {
		c.g.t.Fatal(err)
	}
	if resp.StatusCode != 200 {
		resp.Body.Close()
		c.g.t.Fatalf("%s: %s", path, resp.Status)
	}
	out := make(chan event, 100)
	go func() {
		defer close(out)
		defer resp.Body.Close()
		var e event
		for in := bufio.NewScanner(resp.Body); in.Scan(); {
			name, value, _ := strings.Cut(in.Text(), ": ")
			switch name {
			case "id":
				e.id = value
			case "event":
				e.name = value
			case "data":
				e.data = value
			case "":
				if e.name != "" {
					out <- e
				}
				e = event{}
			}
		}
	}()
	return out
}

// await returns the first event that fits.
func await(t testing.TB, events <-chan event, what string, fits func(event) bool) event {
	t.Helper()
	limit := time.After(patience)
	for {
		select {
		case e, ok := <-events:
			if !ok {
				t.Fatalf("stream ended before %s", what)
			}
			if fits(e) {
				return e
			}
		case <-limit:
			t.Fatalf("no %s", what)
		}
	}
}
