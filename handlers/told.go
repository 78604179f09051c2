package handlers

import (
	"context"
	"strings"

	"liaison/ticket"
)

// tellRequester tells the requester of the last event of the history, where he or she last spoke
// to the bot.
func (d *Desk) tellRequester(ctx context.Context, tx Tx, c ticket.Ticket, history []ticket.Event) error {
	e := history[len(history)-1]
	if e.Action == ticket.Reset && !(e.Until.Equal(c.AnswerBy) && c.WaitingSince.IsZero()) {
		return nil // what was promised to the requester stands, or stands still
	}
	if err := d.tellFollowers(ctx, tx, c, c.AnswerBy, history, map[string]bool{c.Requester: true}); err != nil {
		return err
	}
	if e.Action == ticket.Absorb {
		if other, err := tx.Ticket(ctx, e.Object); err != nil || other.Requester == c.Requester {
			return err // both are the same person's, who was told of the merge
		}
	}
	if over, err := d.findingOver(ctx, tx, c); err != nil || !over.IsZero() {
		return err // an observer whose appointment has ended sees nothing new
	}
	told, err := d.tellPerson(ctx, tx, c.Requester, func(l lang) (Reply, error) {
		station := d.stationName(e.Station, l)
		var out lines
		then := c
		then.Version = int64(e.Seq) // later steps are not what the buttons are about
		r := Reply{Ref: data("ticket", c.ID), Buttons: l.ownButtons(then)}
		said := func(p phrase) { // the words and files are for the requester; those of other steps are not
			r.Files = e.Files
			out.bold(l.f(p, station, c.ID))
			if words := answeredWords(c, history, c.Requester); words != "" {
				out.add(Span{Text: l.f(pAnswersYou, excerpt(words, 60)), Style: Quote})
			}
			if e.Text != "" {
				out.text(e.Text)
			}
		}
		switch e.Action {
		case ticket.Accept:
			out.text(l.f(pRAccepted, c.ID, station, l.when(c.AnswerBy)))
			r.Buttons = nil
		case ticket.Reply:
			said(pRReply)
			if e.From == ticket.Waiting && c.AnswerBy.After(e.At) { // the clock stood still, and goes on without an answer
				out.text(strings.TrimSpace(l.f(pRMoved, l.when(c.AnswerBy))))
			}
		case ticket.Ask:
			said(pRAsk)
		case ticket.Transfer, ticket.Assign:
			out.text(l.f(pRTransfer, c.ID, station))
			r.Buttons = nil
		case ticket.Reject:
			said(pRReject)
		case ticket.Absorb:
			out.text(l.f(pRAbsorbed, c.ID, l.when(c.AnswerBy)))
			r.Buttons = nil
		case ticket.Merge:
			out.text(l.f(pRMerged, c.ID, e.Object))
			r.Buttons = nil
		case ticket.Unmerge:
			out.text(l.f(pRUnmerged, c.ID, station, l.when(c.AnswerBy)))
		case ticket.Reset:
			out.text(l.f(pRReset, c.ID, l.when(e.Until)))
		case ticket.Resolve, ticket.Correct:
			p := pRResolve
			if e.Action == ticket.Correct {
				p = pRCorrect
			}
			said(p)
			if recorded, ok := last(history, ticket.Record); ok {
				out.pair(l.f(pfResult), d.OutcomeText(string(l), recorded.Outcome))
			}
			out.gap()
			out.text(l.f(pRSolved))
		case ticket.Record:
			out.bold(l.f(pRRecorded, station, c.ID))
			out.pair(l.f(pfResult), d.OutcomeText(string(l), e.Outcome))
		case ticket.Grant:
			asked, _ := last(history, ticket.Extend)
			out.text(l.f(pRGrant, c.ID, l.when(c.AnswerBy), asked.Text))
		case ticket.Nudge, ticket.Propose:
			p := pRNudge
			if e.Action == ticket.Propose {
				p = pRPropose
				r.Buttons = [][]Button{row(
					Button{Text: l.f(pbStillNeeded), Data: data("q", "more", c.ID)},
					Button{Text: l.f(pbCloseIt), Data: data("q", "done", c.ID)},
				)}
			}
			out.bold(l.f(p, c.ID, station))
			question, _ := last(history, ticket.Ask)
			out.text(question.Text)
		case ticket.Expire:
			out.text(l.f(pRExpire, c.ID, d.Terms(c.Station).Policy.CloseDays))
			r.Buttons = nil
		}
		r.Text = out
		return r, nil
	})
	if err != nil || told {
		return err
	}
	why, err := d.whyNot(ctx, tx, c.Requester)
	if err != nil {
		return err
	}
	return d.missed(ctx, tx, c, why)
}
