package ticket_test

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"liaison/ticket"
	"liaison/ticket/workday"
)

// A Monday in a week without holidays.
var monday = time.Date(2026, 11, 23, 10, 0, 0, 0, ticket.CST)

func calendar(t testing.TB) ticket.Clock {
	t.Helper()
	c, err := workday.New(workday.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// terms are the city's defaults everywhere.
func terms(t testing.TB) ticket.TermsOf {
	t.Helper()
	return ticket.Everywhere(calendar(t), ticket.DefaultPolicy())
}

func submitted(t testing.TB, kind ticket.Kind) ticket.Ticket {
	t.Helper()
	c, e, err := ticket.New(ticket.Ticket{Kind: kind, Station: "a"},
		ticket.Step{Actor: "owner", Role: ticket.RoleRequester, Text: " 路灯坏了 "}, monday, terms(t))
	if err != nil {
		t.Fatal(err)
	}
	if c.State != ticket.Received || e.To != ticket.Received || e.Seq != 1 || c.Text != "路灯坏了" || c.Requester != "owner" {
		t.Fatalf("a new case is %+v with %+v", c, e)
	}
	c.ID = "CX-20261123-0001"
	return c
}

func TestDeadlinesOfANewCase(t *testing.T) {
	t.Parallel()
	day := func(d int) time.Time { return time.Date(2026, 11, d, 17, 30, 0, 0, ticket.CST) }
	for _, row := range []struct {
		kind   ticket.Kind
		urgent bool
		answer time.Time
	}{
		{ticket.Inquiry, false, day(24)},
		{ticket.Complaint, false, day(30)}, // five working days: the weekend does not count
		{ticket.Complaint, true, day(24)},
		{ticket.Finding, false, day(30)},
	} {
		c, _, err := ticket.New(ticket.Ticket{Kind: row.kind, Urgent: row.urgent},
			ticket.Step{Actor: "o", Role: ticket.RoleRequester, Text: "x"}, monday, terms(t))
		if err != nil {
			t.Fatal(err)
		}
		if !c.AcceptBy.Equal(day(24)) || !c.AnswerBy.Equal(row.answer) {
			t.Errorf("%s urgent=%v: accept by %v, answer by %v; want %v and %v", row.kind, row.urgent, c.AcceptBy, c.AnswerBy, day(24), row.answer)
		}
	}
}

func TestNewRefuses(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("字", ticket.MaxText+1)
	for _, row := range []struct {
		name  string
		c     ticket.Ticket
		s     ticket.Step
		code  ticket.Code
		field string
	}{
		{"no kind", ticket.Ticket{}, ticket.Step{Role: ticket.RoleRequester, Text: "x"}, ticket.Invalid, "kind"},
		{"blank text", ticket.Ticket{Kind: ticket.Complaint}, ticket.Step{Role: ticket.RoleRequester, Text: " 　\n"}, ticket.Invalid, "text"},
		{"long text", ticket.Ticket{Kind: ticket.Complaint}, ticket.Step{Role: ticket.RoleRequester, Text: long}, ticket.Invalid, "long"},
		{"long company", ticket.Ticket{Kind: ticket.Complaint, Company: strings.Repeat("厂", ticket.MaxCompany+1)}, ticket.Step{Role: ticket.RoleRequester, Text: "x"}, ticket.Invalid, "company"},
		{"by an agent", ticket.Ticket{Kind: ticket.Complaint}, ticket.Step{Role: ticket.RoleAgent, Text: "x"}, ticket.Forbidden, ""},
	} {
		_, _, err := ticket.New(row.c, row.s, monday, terms(t))
		if got := ticket.CodeOf(err); got != row.code {
			t.Errorf("%s: %v, want %s", row.name, err, row.code)
		}
		if row.field != "" && !strings.Contains(err.Error(), row.field) {
			t.Errorf("%s: %v does not name %s", row.name, err, row.field)
		}
	}
}

// walk takes steps one after the other, an hour apart.
func walk(t *testing.T, c ticket.Ticket, steps ...ticket.Step) ticket.Ticket {
	t.Helper()
	at := monday
	for _, s := range steps {
		at = at.Add(time.Hour)
		next, e, err := ticket.Apply(c, s, at, terms(t))
		if err != nil {
			t.Fatalf("%s in state %s: %v", s.Action, c.State, err)
		}
		if e.From != c.State || e.To != next.State || int64(e.Seq) != next.Version || next.Version != c.Version+1 {
			t.Fatalf("%s: event %+v does not fit %+v", s.Action, e, next)
		}
		c = next
	}
	return c
}

func agent(a ticket.Action, text string) ticket.Step {
	return ticket.Step{Action: a, Actor: "agent", Role: ticket.RoleAgent, Text: text}
}

func owner(a ticket.Action, text string) ticket.Step {
	return ticket.Step{Action: a, Actor: "owner", Role: ticket.RoleRequester, Text: text}
}

var assigned = ticket.Step{Action: ticket.Assign, Role: ticket.RoleSystem, Station: "a"}

func TestHappyLife(t *testing.T) {
	t.Parallel()
	c := walk(t, submitted(t, ticket.Complaint), assigned, agent(ticket.Accept, ""), agent(ticket.Reply, "正在核实"),
		agent(ticket.Resolve, "已修好"), owner(ticket.Solved, ""),
		ticket.Step{Action: ticket.Score, Actor: "owner", Role: ticket.RoleRequester, Score: 5}, owner(ticket.Score, "很快"))
	if c.State != ticket.Closed || c.ClosedAt.IsZero() || c.AnsweredAt.IsZero() || c.Open() {
		t.Errorf("the case ended as %+v", c)
	}
	if want := (ticket.Rating{Given: true, Solved: true, Score: 5, Comment: "很快"}); c.Rating != want {
		t.Errorf("rating %+v, want %+v", c.Rating, want)
	}
}

func TestNotSolvedReopensOnceThenEscalates(t *testing.T) {
	t.Parallel()
	c := walk(t, submitted(t, ticket.Complaint), assigned, agent(ticket.Accept, ""), agent(ticket.Resolve, "好了"), owner(ticket.Unsolved, ""))
	if c.State != ticket.Reopened || c.Escalated || c.Assignee != "" {
		t.Errorf("after the first 'not solved': %+v", c)
	}
	c = walk(t, c, agent(ticket.Accept, ""), agent(ticket.Resolve, "这回好了"), owner(ticket.Unsolved, ""))
	if !c.Escalated || c.Reopened != 2 {
		t.Errorf("after the second 'not solved': %+v", c)
	}
}

// A contact that comes with what a requester adds is that of the case from then on;
// nothing else changes it.
func TestContactComesWithAnAddition(t *testing.T) {
	t.Parallel()
	c := submitted(t, ticket.Complaint)
	note := ticket.Step{Action: ticket.Note, Actor: "owner", Role: ticket.RoleRequester, Text: "还是没修", Contact: "电话（示例）"}
	after, e, err := ticket.Apply(c, note, monday, terms(t))
	if err != nil || after.Contact != note.Contact || !after.Consent || strings.Contains(e.Text, note.Contact) {
		t.Errorf("%+v, %+v, %v", after, e, err)
	}
	note.Contact = ""
	if after, _, err = ticket.Apply(after, note, monday, terms(t)); err != nil || after.Contact == "" || !after.Consent {
		t.Errorf("an addition without one takes it away: %+v, %v", after, err)
	}
	note.Contact = strings.Repeat("1", ticket.MaxContact+1)
	if _, _, err = ticket.Apply(c, note, monday, terms(t)); ticket.CodeOf(err) != ticket.Invalid {
		t.Errorf("one that is too long: %v", err)
	}
	if after, _, err = ticket.Apply(c, ticket.Step{Action: ticket.Withdraw, Actor: "owner", Role: ticket.RoleRequester, Contact: "x"}, monday, terms(t)); err != nil || after.Contact != "" {
		t.Errorf("withdrawn with %+v, %v", after, err)
	}
}

func TestClockStandsStillWhileWaiting(t *testing.T) {
	t.Parallel()
	clock, terms := calendar(t), terms(t)
	c := walk(t, submitted(t, ticket.Complaint), assigned, agent(ticket.Accept, ""))
	asked := monday.Add(5 * time.Hour) // 15:00
	c, _, err := ticket.Apply(c, agent(ticket.Ask, "哪一盏？"), asked, terms)
	if err != nil {
		t.Fatal(err)
	}
	left := clock.WorkingTimeBetween(asked, c.AnswerBy)
	if !c.Due().IsZero() || c.Overdue(asked.AddDate(1, 0, 0)) {
		t.Error("a case that waits for its requester has no deadline")
	}
	again, _, err := ticket.Apply(c, agent(ticket.Ask, "还有呢？"), asked.AddDate(0, 0, 2), terms)
	if err != nil {
		t.Fatal(err)
	}
	supplied := asked.AddDate(0, 0, 14)
	done, _, err := ticket.Apply(again, owner(ticket.Supply, "门口那盏"), supplied, terms)
	if err != nil {
		t.Fatal(err)
	}
	if got := clock.WorkingTimeBetween(supplied, done.AnswerBy); got != left {
		t.Errorf("%v of working time is left, want the %v of when it was asked first", got, left)
	}
}

func TestApplyRefuses(t *testing.T) {
	t.Parallel()
	c := walk(t, submitted(t, ticket.Complaint), assigned)
	accepted := walk(t, c, agent(ticket.Accept, ""))
	for _, row := range []struct {
		name string
		c    ticket.Ticket
		s    ticket.Step
		code ticket.Code
	}{
		{"accepted twice", accepted, agent(ticket.Accept, ""), ticket.Illegal},
		{"requester accepts", c, owner(ticket.Accept, ""), ticket.Forbidden},
		{"reply without words", accepted, agent(ticket.Reply, "  "), ticket.Invalid},
		{"transfer to nowhere", c, agent(ticket.Transfer, "不归我们管"), ticket.Invalid},
		{"transfer to itself", c, ticket.Step{Action: ticket.Transfer, Role: ticket.RoleAgent, Text: "x", Station: "a"}, ticket.Invalid},
		{"unknown action", c, agent("dance", "x"), ticket.Illegal},
		{"submitted again", c, owner(ticket.Submit, "x"), ticket.Illegal},
		{"six stars", walk(t, accepted, agent(ticket.Resolve, "好"), owner(ticket.Solved, "")), ticket.Step{Action: ticket.Score, Role: ticket.RoleRequester, Score: 6}, ticket.Invalid},
	} {
		got, e, err := ticket.Apply(row.c, row.s, monday, terms(t))
		if ticket.CodeOf(err) != row.code {
			t.Errorf("%s: %v, want %s", row.name, err, row.code)
		}
		if got.Version != row.c.Version || e.Action != "" {
			t.Errorf("%s: a refused step changed the case", row.name)
		}
	}
}

// Whatever people do in whatever order, the case keeps its rules.
func TestAnyLifeKeepsTheRules(t *testing.T) {
	t.Parallel()
	roles := []ticket.Role{ticket.RoleRequester, ticket.RoleObserver, ticket.RoleHelper, ticket.RoleAgent, ticket.RoleSupervisor, ticket.RoleSystem}
	var actions []ticket.Action
	for _, tr := range ticket.Transitions {
		actions = append(actions, tr.Action)
	}
	terms := terms(t)
	rapid.Check(t, func(rt *rapid.T) {
		c, at := submitted(t, rapid.SampledFrom(ticket.Kinds).Draw(rt, "kind")), monday
		history := []ticket.Event{{Seq: 1, At: at, Action: ticket.Submit, To: ticket.Received}}
		for range rapid.IntRange(1, 30).Draw(rt, "steps") {
			at = at.Add(time.Duration(rapid.IntRange(0, 72).Draw(rt, "hours")) * time.Hour)
			s := ticket.Step{
				Action: rapid.SampledFrom(actions).Draw(rt, "action"), Role: rapid.SampledFrom(roles).Draw(rt, "role"),
				Text: rapid.SampledFrom([]string{"", "话"}).Draw(rt, "text"), Station: rapid.SampledFrom([]string{"", "a", "b"}).Draw(rt, "station"),
				Score: rapid.IntRange(0, 5).Draw(rt, "score"),
				Until: at.AddDate(0, 0, rapid.IntRange(-1, 40).Draw(rt, "days")),
			}
			next, e, err := ticket.Apply(c, s, at, terms)
			possible := slices.Contains(c.Possible(s.Role), s.Action)
			switch code := ticket.CodeOf(err); {
			case err == nil && !possible:
				rt.Fatalf("%s by %s in %s is not possible and was done", s.Action, s.Role, c.State)
			case err != nil && possible && code != ticket.Invalid:
				rt.Fatalf("%s by %s in %s is possible and was refused: %v", s.Action, s.Role, c.State, err)
			case err != nil:
				continue
			}
			if c.State.Terminal() && next.State != c.State {
				rt.Fatalf("%s brought a closed case back to %s", s.Action, next.State)
			}
			if (next.State == ticket.Waiting) == next.WaitingSince.IsZero() {
				rt.Fatalf("%s: state %s with WaitingSince %v", s.Action, next.State, next.WaitingSince)
			}
			if next.State.Terminal() == next.ClosedAt.IsZero() {
				rt.Fatalf("%s: state %s with ClosedAt %v", s.Action, next.State, next.ClosedAt)
			}
			if next.AnswerBy.Before(c.AnswerBy) {
				rt.Fatalf("%s brought the deadline forward from %v to %v", s.Action, c.AnswerBy, next.AnswerBy)
			}
			if e.At != at || e.Station != next.Station {
				rt.Fatalf("event %+v does not fit the case", e)
			}
			if c.Extension.State == ticket.ExtensionGranted && s.Action == ticket.Grant {
				rt.Fatal("a second extension was granted")
			}
			history = append(history, e)
			if accept, answer := ticket.Replay(next, history, terms); !accept.Equal(next.AcceptBy) || !answer.Equal(next.AnswerBy) {
				rt.Fatalf("%s: by its history the case is due %v and %v, it says %v and %v", s.Action, accept, answer, next.AcceptBy, next.AnswerBy)
			}
			c = next
		}
	})
}

func TestTransitionsAreComplete(t *testing.T) {
	t.Parallel()
	reached := map[ticket.State]bool{}
	for _, tr := range ticket.Transitions {
		reached[tr.To] = true
		for _, l := range []string{"zh", "en"} {
			if tr.Action.Label(l) == string(tr.Action) {
				t.Errorf("action %s has no name in %s", tr.Action, l)
			}
		}
	}
	for _, s := range ticket.States {
		if !reached[s] {
			t.Errorf("nothing leads to %s", s)
		}
		out := 0
		for _, r := range []ticket.Role{ticket.RoleRequester, ticket.RoleAgent, ticket.RoleSupervisor, ticket.RoleSystem} {
			out += len(ticket.Ticket{State: s}.Possible(r))
		}
		if out == 0 && s != ticket.Rejected {
			t.Errorf("nothing can be done in %s", s)
		}
		if s.Label("zh") == string(s) || s.Label("en") == string(s) {
			t.Errorf("state %s has no name", s)
		}
	}
	for _, k := range ticket.Kinds {
		if k.Label("zh") == string(k) || k.Label("en") == string(k) {
			t.Errorf("kind %s has no name", k)
		}
	}
}

func TestNumber(t *testing.T) {
	t.Parallel()
	// 16:30 UTC is after midnight in China.
	at := time.Date(2026, 11, 22, 16, 30, 0, 0, time.UTC)
	for n, want := range map[int]string{1: "CX-20261123-0001", 10000: "CX-20261123-10000"} {
		if got := ticket.Number(at, n); got != want {
			t.Errorf("number %d is %s, want %s", n, got, want)
		}
	}
}

// A step to a station, by an agent of the one that has the case.
func to(a ticket.Action, station string) ticket.Step {
	return ticket.Step{Action: a, Actor: "agent", Role: ticket.RoleAgent, Text: "理由", Station: station}
}

// The station that accepted answers for the case until another has accepted it.
func TestFirstContact(t *testing.T) {
	t.Parallel()
	sees := func(c ticket.Ticket, station string) ticket.Role {
		return ticket.Viewer{Person: "x", Stations: []string{station}}.Sees(c)
	}
	c := walk(t, submitted(t, ticket.Complaint), assigned)
	moved := walk(t, c, to(ticket.Transfer, "b"))
	if moved.Keeper() != "" || sees(moved, "a") != "" {
		t.Errorf("a station that never accepted keeps the case: %+v", moved)
	}
	c = walk(t, c, agent(ticket.Accept, ""), to(ticket.Transfer, "b"))
	if c.Keeper() != "a" || c.Station != "b" || sees(c, "a") != ticket.RoleAgent || sees(c, "b") != ticket.RoleAgent || sees(c, "c") != "" {
		t.Errorf("after the transfer: %+v", c)
	}
	if due := c.AnswerBy; !due.Equal(submitted(t, ticket.Complaint).AnswerBy) {
		t.Errorf("the transfer moved the requester's deadline to %v", due)
	}
	again := walk(t, c, to(ticket.Transfer, "c"))
	if again.Keeper() != "a" {
		t.Errorf("passed on unaccepted, %q answers for it", again.Keeper())
	}
	v := ticket.Viewer{Stations: []string{"a"}}
	back := walk(t, again, ticket.Step{Action: ticket.Accept, Actor: "agent", Role: ticket.RoleAgent, Station: v.Acts(again)})
	if back.Station != "a" || back.Holder != "a" || back.Keeper() != "" || sees(back, "c") != "" {
		t.Errorf("taken back: %+v", back)
	}
	taken := walk(t, c, ticket.Step{Action: ticket.Accept, Actor: "other", Role: ticket.RoleAgent, Station: ticket.Viewer{Stations: []string{"b"}}.Acts(c)})
	if taken.Holder != "b" || taken.Keeper() != "" || sees(taken, "a") != "" {
		t.Errorf("accepted there: %+v", taken)
	}
}

func TestTheSecondReturnIsForASupervisor(t *testing.T) {
	t.Parallel()
	back := func(from, advice string) ticket.Step {
		return ticket.Step{Action: ticket.Return, Actor: "agent", Role: ticket.RoleAgent, Text: "不归我们", Station: "triage", Advice: advice}
	}
	c := walk(t, submitted(t, ticket.Complaint), assigned, back("a", "b"))
	if c.State != ticket.Returned || c.Station != "triage" || c.Referred() || c.Escalated || !slices.Contains(c.Offered(ticket.RoleAgent), ticket.Transfer) {
		t.Errorf("returned once: %+v", c)
	}
	itself := walk(t, c, agent(ticket.Accept, ""), back("triage", "b"))
	if !itself.Referred() {
		t.Errorf("triage gave it back and is to place it again: %+v", itself)
	}
	c = walk(t, c, to(ticket.Transfer, "b"), back("b", "a"))
	if !c.Referred() || !c.Escalated {
		t.Errorf("returned twice: %+v", c)
	}
	for _, a := range []ticket.Action{ticket.Accept, ticket.Transfer, ticket.Reject, ticket.Resolve} {
		if slices.Contains(c.Offered(ticket.RoleAgent), a) {
			t.Errorf("an agent may still %s it", a)
		}
		_, _, err := ticket.Apply(c, to(a, "c"), monday, terms(t))
		if ticket.CodeOf(err) != ticket.Illegal {
			t.Errorf("%s by an agent: %v", a, err)
		}
	}
	c = walk(t, c, ticket.Step{Action: ticket.Assign, Actor: "boss", Role: ticket.RoleSupervisor, Station: "a"})
	if c.Referred() || !slices.Contains(c.Offered(ticket.RoleAgent), ticket.Accept) {
		t.Errorf("placed by a supervisor: %+v", c)
	}
	if _, _, err := ticket.Apply(c, back("a", "a"), monday, terms(t)); ticket.CodeOf(err) != ticket.Invalid {
		t.Errorf("a station returns a case and says that it is its own: %v", err)
	}
}

func TestHelpersReportToTheLead(t *testing.T) {
	t.Parallel()
	c := walk(t, submitted(t, ticket.Complaint), assigned, agent(ticket.Accept, ""), to(ticket.Involve, "b"))
	if c.Station != "a" || c.State != ticket.Accepted || !slices.Equal(c.Helpers, []string{"b"}) {
		t.Fatalf("with help: %+v", c)
	}
	if got := (ticket.Viewer{Stations: []string{"b"}}).Sees(c); got != ticket.RoleHelper {
		t.Errorf("the helping station sees it as %q", got)
	}
	if got, want := c.Possible(ticket.RoleHelper), []ticket.Action{ticket.Report, ticket.Comment}; !slices.Equal(got, want) {
		t.Errorf("a helper may %v, want %v", got, want)
	}
	for _, s := range []ticket.Step{to(ticket.Involve, "b"), to(ticket.Involve, "a")} {
		if _, _, err := ticket.Apply(c, s, monday, terms(t)); ticket.CodeOf(err) != ticket.Invalid {
			t.Errorf("asking %s for help again: %v", s.Station, err)
		}
	}
	c = walk(t, c, ticket.Step{Action: ticket.Report, Actor: "b1", Role: ticket.RoleHelper, Text: "已查"}, to(ticket.Transfer, "b"))
	if len(c.Helpers) != 0 {
		t.Errorf("the station that leads now still helps: %+v", c)
	}
}

// An illegal step is refused with what is possible instead.
func TestIllegalSaysWhatIsPossible(t *testing.T) {
	t.Parallel()
	c := walk(t, submitted(t, ticket.Complaint), assigned, agent(ticket.Accept, ""), agent(ticket.Resolve, "好了"))
	for _, row := range []struct {
		s    ticket.Step
		want []ticket.Action
	}{
		{agent(ticket.Accept, ""), []ticket.Action{ticket.Correct, ticket.Link, ticket.Comment}},
		{owner(ticket.Supply, "x"), []ticket.Action{ticket.Note, ticket.Solved, ticket.Unsolved}},
	} {
		_, _, err := ticket.Apply(c, row.s, monday, terms(t))
		var e *ticket.Error
		if !errors.As(err, &e) || e.Code != ticket.Illegal || e.State != ticket.Answered || !slices.Equal(e.Possible, row.want) {
			t.Errorf("%s: %v with %v, want %v", row.s.Action, err, e.Possible, row.want)
		}
	}
}
