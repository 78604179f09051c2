package ticket_test

import (
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

func submitted(t testing.TB, kind ticket.Kind) ticket.Ticket {
	t.Helper()
	c, e, err := ticket.New(ticket.Ticket{Kind: kind, Station: "a"},
		ticket.Step{Actor: "owner", Role: ticket.RoleRequester, Text: " 路灯坏了 "}, monday, calendar(t), ticket.DefaultPolicy())
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
			ticket.Step{Actor: "o", Role: ticket.RoleRequester, Text: "x"}, monday, calendar(t), ticket.DefaultPolicy())
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
		_, _, err := ticket.New(row.c, row.s, monday, calendar(t), ticket.DefaultPolicy())
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
		next, e, err := ticket.Apply(c, s, at, calendar(t), ticket.DefaultPolicy())
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

func TestClockStandsStillWhileWaiting(t *testing.T) {
	t.Parallel()
	clock, policy := calendar(t), ticket.DefaultPolicy()
	c := walk(t, submitted(t, ticket.Complaint), assigned, agent(ticket.Accept, ""))
	asked := monday.Add(5 * time.Hour) // 15:00
	c, _, err := ticket.Apply(c, agent(ticket.Ask, "哪一盏？"), asked, clock, policy)
	if err != nil {
		t.Fatal(err)
	}
	left := clock.WorkingTimeBetween(asked, c.AnswerBy)
	if !c.Due().IsZero() || c.Overdue(asked.AddDate(1, 0, 0)) {
		t.Error("a case that waits for its requester has no deadline")
	}
	again, _, err := ticket.Apply(c, agent(ticket.Ask, "还有呢？"), asked.AddDate(0, 0, 2), clock, policy)
	if err != nil {
		t.Fatal(err)
	}
	supplied := asked.AddDate(0, 0, 14)
	done, _, err := ticket.Apply(again, owner(ticket.Supply, "门口那盏"), supplied, clock, policy)
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
		got, e, err := ticket.Apply(row.c, row.s, monday, calendar(t), ticket.DefaultPolicy())
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
	roles := []ticket.Role{ticket.RoleRequester, ticket.RoleObserver, ticket.RoleAgent, ticket.RoleSupervisor, ticket.RoleSystem}
	var actions []ticket.Action
	for _, tr := range ticket.Transitions {
		actions = append(actions, tr.Action)
	}
	clock, policy := calendar(t), ticket.DefaultPolicy()
	rapid.Check(t, func(rt *rapid.T) {
		c, at := submitted(t, rapid.SampledFrom(ticket.Kinds).Draw(rt, "kind")), monday
		for range rapid.IntRange(1, 30).Draw(rt, "steps") {
			at = at.Add(time.Duration(rapid.IntRange(0, 72).Draw(rt, "hours")) * time.Hour)
			s := ticket.Step{
				Action: rapid.SampledFrom(actions).Draw(rt, "action"), Role: rapid.SampledFrom(roles).Draw(rt, "role"),
				Text: rapid.SampledFrom([]string{"", "话"}).Draw(rt, "text"), Station: rapid.SampledFrom([]string{"", "a", "b"}).Draw(rt, "station"),
				Score: rapid.IntRange(0, 5).Draw(rt, "score"),
			}
			next, e, err := ticket.Apply(c, s, at, clock, policy)
			possible := slices.Contains(ticket.Possible(c.State, s.Role), s.Action)
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
			out += len(ticket.Possible(s, r))
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
