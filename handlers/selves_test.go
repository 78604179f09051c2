package handlers_test

import (
	"context"
	"slices"
	"strings"
	"testing"

	"liaison/handlers"
	"liaison/ticket"
)

// An observer with two accounts is one to the supervisors: the appointment ends in
// both, and goes on in both.
func TestObserverInTwoAccounts(t *testing.T) {
	t.Parallel()
	p := newPlayer(t)
	p.play("obs: /staff {code observer  观察员甲}\nobs2: /staff {code login obs}\nobs3: /staff {code login obs2}\n")
	names := []string{"obs", "obs2", "obs3"}
	check := func(when string, holds bool) {
		t.Helper()
		var ids []string
		for _, name := range names {
			ids = append(ids, p.personOf(name))
		}
		p.update(func(ctx context.Context, tx handlers.Tx) error {
			all, err := p.desk.Observers(ctx, tx)
			if len(all) != 1 || all[0].Person != ids[0] || all[0].Holds != holds {
				t.Errorf("%s the supervisors see %+v", when, all)
			}
			for i, id := range ids {
				ms, err := tx.Memberships(ctx, id)
				if err != nil {
					return err
				}
				if len(ms) != 1 || ms[0].Holds(p.clock()) != holds {
					t.Errorf("%s %s has %+v", when, names[i], ms)
				}
			}
			return err
		})
	}
	check("at first", true)
	for _, name := range names {
		p.play("~ " + name + "'s appointment ends\n")
		check("after the end for "+name, false)
		p.play("~ " + name + " is appointed until 2027-12-31\n")
		check("after the end was moved for "+name, true)
	}
	p.play("~ obs's appointment ends\n")
	p.play("obs2: /staff {code observer  观察员甲}\n") // a new invitation
	check("after another invitation", true)
	p.play("obs: /staff {code login obs3}\n") // and round in a circle
	p.play("~ obs2's appointment ends\n")
	check("in the end", false)
}

// A colleague with two accounts is on duty, away and back in both, stands in for
// others but not for himself, and stands once in each list.
func TestColleagueInTwoAccounts(t *testing.T) {
	t.Parallel()
	p := newPlayer(t)
	p.play("boss: /staff {code supervisor  督办}\na: /staff {code agent town-henghe 甲}\na2: /staff {code login a}\nb: /staff {code agent town-henghe 乙}\n")
	p.play("~ a removes the bot\n") // so that only a2 can be told
	a, a2, b, boss := p.personOf("a"), p.personOf("a2"), p.personOf("b"), p.personOf("boss")
	station, _ := p.desk.Directory().Station("town-henghe")
	agents := func() (all []handlers.Colleague) {
		p.update(func(ctx context.Context, tx handlers.Tx) error {
			at, err := p.desk.Staffing(ctx, tx, station)
			all = at.Agents
			return err
		})
		return all
	}
	i := slices.IndexFunc(agents(), func(c handlers.Colleague) bool { return c.Is(a) })
	if all := agents(); len(all) != 2 || i < 0 || all[i].Person != a2 || !all[i].Is(a2) || all[i].Is(b) || !all[i].There() {
		t.Fatalf("the agents are %+v", all)
	}
	p.update(func(ctx context.Context, tx handlers.Tx) error {
		for self, want := range map[string][]string{a: {b, boss}, a2: {b, boss}, b: {a2, boss}} {
			deputies, err := p.desk.Deputies(ctx, tx, self)
			if err != nil {
				return err
			}
			var got []string
			for _, c := range deputies {
				got = append(got, c.Person)
			}
			slices.Sort(got)
			slices.Sort(want)
			if !slices.Equal(got, want) {
				t.Errorf("deputies are %v, want %v", got, want)
			}
		}
		return nil
	})
	// On duty in one account, told in the other.
	duty := handlers.Duty{Station: "town-henghe", Day: handlers.DayOf(p.clock()), Person: a}
	p.update(func(ctx context.Context, tx handlers.Tx) error { return p.desk.SetDuty(ctx, tx, boss, duty, true) })
	said := p.play("owner: /complain 横河镇的水压不够\nowner" + submission)
	if !strings.Contains(said, "-> a2\n") || strings.Contains(said, "-> b\n") {
		t.Errorf("of a new case is told:\n%s", said)
	}
	duty.Person = a2 // as the page names the colleague
	p.update(func(ctx context.Context, tx handlers.Tx) error {
		if err := p.desk.SetDuty(ctx, tx, boss, duty, false); err != nil {
			return err
		}
		left, err := tx.Duties(ctx, "town-henghe")
		if len(left) != 0 {
			t.Errorf("still on duty: %v", left)
		}
		return err
	})
	// Away and back, by either and for either.
	away := func(want bool) {
		t.Helper()
		p.update(func(ctx context.Context, tx handlers.Tx) error {
			for _, self := range []string{a, a2} {
				abs, err := tx.Absence(ctx, self, p.clock())
				if err != nil {
					return err
				}
				if is := abs.Person == self; is != want {
					t.Errorf("away: %t, want %t", is, want)
				}
			}
			return nil
		})
	}
	for _, by := range []string{a, a2, boss} {
		for _, self := range []string{a, a2} {
			p.update(func(ctx context.Context, tx handlers.Tx) error {
				_, err := p.desk.Leave(ctx, tx, by, handlers.Absence{Person: self})
				return err
			})
			away(true)
			p.update(func(ctx context.Context, tx handlers.Tx) error { return p.desk.Back(ctx, tx, by, self) })
			away(false)
		}
	}
	// A third account that comes to it meanwhile is away too.
	p.play("a2: /away 2026-12-01\na2! 没有人代办\n")
	p.play("a3: /staff {code login a2}\n")
	a3 := p.personOf("a3")
	p.update(func(ctx context.Context, tx handlers.Tx) error {
		abs, err := tx.Absence(ctx, a3, p.clock())
		if abs.Person != a3 {
			t.Error("the third account is there")
		}
		return err
	})
	// Nobody keeps the role.
	p.play("~ a is dismissed from town-henghe\n")
	p.update(func(ctx context.Context, tx handlers.Tx) error {
		left, err := tx.Members(ctx, ticket.RoleAgent, "town-henghe")
		if len(left) != 1 || left[0].Person != b {
			t.Errorf("agents that are left: %+v", left)
		}
		_, err2 := p.desk.Dismiss(ctx, tx, boss, a2, "town-henghe")
		if ticket.CodeOf(err2) != ticket.NotFound {
			t.Errorf("dismissed twice: %v", err2)
		}
		return err
	})
}
