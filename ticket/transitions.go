package ticket

import "slices"

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
	RoleHelper     Role = "helper" // agent of a station that helps the one in the lead
	RoleAgent      Role = "agent"
	RoleSupervisor Role = "supervisor"
	RoleSystem     Role = "system" // deadlines, routing, automatic closing
)

// Action is a step in a case's life.
type Action string

// The actions. Their meaning is the table Transitions.
const (
	Submit    Action = "submit"
	Assign    Action = "assign"
	Accept    Action = "accept"
	Reply     Action = "reply"
	Ask       Action = "ask"
	Supply    Action = "supply"
	Note      Action = "note"
	Involve   Action = "involve"
	Report    Action = "report"
	Release   Action = "release"
	Hand      Action = "hand"
	Transfer  Action = "transfer"
	Return    Action = "return"
	Reject    Action = "reject"
	Record    Action = "record"
	Resolve   Action = "resolve"
	Correct   Action = "correct"
	Solved    Action = "solved"
	Unsolved  Action = "unsolved"
	Score     Action = "score"
	Withdraw  Action = "withdraw"
	Merge     Action = "merge"
	Absorb    Action = "absorb"
	Unmerge   Action = "unmerge"
	Part      Action = "part"
	Link      Action = "link"
	Comment   Action = "comment"
	Urge      Action = "urge"
	TakeOver  Action = "take_over"
	Extend    Action = "extend"
	Grant     Action = "grant"
	Decline   Action = "decline"
	Remind    Action = "remind"
	Escalate  Action = "escalate"
	Supervise Action = "supervise"
	Nudge     Action = "nudge"
	Propose   Action = "propose"
	Reset     Action = "reset"
	Expire    Action = "expire"
	Erase     Action = "erase"
)

// Need is what a step must bring with it.
type Need string

// The needs.
const (
	NeedWords   Need = "words"   // what the reader is told; files alone will do
	NeedReason  Need = "reason"  // why, in words
	NeedStation Need = "station" // the station that gets the case, or helps with it
	NeedCase    Need = "case"    // another case
	NeedDate    Need = "date"    // the day on which the answer is to be due
	NeedPerson  Need = "person"  // a colleague of the station, or nobody: whoever of it takes the case next
	NeedResult  Need = "result"  // what came of a financing request
)

// Audience is a group of people who are told about a step.
type Audience string

// The audiences.
const (
	ToRequester  Audience = "requester"
	ToStation    Audience = "station"    // the station that owns the case after the step
	ToHelper     Audience = "helper"     // the station that the step asks for help, or no longer needs
	ToSupervisor Audience = "supervisor" // all supervisors
)

// Transition is one row of the life cycle: in which states an action is
// possible, where it leads, who may take it, what it needs and whom it tells.
type Transition struct {
	Action Action
	From   []State
	To     State // "" leaves the state as it is
	By     []Role
	Needs  []Need
	Tells  []Audience
}

// Sets of states and roles that several rows share.
var (
	pending = []State{Assigned, Transferred, Returned, Reopened}
	worked  = []State{Accepted, InProgress, Waiting}
	running = []State{Received, Assigned, Transferred, Returned, Reopened, Accepted, InProgress}
	open    = append(slices.Clone(running), Waiting)

	staff  = []Role{RoleAgent, RoleSupervisor}
	owners = []Role{RoleRequester, RoleObserver}
	boss   = []Role{RoleSupervisor}
	system = []Role{RoleSystem}

	toStation   = []Audience{ToStation}
	toBoth      = []Audience{ToRequester, ToStation}
	toSuperiors = []Audience{ToStation, ToSupervisor}

	// WithStation and WithRequester are the states of an open case by whose turn it is: in
	// the first a deadline runs, see Ticket.Deadlines; in the others the requester is to add
	// what was asked for, or to say whether the answer solves it.
	WithStation   = running
	WithRequester = []State{Waiting, Answered}

	// answers accept a case that nobody has accepted, see Service.Act.
	answers = []Action{Reply, Ask, Record, Resolve}
	// said are what a requester adds to a case of his or her own.
	said = []Action{Supply, Note, Unsolved}
)

// Transitions is the life cycle of a case: the only place that says what may
// happen. The table and the picture in ARCHITECTURE.md are written from it.
// What a row cannot say, because it depends on more than the state, is in
// Ticket.barred.
var Transitions = []Transition{
	// Nobody is told of a submission: the conversation that submits answers itself.
	{Action: Submit, To: Received, By: owners, Needs: []Need{NeedWords}},
	{Action: Assign, From: open, To: Assigned, By: []Role{RoleSystem, RoleSupervisor}, Needs: []Need{NeedStation}, Tells: toStation},
	{Action: Accept, From: pending, To: Accepted, By: staff, Tells: toBoth},
	{Action: Reply, From: worked, To: InProgress, By: staff, Needs: []Need{NeedWords}, Tells: toBoth},
	{Action: Ask, From: worked, To: Waiting, By: staff, Needs: []Need{NeedWords}, Tells: toBoth},
	{Action: Supply, From: []State{Waiting}, To: InProgress, By: owners, Needs: []Need{NeedWords}, Tells: toStation},
	{Action: Note, From: append(slices.Clone(open), Answered), By: owners, Needs: []Need{NeedWords}, Tells: toStation},
	{Action: Involve, From: worked, By: staff, Needs: []Need{NeedStation, NeedReason}, Tells: []Audience{ToHelper, ToStation}},
	{Action: Report, From: open, By: []Role{RoleHelper}, Needs: []Need{NeedWords}, Tells: toStation},
	{Action: Release, From: open, By: staff, Needs: []Need{NeedStation}, Tells: []Audience{ToHelper, ToStation}},
	{Action: Hand, From: worked, By: []Role{RoleAgent, RoleSupervisor, RoleSystem}, Needs: []Need{NeedPerson, NeedReason}, Tells: toStation},
	{Action: Transfer, From: []State{Assigned, Transferred, Returned, Reopened, Accepted, InProgress}, To: Transferred, By: staff, Needs: []Need{NeedStation, NeedReason}, Tells: toBoth},
	{Action: Return, From: []State{Assigned, Transferred, Reopened, Accepted, InProgress}, To: Returned, By: staff, Needs: []Need{NeedStation, NeedReason}, Tells: toStation},
	{Action: Reject, From: []State{Received, Assigned, Transferred, Returned, Accepted, InProgress}, To: Rejected, By: staff, Needs: []Need{NeedReason}, Tells: toBoth},
	// The requester is told the result with the answer, and one that comes later at once.
	{Action: Record, From: append(slices.Clone(worked), Answered, Closed), By: staff, Needs: []Need{NeedResult}, Tells: toStation},
	{Action: Resolve, From: worked, To: Answered, By: staff, Needs: []Need{NeedWords}, Tells: toBoth},
	// The answer given before stays in the history, and no deadline begins anew.
	{Action: Correct, From: []State{Answered}, By: staff, Needs: []Need{NeedWords}, Tells: toBoth},
	// Of a merged case, which is closed, the requester rates the result of the other one.
	{Action: Solved, From: []State{Answered, Closed}, To: Closed, By: owners, Tells: toStation},
	{Action: Unsolved, From: []State{Answered, Closed}, To: Reopened, By: owners, Tells: toStation},
	{Action: Score, From: []State{Closed}, By: owners, Tells: toStation},
	{Action: Withdraw, From: open, To: Closed, By: owners, Tells: toStation},
	{Action: Merge, From: open, To: Closed, By: staff, Needs: []Need{NeedCase}, Tells: toBoth},
	{Action: Absorb, From: open, By: system, Needs: []Need{NeedCase}, Tells: toBoth},
	{Action: Unmerge, From: []State{Closed}, To: Assigned, By: boss, Needs: []Need{NeedReason}, Tells: toBoth},
	{Action: Part, From: States, By: system, Needs: []Need{NeedCase}, Tells: toStation},
	{Action: Link, From: States, By: []Role{RoleAgent, RoleSupervisor, RoleSystem}, Needs: []Need{NeedCase}, Tells: toStation},
	{Action: Comment, From: append(slices.Clone(open), Answered), By: []Role{RoleHelper, RoleAgent, RoleSupervisor}, Needs: []Need{NeedWords}, Tells: toStation},
	{Action: Urge, From: running, By: boss, Needs: []Need{NeedReason}, Tells: toStation},
	{Action: TakeOver, From: running, To: Accepted, By: boss, Tells: toStation},
	{Action: Extend, From: []State{Accepted, InProgress}, By: staff, Needs: []Need{NeedDate, NeedReason}, Tells: toSuperiors},
	{Action: Grant, From: open, By: boss, Tells: toBoth},
	{Action: Decline, From: open, By: boss, Needs: []Need{NeedReason}, Tells: toStation},
	{Action: Remind, From: running, By: system, Tells: toStation},
	{Action: Escalate, From: running, By: system, Tells: toSuperiors},
	{Action: Supervise, From: running, By: system, Tells: toSuperiors},
	{Action: Nudge, From: []State{Waiting}, By: system, Tells: []Audience{ToRequester}},
	{Action: Propose, From: []State{Waiting}, By: system, Tells: toBoth},
	{Action: Reset, From: open, By: system, Tells: toBoth},
	{Action: Expire, From: []State{Answered}, To: Closed, By: system, Tells: toBoth},
	// Of a case of his or her own the requester has all words erased, once nobody works on it; of
	// the case that it was merged into the system erases his or her part.
	{Action: Erase, From: States, By: []Role{RoleRequester, RoleSystem}},
}

// Lookup returns the row of the action, false when there is none.
func Lookup(a Action) (Transition, bool) {
	i := slices.IndexFunc(Transitions, func(tr Transition) bool { return tr.Action == a })
	if i < 0 {
		return Transition{}, false
	}
	return Transitions[i], true
}

// Wants reports whether the step must bring n.
func (tr Transition) Wants(n Need) bool { return slices.Contains(tr.Needs, n) }

// TellsOf returns whom the action is told to.
func TellsOf(a Action) []Audience {
	tr, _ := Lookup(a)
	return tr.Tells
}

// May reports whether the role may take the action in some state.
func May(r Role, a Action) bool {
	tr, ok := Lookup(a)
	return ok && slices.Contains(tr.By, r)
}

// Possible lists the actions that the role may take on the case as it stands, in
// the order of the table. It is what buttons are made from.
func (t Ticket) Possible(r Role) []Action {
	var out []Action
	for _, tr := range Transitions {
		if slices.Contains(tr.From, t.State) && slices.Contains(tr.By, r) && !t.barred(tr.Action, r) {
			out = append(out, tr.Action)
		}
	}
	return out
}

// Offered lists what the role may do with one step of Service.Act: what is
// Possible, and the answers to a case that nobody has accepted, which accept it. Erase
// is not among it: it is asked for of all that is known of a person, not of a case.
func (t Ticket) Offered(r Role) []Action {
	can := slices.DeleteFunc(t.Possible(r), func(a Action) bool { return a == Erase })
	if !slices.Contains(can, Accept) {
		return can
	}
	for _, a := range answers {
		if !t.barred(a, r) {
			can = append(can, a)
		}
	}
	return can
}

// Takes reports whether the action makes who takes it the one who works the case.
func (t Ticket) Takes(a Action) bool {
	return a == Accept || a == TakeOver || slices.Contains(answers, a) && t.Assignee == ""
}

// Referred reports whether the case was returned a second time: only a
// supervisor says now where it goes.
func (t Ticket) Referred() bool { return t.State == Returned && t.Returns > 1 }

// barred reports whether the action is impossible for a reason that the table
// does not know.
func (t Ticket) barred(a Action, r Role) bool {
	switch a {
	case Accept, Transfer, Reject, Merge:
		return t.Referred() && r == RoleAgent
	case Release:
		return len(t.Helpers) == 0
	case Solved, Unsolved:
		return t.State == Closed && (t.MergedInto == "" || t.Rating.Given)
	case Unmerge:
		return t.MergedInto == "" || t.Rating.Given
	case Record: // what is closed without an answer was withdrawn, or goes on in another case
		return t.Kind != Financing || t.State == Closed && (t.AnsweredAt.IsZero() || t.MergedInto != "")
	case Extend:
		return t.Extension.State != ""
	case Erase:
		return r == RoleRequester && (slices.Contains(open, t.State) || t.Kind == Finding)
	case Grant, Decline:
		return t.Extension.State != ExtensionAsked
	default:
		return false
	}
}
