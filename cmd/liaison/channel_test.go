package main

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"liaison/bot/botapitest"
)

// Whatever kind of message somebody sends, it is kept or declined, never passed
// over in silence.
func TestEveryKindOfMessageIsMet(t *testing.T) {
	t.Parallel()
	w := newTelegram(t)
	u := w.user("owner")
	u.Send("/start")
	w.srv.WaitMessage(t, u, botapitest.Contains("欢迎使用"))
	raw := func(field string, value any) {
		last := w.srv.History(u)
		w.srv.PushUpdate("message", map[string]any{
			"message_id": last[len(last)-1].ID + 1000, "date": 1700000000, "from": u.Account(), field: value,
			"chat": map[string]any{"id": u.ChatID(), "type": "private"},
		})
	}
	for _, c := range []struct {
		what   string
		send   func()
		answer string
	}{
		{"a sticker", func() { u.SendSticker("👍") }, "其他类型没有收下"},
		{"a place", func() { u.SendLocation(30.17, 121.24) }, "认不出这个位置"},
		{"a dice", func() { raw("dice", map[string]any{"emoji": "🎲", "value": 3}) }, "读不了"},
		{"a story", func() { raw("story", map[string]any{"id": 1}) }, "读不了"},
		{"a kind of 2030", func() { raw("hologram", map[string]any{"file_id": "x"}) }, "读不了"},
		{"a contact", func() { u.SendContact("+10000000000") }, "owner +10000000000"},
		{"a poll", func() {
			raw("poll", map[string]any{"id": "1", "question": "哪天方便", "options": []map[string]any{{"text": "周一"}}})
		}, "哪天方便 - 周一"},
		{"a voice message", func() { u.SendVoice(3, []byte("OggS\x00x")) }, "1 个文件"},
		{"a video note", func() { raw("video_note", map[string]any{"file_id": "gone", "file_size": 30 << 20}) }, "超过 20 MB"},
	} {
		before := len(u.Messages())
		c.send()
		w.srv.Wait(t, "an answer to "+c.what, func() bool {
			return slices.ContainsFunc(u.Messages()[before:], botapitest.Contains(c.answer))
		})
	}
}

// An album with one caption is one addition to a case.
func TestAlbumIsOneAddition(t *testing.T) {
	t.Parallel()
	w := newTelegram(t)
	owner, g := w.user("owner"), w.groups["zhouxiang"]
	w.fileCase(owner, "水管漏了")
	owner.Press(w.srv.WaitMessage(t, owner, botapitest.Contains("已受理")), "查看进度")
	owner.Press(w.srv.WaitMessage(t, owner, botapitest.Contains("· 已派单")), "补充说明")
	w.srv.WaitMessage(t, owner, botapitest.Contains("写下要补充的内容"))
	owner.SendAlbum(
		botapitest.Upload{Name: "a.pdf", Data: []byte("%PDF-1.7 a"), Caption: "三份材料"},
		botapitest.Upload{Name: "b.pdf", Data: []byte("%PDF-1.7 b")},
		botapitest.Upload{Name: "c.pdf", Data: []byte("%PDF-1.7 c")})
	w.srv.WaitMessage(t, g, botapitest.Contains("附件：3"))
	w.srv.WaitConfirmed(t)
	owner.Send("/tickets")
	w.srv.WaitMessage(t, owner, botapitest.Contains("我的诉求"))
	added := 0
	for _, m := range owner.Messages() {
		if strings.Contains(m.Body(), "已补充到") {
			added++
		}
	}
	if added != 1 {
		t.Errorf("%d additions of one album", added)
	}
}

// An update that Telegram sends again changes nothing.
func TestRedeliveredUpdate(t *testing.T) {
	t.Parallel()
	w := newTelegram(t)
	owner, g := w.user("owner"), w.groups["zhouxiang"]
	w.fileCase(owner, "水管漏了")
	card := w.srv.WaitMessage(t, g, botapitest.Contains("水管漏了"))
	if err := w.p.Stop(); err != nil {
		t.Fatal(err)
	}
	owner.Reply(w.srv.WaitMessage(t, owner, botapitest.Contains("已受理")), "补充一句")
	if !w.srv.RepeatUpdate() {
		t.Fatal("nothing to send again")
	}
	w.p = start(t, w.dir, w.env...)
	w.srv.WaitMessage(t, g, func(m botapitest.Message) bool { return m.ID == card.ID && strings.Contains(m.Body(), "补充一句") })
	owner.Send("/tickets")
	w.srv.WaitMessage(t, owner, botapitest.Contains("我的诉求"))
	w.srv.WaitConfirmed(t)
	n := 0
	for _, m := range owner.Messages() {
		if strings.Contains(m.Body(), "已补充到") {
			n++
		}
	}
	if n != 1 {
		t.Errorf("one addition was taken %d times", n)
	}
}

// To be handed to a person is to have a case with a number, which outlives the
// process and which the station has too.
func TestHandOverIsACase(t *testing.T) {
	t.Parallel()
	w := newTelegram(t)
	owner := w.user("owner")
	owner.Send("周巷镇的厂房怎么过户登记")
	owner.Press(w.srv.WaitMessage(t, owner, func(m botapitest.Message) bool { return slices.Contains(m.Buttons(), "转人工") }), "转人工")
	owner.Press(w.srv.WaitMessage(t, owner, botapitest.Contains("已记下")), "下一步")
	owner.Press(w.srv.WaitMessage(t, owner, botapitest.Contains("涉及哪家企业")), "跳过")
	owner.Press(w.srv.WaitMessage(t, owner, botapitest.Contains("企业在周巷镇")), "是，周巷镇")
	owner.Press(w.srv.WaitMessage(t, owner, botapitest.Contains("联系方式")), "不提供")
	for _, m := range owner.Messages() {
		if aCase.MatchString(m.Body()) {
			t.Errorf("a number before there is a case: %q", m.Body())
		}
	}
	owner.Press(w.srv.WaitMessage(t, owner, botapitest.Contains("请核对")), "提交")
	number := aCase.FindString(w.srv.WaitMessage(t, owner, botapitest.Contains("已受理，编号")).Body())
	w.srv.WaitMessage(t, w.groups["zhouxiang"], botapitest.Contains(number))
	w.restart()
	owner.Send("/tickets")
	w.srv.WaitMessage(t, owner, botapitest.Contains(number+" · 咨询 · 已派单"))
}

// What is typed in a group without quoting reaches nobody, even while a prompt waits
// for an answer and the bot can read everything.
func TestTalkInAGroupReachesNobody(t *testing.T) {
	t.Parallel()
	w := newTelegram(t)
	g, owner := w.groups["zhouxiang"], w.user("owner")
	agent := w.agent("甲")
	g.SetBot("administrator") // it sees all messages now
	w.fileCase(owner, "水管漏了")
	card := w.srv.WaitMessage(t, g, botapitest.Contains("水管漏了"))
	agent.Press(card, "签收")
	w.srv.WaitMessage(t, g, botapitest.Contains("· 已签收"))
	agent.Press(card, "回复")
	prompt := w.srv.WaitMessage(t, g, botapitest.Contains("写下给"))
	said := agent.SendIn(g, "这家老板真难缠")
	agent.Edit(said, "这家老板真的难缠")
	agent.Reply(said, "是啊")
	agent.Reply(prompt, "明天上门")
	w.srv.WaitMessage(t, owner, botapitest.Contains("明天上门"))
	w.srv.WaitConfirmed(t)
	for _, room := range []botapitest.Room{owner, g} {
		if slices.ContainsFunc(w.srv.BotMessages(room), botapitest.Contains("难缠")) {
			t.Error("talk in the group came out")
		}
	}
}

// Of a prompt that Telegram took, and did not get to say so, the group has two copies, and
// the bot knows the second: an answer to the first is not lost in silence.
func TestAnswerToAnUnknownCopy(t *testing.T) {
	t.Parallel()
	w := newTelegram(t)
	g, owner := w.groups["zhouxiang"], w.user("owner")
	agent := w.agent("甲")
	w.fileCase(owner, "水管漏了")
	card := w.srv.WaitMessage(t, g, botapitest.Contains("水管漏了"))
	agent.Press(card, "签收")
	w.srv.WaitMessage(t, g, botapitest.Contains("· 已签收"))
	w.srv.Wait(t, "the requester to be told", func() bool { return slices.ContainsFunc(owner.Messages(), botapitest.Contains("签收，应于")) })
	w.srv.Fail(botapitest.Fault{Method: "sendMessage", DropAfter: true})
	agent.Press(card, "回复")
	var prompts []botapitest.Message
	w.srv.Wait(t, "two copies of the prompt", func() bool {
		prompts = nil
		for _, m := range w.srv.BotMessages(g) {
			if botapitest.Contains("写下给")(m) {
				prompts = append(prompts, m)
			}
		}
		return len(prompts) == 2
	})
	agent.Reply(prompts[0], "明天上门")
	w.srv.WaitMessage(t, g, botapitest.Contains("没有找到您回复的那条消息"))
	agent.Reply(prompts[1], "明天上门")
	w.srv.WaitMessage(t, owner, botapitest.Contains("明天上门"))
}

// What cannot be delivered is on the case and on the supervisors' page, with why,
// until it can be.
func TestNotDeliveredIsShown(t *testing.T) {
	t.Parallel()
	w := newTelegram(t)
	g, owner := w.groups["zhouxiang"], w.user("owner")
	agent, boss := w.agent("甲"), w.console()
	w.fileCase(owner, "水管漏了")
	card := w.srv.WaitMessage(t, g, botapitest.Contains("水管漏了"))
	number := aCase.FindString(card.Body())
	page := func(path string) string {
		t.Helper()
		var answer json.RawMessage
		boss.do("GET", path, nil, &answer)
		return string(answer)
	}
	shows := func(path string, parts ...string) {
		t.Helper()
		eventually(t, fmt.Sprintf("%s to show %q", path, parts), func() bool {
			text := page(path)
			return !slices.ContainsFunc(parts, func(part string) bool { return !strings.Contains(text, part) })
		})
	}
	owner.DeleteAccount() // Telegram says nothing of it before the next message
	agent.Press(card, "签收")
	w.srv.WaitMessage(t, g, func(m botapitest.Message) bool {
		return m.ID == card.ID && strings.Contains(m.Body(), "企业未收到最新进展：账号或群已不存在")
	})
	shows("tickets/"+number, `"unheard":{"why":"账号或群已不存在"`)
	shows("watch", number+" 的企业")

	agent.Block()
	g.Kick()
	shows("watch", "周巷联络站（示例）的工作群", "本助手被移出了群", "工作人员 甲", "屏蔽")
	agent.Unblock()
	agent.Send("/start")
	g.SetBot("member")
	w.fileCase(w.user("another"), "路灯坏了")
	w.srv.WaitMessage(t, g, botapitest.Contains("路灯坏了"))
	eventually(t, "the group and the colleague to be reached", func() bool {
		text := page("watch")
		return !strings.Contains(text, "工作群") && !strings.Contains(text, "工作人员 甲") && strings.Contains(text, number+" 的企业")
	})
	if strings.Contains(page("watch"), fmt.Sprint(owner.ChatID())) {
		t.Error("the page shows the requester's account")
	}
}
