package handlers

import (
	"context"
	"encoding/json"
	"slices"
	"strings"

	"liaison/ticket"
)

// missedKey is where the cases are kept of which a requester has missed news.
func missedKey(person string) string { return "missed:" + person }

// missed notes that the requester could not be told of the case, to make up for
// it later, and tells the station, which would otherwise think him informed.
func (d *Desk) missed(ctx context.Context, tx Tx, c ticket.Ticket) error {
	ids, err := d.missedBy(ctx, tx, c.Requester)
	if err != nil {
		return err
	}
	if slices.Contains(ids, c.ID) {
		return nil // the station knows
	}
	b, err := json.Marshal(append(ids, c.ID))
	if err != nil {
		return err
	}
	if err := tx.SaveConversation(ctx, missedKey(c.Requester), b, d.Now()); err != nil {
		return err
	}
	return d.tellStation(ctx, tx, c.Station, func(l lang) (Reply, error) {
		r := words(l.f(pUnreached, c.ID))
		r.Ref = data("ticket", c.ID)
		return r, nil
	})
}

// missedBy lists the cases of which the person has missed news.
func (d *Desk) missedBy(ctx context.Context, tx Tx, person string) (ids []string, err error) {
	b, err := tx.Conversation(ctx, missedKey(person))
	if err != nil || len(b) == 0 {
		return nil, err
	}
	return ids, json.Unmarshal(b, &ids)
}

// catchUp shows somebody who is back the cases of which he or she has missed news.
func (t *turn) catchUp(ctx context.Context) error {
	ids, err := t.missedBy(ctx, t.tx, t.me.ID)
	if err != nil || len(ids) == 0 {
		return err
	}
	if err := t.tx.SaveConversation(ctx, missedKey(t.me.ID), nil, t.Now()); err != nil {
		return err
	}
	said := false
	for _, id := range ids {
		c, err := t.tx.Ticket(ctx, id)
		if err != nil {
			return err
		}
		if over, err := t.findingOver(ctx, t.tx, c); err != nil {
			return err
		} else if !over.IsZero() {
			continue // news is no longer for this person
		}
		if !said {
			if err := t.tell(ctx, pCatchUp); err != nil {
				return err
			}
			said = true
		}
		if err := t.view(ctx, c); err != nil {
			return err
		}
	}
	return nil
}

// expireLater puts the automatic closing off while the requester has not
// received the answer.
func (d *Desk) expireLater(ctx context.Context, tx Tx, j ticket.Job) (bool, error) {
	c, err := tx.Ticket(ctx, j.Ticket)
	if err != nil {
		return false, err
	}
	ids, err := d.missedBy(ctx, tx, c.Requester)
	if err != nil || !slices.Contains(ids, c.ID) {
		return false, err
	}
	if over, err := d.findingOver(ctx, tx, c); err != nil || !over.IsZero() {
		return false, err // who no longer gets the answer is not waited for
	}
	j.At = d.Now().AddDate(0, 0, d.Terms(c.Station).Policy.CloseDays)
	return true, tx.Enqueue(ctx, j)
}

// Undelivered makes up for a reply that a channel would not take. What a
// station's group does not get, its people get in private; that a requester did
// not get word of a case is noted and told to the station.
func (d *Desk) Undelivered(ctx context.Context, tx Tx, to Address, r Reply) error {
	if r.Empty() {
		return nil
	}
	for _, s := range d.Directory().Stations() {
		if s.ChatID == 0 {
			continue
		}
		at, err := tx.Moved(ctx, groupOf(s))
		if err != nil {
			return err
		}
		if at == to {
			r.Replace, r.Press, r.Toast = false, "", ""
			return d.tellPeople(ctx, tx, s.ID, func(lang) (Reply, error) { return r, nil })
		}
	}
	id, about := strings.CutPrefix(r.Ref, "ticket:")
	if !about {
		return nil
	}
	c, err := tx.Ticket(ctx, id)
	if err != nil {
		return err
	}
	accounts, err := tx.Accounts(ctx, c.Requester)
	if err != nil {
		return err
	}
	if slices.ContainsFunc(accounts, func(a Account) bool { return a.Channel == to.Channel && a.Chat == to.Chat }) {
		return d.missed(ctx, tx, c)
	}
	return nil
}
