package ticket_test

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"liaison/ticket"
)

// Whatever people do to three cases of one station in whatever order, and whatever
// timers run how often: each case has one owner and at most one who works it, a history
// without gaps that gives its deadlines, also when they are reckoned in another way, one notice for each step that has an audience, and a ledger that
// is whole.
func TestAnyLivesInTheStore(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	roles := []ticket.Role{ticket.RoleRequester, ticket.RoleHelper, ticket.RoleAgent, ticket.RoleAgent, ticket.RoleSupervisor, ticket.RoleSystem}
	var actions []ticket.Action
	for _, tr := range ticket.Transitions {
		if tr.Action != ticket.Absorb && tr.Action != ticket.Part && tr.Action != ticket.Reset { // which only the service takes
			actions = append(actions, tr.Action)
		}
	}
	rapid.Check(t, func(rt *rapid.T) {
		b.now, b.jobs = monday, nil
		ids := []string{b.submit(ticket.Complaint).ID, b.submit(ticket.Inquiry).ID, b.submit(ticket.Financing).ID}
		var queue []ticket.Job
		notices := map[string]int{}
		collect := func() {
			for _, j := range b.jobs {
				if j.Kind == ticket.JobNotify {
					notices[fmt.Sprint(j.Ticket, " ", j.Seq)]++
				} else {
					queue = append(queue, j)
				}
			}
			b.jobs = nil
		}
		collect()
		for range rapid.IntRange(1, 20).Draw(rt, "steps") {
			b.now = b.now.Add(time.Duration(rapid.IntRange(0, 60).Draw(rt, "hours")) * time.Hour)
			if due := dueJobs(queue, b.now); len(due) > 0 && rapid.Bool().Draw(rt, "timer") {
				j := rapid.SampledFrom(due).Draw(rt, "job")
				err := b.do(func(ctx context.Context, tx ticket.Tx) error {
					_, _, err := b.sv.Fire(ctx, tx, j)
					return err
				})
				if err != nil {
					rt.Fatalf("%s: %v", j.Kind, err)
				}
			} else {
				id, role := rapid.SampledFrom(ids).Draw(rt, "id"), rapid.SampledFrom(roles).Draw(rt, "role")
				action := rapid.SampledFrom(actions).Draw(rt, "action")
				can := slices.DeleteFunc(b.ticket(id).Offered(role), func(a ticket.Action) bool { return !slices.Contains(actions, a) })
				if len(can) > 0 && rapid.IntRange(0, 3).Draw(rt, "wild") > 0 { // what is possible, more often than not
					action = rapid.SampledFrom(can).Draw(rt, "possible")
				}
				s := ticket.Step{
					Action: action, Role: role, Actor: rapid.SampledFrom([]string{"x", "y", "z"}).Draw(rt, "actor"),
					Person: rapid.SampledFrom([]string{"", "x", "y"}).Draw(rt, "person"),
					Text:   "话", Station: rapid.SampledFrom([]string{"a", "b", "c"}).Draw(rt, "station"), Advice: "b",
					Case: rapid.SampledFrom(ids).Draw(rt, "case"), Until: b.now.AddDate(0, 0, rapid.IntRange(0, 30).Draw(rt, "days")),
					Outcome: &ticket.Outcome{Result: ticket.NoResult},
				}
				if ticket.CodeOf(b.act(id, s)) == ticket.Internal {
					rt.Fatalf("%s by %s is an error of ours", s.Action, s.Role)
				}
			}
			collect()
		}
		told := 0
		for _, id := range ids {
			told += checkLife(rt, b, id)
		}
		for what, n := range notices {
			if n != 1 {
				rt.Fatalf("%s is told %d times", what, n)
			}
		}
		if len(notices) != told {
			rt.Fatalf("%d steps have an audience, %d are told", told, len(notices))
		}
	})
	a, err := b.st.Audit(t.Context())
	if err != nil || a.Broken != nil || a.Lines == 0 {
		t.Errorf("the ledger: %+v, broken %+v, %v", a, a.Broken, err)
	}
}

func dueJobs(queue []ticket.Job, now time.Time) []ticket.Job {
	return slices.DeleteFunc(slices.Clone(queue), func(j ticket.Job) bool { return j.At.After(now) })
}

// checkLife checks a case against its history and returns how many of its steps
// have an audience.
func checkLife(rt *rapid.T, b *bench, id string) (told int) {
	err := b.do(func(ctx context.Context, tx ticket.Tx) error {
		c, err := tx.Ticket(ctx, id)
		if err != nil {
			return err
		}
		history, err := tx.Events(ctx, id)
		if err != nil {
			return err
		}
		timers := map[string]bool{}
		for i, e := range history {
			if e.Seq != i+1 || i > 0 && e.From != history[i-1].To {
				rt.Fatalf("%s: event %d is %+v after %s", id, i+1, e, history[max(i-1, 0)].To)
			}
			if len(ticket.TellsOf(e.Action)) > 0 {
				told++
			}
			switch e.Action {
			case ticket.Remind, ticket.Escalate, ticket.Supervise:
				what := fmt.Sprint(e.Action, e.Until.UnixMilli())
				if e.Actor == "" && timers[what] {
					rt.Fatalf("%s: %s of %v twice", id, e.Action, e.Until)
				}
				timers[what] = e.Actor == ""
			}
		}
		if int(c.Version) != len(history) || history[len(history)-1].To != c.State {
			rt.Fatalf("%s: version %d in state %s, %d events", id, c.Version, c.State, len(history))
		}
		if c.Station == "" || c.Keeper() == c.Station || slices.Contains(c.Helpers, c.Station) {
			rt.Fatalf("%s has not one owner: %+v", id, c)
		}
		if person, into := worker(history); c.Assignee != person || c.MergedInto != into {
			rt.Fatalf("%s is worked by %q and merged into %q, by its history %q and %q", id, c.Assignee, c.MergedInto, person, into)
		}
		if accept, answer := promised(c.Kind, history); !c.AcceptBy.Equal(accept) || !c.AnswerBy.Equal(answer) {
			rt.Fatalf("%s is due by %v and %v, reckoned otherwise by %v and %v", id, c.AcceptBy, c.AnswerBy, accept, answer)
		}
		if drifted, err := b.sv.Drifted(ctx, tx, c); err != nil || drifted {
			rt.Fatalf("%s is due otherwise by its history (%v)", id, err)
		}
		return nil
	})
	if err != nil {
		rt.Fatal(err)
	}
	return told
}
