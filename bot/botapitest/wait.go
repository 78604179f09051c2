package botapitest

import (
	"fmt"
	"strings"
	"time"
)

// BotMessages returns what the bot wrote in a chat and did not delete, as it
// stands now, oldest first, without service messages.
func (s *Server) BotMessages(room Room) []Message {
	return s.messages(room.ChatID(), func(m *Message) bool { return m.From.ID == s.bot.ID && !m.service() })
}

// History returns every message of a chat, people's too, oldest first.
func (s *Server) History(room Room) []Message {
	return s.messages(room.ChatID(), func(*Message) bool { return true })
}

func (s *Server) messages(room int64, keep func(*Message) bool) []Message {
	s.mu.Lock()
	defer s.mu.Unlock()
	var out []Message
	if c := s.chats[room]; c != nil {
		for _, m := range c.messages {
			if keep(m) {
				out = append(out, c.view(m))
			}
		}
	}
	return out
}

// Contains matches messages whose text or caption has part in it.
func Contains(part string) func(Message) bool {
	return func(m Message) bool { return strings.Contains(m.Body(), part) }
}

// After matches messages newer than prev that match; a nil match takes any.
func After(prev Message, match func(Message) bool) func(Message) bool {
	return func(m Message) bool { return m.ID > prev.ID && (match == nil || match(m)) }
}

// WaitMessage waits until the bot has written, or edited, a message in the
// chat that matches, and returns the first such. When none comes in time the
// test fails with the conversation and the last calls.
func (s *Server) WaitMessage(tb TB, room Room, match func(Message) bool) Message {
	tb.Helper()
	var found Message
	s.waitFor(tb, "a matching message", room, func() bool {
		for _, m := range s.BotMessages(room) {
			if match == nil || match(m) {
				found = m
				return true
			}
		}
		return false
	})
	return found
}

// WaitCall waits until a call of the method was answered that matches; a nil
// match takes any.
func (s *Server) WaitCall(tb TB, method string, match func(Call) bool) Call {
	tb.Helper()
	var found Call
	s.waitFor(tb, "a matching call of "+method, nil, func() bool {
		for _, c := range s.Calls(method) {
			if match == nil || match(c) {
				found = c
				return true
			}
		}
		return false
	})
	return found
}

// WaitConfirmed waits until the bot has confirmed every update.
func (s *Server) WaitConfirmed(tb TB) {
	tb.Helper()
	s.waitFor(tb, "all updates to be confirmed", nil, func() bool { return s.PendingUpdates() == 0 })
}

// Wait waits for any condition over the server's state, tried again after
// each change of it.
func (s *Server) Wait(tb TB, what string, ok func() bool) {
	tb.Helper()
	s.waitFor(tb, what, nil, ok)
}

func (s *Server) waitFor(tb TB, what string, room Room, ok func() bool) {
	tb.Helper()
	if !s.until(s.cfg.wait, ok) {
		tb.Fatalf("botapitest: waited %v for %s\n%s", s.cfg.wait, what, s.dump(room))
	}
}

// until runs ok after every change until it holds; false when time runs out.
func (s *Server) until(timeout time.Duration, ok func() bool) bool {
	timer := time.NewTimer(timeout)
	defer timer.Stop()
	for {
		s.mu.Lock()
		changed := s.changed
		s.mu.Unlock()
		if ok() {
			return true
		}
		select {
		case <-changed:
		case <-timer.C:
			return ok()
		case <-s.ctx.Done():
			return ok()
		}
	}
}

// dump describes a conversation and the last calls, for a failing test.
func (s *Server) dump(room Room) string {
	var b strings.Builder
	if room != nil {
		fmt.Fprintf(&b, "chat %d:\n", room.ChatID())
		for _, m := range s.History(room) {
			who := "bot"
			if !m.From.IsBot {
				who = m.From.FirstName
			}
			fmt.Fprintf(&b, "  %d %s: %q %q\n", m.ID, who, m.Body(), m.Buttons())
		}
	}
	calls := s.Calls()
	if len(calls) > 20 {
		calls = calls[len(calls)-20:]
	}
	b.WriteString("last calls:\n")
	for _, c := range calls {
		fmt.Fprintf(&b, "  %s %d %s\n", c.Method, c.Status, c.Description)
	}
	fmt.Fprintf(&b, "pending updates: %d\n", s.PendingUpdates())
	for _, v := range s.Violations() {
		fmt.Fprintf(&b, "violation: %s\n", v)
	}
	return b.String()
}
