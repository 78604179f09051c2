package relay_test

import (
	"errors"
	"fmt"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"liaison/handlers"
	"liaison/relay"
)

func TestUndeliverableReplies(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	tries := make(map[string]int)
	r.deliver = func(out relay.Outbound) (relay.Receipt, error) {
		text := out.Reply.String()
		tries[text]++
		switch {
		case text == "re: limited" && tries[text] < 40: // more often than attempts are allowed
			return relay.Receipt{}, &relay.RetryAfter{After: time.Minute}
		case text == "re: blocked":
			return relay.Receipt{}, relay.Permanent(errors.New("403"))
		case text == "re: shaky" && tries[text] < 4:
			return relay.Receipt{}, errors.New("502")
		case text == "re: moved" && out.To.Chat == "1":
			return relay.Receipt{}, &relay.Moved{Chat: "-1002"}
		}
		return relay.Receipt{MessageID: "m" + text}, nil
	}
	for _, text := range []string{"limited", "blocked", "shaky", "moved"} {
		r.say("1", text)
	}
	r.run()
	r.wait("three replies", func() bool { return len(r.delivered) == 3 })
	if want := []string{"re: limited", "re: shaky", "re: moved"}; !slices.Equal(r.texts(), want) {
		t.Errorf("delivered %v, want %v", r.texts(), want)
	}
	if to := r.delivered[2].To.Chat; to != "-1002" {
		t.Errorf("after the move it went to %s", to)
	}
	if want := []string{"1 re: blocked"}; !slices.Equal(r.givenUp, want) {
		t.Errorf("given up %q, want %q", r.givenUp, want)
	}
	if tries["re: blocked"] != 1 {
		t.Errorf("what is useless to try was tried %d times", tries["re: blocked"])
	}
}

func TestPartsGoOnWhereTheyStopped(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	failed := false
	r.deliver = func(out relay.Outbound) (relay.Receipt, error) {
		if out.Part == 1 && !failed {
			failed = true
			return relay.Receipt{}, errors.New("connection reset")
		}
		return relay.Receipt{MessageID: fmt.Sprint(out.Part), More: out.Part < 2}, nil
	}
	r.say("1", "long")
	r.run()
	r.wait("three parts", func() bool { return len(r.delivered) == 3 })
	for i, out := range r.delivered {
		if out.Part != i {
			t.Errorf("part %d was delivered as number %d", out.Part, i)
		}
	}
}

// A message whose chat another process takes over while it waits stays as it is for
// that process.
func TestWhatIsNotOursStays(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	refused := false
	r.deliver = func(out relay.Outbound) (relay.Receipt, error) {
		if !refused {
			refused = true
			return relay.Receipt{}, relay.ErrNotOurs
		}
		if out.Attempts != 0 || !out.Ours() {
			t.Errorf("it comes again after %d failed attempts, ours: %v", out.Attempts, out.Ours())
		}
		return relay.Receipt{MessageID: "1"}, nil
	}
	r.say("1", "hello")
	r.run()
	r.wait("the reply", func() bool { return len(r.delivered) == 1 })
	if len(r.givenUp) > 0 {
		t.Errorf("given up: %v", r.givenUp)
	}
}

// A chat is kept until it is noted that its message was delivered: another process would
// deliver it again.
func TestAChatIsKeptUntilTheDeliveryIsNoted(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	var kept, sent, ended atomic.Int32
	r.relay.Begin = func(lane string) (func(), bool) {
		kept.Add(1)
		return func() {
			_, waits, err := r.store.NextOutbound(t.Context(), lane, r.clock())
			if err != nil || waits && sent.Load() > 0 {
				t.Errorf("the chat is free before the message is noted; error %v", err)
			}
			kept.Add(-1)
			ended.Add(sent.Load())
		}, true
	}
	r.deliver = func(out relay.Outbound) (relay.Receipt, error) {
		if kept.Load() != 0 {
			t.Error("the chat is kept while the message waits")
		}
		for range 2 { // two calls
			if !out.Ours() || kept.Load() != 1 {
				t.Errorf("the chat is kept %d times", kept.Load())
			}
		}
		sent.Add(1)
		return relay.Receipt{MessageID: "1"}, nil
	}
	r.say("1", "hello")
	r.run()
	r.wait("the reply, and the end", func() bool { return len(r.delivered) == 1 && ended.Load() > 0 && kept.Load() == 0 })
}

func TestAnswersAndReplacementsFindTheirMessage(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	r.say("1", "a")
	r.run()
	r.wait("the first reply", func() bool { return len(r.delivered) == 1 })
	id := fmt.Sprintf("m%d-0", r.delivered[0].ID)
	m := handlers.Message{Key: "k", From: handlers.Address{Channel: handlers.Telegram, Chat: "1"}, Text: "answer", ReplyTo: id}
	if _, err := r.relay.Receive(t.Context(), m, r.clock()); err != nil {
		t.Fatal(err)
	}
	r.wait("the answer", func() bool { return len(r.seen) == 2 })
	if got := r.seen[1].Ref; got != "ref-a" {
		t.Errorf("the answer is to %q, want ref-a", got)
	}
	err := r.store.Update(t.Context(), func(tx handlers.Tx) error {
		return tx.Send(t.Context(), m.From, handlers.Reply{Text: []handlers.Span{{Text: "new"}}, Ref: "ref-a", Replace: true})
	})
	if err != nil {
		t.Fatal(err)
	}
	r.wait("the replacement", func() bool { return len(r.delivered) == 3 })
	if got := r.delivered[2].Edit; got != id {
		t.Errorf("it replaces %q, want %q", got, id)
	}
}

// Who answers before it is known that the message was sent is understood once it is.
func TestAnswerToWhatIsOnItsWay(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	sent, known := make(chan string, 1), make(chan struct{})
	r.deliver = func(out relay.Outbound) (relay.Receipt, error) {
		id := fmt.Sprintf("m%d-0", out.ID)
		select {
		case sent <- id: // the first
			<-known
		default:
		}
		return relay.Receipt{MessageID: id}, nil
	}
	r.say("1", "a")
	r.run()
	id := ""
	r.wait("the reply to be sent", func() bool {
		select {
		case id = <-sent:
			sent <- id // full from now on
			return true
		default:
			return false
		}
	})
	m := handlers.Message{Key: "k", From: handlers.Address{Channel: handlers.Telegram, Chat: "1"}, Text: "answer", ReplyTo: id}
	if _, err := r.relay.Receive(t.Context(), m, r.clock()); err != nil {
		t.Fatal(err)
	}
	time.Sleep(100 * time.Millisecond) // time enough to be taken for an answer to nothing
	close(known)
	r.wait("the answer", func() bool { return len(r.seen) == 2 })
	if got := r.seen[1].Ref; got != "ref-a" {
		t.Errorf("the answer is to %q, want ref-a", got)
	}
}

// second is another channel beside the rig's.
type second struct{ *rig }

func (second) Name() handlers.Channel { return handlers.Web }

func TestAChannelThatHangsHoldsNoOtherUp(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	release := make(chan struct{})
	r.deliver = func(out relay.Outbound) (relay.Receipt, error) {
		if out.To.Channel == handlers.Telegram {
			<-release
		}
		return relay.Receipt{MessageID: "m"}, nil
	}
	r.relay.Add(second{r})
	for i := range 40 { // more than are delivered to at once
		r.say(fmt.Sprint(i), fmt.Sprint(i))
	}
	r.run()
	t.Cleanup(func() { close(release) }) // before the run is waited for
	r.wait("the messages to be handled", func() bool { return len(r.handled) == 40 })
	m := handlers.Message{Key: "w", From: handlers.Address{Channel: handlers.Web, Chat: "w"}, Text: "web"}
	if _, err := r.relay.Receive(t.Context(), m, r.clock()); err != nil {
		t.Fatal(err)
	}
	r.wait("the reply on the other channel", func() bool {
		return slices.ContainsFunc(r.delivered, func(out relay.Outbound) bool { return out.To.Channel == handlers.Web })
	})
}
