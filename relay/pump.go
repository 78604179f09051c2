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

// outcome is what a step came to.
type outcome int

const (
	finished outcome = iota // the lane had nothing to do now, or has nothing more
	more                    // the lane may have more to do
	failed                  // our own storage failed: trying again at once would only fail again
)

// pump runs work that is ordered within a lane and parallel across lanes.
type pump struct {
	prefix string // with which the names of all its lanes begin
	// lanes lists all lanes that have work now, in the order in which they are to get it.
	lanes func(ctx context.Context) ([]Lane, error)
	// step does one piece of the lane's work, if there is any.
	step func(ctx context.Context, lane string) outcome
	// turn, if there is one, is waited for before each step of bulk work, see Paced: a lane
	// that had begun and waited would keep from its chat what is not bulk.
	turn func(ctx context.Context) (end func(), err error)
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
	r := pumping{pump: p, ctx: ctx, work: work, hands: make(chan struct{}, p.parallel),
		busy: make(map[string]bool), ended: make(map[string]bool), waiting: make(chan struct{}, 1)}
	defer r.steps.Wait()
	r.steps.Go(r.bulk)
	tick := time.NewTicker(rescan)
	defer tick.Stop()
	for {
		r.look()
		select {
		case <-ctx.Done():
			return
		case <-p.wake:
		case <-tick.C:
		}
	}
}

// pumping is a pump that runs.
type pumping struct {
	*pump
	ctx, work context.Context
	steps     sync.WaitGroup
	hands     chan struct{} // holds one token for each lane that is worked on

	mu      sync.Mutex
	busy    map[string]bool // the lanes that are worked on; true: it was passed over meanwhile
	ended   map[string]bool // those whose step has ended since the last look began
	queue   []string        // the lanes with bulk work, as of the last look
	waiting chan struct{}   // holds one token when there may be some
}

// look finds the lanes that have work, starts a step in each that is not bulk, and queues
// the others.
func (r *pumping) look() {
	r.mu.Lock()
	clear(r.ended)
	r.mu.Unlock()
	lanes, err := r.lanes(r.ctx)
	if err != nil && r.ctx.Err() == nil {
		r.logger.ErrorContext(r.ctx, "looking for work failed", "error", err)
	}
	var queue []string
	for _, lane := range lanes {
		if lane.Bulk {
			queue = append(queue, lane.Name)
		} else if r.take(lane.Name) && r.hand() {
			r.begin(r.work, lane.Name, func() {})
		}
	}
	r.mu.Lock()
	r.queue = queue
	r.mu.Unlock()
	if len(queue) > 0 {
		select {
		case r.waiting <- struct{}{}:
		default:
		}
	}
}

// take reports whether the lane is the caller's to begin. If not, there will be another
// look: after the lane's present step, or at once if a step has ended since the last look
// began, because what that look has found may be done by now.
func (r *pumping) take(lane string) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	if _, busy := r.busy[lane]; busy {
		r.busy[lane] = true
		return false
	}
	if r.ended[lane] {
		delete(r.ended, lane)
		r.poke()
		return false
	}
	r.busy[lane] = false
	return true
}

// hand waits for a free hand, and reports false when ctx ended first.
func (r *pumping) hand() bool {
	select {
	case r.hands <- struct{}{}:
	case <-r.ctx.Done():
		return false
	}
	if r.ctx.Err() != nil { // of two that are ready, select takes either
		<-r.hands
		return false
	}
	return true
}

// begin does a step of the lane that the caller has taken, with the hand that it has
// got, and calls done when the lane is free again.
func (r *pumping) begin(ctx context.Context, lane string, done func()) {
	r.steps.Go(func() {
		came := r.step(ctx, lane)
		<-r.hands
		if came == failed {
			select { // the lane stays busy, which keeps it from being taken again
			case <-r.ctx.Done():
			case <-time.After(rescan):
			}
		}
		done()
		r.mu.Lock()
		passed := r.busy[lane]
		delete(r.busy, lane)
		r.ended[lane] = true
		r.mu.Unlock()
		if passed || came != finished {
			r.poke()
		}
	})
}

// bulk does the bulk work, in its turn, until ctx ends.
func (r *pumping) bulk() {
	some := make(chan struct{}, max(1, r.parallel/2))
	for {
		select {
		case some <- struct{}{}:
		case <-r.ctx.Done():
			return
		}
		if !r.queued() {
			return
		}
		end := func() {}
		if r.turn != nil {
			var err error
			if end, err = r.turn(r.ctx); err != nil {
				return
			}
		}
		if !r.hand() {
			end()
			return
		}
		done := func() {
			end()
			<-some
		}
		if lane, ok := r.next(); ok {
			r.begin(context.WithValue(r.work, turnKey{}, end), lane, done)
		} else {
			<-r.hands
			done()
		}
	}
}

// turnKey is the key of what ends a step's turn, in the step's context.
type turnKey struct{}

// turnOf returns what ends the turn of the step, if it has one.
func turnOf(ctx context.Context) (end func()) {
	if end, ok := ctx.Value(turnKey{}).(func()); ok {
		return end
	}
	return func() {}
}

// queued waits until there is bulk work, and reports false when ctx ended first.
func (r *pumping) queued() bool {
	for {
		r.mu.Lock()
		n := len(r.queue)
		r.mu.Unlock()
		if n > 0 {
			return r.ctx.Err() == nil
		}
		select {
		case <-r.waiting:
		case <-r.ctx.Done():
			return false
		}
	}
}

// next takes the first of the lanes with bulk work that can be taken.
func (r *pumping) next() (string, bool) {
	for {
		r.mu.Lock()
		if len(r.queue) == 0 {
			r.mu.Unlock()
			return "", false
		}
		lane := r.queue[0]
		r.queue = r.queue[1:]
		r.mu.Unlock()
		if r.take(lane) {
			return lane, true
		}
	}
}
