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
