package handlers

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"liaison/ticket"
	"liaison/ticket/visit"
)

// said is a message of the person with what it was taken for, so that a later
// edit of it is followed.
type said struct {
	ID   string `json:"id"` // the channel's
	Text string `json:"text"`
	// For is "ask", "form:NUMBER:STEP", "visit:ID:FIELD", "visit:ID:opinions:N",
	// "case:ID" or "comment:ID".
	For string `json:"for"`
	// Captions are those of an album of which Text is made.
	Captions []Caption `json:"captions,omitempty"`
}

// is reports whether the message with the id said it, or a part of it.
func (s said) is(id string) bool {
	return id != "" && (s.ID == id || slices.ContainsFunc(s.Captions, func(c Caption) bool { return c.ID == id }))
}

// maxSaid is how many messages back edits are followed.
const maxSaid = 16

// remember notes what the message at hand was taken for.
func (t *turn) remember(what ...string) {
	if t.m.ID == "" || t.m.Text == "" {
		return
	}
	c := &t.conv
	c.Said = slices.DeleteFunc(c.Said, func(s said) bool { return s.is(t.m.ID) })
	c.Said = append(c.Said, said{t.m.ID, strings.TrimSpace(t.m.Text), data(what...), t.m.Captions})
	c.Said = c.Said[max(len(c.Said)-maxSaid, 0):]
}

// replaces notes the message at hand as what now stands for what it was taken for: no
// edit of an earlier message changes that any more.
func (t *turn) replaces(what ...string) {
	t.conv.unsay(what...)
	t.remember(what...)
}

// unsay forgets what was said for one thing, because it was answered otherwise.
func (c *conversation) unsay(what ...string) {
	c.Said = slices.DeleteFunc(c.Said, func(s said) bool { return s.For == data(what...) })
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
	i := slices.IndexFunc(c.Said, func(s said) bool { return s.is(id) })
	if i < 0 {
		return said{}, false
	}
	return c.Said[i], true
}

// recaptioned makes an edit of one caption of an album one of all that its captions said.
func (m Message) recaptioned(before said) Message {
	i := slices.IndexFunc(before.Captions, func(c Caption) bool { return c.ID == m.ID })
	if i < 0 || strings.TrimSpace(m.Text) == "" {
		return m
	}
	m.Captions = slices.Clone(before.Captions)
	m.Captions[i].Text = strings.TrimSpace(m.Text)
	m.Text = captioned(m.Captions)
	return m
}

// edited follows a message that was changed after it was handled: what it said in
// a form is changed there, what it added to a case is corrected by a note that
// shows both, and a question is asked again.
func (t *turn) edited(ctx context.Context) error {
	before, known := t.conv.said(t.m.ID)
	t.m = t.m.recaptioned(before)
	text := strings.TrimSpace(t.m.Text)
	switch {
	case !known && t.m.Group && !t.m.refersToCase():
		return nil // a command that was done
	case (text == "" || text == before.Text) && len(t.m.Files) > 0: // a file has another one in its place
		return t.tell(ctx, pEdited)
	case text == "" || text == before.Text: // only its looks have changed
		return nil
	case !known:
		return t.tell(ctx, pEdited)
	}
	if about, ok := strings.CutPrefix(before.For, "visit:"); ok {
		return t.correctVisit(ctx, before, about)
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
		return t.correctCase(ctx, before, parts[1])
	}
}

// correctCase adds a note to the case that shows the old and the new words.
func (t *turn) correctCase(ctx context.Context, before said, id string) error {
	note := t.lang.f(pCorrection, excerpt(before.Text, 300), strings.TrimSpace(t.m.Text))
	if _, err := t.Act(ctx, t.tx, t.me.ID, id, ticket.Step{Action: ticket.Note, Text: note}); err != nil {
		return err
	}
	t.remember(before.For)
	r := words(t.lang.f(pCorrected, id))
	r.Ref = data("ticket", id)
	return t.say(ctx, r)
}

// correct changes what an edited message has said in the form that is open. What
// cannot be read leaves the form as it is.
func (t *turn) correct(ctx context.Context, before said, id string, s step) error {
	f, text := t.conv.Form, strings.TrimSpace(t.m.Text)
	if f == nil || strconv.Itoa(f.ID) != id {
		return t.tell(ctx, pEdited)
	}
	length := func(s string) int { return utf8.RuneCountInString(s) }
	switch {
	case f.guided() && slices.Contains(fundsSteps, s):
		if filled, err := t.fillFunds(ctx, s, text); err != nil || !filled {
			return errors.Join(t.tell(ctx, pEditKept), err)
		}
	case s == stepText:
		if !strings.Contains(f.Text, before.Text) { // it was told anew since
			return t.tell(ctx, pEdited)
		}
		changed := strings.Replace(f.Text, before.Text, text, 1)
		if length(changed) > ticket.MaxText {
			return t.tell(ctx, pTooLong, ticket.MaxText)
		}
		f.Text = changed
		if f.Review {
			f.guess()
		}
	case s == stepCompany:
		if length(text) > ticket.MaxCompany {
			return t.tell(ctx, pTooLong, ticket.MaxCompany)
		}
		f.Company = text
	case s == stepContact:
		if length(text) > ticket.MaxContact {
			return t.tell(ctx, pTooLong, ticket.MaxContact)
		}
		f.Contact = text
	case s == stepTown:
		towns := t.Directory().TownsNamed(text)
		if len(towns) != 1 {
			return t.tell(ctx, pEditNoTown, excerpt(text, 20))
		}
		f.Town = towns[0].ID
	}
	t.remember(before.For)
	if s != stepText && f.Step == s { // the question was open, and this answers it
		f.advance()
	}
	if err := t.tell(ctx, pFormEdited); err != nil {
		return err
	}
	return t.prompt(ctx)
}

// correctVisit changes what an edited message has said in a visit: in the draft at
// once, by a note in the case that was made of an opinion. about is "ID:FIELD" or
// "ID:opinions:N".
func (t *turn) correctVisit(ctx context.Context, before said, about string) error {
	parts := strings.Split(about, ":")
	id, field, n := parts[0], visitField(parts[1]), 0
	if len(parts) > 2 {
		n, _ = strconv.Atoi(parts[2]) // 0 is no opinion's number
	}
	v, err := t.tx.Visit(ctx, id)
	switch {
	case ticket.CodeOf(err) == ticket.NotFound:
		return t.tell(ctx, pDraftGone)
	case err != nil:
		return err
	case v.State == visit.Filed:
		return t.correctFiled(ctx, before, v, v.Opinion(n))
	}
	v, ok, err := t.draftOf(ctx, id)
	if err != nil || !ok {
		return err
	}
	text := strings.TrimSpace(t.m.Text)
	if field == fieldTown {
		towns := t.Directory().TownsNamed(text)
		if len(towns) != 1 {
			return t.tell(ctx, pEditNoTown, excerpt(text, 20))
		}
		v.Town = towns[0].ID
	} else if err := t.readVisit(&v, field, n, text); err != nil {
		if err := t.tell(ctx, pEditKept); err != nil {
			return err
		}
		return t.tellVisitFault(ctx, err)
	}
	if err := t.tx.SaveVisit(ctx, v); err != nil {
		return err
	}
	t.remember(before.For)
	if err := t.tell(ctx, pFormEdited); err != nil {
		return err
	}
	g := t.conv.Visit
	if g == nil || g.ID != id {
		return nil
	}
	if field != fieldOpinions && g.Field == field { // the question was open, and this answers it
		g.advance()
	}
	return t.promptVisit(ctx, v)
}

// correctFiled follows an edit about a visit that is filed: what was said in an
// opinion is corrected in its case, the rest is what staff put right.
func (t *turn) correctFiled(ctx context.Context, before said, v visit.Visit, o *visit.Opinion) error {
	if v.Observer != t.me.ID {
		return t.tell(ctx, pEdited)
	}
	if o != nil && o.Ticket != "" {
		return t.correctCase(ctx, before, o.Ticket)
	}
	r := words(t.lang.f(pVisitEdited, t.stationName(v.Station, t.lang)))
	r.Buttons = [][]Button{row(t.button(pbThisVisit, "v", v.ID, "view"), t.button(pbMoreOpinion, "v", v.ID, "more"))}
	return t.say(ctx, r)
}
