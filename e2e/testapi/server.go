package testapi

import (
	"context"
	"net/http/httptest"
	"os"
	"sync"
	"testing"
)

// Token is the one bot token that a Server accepts. Its number is the bot that the
// emulator says it is.
const Token = "666:example-token-of-tests-no-secret"

// Server is a Telegram with one bot. The methods that act for a user end the test
// when they fail, so they are called from its goroutine; the bot's side is safe
// for concurrent use.
type Server struct {
	t        testing.TB
	emulator string // address of the emulator
	front    *httptest.Server

	closing    context.Context // ends with the test
	deliveries sync.WaitGroup

	mu      sync.Mutex
	pending []update           // not yet confirmed by the bot, oldest first
	webhook context.CancelFunc // ends deliveries; nil while the bot polls
	changed chan struct{}      // closed and replaced by announce
}

// Start returns a Telegram that lasts until the test ends. It needs Node and the
// packages of this directory (scripts/npm-install e2e/testapi, or the place in
// LIAISON_TEST_NODE_MODULES). Where they are absent it fails the test if
// LIAISON_TEST_REQUIRE is 1, and else says so and returns nil: the caller returns.
func Start(t testing.TB) *Server {
	t.Helper()
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	found, err := modules(os.Getenv, dir)
	if err != nil {
		if os.Getenv("LIAISON_TEST_REQUIRE") == "1" {
			t.Fatal(err)
		}
		t.Logf("not run: %v", err)
		return nil
	}
	s := &Server{t: t, emulator: startEmulator(t, found), changed: make(chan struct{})}
	closing, end := context.WithCancel(context.Background())
	s.closing = closing
	s.front = httptest.NewServer(s)
	t.Cleanup(func() {
		end() // long polls and deliveries return
		s.front.Close()
		s.deliveries.Wait()
	})
	return s
}

// URL is the address to give to a bot as its Bot API server.
func (s *Server) URL() string { return s.front.URL }

// watch returns a channel that is closed at the next change. Look at the state
// after this call, never before, or a change may be missed.
func (s *Server) watch() <-chan struct{} {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.changed
}

// announce wakes everybody who watches.
func (s *Server) announce() {
	s.mu.Lock()
	defer s.mu.Unlock()
	close(s.changed)
	s.changed = make(chan struct{})
}
