package bot

import (
	"net/http"
	"sync"
	"testing"
	"time"

	"liaison/handlers"
	"liaison/relay"
	"liaison/ticket"
)

// patient notes for how long each call would be waited for.
type patient struct {
	http.RoundTripper
	mu   sync.Mutex
	time map[string]time.Duration // by method
}

func (p *patient) RoundTrip(r *http.Request) (*http.Response, error) {
	if end, ok := r.Context().Deadline(); ok {
		p.mu.Lock()
		p.time[methodOf(r)] = time.Until(end)
		p.mu.Unlock()
	}
	return p.RoundTripper.RoundTrip(r)
}

// What is sent does not have the time of the client, which is that of a poll.
func TestEachCallHasItsTime(t *testing.T) {
	t.Parallel()
	p := &patient{time: make(map[string]time.Duration)}
	w := newWorld(t, func(c *Config) {
		p.RoundTripper = c.Client.Transport
		c.Client = &http.Client{Timeout: 90 * time.Second, Transport: p}
		c.PollTimeout = 50 * time.Second
	})
	u := w.srv.User("示例")
	u.Send("/start")
	if _, err := w.getUpdates(t.Context(), 0); err != nil {
		t.Fatal(err)
	}
	w.deliver(t, relay.Outbound{To: to(u), Reply: say("文字")})
	w.blobs["file"] = []byte("%PDF-1.4")
	w.deliver(t, relay.Outbound{To: to(u), Reply: handlers.Reply{Files: []ticket.File{{Hash: "file", Name: "文件.pdf", MIME: "application/pdf", Size: 10 << 20}}}})
	for method, want := range map[string]time.Duration{"getUpdates": 60 * time.Second, "sendMessage": 20 * time.Second, "sendDocument": 60 * time.Second} {
		if got := p.time[method]; got > want || got < want-5*time.Second {
			t.Errorf("%s has %v, want %v", method, got, want)
		}
	}
}
