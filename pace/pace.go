// Package pace limits how often something happens, by key: for one process in its
// memory, for several in package replica.
//
// A Rate is for what comes in: the generic cell rate algorithm (ITU-T I.371), which
// keeps of a key only the time at which it will be as if it had never been used.
// Its burst may come on top of what the rate lets through. A Window is for what
// goes out to somebody who counts: it is never exceeded, as the other side sees it.
package pace

import (
	"context"
	"sync"
	"time"
)

// Rate is one each Every, and up to Burst at once after a pause. Both are positive.
type Rate struct {
	Every time.Duration
	Burst int
}

// Hourly is n an hour, all at once if need be. n is positive; bytes, for example.
func Hourly(n int64) Rate {
	return Rate{Every: max(1, time.Hour/time.Duration(n)), Burst: int(n)}
}

// Taker keeps rates, by key. Implementations are safe for concurrent use.
type Taker interface {
	// Take takes n of the key, at most Burst, and returns 0; or it takes none and
	// returns how long it is until they can be taken. An n of 0 takes nothing and
	// tells when one can be taken.
	Take(ctx context.Context, key string, r Rate, n int) (time.Duration, error)
}

// Limiter keeps rates and windows, by key. Implementations are safe for concurrent use.
type Limiter interface {
	Taker

	// Enter takes e's places in the window of the key and returns 0; or it takes none
	// and returns how long it is until it is worth asking again. A place that was
	// taken is held until Leave says for how much longer, or until Lost has passed.
	Enter(ctx context.Context, key string, w Window, e Entry) (time.Duration, error)
	// Leave frees the places of the entry once free has passed.
	Leave(ctx context.Context, key string, e Entry, free time.Duration) error
	// Hold closes the window of the key to everybody for d, at most LongestHold, or for
	// what is left of a longer hold before it. Places that are taken stay so.
	Hold(ctx context.Context, key string, d time.Duration) error
}

// Wait takes n of the key as soon as they can be taken, or returns ctx's error when
// it ends first.
func Wait(ctx context.Context, l Taker, key string, r Rate, n int) error {
	return until(ctx, func() (time.Duration, error) { return l.Take(ctx, key, r, n) })
}

// until asks until there is nothing to wait for.
func until(ctx context.Context, ask func() (time.Duration, error)) error {
	for {
		wait, err := ask()
		if err != nil || wait <= 0 {
			return err
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(wait):
		}
	}
}

// generation is how many keys Memory keeps at least before it forgets those that
// have not been used for longest; it keeps at most twice as many.
const generation = 10_000

// Memory is the Limiter of one process, in bounded memory. The zero value is ready, and
// forgets with the process; one from Open remembers its windows.
type Memory struct {
	// Now is the clock. Defaults to time.Now.
	Now func() time.Time

	mu         sync.Mutex
	young, old map[string]time.Time // when the key will be as if unused
	windows    map[string]*window
	sweep      int      // how many windows there may be before those that are not in use are dropped
	journal    *journal // nil for none, see Open
}

func (m *Memory) now() time.Time {
	if m.Now != nil {
		return m.Now()
	}
	return time.Now()
}

var _ Limiter = (*Memory)(nil)

// Take implements Limiter. It never fails.
func (m *Memory) Take(_ context.Context, key string, r Rate, n int) (time.Duration, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	now := m.now()
	free, known := m.young[key]
	if !known {
		if free = m.old[key]; free.After(now) {
			m.remember(key, free) // it is in use, also where nothing is taken
			known = true
		}
	}
	if free.Before(now) {
		free = now
	}
	next := free.Add(time.Duration(max(n, 1)) * r.Every)
	if wait := next.Add(-time.Duration(r.Burst) * r.Every).Sub(now); wait > 0 || n == 0 {
		return max(wait, 0), nil
	}
	if known {
		m.young[key] = next
	} else {
		m.remember(key, next)
	}
	return 0, nil
}

// remember adds a key that is not among the young.
func (m *Memory) remember(key string, free time.Time) {
	if m.young == nil || len(m.young) >= generation {
		m.young, m.old = make(map[string]time.Time), m.young
	}
	m.young[key] = free
}
