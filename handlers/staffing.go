package handlers

import (
	"context"
	"slices"
	"strings"
	"time"

	"liaison/ticket"
	"liaison/ticket/route"
)

// Staffing is who is at a station.
type Staffing struct {
	Station route.Station
	// Group: it has a group, and the group takes messages as far as is known. Lost: it
	// has one that took none the last time.
	Group, Lost bool
	Agents      []Colleague // sorted by label
}

// Colleague is an agent as colleagues see him or her.
type Colleague struct {
	Person  string
	Others  []string // persons that are the same human in other accounts, where several were looked at
	Label   string
	Absence Absence
	// Chat: the bot can write to the agent. Who has never written to it works in the
	// console alone.
	Chat, ConsoleOnly bool
}

// There reports whether a case can be given to the agent now.
func (c Colleague) There() bool { return c.Absence.Person == "" && (c.Chat || c.ConsoleOnly) }

// Reached reports whether the station has anybody to take a case now: its group, or
// an agent who can be told and is not away.
func (s Staffing) Reached() bool { return s.Group || slices.ContainsFunc(s.Agents, Colleague.There) }

// lostFor is how long a group that took nothing the last time is taken for lost. Then
// it is tried again: the bot may have been let in once more, and what it refuses goes
// to the people in private.
const lostFor = 24 * time.Hour

// Staffing finds out who is at the station now. It is the only place that decides
// whether a station can be reached.
func (d *Desk) Staffing(ctx context.Context, tx Tx, s route.Station) (Staffing, error) {
	out := Staffing{Station: s}
	if s.ChatID != 0 {
		at, err := tx.Moved(ctx, groupOf(s))
		if err != nil {
			return out, err
		}
		lost, err := tx.LostAt(ctx, at)
		if err != nil {
			return out, err
		}
		out.Lost = !lost.IsZero() && d.Now().Sub(lost) < lostFor
		out.Group = !out.Lost
	}
	var err error
	if out.Agents, err = d.Colleagues(ctx, tx, ticket.RoleAgent, s.ID); err != nil {
		return out, err
	}
	slices.SortStableFunc(out.Agents, func(a, b Colleague) int { return strings.Compare(a.Label, b.Label) })
	return out, nil
}

// Colleague finds out whether a staff member is there.
func (d *Desk) Colleague(ctx context.Context, tx Tx, person string) (Colleague, error) {
	c := Colleague{Person: person}
	p, err := tx.Person(ctx, person)
	if err != nil {
		return c, err
	}
	c.Label = p.Label
	if c.Absence, err = tx.Absence(ctx, person, d.Now()); err != nil {
		return c, err
	}
	accounts, err := tx.Accounts(ctx, person)
	c.ConsoleOnly = len(accounts) == 0
	c.Chat = slices.ContainsFunc(accounts, func(a Account) bool { return a.Chat != "" && !a.Blocked })
	return c, err
}

// reaching returns a function that reports whether a station can be reached, and
// asks for each station once. The first error is put into failed; from then on no
// station is reached.
func (d *Desk) reaching(ctx context.Context, tx Tx, failed *error) func(id string) bool {
	known := make(map[string]bool)
	return func(id string) bool {
		if _, asked := known[id]; asked || *failed != nil {
			return known[id]
		}
		station, ok := d.Directory().Station(id)
		if ok {
			var s Staffing
			s, *failed = d.Staffing(ctx, tx, station)
			ok = *failed == nil && s.Reached()
		}
		known[id] = ok
		return ok
	}
}

// CannotTake is the error for a case that was to go to a station which has nobody to
// take it. It is ticket.Invalid.
type CannotTake struct {
	At     Staffing
	Others []route.Station // that could take it, the likeliest first
}

// Error implements error.
func (e *CannotTake) Error() string {
	return "station " + e.At.Station.ID + " has nobody to take a case"
}

// Unwrap gives the error its code.
func (e *CannotTake) Unwrap() error { return &ticket.Error{Code: ticket.Invalid, Field: "unreached"} }

// Text says in a language why the station cannot have it and who could.
func (e *CannotTake) Text(language string) string {
	l := langOf(language, "")
	var others []string
	for _, s := range e.Others {
		others = append(others, s.Label(string(l)))
	}
	out := l.f(pCannotTake, e.At.Station.Label(string(l)), e.At.why(l))
	if len(others) == 0 {
		return out + l.f(pOthersNone)
	}
	return out + l.f(pOthers, strings.Join(others, l.f(pComma)))
}

// why says why the station cannot be reached.
func (s Staffing) why(l lang) string {
	away := slices.IndexFunc(s.Agents, func(c Colleague) bool { return c.Absence.Person != "" })
	switch {
	case away >= 0:
		return l.f(pWhyAway)
	case s.Lost, len(s.Agents) > 0:
		return l.f(pWhyLost)
	default:
		return l.f(pWhyEmpty)
	}
}

// Why says in a language why the station cannot be reached, "" when it can.
func (s Staffing) Why(language string) string {
	if s.Reached() {
		return ""
	}
	return s.why(langOf(language, ""))
}

// mustReach refuses a step that would give the case to a station, or ask one for
// help, that has nobody to take it. Triage is never refused: what it gets while
// nobody is there, the supervisors are told.
func (d *Desk) mustReach(ctx context.Context, tx Tx, t ticket.Ticket, s ticket.Step) error {
	station, ok := d.Directory().Station(s.Station)
	if !ok || station.ID == d.Directory().Triage().ID {
		return nil
	}
	at, err := d.Staffing(ctx, tx, station)
	if err != nil || at.Reached() {
		return err
	}
	reached := d.reaching(ctx, tx, &err)
	elsewhere := func(id string) bool { return id != t.Station && reached(id) }
	to := d.Directory().Route(route.Case{
		Text: t.Text, Kind: t.Kind, Town: t.Town, Topic: t.Category, Company: t.Company, Advice: d.Advise(t.Text), Reached: elsewhere,
	})
	first, _ := d.Directory().Station(to.Station)
	e := &CannotTake{At: at}
	likely := append([]route.Station{first}, d.Directory().Suggested(to.Reasons)...)
	for _, o := range append(append(likely, d.Directory().Triage()), d.Directory().Stations()...) {
		known := slices.ContainsFunc(e.Others, func(k route.Station) bool { return k.ID == o.ID })
		if !known && elsewhere(o.ID) && len(e.Others) < 3 {
			e.Others = append(e.Others, o)
		}
	}
	if err != nil {
		return err
	}
	return e
}

// passOn gives a case that is back at a station with nobody to take it to triage.
func (d *Desk) passOn(ctx context.Context, tx Tx, t ticket.Ticket) (ticket.Ticket, error) {
	station, ok := d.Directory().Station(t.Station)
	if !ok {
		return d.rehome(ctx, tx, t)
	}
	at, err := d.Staffing(ctx, tx, station)
	if err != nil || at.Reached() || station.ID == d.Directory().Triage().ID {
		return t, err
	}
	return d.toTriage(ctx, tx, t, route.Unreached)
}

// Unstaffed lists the stations that cannot be reached now, in the order of the
// configuration, and logs them. It is for the start and for after each change of
// the configuration.
func (d *Desk) Unstaffed(ctx context.Context) ([]Staffing, error) {
	out, err := d.CannotReach(ctx)
	for _, s := range out {
		d.Logger.WarnContext(ctx, "a station has nobody to take cases, they go elsewhere", "station", s.Station.ID,
			"agents", len(s.Agents), "group_lost", s.Lost)
	}
	return out, err
}

// CannotReach lists the stations that cannot be reached now, in the order of the
// configuration.
func (d *Desk) CannotReach(ctx context.Context) (out []Staffing, err error) {
	err = d.Store.View(ctx, func(tx Tx) error {
		out = nil
		for _, s := range d.Directory().Stations() {
			at, err := d.Staffing(ctx, tx, s)
			if err != nil {
				return err
			}
			if !at.Reached() {
				out = append(out, at)
			}
		}
		return nil
	})
	return out, err
}

// told are those with a role who are told of something: who is not away, but of the
// supervisors somebody in any event.
func (d *Desk) told(ctx context.Context, tx Tx, of Membership) ([]Membership, error) {
	all, err := d.members(ctx, tx, of.Role, of.Station)
	if err != nil {
		return nil, err
	}
	var here []Membership
	for _, m := range all {
		a, err := tx.Absence(ctx, m.Person, d.Now())
		if err != nil {
			return nil, err
		}
		if a.Person == "" {
			here = append(here, m)
		}
	}
	if len(here) == 0 && of.Role == ticket.RoleSupervisor {
		return all, nil
	}
	return here, nil
}

// tellEach says something to each but the owner in private, and reports whether anybody
// was reached. The author, who wrote it, knows it without being told.
func (d *Desk) tellEach(ctx context.Context, tx Tx, people []Membership, owner, author string, say func(lang) (Reply, error)) (reached bool, err error) {
	for _, p := range people {
		if owner != "" && p.Person == owner {
			continue
		}
		if author != "" && p.Person == author {
			reached = true
			continue
		}
		told, err := d.tellPerson(ctx, tx, p.Person, say)
		if err != nil {
			return reached, err
		}
		reached = reached || told
	}
	return reached, nil
}

// tellOnDuty shows a station what is new to it: in its group, or else those who are
// on duty today, or else all of its people.
func (d *Desk) tellOnDuty(ctx context.Context, tx Tx, id, owner string, say func(lang) (Reply, error)) error {
	if s, ok := d.Directory().Station(id); ok && s.ChatID != 0 {
		return d.tellStation(ctx, tx, id, owner, say)
	}
	duties, err := tx.Duties(ctx, id)
	if err != nil {
		return err
	}
	agents, err := d.told(ctx, tx, Membership{Role: ticket.RoleAgent, Station: id})
	if err != nil {
		return err
	}
	people := OnDuty(duties, DayOf(d.Now()))
	var origins []string // who is on duty is it in all accounts
	for _, m := range agents {
		if slices.Contains(people, m.Person) {
			origins = append(origins, m.Origin())
		}
	}
	on := slices.DeleteFunc(agents, func(m Membership) bool { return !slices.Contains(origins, m.Origin()) })
	if reached, err := d.tellEach(ctx, tx, on, owner, "", say); err != nil || reached {
		return err
	}
	return d.tellPeople(ctx, tx, id, owner, "", say)
}

// tellHanded shows a case to the colleague who works it from now on.
func (d *Desk) tellHanded(ctx context.Context, tx Tx, c ticket.Ticket, e ticket.Event) error {
	if e.Object == "" || e.Object == e.Actor || c.Assignee != e.Object {
		return nil
	}
	_, err := d.tellPerson(ctx, tx, e.Object, func(l lang) (Reply, error) {
		r := words(l.f(pHandedToYou, c.ID, excerpt(c.Text, 60), e.Text))
		r.Ref, r.Buttons = data("ticket", c.ID), l.cardButtons(c, ticket.RoleAgent)
		return r, nil
	})
	return err
}
