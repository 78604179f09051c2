package handlers_test

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"flag"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"liaison/e2e/script"
	"liaison/handlers"
	"liaison/knowledge"
	"liaison/knowledge/library"
	"liaison/relay"
	"liaison/store"
	"liaison/store/storetest"
	"liaison/ticket"
	"liaison/ticket/learn"
	"liaison/ticket/route"
	"liaison/ticket/workday"
)

var update = flag.Bool("update", false, "write what the bot says into the conversations")

// TestConversations plays each conversation through the real desk, relay, store
// and library, and compares every word that the bot says.
func TestConversations(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("testdata/chat/*.txt")
	if err != nil || len(files) == 0 {
		t.Fatalf("no conversations: %v", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txt"), func(t *testing.T) {
			t.Parallel()
			b, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			s, err := script.Parse(file, string(b))
			if err != nil {
				t.Fatal(err)
			}
			p := newPlayer(t)
			for i, line := range s.Lines {
				got := p.do(line)
				want := line.Want
				s.Lines[i].Want = got
				if *update {
					continue
				}
				if g, w := saidText(got), saidText(want); g != w {
					t.Errorf("%s:%d: %s\ngot:\n%swant:\n%s", file, line.No, line, g, w)
				}
			}
			if *update {
				if err := os.WriteFile(file, []byte(s.String()), 0o600); err != nil {
					t.Fatal(err)
				}
			}
		})
	}
}

func saidText(all []script.Said) string {
	var b strings.Builder
	for _, s := range all {
		b.WriteString(s.String())
	}
	return b.String()
}

// The groups of the test's stations.
var groups = map[string]string{"zhouxiang": "-1001", "finance": "-1002"}

// player is the program with a channel that keeps what it is given and a clock
// that moves when the script says so.
type player struct {
	t      *testing.T
	dir    string
	dsn    string // of PostgreSQL, "" for a SQLite file in dir
	mu     sync.Mutex
	now    time.Time
	jobs   []ticket.Job
	users  map[string]string // by actor
	wrote  map[string]string // ids of people's messages, by chat and text
	chats  map[string][]*post
	fresh  []*post         // since the last line
	topics map[int]string  // names of those that were made, by number
	deaf   map[string]bool // chats that take nothing
	serial int
	broken bool // every message fails
	// keeping is read-locked while a transaction commits and its jobs come into jobs.
	keeping sync.RWMutex
	yaml    []func([]byte) []byte // what is configured otherwise than in newDesk

	store *store.Store
	desk  *handlers.Desk
	relay *relay.Relay
	stop  func()
}

// post is a message of the bot in a chat.
type post struct {
	chat    string
	id      string
	reply   handlers.Reply
	edited  bool
	topic   string // its name, "" for none
	ordinal int
}

func newPlayer(t *testing.T) *player { return newPlayerOn(t, "") }

// newPlayerOn is on the PostgreSQL database with the data source name, "" for a SQLite file.
func newPlayerOn(t *testing.T, dsn string) *player {
	p := &player{
		t: t, dsn: dsn, dir: t.TempDir(), now: time.Date(2026, 11, 23, 10, 0, 0, 0, ticket.CST),
		users: make(map[string]string), wrote: make(map[string]string), chats: make(map[string][]*post), deaf: make(map[string]bool),
		topics: make(map[int]string),
	}
	p.start()
	t.Cleanup(func() { p.stop() })
	return p
}

// start puts the program together as cmd does.
func (p *player) start() {
	p.t.Helper()
	must := func(err error) {
		p.t.Helper()
		if err != nil {
			p.t.Fatal(err)
		}
	}
	log := slog.New(slog.NewTextHandler(p.t.Output(), &slog.HandlerOptions{Level: slog.LevelWarn}))
	var err error
	config := store.Config{DSN: p.dsn, Dir: p.dir, Logger: log, Now: p.clock}
	if p.dsn == "" {
		config.Dir = storetest.Made(p.t, p.dir)
	}
	p.store, err = store.Open(p.t.Context(), config)
	must(err)
	blobs, err := store.OpenBlobs(filepath.Join(p.dir, "files"))
	must(err)
	st := &capturing{Store: p.store, p: p}
	p.desk = newDesk(p.t, st, p.clock, p.yaml...)
	p.desk.Files = blobs
	p.relay = relay.New(relay.Config{Store: st, Blobs: blobs, Desk: failing{p.desk, p}, Logger: log, Now: p.clock})
	p.relay.Add(&channel{p})
	ctx, cancel := context.WithCancel(p.t.Context())
	done := make(chan struct{})
	go func() {
		defer close(done)
		p.relay.Run(ctx)
	}()
	p.stop = func() {
		cancel()
		<-done
		must(p.store.Close())
	}
}

// newDesk is a desk with the bundled library, the example's stations, two of which
// have a group, and the changes to their YAML.
func newDesk(tb testing.TB, st interface {
	handlers.Store
	learn.Store
}, now func() time.Time, changes ...func(yaml []byte) []byte) *handlers.Desk {
	tb.Helper()
	must := func(err error) {
		tb.Helper()
		if err != nil {
			tb.Fatal(err)
		}
	}
	docs, err := knowledge.LoadFS(library.FS())
	must(err)
	lib, err := knowledge.NewLibrary(docs)
	must(err)
	answerer, err := knowledge.NewAnswerer(knowledge.Config{Library: lib, Now: now})
	must(err)
	calendar, err := workday.New(workday.Options{})
	must(err)
	yaml := route.Example()
	yaml = bytes.Replace(yaml, []byte("  - id: town-zhouxiang\n"), []byte("  - id: town-zhouxiang\n    telegram_chat_id: -1001\n"), 1)
	yaml = bytes.Replace(yaml, []byte("  - id: finance-centre\n"), []byte("  - id: finance-centre\n    telegram_chat_id: -1002\n"), 1)
	for _, change := range changes {
		yaml = change(yaml)
	}
	directory, err := route.Parse("stations.yaml", yaml)
	must(err)
	stations := func() *route.Directory { return directory }
	learner := learn.New(learn.Config{Store: st, Directory: stations})
	must(learner.Refresh(context.Background()))
	return handlers.New(handlers.Config{
		Store: st, Answerer: answerer, Directory: stations, Advise: learner.Advise,
		Clock: calendar, Console: "http://localhost:8080/staff/", Logger: slog.New(slog.DiscardHandler), Now: now,
	})
}

func (p *player) clock() time.Time {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.now
}

// do does what a line says and returns what the bot said to it.
func (p *player) do(l script.Line) []script.Said {
	p.t.Helper()
	p.mu.Lock()
	p.now = p.now.Add(time.Second)
	p.mu.Unlock()
	switch l.Op {
	case script.Event:
		p.event(l.Text)
	default:
		p.send(l)
	}
	began := p.clock()
	p.settle()
	p.mu.Lock()
	if p.broken { // how long all attempts took differs from run to run
		p.now = began
	}
	p.mu.Unlock()
	return p.said(l)
}

// settle waits until nothing is left to handle, to deliver or to run.
func (p *player) settle() {
	p.t.Helper()
	ctx := p.t.Context()
	late := time.Date(2100, 1, 1, 0, 0, 0, 0, time.UTC)
	for deadline := time.Now().Add(20 * time.Second); ; {
		p.keeping.Lock() // what is committed has its jobs in p.jobs
		in, err := p.store.PendingLanes(ctx, late)
		out, err2 := p.store.OutboundLanes(ctx, late)
		p.keeping.Unlock()
		if err := cmp.Or(err, err2); err != nil {
			p.t.Fatal(err)
		}
		if len(in)+len(out) == 0 {
			j, ok := p.dueJob()
			if !ok {
				if running, err := p.desk.Spread(ctx); err != nil {
					p.t.Fatal(err)
				} else if running {
					continue
				}
				return
			}
			if err := p.captured(func(tx handlers.Tx) error { return p.desk.Run(ctx, tx, j) }, p.store.Update); err != nil {
				p.t.Fatalf("job %+v: %v", j, err)
			}
			continue
		}
		if time.Now().After(deadline) {
			p.t.Fatalf("still to do: in %v, out %v", in, out)
		}
		time.Sleep(time.Millisecond)
		p.mu.Lock()
		if p.broken { // what failed is tried again after a while
			p.now = p.now.Add(10 * time.Second)
		}
		p.mu.Unlock()
		p.relay.Wake()
	}
}

// failing is a desk that can do nothing while the player is broken.
type failing struct {
	*handlers.Desk
	p *player
}

func (d failing) Prepare(ctx context.Context, m handlers.Message) (handlers.Prepared, error) {
	d.p.mu.Lock()
	broken := d.p.broken
	d.p.mu.Unlock()
	if broken {
		return handlers.Prepared{}, errors.New("begin: the database is away")
	}
	return d.Desk.Prepare(ctx, m)
}

// dueJob takes the job that is due first.
func (p *player) dueJob() (ticket.Job, bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	slices.SortStableFunc(p.jobs, func(a, b ticket.Job) int { return a.At.Compare(b.At) })
	if len(p.jobs) == 0 || p.jobs[0].At.After(p.now) {
		return ticket.Job{}, false
	}
	j := p.jobs[0]
	p.jobs = p.jobs[1:]
	return j, true
}

// captured runs fn in a transaction that tells its notices, as the program's do, and whose
// other jobs the player keeps, because they run by the player's clock.
func (p *player) captured(fn func(handlers.Tx) error, run func(context.Context, func(handlers.Tx) error) error) error {
	p.keeping.RLock()
	defer p.keeping.RUnlock()
	var jobs []ticket.Job
	err := run(p.t.Context(), func(tx handlers.Tx) error {
		jobs = nil
		within := capturingTx{tx, &jobs}
		if err := fn(within); err != nil {
			return err
		}
		var left []ticket.Job
		for i := 0; i < len(jobs); i++ { // telling may enqueue more
			if j := jobs[i]; j.Kind != ticket.JobNotify {
				left = append(left, j)
			} else if err := p.desk.Run(p.t.Context(), within, j); err != nil {
				return err
			}
		}
		jobs = left
		return nil
	})
	if err == nil {
		p.mu.Lock()
		p.jobs = append(p.jobs, jobs...)
		p.mu.Unlock()
	}
	return err
}

// capturing is the real store whose jobs go to the player.
type capturing struct {
	*store.Store
	p *player
}

func (c *capturing) Update(_ context.Context, fn func(handlers.Tx) error) error {
	return c.p.captured(fn, c.Store.Update)
}

func (c *capturing) Handle(_ context.Context, in relay.Inbound, fn func(handlers.Tx) error) error {
	return c.p.captured(fn, func(ctx context.Context, fn func(handlers.Tx) error) error {
		return c.Store.Handle(ctx, in, fn)
	})
}

type capturingTx struct {
	handlers.Tx
	jobs *[]ticket.Job
}

func (t capturingTx) Enqueue(_ context.Context, j ticket.Job) error {
	*t.jobs = append(*t.jobs, j)
	return nil
}
