package web

import (
	"context"
	"time"

	"liaison/handlers"
	"liaison/relay"
)

// Line is one line of a visitor's chat as the page shows it.
type Line struct {
	ID   int64          // ascending in the order of the chat
	Rev  int64          // ascending over all lines whenever one is added or replaced
	Side Side           // who said it
	Body handlers.Reply // a visitor's line has text and files only
	At   time.Time
}

// Side is who said a line.
type Side string

// The sides.
const (
	Visitor Side = "visitor"
	Bot     Side = "bot"
)

// Store is what the web keeps besides what the relay and the conversations do.
// Implementations are safe for concurrent use.
type Store interface {
	relay.Store

	// PutLine adds a line to the chat, or replaces the body of line edit when
	// that is not 0, and returns the line's id. A second call with the same key
	// changes nothing and returns the first one's id.
	PutLine(ctx context.Context, chat, key string, edit int64, side Side, body handlers.Reply, at time.Time) (int64, error)
	// Lines returns the chat's lines with a Rev greater than after in the order of
	// ID; when there are more than limit, the newest ones.
	Lines(ctx context.Context, chat string, after int64, limit int) ([]Line, error)
}
