package web

import (
	"context"
	"net"
	"net/http"
	"net/netip"
	"strings"
	"sync"
	"time"

	"liaison/pace"
)

// limit is a rate limit of the pages.
type limit struct {
	name string
	rate pace.Rate
}

// The rate limits. A person types a few messages a minute; an office, a factory
// or a mobile carrier may show one address for many people.
var (
	visitorPosts = limit{"visitor", perMinute(20, 12)}
	addressPosts = limit{"address", perMinute(120, 60)} // many visitors may share one
	suggestions  = limit{"suggest", perMinute(600, 60)} // a fast typist asks for three a second
)

func perMinute(n, burst int) pace.Rate {
	return pace.Rate{Every: time.Minute / time.Duration(n), Burst: burst}
}

// within takes one of what the key may do under the limit, or returns a *tooMany.
// Where a limit cannot be asked counts what Pace says all the same, see pace.Backed.
func (s *Server) within(ctx context.Context, l limit, key string) error {
	wait, err := s.Pace.Take(ctx, "web:"+l.name+":"+key, l.rate, 1)
	if err != nil && ctx.Err() == nil {
		s.Logger.WarnContext(ctx, "a rate limit was not asked", "limit", l.name, "error", err)
	}
	if wait > 0 {
		return &tooMany{wait}
	}
	return nil
}

// gate counts what is open at a time for each key.
type gate struct {
	mu   sync.Mutex
	open map[string]int
	most int
}

func newGate(most int) *gate { return &gate{open: make(map[string]int), most: most} }

// enter reports whether one more may be open; then leave must follow.
func (g *gate) enter(key string) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.open[key] >= g.most {
		return false
	}
	g.open[key]++
	return true
}

func (g *gate) leave(key string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.open[key]--; g.open[key] <= 0 {
		delete(g.open, key)
	}
}

// client returns what stands for the client's address in the limits: the IPv4
// address, or the /64 network of an IPv6 address, within which one subscriber
// has all addresses.
func (s *Server) client(r *http.Request) string {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		host = r.RemoteAddr
	}
	if s.TrustProxy {
		// Values may come in one header line or several; the proxy's own is the last.
		entries := strings.Split(strings.Join(r.Header.Values("X-Forwarded-For"), ","), ",")
		if last := strings.TrimSpace(entries[len(entries)-1]); last != "" {
			host = last
		}
	}
	addr, err := netip.ParseAddr(host)
	if err != nil {
		return host
	}
	addr = addr.Unmap()
	if addr.Is6() {
		network, err := addr.WithZone("").Prefix(64)
		if err == nil {
			return network.String()
		}
	}
	return addr.String()
}
