package web

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"net/http"
	"runtime/debug"
	"strconv"
	"strings"
	"time"

	"liaison/handlers"
	"liaison/ticket"
)

// handler answers a request or returns why it could not. After it has begun to
// write the answer it returns nil.
type handler func(w http.ResponseWriter, r *http.Request) error

// errNoVisitor: the request does not carry the visitor's cookie.
var errNoVisitor = errors.New("no visitor cookie")

// errNoSession: the request does not carry the cookie of a living session.
var errNoSession = errors.New("no staff session")

// tooMany says that the client asks too often.
type tooMany struct{ after time.Duration }

func (e *tooMany) Error() string { return fmt.Sprintf("too many requests, wait %v", e.after) }

// problem is an error as the pages get it.
type problem struct {
	Code       string       `json:"code"`
	Message    string       `json:"message"`
	Field      string       `json:"field,omitempty"`
	State      ticket.State `json:"state,omitempty"`
	RetryAfter int          `json:"retry_after,omitempty"` // seconds
	// Changes are what others did to a case, and Version is the case's after that.
	Changes []changeView `json:"changes,omitempty"`
	Version int64        `json:"version,omitempty"`
}

// serve wraps a handler: it recovers from a panic, logs what is our fault, and
// turns an error into an answer.
func (s *Server) serve(h handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		defer func() {
			if p := recover(); p != nil {
				if p == http.ErrAbortHandler {
					panic(p)
				}
				s.fail(w, r, fmt.Errorf("panic: %v\n%s", p, debug.Stack()))
			}
		}()
		if !askable(r) {
			s.fail(w, r, invalid("form"))
			return
		}
		if err := h(w, r); err != nil {
			s.fail(w, r, err)
		}
	})
}

func (s *Server) fail(w http.ResponseWriter, r *http.Request, err error) {
	if r.Context().Err() != nil {
		return // nobody is there to read it, and the error is most likely that
	}
	lang := langOf(r)
	status, p := describe(err, lang)
	if status == http.StatusInternalServerError {
		s.Logger.ErrorContext(r.Context(), "request failed", "method", r.Method, "route", r.Pattern, "error", err)
	}
	if p.RetryAfter > 0 {
		w.Header().Set("Retry-After", strconv.Itoa(p.RetryAfter))
	}
	if strings.HasPrefix(r.URL.Path, "/api/") {
		s.send(w, r, status, p)
		return
	}
	title := word(lang, "page_"+strconv.Itoa(status))
	if title == "" {
		title = p.Message
	}
	err = s.servePage(w, r, status, "problem.html", map[string]any{
		"Lang": map[string]string{"zh": "zh-CN", "en": "en"}[lang], "Status": status,
		"Title": title, "Home": word(lang, "page_home"),
	})
	if err != nil {
		s.Logger.ErrorContext(r.Context(), "problem page failed", "error", err)
		w.WriteHeader(http.StatusInternalServerError)
	}
}

// describe returns the status and the words for an error.
func describe(err error, lang string) (int, problem) {
	var many *tooMany
	var large *http.MaxBytesError
	switch {
	case errors.Is(err, errNoVisitor):
		return http.StatusUnauthorized, problem{Code: "no_visitor", Message: word(lang, "no_visitor")}
	case errors.Is(err, errNoSession):
		return http.StatusUnauthorized, problem{Code: "no_session", Message: word(lang, "no_session")}
	case errors.As(err, &many):
		seconds := max(1, int(math.Ceil(many.after.Seconds())))
		return http.StatusTooManyRequests, problem{
			Code: "too_many", Message: fmt.Sprintf(word(lang, "too_many"), seconds), RetryAfter: seconds,
		}
	case errors.As(err, &large):
		return http.StatusRequestEntityTooLarge, problem{Code: "too_large", Message: word(lang, "invalid_size"), Field: "size"}
	}
	code := ticket.CodeOf(err)
	p := problem{Code: string(code), Message: word(lang, string(code))}
	var coded *ticket.Error
	if errors.As(err, &coded) {
		p.Field, p.State = coded.Field, coded.State
		if special := word(lang, string(code)+"_"+coded.Field); special != "" {
			p.Message = special
		}
		var nobody *handlers.CannotTake
		if errors.As(err, &nobody) {
			p.Message = nobody.Text(lang)
		}
	}
	switch code {
	case ticket.NotFound:
		return http.StatusNotFound, p
	case ticket.Forbidden:
		return http.StatusForbidden, p
	case ticket.Conflict, ticket.Illegal:
		if p.State != "" {
			p.Message += fmt.Sprintf(word(lang, "state_now"), p.State.Label(lang))
		}
		if coded != nil && len(coded.Possible) > 0 {
			var can []string
			for _, a := range coded.Possible {
				can = append(can, a.Label(lang))
			}
			p.Message += fmt.Sprintf(word(lang, "possible_now"), strings.Join(can, word(lang, "comma")))
		}
		return http.StatusConflict, p
	case ticket.Invalid:
		return http.StatusUnprocessableEntity, p
	default:
		return http.StatusInternalServerError, p
	}
}

// invalid is the error for a field that is missing or malformed.
func invalid(field string) error { return &ticket.Error{Code: ticket.Invalid, Field: field} }

// send answers with JSON that nobody keeps.
func (s *Server) send(w http.ResponseWriter, r *http.Request, status int, v any) {
	body, err := json.Marshal(v)
	if err != nil {
		s.Logger.ErrorContext(r.Context(), "answer not encoded", "error", err)
		w.WriteHeader(http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	s.write(w, r, body)
}

// write sends the body; a client that went away is worth no more than a note.
func (s *Server) write(w http.ResponseWriter, r *http.Request, body []byte) {
	if _, err := w.Write(body); err != nil {
		s.Logger.DebugContext(r.Context(), "client went away", "error", err)
	}
}
