package relay_test

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"log/slog"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"liaison/handlers"
	"liaison/knowledge"
	"liaison/relay"
	"liaison/store"
	"liaison/store/storetest"
)

// rig is a relay over a real store, with a desk and a channel that do what the
// test says.
type rig struct {
	t     *testing.T
	store *store.Store
	relay *relay.Relay
	mu    sync.Mutex
	now   time.Time

	// handle is the desk; the default says back what was said.
	handle func(ctx context.Context, tx handlers.Tx, m handlers.Message) error
	// deliver is the channel; the default takes everything.
	deliver func(out relay.Outbound) (relay.Receipt, error)
	fetch   func(up handlers.Upload) (io.ReadCloser, error)
	// turn is the channel's pace of bulk messages; the default has none.
	turn       func(ctx context.Context) error
	turnsEnded atomic.Int64
	// write is the model; the default has nothing to say.
	write   func(ctx context.Context, r handlers.Reply, show func(handlers.Reply)) (handlers.Reply, bool)
	preview func(id string, r handlers.Reply) error
	// hang lets a preview take as long as it may.
	hang bool
	// ref marks the replies; "" gives each a mark of its own.
	ref string
	// still lets the clock go as time does.
	still bool

	sulks     error    // what Flooded fails with
	handled   []string // texts in the order of handling
	delivered []relay.Outbound
	sorry     []string
	givenUp   []string
	whys      []handlers.Why // why something was given up or went without a topic
	seen      []handlers.Message
}

func newRig(t *testing.T) *rig { return newRigOver(t, func(st *store.Store) relay.Store { return st }) }

// newRigOver lets the test put something before the store.
func newRigOver(t *testing.T, over func(*store.Store) relay.Store) *rig {
	t.Helper()
	log := slog.New(slog.DiscardHandler)
	dir := t.TempDir()
	st, err := store.Open(t.Context(), store.Config{Dir: storetest.Made(t, dir), Logger: log})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { st.Close() })
	blobs, err := store.OpenBlobs(filepath.Join(dir, "files"))
	if err != nil {
		t.Fatal(err)
	}
	r := &rig{t: t, store: st, now: time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)}
	r.relay = relay.New(relay.Config{Store: over(st), Blobs: blobs, Desk: r, Logger: log, Now: r.clock, Grace: 5 * time.Second})
	r.relay.Add(r)
	return r
}

// clock runs an hour at each look, so that every wait is over at once.
func (r *rig) clock() time.Time {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.still {
		return time.Now()
	}
	r.now = r.now.Add(time.Hour)
	return r.now
}

func (r *rig) run() {
	r.t.Helper()
	ctx, cancel := context.WithCancel(r.t.Context())
	done := make(chan struct{})
	go func() {
		defer close(done)
		r.relay.Run(ctx)
	}()
	r.t.Cleanup(func() {
		cancel()
		<-done
	})
}

func (r *rig) say(chat, text string) {
	r.t.Helper()
	m := handlers.Message{Key: chat + text, From: handlers.Address{Channel: handlers.Telegram, Chat: chat}, User: chat, Text: text}
	if _, err := r.relay.Receive(r.t.Context(), m, r.clock()); err != nil {
		r.t.Fatal(err)
	}
}

// failed lets so many attempts at the first message of the chat be over.
func (r *rig) failed(chat string, n int) {
	r.t.Helper()
	lane := handlers.Address{Channel: handlers.Telegram, Chat: chat}.Lane()
	for range n {
		in, _, err := r.store.NextInbound(r.t.Context(), lane, r.clock())
		if err == nil {
			err = r.store.PostponeInbound(r.t.Context(), in, r.clock(), true, "")
		}
		if err != nil {
			r.t.Fatal(err)
		}
	}
}

// wait waits until ok, which is called with the rig locked.
func (r *rig) wait(what string, ok func() bool) {
	r.t.Helper()
	for end := time.Now().Add(15 * time.Second); ; time.Sleep(time.Millisecond) {
		r.mu.Lock()
		done := ok()
		r.mu.Unlock()
		if done {
			return
		}
		if time.Now().After(end) {
			r.t.Fatalf("still waiting for %s", what)
		}
	}
}

// Flooded implements relay.Desk: the boss is always heard.
func (r *rig) Flooded(ctx context.Context, tx handlers.Tx, m handlers.Message, until time.Time) (bool, error) {
	if m.User == "boss" || r.sulks != nil {
		return false, r.sulks
	}
	return true, tx.Send(ctx, m.From, handlers.Reply{Text: []handlers.Span{{Text: "wait, not kept: " + m.Text}}})
}

// Prepare, Handle and Apologize implement relay.Desk.
func (r *rig) Prepare(context.Context, handlers.Message) (handlers.Prepared, error) {
	return handlers.Prepared{}, nil
}

func (r *rig) Handle(ctx context.Context, tx handlers.Tx, m handlers.Message, _ handlers.Prepared) error {
	if r.handle != nil {
		if err := r.handle(ctx, tx, m); err != nil {
			return err
		}
	}
	r.mu.Lock()
	r.handled = append(r.handled, m.Text)
	r.seen = append(r.seen, m)
	r.mu.Unlock()
	reply := handlers.Reply{Text: []handlers.Span{{Text: "re: " + m.Text}}, Ref: cmp.Or(r.ref, "ref-"+m.Text)}
	if r.write != nil {
		reply.Draft = &handlers.Draft{Question: knowledge.Question{Text: m.Text}}
	}
	return tx.Send(ctx, m.From, reply)
}

func (r *rig) Write(ctx context.Context, reply handlers.Reply, show func(handlers.Reply)) (handlers.Reply, bool) {
	return r.write(ctx, reply, show)
}

func (r *rig) Undelivered(_ context.Context, _ handlers.Tx, to handlers.Address, reply handlers.Reply, why handlers.Why) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.givenUp = append(r.givenUp, to.Chat+" "+reply.String())
	r.whys = append(r.whys, why)
	return nil
}

func (r *rig) WithoutTopic(_ context.Context, _ handlers.Tx, to handlers.Address, why handlers.Why) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.whys = append(r.whys, why)
	return nil
}

func (r *rig) Apologize(_ context.Context, _ handlers.Tx, m handlers.Message) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.sorry = append(r.sorry, m.Text)
	return nil
}

// Name, Deliver, Preview and Fetch implement relay.Previewer.
func (r *rig) Name() handlers.Channel { return handlers.Telegram }

func (r *rig) Deliver(_ context.Context, out relay.Outbound) (relay.Receipt, error) {
	out.Placed()
	receipt := relay.Receipt{MessageID: fmt.Sprintf("m%d-%d", out.ID, out.Part)}
	if r.deliver != nil {
		var err error
		if receipt, err = r.deliver(out); err != nil {
			return receipt, err
		}
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.delivered = append(r.delivered, out)
	return receipt, nil
}

// Turn implements relay.Paced.
func (r *rig) Turn(ctx context.Context) (end func(), err error) {
	if r.turn != nil {
		err = r.turn(ctx)
	}
	return sync.OnceFunc(func() { r.turnsEnded.Add(1) }), err
}

func (r *rig) Preview(ctx context.Context, _ handlers.Address, id string, reply handlers.Reply) error {
	if r.hang {
		<-ctx.Done()
		return ctx.Err()
	}
	return r.preview(id, reply)
}

func (r *rig) Fetch(_ context.Context, up handlers.Upload) (io.ReadCloser, error) { return r.fetch(up) }

// parked lists what was given up.
func (r *rig) parked() (list []handlers.ParkedMessage) {
	err := r.store.View(r.t.Context(), func(tx handlers.Tx) (err error) {
		list, err = tx.ParkedMessages(r.t.Context(), 9)
		return err
	})
	if err != nil {
		r.t.Error(err)
	}
	return list
}

func (r *rig) texts() (all []string) {
	for _, out := range r.delivered {
		all = append(all, out.Reply.String())
	}
	return all
}
