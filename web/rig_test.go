package web_test

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"mime/multipart"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"liaison/handlers"
	"liaison/knowledge"
	"liaison/knowledge/library"
	"liaison/relay"
	"liaison/store"
	"liaison/ticket"
	"liaison/ticket/route"
	"liaison/ticket/workday"
	"liaison/web"
)

// patience is how long a test waits for something that happens elsewhere.
const patience = 15 * time.Second

// rig is the whole program but for Telegram: real store, conversations, policy
// library, relay and jobs, behind an HTTP server.
type rig struct {
	t     *testing.T
	store *store.Store
	desk  *handlers.Desk
	web   *web.Server
	http  *httptest.Server

	cut atomic.Bool // forms arrive, but the answers to them are lost

	mu  sync.Mutex
	lag time.Duration // how far the clock of the program has been moved on
}

func (g *rig) now() time.Time {
	g.mu.Lock()
	defer g.mu.Unlock()
	return time.Now().Add(g.lag)
}

func (g *rig) advance(d time.Duration) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.lag += d
}

func setup(t *testing.T, adjust ...func(*web.Config)) *rig {
	t.Helper()
	g := &rig{t: t}
	logger := slog.New(slog.NewTextHandler(t.Output(), &slog.HandlerOptions{Level: slog.LevelWarn}))
	dir := t.TempDir()
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	var err error
	g.store, err = store.Open(t.Context(), store.Config{Dir: dir, Logger: logger, Now: g.now})
	must(err)
	blobs, err := store.OpenBlobs(dir + "/files")
	must(err)
	stations, err := route.Parse("stations.yaml", route.Example())
	must(err)
	calendar, err := workday.New(workday.Options{})
	must(err)
	docs, err := knowledge.LoadFS(library.FS())
	must(err)
	policies, err := knowledge.NewLibrary(docs)
	must(err)
	answerer, err := knowledge.NewAnswerer(knowledge.Config{Library: policies})
	must(err)
	directory := func() *route.Directory { return stations }
	g.desk = handlers.New(handlers.Config{
		Store: g.store, Answerer: answerer, Directory: directory, Clock: calendar, Logger: logger, Now: g.now,
		Console: "http://console.example/staff/",
	})
	relays := relay.New(relay.Config{Store: g.store, Blobs: blobs, Desk: g.desk, Logger: logger, Now: g.now})
	config := web.Config{Store: g.store, Blobs: blobs, Desk: g.desk, Directory: directory, Inbox: relays, Logger: logger, Now: g.now}
	for _, f := range adjust {
		f(&config)
	}
	g.web, err = web.New(config)
	must(err)
	relays.Add(g.web)
	jobs, err := g.store.RunJobs(t.Context(), g.desk.Run)
	must(err)
	handler := g.web.Handler()
	g.http = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodPost && g.cut.Load() {
			handler.ServeHTTP(httptest.NewRecorder(), r)
			panic(http.ErrAbortHandler)
		}
		handler.ServeHTTP(w, r)
	}))

	ctx, stop := context.WithCancel(context.WithoutCancel(t.Context()))
	ran := make(chan struct{})
	go func() {
		defer close(ran)
		relays.Run(ctx)
	}()
	t.Cleanup(func() {
		g.web.Close()
		g.http.Close()
		stop()
		<-ran
		if err := jobs.Stop(context.Background()); err != nil {
			t.Error(err)
		}
		if err := g.store.Close(); err != nil {
			t.Error(err)
		}
	})
	return g
}

// update runs fn in a transaction.
func (g *rig) update(fn func(tx handlers.Tx) error) {
	g.t.Helper()
	if err := g.store.Update(g.t.Context(), fn); err != nil {
		g.t.Fatal(err)
	}
}

// staffCode makes a staff member and returns a login code for them.
func (g *rig) staffCode(label string, role ticket.Role, station string) (code string) {
	g.t.Helper()
	g.update(func(tx handlers.Tx) error {
		p, err := tx.AddPerson(g.t.Context(), handlers.Person{Label: label, CreatedAt: g.now()})
		if err != nil {
			return err
		}
		if err := tx.AddMembership(g.t.Context(), handlers.Membership{Person: p.ID, Role: role, Station: station}); err != nil {
			return err
		}
		code, err = g.desk.LoginCode(g.t.Context(), tx, p.ID)
		return err
	})
	return code
}

// stations returns the ids of the configured stations.
func (g *rig) stations() (ids []string) {
	for _, s := range g.web.Directory().Stations() {
		ids = append(ids, s.ID)
	}
	return ids
}

// newCase makes a case of the requester behind the chat at the station.
func (g *rig) newCase(chat, station, text string) (c ticket.Ticket) {
	g.t.Helper()
	clock, err := workday.New(workday.Options{})
	if err != nil {
		g.t.Fatal(err)
	}
	cases := ticket.NewService(clock, ticket.DefaultPolicy(), g.now)
	g.update(func(tx handlers.Tx) error {
		p, err := tx.Touch(g.t.Context(), handlers.Web, chat, chat, g.now())
		if err != nil {
			return err
		}
		c, err = cases.Submit(g.t.Context(), tx,
			ticket.Ticket{Kind: ticket.Complaint, Company: "示例公司", Contact: "13800000000（示例）"},
			ticket.Step{Actor: p.ID, Role: ticket.RoleRequester, Text: text},
			ticket.Routed{Station: station, Reasons: []ticket.Reason{{Code: route.RuleTriage, Value: station}}})
		return err
	})
	return c
}

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
func decode[T any](t *testing.T, r response) (v T) {
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
func await(t *testing.T, events <-chan event, what string, fits func(event) bool) event {
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

var keys struct {
	sync.Mutex
	n int
}

// key returns a fresh message key.
func key() string {
	keys.Lock()
	defer keys.Unlock()
	keys.n++
	return fmt.Sprintf("key-%08d", keys.n)
}

func mustURL(t *testing.T, raw string) *url.URL {
	t.Helper()
	u, err := url.Parse(raw)
	if err != nil {
		t.Fatal(err)
	}
	return u
}
