package pacetest

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"sync"
	"testing"
	"time"

	"liaison/pace"
)

// windows checks what a pace.Limiter promises of windows.
func windows(t *testing.T, open func(t *testing.T) pace.Limiter) {
	hour := pace.Window{Most: 3, Span: time.Hour}
	enter := func(t *testing.T, l pace.Limiter, w pace.Window, e pace.Entry) time.Duration {
		t.Helper()
		wait, err := l.Enter(t.Context(), "a", w, e)
		if err != nil {
			t.Fatal(err)
		}
		return wait
	}
	leave := func(t *testing.T, l pace.Limiter, e pace.Entry, free time.Duration) {
		t.Helper()
		if err := l.Leave(t.Context(), "a", e, free); err != nil {
			t.Fatal(err)
		}
	}
	about := func(t *testing.T, got, want time.Duration) {
		t.Helper()
		if got < want-30*time.Second || got > want {
			t.Errorf("wait %v, want %v or a little less", got, want)
		}
	}
	one := func(id string) pace.Entry { return pace.Entry{ID: id, N: 1} }

	t.Run("Places", func(t *testing.T) {
		t.Parallel()
		l := open(t)
		for _, id := range []string{"1", "2", "3"} {
			if wait := enter(t, l, hour, one(id)); wait != 0 {
				t.Fatalf("entry %s of 3 waits %v", id, wait)
			}
		}
		// Nobody knows when somebody leaves, but he cannot be held for ever.
		if wait := enter(t, l, hour, one("4")); wait <= 0 || wait > pace.Lost {
			t.Errorf("with all places held: wait %v", wait)
		}
		leave(t, l, one("2"), 40*time.Minute)
		leave(t, l, one("1"), 50*time.Minute)
		for range 2 { // what is refused takes nothing
			if wait := enter(t, l, hour, one("4")); wait > pace.Lost {
				t.Errorf("wait %v, longer than the place of 3 can be held", wait)
			}
		}
		leave(t, l, one("3"), time.Hour)
		about(t, enter(t, l, hour, one("4")), 40*time.Minute)
		about(t, enter(t, l, hour, pace.Entry{ID: "4", N: 2}), 50*time.Minute)
		about(t, enter(t, l, hour, pace.Entry{ID: "4", N: 3}), time.Hour)
		leave(t, l, one("1"), 0)
		if wait := enter(t, l, hour, one("4")); wait != 0 {
			t.Errorf("a place was given up and the next one waits %v", wait)
		}
		if wait, err := l.Enter(t.Context(), "b", hour, pace.Entry{ID: "4", N: 3}); wait != 0 || err != nil {
			t.Errorf("another key waits %v, %v", wait, err)
		}
	})
	t.Run("Hold", func(t *testing.T) {
		t.Parallel()
		l := open(t)
		for _, d := range []time.Duration{time.Hour, time.Minute} { // the longer one holds
			if err := l.Hold(t.Context(), "a", d); err != nil {
				t.Fatal(err)
			}
			about(t, enter(t, l, hour, one("1")), time.Hour)
		}
		if wait, err := l.Enter(t.Context(), "b", hour, one("1")); wait != 0 || err != nil {
			t.Errorf("another key waits %v, %v", wait, err)
		}
		if err := l.Hold(t.Context(), "c", 100*time.Millisecond); err != nil {
			t.Fatal(err)
		}
		began := time.Now()
		if err := pace.Through(t.Context(), l, "c", hour, one("1")); err != nil {
			t.Fatal(err)
		}
		if took := time.Since(began); took < 95*time.Millisecond {
			t.Errorf("went through a hold of 100ms after %v", took)
		}
	})
	t.Run("Yields", func(t *testing.T) {
		t.Parallel()
		l := open(t)
		w := pace.Window{Most: 1, Span: time.Hour}
		lazy := pace.Entry{ID: "lazy", N: 1, Yields: true}
		if wait := enter(t, l, w, lazy); wait != 0 {
			t.Fatalf("with nobody there it waits %v", wait)
		}
		leave(t, l, lazy, 200*time.Millisecond)
		enter(t, l, w, lazy) // asks first, and asking keeps nobody out
		asked := time.Now()
		wait := enter(t, l, w, one("first"))
		if wait <= 0 || wait > 200*time.Millisecond {
			t.Fatalf("wait %v", wait)
		}
		time.Sleep(wait) // the place is free, and kept for the one that was told so
		again := enter(t, l, w, lazy)
		if took := time.Since(asked); again == 0 && took < wait+pace.Grace {
			t.Errorf("one that yields got the place after %v; another was told to come after %v", took, wait)
		}
		if again == 0 { // the machine slept for longer than that
			leave(t, l, lazy, 0)
		}
		if err := pace.Through(t.Context(), l, "a", w, one("first")); err != nil {
			t.Fatal(err)
		}
		// Who waited and came no more keeps nobody out for long.
		leave(t, l, one("first"), 50*time.Millisecond)
		enter(t, l, w, one("gone"))
		began := time.Now()
		lazy.ID = "later"
		if err := pace.Through(t.Context(), l, "a", w, lazy); err != nil {
			t.Fatal(err)
		}
		if took := time.Since(began); took > 2*time.Second {
			t.Errorf("it came through after %v", took)
		}
	})
	// However long each is on its way, the other side never counts more than Most
	// within Span.
	t.Run("NeverExceeded", func(t *testing.T) {
		t.Parallel()
		l := open(t)
		w := pace.Window{Most: 10, Span: 100 * time.Millisecond}
		var mu sync.Mutex
		var seen []time.Time
		var wg sync.WaitGroup
		for i := range 20 {
			wg.Go(func() {
				for j := range 10 {
					e := pace.Entry{ID: fmt.Sprintf("%d-%d", i, j), N: 1, Yields: i%2 == 0}
					if err := pace.Through(t.Context(), l, "a", w, e); err != nil {
						t.Error(err)
						return
					}
					time.Sleep(rand.N(15 * time.Millisecond))
					mu.Lock()
					seen = append(seen, time.Now())
					mu.Unlock()
					time.Sleep(rand.N(5 * time.Millisecond))
					if err := l.Leave(t.Context(), "a", e, w.Span); err != nil {
						t.Error(err)
					}
				}
			})
		}
		wg.Wait()
		slices.SortFunc(seen, time.Time.Compare)
		if len(seen) != 200 {
			t.Fatalf("%d came through", len(seen))
		}
		for i := w.Most; i < len(seen); i++ {
			// The other side's clock is read a moment after the arrival.
			if d := seen[i].Sub(seen[i-w.Most]); d < w.Span-2*time.Millisecond {
				t.Errorf("arrival %d came %v after the one %d before it", i, d, w.Most)
			}
		}
	})
	t.Run("ManyWindows", func(t *testing.T) {
		t.Parallel()
		l := open(t)
		for i := range 300 {
			wait, err := l.Enter(t.Context(), "k"+strconv.Itoa(i), hour, pace.Entry{ID: "1", N: 3})
			if wait != 0 || err != nil {
				t.Fatalf("key %d waits %v, %v", i, wait, err)
			}
		}
		if wait, _ := l.Enter(t.Context(), "k0", hour, one("2")); wait == 0 {
			t.Error("a key that is in use was forgotten")
		}
	})
}
