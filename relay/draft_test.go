package relay_test

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"liaison/handlers"
	"liaison/relay"
)

func text(s string) []handlers.Span { return []handlers.Span{{Text: s}} }

// newDrafting returns a rig whose clock goes as time does and whose channel calls
// preview.
func newDrafting(t *testing.T, preview func(id string, r handlers.Reply) error) *rig {
	t.Helper()
	r := newRig(t)
	r.still = true
	r.preview = preview
	return r
}

func TestAModelWritesInThePlaceOfTheReply(t *testing.T) {
	t.Parallel()
	var mu sync.Mutex
	var previews []string
	r := newDrafting(t, func(id string, p handlers.Reply) error {
		mu.Lock()
		defer mu.Unlock()
		previews = append(previews, id+" "+p.String())
		return nil
	})
	r.write = func(_ context.Context, reply handlers.Reply, show func(handlers.Reply)) (handlers.Reply, bool) {
		reply.Text = text("half")
		show(reply)
		reply.Text = text("written")
		return reply, true
	}
	r.say("1", "a")
	r.run()
	r.wait("the written answer", func() bool { return len(r.delivered) == 2 })
	first, last := r.delivered[0], r.delivered[1]
	if first.Reply.String() != "re: a" || first.Reply.Draft != nil || last.Reply.String() != "written" || last.Reply.Draft != nil {
		t.Errorf("delivered %v", r.texts())
	}
	if want := "m" + id(first) + "-0"; last.Edit != want {
		t.Errorf("it replaced %q, want %q", last.Edit, want)
	}
	if want := []string{"m" + id(first) + "-0 half"}; !slices.Equal(previews, want) {
		t.Errorf("previews %q, want %q", previews, want)
	}
}

// Of a draft that another process has taken over, which puts the reply back, nothing more
// is shown.
func TestADraftOfAnotherProcessIsNotShown(t *testing.T) {
	t.Parallel()
	var taken, kept atomic.Bool
	var shown atomic.Int64
	r := newDrafting(t, func(string, handlers.Reply) error {
		if !kept.Load() {
			t.Error("the draft is not kept while it is shown")
		}
		shown.Add(1)
		return nil
	})
	r.relay.Begin = func(lane string) (func(), bool) {
		if !strings.HasPrefix(lane, string(handlers.Drafts)) {
			return func() {}, true
		}
		if taken.Load() {
			return nil, false
		}
		kept.Store(true)
		return func() { kept.Store(false) }, true
	}
	wrote := make(chan struct{})
	r.write = func(_ context.Context, reply handlers.Reply, show func(handlers.Reply)) (handlers.Reply, bool) {
		show(reply)
		taken.Store(true)
		show(reply)
		taken.Store(false) // once lost it stays so
		show(reply)
		close(wrote)
		return reply, false
	}
	r.say("1", "a")
	r.run()
	<-wrote
	if n := shown.Load(); n != 1 || kept.Load() {
		t.Errorf("shown %d times, kept: %v", n, kept.Load())
	}
}

// What was shown of an answer that then failed is taken back; nothing is sent
// when nothing was shown.
func TestAFailedDraftLeavesTheReply(t *testing.T) {
	t.Parallel()
	var mu sync.Mutex
	previews := 0
	r := newDrafting(t, func(string, handlers.Reply) error {
		mu.Lock()
		defer mu.Unlock()
		previews++
		return errors.New("too many requests")
	})
	wrote := make(chan string, 3)
	r.write = func(_ context.Context, reply handlers.Reply, show func(handlers.Reply)) (handlers.Reply, bool) {
		defer func() { wrote <- reply.String() }()
		switch reply.String() {
		case "re: panics":
			panic("a bug")
		case "re: shows":
			half := reply
			half.Text = text("half")
			show(half)
			show(half)
		}
		return reply, false
	}
	for _, text := range []string{"silent", "panics", "shows"} {
		r.say(text, text)
	}
	r.run()
	for range 3 {
		<-wrote
	}
	r.wait("the reply to be put back", func() bool { return len(r.delivered) == 4 })
	if last := r.delivered[3]; last.Reply.String() != "re: shows" || last.Edit == "" {
		t.Errorf("last delivered: %+v", last)
	}
	mu.Lock()
	defer mu.Unlock()
	if previews != 1 {
		t.Errorf("%d previews after one that failed", previews)
	}
}

// A model that hangs holds up nothing, neither its own chat nor others, and a
// process that ends meanwhile leaves the reply as it was.
func TestAModelThatHangs(t *testing.T) {
	t.Parallel()
	for name, back := range map[string]time.Duration{"the clock goes on": 0, "the clock was set back meanwhile": time.Hour} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			modelThatHangs(t, back)
		})
	}
}

func modelThatHangs(t *testing.T, back time.Duration) {
	r := newDrafting(t, func(string, handlers.Reply) error { return nil })
	began := make(chan struct{}, 100)
	r.write = func(ctx context.Context, reply handlers.Reply, show func(handlers.Reply)) (handlers.Reply, bool) {
		half := reply
		half.Text = text("half")
		show(half)
		began <- struct{}{}
		<-ctx.Done()
		return half, true
	}
	ctx, stop := context.WithCancel(t.Context())
	done := make(chan struct{})
	go func() {
		defer close(done)
		r.relay.Run(ctx)
	}()
	const n = 20 // more than are worked on at once
	for i := range n {
		r.say("1", string(rune('a'+i)))
	}
	r.wait("every reply", func() bool { return len(r.delivered) == n })
	<-began
	stop()
	<-done
	r.mu.Lock()
	r.write = func(_ context.Context, reply handlers.Reply, _ func(handlers.Reply)) (handlers.Reply, bool) {
		t.Error("a draft of an earlier life was begun again")
		return reply, false
	}
	r.mu.Unlock()
	again := relay.New(relay.Config{Store: r.store, Desk: r, Now: func() time.Time { return r.clock().Add(-back) }})
	again.Add(r)
	second, stop2 := context.WithCancel(t.Context())
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		again.Run(second)
	}()
	defer func() { stop2(); <-ended }()
	r.wait("the replies to be put back", func() bool { return len(r.delivered) == 2*n })
	for _, out := range r.delivered[n:] {
		if got := out.Reply.String(); len(got) != len("re: a") || out.Edit == "" {
			t.Errorf("put back %q in the place of %q", got, out.Edit)
		}
	}
}

// In a group several people may have answers with the same mark.
func TestEachDraftKeepsToItsOwnMessage(t *testing.T) {
	t.Parallel()
	r := newDrafting(t, nil)
	r.ref = "answer"
	both := make(chan struct{}, 2)
	last := make(chan struct{})
	r.write = func(_ context.Context, reply handlers.Reply, _ func(handlers.Reply)) (handlers.Reply, bool) {
		both <- struct{}{}
		<-last
		reply.Text = text(reply.String() + ", written")
		return reply, true
	}
	r.say("1", "a")
	r.say("1", "b")
	r.run()
	<-both
	<-both
	close(last)
	r.wait("both written answers", func() bool { return len(r.delivered) == 4 })
	quoted := make(map[string]string) // where the reply stands
	for _, out := range r.delivered[:2] {
		quoted[out.Reply.String()+", written"] = "m" + id(out) + "-0"
	}
	for _, out := range r.delivered[2:] {
		if want := quoted[out.Reply.String()]; out.Edit != want || want == "" {
			t.Errorf("%q went to %q, want %q", out.Reply.String(), out.Edit, want)
		}
	}
}

// An answer whose chat has moved, or does not take it, is written for nobody:
// the quotation was delivered.
func TestADraftWithoutItsMessage(t *testing.T) {
	t.Parallel()
	r := newDrafting(t, nil)
	r.deliver = func(out relay.Outbound) (relay.Receipt, error) {
		if out.Edit != "" {
			return relay.Receipt{}, relay.Permanent(errors.New("the bot was blocked"))
		}
		return relay.Receipt{MessageID: "m" + id(out) + "-0"}, nil
	}
	wrote := make(chan struct{}, 2)
	r.write = func(_ context.Context, reply handlers.Reply, _ func(handlers.Reply)) (handlers.Reply, bool) {
		if reply.String() == "re: moved" {
			from, to := handlers.Address{Channel: handlers.Telegram, Chat: "1"}, handlers.Address{Channel: handlers.Telegram, Chat: "2"}
			if err := r.store.Update(t.Context(), func(tx handlers.Tx) error { return tx.MoveChat(t.Context(), from, to) }); err != nil {
				t.Error(err)
			}
		}
		reply.Text = text("written")
		wrote <- struct{}{}
		return reply, true
	}
	r.say("1", "moved")
	r.say("3", "blocked")
	r.run()
	<-wrote
	<-wrote
	r.wait("the outbox to be empty", func() bool {
		lanes, err := r.store.OutboundLanes(t.Context(), time.Now())
		drafts, err2 := r.store.PendingLanes(t.Context(), time.Now())
		return err == nil && err2 == nil && len(lanes)+len(drafts) == 0
	})
	r.mu.Lock()
	defer r.mu.Unlock()
	if len(r.delivered) != 2 || len(r.givenUp) != 0 {
		t.Errorf("delivered %q, given up %q", r.texts(), r.givenUp)
	}
}

// A channel that hangs over a preview does not use up the model's time.
func TestAPreviewThatHangs(t *testing.T) {
	t.Parallel()
	r := newDrafting(t, nil)
	r.hang = true
	r.write = func(_ context.Context, reply handlers.Reply, show func(handlers.Reply)) (handlers.Reply, bool) {
		show(reply)
		reply.Text = text("written")
		return reply, true
	}
	r.say("1", "a")
	r.run()
	r.wait("the written answer", func() bool { return len(r.delivered) == 2 })
}

// What is no draft, such as one that came in a form of another version, is kept for a look.
func TestADraftThatIsNone(t *testing.T) {
	t.Parallel()
	r := newDrafting(t, nil)
	m := handlers.Message{Key: "1", From: handlers.Address{Channel: handlers.Drafts, Chat: "1"}, Unread: "raw"}
	if _, err := r.store.Receive(t.Context(), m, r.clock()); err != nil {
		t.Fatal(err)
	}
	r.run()
	r.wait("it to be parked", func() bool { return len(r.parked()) == 1 })
	if p := r.parked()[0]; p.Cause != handlers.CauseUnread || len(r.sorry) > 0 {
		t.Errorf("parked is %+v, apologized for %q", p, r.sorry)
	}
}

func id(out relay.Outbound) string { return strconv.FormatInt(out.ID, 10) }
