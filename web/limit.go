package web

import (
	"net"
	"net/http"
	"net/netip"
	"strings"
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// limiterKeys is how many buckets a limiter keeps at least before it forgets
// the longest unused; it keeps at most twice as many.
const limiterKeys = 10_000

// limiter is a token bucket for each key, in bounded memory. Buckets live in two
// generations: when the young one is full it becomes the old one, and the old
// one, whose keys have not been seen since, is forgotten.
type limiter struct {
	mu         sync.Mutex
	young, old map[string]*rate.Limiter
	every      rate.Limit
	burst      int
}

func newLimiter(every rate.Limit, burst int) *limiter {
	return &limiter{young: make(map[string]*rate.Limiter), every: every, burst: burst}
}

// take takes a token for the key. When there is none it returns how long the
// next one takes, and nothing is taken.
func (l *limiter) take(key string, now time.Time) time.Duration { return l.takeN(key, 1, now) }

// takeN is take for n tokens at once, at most as many as the burst.
func (l *limiter) takeN(key string, n int, now time.Time) time.Duration {
	l.mu.Lock()
	defer l.mu.Unlock()
	b := l.young[key]
	if b == nil {
		if b = l.old[key]; b == nil {
			b = rate.NewLimiter(l.every, l.burst)
		}
		if len(l.young) >= limiterKeys {
			l.young, l.old = make(map[string]*rate.Limiter), l.young
		}
		l.young[key] = b
	}
	r := b.ReserveN(now, n)
	wait := r.DelayFrom(now)
	if wait > 0 {
		r.CancelAt(now)
	}
	return wait
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
