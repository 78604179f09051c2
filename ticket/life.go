package ticket

import (
	"slices"
	"strings"
	"time"
	"unicode/utf8"
)

// Step is what somebody wants to do to a case.
type Step struct {
	Action Action
	Actor  string // person id, "" for the system
	Role   Role
	Text   string
	// Station is where the case goes by Assign, Transfer and Return, which helps by
	// Involve or no longer does by Release, and, for whoever has two that may, on whose behalf it is accepted.
	Station string
	// Advice is the station that a Return names as the right one.
	Advice string
	Case   string   // the other case, for Merge, Absorb, Part and Link
	Person string   // who works the case from now on, for Hand; "" for nobody yet
	Route  []Reason // why, for Assign
	Files  []File
	// Room is the station in whose group the words were written, which has read them
	// there; "" when they were not written in one. Only Job.Room keeps it.
	Room  string
	Score int // 1 to 5, for Score; 0 means only a comment
	// Contact is how the requester agrees to be reached from now on, offered with what is
	// added by Note, Supply or Unsolved; "" leaves it as it is.
	Contact string
	Until   time.Time // for Extend: a moment of the day asked for; for timers: their deadline
	// Outcome is for Record. Its Reason is the Text, its At the moment of the step.
	Outcome *Outcome

	reset *deadlines // for Reset
	left  string     // for Erase, see Tx.EraseWords
}

// deadlines are the two of a case.
type deadlines struct{ acceptBy, answerBy time.Time }

// New returns a case as it is when it has just been submitted, with its
// deadlines, and the event that says so. ID is for the store to set.
func New(t Ticket, s Step, now time.Time, terms TermsOf) (Ticket, Event, error) {
	s.Action = Submit
	s.Text = strings.TrimSpace(s.Text)
	if !t.Kind.Valid() {
		return Ticket{}, Event{}, &Error{Code: Invalid, Field: "kind"}
	}
	tr, _ := Lookup(Submit)
	if err := checkStep(tr, s); err != nil {
		return Ticket{}, Event{}, err
	}
	if utf8.RuneCountInString(t.Company) > MaxCompany {
		return Ticket{}, Event{}, &Error{Code: Invalid, Field: "company"}
	}
	if utf8.RuneCountInString(t.Contact) > MaxContact {
		return Ticket{}, Event{}, &Error{Code: Invalid, Field: "contact"}
	}
	if t.Kind != Financing {
		t.Funds = nil
	} else if t.Funds != nil {
		if err := t.Funds.Check(); err != nil {
			return Ticket{}, Event{}, err
		}
	}
	e := Event{Seq: 1, At: now, Actor: s.Actor, Role: s.Role, Action: Submit, To: Received, Text: s.Text, Files: s.Files, Funds: t.Funds}
	t.Text, t.Requester, t.Station = s.Text, s.Actor, ""
	t.UpdatedAt, t.Version = now, 1
	return reckon(t, e, terms), e, nil
}

func checkStep(tr Transition, s Step) error {
	switch {
	case !slices.Contains(tr.By, s.Role):
		return &Error{Code: Forbidden}
	case tr.Wants(NeedWords) && s.Text == "" && len(s.Files) == 0, tr.Wants(NeedReason) && s.Text == "":
		return &Error{Code: Invalid, Field: "text"}
	case utf8.RuneCountInString(s.Text) > MaxText:
		return &Error{Code: Invalid, Field: "long"}
	case utf8.RuneCountInString(s.Contact) > MaxContact:
		return &Error{Code: Invalid, Field: "contact"}
	case tr.Wants(NeedStation) && s.Station == "":
		return &Error{Code: Invalid, Field: "station"}
	case tr.Wants(NeedCase) && s.Case == "":
		return &Error{Code: Invalid, Field: "case"}
	case tr.Wants(NeedDate) && s.Until.IsZero():
		return &Error{Code: Invalid, Field: "until"}
	case tr.Wants(NeedResult) && s.Outcome == nil:
		return &Error{Code: Invalid, Field: "result"}
	default:
		return nil
	}
}

// Apply returns the case after the step and the event for its history (whose
// Seq is the case's new version). The case itself is not changed. Whether the
// actor belongs to the case's station or is its requester is for Viewer to say;
// Apply checks the role, the state and what the step needs. An Illegal error
// lists what the role can do instead.
func Apply(t Ticket, s Step, now time.Time, terms TermsOf) (Ticket, Event, error) {
	refuse := func(code Code, field string) (Ticket, Event, error) {
		e := &Error{Code: code, Field: field}
		if code == Illegal {
			e.State, e.Possible = t.State, t.Offered(s.Role)
		}
		return t, Event{}, e
	}
	tr, ok := Lookup(s.Action)
	if !ok || !slices.Contains(tr.From, t.State) {
		return refuse(Illegal, "")
	}
	s.Text = strings.TrimSpace(s.Text)
	if err := checkStep(tr, s); err != nil {
		return t, Event{}, err
	}
	if t.barred(s.Action, s.Role) {
		return refuse(Illegal, "")
	}
	from, was := t.State, t
	if t.Takes(s.Action) && s.Role != RoleSystem {
		t.Assignee = s.Actor
	}
	if tr.To != "" {
		t.State = tr.To
	}
	// What a step is not about does not get into the history.
	object, until := "", time.Time{}
	if tr.Wants(NeedCase) {
		object = s.Case
	}
	if s.Role == RoleSystem {
		until = s.Until
	}
	if s.Contact != "" && slices.Contains(said, s.Action) {
		t.Contact, t.Consent = s.Contact, true
	}
	switch s.Action {
	case Assign:
		if from != Received {
			t.Moves++
		}
		t.Station, t.Assignee, t.Route = s.Station, "", s.Route
		if s.Role == RoleSystem { // the station that had it is no longer there
			t.Holder = ""
		}
	case Accept:
		if s.Station != "" {
			t.Station = s.Station
		}
		t.Holder = t.Station
	case TakeOver:
		t.Holder = t.Station
	case Transfer:
		if s.Station == t.Station {
			return refuse(Invalid, "station")
		}
		t.Station, t.Assignee = s.Station, ""
		t.Moves++
	case Return:
		if s.Advice == t.Station {
			return refuse(Invalid, "station")
		}
		t.Returns++
		if s.Station == t.Station { // triage itself does not know: that is for a supervisor
			t.Returns = max(t.Returns, 2)
		}
		t.Station, t.Assignee, object = s.Station, "", s.Advice
		t.Moves++
		t.Escalated = t.Escalated || t.Referred()
	case Involve:
		if s.Station == t.Station || slices.Contains(t.Helpers, s.Station) {
			return refuse(Invalid, "station")
		}
		t.Helpers, object = append(slices.Clone(t.Helpers), s.Station), s.Station
	case Release:
		if !slices.Contains(t.Helpers, s.Station) {
			return refuse(Invalid, "station")
		}
		t.Helpers, object = slices.DeleteFunc(slices.Clone(t.Helpers), func(id string) bool { return id == s.Station }), s.Station
	case Hand:
		if s.Person == t.Assignee {
			return refuse(Invalid, "person")
		}
		t.Assignee, object = s.Person, s.Person
	case Record:
		o := s.Outcome.record(s.Text, now)
		if err := o.Check(); err != nil {
			return was, Event{}, err
		}
		t.Outcome = &o
	case Resolve:
		if t.Unresolved() {
			return refuse(Invalid, "result")
		}
		t.AnsweredAt = now
	case Solved:
		t.Rating.Given, t.Rating.Solved = true, true
	case Unsolved:
		t.Rating.Given, t.Rating.Solved = true, false
		t.Reopened++
		t.Assignee = ""
		object, t.MergedInto = t.MergedInto, ""  // it goes on by itself
		if t.Extension.State == ExtensionAsked { // of a period that is over
			t.Extension = Extension{}
		}
		// Once it goes back to the station; after that a supervisor has it.
		t.Escalated = t.Reopened > 1
	case Score:
		if s.Score < 0 || s.Score > 5 {
			return refuse(Invalid, "score")
		}
		if s.Score > 0 {
			t.Rating.Score = s.Score
		}
		if s.Text != "" {
			if utf8.RuneCountInString(s.Text) > MaxComment {
				t = was
				return refuse(Invalid, "comment")
			}
			t.Rating.Comment = s.Text
		}
	case Extend:
		until = terms(t.Station).Clock.AddWorkdays(s.Until, 0)
		if now.After(t.AnswerBy) {
			return refuse(Invalid, "late")
		}
		if !until.After(t.AnswerBy) || until.Sub(t.AnswerBy) > MaxExtension {
			return refuse(Invalid, "until")
		}
		t.Extension = Extension{ExtensionAsked, until}
	case Grant:
		if !t.Extension.Until.After(now) {
			return refuse(Invalid, "late")
		}
		t.Extension.State, until = ExtensionGranted, t.Extension.Until
	case Decline:
		t.Extension.State = ExtensionDeclined
	case Merge:
		t.MergedInto = s.Case
	case Unmerge:
		object, t.MergedInto, t.Assignee = t.MergedInto, "", ""
	case Escalate:
		t.Escalated = true
	case Erase:
		if s.Role == RoleRequester {
			t = t.erased()
			s.Actor = Nobody
		}
		object = s.left
	}
	switch {
	case !t.State.Terminal():
		t.ClosedAt = time.Time{}
	case t.ClosedAt.IsZero():
		t.ClosedAt = now
	}
	t.Helpers = slices.DeleteFunc(slices.Clone(t.Helpers), func(id string) bool { return id == t.Station })
	if s.Action != Erase { // nothing has happened in the matter
		t.UpdatedAt = now
	}
	t.Version++
	e := Event{
		Ticket: t.ID, Seq: int(t.Version), At: now, Actor: s.Actor, Role: s.Role, Action: s.Action,
		From: from, To: t.State, Text: s.Text, Station: t.Station, Object: object, Until: until, Files: s.Files,
	}
	if s.Action == Record {
		e.Outcome = t.Outcome
	}
	after := reckon(was, e, terms)
	t.AcceptBy, t.AnswerBy, t.WaitingSince = after.AcceptBy, after.AnswerBy, after.WaitingSince
	if s.reset != nil {
		t.AcceptBy, t.AnswerBy = s.reset.acceptBy, s.reset.answerBy
	}
	return t, e, nil
}

// Viewer is somebody who wants to see or to change cases.
type Viewer struct {
	Person   string
	Stations []string // where the person is an agent
	// Supervisor sees every station.
	Supervisor bool
}

// Reach returns the stations whose cases the viewer sees, for Filter.Stations.
func (v Viewer) Reach() []string {
	if v.Supervisor {
		return nil
	}
	return append([]string{}, v.Stations...) // never nil, which would mean all
}

// Sees returns the role in which the viewer may see the case, "" when not at all. One's
// own case is seen as its requester alone, whatever else one is: nobody works a case of
// his own, or reads what colleagues write about it.
func (v Viewer) Sees(t Ticket) Role {
	at := func(station string) bool { return station != "" && slices.Contains(v.Stations, station) }
	switch {
	case v.Person != "" && v.Person == t.Requester:
		return RoleRequester
	case v.Supervisor:
		return RoleSupervisor
	case at(t.Station), at(t.Keeper()):
		return RoleAgent
	case slices.ContainsFunc(t.Helpers, at):
		return RoleHelper
	default:
		return ""
	}
}

// Acts returns the station for which an agent who sees the case works on it.
func (v Viewer) Acts(t Ticket) string {
	if keeper := t.Keeper(); keeper != "" && slices.Contains(v.Stations, keeper) && !slices.Contains(v.Stations, t.Station) {
		return keeper
	}
	return t.Station
}
