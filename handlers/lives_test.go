package handlers_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"liaison/handlers"
	"liaison/store"
	"liaison/store/storetest"
	"liaison/ticket"
	"liaison/ticket/workday"
)

// town is a city with the people of the tests: two stations that tell their agents in
// private, one with a group, triage, a supervisor, and requesters.
type town struct {
	t      *testing.T
	st     *store.Store
	desk   *handlers.Desk
	cases  *ticket.Service
	now    time.Time
	jobs   []ticket.Job
	person map[string]string // by name
	name   map[string]string // by chat
}

// members are the agents of the town by station.
var members = map[string][]string{
	"town-henghe": {"a1", "a2"}, "town-gutang": {"b1"}, "town-zhouxiang": {"z1", "z2"}, "city-centre": {"t1"},
}

func newTown(t *testing.T) *town {
	w := &town{t: t, st: storetest.New(t), person: make(map[string]string), name: map[string]string{groups["zhouxiang"]: "@zhouxiang", groups["finance"]: "@finance"}}
	w.now = time.Date(2026, 11, 23, 10, 0, 0, 0, ticket.CST)
	clock := func() time.Time { return w.now }
	w.desk = newDesk(t, w.st, clock)
	calendar, err := workday.New(workday.Options{})
	if err != nil {
		t.Fatal(err)
	}
	w.cases = ticket.NewService(ticket.Everywhere(calendar, ticket.DefaultPolicy()), clock)
	for _, name := range []string{"a1", "a2", "b1", "z1", "z2", "t1", "boss", "o1", "o2"} {
		w.must(func(ctx context.Context, tx handlers.Tx) error {
			p, err := tx.Touch(ctx, handlers.Telegram, name, name, w.now)
			w.person[name], w.name[name] = p.ID, name
			return err
		})
	}
	return w
}

// reset puts everybody in place.
func (w *town) reset() {
	w.now, w.jobs = time.Date(2026, 11, 23, 10, 0, 0, 0, ticket.CST), nil
	w.must(func(ctx context.Context, tx handlers.Tx) error {
		err := tx.AddMembership(ctx, handlers.Membership{Person: w.person["boss"], Role: ticket.RoleSupervisor})
		for station, names := range members {
			for _, name := range names {
				err = errors.Join(err, tx.EndAbsence(ctx, w.person[name]), tx.RemoveDuty(ctx, handlers.Duty{Station: station, Person: w.person[name]}),
					tx.AddMembership(ctx, handlers.Membership{Person: w.person[name], Role: ticket.RoleAgent, Station: station}))
			}
		}
		return errors.Join(err, tx.EndAbsence(ctx, w.person["boss"]))
	})
}

// do runs fn in a transaction of the real store whose jobs are the test's.
func (w *town) do(fn func(ctx context.Context, tx handlers.Tx) error) error {
	var jobs []ticket.Job
	err := w.st.Update(w.t.Context(), func(tx handlers.Tx) error {
		jobs = nil
		return fn(w.t.Context(), capturingTx{tx, &jobs})
	})
	if err == nil {
		w.jobs = append(w.jobs, jobs...)
	}
	return err
}

func (w *town) must(fn func(ctx context.Context, tx handlers.Tx) error) {
	w.t.Helper()
	if err := w.do(fn); err != nil {
		w.t.Fatal(err)
	}
}

func (w *town) ticket(id string) (c ticket.Ticket, history []ticket.Event) {
	w.t.Helper()
	w.must(func(ctx context.Context, tx handlers.Tx) (err error) {
		if c, err = tx.Ticket(ctx, id); err == nil {
			history, err = tx.Events(ctx, id)
		}
		return err
	})
	return c, history
}

// outbox takes what was queued for delivery, by who gets it.
func (w *town) outbox() map[string][]handlers.Reply {
	w.t.Helper()
	ctx, late := w.t.Context(), w.now.AddDate(1, 0, 0)
	out := make(map[string][]handlers.Reply)
	for {
		lanes, err := w.st.OutboundLanes(ctx, late)
		if err != nil {
			w.t.Fatal(err)
		}
		if len(lanes) == 0 {
			return out
		}
		for _, lane := range lanes {
			o, ok, err := w.st.NextOutbound(ctx, lane.Name, late)
			if err != nil || !ok {
				w.t.Fatal(ok, err)
			}
			if err := w.st.Delivered(ctx, o, []string{fmt.Sprint("m", o.ID)}, true, w.now); err != nil {
				w.t.Fatal(err)
			}
			who := w.name[o.To.Chat]
			out[who] = append(out[who], o.Reply)
		}
	}
}

func (w *town) away(name string) bool {
	away := false
	w.must(func(ctx context.Context, tx handlers.Tx) error {
		a, err := tx.Absence(ctx, w.person[name], w.now)
		away = a.Person != ""
		return err
	})
	return away
}

// staffed reports whether the station has a group or an agent who is not away, which
// is all that can be wrong in the town.
func (w *town) staffed(station string) bool {
	ok := station == "town-zhouxiang" || station == "finance-centre"
	w.must(func(ctx context.Context, tx handlers.Tx) error {
		all, err := tx.Members(ctx, ticket.RoleAgent, station)
		for _, m := range all {
			a, err := tx.Absence(ctx, m.Person, w.now)
			if err != nil {
				return err
			}
			ok = ok || a.Person == ""
		}
		return err
	})
	return ok
}

// toRequester are the steps of which the requester is told, as the README has it.
var toRequester = []ticket.Action{
	ticket.Accept, ticket.Reply, ticket.Ask, ticket.Transfer, ticket.Reject, ticket.Resolve, ticket.Correct, ticket.Merge, ticket.Absorb, ticket.Unmerge,
	ticket.Grant, ticket.Nudge, ticket.Propose, ticket.Expire,
}

// notFollowed are those of them that are for the requester of the case alone.
var notFollowed = []ticket.Action{ticket.Ask, ticket.Nudge, ticket.Propose, ticket.Merge, ticket.Absorb}

// owed are the requesters who are to be told of the event, by chat.
func (w *town) owed(c ticket.Ticket, history []ticket.Event, seq int, all []string) map[string]int {
	out := make(map[string]int)
	e := history[seq-1]
	implied := e.Action == ticket.Accept && seq < len(history) && history[seq].At.Equal(e.At)
	again := e.Action == ticket.Assign && e.From != ticket.Received && history[seq-2].Station != e.Station
	if implied || !again && !slices.Contains(toRequester, e.Action) {
		return out
	}
	followers := map[string]bool{}
	if !slices.Contains(notFollowed, e.Action) {
		for _, id := range all {
			f, _ := w.ticket(id)
			for into := f.MergedInto; into != ""; {
				if into == c.ID && f.Requester != c.Requester {
					followers[f.Requester] = true
				}
				next, _ := w.ticket(into)
				into = next.MergedInto
			}
		}
	}
	for name, id := range w.person {
		if followers[id] {
			out[name]++
		}
		if id == c.Requester {
			out[name]++
		}
	}
	if e.Action == ticket.Absorb {
		if other, _ := w.ticket(e.Object); other.Requester == c.Requester {
			return nil // both are the same person's
		}
	}
	return out
}

// announced runs the notice of a step, a first time in vain, and checks who is told.
func (w *town) announced(rt *rapid.T, j ticket.Job, all []string) {
	run := func(ctx context.Context, tx handlers.Tx) error { return w.desk.Run(ctx, tx, j) }
	crash := errors.New("the process dies before the commit")
	err := w.do(func(ctx context.Context, tx handlers.Tx) error { return errors.Join(run(ctx, tx), crash) })
	if !errors.Is(err, crash) {
		rt.Fatalf("%+v: %v", j, err)
	}
	if got := w.outbox(); len(got) > 0 {
		rt.Fatalf("%+v: told although nothing was committed: %v", j, got)
	}
	if err := w.do(run); err != nil {
		rt.Fatalf("%+v: %v", j, err)
	}
	got := w.outbox()
	c, history := w.ticket(j.Ticket)
	e := history[j.Seq-1]
	owed := w.owed(c, history, j.Seq, all)
	for _, name := range []string{"o1", "o2"} {
		if len(got[name]) != owed[name] {
			rt.Fatalf("%s of %s: %s is told %d times, want %d: %v", e.Action, c.ID, name, len(got[name]), owed[name], got[name])
		}
	}
	for name, replies := range got {
		if slices.Contains([]string{"a1", "a2", "b1", "z1", "z2", "t1"}, name) && w.away(name) {
			rt.Fatalf("%s of %s: %s is away and told %v", e.Action, c.ID, name, replies)
		}
		seen := make(map[string]bool)
		for _, r := range replies {
			what := fmt.Sprint(r.String(), r.Replace, len(r.Files))
			if seen[what] {
				rt.Fatalf("%s of %s: %s is told twice: %s", e.Action, c.ID, name, r.String())
			}
			seen[what] = true
		}
	}
	if slices.Contains(ticket.TellsOf(e.Action), ticket.ToSupervisor) {
		fresh := slices.DeleteFunc(slices.Clone(got["boss"]), func(r handlers.Reply) bool { return r.Replace || !strings.HasPrefix(r.Ref, "card:") })
		if len(fresh) == 0 {
			rt.Fatalf("%s of %s: the supervisor is not told", e.Action, c.ID)
		}
	}
	switch e.Action {
	case ticket.Assign, ticket.Transfer, ticket.Return, ticket.Unmerge:
		staff := len(got) - len(got["o1"]) - len(got["o2"])
		if c.Station == e.Station && staff == 0 {
			rt.Fatalf("%s of %s: nobody of the staff is told", e.Action, c.ID)
		}
	}
}

// settle runs the notices that there are, and keeps the timers.
func (w *town) settle(rt *rapid.T, queue []ticket.Job, all []string, told map[string]int) []ticket.Job {
	for len(w.jobs) > 0 {
		j := w.jobs[0]
		w.jobs = w.jobs[1:]
		if j.Kind != ticket.JobNotify {
			queue = append(queue, j)
			continue
		}
		told[fmt.Sprint(j.Ticket, " ", j.Seq)]++
		w.announced(rt, j, all)
	}
	return queue
}

// What several people do to several cases, in whatever order, going away, coming back
// and leaving for good meanwhile, and whatever runs how often: everybody is told once
// of what concerns him or her, nobody who is away is told or has a case, and no case
// is given to a station with nobody.
func TestAnyDaysOfTheTown(t *testing.T) {
	t.Parallel()
	w := newTown(t)
	var actions []ticket.Action
	for _, tr := range ticket.Transitions {
		if tr.Action != ticket.Submit && tr.By[0] != ticket.RoleSystem {
			actions = append(actions, tr.Action)
		}
	}
	staff := []string{"a1", "a2", "b1", "z1", "t1", "boss"}
	stations := []string{"town-henghe", "town-gutang", "town-zhouxiang", "city-centre", "finance-centre", "town-longshan"}
	rapid.Check(t, func(rt *rapid.T) {
		w.reset()
		var all []string
		var queue []ticket.Job
		told := make(map[string]int)
		for i, owner := range []string{"o1", "o2", "o2"} {
			w.must(func(ctx context.Context, tx handlers.Tx) error {
				c, err := w.cases.Submit(ctx, tx, ticket.Ticket{Kind: ticket.Complaint}, ticket.Step{Actor: w.person[owner], Role: ticket.RoleRequester, Text: "路灯坏了"},
					ticket.Routed{Station: stations[i%2]})
				all = append(all, c.ID)
				return err
			})
		}
		queue = w.settle(rt, queue, all, told)
		for range rapid.IntRange(1, 14).Draw(rt, "steps") {
			w.now = w.now.Add(time.Duration(rapid.IntRange(0, 40).Draw(rt, "hours")) * time.Hour)
			who := rapid.SampledFrom(staff).Draw(rt, "who")
			what := rapid.IntRange(0, 9).Draw(rt, "what")
			if busy := w.busy(all); what < 3 && len(busy) > 0 && rapid.Bool().Draw(rt, "busy") { // somebody who has a case
				who = rapid.SampledFrom(busy).Draw(rt, "of these")
			}
			switch what {
			case 0:
				a := handlers.Absence{Person: w.person[who]}
				if rapid.Bool().Draw(rt, "with a deputy") {
					a.Deputy = w.person[rapid.SampledFrom(staff).Draw(rt, "deputy")]
				}
				if rapid.Bool().Draw(rt, "dated") {
					a.Until = w.now.AddDate(0, 0, rapid.IntRange(1, 5).Draw(rt, "days"))
				}
				w.try(rt, func(ctx context.Context, tx handlers.Tx) error {
					_, err := w.desk.Leave(ctx, tx, w.person[rapid.SampledFrom([]string{who, "boss"}).Draw(rt, "by")], a)
					return err
				})
			case 1:
				w.try(rt, func(ctx context.Context, tx handlers.Tx) error {
					return w.desk.Back(ctx, tx, w.person[who], w.person[who])
				})
			case 2:
				station := stations[0]
				for id, names := range members {
					if slices.Contains(names, who) {
						station = id
					}
				}
				w.try(rt, func(ctx context.Context, tx handlers.Tx) error {
					_, err := w.desk.Dismiss(ctx, tx, w.person["boss"], w.person[who], station)
					return err
				})
			case 3:
				d := handlers.Duty{Station: rapid.SampledFrom(stations).Draw(rt, "station"), Day: "3", Person: w.person[who]}
				w.try(rt, func(ctx context.Context, tx handlers.Tx) error {
					return w.desk.SetDuty(ctx, tx, w.person["boss"], d, true)
				})
			case 4, 5:
				w.fire(rt, &queue)
			default:
				w.step(rt, all, actions, append(slices.Clone(staff), "o1", "o2"), stations)
			}
			w.outboxOfWarnings(rt)
			queue = w.settle(rt, queue, all, told)
			w.check(rt, all)
		}
		for _, id := range all {
			_, history := w.ticket(id)
			for _, e := range history {
				want := 0
				if len(ticket.TellsOf(e.Action)) > 0 {
					want = 1
				}
				if n := told[fmt.Sprint(id, " ", e.Seq)]; n != want {
					rt.Fatalf("%s of %s is announced %d times, want %d", e.Action, id, n, want)
				}
			}
		}
	})
	if a, err := w.st.Audit(t.Context()); err != nil || a.Broken != nil || a.Lines == 0 {
		t.Errorf("the ledger: %+v, broken %+v, %v", a, a.Broken, err)
	}
}

// busy are those who work a case, by name.
func (w *town) busy(all []string) (names []string) {
	for _, id := range all {
		c, _ := w.ticket(id)
		for name, person := range w.person {
			if c.Open() && person == c.Assignee {
				names = append(names, name)
			}
		}
	}
	slices.Sort(names) // the same in each run
	return names
}

// try does something that may be refused, but not for a fault of ours.
func (w *town) try(rt *rapid.T, fn func(ctx context.Context, tx handlers.Tx) error) {
	if err := w.do(fn); ticket.CodeOf(err) == ticket.Internal {
		rt.Fatal(err)
	}
}

// outboxOfWarnings takes what was said at once: that a station has nobody left, to the
// supervisor only.
func (w *town) outboxOfWarnings(rt *rapid.T) {
	for name, replies := range w.outbox() {
		if name != "boss" {
			rt.Fatalf("%s is told outside of a notice: %v", name, replies)
		}
	}
}

// moving are the actions by which cases change hands, tried more often than others.
var moving = []ticket.Action{
	ticket.Accept, ticket.Assign, ticket.Transfer, ticket.Hand, ticket.TakeOver, ticket.Merge, ticket.Unmerge, ticket.Resolve, ticket.Unsolved,
}

// step lets somebody take some step on some case.
func (w *town) step(rt *rapid.T, all []string, actions []ticket.Action, people, stations []string) {
	id, who := rapid.SampledFrom(all).Draw(rt, "id"), rapid.SampledFrom(people).Draw(rt, "actor")
	c, _ := w.ticket(id)
	role := map[bool]ticket.Role{true: ticket.RoleRequester, false: ticket.RoleAgent}[strings.HasPrefix(who, "o")]
	if who == "boss" {
		role = ticket.RoleSupervisor
	}
	s := ticket.Step{
		Action: rapid.SampledFrom(actions).Draw(rt, "action"), Text: "话", Station: rapid.SampledFrom(stations).Draw(rt, "to"),
		Case: rapid.SampledFrom(all).Draw(rt, "other"), Person: w.person[rapid.SampledFrom(append([]string{""}, people...)).Draw(rt, "person")],
		Until: w.now.AddDate(0, 0, rapid.IntRange(0, 20).Draw(rt, "until")), Score: rapid.IntRange(0, 5).Draw(rt, "score"),
	}
	if can := c.Offered(role); len(can) > 0 && rapid.IntRange(0, 3).Draw(rt, "wild") > 0 {
		s.Action = rapid.SampledFrom(can).Draw(rt, "possible")
		hot := slices.DeleteFunc(can, func(a ticket.Action) bool { return !slices.Contains(moving, a) })
		if len(hot) > 0 && rapid.Bool().Draw(rt, "hot") {
			s.Action = rapid.SampledFrom(hot).Draw(rt, "moving")
		}
	}
	staffed := w.staffed(s.Station)
	err := w.do(func(ctx context.Context, tx handlers.Tx) error {
		_, err := w.desk.Act(ctx, tx, w.person[who], id, s)
		return err
	})
	if ticket.CodeOf(err) == ticket.Internal {
		rt.Fatalf("%s by %s is an error of ours: %v", s.Action, who, err)
	}
	gives := s.Action == ticket.Transfer || s.Action == ticket.Involve || s.Action == ticket.Assign
	if err == nil && gives && !staffed && s.Station != "city-centre" {
		rt.Fatalf("%s by %s to %s, where nobody is", s.Action, who, s.Station)
	}
}

// fire runs a timer that is due, and once more.
func (w *town) fire(rt *rapid.T, queue *[]ticket.Job) {
	due := slices.DeleteFunc(slices.Clone(*queue), func(j ticket.Job) bool { return j.At.After(w.now) })
	if len(due) == 0 {
		return
	}
	j := rapid.SampledFrom(due).Draw(rt, "job")
	versions := make([]int64, 2)
	for i := range versions {
		w.must(func(ctx context.Context, tx handlers.Tx) error { return w.desk.Run(ctx, tx, j) })
		c, _ := w.ticket(j.Ticket)
		versions[i] = c.Version
	}
	if versions[0] != versions[1] {
		rt.Fatalf("%s of %s did something twice", j.Kind, j.Ticket)
	}
}

// check checks who has what.
func (w *town) check(rt *rapid.T, all []string) {
	for _, id := range all {
		c, history := w.ticket(id)
		if len(history) != int(c.Version) || history[len(history)-1].To != c.State || c.Station == "" || slices.Contains(c.Helpers, c.Station) {
			rt.Fatalf("%s: %+v after %d events", id, c, len(history))
		}
		if tr, _ := ticket.Lookup(ticket.Hand); c.Assignee == "" || !slices.Contains(tr.From, c.State) {
			continue
		}
		w.must(func(ctx context.Context, tx handlers.Tx) error {
			a, err := tx.Absence(ctx, c.Assignee, w.now)
			if err != nil {
				return err
			}
			v, err := w.desk.Viewer(ctx, tx, c.Assignee)
			if role := v.Sees(c); a.Person != "" || role != ticket.RoleAgent && role != ticket.RoleSupervisor {
				rt.Fatalf("%s is worked by somebody who is away (%v) or no longer there (%q)", id, a, role)
			}
			return err
		})
	}
}
