package relay_test

import (
	"context"
	"fmt"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"liaison/handlers"
	"liaison/relay"
	"liaison/store"
)

// looking counts how often the outbox is looked through.
type looking struct {
	relay.Store
	n atomic.Int64
}

func (l *looking) OutboundLanes(ctx context.Context, now time.Time) ([]relay.Lane, error) {
	l.n.Add(1)
	return l.Store.OutboundLanes(ctx, now)
}

// newLookingRig is a rig whose looks are counted, on the time that it is.
func newLookingRig(t *testing.T) (*rig, *looking) {
	t.Helper()
	looks := new(looking)
	r := newRigOver(t, func(st *store.Store) relay.Store {
		looks.Store = st
		return looks
	})
	r.still = true
	return r, looks
}

// queue queues a reply to each of the chats, in one transaction; bulk is its
// announcement, "" for none.
func (r *rig) queue(bulk string, chats ...string) {
	r.t.Helper()
	err := r.store.Update(r.t.Context(), func(tx handlers.Tx) error {
		for _, chat := range chats {
			reply := handlers.Reply{Text: []handlers.Span{{Text: "news"}}, Bulk: bulk}
			if err := tx.Send(r.t.Context(), handlers.Address{Channel: handlers.Telegram, Chat: chat}, reply); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		r.t.Fatal(err)
	}
}

// A bulk message whose turn has not come holds nothing up, not even its own chat; what
// was first there goes out first.
func TestBulkInItsTurnHoldsNothingUp(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	turns := make(chan struct{})
	r.turn = func(ctx context.Context) error {
		select {
		case <-turns:
			return nil
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	r.queue("a1", "1", "2", "3")
	r.run()
	r.say("2", "hello")
	r.wait("the reply", func() bool { return len(r.delivered) >= 2 })
	sent := func() (all []string) {
		for _, out := range r.delivered {
			all = append(all, out.To.Chat+" "+out.Reply.String())
		}
		return all
	}
	time.Sleep(50 * time.Millisecond)
	r.wait("nothing", func() bool {
		if want := []string{"2 news", "2 re: hello"}; !slices.Equal(sent(), want) {
			t.Errorf("before a turn %q went out, want %q", sent(), want)
		}
		return true
	})
	for range 2 {
		select {
		case turns <- struct{}{}:
		case <-time.After(10 * time.Second):
			t.Fatal("no bulk message waits for its turn")
		}
	}
	r.wait("the others", func() bool { return len(r.delivered) == 4 })
	r.wait("the end of their turns", func() bool { return r.turnsEnded.Load() == 2 })
	r.wait("nothing", func() bool {
		if want := []string{"1 news", "3 news"}; !slices.Equal(slices.Sorted(slices.Values(sent()[2:])), want) {
			t.Errorf("in their turns %q went out, want %q", sent()[2:], want)
		}
		return true
	})
}

// However many lanes wait, the outbox is looked through when there is news, not for each
// message.
func TestLooksAreFew(t *testing.T) {
	t.Parallel()
	const people = 300
	for name, bulk := range map[string]string{"bulk": "a1", "replies": ""} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r, looks := newLookingRig(t)
			var chats []string
			for i := range people {
				chats = append(chats, fmt.Sprint(i))
			}
			r.queue(bulk, chats...)
			began := time.Now()
			r.run()
			r.wait("everybody", func() bool { return len(r.delivered) == people })
			took := time.Since(began)
			// On a slow machine a step often ends during a look, which is then made again.
			if n := looks.n.Load(); n > 10+int64(took/(20*time.Millisecond)) {
				t.Errorf("%d looks for %d messages in %v", n, people, took)
			}
		})
	}
}

// What comes to a chat while a message is on its way there goes out after it, not only
// when everything is looked at the next time.
func TestWhatComesMeanwhileIsNotForgotten(t *testing.T) {
	t.Parallel()
	r, looks := newLookingRig(t)
	const times = 12
	var sent atomic.Int64
	r.deliver = func(out relay.Outbound) (relay.Receipt, error) {
		if out.To.Chat != "1" {
			return relay.Receipt{MessageID: fmt.Sprint(out.ID)}, nil
		}
		if sent.Add(1) < times {
			r.queue("", "1")
			for seen := looks.n.Load(); looks.n.Load() < seen+2; { // a look that began after it is over
				r.queue("", "another")
				time.Sleep(time.Millisecond)
			}
		}
		return relay.Receipt{MessageID: fmt.Sprint(out.ID)}, nil
	}
	r.queue("", "1")
	began := time.Now()
	r.run()
	r.wait("all", func() bool { return sent.Load() >= times })
	if took := time.Since(began); took > times*relay.Rescan/2 {
		t.Errorf("%d messages to one chat, one after the other, took %v", times, took)
	}
}

// A chat in which much waits goes on from one message to the next.
func TestOneChatGoesOn(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	r.still = true
	const messages = 16
	for i := range messages {
		r.say("1", fmt.Sprint(i)) // each is answered
	}
	began := time.Now()
	r.run()
	r.wait("the answers", func() bool { return len(r.delivered) == messages })
	r.queue("", slices.Repeat([]string{"2"}, messages)...)
	r.wait("the others", func() bool { return len(r.delivered) == 2*messages })
	if took := time.Since(began); took > messages*relay.Rescan/2 {
		t.Errorf("%d messages in a chat took %v", messages, took)
	}
}
