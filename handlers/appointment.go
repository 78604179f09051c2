package handlers

import (
	"context"
	"slices"
	"time"

	"liaison/ticket"
)

// Holds reports whether the membership is in force at the moment. It is the one
// place that says so.
func (m Membership) Holds(at time.Time) bool { return m.Until.IsZero() || at.Before(m.Until) }

// memberships returns what the person is now.
func (d *Desk) memberships(ctx context.Context, tx Tx, person string) ([]Membership, error) {
	return d.holding(tx.Memberships(ctx, person))
}

// members returns who has the role now, for agents at the station; "" means all.
func (d *Desk) members(ctx context.Context, tx Tx, role ticket.Role, station string) ([]Membership, error) {
	return d.holding(tx.Members(ctx, role, station))
}

func (d *Desk) holding(ms []Membership, err error) ([]Membership, error) {
	return slices.DeleteFunc(ms, func(m Membership) bool { return !m.Holds(d.Now()) }), err
}

// isStaff reports whether the memberships make somebody staff.
func isStaff(ms []Membership) bool {
	return slices.ContainsFunc(ms, func(m Membership) bool {
		return m.Role == ticket.RoleAgent || m.Role == ticket.RoleSupervisor
	})
}

// appointment returns the person's membership as an observer, in force or ended.
// There is none for who was never one.
func (d *Desk) appointment(ctx context.Context, tx Tx, person string) (Membership, bool, error) {
	return d.membership(ctx, tx, person, ticket.RoleObserver, "")
}

// findingOver returns the moment from which on the finding is closed to its
// observer, because the appointment under which it was reported has ended; zero
// when it is not, and for every other kind of case. Without a membership, one that
// was taken away altogether, it is closed from its beginning on.
func (d *Desk) findingOver(ctx context.Context, tx Tx, c ticket.Ticket) (time.Time, error) {
	if c.Kind != ticket.Finding {
		return time.Time{}, nil
	}
	m, ok, err := d.appointment(ctx, tx, c.Requester)
	switch {
	case err != nil || ok && m.Holds(d.Now()):
		return time.Time{}, err
	case !ok:
		return c.CreatedAt, nil
	default:
		return m.Until, nil
	}
}

// asLeft returns a case of the person and its history as they are shown to him or
// her: all of it, but of a finding whose observer's appointment has ended only what
// there was until then. left reports that it is such a one.
func (d *Desk) asLeft(ctx context.Context, tx Tx, c ticket.Ticket) (shown ticket.Ticket, events []ticket.Event, left bool, err error) {
	if events, err = tx.Events(ctx, c.ID); err != nil {
		return c, nil, false, err
	}
	over, err := d.findingOver(ctx, tx, c)
	if err != nil || over.IsZero() {
		return c, events, false, err
	}
	n := len(events)
	for n > 1 && events[n-1].At.After(over) {
		n--
	}
	if n < len(events) { // where it stood then; what is due now is not for this person
		last := events[n-1]
		c.State, c.Station, c.Rating = last.To, last.Station, ticket.Rating{}
	}
	c.AcceptBy, c.AnswerBy, c.MergedInto = time.Time{}, time.Time{}, ""
	return c, events[:n], true, nil
}

// Observer is an appointed observer as supervisors see one.
type Observer struct {
	Person string
	Label  string
	Since  time.Time // when the person became known
	Until  time.Time // the moment at which the appointment ends or ended; zero: no end is set
	Holds  bool      // it is in force
}

// Observers returns everybody who is or was an observer, by name; who is one in
// several accounts once, as the person who was appointed.
func (d *Desk) Observers(ctx context.Context, tx Tx) ([]Observer, error) {
	ms, err := tx.Members(ctx, ticket.RoleObserver, "")
	if err != nil {
		return nil, err
	}
	var all []Observer
	for _, m := range ms {
		if m.Source != "" {
			continue
		}
		p, err := tx.Person(ctx, m.Person)
		if err != nil {
			return nil, err
		}
		all = append(all, Observer{m.Person, p.Label, p.CreatedAt, m.Until, m.Holds(d.Now())})
	}
	slices.SortStableFunc(all, func(a, b Observer) int {
		if a.Label < b.Label {
			return -1
		} else if a.Label > b.Label {
			return 1
		}
		return a.Since.Compare(b.Since)
	})
	return all, nil
}

// Appoint sets, on behalf of a supervisor, the moment at which an observer's
// appointment ends, in all of his or her accounts; zero takes the end away, and a moment that has passed ends it now.
// Anybody else is Forbidden; who was never an observer is NotFound.
func (d *Desk) Appoint(ctx context.Context, tx Tx, by, observer string, until time.Time) error {
	if err := d.supervises(ctx, tx, by); err != nil {
		return err
	}
	m, ok, err := d.appointment(ctx, tx, observer)
	switch {
	case err != nil:
		return err
	case !ok:
		return ticket.Errorf(ticket.NotFound, "no such observer")
	}
	now := d.Now()
	if !until.IsZero() && until.Before(now) {
		until = now
		if !m.Holds(now) {
			until = m.Until // it ended before, and what was seen until then does not become more
		}
	}
	m.Until = until
	return d.end(ctx, tx, m)
}
