package web_test

import (
	"strings"
	"testing"

	"liaison/ticket"
)

// The console in English: its header is one row on a small notebook with every tab of a
// supervisor, nothing of it is cut off on a phone, and names are listed as in English.
func TestBrowserEnglishConsole(t *testing.T) {
	t.Parallel()
	g := inBrowser(t)
	if g == nil {
		return
	}
	b := g.browser()
	b.window(1280, 900, "light")
	b.open(g.http.URL + "/staff/")
	b.see("the login", `!document.getElementById('viewLogin').hidden`)
	b.do(click("#language"))
	b.fill("code", g.staffCode("Supervisor One (example)", ticket.RoleSupervisor, ""))
	b.do(enter(0))
	b.see("every tab", `[...document.querySelectorAll('#tabs a')].every((a) => !a.hidden)`)
	b.do(click("#tabRoster"))
	const empty = `document.querySelector('#roster .notice:last-of-type')`
	b.see("the stations with nobody", empty+`?.innerText.includes('(example), ')`)
	if notice := get[string](b, empty+`.innerText`); strings.ContainsAny(notice, "、，") {
		t.Errorf("names are listed as in Chinese: %s", notice)
	}
	b.shot("1-header")
	const rows = `new Set([...document.querySelectorAll('.bar .brand, #tabs a, .tools button')].map((e) => {
		const at = e.getBoundingClientRect();
		return Math.round((at.top + at.bottom) / 2);
	})).size`
	for _, width := range []int64{1280, 1440} {
		b.window(width, 900, "light")
		if n := get[int](b, rows); n != 1 {
			t.Errorf("at %d px the header has %d rows", width, n)
		}
	}
	b.fits("the console in English")
	b.window(375, 800, "light")
	b.shot("2-phone")
	b.fits("the console in English on a phone")
}
