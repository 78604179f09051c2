package handlers

import (
	"context"

	"liaison/ticket"
)

// tellRequester tells the requester what happened, where he or she last spoke
// to the bot.
func (d *Desk) tellRequester(ctx context.Context, tx Tx, c ticket.Ticket, e ticket.Event) error {
	told, err := d.tellPerson(ctx, tx, c.Requester, func(l lang) (Reply, error) {
		station := d.stationName(e.Station, l)
		var out lines
		r := Reply{Ref: data("ticket", c.ID), Buttons: l.ownButtons(c)}
		said := func(p phrase) { // the words and files are for the requester; those of other steps are not
			r.Files = e.Files
			out.bold(l.f(p, station, c.ID))
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
		case ticket.Ask:
			said(pRAsk)
		case ticket.Transfer, ticket.Assign:
			out.text(l.f(pRTransfer, c.ID, station))
			r.Buttons = nil
		case ticket.Reject:
			said(pRReject)
		case ticket.Resolve:
			said(pRResolve)
			out.gap()
			out.text(l.f(pRSolved))
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
	return d.missed(ctx, tx, c)
}
