package web_test

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"liaison/handlers"
	"liaison/knowledge"
	"liaison/knowledge/library"
	"liaison/knowledge/shelf"
	"liaison/relay"
	"liaison/store"
	"liaison/store/storetest"
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
	t     testing.TB
	store *store.Store
	desk  *handlers.Desk
	shelf *shelf.Shelf
	asks  *knowledge.Answerer
	web   *web.Server
	http  *httptest.Server

	chromium string // where the browser is, see inBrowser

	added int // visits that the latest request imported, see status

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

func setup(t testing.TB, adjust ...func(*web.Config)) *rig {
	t.Helper()
	return setupAt(t, route.Example(), adjust...)
}

// setupAt is setup in a city with these stations.
func setupAt(t testing.TB, yaml []byte, adjust ...func(*web.Config)) *rig {
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
	g.store, err = store.Open(t.Context(), store.Config{Dir: storetest.Made(t, dir), Logger: logger, Now: g.now})
	must(err)
	blobs, err := store.OpenBlobs(dir + "/files")
	must(err)
	stations, err := route.Parse("stations.yaml", yaml)
	must(err)
	calendar, err := workday.New(workday.Options{})
	must(err)
	docs, err := knowledge.LoadFS(library.FS())
	must(err)
	documents := shelf.New(shelf.Config{Store: g.store, Logger: logger, Now: g.now})
	must(documents.SyncBundled(t.Context(), docs))
	policies, err := knowledge.NewLibrary(docs)
	must(err)
	answerer, err := knowledge.NewAnswerer(knowledge.Config{Library: policies})
	must(err)
	g.shelf, g.asks = documents, answerer
	directory := func() *route.Directory { return stations }
	g.desk = handlers.New(handlers.Config{
		Store: g.store, Answerer: answerer, Directory: directory, Clock: calendar, Logger: logger, Now: g.now,
		Console: "http://console.example/staff/",
	})
	relays := relay.New(relay.Config{Store: g.store, Blobs: blobs, Desk: g.desk, Logger: logger, Now: g.now})
	config := web.Config{Store: g.store, Blobs: blobs, Desk: g.desk, Directory: directory, Library: documents, Inbox: relays, Logger: logger, Now: g.now}
	for _, f := range adjust {
		f(&config)
	}
	g.web, err = web.New(config)
	must(err)
	relays.Add(g.web)
	jobs, err := g.store.RunJobs(t.Context(), store.Work{Job: g.desk.Run})
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

// reload answers from the library as it is now, as a running bot does by itself.
func (g *rig) reload() {
	g.t.Helper()
	docs, _, err := g.shelf.Load(g.t.Context())
	if err != nil {
		g.t.Fatal(err)
	}
	lib, err := knowledge.NewLibrary(docs)
	if err != nil {
		g.t.Fatal(err)
	}
	g.asks.SetLibrary(lib)
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

// newCase makes a case of the requester behind the chat at the station, routed there
// for the reasons, or else by triage.
func (g *rig) newCase(chat, station, text string, reasons ...ticket.Reason) (c ticket.Ticket) {
	g.t.Helper()
	clock, err := workday.New(workday.Options{})
	if err != nil {
		g.t.Fatal(err)
	}
	if len(reasons) == 0 {
		reasons = []ticket.Reason{{Code: route.RuleTriage, Value: station}}
	}
	cases := ticket.NewService(ticket.Everywhere(clock, ticket.DefaultPolicy()), g.now)
	g.update(func(tx handlers.Tx) error {
		p, err := tx.Touch(g.t.Context(), handlers.Web, chat, chat, g.now())
		if err != nil {
			return err
		}
		c, err = cases.Submit(g.t.Context(), tx,
			ticket.Ticket{Kind: ticket.Complaint, Company: "示例公司", Contact: "13800000000（示例）"},
			ticket.Step{Actor: p.ID, Role: ticket.RoleRequester, Text: text},
			ticket.Routed{Station: station, Reasons: reasons})
		return err
	})
	return c
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

func mustURL(t testing.TB, raw string) *url.URL {
	t.Helper()
	u, err := url.Parse(raw)
	if err != nil {
		t.Fatal(err)
	}
	return u
}
