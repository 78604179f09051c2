package handlers

import (
	"context"
	"slices"
	"time"

	"liaison/ticket"
)

// Handed is what became of the cases of somebody who is away or gone.
type Handed struct {
	Deputy int // handed to the deputy
	Pool   int // left to the colleagues of their station
}

// Leave notes that a staff member is away from now on and hands his or her cases
// over: to the deputy where that is an agent of the case's station, else to whoever of
// the station takes them. It is done by the person, or by a supervisor for somebody
// who is ill. Until is the day on which the person is back, zero when not known.
func (d *Desk) Leave(ctx context.Context, tx Tx, by string, a Absence) (Handed, error) {
	role, err := d.mayManage(ctx, tx, by, a.Person)
	if err != nil {
		return Handed{}, err
	}
	now := d.Now()
	if !a.Until.IsZero() && (!a.Until.After(now) || a.Until.Sub(now) > 2*365*24*time.Hour) {
		return Handed{}, &ticket.Error{Code: ticket.Invalid, Field: "back"}
	}
	if a.Deputy != "" {
		deputies, err := d.Deputies(ctx, tx, a.Person)
		if err != nil {
			return Handed{}, err
		}
		if !slices.ContainsFunc(deputies, func(c Colleague) bool { return c.Is(a.Deputy) }) {
			return Handed{}, &ticket.Error{Code: ticket.Invalid, Field: "person"}
		}
	}
	a.Since = now
	why := zh.f(pReasonAway)
	if !a.Until.IsZero() {
		why = zh.f(pReasonAwayUntil, zh.day(a.Until))
	}
	selves, err := d.selves(ctx, tx, a.Person)
	var handed Handed
	for _, a.Person = range selves {
		if err == nil {
			err = tx.SetAbsence(ctx, a)
		}
		if err == nil {
			err = d.handOver(ctx, tx, ticket.Step{Actor: by, Role: role, Person: a.Deputy, Text: why}, a.Person, "", &handed)
		}
	}
	if err != nil {
		return handed, err
	}
	return handed, d.warnStations(ctx, tx, a.Person)
}

// Back ends an absence, in all accounts of the person. What was handed over stays
// where it is.
func (d *Desk) Back(ctx context.Context, tx Tx, by, person string) error {
	if _, err := d.mayManage(ctx, tx, by, person); err != nil {
		return err
	}
	selves, err := d.selves(ctx, tx, person)
	for _, self := range selves {
		if err == nil {
			err = tx.EndAbsence(ctx, self)
		}
	}
	return err
}

// Dismiss takes a person's membership as agent of a station away, on behalf of a
// supervisor, in all accounts of the person. Cases that the person works there are
// left to the colleagues.
func (d *Desk) Dismiss(ctx context.Context, tx Tx, by, person, station string) (Handed, error) {
	if err := d.supervises(ctx, tx, by); err != nil {
		return Handed{}, err
	}
	m, ok, err := d.membership(ctx, tx, person, ticket.RoleAgent, station)
	if err != nil {
		return Handed{}, err
	}
	if !ok {
		return Handed{}, ticket.Errorf(ticket.NotFound, "no such agent")
	}
	all, err := d.shared(ctx, tx, m)
	for _, m := range all {
		if err == nil {
			err = tx.RemoveMembership(ctx, m)
		}
		if err == nil {
			err = tx.RemoveDuty(ctx, Duty{Station: station, Person: m.Person})
		}
	}
	var handed Handed
	for _, m := range all {
		if err == nil {
			err = d.handOver(ctx, tx, ticket.Step{Actor: by, Role: ticket.RoleSupervisor, Text: zh.f(pReasonGone)}, m.Person, station, &handed)
		}
	}
	if err != nil {
		return handed, err
	}
	return handed, d.warn(ctx, tx, station)
}

// mayManage returns the role in which somebody manages the absence of a staff
// member: an agent his or her own, a supervisor everybody's.
func (d *Desk) mayManage(ctx context.Context, tx Tx, by, person string) (ticket.Role, error) {
	ms, err := d.memberships(ctx, tx, person)
	if err != nil {
		return "", err
	}
	v, err := d.Viewer(ctx, tx, by)
	if err != nil {
		return "", err
	}
	selves, err := d.selves(ctx, tx, person)
	switch {
	case err != nil:
		return "", err
	case !slices.Contains(selves, by) && !v.Supervisor:
		return "", ticket.Errorf(ticket.Forbidden, "only supervisors manage others")
	case !isStaff(ms):
		return "", &ticket.Error{Code: ticket.NotFound}
	case v.Supervisor:
		return ticket.RoleSupervisor, nil
	default:
		return ticket.RoleAgent, nil
	}
}

// Deputies are the colleagues who can stand in for a person: agents of the same
// stations and supervisors, who are there.
func (d *Desk) Deputies(ctx context.Context, tx Tx, person string) (out []Colleague, err error) {
	ms, err := d.memberships(ctx, tx, person)
	if err != nil {
		return nil, err
	}
	selves, err := d.selves(ctx, tx, person)
	if err != nil {
		return nil, err
	}
	for _, m := range append(ms, Membership{Role: ticket.RoleSupervisor}) {
		if m.Role == ticket.RoleObserver {
			continue
		}
		all, err := d.Colleagues(ctx, tx, m.Role, m.Station)
		if err != nil {
			return nil, err
		}
		for _, c := range all {
			known := slices.ContainsFunc(out, func(o Colleague) bool { return o.Is(c.Person) })
			if known || slices.ContainsFunc(selves, c.Is) {
				continue
			}
			if c.There() && (c.Chat || m.Role == ticket.RoleAgent) { // a supervisor must learn of it
				out = append(out, c)
			}
		}
	}
	return out, nil
}

// handOver hands the cases that the person works, at the station if one is given, to
// the person of the step where he or she may work them, else to nobody, and adds them
// to handed.
func (d *Desk) handOver(ctx context.Context, tx Tx, s ticket.Step, person, station string, handed *Handed) error {
	tr, _ := ticket.Lookup(ticket.Hand)
	const page = 500
	var cases []ticket.Ticket
	for offset := 0; ; offset += page {
		list, err := tx.Tickets(ctx, ticket.Filter{Assignee: person, States: tr.From, Limit: page, Offset: offset})
		if err != nil {
			return err
		}
		cases = append(cases, list...)
		if len(list) < page {
			break
		}
	}
	deputy := s.Person
	v, err := d.Viewer(ctx, tx, deputy)
	if err != nil {
		return err
	}
	s.Action = ticket.Hand
	for _, c := range cases {
		if station != "" && c.Station != station {
			continue
		}
		s.Person = ""
		if role := v.Sees(c); deputy != "" && (role == ticket.RoleAgent || role == ticket.RoleSupervisor) {
			s.Person = deputy
		}
		if _, err := d.cases.Act(ctx, tx, c.ID, s); err != nil {
			return err
		}
		if s.Person == "" {
			handed.Pool++
		} else {
			handed.Deputy++
		}
	}
	return nil
}

// fits refuses what the table of transitions does not know of people: a case goes to
// nobody who is away, and is handed to a colleague of its station only.
func (d *Desk) fits(ctx context.Context, tx Tx, t ticket.Ticket, s ticket.Step) error {
	switch {
	case s.Action == ticket.Hand && s.Person != "":
		v, err := d.Viewer(ctx, tx, s.Person)
		if err != nil {
			return err
		}
		colleague := slices.Contains(v.Stations, t.Station) || v.Supervisor
		c, err := d.colleagueOf(ctx, tx, s.Person, colleague && s.Person != t.Requester)
		if err != nil {
			return err
		}
		if !c.There() {
			return &ticket.Error{Code: ticket.Invalid, Field: "person"}
		}
	case t.Takes(s.Action) && (s.Role == ticket.RoleAgent || s.Role == ticket.RoleSupervisor):
		a, err := tx.Absence(ctx, s.Actor, d.Now())
		if err != nil {
			return err
		}
		if a.Person != "" {
			return &ticket.Error{Code: ticket.Invalid, Field: "away"}
		}
	}
	return nil
}

// colleagueOf is nobody, who is not there, for somebody who may not have a case.
func (d *Desk) colleagueOf(ctx context.Context, tx Tx, person string, may bool) (Colleague, error) {
	if !may {
		return Colleague{}, nil
	}
	return d.Colleague(ctx, tx, person)
}

// warnStations warns of the person's stations that have nobody left.
func (d *Desk) warnStations(ctx context.Context, tx Tx, person string) error {
	ms, err := d.memberships(ctx, tx, person)
	for _, m := range ms {
		if err == nil && m.Role == ticket.RoleAgent {
			err = d.warn(ctx, tx, m.Station)
		}
	}
	return err
}

// warn logs that a station has nobody left, if that is so, and tells the
// supervisors.
func (d *Desk) warn(ctx context.Context, tx Tx, id string) error {
	station, ok := d.Directory().Station(id)
	if !ok {
		return nil
	}
	at, err := d.Staffing(ctx, tx, station)
	if err != nil || at.Reached() {
		return err
	}
	d.Logger.WarnContext(ctx, "a station has nobody left to take cases, they go elsewhere", "station", id)
	bosses, err := d.told(ctx, tx, Membership{Role: ticket.RoleSupervisor})
	if err != nil {
		return err
	}
	_, err = d.tellEach(ctx, tx, bosses, "", "", func(l lang) (Reply, error) {
		return words(l.f(pStationEmpty, station.Label(string(l)), at.why(l))), nil
	})
	return err
}
