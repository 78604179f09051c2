package web_test

import (
	"strings"
	"testing"
	"time"

	"liaison/handlers"
	"liaison/ticket"
)

type gapList struct {
	Gaps []struct {
		ID, Question, State string
		Count, Askers       int
		Nearest             []handlers.Near
		Wordings            []struct{ ID, Question, Reason string }
		Answer              *struct {
			Text, By, Unit, Document string
			At                       time.Time
		}
	}
}

func (c *client) gaps(state string) gapList {
	c.g.t.Helper()
	return decode[gapList](c.g.t, c.do("GET", "/api/staff/gaps?state="+state, nil))
}

// ask says something and waits for the bot's answer, which must have the part in it.
func (c *client) ask(question, part string) {
	c.g.t.Helper()
	before := len(c.lines())
	events := c.events("/api/chat/events")
	if r := c.do("POST", "/api/chat/messages", say(question)); r.status != 202 {
		c.g.t.Fatalf("%s: %d %s", question, r.status, r.body)
	}
	for {
		await(c.g.t, events, "an answer to "+question, isLine("bot", ""))
		for _, l := range c.lines()[before:] {
			if l.Side != "bot" {
				continue
			}
			if !strings.Contains(l.String(), part) {
				c.g.t.Fatalf("%s is answered: %s", question, l)
			}
			return
		}
	}
}

// A question that was refused is answered once by the staff, reaches those who
// asked, is kept, reviewed by another person, and then found by somebody else who
// asks in other words.
func TestGapBecomesKnowledge(t *testing.T) {
	t.Parallel()
	g := setup(t)
	agent := g.staff("甲（示例）", ticket.RoleAgent, g.stations()[0])
	boss := g.staff("乙（示例）", ticket.RoleSupervisor, "")
	one, two, quiet := g.visitor(), g.visitor(), g.visitor()
	quiet.ask("/help", "/complain")
	one.ask("仓库屋顶能装光伏吗", "就不猜了")
	two.ask("我们仓库的屋顶可以安装光伏吗？我电话13800138000", "就不猜了")

	list := agent.gaps("open")
	if len(list.Gaps) != 1 || list.Gaps[0].Count != 2 || list.Gaps[0].Askers != 2 || len(list.Gaps[0].Wordings) != 2 {
		t.Fatalf("open: %+v", list)
	}
	gap := list.Gaps[0]
	for _, w := range gap.Wordings {
		if strings.Contains(w.Question, "138") {
			t.Errorf("personal data is shown: %q", w.Question)
		}
	}
	path := "/api/staff/gaps/" + gap.ID + "/answer"
	for body, want := range map[string]int{`{"text":" "}`: 422, `{"text":"好","unit":"none#none"}`: 422, `{"text":"好","keep":true,"question":"` + strings.Repeat("长", 301) + `"}`: 422, `{`: 422} {
		if r := agent.do("POST", path, strings.NewReader(body)); r.status != want {
			t.Errorf("%s: %d %s", body, r.status, r.body)
		}
	}
	if r := one.do("POST", path, map[string]any{"text": "不是工作人员"}); r.status != 401 {
		t.Errorf("by a visitor: %d", r.status)
	}

	heard := one.events("/api/chat/events")
	const text = "示例市的仓库屋顶可以安装光伏，先到示例窗口备案。（示例）"
	r := agent.do("POST", path, map[string]any{"text": text, "keep": true, "question": "仓库屋顶装光伏（示例）"})
	done := decode[struct {
		Told     int
		Document string
	}](t, r)
	if r.status != 200 || done.Told != 2 || done.Document == "" {
		t.Fatalf("answered: %d %s", r.status, r.body)
	}
	await(t, heard, "the answer of the staff", isLine("bot", "工作人员的答复"))
	for _, keep := range []bool{true, false} {
		r := boss.do("POST", path, map[string]any{"text": "另一种说法（示例）", "keep": keep})
		if r.status != 409 || !strings.Contains(r.body, "其他同事") {
			t.Errorf("answered by somebody who has not seen the answer: %d %s", r.status, r.body)
		}
	}
	shelved, err := g.web.Library.Show(t.Context(), done.Document)
	if err != nil || !strings.Contains(shelved.Doc.Units[0].Body, "先到示例窗口备案") || shelved.Doc.Title != "仓库屋顶装光伏（示例）" {
		t.Errorf("the draft: %+v, %v", shelved.Doc, err)
	}
	if aliases := strings.Join(shelved.Doc.Units[0].Aliases, ""); !strings.Contains(aliases, "仓库屋顶能装光伏吗") {
		t.Errorf("its aliases: %q", aliases)
	}
	seen := agent.gaps("answered").Gaps[0].Answer.At
	if again := agent.do("POST", path, map[string]any{"text": text, "keep": true, "question": "仓库屋顶装光伏（示例）", "seen": seen}); !strings.Contains(again.body, `"told":0`) {
		t.Errorf("corrected: %s", again.body)
	}
	for _, l := range quiet.lines() {
		if strings.Contains(l.String(), "光伏") {
			t.Errorf("somebody who did not ask hears %q", l)
		}
	}
	if list := agent.gaps("answered"); len(list.Gaps) != 1 || list.Gaps[0].Answer.By != "甲（示例）" || list.Gaps[0].Answer.Document != done.Document {
		t.Errorf("answered: %+v", list)
	}

	// The draft answers nobody until it is published, which an agent may not do.
	other := g.visitor()
	g.reload()
	other.ask("仓库屋顶装光伏有什么要求", "就不猜了")
	publish := "/api/staff/library/" + done.Document + "/publish"
	if r := agent.do("POST", publish, map[string]any{}); r.status != 403 {
		t.Errorf("published by an agent: %d", r.status)
	}
	if r := boss.do("POST", publish, map[string]any{}); r.status != 200 {
		t.Fatalf("publish: %d %s", r.status, r.body)
	}
	g.reload()
	g.visitor().ask("我家仓库的屋顶上面可不可以安装光伏板", "先到示例窗口备案")
}

func TestGapsAreMovedAndMerged(t *testing.T) {
	t.Parallel()
	g := setup(t)
	agent := g.staff("甲（示例）", ticket.RoleAgent, g.stations()[0])
	v := g.visitor()
	v.ask("仓库屋顶能装光伏吗", "就不猜了")
	v.ask("我们仓库的屋顶可以安装光伏吗", "就不猜了")
	v.ask("明天会下雨吗", "就不猜了")
	list := agent.gaps("open")
	if len(list.Gaps) != 2 || len(list.Gaps[0].Wordings) != 2 {
		t.Fatalf("open: %+v", list)
	}
	group, rain := list.Gaps[0], list.Gaps[1]
	step := func(id, what string, body map[string]string, want int) {
		t.Helper()
		if r := agent.do("POST", "/api/staff/gaps/"+id+"/"+what, body); r.status != want {
			t.Errorf("%s: %d %s", what, r.status, r.body)
		}
	}
	step(group.ID, "split", map[string]string{"wording": group.Wordings[1].ID}, 204)
	step(rain.ID, "split", map[string]string{"wording": rain.Wordings[0].ID}, 422)
	step("none", "split", map[string]string{"wording": "x"}, 404)
	if list = agent.gaps("open"); len(list.Gaps) != 3 {
		t.Fatalf("after the split: %+v", list)
	}
	step(rain.ID, "merge", map[string]string{"into": group.ID}, 204)
	step(rain.ID, "merge", map[string]string{"into": group.ID}, 404)
	step(group.ID, "merge", map[string]string{"into": group.ID}, 422)
	if list = agent.gaps("open"); len(list.Gaps) != 2 || list.Gaps[0].Count != 2 {
		t.Errorf("after the merger: %+v", list)
	}
	if r := agent.do("GET", "/api/staff/gaps?state=dancing", nil); r.status != 422 {
		t.Errorf("a state that is none: %d", r.status)
	}
	asked := decode[struct{ Days, Weeks []handlers.Share }](t, agent.do("GET", "/api/staff/asked", nil))
	if len(asked.Days) == 0 || len(asked.Weeks) == 0 || asked.Weeks[0].Asked != 3 || asked.Weeks[0].Answered != 0 {
		t.Errorf("figures: %+v", asked)
	}
}
