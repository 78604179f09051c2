package web_test

import (
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"liaison/ticket"
)

// A visitor asks for funds by buttons; staff record the result with a figure that
// cannot be read at first; the supervisor sees it in the report.
func TestBrowserFinancing(t *testing.T) {
	t.Parallel()
	g := inBrowser(t)
	if g == nil {
		return
	}
	v := g.browser()
	v.window(375, 740, "light")
	v.open(g.http.URL + "/")
	v.do(chromedp.Focus(chromedp.CSS("#text")), write("/finance"), enter(0))
	v.see("the services", bubble("bot", "政策库里的融资服务如下"))
	for _, button := range []string{"提交融资需求", "购置设备"} {
		v.press(button)
	}
	v.see("the question for the amount", bubble("bot", "需要多少资金"))
	v.say("50万元")
	v.press("1年")
	v.press("质押")
	v.see("the choice", bubbleButton("✓ 质押"))
	v.press("下一步")
	v.press("知识产权")
	v.see("the choice", bubbleButton("✓ 知识产权"))
	v.shot("1-choices")
	v.press("下一步")
	v.press("跳过")
	v.press("说不清")
	v.press("不提供")
	v.see("what fits, and why", bubble("bot", "企业有“知识产权”，条文写到“知识产权质押”"))
	v.shot("2-review")
	v.press("提交")
	v.see("the number", bubble("bot", "已受理，编号"))

	b := g.browser()
	b.window(1280, 900, "light")
	b.open(g.http.URL + "/staff/")
	b.see("the login", `!document.getElementById('viewLogin').hidden`)
	b.fill("code", g.staffCode("丙（示例）", ticket.RoleSupervisor, ""))
	b.do(enter(0))
	b.see("the case", `document.querySelectorAll('#tickets a').length === 1`)
	b.do(click("#tickets a"))
	b.see("what it asks for", `document.querySelector('#detail .facts')?.innerText.includes('50万元')`)
	b.see("what fits", `document.querySelector('#detail .facts')?.innerText.includes('知识产权质押')`)
	b.do(click(`#work input[value="record"]`))
	b.see("the fields", `document.querySelector('#work .outcome').offsetParent !== null`)
	choose := func(n int, value string) {
		b.do(chromedp.Evaluate[chromedp.Void](`(() => { const s = document.querySelectorAll('#work .outcome select')[` + string(rune('0'+n)) + `]; s.value = ` + quote(value) + `; s.dispatchEvent(new Event('input', { bubbles: true })); })()`))
	}
	enterInto := func(n int, value string) {
		b.do(chromedp.Evaluate[chromedp.Void](`(() => { const s = document.querySelectorAll('#work .outcome input')[` + string(rune('0'+n)) + `]; s.value = ` + quote(value) + `; s.dispatchEvent(new Event('input', { bubbles: true })); })()`))
	}
	choose(0, "granted")
	b.see("the figures", `document.querySelectorAll('#work .outcome input')[0].offsetParent !== null`)
	choose(1, "finance-centre")
	enterInto(0, "30")
	enterInto(1, "3.85")
	enterInto(2, "一年半")
	b.do(click(`#work button.primary`))
	b.see("how to write it", `document.querySelector('#work > .error').innerText.includes('没看懂金额')`)
	b.shot("3-error")
	enterInto(0, "30万")
	b.do(click(`#work button.primary`))
	b.see("the result", `document.querySelector('#detail .facts')?.innerText.includes('已获批 30万元，年利率 3.85%，期限18个月')`)
	b.fits("a case with a result")
	b.shot("4-result")

	b.do(click(`#tabs a[href="#/financing"]`))
	b.see("the report", `document.querySelectorAll('#fundsRows tr').length === 1 && document.getElementById('fundsTotal').innerText.includes('3.85%')`)
	b.fits("the report")
	b.shot("5-report")
	b.do(chromedp.Evaluate[chromedp.Void](`(() => { const s = document.querySelector('#fundsPeriod select'); s.value = 'product'; s.dispatchEvent(new Event('change', { bubbles: true })); })()`))
	b.see("the product", `document.getElementById('fundsRows').innerText.includes('知识产权质押贷款')`)
	b.see("the sheet", `document.getElementById('fundsSheet').href.includes('by=product')`)
	b.window(375, 740, "dark")
	b.fits("the report on a phone")
	b.see("the days beside each other, not on top", `[...document.querySelectorAll('#fundsPeriod .field')]
		.every((f) => f.querySelector('.input').getBoundingClientRect().right <= f.getBoundingClientRect().right + 1)`)
	b.shot("6-phone")
	b.do(chromedp.Evaluate[chromedp.Void](`(() => { const f = document.querySelector('#fundsPeriod input[name="from"]'); f.value = '` + time.Now().AddDate(1, 0, 0).Format(time.DateOnly) + `'; f.dispatchEvent(new Event('change', { bubbles: true })); })()`))
	b.see("the wrong period", `document.getElementById('fundsError').innerText.includes('起止日期')`)
}

// bubbleButton is true when the newest buttons have one with the words.
func bubbleButton(text string) string {
	return `[...document.querySelectorAll('#log button')].some((b) => b.innerText.trim() === ` + quote(text) + `)`
}
