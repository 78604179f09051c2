package botapitest

import (
	"context"
	"encoding/json"
	"slices"
	"time"
)

// updateQueue holds what the bot has not confirmed yet. There is one queue,
// read either by getUpdates or by the webhook.
type updateQueue struct {
	next    int64
	pending []queued
	taken   []int64  // what the bot has confirmed, each once
	allowed []string // nil or empty: the default kinds
	poller  *poller  // the getUpdates call in progress
}

type queued struct {
	id   int64
	body json.RawMessage // the whole Update object
}

// poller is one waiting getUpdates call; whoever ends it sets why first.
type poller struct {
	ended chan struct{}
	why   *apiError
}

func (q *updateQueue) endPoller(why *apiError) {
	if q.poller == nil {
		return
	}
	q.poller.why = why
	close(q.poller.ended)
	q.poller = nil
}

// optInKinds must be asked for by name in allowed_updates.
var optInKinds = []string{"chat_member", "message_reaction", "message_reaction_count"}

var updateKinds = append([]string{
	"message", "edited_message", "channel_post", "edited_channel_post", "business_connection", "business_message",
	"edited_business_message", "deleted_business_messages", "inline_query", "chosen_inline_result", "callback_query",
	"shipping_query", "pre_checkout_query", "purchased_paid_media", "poll", "poll_answer", "my_chat_member",
	"chat_join_request", "chat_boost", "removed_chat_boost",
}, optInKinds...)

// pushLocked queues an update of the given kind if the bot asked for the kind.
// Like Telegram it filters when the update happens, not when it is fetched.
func (s *Server) pushLocked(kind string, payload any) {
	q := &s.queue
	if len(q.allowed) == 0 && slices.Contains(optInKinds, kind) {
		return
	}
	if len(q.allowed) > 0 && !slices.Contains(q.allowed, kind) {
		return
	}
	body, err := json.Marshal(map[string]any{"update_id": q.next, kind: payload})
	if err != nil {
		panic("botapitest: encode update: " + err.Error()) // our own types always encode
	}
	q.pending = append(q.pending, queued{id: q.next, body: body})
	q.next++
	s.changedLocked()
}

// pop forgets the first update, which the bot has confirmed.
func (q *updateQueue) pop() {
	id, n := q.pending[0].id, len(q.taken)
	if n == 0 || q.taken[n-1] != id { // a repetition follows what it repeats
		q.taken = append(q.taken, id)
	}
	q.pending = q.pending[1:]
}

// confirm forgets updates below offset; a negative offset keeps only that
// many from the end.
func (q *updateQueue) confirm(offset int64) {
	switch {
	case offset > 0:
		for len(q.pending) > 0 && q.pending[0].id < offset {
			q.pop()
		}
	case offset < 0 && int64(len(q.pending)) > -offset:
		q.pending = q.pending[int64(len(q.pending))+offset:]
	}
}

func (s *Server) setAllowedLocked(p *params) error {
	if !p.has("allowed_updates") {
		return nil
	}
	var kinds []string
	if err := p.json("allowed_updates", &kinds); err != nil {
		return badRequest("can't parse allowed updates list")
	}
	for _, k := range kinds {
		if !slices.Contains(updateKinds, k) {
			s.violateLocked("allowed_updates: unknown update type %q", k)
		}
	}
	s.queue.allowed = kinds
	return nil
}

// getUpdates is the long poll. A second call ends the first one with 409, as
// Telegram does. Updates stay queued until a later offset confirms them.
func (s *Server) getUpdates(ctx context.Context, p *params) (any, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, name := range p.unknown(s.methods["getupdates"].params) {
		s.violateLocked("getUpdates: unknown parameter %q", name)
	}
	if s.hook.url != "" {
		return nil, conflict("can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first")
	}
	q := &s.queue
	offset, limit, seconds := p.int("offset"), p.int("limit"), p.int("timeout")
	if p.has("limit") && (limit < 1 || limit > 100) {
		s.violateLocked("getUpdates: limit %d is not in 1..100", limit)
	}
	if !p.has("limit") {
		limit = 100
	}
	limit = min(max(limit, 1), 100)
	if err := s.setAllowedLocked(p); err != nil {
		return nil, err
	}
	for _, bad := range p.bad {
		s.violateLocked("getUpdates: %s", bad)
	}
	q.endPoller(conflict("terminated by other getUpdates request; make sure that only one bot instance is running"))
	me := &poller{ended: make(chan struct{})}
	q.poller = me
	q.confirm(offset)
	s.changedLocked()

	timer := time.NewTimer(time.Duration(min(max(seconds, 0), 50)) * time.Second)
	defer timer.Stop()
	for expired := seconds <= 0; ; {
		if me.why != nil {
			return nil, me.why
		}
		if n := min(len(q.pending), int(limit)); n > 0 || expired {
			q.poller = nil
			out := make([]json.RawMessage, n)
			for i := range out {
				out[i] = q.pending[i].body
			}
			return out, nil
		}
		changed := s.changed
		s.mu.Unlock()
		select {
		case <-changed:
		case <-me.ended:
		case <-timer.C:
			expired = true
		case <-ctx.Done():
			expired = true // nobody is left to read the answer
		case <-s.ctx.Done():
			expired = true
		}
		s.mu.Lock()
	}
}

// PendingUpdates is the number of updates the bot has not confirmed.
func (s *Server) PendingUpdates() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.queue.pending)
}

// ConfirmedUpdates are the ids of the updates that the bot has confirmed, each once, in
// their order: by asking for what comes after them, or by taking them at its webhook.
func (s *Server) ConfirmedUpdates() []int64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.queue.taken)
}

// PushUpdate queues an update that no person's act here produces, such as an
// inline_query or a kind of a newer Bot API. It is filtered by allowed_updates.
func (s *Server) PushUpdate(kind string, payload any) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.pushLocked(kind, payload)
}

// Polling reports whether a getUpdates call is waiting.
func (s *Server) Polling() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.queue.poller != nil
}

// RepeatUpdate queues the newest update again under the same update_id, as
// Telegram may do after a lost confirmation. It reports false when no update
// is pending.
func (s *Server) RepeatUpdate() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.queue.pending) == 0 {
		return false
	}
	s.queue.pending = append(s.queue.pending, s.queue.pending[len(s.queue.pending)-1])
	s.changedLocked()
	return true
}
