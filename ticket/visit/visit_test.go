package visit_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"liaison/ticket"
	"liaison/ticket/visit"
)

// now is a Monday.
var now = time.Date(2026, 11, 23, 10, 0, 0, 0, ticket.CST)

func at(y, m, d int) time.Time { return time.Date(y, time.Month(m), d, 0, 0, 0, 0, ticket.CST) }

// field is what an Invalid error is about, "" for none.
func field(t *testing.T, err error) string {
	t.Helper()
	var e *ticket.Error
	if err == nil {
		return ""
	}
	if !errors.As(err, &e) || e.Code != ticket.Invalid {
		t.Fatalf("%v is no Invalid", err)
	}
	return e.Field
}

func TestParseDay(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		text string
		want time.Time
		bad  string
	}{
		{"今天", at(2026, 11, 23), ""}, {" 昨天 ", at(2026, 11, 22), ""}, {"前天", at(2026, 11, 21), ""}, {"Yesterday", at(2026, 11, 22), ""},
		{"11月20日", at(2026, 11, 20), ""}, {"１１月２０号", at(2026, 11, 20), ""}, {"11-20", at(2026, 11, 20), ""}, {"11/20", at(2026, 11, 20), ""},
		{"2026-11-20", at(2026, 11, 20), ""}, {"2026年1月2日", at(2026, 1, 2), ""}, {"2026.1.2", at(2026, 1, 2), ""}, {"20261120", at(2026, 11, 20), ""},
		{"20号", at(2026, 11, 20), ""}, {"30日", at(2026, 10, 30), ""}, {"31号", at(2026, 10, 31), ""}, {"23号", at(2026, 11, 23), ""},
		{"6月1日", at(2026, 6, 1), ""}, {"2月29日", time.Time{}, "day"}, {"2024-02-29", at(2024, 2, 29), ""},
		{"11月24日", time.Time{}, "future"}, {"2026-11-24", time.Time{}, "future"}, {"12月30日", time.Time{}, "future"}, {"2027年1月1日", time.Time{}, "future"},
		{"1月5日", time.Time{}, "future"}, // the nearest one is in six weeks
		{"", time.Time{}, "day"}, {"上个月", time.Time{}, "day"}, {"2026-13-01", time.Time{}, "day"}, {"1026-11-20", time.Time{}, "day"},
		{"20号下午", time.Time{}, "day"}, {"0号", time.Time{}, "day"}, {"32日", time.Time{}, "day"}, {"明天", time.Time{}, "day"},
	} {
		got, err := visit.ParseDay(row.text, now)
		if !got.Equal(row.want) || field(t, err) != row.bad {
			t.Errorf("%q: %v, %v; want %v, %q", row.text, got, err, row.want, row.bad)
		}
	}
	january := time.Date(2027, 1, 5, 0, 30, 0, 0, ticket.CST)
	for text, want := range map[string]time.Time{"12月28日": at(2026, 12, 28), "今天": at(2027, 1, 5), "昨天": at(2027, 1, 4), "31号": at(2026, 12, 31)} {
		if got, err := visit.ParseDay(text, january); err != nil || !got.Equal(want) {
			t.Errorf("%q in January: %v, %v", text, got, err)
		}
	}
	// The day is the city's, wherever the clock stands.
	if got, err := visit.ParseDay("今天", time.Date(2026, 11, 22, 17, 0, 0, 0, time.UTC)); err != nil || !got.Equal(at(2026, 11, 23)) {
		t.Errorf("today at 1 o'clock in the city: %v, %v", got, err)
	}
}

func FuzzParseDay(f *testing.F) {
	for _, s := range []string{"今天", "11月20日", "20号", "2026-11-20", "９９月９９日", "\xff", "99999999"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got, err := visit.ParseDay(s, now)
		if err != nil {
			field(t, err)
			return
		}
		if got.After(now) || got.Hour() != 0 {
			t.Fatalf("%q is %v", s, got)
		}
		// What was read is read the same when it is written in full.
		if again, err := visit.ParseDay(got.Format(time.DateOnly), now); err != nil || !again.Equal(got) {
			t.Fatalf("%q is %v, and in full %v, %v", s, got, again, err)
		}
	})
}

func TestCompanies(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"示例轴承厂": "示例轴承厂", "甲厂、乙厂；丙厂;丁厂\n 戊  厂 ": "甲厂|乙厂|丙厂|丁厂|戊 厂", "甲厂、甲 厂": "甲厂", "ABC、ａｂｃ": "ABC",
	} {
		got, err := visit.Companies(text)
		if strings.Join(got, "|") != want || err != nil {
			t.Errorf("%q: %q, %v", text, got, err)
		}
	}
	for text, want := range map[string]string{
		"": "companies", "、；\n": "companies", strings.Repeat("厂", ticket.MaxCompany+1): "company",
		strings.Join(strings.Split("abcdefghijklmnopqrstu", ""), "、"): "companies",
	} {
		if _, err := visit.Companies(text); field(t, err) != want {
			t.Errorf("%q: %v", text, err)
		}
	}
}

func TestCheck(t *testing.T) {
	t.Parallel()
	whole := func() visit.Visit {
		return visit.Visit{Companies: []string{"甲厂"}, Day: at(2026, 11, 23), Opinions: []visit.Opinion{{Text: "路灯坏了", Outcome: visit.Solved}}}
	}
	for want, change := range map[string]func(*visit.Visit){
		"":          func(*visit.Visit) {},
		"companies": func(v *visit.Visit) { v.Companies = nil },
		"day":       func(v *visit.Visit) { v.Day = time.Time{} },
		"future":    func(v *visit.Visit) { v.Day = at(2026, 11, 24) },
		"met":       func(v *visit.Visit) { v.Met = strings.Repeat("长", visit.MaxMet+1) },
		"visitor":   func(v *visit.Visit) { v.Visitor = strings.Repeat("长", visit.MaxVisitor+1) },
		"opinion":   func(v *visit.Visit) { v.Opinions[0].Text = " " },
		"outcome":   func(v *visit.Visit) { v.Opinions[0].Outcome = "done" },
		"opinions":  func(v *visit.Visit) { v.Opinions = make([]visit.Opinion, visit.MaxOpinions+1) },
	} {
		v := whole()
		change(&v)
		if got := field(t, v.Check(now)); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

func TestKey(t *testing.T) {
	t.Parallel()
	v := visit.Visit{Station: "s", Day: at(2026, 11, 20), Visitor: "王 五", Companies: []string{"甲厂", "ABC"}}
	same := visit.Visit{Station: "s", Day: at(2026, 11, 20).UTC(), Visitor: "王五", Companies: []string{"ａｂｃ", "甲 厂"}, Met: "厂长", Town: "t"}
	if v.Key() != same.Key() {
		t.Error("two spellings of one visit are two visits")
	}
	for what, change := range map[string]func(*visit.Visit){
		"station":  func(v *visit.Visit) { v.Station = "t" },
		"day":      func(v *visit.Visit) { v.Day = at(2026, 11, 21) },
		"visitor":  func(v *visit.Visit) { v.Visitor = "赵六" },
		"observer": func(v *visit.Visit) { v.Observer = "p" },
		"company":  func(v *visit.Visit) { v.Companies = []string{"甲厂"} },
	} {
		w := same
		change(&w)
		if v.Key() == w.Key() {
			t.Errorf("another %s is the same visit", what)
		}
	}
}

func TestVisibleTo(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		who   ticket.Viewer
		state visit.State
		want  bool
	}{
		{ticket.Viewer{Person: "o"}, visit.Filed, true},
		{ticket.Viewer{Person: "o"}, visit.Draft, true},
		{ticket.Viewer{Person: "o"}, visit.Removed, false},
		{ticket.Viewer{Person: "a", Stations: []string{"s"}}, visit.Filed, true},
		{ticket.Viewer{Person: "a", Stations: []string{"t"}}, visit.Filed, false},
		{ticket.Viewer{Person: "a", Stations: []string{"s"}}, visit.Draft, false},
		{ticket.Viewer{Person: "b", Supervisor: true}, visit.Filed, true},
		{ticket.Viewer{Person: "b", Supervisor: true}, visit.Draft, false},
		{ticket.Viewer{}, visit.Filed, false},
	} {
		v := visit.Visit{State: row.state, Observer: "o", Station: "s"}
		if got := v.VisibleTo(row.who); got != row.want {
			t.Errorf("%+v sees a %s visit: %v", row.who, row.state, got)
		}
	}
	if (visit.Visit{State: visit.Filed}).VisibleTo(ticket.Viewer{}) {
		t.Error("nobody sees a visit of nobody")
	}
}

func TestOfCase(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		c    ticket.Ticket
		want visit.Outcome
	}{
		{ticket.Ticket{State: ticket.Assigned}, visit.InStudy},
		{ticket.Ticket{State: ticket.Answered, AnsweredAt: now}, visit.InStudy},
		{ticket.Ticket{State: ticket.Reopened, AnsweredAt: now, Rating: ticket.Rating{Given: true}}, visit.InStudy},
		{ticket.Ticket{State: ticket.Closed, AnsweredAt: now, Rating: ticket.Rating{Given: true, Solved: true}}, visit.Solved},
		{ticket.Ticket{State: ticket.Closed, AnsweredAt: now}, visit.Solved}, // nobody objected
		{ticket.Ticket{State: ticket.Closed, AnsweredAt: now, Rating: ticket.Rating{Given: true}}, visit.Open},
		{ticket.Ticket{State: ticket.Closed}, visit.Open}, // withdrawn
		{ticket.Ticket{State: ticket.Rejected}, visit.Explained},
	} {
		if got := visit.OfCase(row.c); got != row.want {
			t.Errorf("%+v: %q, want %q", row.c, got, row.want)
		}
	}
}
