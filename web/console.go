package web

import (
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"liaison/handlers"
	"liaison/ticket"
)

// act takes a step in a case and answers with the case after it. A page that
// names the version it has seen gets Conflict when the case has moved on since:
// a reply is then not sent to a question that has just been withdrawn.
func (s *Server) act(w http.ResponseWriter, r *http.Request, me colleague) error {
	var step ticket.Step
	var version int64
	id := r.PathValue("id")
	f, err := s.readForm(w, r, func(fields map[string]string) error {
		var err error
		if step, version, err = readStep(fields); err != nil {
			return err
		}
		// Files are stored for those only who may work on the case.
		return s.Store.View(r.Context(), func(tx handlers.Tx) error {
			_, err := visible(r, tx, me, id)
			return err
		})
	})
	if err != nil {
		return err
	}
	step.Files = f.files
	var v fullCaseView
	err = s.Store.Update(r.Context(), func(tx handlers.Tx) error {
		t, err := visible(r, tx, me, id)
		if err != nil {
			return err
		}
		if version != 0 && version != t.Version {
			return &ticket.Error{Code: ticket.Conflict, State: t.State}
		}
		if t, err = s.Desk.Act(r.Context(), tx, me.person.ID, id, step); err != nil {
			return err
		}
		v, err = s.viewFullCase(r, tx, me, t)
		return err
	})
	if err != nil {
		return err
	}
	s.send(w, r, http.StatusOK, v)
	return nil
}

// readStep reads what the colleague wants to do. What is possible is for the
// Desk to say.
func readStep(fields map[string]string) (ticket.Step, int64, error) {
	step := ticket.Step{
		Action: ticket.Action(fields["action"]), Text: strings.TrimSpace(fields["text"]), Station: fields["station"],
		Case: strings.ToUpper(strings.TrimSpace(fields["case"])),
	}
	if text := fields["until"]; text != "" {
		day, err := time.ParseInLocation(time.DateOnly, text, ticket.CST)
		if err != nil {
			return step, 0, invalid("until")
		}
		step.Until = day
	}
	known := slices.ContainsFunc(ticket.Transitions, func(tr ticket.Transition) bool { return tr.Action == step.Action })
	if !known {
		return step, 0, invalid("action")
	}
	if !utf8.ValidString(step.Text) || strings.ContainsRune(step.Text, 0) {
		return step, 0, invalid("form")
	}
	if fields["version"] == "" {
		return step, 0, nil
	}
	version, err := strconv.ParseInt(fields["version"], 10, 64)
	if err != nil {
		return step, 0, invalid("version")
	}
	return step, version, nil
}

// invite makes a one-time code that gives a role, and answers with it: it is
// shown this once and kept nowhere in the clear.
func (s *Server) invite(w http.ResponseWriter, r *http.Request, me colleague) error {
	var in struct {
		Role    ticket.Role `json:"role"`
		Station string      `json:"station"`
		Label   string      `json:"label"`
		Last    string      `json:"last"` // an observer's last day
	}
	if err := readJSON(w, r, &in); err != nil {
		return err
	}
	until, err := s.endOf(in.Last)
	if err != nil {
		return err
	}
	c := handlers.Code{Purpose: handlers.Invite, Role: in.Role, Station: in.Station, Label: strings.TrimSpace(in.Label), Until: until}
	var code string
	err = s.Store.Update(r.Context(), func(tx handlers.Tx) error {
		var err error
		code, err = s.Desk.Invite(r.Context(), tx, me.person.ID, c)
		return err
	})
	if err != nil {
		return err
	}
	s.send(w, r, http.StatusCreated, map[string]any{"code": code, "expires": s.Now().Add(handlers.InviteTTL).UTC()})
	return nil
}
