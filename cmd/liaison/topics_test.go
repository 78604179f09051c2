package main

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"liaison/bot/botapitest"
)

var aCase = regexp.MustCompile(`CX-\d{8}-\d{4}`)

// newForum starts the program with a group for Zhouxiang that is to have a topic for
// each case.
func newForum(t *testing.T, make func(srv *botapitest.Server, boss *botapitest.User) *botapitest.Group) *telegram {
	t.Helper()
	srv := botapitest.New(t, botapitest.WithWaitTimeout(30*time.Second))
	w := &telegram{
		t: t, srv: srv, dir: t.TempDir(), users: map[string]*botapitest.User{}, groups: map[string]*botapitest.Group{}, count: map[string]int{"@zhouxiang": 0},
	}
	t.Cleanup(w.dump)
	w.groups["zhouxiang"] = make(srv, srv.User("站长"))
	w.env = []string{"TELEGRAM_BOT_TOKEN=" + srv.Token(), "TELEGRAM_API_URL=" + srv.URL(), hurried}
	configure(t, w.dir, map[string]string{
		"town-zhouxiang": fmt.Sprintf("    telegram_chat_id: %d\n    telegram_topic_per_case: true\n", w.groups["zhouxiang"].ChatID()),
	})
	w.p = start(t, w.dir, w.env...)
	return w
}

func aForum(srv *botapitest.Server, boss *botapitest.User) *botapitest.Group {
	g := srv.Forum("周巷站", boss)
	g.SetBot("administrator")
	return g
}

// agent makes somebody an agent of Zhouxiang.
func (w *telegram) agent(name string) *botapitest.User {
	w.t.Helper()
	u := w.user(name)
	u.Send("/staff " + w.code("agent", "town-zhouxiang", name))
	w.srv.WaitMessage(w.t, u, botapitest.Contains("您已成为"))
	return u
}

// restart stops the program and starts it again on its data.
func (w *telegram) restart() {
	w.t.Helper()
	if err := w.p.Stop(); err != nil {
		w.t.Fatalf("the program ended with %v", err)
	}
	w.p = start(w.t, w.dir, w.env...)
}

// A case has a topic from its first message to its end, also after a restart; what
// is answered there goes to its requester, and what is only said there to nobody.
func TestTopicForEachCase(t *testing.T) {
	t.Parallel()
	w := newForum(t, aForum)
	g, owner, other := w.groups["zhouxiang"], w.user("owner"), w.user("other")
	agent := w.agent("甲")
	w.fileCase(owner, "第一件")
	card := w.srv.WaitMessage(t, g, botapitest.Contains("第一件"))
	number := aCase.FindString(card.Body())
	topics := g.Topics()
	if len(topics) != 1 || card.ThreadID != topics[0].Thread || !strings.HasPrefix(topics[0].Name, number+" 投诉 第一件") || topics[0].Closed {
		t.Fatalf("card in thread %d of topics %+v", card.ThreadID, topics)
	}
	agent.Press(card, "签收")
	w.srv.WaitMessage(t, g, func(m botapitest.Message) bool { return m.ID == card.ID && strings.Contains(m.Body(), "· 已签收") })
	w.restart()
	w.fileCase(other, "第二件")
	second := w.srv.WaitMessage(t, g, botapitest.Contains("第二件"))
	if second.ThreadID == card.ThreadID || second.ThreadID == 0 {
		t.Errorf("the second case is in thread %d, the first in %d", second.ThreadID, card.ThreadID)
	}
	agent.SendInTopic(g, card.ThreadID, "这句谁也不发")
	agent.Reply(card, "明天上门")
	w.srv.WaitMessage(t, owner, botapitest.Contains("明天上门"))
	w.srv.WaitMessage(t, g, func(m botapitest.Message) bool { return m.ID == card.ID && strings.Contains(m.Body(), "明天上门") })

	w.groups["zhouxiang"] = g
	agent.Press(card, "办结答复")
	prompt := w.srv.WaitMessage(t, g, botapitest.Contains("写下 "+number+" 的办理结果"))
	if prompt.ThreadID != card.ThreadID {
		t.Errorf("the prompt is in thread %d", prompt.ThreadID)
	}
	agent.Reply(prompt, "修好了")
	owner.Press(w.srv.WaitMessage(t, owner, botapitest.Contains("修好了")), "解决了")
	w.srv.Wait(t, "the topic to be closed", func() bool {
		topics := g.Topics()
		return topics[0].Closed && strings.HasPrefix(topics[0].Name, "已办结 "+number)
	})
	if topics := g.Topics(); len(topics) != 2 || topics[1].Closed {
		t.Errorf("topics: %+v", topics)
	}

	// The other case goes away and comes back: its topic is closed and reopened.
	chief := w.user("chief")
	chief.Send("/staff " + w.code("agent", "town-henghe", "乙"))
	w.srv.WaitMessage(t, chief, botapitest.Contains("您已成为"))
	agent.Press(second, "转办")
	agent.Press(w.srv.WaitMessage(t, g, botapitest.Contains("转到哪个联络站")), "横河联络站（示例）")
	agent.Reply(w.srv.WaitMessage(t, g, botapitest.Contains("转办的理由")), "在横河")
	w.srv.Wait(t, "the topic to be closed", func() bool {
		topics := g.Topics()
		return topics[1].Closed && strings.HasPrefix(topics[1].Name, "已转走 ")
	})
	chief.Press(w.srv.WaitMessage(t, chief, func(m botapitest.Message) bool { return slices.Contains(m.Buttons(), "转办") }), "转办")
	chief.Press(w.srv.WaitMessage(t, chief, botapitest.Contains("转到哪个联络站")), "周巷联络站（示例）")
	chief.Reply(w.srv.WaitMessage(t, chief, botapitest.Contains("转办的理由")), "还是周巷")
	w.srv.Wait(t, "the topic to be reopened", func() bool {
		topics := g.Topics()
		return len(topics) == 2 && !topics[1].Closed && strings.HasPrefix(topics[1].Name, aCase.FindString(second.Body()))
	})

	// A topic that somebody deletes is made again.
	g.DeleteTopic(second.ThreadID)
	other.Reply(w.srv.WaitMessage(t, other, botapitest.Contains("已受理")), "补充一句")
	again := w.srv.WaitMessage(t, g, botapitest.Contains("补充一句"))
	if again.ThreadID == second.ThreadID || again.ThreadID == 0 {
		t.Errorf("after the topic was deleted: thread %d", again.ThreadID)
	}
	for _, u := range []*botapitest.User{owner, other} {
		if slices.ContainsFunc(u.Messages(), botapitest.Contains("谁也不发")) {
			t.Error("what was only said in a topic reached a requester")
		}
	}
	if v := w.srv.Violations(); len(v) > 0 {
		t.Errorf("violations: %q", v)
	}
}

// Where no topic can be made cases come to the group itself, and staff are told
// once what to do.
func TestNoTopicsInTheGroup(t *testing.T) {
	t.Parallel()
	for name, make := range map[string]func(*botapitest.Server, *botapitest.User) *botapitest.Group{
		"no forum": func(srv *botapitest.Server, boss *botapitest.User) *botapitest.Group {
			return srv.Supergroup("周巷站", boss)
		},
		"no rights": func(srv *botapitest.Server, boss *botapitest.User) *botapitest.Group {
			return srv.Forum("周巷站", boss)
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newForum(t, make)
			g := w.groups["zhouxiang"]
			agent := w.agent("甲")
			told := botapitest.Contains("没能为工单开话题")
			for i, text := range []string{"第一件", "第二件"} {
				w.fileCase(w.user(fmt.Sprint("owner", i)), text)
				card := w.srv.WaitMessage(t, g, botapitest.Contains(text))
				agent.Press(card, "签收")
				w.srv.WaitMessage(t, g, func(m botapitest.Message) bool { return m.ID == card.ID && strings.Contains(m.Body(), "· 已签收") })
			}
			w.srv.WaitMessage(t, agent, told)
			for room, want := range map[botapitest.Room]int{g: 1, agent: 1} {
				n := 0
				for _, m := range w.srv.BotMessages(room) {
					if told(m) {
						n++
					}
				}
				if n != want {
					t.Errorf("told %d times in %d", n, room.ChatID())
				}
			}
			if calls := w.srv.Calls("createForumTopic"); len(calls) != 2 {
				t.Errorf("tried %d times for two cases", len(calls))
			}
		})
	}
}
