package relay

import (
	"context"
	"log/slog"
	"sync"
	"time"
)

// rescan is how often a pump looks for work that nobody announced: messages that
// had to wait, and those that another process or an earlier life left behind.
const rescan = time.Second

// pump runs work that is ordered within a lane and parallel across lanes.
type pump struct {
	prefix string // with which the names of all its lanes begin
	// lanes lists the lanes that have work now, those with bulk work last.
	lanes func(ctx context.Context) ([]Lane, error)
	// step does one piece of the lane's work, if there is any. False says that our own
	// storage failed, so that trying again at once would only fail again.
	step func(ctx context.Context, lane string) bool
	// parallel is how many lanes are worked on at once, of which half may be for bulk
	// work: what is not finds a free hand.
	parallel int
	wake     chan struct{}
	logger   *slog.Logger
}

// poke makes the pump look for work. It never blocks.
func (p *pump) poke() {
	select {
	case p.wake <- struct{}{}:
	default: // a look is due anyway
	}
}

// run works until ctx ends and every started step has returned. Steps run under
// work, which the caller cancels when it will wait no longer.
func (p *pump) run(ctx, work context.Context) {
	var (
		wg   sync.WaitGroup
		mu   sync.Mutex
		busy = make(map[string]bool)
		bulk = 0 // of the lanes in busy
		slot = make(chan struct{}, p.parallel)
		tick = time.NewTicker(rescan)
	)
	defer wg.Wait()
	defer tick.Stop()
	for {
		lanes, err := p.lanes(ctx)
		if err != nil && ctx.Err() == nil {
			p.logger.ErrorContext(ctx, "looking for work failed", "error", err)
		}
		for _, lane := range lanes {
			mu.Lock()
			passed := busy[lane.Name] || lane.Bulk && bulk >= max(1, p.parallel/2)
			if !passed {
				busy[lane.Name] = true
				if lane.Bulk {
					bulk++
				}
			}
			mu.Unlock()
			if passed {
				continue
			}
			select {
			case slot <- struct{}{}:
			case <-ctx.Done():
				return
			}
			if ctx.Err() != nil { // of two that are ready, select takes either
				return
			}
			wg.Go(func() {
				ok := p.step(work, lane.Name)
				<-slot
				if !ok {
					select { // the lane stays busy, which keeps it from being taken again
					case <-ctx.Done():
					case <-time.After(rescan):
					}
				}
				mu.Lock()
				delete(busy, lane.Name)
				if lane.Bulk {
					bulk--
				}
				mu.Unlock()
				p.poke() // what else the lane has was passed over
			})
		}
		select {
		case <-ctx.Done():
			return
		case <-p.wake:
		case <-tick.C:
		}
	}
}
