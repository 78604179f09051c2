package web_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/chromedp/chromedp"

	"liaison/ticket"
)

// An agent enters a visit, imports a sheet with a fault and then without, reads the
// figures, and records what became of an opinion; a supervisor ends an appointment.
func TestBrowserVisits(t *testing.T) {
	t.Parallel()
	g := inBrowser(t)
	if g == nil {
		return
	}
	g.observer(g.visitor().chat(), "观察员一号（示例）")
	file := func(name string, rows ...[]any) string {
		t.Helper()
		at := filepath.Join(t.TempDir(), name)
		if err := os.WriteFile(at, []byte(workbook(t, rows...)), 0o600); err != nil {
			t.Fatal(err)
		}
		return at
	}
	head := []any{"走访日期", "企业名称", "走访人", "意见建议", "办理情况", "序号"}
	bad := file("bad.xlsx", head, []any{"上周", "示例四厂"}, []any{g.today(), "", "", "", "好"})
	good := file("good.xlsx", head, []any{g.today(), "示例五厂", "观察员一号（示例）", "招工难", "研究中"}, []any{g.today(), "示例六厂", "王五（示例）"})

	b := g.browser()
	b.window(1280, 900, "light")
	b.open(g.http.URL + "/staff/#/visits")
	b.see("the login", `!document.getElementById('viewLogin').hidden`)
	b.fill("code", g.staffCode("甲（示例）", ticket.RoleAgent, g.stations()[0]))
	b.do(enter(0))
	b.see("no figures yet", `document.querySelector('#figureRows .total td')?.innerText === '0'`)
	b.see("no choice of stations for who has one", `document.querySelector('#visitStation').hidden && document.querySelector('#visitFilter [name=station]').hidden`)

	b.do(click("#visitEnter summary"), click("#visitForm .primary"))
	b.see("what is missing", `document.getElementById('visitError').innerText.includes(`+quote("请填写企业名称")+`)`)
	b.do(focus("#visitForm [name=companies]"), write("示例轴承厂、示例五金厂"))
	b.do(chromedp.Evaluate[chromedp.Void](`document.querySelector('#visitForm [name=day]').value = '` + g.today() + `'`))
	b.do(focus("#opinionRows textarea"), write("厂门口的路坑洼，货车进不来（示例）"))
	b.shot("1-form")
	b.do(click("#visitForm .primary"))
	b.see("the visit in the list", `document.querySelector('#visitList').innerText.includes(`+quote("示例轴承厂、示例五金厂")+`)`)
	b.see("the figures", `[...document.querySelectorAll('#figureRows .total td')].map((c) => c.innerText).join() === '1,2,1,0,0,0,1'`)
	b.see("an empty form", `document.querySelector('#visitForm [name=companies]').value === '' && document.querySelectorAll('#opinionRows li').length === 1`)

	b.do(click("#visitImport summary"), chromedp.SetUploadFiles(chromedp.CSS("#visitSheet"), []string{bad}))
	b.see("each fault", `[...document.querySelectorAll('#importResult .faults strong')].map((f) => f.innerText).join('|') === `+quote("第 2 行 · 走访日期|第 3 行 · 办理情况|第 3 行 · 走访企业"))
	b.shot("2-faults")
	b.fits("the faults")
	b.do(chromedp.SetUploadFiles(chromedp.CSS("#visitSheet"), []string{good}))
	b.see("what was added", `document.querySelector('#importResult').innerText.includes(`+quote("已导入走访 2 次、意见 1 条")+`)`)
	b.do(chromedp.SetUploadFiles(chromedp.CSS("#visitSheet"), []string{good}))
	b.see("the same file again", `document.querySelector('#importResult').innerText.includes(`+quote("已有 2 次走访没有重复导入")+`)`)
	b.do(click("#visitEnter summary"), click("#visitImport summary"))
	b.do(chromedp.Evaluate[chromedp.Void](`(() => { const f = document.querySelector('#visitFilter [name=by]'); f.value = 'observer'; f.dispatchEvent(new Event('input', { bubbles: true })); })()`))
	b.see("figures by visitor", `document.querySelectorAll('#figureRows tr').length === 4 && document.querySelector('#figureRows').innerText.includes(`+quote("观察员一号（示例）")+`)`)
	b.shot("3-page")
	b.fits("the page of visits")
	b.window(375, 740, "light")
	b.shot("4-narrow")
	b.fits("the page of visits on a phone")
	b.window(1280, 900, "dark")

	b.do(click(`#visitList li:last-child a`))
	b.see("the visit", `document.querySelector('#visit h2')?.innerText.length > 0 && !document.querySelector('#visit').hidden`)
	b.do(focus("#visit .opinion-add textarea"), write("希望一次办好（示例）"))
	b.do(chromedp.Evaluate[chromedp.Void](`(() => { const f = document.querySelector('#visit .opinions select'); f.value = 'solved'; f.dataset.old = '1'; f.dispatchEvent(new Event('change')); })()`))
	b.see("the outcome, and what was being written", `!document.querySelector('#visit .opinions select').dataset.old && document.querySelector('#visit .opinion-add textarea').value.length > 0`)
	b.do(click("#visit .opinion-add .button"))
	b.see("two opinions, one of them solved", `[...document.querySelectorAll('#visit .opinions select')].map((s) => s.value).join() === 'solved,'`)
	b.shot("5-visit")
	b.fits("a visit")
	b.window(375, 740, "dark")
	b.shot("6-visit-narrow")
	b.fits("a visit on a phone")

	b.window(1280, 900, "light")
	set := func(name, value string) {
		b.do(chromedp.Evaluate[chromedp.Void](`document.querySelector('#visitCorrect [name=` + name + `]').value = ` + quote(value)))
	}
	b.do(click("#visit .correcting summary"))
	set("companies", "")
	b.do(click("#visitCorrect .primary"))
	b.see("what is wrong with it", `document.querySelector('#visitCorrect .error').innerText.includes(`+quote("请填写企业名称")+`)`)
	b.see("no history yet", `!document.querySelector('#visit .corrections')`)
	set("companies", "示例五厂、示例七厂")
	set("met", "总经理（示例）")
	b.do(click("#visitCorrect .primary"))
	b.see("the visit as it was put right", `document.querySelector('#visit h2').innerText === `+quote("示例五厂、示例七厂"))
	b.see("who put right what", `document.querySelectorAll('#visit .corrections li').length === 2 && document.querySelector('#visit .corrections').innerText.includes(`+quote("甲（示例）")+`) && document.querySelector('#visit .corrections').innerText.includes(`+quote("走访对象：未填写 → 总经理（示例）")+`)`)
	b.do(click("#visit .correcting summary"))
	b.shot("6-corrected")
	b.fits("a visit that was put right")
	b.window(375, 740, "light")
	b.shot("6-corrected-narrow")
	b.fits("a visit that was put right on a phone")

	b.window(1280, 900, "light")
	b.do(click("#logout"))
	b.anew()
	b.open(g.http.URL + "/staff/#/invites")
	b.see("the login", `!document.getElementById('viewLogin').hidden`)
	b.see("nothing left of the visits", `document.querySelector('#visit').innerText + document.querySelector('#visitList').innerText === ''`)
	b.fill("code", g.staffCode("丙（示例）", ticket.RoleSupervisor, ""))
	b.do(enter(0))
	b.see("the observer", `document.querySelector('#observerList')?.innerText.includes(`+quote("观察员一号（示例）")+`)`)
	b.shot("7-observers")
	b.do(click("#observerList .danger"), click("#observerList .danger"))
	b.see("the end of the appointment", `document.querySelector('#observerList .chip').innerText === `+quote("已结束")+` && document.querySelector('#observerList input').value === '`+g.today()+`'`)
	b.fits("the appointments")
}
