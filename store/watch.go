package store

import (
	"context"
	"sync"

	"liaison/handlers"
)

// maxPending is how many different changes a watcher may leave unread before
// they are replaced by one change of each kind without an ID.
const maxPending = 1024

// hub tells the watchers of this process what was committed, here or elsewhere.
type hub struct {
	mu       sync.Mutex
	closed   bool
	watchers map[*watcher]struct{}
	done     chan struct{}
}

// watcher holds what one reader has not read yet, each change once.
type watcher struct {
	own     bool // only what this process has committed
	mu      sync.Mutex
	pending map[handlers.Change]struct{}
	order   []handlers.Change
	wake    chan struct{} // holds one token while there may be something pending
}

func newHub() *hub {
	return &hub{watchers: make(map[*watcher]struct{}), done: make(chan struct{})}
}

// Watch implements relay.Store. Equal changes that were not read yet are told
// once. After a very long pause a change without an ID stands for any number of
// its kind. The channel is also closed when the store is.
func (s *Store) Watch(ctx context.Context) <-chan handlers.Change { return s.watch(ctx, false) }

// WatchOwn is Watch without what Heard told.
func (s *Store) WatchOwn(ctx context.Context) <-chan handlers.Change { return s.watch(ctx, true) }

// Heard tells the watchers what another process on the database has committed.
func (s *Store) Heard(changes ...handlers.Change) { s.hub.publish(changes, false) }

func (s *Store) watch(ctx context.Context, own bool) <-chan handlers.Change {
	out := make(chan handlers.Change)
	w := &watcher{own: own, pending: make(map[handlers.Change]struct{}), wake: make(chan struct{}, 1)}
	h := s.hub
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.closed {
		close(out)
		return out
	}
	h.watchers[w] = struct{}{}
	go func() {
		defer close(out)
		defer h.remove(w)
		for {
			select {
			case <-w.wake:
			case <-ctx.Done():
				return
			case <-h.done:
				return
			}
			for _, c := range w.take() {
				select {
				case out <- c:
				case <-ctx.Done():
					return
				case <-h.done:
					return
				}
			}
		}
	}()
	return out
}

// publish tells the watchers; own says that this process has made the changes.
func (h *hub) publish(changes []handlers.Change, own bool) {
	if len(changes) == 0 {
		return
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	for w := range h.watchers {
		if own || !w.own {
			w.add(changes)
		}
	}
}

func (h *hub) remove(w *watcher) {
	h.mu.Lock()
	defer h.mu.Unlock()
	delete(h.watchers, w)
}

func (h *hub) close() {
	h.mu.Lock()
	defer h.mu.Unlock()
	if !h.closed {
		h.closed = true
		close(h.done)
	}
}

func (w *watcher) add(changes []handlers.Change) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, c := range changes {
		w.put(c)
	}
	if len(w.order) > maxPending {
		missed := w.order
		w.order = nil
		clear(w.pending)
		for _, c := range missed {
			w.put(handlers.Change{Kind: c.Kind})
		}
	}
	select {
	case w.wake <- struct{}{}:
	default:
	}
}

func (w *watcher) put(c handlers.Change) {
	if _, known := w.pending[c]; !known {
		w.pending[c] = struct{}{}
		w.order = append(w.order, c)
	}
}

func (w *watcher) take() []handlers.Change {
	w.mu.Lock()
	defer w.mu.Unlock()
	out := w.order
	w.order = nil
	clear(w.pending)
	return out
}
