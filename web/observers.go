package web

import (
	"net/http"
	"time"

	"liaison/handlers"
	"liaison/ticket"
)

// observerView is an appointed observer in the console.
type observerView struct {
	ID    string    `json:"id"`
	Label string    `json:"label"`
	Since time.Time `json:"since"`
	Last  string    `json:"last,omitempty"` // the last day of the appointment, 2026-12-31
	Holds bool      `json:"holds"`
}

// observers answers supervisors with everybody who is or was an observer.
func (s *Server) observers(w http.ResponseWriter, r *http.Request, _ colleague) error {
	views := []observerView{}
	err := s.Store.View(r.Context(), func(tx handlers.Tx) error {
		all, err := s.Desk.Observers(r.Context(), tx)
		views = views[:0]
		for _, o := range all {
			v := observerView{ID: o.Person, Label: o.Label, Since: o.Since.UTC(), Holds: o.Holds}
			if !o.Until.IsZero() {
				v.Last = lastDay(o.Until)
			}
			views = append(views, v)
		}
		return err
	})
	if err != nil {
		return err
	}
	s.send(w, r, http.StatusOK, map[string]any{"observers": views})
	return nil
}

// appoint sets the last day of an observer's appointment, takes it away when none is
// given, or ends the appointment now.
func (s *Server) appoint(w http.ResponseWriter, r *http.Request, me colleague) error {
	var in struct {
		Last string `json:"last"`
		Now  bool   `json:"now"`
	}
	if err := readJSON(w, r, &in); err != nil {
		return err
	}
	until, err := s.endOf(in.Last)
	if err != nil {
		return err
	}
	if in.Now {
		until = s.Now()
	}
	err = s.Store.Update(r.Context(), func(tx handlers.Tx) error {
		return s.Desk.Appoint(r.Context(), tx, me.person.ID, r.PathValue("id"), until)
	})
	if err != nil {
		return err
	}
	s.Logger.InfoContext(r.Context(), "appointment changed", "person", me.person.ID, "observer", r.PathValue("id"))
	return s.observers(w, r, me)
}

// endOf returns the moment at which an appointment with that last day ends, zero for
// no day. A day that has passed is Invalid "end": to end it now is said otherwise.
func (s *Server) endOf(last string) (time.Time, error) {
	day, err := readDay(last)
	if err != nil || day.IsZero() {
		return day, err
	}
	if end := day.AddDate(0, 0, 1); end.After(s.Now()) {
		return end, nil
	}
	return time.Time{}, invalid("end")
}

// lastDay is the inverse of endOf.
func lastDay(end time.Time) string {
	return end.Add(-time.Millisecond).In(ticket.CST).Format(time.DateOnly)
}
