package replica

import (
	"context"
	"errors"
	"strings"
	"sync/atomic"

	"github.com/redis/go-redis/v9"
)

// Rewrite has every server write its append-only file anew, so that messages that
// were handled are in it no longer: until then their words stand there, though the streams
// have them no more. It reports whether all have begun to; one that is at it already may
// have begun too early, and is asked again later. A server that does not let us, as with
// many providers, is warned of in the log and counts as done.
func (h *Hub) Rewrite(ctx context.Context) (done bool, err error) {
	var busy atomic.Bool
	ask := func(ctx context.Context, c redis.Cmdable) error {
		err := c.BgRewriteAOF(ctx).Err()
		var refused redis.Error
		switch {
		case err == nil:
			return nil
		case !errors.As(err, &refused):
			return err // it does not answer
		case strings.Contains(refused.Error(), "in progress"):
			busy.Store(true)
			return nil
		default:
			h.log.WarnContext(ctx, "Redis does not rewrite its append-only file: what a forgotten person wrote stays in it until Redis does so by itself", "error", err)
			return nil
		}
	}
	if c, ok := h.rdb.(*redis.ClusterClient); ok {
		err = c.ForEachShard(ctx, func(ctx context.Context, shard *redis.Client) error { return ask(ctx, shard) })
	} else {
		err = ask(ctx, h.rdb)
	}
	return err == nil && !busy.Load(), err
}
