package store

import (
	"context"
	"errors"
	"fmt"
	"hash/fnv"
	"io"
	"maps"
	"slices"
	"time"

	"liaison/handlers"
	"liaison/relay"
	"liaison/ticket"
	"liaison/trace"
)

// queued is a reply that Send has taken and flushReplies writes.
type queued struct {
	to    handlers.Address
	reply handlers.Reply
}

// Send implements handlers.Tx.
func (t *tx) Send(ctx context.Context, to handlers.Address, r handlers.Reply) error {
	if err := t.writable(); err != nil {
		return err
	}
	if to.Channel == "" || to.Chat == "" {
		return errors.New("store: reply without an address")
	}
	if r.Trace == "" {
		r.Trace = trace.Carry(ctx)
	}
	t.replies = append(t.replies, queued{to, r})
	return nil
}

// flushReplies writes the replies that were held back, in their order.
func (t *tx) flushReplies(ctx context.Context) error {
	replies := t.replies
	t.replies = nil
	if len(replies) == 0 {
		return nil
	}
	take, err := t.numbers(ctx, replies)
	if err != nil {
		return err
	}
	for _, q := range replies {
		body, err := marshal(q.reply)
		if err != nil {
			return err
		}
		_, err = t.exec(ctx, `INSERT INTO outbox (id, channel, chat, thread, lane, body, part, state, attempts, not_before, cause, done_at, bulk)
			VALUES ($1, $2, $3, $4, $5, $6, 0, 'queued', 0, 0, '', 0, $7)`,
			take(q), string(q.to.Channel), q.to.Chat, q.to.Thread, q.to.Lane(), body, q.reply.Bulk)
		if err != nil {
			return err
		}
		t.changed(handlers.ReplyQueued, q.to.Lane())
	}
	return nil
}

// outboxParts is how many counters number the outbox. Writers of one lane wait for each
// other, so that its numbers are committed in their order; writers of different ones
// hardly ever do, even where hundreds write at once. With fewer parts the numbers of a
// lane would no longer ascend.
const outboxParts = 1024

func (q queued) part() int64 {
	h := fnv.New32a()
	io.WriteString(h, q.to.Lane()) // never fails
	return int64(h.Sum32() % outboxParts)
}

// numbers raises the counters and returns what takes the number of each reply, in their
// order. A part counts milliseconds since 1970, so that lanes of different parts are in
// the order of time, as far as the clock is right; within a part numbers only ascend.
func (t *tx) numbers(ctx context.Context, replies []queued) (take func(queued) int64, err error) {
	count := make(map[int64]int64)
	for _, q := range replies {
		count[q.part()]++
	}
	next := make(map[int64]int64)
	for _, part := range slices.Sorted(maps.Keys(count)) { // in one order, or two writers could wait for each other
		var last int64
		err := t.row(ctx, `INSERT INTO counter (name, value) VALUES ($1, $2)
			ON CONFLICT (name) DO UPDATE SET value = CASE WHEN counter.value + $3 < excluded.value THEN excluded.value ELSE counter.value + $3 END
			RETURNING value`, fmt.Sprint("outbox ", part), t.store.cfg.Now(), count[part]).Scan(&last)
		if err != nil {
			return nil, err
		}
		next[part] = (last-count[part]+1)*outboxParts + part
	}
	return func(q queued) int64 {
		part := q.part()
		defer func() { next[part] += outboxParts }()
		return next[part]
	}, nil
}

// OutboundLanes implements relay.Store. Of lanes that are alike the one that has
// waited longest is first.
func (s *Store) OutboundLanes(ctx context.Context, now time.Time) ([]relay.Lane, error) {
	return s.lanes(ctx, `SELECT lane, bulk <> '', not_before FROM outbox WHERE state = 'queued' ORDER BY id`, now, relay.LongestDeliverWait)
}

// lanes makes lanes of a query for what waits in them: lane, whether it is bulk, and not
// before when. The first of a lane says whether the lane is due. To put them together here
// costs less than half of what it takes either database.
func (s *Store) lanes(ctx context.Context, query string, now time.Time, longest time.Duration) ([]relay.Lane, error) {
	type line struct {
		relay.Lane
		notBefore time.Time
	}
	lines, err := all(ctx, s.peek(), func(sc scanner) (l line, err error) {
		return l, sc.Scan(&l.Name, &l.Bulk, when{&l.notBefore})
	}, query)
	due := make([]relay.Lane, 0, len(lines))
	at := make(map[string]int, len(lines)) // in due; -1 is not due
	for _, l := range lines {
		i, known := at[l.Name]
		switch {
		case known && i >= 0:
			due[i].Bulk = due[i].Bulk && l.Bulk
		case known:
		case relay.Due(l.notBefore, now, longest):
			at[l.Name] = len(due)
			due = append(due, l.Lane)
		default:
			at[l.Name] = -1
		}
	}
	slices.SortStableFunc(due, func(a, b relay.Lane) int {
		switch {
		case a.Bulk == b.Bulk:
			return 0
		case b.Bulk:
			return -1
		}
		return 1
	})
	return due, err
}

// NextOutbound implements relay.Store.
func (s *Store) NextOutbound(ctx context.Context, lane string, now time.Time) (out relay.Outbound, ok bool, err error) {
	var notBefore time.Time
	err = s.peek().row(ctx, `SELECT q.id, q.channel, q.chat, q.thread, q.body, q.part, q.attempts, q.not_before, `+behind("outbox")+`
		FROM outbox q WHERE q.lane = $1 AND q.state = 'queued' ORDER BY q.id LIMIT 1`, lane).
		Scan(&out.ID, &out.To.Channel, &out.To.Chat, &out.To.Thread, jsonText{&out.Reply}, &out.Part, &out.Attempts, when{&notBefore}, &out.Behind)
	switch {
	case ticket.CodeOf(err) == ticket.NotFound:
		return relay.Outbound{}, false, nil
	case err != nil, !relay.Due(notBefore, now, relay.LongestDeliverWait):
		return relay.Outbound{}, false, err
	}
	return out, true, nil
}

// Delivered implements relay.Store. A part that was recorded before is left
// alone. Of a reply that only acknowledged a button nothing is kept. A chat that
// took a message is no longer one that takes none.
func (s *Store) Delivered(ctx context.Context, out relay.Outbound, messageIDs []string, done bool, at time.Time) error {
	return s.update(ctx, func(t *tx) error {
		// The row knows better than out where the chat is by now; out knows the topic.
		a := handlers.Address{Thread: out.To.Thread}
		var lost bool
		err := t.row(ctx, `UPDATE outbox SET part = part + 1, attempts = 0, not_before = 0, cause = '',
				state = CASE WHEN $3 THEN 'done' ELSE state END, done_at = CASE WHEN $3 THEN $4 ELSE done_at END
			WHERE id = $1 AND part = $2 AND state = 'queued'
			RETURNING channel, chat, EXISTS (SELECT 1 FROM unreached u WHERE u.channel = outbox.channel AND u.chat = outbox.chat)`,
			out.ID, out.Part, done, at).Scan(&a.Channel, &a.Chat, &lost)
		if ticket.CodeOf(err) == ticket.NotFound {
			return nil
		}
		if err != nil {
			return err
		}
		for _, messageID := range messageIDs {
			if out.Reply.Passing {
				break
			}
			_, err := t.exec(ctx, `INSERT INTO sent (channel, chat, message_id, thread, ref, outbox_id, part, at)
				VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
				ON CONFLICT (channel, chat, message_id) DO UPDATE SET thread = excluded.thread, ref = excluded.ref,
					outbox_id = excluded.outbox_id, part = excluded.part, at = excluded.at`,
				string(a.Channel), a.Chat, messageID, a.Thread, out.Reply.Ref, out.ID, out.Part, at)
			if err != nil {
				return err
			}
		}
		if lost && len(messageIDs) > 0 {
			if err := t.Reached(ctx, a); err != nil {
				return err
			}
		}
		if done && (out.Reply.Empty() || out.Reply.Passing) {
			_, err = t.exec(ctx, `DELETE FROM outbox WHERE id = $1`, out.ID)
		}
		return err
	})
}

// PostponeOutbound implements relay.Store. A reply that is no longer waiting is
// left alone.
func (s *Store) PostponeOutbound(ctx context.Context, id int64, until time.Time, counted bool, cause string) error {
	failed := 0
	if counted {
		failed = 1
	}
	return s.update(ctx, func(t *tx) error {
		_, err := t.exec(ctx, `UPDATE outbox SET attempts = attempts + $2, not_before = $3, cause = $4 WHERE id = $1 AND state = 'queued'`,
			id, failed, until, short(cause))
		return err
	})
}

// FailOutbound implements relay.Store. A reply that is no longer waiting is left
// alone and fn is not run. A nil fn does nothing.
func (s *Store) FailOutbound(ctx context.Context, id int64, cause string, at time.Time, fn func(handlers.Tx) error) error {
	return s.update(ctx, func(t *tx) error {
		n, err := t.exec(ctx, `UPDATE outbox SET state = 'failed', cause = $2, done_at = $3 WHERE id = $1 AND state = 'queued'`,
			id, short(cause), at)
		if err != nil || n == 0 {
			return err
		}
		_, err = t.exec(ctx, `DELETE FROM outbox WHERE id = $1 AND body LIKE '%"passing":true%'`, id)
		if err != nil || fn == nil {
			return err
		}
		return fn(t)
	})
}

// RefOf implements relay.Store.
func (s *Store) RefOf(ctx context.Context, a handlers.Address, messageID string) (string, error) {
	return s.lookup(ctx, `SELECT coalesce((SELECT ref FROM sent WHERE channel = $1 AND chat = $2 AND message_id = $3), $4)`,
		string(a.Channel), a.Chat, messageID, handlers.RefUnknown)
}

// LastMessage implements relay.Store. Of a reply in several parts it is the last.
func (s *Store) LastMessage(ctx context.Context, a handlers.Address, ref string) (string, error) {
	if ref == "" {
		return "", nil
	}
	return s.lookup(ctx, `SELECT message_id FROM sent WHERE channel = $1 AND chat = $2 AND ref = $3 AND thread = $4
		ORDER BY outbox_id DESC, part DESC LIMIT 1`, string(a.Channel), a.Chat, ref, a.Thread)
}

// lookup returns the text that the query selects, "" for no row.
func (s *Store) lookup(ctx context.Context, query string, args ...any) (text string, err error) {
	err = s.peek().row(ctx, query, args...).Scan(&text)
	if ticket.CodeOf(err) == ticket.NotFound {
		return "", nil
	}
	return text, err
}
