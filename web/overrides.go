package web

import (
	"net/http"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"liaison/handlers"
	"liaison/knowledge"
	"liaison/ticket"
)

// handleOverrides adds the routes of what the staff decide about answering. Any
// colleague sees it and tries what a decision would change; deciding is for
// supervisors, as publishing is.
func (s *Server) handleOverrides(handle func(string, handler)) {
	handle("GET /api/staff/overrides", s.staff(s.overrides))
	handle("POST /api/staff/overrides", s.supervisor(s.addOverride))
	handle("POST /api/staff/overrides/check", s.staff(s.tryOverride))
	handle("POST /api/staff/overrides/{id}/undo", s.supervisor(s.undoOverride))
	handle("GET /api/staff/units", s.staff(s.findUnits))
}

type overrideView struct {
	ID       int64                 `json:"id"`
	Kind     handlers.OverrideKind `json:"kind"`
	Question string                `json:"question,omitempty"`
	Unit     string                `json:"unit,omitempty"`
	Title    string                `json:"title,omitempty"` // of the unit, "" when it is not there any more
	Words    []string              `json:"words,omitempty"`
	Why      string                `json:"why"`
	By       string                `json:"by"`
	At       time.Time             `json:"at"`
	UndoneBy string                `json:"undone_by,omitempty"`
	UndoneAt time.Time             `json:"undone_at,omitzero"`
}

// overrides answers with what was decided, the latest first.
func (s *Server) overrides(w http.ResponseWriter, r *http.Request, _ colleague) error {
	views := []overrideView{}
	err := s.Store.View(r.Context(), func(tx handlers.Tx) error {
		list, err := tx.Overrides(r.Context(), true)
		if err != nil {
			return err
		}
		views = views[:0]
		names := labels{r, tx, langOf(r), make(map[string]string)}
		for i := len(list) - 1; i >= 0; i-- {
			o := list[i]
			v := overrideView{ID: o.ID, Kind: o.Kind, Question: o.Question, Unit: o.Unit, Words: o.Words, Why: o.Why, At: o.At.UTC()}
			if c, ok := s.Desk.Cite(o.Unit); ok {
				v.Title = c.UnitTitle
			}
			if v.By, err = names.of(o.By, ticket.RoleSupervisor); err != nil {
				return err
			}
			if o.UndoneBy != "" {
				v.UndoneAt = o.UndoneAt.UTC()
				if v.UndoneBy, err = names.of(o.UndoneBy, ticket.RoleSupervisor); err != nil {
					return err
				}
			}
			views = append(views, v)
		}
		return nil
	})
	if err != nil {
		return err
	}
	s.send(w, r, http.StatusOK, map[string]any{"overrides": views})
	return nil
}

func readOverride(w http.ResponseWriter, r *http.Request, me colleague) (handlers.Override, error) {
	var in struct {
		Kind     handlers.OverrideKind `json:"kind"`
		Question string                `json:"question"`
		Unit     string                `json:"unit"`
		Words    []string              `json:"words"`
		Why      string                `json:"why"`
	}
	err := readJSON(w, r, &in)
	return handlers.Override{Kind: in.Kind, Question: in.Question, Unit: in.Unit, Words: in.Words, Why: in.Why, By: me.person.ID}, err
}

// tryOverride answers with the check questions that a decision would change. One
// at a time: it asks all of them twice.
func (s *Server) tryOverride(w http.ResponseWriter, r *http.Request, me colleague) error {
	o, err := readOverride(w, r, me)
	if err != nil {
		return err
	}
	select {
	case s.importing <- struct{}{}:
		defer func() { <-s.importing }()
	case <-r.Context().Done():
		return r.Context().Err()
	}
	asked, changes, err := s.Desk.TryOverride(r.Context(), o)
	if err != nil {
		return err
	}
	s.send(w, r, http.StatusOK, map[string]any{"asked": asked, "changes": append([]knowledge.Difference{}, changes...)})
	return nil
}

func (s *Server) addOverride(w http.ResponseWriter, r *http.Request, me colleague) error {
	o, err := readOverride(w, r, me)
	if err != nil {
		return err
	}
	var id int64
	err = s.Store.Update(r.Context(), func(tx handlers.Tx) (err error) {
		id, err = s.Desk.AddOverride(r.Context(), tx, o)
		return err
	})
	if err != nil {
		return err
	}
	s.Logger.InfoContext(r.Context(), "override added", "override", id, "kind", o.Kind, "person", me.person.ID)
	s.send(w, r, http.StatusCreated, map[string]any{"id": id})
	return nil
}

func (s *Server) undoOverride(w http.ResponseWriter, r *http.Request, me colleague) error {
	id, err := strconv.ParseInt(r.PathValue("id"), 10, 64)
	if err != nil {
		return ticket.Errorf(ticket.NotFound, "not the number of an override")
	}
	return s.gapStep(w, r, func(tx handlers.Tx) error { return s.Desk.UndoOverride(r.Context(), tx, id, me.person.ID) })
}

// findUnits answers with the units that the library finds for a text.
func (s *Server) findUnits(w http.ResponseWriter, r *http.Request, _ colleague) error {
	q := strings.TrimSpace(r.URL.Query().Get("q"))
	if utf8.RuneCountInString(q) > 200 || !utf8.ValidString(q) {
		return invalid("q")
	}
	s.send(w, r, http.StatusOK, map[string]any{"units": s.Desk.FindUnits(q)})
	return nil
}
