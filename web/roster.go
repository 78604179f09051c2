package web

import (
	"context"
	"net/http"
	"slices"
	"time"

	"liaison/handlers"
	"liaison/ticket"
	"liaison/ticket/route"
)

// Roster is what a Desk does about who is there.
type Roster interface {
	// Staffing finds out who is at the station now.
	Staffing(ctx context.Context, tx handlers.Tx, s route.Station) (handlers.Staffing, error)
	// Colleagues returns who has the role now, for agents at the station, each human once.
	Colleagues(ctx context.Context, tx handlers.Tx, role ticket.Role, station string) ([]handlers.Colleague, error)
	// Leave notes an absence from now on and hands the person's cases over; Back ends
	// it. Both are for the person and for supervisors.
	Leave(ctx context.Context, tx handlers.Tx, by string, a handlers.Absence) (handlers.Handed, error)
	Back(ctx context.Context, tx handlers.Tx, by, person string) error
	// Dismiss ends a membership as agent, on behalf of a supervisor.
	Dismiss(ctx context.Context, tx handlers.Tx, by, person, station string) (handlers.Handed, error)
	// SetDuty changes who is on duty, on behalf of a colleague or a supervisor.
	SetDuty(ctx context.Context, tx handlers.Tx, by string, d handlers.Duty, on bool) error
}

// handleRoster adds the routes of the page of who is there.
func (s *Server) handleRoster(handle func(string, handler)) {
	handle("GET /api/staff/roster", s.staff(s.roster))
	handle("POST /api/staff/roster/duty", s.staff(s.setDuty))
	handle("POST /api/staff/roster/away", s.staff(s.setAway))
	handle("POST /api/staff/roster/back", s.staff(s.setBack))
	handle("POST /api/staff/roster/dismiss", s.staff(s.dismiss))
}

// personView is a colleague by name.
type personView struct {
	Person string `json:"person"`
	Label  string `json:"label"`
}

type rosterView struct {
	Stations []stationRoster `json:"stations"`
	// Supervisors are those who can stand in for anybody.
	Supervisors []personView `json:"supervisors"`
	// Empty are the stations that nobody works at and that have no group: to
	// supervisors.
	Empty []place `json:"empty,omitempty"`
	// NoTriage: triage itself has nobody; what goes there the supervisors are told.
	NoTriage bool         `json:"no_triage,omitempty"`
	Today    handlers.Day `json:"today"`
}

// stationRoster is one station with its people.
type stationRoster struct {
	Station place       `json:"station"`
	Why     string      `json:"why,omitempty"` // nobody can take a case now
	Today   []string    `json:"today"`         // labels of who is on duty
	Agents  []agentView `json:"agents"`
}

// agentView is an agent on the page of his or her station.
type agentView struct {
	personView
	There  bool           `json:"there"`
	Manage bool           `json:"manage,omitempty"` // the reader may enter an absence
	Away   *awayView      `json:"away,omitempty"`
	Days   []handlers.Day `json:"days"`
}

type awayView struct {
	Until  time.Time `json:"until,omitzero"`
	Deputy string    `json:"deputy,omitempty"` // label
}

// roster answers with the people of the reader's stations, of all to a supervisor.
func (s *Server) roster(w http.ResponseWriter, r *http.Request, me colleague) error {
	var v rosterView
	err := s.Store.View(r.Context(), func(tx handlers.Tx) (err error) {
		v, err = s.viewRoster(r, tx, me)
		return err
	})
	if err != nil {
		return err
	}
	s.send(w, r, http.StatusOK, v)
	return nil
}

func (s *Server) viewRoster(r *http.Request, tx handlers.Tx, me colleague) (rosterView, error) {
	v := rosterView{Stations: []stationRoster{}, Supervisors: []personView{}, Today: handlers.DayOf(s.Now())}
	names := labels{r, tx, langOf(r), make(map[string]string)}
	for _, station := range s.Directory().Stations() {
		if !me.viewer.Supervisor && !slices.Contains(me.viewer.Stations, station.ID) {
			continue
		}
		at, err := s.Desk.Staffing(r.Context(), tx, station)
		if err != nil {
			return v, err
		}
		if station.ID == s.Directory().Triage().ID {
			v.NoTriage = !at.Reached()
		}
		if len(at.Agents) == 0 && station.ChatID == 0 {
			v.Empty = append(v.Empty, s.station(station.ID))
			continue
		}
		one, err := s.viewStationRoster(at, me, names)
		if err != nil {
			return v, err
		}
		v.Stations = append(v.Stations, one)
	}
	bosses, err := s.Desk.Colleagues(r.Context(), tx, ticket.RoleSupervisor, "")
	if err != nil {
		return v, err
	}
	for _, c := range bosses {
		if c.There() && c.Chat {
			v.Supervisors = append(v.Supervisors, personView{c.Person, c.Label})
		}
	}
	return v, nil
}

func (s *Server) viewStationRoster(at handlers.Staffing, me colleague, names labels) (stationRoster, error) {
	v := stationRoster{
		Station: s.station(at.Station.ID), Why: at.Why(names.lang), Today: []string{}, Agents: []agentView{},
	}
	duties, err := names.tx.Duties(names.r.Context(), at.Station.ID)
	if err != nil {
		return v, err
	}
	on := handlers.OnDuty(duties, handlers.DayOf(s.Now()))
	for _, c := range at.Agents {
		a := agentView{
			personView: personView{c.Person, c.Label}, There: c.There(), Days: []handlers.Day{},
			Manage: me.viewer.Supervisor || c.Is(me.person.ID),
		}
		if c.Absence.Person != "" {
			a.Away = &awayView{Until: c.Absence.Until}
			if c.Absence.Deputy != "" {
				if a.Away.Deputy, err = names.of(c.Absence.Deputy, ticket.RoleAgent); err != nil {
					return v, err
				}
			}
		} else if slices.ContainsFunc(on, c.Is) {
			v.Today = append(v.Today, c.Label)
		}
		for _, d := range duties {
			if c.Is(d.Person) && !slices.Contains(a.Days, d.Day) && (d.Day.Weekly() || d.Day >= handlers.DayOf(s.Now())) {
				a.Days = append(a.Days, d.Day)
			}
		}
		v.Agents = append(v.Agents, a)
	}
	return v, nil
}

// changeRoster makes a change and answers with the page after it.
func (s *Server) changeRoster(w http.ResponseWriter, r *http.Request, me colleague, change func(tx handlers.Tx) (handlers.Handed, error)) error {
	var v struct {
		rosterView
		Deputy int `json:"deputy"` // cases handed to the deputy, and left to colleagues
		Pool   int `json:"pool"`
	}
	err := s.Store.Update(r.Context(), func(tx handlers.Tx) error {
		handed, err := change(tx)
		if err != nil {
			return err
		}
		v.Deputy, v.Pool = handed.Deputy, handed.Pool
		v.rosterView, err = s.viewRoster(r, tx, me)
		return err
	})
	if err != nil {
		return err
	}
	s.send(w, r, http.StatusOK, v)
	return nil
}

func (s *Server) setDuty(w http.ResponseWriter, r *http.Request, me colleague) error {
	var in struct {
		Station string       `json:"station"`
		Person  string       `json:"person"`
		Day     handlers.Day `json:"day"`
		On      bool         `json:"on"`
	}
	if err := readJSON(w, r, &in); err != nil {
		return err
	}
	if in.Day == "" {
		return invalid("duty_day")
	}
	return s.changeRoster(w, r, me, func(tx handlers.Tx) (handlers.Handed, error) {
		return handlers.Handed{}, s.Desk.SetDuty(r.Context(), tx, me.person.ID, handlers.Duty{Station: in.Station, Day: in.Day, Person: in.Person}, in.On)
	})
}

func (s *Server) setAway(w http.ResponseWriter, r *http.Request, me colleague) error {
	var in struct {
		Person string `json:"person"`
		Until  string `json:"until"`
		Deputy string `json:"deputy"`
	}
	if err := readJSON(w, r, &in); err != nil {
		return err
	}
	a := handlers.Absence{Person: in.Person, Deputy: in.Deputy}
	if in.Until != "" {
		day, err := time.ParseInLocation(time.DateOnly, in.Until, ticket.CST)
		if err != nil {
			return invalid("back")
		}
		a.Until = day
	}
	return s.changeRoster(w, r, me, func(tx handlers.Tx) (handlers.Handed, error) {
		return s.Desk.Leave(r.Context(), tx, me.person.ID, a)
	})
}

func (s *Server) setBack(w http.ResponseWriter, r *http.Request, me colleague) error {
	var in struct {
		Person string `json:"person"`
	}
	if err := readJSON(w, r, &in); err != nil {
		return err
	}
	return s.changeRoster(w, r, me, func(tx handlers.Tx) (handlers.Handed, error) {
		return handlers.Handed{}, s.Desk.Back(r.Context(), tx, me.person.ID, in.Person)
	})
}

func (s *Server) dismiss(w http.ResponseWriter, r *http.Request, me colleague) error {
	var in struct {
		Person  string `json:"person"`
		Station string `json:"station"`
	}
	if err := readJSON(w, r, &in); err != nil {
		return err
	}
	return s.changeRoster(w, r, me, func(tx handlers.Tx) (handlers.Handed, error) {
		return s.Desk.Dismiss(r.Context(), tx, me.person.ID, in.Person, in.Station)
	})
}

// colleaguesFor are those to whom the case can be handed.
func (s *Server) colleaguesFor(ctx context.Context, tx handlers.Tx, t ticket.Ticket) ([]personView, error) {
	station, ok := s.Directory().Station(t.Station)
	if !ok {
		return nil, nil
	}
	at, err := s.Desk.Staffing(ctx, tx, station)
	var out []personView
	for _, c := range at.Agents {
		if c.There() && !c.Is(t.Assignee) && !c.Is(t.Requester) {
			out = append(out, personView{c.Person, c.Label})
		}
	}
	return out, err
}
