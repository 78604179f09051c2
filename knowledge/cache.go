package knowledge

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"slices"
	"time"

	lru "github.com/hashicorp/golang-lru/v2"
)

// Kept is how long an answer is kept at most for those who ask the same again, so
// that what no key tells shows by then: a model that was replaced behind its address,
// vectors that are still being made.
const Kept = time.Hour

// Cache keeps what a model has written. What it loses is only written anew, so it may
// forget at any time, and one that fails has nothing. No value is asked for after Kept.
// Implementations are safe for concurrent use.
type Cache interface {
	Get(ctx context.Context, key string) (value []byte, ok bool)
	Put(ctx context.Context, key string, value []byte)
}

// MemoryCache is the Cache of one process. It is safe for concurrent use.
type MemoryCache struct{ values *lru.Cache[string, []byte] }

// NewMemoryCache returns a cache that forgets what was not used for longest when it
// has more than a thousand values.
func NewMemoryCache() *MemoryCache {
	return &MemoryCache{newLRU[string, []byte](maxWritten)}
}

func newLRU[K comparable, V any](size int) *lru.Cache[K, V] {
	c, err := lru.New[K, V](size)
	if err != nil {
		panic(err) // only for a size that is not positive
	}
	return c
}

// Get implements Cache.
func (c *MemoryCache) Get(_ context.Context, key string) ([]byte, bool) { return c.values.Get(key) }

// Put implements Cache.
func (c *MemoryCache) Put(_ context.Context, key string, value []byte) { c.values.Add(key, value) }

// The answers that are kept; they are some kilobytes each.
const (
	maxQuotes  = 4096
	maxWritten = 1024
)

// answering is a library with what was quoted from it.
type answering struct {
	*Library
	quotes *lru.Cache[asked, Answer]
}

func newAnswering(l *Library) *answering {
	return &answering{l, newLRU[asked, Answer](maxQuotes)}
}

// asked is all that an answer depends on beside the library.
type asked struct {
	Question
	day    Date
	period int64
}

// periodOf numbers the stretch of time within which the same answer is given.
func periodOf(now time.Time) int64 { return now.UnixNano() / int64(Kept) }

// quote returns the answer to q, which may be kept from before.
func (a *Answerer) quote(ctx context.Context, lib *answering, q Question) Answer {
	now := a.now()
	key := asked{q, DateOf(now), periodOf(now)}
	if ans, ok := lib.quotes.Get(key); ok {
		return ans.clone()
	}
	ans := a.answerBy(ctx, a.hybrid, lib.Library, q)
	if ctx.Err() == nil && a.hybrid.complete(&ans) {
		lib.quotes.Add(key, ans.clone())
	}
	return ans
}

// clone returns the answer with slices of its own.
func (a *Answer) clone() Answer {
	c := *a
	c.Spans, c.Citations, c.Choices = slices.Clone(a.Spans), slices.Clone(a.Citations), slices.Clone(a.Choices)
	c.Also, c.Path, c.FellBack = slices.Clone(a.Also), slices.Clone(a.Path), slices.Clone(a.FellBack)
	return c
}

// complete reports whether no step was left out of the answer that would have been
// taken at another time.
func (h *hybrid) complete(ans *Answer) bool {
	return len(ans.FellBack) == 0 && (h.Vectors == nil || slices.Contains(ans.Path, ByVectors))
}

// writtenKey names what is written for the prompt: a digest of all that it depends on,
// so that nobody's words stand in a cache.
func writtenKey(p Prompt, grounds []Evidence, quoted Answer, now time.Time) (string, error) {
	quoted.Took = 0
	text, err := json.Marshal([]any{p, grounds, quoted, periodOf(now)})
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:]), err
}

// written returns the answer that is kept under the key.
func (a *Answerer) written(ctx context.Context, key string) (ans Answer, ok bool) {
	value, ok := a.cache.Get(ctx, key)
	return ans, ok && json.Unmarshal(value, &ans) == nil && ans.Generated
}

// keepWritten keeps the answer under the key.
func (a *Answerer) keepWritten(ctx context.Context, key string, ans Answer) {
	if value, err := json.Marshal(ans); err == nil {
		a.cache.Put(ctx, key, value)
	}
}
