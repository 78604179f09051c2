package handlers

import (
	"context"
	"strings"

	"liaison/ticket"
)

// askedMark stands in the ref of a prompt before whom it asks, by the channel's id.
const askedMark = ":!"

// personally makes a prompt in a group one for the person at hand alone. The apps of
// all whom a prompt asks begin an answer to it by themselves: what a colleague types
// next, and to nobody in particular, must not become the words that were asked for. So
// it names the person, and takes nobody else's answer.
func (t *turn) personally(r Reply) Reply {
	if !t.m.Group {
		return r
	}
	name, first := t.label(), r.Text[0]
	rest, named := strings.CutPrefix(first.Text, name)
	if !named {
		rest = t.lang.f(pColon) + rest
	}
	first.Text = rest
	r.Text = append([]Span{{Text: name, Person: t.m.User}, first}, r.Text[1:]...)
	r.Ref += askedMark + t.m.User
	return r
}

// cutAsked takes whom a prompt asks out of its ref, "" for everybody.
func cutAsked(ref string) (bare, user string) {
	bare, user, _ = strings.Cut(ref, askedMark)
	return bare, user
}

// notAsked says that what was asked of somebody else, whom the channel calls by the
// id, is not taken from this person.
func (t *turn) notAsked(ctx context.Context, user string) error {
	p, err := t.tx.Known(ctx, t.m.From.Channel, user)
	if err != nil && ticket.CodeOf(err) != ticket.NotFound {
		return err
	}
	return t.tell(ctx, pNotAsked, orElse(p.Label, t.lang.f(pColleague)))
}

// anonymous says that what somebody wrote to the bot in the name of the group, or of a
// channel, is not taken: nobody knows who it is.
func (d *Desk) anonymous(ctx context.Context, tx Tx, m Message) error {
	if _, ours := commands[m.Command]; m.Edited || m.Command != "" && !ours {
		return nil
	}
	return tx.Send(ctx, m.From, words(langOf("", m.Lang).f(pAnonymous)))
}
