package store

import (
	"context"
	"fmt"
	"time"

	"liaison/handlers"
	"liaison/ticket"
)

// ParkedMessages implements handlers.Parked.
func (t *tx) ParkedMessages(ctx context.Context, limit int) ([]handlers.ParkedMessage, error) {
	return all(ctx, t, func(sc scanner) (p handlers.ParkedMessage, err error) {
		var cause string
		err = sc.Scan(&p.Number, &p.Channel, &p.Attempts, &cause, when{&p.At})
		p.Cause = handlers.CauseOf(cause)
		return p, err
	}, `SELECT id, channel, attempts, cause, at FROM inbox WHERE state = 'parked' ORDER BY id LIMIT $1`, limit)
}

// CountParked implements handlers.Parked.
func (t *tx) CountParked(ctx context.Context) (n int, err error) {
	return n, t.row(ctx, `SELECT count(*) FROM inbox WHERE state = 'parked'`).Scan(&n)
}

// RetryParked implements handlers.Parked. What comes again is a message of its own
// with a key of its own: the key that was given up is known to be, here and in Redis,
// and whichever inbox is in use takes the new one.
func (t *tx) RetryParked(ctx context.Context, number int64) error {
	var m handlers.Message
	err := t.row(ctx, `SELECT body FROM inbox WHERE id = $1 AND state = 'parked'`, number).Scan(jsonText{&m})
	if err != nil {
		return err
	}
	if err := t.unpark(ctx, number); err != nil {
		return err
	}
	for i := range m.Files { // perhaps it can be had now
		if m.Files[i].Problem == handlers.Unfetched {
			m.Files[i].Problem = ""
		}
	}
	m.Key += fmt.Sprintf(":again%d", number)
	body, err := marshal(m)
	if err != nil {
		return err
	}
	id, err := t.next(ctx, "inbox", 1)
	if err != nil {
		return err
	}
	_, err = t.exec(ctx, `INSERT INTO inbox (id, channel, key, lane, body, state, attempts, not_before, cause, at)
		VALUES ($1, $2, $3, $4, $5, 'queued', 0, 0, '', $6)`,
		id, string(m.From.Channel), m.Key, m.From.Lane(), body, t.store.cfg.Now())
	return err
}

// SetAside implements handlers.Parked.
func (t *tx) SetAside(ctx context.Context, number int64) error { return t.unpark(ctx, number) }

// unpark makes a parked message one that nothing is left to do about: its key stays
// known, its text goes.
func (t *tx) unpark(ctx context.Context, number int64) error {
	n, err := t.exec(ctx, `UPDATE inbox SET state = 'done', body = '', cause = '' WHERE id = $1 AND state = 'parked'`, number)
	if err == nil && n == 0 {
		return &ticket.Error{Code: ticket.NotFound}
	}
	return err
}

// RemindParked implements handlers.Parked.
func (t *tx) RemindParked(ctx context.Context, day time.Time) (bool, error) {
	return t.note(ctx, "parked told", day)
}

// note keeps the latest moment of something, and reports whether this one is later
// than what was kept.
func (t *tx) note(ctx context.Context, name string, at time.Time) (bool, error) {
	n, err := t.exec(ctx, `INSERT INTO counter (name, value) VALUES ($1, $2)
		ON CONFLICT (name) DO UPDATE SET value = excluded.value WHERE counter.value < excluded.value`, name, at)
	return n > 0, err
}

// noted returns the moment that note has kept, zero when there is none.
func (t *tx) noted(ctx context.Context, name string) (at time.Time, err error) {
	err = t.row(ctx, `SELECT value FROM counter WHERE name = $1`, name).Scan(when{&at})
	if ticket.CodeOf(err) == ticket.NotFound {
		return time.Time{}, nil
	}
	return at, err
}
