package ticket

import (
	"fmt"
	"slices"
	"time"
)

// Ticket is one case. Its ID is the number told to the requester, such as
// CX-20261123-0001: one identity for people, links and the store.
type Ticket struct {
	ID        string
	Kind      Kind
	State     State
	Urgent    bool
	Text      string // what happened, in the requester's words
	Company   string // optional
	Town      string // town id of the gazetteer, "" when unknown
	Category  string // observer's category or topic id, optional
	Requester string // person id; staff never see the account behind it
	Consent   bool   // the requester agrees that staff see Contact
	Contact   string // how to reach the requester, given by the requester, optional
	Station   string // station id that owns the case now
	Assignee  string // person id of the agent who works it, "" before it is accepted and while nobody does
	// Holder is the station that accepted the case last, "" before the first: it
	// answers for the case until another has accepted it. See Keeper.
	Holder  string
	Helpers []string // stations that help the one that owns it; they report to it
	Moves   int      // how often it changed hands after the first assignment
	Returns int      // how often a station gave it back

	Extension  Extension
	MergedInto string // the case that goes on in place of this one, "" when none

	Funds   *Funds   // what a financing request asks for, nil for the other kinds
	Outcome *Outcome // what came of it, nil before it was recorded

	// Route is why this station was chosen, shown to staff.
	Route []Reason

	CreatedAt time.Time
	UpdatedAt time.Time
	AcceptBy  time.Time // deadline for accepting
	AnswerBy  time.Time // deadline for the answer
	// WaitingSince is set while the clock stands still because the requester
	// was asked for more; zero otherwise.
	WaitingSince time.Time
	AnsweredAt   time.Time // last answer, whenever it was corrected; zero before the first
	ClosedAt     time.Time // zero while open
	Reopened     int       // how often 'not solved' reopened it
	Escalated    bool      // a supervisor has it: not solved twice, or overdue

	Rating  Rating
	Version int64 // grows by one with every change; guards against lost updates
}

// Extension is the one time by which a case's answer may be put off.
type Extension struct {
	State ExtensionState
	Until time.Time // the deadline that was asked for
}

// ExtensionState says what became of it; "" was never asked.
type ExtensionState string

// The states of an extension.
const (
	ExtensionAsked    ExtensionState = "asked"
	ExtensionGranted  ExtensionState = "granted"
	ExtensionDeclined ExtensionState = "declined"
)

// MaxExtension is how far an answer can be put off at most: far enough for
// whatever takes long, near enough for a mistyped year to be noticed.
const MaxExtension = 180 * 24 * time.Hour

// Reason is one ground for a routing decision: a code of package route and the
// words or the name it stands on.
type Reason struct {
	Code  string `json:"code"`
	Value string `json:"value,omitempty"`
}

// Rating is what the requester said of the answer. Solved and Score are set
// by the requester only; Score is 1 to 5, 0 while not given.
type Rating struct {
	Given   bool
	Solved  bool
	Score   int
	Comment string
}

// Open reports whether somebody still has to do something about the case.
func (t Ticket) Open() bool { return !t.State.Terminal() }

// Overdue reports whether a deadline has passed at now: the acceptance deadline
// before the case is accepted, the answer deadline until it is answered. While
// the case waits for the requester the clock stands still.
func (t Ticket) Overdue(now time.Time) bool {
	d := t.Due()
	return !d.IsZero() && now.After(d)
}

// Unaccepted reports whether the case waits for an agent to accept it.
func (t Ticket) Unaccepted() bool {
	return t.State == Received || slices.Contains(pending, t.State)
}

// Keeper returns the station that still answers for a case that another one has
// been given and not yet accepted, "" when there is none.
func (t Ticket) Keeper() string {
	if t.Unaccepted() && t.Holder != t.Station {
		return t.Holder
	}
	return ""
}

// Deadlines returns the deadlines that count in the present state: both while
// nobody has accepted the case, that of the answer while it is worked on, none
// otherwise. Each has its reminder, its escalation and its supervision.
func (t Ticket) Deadlines() []time.Time {
	switch {
	case t.Unaccepted() && !t.AnswerBy.Equal(t.AcceptBy):
		return []time.Time{t.AcceptBy, t.AnswerBy}
	case t.Unaccepted(), t.State == Accepted, t.State == InProgress:
		return []time.Time{t.AnswerBy}
	default:
		return nil
	}
}

// Due returns the one of the Deadlines that is shown, zero when there is none: the
// acceptance deadline while the case is Unaccepted, unless the answer is due
// earlier still.
func (t Ticket) Due() time.Time {
	switch {
	case t.Unaccepted() && !t.AnswerBy.Before(t.AcceptBy):
		return t.AcceptBy
	case t.Unaccepted(), t.State == Accepted, t.State == InProgress:
		return t.AnswerBy
	default:
		return time.Time{}
	}
}

// Number writes the number of the n-th case (from 1) of the day of t, in the
// city's time zone: CX-20261123-0001. More than 9,999 cases a day widen it.
func Number(t time.Time, n int) string {
	return fmt.Sprintf("CX-%s-%04d", t.In(CST).Format("20060102"), n)
}

// CST is China Standard Time. China has one zone and no daylight saving, so a
// fixed zone is exact and needs no time zone database on the machine.
var CST = time.FixedZone("CST", 8*60*60)

// Limits on what people may put into a case, in characters. They are far above
// what is typed by hand and below what would hurt a station's screen.
const (
	MaxText    = 8000
	MaxCompany = 100
	MaxContact = 100
	MaxComment = 1000
)

// Event is one line of a case's history. Events are only ever appended.
type Event struct {
	Ticket  string
	Seq     int // 1 for the submission, then without gaps
	At      time.Time
	Actor   string // person id, "" for the system itself
	Role    Role   // the role in which the actor did it
	Action  Action
	From    State
	To      State
	Text    string // the reply, the reason, the question, the comment
	Station string // the station that owned the case after the event
	// Object is what else the step is about: the station that was asked to help or need
	// not help any more, the one that a return names as the right one, the other case, or
	// the person id of who works the case after Hand, "" for nobody yet. Of Erase it is the
	// hash of what it left of the events that it made Bare, "" when there were none.
	Object  string
	Until   time.Time // the deadline that the step is about
	Files   []File
	Funds   *Funds   // of a submission: what is asked for
	Outcome *Outcome // what the step records
}

// File is an attachment: stored by content hash outside the database.
type File struct {
	Hash string `json:"hash"` // lower-case hex SHA-256 of the content
	Name string `json:"name"`
	MIME string `json:"mime"`
	Size int64  `json:"size"` // bytes
}
