package web_test

import (
	"net/http"
	"strconv"
	"strings"
	"testing"

	"liaison/handlers"
	"liaison/relay"
	"liaison/ticket"
)

type parkedList struct {
	Parked []struct {
		Number   int64
		Channel  string
		Attempts int
		Cause    string
	}
}

// park leaves a message in the store as the relay does when it gives one up.
func (g *rig) park(chat, text, cause string) {
	g.t.Helper()
	m := handlers.Message{Key: text, From: handlers.Address{Channel: handlers.Web, Chat: chat}, User: chat, Text: text, SentAt: g.now()}
	_, err := g.store.ParkOnce(g.t.Context(), relay.Inbound{Message: m, Attempts: 5}, []string{m.Key}, cause, g.now(), func(handlers.Tx) error { return nil })
	if err != nil {
		g.t.Fatal(err)
	}
}

// Supervisors see what could not be handled, not whose it is or what it says, and
// what they try again is handled.
func TestParked(t *testing.T) {
	t.Parallel()
	g := setup(t)
	v := g.visitor()
	g.park(v.chat(), "我叫张三（示例）", "panic: boom at 张三")
	g.park(v.chat(), "第二条（示例）", "context deadline exceeded")
	agent := g.staff("甲（示例）", ticket.RoleAgent, g.stations()[0])
	boss := g.staff("丙（示例）", ticket.RoleSupervisor, "")
	for _, method := range []string{"GET", "POST"} {
		if r := agent.do(method, "/api/staff/parked", map[string]any{"number": 1, "again": true}); r.status != http.StatusForbidden {
			t.Errorf("an agent: %s %d", method, r.status)
		}
	}
	r := boss.do("GET", "/api/staff/parked", nil)
	for _, secret := range []string{"张三", "第二条", v.chat()} {
		if strings.Contains(r.body, secret) {
			t.Errorf("the list holds %q: %s", secret, r.body)
		}
	}
	list := decode[parkedList](t, r).Parked
	if len(list) != 2 || list[0].Attempts != 6 || list[0].Channel != "web" || list[0].Cause != "程序出错" || list[1].Cause != "处理超时" {
		t.Fatalf("listed are %+v", list)
	}
	decide := func(n int64, again bool) []string {
		var left []string
		for _, p := range decode[parkedList](t, boss.do("POST", "/api/staff/parked", map[string]any{"number": n, "again": again})).Parked {
			left = append(left, strconv.FormatInt(p.Number, 10))
		}
		return left
	}
	if left := decide(list[1].Number, false); len(left) != 1 {
		t.Errorf("left after one is set aside: %v", left)
	}
	for range 2 { // the second time it is off the list already
		if left := decide(list[0].Number, true); len(left) != 0 {
			t.Errorf("left at last: %v", left)
		}
	}
	var n int
	g.update(func(tx handlers.Tx) (err error) { n, err = tx.CountParked(t.Context()); return err })
	if n != 0 {
		t.Errorf("%d are parked", n)
	}
}

func TestBrowserParked(t *testing.T) {
	t.Parallel()
	g := inBrowser(t)
	if g == nil {
		return
	}
	chat := g.visitor().chat()
	g.park(chat, "一（示例）", "panic: boom")
	g.park(chat, "二（示例）", "begin: the database is away")
	b := g.browser()
	b.window(1280, 900, "light")
	b.open(g.http.URL + "/staff/#/watch")
	b.see("the login", `!document.getElementById('viewLogin').hidden`)
	b.fill("code", g.staffCode("丙（示例）", ticket.RoleSupervisor, ""))
	b.do(enter(0))
	b.see("the tab", `!document.getElementById('tabWatch').hidden`)
	b.do(click("#tabWatch"))
	b.see("two messages", `document.querySelectorAll('#parked li').length === 2 && document.getElementById('parked').innerText.includes('程序出错')`)
	b.shot("1-parked")
	b.fits("the supervisors' page with parked messages")
	b.window(375, 800, "light")
	b.fits("the same on a phone")
	b.shot("2-parked-phone")
	b.do(click(`#parked li:first-child button.quiet`))
	b.see("one message", `document.querySelectorAll('#parked li').length === 1`)
	b.do(click(`#parked li:first-child button:not(.quiet)`))
	b.see("none, and no section", `document.getElementById('parked').innerText === ''`)
}
