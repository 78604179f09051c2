package replica

import (
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"liaison/pace"
)

// The clock of Redis was three hours ahead and has been set back: limits that were in
// use then hold nobody up.
func TestTheClockOfRedisWasAhead(t *testing.T) { everywhere(t, testTheClockOfRedisWasAhead) }

func testTheClockOfRedisWasAhead(t *testing.T, open opener) {
	h := open(t)
	p := h.Pace()
	now, err := h.rdb.Time(t.Context()).Result()
	if err != nil {
		t.Fatal(err)
	}
	wrong := now.Add(3 * time.Hour).UnixMicro()
	rate, span := pace.Rate{Every: time.Second, Burst: 3}, pace.Window{Most: 2, Span: time.Second}
	if err := h.rdb.Set(t.Context(), h.key("pace:a"), wrong, time.Minute).Err(); err != nil {
		t.Fatal(err)
	}
	for i := range 4 {
		if wait, err := p.Take(t.Context(), "a", rate, 1); err != nil || (wait > 0) != (i == 3) || wait > time.Second {
			t.Errorf("take %d waits %v, %v", i, wait, err)
		}
	}
	places := []redis.Z{{Score: float64(wrong), Member: "one#1"}, {Score: float64(wrong), Member: "-two#1"}, {Score: float64(wrong), Member: "!wanted"}}
	for key, marks := range map[string][]redis.Z{"b": places, "c": append(places, redis.Z{Score: float64(wrong), Member: "!hold"})} {
		if err := h.rdb.ZAdd(t.Context(), p.window(key)[0], marks...).Err(); err != nil {
			t.Fatal(err)
		}
		for i, id := range []string{"x", "y", "z"} {
			if wait, err := p.Enter(t.Context(), key, span, pace.Entry{ID: id, N: 1}); err != nil || (wait > 0) != (i == 2) || wait > pace.Lost {
				t.Errorf("%s: entry %d waits %v, %v", key, i, wait, err)
			}
		}
	}
	if err := p.Hold(t.Context(), "d", 3*time.Hour); err != nil {
		t.Fatal(err)
	}
	if wait, err := p.Enter(t.Context(), "d", span, pace.Entry{ID: "x", N: 1}); err != nil || wait <= 0 || wait > pace.LongestHold {
		t.Errorf("within the longest hold there is a wait of %v, %v", wait, err)
	}
}

// Replicas whose machine failed while the clock of Redis was three hours ahead keep their
// parts from nobody for longer than others that have failed.
func TestTheClockOfRedisWasAheadOfLeases(t *testing.T) {
	everywhere(t, testTheClockOfRedisWasAheadOfLeases)
}

func testTheClockOfRedisWasAheadOfLeases(t *testing.T, open opener) {
	h := open(t)
	now, err := h.rdb.Time(t.Context()).Result()
	if err != nil {
		t.Fatal(err)
	}
	for p := range parts {
		if err := h.rdb.Set(t.Context(), h.partKey(p, "lease"), "dead", 3*time.Hour).Err(); err != nil {
			t.Fatal(err)
		}
	}
	if err := h.rdb.ZAdd(t.Context(), h.key("members"), redis.Z{Score: float64(now.Add(3 * time.Hour).UnixMilli()), Member: "dead"}).Err(); err != nil {
		t.Fatal(err)
	}
	a, _ := running(t, h, "a")
	within(t, 2*leaseTime, "one has all", func() bool { return a.Held() == parts })
}
