package handlers

import (
	"context"
	"time"

	"liaison/pace"
	"liaison/ticket"
)

// How often one-time codes are tried. A code is one of 31^12, some 59 bits, and holds
// for a week at most. All attempts together are some six million in that time, so
// that with a thousand codes out the odds to guess one are below 1 in 100 million.
var (
	triesOfOne = pace.Rate{Every: time.Minute, Burst: 10}
	triesOfAll = pace.Rate{Every: 100 * time.Millisecond, Burst: 200}
)

// Try counts an attempt to use a one-time code from a source, such as an account or
// the address of a browser, and returns how long it is until one may be made, 0 for at
// once. What a source makes in vain does not count for all. Where the limit cannot be
// asked counts what Pace says all the same, see pace.Backed.
func (d *Desk) Try(ctx context.Context, source string) time.Duration {
	for _, l := range []struct {
		key  string
		rate pace.Rate
	}{{"code:" + source, triesOfOne}, {"code", triesOfAll}} {
		wait, err := d.Pace.Take(ctx, l.key, l.rate, 1)
		if err != nil {
			d.Logger.WarnContext(ctx, "a rate limit was not asked", "limit", "code", "error", err)
		}
		if wait > 0 {
			return wait
		}
	}
	return 0
}

// entersCode reports whether handling the message tries a one-time code.
func (m Message) entersCode(awaited string) bool {
	switch {
	case m.Group || m.Button != "" || m.Edited || m.Text == "":
		return false
	case m.Command != "":
		return m.Command == "staff" || m.Command == "observe"
	case m.refersToCase():
		return m.Ref == data("act", "code")
	default:
		return awaited == data("act", "code")
	}
}

// Flooded tells the writer of a message that is not kept, because too many came before
// it, what is not kept and until when, and returns true. Staff are not told and false
// is returned: their messages are work, and are kept.
func (d *Desk) Flooded(ctx context.Context, tx Tx, m Message, until time.Time) (bool, error) {
	me, err := tx.Known(ctx, m.From.Channel, m.User)
	if err != nil && ticket.CodeOf(err) != ticket.NotFound {
		return false, err
	}
	if me.ID != "" {
		ms, err := d.memberships(ctx, tx, me.ID)
		if err != nil || isStaff(ms) {
			return false, err
		}
	}
	l := langOf(me.Lang, m.Lang)
	clock := until.In(ticket.CST).Format(time.TimeOnly)
	if m.Button != "" {
		return true, tx.Send(ctx, m.From, Reply{Press: m.Press, Toast: l.f(pPressedOften, clock)})
	}
	what := l.f(pThisMessage)
	if said := excerpt(m.Text, 30); said != "" && m.Command == "" {
		what = l.f(pQuoted, said)
	}
	return true, tx.Send(ctx, m.From, words(l.f(pFlooded, what, clock)))
}
