package relay

import (
	"testing"
	"time"
)

func TestBackoff(t *testing.T) {
	t.Parallel()
	for attempts, want := range map[int]time.Duration{-3: time.Second, 0: time.Second, 1: 2 * time.Second, 3: 8 * time.Second, 1000: time.Minute} {
		if got := backoff(attempts, time.Minute); got != want {
			t.Errorf("after %d attempts: %v, want %v", attempts, got, want)
		}
	}
}
