package main

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	collector "go.opentelemetry.io/proto/otlp/collector/trace/v1"
	"google.golang.org/protobuf/proto"

	"liaison/bot/botapitest"
	"liaison/store/storetest"
)

// span is what a collector was told.
type span struct {
	trace, id, parent, name, process string
	began, ended                     uint64
	all                              string // everything in it, as text
}

// collected is a collector of OTLP over HTTP.
type collected struct {
	*httptest.Server
	mu    sync.Mutex
	spans []span
}

func collect(t *testing.T) *collected {
	c := &collected{}
	c.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		var req collector.ExportTraceServiceRequest
		if err == nil {
			err = proto.Unmarshal(body, &req)
		}
		if err != nil || r.URL.Path != "/v1/traces" {
			t.Errorf("%s: %v", r.URL.Path, err)
		}
		c.mu.Lock()
		defer c.mu.Unlock()
		for _, rs := range req.ResourceSpans {
			process := ""
			for _, a := range rs.Resource.Attributes {
				if a.Key == "service.instance.id" {
					process = a.Value.GetStringValue()
				}
			}
			for _, ss := range rs.ScopeSpans {
				for _, s := range ss.Spans {
					c.spans = append(c.spans, span{
						fmt.Sprintf("%x", s.TraceId), fmt.Sprintf("%x", s.SpanId), fmt.Sprintf("%x", s.ParentSpanId), s.Name, process,
						s.StartTimeUnixNano, s.EndTimeUnixNano, s.String(),
					})
				}
			}
		}
	}))
	t.Cleanup(c.Close)
	return c
}

// find waits for a trace that has the wanted spans, each below the one before, and
// returns it whole, in the order of beginning.
func (c *collected) find(t *testing.T, path ...string) []span {
	t.Helper()
	var whole []span
	eventually(t, "a trace with "+strings.Join(path, " > "), func() bool {
		c.mu.Lock()
		defer c.mu.Unlock()
		for _, leaf := range c.spans {
			if leaf.name != path[len(path)-1] {
				continue
			}
			at := leaf
			var names []string
			for {
				names = append(names, at.name)
				i := slices.IndexFunc(c.spans, func(s span) bool { return s.trace == leaf.trace && s.id == at.parent })
				if i < 0 {
					break
				}
				at = c.spans[i]
			}
			slices.Reverse(names)
			if at.parent != "" || !slices.Equal(names, path) {
				continue
			}
			whole = nil
			for _, s := range c.spans {
				if s.trace == leaf.trace {
					whole = append(whole, s)
				}
			}
			slices.SortFunc(whole, func(a, b span) int { return int(a.began) - int(b.began) })
			return true
		}
		return false
	})
	return whole
}

// One trace goes from the update to the reply, with the stages of the answer in their
// order and nobody's words.
func TestTraces(t *testing.T) {
	t.Parallel()
	c := collect(t)
	srv := botapitest.New(t, botapitest.WithWaitTimeout(60*time.Second))
	p := start(t, t.TempDir(), "TELEGRAM_BOT_TOKEN="+srv.Token(), "TELEGRAM_API_URL="+srv.URL(),
		"OTEL_EXPORTER_OTLP_ENDPOINT="+c.URL, "OTEL_BSP_SCHEDULE_DELAY=100")
	u := srv.User("张三", botapitest.WithLanguage("zh-hans"))
	u.Send(someQuestion)
	srv.WaitMessage(t, u, botapitest.Contains(itsAnswer))
	c.find(t, "receive", "handle", "prepare", "quote")
	trace := c.find(t, "receive", "handle", "deliver")
	var order []string
	for _, s := range trace {
		if !slices.Contains(order, s.name) {
			order = append(order, s.name)
		}
		for _, secret := range []string{"张三", "慈溪", itsAnswer, fmt.Sprint(u.ChatID()), srv.Token()} {
			if strings.Contains(s.all, secret) {
				t.Errorf("span %s holds %q: %s", s.name, secret, s.all)
			}
		}
		if s.ended < s.began || s.trace != trace[0].trace {
			t.Errorf("span %s ends before it begins", s.name)
		}
	}
	if want := []string{"receive", "handle", "prepare", "find", "read", "decide", "quote", "transaction", "deliver"}; !slices.Equal(order, want) {
		t.Errorf("the spans are %q, want %q", order, want)
	}
	if err := p.Stop(); err != nil {
		t.Error(err)
	}
}

// What one process takes in another one may handle: it is one trace all the same.
func TestTracesAcrossReplicas(t *testing.T) {
	t.Parallel()
	dsn, redis := storetest.Schema(t, needs(t, "LIAISON_TEST_POSTGRES")), needs(t, "LIAISON_TEST_REDIS")
	c := collect(t)
	srv := botapitest.New(t, botapitest.WithWaitTimeout(60*time.Second))
	env := []string{"TELEGRAM_BOT_TOKEN=" + srv.Token(), "TELEGRAM_API_URL=" + srv.URL(), "LIAISON_DATABASE=" + dsn, "REDIS_URL=" + redis,
		"OTEL_EXPORTER_OTLP_ENDPOINT=" + c.URL, "OTEL_BSP_SCHEDULE_DELAY=100"}
	dir := t.TempDir()
	a, b := start(t, dir, env...), start(t, dir, env...)
	eventually(t, "an even share of the chats", func() bool {
		return scrape(t, a)["liaison_leases_held"] == 16 && scrape(t, b)["liaison_leases_held"] == 16
	})
	for i := range 12 { // one process polls, and the chats of some fall to the other
		u := srv.User(fmt.Sprintf("企业主%d", i), botapitest.WithLanguage("zh-hans"))
		u.Send(someQuestion)
		srv.WaitMessage(t, u, botapitest.Contains(itsAnswer))
	}
	eventually(t, "a trace over two processes, from update to reply", func() bool {
		c.mu.Lock()
		defer c.mu.Unlock()
		for _, d := range c.spans {
			if d.name != "deliver" {
				continue
			}
			h := slices.IndexFunc(c.spans, func(s span) bool { return s.name == "handle" && s.trace == d.trace && s.id == d.parent })
			if h < 0 {
				continue
			}
			r := slices.IndexFunc(c.spans, func(s span) bool { return s.name == "receive" && s.trace == d.trace && s.id == c.spans[h].parent })
			if r >= 0 && c.spans[r].process != c.spans[h].process {
				return true
			}
		}
		return false
	})
}
