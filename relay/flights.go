package relay

import "sync"

// flights are the deliveries that are under way, at most one a lane. It is safe
// for concurrent use; the zero value is ready.
type flights struct {
	mu    sync.Mutex
	lanes map[string]chan struct{}
}

// start notes that a delivery to the lane begins and returns what notes its end.
func (f *flights) start(lane string) (land func()) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.lanes == nil {
		f.lanes = make(map[string]chan struct{})
	}
	landed := make(chan struct{})
	f.lanes[lane] = landed
	return func() {
		f.mu.Lock()
		defer f.mu.Unlock()
		delete(f.lanes, lane)
		close(landed)
	}
}

// of returns a channel that is closed when the lane's present delivery has
// ended, nil when there is none.
func (f *flights) of(lane string) <-chan struct{} {
	f.mu.Lock()
	defer f.mu.Unlock()
	if c, ok := f.lanes[lane]; ok {
		return c
	}
	return nil
}

// unnoted are parts that a channel has taken while our storage could not note
// it. They are noted later and not delivered again, unless the process dies in
// between. It is safe for concurrent use; the zero value is ready.
type unnoted struct {
	mu    sync.Mutex
	parts map[part]Receipt
}

// part is one part of one reply.
type part struct {
	outbound int64
	number   int
}

func (u *unnoted) put(out Outbound, r Receipt) {
	u.mu.Lock()
	defer u.mu.Unlock()
	if u.parts == nil {
		u.parts = make(map[part]Receipt)
	}
	u.parts[part{out.ID, out.Part}] = r
}

// take returns the receipt of a part that was delivered already and forgets it.
func (u *unnoted) take(out Outbound) (Receipt, bool) {
	u.mu.Lock()
	defer u.mu.Unlock()
	key := part{out.ID, out.Part}
	r, ok := u.parts[key]
	delete(u.parts, key)
	return r, ok
}
