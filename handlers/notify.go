package handlers

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"liaison/ticket"
	"liaison/ticket/route"
)

// Run does a job of a case: it tells people about a step, reminds, escalates or
// closes. The job's mark of completion, or the step that it tells of, belongs to the same
// transaction.
func (d *Desk) Run(ctx context.Context, tx Tx, j ticket.Job) error {
	switch j.Kind {
	case ticket.JobNotify:
		return d.announce(ctx, tx, j)
	case jobReplying:
		return d.giveUpReplying(ctx, tx, j)
	case ticket.JobExpire:
		// An answer that could not be delivered is not taken for one that was not rated.
		if later, err := d.expireLater(ctx, tx, j); err != nil || later {
			return err
		}
	}
	_, _, err := d.cases.Fire(ctx, tx, j)
	return err // what Fire did to the case has its own announcement
}

// announce tells each audience of an event about it.
func (d *Desk) announce(ctx context.Context, tx Tx, j ticket.Job) error {
	c, err := tx.Ticket(ctx, j.Ticket)
	if err != nil {
		return err
	}
	events, err := tx.Events(ctx, j.Ticket)
	if err != nil {
		return err
	}
	i := j.Seq - 1
	if i < 0 || i >= len(events) {
		return ticket.Errorf(ticket.NotFound, "case %s has no event %d", j.Ticket, j.Seq)
	}
	e := events[i]
	tells := ticket.TellsOf(e.Action)
	before := previousStation(events[:i])
	again := times(events[:i+1], e.Action) > 1
	if e.Action == ticket.Hand {
		if err := d.tellHanded(ctx, tx, c, e); err != nil {
			return err
		}
	}
	if e.Action == ticket.Unsolved && again || e.Action == ticket.Return && (again || before == e.Station) {
		tells = append(tells[:len(tells):len(tells)], ticket.ToSupervisor)
	}
	if e.Action == ticket.Record && (e.From == ticket.Answered || e.From == ticket.Closed) { // the answer did not say it
		tells = append(tells[:len(tells):len(tells)], ticket.ToRequester)
	}
	// An answer to a case that nobody had accepted accepts it in the same moment:
	// the answer says enough.
	if e.Action == ticket.Accept && i+1 < len(events) && events[i+1].At.Equal(e.At) {
		return nil
	}
	for _, to := range tells {
		switch to {
		case ticket.ToRequester:
			err = d.tellRequester(ctx, tx, c, events[:i+1])
		case ticket.ToStation:
			err = d.announceStation(ctx, tx, c, e, j.Room)
			if err == nil && e.Action == ticket.Assign && before != "" && before != e.Station {
				// Not the first assignment: the requester knew another station.
				err = d.tellRequester(ctx, tx, c, events[:i+1])
			}
			if err == nil {
				err = d.tellFormer(ctx, tx, c, events[:i+1])
			}
		case ticket.ToHelper:
			err = d.tellHelper(ctx, tx, c, e)
		case ticket.ToSupervisor:
			err = d.tellSupervisors(ctx, tx, c, e)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// times counts an action in a history.
func times(events []ticket.Event, a ticket.Action) (n int) {
	for _, e := range events {
		if e.Action == a {
			n++
		}
	}
	return n
}

func previousStation(events []ticket.Event) string {
	if len(events) == 0 {
		return ""
	}
	return events[len(events)-1].Station
}

// tellFormer shows the stations that had the case before the last event that it
// is gone, or that they answer for it until it is accepted elsewhere.
func (d *Desk) tellFormer(ctx context.Context, tx Tx, c ticket.Ticket, events []ticket.Event) error {
	e, before := events[len(events)-1], events[:len(events)-1]
	switch e.Action {
	case ticket.Assign, ticket.Transfer, ticket.Return, ticket.Accept, ticket.TakeOver, ticket.Withdraw, ticket.Reject, ticket.Merge:
	default:
		return nil
	}
	former := []string{previousStation(before)}
	if keeper := c.Keeper(); keeper != former[0] {
		former = append(former, keeper)
	}
	if held, ok := last(before, ticket.Accept, ticket.TakeOver); ok && c.Keeper() == "" && held.Station != former[0] {
		former = append(former, held.Station) // it was answering for the case until now
	}
	for _, id := range former {
		if id == "" || id == e.Station {
			continue
		}
		err := d.tellStation(ctx, tx, id, c.Requester, func(l lang) (Reply, error) {
			r := words(l.f(pGone, c.ID, d.stationName(e.Station, l), e.Text))
			switch e.Action {
			case ticket.Accept, ticket.TakeOver:
				r = words(l.f(pGoneAccepted, c.ID, d.stationName(e.Station, l)))
			case ticket.Withdraw, ticket.Reject, ticket.Merge:
				r = words(l.f(pGoneEnded, c.ID, e.Action.Label(string(l)), d.stationName(e.Station, l)))
			}
			if id == c.Keeper() && !c.Referred() {
				r.Text = append(r.Text, Span{Text: "\n" + l.f(pKeeps)})
				r.Buttons = [][]Button{row(Button{Text: l.f(pbTakeBack), Data: data("t", string(ticket.Accept), c.ID)})}
			}
			r.Ref, r.Replace = data("card", c.ID), true
			return r, nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// tellHelper shows a case to the station that was asked to help with it.
func (d *Desk) tellHelper(ctx context.Context, tx Tx, c ticket.Ticket, e ticket.Event) error {
	return d.tellStation(ctx, tx, e.Object, c.Requester, func(l lang) (Reply, error) {
		if e.Action == ticket.Release { // the case is no longer the helper's to see
			r := words(l.f(pHelpEnded, c.ID))
			r.Ref, r.Replace = data("card", c.ID), true
			return r, nil
		}
		r, err := d.staffCard(ctx, tx, c, ticket.RoleHelper, l)
		r.Text = append([]Span{{Text: l.f(pHelpWanted, e.Text) + "\n", Style: Bold}}, r.Text...)
		r.Replace = false
		return r, err
	})
}

// announceStation brings the case's card at the station up to date and, when the
// step came from outside, says so in a message of its own that can be answered. room is
// the station in whose group the words of the step were written.
func (d *Desk) announceStation(ctx context.Context, tx Tx, c ticket.Ticket, e ticket.Event, room string) error {
	if c.Station != e.Station {
		return nil // a later step has moved the case on; its own announcement follows
	}
	news := phrase{}
	switch e.Action {
	case ticket.Supply, ticket.Note, ticket.Unsolved, ticket.Withdraw, ticket.Solved,
		ticket.Report, ticket.Comment, ticket.Urge, ticket.TakeOver:
		news = pStationNews
	case ticket.Remind:
		news = pReminder
	case ticket.Escalate:
		news = pStationOverdue
	case ticket.Supervise:
		news = pStationSupervised
	case ticket.Grant:
		news = pStationGranted
	case ticket.Decline, ticket.Propose, ticket.Reset, ticket.Absorb, ticket.Part:
		news = pStationNews
	case ticket.Hand:
		if e.Object == "" {
			news = pStationLoose
		}
	}
	var err error
	switch e.Action {
	case ticket.Remind: // which changes nothing on the card
		if !slices.ContainsFunc(c.Deadlines(), e.Until.Equal) {
			return nil // the case has moved on while the reminder was on its way
		}
	case ticket.Assign, ticket.Transfer, ticket.Return, ticket.Unmerge:
		err = d.introduce(ctx, tx, c)
	case ticket.Link:
		// At the submission the card that introduces the case shows it too, and is there
		// or on its way.
		var shown bool
		if shown, err = d.linkedAtOnce(ctx, tx, c, e); err == nil && !shown {
			err = d.putCard(ctx, tx, c, true)
		}
	default:
		err = d.refresh(ctx, tx, c)
	}
	for _, id := range c.Helpers {
		if err == nil && id != e.Object { // who was just asked is shown it by tellHelper
			err = d.tellStation(ctx, tx, id, c.Requester, func(l lang) (Reply, error) { return d.staffCard(ctx, tx, c, ticket.RoleHelper, l) })
		}
	}
	if err != nil || news == (phrase{}) {
		return err
	}
	author := "" // of what colleagues write to each other: no news where it was written
	switch e.Action {
	case ticket.Comment, ticket.Report, ticket.Urge:
		author = e.Actor
	}
	// A keeper that nobody is at has the same people told in its place as the station.
	there := d.reaching(ctx, tx, &err)
	for _, id := range []string{e.Station, c.Keeper()} {
		if id == "" || id != e.Station && !there(id) {
			if err != nil {
				return err
			}
			continue
		}
		if author != "" && id == room {
			continue // the card there shows it too
		}
		err := d.tellOthers(ctx, tx, id, c.Requester, author, func(l lang) (Reply, error) {
			about, what := e.Text, e.Action.Label(string(l))
			switch {
			case e.Action == ticket.Absorb:
				about = e.Object + l.f(pColon) + e.Text
			case e.Action == ticket.Part:
				about = e.Object
			case !e.Until.IsZero():
				about = l.when(e.Until)
			}
			if author != "" {
				who, err := d.voice(ctx, tx, e, c, l)
				if err != nil {
					return Reply{}, err
				}
				what = who
			}
			r := words(strings.TrimSpace(l.f(news, c.ID, what, about)))
			r.Ref, r.Files, r.Buttons = data("ticket", c.ID), e.Files, l.cardButtons(c, ticket.RoleAgent)
			return r, nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// introduce shows a case to a station that it is new to, with what was attached.
// The card comes by itself, so that it can be kept up to date in its place.
func (d *Desk) introduce(ctx context.Context, tx Tx, c ticket.Ticket) error {
	events, err := tx.Events(ctx, c.ID)
	if err != nil {
		return err
	}
	files := ticket.Files(events)
	err = d.tellOnDuty(ctx, tx, c.Station, c.Requester, func(l lang) (Reply, error) {
		r, err := d.staffCard(ctx, tx, c, ticket.RoleAgent, l)
		r.Replace = false
		return r, err
	})
	if err != nil || len(files) == 0 {
		return err
	}
	return d.tellOnDuty(ctx, tx, c.Station, c.Requester, func(l lang) (Reply, error) {
		r := words(l.f(pAttached, c.ID))
		r.Ref, r.Files = data("ticket", c.ID), files
		return r, nil
	})
}

func (d *Desk) tellSupervisors(ctx context.Context, tx Tx, c ticket.Ticket, e ticket.Event) error {
	all, err := d.told(ctx, tx, Membership{Role: ticket.RoleSupervisor})
	if err != nil {
		return err
	}
	_, err = d.tellEach(ctx, tx, all, c.Requester, "", func(l lang) (Reply, error) {
		r, err := d.staffCard(ctx, tx, c, ticket.RoleSupervisor, l)
		r.Replace = false
		why := l.f(pSuperviseOverdue)
		switch e.Action {
		case ticket.Escalate:
			if c.Unaccepted() && e.Until.Equal(c.AnswerBy) && !c.AnswerBy.Equal(c.AcceptBy) {
				why = l.f(pSuperviseNobody, l.when(e.Until))
			}
		case ticket.Supervise:
			why = l.f(pSuperviseLate)
		case ticket.Return:
			why = l.f(pSuperviseReturned)
		case ticket.Unsolved:
			why = l.f(pSuperviseUnsolved)
		case ticket.Extend:
			why = l.f(pSuperviseExtend, l.when(e.Until), e.Text)
		}
		r.Text = append([]Span{{Text: why + "\n", Style: Bold}}, r.Text...)
		return r, err
	})
	return err
}

// tellStation says something to a station: in its group, or else to its people, all but
// the one whose own case it is about. In a group that cannot be helped.
func (d *Desk) tellStation(ctx context.Context, tx Tx, id, owner string, say func(lang) (Reply, error)) error {
	return d.tellOthers(ctx, tx, id, owner, "", say)
}

// tellOthers is tellStation for words of the author, who is not told of them in private.
func (d *Desk) tellOthers(ctx context.Context, tx Tx, id, owner, author string, say func(lang) (Reply, error)) error {
	if s, ok := d.Directory().Station(id); ok && s.ChatID != 0 {
		to, err := tx.Moved(ctx, groupOf(s))
		if err != nil {
			return err
		}
		r, err := say(zh)
		if err == nil && s.TopicPerCase {
			r.Topic, err = d.topicOf(ctx, tx, s, r.Ref)
		}
		if err != nil {
			return err
		}
		return tx.Send(ctx, to, r)
	}
	return d.tellPeople(ctx, tx, id, owner, author, say)
}

// linkedAtOnce reports whether the case was linked as it came, to one from before.
func (d *Desk) linkedAtOnce(ctx context.Context, tx Tx, c ticket.Ticket, e ticket.Event) (bool, error) {
	if e.Role != ticket.RoleSystem {
		return false, nil
	}
	other, err := tx.Ticket(ctx, e.Object)
	return err == nil && other.CreatedAt.Before(c.CreatedAt), err
}

// tellPeople says something to each of a station's agents who are not away, in
// private. Where none can be reached so, triage's agents are told, or else the
// supervisors. The console shows every case in any event. owner is not told: the
// requester of the case it is about, "" for none; neither is the author, if they are
// somebody's words, who counts as told: they do not go on to triage for want of others.
func (d *Desk) tellPeople(ctx context.Context, tx Tx, id, owner, author string, say func(lang) (Reply, error)) error {
	for _, m := range []Membership{
		{Role: ticket.RoleAgent, Station: id},
		{Role: ticket.RoleAgent, Station: d.Directory().Triage().ID},
		{Role: ticket.RoleSupervisor},
	} {
		people, err := d.told(ctx, tx, m)
		if err != nil {
			return err
		}
		if reached, err := d.tellEach(ctx, tx, people, owner, author, say); err != nil || reached {
			return err
		}
	}
	d.Logger.WarnContext(ctx, "nobody can be told in a chat, only the console shows it", "station", id)
	return nil
}

// groupOf is where the station's group was when it was configured.
func groupOf(s route.Station) Address {
	return Address{Channel: Telegram, Chat: strconv.FormatInt(s.ChatID, 10), Thread: s.ThreadID}
}

// tellPerson says something in the person's private chat, on the channel that
// the person used last, and reports whether there is one.
func (d *Desk) tellPerson(ctx context.Context, tx Tx, person string, say func(lang) (Reply, error)) (bool, error) {
	if person == ticket.Nobody {
		return true, nil // who asked to be forgotten misses nothing
	}
	p, err := tx.Person(ctx, person)
	if err != nil {
		return false, err
	}
	accounts, err := tx.Accounts(ctx, person)
	if err != nil {
		return false, err
	}
	for _, a := range accounts {
		if a.Chat == "" || a.Blocked {
			continue
		}
		r, err := say(langOf(p.Lang, ""))
		if err != nil {
			return false, err
		}
		return true, tx.Send(ctx, Address{Channel: a.Channel, Chat: a.Chat}, r)
	}
	return false, nil
}
