package ticket_test

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"liaison/handlers"
	"liaison/store"
	"liaison/store/storetest"
	"liaison/ticket"
)

// bench is a service over a real store whose jobs and clock are the test's.
type bench struct {
	t    *testing.T
	sv   *ticket.Service
	st   *store.Store
	now  time.Time
	jobs []ticket.Job
}

func newBench(t *testing.T) *bench {
	b := &bench{t: t, st: storetest.New(t), now: monday}
	b.sv = ticket.NewService(terms(t), func() time.Time { return b.now })
	return b
}

// jobsTx keeps the jobs.
type jobsTx struct {
	handlers.Tx
	b *bench
}

func (j jobsTx) Enqueue(_ context.Context, job ticket.Job) error {
	j.b.jobs = append(j.b.jobs, job)
	return nil
}

func (b *bench) do(fn func(ctx context.Context, tx ticket.Tx) error) error {
	return b.st.Update(b.t.Context(), func(tx handlers.Tx) error { return fn(b.t.Context(), jobsTx{tx, b}) })
}

func (b *bench) submit(kind ticket.Kind) (c ticket.Ticket) {
	b.t.Helper()
	err := b.do(func(ctx context.Context, tx ticket.Tx) (err error) {
		c, err = b.sv.Submit(ctx, tx, ticket.Ticket{Kind: kind}, ticket.Step{Actor: "owner", Role: ticket.RoleRequester, Text: "路灯坏了"}, ticket.Routed{Station: "a"})
		return err
	})
	if err != nil {
		b.t.Fatal(err)
	}
	return c
}

func (b *bench) act(id string, s ticket.Step) error {
	return b.do(func(ctx context.Context, tx ticket.Tx) error {
		_, err := b.sv.Act(ctx, tx, id, s)
		return err
	})
}

// took returns what was enqueued since the last call, without notifications.
func (b *bench) took() (timers []ticket.Job) {
	for _, j := range b.jobs {
		if j.Kind != ticket.JobNotify {
			timers = append(timers, j)
		}
	}
	b.jobs = nil
	return timers
}

func kinds(jobs []ticket.Job) string {
	var all []string
	for _, j := range jobs {
		all = append(all, string(j.Kind))
	}
	return strings.Join(all, " ")
}

func TestTimersOfEachStep(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	c := b.submit(ticket.Complaint)
	for _, row := range []struct {
		name string
		step ticket.Step
		want string
	}{
		{"submitted", ticket.Step{}, "remind due late remind due late"}, // of both deadlines
		{"accepted", agent(ticket.Accept, ""), ""},
		{"replied", agent(ticket.Reply, "在查"), ""}, // the deadline is the same
		{"asked", agent(ticket.Ask, "哪里？"), "nudge propose"},
		{"supplied", owner(ticket.Supply, "门口"), "remind due late"},
		{"transferred", ticket.Step{Action: ticket.Transfer, Actor: "agent", Role: ticket.RoleAgent, Text: "不归我们", Station: "b"}, "remind due late"},
		{"answered unaccepted", agent(ticket.Resolve, "好了"), "expire"},
		{"solved", owner(ticket.Solved, ""), ""},
	} {
		b.now = b.now.Add(time.Minute)
		if row.step.Action != "" {
			if err := b.act(c.ID, row.step); err != nil {
				t.Fatalf("%s: %v", row.name, err)
			}
		}
		if got := kinds(b.took()); got != row.want {
			t.Errorf("%s: timers %q, want %q", row.name, got, row.want)
		}
	}
}

func TestEachMissedDeadlineIsToldOnce(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	c := b.submit(ticket.Complaint)
	fire := func(j ticket.Job) (live bool) {
		t.Helper()
		b.now = j.At
		if j.Kind == ticket.JobDue {
			b.now = j.At.Add(time.Second)
		}
		err := b.do(func(ctx context.Context, tx ticket.Tx) (err error) {
			_, live, err = b.sv.Fire(ctx, tx, j)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		return live
	}
	first := b.took()
	isDue := func(j ticket.Job) bool { return j.Kind == ticket.JobDue }
	due := first[slices.IndexFunc(first, isDue)]
	if !fire(due) {
		t.Error("the missed acceptance was told to nobody")
	}
	if fire(due) {
		t.Error("the missed acceptance was told twice")
	}
	if err := b.act(c.ID, agent(ticket.Accept, "")); err != nil {
		t.Fatal(err)
	}
	slices.Reverse(first)
	due = first[slices.IndexFunc(first, isDue)]
	if !fire(due) {
		t.Error("the missed answer was told to nobody")
	}
	if err := b.act(c.ID, agent(ticket.Resolve, "好了")); err != nil {
		t.Fatal(err)
	}
	last := b.took()
	if fire(due) {
		t.Error("a deadline that was met in the end was told")
	}
	expire := last[slices.IndexFunc(last, func(j ticket.Job) bool { return j.Kind == ticket.JobExpire })]
	if !fire(expire) || fire(expire) {
		t.Error("an unrated answer must close the case once")
	}
}

// What staff and the system note of an answered case does not put its closing off; what
// its requester writes, and a correction, do.
func TestExpiryRestarts(t *testing.T) {
	t.Parallel()
	for name, row := range map[string]struct {
		step     ticket.Step
		restarts bool
	}{
		"a link":       {ticket.Step{Action: ticket.Link, Role: ticket.RoleSystem}, false},
		"a comment":    {agent(ticket.Comment, "已回访"), false},
		"more words":   {owner(ticket.Note, "还有一处"), true},
		"a correction": {agent(ticket.Correct, "更正"), true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := newBench(t)
			c := b.submit(ticket.Complaint)
			other := b.submit(ticket.Complaint)
			if row.step.Action == ticket.Link {
				row.step.Case = other.ID
			}
			expiries := func() []ticket.Job {
				return slices.DeleteFunc(b.took(), func(j ticket.Job) bool { return j.Kind != ticket.JobExpire || j.Ticket != c.ID })
			}
			for _, s := range []ticket.Step{agent(ticket.Accept, ""), agent(ticket.Resolve, "好了")} {
				if err := b.act(c.ID, s); err != nil {
					t.Fatal(err)
				}
			}
			first := expiries()
			if err := b.act(c.ID, row.step); err != nil {
				t.Fatal(err)
			}
			second := expiries()
			if len(first) != 1 || len(second) > 1 || (len(second) == 1) != row.restarts {
				t.Fatalf("timers: %+v, then %+v", first, second)
			}
			fire := func(j ticket.Job) (fired bool) {
				t.Helper()
				err := b.do(func(ctx context.Context, tx ticket.Tx) (err error) {
					_, fired, err = b.sv.Fire(ctx, tx, j)
					return err
				})
				if err != nil {
					t.Fatal(err)
				}
				return fired
			}
			if fired := fire(first[0]); fired == row.restarts {
				t.Errorf("the first timer closed the case: %t", fired)
			}
			if row.restarts && !fire(second[0]) {
				t.Error("the second timer did not close the case")
			}
		})
	}
}

func TestARefusedStepWritesNothing(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	c := b.submit(ticket.Complaint)
	b.took()
	// The error is swallowed as the conversations do, and the transaction commits.
	err := b.do(func(ctx context.Context, tx ticket.Tx) error {
		_, err := b.sv.Act(ctx, tx, c.ID, agent(ticket.Resolve, strings.Repeat("长", ticket.MaxText+1)))
		if ticket.CodeOf(err) != ticket.Invalid {
			t.Errorf("%v, want invalid", err)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	err = b.do(func(ctx context.Context, tx ticket.Tx) error {
		now, err := tx.Ticket(ctx, c.ID)
		if now.State != ticket.Assigned || now.Version != c.Version || len(b.jobs) > 0 {
			t.Errorf("the refused answer left %+v and jobs %v", now, b.jobs)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// TestCorrect: an answer that was given is corrected as often as it must be, by staff and
// while nobody has rated it; the case is answered as it was, and the time to rate it
// begins with the answer that counts.
func TestCorrect(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	id := b.submit(ticket.Complaint).ID
	if err := b.act(id, agent(ticket.Correct, "改为周五")); ticket.CodeOf(err) != ticket.Illegal {
		t.Errorf("corrected before there was an answer: %v", err)
	}
	b.must(id, agent(ticket.Resolve, "周三发放"))
	before := b.ticket(id)
	b.took()
	b.now = b.now.AddDate(0, 0, 6)
	for _, s := range []struct {
		step ticket.Step
		code ticket.Code
	}{
		{agent(ticket.Correct, ""), ticket.Invalid},
		{owner(ticket.Correct, "改为周五"), ticket.Forbidden},
		{ticket.Step{Action: ticket.Correct, Role: ticket.RoleHelper, Text: "改为周五"}, ticket.Forbidden},
	} {
		if err := b.act(id, s.step); ticket.CodeOf(err) != s.code {
			t.Errorf("%+v: %v, want %s", s.step, err, s.code)
		}
	}
	b.must(id, agent(ticket.Correct, "改为周五"))
	after := b.ticket(id)
	if after.State != ticket.Answered || !after.AnsweredAt.Equal(before.AnsweredAt) || !after.AnswerBy.Equal(before.AnswerBy) || !after.Due().IsZero() {
		t.Errorf("corrected: %+v, before: %+v", after, before)
	}
	if got := b.actions(id); !slices.Equal(got[len(got)-2:], []ticket.Action{ticket.Resolve, ticket.Correct}) {
		t.Errorf("the history is %v", got)
	}
	timers := b.took()
	if want := b.now.AddDate(0, 0, ticket.DefaultPolicy().CloseDays); kinds(timers) != "expire" || !timers[0].At.Equal(want) {
		t.Errorf("timers %+v, want one that closes the case at %v", timers, want)
	}
	b.must(id, owner(ticket.Solved, ""))
	if err := b.act(id, agent(ticket.Correct, "改为周六")); ticket.CodeOf(err) != ticket.Illegal {
		t.Errorf("corrected after it was rated: %v", err)
	}
}
