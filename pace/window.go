package pace

import (
	"context"
	"slices"
	"time"
)

// Window is at most Most within any Span of time. Both are positive.
type Window struct {
	Most int
	Span time.Duration
}

// Entry is what takes places in a window.
type Entry struct {
	ID string // names its places; of one key no two entries have the same
	N  int    // how many places it takes, 1 to Window.Most
	// Yields lets everybody else go first: it gets no place while an entry that does
	// not yield has been told to wait.
	Yields bool
}

// Lost is how long a place is held whose holder never says that it leaves, having
// died. It is longer than what is sent can be on its way.
const Lost = 2 * time.Minute

// LongestHold is how long a window is closed at most until somebody finds out whether it
// still has to be.
const LongestHold = time.Hour

// Grace is for how much longer than an entry was told to wait the ones that yield
// are kept out, so that it finds the place when it asks again.
const Grace = 50 * time.Millisecond

// Glance is how often those that yield ask again while they are kept out.
const Glance = 5 * time.Millisecond

// AskAgain limits what Enter returns when the place that will be free first is held
// by somebody of whom it is not known when he leaves.
func AskAgain(w Window) time.Duration { return w.Span / 2 }

// Through takes the places as soon as they can be taken, or returns ctx's error when
// it ends first.
func Through(ctx context.Context, l Limiter, key string, w Window, e Entry) error {
	return until(ctx, func() (time.Duration, error) { return l.Enter(ctx, key, w, e) })
}

// window is what Memory knows of a key.
type window struct {
	places []place // sorted by free
	hold   time.Time
	wanted time.Time // until then those that yield are kept out
}

// place is a place that is taken.
type place struct {
	id   string
	free time.Time     // from when it is not
	left bool          // free is known; else it is when the holder is given up
	span time.Duration // of the window; for one that has not left
}

func (w *window) put(p place) {
	i, _ := slices.BinarySearchFunc(w.places, p, func(a, b place) int { return a.free.Compare(b.free) })
	w.places = slices.Insert(w.places, i, p)
}

// expire forgets the places that are free by now and reports whether the window is
// as if it had never been used.
func (w *window) expire(now time.Time) bool {
	n := 0
	for n < len(w.places) && !w.places[n].free.After(now) {
		n++
	}
	w.places = slices.Delete(w.places, 0, n)
	return len(w.places) == 0 && !w.hold.After(now) && !w.wanted.After(now)
}

// minSweep is how many windows Memory keeps before it looks for unused ones.
const minSweep = 1000

// window returns that of the key, made if need be. Those that are as if they had
// never been used are dropped now and then.
func (m *Memory) window(key string, now time.Time) *window {
	if w, ok := m.windows[key]; ok {
		w.expire(now)
		return w
	}
	if m.windows == nil {
		m.windows = make(map[string]*window)
	}
	if len(m.windows) >= max(m.sweep, minSweep) {
		for k, w := range m.windows {
			if w.expire(now) {
				delete(m.windows, k)
			}
		}
		m.sweep = 2 * len(m.windows)
	}
	w := new(window)
	m.windows[key] = w
	return w
}

// Enter implements Limiter. It never fails.
func (m *Memory) Enter(_ context.Context, key string, limit Window, e Entry) (time.Duration, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	now := m.now()
	w := m.window(key, now)
	if wait := w.hold.Sub(now); wait > 0 {
		return wait, nil
	}
	if wait := w.wanted.Sub(now); e.Yields && wait > 0 {
		return min(wait, Glance), nil
	}
	if over := len(w.places) + e.N - limit.Most; over > 0 {
		p := w.places[min(over, len(w.places))-1]
		wait := p.free.Sub(now)
		if !p.left {
			wait = min(wait, AskAgain(limit))
		}
		if !e.Yields {
			w.wanted = now.Add(wait + Grace)
		}
		return wait, nil
	}
	if !e.Yields {
		w.wanted = time.Time{}
	}
	for range e.N {
		w.put(place{id: e.ID, free: now.Add(Lost), span: limit.Span})
	}
	m.note(newNote(key, limit.Span).of(e.ID, e.N, true))
	return 0, nil
}

// Leave implements Limiter. It never fails.
func (m *Memory) Leave(_ context.Context, key string, e Entry, free time.Duration) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	now := m.now()
	w := m.window(key, now)
	w.places = slices.DeleteFunc(w.places, func(p place) bool { return p.id == e.ID })
	if free > 0 {
		for range e.N {
			w.put(place{id: e.ID, free: now.Add(free), left: true})
		}
	}
	m.note(newNote(key, max(free, 0)).of(e.ID, e.N, false))
	return nil
}

// Hold implements Limiter. It never fails.
func (m *Memory) Hold(_ context.Context, key string, d time.Duration) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	now := m.now()
	w := m.window(key, now)
	d = min(d, LongestHold)
	w.hold = later(w.hold, now.Add(d))
	m.note(newNote(key, d))
	return nil
}
