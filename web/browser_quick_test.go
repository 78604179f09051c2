package web_test

import (
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"liaison/handlers"
	"liaison/ticket"
)

// An agent keeps a quick reply, answers a case with it and with what was answered in
// a similar one, sees a colleague at the same case, and is shown what the colleague
// did before anything is sent.
func TestBrowserQuickReplies(t *testing.T) {
	t.Parallel()
	g := inBrowser(t)
	if g == nil {
		return
	}
	here := g.stations()[0]
	v := g.visitor()
	solved := g.newCase(v.chat(), here, "横河镇开发大道路灯不亮（示例）")
	colleague := g.staff("乙（示例）", ticket.RoleAgent, here)
	act := func(id string, fields map[string]string) {
		t.Helper()
		if r := colleague.do("POST", "/api/staff/tickets/"+id+"/act", fields); r.status != 200 {
			t.Fatalf("%v: %d %s", fields, r.status, r.body)
		}
	}
	act(solved.ID, map[string]string{"action": "resolve", "text": "路灯已由市政修复（示例）。"})
	g.update(func(tx handlers.Tx) error {
		_, err := g.desk.Act(t.Context(), tx, solved.Requester, solved.ID, ticket.Step{Action: ticket.Solved})
		return err
	})
	c := g.newCase(v.chat(), here, "横河镇工业路路灯不亮（示例）")

	b := g.browser()
	b.window(1280, 900, "light")
	b.open(g.http.URL + "/staff/#/quick")
	b.see("the login", `!document.getElementById('viewLogin').hidden`)
	b.fill("code", g.staffCode("甲（示例）", ticket.RoleAgent, here))
	b.do(enter(0))
	b.see("the page", `!document.getElementById('viewQuick').hidden && document.querySelectorAll('#placeholders button').length > 5`)
	b.fill("quickName", "已派人")
	b.fill("quickBody", "已派人看 {手机}")
	b.do(click("#quickDo"))
	b.see("what is wrong", `document.getElementById('quickError').innerText.includes('占位符')`)
	b.fill("quickBody", "{企业}您好，已派人查看 ")
	b.do(click("#placeholders button"))
	b.do(click("#quickDo"))
	b.see("the quick reply", `document.querySelector('#quickList').innerText.includes('已派人查看 {编号}')`)
	b.fits("the quick replies")
	b.shot("1-quick")
	b.window(375, 760, "light")
	b.fits("the quick replies on a phone")
	b.shot("2-quick-phone")
	b.window(1280, 900, "light")

	b.do(chromedp.Evaluate[chromedp.Void](`location.hash = '#/t/` + c.ID + `'`))
	b.see("the case", `document.querySelector('#detail h2')?.innerText === '`+c.ID+`'`)
	if r := colleague.do("POST", "/api/staff/tickets/"+c.ID+"/writing", map[string]bool{"on": true}); r.status != 204 {
		t.Fatalf("writing: %d", r.status)
	}
	b.see("the colleague", `document.getElementById('replying')?.innerText.includes('乙（示例） 正在回复')`)
	b.do(click(`.assist [data-kind="reference"]`))
	b.see("the similar case", `document.querySelector('.offers').innerText.includes('路灯已由市政修复') && document.querySelector('.offers').innerText.includes('`+solved.ID+`')`)
	b.fits("a case with a reference")
	b.do(chromedp.Evaluate[chromedp.Void](`document.querySelector('.assist').scrollIntoView()`))
	b.shot("3-reference")
	b.do(click(`.assist [data-kind="quick"]`))
	b.see("the quick reply for the case", `document.querySelector('.offers').innerText.includes('示例公司您好，已派人查看 `+c.ID+`')`)
	b.do(click(`.offer .button`))
	b.see("the text in the form", `document.getElementById('work-text').value.includes('已派人查看 `+c.ID+`') && document.querySelector('#work input[value=reply]').checked`)
	if lines := v.do("GET", "/api/chat/lines", nil).body; strings.Contains(lines, "已派人查看") {
		t.Error("it was sent by itself")
	}

	// The colleague is faster.
	act(c.ID, map[string]string{"action": "reply", "text": "乙：明天来修（示例）"})
	b.see("the news in the history", `document.querySelector('.timeline').innerText.includes('明天来修')`)
	b.see("the words that are being written", `document.getElementById('work-text').value.includes('已派人查看')`)
	b.do(click("#work .do .primary"))
	b.see("what has changed", `document.getElementById('changes')?.innerText.includes('明天来修') && document.querySelector('#work .do .primary').innerText.includes('仍然发送')`)
	b.fits("a case that has changed")
	b.do(chromedp.Evaluate[chromedp.Void](`document.getElementById('changes').scrollIntoView({ block: 'center' })`))
	b.shot("4-changed")
	b.window(375, 760, "light")
	b.fits("a case that has changed, on a phone")
	b.do(chromedp.Evaluate[chromedp.Void](`document.getElementById('changes').scrollIntoView({ block: 'center' })`))
	b.shot("5-changed-phone")
	b.do(click("#work .do .primary"))
	b.see("the reply in the history", `document.querySelector('.timeline').innerText.includes('已派人查看') && document.getElementById('work-text').value === ''`)
	v.reads("已派人查看")
}
