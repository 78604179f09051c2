package ticket

import (
	"context"
	"slices"
	"time"
)

// Tx is what the cases need of storage inside one transaction. Everything done
// through one Tx happens together or not at all. A Tx is used by one goroutine.
type Tx interface {
	// NextNumber returns 1, 2, 3 … for each day (a date such as "20261123").
	NextNumber(ctx context.Context, day string) (int, error)
	// InsertTicket stores a new case; its ID must be unused.
	InsertTicket(ctx context.Context, t Ticket) error
	// Ticket returns the case and, where the database can, locks it until the
	// transaction ends. An unknown id is NotFound.
	Ticket(ctx context.Context, id string) (Ticket, error)
	// UpdateTicket stores t if the stored version is t.Version-1, else Conflict.
	UpdateTicket(ctx context.Context, t Ticket) error
	// AppendEvent adds a line to the history; a Seq in use is Conflict.
	AppendEvent(ctx context.Context, e Event) error
	// Events returns the case's history in order of Seq.
	Events(ctx context.Context, ticket string) ([]Event, error)
	// Tickets returns the cases that match, newest first.
	Tickets(ctx context.Context, f Filter) ([]Ticket, error)
	// Enqueue writes a job that runs at or after j.At once the transaction has
	// committed, at least once, even if the process dies in between.
	Enqueue(ctx context.Context, j Job) error
}

// Filter selects cases. Zero fields do not restrict.
type Filter struct {
	Requester string
	Stations  []string // nil: all stations; empty but not nil: none
	States    []State
	Kinds     []Kind
	OpenOnly  bool
	Overdue   time.Time // when set: only cases that are overdue at this moment
	Text      string    // in number, text or company, ignoring case
	Limit     int       // Defaults to 50; at most 500
	Offset    int
}

// Service moves cases through their life. It keeps no state of its own and is
// safe for concurrent use.
type Service struct {
	terms TermsOf
	clock func() time.Time
}

// NewService returns a Service that reckons deadlines by the terms.
func NewService(terms TermsOf, now func() time.Time) *Service {
	return &Service{terms: terms, clock: now}
}

// now is the present to the millisecond, which is what is kept of a time: what a
// history gives is then the same before and after it was stored.
func (sv *Service) now() time.Time { return sv.clock().Truncate(time.Millisecond) }

// Routed is where a new case goes and why.
type Routed struct {
	Station string
	Reasons []Reason
}

// Submit numbers a new case, assigns it to the station it was routed to and
// enqueues what follows. s.Actor becomes the requester.
func (sv *Service) Submit(ctx context.Context, tx Tx, t Ticket, s Step, to Routed) (Ticket, error) {
	now := sv.now()
	t, ev, err := New(t, s, now, sv.terms)
	if err != nil {
		return Ticket{}, err
	}
	n, err := tx.NextNumber(ctx, now.In(CST).Format("20060102"))
	if err != nil {
		return Ticket{}, err
	}
	t.ID = Number(now, n)
	ev.Ticket = t.ID
	if err := tx.InsertTicket(ctx, t); err != nil {
		return Ticket{}, err
	}
	if err := sv.record(ctx, tx, time.Time{}, t, ev); err != nil {
		return Ticket{}, err
	}
	return sv.take(ctx, tx, t, Step{Action: Assign, Role: RoleSystem, Station: to.Station, Route: to.Reasons})
}

// Act loads the case, takes the step and enqueues what follows. The caller has
// checked with Viewer that the actor may touch this case. An error with a code
// other than Internal comes before anything was written.
//
// An agent who answers a case that nobody has accepted accepts it by that: the
// acceptance is written as a step of its own, of the same moment.
func (sv *Service) Act(ctx context.Context, tx Tx, id string, s Step) (Ticket, error) {
	t, err := tx.Ticket(ctx, id)
	if err != nil {
		return Ticket{}, err
	}
	if slices.Contains(pending, t.State) && slices.Contains(answers, s.Action) {
		return sv.take(ctx, tx, t, Step{Action: Accept, Actor: s.Actor, Role: s.Role, Station: s.Station}, s)
	}
	return sv.take(ctx, tx, t, s)
}

// take takes the steps one after the other, all in one moment. All are checked
// before the first is written.
func (sv *Service) take(ctx context.Context, tx Tx, t Ticket, steps ...Step) (Ticket, error) {
	now := sv.now()
	lives := []Ticket{t}
	var events []Event
	for i, s := range steps {
		next, ev, err := Apply(lives[i], s, now, sv.terms)
		if err != nil {
			return t, err
		}
		lives, events = append(lives, next), append(events, ev)
	}
	for i, ev := range events {
		if err := tx.UpdateTicket(ctx, lives[i+1]); err != nil {
			return t, err
		}
		if err := sv.record(ctx, tx, lives[i].Due(), lives[i+1], ev); err != nil {
			return t, err
		}
	}
	return lives[len(lives)-1], nil
}

// record appends the event and enqueues its consequences: who is told, and the
// timers that count from now on. A timer that no longer counts when it runs does
// nothing, so none has to be cancelled here.
func (sv *Service) record(ctx context.Context, tx Tx, before time.Time, t Ticket, ev Event) error {
	if err := tx.AppendEvent(ctx, ev); err != nil {
		return err
	}
	for _, j := range sv.jobs(before, t, ev) {
		if err := tx.Enqueue(ctx, j); err != nil {
			return err
		}
	}
	return nil
}
