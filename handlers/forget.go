package handlers

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"liaison/ticket"
)

// StillOpen says that somebody cannot be forgotten yet.
type StillOpen struct{ Cases []ticket.Ticket } // that stations still work on for the person

// Error implements error.
func (e *StillOpen) Error() string {
	return fmt.Sprintf("%d cases are still open: %s", len(e.Cases), numbers(e.Cases, ", "))
}

func numbers(cases []ticket.Ticket, between string) string {
	var ids []string
	for _, c := range cases {
		ids = append(ids, c.ID)
	}
	return strings.Join(ids, between)
}

// Forget erases what is held about a person as a requester: see Service.Erase for the
// cases and Personal.ForgetPerson for the rest. Who is appointed keeps role, name and
// account; findings and visits are the station's. why is noted in the histories. It is
// *StillOpen, before anything was written, while stations work on cases of the person,
// and ticket.NotFound when there is no such person.
func (d *Desk) Forget(ctx context.Context, tx Tx, person, why string) error {
	if _, err := tx.Person(ctx, person); err != nil {
		return err
	}
	own, err := d.OwnCases(ctx, tx, person)
	if err != nil {
		return err
	}
	if open := unfinished(own); len(open) > 0 {
		return &StillOpen{open}
	}
	ms, err := d.memberships(ctx, tx, person)
	if err != nil {
		return err
	}
	traces, err := tx.Traces(ctx, person)
	if err != nil {
		return err
	}
	var erased []ticket.Ticket
	var ids []string
	for _, c := range own {
		if c, err = d.cases.Erase(ctx, tx, c.ID, why); err != nil {
			return err
		}
		erased, ids = append(erased, c), append(ids, c.ID)
	}
	for _, trace := range traces {
		c, err := d.cases.ErasePart(ctx, tx, trace.Ticket, trace.Seqs)
		if err != nil {
			return err
		}
		erased, ids = append(erased, c), append(ids, c.ID)
	}
	if err := tx.ForgetCases(ctx, ids, learnedFrom(own)); err != nil {
		return err
	}
	if err := d.forgetTalks(ctx, tx, ids); err != nil {
		return err
	}
	if err := tx.ForgetPerson(ctx, person, len(ms) > 0); err != nil {
		return err
	}
	for _, c := range erased { // the cards that are still there
		if err := d.putCard(ctx, tx, c, true); err != nil {
			return err
		}
	}
	return nil
}

// OwnCases returns the cases that a person has submitted as a requester. An
// observer's findings are the station's.
func (d *Desk) OwnCases(ctx context.Context, tx Tx, person string) (own []ticket.Ticket, err error) {
	const page = 500
	for {
		cases, err := tx.Tickets(ctx, ticket.Filter{Requester: person, Limit: page, Offset: len(own)})
		if err != nil {
			return nil, err
		}
		own = append(own, cases...)
		if len(cases) < page {
			break
		}
	}
	return slices.DeleteFunc(own, func(c ticket.Ticket) bool { return c.Kind == ticket.Finding }), nil
}

// unfinished are the cases that a station still works on. One that was answered only
// waits to be rated, and closes by itself.
func unfinished(own []ticket.Ticket) (open []ticket.Ticket) {
	for _, c := range own {
		if c.Open() && c.State != ticket.Answered {
			open = append(open, c)
		}
	}
	return open
}

// learnedFrom is the moment from which on routing may have learned from the cases,
// zero when it cannot.
func learnedFrom(own []ticket.Ticket) (at time.Time) {
	for _, c := range own {
		if (!c.AnsweredAt.IsZero() || c.Moves > 0) && (at.IsZero() || c.CreatedAt.Before(at)) {
			at = c.CreatedAt
		}
	}
	return at
}

// forgetTalks takes words about the cases out of what is remembered of the talks of
// those who worked on it.
func (d *Desk) forgetTalks(ctx context.Context, tx Tx, ids []string) error {
	keys, err := tx.TalksAbout(ctx, ids)
	if err != nil {
		return err
	}
	for _, key := range keys {
		conv, err := loadConversation(ctx, tx, key)
		if err != nil {
			return err
		}
		about := func(ref string) bool {
			return slices.ContainsFunc(strings.Split(ref, ":"), func(part string) bool { return slices.Contains(ids, part) })
		}
		conv.Said = slices.DeleteFunc(conv.Said, func(s said) bool { return about(s.For) })
		if conv.Outgoing != nil && slices.Contains(ids, conv.Outgoing.Case) {
			conv.Outgoing = nil
		}
		if conv.Await != nil && about(conv.Await.Ref) {
			conv.Await = nil
		}
		if err := saveConversation(ctx, tx, key, conv, d.Now()); err != nil {
			return err
		}
	}
	return nil
}

// noteCase notes which case the words of the message are about, if they answer a message
// about one or were asked for: they need not name it, and go when it is forgotten.
func (t *turn) noteCase(ctx context.Context) error {
	ref := t.m.Ref
	if !t.m.refersToCase() {
		ref = t.conv.awaited(t.m.Text, t.Now())
	}
	if t.m.Text == "" && len(t.m.Files) == 0 || t.m.Button != "" {
		return nil
	}
	for part := range strings.SplitSeq(ref, ":") {
		if id, ok := ticket.ParseNumber(part); ok {
			return t.tx.SaidAbout(ctx, t.m, id)
		}
	}
	return nil
}

// forgetRef is what the last confirmation is for.
const forgetRef = "act:forget"

// forget is /forget: it says what would be erased, and asks.
func (t *turn) forget(ctx context.Context) error {
	own, err := t.OwnCases(ctx, t.tx, t.me.ID)
	if err != nil {
		return err
	}
	ms, err := t.memberships(ctx, t.tx, t.me.ID)
	if err != nil {
		return err
	}
	_, observed, err := t.appointment(ctx, t.tx, t.me.ID)
	if err != nil {
		return err
	}
	var out lines
	out.bold(t.lang.f(pForgetTitle))
	for _, p := range []phrase{pForgetGoes, pForgetStays, pForgetCannot} {
		out.text(t.lang.f(p))
	}
	switch {
	case len(ms) > 0:
		out.text(t.lang.f(pForgetStaff))
	case observed:
		out.text(t.lang.f(pForgetFindings))
	}
	out.text(t.lang.f(pDataOnlyHere))
	out.gap()
	if open := unfinished(own); len(open) > 0 {
		out.text(t.lang.f(pForgetOpen, len(open), numbers(open, t.lang.f(pComma))))
		return t.say(ctx, Reply{Text: out, Buttons: [][]Button{
			row(t.button(pbForgetWithdraw, "forget", "withdraw"), t.button(pbForgetNo, "forget", "no")), row(t.button(pbMyData, "menu", "mydata")),
		}})
	}
	return t.sureToForget(ctx, out)
}

// sureToForget asks for the first confirmation, after what was said before.
func (t *turn) sureToForget(ctx context.Context, said lines) error {
	said.text(t.lang.f(pForgetSure))
	return t.say(ctx, Reply{Text: said, Buttons: [][]Button{
		row(t.button(pbForgetGo, "forget", "go"), t.button(pbForgetNo, "forget", "no")), row(t.button(pbMyData, "menu", "mydata")),
	}})
}

// pressForget is a button of /forget.
func (t *turn) pressForget(ctx context.Context, args []string) error {
	switch verb := strings.Join(args, ":"); {
	case t.m.Group:
		return t.toast(ctx, pPrivately)
	case verb == "no":
		if err := t.turnTo(ctx, ""); err != nil {
			return err
		}
		return t.tell(ctx, pForgetNot)
	case verb == "withdraw":
		own, err := t.OwnCases(ctx, t.tx, t.me.ID)
		if err != nil {
			return err
		}
		open := unfinished(own)
		for _, c := range open { // one in which the matter of somebody else goes on stops all
			if err := t.notShared(ctx, t.tx, c); err != nil {
				return err
			}
		}
		for _, c := range open {
			if _, err := t.Act(ctx, t.tx, t.me.ID, c.ID, ticket.Step{Action: ticket.Withdraw}); err != nil {
				return err
			}
		}
		var out lines
		out.text(t.lang.f(pForgetWithdrew, len(open)))
		return t.sureToForget(ctx, out)
	case verb == "go":
		return t.await(ctx, pForgetType, forgetRef)
	}
	return t.toast(ctx, pOldButton)
}

// confirmForget takes the word that was asked for, and erases.
func (t *turn) confirmForget(ctx context.Context) error {
	t.expect("")
	switch strings.ToLower(strings.Trim(strings.TrimSpace(t.m.Text), `"“”「」'。.!！`)) {
	case "清除", "确认清除", "erase":
	default:
		return t.tell(ctx, pForgetNot)
	}
	ms, err := t.memberships(ctx, t.tx, t.me.ID)
	if err != nil {
		return err
	}
	err = t.Forget(ctx, t.tx, t.me.ID, "")
	if _, open := err.(*StillOpen); open { // one was submitted in between
		return t.forget(ctx)
	}
	if err != nil {
		return err
	}
	t.forgot = true
	r := words(t.lang.f(pForgetGone))
	if len(ms) > 0 {
		r = words(t.lang.f(pForgetStaffGone))
	}
	r.Passing = true
	return t.say(ctx, r)
}
