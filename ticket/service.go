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
	// EraseWords makes the events of the case with these numbers, all for nil, Bare, and
	// notes that step by did it, which is yet to be appended. Those that are bare already
	// are left alone. It returns what that step must seal: see Event.Object.
	EraseWords(ctx context.Context, ticket string, seqs []int, by int) (left string, err error)
	// Tickets returns the cases that match, newest first unless the filter says otherwise.
	Tickets(ctx context.Context, f Filter) ([]Ticket, error)
	// Enqueue writes a job that runs at or after j.At once the transaction has
	// committed, at least once, even if the process dies in between. A JobNotify without a
	// time may run at the end of the transaction instead.
	Enqueue(ctx context.Context, j Job) error
}

// Filter selects cases. Zero fields do not restrict.
type Filter struct {
	Requester string
	NotOf     string   // leaves out the cases of this requester
	Stations  []string // nil: all stations; empty but not nil: none
	States    []State
	Kinds     []Kind
	OpenOnly  bool
	Overdue   time.Time // when set: only cases that are overdue at this moment
	Into      string    // merged into this case
	From      time.Time // submitted at this moment or later
	Before    time.Time // submitted before this moment
	Concern   Concern   // of this concern at Now
	Now       time.Time
	Text      string // each word of it in number, text or company, ignoring case
	Assignee  string // accepted by this person
	ByDue     bool   // the soonest deadline first, those without one last, instead of the newest first
	Limit     int    // Defaults to 50; at most 500
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
	if err := sv.record(ctx, tx, nil, t, ev, s.Room); err != nil {
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
	switch {
	case s.Action == Erase: // a line that says so would be no erasure: see Service.Erase
		return t, &Error{Code: Illegal, State: t.State, Possible: t.Offered(s.Role)}
	case s.Action == Merge, s.Action == Link:
		return sv.join(ctx, tx, t, s)
	case t.MergedInto != "" && (s.Action == Unmerge || s.Action == Unsolved):
		return sv.part(ctx, tx, t, s)
	case slices.Contains(pending, t.State) && slices.Contains(answers, s.Action):
		return sv.take(ctx, tx, t, Step{Action: Accept, Actor: s.Actor, Role: s.Role, Station: s.Station}, s)
	default:
		return sv.take(ctx, tx, t, s)
	}
}

// join merges the case into another one, or links the two: each has it in its
// history. What was told and sent with a merged case goes into the other one, which
// must be open.
func (sv *Service) join(ctx context.Context, tx Tx, t Ticket, s Step) (Ticket, error) {
	invalid := &Error{Code: Invalid, Field: "case"}
	mine, err := sv.plan(t, s)
	if err != nil {
		return t, err
	}
	other, err := tx.Ticket(ctx, s.Case)
	switch {
	case CodeOf(err) == NotFound, err == nil && other.ID == t.ID:
		return t, invalid
	case err != nil:
		return t, err
	}
	there := Step{Action: Link, Actor: s.Actor, Role: s.Role, Case: t.ID}
	if s.Action == Merge {
		if !slices.Contains(open, other.State) {
			return t, invalid
		}
		if err := Mergeable(t, other); err != nil {
			return t, err
		}
		history, err := tx.Events(ctx, t.ID)
		if err != nil {
			return t, err
		}
		there = Step{Action: Absorb, Role: RoleSystem, Case: t.ID, Text: t.Text, Until: mine[0].after.AnswerBy, Files: Files(history)}
	}
	theirs, err := sv.plan(other, there)
	if err != nil {
		return t, err
	}
	return mine[0].after, sv.write(ctx, tx, append(mine, theirs...))
}

// Mergeable says why case a cannot go on in case b by what they are about, nil if it
// can. A financing request asks for money of its own and has a result of its own: it is
// the same matter only as another one of the same requester or company, else Invalid
// "kinds", for the same amount, else Invalid "amounts". One that names no amount can go
// on in one that does; the report then counts that one and loses nothing.
func Mergeable(a, b Ticket) error {
	if a.Kind != Financing && b.Kind != Financing {
		return nil
	}
	company := plain(a.Company)
	if a.Kind != b.Kind || a.Requester != b.Requester && (company == "" || company != plain(b.Company)) {
		return &Error{Code: Invalid, Field: "kinds"}
	}
	if asked := a.asked(); asked != 0 && asked != b.asked() {
		return &Error{Code: Invalid, Field: "amounts"}
	}
	return nil
}

// part takes a step by which a merged case goes on by itself; the other one has it
// in its history.
func (sv *Service) part(ctx context.Context, tx Tx, t Ticket, s Step) (Ticket, error) {
	mine, err := sv.plan(t, s)
	if err != nil {
		return t, err
	}
	other, err := tx.Ticket(ctx, t.MergedInto)
	if err != nil {
		return t, err
	}
	theirs, err := sv.plan(other, Step{Action: Part, Role: RoleSystem, Case: t.ID})
	if err != nil {
		return t, err
	}
	return mine[0].after, sv.write(ctx, tx, append(mine, theirs...))
}

// Files are the files of a case, in the order in which they came.
func Files(history []Event) (files []File) {
	for _, e := range history {
		files = append(files, e.Files...)
	}
	return files
}

// change is a step that has been checked and not yet written.
type change struct {
	before, after Ticket
	event         Event
	room          string
}

// plan checks the steps one after the other, all in one moment.
func (sv *Service) plan(t Ticket, steps ...Step) ([]change, error) {
	now := sv.now()
	var all []change
	for _, s := range steps {
		next, ev, err := Apply(t, s, now, sv.terms)
		if err != nil {
			return nil, err
		}
		all = append(all, change{t, next, ev, s.Room})
		t = next
	}
	return all, nil
}

// write stores the changes with what follows from them.
func (sv *Service) write(ctx context.Context, tx Tx, changes []change) error {
	for _, c := range changes {
		if err := tx.UpdateTicket(ctx, c.after); err != nil {
			return err
		}
		if err := sv.record(ctx, tx, c.before.Deadlines(), c.after, c.event, c.room); err != nil {
			return err
		}
	}
	return nil
}

// take takes the steps. All are checked before the first is written.
func (sv *Service) take(ctx context.Context, tx Tx, t Ticket, steps ...Step) (Ticket, error) {
	changes, err := sv.plan(t, steps...)
	if err != nil {
		return t, err
	}
	if err := sv.write(ctx, tx, changes); err != nil {
		return t, err
	}
	return changes[len(changes)-1].after, nil
}

// record appends the event and enqueues its consequences: who is told, and the
// timers that count from now on. A timer that no longer counts when it runs does
// nothing, so none has to be cancelled here.
func (sv *Service) record(ctx context.Context, tx Tx, before []time.Time, t Ticket, ev Event, room string) error {
	if err := tx.AppendEvent(ctx, ev); err != nil {
		return err
	}
	return enqueue(ctx, tx, sv.jobs(before, t, ev, room))
}

func enqueue(ctx context.Context, tx Tx, jobs []Job) error {
	for _, j := range jobs {
		if err := tx.Enqueue(ctx, j); err != nil {
			return err
		}
	}
	return nil
}
