package bot

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"
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
				if got := took(t, newLimiter(Limits{}.withDefaults()), c.waits, c.chat); got != c.want {
					t.Errorf("%d messages took %v, want %v", c.waits, got, c.want)
				}
			})
		})
	}
}

func TestLimiterStopsWithContext(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		l := newLimiter(Limits{}.withDefaults())
		ctx, cancel := context.WithCancel(t.Context())
		time.AfterFunc(time.Second, cancel)
		if err := l.wait(ctx, -5, 10); !errors.Is(err, context.Canceled) {
			t.Errorf("wait = %v, want context.Canceled", err)
		}
	})
}

func TestLimiterForgetsIdleChats(t *testing.T) {
	t.Parallel()
	l := newLimiter(Limits{Overall: 1e9, Private: 1, Group: 1})
	busy := l.of(1)
	for i := range int64(knownChats + 500) {
		l.of(i + 2)
		l.of(1)
	}
	if len(l.chats) != knownChats || l.recent.Len() != knownChats {
		t.Errorf("%d chats and %d entries are remembered, want %d", len(l.chats), l.recent.Len(), knownChats)
	}
	if l.of(1) != busy {
		t.Error("the chat that is always in use was forgotten")
	}
}
