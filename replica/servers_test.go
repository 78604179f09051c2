package replica

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"testing"
	"time"

	"liaison/replica/redistest"
)

func TestMain(m *testing.M) { os.Exit(redistest.Main(m)) }

// opener connects to a Redis under a prefix that nobody else uses.
type opener func(t *testing.T) *Hub

// everywhere runs the test on one server, on a cluster, and behind Sentinel.
func everywhere(t *testing.T, test func(t *testing.T, open opener)) {
	t.Helper()
	redistest.Everywhere(t, func(t *testing.T, url string) {
		test(t, func(t *testing.T) *Hub { return open(t, url) })
	})
}

func open(t testing.TB, url string) *Hub {
	t.Helper()
	h, err := Open(t.Context(), url, fmt.Sprintf("t%d-%d:", os.Getpid(), time.Now().UnixNano()), slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		ctx := context.Background()
		keys := h.rdb.Scan(ctx, 0, h.prefix+"*", 1000).Iterator()
		for keys.Next(ctx) {
			h.rdb.Del(ctx, keys.Val())
		}
		if err := h.Close(); err != nil {
			t.Error(err)
		}
	})
	return h
}

// eventually waits until ok, for half a minute at most.
func eventually(t testing.TB, what string, ok func() bool) {
	t.Helper()
	within(t, 30*time.Second, what, ok)
}

// within waits until ok, for so long at most.
func within(t testing.TB, limit time.Duration, what string, ok func() bool) {
	t.Helper()
	for end := time.Now().Add(limit); !ok(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("after %v still waiting for: %s", limit, what)
		}
	}
}
