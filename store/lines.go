package store

import (
	"context"
	"slices"
	"time"

	"liaison/handlers"
	"liaison/ticket"
	"liaison/web"
)

// PutLine implements web.Store. A line to be replaced that is gone, or that is
// another chat's, is said anew: what was to be told is told.
func (s *Store) PutLine(ctx context.Context, chat, key string, edit int64, side web.Side, body handlers.Reply, at time.Time) (id int64, err error) {
	text, err := marshal(body)
	if err != nil {
		return 0, err
	}
	err = s.update(ctx, func(t *tx) error {
		// The counter comes first: it makes calls with one key wait for each other.
		rev, err := t.next(ctx, "line", 1)
		if err != nil {
			return err
		}
		err = t.row(ctx, `SELECT line FROM line_key WHERE chat = $1 AND key = $2`, chat, key).Scan(&id)
		if ticket.CodeOf(err) != ticket.NotFound {
			return err
		}
		id = edit
		n := int64(0)
		if edit != 0 {
			n, err = t.exec(ctx, `UPDATE line SET rev = $3, body = $4 WHERE id = $1 AND chat = $2`, edit, chat, rev, text)
			if err != nil {
				return err
			}
		}
		if n == 0 {
			id = rev
			_, err = t.exec(ctx, `INSERT INTO line (id, rev, chat, side, body, at) VALUES ($1, $1, $2, $3, $4, $5)`,
				id, chat, string(side), text, at)
			if err != nil {
				return err
			}
		}
		t.changed(handlers.LineWritten, chat)
		_, err = t.exec(ctx, `INSERT INTO line_key (chat, key, line) VALUES ($1, $2, $3)`, chat, key, id)
		return err
	})
	return id, err
}

// Lines implements web.Store. A limit of 0 is 100.
func (s *Store) Lines(ctx context.Context, chat string, after int64, limit int) (lines []web.Line, err error) {
	if limit <= 0 {
		limit = 100
	}
	err = s.view(ctx, func(t *tx) error {
		lines, err = all(ctx, t, func(sc scanner) (l web.Line, err error) {
			return l, sc.Scan(&l.ID, &l.Rev, &l.Side, jsonText{&l.Body}, when{&l.At})
		}, `SELECT id, rev, side, body, at FROM line WHERE chat = $1 AND rev > $2 ORDER BY id DESC LIMIT $3`, chat, after, limit)
		return err
	})
	slices.Reverse(lines)
	return lines, err
}
