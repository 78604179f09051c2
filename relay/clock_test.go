package relay_test

import (
	"context"
	"errors"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"liaison/handlers"
	"liaison/relay"
)

// wall is a clock that jumps. It has no monotonic reading, as no stored time has.
type wall struct{ ahead atomic.Int64 }

func (w *wall) now() time.Time { return time.Now().Round(0).Add(time.Duration(w.ahead.Load())) }

// TestTheClockJumps lets handling and delivering fail while the clock is three hours
// ahead. When it has been set right, both go on within seconds, once.
func TestTheClockJumps(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name string
		err  error
	}{
		{"an error", errors.New("down")},
		{"a channel that wants to be left alone", &relay.RetryAfter{After: time.Second}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			r := newRig(t)
			var w wall
			r.relay.Now = w.now
			var failing atomic.Bool
			failed := make(chan string, 100)
			r.handle = func(_ context.Context, _ handlers.Tx, m handlers.Message) error {
				if failing.Load() && m.Text == "handled" {
					failed <- m.Text
					return errors.New("down")
				}
				return nil
			}
			r.deliver = func(out relay.Outbound) (relay.Receipt, error) {
				if failing.Load() && out.To.Chat == "2" {
					failed <- out.Reply.String()
					return relay.Receipt{}, c.err
				}
				return relay.Receipt{MessageID: out.Reply.String()}, nil
			}
			failing.Store(true)
			w.ahead.Store(int64(3 * time.Hour))
			r.run()
			r.say("1", "handled")
			r.say("2", "delivered")
			seen := []string{<-failed, <-failed}
			if slices.Sort(seen); seen[0] == seen[1] {
				t.Fatalf("%v failed", seen)
			}
			time.Sleep(200 * time.Millisecond) // until both are postponed
			failing.Store(false)
			w.ahead.Store(0)
			r.wait("both replies", func() bool { return len(r.delivered) == 2 })
			r.say("3", "afterwards")
			r.wait("the last reply", func() bool { return len(r.delivered) == 3 })
			r.mu.Lock()
			defer r.mu.Unlock()
			slices.Sort(r.handled)
			if want := []string{"afterwards", "delivered", "handled"}; !slices.Equal(r.handled, want) {
				t.Errorf("handled %v", r.handled)
			}
			if len(r.sorry)+len(r.givenUp) > 0 {
				t.Errorf("given up: %v %v", r.sorry, r.givenUp)
			}
		})
	}
}

func TestDue(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)
	for _, c := range []struct {
		until time.Duration
		want  bool
	}{
		{-time.Hour, true}, {0, true}, {time.Nanosecond, false}, {time.Minute, false}, {time.Minute + 1, true}, {3 * time.Hour, true},
	} {
		if got := relay.Due(now.Add(c.until), now, time.Minute); got != c.want {
			t.Errorf("%v from now it is due: %v", c.until, got)
		}
	}
	if !relay.Due(time.Time{}, now, time.Minute) {
		t.Error("what was never postponed waits")
	}
}
