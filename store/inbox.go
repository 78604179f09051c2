package store

import (
	"context"
	"time"

	"liaison/handlers"
	"liaison/relay"
	"liaison/ticket"
)

// maxCause is how much of an error's text is kept, in bytes.
const maxCause = 1000

func short(cause string) string { return cause[:min(len(cause), maxCause)] }

// Receive implements relay.Store.
func (s *Store) Receive(ctx context.Context, m handlers.Message, at time.Time) (added bool, err error) {
	body, err := marshal(m)
	if err != nil {
		return false, err
	}
	err = s.update(ctx, func(t *tx) error {
		// Most repetitions are seen here, without using up a number.
		var id int64
		err := t.row(ctx, `INSERT INTO counter (name, value) SELECT 'inbox', 1 WHERE NOT EXISTS (SELECT 1 FROM inbox WHERE channel = $1 AND key = $2)
				AND NOT EXISTS (SELECT 1 FROM handled WHERE channel = $1 AND key = $2)
			ON CONFLICT (name) DO UPDATE SET value = counter.value + excluded.value RETURNING value`,
			string(m.From.Channel), m.Key).Scan(&id)
		if ticket.CodeOf(err) == ticket.NotFound {
			added = false
			return nil
		}
		if err != nil {
			return err
		}
		n, err := t.exec(ctx, `INSERT INTO inbox (id, channel, key, lane, body, state, attempts, not_before, cause, at)
			VALUES ($1, $2, $3, $4, $5, 'queued', 0, 0, '', $6) ON CONFLICT (channel, key) DO NOTHING`,
			id, string(m.From.Channel), m.Key, m.From.Lane(), body, at)
		added = n > 0
		return err
	})
	return added && err == nil, err
}

// behind is whether others wait in the lane of the row q of the table.
func behind(table string) string {
	return `EXISTS (SELECT 1 FROM ` + table + ` b WHERE b.lane = q.lane AND b.state = 'queued' AND b.id > q.id)`
}

// PendingLanes implements relay.Store. The lane that has waited longest is first.
func (s *Store) PendingLanes(ctx context.Context, now time.Time) ([]string, error) {
	lanes, err := s.lanes(ctx, `SELECT lane, FALSE, not_before FROM inbox WHERE state = 'queued' ORDER BY id`, now, relay.LongestHandleWait)
	names := make([]string, len(lanes))
	for i, l := range lanes {
		names[i] = l.Name
	}
	return names, err
}

// NextInbound implements relay.Store.
func (s *Store) NextInbound(ctx context.Context, lane string, now time.Time) (in relay.Inbound, ok bool, err error) {
	t := s.peek() // the rest of an album is another statement: what arrives in between is only gathered too
	var notBefore time.Time
	err = t.row(ctx, `SELECT q.id, q.body, q.attempts, q.not_before, `+behind("inbox")+`
		FROM inbox q WHERE q.lane = $1 AND q.state = 'queued' ORDER BY q.id LIMIT 1`, lane).
		Scan(&in.ID, jsonText{&in.Message}, &in.Attempts, when{&notBefore}, &in.Behind)
	switch {
	case ticket.CodeOf(err) == ticket.NotFound:
		return relay.Inbound{}, false, nil
	case err != nil, !relay.Due(notBefore, now, relay.LongestHandleWait):
		return relay.Inbound{}, false, err
	case in.Message.Album != "":
		err = t.gather(ctx, lane, &in)
	}
	return in, err == nil, err
}

// maxAlbum is how many messages an album may have; Telegram allows ten.
const maxAlbum = 10

// gather adds the messages that follow in the lane with the same album.
func (t *tx) gather(ctx context.Context, lane string, in *relay.Inbound) error {
	type row struct {
		id int64
		m  handlers.Message
	}
	rows, err := all(ctx, t, func(sc scanner) (r row, err error) {
		return r, sc.Scan(&r.id, jsonText{&r.m})
	}, `SELECT id, body FROM inbox WHERE lane = $1 AND state = 'queued' AND id > $2 ORDER BY id LIMIT $3`, lane, in.ID, maxAlbum-1)
	for _, r := range rows {
		if r.m.Album != in.Message.Album {
			break
		}
		in.Message.Join(r.m)
		in.Also = append(in.Also, r.id)
	}
	return err
}

// finish takes a message and those handled with it out of the queue, and
// reports whether it was waiting there.
func (t *tx) finish(ctx context.Context, in relay.Inbound) (bool, error) {
	for i, id := range append([]int64{in.ID}, in.Also...) {
		n, err := t.exec(ctx, `UPDATE inbox SET state = 'done', body = '', cause = '' WHERE id = $1 AND state = 'queued'`, id)
		if err != nil || i == 0 && n == 0 {
			return false, err
		}
	}
	return true, nil
}

// Handle implements relay.Store. The text of a message that was handled is not
// kept; its key is, for a while, so that it is known when it comes again.
func (s *Store) Handle(ctx context.Context, in relay.Inbound, fn func(handlers.Tx) error) error {
	return s.update(ctx, func(t *tx) error {
		if waiting, err := t.finish(ctx, in); err != nil || !waiting {
			return err
		}
		return fn(t)
	})
}

// PostponeInbound implements relay.Store. A message that is no longer waiting
// is left alone.
func (s *Store) PostponeInbound(ctx context.Context, in relay.Inbound, until time.Time, counted bool, cause string) error {
	return s.update(ctx, func(t *tx) error {
		failed := 0
		if counted {
			failed = 1
		}
		_, err := t.exec(ctx, `UPDATE inbox SET attempts = attempts + $4, not_before = $2, cause = $3 WHERE id = $1 AND state = 'queued'`,
			in.ID, until, short(cause), failed)
		return err
	})
}

// ParkInbound implements relay.Store. A message that is no longer waiting is
// left alone and fn is not run. A nil fn does nothing. An album is kept as one
// message.
func (s *Store) ParkInbound(ctx context.Context, in relay.Inbound, cause string, fn func(handlers.Tx) error) error {
	body, err := marshal(in.Message)
	if err != nil {
		return err
	}
	return s.update(ctx, func(t *tx) error {
		waiting, err := t.finish(ctx, in)
		if err != nil || !waiting {
			return err
		}
		_, err = t.exec(ctx, `UPDATE inbox SET state = 'parked', attempts = $2, cause = $3, body = $4 WHERE id = $1`,
			in.ID, in.Attempts+1, short(cause), body)
		if err != nil || fn == nil {
			return err
		}
		return fn(t)
	})
}

// HandOver gives the messages that wait in the inbox to take, in their order, and
// removes each that it took: the beginning of an inbox elsewhere.
func (s *Store) HandOver(ctx context.Context, take func(handlers.Message) error) (n int, err error) {
	type waiting struct {
		id int64
		m  handlers.Message
	}
	for {
		var batch []waiting
		err := s.view(ctx, func(t *tx) (err error) {
			batch, err = all(ctx, t, func(sc scanner) (w waiting, err error) { return w, sc.Scan(&w.id, jsonText{&w.m}) },
				`SELECT id, body FROM inbox WHERE state = 'queued' ORDER BY id LIMIT 200`)
			return err
		})
		if err != nil || len(batch) == 0 {
			return n, err
		}
		for _, w := range batch {
			if err := take(w.m); err != nil {
				return n, err
			}
			err := s.update(ctx, func(t *tx) error {
				_, err := t.exec(ctx, `DELETE FROM inbox WHERE id = $1 AND state = 'queued'`, w.id)
				return err
			})
			if err != nil {
				return n, err
			}
			n++
		}
	}
}

// HandleOnce runs fn and notes the keys as handled, in one transaction, for a
// message of an inbox outside this database. The first key is the message's own,
// the others are of what came with it; if the first is noted already, here or in
// the inbox, fn is not run.
func (s *Store) HandleOnce(ctx context.Context, ch handlers.Channel, keys []string, at time.Time, fn func(handlers.Tx) error) (first bool, err error) {
	err = s.update(ctx, func(t *tx) error {
		var err error
		if first, err = t.noteHandled(ctx, ch, keys, at); err != nil || !first {
			return err
		}
		return fn(t)
	})
	return first, err
}

// ParkOnce is HandleOnce for a message that is given up; it is kept with its cause.
func (s *Store) ParkOnce(ctx context.Context, in relay.Inbound, keys []string, cause string, at time.Time, fn func(handlers.Tx) error) (first bool, err error) {
	m := in.Message
	body, err := marshal(m)
	if err != nil {
		return false, err
	}
	err = s.update(ctx, func(t *tx) error {
		var err error
		if first, err = t.noteHandled(ctx, m.From.Channel, keys, at); err != nil || !first {
			return err
		}
		if err := fn(t); err != nil {
			return err
		}
		id, err := t.next(ctx, "inbox", 1)
		if err != nil {
			return err
		}
		_, err = t.exec(ctx, `INSERT INTO inbox (id, channel, key, lane, body, state, attempts, not_before, cause, at)
			VALUES ($1, $2, $3, $4, $5, 'parked', $6, 0, $7, $8)`,
			id, string(m.From.Channel), keys[0], m.From.Lane(), body, in.Attempts+1, short(cause), at)
		return err
	})
	return first, err
}

// noteHandled notes the keys and reports whether the first is new.
func (t *tx) noteHandled(ctx context.Context, ch handlers.Channel, keys []string, at time.Time) (bool, error) {
	for i, key := range keys {
		n, err := t.exec(ctx, `INSERT INTO handled (channel, key, at) SELECT CAST($1 AS TEXT), CAST($2 AS TEXT), CAST($3 AS BIGINT)
			WHERE CAST($4 AS BOOLEAN) OR NOT EXISTS (SELECT 1 FROM inbox WHERE channel = $1 AND key = $2 AND state <> 'queued')
			ON CONFLICT (channel, key) DO NOTHING`, string(ch), key, at, i > 0)
		if err != nil || i == 0 && n == 0 {
			return false, err
		}
	}
	return true, nil
}
