package extract

import (
	"context"
	"fmt"
	"io"
	"sync"
	"time"

	"github.com/klippa-app/go-pdfium"
	"github.com/klippa-app/go-pdfium/webassembly"
	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/api"
	"github.com/tetratelabs/wazero/experimental"
)

// pdfIdle is how long the engine stays in memory after the last file: compiling
// it again takes some seconds, keeping it tens of megabytes.
const pdfIdle = 2 * time.Minute

// engine is PDFium compiled to WebAssembly. A damaged file can at worst end its
// own instance: it has no access to files, network or our memory. One file is
// read at a time, so that its memory is bounded by one instance.
type engine struct {
	turn chan struct{} // holds one token: the right to use the pool
	mu   sync.Mutex
	pool pdfium.Pool
	idle *time.Timer
}

var pdf = &engine{turn: make(chan struct{}, 1)}

// do runs fn with an instance of its own. When ctx ends, the instance is
// killed and fn returns with an error.
func (e *engine) do(ctx context.Context, fn func(pdfium.Pdfium) error) error {
	select {
	case e.turn <- struct{}{}:
		defer func() { <-e.turn }()
	case <-ctx.Done():
		return ctx.Err()
	}
	pool, err := e.start()
	if err != nil {
		return fmt.Errorf("extract: the PDF engine does not start: %w", err)
	}
	defer e.rest()
	instance, err := pool.GetInstanceWithContext(ctx)
	if err != nil {
		return fmt.Errorf("extract: the PDF engine does not start: %w", err)
	}
	killed := make(chan struct{})
	stop := context.AfterFunc(ctx, func() {
		defer close(killed)
		instance.Kill()
	})
	err = fn(instance)
	if stop() {
		// An instance that a broken file has left unusable cannot be closed
		// in order; it is gone with its memory all the same.
		if instance.Close() != nil {
			e.drop()
		}
		return err
	}
	<-killed
	return ctx.Err()
}

// start returns the pool and keeps it from being put away.
func (e *engine) start() (pdfium.Pool, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.idle != nil {
		e.idle.Stop()
	}
	if e.pool != nil {
		return e.pool, nil
	}
	pool, err := webassembly.Init(webassembly.Config{
		MaxTotal: 1, MaxIdle: 0,
		FSConfig: wazero.NewFSConfig(), // no directory of the machine
		Stdout:   io.Discard, Stderr: io.Discard,
		RuntimeConfig: wazero.NewRuntimeConfig().
			WithCoreFeatures(api.CoreFeaturesV2 | experimental.CoreFeaturesExceptionHandling).
			WithMemoryLimitPages(16384). // 1 GB
			WithCloseOnContextDone(true),
	})
	e.pool = pool
	return pool, err
}

// rest puts the engine away once it has not been used for a while.
func (e *engine) rest() {
	e.mu.Lock()
	defer e.mu.Unlock()
	pool := e.pool
	e.idle = time.AfterFunc(pdfIdle, func() {
		select {
		case e.turn <- struct{}{}:
			defer func() { <-e.turn }()
		default:
			return // in use again; the user starts a new timer
		}
		e.mu.Lock()
		defer e.mu.Unlock()
		if e.pool != nil && e.pool == pool {
			e.pool.Close()
			e.pool = nil
		}
	})
}

// drop forgets a pool that may be in disorder.
func (e *engine) drop() {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.pool != nil {
		e.pool.Close()
		e.pool = nil
	}
}
