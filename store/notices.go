package store

import (
	"context"
	"errors"
	"fmt"
	"time"

	"liaison/ticket"
)

const (
	// mostTold is how many replies a transaction may make of its notices. One with more, as
	// when a station closes, must not hold others up until everybody is told.
	mostTold = 40
	// tellTime is how long that may take.
	tellTime = 10 * time.Second
)

// errUntold is what a transaction ends with that could not tell its notices, to begin anew
// and leave them to jobs.
var errUntold = errors.New("store: its notices could not be told")

// tell tells of what happened to the cases in this transaction, in the order in which it
// happened: whatever it says to a chat is there before what a later transaction says. What
// cannot be told so is left to jobs, which run in no order.
func (t *tx) tell(ctx context.Context) error {
	if t.told == nil || len(t.jobs) == 0 {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, tellTime)
	defer cancel()
	before := len(t.replies)
	var left []ticket.Job
	for i := 0; i < len(t.jobs); i++ { // what is told may have consequences
		j := t.jobs[i]
		if j.Kind != ticket.JobNotify || !j.At.IsZero() {
			left = append(left, j)
			continue
		}
		if err := guarded(func() error { return t.told(ctx, t, j) }); err != nil {
			return fmt.Errorf("%w: %w", errUntold, err)
		}
		if len(t.replies)-before > mostTold {
			return fmt.Errorf("%w: they are too many", errUntold)
		}
	}
	t.jobs = left
	return nil
}

// teller is what a transaction that begins now tells its notices with, nil for jobs.
func (s *Store) teller() JobFunc {
	if fn := s.tells.Load(); fn != nil {
		return *fn
	}
	return nil
}
