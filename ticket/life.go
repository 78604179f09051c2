package ticket

import (
	"slices"
	"strings"
	"time"
	"unicode/utf8"
)

// State is where a case stands.
type State string

// The states, with the name shown in Chinese.
const (
	Received    State = "received"    // 已受理: numbered, no station yet
	Assigned    State = "assigned"    // 已派单: at a station, nobody has accepted it
	Accepted    State = "accepted"    // 已签收: an agent has it
	InProgress  State = "in_progress" // 办理中
	Waiting     State = "waiting"     // 待补充: the requester was asked; the clock stands still
	Answered    State = "answered"    // 已答复: result told, rating asked for
	Closed      State = "closed"      // 已办结
	Returned    State = "returned"    // 退回: back at triage with a reason
	Transferred State = "transferred" // 转办: at another station, not yet accepted there
	Rejected    State = "rejected"    // 不予受理: with a reason
	Reopened    State = "reopened"    // 重办: the requester said it was not solved
)

// States lists every state in the order of a case's life.
var States = []State{Received, Assigned, Accepted, InProgress, Waiting, Answered, Closed, Returned, Transferred, Rejected, Reopened}

// Terminal reports whether nothing more is to be done.
func (s State) Terminal() bool { return s == Closed || s == Rejected }

// Role is in which capacity somebody acts.
type Role string

// The roles, from the least to the most that they see of other people's cases.
const (
	RoleRequester  Role = "requester"
	RoleObserver   Role = "observer"
	RoleAgent      Role = "agent"
	RoleSupervisor Role = "supervisor"
	RoleSystem     Role = "system" // deadlines, routing, automatic closing
)

// Action is a step in a case's life.
type Action string

// The actions. Their meaning is the table Transitions.
const (
	Submit   Action = "submit"
	Assign   Action = "assign"
	Accept   Action = "accept"
	Reply    Action = "reply"
	Ask      Action = "ask"
	Supply   Action = "supply"
	Note     Action = "note"
	Transfer Action = "transfer"
	Return   Action = "return"
	Reject   Action = "reject"
	Resolve  Action = "resolve"
	Solved   Action = "solved"
	Unsolved Action = "unsolved"
	Score    Action = "score"
	Withdraw Action = "withdraw"
	Escalate Action = "escalate"
	Expire   Action = "expire"
)

// Transition is one row of the life cycle: in which states an action is
// possible, where it leads, who may do it, and what it needs.
type Transition struct {
	Action Action
	From   []State
	To     State // "" leaves the state as it is
	By     []Role
	// NeedsText: a reply, a reason or a question must be given.
	NeedsText bool
	// NeedsStation: the station that gets the case must be given.
	NeedsStation bool
	// Tells names whom the step is told to.
	Tells []Audience
}

// Audience is a group of people who are told about a step.
type Audience string

// The audiences.
const (
	ToRequester  Audience = "requester"
	ToStation    Audience = "station"    // the station that owns the case after the step
	ToSupervisor Audience = "supervisor" // all supervisors
)

var (
	pending = []State{Assigned, Transferred, Returned, Reopened}
	answers = []Action{Reply, Ask, Resolve}
	staff   = []Role{RoleAgent, RoleSupervisor}
	owners  = []Role{RoleRequester, RoleObserver}
)

// Transitions is the life cycle of a case: the only place that says what may
// happen. The table in ARCHITECTURE.md is checked against it.
var Transitions = []Transition{
	// Nobody is told of a submission: the conversation that submits answers itself.
	{Action: Submit, To: Received, By: owners, NeedsText: true},
	{Action: Assign, From: []State{Received, Returned, Assigned, Transferred, Reopened, Accepted, InProgress, Waiting}, To: Assigned, By: []Role{RoleSystem, RoleSupervisor}, NeedsStation: true, Tells: []Audience{ToStation}},
	{Action: Accept, From: pending, To: Accepted, By: staff, Tells: []Audience{ToRequester, ToStation}},
	{Action: Reply, From: []State{Accepted, InProgress, Waiting}, To: InProgress, By: staff, NeedsText: true, Tells: []Audience{ToRequester, ToStation}},
	{Action: Ask, From: []State{Accepted, InProgress, Waiting}, To: Waiting, By: staff, NeedsText: true, Tells: []Audience{ToRequester, ToStation}},
	{Action: Supply, From: []State{Waiting}, To: InProgress, By: owners, NeedsText: true, Tells: []Audience{ToStation}},
	{Action: Note, From: []State{Received, Assigned, Transferred, Returned, Reopened, Accepted, InProgress, Answered}, By: owners, NeedsText: true, Tells: []Audience{ToStation}},
	{Action: Transfer, From: []State{Assigned, Transferred, Returned, Reopened, Accepted, InProgress}, To: Transferred, By: staff, NeedsText: true, NeedsStation: true, Tells: []Audience{ToRequester, ToStation}},
	{Action: Return, From: []State{Assigned, Transferred, Reopened, Accepted, InProgress}, To: Returned, By: staff, NeedsText: true, Tells: []Audience{ToStation, ToSupervisor}},
	{Action: Reject, From: []State{Received, Assigned, Transferred, Returned, Accepted, InProgress}, To: Rejected, By: staff, NeedsText: true, Tells: []Audience{ToRequester, ToStation}},
	{Action: Resolve, From: []State{Accepted, InProgress, Waiting}, To: Answered, By: staff, NeedsText: true, Tells: []Audience{ToRequester, ToStation}},
	{Action: Solved, From: []State{Answered}, To: Closed, By: owners, Tells: []Audience{ToStation}},
	{Action: Unsolved, From: []State{Answered}, To: Reopened, By: owners, Tells: []Audience{ToStation}},
	{Action: Score, From: []State{Closed}, By: owners},
	{Action: Withdraw, From: []State{Received, Assigned, Transferred, Returned, Reopened, Accepted, InProgress, Waiting}, To: Closed, By: owners, Tells: []Audience{ToStation}},
	{Action: Escalate, From: []State{Received, Assigned, Transferred, Returned, Reopened, Accepted, InProgress}, By: []Role{RoleSystem}, Tells: []Audience{ToStation, ToSupervisor}},
	{Action: Expire, From: []State{Answered}, To: Closed, By: []Role{RoleSystem}, Tells: []Audience{ToRequester}},
}

// Step is what somebody wants to do to a case.
type Step struct {
	Action  Action
	Actor   string // person id, "" for the system
	Role    Role
	Text    string
	Station string   // for Assign and Transfer; for Return the triage station
	Route   []Reason // why, for Assign
	Files   []File
	Score   int // 1 to 5, for Score; 0 means only a comment
}

// lookup returns the row of the action.
func lookup(a Action) (Transition, bool) {
	i := slices.IndexFunc(Transitions, func(tr Transition) bool { return tr.Action == a })
	if i < 0 {
		return Transition{}, false
	}
	return Transitions[i], true
}

// TellsOf returns whom the action is told to.
func TellsOf(a Action) []Audience {
	tr, _ := lookup(a)
	return tr.Tells
}

// May reports whether the role may take the action in some state.
func May(r Role, a Action) bool {
	tr, ok := lookup(a)
	return ok && slices.Contains(tr.By, r)
}

// Offered lists what the role may do in the state with one step of Service.Act:
// what is Possible, and the answers to a case that nobody has accepted, which
// accept it.
func Offered(s State, r Role) []Action {
	can := Possible(s, r)
	if slices.Contains(can, Accept) {
		can = append(can, answers...)
	}
	return can
}

// Possible lists the actions that the role may take in the state, in the order
// of the table. It is what buttons are made from.
func Possible(s State, r Role) []Action {
	var out []Action
	for _, tr := range Transitions {
		if slices.Contains(tr.From, s) && slices.Contains(tr.By, r) {
			out = append(out, tr.Action)
		}
	}
	return out
}

// Clock turns working time into deadlines. Implementations are safe for
// concurrent use.
type Clock interface {
	// AddWorkdays returns the end of the n-th working day after t.
	AddWorkdays(t time.Time, n int) time.Time
	// WorkingTimeBetween returns the working time from a to b, negative when b is before a.
	WorkingTimeBetween(a, b time.Time) time.Duration
	// AddWorkingTime returns the moment at which d of working time has passed since t.
	AddWorkingTime(t time.Time, d time.Duration) time.Time
}

// Policy is how long things may take, in working days.
type Policy struct {
	Accept    int // until an agent accepts
	Inquiry   int // until an inquiry is answered
	Other     int // until anything else is answered
	Urgent    int // until an urgent case is answered
	CloseDays int // calendar days after which an unrated answer closes the case
}

// DefaultPolicy returns the city's defaults: accept within 1 working day,
// answer an inquiry or an urgent case within 1 and others within 5, close an
// unrated answer after 7 days.
func DefaultPolicy() Policy {
	return Policy{Accept: 1, Inquiry: 1, Other: 5, Urgent: 1, CloseDays: 7}
}

func (p Policy) answerDays(k Kind, urgent bool) int {
	switch {
	case urgent:
		return p.Urgent
	case k == Inquiry:
		return p.Inquiry
	default:
		return p.Other
	}
}

// New returns a case as it is when it has just been submitted, with its
// deadlines, and the event that says so. ID is for the store to set.
func New(t Ticket, s Step, now time.Time, c Clock, p Policy) (Ticket, Event, error) {
	s.Action = Submit
	s.Text = strings.TrimSpace(s.Text)
	if !t.Kind.Valid() {
		return Ticket{}, Event{}, &Error{Code: Invalid, Field: "kind"}
	}
	if err := checkStep(Transitions[0], s); err != nil {
		return Ticket{}, Event{}, err
	}
	if utf8.RuneCountInString(t.Company) > MaxCompany {
		return Ticket{}, Event{}, &Error{Code: Invalid, Field: "company"}
	}
	if utf8.RuneCountInString(t.Contact) > MaxContact {
		return Ticket{}, Event{}, &Error{Code: Invalid, Field: "contact"}
	}
	t.State, t.Text, t.Requester = Received, s.Text, s.Actor
	t.CreatedAt, t.UpdatedAt, t.Version = now, now, 1
	t.AcceptBy = c.AddWorkdays(now, p.Accept)
	t.AnswerBy = c.AddWorkdays(now, p.answerDays(t.Kind, t.Urgent))
	return t, Event{Seq: 1, At: now, Actor: s.Actor, Role: s.Role, Action: Submit, To: Received, Text: s.Text, Files: s.Files}, nil
}

func checkStep(tr Transition, s Step) error {
	if !slices.Contains(tr.By, s.Role) {
		return &Error{Code: Forbidden}
	}
	if tr.NeedsText && s.Text == "" && len(s.Files) == 0 {
		return &Error{Code: Invalid, Field: "text"}
	}
	if utf8.RuneCountInString(s.Text) > MaxText {
		return &Error{Code: Invalid, Field: "long"}
	}
	if tr.NeedsStation && s.Station == "" {
		return &Error{Code: Invalid, Field: "station"}
	}
	return nil
}

// Apply returns the case after the step and the event for its history (whose
// Seq is the case's new version). The case itself is not changed. Whether the
// actor belongs to the case's station or is its requester is for Visible to
// say; Apply checks the role, the state and what the step needs.
func Apply(t Ticket, s Step, now time.Time, c Clock, p Policy) (Ticket, Event, error) {
	tr, ok := lookup(s.Action)
	if !ok || s.Action == Submit {
		return t, Event{}, &Error{Code: Illegal, State: t.State}
	}
	s.Text = strings.TrimSpace(s.Text)
	if !slices.Contains(tr.From, t.State) {
		return t, Event{}, &Error{Code: Illegal, State: t.State}
	}
	if err := checkStep(tr, s); err != nil {
		return t, Event{}, err
	}
	from := t.State
	if tr.To != "" {
		t.State = tr.To
	}
	if from == Waiting && t.State != Waiting {
		// The clock stood still: what was left of the working time then is left now.
		// What was overdue when the question was put stays so.
		if left := c.WorkingTimeBetween(t.WaitingSince, t.AnswerBy); left > 0 {
			t.AnswerBy = c.AddWorkingTime(now, left)
		}
		t.WaitingSince = time.Time{}
	}
	switch s.Action {
	case Assign, Transfer, Return:
		t.AcceptBy = c.AddWorkdays(now, p.Accept) // whoever gets the case has the same time to accept it
	}
	switch s.Action {
	case Assign:
		t.Station, t.Assignee, t.Route = s.Station, "", s.Route
	case Accept:
		t.Assignee = s.Actor
	case Ask:
		if from != Waiting { // a second question does not hand out more time
			t.WaitingSince = now
		}
	case Transfer:
		if s.Station == t.Station {
			return t, Event{}, &Error{Code: Invalid, Field: "station"}
		}
		t.Station, t.Assignee = s.Station, ""
	case Return:
		if s.Station != "" {
			t.Station = s.Station
		}
		t.Assignee = ""
	case Resolve:
		t.AnsweredAt = now
	case Solved:
		t.Rating.Given, t.Rating.Solved = true, true
	case Unsolved:
		t.Rating.Given, t.Rating.Solved = true, false
		t.Reopened++
		t.Assignee = ""
		t.AcceptBy = c.AddWorkdays(now, p.Accept)
		t.AnswerBy = c.AddWorkdays(now, p.answerDays(t.Kind, t.Urgent))
		// Once it goes back to the station; after that a supervisor has it.
		t.Escalated = t.Reopened > 1
	case Score:
		if s.Score < 0 || s.Score > 5 {
			return t, Event{}, &Error{Code: Invalid, Field: "score"}
		}
		if s.Score > 0 {
			t.Rating.Score = s.Score
		}
		if s.Text != "" {
			if utf8.RuneCountInString(s.Text) > MaxComment {
				return t, Event{}, &Error{Code: Invalid, Field: "comment"}
			}
			t.Rating.Comment = s.Text
		}
	case Escalate:
		t.Escalated = true
	}
	if t.State.Terminal() && t.ClosedAt.IsZero() {
		t.ClosedAt = now
	}
	t.UpdatedAt = now
	t.Version++
	return t, Event{
		Ticket: t.ID, Seq: int(t.Version), At: now, Actor: s.Actor, Role: s.Role, Action: s.Action,
		From: from, To: t.State, Text: s.Text, Station: t.Station, Files: s.Files,
	}, nil
}

// Viewer is somebody who wants to see or to change cases.
type Viewer struct {
	Person   string
	Stations []string // where the person is an agent
	// Supervisor sees every station.
	Supervisor bool
}

// Sees returns the role in which the viewer may see the case, "" when not at all.
func (v Viewer) Sees(t Ticket) Role {
	switch {
	case v.Supervisor:
		return RoleSupervisor
	case t.Station != "" && slices.Contains(v.Stations, t.Station):
		return RoleAgent
	case v.Person != "" && v.Person == t.Requester:
		return RoleRequester
	default:
		return ""
	}
}
