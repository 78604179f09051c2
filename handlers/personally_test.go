package handlers_test

import (
	"strconv"
	"testing"

	"liaison/e2e/script"
	"liaison/handlers"
)

// TestAnonymous: who writes to the bot in the name of a group is told that nothing of it
// was taken; what is not for the bot, or was told of already, is met with silence.
func TestAnonymous(t *testing.T) {
	t.Parallel()
	p := newPlayer(t)
	p.play("a: /staff {code agent town-zhouxiang 甲}\nowner: /complain 周巷镇工业路的路灯坏了两个月\n" +
		"owner! 下一步\nowner! 跳过\nowner! 是，周巷镇\nowner! 不提供\nowner! 提交\n")
	group := groups["zhouxiang"]
	card := p.chats[group][0]
	said := func(m handlers.Message) string {
		t.Helper()
		p.fresh = nil
		p.serial++
		m.Key, m.ID, m.SentAt, m.From = strconv.Itoa(p.serial), "u"+strconv.Itoa(p.serial), p.clock(), handlers.Address{Channel: handlers.Telegram, Chat: group}
		m.Anonymous, m.User, m.Group = true, "1087968824", true
		p.receive(m)
		p.settle()
		return saidText(p.said(script.Line{Actor: "a", Chat: "zhouxiang"}))
	}
	contains(t, said(handlers.Message{Text: "已修好", ReplyTo: card.id}), "请关闭匿名身份")
	contains(t, said(handlers.Message{Command: "my"}), "请关闭匿名身份")
	for _, m := range []handlers.Message{{Text: "中午吃什么"}, {Command: "of_another_bot"}, {Text: "已修好了", ReplyTo: card.id, Edited: true}} {
		if got := said(m); got != "" {
			t.Errorf("%+v was answered: %s", m, got)
		}
	}
	contains(t, p.play("a: /my"), "我经办的诉求 0 件")
}

// TestUnknownMessage: who answers a message in a group that the bot does not know, such as
// the first of two copies, is told so; in private it is a message like others.
func TestUnknownMessage(t *testing.T) {
	t.Parallel()
	p := newPlayer(t)
	p.play("a: /staff {code agent town-zhouxiang 甲}\nowner: /start\n")
	said := func(who, chat string, m handlers.Message) string {
		t.Helper()
		p.fresh = nil
		p.serial++
		m.Key, m.ID, m.SentAt = strconv.Itoa(p.serial), "u"+strconv.Itoa(p.serial), p.clock()
		m.User, m.Lang, m.ReplyTo = p.users[who], "zh-hans", "of whom nobody knows"
		m.From, m.Group = handlers.Address{Channel: handlers.Telegram, Chat: chat}, chat != m.User
		p.receive(m)
		p.settle()
		return saidText(p.said(script.Line{Actor: who}))
	}
	contains(t, said("a", groups["zhouxiang"], handlers.Message{Text: "已修好"}), "没有找到您回复的那条消息")
	if got := said("a", groups["zhouxiang"], handlers.Message{Text: "已经修好", Edited: true}); got != "" {
		t.Errorf("an edit was answered: %s", got)
	}
	contains(t, said("owner", p.users["owner"], handlers.Message{Text: "担保贷款的贴息怎么申请"}), "政策库里")
}
