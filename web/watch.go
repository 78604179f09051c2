package web

import (
	"net/http"
	"time"

	"liaison/handlers"
	"liaison/ticket"
)

// watchSize is how many cases each concern shows.
const watchSize = 20

// concernView is what deserves a supervisor's look for one reason.
type concernView struct {
	ID      ticket.Concern `json:"id"`
	Name    string         `json:"name"`
	Tickets []caseView     `json:"tickets"`
	More    bool           `json:"more,omitempty"`
}

// lostView is something that does not arrive.
type lostView struct {
	About  string    `json:"about"`            // what does not get it, in words
	Ticket string    `json:"ticket,omitempty"` // the case that it is about
	Why    string    `json:"why"`
	Since  time.Time `json:"since"`
}

// lost lists what does not arrive, the longest first.
func (s *Server) lost(r *http.Request, tx handlers.Tx, lang string) ([]lostView, error) {
	views := []lostView{}
	all, err := s.Desk.Lost(r.Context(), tx)
	for _, l := range all {
		views = append(views, lostView{s.Desk.LostName(r.Context(), tx, l, lang), l.Case, l.Why.Label(lang), l.Since.UTC()})
	}
	return views, err
}

// watch answers supervisors with the cases of each concern, and what does not
// arrive.
func (s *Server) watch(w http.ResponseWriter, r *http.Request, me colleague) error {
	if !me.viewer.Supervisor {
		return ticket.Errorf(ticket.Forbidden, "for supervisors only")
	}
	var views []concernView
	var lost []lostView
	err := s.Store.View(r.Context(), func(tx handlers.Tx) error {
		views = nil
		names := labels{r, tx, langOf(r), make(map[string]string)}
		for _, k := range ticket.Concerns {
			list, err := tx.Tickets(r.Context(), ticket.Filter{Concern: k, NotOf: me.person.ID, Now: s.Now(), Limit: watchSize + 1})
			if err != nil {
				return err
			}
			v := concernView{ID: k, Name: k.Label(names.lang), Tickets: []caseView{}, More: len(list) > watchSize}
			for _, t := range list[:min(len(list), watchSize)] {
				c, err := s.viewCase(t, me, names)
				if err != nil {
					return err
				}
				c.Text = excerpt(c.Text)
				v.Tickets = append(v.Tickets, c)
			}
			views = append(views, v)
		}
		var err error
		lost, err = s.lost(r, tx, names.lang)
		return err
	})
	if err != nil {
		return err
	}
	s.send(w, r, http.StatusOK, map[string]any{"concerns": views, "lost": lost})
	return nil
}
