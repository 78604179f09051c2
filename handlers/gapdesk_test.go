package handlers_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"liaison/e2e/script"
	"liaison/handlers"
	"liaison/knowledge"
	"liaison/ticket"
)

// says lets somebody say something and returns what the bot said to whom.
func (p *player) says(who, text string) map[string][]string {
	p.t.Helper()
	return byReader(p.do(script.Line{Actor: who, Op: script.Say, Text: text}))
}

func byReader(all []script.Said) map[string][]string {
	out := make(map[string][]string)
	for _, s := range all {
		out[s.To] = append(out[s.To], strings.Join(s.Lines, "\n"))
	}
	return out
}

func (p *player) openGaps() (out []handlers.Gap) {
	p.t.Helper()
	err := p.store.View(p.t.Context(), func(tx handlers.Tx) (err error) {
		out, err = tx.Gaps(p.t.Context(), 0, handlers.GapOpen)
		return err
	})
	if err != nil {
		p.t.Fatal(err)
	}
	return out
}

// staffMember makes an agent without a chat, as one who works in the console.
func (p *player) staffMember() (id string) {
	p.t.Helper()
	err := p.store.Update(p.t.Context(), func(tx handlers.Tx) error {
		who, err := tx.AddPerson(p.t.Context(), handlers.Person{Label: "甲（示例）"})
		if err != nil {
			return err
		}
		id = who.ID
		return tx.AddMembership(p.t.Context(), handlers.Membership{Person: id, Role: ticket.RoleAgent, Station: "town-zhouxiang"})
	})
	if err != nil {
		p.t.Fatal(err)
	}
	return id
}

// An answer that was given while nothing could be delivered reaches everybody who
// asked after the restart, each once, in the person's own words and language; who
// blocked the bot or asked something else hears nothing.
func TestStaffAnswerReachesAskersOnce(t *testing.T) {
	t.Parallel()
	p := newPlayer(t)
	p.says("one", "仓库屋顶能装光伏吗")
	p.says("one", "我们仓库的屋顶可以安装光伏吗")
	p.says("en-two", "仓库屋顶可以装光伏吗")
	p.says("gone", "仓库屋顶能装光伏吗")
	p.says("other", "明天会下雨吗")
	p.receive(handlers.Message{Key: "block", From: handlers.Address{Channel: handlers.Telegram, Chat: p.users["gone"]}, User: p.users["gone"], Event: handlers.EventBlocked})
	p.settle()
	open := p.openGaps()
	if len(open) != 2 || open[0].Count != 4 || open[0].Askers != 3 || len(open[0].Nearest) == 0 {
		t.Fatalf("open: %+v", open)
	}

	by := p.staffMember()
	var seen time.Time
	answer := func(a handlers.GapAnswer) (told int, err error) {
		err = p.store.Update(t.Context(), func(tx handlers.Tx) (err error) {
			told, err = p.desk.AnswerGap(t.Context(), tx, open[0].ID, a, seen)
			return err
		})
		return told, err
	}
	var requester string
	err := p.store.Update(t.Context(), func(tx handlers.Tx) error {
		who, err := tx.Touch(t.Context(), handlers.Telegram, p.users["one"], "", p.clock())
		requester = who.ID
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	for name, row := range map[string]struct {
		a    handlers.GapAnswer
		want ticket.Code
	}{
		"by a requester":       {handlers.GapAnswer{Text: "好", By: requester}, ticket.Forbidden},
		"without words":        {handlers.GapAnswer{Text: " \n", By: by}, ticket.Invalid},
		"too long":             {handlers.GapAnswer{Text: strings.Repeat("长", ticket.MaxText+1), By: by}, ticket.Invalid},
		"rests on no unit":     {handlers.GapAnswer{Text: "好", By: by, Unit: "none#none"}, ticket.Invalid},
		"by nobody we know of": {handlers.GapAnswer{Text: "好", By: "nobody"}, ticket.Forbidden},
	} {
		if _, err := answer(row.a); ticket.CodeOf(err) != row.want {
			t.Errorf("%s: %v", name, err)
		}
	}
	p.mu.Lock()
	p.fresh = nil
	p.mu.Unlock()
	p.stop() // nothing is delivered from here on
	p.start()
	told, err := answer(handlers.GapAnswer{Text: "可以，先备案。（示例）", By: by, Unit: "cixi-2024-reply-184#enterprise-talks"})
	if err != nil || told != 2 {
		t.Fatalf("told %d, %v", told, err)
	}
	p.stop()
	p.start()
	p.settle()
	said := byReader(p.said(script.Line{}))
	one, two := strings.Join(said["one"], ""), strings.Join(said["en-two"], "")
	if len(said["one"]) != 1 || !strings.Contains(one, "我们仓库的屋顶可以安装光伏吗") || !strings.Contains(one, "工作人员的答复（2026年11月23日") || !strings.Contains(one, "第184号建议") {
		t.Errorf("the first hears %q", said["one"])
	}
	if len(said["en-two"]) != 1 || !strings.Contains(two, "Answer of the station's staff") || !strings.Contains(two, "先备案") {
		t.Errorf("the second hears %q", said["en-two"])
	}
	if len(said) != 2 {
		t.Errorf("others hear of it: %q", said)
	}
	if _, err := answer(handlers.GapAnswer{Text: "另一人的答复", By: by}); !errors.Is(err, handlers.ErrGapAnswered) {
		t.Errorf("answered by somebody who has not seen the answer: %v", err)
	}
	seen = p.clock()
	if told, err := answer(handlers.GapAnswer{Text: "再说一遍", By: by}); err != nil || told != 0 {
		t.Errorf("answered again: %d, %v", told, err)
	}
	if left := p.openGaps(); len(left) != 1 {
		t.Errorf("left open: %+v", left)
	}
}

// What helped and what did not is counted once, however often it is pressed. Who
// finds later that it did not help is told that it is recorded, and it is.
func TestOutcomesAreCounted(t *testing.T) {
	t.Parallel()
	p := newPlayer(t)
	press := func(button string) { p.do(script.Line{Actor: "owner", Op: script.Press, Text: button}) }
	p.says("owner", "慈溪有几个普惠金融服务站？")
	press("有帮助")
	press("有帮助")
	press("没帮上")
	p.says("owner", "兼并收购低效企业土地有没有奖励？")
	press("没帮上")
	press("没帮上")
	p.says("owner", "明天会下雨吗？")
	p.says("owner", "谢谢")
	var days []handlers.AskedDay
	var liked []handlers.Liked
	err := p.store.View(t.Context(), func(tx handlers.Tx) (err error) {
		if days, err = tx.AskedDays(t.Context(), p.clock()); err != nil {
			return err
		}
		liked, err = tx.Liked(t.Context(), p.clock().AddDate(0, 0, -1), 1, 10)
		return err
	})
	if err != nil || len(days) != 1 || len(liked) != 1 {
		t.Fatalf("%v, %v, %v", days, liked, err)
	}
	want := handlers.Share{Asked: 3, Answered: 2, Share: 2.0 / 3, Helped: 1, Unhelped: 1}
	if got := handlers.ShareOf(days[0]); got != want {
		t.Errorf("got %+v, want %+v", got, want)
	}
	if open := p.openGaps(); len(open) != 3 || open[0].Count != 1 || open[1].Count != 1 || open[2].Count != 1 {
		t.Errorf("gaps: %+v", open)
	}
}

// The whole clause is a button away, in pages, with the headings above it.
func TestWholeClause(t *testing.T) {
	t.Parallel()
	p := newPlayer(t)
	long := "示例市的企业租用雨伞，每把每年补贴37元。\n\n" + strings.Repeat("雨伞应当保管在干燥的地方，损坏的及时报修，丢失的照价赔偿。\n\n", 80) + "本条最后一句。"
	lib, err := knowledge.NewLibrary([]knowledge.Document{{
		ID: "umbrella", Title: "示例市雨伞租用补贴办法（示例）", Status: knowledge.InForce,
		Units: []knowledge.Unit{{Slug: "a", Title: "第一条 租用雨伞的补贴", Path: "第一章 总则", Body: long}},
	}})
	if err != nil {
		t.Fatal(err)
	}
	p.desk.Answerer.(*knowledge.Answerer).SetLibrary(lib)
	said := strings.Join(p.says("owner", "租用雨伞每把补贴多少元？")["owner"], "")
	if !strings.Contains(said, "37元") || !strings.Contains(said, "[看整条原文]") {
		t.Fatalf("the answer: %s", said)
	}
	pages := byReader(p.do(script.Line{Actor: "owner", Op: script.Press, Text: "看整条原文"}))["owner"]
	for len(pages) < 10 && strings.Contains(pages[len(pages)-1], "[下一页]") {
		pages = append(pages, byReader(p.do(script.Line{Actor: "owner", Op: script.Press, Text: "下一页"}))["owner"]...)
	}
	if len(pages) != 2 || !strings.Contains(pages[0], "第一章 总则 › 第一条 租用雨伞的补贴（第 1 页，共 2 页）") || !strings.HasSuffix(pages[1], "本条最后一句。") {
		t.Errorf("%d pages: %q", len(pages), pages)
	}
	for _, page := range pages {
		if n := len([]rune(page)); n > 2000 {
			t.Errorf("a page has %d characters", n)
		}
	}
}
