package handlers

import (
	"context"
	"slices"
	"strings"

	"liaison/ticket"
)

// missed notes that the requester did not get word of the case, to make up for it
// later, and tells the station, which would otherwise think him informed.
func (d *Desk) missed(ctx context.Context, tx Tx, c ticket.Ticket, why Why) error {
	fresh, err := tx.SaveUnheard(ctx, Unheard{Ticket: c.ID, Why: why, Since: d.Now()})
	if err != nil || !fresh {
		return err // the station knows
	}
	if err := d.refresh(ctx, tx, c); err != nil {
		return err
	}
	return d.tellStation(ctx, tx, c.Station, c.Requester, func(l lang) (Reply, error) {
		r := words(l.f(pUnreached, c.ID, why.Label(string(l))))
		r.Ref = data("ticket", c.ID)
		return r, nil
	})
}

// refresh brings the case's card at its station up to date. Who was not shown the
// case, not being on duty then, is not shown it for this.
func (d *Desk) refresh(ctx context.Context, tx Tx, c ticket.Ticket) error {
	s, _ := d.Directory().Station(c.Station)
	return d.putCard(ctx, tx, c, s.ChatID == 0)
}

// putCard brings the case's card at its station up to date; only says that it is not
// put where there is none.
func (d *Desk) putCard(ctx context.Context, tx Tx, c ticket.Ticket, only bool) error {
	return d.tellStation(ctx, tx, c.Station, c.Requester, func(l lang) (Reply, error) {
		r, err := d.staffCard(ctx, tx, c, ticket.RoleAgent, l)
		r.Update = only
		return r, err
	})
}

// unheardLine says on a card what the requester has not got.
func (d *Desk) unheardLine(ctx context.Context, tx Tx, c ticket.Ticket, l lang, out *lines) error {
	m, missed, err := tx.UnheardOf(ctx, c.ID)
	if missed {
		out.bold(l.f(pUnheard, m.Why.Label(string(l)), l.when(m.Since)))
	}
	return err
}

// catchUp shows somebody who is back the cases of which he or she has missed news.
func (t *turn) catchUp(ctx context.Context) error {
	news, err := t.tx.Unheard(ctx, t.me.ID)
	if err != nil || len(news) == 0 {
		return err
	}
	if err := t.tx.ForgetUnheard(ctx, t.me.ID); err != nil {
		return err
	}
	said := false
	for _, n := range news {
		c, err := t.tx.Ticket(ctx, n.Ticket)
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
		if err := t.refresh(ctx, t.tx, c); err != nil {
			return err
		}
	}
	return nil
}

// expireLater puts the automatic closing off while the requester has not
// received the answer.
func (d *Desk) expireLater(ctx context.Context, tx Tx, j ticket.Job) (bool, error) {
	_, missed, err := tx.UnheardOf(ctx, j.Ticket)
	if err != nil || !missed {
		return false, err
	}
	c, err := tx.Ticket(ctx, j.Ticket)
	if err != nil {
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
// not get word of a case is noted and told to the station. A chat that takes
// nothing is noted, and a person's private one is not tried again before the
// person is back.
func (d *Desk) Undelivered(ctx context.Context, tx Tx, to Address, r Reply, why Why) error {
	if r.Empty() {
		return nil
	}
	s, group, err := d.stationAt(ctx, tx, to)
	if err != nil {
		return err
	}
	if group {
		if why.OfChat() {
			if err := d.lose(ctx, tx, to, why); err != nil {
				return err
			}
		}
		owner, err := d.ownerOf(ctx, tx, r.Ref)
		if err != nil {
			return err
		}
		r.Press, r.Toast, r.Topic = "", "", nil
		return d.tellPeople(ctx, tx, s.ID, owner, "", func(lang) (Reply, error) { return r, nil })
	}
	if why.OfChat() {
		if err := d.cutOff(ctx, tx, to, why); err != nil {
			return err
		}
	}
	kind, id, about := strings.Cut(r.Ref, ":")
	if !about || kind != "ticket" && kind != "card" {
		return nil
	}
	c, err := tx.Ticket(ctx, id)
	if err != nil {
		return err
	}
	if gone, err := d.lastOne(ctx, tx, c, to, r); err != nil || gone {
		return err
	}
	accounts, err := tx.Accounts(ctx, c.Requester)
	if err != nil {
		return err
	}
	if slices.ContainsFunc(accounts, func(a Account) bool { return a.Channel == to.Channel && a.Chat == to.Chat }) {
		return d.missed(ctx, tx, c, why)
	}
	return nil
}

// lastOne makes up for what an agent of the station did not get, if he or she was
// the last who could be told of its cases: others are. It reports whether the chat is
// an agent's there.
func (d *Desk) lastOne(ctx context.Context, tx Tx, c ticket.Ticket, to Address, r Reply) (bool, error) {
	station := c.Station
	agents, err := d.members(ctx, tx, ticket.RoleAgent, station)
	if err != nil {
		return false, err
	}
	for _, m := range agents {
		accounts, err := tx.Accounts(ctx, m.Person)
		if err != nil {
			return false, err
		}
		if !slices.ContainsFunc(accounts, func(a Account) bool { return a.Channel == to.Channel && a.Chat == to.Chat }) {
			continue
		}
		s, ok := d.Directory().Station(station)
		if !ok {
			return true, nil
		}
		at, err := d.Staffing(ctx, tx, s)
		if err != nil || at.Reached() {
			return true, err // colleagues were told as well
		}
		r.Press, r.Toast, r.Replace, r.Update = "", "", false, false
		return true, d.tellPeople(ctx, tx, station, c.Requester, "", func(lang) (Reply, error) { return r, nil })
	}
	return false, nil
}

// ownerOf returns the requester of the case that a reply's ref names, "" when it names
// none.
func (d *Desk) ownerOf(ctx context.Context, tx Tx, ref string) (string, error) {
	parts := strings.Split(ref, ":")
	i := 1
	if parts[0] == "act" {
		i = 2
	}
	if !AboutCase(ref) || len(parts) <= i {
		return "", nil
	}
	c, err := tx.Ticket(ctx, parts[i])
	if ticket.CodeOf(err) == ticket.NotFound { // act:code and the like
		return "", nil
	}
	return c.Requester, err
}

// whyNot says why nobody can be told in any of the person's chats.
func (d *Desk) whyNot(ctx context.Context, tx Tx, person string) (Why, error) {
	accounts, err := tx.Accounts(ctx, person)
	if slices.ContainsFunc(accounts, func(a Account) bool { return a.Blocked }) {
		return WhyBlocked, err
	}
	return WhyGone, err
}
