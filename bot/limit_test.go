package bot

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	tgbot "github.com/go-telegram/bot"

	"liaison/pace"
	"liaison/relay"
)

func nothing(context.Context) error { return nil }

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
		"presses: 30 a second":        {30 + 30, func(int) load { return load{} }, time.Second},
		"more files than fit at once": {2, func(int) load { return load{chat: 5, n: 10} }, 10 * time.Second},
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

// Bulk messages to people who have just got all that they may get hold up nobody else's.
func TestBulkWaitsForItsOwnChatAlone(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		l := newLimiter(Limits{}, new(pace.Memory))
		bulk := func(chat int64) (sent chan time.Time) {
			end, err := l.turn(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			sent = make(chan time.Time, 1)
			go func() {
				defer end()
				if err := l.do(t.Context(), load{chat: chat, n: 1, bulk: true, placed: end}, nothing); err != nil {
					t.Errorf("do = %v", err)
				}
				sent <- time.Now()
			}()
			return sent
		}
		const full = 3 * begun
		began := time.Now()
		for chat := range int64(full) {
			took(t, l, 5, func(int) load { return load{chat: chat + 1, n: 1} })
		}
		var held []chan time.Time
		for chat := range int64(full) {
			held = append(held, bulk(chat+1))
		}
		if d := (<-bulk(full + 1)).Sub(began); d > 2*time.Second {
			t.Errorf("a message to somebody else went out after %v", d)
		}
		for _, sent := range held {
			if d := (<-sent).Sub(began); d < chatSpan {
				t.Errorf("a sixth message went out after %v", d)
			}
		}
	})
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
	const pause = 7 * time.Second
	hold := func(t *testing.T) *limiter { // of another process than the one that was refused
		shared := new(pace.Memory)
		many := &tgbot.TooManyRequestsError{RetryAfter: int(pause / time.Second)}
		err := newLimiter(Limits{}, shared).do(t.Context(), load{chat: -5, n: 1}, func(context.Context) error { return many })
		if !errors.Is(err, many) {
			t.Errorf("do = %v", err)
		}
		return newLimiter(Limits{}, shared)
	}
	for name, call := range map[string]func(ctx context.Context, l *limiter, f func(context.Context) error) error{
		"press": func(ctx context.Context, l *limiter, f func(context.Context) error) error {
			return l.do(ctx, load{}, f)
		},
		"message": func(ctx context.Context, l *limiter, f func(context.Context) error) error {
			return l.do(ctx, load{chat: 6, n: 1}, f)
		},
		"bulk": func(ctx context.Context, l *limiter, f func(context.Context) error) error {
			return l.do(ctx, load{chat: -7, n: 1, bulk: true}, f)
		},
		"preview": func(ctx context.Context, l *limiter, f func(context.Context) error) error {
			return l.preview(ctx, 8, f)
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				l := hold(t)
				began := time.Now()
				made := false
				err := call(t.Context(), l, func(context.Context) error {
					made = true
					if since := time.Since(began); since < pause || since > pause+time.Second {
						t.Errorf("it came after %v", since)
					}
					return nil
				})
				if err != nil || !made {
					t.Errorf("made: %v, %v", made, err)
				}
			})
		})
	}
}

// Telegram may fall silent: what hangs is given up, and the hands and places it had are
// for others again. Files get the time that they need.
func TestLimiterGivesUpWhatHangs(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		l := newLimiter(Limits{}, new(pace.Memory))
		hang := func(ctx context.Context) error { <-ctx.Done(); return ctx.Err() }
		began := time.Now()
		var wg sync.WaitGroup
		for i := range 30 { // all places that there are
			wg.Go(func() {
				if err := l.do(t.Context(), load{chat: int64(i + 1), n: 1}, hang); !errors.Is(err, context.DeadlineExceeded) {
					t.Errorf("do = %v", err)
				}
			})
		}
		synctest.Wait()
		if err := l.do(t.Context(), load{chat: 100, n: 1}, nothing); err != nil {
			t.Error(err)
		}
		if since := time.Since(began); since > 22*time.Second {
			t.Errorf("the next message went out after %v", since)
		}
		wg.Wait()
		began = time.Now()
		_ = l.do(t.Context(), load{chat: 200, n: 1, bytes: 15 << 20}, hang)
		if since := time.Since(began); since != 80*time.Second {
			t.Errorf("a file of 15 MiB had %v", since)
		}
	})
}

// Presses are acknowledged beside the messages, however many there are of these.
func TestPressesTakeNoMessagesPlace(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		l := newLimiter(Limits{}, new(pace.Memory))
		many := func(i int) load { return load{chat: int64(i + 1), n: 1} }
		if d := took(t, l, 30, func(int) load { return load{} }); d != 0 {
			t.Fatalf("30 presses took %v", d)
		}
		if d := took(t, l, 30, many); d != 0 {
			t.Errorf("30 messages waited %v for presses", d)
		}
		if d := took(t, l, 1, many); d == 0 {
			t.Error("the 31st message of the second did not wait")
		}
	})
}

// Once a message to a person was refused, nobody gets two in a second, in no process; a
// group or a bulk message says nothing of bursts. A day later there is another try.
func TestLimiterLearnsThatBurstsAreRefused(t *testing.T) {
	t.Parallel()
	refuse := func(context.Context) error { return &tgbot.TooManyRequestsError{RetryAfter: 1} }
	for _, row := range []struct {
		why  string
		w    load
		want time.Duration // of five messages to somebody else
	}{
		{"a person", load{chat: 5, n: 1}, 4 * time.Second},
		{"a group", load{chat: -5, n: 1}, 0},
		{"bulk", load{chat: 5, n: 1, bulk: true}, 0},
		{"a press", load{}, 0},
	} {
		t.Run(row.why, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				shared := new(pace.Memory)
				_ = newLimiter(Limits{}, shared).do(t.Context(), row.w, refuse)
				l := newLimiter(Limits{}, shared)
				time.Sleep(time.Minute)
				five := func(int) load { return load{chat: 6, n: 1} }
				if d := took(t, l, 5, five); d < row.want || d > row.want+row.want/20 {
					t.Errorf("five messages took %v, want %v", d, row.want)
				}
				if row.want > 0 { // no place is to spare
					time.Sleep(time.Minute)
					if err := l.preview(t.Context(), 6, func(context.Context) error { t.Error("a preview"); return nil }); err != nil {
						t.Error(err)
					}
				}
				time.Sleep(24 * time.Hour)
				if d := took(t, l, 5, five); d != 0 {
					t.Errorf("a day later they took %v", d)
				}
			})
		})
	}
}

// A preview leaves a place in the chat for a message and comes once a second.
func TestPreviewsAreSpared(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		l := newLimiter(Limits{}, new(pace.Memory))
		shown := 0
		for range 100 {
			if err := l.preview(t.Context(), 5, func(context.Context) error { shown++; return nil }); err != nil {
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
		err := l.do(t.Context(), load{chat: 5, n: 1, ours: func() bool { return !theirs.Load() }}, func(context.Context) error {
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
