package handlers

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"slices"
	"strings"
	"time"

	"liaison/ticket"
	"liaison/ticket/route"
)

// How long one-time codes hold.
const (
	InviteTTL   = 7 * 24 * time.Hour
	LoginTTL    = 10 * time.Minute
	OperatorTTL = 24 * time.Hour // the code that is printed at the start
)

// Viewer returns what the person may see of other people's cases.
func (d *Desk) Viewer(ctx context.Context, tx Tx, person string) (ticket.Viewer, error) {
	v := ticket.Viewer{Person: person}
	ms, err := d.memberships(ctx, tx, person)
	if err != nil {
		return v, err
	}
	for _, m := range ms {
		switch m.Role {
		case ticket.RoleSupervisor:
			v.Supervisor = true
		case ticket.RoleAgent:
			v.Stations = append(v.Stations, m.Station)
		}
	}
	return v, nil
}

// Act takes a step on a case for a person. It is the only way in which people
// change cases, from whatever surface. A case that the person may not see is
// ticket.NotFound; see ticket.Service.Act for the rest.
func (d *Desk) Act(ctx context.Context, tx Tx, person, id string, s ticket.Step) (ticket.Ticket, error) {
	t, err := tx.Ticket(ctx, id)
	if err != nil {
		return t, err
	}
	v, err := d.Viewer(ctx, tx, person)
	if err != nil {
		return t, err
	}
	if t.Requester == person {
		if ended, err := d.findingOver(ctx, tx, t); err != nil {
			return t, err
		} else if !ended.IsZero() {
			return t, &ticket.Error{Code: ticket.Forbidden, Field: "ended"}
		}
	}
	if t.MergedInto != "" && t.Requester == person && s.Action == ticket.Note {
		// It goes on in the other case: what is added belongs there.
		s.Actor, s.Role, s.Contact = person, ticket.RoleRequester, "" // the other case has its requester's
		main, err := d.mainOf(ctx, tx, t)
		if err != nil {
			return t, err
		}
		_, err = d.cases.Act(ctx, tx, main.ID, s)
		return t, err // the other case is not this person's to see
	}
	if s.Role, err = roleFor(v, t, s.Action); err != nil {
		return t, err
	}
	if t.MergedInto != "" && (s.Action == ticket.Solved || s.Action == ticket.Unsolved) {
		main, err := d.mainOf(ctx, tx, t)
		if err != nil {
			return t, err
		}
		if !hasResult(main) {
			return t, &ticket.Error{Code: ticket.Illegal, State: main.State}
		}
	}
	s.Actor = person
	if err := d.fits(ctx, tx, t, s); err != nil {
		return t, err
	}
	tr, _ := ticket.Lookup(s.Action)
	switch {
	case s.Action == ticket.Release: // the station need not be there any more
	case tr.Wants(ticket.NeedStation):
		if _, ok := d.Directory().Station(s.Station); !ok {
			return t, &ticket.Error{Code: ticket.Invalid, Field: "station"}
		}
		if s.Action == ticket.Return {
			s.Advice, s.Station = s.Station, d.Directory().Triage().ID
		} else if err := d.mustReach(ctx, tx, t, s); err != nil {
			return t, err
		}
	case tr.Wants(ticket.NeedCase):
		if other, err := tx.Ticket(ctx, s.Case); err != nil || !works(v, other) {
			return t, &ticket.Error{Code: ticket.Invalid, Field: "case"}
		}
	case s.Action == ticket.Record && s.Outcome != nil && s.Outcome.Lender != "":
		if _, ok := d.Directory().Station(s.Outcome.Lender); !ok {
			return t, &ticket.Error{Code: ticket.Invalid, Field: "lender"}
		}
		s.Station = v.Acts(t)
	case s.Action == ticket.Withdraw:
		s.Station = ""
		if err := d.notShared(ctx, tx, t); err != nil {
			return t, err
		}
	case s.Role == ticket.RoleAgent:
		s.Station = v.Acts(t)
	default:
		s.Station = "" // the step is not about a station
	}
	if t, err = d.cases.Act(ctx, tx, id, s); err != nil {
		return t, err
	}
	if s.Action == ticket.Unsolved || s.Action == ticket.Unmerge { // it is back where perhaps nobody is any more
		return d.passOn(ctx, tx, t)
	}
	return d.rehome(ctx, tx, t)
}

// notShared refuses to end a case in which the matter of somebody else goes on.
func (d *Desk) notShared(ctx context.Context, tx Tx, c ticket.Ticket) error {
	merged, err := tx.Tickets(ctx, ticket.Filter{Into: c.ID, Limit: 500})
	if err != nil {
		return err
	}
	for _, m := range merged {
		if m.Requester != c.Requester {
			return &ticket.Error{Code: ticket.Invalid, Field: "shared"}
		}
		if err := d.notShared(ctx, tx, m); err != nil {
			return err
		}
	}
	return nil
}

// rehome gives an open case whose station is no longer configured to triage.
func (d *Desk) rehome(ctx context.Context, tx Tx, t ticket.Ticket) (ticket.Ticket, error) {
	if _, ok := d.Directory().Station(t.Station); ok || !slices.Contains(t.Possible(ticket.RoleSystem), ticket.Assign) {
		return t, nil
	}
	return d.toTriage(ctx, tx, t, route.StationGone)
}

// toTriage gives a case to triage; why is a code of package route about its station.
func (d *Desk) toTriage(ctx context.Context, tx Tx, t ticket.Ticket, why string) (ticket.Ticket, error) {
	return d.cases.Act(ctx, tx, t.ID, ticket.Step{
		Action: ticket.Assign, Role: ticket.RoleSystem, Station: d.Directory().Triage().ID,
		Route: append(slices.Clone(t.Route), ticket.Reason{Code: why, Value: t.Station}),
	})
}

// Rehome gives every open case of a station that is no longer configured to
// triage. It is for the start and for after each change of the configuration.
func (d *Desk) Rehome(ctx context.Context) error {
	const page = 500
	for offset := 0; ; offset += page {
		var open []ticket.Ticket
		err := d.Store.View(ctx, func(tx Tx) (err error) {
			open, err = tx.Tickets(ctx, ticket.Filter{OpenOnly: true, Limit: page, Offset: offset})
			return err
		})
		if err != nil {
			return err
		}
		for _, t := range open {
			if _, ok := d.Directory().Station(t.Station); ok {
				continue
			}
			err := d.Store.Update(ctx, func(tx Tx) error {
				t, err := tx.Ticket(ctx, t.ID)
				if err != nil {
					return err
				}
				_, err = d.rehome(ctx, tx, t)
				return err
			})
			if err != nil {
				return err
			}
		}
		if len(open) < page {
			return nil
		}
	}
}

// Recompute sets the deadlines of open cases to what the terms of their stations
// give now, and returns how many have changed. It is for the start and for after
// each change of calendar or terms.
func (d *Desk) Recompute(ctx context.Context) (changed int, err error) {
	const page = 200
	for offset := 0; ; offset += page {
		var open int
		var drifted []string
		err := d.Store.View(ctx, func(tx Tx) error {
			list, err := tx.Tickets(ctx, ticket.Filter{OpenOnly: true, Limit: page, Offset: offset})
			if err != nil {
				return err
			}
			open, drifted = len(list), nil
			for _, t := range list {
				is, err := d.cases.Drifted(ctx, tx, t)
				if err != nil {
					return err
				}
				if is {
					drifted = append(drifted, t.ID)
				}
			}
			return nil
		})
		if err != nil {
			return changed, err
		}
		for _, id := range drifted {
			did := false
			err := d.Store.Update(ctx, func(tx Tx) (err error) {
				did, err = d.cases.Recompute(ctx, tx, id)
				return err
			})
			if err != nil {
				return changed, err
			}
			if did {
				changed++
			}
		}
		if open < page {
			return changed, nil
		}
	}
}

// Rearm gives the open cases of an older program, once, the timers that it did not
// set.
func (d *Desk) Rearm(ctx context.Context) error {
	const page = 500
	return d.Store.Update(ctx, func(tx Tx) error {
		todo, err := tx.Once(ctx, UnsetTimers)
		for offset := 0; err == nil && todo; offset += page {
			var open []ticket.Ticket
			if open, err = tx.Tickets(ctx, ticket.Filter{OpenOnly: true, Limit: page, Offset: offset}); err != nil {
				return err
			}
			for _, t := range open {
				if err := d.cases.Rearm(ctx, tx, t); err != nil {
					return err
				}
			}
			todo = len(open) == page
		}
		return err
	})
}

// roleFor says in which capacity the viewer takes the action on the case: what
// belongs to the requester is done as requester even by somebody who is also an
// agent, and nobody works a case of his own.
func roleFor(v ticket.Viewer, t ticket.Ticket, a ticket.Action) (ticket.Role, error) {
	own := v.Person != "" && v.Person == t.Requester
	if own && ticket.May(ticket.RoleRequester, a) {
		if t.Kind == ticket.Finding {
			return ticket.RoleObserver, nil
		}
		return ticket.RoleRequester, nil
	}
	role := v.Sees(t)
	switch {
	case role == "":
		return "", ticket.Errorf(ticket.NotFound, "case %s is not visible", t.ID)
	case own:
		return "", ticket.Errorf(ticket.Forbidden, "%s is not for the requester", a)
	case !ticket.May(role, a):
		return "", ticket.Errorf(ticket.Forbidden, "%s is not for a %s", a, role)
	}
	return role, nil
}

// Redeem uses a one-time code up. An invitation makes its role the person's, or
// a new person's when person is ""; a login code tells whose it is. A code that
// is unknown, used or expired is ticket.NotFound.
func (d *Desk) Redeem(ctx context.Context, tx Tx, person, code string) (Person, error) {
	c, err := tx.TakeCode(ctx, HashCode(code), d.Now())
	if err != nil {
		return Person{}, err
	}
	if c.Purpose == Login {
		return d.become(ctx, tx, person, c.Person)
	}
	if !c.Until.IsZero() && !c.Until.After(d.Now()) {
		return Person{}, ticket.Errorf(ticket.NotFound, "the appointment is over before it began")
	}
	var p Person
	if person == "" {
		p, err = tx.AddPerson(ctx, Person{Label: c.Label, CreatedAt: d.Now()})
	} else if p, err = tx.Person(ctx, person); err == nil && c.Label != "" {
		p.Label = c.Label
		err = tx.SavePerson(ctx, p)
	}
	if err != nil {
		return Person{}, err
	}
	if err := tx.AddMembership(ctx, Membership{Person: p.ID, Role: c.Role, Station: c.Station, Until: c.Until}); err != nil {
		return Person{}, err
	}
	m, _, err := d.membership(ctx, tx, p.ID, c.Role, c.Station)
	if err != nil {
		return Person{}, err
	}
	return p, d.end(ctx, tx, m) // what was taken over from an earlier one goes on with it
}

// become returns the person whom a login code belongs to. Entered by somebody in
// a chat, the code makes that account's person what the other one is: whoever
// holds it could act as the other one anyhow, and is now told of cases. The
// memberships remember where they come from, and end together.
func (d *Desk) become(ctx context.Context, tx Tx, person, owner string) (Person, error) {
	p, err := tx.Person(ctx, owner)
	if err != nil || person == "" || person == owner {
		return p, err
	}
	me, err := tx.Person(ctx, person)
	if err != nil {
		return Person{}, err
	}
	me.Label = p.Label
	if err := tx.SavePerson(ctx, me); err != nil {
		return Person{}, err
	}
	ms, err := tx.Memberships(ctx, owner)
	for _, m := range ms {
		m.Person, m.Source = person, m.Origin()
		err = errors.Join(err, tx.AddMembership(ctx, m))
	}
	if err != nil {
		return me, err
	}
	a, err := tx.Absence(ctx, owner, d.Now())
	if err == nil && a.Person != "" {
		a.Person = person
		err = tx.SetAbsence(ctx, a)
	}
	return me, err
}

// supervises returns nil for a supervisor, and Forbidden for anybody else.
func (d *Desk) supervises(ctx context.Context, tx Tx, person string) error {
	v, err := d.Viewer(ctx, tx, person)
	if err == nil && !v.Supervisor {
		err = ticket.Errorf(ticket.Forbidden, "for supervisors only")
	}
	return err
}

// Invite makes an invitation on behalf of a supervisor, or of the operator when
// by is "", and returns its code, which is not stored. Role, Station and Label are
// taken from c.
func (d *Desk) Invite(ctx context.Context, tx Tx, by string, c Code) (string, error) {
	if by != "" {
		if err := d.supervises(ctx, tx, by); err != nil {
			return "", err
		}
	}
	switch c.Role {
	case ticket.RoleAgent:
		if _, ok := d.Directory().Station(c.Station); !ok {
			return "", &ticket.Error{Code: ticket.Invalid, Field: "station"}
		}
	case ticket.RoleObserver, ticket.RoleSupervisor:
		c.Station = ""
		if c.Role == ticket.RoleObserver && !c.Until.IsZero() && !c.Until.After(d.Now()) {
			return "", &ticket.Error{Code: ticket.Invalid, Field: "end"}
		}
	default:
		return "", &ticket.Error{Code: ticket.Invalid, Field: "role"}
	}
	if c.Role != ticket.RoleObserver {
		c.Until = time.Time{}
	}
	c.Label = excerpt(c.Label, 40)
	if c.Label == "" {
		return "", &ticket.Error{Code: ticket.Invalid, Field: "label"}
	}
	c.Purpose, c.Expires = Invite, d.Now().Add(InviteTTL)
	return newCode(ctx, tx, c)
}

// LoginCode makes a code that opens the staff console for the person once.
func (d *Desk) LoginCode(ctx context.Context, tx Tx, person string) (string, error) {
	return d.loginCode(ctx, tx, person, LoginTTL)
}

func (d *Desk) loginCode(ctx context.Context, tx Tx, person string, ttl time.Duration) (string, error) {
	return newCode(ctx, tx, Code{Purpose: Login, Person: person, Expires: d.Now().Add(ttl)})
}

// FirstSupervisor returns a login code for the supervisor who has been there
// longest, making one with the label when there is none yet. It is for the
// operator, who holds the database anyhow.
func (d *Desk) FirstSupervisor(ctx context.Context, tx Tx, label string) (string, error) {
	all, err := d.members(ctx, tx, ticket.RoleSupervisor, "")
	if err != nil {
		return "", err
	}
	var first Person
	for _, m := range all {
		p, err := tx.Person(ctx, m.Person)
		if err != nil {
			return "", err
		}
		if first.ID == "" || p.CreatedAt.Before(first.CreatedAt) {
			first = p
		}
	}
	if first.ID != "" {
		return d.loginCode(ctx, tx, first.ID, OperatorTTL)
	}
	p, err := tx.AddPerson(ctx, Person{Label: label, CreatedAt: d.Now()})
	if err != nil {
		return "", err
	}
	if err := tx.AddMembership(ctx, Membership{Person: p.ID, Role: ticket.RoleSupervisor}); err != nil {
		return "", err
	}
	return d.loginCode(ctx, tx, p.ID, OperatorTTL)
}

// alphabet leaves out what is easily mistaken when read aloud or typed: 0 O, 1 I L.
const alphabet = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"

// newCode stores a fresh code: twelve characters, some 59 bits, in groups of four.
func newCode(ctx context.Context, tx Tx, c Code) (string, error) {
	var b strings.Builder
	for i := 0; i < 12; {
		var one [1]byte
		rand.Read(one[:]) // never fails
		// 31 characters: reject what would favour some of them.
		if int(one[0]) >= 256-256%len(alphabet) {
			continue
		}
		if i > 0 && i%4 == 0 {
			b.WriteByte('-')
		}
		b.WriteByte(alphabet[int(one[0])%len(alphabet)])
		i++
	}
	c.Hash = HashCode(b.String())
	return b.String(), tx.AddCode(ctx, c)
}

// HashCode is what is stored of a code. Case, spaces, hyphens and full width do
// not matter.
func HashCode(code string) string {
	plain := strings.Map(func(r rune) rune {
		if r >= '！' && r <= '～' {
			r -= '！' - '!'
		}
		switch {
		case r >= 'a' && r <= 'z':
			return r - 'a' + 'A'
		case r >= 'A' && r <= 'Z', r >= '0' && r <= '9':
			return r
		default:
			return -1
		}
	}, code)
	sum := sha256.Sum256([]byte(plain))
	return hex.EncodeToString(sum[:])
}

// problem puts an error that a person can act on in words. It reports false for
// every other error.
func (l lang) problem(err error) (phrase, []any, bool) {
	var e *ticket.Error
	if !errors.As(err, &e) {
		return phrase{}, nil, false
	}
	var nobody *CannotTake
	if errors.As(err, &nobody) {
		return pAsIs, []any{nobody.Text(string(l))}, true
	}
	switch e.Code {
	case ticket.NotFound:
		return pNotFound, nil, true
	case ticket.Forbidden:
		if e.Field == "ended" {
			return pEndedNoStep, nil, true
		}
		return pForbidden, nil, true
	case ticket.Illegal:
		if len(e.Possible) == 0 {
			return pIllegal, []any{e.State.Label(string(l))}, true
		}
		var can []string
		for _, a := range e.Possible {
			can = append(can, a.Label(string(l)))
		}
		return pIllegalBut, []any{e.State.Label(string(l)), strings.Join(can, l.f(pComma))}, true
	case ticket.Conflict:
		return pConflict, nil, true
	case ticket.Invalid:
		switch e.Field {
		case "long":
			return pTooLong, []any{ticket.MaxText}, true
		case "comment":
			return pTooLong, []any{ticket.MaxComment}, true
		case "station":
			return pNoStation, nil, true
		case "case":
			return pNoCase, nil, true
		case "kinds":
			return pFundsApart, nil, true
		case "amounts":
			return pFundsSums, nil, true
		case "person":
			return pNoColleague, nil, true
		case "away":
			return pYouAreAway, nil, true
		case "back":
			return pNoReturn, nil, true
		case "shared":
			return pShared, nil, true
		case "until":
			return pNoDate, nil, true
		case "placeholder":
			return pNotFilled, nil, true
		case "late":
			return pTooLate, nil, true
		default:
			if p, ok := fundsProblems[e.Field]; ok {
				return p, nil, true
			}
			return pMissing, nil, true
		}
	default:
		return phrase{}, nil, false
	}
}
