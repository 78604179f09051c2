package handlers_test

import (
	"strconv"
	"strings"
	"testing"

	"liaison/e2e/script"
	"liaison/handlers"
	"liaison/ticket/route"
)

// give sends what a script has no words for: a place, a contact.
func (p *player) give(actor string, m handlers.Message) string {
	p.t.Helper()
	p.fresh = nil
	p.serial++
	m.Key, m.ID, m.Lang, m.SentAt = strconv.Itoa(p.serial), "u"+strconv.Itoa(p.serial), "zh-hans", p.clock()
	m.User, m.From = p.users[actor], handlers.Address{Channel: handlers.Telegram, Chat: p.users[actor]}
	p.receive(m)
	p.settle()
	return saidText(p.said(script.Line{Actor: actor}))
}

// chat lets an actor write something, or press a button where it begins with "!".
func (p *player) chat(actor, text string) string {
	p.t.Helper()
	op := script.Say
	if name, ok := strings.CutPrefix(text, "!"); ok {
		op, text = script.Press, name
	}
	return saidText(p.do(script.Line{Actor: actor, Op: op, Text: text}))
}

func contains(t *testing.T, got string, want ...string) {
	t.Helper()
	for _, w := range want {
		if !strings.Contains(got, w) {
			t.Errorf("%q is missing in:\n%s", w, got)
		}
	}
}

// TestPlaceOfVisit: a place that is shared answers the question for the town of a visit,
// before it is asked too, and does not where it cannot.
func TestPlaceOfVisit(t *testing.T) {
	t.Parallel()
	d, err := route.Parse("stations.yaml", []byte(madeUp))
	if err != nil {
		t.Fatal(err)
	}
	begin := func(t *testing.T) *player {
		p := newPlayer(t)
		p.desk.Directory = func() *route.Directory { return d }
		p.chat("obs", "/observe {code observer  观察员一号}")
		p.chat("obs", "!登记走访")
		return p
	}
	at := func(lat, lon float64) handlers.Message {
		return handlers.Message{At: &handlers.Location{Latitude: lat, Longitude: lon}}
	}

	t.Run("when it is asked for", func(t *testing.T) {
		t.Parallel()
		p := begin(t)
		p.chat("obs", "东镇某某厂（示例）")
		contains(t, p.chat("obs", "!今天"), "企业在东镇，对吗")
		contains(t, p.chat("obs", "!不是，我来选"), "也可以分享位置")
		contains(t, p.give("obs", at(50, 50)), "[东镇] [西镇] [北镇]") // nowhere near
		contains(t, p.give("obs", at(0.01, 0.09)), "您分享的位置在西镇一带", "[是，西镇]", "[不是，我来选] [说不清]")
		contains(t, p.chat("obs", "!是，西镇"), "见到了谁")
		contains(t, p.give("obs", at(0.01, 0.01)), "东镇一带", "点“修改”")
		p.chat("obs", "!跳过")
		p.chat("obs", "!下一步")
		contains(t, p.chat("obs", "!下一步"), "镇街：西镇")
		p.chat("obs", "!修改")
		contains(t, p.chat("obs", "!镇街"), "您分享的位置在东镇一带", "[是，东镇]")
		contains(t, p.chat("obs", "!是，东镇"), "镇街：东镇")
	})
	t.Run("before it is asked for", func(t *testing.T) {
		t.Parallel()
		p := begin(t)
		contains(t, p.give("obs", at(50, 50)), "认不出这个位置")
		contains(t, p.give("obs", at(0.01, 0.09)), "西镇一带", "稍后请您确认")
		p.chat("obs", "示例厂")
		contains(t, p.chat("obs", "!今天"), "您分享的位置在西镇一带", "[是，西镇]")
	})
	t.Run("with the name of the place", func(t *testing.T) {
		t.Parallel()
		p := begin(t)
		p.chat("obs", "示例厂")
		p.chat("obs", "!今天")
		m := at(0.01, 0.09)
		m.Text, m.Shared = "示例园区 示例路 1 号", true
		contains(t, p.give("obs", m), "您分享的位置在西镇一带", "[是，西镇]")
	})
}

// TestSharedIsNoCompany: a contact or a place that is shared where the name of a company
// is asked for does not become the name; a contact is offered where one is asked for, and
// passed on only when it is chosen there.
func TestSharedIsNoCompany(t *testing.T) {
	t.Parallel()
	card := handlers.Message{Text: "示例 李四 000", Shared: true, Contact: true}
	begin := func(t *testing.T) *player {
		p := newPlayer(t)
		p.chat("owner", "/complain 周巷镇路灯坏了")
		p.chat("owner", "!下一步")
		return p
	}
	t.Run("chosen", func(t *testing.T) {
		t.Parallel()
		p := begin(t)
		contains(t, p.give("owner", card), "不是企业名称", "[跳过]")
		contains(t, p.chat("owner", "示例电器厂"), "周巷镇")
		contains(t, p.chat("owner", "!是，周巷镇"), "[用名片：示例 李四 000]", "[不提供]")
		contains(t, p.chat("owner", "!用名片：示例 李四 000"), "企业：示例电器厂", "联系方式：示例 李四 000")
	})
	t.Run("not chosen", func(t *testing.T) {
		t.Parallel()
		p := begin(t)
		p.give("owner", card)
		p.chat("owner", "!跳过")
		p.chat("owner", "!是，周巷镇")
		got := p.chat("owner", "!不提供")
		contains(t, got, "企业：未提供", "联系方式：不提供")
		if strings.Contains(got, "李四") {
			t.Errorf("the contact is passed on:\n%s", got)
		}
	})
	t.Run("a place", func(t *testing.T) {
		t.Parallel()
		p := begin(t)
		contains(t, p.give("owner", handlers.Message{Text: "示例园区 示例路 1 号", Shared: true}), "请用文字输入企业名称")
	})
	t.Run("of a visit", func(t *testing.T) {
		t.Parallel()
		p := newPlayer(t)
		p.chat("obs", "/observe {code observer  观察员一号}")
		p.chat("obs", "!登记走访")
		contains(t, p.give("obs", card), "请用文字输入企业名称")
		contains(t, p.chat("obs", "示例厂"), "哪天走访的")
	})
}
