// Package pacetest checks what pace.Limiter promises, in real time.
package pacetest

import (
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"liaison/pace"
)

// Run checks the limiters that open returns; each is new.
func Run(t *testing.T, open func(t *testing.T) pace.Limiter) {
	slow := pace.Rate{Every: time.Hour, Burst: 3}
	take := func(t *testing.T, l pace.Limiter, key string, r pace.Rate, n int) time.Duration {
		t.Helper()
		wait, err := l.Take(t.Context(), key, r, n)
		if err != nil {
			t.Fatal(err)
		}
		return wait
	}
	about := func(t *testing.T, got, want time.Duration) {
		t.Helper()
		if got < want-30*time.Second || got > want {
			t.Errorf("wait %v, want %v or a little less", got, want)
		}
	}
	t.Run("Burst", func(t *testing.T) {
		t.Parallel()
		l := open(t)
		for i := range slow.Burst {
			if wait := take(t, l, "a", slow, 1); wait != 0 {
				t.Fatalf("number %d of a burst of %d waits %v", i+1, slow.Burst, wait)
			}
		}
		for range 2 { // what is refused counts for nothing
			about(t, take(t, l, "a", slow, 1), time.Hour)
		}
		about(t, take(t, l, "a", slow, 2), 2*time.Hour)
		if wait := take(t, l, "b", slow, 3); wait != 0 {
			t.Errorf("another key waits %v", wait)
		}
		about(t, take(t, l, "b", slow, 1), time.Hour)
	})
	t.Run("Look", func(t *testing.T) {
		t.Parallel()
		l := open(t)
		one := pace.Rate{Every: time.Hour, Burst: 1}
		for range 3 {
			if wait := take(t, l, "a", one, 0); wait != 0 {
				t.Fatalf("looking at an unused key: %v", wait)
			}
		}
		take(t, l, "a", one, 1)
		about(t, take(t, l, "a", one, 0), time.Hour)
	})
	t.Run("Refill", func(t *testing.T) {
		t.Parallel()
		l := open(t)
		quick := pace.Rate{Every: 50 * time.Millisecond, Burst: 2}
		began := time.Now()
		for range 2 + 6 {
			if err := pace.Wait(t.Context(), l, "a", quick, 1); err != nil {
				t.Fatal(err)
			}
		}
		if took := time.Since(began); took < 6*quick.Every-5*time.Millisecond {
			t.Errorf("a burst of 2 and 6 more took %v, want at least %v", took, 6*quick.Every)
		}
	})
	t.Run("AtOnce", func(t *testing.T) {
		t.Parallel()
		l := open(t)
		var taken atomic.Int32
		var wg sync.WaitGroup
		for range 8 {
			wg.Go(func() {
				for range 20 {
					if wait, err := l.Take(t.Context(), "a", pace.Rate{Every: time.Hour, Burst: 50}, 1); err != nil {
						t.Error(err)
					} else if wait == 0 {
						taken.Add(1)
					}
				}
			})
		}
		wg.Wait()
		if n := taken.Load(); n != 50 {
			t.Errorf("%d were taken of 50", n)
		}
	})
	t.Run("ManyKeys", func(t *testing.T) {
		t.Parallel()
		l := open(t)
		for i := range 300 {
			if wait := take(t, l, fmt.Sprint(i), slow, 3); wait != 0 {
				t.Fatalf("key %d waits %v", i, wait)
			}
		}
		about(t, take(t, l, "0", slow, 1), time.Hour)
	})
	t.Run("Window", func(t *testing.T) { windows(t, open) })
}
