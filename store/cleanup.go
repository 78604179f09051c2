package store

import (
	"context"
	"fmt"
	"time"

	"liaison/handlers"
)

const day = 24 * time.Hour

// retention is how long what has served its purpose is kept.
var retention = []struct {
	table string
	old   string // the condition; $1 is the moment before which things go
	keep  time.Duration
}{
	// That the state is not queued is said for the partial indexes. Only keys are
	// left of the first; a page may repeat a message that it could not send for days.
	{"inbox", `state <> 'queued' AND state = 'done' AND at < $1`, 90 * day},
	{"inbox", `state <> 'queued' AND state = 'parked' AND at < $1`, 90 * day},
	{"handled", `at < $1`, 90 * day},
	{"outbox", `state <> 'queued' AND state = 'done' AND done_at < $1`, 30 * day},
	{"outbox", `state <> 'queued' AND state = 'failed' AND done_at < $1`, 90 * day},
	{"sent", `at < $1`, 365 * day}, // so long an answer to an old message is understood
	{"code", `expires_at < $1`, 0},
	{"session", `expires_at < $1`, 0},
	{"conversation", `at < $1`, 90 * day},
	{"replying", `at < $1`, day},
	{"line", `at < $1`, 90 * day},
	{"absence", `until > 0 AND until < $1`, 0},
	{"helped", `at < $1`, 30 * day},
}

// cleanupBatch is how many rows go at once: so few that a transaction is over in much
// less than the silence that PostgreSQL is allowed, and writers of SQLite need not wait.
const cleanupBatch = 5000

// Cleanup removes what is no longer needed. RunJobs calls it every hour. Cases,
// their history, people and gaps stay.
func (s *Store) Cleanup(ctx context.Context, now time.Time) error {
	for _, r := range retention {
		if err := s.clean(ctx, r.table, r.old, now.Add(-r.keep)); err != nil {
			return err
		}
	}
	// Dates on the roster that have passed; days of the week stay.
	return s.clean(ctx, "duty", `length(day) > 1 AND day < $1`, string(handlers.DayOf(now)))
}

// clean removes the old rows of the table, a batch after the other: what is gone stays so
// when a later one fails.
func (s *Store) clean(ctx context.Context, table, old string, before any) error {
	query := fmt.Sprintf(`DELETE FROM %[1]s WHERE %[2]s IN (SELECT %[2]s FROM %[1]s WHERE %[3]s LIMIT %[4]d)`, table, s.dialect.rowID, old, cleanupBatch)
	for {
		var n int64
		err := s.update(ctx, func(t *tx) (err error) {
			n, err = t.exec(ctx, query, before)
			return err
		})
		if err != nil {
			return fmt.Errorf("clean %s: %w", table, err)
		}
		if n < cleanupBatch {
			return nil
		}
	}
}
