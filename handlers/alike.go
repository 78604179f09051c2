package handlers

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"time"

	"liaison/ticket"
)

// followUp is how long after its end a case is still what a new one of the same
// matter follows up.
const followUp = 30 * 24 * time.Hour

// earlierAlike returns the person's own cases that the form may be about again,
// the most alike first: those that go on, and those that ended lately.
func earlierAlike(f form, own []ticket.Ticket, now time.Time) []ticket.Ticket {
	own = slices.DeleteFunc(slices.Clone(own), func(c ticket.Ticket) bool {
		return c.MergedInto != "" || !c.Open() && now.Sub(c.ClosedAt) > followUp
	})
	c := ticket.Ticket{Text: f.Text, Company: f.Company, Town: f.Town, CreatedAt: now}
	return ticket.MostAlike(c, own, 3)
}

// offerEarlier asks whether the form adds to a case that goes on, and reports
// whether it asked. It asks once.
func (t *turn) offerEarlier(ctx context.Context, f form, earlier []ticket.Ticket) (bool, error) {
	i := slices.IndexFunc(earlier, ticket.Ticket.Open)
	if f.Apart || i < 0 {
		return false, nil
	}
	return true, t.offerToJoin(ctx, f, earlier[i])
}

// offerToJoin asks whether the form adds to the case, or says that its answer did not
// settle the matter.
func (t *turn) offerToJoin(ctx context.Context, f form, c ticket.Ticket) error {
	p, join, verb := pSameMatter, pbJoin, "join"
	if c.State == ticket.Answered { // nobody works on it
		p, join, verb = pSameAnswered, pbReopen, "reopen"
	}
	r := words(t.lang.f(p, c.ID, t.lang.when(c.CreatedAt), c.State.Label(string(t.lang))))
	r.Text = append(r.Text, Span{Text: "\n"}, Span{Text: excerpt(c.Text, 200), Style: Quote})
	id := strconv.Itoa(f.ID)
	r.Buttons = [][]Button{
		row(t.button(join, "f", id, verb, c.ID)),
		row(t.button(pbApart, "f", id, "apart"), t.button(pbDrop, "f", id, "drop")),
	}
	return t.say(ctx, r)
}

// joinEarlier adds what the form holds to the earlier case instead of making a new
// one, or reopens the case with it.
func (t *turn) joinEarlier(ctx context.Context, id string, reopen bool) error {
	f := *t.conv.Form
	c, err := t.tx.Ticket(ctx, id)
	if err != nil {
		return err
	}
	if c.Requester != t.me.ID || f.Step != stepReview {
		return t.toast(ctx, pOldButton)
	}
	with := ticket.Step{Text: t.addition(f, c), Files: f.Files, Contact: f.Contact}
	switch {
	case reopen:
		err = t.unsolved(ctx, id, with)
	case c.State == ticket.Answered: // since it was offered
		return t.offerToJoin(ctx, f, c)
	default:
		err = t.more(ctx, c, with)
	}
	if err != nil {
		return err
	}
	t.conv.Form = nil
	t.conv.passOn(data("form", strconv.Itoa(f.ID)), "case", c.ID)
	return nil
}

// addition is what the form says that the case does not say yet, in words for its
// station. The contact is not among them: it is kept as that of the case.
func (t *turn) addition(f form, c ticket.Ticket) string {
	out := []string{f.wording()}
	add := func(name phrase, value string) { out = append(out, zh.f(name)+value) }
	if f.Company != "" && f.Company != c.Company {
		add(pfCompany, f.Company)
	}
	if town, ok := t.Directory().Town(f.Town); ok && f.Town != c.Town {
		add(pfTown, town.Label(string(zh)))
	}
	if f.Urgent && !c.Urgent {
		add(pfUrgent, zh.f(pbUrgent))
	}
	return strings.Join(out, "\n")
}

// AlikeAt returns the open cases that the viewer works on and that may be about
// the same matter, so that c can be merged into them.
func (d *Desk) AlikeAt(ctx context.Context, tx Tx, v ticket.Viewer, c ticket.Ticket) ([]ticket.Ticket, error) {
	cases, err := tx.Tickets(ctx, ticket.Filter{OpenOnly: true, Limit: 200, Stations: v.Reach(), NotOf: v.Person})
	cases = slices.DeleteFunc(cases, func(o ticket.Ticket) bool { return !works(v, o) || ticket.Mergeable(c, o) != nil })
	return ticket.MostAlike(c, cases, 3), err
}

// listCases asks which case the action is about: one tap for those that look like
// the same matter, or a number.
func (t *turn) listCases(ctx context.Context, c ticket.Ticket, a ticket.Action) error {
	var b []Button
	for _, o := range t.prepared.Alike {
		b = append(b, Button{Text: o.ID + " " + excerpt(o.Text, 16), Data: data("t", string(a), c.ID, o.ID)})
	}
	p := pWriteLink
	if a == ticket.Merge {
		p = pWriteMerge
	}
	if len(b) > 0 {
		if err := t.offer(ctx, pLooksAlike, column(b...)...); err != nil {
			return err
		}
	}
	return t.await(ctx, p, data("act", string(a), c.ID), c.ID, t.label())
}

// mainOf returns the case in which a merged one goes on: the last of several.
func (d *Desk) mainOf(ctx context.Context, tx Tx, c ticket.Ticket) (ticket.Ticket, error) {
	for c.MergedInto != "" {
		var err error
		if c, err = tx.Ticket(ctx, c.MergedInto); err != nil {
			return c, err
		}
	}
	return c, nil
}

// hasResult reports whether there is something to rate about the case in which merged
// ones go on.
func hasResult(main ticket.Ticket) bool {
	return main.State == ticket.Answered || main.State == ticket.Closed && !main.AnsweredAt.IsZero()
}

// tellFollowers tells those whose cases were merged into c what its requester is
// told, each once: the words of the station, but no files and no questions, which
// are for the requester of c. answerBy is the deadline of the case in which all go on.
func (d *Desk) tellFollowers(ctx context.Context, tx Tx, c ticket.Ticket, answerBy time.Time, history []ticket.Event, told map[string]bool) error {
	e := history[len(history)-1]
	if !reachesFollowers(e) {
		return nil
	}
	merged, err := tx.Tickets(ctx, ticket.Filter{Into: c.ID, Limit: 500})
	if err != nil {
		return err
	}
	for _, m := range merged {
		over, err := d.findingOver(ctx, tx, m)
		if err != nil {
			return err
		}
		if over.IsZero() && !told[m.Requester] {
			told[m.Requester] = true
			reached, err := d.tellPerson(ctx, tx, m.Requester, func(l lang) (Reply, error) {
				r := words(l.f(pRFollow, m.ID, d.stationName(e.Station, l), e.Action.Label(string(l))))
				if e.Text != "" && saysToFollowers(e) {
					// Their own words: the others of the main case are somebody else's.
					if said := answeredWords(m, history, m.Requester); said != "" {
						r.Text = append(r.Text, Span{Text: "\n"}, Span{Text: l.f(pAnswersYou, excerpt(said, 60)), Style: Quote})
					}
					r.Text = append(r.Text, Span{Text: "\n" + e.Text})
				}
				if e.Action == ticket.Accept || e.Action == ticket.Grant || e.Action == ticket.Reset {
					r.Text = append(r.Text, Span{Text: "\n" + l.f(pAnswerBy, l.when(answerBy))})
				}
				r.Ref, r.Buttons = data("ticket", m.ID), l.ownButtons(m)
				if isAnswer(e) && !m.Rating.Given {
					r.Text = append(r.Text, Span{Text: "\n\n" + l.f(pRSolved)})
					r.Buttons = append([][]Button{l.judge(m.ID, int64(e.Seq))}, r.Buttons...)
				}
				return r, nil
			})
			if err != nil {
				return err
			}
			if !reached {
				why, err := d.whyNot(ctx, tx, m.Requester)
				if err != nil {
					return err
				}
				if err := d.missed(ctx, tx, m, why); err != nil {
					return err
				}
			}
		}
		if err := d.tellFollowers(ctx, tx, m, answerBy, history, told); err != nil {
			return err
		}
	}
	return nil
}
