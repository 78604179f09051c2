package relay_test

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"sync"
	"testing"

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
	again := relay.New(relay.Config{Store: r.store, Desk: r, Now: r.clock})
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

func id(out relay.Outbound) string { return strconv.FormatInt(out.ID, 10) }
