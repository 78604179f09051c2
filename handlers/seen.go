package handlers

import (
	"context"
	"fmt"
	"slices"

	"liaison/ticket"
)

// Changed says that others have moved a case on since somebody saw it. It is a
// ticket.Conflict.
type Changed struct {
	Case ticket.Ticket  // as it is now
	News []ticket.Event // what others did since
}

// Error implements error.
func (e *Changed) Error() string {
	return fmt.Sprintf("case %s: %d steps of others since", e.Case.ID, len(e.News))
}

// Unwrap makes it a Conflict.
func (e *Changed) Unwrap() error {
	return &ticket.Error{Code: ticket.Conflict, State: e.Case.State}
}

// ActSeen is Act for a person who has seen the case at the version seen, 0 for as
// it is now. When others have done something since that bears on the step, nothing
// is done and the error is *Changed: the person looks at it, and may act upon the
// new version. Words for the requester that hold a placeholder are Invalid
// ("placeholder"). Whoever has acted is no longer writing about the case.
func (d *Desk) ActSeen(ctx context.Context, tx Tx, person, id string, s ticket.Step, seen int64) (ticket.Ticket, error) {
	if speaks(s.Action) && len(unfilled(s.Text)) > 0 {
		return ticket.Ticket{}, &ticket.Error{Code: ticket.Invalid, Field: "placeholder"}
	}
	if err := d.checkSeen(ctx, tx, person, id, s.Action, seen); err != nil {
		return ticket.Ticket{}, err
	}
	t, err := d.Act(ctx, tx, person, id, s)
	if err != nil {
		return t, err
	}
	left, err := tx.StopReplying(ctx, person)
	if err == nil && left != "" && left != t.ID { // the step shows itself on the card of its own case
		err = d.showReplying(ctx, tx, left)
	}
	return t, err
}

func (d *Desk) checkSeen(ctx context.Context, tx Tx, person, id string, a ticket.Action, seen int64) error {
	c, err := tx.Ticket(ctx, id)
	if err != nil || seen == 0 || seen >= c.Version {
		return err
	}
	v, err := d.Viewer(ctx, tx, person)
	if err != nil {
		return err
	}
	if role := staffRole(v, c); role == "" || !slices.Contains(c.Offered(role), a) {
		return nil // Act has an error for that
	}
	events, err := tx.Events(ctx, id)
	if err != nil {
		return err
	}
	if news := newsSince(events, seen, person); len(news) > 0 {
		return &Changed{c, news}
	}
	return nil
}

// newsSince lists what others did after a version that bears on what the person is
// about to say; that a timer ran out does not.
func newsSince(events []ticket.Event, seen int64, person string) (news []ticket.Event) {
	for _, e := range events {
		if int64(e.Seq) <= seen || e.Actor == person {
			continue
		}
		switch e.Action {
		case ticket.Remind, ticket.Escalate, ticket.Supervise, ticket.Nudge, ticket.Reset, ticket.Link:
		default:
			news = append(news, e)
		}
	}
	return news
}

// speaks reports whether the words of an action go to the requester.
func speaks(a ticket.Action) bool {
	switch a {
	case ticket.Reply, ticket.Ask, ticket.Resolve, ticket.Correct, ticket.Reject:
		return true
	default:
		return false
	}
}

// answeredWords are the words that a step after the history answers: the last of
// one of the owners, or what the case began with. whose "" means anybody's; one
// requester does not see another one's.
func answeredWords(c ticket.Ticket, history []ticket.Event, whose string) string {
	for _, e := range slices.Backward(history) {
		if !owns(e.Role) || e.Text == "" || whose != "" && e.Actor != whose {
			continue
		}
		switch e.Action {
		case ticket.Supply, ticket.Note, ticket.Unsolved:
			return e.Text
		}
	}
	return c.Text
}

// AlsoTo returns the numbers of the cases merged into c whose requesters, not being
// that of c, are told what its requester is told.
func (d *Desk) AlsoTo(ctx context.Context, tx Tx, c ticket.Ticket) (ids []string, err error) {
	also, err := d.followers(ctx, tx, c)
	for _, m := range also {
		ids = append(ids, m.ID)
	}
	return ids, err
}

// followers returns the cases that were merged into c, one for each requester other
// than its own.
func (d *Desk) followers(ctx context.Context, tx Tx, c ticket.Ticket) (out []ticket.Ticket, err error) {
	told := map[string]bool{c.Requester: true}
	for queue := []string{c.ID}; len(queue) > 0; queue = queue[1:] {
		merged, err := tx.Tickets(ctx, ticket.Filter{Into: queue[0], Limit: 500})
		if err != nil {
			return nil, err
		}
		for _, m := range merged {
			queue = append(queue, m.ID)
			if !told[m.Requester] {
				told[m.Requester] = true
				out = append(out, m)
			}
		}
	}
	return out, nil
}
