package replica

import (
	"context"
	"errors"
	"net"
	"strings"
	"sync/atomic"

	"github.com/redis/go-redis/v9"
)

// Rewrite has every master write its append-only file anew, and the replicas of each, so
// that messages that were handled are in it no longer: until then their words stand there,
// though the streams have them no more. It reports whether all have begun to; one that is at it already
// may have begun too early, and is asked again later. A server that does not let us, as with
// many providers, and a replica that we do not reach, is warned of in the log and counts as
// done; a replica that does not follow at this moment is not known.
func (h *Hub) Rewrite(ctx context.Context) (done bool, err error) {
	if err := h.ask(ctx); err != nil { // what was removed is to be gone from a replica too, before it writes
		return false, err
	}
	var busy atomic.Bool
	ask := func(ctx context.Context, c *redis.Client) error {
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
			h.notRewritten(ctx, c, err)
			return nil
		}
	}
	replica := func(ctx context.Context, c *redis.Client) error {
		err := ask(ctx, c)
		if err != nil && ctx.Err() == nil {
			h.notRewritten(ctx, c, err)
			return nil
		}
		return err
	}
	if c, ok := h.rdb.(*redis.ClusterClient); ok {
		err = c.ForEachMaster(ctx, ask)
		if err == nil {
			err = c.ForEachSlave(ctx, replica)
		}
		return err == nil && !busy.Load(), err
	}
	master := h.rdb.(*redis.Client)
	if err := ask(ctx, master); err != nil {
		return false, err
	}
	replicas, err := replicasOf(ctx, master)
	if err != nil {
		return false, err
	}
	for _, c := range replicas {
		if err := errors.Join(replica(ctx, c), c.Close()); err != nil {
			return false, err
		}
	}
	return !busy.Load(), nil
}

func (h *Hub) notRewritten(ctx context.Context, c *redis.Client, err error) {
	h.log.WarnContext(ctx, "Redis does not rewrite an append-only file: what a forgotten person wrote stays in it until Redis does so by itself; send BGREWRITEAOF to this server",
		"server", c.Options().Addr, "error", err)
}

// replicasOf returns connections to those that follow the master, by the addresses that it
// knows them by, which may lead nowhere from here, and with its own password. The caller
// closes them.
func replicasOf(ctx context.Context, master *redis.Client) ([]*redis.Client, error) {
	info, err := master.Info(ctx, "replication").Result()
	if err != nil {
		return nil, err
	}
	var out []*redis.Client
	for _, m := range follower.FindAllStringSubmatch(info, -1) {
		o := master.Options()
		out = append(out, redis.NewClient(&redis.Options{
			Addr: net.JoinHostPort(m[1], m[2]), Username: o.Username, Password: o.Password, TLSConfig: o.TLSConfig,
			DialTimeout: timeout, ReadTimeout: timeout, WriteTimeout: timeout, MaxRetries: -1,
		}))
	}
	return out, nil
}
