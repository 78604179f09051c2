package web_test

import (
	"encoding/json"
	"testing"

	"github.com/chromedp/chromedp"

	"liaison/ticket"
	"liaison/ticket/route"
)

// say writes and sends, as somebody does at a phone.
func (b *browser) say(text string) {
	b.t.Helper()
	b.do(chromedp.Focus(chromedp.CSS("#text")), write(text), enter(0))
	b.see("the own message "+text, bubble("visitor", text))
}

// press waits for the newest button with the words, and presses it.
func (b *browser) press(label string) {
	b.t.Helper()
	words, err := json.Marshal(label)
	if err != nil {
		b.t.Fatal(err)
	}
	newest := `[...document.querySelectorAll('#log .answers button')].filter((b) => b.innerText === ` + string(words) + `).at(-1)`
	b.see("the button "+label, newest)
	b.do(chromedp.Evaluate[chromedp.Void](newest + `.click()`))
	b.see("the press of "+label, bubble("visitor", label))
}

// A case goes its whole way: filed at a phone, answered at a desk, rated at the
// phone.
func TestBrowserCase(t *testing.T) {
	t.Parallel()
	g := inBrowser(t)
	if g == nil {
		return
	}
	b := g.browser()
	b.window(375, 760, "light")
	b.open(g.http.URL + "/")
	b.see("the welcome", `!document.getElementById('intro').hidden`)
	b.do(chromedp.Click(chromedp.CSS(".starts [data-command='/complain']")))
	b.see("the question", bubble("bot", "发生了什么"))
	b.say("周巷镇工业路的路灯坏了两个月，晚上货车进出很危险（示例）")
	b.press("下一步")
	b.see("the question for the company", bubble("bot", "企业"))
	b.shot("1-form")
	b.say("示例电器厂")
	b.see("the town", bubble("bot", "周巷镇，对吗"))
	b.press("是，周巷镇")
	b.press("不提供")
	b.see("the review", bubble("bot", "请核对"))
	b.fits("the review")
	b.shot("2-review")
	b.press("提交")
	b.see("the number", bubble("bot", "已受理，编号 CX-"))
	b.shot("3-filed")

	boss := g.staff("丙（示例）", ticket.RoleSupervisor, "")
	list := decode[caseList](t, boss.do("GET", "/api/staff/tickets", nil))
	if len(list.Tickets) != 1 {
		t.Fatalf("%d cases in the console", len(list.Tickets))
	}
	r := boss.do("POST", "/api/staff/tickets/"+list.Tickets[0].ID+"/act", map[string]string{"action": "resolve", "text": "路灯已修好（示例）。"})
	if r.status != 200 {
		t.Fatalf("resolve: %d %s", r.status, r.body)
	}
	b.see("the result", bubble("bot", "路灯已修好"))
	b.shot("4-result")
	b.press("解决了")
	b.press("5★")
	b.see("the thanks", bubble("bot", "已记下 5 分"))
	b.shot("5-rated")
	full := decode[fullCase](t, boss.do("GET", "/api/staff/tickets/"+list.Tickets[0].ID, nil))
	if full.State != "closed" || full.Rating.Score != 5 {
		t.Errorf("the case is %s, rated %d", full.State, full.Rating.Score)
	}
}

// A case that no rule placed is passed on by the button of a suggested station.
func TestBrowserSuggestion(t *testing.T) {
	t.Parallel()
	g := inBrowser(t)
	if g == nil {
		return
	}
	here, there := g.stations()[0], g.stations()[1]
	g.staff("丁（示例）", ticket.RoleAgent, there)
	g.newCase(g.visitor().chat(), here, "手头周转不开（示例）", ticket.Reason{Code: route.RuleTriage, Value: here},
		ticket.Reason{Code: route.StationSuggested, Value: there + " 62%"}, ticket.Reason{Code: route.GuessWords, Value: "周转"})
	b := g.browser()
	b.window(1280, 800, "light")
	b.open(g.http.URL + "/staff/")
	b.see("the login", `!document.getElementById('viewLogin').hidden`)
	b.fill("code", g.staffCode("丙（示例）", ticket.RoleSupervisor, ""))
	b.do(enter(0))
	b.see("the case", `document.querySelectorAll('#tickets button, #tickets a').length > 0`)
	b.do(click("#tickets button, #tickets a"))
	const button = `[...document.querySelectorAll('#detail button')].find((b) => b.innerText.startsWith('转给'))`
	b.see("the suggestion", button)
	b.see("what it stands on", `document.getElementById('detail').innerText.includes('判断依据的词：周转')`)
	b.fits("a case with a suggestion")
	b.shot("suggestion")
	b.do(chromedp.Evaluate[chromedp.Void](button + `.click()`))
	b.see("the case at its new station", `document.getElementById('detail').innerText.includes('采纳派单建议') && !(`+button+`)`)
}

// An answer that was sent is corrected from its page.
func TestBrowserCorrection(t *testing.T) {
	t.Parallel()
	g := inBrowser(t)
	if g == nil {
		return
	}
	visitor := g.visitor()
	c := g.newCase(visitor.chat(), g.stations()[0], "补贴什么时候发放（示例）")
	boss := g.staff("丙（示例）", ticket.RoleSupervisor, "")
	if r := boss.do("POST", "/api/staff/tickets/"+c.ID+"/act", map[string]string{"action": "resolve", "text": "周三发放（示例）"}); r.status != 200 {
		t.Fatalf("resolve: %d %s", r.status, r.body)
	}
	b := g.browser()
	b.window(1280, 800, "light")
	b.open(g.http.URL + "/staff/")
	b.see("the login", `!document.getElementById('viewLogin').hidden`)
	b.fill("code", g.staffCode("丁（示例）", ticket.RoleSupervisor, ""))
	b.do(enter(0))
	b.do(chromedp.Evaluate[chromedp.Void](`location.hash = '#/t/` + c.ID + `'`))
	const choice = `document.querySelector('#work input[value="correct"]')`
	b.see("the step", choice)
	b.do(chromedp.Evaluate[chromedp.Void](choice + `.click()`))
	b.see("what it does", `document.getElementById('work').innerText.includes('原答复留在记录里')`)
	b.fill("work-text", "改为周五发放（示例）")
	b.shot("correction-form")
	b.fits("the form of a correction")
	b.do(click("#work .primary"))
	b.see("both answers", `['周三发放', '改为周五发放', '更正答复'].every((s) => document.querySelector('#detail .timeline').innerText.includes(s))`)
	b.see("the words for the requester set off", `document.querySelectorAll('#detail .timeline .told').length === 3`)
	b.shot("corrected")
	b.window(375, 760, "light")
	b.fits("a corrected answer on a phone")
	b.shot("corrected-phone")
}
