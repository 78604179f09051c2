package web_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"liaison/handlers"
	"liaison/ticket"
	"liaison/ticket/route"
)

type caseList struct {
	Tickets []struct{ ID, Text, State string }
	More    bool
}

type fullCase struct {
	ID, State, Contact string
	Version            int64
	Reasons            []string
	Rating             struct{ Score int }
	Actions            []struct{ Action string }
	Events             []struct {
		Action, Actor, Text string
		Files               []struct{ Name, URL string }
	}
}

func (f fullCase) can(action string) bool {
	for _, a := range f.Actions {
		if a.Action == action {
			return true
		}
	}
	return false
}

func TestStaffSeeTheirStation(t *testing.T) {
	t.Parallel()
	g := setup(t)
	v := g.visitor()
	here, there := g.stations()[0], g.stations()[1]
	c := g.newCase(v.chat(), here, "本站的诉求（示例）")
	agent := g.staff("甲（示例）", ticket.RoleAgent, here)
	other := g.staff("乙（示例）", ticket.RoleAgent, there)
	boss := g.staff("丙（示例）", ticket.RoleSupervisor, "")

	for name, row := range map[string]struct {
		c    *client
		sees bool
	}{"agent": {agent, true}, "agent elsewhere": {other, false}, "supervisor": {boss, true}} {
		list := decode[caseList](t, row.c.do("GET", "/api/staff/tickets", nil))
		if (len(list.Tickets) == 1) != row.sees {
			t.Errorf("%s lists %d cases", name, len(list.Tickets))
		}
		r := row.c.do("GET", "/api/staff/tickets/"+c.ID, nil)
		if (r.status == 200) != row.sees || !row.sees && r.status != http.StatusNotFound {
			t.Errorf("%s opens the case: %d", name, r.status)
		}
	}
	r := agent.do("GET", "/api/staff/tickets/"+c.ID, nil)
	if strings.Contains(r.body, "13800000000") || strings.Contains(r.body, c.Requester) || strings.Contains(r.body, v.chat()) {
		t.Errorf("who the requester is: %s", r.body)
	}
	if full := decode[fullCase](t, r); !full.can("accept") || !full.can("resolve") || full.can("assign") || full.can("solved") || len(full.Reasons) != 1 {
		t.Errorf("got %+v", full)
	}
	if r := other.do("GET", "/api/staff/tickets?station="+here, nil); r.status != http.StatusForbidden {
		t.Errorf("list of another station: %d", r.status)
	}
	if r := other.do("POST", "/api/staff/tickets/"+c.ID+"/act", map[string]string{"action": "accept"}); r.status != http.StatusNotFound {
		t.Errorf("act on a case of another station: %d", r.status)
	}
	if r := agent.do("POST", "/api/staff/invites", map[string]string{"role": "agent", "station": here, "label": "丁"}); r.status != http.StatusForbidden {
		t.Errorf("an agent invites: %d", r.status)
	}
	if r := g.visitor().do("GET", "/api/staff/tickets", nil); r.status != http.StatusUnauthorized {
		t.Errorf("a visitor lists cases: %d", r.status)
	}
	// The station's name is no way round: without one, nothing is listed.
	g.update(func(tx handlers.Tx) error {
		all, err := tx.Members(t.Context(), ticket.RoleAgent, here)
		if err != nil {
			return err
		}
		return tx.RemoveMembership(t.Context(), all[0])
	})
	if r := agent.do("GET", "/api/staff/tickets", nil); r.status != http.StatusForbidden {
		t.Errorf("after the membership was taken away: %d", r.status)
	}
}

// TestStaffSuggested: what routing suggests is there to be taken while the case can
// be transferred, and is gone afterwards.
func TestStaffSuggested(t *testing.T) {
	t.Parallel()
	g := setup(t)
	here, there := g.stations()[0], g.stations()[1]
	c := g.newCase(g.visitor().chat(), here, "手头周转不开（示例）",
		ticket.Reason{Code: route.RuleTriage, Value: here}, ticket.Reason{Code: route.StationSuggested, Value: there + " 62%"},
		ticket.Reason{Code: route.StationSuggested, Value: "gone 9%"})
	g.staff("丁（示例）", ticket.RoleAgent, there)
	boss := g.staff("丙（示例）", ticket.RoleSupervisor, "")
	at := "/api/staff/tickets/" + c.ID
	type suggested struct{ Suggested []struct{ ID string } }
	if got := decode[suggested](t, boss.do("GET", at, nil)).Suggested; len(got) != 1 || got[0].ID != there {
		t.Fatalf("suggested %v, want %s", got, there)
	}
	r := boss.do("POST", at+"/act", map[string]string{"action": "transfer", "station": there, "text": "采纳派单建议"})
	if r.status != http.StatusOK {
		t.Fatalf("transfer: %d %s", r.status, r.body)
	}
	if got := decode[suggested](t, boss.do("GET", at, nil)).Suggested; len(got) != 0 {
		t.Errorf("after the transfer %v", got)
	}
}

func TestStaffFilter(t *testing.T) {
	t.Parallel()
	g := setup(t)
	chat := g.visitor().chat()
	here, there := g.stations()[0], g.stations()[1]
	one := g.newCase(chat, here, "路灯不亮（示例）")
	g.newCase(chat, there, "排水不畅（示例）")
	boss := g.staff("丙（示例）", ticket.RoleSupervisor, "")
	for _, row := range []struct {
		query string
		want  int
	}{
		{"", 2}, {"station=" + here, 1}, {"station=nowhere", 0}, {"state=assigned", 2}, {"state=closed", 0}, {"state=assigned&state=closed", 2},
		{"kind=complaint", 2}, {"kind=inquiry", 0}, {"q=路灯", 1}, {"q=" + one.ID, 1}, {"q=cx+" + strings.ReplaceAll(one.ID[3:], "-", "+"), 1}, {"q=%25", 0}, {"overdue=1", 0}, {"open=1", 2}, {"offset=1", 1}, {"state=", 2},
	} {
		r := boss.do("GET", "/api/staff/tickets?"+strings.ReplaceAll(row.query, "路灯", "%E8%B7%AF%E7%81%AF"), nil)
		if list := decode[caseList](t, r); r.status != 200 || len(list.Tickets) != row.want {
			t.Errorf("%q: %d with %d cases, want %d", row.query, r.status, len(list.Tickets), row.want)
		}
	}
	for _, query := range []string{"state=nothing", "kind=nothing", "offset=-1", "offset=x", "q=" + strings.Repeat("x", 101)} {
		if r := boss.do("GET", "/api/staff/tickets?"+query, nil); r.status != http.StatusUnprocessableEntity {
			t.Errorf("%q: %d", query, r.status)
		}
	}
	g.advance(time.Hour) // within the session, and still before the deadline
	if list := decode[caseList](t, boss.do("GET", "/api/staff/tickets?overdue=1", nil)); len(list.Tickets) != 0 {
		t.Errorf("%d cases overdue after an hour", len(list.Tickets))
	}
	g.advance(20 * 24 * time.Hour)
	boss = g.staff("丙（示例）", ticket.RoleSupervisor, "")
	if list := decode[caseList](t, boss.do("GET", "/api/staff/tickets?overdue=1", nil)); len(list.Tickets) != 2 {
		t.Errorf("%d cases overdue after twenty days", len(list.Tickets))
	}
}

func TestStaffAct(t *testing.T) {
	t.Parallel()
	g := setup(t)
	v := g.visitor()
	here, there := g.stations()[0], g.stations()[1]
	c := g.newCase(v.chat(), here, "本站的诉求（示例）")
	agent := g.staff("甲（示例）", ticket.RoleAgent, here)
	at := "/api/staff/tickets/" + c.ID
	before := decode[fullCase](t, agent.do("GET", at, nil))
	told := v.events("/api/chat/events")

	for name, row := range map[string]struct {
		fields map[string]string
		status int
		field  string
	}{
		"no text":         {map[string]string{"action": "reply", "text": "  "}, 422, "text"},
		"no action":       {map[string]string{"text": "x"}, 422, "action"},
		"no station":      {map[string]string{"action": "transfer", "text": "x"}, 422, "station"},
		"unknown station": {map[string]string{"action": "transfer", "text": "x", "station": "nowhere"}, 422, "station"},
		"too long":        {map[string]string{"action": "reply", "text": strings.Repeat("长", ticket.MaxText+1)}, 422, "long"},
		"old version":     {map[string]string{"action": "reply", "text": "x", "version": "1"}, 409, ""},
		"not for agents":  {map[string]string{"action": "assign", "station": there}, 403, ""},
	} {
		r := agent.do("POST", at+"/act", row.fields)
		p := decode[struct{ Field, Message string }](t, r)
		if r.status != row.status || p.Field != row.field || p.Message == "" {
			t.Errorf("%s: %d %s", name, r.status, r.body)
		}
	}

	r := agent.upload(at+"/act", map[string]string{"action": "reply", "text": "附照片（示例）", "version": itoa(before.Version)}, "现场.png", photo)
	after := decode[fullCase](t, r)
	if r.status != 200 || after.State != "in_progress" || len(after.Events) != len(before.Events)+2 {
		t.Fatalf("%d %s", r.status, r.body)
	}
	last := after.Events[len(after.Events)-1]
	if last.Actor != "甲（示例）" || last.Text != "附照片（示例）" || len(last.Files) != 1 {
		t.Errorf("event %+v", last)
	}
	e := await(t, told, "the reply", isLine("bot", "附照片（示例）"))
	l := decode[line](t, response{body: e.data})
	if len(l.Files) != 1 {
		t.Fatalf("the requester gets no file: %s", e.data)
	}
	if r := v.do("GET", l.Files[0].URL, nil); r.body != photo {
		t.Errorf("the requester's file: %d", r.status)
	}
	if r := agent.do("GET", last.Files[0].URL, nil); r.body != photo {
		t.Errorf("the agent's file: %d", r.status)
	}
	other := g.staff("乙（示例）", ticket.RoleAgent, there)
	if r := other.do("GET", last.Files[0].URL, nil); r.status != http.StatusNotFound {
		t.Errorf("another station's agent gets the file: %d", r.status)
	}
	if r := v.do("GET", last.Files[0].URL, nil); r.status != http.StatusUnauthorized {
		t.Errorf("a visitor gets it under the case's address: %d", r.status)
	}

	// Resolved, a further reply is not possible, and the answer says what is.
	agent.do("POST", at+"/act", map[string]string{"action": "resolve", "text": "已办结（示例）"})
	r = agent.do("POST", at+"/act", map[string]string{"action": "reply", "text": "还有一句"})
	p := decode[struct{ State, Message string }](t, r)
	if r.status != http.StatusConflict || p.State != "answered" || !strings.Contains(p.Message, "已答复") {
		t.Errorf("reply after the answer: %d %s", r.status, r.body)
	}
}

// Supervisors see what needs a look, and agents do not.
func TestWatch(t *testing.T) {
	t.Parallel()
	g := setup(t)
	v := g.visitor()
	here, there := g.stations()[0], g.stations()[1]
	c := g.newCase(v.chat(), here, "本站的诉求（示例）")
	boss, agent := g.staff("丙（示例）", ticket.RoleSupervisor, ""), g.staff("甲（示例）", ticket.RoleAgent, here)
	if r := agent.do("GET", "/api/staff/watch", nil); r.status != http.StatusForbidden {
		t.Errorf("an agent: %d", r.status)
	}
	concerns := func() (ids []string) {
		t.Helper()
		r := boss.do("GET", "/api/staff/watch", nil)
		got := decode[struct {
			Concerns []struct {
				ID, Name string
				Tickets  []struct{ ID string }
			}
		}](t, r)
		if r.status != 200 || len(got.Concerns) != len(ticket.Concerns) || strings.Contains(r.body, c.Requester) {
			t.Fatalf("%d %s", r.status, r.body)
		}
		for _, k := range got.Concerns {
			for _, found := range k.Tickets {
				if found.ID != c.ID || k.Name == "" {
					t.Errorf("%s has %s", k.ID, found.ID)
				}
				ids = append(ids, k.ID)
			}
		}
		return ids
	}
	g.staff("丁（示例）", ticket.RoleAgent, there)
	act := func(fields map[string]string) {
		t.Helper()
		if r := boss.do("POST", "/api/staff/tickets/"+c.ID+"/act", fields); r.status != 200 {
			t.Fatalf("%s: %d %s", fields["action"], r.status, r.body)
		}
	}
	act(map[string]string{"action": "take_over"})
	act(map[string]string{"action": "extend", "text": "等检测报告", "until": g.now().AddDate(0, 0, 40).Format(time.DateOnly)})
	// What a step is not about is left aside, whatever the page sends.
	act(map[string]string{"action": "urge", "text": "请今天内联系企业", "station": "nowhere", "until": "2099-01-01", "case": "CX-1"})
	if r := boss.do("GET", "/api/staff/tickets/"+c.ID, nil); strings.Contains(r.body, "nowhere") || strings.Contains(r.body, "2099") || strings.Contains(r.body, "CX-1\"") {
		t.Errorf("in the history: %s", r.body)
	}
	act(map[string]string{"action": "comment", "text": "已电话沟通"})
	if got := concerns(); !slices.Equal(got, []string{"asking"}) {
		t.Errorf("with an extension asked for: %v", got)
	}
	act(map[string]string{"action": "grant"})
	act(map[string]string{"action": "assign", "station": there})
	act(map[string]string{"action": "assign", "station": here})
	if got := concerns(); len(got) == 0 || got[len(got)-1] != "moving" {
		t.Errorf("assigned again and again: %v", got)
	}
	g.advance(60 * 24 * time.Hour)
	boss = g.staff("丙（示例）", ticket.RoleSupervisor, "")
	if got := concerns(); !slices.Equal(got, []string{"late", "moving"}) {
		t.Errorf("two months later: %v", got)
	}
}

func TestStaffOwnCase(t *testing.T) {
	t.Parallel()
	g := setup(t)
	here := g.stations()[0]
	v := g.visitor()
	c := g.newCase(v.chat(), here, "自己提的诉求（示例）")
	var code string
	g.update(func(tx handlers.Tx) error {
		if err := tx.AddMembership(t.Context(), handlers.Membership{Person: c.Requester, Role: ticket.RoleAgent, Station: here}); err != nil {
			return err
		}
		var err error
		code, err = g.desk.LoginCode(t.Context(), tx, c.Requester)
		return err
	})
	if r := v.do("POST", "/api/staff/login", map[string]string{"code": code}); r.status != 200 {
		t.Fatalf("login: %d %s", r.status, r.body)
	}
	if r := v.do("GET", "/api/staff/tickets/"+c.ID, nil); r.status != http.StatusNotFound {
		t.Errorf("reads what colleagues write about the own case: %d %s", r.status, r.body)
	}
	other := g.newCase(g.visitor().chat(), here, "别人提的诉求（示例）")
	if r := v.do("GET", "/api/staff/tickets", nil); strings.Contains(r.body, c.ID) || !strings.Contains(r.body, other.ID) {
		t.Errorf("the list of who has a case here: %s", r.body)
	}
	if r := v.do("POST", "/api/staff/tickets/"+c.ID+"/act", map[string]string{"action": "resolve", "text": "x"}); r.status != http.StatusNotFound {
		t.Errorf("works the own case: %d %s", r.status, r.body)
	}
	// So it is with one at another station.
	elsewhere := g.newCase(v.chat(), g.stations()[1], "提到别的联络站（示例）")
	if r := v.do("GET", "/api/staff/tickets/"+elsewhere.ID, nil); r.status != http.StatusNotFound {
		t.Errorf("opens the own case elsewhere: %d", r.status)
	}
}

func TestStaffEvents(t *testing.T) {
	t.Parallel()
	g := setup(t)
	chat := g.visitor().chat()
	here, there := g.stations()[0], g.stations()[1]
	agent := g.staff("甲（示例）", ticket.RoleAgent, here)
	other := g.staff("乙（示例）", ticket.RoleAgent, there)
	heard, elsewhere := agent.events("/api/staff/events"), other.events("/api/staff/events")
	ready := func(e event) bool { return e.name == "ready" }
	await(t, heard, "the beginning", ready)
	await(t, elsewhere, "the beginning", ready)

	c := g.newCase(chat, here, "本站的诉求（示例）")
	about := func(e event) bool { return e.name == "ticket" && strings.Contains(e.data, c.ID) }
	await(t, heard, "the new case", about)
	g.update(func(tx handlers.Tx) error {
		return tx.AddGap(t.Context(), handlers.Missed{Question: "问题（示例）", Reason: handlers.Refused, At: g.now()})
	})
	if e := await(t, elsewhere, "something", func(event) bool { return true }); e.name != "gap" {
		t.Errorf("another station hears %v", e)
	}
	// Moved on, the case is news for both: here it is gone, there it has come.
	if r := agent.do("POST", "/api/staff/tickets/"+c.ID+"/act", map[string]string{"action": "transfer", "text": "理由", "station": there}); r.status != 200 {
		t.Fatalf("transfer: %d %s", r.status, r.body)
	}
	await(t, heard, "that it has gone", about)
	await(t, elsewhere, "that it has come", about)
}

func TestGapsAndInvitations(t *testing.T) {
	t.Parallel()
	g := setup(t)
	here := g.stations()[0]
	boss := g.staff("丙（示例）", ticket.RoleSupervisor, "")
	g.update(func(tx handlers.Tx) error {
		return tx.AddGap(t.Context(), handlers.Missed{Question: "哪里可以充电？（示例）", Reason: handlers.Unhelpful, At: g.now()})
	})
	type gapList struct {
		Gaps []struct {
			ID       string
			Wordings []struct{ Reason string }
		}
	}
	list := decode[gapList](t, boss.do("GET", "/api/staff/gaps", nil))
	if len(list.Gaps) != 1 || list.Gaps[0].Wordings[0].Reason != "unhelpful" {
		t.Fatalf("got %+v", list)
	}
	if r := boss.do("POST", "/api/staff/gaps/"+list.Gaps[0].ID+"/close", nil); r.status != http.StatusNoContent {
		t.Errorf("close: %d %s", r.status, r.body)
	}
	if list = decode[gapList](t, boss.do("GET", "/api/staff/gaps", nil)); len(list.Gaps) != 0 {
		t.Errorf("still there: %+v", list)
	}
	if r := boss.do("POST", "/api/staff/gaps/nothing/close", nil); r.status != http.StatusNotFound {
		t.Errorf("close what is not there: %d", r.status)
	}

	for field, in := range map[string]map[string]string{
		"label": {"role": "agent", "station": here}, "station": {"role": "agent", "label": "丁"}, "role": {"role": "requester", "label": "丁"},
	} {
		if r := boss.do("POST", "/api/staff/invites", in); r.status != 422 || !strings.Contains(r.body, `"field":"`+field+`"`) {
			t.Errorf("without %s: %d %s", field, r.status, r.body)
		}
	}
	r := boss.do("POST", "/api/staff/invites", map[string]string{"role": "agent", "station": here, "label": "丁（示例）"})
	made := decode[struct{ Code string }](t, r)
	if r.status != http.StatusCreated || made.Code == "" {
		t.Fatalf("invite: %d %s", r.status, r.body)
	}
	colleague := g.client()
	if r := colleague.do("POST", "/api/staff/login", map[string]string{"code": strings.ToLower(made.Code)}); r.status != 200 {
		t.Errorf("login with the invitation: %d %s", r.status, r.body)
	}
	me := decode[struct {
		Label, Role string
		Stations    []struct{ ID string }
	}](t, colleague.do("GET", "/api/staff/me", nil))
	if me.Label != "丁（示例）" || me.Role != "agent" || len(me.Stations) != 1 || me.Stations[0].ID != here {
		t.Errorf("me: %+v", me)
	}
	if r := g.client().do("POST", "/api/staff/login", map[string]string{"code": made.Code}); r.status != 422 {
		t.Errorf("the same invitation again: %d", r.status)
	}
}

// A supervisor accepts a case where it is, whatever station the page names.
func TestAcceptNamesNoStation(t *testing.T) {
	t.Parallel()
	g := setup(t)
	here, there := g.stations()[0], g.stations()[1]
	c := g.newCase(g.visitor().chat(), here, "本站的诉求（示例）")
	boss := g.staff("丙（示例）", ticket.RoleSupervisor, "")
	if r := boss.do("POST", "/api/staff/tickets/"+c.ID+"/act", map[string]string{"action": "accept", "station": there}); r.status != 200 {
		t.Fatalf("%d %s", r.status, r.body)
	}
	g.update(func(tx handlers.Tx) error {
		after, err := tx.Ticket(t.Context(), c.ID)
		if after.Station != here || after.Holder != here {
			t.Errorf("accepted, it is at %q, held by %q", after.Station, after.Holder)
		}
		return err
	})
}

// The history names every colleague, also one of a station that helps.
func TestHistoryNamesColleagues(t *testing.T) {
	t.Parallel()
	g := setup(t)
	here, there := g.stations()[0], g.stations()[1]
	c := g.newCase(g.visitor().chat(), here, "路灯不亮（示例）")
	lead := g.staff("甲（示例）", ticket.RoleAgent, here)
	helper := g.staff("乙（示例）", ticket.RoleAgent, there)
	at := "/api/staff/tickets/" + c.ID
	var after fullCase
	for _, step := range []struct {
		by     *client
		fields map[string]string
	}{
		{lead, map[string]string{"action": "accept"}},
		{lead, map[string]string{"action": "involve", "station": there, "text": "请协办（示例）"}},
		{helper, map[string]string{"action": "report", "text": "已看过（示例）"}},
	} {
		r := step.by.do("POST", at+"/act", step.fields)
		if r.status != http.StatusOK {
			t.Fatalf("%v: %d %s", step.fields, r.status, r.body)
		}
		after = decode[fullCase](t, r)
	}
	if last := after.Events[len(after.Events)-1]; last.Action != "report" || last.Actor != "乙（示例）" {
		t.Errorf("the last event is %+v", last)
	}
}
