package store

import (
	"context"

	"liaison/ticket"
)

// The counters of how often somebody was forgotten, and how many of these times
// AfterForgetting has dealt with.
const (
	forgotten          = "forgotten"
	forgottenElsewhere = "forgotten elsewhere"
)

// AfterForgetting runs do if somebody was forgotten since it was last done, so that
// what is kept outside the database forgets, too. do reports whether it is done; else it
// is run again the next time.
func (s *Store) AfterForgetting(ctx context.Context, do func(context.Context) (done bool, err error)) error {
	var times, before int64
	err := s.view(ctx, func(t *tx) (err error) {
		if times, err = t.counted(ctx, forgotten); err != nil {
			return err
		}
		before, err = t.counted(ctx, forgottenElsewhere)
		return err
	})
	if err != nil || times == before {
		return err
	}
	if done, err := do(ctx); err != nil || !done {
		return err
	}
	return s.update(ctx, func(t *tx) error {
		_, err := t.exec(ctx, `INSERT INTO counter (name, value) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET value = excluded.value`, forgottenElsewhere, times)
		return err
	})
}

// counted is the value of a counter, 0 before it was first used.
func (t *tx) counted(ctx context.Context, counter string) (n int64, err error) {
	err = t.row(ctx, `SELECT value FROM counter WHERE name = $1`, counter).Scan(&n)
	if ticket.CodeOf(err) == ticket.NotFound {
		err = nil
	}
	return n, err
}
