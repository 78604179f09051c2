package web

import (
	"net/http"
	"strconv"
	"time"

	"liaison/handlers"
	"liaison/ticket"
)

// handleQuick adds the routes of what helps to answer a case: quick replies,
// references, and who else is writing.
func (s *Server) handleQuick(handle func(string, handler)) {
	handle("GET /api/staff/quick", s.staff(s.quickReplies))
	handle("POST /api/staff/quick", s.staff(s.saveQuick))
	handle("POST /api/staff/quick/{id}/remove", s.staff(s.removeQuick))
	handle("GET /api/staff/tickets/{id}/quick", s.staff(s.quickFor))
	handle("GET /api/staff/tickets/{id}/reference", s.staff(s.reference))
	handle("POST /api/staff/tickets/{id}/writing", s.staff(s.writing))
}

type quickView struct {
	ID      int64     `json:"id"`
	Station string    `json:"station"` // "" for all
	Title   string    `json:"title"`
	Text    string    `json:"text"`
	By      string    `json:"by"`
	At      time.Time `json:"at"`
	Keep    bool      `json:"keep,omitempty"` // the colleague may change it
}

// quickReplies answers with those of the colleague's stations and of all, with the
// placeholders that there are.
func (s *Server) quickReplies(w http.ResponseWriter, r *http.Request, me colleague) error {
	views := []quickView{}
	err := s.Store.View(r.Context(), func(tx handlers.Tx) error {
		list, err := tx.QuickReplies(r.Context(), me.viewer.Reach())
		if err != nil {
			return err
		}
		views = views[:0]
		names := labels{r, tx, langOf(r), make(map[string]string)}
		for _, q := range list {
			by, err := names.of(q.By, ticket.RoleAgent)
			if err != nil {
				return err
			}
			views = append(views, quickView{q.ID, q.Station, q.Title, q.Text, by, q.At.UTC(), handlers.MayKeepQuick(me.viewer, q.Station)})
		}
		return nil
	})
	if err != nil {
		return err
	}
	s.send(w, r, http.StatusOK, map[string]any{"replies": views, "placeholders": handlers.Placeholders})
	return nil
}

// saveQuick keeps a quick reply, a new one when it has no id.
func (s *Server) saveQuick(w http.ResponseWriter, r *http.Request, me colleague) error {
	var in struct {
		ID      int64  `json:"id"`
		Station string `json:"station"`
		Title   string `json:"title"`
		Text    string `json:"text"`
	}
	if err := readJSON(w, r, &in); err != nil {
		return err
	}
	q := handlers.QuickReply{ID: in.ID, Station: in.Station, Title: in.Title, Text: in.Text, By: me.person.ID}
	err := s.Store.Update(r.Context(), func(tx handlers.Tx) (err error) {
		q.ID, err = s.Desk.SaveQuick(r.Context(), tx, q)
		return err
	})
	if err != nil {
		return err
	}
	s.send(w, r, http.StatusOK, map[string]any{"id": q.ID})
	return nil
}

func (s *Server) removeQuick(w http.ResponseWriter, r *http.Request, me colleague) error {
	id, err := strconv.ParseInt(r.PathValue("id"), 10, 64)
	if err != nil {
		return ticket.Errorf(ticket.NotFound, "not the number of a quick reply")
	}
	return s.gapStep(w, r, func(tx handlers.Tx) error { return s.Desk.RemoveQuick(r.Context(), tx, me.person.ID, id) })
}

// offerView is a text that can be taken over into a reply.
type offerView struct {
	Title   string    `json:"title,omitempty"`
	Case    string    `json:"case,omitempty"`
	Station *place    `json:"station,omitempty"`
	At      time.Time `json:"at,omitzero"`
	Text    string    `json:"text"`
	Missing []string  `json:"missing,omitempty"` // to be completed before it can be sent
}

// quickFor answers with the quick replies as the case fills them in.
func (s *Server) quickFor(w http.ResponseWriter, r *http.Request, me colleague) error {
	views := []offerView{}
	err := s.Store.View(r.Context(), func(tx handlers.Tx) error {
		t, err := visible(r, tx, me, r.PathValue("id"))
		if err != nil {
			return err
		}
		list, err := s.Desk.QuickFor(r.Context(), tx, me.viewer, me.person, t)
		views = views[:0]
		for _, q := range list {
			views = append(views, offerView{Title: q.Title, Text: q.Text, Missing: q.Missing})
		}
		return err
	})
	if err != nil {
		return err
	}
	s.send(w, r, http.StatusOK, map[string]any{"offers": views})
	return nil
}

// reference answers with what the case may be answered from: clause and source, or
// clauses that come near, and the answers of similar solved cases.
func (s *Server) reference(w http.ResponseWriter, r *http.Request, me colleague) error {
	id := r.PathValue("id")
	ref, err := s.Desk.Reference(r.Context(), me.viewer, id)
	if err != nil {
		return err
	}
	var t ticket.Ticket
	err = s.Store.View(r.Context(), func(tx handlers.Tx) (err error) {
		t, err = visible(r, tx, me, id)
		return err
	})
	if err != nil {
		return err
	}
	views, near := []offerView{}, []string{}
	for _, o := range s.Desk.Offers(ref, me.viewer, me.person, t) {
		v := offerView{Text: o.Text, Missing: o.Missing}
		if o.Name == handlers.OfferLibrary && len(ref.Answer.Citations) > 0 {
			v.Title = ref.Answer.Citations[0].UnitTitle
		}
		for _, p := range ref.Solved {
			if p.Case == o.Name {
				v.Case, v.Station, v.At = p.Case, s.stationOrNil(p.Station), p.At.UTC()
			}
		}
		views = append(views, v)
	}
	for _, n := range ref.Near {
		near = append(near, n.Title)
	}
	s.send(w, r, http.StatusOK, map[string]any{"offers": views, "near": near})
	return nil
}

// writing notes that the colleague is writing about the case, or has given it up.
func (s *Server) writing(w http.ResponseWriter, r *http.Request, me colleague) error {
	var in struct {
		On bool `json:"on"`
	}
	if err := readJSON(w, r, &in); err != nil {
		return err
	}
	return s.gapStep(w, r, func(tx handlers.Tx) error {
		return s.Desk.Writes(r.Context(), tx, me.person.ID, r.PathValue("id"), in.On)
	})
}
