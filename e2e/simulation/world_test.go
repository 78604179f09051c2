package simulation

import (
	"context"
	"errors"
	"log/slog"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"liaison/bot"
	"liaison/bot/botapitest"
	"liaison/handlers"
	"liaison/knowledge"
	"liaison/knowledge/library"
	"liaison/relay"
	"liaison/store"
	"liaison/store/storetest"
	"liaison/ticket"
	"liaison/ticket/route"
	"liaison/ticket/workday"
)

// world is the program with its people. Its clock stands still but for what the
// simulation lets pass, and its jobs run by that clock.
type world struct {
	t   *testing.T
	rng *rand.Rand
	srv *botapitest.Server

	mu   sync.Mutex
	now  time.Time
	jobs []ticket.Job

	store    *store.Store
	desk     *handlers.Desk
	requests []*requester
	agents   []*agent
	boss     *agent
	groups   map[string]*botapitest.Group // by station
	lost     map[string]bool              // stations whose group has thrown the bot out
	repeated atomic.Int64                 // updates that came twice
	tokens   int
	count    map[string]int
	tried    map[string]int           // how often agents have pressed what
	known    map[string]ticket.Ticket // cases as they were when the round began
	added    map[string]string        // words that the bot said it has added to a case, with whose they are
}

func (w *world) clock() time.Time {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.now
}

func (w *world) pass(d time.Duration) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.now = w.now.Add(d)
}

// chance is true once in n times.
func (w *world) chance(n int) bool { return w.rng.IntN(n) == 0 }

// The stations: one with a topic for each case, one with a plain group, and
// triage, whose people are told in private.
const stationsYAML = `
city: 示例市
triage: centre
towns:
  - { id: zhouxiang, name: 周巷镇, aliases: [周巷] }
  - { id: henghe, name: 横河镇, aliases: [横河] }
topics:
  - { id: roads, name: 道路, words: [路灯, 水管] }
stations:
  - { id: centre, name: 联络中心（示例）, kind: centre }
  - { id: zhouxiang, name: 周巷站（示例）, kind: town, towns: [zhouxiang], telegram_chat_id: ZX, telegram_topic_per_case: true }
  - { id: henghe, name: 横河站（示例）, kind: town, towns: [henghe], telegram_chat_id: HH }
`

func newWorld(t *testing.T, seed uint64, requesters int) *world {
	t.Helper()
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	w := &world{
		t: t, rng: rand.New(rand.NewPCG(seed, 1)), now: time.Date(2026, 11, 23, 9, 0, 0, 0, ticket.CST),
		groups: make(map[string]*botapitest.Group), lost: make(map[string]bool), count: make(map[string]int), added: make(map[string]string), tried: make(map[string]int),
	}
	w.srv = botapitest.New(t, botapitest.WithClock(w.clock), botapitest.WithPrivacyOff(), botapitest.WithWaitTimeout(30*time.Second))
	owner := w.srv.User("站长")
	w.groups["zhouxiang"] = w.srv.Forum("周巷站", owner)
	w.groups["zhouxiang"].SetBot("administrator")
	w.groups["henghe"] = w.srv.Group("横河站", owner)

	log := slog.New(slog.NewTextHandler(t.Output(), &slog.HandlerOptions{Level: slog.LevelError + 1}))
	dir := t.TempDir()
	st, err := store.Open(t.Context(), store.Config{Dir: storetest.Made(t, dir), Logger: log, Now: w.clock})
	must(err)
	w.store = st
	blobs, err := store.OpenBlobs(filepath.Join(dir, "files"))
	must(err)
	docs, err := knowledge.LoadFS(library.FS())
	must(err)
	lib, err := knowledge.NewLibrary(docs)
	must(err)
	answerer, err := knowledge.NewAnswerer(knowledge.Config{Library: lib, Now: w.clock})
	must(err)
	calendar, err := workday.New(workday.Options{})
	must(err)
	yaml := strings.NewReplacer("ZX", chatID(w.groups["zhouxiang"]), "HH", chatID(w.groups["henghe"])).Replace(stationsYAML)
	directory, err := route.Parse("stations.yaml", []byte(yaml))
	must(err)
	kept := &keeping{st, w}
	w.desk = handlers.New(handlers.Config{
		Store: kept, Answerer: answerer, Directory: func() *route.Directory { return directory }, Clock: calendar, Logger: log, Now: w.clock,
	})
	line := relay.New(relay.Config{Store: kept, Blobs: blobs, Desk: w.desk, Logger: log, Now: w.clock})
	telegram, err := bot.New(bot.Config{
		Token: w.srv.Token(), APIURL: w.srv.URL(), Inbox: &twice{line, w}, Blobs: blobs, Logger: log, Now: w.clock,
		Limits: bot.Limits{Overall: 1e6, Private: 1e6, Group: 1e6},
	})
	must(err)
	line.Add(telegram)
	ctx, cancel := context.WithCancel(t.Context())
	var running sync.WaitGroup
	running.Go(func() { line.Run(ctx) })
	running.Go(func() { _ = telegram.Run(ctx) }) // returns nil when ctx ends
	t.Cleanup(func() {
		cancel()
		running.Wait()
		must(st.Close())
	})

	w.agents = []*agent{newAgent(w, "甲", "zhouxiang", "centre"), newAgent(w, "乙", "henghe", "centre")}
	w.boss = newAgent(w, "督办", "")
	for n := range requesters {
		w.requests = append(w.requests, newRequester(w, n+1))
	}
	w.settle()
	return w
}

func chatID(r botapitest.Room) string { return strconv.FormatInt(r.ChatID(), 10) }

// twice hands some updates in two times, and of some says that they were not taken
// although they were, so that Telegram sends them again.
type twice struct {
	*relay.Relay
	w *world
}

func (in *twice) Receive(ctx context.Context, m handlers.Message, at time.Time) (bool, error) {
	fresh, err := in.Relay.Receive(ctx, m, at)
	if err != nil || !fresh {
		return fresh, err
	}
	// By the update's number, not by chance: the order in which they come is not the seed's.
	switch n, _ := strconv.Atoi(m.Key); {
	case n%400 == 7:
		in.w.repeated.Add(1)
		return false, errors.New("the process died before it could say so")
	case n%11 == 5:
		in.w.repeated.Add(1)
		if again, err := in.Relay.Receive(ctx, m, at); again || err != nil {
			in.w.t.Errorf("update %s is new again: %v", m.Key, err)
		}
	}
	return fresh, nil
}

// settle waits until everything has been taken in, handled, delivered and run that
// is due. What waits for a moment later gets it.
func (w *world) settle() {
	w.t.Helper()
	ctx := w.t.Context()
	late := time.Date(2100, 1, 1, 0, 0, 0, 0, time.UTC)
	waiting := func(at time.Time) int {
		in, err := w.store.PendingLanes(ctx, at)
		out, err2 := w.store.OutboundLanes(ctx, at)
		if err := errors.Join(err, err2); err != nil {
			w.t.Fatal(err)
		}
		return len(in) + len(out)
	}
	for end := time.Now().Add(2 * time.Minute); ; {
		switch left := waiting(late); {
		case w.srv.PendingUpdates() > 0:
		case left == 0:
			j, ok := w.due()
			if !ok {
				return
			}
			if err := w.keep(func(tx handlers.Tx) error { return w.desk.Run(ctx, tx, j) }, w.store.Update); err != nil {
				w.t.Fatalf("job %+v: %v", j, err)
			}
			continue
		case waiting(w.clock()) == 0:
			w.pass(time.Second) // a reply that Telegram refused waits to be tried again
		}
		if time.Now().After(end) {
			w.t.Fatalf("still to do: %d lanes, %d updates", waiting(late), w.srv.PendingUpdates())
		}
		time.Sleep(10 * time.Millisecond)
	}
}

// due takes the job that is due first.
func (w *world) due() (ticket.Job, bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	slices.SortStableFunc(w.jobs, func(a, b ticket.Job) int { return a.At.Compare(b.At) })
	if len(w.jobs) == 0 || w.jobs[0].At.After(w.now) {
		return ticket.Job{}, false
	}
	j := w.jobs[0]
	w.jobs = w.jobs[1:]
	return j, true
}

// keep runs fn in a transaction whose jobs the world keeps.
func (w *world) keep(fn func(handlers.Tx) error, run func(context.Context, func(handlers.Tx) error) error) error {
	var jobs []ticket.Job
	err := run(w.t.Context(), func(tx handlers.Tx) error {
		jobs = nil
		return fn(keepingTx{tx, &jobs})
	})
	if err == nil {
		w.mu.Lock()
		defer w.mu.Unlock()
		w.jobs = append(w.jobs, jobs...)
	}
	return err
}

// keeping is the real store whose jobs run by the world's clock.
type keeping struct {
	*store.Store
	w *world
}

func (k *keeping) Update(_ context.Context, fn func(handlers.Tx) error) error {
	return k.w.keep(fn, k.Store.Update)
}

func (k *keeping) Handle(_ context.Context, in relay.Inbound, fn func(handlers.Tx) error) error {
	return k.w.keep(fn, func(ctx context.Context, fn func(handlers.Tx) error) error { return k.Store.Handle(ctx, in, fn) })
}

func (k *keeping) FailOutbound(_ context.Context, id int64, cause string, at time.Time, fn func(handlers.Tx) error) error {
	return k.w.keep(fn, func(ctx context.Context, fn func(handlers.Tx) error) error {
		return k.Store.FailOutbound(ctx, id, cause, at, fn)
	})
}

type keepingTx struct {
	handlers.Tx
	jobs *[]ticket.Job
}

func (t keepingTx) Enqueue(_ context.Context, j ticket.Job) error {
	*t.jobs = append(*t.jobs, j)
	return nil
}
