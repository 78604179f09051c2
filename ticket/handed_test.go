package ticket_test

import (
	"context"
	"slices"
	"testing"
	"time"

	"liaison/handlers"
	"liaison/ticket"
)

func hand(person string) ticket.Step {
	s := agent(ticket.Hand, "休假")
	s.Person = person
	return s
}

func unmerge() ticket.Step {
	return ticket.Step{Action: ticket.Unmerge, Actor: "boss", Role: ticket.RoleSupervisor, Text: "不是一件事"}
}

// A case that is handed over stays at its station, as it stands; what nobody works
// belongs to whoever answers next.
func TestHand(t *testing.T) {
	t.Parallel()
	accepted := walk(t, submitted(t, ticket.Complaint), assigned, agent(ticket.Accept, ""))
	handed, e, err := ticket.Apply(accepted, hand("b"), monday.Add(time.Hour), terms(t))
	if err != nil {
		t.Fatal(err)
	}
	if handed.Assignee != "b" || handed.Station != accepted.Station || handed.Holder != accepted.Holder || handed.State != ticket.Accepted || e.Object != "b" {
		t.Errorf("handed over: %+v with %+v", handed, e)
	}
	if _, _, err := ticket.Apply(handed, hand("b"), monday, terms(t)); ticket.CodeOf(err) != ticket.Invalid {
		t.Errorf("handed to who has it: %v", err)
	}
	none := hand("c")
	none.Text = ""
	if _, _, err := ticket.Apply(handed, none, monday, terms(t)); ticket.CodeOf(err) != ticket.Invalid {
		t.Errorf("handed over without a reason: %v", err)
	}
	for _, s := range []ticket.Step{agent(ticket.Reply, "在查"), agent(ticket.Ask, "哪里？"), agent(ticket.Resolve, "好了")} {
		loose := walk(t, accepted, hand(""))
		if loose.Assignee != "" {
			t.Fatalf("back in the pool: %+v", loose)
		}
		if got := walk(t, loose, s); got.Assignee != "agent" {
			t.Errorf("after %s it is worked by %q", s.Action, got.Assignee)
		}
	}
	if got := walk(t, handed, agent(ticket.Reply, "在查")); got.Assignee != "b" {
		t.Errorf("a colleague's reply took the case: %+v", got)
	}
}

func TestRelease(t *testing.T) {
	t.Parallel()
	helped := walk(t, submitted(t, ticket.Complaint), assigned, agent(ticket.Accept, ""), ticket.Step{Action: ticket.Involve, Role: ticket.RoleAgent, Station: "h", Text: "x"})
	release := ticket.Step{Action: ticket.Release, Role: ticket.RoleAgent, Station: "h"}
	done, e, err := ticket.Apply(helped, release, monday, terms(t))
	if err != nil || len(done.Helpers) != 0 || e.Object != "h" {
		t.Fatalf("released: %+v, %+v, %v", done, e, err)
	}
	v := ticket.Viewer{Person: "x", Stations: []string{"h"}}
	if v.Sees(helped) != ticket.RoleHelper || v.Sees(done) != "" {
		t.Error("a helper who is not needed any more still sees the case, or did not before")
	}
	release.Station = "other"
	if _, _, err := ticket.Apply(helped, release, monday, terms(t)); ticket.CodeOf(err) != ticket.Invalid {
		t.Errorf("who does not help is released: %v", err)
	}
	if slices.Contains(done.Possible(ticket.RoleAgent), ticket.Release) {
		t.Error("there is nobody left to release")
	}
}

// A merged case can be parted from the other one, once, and goes on by itself.
func TestUnmerge(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	one, two, single := b.submit(ticket.Complaint).ID, b.submit(ticket.Complaint).ID, b.submit(ticket.Complaint).ID
	b.must(one, agent(ticket.Accept, ""), ticket.Step{Action: ticket.Merge, Actor: "agent", Role: ticket.RoleAgent, Case: two})
	b.must(single, agent(ticket.Resolve, "好了"), owner(ticket.Solved, ""))
	for name, row := range map[string]struct {
		id   string
		s    ticket.Step
		code ticket.Code
	}{
		"never merged":                      {single, unmerge(), ticket.Illegal},
		"by an agent":                       {one, agent(ticket.Unmerge, "x"), ticket.Forbidden},
		"without a reason":                  {one, ticket.Step{Action: ticket.Unmerge, Role: ticket.RoleSupervisor}, ticket.Invalid},
		"a closed case is not solved":       {single, owner(ticket.Unsolved, ""), ticket.Illegal},
		"a closed case is solved again":     {single, owner(ticket.Solved, ""), ticket.Illegal},
		"the other one parts by somebody's": {two, ticket.Step{Action: ticket.Part, Role: ticket.RoleSupervisor, Case: one}, ticket.Forbidden},
	} {
		if err := b.act(row.id, row.s); ticket.CodeOf(err) != row.code {
			t.Errorf("%s: %v, want %s", name, err, row.code)
		}
	}
	b.took()
	b.must(one, unmerge())
	if c := b.ticket(one); c.State != ticket.Assigned || c.MergedInto != "" || c.Assignee != "" || !c.ClosedAt.IsZero() {
		t.Errorf("parted: %+v", c)
	}
	if got := kinds(b.took()); got != "remind due late remind due late" {
		t.Errorf("timers %q", got)
	}
	if got := b.actions(two); got[len(got)-1] != ticket.Part {
		t.Errorf("history of the other: %v", got)
	}
	if err := b.act(one, unmerge()); ticket.CodeOf(err) != ticket.Illegal {
		t.Errorf("parted twice: %v", err)
	}
	// The requester's own word parts it too, and is the last word if it is good.
	b.must(one, ticket.Step{Action: ticket.Merge, Actor: "agent", Role: ticket.RoleAgent, Case: two})
	b.must(one, owner(ticket.Solved, ""))
	if c := b.ticket(one); !c.Rating.Solved || c.MergedInto != two || c.State != ticket.Closed {
		t.Errorf("rated: %+v", c)
	}
	for _, s := range []ticket.Step{unmerge(), owner(ticket.Unsolved, "")} {
		if err := b.act(one, s); ticket.CodeOf(err) != ticket.Illegal {
			t.Errorf("%s after the requester was content: %v", s.Action, err)
		}
	}
	b.must(one, ticket.Step{Action: ticket.Score, Actor: "owner", Role: ticket.RoleRequester, Score: 5})
}

// run runs the timers that are due until then, in their order and each twice, and
// returns the steps that they took.
func (b *bench) run(queue []ticket.Job, until time.Time) (fired []ticket.Action) {
	b.t.Helper()
	slices.SortStableFunc(queue, func(x, y ticket.Job) int { return x.At.Compare(y.At) })
	for _, j := range queue {
		if j.At.After(until) {
			continue
		}
		if j.At.After(b.now) {
			b.now = j.At
		}
		for range 2 {
			err := b.do(func(ctx context.Context, tx ticket.Tx) error {
				t, did, err := b.sv.Fire(ctx, tx, j)
				if did {
					events, _ := tx.Events(ctx, t.ID)
					fired = append(fired, events[len(events)-1].Action)
				}
				return err
			})
			if err != nil {
				b.t.Fatal(err)
			}
		}
	}
	return fired
}

// What nobody accepts is escalated and supervised twice: when it should have been
// accepted, and when the answer was promised.
func TestNobodyAccepts(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	c := b.submit(ticket.Complaint)
	got := b.run(b.took(), monday.AddDate(0, 1, 0))
	want := []ticket.Action{ticket.Remind, ticket.Escalate, ticket.Supervise, ticket.Remind, ticket.Escalate, ticket.Supervise}
	if !slices.Equal(got, want) {
		t.Errorf("fired %v, want %v", got, want)
	}
	if c = b.ticket(c.ID); !c.Escalated || c.State != ticket.Assigned {
		t.Errorf("%+v", c)
	}
}

// Cases from before there were these timers get them; what the old program did
// already is not done again.
func TestRearm(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	late, waiting, long, answered := b.submit(ticket.Complaint).ID, b.submit(ticket.Complaint).ID, b.submit(ticket.Complaint).ID, b.submit(ticket.Complaint).ID
	b.must(waiting, agent(ticket.Ask, "哪里？"))
	b.must(long, agent(ticket.Ask, "哪里？"))
	b.must(answered, agent(ticket.Resolve, "好了"))
	b.took() // the old program had set none
	// Its escalations did not say of which deadline.
	b.now = time.Date(2026, 11, 25, 9, 0, 0, 0, ticket.CST)
	err := b.st.Update(t.Context(), func(tx handlers.Tx) error {
		c, err := tx.Ticket(t.Context(), late)
		if err != nil {
			return err
		}
		c.Escalated, c.Version, c.UpdatedAt = true, c.Version+1, b.now
		if err := tx.UpdateTicket(t.Context(), c); err != nil {
			return err
		}
		return tx.AppendEvent(t.Context(), ticket.Event{Ticket: late, Seq: int(c.Version), At: b.now, Role: ticket.RoleSystem,
			Action: ticket.Escalate, From: c.State, To: c.State, Station: c.Station})
	})
	if err != nil {
		t.Fatal(err)
	}
	rearm := func(id string) []ticket.Job {
		t.Helper()
		err := b.do(func(ctx context.Context, tx ticket.Tx) error {
			c, err := tx.Ticket(ctx, id)
			if err != nil {
				return err
			}
			return b.sv.Rearm(ctx, tx, c)
		})
		if err != nil {
			t.Fatal(err)
		}
		return b.took()
	}
	start := b.now
	end := monday.AddDate(0, 2, 0)
	for _, row := range []struct {
		name  string
		id    string
		start time.Time // of the new program
		want  []ticket.Action
	}{
		{"escalated by the old program", late, start, []ticket.Action{ticket.Supervise, ticket.Remind, ticket.Escalate, ticket.Supervise}},
		{"asked lately", waiting, start, []ticket.Action{ticket.Nudge, ticket.Propose}},
		{"asked long ago", long, monday.AddDate(0, 0, 20), []ticket.Action{ticket.Propose}},
		{"answered", answered, start, []ticket.Action{ticket.Expire}},
	} {
		b.now = row.start
		jobs := append(rearm(row.id), rearm(row.id)...) // set twice, they count once
		if got := b.run(jobs, end); !slices.Equal(got, row.want) {
			t.Errorf("%s: %v, want %v", row.name, got, row.want)
		}
	}
}
