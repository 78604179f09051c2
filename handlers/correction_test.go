package handlers_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"liaison/handlers"
	"liaison/ticket"
)

// TestButtonOfAnAnswerThatWasCorrected: who presses a button below an answer that was
// corrected since has not read what counts, and is shown that before anything is closed.
func TestButtonOfAnAnswerThatWasCorrected(t *testing.T) {
	t.Parallel()
	c := newCity(t)
	var id string
	var answered int64
	now := func() (k ticket.Ticket) {
		c.update(func(ctx context.Context, tx handlers.Tx) (err error) {
			k, err = tx.Ticket(ctx, id)
			return err
		})
		return k
	}
	below := func(verb string, seen int64) string { return fmt.Sprintf("q:%s:%s:%d", verb, id, seen) }
	press := func(data string) string {
		return c.hear("requester", func(m *handlers.Message) { m.Button = data })
	}
	c.together(func() {
		id = c.submit("requester", ticket.Complaint, "town-henghe")
		c.act("lead", id, ticket.Step{Action: ticket.Resolve, Text: "下周三发放（示例）"})
		answered = now().Version
		c.act("lead", id, ticket.Step{Action: ticket.Comment, Text: "日期不对（示例）"})
	})
	for _, verb := range []string{"solved", "unsolved"} {
		c.undone(func() {
			if got := press(below(verb, answered)); strings.Contains(got, "有更新") {
				t.Errorf("%s: a comment is taken for a correction: %s", verb, got)
			}
			if k := now(); k.State == ticket.Answered {
				t.Errorf("%s of what nobody has corrected does nothing", verb)
			}
		})
	}
	c.together(func() { c.act("lead", id, ticket.Step{Action: ticket.Correct, Text: "改为下周五（示例）"}) })
	for _, verb := range []string{"solved", "unsolved"} {
		if got := press(below(verb, answered)); !strings.Contains(got, "答复后来有更新") || !strings.Contains(got, "改为下周五（示例）") {
			t.Errorf("%s of the answer before: %s", verb, got)
		}
		if k := now(); k.State != ticket.Answered || k.Rating.Given {
			t.Errorf("%s of the answer before was taken for the one that counts: %+v", verb, k)
		}
	}
	for _, data := range []string{below("solved", now().Version), "q:solved:" + id} { // the latter of an older program
		c.undone(func() {
			press(data)
			if k := now(); k.State != ticket.Closed {
				t.Errorf("%s: the case is %s", data, k.State)
			}
		})
	}
}

// TestButtonOfAnotherAnswer: what a button was below is not what counts now, because the
// case was answered anew, or because the answer was that of a case it belonged to. An
// observer whose appointment has ended reads nothing that came later.
func TestButtonOfAnotherAnswer(t *testing.T) {
	t.Parallel()
	c := newCity(t)
	version := func(id string) (v int64) {
		c.update(func(ctx context.Context, tx handlers.Tx) error {
			k, err := tx.Ticket(ctx, id)
			v = k.Version
			return err
		})
		return v
	}
	press := func(who, id string, seen int64) string {
		return c.hear(who, func(m *handlers.Message) { m.Button = fmt.Sprintf("q:solved:%s:%d", id, seen) })
	}
	shown := func(what, who, id string, seen int64, want, never string) {
		t.Helper()
		now := version(id)
		if got := press(who, id, seen); !strings.Contains(got, want) || strings.Contains(got, never) {
			t.Errorf("%s: %s", what, got)
		}
		if version(id) != now {
			t.Errorf("%s: the button was taken for one below the answer that counts", what)
		}
	}
	resolve := func(id, text string) {
		c.act("lead", id, ticket.Step{Action: ticket.Resolve, Text: text})
	}

	anew := c.submit("requester", ticket.Complaint, "town-henghe")
	resolve(anew, "第一次（示例）")
	first := version(anew)
	c.act("requester", anew, ticket.Step{Action: ticket.Unsolved})
	resolve(anew, "第二次（示例）")
	shown("answered anew", "requester", anew, first, "第二次（示例）", "第一次")

	of, main := c.submit("requester", ticket.Complaint, "town-henghe"), c.submit("requester", ticket.Complaint, "town-henghe")
	for range 9 {
		c.act("lead", main, ticket.Step{Action: ticket.Comment, Text: "备注（示例）"})
	}
	c.act("supervisor", of, ticket.Step{Action: ticket.Merge, Case: main})
	resolve(main, "并案答复（示例）")
	merged := version(main)
	c.act("supervisor", of, ticket.Step{Action: ticket.Unmerge, Text: "不是同一件（示例）"})
	resolve(of, "单独答复（示例）")
	if version(of) >= merged {
		t.Fatal("the case on its own has as many steps as the other one")
	}
	shown("no longer merged", "requester", of, merged, "单独答复（示例）", "并案答复")

	finding := c.submit("ended observer", ticket.Finding, "town-henghe")
	resolve(finding, "答复（示例）")
	before := version(finding)
	c.act("lead", finding, ticket.Step{Action: ticket.Correct, Text: "更正后的（示例）"})
	shown("the appointment has ended", "ended observer", finding, before, "聘期已结束", "更正后的")
}
