// Package replica makes one process of several: what they share through Redis, a
// single server, Sentinel or Cluster. All of it may be lost or repeated without
// harm to what the database holds, except messages that were taken in and not
// handled yet: for them Redis must write each command to disk before it answers
// (appendonly yes, appendfsync always).
//
// Chats are divided among the replicas by Shares. The Intake is the durable inbox
// of package relay.
//
// Keys that are used together carry the number of their part in braces, so that
// they live in one slot of a cluster.
package replica

import (
	"context"
	"errors"
	"fmt"
	"hash/fnv"
	"log/slog"
	"net/url"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"

	"liaison/relay"
)

// parts is how many parts chats are divided into, and so how many replicas can
// share the work. It must be the same in all of them.
const parts = 32

// partOf says which part a lane belongs to.
func partOf(lane string) int {
	h := fnv.New32a()
	h.Write([]byte(lane)) // never fails
	return int(h.Sum32() % parts)
}

// timeout is how long one command may take.
const timeout = 3 * time.Second

// Hub is a connection to what the replicas share. It is safe for concurrent use.
type Hub struct {
	rdb redis.UniversalClient
	// once tries each command once. Reading a stream is for it: were the answer lost
	// and the command repeated, what came first would be given to nobody.
	once    redis.UniversalClient
	prefix  string
	log     *slog.Logger
	masters standings
	warned  warned
	pulse   relay.Pulse
}

// Open connects to the Redis at rawURL:
//
//	redis://host:6379/0                                 one server, or a cluster that it belongs to
//	redis://host1:6379?addr=host2:6379&addr=host3:6379  a cluster
//	redis://sentinel:26379?master_name=main             whatever Sentinel says is the master
//
// rediss:// encrypts. All keys begin with prefix. It fails when nothing answers.
func Open(ctx context.Context, rawURL, prefix string, log *slog.Logger) (*Hub, error) {
	rdb, err := client(ctx, rawURL, 3)
	if err != nil {
		return nil, err
	}
	once, err := client(ctx, rawURL, -1)
	if err != nil {
		return nil, errors.Join(err, rdb.Close())
	}
	h := &Hub{rdb: rdb, once: once, prefix: prefix, log: log}
	h.pulse.Ask = h.ask
	if err := h.Ping(ctx); err != nil {
		return nil, errors.Join(fmt.Errorf("redis does not answer: %w", err), h.Close())
	}
	for _, w := range h.Warnings(ctx) {
		log.WarnContext(ctx, "redis may lose messages that it has taken in", "because", w)
	}
	return h, nil
}

// client connects; a command that fails on its way is repeated so many times, -1 for
// never.
func client(ctx context.Context, rawURL string, retries int) (redis.UniversalClient, error) {
	u, err := url.Parse(rawURL)
	if err != nil {
		return nil, errors.New("not a URL: write redis://host:6379/0") // the error of Parse would show the password
	}
	switch q := u.Query(); {
	case q.Has("master_name"):
		o, err := redis.ParseFailoverURL(rawURL)
		if err != nil {
			return nil, err
		}
		o.ReadTimeout, o.WriteTimeout, o.MaxRetries = timeout, timeout, retries
		return redis.NewFailoverClient(o), nil
	case q.Has("addr"):
		o, err := redis.ParseClusterURL(rawURL)
		if err != nil {
			return nil, err
		}
		o.ReadTimeout, o.WriteTimeout, o.MaxRetries = timeout, timeout, retries
		return redis.NewClusterClient(o), nil
	}
	o, err := redis.ParseURL(rawURL)
	if err != nil {
		return nil, err
	}
	o.ReadTimeout, o.WriteTimeout, o.MaxRetries = timeout, timeout, retries
	one := redis.NewClient(o)
	info, err := one.Info(ctx, "cluster").Result()
	if err != nil || !strings.Contains(info, "cluster_enabled:1") {
		return one, nil // one that does not answer yet is told by Open
	}
	c, err := redis.ParseClusterURL(rawURL)
	if err != nil {
		return nil, errors.Join(err, one.Close())
	}
	c.ReadTimeout, c.WriteTimeout, c.MaxRetries = timeout, timeout, retries
	return redis.NewClusterClient(c), one.Close()
}

// Ping reports whether Redis answers.
func (h *Hub) Ping(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	return h.rdb.Ping(ctx).Err()
}

// Close ends the connections.
func (h *Hub) Close() error { return errors.Join(h.rdb.Close(), h.once.Close()) }

// key names something that belongs to no part.
func (h *Hub) key(name string) string { return h.prefix + name }

// partKey names something of a part; all keys of a part are in one slot.
func (h *Hub) partKey(part int, name string) string {
	return fmt.Sprintf("%s{p%d}:%s", h.prefix, part, name)
}
