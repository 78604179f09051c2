package ticket_test

import (
	"context"
	"slices"
	"testing"
	"time"

	"liaison/ticket"
	"liaison/ticket/workday"
)

// One extension, asked for in time, granted or declined by a supervisor.
func TestExtension(t *testing.T) {
	t.Parallel()
	accepted := walk(t, submitted(t, ticket.Complaint), assigned, agent(ticket.Accept, ""))
	due := time.Date(2026, 11, 30, 17, 30, 0, 0, ticket.CST)
	until := time.Date(2026, 12, 12, 0, 0, 0, 0, ticket.CST) // a Saturday
	monday14 := time.Date(2026, 12, 14, 17, 30, 0, 0, ticket.CST)
	ask := func(until time.Time) ticket.Step {
		s := agent(ticket.Extend, "等检测报告")
		s.Until = until
		return s
	}
	asked, e, err := ticket.Apply(accepted, ask(until), due, terms(t)) // at the very last moment
	if err != nil {
		t.Fatal(err)
	}
	if !asked.AnswerBy.Equal(due) || asked.Extension != (ticket.Extension{State: ticket.ExtensionAsked, Until: monday14}) || !e.Until.Equal(monday14) {
		t.Errorf("asked: %+v, event until %v", asked, e.Until)
	}
	for name, row := range map[string]struct {
		c    ticket.Ticket
		s    ticket.Step
		at   time.Time
		code ticket.Code
	}{
		"too late":             {accepted, ask(until), due.Add(time.Second), ticket.Invalid},
		"no date":              {accepted, ask(time.Time{}), monday, ticket.Invalid},
		"no later than before": {accepted, ask(due), monday, ticket.Invalid},
		"a mistyped year":      {accepted, ask(until.AddDate(1, 0, 0)), monday, ticket.Invalid},
		"no reason":            {accepted, ticket.Step{Action: ticket.Extend, Role: ticket.RoleAgent, Until: until}, monday, ticket.Invalid},
		"asked twice":          {asked, ask(until.AddDate(0, 0, 7)), monday, ticket.Illegal},
		"granted by an agent":  {asked, agent(ticket.Grant, ""), monday, ticket.Forbidden},
		"granted unasked":      {accepted, ticket.Step{Action: ticket.Grant, Role: ticket.RoleSupervisor}, monday, ticket.Illegal},
		"granted when over":    {asked, ticket.Step{Action: ticket.Grant, Role: ticket.RoleSupervisor}, monday14, ticket.Invalid},
		"declined unexplained": {asked, ticket.Step{Action: ticket.Decline, Role: ticket.RoleSupervisor}, monday, ticket.Invalid},
	} {
		if _, _, err := ticket.Apply(row.c, row.s, row.at, terms(t)); ticket.CodeOf(err) != row.code {
			t.Errorf("%s: %v, want %s", name, err, row.code)
		}
	}
	granted := walk(t, asked, ticket.Step{Action: ticket.Grant, Actor: "boss", Role: ticket.RoleSupervisor})
	if !granted.AnswerBy.Equal(monday14) {
		t.Errorf("granted: due %v, want %v", granted.AnswerBy, monday14)
	}
	if slices.Contains(granted.Possible(ticket.RoleAgent), ticket.Extend) {
		t.Error("a second extension is possible")
	}
	declined := walk(t, asked, ticket.Step{Action: ticket.Decline, Actor: "boss", Role: ticket.RoleSupervisor, Text: "请如期答复"})
	if !declined.AnswerBy.Equal(due) || slices.Contains(declined.Possible(ticket.RoleAgent), ticket.Extend) {
		t.Errorf("declined: %+v", declined)
	}
}

// Kind, urgency and station decide; a transfer does not.
func TestTermsOfTheStation(t *testing.T) {
	t.Parallel()
	early, err := workday.New(workday.Options{Hours: []workday.Span{{Start: 8 * time.Hour, End: 16 * time.Hour}}})
	if err != nil {
		t.Fatal(err)
	}
	quick := ticket.DefaultPolicy()
	quick.Answer = map[ticket.Kind]int{ticket.Complaint: 2}
	byStation := func(station string) ticket.Terms {
		if station == "a" {
			return ticket.Terms{Clock: early, Policy: quick}
		}
		return terms(t)(station)
	}
	b := newBench(t)
	b.sv = ticket.NewService(byStation, func() time.Time { return b.now })
	c := b.submit(ticket.Complaint)
	want := time.Date(2026, 11, 25, 16, 0, 0, 0, ticket.CST)
	if accept := want.AddDate(0, 0, -1); !c.AnswerBy.Equal(want) || !c.AcceptBy.Equal(accept) {
		t.Errorf("due %v and %v, want %v and %v", c.AcceptBy, c.AnswerBy, accept, want)
	}
	if err := b.act(c.ID, ticket.Step{Action: ticket.Transfer, Actor: "agent", Role: ticket.RoleAgent, Text: "x", Station: "b"}); err != nil {
		t.Fatal(err)
	}
	if c = b.ticket(c.ID); !c.AnswerBy.Equal(want) || !c.AcceptBy.Equal(time.Date(2026, 11, 24, 17, 30, 0, 0, ticket.CST)) {
		t.Errorf("at the next station due %v and %v", c.AcceptBy, c.AnswerBy)
	}
}

// A calendar that has changed moves the deadlines of open cases, with their
// timers, once; granted extensions and answered cases stay.
func TestRecompute(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	holiday, err := workday.New(workday.Options{Overrides: map[string]bool{"2026-11-26": false, "2026-11-27": false}})
	if err != nil {
		t.Fatal(err)
	}
	now := terms(t)
	b.sv = ticket.NewService(func(station string) ticket.Terms { return now(station) }, func() time.Time { return b.now })
	open, extended, answered := b.submit(ticket.Complaint), b.submit(ticket.Complaint), b.submit(ticket.Complaint)
	until := time.Date(2026, 12, 8, 0, 0, 0, 0, ticket.CST)
	for id, steps := range map[string][]ticket.Step{
		open.ID: {agent(ticket.Accept, "")},
		extended.ID: {agent(ticket.Accept, ""), {Action: ticket.Extend, Role: ticket.RoleAgent, Text: "x", Until: until},
			{Action: ticket.Grant, Role: ticket.RoleSupervisor}},
		answered.ID: {agent(ticket.Accept, ""), agent(ticket.Resolve, "好")},
	} {
		for _, s := range steps {
			if err := b.act(id, s); err != nil {
				t.Fatal(err)
			}
		}
	}
	recompute := func() (changed []string) {
		t.Helper()
		for _, id := range []string{open.ID, extended.ID, answered.ID} {
			err := b.do(func(ctx context.Context, tx ticket.Tx) error {
				done, err := b.sv.Recompute(ctx, tx, id)
				if done {
					changed = append(changed, id)
				}
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
		}
		return changed
	}
	if got := recompute(); got != nil {
		t.Errorf("nothing has changed, and %v were reckoned anew", got)
	}
	b.took()
	now = ticket.Everywhere(holiday, ticket.DefaultPolicy())
	if got := recompute(); !slices.Equal(got, []string{open.ID}) {
		t.Errorf("reckoned anew: %v, want %s only", got, open.ID)
	}
	if got, want := b.ticket(open.ID).AnswerBy, time.Date(2026, 12, 2, 17, 30, 0, 0, ticket.CST); !got.Equal(want) {
		t.Errorf("due %v, want %v: two days more", got, want)
	}
	if got := kinds(b.took()); got != "remind due late" {
		t.Errorf("timers %q", got)
	}
	if got := recompute(); got != nil {
		t.Errorf("reckoned anew twice: %v", got)
	}
}

// Each timer takes its step once, whatever runs how often, and none when the case
// has moved on.
func TestTimersFireOnce(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	c := b.submit(ticket.Complaint)
	if err := b.act(c.ID, agent(ticket.Accept, "")); err != nil {
		t.Fatal(err)
	}
	var all []ticket.Job
	keep := func() { all = append(all, b.took()...) }
	keep()
	// There and back: the deadline of the answer gets its timers a second time.
	for _, s := range []ticket.Step{
		{Action: ticket.Transfer, Actor: "agent", Role: ticket.RoleAgent, Text: "x", Station: "b"},
		agent(ticket.Accept, ""),
	} {
		if err := b.act(c.ID, s); err != nil {
			t.Fatal(err)
		}
		keep()
	}
	run := func(until time.Time) (fired []ticket.JobKind) {
		t.Helper()
		slices.SortStableFunc(all, func(a, b ticket.Job) int { return a.At.Compare(b.At) })
		for _, j := range all {
			if j.At.After(until) {
				continue
			}
			if j.At.After(b.now) {
				b.now = j.At
			}
			err := b.do(func(ctx context.Context, tx ticket.Tx) error {
				_, did, err := b.sv.Fire(ctx, tx, j)
				if did {
					fired = append(fired, j.Kind)
				}
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
		}
		keep()
		return fired
	}
	late := time.Date(2026, 12, 2, 0, 0, 0, 0, ticket.CST)
	if got, want := run(late), []ticket.JobKind{ticket.JobRemind, ticket.JobDue, ticket.JobLate}; !slices.Equal(got, want) {
		t.Errorf("fired %v, want %v", got, want)
	}
	if got := run(late); got != nil {
		t.Errorf("fired again: %v", got)
	}
	all = nil
	if err := b.act(c.ID, agent(ticket.Ask, "哪里？")); err != nil {
		t.Fatal(err)
	}
	keep()
	asked := b.now
	b.now = asked.Add(time.Hour)
	if err := b.act(c.ID, agent(ticket.Ask, "何时？")); err != nil { // what was asked later is what counts
		t.Fatal(err)
	}
	keep()
	if got, want := run(asked.AddDate(0, 1, 0)), []ticket.JobKind{ticket.JobNudge, ticket.JobPropose}; !slices.Equal(got, want) {
		t.Errorf("while waiting fired %v, want %v", got, want)
	}
	all = nil
	for _, s := range []ticket.Step{owner(ticket.Supply, "门口"), agent(ticket.Ask, "再问")} {
		if err := b.act(c.ID, s); err != nil {
			t.Fatal(err)
		}
	}
	keep()
	if err := b.act(c.ID, owner(ticket.Supply, "今天")); err != nil {
		t.Fatal(err)
	}
	b.took()
	for _, j := range all {
		if j.Kind != ticket.JobNudge && j.Kind != ticket.JobPropose {
			continue
		}
		err := b.do(func(ctx context.Context, tx ticket.Tx) error {
			_, did, err := b.sv.Fire(ctx, tx, j)
			if did {
				t.Errorf("%s although the requester has answered", j.Kind)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}

// ticket reads a case.
func (b *bench) ticket(id string) (c ticket.Ticket) {
	b.t.Helper()
	err := b.do(func(ctx context.Context, tx ticket.Tx) (err error) {
		c, err = tx.Ticket(ctx, id)
		return err
	})
	if err != nil {
		b.t.Fatal(err)
	}
	return c
}

// When the answer is due to whom, whatever became of the case. All are complaints
// of Monday the 23rd, due on the 30th; what happens then happens on Wednesday.
func TestDeadlinesOfRelatedCases(t *testing.T) {
	t.Parallel()
	day := func(month, d int) time.Time { return time.Date(2026, time.Month(month), d, 17, 30, 0, 0, ticket.CST) }
	merge := func(into string) ticket.Step {
		return ticket.Step{Action: ticket.Merge, Actor: "agent", Role: ticket.RoleAgent, Case: into}
	}
	for _, row := range []struct {
		name string
		// happens does what is to be checked and returns the case that is answered.
		happens func(b *bench, first string) string
		due     time.Time
	}{
		{"nothing", func(_ *bench, first string) string { return first }, day(11, 30)},
		{"duplicate: added to the first case, whose deadline stays", func(b *bench, first string) string {
			b.must(first, owner(ticket.Note, "还没修"))
			return first
		}, day(11, 30)},
		{"follow-up: a case of its own, from its own day", func(b *bench, first string) string {
			second := b.submit(ticket.Complaint).ID
			b.must(second, ticket.Step{Action: ticket.Link, Role: ticket.RoleSystem, Case: first})
			return second
		}, day(12, 2)},
		{"the first case of a follow-up keeps its day", func(b *bench, first string) string {
			second := b.submit(ticket.Complaint).ID
			b.must(second, ticket.Step{Action: ticket.Link, Role: ticket.RoleSystem, Case: first})
			return first
		}, day(11, 30)},
		{"reopened: from the day on which it was not solved", func(b *bench, first string) string {
			b.must(first, agent(ticket.Resolve, "好了"), owner(ticket.Unsolved, ""))
			return first
		}, day(12, 2)},
		{"merged into an earlier one: the earlier day", func(b *bench, first string) string {
			b.must(b.submit(ticket.Complaint).ID, merge(first))
			return first
		}, day(11, 30)},
		{"an earlier one merged into a later one: the earlier day too", func(b *bench, first string) string {
			second := b.submit(ticket.Complaint).ID
			b.must(first, merge(second))
			return second
		}, day(11, 30)},
		{"merged into one that waits: its clock stands still, then goes on from the earlier day", func(b *bench, first string) string {
			second := b.submit(ticket.Complaint).ID
			b.must(second, agent(ticket.Ask, "哪里？"))
			b.must(first, merge(second))
			b.now = b.now.AddDate(0, 0, 7)
			b.must(second, owner(ticket.Supply, "门口"))
			return second
		}, day(12, 7)},
		{"one that waited merged into another: by what was left of its time", func(b *bench, first string) string {
			b.must(first, agent(ticket.Ask, "哪里？"))
			b.now = b.now.AddDate(0, 0, 7)
			second := b.submit(ticket.Complaint).ID
			b.must(first, merge(second))
			return second
		}, day(12, 7)},
		{"merged and parted: the day that it had", func(b *bench, first string) string {
			second := b.submit(ticket.Complaint).ID
			b.must(first, merge(second))
			b.now = b.now.AddDate(0, 0, 1)
			b.must(first, unmerge())
			return first
		}, day(11, 30)},
		{"the other one after the parting: the earlier day was promised", func(b *bench, first string) string {
			second := b.submit(ticket.Complaint).ID
			b.must(first, merge(second), unmerge())
			return second
		}, day(11, 30)},
		{"one that waited, merged and parted: by what was left of its time when it was merged", func(b *bench, first string) string {
			b.must(first, agent(ticket.Ask, "哪里？"))
			b.now = b.now.AddDate(0, 0, 7)
			b.must(first, merge(b.submit(ticket.Complaint).ID))
			b.now = b.now.AddDate(0, 0, 1)
			b.must(first, unmerge())
			return first
		}, day(12, 7)},
		{"merged, and not solved for this requester: from that day, by itself", func(b *bench, first string) string {
			second := b.submit(ticket.Complaint).ID
			b.must(first, merge(second))
			b.must(second, agent(ticket.Resolve, "好了"))
			b.must(first, owner(ticket.Unsolved, ""))
			return first
		}, day(12, 2)},
		{"handed over to a colleague, and to nobody: as promised", func(b *bench, first string) string {
			b.must(first, agent(ticket.Accept, ""), hand("b"), hand(""))
			return first
		}, day(11, 30)},
		{"handed over while it waits: the clock stands still for the other one too", func(b *bench, first string) string {
			b.must(first, agent(ticket.Ask, "哪里？"), hand("b"))
			b.now = b.now.AddDate(0, 0, 7)
			b.must(first, owner(ticket.Supply, "门口"))
			return first
		}, day(12, 7)},
		{"transferred twice: as promised", func(b *bench, first string) string {
			b.must(first, agent(ticket.Accept, ""), to(ticket.Transfer, "b"), agent(ticket.Accept, ""), to(ticket.Transfer, "c"))
			return first
		}, day(11, 30)},
		{"transferred and returned: as promised", func(b *bench, first string) string {
			b.must(first, to(ticket.Transfer, "b"), ticket.Step{Action: ticket.Return, Actor: "agent", Role: ticket.RoleAgent, Text: "x", Station: "triage", Advice: "a"})
			b.must(first, ticket.Step{Action: ticket.Assign, Role: ticket.RoleSupervisor, Station: "a"})
			return first
		}, day(11, 30)},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			b := newBench(t)
			first := b.submit(ticket.Complaint).ID
			b.now = b.now.AddDate(0, 0, 2)
			id := row.happens(b, first)
			if got := b.ticket(id).AnswerBy; !got.Equal(row.due) {
				t.Errorf("due %v, want %v", got, row.due)
			}
			for _, id := range []string{first, id} {
				err := b.do(func(ctx context.Context, tx ticket.Tx) error {
					c, err := tx.Ticket(ctx, id)
					if err != nil {
						return err
					}
					if drifted, err := b.sv.Drifted(ctx, tx, c); err != nil || drifted {
						t.Errorf("%s is due otherwise by its history (%v)", id, err)
					}
					return nil
				})
				if err != nil {
					t.Fatal(err)
				}
			}
		})
	}
}

// A case is merged into one that goes on, and into no other; nothing is written
// when that fails.
func TestMerge(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	one, two, done := b.submit(ticket.Complaint).ID, b.submit(ticket.Complaint).ID, b.submit(ticket.Complaint).ID
	b.must(done, agent(ticket.Resolve, "好了"))
	b.took()
	into := func(id string) ticket.Step {
		return ticket.Step{Action: ticket.Merge, Actor: "agent", Role: ticket.RoleAgent, Case: id}
	}
	for name, row := range map[string]struct {
		id   string
		s    ticket.Step
		code ticket.Code
	}{
		"into itself": {one, into(one), ticket.Invalid}, "into nothing": {one, into(""), ticket.Invalid}, "into no case": {one, into("CX-1"), ticket.Invalid},
		"into an answered one": {one, into(done), ticket.Invalid}, "an answered one": {done, into(one), ticket.Illegal},
	} {
		if err := b.act(row.id, row.s); ticket.CodeOf(err) != row.code {
			t.Errorf("%s: %v, want %s", name, err, row.code)
		}
	}
	if len(b.jobs) > 0 {
		t.Errorf("refused merges left %v", b.jobs)
	}
	b.must(one, into(two))
	if c := b.ticket(one); c.State != ticket.Closed || c.MergedInto != two || c.ClosedAt.IsZero() {
		t.Errorf("merged: %+v", c)
	}
	if got := b.actions(two); !slices.Equal(got[len(got)-1:], []ticket.Action{ticket.Absorb}) {
		t.Errorf("history of the other: %v", got)
	}
}

// must takes the steps.
func (b *bench) must(id string, steps ...ticket.Step) {
	b.t.Helper()
	for _, s := range steps {
		if err := b.act(id, s); err != nil {
			b.t.Fatalf("%s: %v", s.Action, err)
		}
	}
}

// actions are what the history of a case holds.
func (b *bench) actions(id string) (all []ticket.Action) {
	b.t.Helper()
	err := b.do(func(ctx context.Context, tx ticket.Tx) error {
		history, err := tx.Events(ctx, id)
		for _, e := range history {
			all = append(all, e.Action)
		}
		return err
	})
	if err != nil {
		b.t.Fatal(err)
	}
	return all
}
