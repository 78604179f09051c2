package botapitest

import (
	"fmt"
	"slices"
	"time"
)

// Call is one request of the bot, recorded when it was answered.
type Call struct {
	Method      string            `json:"method"`
	Params      map[string]string `json:"params"` // JSON-serialised values as sent
	Files       map[string]int    `json:"files"`  // attached files: field name and size in bytes
	Time        time.Time         `json:"time"`   // when the request arrived
	Status      int               `json:"status"` // 0 when the connection was dropped without carrying the call out
	Description string            `json:"description,omitempty"`
	Fault       bool              `json:"fault,omitempty"` // a Fault decided the answer
}

func (s *Server) logCall(c Call) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.calls = append(s.calls, c)
	s.changedLocked()
}

// Calls returns the answered calls, oldest first; with names, only those
// methods.
func (s *Server) Calls(names ...string) []Call {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.callsLocked(names)
}

func (s *Server) callsLocked(names []string) []Call {
	var out []Call
	for _, c := range s.calls {
		if len(names) == 0 || slices.Contains(names, c.Method) {
			out = append(out, c)
		}
	}
	return out
}

// Count returns how many Calls would return, without the cost of their copies.
func (s *Server) Count(names ...string) (n int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, c := range s.calls {
		if len(names) == 0 || slices.Contains(names, c.Method) {
			n++
		}
	}
	return n
}

// Violations lists what the bot did that Telegram would let pass but a careful
// bot must not do. Tests assert that it is empty.
func (s *Server) Violations() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.violations)
}

func (s *Server) violateLocked(format string, args ...any) {
	s.violations = append(s.violations, fmt.Sprintf(format, args...))
}
