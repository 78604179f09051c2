package relay

import (
	"context"
	"errors"
	"sync"
	"time"
)

const (
	// pulseEvery is how old an answer may be that is given again.
	pulseEvery = time.Second
	// pulseTime is how long an answer may take. It is below the time limits of what
	// asks /readyz.
	pulseTime = 2 * time.Second
)

var errSilent = errors.New("no answer within " + pulseTime.String())

// Pulse knows whether something that we stand on works: it asks once a second at most,
// whoever wants to know in between gets the last answer, and nobody waits for longer
// than two seconds. It is safe for concurrent use and must not be copied.
type Pulse struct {
	// Ask returns why it does not work. It should obey its context; if it does not, it
	// is not called again before it has returned.
	Ask func(ctx context.Context) error

	mu   sync.Mutex
	last *beat
}

// beat is one asking.
type beat struct {
	began time.Time
	done  chan struct{} // closed when what follows is known
	ended time.Time
	err   error
}

// Check returns why it does not work, nil when it does.
func (p *Pulse) Check(ctx context.Context) error {
	b := p.beat()
	select {
	case <-b.done: // before a time limit that has passed as well
		return b.err
	default:
	}
	limit := time.NewTimer(time.Until(b.began.Add(pulseTime)))
	defer limit.Stop()
	select {
	case <-b.done:
		return b.err
	case <-limit.C:
		return errSilent
	case <-ctx.Done():
		return ctx.Err()
	}
}

// beat returns the asking that goes on or has just ended, or begins one.
func (p *Pulse) beat() *beat {
	p.mu.Lock()
	defer p.mu.Unlock()
	if b := p.last; b != nil && !b.stale() {
		return b
	}
	b := &beat{began: time.Now(), done: make(chan struct{})}
	p.last = b
	go func() { // not the caller's: that one gives up must not end it for the others
		ctx, cancel := context.WithTimeout(context.Background(), pulseTime)
		defer cancel()
		b.err = p.Ask(ctx)
		b.ended = time.Now()
		close(b.done)
	}()
	return b
}

func (b *beat) stale() bool {
	select {
	case <-b.done:
		return time.Since(b.ended) > pulseEvery
	default:
		return false
	}
}
