package pace_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"liaison/pace"
	"liaison/pace/pacetest"
)

func TestMemory(t *testing.T) {
	t.Parallel()
	pacetest.Run(t, func(*testing.T) pace.Limiter { return new(pace.Memory) })
}

// Many others do not make a key forgotten that is in use.
func TestMemoryIsBounded(t *testing.T) {
	t.Parallel()
	now := time.Unix(0, 0)
	m := &pace.Memory{Now: func() time.Time { return now }}
	r := pace.Rate{Every: time.Hour, Burst: 100}
	for i := range 60_000 {
		if i%1000 == 0 && i/1000 < 60 {
			m.Take(t.Context(), "busy", r, 1)
		}
		m.Take(t.Context(), fmt.Sprint(i), r, 1)
	}
	if wait, _ := m.Take(t.Context(), "busy", r, 41); wait == 0 {
		t.Error("a key that is in use was forgotten")
	}
	if n := m.Keys(); n > 20_000 {
		t.Errorf("%d keys are remembered", n)
	}
}

// A key that is only asked about, as by who waits for its turn, is in use, too.
func TestMemoryKeepsWhatIsAskedFor(t *testing.T) {
	t.Parallel()
	now := time.Unix(0, 0)
	m := &pace.Memory{Now: func() time.Time { return now }}
	r := pace.Rate{Every: time.Hour, Burst: 1}
	m.Take(t.Context(), "full", r, 1)
	m.Take(t.Context(), "asked", r, 1)
	for i := range 60_000 {
		if i%1000 == 0 {
			m.Take(t.Context(), "full", r, 1) // takes none
			m.Take(t.Context(), "asked", r, 0)
		}
		m.Take(t.Context(), fmt.Sprint(i), r, 1)
	}
	for _, key := range []string{"full", "asked"} {
		if wait, _ := m.Take(t.Context(), key, r, 0); wait == 0 {
			t.Errorf("%q was forgotten", key)
		}
	}
	if n := m.Keys(); n > 20_000 {
		t.Errorf("%d keys are remembered", n)
	}
}

func TestWaitEndsWithItsContext(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var m pace.Memory
		r := pace.Rate{Every: time.Minute, Burst: 1}
		if err := pace.Wait(t.Context(), &m, "a", r, 1); err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if err := pace.Wait(ctx, &m, "a", r, 1); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("Wait = %v", err)
		}
	})
}
