package replica

import (
	"cmp"
	"slices"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"liaison/handlers"
	"liaison/store/storetest"
)

// What waits in the streams, read by a replica or not, goes where it is taken, in the
// order of its chat, and may come in again one day.
func TestDrain(t *testing.T) {
	everywhere(t, func(t *testing.T, open opener) {
		h, s := open(t), storetest.New(t)
		a := join(t, h, s, "a")
		for _, key := range []string{"1", "2", "3"} {
			if _, err := a.Receive(t.Context(), message("x", key), time.Now()); err != nil {
				t.Fatal(err)
			}
			if key == "2" {
				a.read(t.Context(), -1) // these two have been given to a replica
			}
		}
		if n, age, err := a.Waiting(t.Context()); err != nil || n != 3 || age < 0 || age > time.Minute {
			t.Fatalf("waiting are %d for %v, %v", n, age, err)
		}
		broken := &redis.XAddArgs{Stream: a.stream(partOf(message("x", "").From.Lane())), Values: []string{field, "{broken"}}
		if err := h.rdb.XAdd(t.Context(), broken).Err(); err != nil {
			t.Fatal(err)
		}
		a.shares.Leave(t.Context())
		var got []string
		n, err := a.Drain(t.Context(), func(m handlers.Message) error { got = append(got, cmp.Or(m.Unread, m.Key)); return nil })
		if err != nil || n != 4 || !slices.Equal(got, []string{"1", "2", "3", "{broken"}) {
			t.Errorf("drained %d: %q, %v", n, got, err)
		}
		if n, age, err := a.Waiting(t.Context()); err != nil || n != 0 || age != 0 {
			t.Errorf("still waiting are %d for %v, %v", n, age, err)
		}
		if fresh, err := a.Receive(t.Context(), message("x", "1"), time.Now()); err != nil || !fresh {
			t.Errorf("taken in again: %v, %v", fresh, err)
		}
	})
}
