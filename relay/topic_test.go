package relay_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"

	"liaison/handlers"
	"liaison/relay"
)

// topical is a second channel beside the rig's, with topics.
type topical struct {
	second
	opened int
	open   error    // what opening says
	set    []string // what was changed
}

func (c *topical) OpenTopic(_ context.Context, out relay.Outbound, _ string) (int, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.opened++
	return 10 * c.opened, c.open
}

func (c *topical) SetTopic(_ context.Context, out relay.Outbound, _, want relay.Topic) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.set = append(c.set, fmt.Sprint(out.To.Thread, want.Name, want.Closed))
	return nil
}

// about sends a reply of the topic to the group.
func (c *topical) about(text string, t handlers.Topic, replace bool) {
	c.t.Helper()
	c.mu.Lock()
	n := len(c.delivered) + len(c.givenUp)
	c.mu.Unlock()
	err := c.store.Update(c.t.Context(), func(tx handlers.Tx) error {
		return tx.Send(c.t.Context(), group, handlers.Reply{Text: []handlers.Span{{Text: text}}, Ref: "card", Replace: replace, Topic: &t})
	})
	if err != nil {
		c.t.Fatal(err)
	}
	c.wait(text, func() bool { return len(c.delivered)+len(c.givenUp) > n })
}

var group = handlers.Address{Channel: handlers.Web, Chat: "-1"}

func newTopical(t *testing.T) *topical {
	c := &topical{second: second{newRig(t)}}
	c.relay.Add(c)
	return c
}

// last is the reply that was delivered last.
func (c *topical) last() relay.Outbound {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.delivered[len(c.delivered)-1]
}

func TestATopicIsMadeOnceAndKept(t *testing.T) {
	t.Parallel()
	c := newTopical(t)
	c.run()
	one := handlers.Topic{Key: "one", Name: "一"}
	c.about("card", one, false)
	c.about("edit", one, true)
	if out := c.last(); out.To.Thread != 10 || out.Edit == "" {
		t.Errorf("the edit went to thread %d in the place of %q", out.To.Thread, out.Edit)
	}
	c.about("another", handlers.Topic{Key: "two", Name: "二"}, true)
	if out := c.last(); out.To.Thread != 20 || out.Edit != "" {
		t.Errorf("the other topic's went to thread %d in the place of %q", out.To.Thread, out.Edit)
	}
	one.Name, one.Closed = "完", true
	c.about("end", one, true)
	one.Name, one.Closed = "一", false
	c.about("again", one, true)
	if want := []string{"10完true", "10一false"}; !slices.Equal(c.set, want) || c.opened != 2 {
		t.Errorf("set %v, want %v; %d opened", c.set, want, c.opened)
	}
	c.about("never there", handlers.Topic{Key: "three", Closed: true}, true)
	if out := c.last(); out.To.Thread != 0 || c.opened != 2 {
		t.Errorf("a topic that is over before it was made: thread %d, %d opened", out.To.Thread, c.opened)
	}
}

func TestATopicThatIsGoneIsMadeAgain(t *testing.T) {
	t.Parallel()
	c := newTopical(t)
	c.deliver = func(out relay.Outbound) (relay.Receipt, error) {
		if out.To.Thread == 10 {
			return relay.Receipt{}, fmt.Errorf("%w: deleted", relay.ErrNoTopic)
		}
		return relay.Receipt{MessageID: fmt.Sprint(out.To.Thread)}, nil
	}
	c.run()
	c.about("card", handlers.Topic{Key: "one", Name: "一"}, false)
	if out := c.last(); out.To.Thread != 20 || c.opened != 2 {
		t.Errorf("went to thread %d, %d opened", out.To.Thread, c.opened)
	}
	in := group
	in.Thread = 20
	c.wait("the reply to be noted in the new topic", func() bool {
		id, err := c.store.LastMessage(t.Context(), in, "card")
		return id == "20" && err == nil
	})

	// A topic that we did not make cannot be made again: the chat itself has to do.
	c.deliver = func(out relay.Outbound) (relay.Receipt, error) {
		if out.To.Thread == 7 {
			return relay.Receipt{}, relay.ErrNoTopic
		}
		return relay.Receipt{MessageID: "x"}, nil
	}
	fixed := group
	fixed.Thread = 7
	err := c.store.Update(t.Context(), func(tx handlers.Tx) error {
		return tx.Send(t.Context(), fixed, handlers.Reply{Text: []handlers.Span{{Text: "fixed"}}})
	})
	if err != nil {
		t.Fatal(err)
	}
	c.wait("the word about it", func() bool { return slices.Contains(c.whys, handlers.WhyNoTopic) })
	c.wait("the reply", func() bool { return c.delivered[len(c.delivered)-1].Reply.String() == "fixed" })
	if out := c.last(); out.To.Thread != 0 {
		t.Errorf("went to thread %d", out.To.Thread)
	}
}

func TestAChatWithoutTopics(t *testing.T) {
	t.Parallel()
	c := newTopical(t)
	c.open = relay.ErrNoTopics
	c.run()
	one := handlers.Topic{Key: "one", Name: "一"}
	c.about("card", one, false)
	one.Name = "二"
	c.about("edit", one, true)
	if out := c.last(); out.To.Thread != 0 || out.Edit == "" || c.opened != 1 || !slices.Equal(c.whys, []handlers.Why{handlers.WhyNoTopics}) {
		t.Errorf("thread %d, in the place of %q, tried %d times, told %v", out.To.Thread, out.Edit, c.opened, c.whys)
	}

	c.open = &relay.Unreachable{Why: handlers.WhyRemoved, Err: errors.New("kicked")}
	c.about("nobody", handlers.Topic{Key: "two"}, false)
	if want := []handlers.Why{handlers.WhyNoTopics, handlers.WhyRemoved}; !slices.Equal(c.whys, want) || len(c.givenUp) != 1 {
		t.Errorf("told %v, want %v; given up %v", c.whys, want, c.givenUp)
	}
}
