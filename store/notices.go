package store

import (
	"context"
	"errors"
	"fmt"

	"liaison/ticket"
)

// mostTold is how many notices a transaction tells itself. One with more, as when a
// station closes, must not hold others up until everybody is told.
const mostTold = 20

// errUntold is what a transaction ends with that could not tell its notices, to begin anew
// and leave them to jobs.
var errUntold = errors.New("store: its notices could not be told")

// tell tells of what happened to the cases in this transaction, in the order in which it
// happened: whatever it says to a chat is there before what a later transaction says. What
// cannot be told now is left to jobs, which run in no order.
func (t *tx) tell(ctx context.Context) error {
	due := func(j ticket.Job) bool { return j.Kind == ticket.JobNotify && j.At.IsZero() }
	n := 0
	for _, j := range t.jobs {
		if due(j) {
			n++
		}
	}
	if t.told == nil || n > mostTold {
		return nil
	}
	var left []ticket.Job
	for i := 0; i < len(t.jobs); i++ { // what is told may have consequences
		if j := t.jobs[i]; !due(j) {
			left = append(left, j)
		} else if err := t.told(ctx, t, j); err != nil {
			return fmt.Errorf("%w: %w", errUntold, err)
		}
	}
	t.jobs = left
	return nil
}

// telling makes transactions tell their notices with fn from now on, until it is called
// with nil.
func (s *Store) telling(fn JobFunc) {
	if fn == nil {
		s.tells.Store(nil)
		return
	}
	s.tells.Store(&fn)
}

// teller is what a transaction that begins now tells its notices with, nil for jobs.
func (s *Store) teller() JobFunc {
	if fn := s.tells.Load(); fn != nil {
		return *fn
	}
	return nil
}
