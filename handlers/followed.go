package handlers

import (
	"context"
	"slices"
	"time"

	"liaison/ticket"
)

// reachesFollowers reports whether those whose cases were merged into one are told of its
// step. Questions are for its own requester, and merges are told to whom they concern.
func reachesFollowers(e ticket.Event) bool {
	switch e.Action {
	case ticket.Ask, ticket.Nudge, ticket.Propose, ticket.Merge, ticket.Absorb:
		return false
	default:
		return true
	}
}

// saysToFollowers reports whether they are told the words of the step, too. Its files
// are for the requester of the case alone.
func saysToFollowers(e ticket.Event) bool {
	return e.Action == ticket.Reply || e.Action == ticket.Reject || isAnswer(e)
}

// followedSteps returns what happened to the requester's matter in other cases while his
// or her own, with this history, was merged into them: what he or she added there, and
// what followers were told. Words of other requesters are not among it. It ends at until,
// unless that is zero.
func (d *Desk) followedSteps(ctx context.Context, tx Tx, c ticket.Ticket, history []ticket.Event, until time.Time) (out []ticket.Event, err error) {
	for _, e := range history {
		if e.Action != ticket.Merge {
			continue
		}
		steps, err := d.followedIn(ctx, tx, c.Requester, c.ID, e.Object, e.At, until)
		if err != nil {
			return nil, err
		}
		out = append(out, steps...)
	}
	return out, nil
}

// followedIn goes through the other case from where it took the case from over, at since
// or later, to where that went on by itself again, and on into those that the other one
// was merged into meanwhile. until is as with followedSteps.
func (d *Desk) followedIn(ctx context.Context, tx Tx, requester, from, other string, since, until time.Time) (out []ticket.Event, err error) {
	events, err := tx.Events(ctx, other)
	if err != nil {
		return nil, err
	}
	begins := slices.IndexFunc(events, func(e ticket.Event) bool {
		return e.Action == ticket.Absorb && e.Object == from && !e.At.Before(since)
	})
	if begins < 0 {
		return nil, nil
	}
	events = events[begins+1:]
	ends := slices.IndexFunc(events, func(e ticket.Event) bool { return e.Action == ticket.Part && e.Object == from })
	if ends >= 0 {
		until, events = earlier(until, events[ends].At), events[:ends]
	}
	for _, e := range events {
		if !until.IsZero() && e.At.After(until) {
			break
		}
		switch {
		case e.Action == ticket.Merge:
			steps, err := d.followedIn(ctx, tx, requester, other, e.Object, e.At, until)
			if err != nil {
				return nil, err
			}
			out = append(out, steps...)
		case owns(e.Role):
			if e.Actor == requester {
				out = append(out, e)
			}
		case reachesFollowers(e):
			if !saysToFollowers(e) {
				e.Text = ""
			}
			e.Files = nil
			out = append(out, e)
		}
	}
	return out, nil
}

// earlier returns the earlier of two moments; a zero one never comes.
func earlier(a, b time.Time) time.Time {
	if a.IsZero() || !b.IsZero() && b.Before(a) {
		return b
	}
	return a
}
