package web

import (
	"errors"
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
// names the version it has seen gets Conflict, with what changed, when others have
// moved the case on since: a reply is then not sent to a question that has just been
// withdrawn. The page that has shown that sends again with the new version.
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
	var after ticket.Ticket
	err = s.Store.Update(r.Context(), func(tx handlers.Tx) error {
		if _, err := visible(r, tx, me, id); err != nil {
			return err
		}
		var err error
		after, err = s.Desk.ActSeen(r.Context(), tx, me.person.ID, id, step, version)
		return err
	})
	var changed *handlers.Changed
	if errors.As(err, &changed) {
		return s.sendChanged(w, r, changed)
	}
	if err != nil {
		return err
	}
	return s.sendCase(w, r, me, after)
}

// sendCase answers with the case as it is given: its step may have taken it out of
// the colleague's sight, and what came after the step does not show.
func (s *Server) sendCase(w http.ResponseWriter, r *http.Request, me colleague, t ticket.Ticket) error {
	var v fullCaseView
	err := s.Store.View(r.Context(), func(tx handlers.Tx) (err error) {
		v, err = s.viewFullCase(r, tx, me, t)
		return err
	})
	if err != nil {
		return err
	}
	s.send(w, r, http.StatusOK, v)
	return nil
}

// sendChanged answers that others have changed the case, and how.
func (s *Server) sendChanged(w http.ResponseWriter, r *http.Request, changed *handlers.Changed) error {
	status, p := describe(changed, langOf(r))
	p.Version = changed.Case.Version
	err := s.Store.View(r.Context(), func(tx handlers.Tx) error {
		p.Changes = nil
		names := labels{r, tx, langOf(r), make(map[string]string)}
		for _, e := range changed.News {
			who, err := names.of(e.Actor, e.Role)
			if err != nil {
				return err
			}
			p.Changes = append(p.Changes, changeView{who, e.Action.Label(names.lang), excerpt(e.Text)})
		}
		return nil
	})
	if err != nil {
		return err
	}
	s.send(w, r, status, p)
	return nil
}

// changeView is what somebody did to a case meanwhile.
type changeView struct {
	Who    string `json:"who"`
	Action string `json:"action"` // its name
	Text   string `json:"text,omitempty"`
}

// readStep reads what the colleague wants to do. What is possible is for the
// Desk to say.
func readStep(fields map[string]string) (ticket.Step, int64, error) {
	step := ticket.Step{
		Action: ticket.Action(fields["action"]), Text: strings.TrimSpace(fields["text"]), Station: fields["station"],
		Person: fields["person"],
	}
	step.Case, _ = ticket.FindNumber(fields["case"])
	if text := fields["until"]; text != "" {
		day, err := time.ParseInLocation(time.DateOnly, text, ticket.CST)
		if err != nil {
			return step, 0, invalid("until")
		}
		step.Until = day
	}
	if step.Action == ticket.Record {
		var err error
		if step.Outcome, err = readOutcome(fields); err != nil {
			return step, 0, err
		}
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
