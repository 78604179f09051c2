package handlers

import (
	"context"
	"slices"
	"time"

	"liaison/ticket"
)

// Replying says that a person is writing to the requester of a case. It locks
// nothing: colleagues see it, and that is all.
type Replying struct {
	Person string
	Ticket string
	At     time.Time // when it began, or was last seen to go on
}

// Writing is what a transaction knows of who is writing.
type Writing interface {
	// SetReplying notes that the person is writing. A person writes about one case at
	// a time: what was noted before is replaced.
	SetReplying(ctx context.Context, r Replying) error
	// StopReplying ends it and returns the case that it was about, "" for none.
	StopReplying(ctx context.Context, person string) (ticket string, err error)
	// Replying returns who writes about the case, first those who began first,
	// however long ago that was.
	Replying(ctx context.Context, ticket string) ([]Replying, error)
}

// ReplyingTime is for how long somebody who has begun to write is taken to be at
// it, unless a sign of that comes in between.
const ReplyingTime = 10 * time.Minute

// jobReplying looks whether those who write about a case have given it up.
const jobReplying ticket.JobKind = "replying"

// Writes notes, for a page on which somebody writes to a requester, that the person
// is at it or has given it up. A case that the person does not work on is NotFound.
func (d *Desk) Writes(ctx context.Context, tx Tx, person, id string, on bool) error {
	c, err := tx.Ticket(ctx, id)
	if err != nil {
		return err
	}
	v, err := d.Viewer(ctx, tx, person)
	switch {
	case err != nil:
		return err
	case !works(v, c):
		return ticket.Errorf(ticket.NotFound, "case %s is not worked on by the person", id)
	case on:
		return d.BeginReplying(ctx, tx, person, c)
	default:
		return d.EndReplying(ctx, tx, person)
	}
}

// BeginReplying notes that the person, who must work on the case, is writing to its
// requester, and shows it to the station.
func (d *Desk) BeginReplying(ctx context.Context, tx Tx, person string, c ticket.Ticket) error {
	before, err := tx.Replying(ctx, c.ID)
	if err != nil {
		return err
	}
	left, err := tx.StopReplying(ctx, person)
	if err != nil {
		return err
	}
	if err := tx.SetReplying(ctx, Replying{Person: person, Ticket: c.ID, At: d.Now()}); err != nil {
		return err
	}
	if left != "" && left != c.ID {
		if err := d.showReplying(ctx, tx, left); err != nil {
			return err
		}
	}
	for _, r := range before {
		if r.Person == person && d.Now().Sub(r.At) < ReplyingTime {
			return nil // shown, and there is a job for its end
		}
	}
	if err := tx.Enqueue(ctx, ticket.Job{Kind: jobReplying, Ticket: c.ID, Person: person, At: d.Now().Add(ReplyingTime)}); err != nil {
		return err
	}
	return d.showReplying(ctx, tx, c.ID)
}

// EndReplying ends the person's writing, whatever it was about.
func (d *Desk) EndReplying(ctx context.Context, tx Tx, person string) error {
	id, err := tx.StopReplying(ctx, person)
	if err != nil || id == "" {
		return err
	}
	return d.showReplying(ctx, tx, id)
}

// showReplying brings the card of a case at its station up to date.
func (d *Desk) showReplying(ctx context.Context, tx Tx, id string) error {
	c, err := tx.Ticket(ctx, id)
	if err != nil {
		return err
	}
	return d.refresh(ctx, tx, c)
}

// giveUpReplying ends the writing of the job's person, or looks again when he or
// she has gone on.
func (d *Desk) giveUpReplying(ctx context.Context, tx Tx, j ticket.Job) error {
	all, err := tx.Replying(ctx, j.Ticket)
	if err != nil {
		return err
	}
	i := slices.IndexFunc(all, func(r Replying) bool { return r.Person == j.Person })
	if i < 0 {
		return nil
	}
	if end := all[i].At.Add(ReplyingTime); end.After(d.Now()) {
		j.At = end
		return tx.Enqueue(ctx, j)
	}
	if _, err := tx.StopReplying(ctx, j.Person); err != nil {
		return err
	}
	return d.showReplying(ctx, tx, j.Ticket)
}

// WhoReplies returns how those who are writing about a case are called, without
// the person except.
func (d *Desk) WhoReplies(ctx context.Context, tx Tx, id, except, language string) (labels []string, err error) {
	all, err := tx.Replying(ctx, id)
	if err != nil {
		return nil, err
	}
	for _, r := range all {
		if r.Person == except || d.Now().Sub(r.At) >= ReplyingTime {
			continue
		}
		p, err := tx.Person(ctx, r.Person)
		if err != nil {
			return nil, err
		}
		labels = append(labels, orElse(p.Label, langOf(language, "").f(pColleague)))
	}
	return labels, nil
}
