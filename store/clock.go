package store

import (
	"context"
	"fmt"
	"sync"
	"time"
)

// River goes by stored times of the wall clock: of the database, and in retries of the
// process. What it wrote under a clock that has been set back since would wait for as
// long as that clock was wrong, also after a restart.

const (
	// skew is how far apart the clocks of processes and database may be when they are right.
	skew = time.Minute
	// rightEvery is how often it is looked for what a wrong clock has left.
	rightEvery = 10 * time.Second
)

// mistimed selects the jobs that wait although there is nothing to wait for: a retry that
// is later than any after so many attempts, and what was to run at once when it was
// written, some time from now. A job with a time of its own keeps it.
func (s *Store) mistimed() string {
	retry := ""
	for i, d := range jobDelays[:len(jobDelays)-1] {
		retry += fmt.Sprintf(" WHEN attempt = %d THEN %s", i+1, s.dialect.in(d+skew))
	}
	return fmt.Sprintf(`state IN ('available', 'retryable') AND scheduled_at > %[1]s
		AND (attempt > 0 OR created_at > %[1]s AND scheduled_at <= created_at)
		AND scheduled_at > CASE WHEN attempt = 0 THEN %[1]s%[2]s ELSE %[3]s END`,
		s.dialect.in(skew), retry, s.dialect.in(jobDelays[len(jobDelays)-1]+skew))
}

// SetRight makes due what waits in River only because a clock was ahead when it was
// written, and ends the term of a leader that was elected then: nobody else could become
// it until the term is over. RunJobs sees to it. It may run at any time and in several
// processes.
func (s *Store) SetRight(ctx context.Context) error {
	late := s.mistimed()
	const jobs, leader = ` FROM river_job WHERE `, ` FROM river_leader WHERE `
	running := `state = 'running' AND attempted_at > ` + s.dialect.in(skew)
	usurped := `expires_at > ` + s.dialect.in(skew)
	var n int
	err := s.view(ctx, func(t *tx) error { // there is hardly ever anything to write
		return t.row(ctx, `SELECT (SELECT count(*)`+jobs+late+`) + (SELECT count(*)`+jobs+running+`) + (SELECT count(*)`+leader+usurped+`)`).Scan(&n)
	})
	if err != nil || n == 0 {
		return err
	}
	s.cfg.Logger.WarnContext(ctx, "the clock has been set back: what waits in the queue of jobs because of that is due now", "rows", n)
	return s.update(ctx, func(t *tx) error {
		for _, query := range []string{
			`UPDATE river_job SET state = 'available', scheduled_at = ` + s.dialect.now + ` WHERE ` + late,
			// Whether it runs is not known; if not, it is rescued as from now.
			`UPDATE river_job SET attempted_at = ` + s.dialect.now + ` WHERE ` + running,
			`DELETE` + leader + usurped,
		} {
			if _, err := t.exec(ctx, query); err != nil {
				return err
			}
		}
		return nil
	})
}

// settingRight is SetRight, again and again until stop is called, which waits for its end.
func (s *Store) settingRight(ctx context.Context) (stop func()) {
	ctx, cancel := context.WithCancel(ctx)
	var wg sync.WaitGroup
	wg.Go(func() {
		tick := time.NewTicker(rightEvery)
		defer tick.Stop()
		for {
			if err := s.SetRight(ctx); err != nil && ctx.Err() == nil {
				s.cfg.Logger.ErrorContext(ctx, "looking for jobs of a wrong clock failed", "error", err)
			}
			select {
			case <-ctx.Done():
				return
			case <-tick.C:
			}
		}
	})
	return func() {
		cancel()
		wg.Wait()
	}
}
