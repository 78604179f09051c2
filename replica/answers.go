package replica

import (
	"context"
	"errors"
	"time"

	"github.com/redis/go-redis/v9"

	"liaison/knowledge"
)

// answersTimeout is how long an answer may be looked for: a model can write it too.
const answersTimeout = 300 * time.Millisecond

// Answers keeps what models have written for all replicas. It is safe for concurrent
// use.
type Answers struct {
	hub  *Hub
	kind string
}

var _ knowledge.Cache = Answers{}

// Answers returns the cache of the replicas that write alike: kind names the program
// and the models.
func (h *Hub) Answers(kind string) Answers { return Answers{h, kind} }

func (a Answers) key(key string) string { return a.hub.key("answer:" + a.kind + ":" + key) }

// Get implements knowledge.Cache.
func (a Answers) Get(ctx context.Context, key string) ([]byte, bool) {
	ctx, cancel := context.WithTimeout(ctx, answersTimeout)
	defer cancel()
	value, err := a.hub.once.Get(ctx, a.key(key)).Bytes()
	if err != nil && !errors.Is(err, redis.Nil) {
		a.hub.log.WarnContext(ctx, "an answer was not looked for in redis", "error", err)
	}
	return value, err == nil
}

// Put implements knowledge.Cache.
func (a Answers) Put(ctx context.Context, key string, value []byte) {
	ctx, cancel := context.WithTimeout(ctx, answersTimeout)
	defer cancel()
	if err := a.hub.once.Set(ctx, a.key(key), value, knowledge.Kept).Err(); err != nil {
		a.hub.log.WarnContext(ctx, "an answer was not kept in redis", "error", err)
	}
}
