package learn_test

import (
	"strings"
	"testing"

	"liaison/ticket"
	"liaison/ticket/learn"
)

// Routing goes back to an earlier version, stays with it whatever there is to learn,
// and learns again once it is released.
func TestUseEarlierVersion(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.solve(t, "chargers", "", "电动自行车充电桩坏了", 40)
	b.solve(t, "money", "finance", "银行贷款批得太慢", 40)
	first := b.learn(t)[learn.Station]
	b.configure(t, strings.Replace(city, "  - {id: money", "  - {id: new, name: 新站（示例）, kind: partner}\n  - {id: money", 1))
	b.solve(t, "new", "", "共享单车乱停放", 60)
	second := b.learn(t)[learn.Station]
	if !first.Used || !second.Used || first.Number >= second.Number {
		t.Fatalf("learned %+v, then %+v", first, second)
	}
	knows := func(l *learn.Learner) bool {
		t.Helper()
		for _, g := range l.Advise("共享单车乱停").Stations {
			if g.ID == "new" {
				return true
			}
		}
		return false
	}
	running := b.restart(t) // another process, that does not know yet
	if _, err := b.learner.Use(ctx, second.Number+99); ticket.CodeOf(err) != ticket.NotFound {
		t.Errorf("a version that is not there: %v", err)
	}
	v, err := b.learner.Use(ctx, first.Number)
	if err != nil || v.Number != first.Number || !v.Pinned {
		t.Fatalf("used %+v, %v", v, err)
	}
	if err := running.Refresh(ctx); err != nil {
		t.Fatal(err)
	}
	for name, l := range map[string]*learn.Learner{"the one that was told": b.learner, "one that runs": running, "one that starts": b.restart(t)} {
		if knows(l) {
			t.Errorf("%s goes by the later version", name)
		}
	}
	b.solve(t, "new", "", "共享单车乱停放", 30)
	if made, learned := b.learn(t)[learn.Station]; learned {
		t.Errorf("learned %+v although a version is pinned", made)
	}
	if n, err := b.learner.Release(ctx); n != 1 || err != nil {
		t.Errorf("released %d, %v", n, err)
	}
	if !knows(b.learner) {
		t.Error("released, and the later version is not used")
	}
	if _, learned := b.learn(t)[learn.Station]; !learned {
		t.Error("released, and nothing is learned")
	}
}
