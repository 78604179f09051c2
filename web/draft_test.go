package web_test

import (
	"context"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"

	"liaison/handlers"
	"liaison/relay"
	"liaison/web"
)

// A preview is told to who listens, and kept nowhere.
func TestPreviewIsNotKept(t *testing.T) {
	t.Parallel()
	g := setup(t)
	v, other := g.visitor(), g.visitor()
	events, others := v.events("/api/chat/events"), other.events("/api/chat/events")
	to := handlers.Address{Channel: handlers.Web, Chat: v.chat()}
	text := func(s string) handlers.Reply {
		return handlers.Reply{Text: []handlers.Span{{Text: s}}, Buttons: [][]handlers.Button{{{Text: "有帮助", Data: "good:1"}}}, Ref: "answer:1"}
	}
	receipt, err := g.web.Deliver(t.Context(), relay.Outbound{ID: 1 << 40, To: to, Reply: text("原文")})
	if err != nil {
		t.Fatal(err)
	}
	await(t, events, "the answer", isLine("bot", "原文"))
	if err := g.web.Preview(t.Context(), to, receipt.MessageID, text("写到一半<b>")); err != nil {
		t.Fatal(err)
	}
	e := await(t, events, "the preview", func(e event) bool { return e.name == "draft" })
	if e.id != "" || !strings.Contains(e.data, "写到一半") || strings.Contains(e.data, "<b>") || strings.Contains(e.data, "有帮助") {
		t.Errorf("the preview is %+v", e)
	}
	if lines := v.lines(); len(lines) != 1 || lines[0].String() != "原文" {
		t.Errorf("lines: %v", lines)
	}
	if _, err := g.web.Deliver(t.Context(), relay.Outbound{ID: 1<<40 + 1, To: to, Reply: text("写完"), Edit: receipt.MessageID}); err != nil {
		t.Fatal(err)
	}
	await(t, events, "the written answer", isLine("bot", "写完"))
	if err := g.web.Preview(t.Context(), to, "x", text("")); err == nil {
		t.Error("a line without a number was taken")
	}
	if r := other.do("POST", "/api/chat/messages", say("/help")); r.status != 202 {
		t.Fatal(r.status)
	}
	await(t, others, "the own answer", func(e event) bool {
		if e.name == "draft" {
			t.Error("a visitor is told what is written for another")
		}
		return isLine("bot", "/complain")(e)
	})
}

// The page shows an answer as it grows, in its place and above its buttons; it
// falls back to what is kept when the stream is lost, and ignores what comes late.
func TestBrowserShowsAnAnswerBeingWritten(t *testing.T) {
	t.Parallel()
	g := inBrowser(t)
	if g == nil {
		return
	}
	b := g.browser()
	b.window(375, 760, "light")
	b.open(g.http.URL + "/")
	to := handlers.Address{Channel: handlers.Web}
	b.do(chromedp.Func(func(ctx context.Context, _ *chromedp.Target) error {
		all, err := chromedp.Call(ctx, network.GetCookies, network.GetCookiesParams{})
		for _, c := range all.Cookies {
			if c.Name == "liaison_visitor" {
				to.Chat = web.ChatOf(c.Value)
			}
		}
		return err
	}))
	reply := func(s string) handlers.Reply {
		return handlers.Reply{
			Text:    []handlers.Span{{Text: s}, {Text: "\n"}, {Text: "引文不变。", Style: handlers.Quote}},
			Buttons: [][]handlers.Button{{{Text: "有帮助", Data: "good:1"}}}, Ref: "answer:1",
		}
	}
	deliver := func(id int64, s, edit string) string {
		t.Helper()
		receipt, err := g.web.Deliver(t.Context(), relay.Outbound{ID: id, To: to, Reply: reply(s), Edit: edit})
		if err != nil {
			t.Fatal(err)
		}
		return receipt.MessageID
	}
	preview := func(id, s string) {
		t.Helper()
		if err := g.web.Preview(t.Context(), to, id, reply(s)); err != nil {
			t.Fatal(err)
		}
	}
	id := deliver(1<<40, "原文一。", "")
	b.see("the quotation", bubble("bot", "原文一。"))
	b.do(chromedp.Focus(chromedp.CSS(".answers button")))
	preview(id, "第一句[1]。…")
	b.see("the first statement", bubble("bot", "第一句[1]。…"))
	b.see("the buttons with their focus", `document.activeElement.textContent === '有帮助' && document.querySelectorAll('#log article').length === 1`)
	b.shot("draft")
	deliver(1<<40+1, "第一句[1]。第二句[1]。", id)
	b.see("the written answer", bubble("bot", "第二句[1]。"))
	preview(id, "迟到的半句")
	again := deliver(1<<40+2, "原文二。", "")
	b.see("the next answer", bubble("bot", "原文二。"))
	if get[bool](b, bubble("bot", "迟到的半句")) {
		t.Error("a late preview is shown")
	}
	preview(again, "半句…")
	b.see("half an answer", bubble("bot", "半句…"))
	b.do(chromedp.Evaluate[chromedp.Void](`void window.dispatchEvent(new Event('online'))`)) // a new stream
	b.see("the kept answer", bubble("bot", "原文二。")+` && !`+bubble("bot", "半句…"))
}
