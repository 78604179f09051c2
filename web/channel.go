package web

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strconv"
	"sync"

	"liaison/handlers"
	"liaison/relay"
)

// Name implements relay.Channel.
func (s *Server) Name() handlers.Channel { return handlers.Web }

// Deliver implements relay.Channel: the reply becomes a line of the chat, at once
// and whether or not anybody is looking. A second delivery of the same reply
// changes nothing. The acknowledgement of
// a press, with its toast, is shown to those who are looking now and not kept.
func (s *Server) Deliver(ctx context.Context, out relay.Outbound) (relay.Receipt, error) {
	var receipt relay.Receipt
	if !out.Reply.Empty() {
		var edit int64
		if out.Edit != "" {
			var err error
			if edit, err = strconv.ParseInt(out.Edit, 10, 64); err != nil {
				return receipt, relay.Permanent(fmt.Errorf("line to replace: %w", err))
			}
		}
		id, err := s.Store.PutLine(ctx, out.To.Chat, "out:"+strconv.FormatInt(out.ID, 10), edit, Bot, out.Reply, s.Now())
		if err != nil {
			return receipt, err
		}
		receipt.MessageID = strconv.FormatInt(id, 10)
	}
	if out.Reply.Press != "" || out.Reply.Toast != "" {
		s.toasts.show(out.To.Chat, notice{"toast", map[string]string{"text": out.Reply.Toast}})
	}
	return receipt, nil
}

// Preview implements relay.Previewer: the text is shown to those who are looking
// now and not kept. A page that loses its stream shows the kept line again.
func (s *Server) Preview(_ context.Context, to handlers.Address, messageID string, r handlers.Reply) error {
	id, err := strconv.ParseInt(messageID, 10, 64)
	if err != nil {
		return fmt.Errorf("line to preview: %w", err)
	}
	v := viewLine(Line{ID: id, Side: Bot, Body: r})
	s.toasts.show(to.Chat, notice{"draft", map[string]any{"id": v.ID, "text": v.Text}})
	return nil
}

// Fetch implements relay.Channel. Files of the page are stored when they come in,
// so there is never one to fetch.
func (s *Server) Fetch(context.Context, handlers.Upload) (io.ReadCloser, error) {
	return nil, relay.Permanent(errors.New("web: files come in with their message"))
}

// notice is an event that is not kept.
type notice struct {
	event string
	data  any
}

// toasts passes notices to the open event streams of a chat.
type toasts struct {
	mu   sync.Mutex
	open map[string]map[chan notice]bool
}

// listen returns a channel of notices and what ends it.
func (t *toasts) listen(chat string) (<-chan notice, func()) {
	c := make(chan notice, 8)
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.open == nil {
		t.open = make(map[string]map[chan notice]bool)
	}
	if t.open[chat] == nil {
		t.open[chat] = make(map[chan notice]bool)
	}
	t.open[chat][c] = true
	return c, func() {
		t.mu.Lock()
		defer t.mu.Unlock()
		delete(t.open[chat], c)
		if len(t.open[chat]) == 0 {
			delete(t.open, chat)
		}
	}
}

// show never blocks: a page that does not keep up misses a notice.
func (t *toasts) show(chat string, n notice) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for c := range t.open[chat] {
		select {
		case c <- n:
		default:
		}
	}
}
