package handlers

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"liaison/ticket"
)

// answering are the steps whose words are the answer to a case: the last of them is
// the one that counts, and that the requester rates.
var answering = []ticket.Action{ticket.Resolve, ticket.Correct}

// isAnswer reports whether the event gave the answer, or corrected it.
func isAnswer(e ticket.Event) bool { return slices.Contains(answering, e.Action) }

// showAnswer adds the answer as it stands, for who is about to correct it.
func (t *turn) showAnswer(ctx context.Context, out *lines, c ticket.Ticket) error {
	events, err := t.tx.Events(ctx, c.ID)
	if err != nil {
		return err
	}
	if e, ok := last(events, answering...); ok && e.Text != "" {
		out.text(t.lang.f(pAnswerNow))
		out.add(Span{Text: e.Text, Style: Fixed})
	}
	return nil
}

// answeredSince shows the answer as it is now to somebody who presses a button below an
// earlier one, and reports whether that is so. seen is the version of the case in the
// button; one from before buttons had it is taken at its word. One above the version of
// the case is that of another, which it was merged into.
func (t *turn) answeredSince(ctx context.Context, c ticket.Ticket, seen []string) (bool, error) {
	version, err := strconv.ParseInt(strings.Join(seen, ""), 10, 64)
	if err != nil {
		return false, nil
	}
	if over, err := t.findingOver(ctx, t.tx, c); err != nil || !over.IsZero() {
		return false, err // it is no longer the observer's to read
	}
	if can, err := t.canJudge(ctx, c); err != nil || !can {
		return false, err
	}
	main, err := t.mainOf(ctx, t.tx, c)
	if err != nil {
		return false, err
	}
	events, err := t.tx.Events(ctx, main.ID)
	if err != nil {
		return false, err
	}
	e, ok := last(events, answering...)
	if !ok || int64(e.Seq) <= version && version <= main.Version {
		return false, nil
	}
	var out lines
	out.bold(t.lang.f(pAnswerNews))
	if e.Text != "" {
		out.text(e.Text)
	}
	out.gap()
	out.text(t.lang.f(pRSolved))
	r := Reply{Text: out, Ref: data("ticket", c.ID), Buttons: [][]Button{t.lang.judge(c.ID, main.Version)}}
	if main.ID == c.ID { // files are for the requester of the case that they were sent in
		r.Files = e.Files
	}
	return true, t.say(ctx, r)
}
