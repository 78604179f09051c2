package bot

import (
	"context"
	"errors"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	tgbot "github.com/go-telegram/bot"

	"liaison/pace"
	"liaison/relay"
)

func nothing() error { return nil }

// took makes the calls one after the other and returns how long they took on the
// test's own clock.
func took(t *testing.T, l *limiter, calls int, w func(i int) load) time.Duration {
	t.Helper()
	start := time.Now()
	for i := range calls {
		if err := l.do(t.Context(), w(i), nothing); err != nil {
			t.Fatal(err)
		}
	}
	return time.Since(start)
}

func TestLimiter(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		calls int
		load  func(int) load
		want  time.Duration
	}{
		"a short burst to one person": {5, func(int) load { return load{chat: 5, n: 1} }, 0},
		"then one a second":           {5 + 10, func(int) load { return load{chat: 5, n: 1} }, 10 * time.Second},
		"a group: 20 in a minute":     {20 + 20, func(int) load { return load{chat: -5, n: 1} }, time.Minute},
		"many chats: 30 a second":     {30 + 60, func(i int) load { return load{chat: int64(i + 1), n: 1} }, 2 * time.Second},
		"whatever it is":              {30 + 30, func(int) load { return load{} }, time.Second},
		"files count each":            {2 + 1, func(int) load { return load{chat: 5, n: 4} }, 10 * time.Second},
		"bulk: spread over the time":  {3 + 90, func(i int) load { return load{chat: int64(i + 1), n: 1, bulk: true} }, 3 * time.Second},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				got := took(t, newLimiter(Limits{}, new(pace.Memory)), c.calls, c.load)
				if got < c.want || got > c.want+c.want/20 {
					t.Errorf("%d calls took %v, want %v to 5%% more", c.calls, got, c.want)
				}
			})
		})
	}
}

func TestLimiterStopsWithContext(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		l := newLimiter(Limits{}, new(pace.Memory))
		ctx, cancel := context.WithCancel(t.Context())
		time.AfterFunc(time.Second, cancel)
		var err error
		for err == nil {
			err = l.do(ctx, load{chat: 5, n: 1}, nothing)
		}
		if !errors.Is(err, context.Canceled) {
			t.Errorf("do = %v, want context.Canceled", err)
		}
		// What was not sent counts for nothing: when the first five are over, there
		// are five places again.
		time.Sleep(6 * time.Second)
		if got := took(t, l, 5, func(int) load { return load{chat: 5, n: 1} }); got != 0 {
			t.Errorf("after the pause five waited %v", got)
		}
	})
}

// One chat's 429 stops whatever goes to any, a press's acknowledgement too.
func TestLimiterObeysRetryAfter(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		shared := new(pace.Memory)
		l, other := newLimiter(Limits{}, shared), newLimiter(Limits{}, shared) // of two processes
		many := &tgbot.TooManyRequestsError{RetryAfter: 7}
		if err := l.do(t.Context(), load{chat: 5, n: 1}, func() error { return many }); !errors.Is(err, many) {
			t.Errorf("do = %v", err)
		}
		for _, w := range []load{{}, {chat: 6, n: 1}, {chat: -7, n: 1, bulk: true}} {
			began := time.Now()
			if err := other.do(t.Context(), w, nothing); err != nil {
				t.Fatal(err)
			}
			if w.chat == 0 && time.Since(began) < 7*time.Second {
				t.Errorf("the next call came after %v", time.Since(began))
			}
		}
		if err := l.preview(t.Context(), 8, nothing); err != nil {
			t.Error(err)
		}
	})
}

// A preview leaves a place in the chat for a message and comes once a second.
func TestPreviewsAreSpared(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		l := newLimiter(Limits{}, new(pace.Memory))
		shown := 0
		for range 100 {
			if err := l.preview(t.Context(), 5, func() error { shown++; return nil }); err != nil {
				t.Fatal(err)
			}
			time.Sleep(100 * time.Millisecond)
		}
		if shown < 7 || shown > 10 {
			t.Errorf("%d previews in ten seconds", shown)
		}
		if got := took(t, l, 1, func(int) load { return load{chat: 5, n: 1} }); got != 0 {
			t.Errorf("a message waited %v for previews", got)
		}
	})
}

// A message that has waited so long that its chat has become another process's is not
// sent, and takes no place.
func TestLimiterLeavesWhatIsNotOurs(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		l := newLimiter(Limits{}, new(pace.Memory))
		took(t, l, 5, func(int) load { return load{chat: 5, n: 1} })
		var theirs atomic.Bool
		time.AfterFunc(time.Second, func() { theirs.Store(true) })
		err := l.do(t.Context(), load{chat: 5, n: 1, ours: func() bool { return !theirs.Load() }}, func() error {
			t.Error("it was sent")
			return nil
		})
		if !errors.Is(err, relay.ErrNotOurs) {
			t.Errorf("do = %v", err)
		}
		if got := took(t, l, 5, func(int) load { return load{chat: 5, n: 1} }); got != 0 {
			t.Errorf("the next five waited %v", got)
		}
	})
}
