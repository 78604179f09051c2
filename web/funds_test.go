package web_test

import (
	"encoding/csv"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"liaison/handlers"
	"liaison/ticket"
	"liaison/ticket/workday"
)

// newFunds makes a financing request at the station.
func (g *rig) newFunds(chat, station, text string, f ticket.Funds) (c ticket.Ticket) {
	g.t.Helper()
	clock, err := workday.New(workday.Options{})
	if err != nil {
		g.t.Fatal(err)
	}
	cases := ticket.NewService(ticket.Everywhere(clock, ticket.DefaultPolicy()), g.now)
	g.update(func(tx handlers.Tx) error {
		p, err := tx.Touch(g.t.Context(), handlers.Web, chat, chat, g.now())
		if err != nil {
			return err
		}
		c, err = cases.Submit(g.t.Context(), tx, ticket.Ticket{Kind: ticket.Financing, Town: "zhouxiang", Funds: &f},
			ticket.Step{Actor: p.ID, Role: ticket.RoleRequester, Text: text}, ticket.Routed{Station: station})
		return err
	})
	return c
}

type fundsCase struct {
	fullCase
	Funds struct {
		Facts    []handlers.Fact
		Products []string
		Result   string
	}
}

var product = ticket.Product{Unit: "d#u", Title: "=知识产权质押贷款", Why: []ticket.Reason{{Code: string(ticket.Patents), Value: "知识产权质押"}}}

// The result of a financing request is recorded in the console, before the answer.
func TestFundsRecord(t *testing.T) {
	t.Parallel()
	g := setup(t)
	v := g.visitor()
	c := g.newFunds(v.chat(), "finance-centre", "购置设备（示例）", ticket.Funds{Amount: 500_000, Months: 12, Guarantees: []ticket.Guarantee{ticket.Pledge}, Has: []ticket.Qualification{ticket.Patents}, Products: []ticket.Product{product}})
	agent := g.staff("甲（示例）", ticket.RoleAgent, "finance-centre")
	at := "/api/staff/tickets/" + c.ID
	full := decode[fundsCase](t, agent.do("GET", at, nil))
	var facts []string
	for _, f := range full.Funds.Facts {
		facts = append(facts, f.Name+"="+f.Value)
	}
	if want := []string{"金额=50万元", "期限=1年", "担保方式=质押", "企业条件=知识产权"}; !slices.Equal(facts, want) || len(full.Funds.Products) != 1 || full.Funds.Result != "" {
		t.Errorf("the case says %q, %q", facts, full.Funds)
	}
	if english := agent.do("GET", at, nil, "Accept-Language", "en"); !strings.Contains(english.body, `"CNY 500,000"`) || !strings.Contains(english.body, `"12 months"`) {
		t.Errorf("in English: %s", english.body)
	}
	granted := func(change ...string) map[string]string {
		fields := map[string]string{"action": "record", "result": "granted", "amount": "30万", "rate": "3.85%", "months": "12个月", "lender": "finance-centre"}
		for i := 0; i < len(change); i += 2 {
			fields[change[i]] = change[i+1]
		}
		return fields
	}
	for name, row := range map[string]struct {
		fields map[string]string
		field  string
	}{
		"answered first":   {map[string]string{"action": "resolve", "text": "见结果"}, "result"},
		"no result":        {granted("result", ""), "result"},
		"no such result":   {granted("result", "perhaps"), "result"},
		"no amount":        {granted("amount", "很多"), "amount"},
		"bare amount":      {granted("amount", "30"), "amount"},
		"no rate":          {granted("rate", "优惠"), "rate"},
		"usury":            {granted("rate", "385"), "rate"},
		"no term":          {granted("months", "12"), "months"},
		"no lender":        {granted("lender", ""), "lender"},
		"unknown lender":   {granted("lender", "moon"), "lender"},
		"refused, no why":  {map[string]string{"action": "record", "result": "refused"}, "text"},
		"refused, long":    {map[string]string{"action": "record", "result": "refused", "text": strings.Repeat("长", ticket.MaxText+1)}, "long"},
		"not a text field": {map[string]string{"action": "record", "result": "refused", "text": "a\x00"}, "form"},
	} {
		r := agent.do("POST", at+"/act", row.fields)
		if p := decode[struct{ Field, Message string }](t, r); r.status != http.StatusUnprocessableEntity || p.Field != row.field || p.Message == "" {
			t.Errorf("%s: %d %s, want field %q", name, r.status, r.body, row.field)
		}
	}
	for name, row := range map[string]struct {
		by     *client
		status int
	}{
		"a visitor":          {g.visitor(), http.StatusUnauthorized},
		"an agent of others": {g.staff("乙（示例）", ticket.RoleAgent, "town-henghe"), http.StatusNotFound},
	} {
		if r := row.by.do("POST", at+"/act", granted()); r.status != row.status {
			t.Errorf("%s records: %d", name, r.status)
		}
	}
	complaint := g.newCase(v.chat(), "finance-centre", "窗口排队太久（示例）")
	if r := agent.do("POST", "/api/staff/tickets/"+complaint.ID+"/act", granted()); r.status != http.StatusConflict {
		t.Errorf("of a complaint: %d %s", r.status, r.body)
	}

	r := agent.do("POST", at+"/act", granted())
	full = decode[fundsCase](t, r)
	const want = "已获批 30万元，年利率 3.85%，期限1年，由市普惠金融服务中心（示例）办理"
	if r.status != http.StatusOK || full.Funds.Result != want || full.State != "accepted" {
		t.Fatalf("recorded: %d %s", r.status, r.body)
	}
	if !strings.Contains(r.body, `"action":"record"`) || strings.Count(r.body, want) != 2 {
		t.Errorf("the history lacks the result: %s", r.body)
	}
	told := v.events("/api/chat/events")
	if r := agent.do("POST", at+"/act", map[string]string{"action": "resolve", "text": "请来签约（示例）"}); r.status != http.StatusOK {
		t.Fatalf("answered: %d %s", r.status, r.body)
	}
	await(t, told, "the answer with the result", isLine("bot", want))
}

// The report is of the cases that the colleague sees, and of the period.
func TestFundsReport(t *testing.T) {
	t.Parallel()
	g := setup(t)
	chat := g.visitor().chat()
	one := g.newFunds(chat, "finance-centre", "购置设备（示例）", ticket.Funds{Amount: 500_000, Products: []ticket.Product{product}})
	two := g.newFunds(chat, "town-zhouxiang", "扩建厂房（示例）", ticket.Funds{Amount: 800_000})
	g.newFunds(chat, "town-zhouxiang", "备货（示例）", ticket.Funds{})
	g.newCase(chat, "town-zhouxiang", "路灯不亮（示例）")
	g.advance(36 * time.Hour)
	agent := g.staff("甲（示例）", ticket.RoleAgent, "finance-centre")
	west := g.staff("乙（示例）", ticket.RoleAgent, "town-zhouxiang")
	boss := g.staff("丙（示例）", ticket.RoleSupervisor, "")
	if r := agent.do("POST", "/api/staff/tickets/"+one.ID+"/act", map[string]string{"action": "record", "result": "granted", "amount": "30万", "rate": "3.85", "months": "1年", "lender": "finance-centre"}); r.status != http.StatusOK {
		t.Fatal(r.body)
	}
	if r := west.do("POST", "/api/staff/tickets/"+two.ID+"/act", map[string]string{"action": "record", "result": "refused", "text": "额度已满（示例）"}); r.status != http.StatusOK {
		t.Fatal(r.body)
	}

	type line struct {
		Name                                                             string
		Count, Granted, Refused, None, Going, Asked, Asked_Refused, Lent int64
		Rate                                                             string
		Days                                                             float64
	}
	type report struct {
		From, To string
		Total    line
		Groups   map[string][]line
	}
	since := "from=" + g.now().AddDate(0, 0, -7).Format(time.DateOnly) // the default begins with the year
	all := decode[report](t, boss.do("GET", "/api/staff/financing?"+since, nil))
	if want := (line{"", 3, 1, 1, 0, 1, 1_300_000, 800_000, 300_000, "3.85%", 1.5}); all.Total != want {
		t.Errorf("in all %+v, want %+v", all.Total, want)
	}
	names := func(by string) (out []string) {
		for _, l := range all.Groups[by] {
			out = append(out, l.Name)
		}
		return out
	}
	if got := names("station"); !slices.Equal(got, []string{"周巷联络站（示例）", "市普惠金融服务中心（示例）"}) {
		t.Errorf("stations %q", got)
	}
	if got := names("town"); !slices.Equal(got, []string{"周巷镇"}) {
		t.Errorf("towns %q", got)
	}
	if got := names("product"); !slices.Equal(got, []string{"没有对应的政策条目", product.Title}) {
		t.Errorf("products %q", got)
	}
	if got := names("month"); len(got) == 0 || !slices.IsSorted(got) {
		t.Errorf("months %q", got)
	}
	if mine := decode[report](t, agent.do("GET", "/api/staff/financing?"+since, nil)); mine.Total.Count != 1 || mine.Total.Lent != 300_000 {
		t.Errorf("an agent's figures: %+v", mine.Total)
	}
	if old := decode[report](t, boss.do("GET", "/api/staff/financing?from=2020-01-01&to=2020-12-31", nil)); old.Total.Count != 0 || len(old.Groups["month"]) != 0 {
		t.Errorf("of an earlier year: %+v", old)
	}
	for _, query := range []string{"from=yesterday", "to=2026-13-01", "from=2026-02-01&to=2026-01-01"} {
		if r := boss.do("GET", "/api/staff/financing?"+query, nil); r.status != http.StatusUnprocessableEntity {
			t.Errorf("%s: %d", query, r.status)
		}
	}

	r := boss.do("GET", "/api/staff/financing.csv?by=product&lang=en&"+since, nil)
	text, ok := strings.CutPrefix(r.body, "\uFEFF")
	rows, err := csv.NewReader(strings.NewReader(text)).ReadAll()
	if r.status != http.StatusOK || !ok || err != nil || r.header.Get("Content-Type") != "text/csv; charset=utf-8" || !strings.HasPrefix(r.header.Get("Content-Disposition"), "attachment") {
		t.Fatalf("the sheet: %d %v %q, %v", r.status, r.header, r.body, err)
	}
	if len(rows) != 3 || len(rows[0]) != 11 || rows[0][0] != "Fitting clause" || rows[1][0] != "No fitting clause" {
		t.Errorf("the sheet says %q", rows)
	}
	// What begins like a formula is a text.
	if want := []string{"'" + product.Title, "1", "1", "0", "0", "0", "500000", "0", "300000", "3.85%", "1.5"}; !slices.Equal(rows[2], want) {
		t.Errorf("got %q, want %q", rows[2], want)
	}
	if r := boss.do("GET", "/api/staff/financing.csv?by=requester", nil); r.status != http.StatusUnprocessableEntity {
		t.Errorf("by requester: %d", r.status)
	}
	for _, path := range []string{"/api/staff/financing", "/api/staff/financing.csv?by=month"} {
		if r := g.visitor().do("GET", path, nil); r.status != http.StatusUnauthorized {
			t.Errorf("a visitor gets %s: %d", path, r.status)
		}
	}
}
