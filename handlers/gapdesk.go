package handlers

import (
	"context"
	"strings"
	"time"
	"unicode/utf8"

	"liaison/knowledge"
	"liaison/ticket"
)

const (
	// comparedWordings is how far back a question is compared with others that
	// were not answered.
	comparedWordings = 500
	// maxNear is how many units are shown that came near to a question.
	maxNear = 3
	// maxQuestion is how much of a question is kept, in characters.
	maxQuestion = 300
)

// miss records a question that was not answered well enough, with those that ask
// the same, so that the answer reaches the person once there is one.
func (t *turn) miss(ctx context.Context, question string, reason GapReason, near []Near) error {
	return t.tx.AddGap(ctx, Missed{
		Question: gapQuestion(question), Reason: reason, Gap: t.prepared.Gap, Person: t.me.ID, Nearest: near, At: t.Now(),
	})
}

// gapQuestion is a question as it is kept.
func gapQuestion(question string) string {
	return knowledge.MaskPersonal(excerpt(question, maxQuestion))
}

// alikeGap returns the gap with the wording that is most like the question, ""
// when none is like it. Of equals, the latest wording decides. It takes some
// milliseconds, for which no transaction is held. Two who ask the same new
// question in other words at one moment open two gaps, which can be merged.
func (d *Desk) alikeGap(ctx context.Context, question string) (string, error) {
	known, err := d.Store.Peek().Wordings(ctx, comparedWordings)
	if err != nil {
		return "", err
	}
	asked := knowledge.ReadWording(gapQuestion(question))
	gap, best := "", 0.0
	for _, w := range known {
		like := asked.Likeness(d.readings.Of(w.Question))
		if like >= knowledge.AlikeFrom && like > best {
			gap, best = w.Gap, like
		}
	}
	return gap, nil
}

// near lists the units that come nearest to a question that was refused.
func (d *Desk) near(a knowledge.Answer) []Near {
	var out []Near
	for i, unit := range a.Near[:min(len(a.Near), maxNear)] {
		n := Near{Unit: unit}
		if u, ok := d.Answerer.Library().Unit(unit); ok {
			n.Title = u.Label()
		}
		if i == 0 {
			n.Sure = a.Sure // the decision judges the first only
		}
		out = append(out, n)
	}
	return out
}

// nearOf are the units that an answer was taken from.
func (t *turn) nearOf(units []string) []Near {
	var out []Near
	for _, id := range units[:min(len(units), maxNear)] {
		if u, ok := t.Answerer.Library().Unit(id); ok {
			out = append(out, Near{Unit: id, Title: u.Label()})
		}
	}
	return out
}

// AnswerGap sends a staff member's answer to all who asked and waits for none of
// them: the replies are delivered from the outbox. Who blocked the bot, or is not
// known any more, is left out. It returns how many are told. a.Text and a.By are
// required; a.At is set. seen is the moment of the answer that the staff member
// knows of, zero for none: another one is not overwritten (ErrGapAnswered).
func (d *Desk) AnswerGap(ctx context.Context, tx Tx, id string, a GapAnswer, seen time.Time) (told int, err error) {
	a.Text, a.At = strings.TrimSpace(a.Text), d.Now()
	if a.Text == "" || utf8.RuneCountInString(a.Text) > ticket.MaxText {
		return 0, &ticket.Error{Code: ticket.Invalid, Field: "text"}
	}
	v, err := d.Viewer(ctx, tx, a.By)
	if err != nil {
		return 0, err
	}
	if !v.Supervisor && len(v.Stations) == 0 {
		return 0, ticket.Errorf(ticket.Forbidden, "for staff only")
	}
	cited, known := d.Cite(a.Unit)
	if a.Unit != "" && !known {
		return 0, &ticket.Error{Code: ticket.Invalid, Field: "unit"}
	}
	askers, err := tx.AnswerGap(ctx, id, a, seen)
	if err != nil {
		return 0, err
	}
	for _, who := range askers {
		ok, err := d.tellPerson(ctx, tx, who.Person, func(l lang) (Reply, error) {
			return l.staffAnswer(who.Question, a, cited), nil
		})
		if err != nil && ticket.CodeOf(err) != ticket.NotFound {
			return 0, err
		}
		if ok {
			told++
		}
	}
	d.Logger.InfoContext(ctx, "gap answered", "gap", id, "askers", len(askers), "told", told)
	return told, nil
}

// Cite returns what a unit of the library is, as of today.
func (d *Desk) Cite(unit string) (knowledge.Citation, bool) {
	return d.Answerer.Library().Cite(unit, knowledge.DateOf(d.Now().In(ticket.CST)))
}

// staffAnswer lays out what a staff member answers to a question.
func (l lang) staffAnswer(question string, a GapAnswer, cited knowledge.Citation) Reply {
	var out lines
	out.add(Span{Text: l.f(pStaffAnswer, question), Style: Quote})
	out.bold(l.f(pStaffSays, l.when(a.At)))
	out.text(a.Text)
	if cited.Unit != "" {
		out.gap()
		out.add(l.source(cited)...)
	}
	return Reply{Text: out}
}
