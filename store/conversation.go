package store

import (
	"context"
	"time"

	"liaison/handlers"
	"liaison/ticket"
)

// Conversation implements handlers.Tx.
func (t *tx) Conversation(ctx context.Context, key string) (state []byte, err error) {
	err = t.row(ctx, `SELECT state FROM conversation WHERE key = $1`, key).Scan(&state)
	if ticket.CodeOf(err) == ticket.NotFound {
		return nil, nil
	}
	return state, err
}

// SaveConversation implements handlers.Tx.
func (t *tx) SaveConversation(ctx context.Context, key string, state []byte, at time.Time) error {
	if state == nil {
		_, err := t.exec(ctx, `DELETE FROM conversation WHERE key = $1`, key)
		return err
	}
	_, err := t.exec(ctx, `INSERT INTO conversation (key, state, at) VALUES ($1, $2, $3)
		ON CONFLICT (key) DO UPDATE SET state = excluded.state, at = excluded.at`, key, state, at)
	return err
}

// MoveChat implements handlers.Tx. The thread of either address is ignored: a
// chat moves with its threads.
func (t *tx) MoveChat(ctx context.Context, from, to handlers.Address) error {
	if from.Lane() == to.Lane() {
		return nil
	}
	if err := t.flushReplies(ctx); err != nil {
		return err
	}
	args := []any{string(from.Channel), from.Chat, string(to.Channel), to.Chat}
	for _, s := range []struct {
		query string
		args  []any
	}{
		{`UPDATE outbox SET channel = $3, chat = $4, lane = $5 WHERE channel = $1 AND chat = $2 AND state = 'queued'`, append(args[:4:4], to.Lane())},
		// Message ids begin anew in the new chat: there an old one would name
		// somebody else's message.
		{`DELETE FROM sent WHERE channel = $1 AND chat = $2`, args[:2:2]},
		{`DELETE FROM topic WHERE channel = $1 AND chat = $2`, args[:2:2]},
		{`DELETE FROM unreached WHERE channel = $1 AND chat = $2`, args[:2:2]},
		// An account stays with its channel, whatever its chat is.
		{`UPDATE account SET chat = $3 WHERE channel = $1 AND chat = $2`, []any{args[0], args[1], args[3]}},
		// The new chat is where messages go now, even if it was moved away once:
		// that keeps the moves free of circles.
		{`DELETE FROM chat_move WHERE channel = $1 AND chat = $2`, args[2:]},
		{`INSERT INTO chat_move (channel, chat, to_channel, to_chat) VALUES ($1, $2, $3, $4)
			ON CONFLICT (channel, chat) DO UPDATE SET to_channel = excluded.to_channel, to_chat = excluded.to_chat`, args},
	} {
		if _, err := t.exec(ctx, s.query, append([]any(nil), s.args...)...); err != nil {
			return err
		}
	}
	return nil
}

// Moved implements handlers.Tx.
func (t *tx) Moved(ctx context.Context, a handlers.Address) (handlers.Address, error) {
	for {
		to := a
		err := t.row(ctx, `SELECT to_channel, to_chat FROM chat_move WHERE channel = $1 AND chat = $2`,
			string(a.Channel), a.Chat).Scan(&to.Channel, &to.Chat)
		if ticket.CodeOf(err) == ticket.NotFound {
			return a, nil
		}
		if err != nil {
			return a, err
		}
		a = to
	}
}
