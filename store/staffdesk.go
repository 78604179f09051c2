package store

import (
	"context"

	"liaison/handlers"
	"liaison/ticket"
)

const quickColumns = `id, station, title, body, actor, at`

func scanQuick(sc scanner) (q handlers.QuickReply, err error) {
	return q, sc.Scan(&q.ID, &q.Station, &q.Title, &q.Text, &q.By, when{&q.At})
}

// QuickReplies implements handlers.QuickReplies.
func (t *tx) QuickReplies(ctx context.Context, stations []string) ([]handlers.QuickReply, error) {
	var w where
	if stations != nil {
		w.in(`station`, append([]any{""}, texts(stations)...))
	}
	return all(ctx, t, scanQuick, `SELECT `+quickColumns+` FROM quick_reply`+w.String()+` ORDER BY station, title, id`, w.args...)
}

// QuickReply implements handlers.QuickReplies.
func (t *tx) QuickReply(ctx context.Context, id int64) (handlers.QuickReply, error) {
	return scanQuick(t.row(ctx, `SELECT `+quickColumns+` FROM quick_reply WHERE id = $1`, id))
}

// SaveQuickReply implements handlers.QuickReplies.
func (t *tx) SaveQuickReply(ctx context.Context, q handlers.QuickReply) (int64, error) {
	args := []any{q.ID, q.Station, q.Title, q.Text, q.By, q.At}
	if q.ID != 0 {
		return q.ID, found(t.exec(ctx, `UPDATE quick_reply SET station = $2, title = $3, body = $4, actor = $5, at = $6 WHERE id = $1`, args...))
	}
	id, err := t.next(ctx, "quick replies", 1)
	if err != nil {
		return 0, err
	}
	args[0] = id
	_, err = t.exec(ctx, `INSERT INTO quick_reply (`+quickColumns+`) VALUES ($1, $2, $3, $4, $5, $6)`, args...)
	return id, err
}

// RemoveQuickReply implements handlers.QuickReplies.
func (t *tx) RemoveQuickReply(ctx context.Context, id int64) error {
	return found(t.exec(ctx, `DELETE FROM quick_reply WHERE id = $1`, id))
}

// SetReplying implements handlers.Writing.
func (t *tx) SetReplying(ctx context.Context, r handlers.Replying) error {
	var before string
	err := t.row(ctx, `SELECT ticket FROM replying WHERE person = $1`, r.Person).Scan(&before)
	if err != nil && ticket.CodeOf(err) != ticket.NotFound {
		return err
	}
	if before != r.Ticket {
		t.changed(handlers.TicketChanged, r.Ticket)
		if before != "" {
			t.changed(handlers.TicketChanged, before)
		}
	}
	_, err = t.exec(ctx, `INSERT INTO replying (person, ticket, at) VALUES ($1, $2, $3)
		ON CONFLICT (person) DO UPDATE SET ticket = excluded.ticket, at = excluded.at`, r.Person, r.Ticket, r.At)
	return err
}

// StopReplying implements handlers.Writing.
func (t *tx) StopReplying(ctx context.Context, person string) (id string, err error) {
	err = t.row(ctx, `DELETE FROM replying WHERE person = $1 RETURNING ticket`, person).Scan(&id)
	if ticket.CodeOf(err) == ticket.NotFound {
		return "", nil
	}
	t.changed(handlers.TicketChanged, id)
	return id, err
}

// Replying implements handlers.Writing.
func (t *tx) Replying(ctx context.Context, id string) ([]handlers.Replying, error) {
	return all(ctx, t, func(sc scanner) (r handlers.Replying, err error) {
		return r, sc.Scan(&r.Person, &r.Ticket, when{&r.At})
	}, `SELECT person, ticket, at FROM replying WHERE ticket = $1 ORDER BY at, person`, id)
}
