package web_test

import (
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"liaison/handlers"
	"liaison/ticket"
)

type offers struct {
	Offers []struct {
		Title, Case, Text string
		Missing           []string
	}
	Near []string
}

func TestQuickReplies(t *testing.T) {
	t.Parallel()
	g := setup(t)
	here, there := g.stations()[0], g.stations()[1]
	boss := g.staff("丙（示例）", ticket.RoleSupervisor, "")
	agent, other := g.staff("甲（示例）", ticket.RoleAgent, here), g.staff("乙（示例）", ticket.RoleAgent, there)
	save := func(c *client, in map[string]any, status int, field string) int64 {
		t.Helper()
		r := c.do("POST", "/api/staff/quick", in)
		got := decode[struct {
			ID             int64
			Field, Message string
		}](t, r)
		if r.status != status || got.Field != field || field != "" && got.Message == "" {
			t.Errorf("%v: %d %s", in, r.status, r.body)
		}
		return got.ID
	}
	mine := save(agent, map[string]any{"station": here, "title": "已派人", "text": "{企业}：{编号} 已派人，{ 经办人 }"}, 200, "")
	all := save(boss, map[string]any{"station": "", "title": "收到", "text": "收到"}, 200, "")
	save(agent, map[string]any{"station": there, "title": "x", "text": "x"}, 403, "")
	save(agent, map[string]any{"station": "", "title": "x", "text": "x"}, 403, "")
	save(agent, map[string]any{"id": all, "station": here, "title": "x", "text": "x"}, 403, "")
	save(other, map[string]any{"id": mine, "station": there, "title": "x", "text": "x"}, 404, "")
	save(boss, map[string]any{"station": "nowhere", "title": "x", "text": "x"}, 422, "station")
	save(agent, map[string]any{"station": here, "title": " ", "text": "x"}, 422, "title")
	save(agent, map[string]any{"station": here, "title": "x", "text": " "}, 422, "text")
	save(agent, map[string]any{"station": here, "title": "x", "text": strings.Repeat("长", handlers.MaxQuickText+1)}, 422, "quick_long")
	for _, text := range []string{"{手机}", "{", "x}", "{}", "{{case}}", "｛谁｝"} {
		save(agent, map[string]any{"station": here, "title": "x", "text": text}, 422, "placeholder")
	}
	type list struct {
		Replies []struct {
			ID        int64
			Title, By string
			Keep      bool
			Station   string
		}
		Placeholders []struct{ Name, ZH string }
	}
	got := decode[list](t, agent.do("GET", "/api/staff/quick", nil))
	if len(got.Replies) != 2 || got.Replies[0].Keep || !got.Replies[1].Keep || got.Replies[1].By != "甲（示例）" || len(got.Placeholders) != len(handlers.Placeholders) {
		t.Errorf("the agent's: %+v", got)
	}
	if got := decode[list](t, other.do("GET", "/api/staff/quick", nil)); len(got.Replies) != 1 {
		t.Errorf("another station's: %+v", got)
	}

	c := g.newCase(g.visitor().chat(), here, "路灯不亮（示例）")
	filled := decode[offers](t, agent.do("GET", "/api/staff/tickets/"+c.ID+"/quick", nil))
	if len(filled.Offers) != 2 || filled.Offers[1].Text != "示例公司："+c.ID+" 已派人，甲（示例）" || len(filled.Offers[1].Missing) != 0 {
		t.Errorf("filled in: %+v", filled)
	}
	if r := other.do("GET", "/api/staff/tickets/"+c.ID+"/quick", nil); r.status != http.StatusNotFound {
		t.Errorf("for a case of others: %d", r.status)
	}
	// Whatever the page does, a placeholder does not reach the requester.
	r := agent.do("POST", "/api/staff/tickets/"+c.ID+"/act", map[string]string{"action": "reply", "text": "{企业}您好"})
	if p := decode[struct{ Field, Message string }](t, r); r.status != 422 || p.Field != "placeholder" {
		t.Errorf("a placeholder is sent: %d %s", r.status, r.body)
	}
	if r := agent.do("POST", "/api/staff/tickets/"+c.ID+"/act", map[string]string{"action": "comment", "text": "写了 {企业}"}); r.status != 200 {
		t.Errorf("among colleagues: %d %s", r.status, r.body)
	}

	path := func(id int64) string { return "/api/staff/quick/" + itoa(id) + "/remove" }
	if r := other.do("POST", path(mine), nil); r.status != http.StatusNotFound {
		t.Errorf("another station's agent removes: %d", r.status)
	}
	if r := agent.do("POST", path(all), nil); r.status != http.StatusForbidden {
		t.Errorf("an agent removes what is for all: %d", r.status)
	}
	if r := agent.do("POST", path(mine), nil); r.status != http.StatusNoContent {
		t.Errorf("remove: %d %s", r.status, r.body)
	}
	if r := agent.do("POST", path(mine), nil); r.status != http.StatusNotFound {
		t.Errorf("remove again: %d", r.status)
	}
}

// A reference shows the answers of similar cases, without their requesters, to those
// alone who may see these cases.
func TestReference(t *testing.T) {
	t.Parallel()
	g := setup(t)
	here, there := g.stations()[0], g.stations()[1]
	agent, other := g.staff("甲（示例）", ticket.RoleAgent, here), g.staff("乙（示例）", ticket.RoleAgent, there)
	chat := g.visitor().chat()
	solved := g.newCase(chat, here, "横河镇开发大道路灯不亮，我家的秘密是四号仓库")
	act := func(fields map[string]string) {
		t.Helper()
		if r := agent.do("POST", "/api/staff/tickets/"+solved.ID+"/act", fields); r.status != 200 {
			t.Fatalf("%v: %d %s", fields, r.status, r.body)
		}
	}
	act(map[string]string{"action": "comment", "text": "内部批注"})
	act(map[string]string{"action": "resolve", "text": "示例公司：路灯已修好，详询 13511110000。"})
	c := g.newCase(g.visitor().chat(), here, "横河镇工业路路灯不亮")
	ask := func(who *client, id string) offers {
		t.Helper()
		r := who.do("GET", "/api/staff/tickets/"+id+"/reference", nil)
		if r.status != 200 {
			t.Fatalf("%d %s", r.status, r.body)
		}
		for _, secret := range []string{"秘密", "仓库", "批注", "13511110000", "13800000000", solved.Requester} {
			if strings.Contains(r.body, secret) {
				t.Errorf("it tells %q: %s", secret, r.body)
			}
		}
		return decode[offers](t, r)
	}
	if got := ask(agent, c.ID); len(got.Offers) != 0 || len(got.Near) == 0 {
		t.Errorf("before the other case is solved: %+v", got)
	}
	g.update(func(tx handlers.Tx) error {
		_, err := g.desk.Act(t.Context(), tx, solved.Requester, solved.ID, ticket.Step{Action: ticket.Solved})
		return err
	})
	got := ask(agent, c.ID)
	if len(got.Offers) != 1 || got.Offers[0].Case != solved.ID || got.Offers[0].Text != "示例公司：路灯已修好，详询 〔电话〕。" || len(got.Offers[0].Missing) != 1 {
		t.Errorf("from the solved case: %+v", got)
	}
	elsewhere := g.newCase(chat, there, "工业路路灯不亮")
	if got := ask(other, elsewhere.ID); len(got.Offers) != 0 {
		t.Errorf("another station is shown %+v", got)
	}
	if r := other.do("GET", "/api/staff/tickets/"+c.ID+"/reference", nil); r.status != http.StatusNotFound {
		t.Errorf("for a case of others: %d", r.status)
	}
	policy := g.newCase(chat, here, "慈溪有几个普惠金融服务站？")
	if got := ask(agent, policy.ID); len(got.Offers) != 1 || got.Offers[0].Title == "" || !strings.Contains(got.Offers[0].Text, "10个镇级") || !strings.Contains(got.Offers[0].Text, "〔2024〕3号") {
		t.Errorf("from the library: %+v", got)
	}
}

// Of two who send at the same moment one is sent, and the other is asked first.
func TestTwoSendAtOnce(t *testing.T) {
	t.Parallel()
	g := setup(t)
	here := g.stations()[0]
	one, two := g.staff("甲（示例）", ticket.RoleAgent, here), g.staff("乙（示例）", ticket.RoleAgent, here)
	c := g.newCase(g.visitor().chat(), here, "路灯不亮（示例）")
	seen := itoa(decode[fullCase](t, one.do("GET", "/api/staff/tickets/"+c.ID, nil)).Version)
	var status [2]int
	var both sync.WaitGroup
	for i, who := range []*client{one, two} {
		both.Go(func() {
			status[i] = who.do("POST", "/api/staff/tickets/"+c.ID+"/act", map[string]string{"action": "reply", "text": "来修了", "version": seen}).status
		})
	}
	both.Wait()
	if status[0]+status[1] != http.StatusOK+http.StatusConflict {
		t.Errorf("both at once: %v", status)
	}
}

// Two colleagues at one case: each sees that the other writes, and who writes on old
// ground is told what is new before anything is sent.
func TestTwoColleagues(t *testing.T) {
	t.Parallel()
	g := setup(t)
	here := g.stations()[0]
	v := g.visitor()
	c := g.newCase(v.chat(), here, "路灯不亮（示例）")
	one, two := g.staff("甲（示例）", ticket.RoleAgent, here), g.staff("乙（示例）", ticket.RoleAgent, here)
	other := g.staff("丁（示例）", ticket.RoleAgent, g.stations()[1])
	at := "/api/staff/tickets/" + c.ID
	type caseView struct {
		fullCase
		Replying []string
	}
	look := func(who *client) caseView {
		t.Helper()
		return decode[caseView](t, who.do("GET", at, nil))
	}
	heard := two.events("/api/staff/events")
	await(t, heard, "the beginning", func(e event) bool { return e.name == "ready" })
	writing := func(who *client, on bool, status int) {
		t.Helper()
		if r := who.do("POST", at+"/writing", map[string]bool{"on": on}); r.status != status {
			t.Errorf("writing: %d %s", r.status, r.body)
		}
	}
	before := look(two)
	writing(one, true, http.StatusNoContent)
	writing(other, true, http.StatusNotFound)
	await(t, heard, "that somebody writes", func(e event) bool { return e.name == "ticket" && strings.Contains(e.data, c.ID) })
	if got := look(two); len(got.Replying) != 1 || got.Replying[0] != "甲（示例）" || got.Version != before.Version {
		t.Errorf("the other sees %q at version %d", got.Replying, got.Version)
	}
	if got := look(one); len(got.Replying) != 0 {
		t.Errorf("who writes sees %q", got.Replying)
	}
	g.advance(handlers.ReplyingTime + time.Second)
	if got := look(two); len(got.Replying) != 0 {
		t.Errorf("after a while: %q", got.Replying)
	}
	writing(two, true, http.StatusNoContent)
	writing(two, false, http.StatusNoContent)
	writing(one, true, http.StatusNoContent)

	reply := func(who *client, text string, version int64) (r response, p struct {
		Message string
		Version int64
		Changes []struct{ Who, Action, Text string }
	}) {
		t.Helper()
		r = who.do("POST", at+"/act", map[string]string{"action": "reply", "text": text, "version": itoa(version)})
		if r.status == http.StatusConflict {
			p = decode[struct {
				Message string
				Version int64
				Changes []struct{ Who, Action, Text string }
			}](t, r)
		}
		return r, p
	}
	if r, _ := reply(one, "明天来修（示例）", before.Version); r.status != 200 {
		t.Fatalf("%d %s", r.status, r.body)
	}
	if got := look(two); len(got.Replying) != 0 {
		t.Errorf("after the reply: %q", got.Replying)
	}
	r, p := reply(two, "后天来修（示例）", before.Version)
	if r.status != http.StatusConflict || len(p.Changes) != 2 || p.Changes[1].Who != "甲（示例）" || p.Changes[1].Text != "明天来修（示例）" || p.Message == "" {
		t.Fatalf("on old ground: %d %s", r.status, r.body)
	}
	if r := v.do("GET", "/api/chat/lines", nil); strings.Contains(r.body, "后天来修") {
		t.Error("it was sent all the same")
	}
	// What one did oneself is no news.
	if r, _ := reply(one, "带上灯泡（示例）", before.Version); r.status != 200 {
		t.Errorf("after the own step: %d %s", r.status, r.body)
	}
	r, again := reply(two, "后天来修（示例）", p.Version)
	if r.status != http.StatusConflict || len(again.Changes) != 1 {
		t.Fatalf("changed again: %d %s", r.status, r.body)
	}
	if r, _ := reply(two, "后天来修（示例）", again.Version); r.status != 200 {
		t.Errorf("sent anyhow: %d %s", r.status, r.body)
	}
}
