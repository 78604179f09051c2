package relay_test

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"liaison/relay"
)

func TestPulse(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		asked, down := 0, error(nil)
		p := relay.Pulse{Ask: func(context.Context) error { asked++; return down }}
		check := func(want error, times int) {
			t.Helper()
			if err := p.Check(t.Context()); !errors.Is(err, want) {
				t.Errorf("it says %v, not %v", err, want)
			}
			if asked != times {
				t.Errorf("it was asked %d times, not %d", asked, times)
			}
		}
		check(nil, 1)
		down = errors.New("down")
		time.Sleep(time.Second)
		check(nil, 1) // just young enough
		time.Sleep(time.Millisecond)
		check(down, 2)
		check(down, 2)
		down = nil
		time.Sleep(time.Second + time.Millisecond)
		check(nil, 3)
	})
}

// Whoever asks while there is no answer waits for the same one, two seconds at most.
func TestPulseOfTheSilent(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var asked atomic.Int32
		answer := make(chan error)
		p := relay.Pulse{Ask: func(context.Context) error { asked.Add(1); return <-answer }} // does not mind its context
		began := time.Now()
		var wg sync.WaitGroup
		for range 3 {
			wg.Go(func() {
				if err := p.Check(t.Context()); err == nil {
					t.Error("silence is taken for an answer")
				}
			})
		}
		wg.Wait()
		if took := time.Since(began); took != 2*time.Second {
			t.Errorf("it took %v to notice", took)
		}
		if err := p.Check(t.Context()); err == nil || time.Since(began) != 2*time.Second || asked.Load() != 1 {
			t.Errorf("later: %v after %v, asked %d times", err, time.Since(began), asked.Load())
		}
		answer <- nil
		synctest.Wait()
		if err := p.Check(t.Context()); err != nil {
			t.Errorf("after the answer: %v", err)
		}
		gone, cancel := context.WithCancel(t.Context())
		cancel()
		time.Sleep(2 * time.Second)
		if err := p.Check(gone); !errors.Is(err, context.Canceled) {
			t.Errorf("who has gone gets %v", err)
		}
		answer <- nil
	})
}
