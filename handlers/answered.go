package handlers

import (
	"context"
	"errors"
	"slices"
	"strings"

	"liaison/ticket"
)

// answered handles a text that was asked for, or that answers a message about a
// case. The ref says what it does: "ticket:ID" and "card:ID" speak about the case, and
// "act:WHAT:ID[:STATION]" or "act:WHAT:ID:@VERSION" is what the bot's prompt asked
// for, the latter about a case that was shown at a version; see personally for whom.
func (t *turn) answered(ctx context.Context, ref string) error {
	if t.m.Text == "" && len(t.m.Files) == 0 {
		return t.tell(ctx, pOnlyText)
	}
	ref, asked := cutAsked(ref)
	if asked != "" && asked != t.m.User {
		return t.notAsked(ctx, asked)
	}
	parts := strings.Split(ref, ":")
	switch {
	case len(parts) == 2 && parts[0] == "act" && parts[1] == "code":
		return t.enterCode(ctx, t.m.Text)
	case len(parts) == 2 && parts[0] == "act" && parts[1] == "search":
		t.expect("")
		return t.give(ctx, "search")
	case len(parts) == 4 && parts[0] == "act" && parts[1] == "quick":
		return t.saveQuick(ctx, parts[2], parts[3])
	}
	if ref == forgetRef {
		return t.confirmForget(ctx)
	}
	if to, ok := newsTo(ref); ok {
		return t.draftNews(ctx, to)
	}
	if ref == awayRef {
		return t.awayUntil(ctx, t.m.Text)
	}
	if len(parts) == 3 && parts[0] == "act" && parts[1] == "opinion" {
		return t.addOpinion(ctx, parts[2])
	}
	what, id, station := "", "", ""
	switch {
	case len(parts) == 2 && (parts[0] == "ticket" || parts[0] == "card"):
		id = parts[1]
	case len(parts) >= 3 && parts[0] == "act":
		what, id = parts[1], parts[2]
		station = strings.Join(parts[3:], ":")
	default:
		return t.tell(ctx, pOldButton)
	}
	files, refused := t.taken(t.m.Files)
	if refused != nil {
		if err := t.tell(ctx, *refused); err != nil || t.m.Text == "" && len(files) == 0 {
			return err
		}
	}
	c, err := t.tx.Ticket(ctx, id)
	if err != nil {
		return errors.Join(err, t.turnTo(ctx, ""))
	}
	err = t.perform(ctx, c, what, station, strings.TrimSpace(t.m.Text), files)
	// A text that does not fit is asked for again; anything else is over.
	if ticket.CodeOf(err) != ticket.Invalid && t.conv.Await != nil && t.conv.Await.Ref == ref {
		err = errors.Join(err, t.turnTo(ctx, ""))
	}
	return err
}

// perform does what a text about a case is for.
func (t *turn) perform(ctx context.Context, c ticket.Ticket, what, station, text string, files []ticket.File) error {
	own := c.Requester == t.me.ID
	seen, station := cutSeen(station)
	switch {
	case what == "comment" && own && slices.Contains(typedNone, plainWords(text)):
		return t.tell(ctx, pRated)
	case what == "comment" && own:
		s := ticket.Step{Action: ticket.Score, Text: text}
		if _, err := t.Act(ctx, t.tx, t.me.ID, c.ID, s); err != nil {
			return err
		}
		t.remember("comment", c.ID)
		return t.tell(ctx, pRated)
	case own && forStaff(ticket.Action(what)):
		return ticket.Errorf(ticket.Forbidden, "nobody works a case of his own")
	case own: // "more", or a plain answer to any message about the case
		if solved, said, ok := judgement(text); ok && what == "" && len(files) == 0 && c.State == ticket.Answered {
			return t.judge(ctx, c.ID, solved, ticket.Step{Text: said})
		}
		return t.more(ctx, c, ticket.Step{Text: text, Files: files})
	case what == "draft":
		return t.redraft(ctx, c, seen, text, files)
	case what == "":
		v, err := t.Viewer(ctx, t.tx, t.me.ID)
		if err != nil {
			return err
		}
		what = string(ticket.Reply)
		if staffRole(v, c) == ticket.RoleHelper {
			what = string(ticket.Report) // to the station in the lead, which speaks to the requester
		}
	}
	s := ticket.Step{Action: ticket.Action(what), Text: text, Files: files, Station: station}
	if t.m.Group {
		at, _, err := t.stationAt(ctx, t.tx, t.m.From) // of no station it has no ID
		if err != nil {
			return err
		}
		s.Room = at.ID
	}
	tr, _ := ticket.Lookup(s.Action)
	if tr.Wants(ticket.NeedResult) {
		s.Outcome, s.Station = outcomeOf(station, text), ""
	} else if tr.Wants(ticket.NeedDate) {
		s.Until, s.Text = cutDate(text, t.Now())
	} else if tr.Wants(ticket.NeedCase) {
		s.Case, s.Text = ticket.FindNumber(text)
	} else if tr.Wants(ticket.NeedPerson) {
		if s.Person, s.Station = station, ""; s.Person == pool {
			s.Person = ""
		}
	}
	if s.Action == ticket.Record {
		after, err := t.Act(ctx, t.tx, t.me.ID, c.ID, s)
		if err != nil {
			return err
		}
		return t.recorded(ctx, after)
	}
	return t.send(ctx, c, s, seen)
}
