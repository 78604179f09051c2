package handlers

import (
	"context"
	"strconv"

	"liaison/ticket"
)

// supervise is /supervise: what deserves a supervisor's look, by concern. The
// card of each case has what can be done about it.
func (t *turn) supervise(ctx context.Context) error {
	const most = 5
	var out lines
	var b []Button
	shown := make(map[string]bool)
	out.bold(t.lang.f(pSupervise))
	for _, k := range ticket.Concerns {
		cases, err := t.tx.Tickets(ctx, ticket.Filter{Concern: k, NotOf: t.me.ID, Now: t.Now(), Limit: most + 1})
		if err != nil {
			return err
		}
		count := strconv.Itoa(len(cases))
		if len(cases) > most {
			cases, count = cases[:most], strconv.Itoa(most)+"+"
		}
		out.gap()
		out.bold(k.Label(string(t.lang)) + t.lang.f(pColon) + count)
		for _, c := range cases {
			out.text(t.headline(c) + " · " + t.stationName(c.Station, t.lang))
			if !shown[c.ID] {
				shown[c.ID] = true
				b = append(b, Button{Text: c.ID, Data: data("t", "view", c.ID)})
			}
		}
	}
	if err := t.listLost(ctx, &out); err != nil {
		return err
	}
	rows := append(grid(2, b...), row(t.button(pbNews, "news", "new")))
	given, err := t.tx.CountParked(ctx)
	if err != nil {
		return err
	}
	if given > 0 {
		out.gap()
		out.bold(t.lang.f(pParked, given))
		rows = append(rows, row(t.button(pbParkedList, "menu", "parked")))
	}
	if t.Console != "" {
		rows = append(rows, row(t.button(pbConsole, "code")))
	}
	return t.say(ctx, Reply{Text: out, Buttons: rows})
}
