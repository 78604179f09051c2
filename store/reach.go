package store

import (
	"context"
	"time"

	"liaison/handlers"
	"liaison/relay"
	"liaison/ticket"
)

// SaveUnreached implements handlers.Reach.
func (t *tx) SaveUnreached(ctx context.Context, a handlers.Address, why handlers.Why, at time.Time) (bool, error) {
	args := []any{string(a.Channel), a.Chat, a.Thread, string(why), at}
	n, err := t.exec(ctx, `INSERT INTO unreached (channel, chat, thread, why, since, last_at) VALUES ($1, $2, $3, $4, $5, $5) ON CONFLICT DO NOTHING`, args...)
	if err == nil && n == 0 {
		_, err = t.exec(ctx, `UPDATE unreached SET last_at = $5 WHERE channel = $1 AND chat = $2 AND thread = $3 AND why = $4 AND last_at < $5`, args...)
	}
	return n > 0, err
}

// Unreached implements handlers.Reach.
func (t *tx) Unreached(ctx context.Context) ([]handlers.Unreached, error) {
	return all(ctx, t, func(sc scanner) (u handlers.Unreached, err error) {
		return u, sc.Scan(&u.At.Channel, &u.At.Chat, &u.At.Thread, &u.Why, when{&u.Since}, when{&u.Last}, &u.Person)
	}, `SELECT u.channel, u.chat, u.thread, u.why, u.since, u.last_at,
			coalesce((SELECT min(a.person) FROM account a WHERE a.channel = u.channel AND a.chat = u.chat), '')
		FROM unreached u ORDER BY u.since, u.channel, u.chat, u.thread, u.why`)
}

// ofChat selects what was noted of the chat $1, $2 for reasons that are its own.
const ofChat = `channel = $1 AND chat = $2 AND why IN ($3, $4, $5, $6, $7)`

func ofChatArgs(a handlers.Address) []any {
	args := []any{string(a.Channel), a.Chat}
	for _, why := range handlers.ChatWhys {
		args = append(args, string(why))
	}
	return args
}

// LostAt implements handlers.Reach.
func (t *tx) LostAt(ctx context.Context, a handlers.Address) (at time.Time, err error) {
	err = t.row(ctx, `SELECT coalesce(max(last_at), 0) FROM unreached WHERE `+ofChat, ofChatArgs(a)...).Scan(when{&at})
	return at, err
}

// Reached implements handlers.Reach.
func (t *tx) Reached(ctx context.Context, a handlers.Address) error {
	_, err := t.exec(ctx, `DELETE FROM unreached WHERE `+ofChat, ofChatArgs(a)...)
	return err
}

// SaveUnheard implements handlers.Reach.
func (t *tx) SaveUnheard(ctx context.Context, m handlers.Unheard) (bool, error) {
	var known int
	if err := t.row(ctx, `SELECT 1 FROM ticket WHERE id = $1`, m.Ticket).Scan(&known); err != nil {
		return false, err
	}
	n, err := t.exec(ctx, `INSERT INTO unheard (ticket, why, since) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING`, m.Ticket, string(m.Why), m.Since)
	if n > 0 {
		t.changed(handlers.TicketChanged, m.Ticket)
	}
	return n > 0, err
}

func scanUnheard(sc scanner) (m handlers.Unheard, err error) {
	return m, sc.Scan(&m.Ticket, &m.Why, when{&m.Since})
}

// Unheard implements handlers.Reach.
func (t *tx) Unheard(ctx context.Context, person string) ([]handlers.Unheard, error) {
	return all(ctx, t, scanUnheard, `SELECT m.ticket, m.why, m.since FROM unheard m JOIN ticket t ON t.id = m.ticket
		WHERE $1 = '' OR t.requester = $1 ORDER BY m.since, m.ticket`, person)
}

// UnheardOf implements handlers.Reach.
func (t *tx) UnheardOf(ctx context.Context, id string) (m handlers.Unheard, ok bool, err error) {
	m, err = scanUnheard(t.row(ctx, `SELECT ticket, why, since FROM unheard WHERE ticket = $1`, id))
	if ticket.CodeOf(err) == ticket.NotFound {
		return handlers.Unheard{}, false, nil
	}
	return m, err == nil, err
}

// ForgetUnheard implements handlers.Reach.
func (t *tx) ForgetUnheard(ctx context.Context, person string) error {
	ids, err := all(ctx, t, scanString, `DELETE FROM unheard WHERE ticket IN (SELECT id FROM ticket WHERE requester = $1) RETURNING ticket`, person)
	for _, id := range ids {
		t.changed(handlers.TicketChanged, id)
	}
	return err
}

// Topic implements relay.Store.
func (s *Store) Topic(ctx context.Context, a handlers.Address, key string) (tp relay.Topic, ok bool, err error) {
	err = s.view(ctx, func(t *tx) error {
		err := t.row(ctx, `SELECT thread, name, closed FROM topic WHERE channel = $1 AND chat = $2 AND key = $3`,
			string(a.Channel), a.Chat, key).Scan(&tp.Thread, &tp.Name, &tp.Closed)
		if ticket.CodeOf(err) == ticket.NotFound {
			return nil
		}
		ok = err == nil
		return err
	})
	return tp, ok, err
}

// SaveTopic implements relay.Store.
func (s *Store) SaveTopic(ctx context.Context, a handlers.Address, key string, tp relay.Topic) error {
	return s.update(ctx, func(t *tx) error {
		if tp.Thread != 0 {
			_, err := t.exec(ctx, `DELETE FROM unreached WHERE channel = $1 AND chat = $2 AND why = $3`,
				string(a.Channel), a.Chat, string(handlers.WhyNoTopics))
			if err != nil {
				return err
			}
		}
		_, err := t.exec(ctx, `INSERT INTO topic (channel, chat, key, thread, name, closed) VALUES ($1, $2, $3, $4, $5, $6)
			ON CONFLICT (channel, chat, key) DO UPDATE SET thread = excluded.thread, name = excluded.name, closed = excluded.closed`,
			string(a.Channel), a.Chat, key, tp.Thread, tp.Name, tp.Closed)
		return err
	})
}

// ForgetTopic implements relay.Store.
func (s *Store) ForgetTopic(ctx context.Context, a handlers.Address, key string) error {
	return s.update(ctx, func(t *tx) error {
		_, err := t.exec(ctx, `DELETE FROM topic WHERE channel = $1 AND chat = $2 AND key = $3`, string(a.Channel), a.Chat, key)
		return err
	})
}
