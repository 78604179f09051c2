package bot

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"liaison/pace"
)

// took runs the waits one after the other and returns how long they took on the
// test's own clock.
func took(t *testing.T, l *limiter, waits int, chat func(i int) int64) time.Duration {
	t.Helper()
	start := time.Now()
	for i := range waits {
		if err := l.wait(t.Context(), chat(i), 1); err != nil {
			t.Fatal(err)
		}
	}
	return time.Since(start).Round(time.Millisecond)
}

func TestLimiter(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		waits int
		chat  func(int) int64
		want  time.Duration
	}{
		"a short burst to one person": {chatBurst, func(int) int64 { return 5 }, 0},
		"then one a second":           {chatBurst + 4, func(int) int64 { return 5 }, 4 * time.Second},
		"a group: 20 in a minute":     {20, func(int) int64 { return -5 }, time.Minute},
		"many chats: 30 a second":     {30 + 60, func(i int) int64 { return int64(i + 1) }, 2 * time.Second},
		"edits: 30 a second":          {30 + 30, func(int) int64 { return 0 }, time.Second},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				if got := took(t, &limiter{Limits{}.withDefaults(), new(pace.Memory)}, c.waits, c.chat); got != c.want {
					t.Errorf("%d messages took %v, want %v", c.waits, got, c.want)
				}
			})
		})
	}
}

func TestLimiterStopsWithContext(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		l := &limiter{Limits{}.withDefaults(), new(pace.Memory)}
		ctx, cancel := context.WithCancel(t.Context())
		time.AfterFunc(time.Second, cancel)
		if err := l.wait(ctx, -5, 10); !errors.Is(err, context.Canceled) {
			t.Errorf("wait = %v, want context.Canceled", err)
		}
	})
}
