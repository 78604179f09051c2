package ticket_test

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"liaison/ticket"
)

func fieldOf(err error) string {
	var e *ticket.Error
	if errors.As(err, &e) {
		return e.Field
	}
	return ""
}

func TestFundsThatCannotBe(t *testing.T) {
	t.Parallel()
	for name, row := range map[string]struct {
		f     ticket.Funds
		field string
	}{
		"nothing said":       {ticket.Funds{}, ""},
		"all said":           {ticket.Funds{Amount: ticket.MinAmount, Months: ticket.MaxMonths, Guarantees: ticket.Guarantees, Has: ticket.Qualifications}, ""},
		"less than anything": {ticket.Funds{Amount: ticket.MinAmount - 1}, "amount"},
		"more than anything": {ticket.Funds{Amount: ticket.MaxAmount + 1}, "amount"},
		"owing":              {ticket.Funds{Amount: -500_000}, "amount"},
		"for ever":           {ticket.Funds{Months: ticket.MaxMonths + 1}, "months"},
		"backwards":          {ticket.Funds{Months: -1}, "months"},
		"unknown guarantee":  {ticket.Funds{Guarantees: []ticket.Guarantee{"word of honour"}}, "guarantee"},
		"long guarantee":     {ticket.Funds{Offered: strings.Repeat("房", ticket.MaxFact+1)}, "guarantee"},
		"unknown quality":    {ticket.Funds{Has: []ticket.Qualification{"luck"}}, "qualification"},
		"long quality":       {ticket.Funds{AlsoHas: strings.Repeat("奖", ticket.MaxFact+1)}, "qualification"},
	} {
		_, _, err := ticket.New(ticket.Ticket{Kind: ticket.Financing, Funds: &row.f},
			ticket.Step{Actor: "o", Role: ticket.RoleRequester, Text: "买设备"}, monday, terms(t))
		if fieldOf(err) != row.field {
			t.Errorf("%s: %v, want field %q", name, err, row.field)
		}
	}
	c, e, err := ticket.New(ticket.Ticket{Kind: ticket.Complaint, Funds: &ticket.Funds{Amount: -1}},
		ticket.Step{Actor: "o", Role: ticket.RoleRequester, Text: "路灯坏了"}, monday, terms(t))
	if err != nil || c.Funds != nil || e.Funds != nil {
		t.Errorf("a complaint asks for %v, %v (%v)", c.Funds, e.Funds, err)
	}
}

// financing is a financing request in the state.
func financing(t *testing.T, s ticket.State) ticket.Ticket {
	c := submitted(t, ticket.Financing)
	c.State, c.Station, c.Version = s, "centre", 7
	return c
}

func TestRecord(t *testing.T) {
	t.Parallel()
	granted := ticket.Outcome{Result: ticket.Granted, Amount: 300_000, Rate: 3850, Months: 12, Lender: "bank"}
	with := func(change func(*ticket.Outcome)) *ticket.Outcome {
		o := granted
		change(&o)
		return &o
	}
	for name, row := range map[string]struct {
		o     *ticket.Outcome
		text  string
		field string
	}{
		"nothing":         {nil, "", "result"},
		"no such result":  {&ticket.Outcome{Result: "maybe"}, "", "result"},
		"granted":         {&granted, "", ""},
		"no lender":       {with(func(o *ticket.Outcome) { o.Lender = "" }), "", "lender"},
		"no amount":       {with(func(o *ticket.Outcome) { o.Amount = 0 }), "", "amount"},
		"no rate":         {with(func(o *ticket.Outcome) { o.Rate = 0 }), "", "rate"},
		"usury":           {with(func(o *ticket.Outcome) { o.Rate = ticket.MaxRate + 1 }), "", "rate"},
		"no term":         {with(func(o *ticket.Outcome) { o.Months = 0 }), "", "months"},
		"refused":         {&ticket.Outcome{Result: ticket.Refused}, "征信未达要求", ""},
		"refused, no why": {&ticket.Outcome{Result: ticket.Refused}, " ", "text"},
		"no result":       {&ticket.Outcome{Result: ticket.NoResult}, "", ""},
	} {
		c, e, err := ticket.Apply(financing(t, ticket.Accepted),
			ticket.Step{Action: ticket.Record, Actor: "a", Role: ticket.RoleAgent, Text: row.text, Outcome: row.o}, monday, terms(t))
		if fieldOf(err) != row.field {
			t.Errorf("%s: %v, want field %q", name, err, row.field)
		}
		if err == nil && (c.State != ticket.Accepted || *c.Outcome != *e.Outcome || !c.Outcome.At.Equal(monday) || c.Outcome.Result != row.o.Result) {
			t.Errorf("%s: %+v by %+v", name, c.Outcome, e)
		}
	}
	// What does not belong to the result is not recorded.
	c, _, err := ticket.Apply(financing(t, ticket.Accepted), ticket.Step{
		Action: ticket.Record, Role: ticket.RoleAgent, Text: "额度已满", Outcome: with(func(o *ticket.Outcome) { o.Result = ticket.Refused }),
	}, monday, terms(t))
	if want := (ticket.Outcome{Result: ticket.Refused, Reason: "额度已满", At: monday.UTC()}); err != nil || *c.Outcome != want {
		t.Errorf("refused with figures: %+v, %v", c.Outcome, err)
	}
}

// A financing request is resolved with a result, and only such a request has one.
func TestResolvedWithAResult(t *testing.T) {
	t.Parallel()
	resolve := ticket.Step{Action: ticket.Resolve, Role: ticket.RoleAgent, Text: "见结果"}
	c := financing(t, ticket.Accepted)
	if _, _, err := ticket.Apply(c, resolve, monday, terms(t)); fieldOf(err) != "result" {
		t.Errorf("without a result: %v", err)
	}
	c.Outcome = &ticket.Outcome{Result: ticket.NoResult}
	if after, e, err := ticket.Apply(c, resolve, monday, terms(t)); err != nil || after.State != ticket.Answered || e.Outcome != nil {
		t.Errorf("with a result: %s, %+v, %v", after.State, e, err)
	}
	for _, kind := range ticket.Kinds {
		for _, state := range ticket.States {
			k := submitted(t, kind)
			k.State = state
			offered := slices.Contains(k.Offered(ticket.RoleAgent), ticket.Record)
			want := kind == ticket.Financing && (state == ticket.Answered || slices.Contains(k.Offered(ticket.RoleAgent), ticket.Resolve))
			if offered != want {
				t.Errorf("%s, %s: a result is offered to be recorded: %v", kind, state, offered)
			}
		}
	}
	if slices.Contains(c.Offered(ticket.RoleHelper), ticket.Record) || slices.Contains(c.Offered(ticket.RoleRequester), ticket.Record) {
		t.Error("a helper or the requester records the result")
	}
}

// Banks often grant after the answer: the result is recorded then too, the last one
// counts, and it changes nothing about where the case stands. What ended without an
// answer has no result.
func TestRecordAfterTheAnswer(t *testing.T) {
	t.Parallel()
	granted := &ticket.Outcome{Result: ticket.Granted, Amount: 800_000, Rate: 3450, Months: 12, Lender: "bank"}
	record := ticket.Step{Action: ticket.Record, Role: ticket.RoleAgent, Outcome: granted}
	answered := monday.Add(-24 * time.Hour)
	for name, row := range map[string]struct {
		state    ticket.State
		answered time.Time
		into     string
		can      bool
	}{
		"answered":  {ticket.Answered, answered, "", true},
		"closed":    {ticket.Closed, answered, "", true},
		"withdrawn": {ticket.Closed, time.Time{}, "", false},
		"merged":    {ticket.Closed, answered, "CX-2", false},
		"rejected":  {ticket.Rejected, time.Time{}, "", false},
	} {
		c := financing(t, row.state)
		c.AnsweredAt, c.MergedInto, c.Outcome = row.answered, row.into, &ticket.Outcome{Result: ticket.Refused, Reason: "额度已满"}
		if row.state.Terminal() {
			c.ClosedAt = answered
		}
		after, e, err := ticket.Apply(c, record, monday, terms(t))
		if (err == nil) != row.can {
			t.Errorf("%s: %v", name, err)
		}
		if err != nil {
			continue
		}
		if after.Ended() != ticket.Granted || e.Outcome == nil || after.State != row.state || !after.ClosedAt.Equal(c.ClosedAt) {
			t.Errorf("%s: %s, closed at %v, %+v", name, after.State, after.ClosedAt, after.Outcome)
		}
		if all := ticket.TallyBy([]ticket.Ticket{after}, ticket.ByAll); all[0].Granted != 1 || all[0].Refused != 0 || all[0].Lent != 800_000 {
			t.Errorf("%s: the report counts %+v", name, all[0])
		}
	}
}

func TestTally(t *testing.T) {
	t.Parallel()
	at := func(day int) time.Time { return time.Date(2026, 10, day, 12, 0, 0, 0, ticket.CST) }
	funds := func(yuan int64, units ...string) *ticket.Funds {
		f := &ticket.Funds{Amount: yuan}
		for _, u := range units {
			f.Products = append(f.Products, ticket.Product{Unit: u})
		}
		return f
	}
	cases := []ticket.Ticket{
		{Town: "a", Station: "s", CreatedAt: at(1), Funds: funds(500_000, "ip", "shop"), Outcome: &ticket.Outcome{Result: ticket.Granted, Amount: 300_000, Rate: 3000, At: at(3)}},
		{Town: "a", Station: "s", CreatedAt: at(2), Funds: funds(200_000, "ip"), Outcome: &ticket.Outcome{Result: ticket.Granted, Amount: 100_000, Rate: 5000, At: at(3)}},
		{Town: "b", Station: "s", CreatedAt: at(2), Funds: funds(800_000), Outcome: &ticket.Outcome{Result: ticket.Refused, At: at(8)}},
		{Town: "b", Station: "s2", CreatedAt: at(2), Funds: funds(0), State: ticket.Closed},                    // withdrawn
		{Town: "", Station: "s2", CreatedAt: at(31).Add(12 * time.Hour), State: ticket.Accepted},               // already November there
		{Town: "a", Station: "s", CreatedAt: at(2), Funds: funds(9), MergedInto: "CX-1", State: ticket.Closed}, // counts in the other
	}
	for i := range cases {
		cases[i].Kind = ticket.Financing
	}
	cases = append(cases, ticket.Ticket{Kind: ticket.Complaint, Town: "a"})

	all := ticket.TallyBy(cases, ticket.ByAll)
	if len(all) != 1 {
		t.Fatalf("got %+v", all)
	}
	y := all[0]
	if y.Count != 5 || y.Granted != 2 || y.Refused != 1 || y.NoResult != 1 || y.Going != 1 ||
		y.Asked != 1_500_000 || y.AskedGranted != 700_000 || y.AskedRefused != 800_000 || y.Lent != 400_000 {
		t.Errorf("in all %+v", y)
	}
	if y.Rate() != 3500 { // (300,000 at 3% and 100,000 at 5%)
		t.Errorf("average rate %d", y.Rate())
	}
	if y.Wait() != 3*24*time.Hour { // 2, 1 and 6 days
		t.Errorf("average wait %v", y.Wait())
	}
	for name, row := range map[string]struct {
		by   func(ticket.Ticket) []string
		want string
	}{
		"month":   {ticket.ByMonth, "2026-10:4 2026-11:1"},
		"town":    {ticket.ByTown, ":1 a:2 b:2"},
		"station": {ticket.ByStation, "s:3 s2:2"},
		"product": {ticket.ByProduct, ":3 ip:2 shop:1"},
	} {
		var got []string
		for _, y := range ticket.TallyBy(cases, row.by) {
			got = append(got, y.Key+":"+string(rune('0'+y.Count)))
		}
		if s := strings.Join(got, " "); s != row.want {
			t.Errorf("by %s: %s, want %s", name, s, row.want)
		}
	}
	none := ticket.TallyBy(cases[3:5], ticket.ByAll)[0]
	if none.Rate() != 0 || none.Wait() != 0 {
		t.Errorf("without results: %d, %v", none.Rate(), none.Wait())
	}
}
