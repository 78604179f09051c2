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
		return c.say("requester", func(m *handlers.Message) { m.Button = data })
	}
	c.together(func() {
		id = c.submit("requester", ticket.Complaint, "town-henghe")
		c.act("lead", id, ticket.Step{Action: ticket.Resolve, Text: "下周三发放（示例）"})
		answered = now().Version
		c.act("lead", id, ticket.Step{Action: ticket.Comment, Text: "日期不对（示例）"})
	})
	for _, verb := range []string{"solved", "unsolved"} {
		c.undone(func() {
			if got := press(below(verb, answered)); strings.Contains(got, "更正") {
				t.Errorf("%s: a comment is taken for a correction: %s", verb, got)
			}
			if k := now(); k.State == ticket.Answered {
				t.Errorf("%s of what nobody has corrected does nothing", verb)
			}
		})
	}
	c.together(func() { c.act("lead", id, ticket.Step{Action: ticket.Correct, Text: "改为下周五（示例）"}) })
	for _, verb := range []string{"solved", "unsolved"} {
		if got := press(below(verb, answered)); !strings.Contains(got, "更正过") {
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
