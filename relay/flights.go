package relay

import (
	"slices"
	"sync"

	"liaison/handlers"
)

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
// it. They are noted later and not delivered again, unless the process dies or another
// one gets the chat in between. It is safe for concurrent use; the zero value is ready.
type unnoted struct {
	mu    sync.Mutex
	parts map[part]taken
}

// part is one part of one reply.
type part struct {
	outbound int64
	number   int
}

// taken is what became of a part.
type taken struct {
	receipt Receipt
	to      handlers.Address
	ref     string
}

func (u *unnoted) put(out Outbound, r Receipt) {
	u.mu.Lock()
	defer u.mu.Unlock()
	if u.parts == nil {
		u.parts = make(map[part]taken)
	}
	u.parts[part{out.ID, out.Part}] = taken{r, out.To, out.Reply.Ref}
}

// receipt returns that of a part that was delivered already.
func (u *unnoted) receipt(out Outbound) (Receipt, bool) {
	u.mu.Lock()
	defer u.mu.Unlock()
	t, ok := u.parts[part{out.ID, out.Part}]
	return t.receipt, ok
}

// forget is for a part that has been noted. Until then people's answers find it here.
func (u *unnoted) forget(out Outbound) {
	u.mu.Lock()
	defer u.mu.Unlock()
	delete(u.parts, part{out.ID, out.Part})
}

// refOf returns the ref of the message in the chat, if it is one of the parts.
func (u *unnoted) refOf(chat handlers.Address, messageID string) (ref string, ok bool) {
	u.mu.Lock()
	defer u.mu.Unlock()
	for _, t := range u.parts {
		if t.to.Channel == chat.Channel && t.to.Chat == chat.Chat && slices.Contains(t.receipt.ids(), messageID) {
			return t.ref, true
		}
	}
	return "", false
}
