package visit_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"liaison/ticket/visit"
)

func made(day time.Time, visitor, station string, companies []string, outcomes ...visit.Outcome) visit.Visit {
	v := visit.Visit{State: visit.Filed, Day: day, Visitor: visitor, Station: station, Companies: companies}
	for _, o := range outcomes {
		v.Opinions = append(v.Opinions, visit.Opinion{Text: "意见（示例）", Outcome: o})
	}
	return v
}

func TestTable(t *testing.T) {
	t.Parallel()
	visits := []visit.Visit{
		made(at(2026, 11, 23), "甲", "s1", []string{"示例一厂"}, visit.Solved, visit.InStudy),
		made(at(2026, 11, 29), "甲", "s2", []string{"示例 一厂", "示例二厂"}, visit.Explained),
		made(at(2026, 11, 30), "乙", "s1", []string{"示例三厂"}, visit.Open, visit.Solved),
		made(at(2026, 12, 31), "乙", "s1", []string{"示例一厂"}),
		made(at(2027, 1, 1), "乙", "s1", []string{"示例一厂"}),
	}
	one := visit.Figures{Visits: 1, Companies: 1}
	want := map[visit.By][]visit.Row{
		visit.ByWeek: {
			{"2026-11-23", visit.Figures{Visits: 2, Companies: 2, Opinions: 3, Solved: 1, InStudy: 1, Explained: 1}},
			{"2026-11-30", visit.Figures{Visits: 1, Companies: 1, Opinions: 2, Solved: 1, Open: 1}},
			{"2026-12-28", visit.Figures{Visits: 2, Companies: 1}},
		},
		visit.ByMonth: {
			{"2026-11-01", visit.Figures{Visits: 3, Companies: 3, Opinions: 5, Solved: 2, InStudy: 1, Explained: 1, Open: 1}},
			{"2026-12-01", one}, {"2027-01-01", one},
		},
		visit.ByQuarter: {
			{"2026-10-01", visit.Figures{Visits: 4, Companies: 3, Opinions: 5, Solved: 2, InStudy: 1, Explained: 1, Open: 1}}, {"2027-01-01", one},
		},
		visit.ByStation: {
			{"s1", visit.Figures{Visits: 4, Companies: 2, Opinions: 4, Solved: 2, InStudy: 1, Open: 1}},
			{"s2", visit.Figures{Visits: 1, Companies: 2, Opinions: 1, Explained: 1}},
		},
		visit.ByObserver: {
			{"乙", visit.Figures{Visits: 3, Companies: 2, Opinions: 2, Solved: 1, Open: 1}},
			{"甲", visit.Figures{Visits: 2, Companies: 2, Opinions: 3, Solved: 1, InStudy: 1, Explained: 1}},
		},
		"": {},
	}
	for by, rows := range want {
		table := visit.NewTable(by)
		for _, v := range visits {
			table.Add(v)
		}
		if d := cmp.Diff(rows, table.Rows()); d != "" {
			t.Errorf("by %q: %s", by, d)
		}
		total := visit.Figures{Visits: 5, Companies: 3, Opinions: 5, Solved: 2, InStudy: 1, Explained: 1, Open: 1}
		if table.Total() != total {
			t.Errorf("by %q the total is %+v", by, table.Total())
		}
	}
}

// Two observers of one name are two rows, and one observer whose name was changed is one.
func TestTableByPerson(t *testing.T) {
	t.Parallel()
	table := visit.NewTable(visit.ByObserver)
	for _, who := range []struct{ id, name string }{{"p1", "观察员"}, {"p2", "观察员"}, {"p2", "观察员"}, {"", "观察员"}} {
		v := made(at(2026, 11, 23), who.name, "s", []string{"示例厂"})
		v.Observer = who.id
		table.Add(v)
	}
	if rows := table.Rows(); len(rows) != 3 || rows[0].Visits != 2 || rows[2].Key != "观察员" {
		t.Errorf("got %+v", rows)
	}
}

func TestPeriodOf(t *testing.T) {
	t.Parallel()
	sunday := time.Date(2026, 11, 29, 23, 59, 0, 0, time.FixedZone("CST", 8*60*60)).UTC()
	for by, want := range map[visit.By]struct {
		from, to time.Time
		label    string
	}{
		visit.ByWeek:    {at(2026, 11, 23), at(2026, 11, 30), "2026-W48"},
		visit.ByMonth:   {at(2026, 11, 1), at(2026, 12, 1), "2026-11"},
		visit.ByQuarter: {at(2026, 10, 1), at(2027, 1, 1), "2026-Q4"},
		visit.ByYear:    {at(2026, 1, 1), at(2027, 1, 1), "2026"},
	} {
		from, to := visit.PeriodOf(by, sunday)
		if !from.Equal(want.from) || !to.Equal(want.to) || by.Label(from.Format(time.DateOnly)) != want.label {
			t.Errorf("%s: %v to %v, %s", by, from, to, by.Label(from.Format(time.DateOnly)))
		}
	}
	if visit.ByStation.Label("s1") != "s1" {
		t.Error("a station has another label than its id")
	}
}
