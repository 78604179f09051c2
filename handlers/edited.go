package handlers

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"liaison/ticket"
)

// said is a message of the person with what it was taken for, so that a later
// edit of it is followed.
type said struct {
	ID   string `json:"id"` // the channel's
	Text string `json:"text"`
	// For is "ask", "form:NUMBER:STEP", "case:ID" or "comment:ID".
	For string `json:"for"`
}

// maxSaid is how many messages back edits are followed.
const maxSaid = 16

// remember notes what the message at hand was taken for.
func (t *turn) remember(what ...string) {
	if t.m.ID == "" || t.m.Text == "" {
		return
	}
	c := &t.conv
	c.Said = slices.DeleteFunc(c.Said, func(s said) bool { return s.ID == t.m.ID })
	c.Said = append(c.Said, said{t.m.ID, strings.TrimSpace(t.m.Text), data(what...)})
	c.Said = c.Said[max(len(c.Said)-maxSaid, 0):]
}

// passOn makes what was said for one thing, or a part of it, said for another.
func (c *conversation) passOn(from string, to ...string) {
	for i, s := range c.Said {
		if s.For == from || strings.HasPrefix(s.For, from+":") {
			c.Said[i].For = data(to...)
		}
	}
}

// reuse makes a text that was taken for a question one for something else.
func (c *conversation) reuse(question string, to ...string) {
	for i, s := range c.Said {
		if s.For == "ask" && s.Text == question {
			c.Said[i].For = data(to...)
		}
	}
}

// said finds what a message was taken for.
func (c conversation) said(id string) (said, bool) {
	i := slices.IndexFunc(c.Said, func(s said) bool { return s.ID == id })
	if i < 0 || id == "" {
		return said{}, false
	}
	return c.Said[i], true
}

// edited follows a message that was changed after it was handled: what it said in
// a form is changed there, what it added to a case is corrected by a note that
// shows both, and a question is asked again.
func (t *turn) edited(ctx context.Context) error {
	text := strings.TrimSpace(t.m.Text)
	before, known := t.conv.said(t.m.ID)
	switch {
	case text == "" || text == before.Text: // only its looks have changed
		return nil
	case !known && t.m.Group && !t.m.refersToCase():
		return nil // a command that was done
	case !known:
		return t.tell(ctx, pEdited)
	}
	parts := strings.Split(before.For, ":")
	switch {
	case before.For == "ask":
		return t.ask(ctx, text)
	case parts[0] == "form" && len(parts) == 3:
		return t.correct(ctx, before, parts[1], step(parts[2]))
	case parts[0] == "comment":
		if _, err := t.Act(ctx, t.tx, t.me.ID, parts[1], ticket.Step{Action: ticket.Score, Text: text}); err != nil {
			return err
		}
		t.remember(before.For)
		return t.tell(ctx, pRated)
	default:
		note := t.lang.f(pCorrection, excerpt(before.Text, 300), text)
		if _, err := t.Act(ctx, t.tx, t.me.ID, parts[1], ticket.Step{Action: ticket.Note, Text: note}); err != nil {
			return err
		}
		t.remember(before.For)
		r := words(t.lang.f(pCorrected, parts[1]))
		r.Ref = data("ticket", parts[1])
		return t.say(ctx, r)
	}
}

// correct changes what an edited message has said in the form that is open.
func (t *turn) correct(ctx context.Context, before said, id string, s step) error {
	f, text := t.conv.Form, strings.TrimSpace(t.m.Text)
	if f == nil || strconv.Itoa(f.ID) != id {
		return t.tell(ctx, pEdited)
	}
	length := func(s string) int { return utf8.RuneCountInString(s) }
	switch {
	case s == stepText && strings.Contains(f.Text, before.Text):
		changed := strings.Replace(f.Text, before.Text, text, 1)
		if length(changed) > ticket.MaxText {
			return t.tell(ctx, pTooLong, ticket.MaxText)
		}
		f.Text = changed
		if f.Review {
			f.guess()
		}
	case s == stepCompany && f.Company == before.Text:
		if length(text) > ticket.MaxCompany {
			return t.tell(ctx, pTooLong, ticket.MaxCompany)
		}
		f.Company = text
	case s == stepContact && f.Contact == before.Text:
		if length(text) > ticket.MaxContact {
			return t.tell(ctx, pTooLong, ticket.MaxContact)
		}
		f.Contact = text
	case s == stepTown:
		towns := t.Directory().TownsNamed(text)
		if len(towns) != 1 {
			return t.chooseTown(ctx, towns)
		}
		f.Town = towns[0].ID
	default: // it was told anew since
		return t.tell(ctx, pEdited)
	}
	t.remember(before.For)
	if err := t.tell(ctx, pFormEdited); err != nil {
		return err
	}
	return t.prompt(ctx)
}
