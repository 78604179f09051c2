package web_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"liaison/handlers"
	"liaison/ticket"
)

type rosterPage struct {
	Stations []struct {
		Station struct{ ID string }
		Why     string
		Today   []string
		Agents  []struct {
			Person, Label string
			There, Manage bool
			Days          []string
			Away          *struct{ Deputy string }
		}
	}
	Supervisors  []struct{ Person string }
	Empty        []struct{ ID string }
	Deputy, Pool int
}

// Agents make the roster of their station and enter their own absence; supervisors
// those of all, and take a membership away. Cases follow.
func TestRoster(t *testing.T) {
	t.Parallel()
	g := setup(t)
	here, there := g.stations()[2], g.stations()[3]
	a, b := g.staff("甲（示例）", ticket.RoleAgent, here), g.staff("乙（示例）", ticket.RoleAgent, here)
	other, boss := g.staff("丙（示例）", ticket.RoleAgent, there), g.staff("督（示例）", ticket.RoleSupervisor, "")
	c := g.newCase(g.visitor().chat(), here, "本站的诉求（示例）")
	page := func(c *client) rosterPage { return decode[rosterPage](t, c.do("GET", "/api/staff/roster", nil)) }
	post := func(c *client, what string, fields map[string]any, want int) (p rosterPage) {
		t.Helper()
		r := c.do("POST", "/api/staff/roster/"+what, fields)
		if r.status != want {
			t.Fatalf("%s %v: %d %s, want %d", what, fields, r.status, r.body, want)
		}
		if r.status == http.StatusOK {
			p = decode[rosterPage](t, r)
		}
		return p
	}
	p := page(a)
	if len(p.Stations) != 1 || p.Stations[0].Station.ID != here || len(p.Stations[0].Agents) != 2 || len(p.Empty) != 0 {
		t.Fatalf("an agent sees %+v", p)
	}
	if p := page(boss); len(p.Stations) != 2 || len(p.Empty) != len(g.stations())-2 {
		t.Errorf("a supervisor sees %+v", p)
	}
	first, second := p.Stations[0].Agents[1], p.Stations[0].Agents[0] // sorted by label: 乙, 甲
	if first.Label != "甲（示例）" || !first.Manage || second.Manage || !second.There {
		t.Errorf("the agents are %+v", p.Stations[0].Agents)
	}
	// On duty.
	today := string(handlers.DayOf(g.now()))
	p = post(b, "duty", map[string]any{"station": here, "person": first.Person, "day": today, "on": true}, 200)
	if got := p.Stations[0]; !slices.Equal(got.Today, []string{first.Label}) || !slices.Equal(got.Agents[1].Days, []string{today}) {
		t.Errorf("on duty: %+v", got)
	}
	post(other, "duty", map[string]any{"station": here, "person": first.Person, "day": "1", "on": true}, 403)
	for _, day := range []string{"", "8", "0", "1x", "2020-01-01", "2026-13-01", "tomorrow"} {
		post(b, "duty", map[string]any{"station": here, "person": first.Person, "day": day, "on": true}, 422)
	}
	post(boss, "duty", map[string]any{"station": there, "person": first.Person, "day": "1", "on": true}, 422) // no agent there
	p = post(boss, "duty", map[string]any{"station": here, "person": first.Person, "day": today, "on": false}, 200)
	if len(p.Stations[0].Today) != 0 {
		t.Errorf("taken off duty: %+v", p.Stations[0])
	}
	// Away: the case that is worked goes to the deputy.
	act := func(c *client, id string, fields map[string]string, want int) response {
		t.Helper()
		r := c.do("POST", "/api/staff/tickets/"+id+"/act", fields)
		if r.status != want {
			t.Fatalf("%v: %d %s, want %d", fields, r.status, r.body, want)
		}
		return r
	}
	assignee := func() string {
		t.Helper()
		return decode[struct{ Assignee string }](t, boss.do("GET", "/api/staff/tickets/"+c.ID, nil)).Assignee
	}
	act(a, c.ID, map[string]string{"action": "accept"}, 200)
	until := string(handlers.DayOf(g.now().AddDate(0, 0, 3)))
	post(b, "away", map[string]any{"person": first.Person}, 403)
	post(a, "away", map[string]any{"person": first.Person, "until": today}, 422)
	post(a, "away", map[string]any{"person": first.Person, "deputy": "nobody"}, 422)
	p = post(boss, "away", map[string]any{"person": first.Person, "until": until, "deputy": second.Person}, 200)
	if p.Deputy != 1 || p.Pool != 0 || assignee() != second.Label {
		t.Errorf("handed over: %+v, now with %s", p, assignee())
	}
	act(a, c.ID, map[string]string{"action": "hand", "person": first.Person, "text": "x"}, 422) // who is away
	post(b, "back", map[string]any{"person": first.Person}, 403)
	post(a, "back", map[string]any{"person": first.Person}, 200)
	act(b, c.ID, map[string]string{"action": "hand", "person": first.Person, "text": "您熟悉"}, 200)
	if assignee() != first.Label {
		t.Errorf("handed to %s", assignee())
	}
	// The membership ends: the case is left to the colleagues.
	post(b, "dismiss", map[string]any{"person": first.Person, "station": here}, 403)
	p = post(boss, "dismiss", map[string]any{"person": first.Person, "station": here}, 200)
	if p.Pool != 1 || assignee() != "" {
		t.Errorf("dismissed: %+v, now with %q", p, assignee())
	}
	if r := a.do("GET", "/api/staff/me", nil); r.status != 403 {
		t.Errorf("who was dismissed gets %d", r.status)
	}
	// The last one goes: nothing can be sent there, and the answer says who could take it.
	act(b, c.ID, map[string]string{"action": "reply", "text": "在办（示例）"}, 200)
	post(b, "away", map[string]any{"person": second.Person}, 200)
	d := g.newCase(g.visitor().chat(), there, "别站的诉求（示例）")
	r := act(other, d.ID, map[string]string{"action": "transfer", "station": here, "text": "x"}, 422)
	if !strings.Contains(r.body, "工作人员都已离岗") || !strings.Contains(r.body, "unreached") {
		t.Errorf("the refusal says %s", r.body)
	}
	if p := page(boss); p.Stations[0].Why == "" {
		t.Errorf("the page shows %+v", p.Stations[0])
	}
	g.advance(4 * 24 * time.Hour)
}

// Who works in two accounts stands on the page once, as the one who can be told, and
// manages the absence from either.
func TestRosterTwoAccounts(t *testing.T) {
	t.Parallel()
	g := setup(t)
	here := g.stations()[2]
	a := g.staff("甲（示例）", ticket.RoleAgent, here)
	boss := g.staff("督（示例）", ticket.RoleSupervisor, "")
	page := func(c *client) rosterPage { return decode[rosterPage](t, c.do("GET", "/api/staff/roster", nil)) }
	console := page(a).Stations[0].Agents[0].Person
	chat := ""
	g.update(func(tx handlers.Tx) error {
		p, err := tx.Touch(t.Context(), handlers.Telegram, "7", "7", g.now())
		if err != nil {
			return err
		}
		chat = p.ID
		code, err := g.desk.LoginCode(t.Context(), tx, console)
		if err != nil {
			return err
		}
		if _, err := g.desk.Redeem(t.Context(), tx, chat, code); err != nil {
			return err
		}
		return tx.AddDuty(t.Context(), handlers.Duty{Station: here, Day: handlers.DayOf(g.now()), Person: console})
	})
	agents := page(a).Stations[0].Agents
	if len(agents) != 1 || agents[0].Person != chat || !agents[0].Manage || len(agents[0].Days) != 1 {
		t.Errorf("on the page stand %+v", agents)
	}
	if today := page(boss).Stations[0].Today; len(today) != 1 {
		t.Errorf("on duty are %v", today)
	}
	if r := a.do("POST", "/api/staff/roster/away", map[string]any{"person": chat}); r.status != http.StatusOK {
		t.Errorf("away: %d %s", r.status, r.body)
	}
	if r := boss.do("POST", "/api/staff/roster/dismiss", map[string]any{"person": chat, "station": here}); r.status != http.StatusOK {
		t.Errorf("dismissed: %d %s", r.status, r.body)
	}
	if r := a.do("GET", "/api/staff/me", nil); r.status != http.StatusForbidden {
		t.Errorf("who was dismissed gets %d in the console", r.status)
	}
}

// The page in a browser.
func TestBrowserRoster(t *testing.T) {
	t.Parallel()
	g := inBrowser(t)
	if g == nil {
		return
	}
	here := g.stations()[2]
	a := g.staff("甲（示例）", ticket.RoleAgent, here)
	g.staff("乙（示例）", ticket.RoleAgent, here)
	c := g.newCase(g.visitor().chat(), here, "本站的诉求（示例）")
	if r := a.do("POST", "/api/staff/tickets/"+c.ID+"/act", map[string]string{"action": "accept"}); r.status != 200 {
		t.Fatal(r.body)
	}
	b := g.browser()
	b.window(1280, 900, "light")
	b.open(g.http.URL + "/staff/")
	b.see("the login", `!document.getElementById('viewLogin').hidden`)
	b.fill("code", g.staffCode("督（示例）", ticket.RoleSupervisor, ""))
	b.do(enter(0))
	b.see("the tab", `!document.getElementById('tabs').hidden`)
	b.do(click("#tabRoster"))
	b.see("the station", `document.querySelectorAll('#roster tbody tr').length === 2`)
	b.see("the empty stations", `[...document.querySelectorAll("#roster .notice")].map((n) => n.innerText).join().includes('改派别处')`)
	b.do(click(`#roster tbody tr:first-child td:nth-child(2) input`))
	b.see("the saved box", `document.querySelector('#roster tbody tr:first-child td:nth-child(2) input').checked && document.querySelector('#toasts').innerText.includes('已保存')`)
	b.do(click(`#roster .person:last-child > button`))
	b.see("the form", `!document.querySelector('#roster .person:last-child form').hidden`)
	b.shot("1-roster")
	b.fits("the roster")
	b.do(click(`#roster .person:last-child form button`))
	b.see("who is away", `document.querySelector('#roster .person:last-child .chip').innerText === '离岗'`)
	b.see("what became of the case", `document.querySelector('#toasts').innerText.includes('留给同事 1 件')`)
	b.window(375, 700, "dark")
	b.shot("2-narrow")
	b.fits("the roster on a telephone")
	b.window(1280, 900, "light")
	// The case can be handed to the colleague who is there, and to nobody else.
	b.do(click(`#tabs a`))
	b.see("the case", `document.querySelectorAll('#tickets a').length === 1`)
	b.do(click(`#tickets a`))
	b.see("handing over", `document.querySelector('#work input[value="hand"]') !== null`)
	b.do(click(`#work input[value="hand"]`))
	b.see("the colleague", `[...document.querySelectorAll('#work-person option')].map((o) => o.innerText).join() === '留给本站同事接手,乙（示例）'`)
	b.shot("3-hand")
}
