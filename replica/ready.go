package replica

import (
	"context"
	"errors"
	"sync"

	"github.com/redis/go-redis/v9"
)

// Ready reports why Redis takes no messages in, nil when it does. It asks once a second
// at most, and takes two seconds at most, also when Redis says nothing at all.
func (h *Hub) Ready(ctx context.Context) error { return h.pulse.Check(ctx) }

// ask writes something into each part, as a message is taken in: a server that is full,
// cannot write to its disk or is no master any more answers, and takes nothing, and one
// whose replica does not follow confirms nothing; of a cluster, this asks each master
// that has any of our messages.
func (h *Hub) ask(ctx context.Context) error {
	keys := make(map[*redis.Client][]string)
	for p := range parts {
		key := h.partKey(p, "pulse")
		master, err := h.master(ctx, key)
		if err != nil {
			return err
		}
		keys[master] = append(keys[master], key)
	}
	errs := make(chan error, len(keys))
	var wg sync.WaitGroup
	for master, keys := range keys {
		wg.Go(func() {
			errs <- h.acknowledged(ctx, master, func(pipe redis.Pipeliner) {
				for _, key := range keys {
					pipe.Set(ctx, key, 1, seenFor)
				}
			})
		})
	}
	wg.Wait()
	close(errs)
	var all []error
	for err := range errs {
		all = append(all, err)
	}
	return h.reloading(ctx, errors.Join(all...))
}
