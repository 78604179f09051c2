package store

import (
	"context"
	"time"

	"liaison/handlers"
)

const day = 24 * time.Hour

// retention is how long what has served its purpose is kept.
var retention = []struct {
	query string // $1 is the moment before which things go
	keep  time.Duration
}{
	// That the state is not queued is said for the partial indexes. Only keys are
	// left of the first; a page may repeat a message that it could not send for days.
	{`DELETE FROM inbox WHERE state <> 'queued' AND state = 'done' AND at < $1`, 90 * day},
	{`DELETE FROM inbox WHERE state <> 'queued' AND state = 'parked' AND at < $1`, 90 * day},
	{`DELETE FROM handled WHERE at < $1`, 90 * day},
	{`DELETE FROM outbox WHERE state <> 'queued' AND state = 'done' AND done_at < $1`, 30 * day},
	{`DELETE FROM outbox WHERE state <> 'queued' AND state = 'failed' AND done_at < $1`, 90 * day},
	{`DELETE FROM sent WHERE at < $1`, 365 * day}, // so long an answer to an old message is understood
	{`DELETE FROM code WHERE expires_at < $1`, 0},
	{`DELETE FROM session WHERE expires_at < $1`, 0},
	{`DELETE FROM conversation WHERE at < $1`, 90 * day},
	{`DELETE FROM replying WHERE at < $1`, day},
	{`DELETE FROM line WHERE at < $1`, 90 * day},
	{`DELETE FROM absence WHERE until > 0 AND until < $1`, 0},
	{`DELETE FROM helped WHERE at < $1`, 30 * day},
}

// Cleanup removes what is no longer needed. RunJobs calls it every hour. Cases,
// their history, people and gaps stay.
func (s *Store) Cleanup(ctx context.Context, now time.Time) error {
	clean := func(query string, before any) error {
		return s.update(ctx, func(t *tx) error {
			_, err := t.exec(ctx, query, before)
			return err
		})
	}
	for _, r := range retention {
		if err := clean(r.query, now.Add(-r.keep)); err != nil {
			return err
		}
	}
	// Dates on the roster that have passed; days of the week stay.
	return clean(`DELETE FROM duty WHERE length(day) > 1 AND day < $1`, string(handlers.DayOf(now)))
}
