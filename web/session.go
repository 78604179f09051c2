package web

import (
	"crypto/rand"
	"errors"
	"net/http"
	"strings"
	"time"

	"liaison/handlers"
	"liaison/ticket"
)

const staffCookie = "liaison_staff"

// sessionTime is how long a console stays logged in: a working day with overtime.
const sessionTime = 12 * time.Hour

// colleague is the staff member behind a request.
type colleague struct {
	person handlers.Person
	viewer ticket.Viewer
}

// sees returns the capacity in which the colleague works on the case, "" for
// none. Their own cases as a requester are not for the console.
func (me colleague) sees(t ticket.Ticket) ticket.Role {
	switch role := me.viewer.Sees(t); role {
	case ticket.RoleHelper, ticket.RoleAgent, ticket.RoleSupervisor:
		return role
	default:
		return ""
	}
}

// staff wraps a handler that only staff may use.
func (s *Server) staff(h func(http.ResponseWriter, *http.Request, colleague) error) handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		me, err := s.colleague(r)
		if err != nil {
			return err
		}
		return h(w, r, me)
	}
}

// colleague returns who is logged in. Rights are read again each time: a station
// that was taken away is gone at once.
func (s *Server) colleague(r *http.Request) (me colleague, err error) {
	c, err := r.Cookie(staffCookie)
	if err != nil {
		return me, errNoSession
	}
	err = s.Store.View(r.Context(), func(tx handlers.Tx) error {
		session, err := tx.Session(r.Context(), hashOf(c.Value), s.Now())
		if ticket.CodeOf(err) == ticket.NotFound {
			return errNoSession
		}
		if err != nil {
			return err
		}
		me, err = s.colleagueOf(r, tx, session.Person)
		return err
	})
	return me, err
}

// colleagueOf is Forbidden for a person who is not staff.
func (s *Server) colleagueOf(r *http.Request, tx handlers.Tx, id string) (colleague, error) {
	person, err := tx.Person(r.Context(), id)
	if err != nil {
		return colleague{}, err
	}
	viewer, err := s.Desk.Viewer(r.Context(), tx, id)
	if err != nil {
		return colleague{}, err
	}
	if !viewer.Supervisor && len(viewer.Stations) == 0 {
		return colleague{}, &ticket.Error{Code: ticket.Forbidden, Err: errors.New("not a staff member")}
	}
	return colleague{person, viewer}, nil
}

// login turns a one-time code into a session. The code of somebody who is not
// staff is not used up.
func (s *Server) login(w http.ResponseWriter, r *http.Request) error {
	if wait := s.Desk.Try(r.Context(), "web:"+s.client(r)); wait > 0 {
		return &tooMany{wait}
	}
	var in struct {
		Code string `json:"code"`
	}
	if err := readJSON(w, r, &in); err != nil {
		return err
	}
	code := strings.TrimSpace(in.Code)
	if code == "" || len(code) > 200 {
		return invalid("code")
	}
	secret := rand.Text()
	now := s.Now()
	var me colleague
	err := s.Store.Update(r.Context(), func(tx handlers.Tx) error {
		person, err := s.Desk.Redeem(r.Context(), tx, "", code)
		if err != nil {
			return err
		}
		if me, err = s.colleagueOf(r, tx, person.ID); err != nil {
			return err
		}
		return tx.AddSession(r.Context(), handlers.Session{
			Hash: hashOf(secret), Person: person.ID, Expires: now.Add(sessionTime),
		})
	})
	switch ticket.CodeOf(err) {
	case "":
	case ticket.NotFound:
		return invalid("code")
	case ticket.Forbidden:
		return &ticket.Error{Code: ticket.Forbidden, Field: "staff", Err: err}
	default:
		return err
	}
	s.Logger.InfoContext(r.Context(), "staff logged in", "person", me.person.ID)
	s.setStaffCookie(w, secret, int(sessionTime/time.Second))
	s.send(w, r, http.StatusOK, s.viewMe(me, langOf(r)))
	return nil
}

// logout ends the session; without one it does nothing.
func (s *Server) logout(w http.ResponseWriter, r *http.Request) error {
	if c, err := r.Cookie(staffCookie); err == nil {
		err := s.Store.Update(r.Context(), func(tx handlers.Tx) error {
			return tx.RemoveSession(r.Context(), hashOf(c.Value))
		})
		if err != nil {
			return err
		}
	}
	s.setStaffCookie(w, "", -1)
	w.WriteHeader(http.StatusNoContent)
	return nil
}

func (s *Server) setStaffCookie(w http.ResponseWriter, value string, seconds int) {
	http.SetCookie(w, &http.Cookie{
		Name: staffCookie, Value: value, Path: "/", MaxAge: seconds,
		HttpOnly: true, Secure: s.SecureCookies, SameSite: http.SameSiteStrictMode,
	})
}

// place is a station or town with its names.
type place struct {
	ID     string `json:"id"`
	Name   string `json:"name"`
	NameEN string `json:"name_en"`
}

func (s *Server) station(id string) place {
	if st, ok := s.Directory().Station(id); ok {
		return place{id, st.Name, st.NameEN}
	}
	return place{id, id, id} // it has left the directory; the case still names it
}

type meView struct {
	Label    string      `json:"label"`
	Role     ticket.Role `json:"role"`
	Stations []place     `json:"stations"` // the person's own, all for a supervisor
	All      []place     `json:"all"`      // where a case may be transferred to
	Library  bool        `json:"library"`  // there is a library page
	Words    glossary    `json:"words"`
}

// glossary is what the console calls the domain's words, in the request's language.
type glossary struct {
	Kinds   []term `json:"kinds"`
	States  []term `json:"states"`
	Actions []term `json:"actions"`
	Roles   []term `json:"roles"`
	Results []term `json:"results"` // of a financing request
}

type term struct {
	ID   string `json:"id"`
	Name string `json:"name"`
}

func glossaryIn(lang string) glossary {
	var g glossary
	for _, k := range ticket.Kinds {
		g.Kinds = append(g.Kinds, term{string(k), k.Label(lang)})
	}
	for _, st := range ticket.States {
		name := st.Label(lang)
		if special := word(lang, "state_"+string(st)); special != "" {
			name = special
		}
		g.States = append(g.States, term{string(st), name})
	}
	for _, tr := range ticket.Transitions {
		g.Actions = append(g.Actions, term{string(tr.Action), tr.Action.Label(lang)})
	}
	for _, r := range ticket.Results {
		g.Results = append(g.Results, term{string(r), r.Label(lang)})
	}
	for _, role := range []ticket.Role{ticket.RoleAgent, ticket.RoleSupervisor, ticket.RoleObserver} {
		g.Roles = append(g.Roles, term{string(role), role.Label(lang)})
	}
	return g
}

func (s *Server) me(w http.ResponseWriter, r *http.Request, me colleague) error {
	s.send(w, r, http.StatusOK, s.viewMe(me, langOf(r)))
	return nil
}

func (s *Server) viewMe(me colleague, lang string) meView {
	v := meView{Label: me.person.Label, Role: ticket.RoleAgent, Stations: []place{}, All: []place{}, Library: s.Library != nil, Words: glossaryIn(lang)}
	for _, st := range s.Directory().Stations() {
		v.All = append(v.All, place{st.ID, st.Name, st.NameEN})
	}
	if me.viewer.Supervisor {
		v.Role, v.Stations = ticket.RoleSupervisor, v.All
		return v
	}
	for _, id := range me.viewer.Stations {
		v.Stations = append(v.Stations, s.station(id))
	}
	return v
}
