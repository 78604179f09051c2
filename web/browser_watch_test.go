package web_test

import (
	"testing"
	"time"

	"liaison/handlers"
	"liaison/ticket"
)

// A supervisor finds an overdue case on the page, opens it, urges the station, and
// merges what is about the same matter.
func TestBrowserWatch(t *testing.T) {
	t.Parallel()
	g := inBrowser(t)
	if g == nil {
		return
	}
	here := g.stations()[0]
	one := g.newCase(g.visitor().chat(), here, "工业路的路灯坏了两个月（示例）")
	two := g.newCase(g.visitor().chat(), here, "工业路的路灯坏了，没有人修（示例）")
	g.advance(60 * 24 * time.Hour)
	g.update(func(tx handlers.Tx) error {
		_, err := tx.SaveUnheard(t.Context(), handlers.Unheard{Ticket: one.ID, Why: handlers.WhyBlocked, Since: g.now()})
		return err
	})
	b := g.browser()
	b.window(1280, 900, "light")
	b.open(g.http.URL + "/staff/")
	b.see("the login", `!document.getElementById('viewLogin').hidden`)
	b.fill("code", g.staffCode("丙（示例）", ticket.RoleSupervisor, ""))
	b.do(enter(0))
	b.see("the tab", `!document.getElementById('tabWatch').hidden`)
	b.do(click("#tabWatch"))
	b.see("two overdue cases", `document.querySelectorAll('#concerns section:first-child li').length === 2`)
	b.see("whom word does not reach", `document.querySelector('#concerns .lost').innerText.includes('屏蔽') && !!document.querySelector('#concerns .lost a[href="#/t/`+one.ID+`"]')`)
	b.shot("1-watch")
	b.fits("the supervisors' page")
	b.do(click(`#concerns a[href="#/t/` + one.ID + `"]`))
	b.see("the case", `document.querySelector('#detail h2')?.innerText === `+quote(one.ID))
	b.see("the other case", `[...document.querySelectorAll('#detail .facts a')].some((a) => a.innerText === `+quote(two.ID)+`)`)
	b.see("that the requester has not got the latest", `document.querySelector('#detail .unheard')?.innerText.includes('屏蔽')`)
	b.shot("2-case")
	b.window(375, 800, "light")
	b.fits("the case on a phone")
	b.shot("2-case-phone")
	b.window(1280, 900, "light")

	b.do(click(`#work input[value="urge"]`))
	b.fill("work-text", "请今天内签收（示例）")
	b.do(click(`#work button.primary`))
	b.see("the urging in the history", `document.querySelector('#detail .timeline').innerText.includes('请今天内签收')`)
	b.do(click(`#work input[value="merge"]`))
	b.see("the field for the other case", `document.querySelector('#work input[list="similar"]').offsetParent !== null`)
	b.fill("other-case", two.ID)
	b.do(click(`#work button.primary`))
	b.see("merged", `document.querySelector('#detail .facts').innerText.includes(`+quote("合并办理")+`)`)
	b.shot("3-merged")
}
