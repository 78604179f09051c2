package store

import (
	"context"

	"liaison/handlers"
	"liaison/relay"
	"liaison/ticket"
)

// SaveUnreached implements handlers.Reach.
func (t *tx) SaveUnreached(ctx context.Context, u handlers.Unreached) (bool, error) {
	n, err := t.exec(ctx, `INSERT INTO unreached (channel, chat, thread, why, since) VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING`,
		string(u.At.Channel), u.At.Chat, u.At.Thread, string(u.Why), u.Since)
	return n > 0, err
}

// Unreached implements handlers.Reach.
func (t *tx) Unreached(ctx context.Context) ([]handlers.Unreached, error) {
	return all(ctx, t, func(sc scanner) (u handlers.Unreached, err error) {
		return u, sc.Scan(&u.At.Channel, &u.At.Chat, &u.At.Thread, &u.Why, when{&u.Since}, &u.Person)
	}, `SELECT u.channel, u.chat, u.thread, u.why, u.since, coalesce((SELECT min(a.person) FROM account a WHERE a.channel = u.channel AND a.chat = u.chat), '')
		FROM unreached u ORDER BY u.since, u.channel, u.chat, u.thread, u.why`)
}

// reached removes what was noted of the chat for reasons that are its own. They
// are those of handlers.Why.OfChat, here told by what they are not.
func (t *tx) reached(ctx context.Context, ch handlers.Channel, chat string) error {
	_, err := t.exec(ctx, `DELETE FROM unreached WHERE channel = $1 AND chat = $2 AND why NOT IN ($3, $4)`,
		string(ch), chat, string(handlers.WhyNoTopics), string(handlers.WhyNoTopic))
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
