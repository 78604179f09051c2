package replica

import (
	"bytes"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"liaison/handlers"
	"liaison/replica/redistest"
	"liaison/store"
	"liaison/store/storetest"
	"liaison/web"
)

// told is what a process says in its log.
type told struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (l *told) Write(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(b)
}

func (l *told) count(s string) int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return strings.Count(l.text.String(), s)
}

// exchanging is two processes, each with a store and a connection of its own.
type exchanging struct {
	stores  [2]*store.Store
	watched [2]<-chan handlers.Change
	log     told // of both
}

// exchange starts two processes. That they listen is told to their watchers.
func exchange(t *testing.T, url string) *exchanging {
	t.Helper()
	first := open(t, url)
	second := open(t, url)
	second.prefix = first.prefix
	e := new(exchanging)
	for i, h := range []*Hub{first, second} {
		h.log = slog.New(slog.NewTextHandler(&e.log, nil))
		s := storetest.New(t)
		e.stores[i] = s
		e.watched[i] = s.Watch(t.Context())
		go h.Exchange(t.Context(), string(rune('a'+i)), s.WatchOwn(t.Context()), s.Heard)
	}
	e.woken(t)
	return e
}

// woken waits until both have been told to look at everything.
func (e *exchanging) woken(t *testing.T) {
	t.Helper()
	for i, c := range e.watched {
		want := make(map[handlers.Change]bool)
		for _, kind := range handlers.ChangeKinds {
			want[handlers.Change{Kind: kind}] = true
		}
		for end := time.After(30 * time.Second); len(want) > 0; {
			select {
			case got := <-c:
				delete(want, got)
			case <-end:
				t.Fatalf("process %d is not told to look at %v", i, want)
			}
		}
	}
}

// wire is the way from the first to the second, for the suite.
func (e *exchanging) wire(lose func(t *testing.T, commit func())) storetest.Wire {
	return storetest.Wire{Here: e.stores[0], There: e.stores[1], Lose: lose}
}

// The suite of one process also holds between two.
func TestExchange(t *testing.T) {
	redistest.Everywhere(t, func(t *testing.T, url string) {
		storetest.Signals(t, func(t *testing.T) storetest.Wire {
			if strings.HasSuffix(t.Name(), "/Missed") { // needs a server that may be killed
				server := redistest.New(t)
				e := exchange(t, "redis://"+server.Addr)
				return e.wire(func(t *testing.T, commit func()) {
					server.Kill()
					commit()
					eventually(t, "both to be lost", func() bool { return e.log.count("was not told") == 2 })
					server.Start(t)
				})
			}
			return exchange(t, url).wire(nil)
		})
	})
}

// A subscription that breaks is made anew, and who may have missed something looks.
func TestExchangeBroken(t *testing.T) {
	t.Parallel()
	server := redistest.New(t)
	e := exchange(t, "redis://"+server.Addr)
	admin := redis.NewClient(&redis.Options{Addr: server.Addr})
	defer admin.Close()
	for _, id := range []string{"1", "2"} {
		if n, err := admin.ClientKillByFilter(t.Context(), "TYPE", "pubsub").Result(); err != nil || n != 2 {
			t.Fatalf("%d connections were killed, %v", n, err)
		}
		e.woken(t)
		if _, err := e.stores[0].PutLine(t.Context(), id, "k", 0, web.Bot, handlers.Reply{}, time.Now()); err != nil {
			t.Fatal(err)
		}
		for got := range e.watched[1] {
			if got.ID == id {
				break
			}
		}
	}
}
