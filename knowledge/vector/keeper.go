package vector

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"
)

// Embedder makes vectors of texts, of which those that mean something alike point
// in like directions. Implementations must honour ctx and be safe for concurrent
// use.
type Embedder interface {
	// Embed returns the vector of each text in their order, all of one dimension.
	// An error that is ErrRejected says that asking the same again is of no use:
	// there are too many texts, or one is too long.
	Embed(ctx context.Context, texts []string) ([][]float32, error)
}

// ErrRejected is the error of an Embedder that does not take the texts.
var ErrRejected = errors.New("vector: the endpoint rejects the texts")

// ErrDimension is the error of a vector whose dimension is not that of the others:
// another model has taken the name.
var ErrDimension = errors.New("vector: the dimension has changed")

// Store keeps vectors beyond the process, by the model that made them and a hash
// of the text they were made of. Implementations are safe for concurrent use.
type Store interface {
	// Vectors returns those of the vectors that are there.
	Vectors(ctx context.Context, model string, hashes []string) (map[string][]float32, error)
	// PutVectors keeps vectors by hash, in the place of those that have the same.
	PutVectors(ctx context.Context, model string, vectors map[string][]float32) error
	// PruneVectors deletes the vectors of other models, and those of this one
	// whose hash is not among keep, and returns how many these were.
	PruneVectors(ctx context.Context, model string, keep []string) (int, error)
}

// Texts are what vectors are made of. They do not change.
type Texts interface {
	// Passages returns how many there are.
	Passages() int
	// Passage returns text i, from 0, and the unit that it is a part of.
	Passage(i int) (unit, text string)
}

// Config configures a Keeper. Embedder, Store and Model are required.
type Config struct {
	Embedder Embedder
	Store    Store
	Model    string       // vectors of another model are made again
	Batch    int          // how many texts are sent at once, at most. Defaults to 32
	Logger   *slog.Logger // gets counts and failures, never texts. Defaults to discarding
}

// Keeper has vectors made of the texts it is given, and finds those that are near
// to a question. It is safe for concurrent use.
type Keeper struct {
	Config
	wake    chan struct{} // has one element when there is something new to do
	current atomic.Pointer[flat]
	doubted atomic.Bool // a question's vector had another dimension
	missing atomic.Int64

	mu    sync.Mutex
	texts Texts
	set   int // how often they were

	// The rest is Run's or Load's alone.
	rows       map[string]int  // hash -> row of current
	refused    map[string]bool // hashes of texts that the endpoint does not take at any length
	dim        int             // that vectors must have; 0: that of the first
	size       int             // of the batches that the endpoint takes
	rejections int             // how often it has rejected something
	worked     bool            // it has made a vector since the start
}

// New returns a Keeper without texts.
func New(c Config) (*Keeper, error) {
	if c.Embedder == nil || c.Store == nil || c.Model == "" {
		return nil, errors.New("vector: Embedder, Store and Model are required")
	}
	if c.Batch <= 0 {
		c.Batch = 32
	}
	if c.Logger == nil {
		c.Logger = slog.New(slog.DiscardHandler)
	}
	k := &Keeper{Config: c, wake: make(chan struct{}, 1), refused: make(map[string]bool), size: c.Batch}
	k.current.Store(&flat{})
	return k, nil
}

// Set replaces the texts. Run makes the vectors that are missing; until then those
// that are there are found, also of texts that are no longer given.
func (k *Keeper) Set(t Texts) {
	k.mu.Lock()
	k.texts = t
	k.set++
	k.mu.Unlock()
	k.rouse()
}

func (k *Keeper) rouse() {
	select {
	case k.wake <- struct{}{}:
	default: // it will look anyway
	}
}

// given returns the texts, and a number that tells them from those of other times.
func (k *Keeper) given() (Texts, int) {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.texts, k.set
}

// Counts returns how many vectors can be found, and how many texts have none yet.
func (k *Keeper) Counts() (vectors, missing int) {
	return k.current.Load().len(), int(k.missing.Load())
}

// Nearest returns up to n units that shown lets through, those first of which a
// text is nearest to the question in meaning. It returns none, and asks nobody, as
// long as no vectors are there.
func (k *Keeper) Nearest(ctx context.Context, question string, n int, shown func(unit string) bool) ([]string, error) {
	f := k.current.Load()
	if f.len() == 0 {
		return nil, nil
	}
	vectors, err := k.Embedder.Embed(ctx, []string{question})
	switch {
	case err != nil:
		return nil, err
	case len(vectors) != 1:
		return nil, fmt.Errorf("vector: %d vectors of one text", len(vectors))
	case len(vectors[0]) != f.dim:
		k.doubted.Store(true)
		k.rouse()
		return nil, ErrDimension
	}
	c, ok := encode(vectors[0])
	if !ok {
		return nil, errors.New("vector: the question's vector has no direction")
	}
	return f.nearest(probeOf(c), n, shown), nil
}

// How long Run waits after a failure: at first, doubled from one to the next.
const (
	firstWait = time.Second
	longest   = 5 * time.Minute
)

// Run fills in what is missing until ctx ends. When the endpoint or the store
// fails it waits, the longer the more often, and goes on where it stopped.
func (k *Keeper) Run(ctx context.Context) {
	wait := firstWait
	for ctx.Err() == nil {
		before := k.current.Load().len()
		err := k.fill(ctx)
		if ctx.Err() != nil {
			return
		}
		if err == nil {
			wait = firstWait
			select {
			case <-ctx.Done():
			case <-k.wake:
			}
			continue
		}
		if k.current.Load().len() > before { // some of it worked
			wait = firstWait
		}
		k.Logger.WarnContext(ctx, "vectors are missing: making them failed", "error", err, "missing", k.missing.Load(), "wait", wait)
		select {
		case <-ctx.Done():
		case <-time.After(wait): // not wake: a new document does not make the endpoint well
		}
		wait = min(2*wait, longest)
	}
}
