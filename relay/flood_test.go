package relay_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"liaison/handlers"
	"liaison/relay"
)

// sayNow is a fresh message, unlike say, whose messages are as old as the hills.
func (r *rig) sayNow(user, text string, change ...func(*handlers.Message)) bool {
	r.t.Helper()
	now := time.Now()
	m := handlers.Message{Key: user + text, From: handlers.Address{Channel: handlers.Telegram, Chat: user}, User: user, Text: text, SentAt: now}
	for _, f := range change {
		f(&m)
	}
	fresh, err := r.relay.Receive(r.t.Context(), m, now)
	if err != nil {
		r.t.Fatal(err)
	}
	return fresh
}

// tally is relay.Metrics.
type tally struct {
	mu       sync.Mutex
	outcomes map[string]int // of handling
	floods   map[handlers.Channel]int
}

func (c *tally) Handled(_ handlers.Channel, outcome string, _ time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.outcomes[outcome]++
}

func (c *tally) Flooded(ch handlers.Channel) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.floods[ch]++
}

func (*tally) Delivered(handlers.Channel, string, time.Duration) {}

// TestFloodCostsTheFlooderOnly: of two thousand messages a burst is handled, one
// answer says what is not kept, and somebody else is answered within a second.
func TestFloodCostsTheFlooderOnly(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	r.still = true
	counts := &tally{outcomes: make(map[string]int), floods: make(map[handlers.Channel]int)}
	r.relay.Metrics = counts
	r.run()
	kept := 0
	done := make(chan time.Duration, 1)
	for i := range 2000 {
		if r.sayNow("flooder", fmt.Sprintf("message %d", i)) {
			kept++
		}
		if i == 1000 {
			began := time.Now()
			r.sayNow("other", "hello")
			go func() {
				r.wait("the answer to the other one", func() bool {
					return slices.ContainsFunc(r.delivered, func(o relay.Outbound) bool { return o.To.Chat == "other" })
				})
				done <- time.Since(began)
			}()
		}
	}
	if took := <-done; took > time.Second {
		t.Errorf("the other one was answered after %v", took)
	}
	if most := relay.PersonRate.Burst + 4; kept < relay.PersonRate.Burst || kept > most {
		t.Errorf("%d messages were kept, want about %d", kept, relay.PersonRate.Burst)
	}
	var told []string
	r.wait("what was kept", func() bool {
		told = nil
		for _, o := range r.delivered {
			if strings.HasPrefix(o.Reply.String(), "wait") {
				told = append(told, o.Reply.String())
			}
		}
		return len(r.handled) == kept+1 && len(told) > 0
	})
	if want := fmt.Sprintf("wait, not kept: message %d", kept); !slices.Equal(told, []string{want}) {
		t.Errorf("the flooder was told %q, want %q once", told, want)
	}
	r.wait("what was kept to be counted", func() bool {
		counts.mu.Lock()
		defer counts.mu.Unlock()
		return counts.outcomes["ok"] == kept+1
	})
	counts.mu.Lock()
	defer counts.mu.Unlock()
	if counts.floods[handlers.Telegram] != 1 || len(counts.floods) != 1 || len(counts.outcomes) != 1 {
		t.Errorf("counted are floods %v, attempts %v: want one flood, which is no attempt", counts.floods, counts.outcomes)
	}
}

// TestPressingCostsThePresserOnly: of two thousand presses as many are taken as somebody
// makes by hand, one answer stops the waiting sign, and the presser may still write; staff
// press as they like.
func TestPressingCostsThePresserOnly(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	r.still = true
	press := func(m *handlers.Message) { m.Button, m.Press = "menu:help", m.Text }
	began := time.Now()
	kept := 0
	for i := range 2000 {
		if r.sayNow("presser", fmt.Sprint(i), press) {
			kept++
		}
		if !r.sayNow("boss", fmt.Sprint(i), press) {
			t.Fatalf("press %d of the staff member was refused", i)
		}
	}
	least := 3 * relay.PersonRate.Burst
	if most := least + int(time.Since(began)/time.Second) + 1; kept < least || kept > most {
		t.Errorf("%d presses were taken, want %d to %d", kept, least, most)
	}
	if !r.sayNow("presser", "words") || !r.sayNow("other", "press", press) {
		t.Error("words of the presser, or a press of somebody else, were refused")
	}
	r.run()
	var told []string
	r.wait("the answer", func() bool {
		told = nil
		for _, o := range r.delivered {
			if strings.HasPrefix(o.Reply.String(), "wait") {
				told = append(told, o.Reply.String())
			}
		}
		return len(told) > 0
	})
	if want := fmt.Sprintf("wait, not kept: %d", kept); !slices.Equal(told, []string{want}) {
		t.Errorf("the presser was told %q, want %q once", told, want)
	}
}

// TestFloodHindersNobodyAtWork: buttons, staff, what waited for us during an outage
// and other people in the same group are taken in whatever came before.
func TestFloodHindersNobodyAtWork(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	r.still = true
	inGroup := func(m *handlers.Message) { m.From.Chat, m.Group, m.Command = "-1", true, "my" }
	for i := range 3 * relay.PersonRate.Burst {
		r.sayNow("flooder", fmt.Sprintf("a%d", i), inGroup)
		if !r.sayNow("boss", fmt.Sprintf("b%d", i), inGroup) {
			t.Fatalf("message %d of the staff member was refused", i)
		}
	}
	for name, ok := range map[string]bool{
		"more of the flooder":        !r.sayNow("flooder", "z", inGroup),
		"the flooder, in private":    !r.sayNow("flooder", "y"),
		"somebody else in the group": r.sayNow("other", "x", inGroup),
		"a button of the flooder":    r.sayNow("flooder", "w", func(m *handlers.Message) { m.Button, m.Press = "menu:help", "p" }),
		"what waited for us":         r.sayNow("flooder", "v", func(m *handlers.Message) { m.SentAt = time.Now().Add(-time.Hour) }),
	} {
		if !ok {
			t.Errorf("%s was not treated as it should be", name)
		}
	}
}

// TestGroupTalkIsNotStored: what people say to each other leaves no row.
func TestGroupTalkIsNotStored(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	if r.sayNow("somebody", "lunch?", func(m *handlers.Message) { m.From.Chat, m.Group = "-1", true }) {
		t.Error("talk in a group was stored")
	}
}

// TestFloodIsNeverSilent: when the answer cannot be stored, the message is not
// acknowledged, and is answered when it comes again.
func TestFloodIsNeverSilent(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	r.still = true
	for i := range relay.PersonRate.Burst {
		r.sayNow("flooder", fmt.Sprint(i))
	}
	r.sulks = errors.New("the disk is full")
	m := handlers.Message{Key: "last", From: handlers.Address{Channel: handlers.Telegram, Chat: "flooder"}, User: "flooder", Text: "last", SentAt: time.Now()}
	if _, err := r.relay.Receive(t.Context(), m, time.Now()); !errors.Is(err, r.sulks) {
		t.Fatalf("a message that could not be answered: %v", err)
	}
	r.sulks = nil
	r.sayNow("flooder", "last")
	r.run()
	r.wait("the answer", func() bool {
		return slices.ContainsFunc(r.delivered, func(o relay.Outbound) bool { return o.Reply.String() == "wait, not kept: last" })
	})
}
