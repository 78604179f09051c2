package learn_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"liaison/handlers"
	"liaison/store"
	"liaison/store/storetest"
	"liaison/ticket"
	"liaison/ticket/learn"
	"liaison/ticket/route"
)

var ctx = context.Background()

// city has two topics that are described, and a station without any.
const city = `city: 慈溪市
triage: centre
towns:
  - {id: east, name: 东镇}
topics:
  - {id: finance, name: 金融, words: [贷款, 融资, 银行]}
  - {id: labour, name: 用工, words: [招工, 工资]}
stations:
  - {id: centre, name: 中心（示例）, kind: centre, topics: [labour]}
  - {id: money, name: 金融中心（示例）, kind: finance, topics: [finance]}
  - {id: chargers, name: 充电服务站（示例）, kind: partner}
  - {id: eastern, name: 东镇站（示例）, kind: town, towns: [east]}
`

// bundle is a learner over a real store.
type bundle struct {
	store     *store.Store
	learner   *learn.Learner
	directory *route.Directory
	n         int
}

func setup(t *testing.T) *bundle {
	t.Helper()
	b := &bundle{store: storetest.New(t)}
	b.configure(t, city)
	b.learner = b.restart(t)
	return b
}

func (b *bundle) configure(t *testing.T, yaml string) {
	t.Helper()
	d, err := route.Parse("stations.yaml", []byte(yaml))
	if err != nil {
		t.Fatal(err)
	}
	b.directory = d
}

// restart returns a learner that knows only what is stored.
func (b *bundle) restart(t *testing.T) *learn.Learner {
	t.Helper()
	l := learn.New(learn.Config{Store: b.store, Directory: func() *route.Directory { return b.directory }})
	if err := l.Refresh(ctx); err != nil {
		t.Fatal(err)
	}
	return l
}

// solve stores n cases about a matter that the station has solved, each in words
// of its own.
func (b *bundle) solve(t *testing.T, station, topic, matter string, n int) {
	t.Helper()
	b.solveIn(t, "", station, topic, matter, n)
}

// solveIn does so for cases of a town.
func (b *bundle) solveIn(t *testing.T, town, station, topic, matter string, n int) {
	t.Helper()
	err := b.store.Update(ctx, func(tx handlers.Tx) error {
		for range n {
			b.n++
			now := time.Date(2026, 11, 2, 9, 0, b.n, 0, time.UTC)
			err := tx.InsertTicket(ctx, ticket.Ticket{
				ID: ticket.Number(now, b.n), Kind: ticket.Complaint, State: ticket.Closed, Version: 1,
				Text: matter + strings.Repeat("，请尽快", b.n%3) + fmt.Sprintf("第%d次反映", b.n), Town: town, Category: topic, Station: station,
				CreatedAt: now, AnsweredAt: now.Add(time.Hour), ClosedAt: now.Add(2 * time.Hour),
			})
			if err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func (b *bundle) learn(t *testing.T) map[learn.Target]learn.Version {
	t.Helper()
	made, err := b.learner.Learn(ctx)
	if err != nil {
		t.Fatal(err)
	}
	out := make(map[learn.Target]learn.Version)
	for _, v := range made {
		out[v.Target] = v
	}
	return out
}

func TestColdStartAdvisesFromDescriptions(t *testing.T) {
	t.Parallel()
	b := setup(t)
	a := b.learner.Advise("老板欠薪三个月了")
	if len(a.Topics) == 0 || a.Topics[0].ID != "labour" || a.Topics[0].Learned || len(a.Topics[0].Words) == 0 {
		t.Errorf("got %+v", a.Topics)
	}
	if len(a.Stations) == 0 || a.Stations[0].ID != "centre" || a.Stations[0].Learned {
		t.Errorf("got %+v", a.Stations)
	}
	if a := b.learner.Advise("🏭 hello"); a.Topics != nil || a.Stations != nil {
		t.Errorf("nothing is known, got %+v", a)
	}
	if a := learn.New(learn.Config{}).Advise("欠薪"); a.Topics != nil {
		t.Errorf("before Refresh: got %+v", a)
	}
}

// TestLearnsWhoSolvesWhat: what no word of the configuration gives away is learned
// from where such cases were solved, kept as a version, and used after a restart.
func TestLearnsWhoSolvesWhat(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.solve(t, "chargers", "", "电动自行车充电桩坏了", 30)
	b.solve(t, "centre", "labour", "厂里拖欠工人工资", 30)
	b.solve(t, "money", "finance", "银行贷款批得太慢", 30)
	made := b.learn(t)
	v := made[learn.Station]
	if !v.Used || v.Number == 0 || v.Right <= v.Before || v.Right > v.Held || v.Cases+v.Held != 90 || v.Held < 10 {
		t.Fatalf("got %+v", v)
	}
	for _, l := range []*learn.Learner{b.learner, b.restart(t)} {
		a := l.Advise("小区充电桩没电")
		if len(a.Stations) != 3 || a.Stations[0].ID != "chargers" || !a.Stations[0].Learned {
			t.Fatalf("got %+v", a.Stations)
		}
		g := a.Stations[0]
		if len(g.Cases) == 0 || !strings.HasPrefix(g.Cases[0], "CX-20261102-") || !slices.ContainsFunc(g.Words, func(w string) bool { return strings.Contains("充电桩", w) }) {
			t.Errorf("explained by %v and %v", g.Words, g.Cases)
		}
		sure := l.Advise("电动自行车充电桩坏了")
		d := b.directory.Route(route.Case{Kind: ticket.Complaint, Text: "电动自行车充电桩坏了", Advice: sure})
		if d.Station != "chargers" || d.Rule != route.RuleLearned {
			t.Errorf("routed to %s by %s, advised %+v", d.Station, d.Rule, sure.Stations)
		}
	}
	if again := b.learn(t); len(again) != 0 {
		t.Errorf("nothing new, but learned %+v", again)
	}
}

// TestKeepsWhatDoesBetter: a version that does no better on the cases held back is
// kept on record and not used.
func TestKeepsWhatDoesBetter(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.solve(t, "chargers", "", "电动自行车充电桩坏了", 40)
	b.solve(t, "money", "finance", "银行贷款批得太慢", 40)
	first := b.learn(t)[learn.Station]
	if !first.Used {
		t.Fatalf("got %+v", first)
	}
	b.solve(t, "money", "finance", "银行贷款批得太慢", 10) // more of the same teaches nothing
	second := b.learn(t)[learn.Station]
	if second.Number <= first.Number || second.Used || second.Right != second.Before {
		t.Errorf("got %+v", second)
	}
	if used, err := b.store.LastModel(ctx, learn.Station, true); err != nil || used.Number != first.Number {
		t.Errorf("in force is %+v, %v", used, err)
	}
	// What cases show from now on is learned: the matter has another station.
	b.configure(t, strings.Replace(city, "  - {id: money", "  - {id: new, name: 新站（示例）, kind: partner}\n  - {id: money", 1))
	b.solve(t, "new", "", "共享单车乱停放", 60)
	third := b.learn(t)[learn.Station]
	if !third.Used {
		t.Errorf("got %+v", third)
	}
	if a := b.learner.Advise("共享单车乱停"); a.Stations[0].ID != "new" {
		t.Errorf("got %+v", a.Stations)
	}
}

func TestTooLittleIsNotLearnedFrom(t *testing.T) {
	t.Parallel()
	b := setup(t)
	if made := b.learn(t); len(made) != 0 {
		t.Errorf("of nothing: %+v", made)
	}
	b.solve(t, "chargers", "", "电动自行车充电桩坏了", 20)
	if made := b.learn(t); len(made) != 0 {
		t.Errorf("of a few: %+v", made)
	}
	b.solve(t, "chargers", "", "电动自行车充电桩坏了", 80)
	if made := b.learn(t); len(made) != 0 {
		t.Errorf("of one station only: %+v", made)
	}
	b.solve(t, "gone", "finance", "银行贷款批得太慢", 80) // no longer configured
	if made := b.learn(t); len(made) != 0 {
		t.Errorf("of a station that is gone: %+v", made)
	}
}

// TestTopicsAreBelievedOfTheStationInCharge: elsewhere a topic is a guess that
// nobody has confirmed.
func TestTopicsAreBelievedOfTheStationInCharge(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.solve(t, "money", "finance", "银行不给续贷", 60)
	b.solve(t, "chargers", "labour", "充电桩坏了", 60)
	if v, ok := b.learn(t)[learn.Topic]; ok {
		t.Errorf("learned topics from a station that is not in charge: %+v", v)
	}
	b.solve(t, "centre", "labour", "小时工结账总是拖", 60)
	v := b.learn(t)[learn.Topic]
	if v.Cases+v.Held != 120 || !v.Used {
		t.Errorf("got %+v", v)
	}
}

// TestTheTownIsNotLearned: what a station had for its town says nothing of the text;
// what it had without a town does.
func TestTheTownIsNotLearned(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.solve(t, "money", "finance", "银行不给续贷", 60)
	b.solveIn(t, "east", "eastern", "", "路灯坏了", 60)
	if v, ok := b.learn(t)[learn.Station]; ok {
		t.Errorf("learned the town from the text: %+v", v)
	}
	b.solve(t, "eastern", "", "无名桥头的护栏断了", 60)
	if v := b.learn(t)[learn.Station]; v.Cases+v.Held != 120 || !v.Used {
		t.Errorf("got %+v", v)
	}
	if a := b.learner.Advise("无名桥的护栏"); a.Stations[0].ID != "eastern" {
		t.Errorf("got %+v", a.Stations)
	}
}
