package web

import (
	"net/http"

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

// watch answers supervisors with the cases of each concern.
func (s *Server) watch(w http.ResponseWriter, r *http.Request, me colleague) error {
	if !me.viewer.Supervisor {
		return ticket.Errorf(ticket.Forbidden, "for supervisors only")
	}
	var views []concernView
	err := s.Store.View(r.Context(), func(tx handlers.Tx) error {
		views = nil
		names := labels{r, tx, langOf(r), make(map[string]string)}
		for _, k := range ticket.Concerns {
			list, err := tx.Tickets(r.Context(), ticket.Filter{Concern: k, Now: s.Now(), Limit: watchSize + 1})
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
		return nil
	})
	if err != nil {
		return err
	}
	s.send(w, r, http.StatusOK, map[string]any{"concerns": views})
	return nil
}
