package web

import (
	"context"
	"net/http"
	"time"

	"liaison/handlers"
	"liaison/ticket"
)

// Parked is what a Desk does about messages that could not be handled.
type Parked interface {
	// ParkedMessages lists them for a supervisor.
	ParkedMessages(ctx context.Context, tx handlers.Tx, person string) ([]handlers.ParkedMessage, error)
	// DecideParked tries one again, or sets it aside, on behalf of a supervisor.
	DecideParked(ctx context.Context, tx handlers.Tx, person string, number int64, again bool) error
}

// handleParked adds the routes of messages that could not be handled.
func (s *Server) handleParked(handle func(string, handler)) {
	handle("GET /api/staff/parked", s.staff(s.parked))
	handle("POST /api/staff/parked", s.staff(s.decideParked))
}

// parkedView is a message that could not be handled: neither whose it is nor what
// it says.
type parkedView struct {
	Number   int64            `json:"number"`
	Channel  handlers.Channel `json:"channel"`
	At       time.Time        `json:"at"`
	Attempts int              `json:"attempts"`
	Cause    string           `json:"cause"` // its name
}

// parked answers a supervisor with the messages that could not be handled.
func (s *Server) parked(w http.ResponseWriter, r *http.Request, me colleague) error {
	views := []parkedView{}
	err := s.Store.View(r.Context(), func(tx handlers.Tx) error {
		list, err := s.Desk.ParkedMessages(r.Context(), tx, me.person.ID)
		for _, p := range list {
			views = append(views, parkedView{p.Number, p.Channel, p.At.UTC(), p.Attempts, p.Cause.Label(langOf(r))})
		}
		return err
	})
	if err != nil {
		return err
	}
	s.send(w, r, http.StatusOK, map[string]any{"parked": views})
	return nil
}

// decideParked tries a message again or sets it aside, and answers with what is
// left. That somebody else has decided on it is no error: it is off the list.
func (s *Server) decideParked(w http.ResponseWriter, r *http.Request, me colleague) error {
	var in struct {
		Number int64 `json:"number"`
		Again  bool  `json:"again"`
	}
	if err := readJSON(w, r, &in); err != nil {
		return err
	}
	err := s.Store.Update(r.Context(), func(tx handlers.Tx) error {
		return s.Desk.DecideParked(r.Context(), tx, me.person.ID, in.Number, in.Again)
	})
	if err != nil && ticket.CodeOf(err) != ticket.NotFound {
		return err
	}
	return s.parked(w, r, me)
}
