package web_test

import (
	"testing"

	"github.com/chromedp/chromedp"

	"liaison/ticket"
)

// Unanswered questions are answered in the console while others ask on, and a
// decision is tried, made and undone.
func TestBrowserGaps(t *testing.T) {
	t.Parallel()
	g := inBrowser(t)
	if g == nil {
		return
	}
	boss := g.staff("乙（示例）", ticket.RoleSupervisor, "")
	v := g.visitor()
	const markup = "<img src=x onerror=alert(1)> 明天会下雨吗 \u202e😀"
	for _, q := range []string{"仓库屋顶能装光伏吗", "我们仓库的屋顶可以安装光伏吗", markup} {
		v.ask(q, "就不猜了")
	}
	b := g.browser()
	b.window(1280, 900, "light")
	b.open(g.http.URL + "/staff/#/gaps")
	b.see("the login", `!document.getElementById('viewLogin').hidden`)
	b.fill("code", g.staffCode("甲（示例）", ticket.RoleSupervisor, ""))
	b.do(enter(0))
	b.see("two gaps", `document.querySelectorAll('#gaps details').length === 2`)
	b.see("words as words", `[...document.querySelectorAll('#gaps strong')].some((e) => e.textContent.includes('<img')) && !document.querySelector('#gaps img')`)
	b.shot("1-gaps")
	b.do(click("#gaps summary"))
	b.see("the form", `document.querySelector('#gaps details[open] textarea') !== null`)

	// What is being written is not taken away by what others ask meanwhile.
	b.do(chromedp.Evaluate[chromedp.Void](`(globalThis.field = document.querySelector('#gaps textarea')).focus()`), write("可以，先备案。（示例）"))
	v.ask("后天会刮台风吗", "就不猜了")
	b.see("still the same field", `document.activeElement === globalThis.field && globalThis.field.isConnected`)
	b.shot("2-answering")
	b.fits("the answer form")
	b.do(focus("#gapState"))
	b.see("the news", `document.querySelectorAll('#gaps details').length === 3`)
	b.see("what was written and opened", `document.querySelector('#gaps details[open] textarea').value.includes(`+quote("先备案")+`)`)

	// Somebody else answers first.
	id := get[string](b, `document.querySelector('#gaps details[open]').dataset.gap`)
	b.do(focus("#gaps details[open] textarea"))
	if r := boss.do("POST", "/api/staff/gaps/"+id+"/answer", map[string]any{"text": "已由示例窗口答复。（示例）"}); r.status != 200 {
		t.Fatalf("answered: %d %s", r.status, r.body)
	}
	b.do(click("#gaps details[open] form button"))
	b.see("refused", `document.getElementById('toasts').innerText.includes(`+quote("其他同事")+`)`)
	b.see("and gone from the open ones", `document.querySelectorAll('#gaps details').length === 2`)
	b.do(chromedp.Evaluate[chromedp.Void](`(() => { const s = document.getElementById('gapState'); s.value = 'answered'; s.dispatchEvent(new Event('change')); })()`))
	b.see("the other's answer", `document.querySelector('#gaps .said')?.textContent.includes(`+quote("乙（示例）")+`)`)
	b.do(click("#gaps summary"))
	b.see("and one's own", `document.querySelector('#gaps textarea').value.includes(`+quote("先备案")+`)`)
	b.window(375, 760, "dark")
	b.fits("an answered question at a phone")
	b.shot("3-answered-phone")
	b.do(click("#gaps form button"))
	b.see("corrected", `document.querySelector('#gaps .said')?.textContent.includes(`+quote("先备案")+`)`)

	b.do(chromedp.Evaluate[chromedp.Void](`(() => { const f = document.getElementById('override').elements; f.question.value = '` + "后天会刮台风吗" + `'; f.search.value = '恳谈会'; f.search.dispatchEvent(new Event('input')); f.why.value = '示例'; })()`))
	b.see("a clause", `document.getElementById('overrideUnits').options.length > 0`)
	b.do(click("#overrideTry"))
	b.see("what it changes", `document.querySelectorAll('#overrideChanges li').length > 0 && !document.getElementById('overrideDo').disabled`)
	b.do(chromedp.Evaluate[chromedp.Void](`document.getElementById('override').scrollIntoView()`))
	b.shot("4-decision-phone")
	b.fits("a decision at a phone")
	b.do(click("#overrideDo"))
	b.see("made", `document.querySelectorAll('#overrides button').length === 1`)
	b.do(click("#language"))
	b.see("in English", `document.querySelector('#viewGaps h2').innerText === 'Unanswered questions'`)
	b.window(1280, 900, "light")
	b.shot("5-english")
	b.do(click("#overrides button"))
	b.see("undone", `document.querySelectorAll('#overrides .undone').length === 1`)
	b.do(chromedp.Evaluate[chromedp.Void](`document.querySelector('.asked').scrollIntoView()`))
	b.shot("6-decided")

	b.open(g.http.URL + "/")
	b.see("questions to begin with", `document.querySelectorAll('#starters button').length > 0`)
	b.shot("7-chat")
	b.window(375, 760, "light")
	b.fits("the chat's start at a phone")
	b.shot("8-chat-phone")
}
