package replica

import (
	"context"

	"github.com/redis/go-redis/v9"
)

// Ready reports why Redis takes no messages in, nil when it does. It asks once a second
// at most, and takes two seconds at most, also when Redis says nothing at all.
func (h *Hub) Ready(ctx context.Context) error { return h.pulse.Check(ctx) }

// ask writes something into each part: a server that is full, cannot write to its disk
// or is no master any more answers, and takes nothing; of a cluster, this asks each
// master that has any of our messages.
func (h *Hub) ask(ctx context.Context) error {
	_, err := h.rdb.Pipelined(ctx, func(pipe redis.Pipeliner) error {
		for p := range parts {
			pipe.Set(ctx, h.partKey(p, "pulse"), 1, seenFor)
		}
		return nil
	})
	return err
}
