package pace

import (
	"context"
	"errors"
	"testing"
	"time"
)

// away is a Taker that cannot be asked while it is set.
type away struct {
	Memory
	err error
}

func (a *away) Take(ctx context.Context, key string, r Rate, n int) (time.Duration, error) {
	if a.err != nil {
		return 0, a.err
	}
	return a.Memory.Take(ctx, key, r, n)
}

func TestBackedLimitsByItself(t *testing.T) {
	t.Parallel()
	shared := &away{}
	b := &Backed{Taker: shared}
	rate := Rate{Every: time.Hour, Burst: 2}
	take := func() (time.Duration, error) { return b.Take(t.Context(), "k", rate, 1) }
	if wait, err := take(); wait != 0 || err != nil {
		t.Fatal(wait, err)
	}
	shared.err = errors.New("away")
	for i := range 2 { // of its own, it knows of none yet
		if wait, err := take(); wait != 0 || err == nil {
			t.Errorf("%d: wait %v, %v", i, wait, err)
		}
	}
	if wait, err := take(); wait <= 0 || err == nil {
		t.Errorf("nothing limits while the shared one is away: %v, %v", wait, err)
	}
	shared.err = nil
	if wait, err := take(); wait != 0 || err != nil { // the second there
		t.Error(wait, err)
	}
}
