package web_test

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/chromedp"

	"liaison/handlers"
)

func (c *client) suggestions(q string) []string {
	c.g.t.Helper()
	r := c.do("GET", "/api/suggest?q="+url.QueryEscape(q), nil)
	if r.status != http.StatusOK {
		c.g.t.Fatalf("%s: %d %s", q, r.status, r.body)
	}
	return decode[struct{ Suggestions []string }](c.g.t, r).Suggestions
}

// Another requester's words are suggested only when three people used them.
func TestSuggestions(t *testing.T) {
	t.Parallel()
	g := setup(t)
	v := g.visitor()
	begin := v.suggestions("")
	if len(begin) != 4 {
		t.Fatalf("to begin with: %q", begin)
	}
	if got := v.suggestions("恳谈"); len(got) == 0 || !strings.Contains(got[0], "恳谈") {
		t.Errorf("恳谈: %q", got)
	}
	if got := v.suggestions("明天下雨吗🙂"); len(got) != 0 {
		t.Errorf("rain: %q", got)
	}
	const unit, words = "cixi-2024-reply-184#finance-service-points", "哪里能办普惠金融的事"
	for n, person := range []string{"p1", "p2", "p3"} {
		if got := v.suggestions(""); slices.Contains(got, words) {
			t.Errorf("shown after %d people: %q", n, got)
		}
		g.update(func(tx handlers.Tx) error { return tx.Helped(t.Context(), unit, person, words, g.now()) })
	}
	if got := v.suggestions(""); got[0] != words || len(got) != 4 {
		t.Errorf("after three people: %q", got)
	}
	if r := g.client().do("GET", "/api/suggest?q=x", nil); r.status != 401 {
		t.Errorf("without a cookie: %d", r.status)
	}
	if r := v.do("GET", "/api/suggest?q="+strings.Repeat("x", 61), nil); r.status != 422 {
		t.Errorf("too long: %d", r.status)
	}
	for range 200 {
		if r := v.do("GET", "/api/suggest?q=x", nil); r.status == http.StatusTooManyRequests {
			return
		}
	}
	t.Error("there is no limit")
}

func TestBrowserSuggestions(t *testing.T) {
	t.Parallel()
	g := inBrowser(t)
	if g == nil {
		return
	}
	b := g.browser()
	b.window(1280, 800, "light")
	b.open(g.http.URL + "/")
	b.see("questions to begin with", `document.querySelectorAll('#starters button').length === 4`)
	b.shot("1-starters")
	b.window(375, 760, "light")
	b.fits("the welcome at a phone")
	b.shot("2-starters-phone")
	b.do(focus("#text"), write("普惠金融"))
	b.see("suggestions", `!document.getElementById('suggestions').hidden && document.querySelectorAll('#suggestions li').length > 0`)
	b.shot("3-typing-phone")
	b.fits("suggestions at a phone")
	b.do(stroke("Escape"))
	b.see("none", `document.getElementById('suggestions').hidden && document.getElementById('text').value === `+quote("普惠金融"))
	b.do(write("服"))
	b.see("suggestions again", `!document.getElementById('suggestions').hidden`)
	b.do(stroke("ArrowDown"))
	b.see("one is chosen", `document.getElementById('text').getAttribute('aria-activedescendant') === 'suggestion-0'`)
	b.do(enter(0))
	b.see("an answer", `document.querySelectorAll('.answers button').length > 0 && document.getElementById('text').value === ''`)
	b.shot("4-answered-phone")
}

// stroke presses a key that writes nothing.
func stroke(key string) chromedp.Action[chromedp.Void] {
	return chromedp.Steps(
		step(input.DispatchKeyEvent, input.DispatchKeyEventParams{Type: input.DispatchKeyEventTypeKeyDown, Key: key, Code: key}),
		step(input.DispatchKeyEvent, input.DispatchKeyEventParams{Type: input.DispatchKeyEventTypeKeyUp, Key: key, Code: key}))
}
