package knowledge

import (
	"sync"
	"time"
)

// breaker spares a call that keeps failing: after breakAfter failures in a row it
// lets one through every breakFor only, until one works. The zero value lets all
// through. It is safe for concurrent use.
type breaker struct {
	mu       sync.Mutex
	failures int
	until    time.Time // once open: when the next call may try
}

const (
	breakAfter = 3
	breakFor   = 30 * time.Second
)

// allow reports whether to call.
func (b *breaker) allow(now time.Time) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.failures < breakAfter {
		return true
	}
	if now.Before(b.until) {
		return false
	}
	b.until = now.Add(breakFor) // others wait for this one
	return true
}

func (b *breaker) failed(now time.Time) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.failures++
	b.until = now.Add(breakFor)
}

func (b *breaker) worked() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.failures = 0
}
