package handlers_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"liaison/handlers"
	"liaison/store/storetest"
	"liaison/ticket"
	"liaison/ticket/workday"
)

// The people of the matrix, by the relation that they have to a case. The case is
// led by town-henghe (a financing request by the bank, where that is said) and
// helped with by town-gutang.
var kinsfolk = []string{
	"requester", "stranger", "observer", "ended observer", "lead", "helper", "elsewhere", "triage", "bank in the lead", "bank", "former agent", "supervisor", "nobody",
}

const theBank = "\n  - {id: bank, name: 示例银行（示例）, name_en: Example Bank (example), kind: partner, kinds: [financing, inquiry]}\n"

// city is a real store with all of them.
type city struct {
	t      testing.TB
	desk   *handlers.Desk
	store  handlers.Store
	cases  *ticket.Service
	now    time.Time
	person map[string]string
	serial int
	tx     handlers.Tx // the transaction that is under way, if any
}

func newCity(t testing.TB) *city {
	st := storetest.New(t)
	c := &city{t: t, store: st, now: time.Date(2026, 11, 23, 10, 0, 0, 0, ticket.CST), person: make(map[string]string)}
	clock := func() time.Time { return c.now }
	c.desk = newDesk(t, st, clock, func(yaml []byte) []byte { return append(yaml, theBank...) })
	calendar, err := workday.New(workday.Options{})
	if err != nil {
		t.Fatal(err)
	}
	c.cases = ticket.NewService(ticket.Everywhere(calendar, ticket.DefaultPolicy()), clock)
	is := map[string]handlers.Membership{
		"observer":       {Role: ticket.RoleObserver},
		"ended observer": {Role: ticket.RoleObserver, Until: c.now.AddDate(0, 0, -1)},
		"lead":           {Role: ticket.RoleAgent, Station: "town-henghe"},
		"helper":         {Role: ticket.RoleAgent, Station: "town-gutang"},
		"elsewhere":      {Role: ticket.RoleAgent, Station: "town-zhouxiang"},
		"triage":         {Role: ticket.RoleAgent, Station: "city-centre"},
		"bank":           {Role: ticket.RoleAgent, Station: "bank"},
		"supervisor":     {Role: ticket.RoleSupervisor},
	}
	c.update(func(ctx context.Context, tx handlers.Tx) error {
		for _, who := range kinsfolk {
			if who == "nobody" || who == "bank in the lead" {
				continue
			}
			p, err := tx.Touch(ctx, handlers.Telegram, who, who, c.now)
			if err != nil {
				return err
			}
			c.person[who] = p.ID
			if m, ok := is[who]; ok {
				m.Person = p.ID
				if err := tx.AddMembership(ctx, m); err != nil {
					return err
				}
			}
		}
		gone := handlers.Membership{Person: c.person["former agent"], Role: ticket.RoleAgent, Station: "town-henghe"}
		if err := tx.AddMembership(ctx, gone); err != nil {
			return err
		}
		return tx.RemoveMembership(ctx, gone)
	})
	c.person["bank in the lead"] = c.person["bank"]
	return c
}

func (c *city) update(fn func(context.Context, handlers.Tx) error) {
	c.t.Helper()
	if c.tx != nil {
		if err := fn(c.t.Context(), c.tx); err != nil {
			c.t.Fatal(err)
		}
		return
	}
	if err := c.store.Update(c.t.Context(), func(tx handlers.Tx) error { return fn(c.t.Context(), tx) }); err != nil {
		c.t.Fatal(err)
	}
}

// together runs fn with all its updates in one transaction, which is faster.
func (c *city) together(fn func()) {
	c.t.Helper()
	c.update(func(_ context.Context, tx handlers.Tx) error {
		c.tx = tx
		defer func() { c.tx = nil }()
		fn()
		return nil
	})
}

var errUndone = errors.New("undone")

// undone runs fn with all its updates in one transaction and takes them back.
func (c *city) undone(fn func()) {
	c.t.Helper()
	err := c.store.Update(c.t.Context(), func(tx handlers.Tx) error {
		c.tx = tx
		defer func() { c.tx = nil }()
		fn()
		return errUndone
	})
	if !errors.Is(err, errUndone) {
		c.t.Fatal(err)
	}
}

// act takes a step of the preparation, which must succeed.
func (c *city) act(who, id string, s ticket.Step) {
	c.t.Helper()
	c.update(func(ctx context.Context, tx handlers.Tx) error {
		_, err := c.desk.Act(ctx, tx, c.person[who], id, s)
		if err != nil {
			err = fmt.Errorf("%s by %s: %w", s.Action, who, err)
		}
		return err
	})
}

// submit makes a case for the column.
func (c *city) submit(who string, kind ticket.Kind, station string) string {
	c.t.Helper()
	var id string
	c.update(func(ctx context.Context, tx handlers.Tx) error {
		owner, role := c.person["requester"], ticket.RoleRequester
		if kind == ticket.Finding {
			owner, role = c.person[who], ticket.RoleObserver
		}
		made := ticket.Ticket{Kind: kind, Company: "示例公司", Contact: "13800000000（示例）"}
		if kind == ticket.Financing {
			made.Funds = &ticket.Funds{Amount: 500_000, Months: 12}
		}
		t, err := c.cases.Submit(ctx, tx, made, ticket.Step{Actor: owner, Role: role, Text: "路灯不亮（示例）"}, ticket.Routed{Station: station})
		id = t.ID
		return err
	})
	return id
}

// prepared makes a case in which the action is possible for whoever may take it, and
// the step that takes it.
func (c *city) prepared(who string, action ticket.Action) (string, ticket.Step) {
	c.t.Helper()
	kind, station, lead := ticket.Complaint, "town-henghe", "lead"
	switch {
	case who == "observer" || who == "ended observer":
		kind = ticket.Finding
	case who == "bank in the lead":
		kind, station, lead = ticket.Financing, "bank", "bank"
	case action == ticket.Record:
		kind = ticket.Financing
	}
	id := c.submit(who, kind, station)
	step := ticket.Step{Action: action, Text: "说明（示例）"}
	another := func() string {
		other := c.submit("observer", ticket.Complaint, "town-henghe")
		if lead == "bank" {
			other = c.submit("observer", ticket.Financing, "bank")
		}
		return other
	}
	c.act(lead, id, ticket.Step{Action: ticket.Accept})
	c.act(lead, id, ticket.Step{Action: ticket.Involve, Station: "town-gutang", Text: "请协办（示例）"})
	// The owner's part of the way is taken as the case's service, whoever may still act.
	asOwner := func(s ticket.Step) {
		c.update(func(ctx context.Context, tx handlers.Tx) error {
			t, err := tx.Ticket(ctx, id)
			if err != nil {
				return err
			}
			s.Actor, s.Role = t.Requester, ticket.RoleRequester
			if kind == ticket.Finding {
				s.Role = ticket.RoleObserver
			}
			_, err = c.cases.Act(ctx, tx, id, s)
			return err
		})
	}
	result := func() {
		if kind == ticket.Financing {
			c.act(lead, id, ticket.Step{Action: ticket.Record, Text: "不符合条件（示例）", Outcome: &ticket.Outcome{Result: ticket.Refused, Reason: "不符合条件（示例）"}})
		}
		c.act(lead, id, ticket.Step{Action: ticket.Resolve, Text: "已修好（示例）"})
	}
	switch action {
	case ticket.Accept:
		c.act("supervisor", id, ticket.Step{Action: ticket.Assign, Station: station})
	case ticket.Supply, ticket.Nudge, ticket.Propose:
		c.act(lead, id, ticket.Step{Action: ticket.Ask, Text: "请补充（示例）"})
	case ticket.Correct, ticket.Solved, ticket.Unsolved, ticket.Expire:
		result()
	case ticket.Erase:
		result()
		asOwner(ticket.Step{Action: ticket.Solved})
	case ticket.Score:
		result()
		asOwner(ticket.Step{Action: ticket.Solved})
		step.Score = 5
	case ticket.Resolve:
		if kind == ticket.Financing {
			c.act(lead, id, ticket.Step{Action: ticket.Record, Text: "不符合条件（示例）", Outcome: &ticket.Outcome{Result: ticket.Refused, Reason: "不符合条件（示例）"}})
		}
	case ticket.Grant, ticket.Decline:
		c.act(lead, id, ticket.Step{Action: ticket.Extend, Until: c.now.AddDate(0, 0, 21), Text: "还要等（示例）"})
	case ticket.Unmerge:
		main := another()
		c.act("supervisor", id, ticket.Step{Action: ticket.Merge, Case: main})
	}
	switch action {
	case ticket.Assign, ticket.Transfer, ticket.Return:
		step.Station = "finance-centre"
		if action != ticket.Return {
			step.Station = "town-zhouxiang"
		}
	case ticket.Involve:
		step.Station = "town-zhouxiang"
	case ticket.Release:
		step.Station = "town-gutang"
	case ticket.Merge, ticket.Link, ticket.Absorb, ticket.Part:
		step.Case = another()
	case ticket.Record:
		step.Outcome = &ticket.Outcome{Result: ticket.Refused, Reason: "不符合条件（示例）"}
	case ticket.Extend:
		step.Until = c.now.AddDate(0, 0, 21)
	}
	return id, step
}

// verdicts are the marks of the table by the code of the error.
var verdicts = map[ticket.Code]string{"": "yes", ticket.Forbidden: "no", ticket.NotFound: "hidden", ticket.Illegal: "never"}

// TestAuthorityOverCases takes every step of the life cycle as everybody and compares
// who could with the table in testdata. A step without a row fails.
func TestAuthorityOverCases(t *testing.T) {
	t.Parallel()
	c := newCity(t)
	var table strings.Builder
	table.WriteString(`# Who may take which step in a case, as Desk.Act decides it on a real store.
# Written by: go test ./handlers -run Authority -update. Read every change of it.
#
# yes     the step was taken
# no      the person sees the case, and the step is not for him or her
# hidden  the case does not exist for the person
# never   not as a step of Desk.Act: it comes with another one, or from the program itself
#
# The case is led by one town station and helped with by another; the requester's is a
# complaint, the observers' a finding of their own. "bank in the lead" is a partner that
# leads a financing request, "bank" the same person towards the town's case.
`)
	row := func(first string, cells []string) {
		fmt.Fprintf(&table, "%-10s", first)
		for i, cell := range cells {
			fmt.Fprintf(&table, " | %-*s", len(kinsfolk[i]), cell)
		}
		table.WriteByte('\n')
	}
	row("step", kinsfolk)
	for _, tr := range ticket.Transitions {
		var cells []string
		for _, who := range kinsfolk {
			var before, after ticket.Ticket
			var err error
			c.together(func() {
				id, step := c.prepared(who, tr.Action)
				c.update(func(ctx context.Context, tx handlers.Tx) (failed error) {
					if before, failed = tx.Ticket(ctx, id); failed != nil {
						return failed
					}
					_, err = c.desk.Act(ctx, tx, c.person[who], id, step)
					after, failed = tx.Ticket(ctx, id)
					return failed
				})
			})
			verdict, ok := verdicts[ticket.CodeOf(err)]
			if !ok {
				t.Errorf("%s by %s: %v, which says nothing of who may", tr.Action, who, err)
			}
			if changed := before.Version != after.Version; changed != (verdict == "yes") {
				t.Errorf("%s by %s: %q, and the case has changed: %v", tr.Action, who, verdict, changed)
			}
			cells = append(cells, verdict)
		}
		others := tr.Action == ticket.Submit || tr.Action == ticket.Erase // they have methods of their own
		if !slices.Contains(cells, "yes") && !slices.Equal(tr.By, []ticket.Role{ticket.RoleSystem}) && !others {
			t.Errorf("%s: nobody could take the step; it is not tested", tr.Action)
		}
		row(string(tr.Action), cells)
	}
	golden(t, "testdata/authority/steps.txt", table.String())
}

// golden compares with a file, or writes it with -update.
func golden(t *testing.T, file, got string) {
	t.Helper()
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o600); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(want, []byte(got)) {
		g, w := strings.Split(got, "\n"), strings.Split(string(want), "\n")
		for i := range max(len(g), len(w)) {
			a, b := "", ""
			if i < len(g) {
				a = g[i]
			}
			if i < len(w) {
				b = w[i]
			}
			if a != b {
				t.Errorf("%s:%d\ngot:  %s\nwant: %s", file, i+1, a, b)
			}
		}
	}
}
