package botapitest

import (
	"context"
	"io"
	"net/http"
	"strings"
	"time"
)

// Fault makes calls go wrong. The zero value of a field means "not this".
type Fault struct {
	// Method is the call to break, in any case. Empty means every method
	// except getUpdates, whose calls come at times the test does not choose.
	// "file" is the download of a file.
	Method string
	// Times is how many calls to break. 0 means one, a negative number all
	// until ClearFaults.
	Times int
	// After lets this many matching calls pass first.
	After int

	// Status answers with this error code instead of carrying the call out.
	Status int
	// RetryAfter, in seconds, goes into the answer's parameters; alone it
	// implies status 429. A further call for the same chat before that time
	// is refused with 429 and recorded as a violation.
	RetryAfter int
	// Description replaces the standard text of the status.
	Description string
	// Garbage answers with an HTML page, as a broken proxy would. Status then
	// is the HTTP status, 502 by default.
	Garbage bool
	// Drop closes the connection without carrying the call out.
	Drop bool
	// DropAfter carries the call out and then closes the connection.
	DropAfter bool
	// Silent takes the call and says nothing, and does not carry it out, until the
	// bot gives up or the server closes. See Hanging.
	Silent bool
	// Delay passes before anything else happens. Alone it only slows the call.
	Delay time.Duration
}

// replaces reports whether the fault answers in place of the method.
func (f *Fault) replaces() bool {
	return f.Status != 0 || f.RetryAfter != 0 || f.Description != "" || f.Garbage || f.Drop || f.Silent
}

// Fail adds a fault. Faults are tried in the order they were added.
func (s *Server) Fail(f Fault) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if f.Times == 0 {
		f.Times = 1
	}
	s.faults = append(s.faults, &f)
}

// ClearFaults removes all faults.
func (s *Server) ClearFaults() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults = nil
}

// PendingFaults is how many calls are still to be broken by faults that break a number
// of them.
func (s *Server) PendingFaults() (n int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, f := range s.faults {
		n += max(f.Times, 0)
	}
	return n
}

// Hanging is how many calls wait for an answer that a Silent fault keeps from them.
func (s *Server) Hanging() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.hanging
}

// hang waits until nobody waits for an answer any more.
func (s *Server) hang(ctx context.Context) {
	count := func(n int) {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.hanging += n
		s.changedLocked()
	}
	count(1)
	select {
	case <-ctx.Done():
	case <-s.ctx.Done():
	}
	count(-1)
}

// takeFault uses up one occurrence of the first fault that applies.
func (s *Server) takeFault(method string) *Fault {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, f := range s.faults {
		if f.Times == 0 || !f.matches(method) {
			continue
		}
		if f.After > 0 {
			f.After--
			continue
		}
		if f.Times > 0 {
			f.Times--
		}
		return f
	}
	return nil
}

// delay waits as long as the fault says, but not past the request or server.
func (s *Server) delay(ctx context.Context, f *Fault) {
	if f == nil || f.Delay <= 0 {
		return
	}
	timer := time.NewTimer(f.Delay)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-ctx.Done():
	case <-s.ctx.Done():
	}
}

func (f *Fault) matches(method string) bool {
	if f.Method == "" {
		return method != "getUpdates"
	}
	return strings.EqualFold(f.Method, method)
}

func (s *Server) answerFault(ctx context.Context, w http.ResponseWriter, rec Call, p *params, f *Fault) {
	rec.Fault = true
	switch {
	case f.Silent:
		s.hang(ctx)
		s.logCall(rec)
		dropConnection(w)
	case f.Drop:
		s.logCall(rec)
		dropConnection(w)
	case f.Garbage:
		rec.Status = http.StatusBadGateway
		if f.Status != 0 {
			rec.Status = f.Status
		}
		s.logCall(rec)
		w.Header().Set("Content-Type", "text/html")
		w.WriteHeader(rec.Status)
		_, _ = io.WriteString(w, "<html><head><title>502 Bad Gateway</title></head><body>nginx</body></html>")
	default:
		s.answer(w, rec, nil, s.faultError(p, f))
	}
}

func (s *Server) faultError(p *params, f *Fault) *apiError {
	e := &apiError{Code: f.Status, Description: f.Description, RetryAfter: f.RetryAfter}
	if e.Code == 0 {
		e.Code = http.StatusInternalServerError
		if f.RetryAfter > 0 {
			e.Code = http.StatusTooManyRequests
		}
	}
	if e.Description == "" {
		e.Description = http.StatusText(e.Code)
		if e.Code == http.StatusTooManyRequests {
			e.Description = tooMany(f.RetryAfter).Description
		}
	}
	if f.RetryAfter > 0 && limitKey(p) != everyChat {
		s.mu.Lock()
		s.limiter.hold(limitKey(p), s.cfg.now().Add(s.scaled(f.RetryAfter)))
		s.mu.Unlock()
	}
	return e
}

// dropConnection cuts the connection without an answer.
func dropConnection(w http.ResponseWriter) {
	if hj, ok := w.(http.Hijacker); ok {
		if conn, _, err := hj.Hijack(); err == nil {
			_ = conn.Close()
			return
		}
	}
	panic(http.ErrAbortHandler)
}
