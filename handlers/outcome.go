package handlers

import (
	"context"
	"slices"
	"strings"

	"liaison/ticket"
	"liaison/ticket/route"
)

// pressRecord leads to the record of what came of a financing request: which result,
// of one that was granted who lends, and then the words.
func (t *turn) pressRecord(ctx context.Context, c ticket.Ticket, args []string) error {
	if len(args) == 2 {
		return t.listResults(ctx, c, pResultOf)
	}
	switch ticket.Result(args[2]) {
	case ticket.Granted:
		return t.listLenders(ctx, c)
	case ticket.Refused:
		return t.await(ctx, pWriteRefused, data("act", string(ticket.Record), c.ID, string(ticket.Refused)), c.ID, t.label())
	case ticket.NoResult:
		c, err := t.Act(ctx, t.tx, t.me.ID, c.ID, ticket.Step{Action: ticket.Record, Outcome: &ticket.Outcome{Result: ticket.NoResult}})
		if err != nil {
			return err
		}
		return t.recorded(ctx, c)
	default:
		return t.toast(ctx, pOldButton)
	}
}

// listResults asks what came of the request.
func (t *turn) listResults(ctx context.Context, c ticket.Ticket, p phrase) error {
	var b []Button
	for _, r := range ticket.Results {
		b = append(b, Button{Text: r.Label(string(t.lang)), Data: data("t", string(ticket.Record), c.ID, string(r))})
	}
	r := words(t.lang.f(p, c.ID))
	r.Buttons = append(grid(3, b...), row(t.button(pbBack, "t", "drop", c.ID)))
	return t.say(ctx, r)
}

// listLenders asks who lends: a partner, a finance station, or the one that has it.
func (t *turn) listLenders(ctx context.Context, c ticket.Ticket) error {
	var b []Button
	for _, s := range t.Directory().Stations() {
		if s.ID == c.Station || s.Kind == route.Partner || s.Kind == route.Finance {
			b = append(b, Button{Text: s.Label(string(t.lang)), Data: data("t", "lend", c.ID, s.ID)})
		}
	}
	return t.offer(ctx, pWhoLends, append(grid(2, b...), row(t.button(pbBack, "t", "drop", c.ID)))...)
}

// lentBy asks for the figures of what the station lends.
func (t *turn) lentBy(ctx context.Context, c ticket.Ticket, station string) error {
	if _, ok := t.Directory().Station(station); !ok {
		return t.toast(ctx, pOldButton)
	}
	return t.await(ctx, pWriteGranted, data("act", string(ticket.Record), c.ID, string(ticket.Granted), station), c.ID, t.label())
}

// outcomeOf makes an outcome of a result, with the station that lends behind a colon,
// and of the words that were asked for. What the words lack is for Outcome.Check.
func outcomeOf(result, text string) *ticket.Outcome {
	result, lender, _ := strings.Cut(result, ":")
	o := &ticket.Outcome{Result: ticket.Result(result), Lender: lender}
	if o.Result != ticket.Granted {
		return o
	}
	if f := readFigures(text); len(f.amounts) == 1 {
		o.Amount = f.amounts[0]
	}
	o.Rate, _ = ReadRate(text) // 0 when it is not there
	o.Months, _ = ReadMonths(text)
	return o
}

// recorded says that the result is kept, and leads to the answer, or says that the
// requester, who has the answer, is told.
func (t *turn) recorded(ctx context.Context, c ticket.Ticket) error {
	l := string(t.lang)
	r := words(t.lang.f(pDone, ticket.Record.Label(l), c.ID, c.State.Label(l)) + "\n" + t.lang.f(pfResult) + t.OutcomeText(l, c.Outcome))
	r.Ref = data("ticket", c.ID)
	if slices.Contains(c.Offered(ticket.RoleAgent), ticket.Resolve) {
		r.Buttons = [][]Button{row(Button{Text: ticket.Resolve.Label(l), Data: data("t", string(ticket.Resolve), c.ID)})}
	} else {
		r.Text = append(r.Text, Span{Text: "\n" + t.lang.f(pResultTold)})
	}
	return t.say(ctx, r)
}

// OutcomeText says what came of a financing request in the language "zh" or "en", ""
// while nothing is recorded.
func (d *Desk) OutcomeText(language string, o *ticket.Outcome) string {
	l := lang(language)
	switch {
	case o == nil:
		return ""
	case o.Result == ticket.Granted:
		return l.f(pResultGranted, o.Result.Label(language), l.yuan(o.Amount), Percent(o.Rate), l.term(o.Months), d.stationName(o.Lender, l))
	case o.Result == ticket.Refused:
		return l.f(pResultRefused, o.Result.Label(language), o.Reason)
	default:
		return o.Result.Label(language)
	}
}

// fundsOn puts on a card what a financing request asks for, what may fit it and what
// came of it.
func (d *Desk) fundsOn(out *lines, c ticket.Ticket, l lang) {
	if c.Funds != nil {
		l.funds(out, *c.Funds)
		for _, p := range c.Funds.Products {
			out.pair(l.f(pfProducts), ProductLine(string(l), p))
		}
	}
	out.pair(l.f(pfResult), d.OutcomeText(string(l), c.Outcome))
}
