package handlers

import (
	"context"
	"slices"

	"liaison/ticket"
)

// suggestedButtons offer a case, while the role may transfer it, to the stations
// that routing has suggested for it: one tap each.
func (d *Desk) suggestedButtons(c ticket.Ticket, role ticket.Role, l lang) (rows [][]Button) {
	if !slices.Contains(c.Offered(role), ticket.Transfer) {
		return nil
	}
	for _, s := range d.Directory().Suggested(c.Route) {
		if s.ID != c.Station {
			rows = append(rows, row(Button{Text: l.f(pbSuggested, s.Label(string(l))), Data: data("t", "suggested", c.ID, s.ID)}))
		}
	}
	return rows
}

// takeSuggestion transfers a case to a station that was suggested for it.
func (t *turn) takeSuggestion(ctx context.Context, c ticket.Ticket, role ticket.Role, station string) error {
	wanted := data("t", "suggested", c.ID, station)
	offered := slices.ContainsFunc(t.suggestedButtons(c, role, t.lang), func(r []Button) bool { return r[0].Data == wanted })
	if !offered {
		return t.tooLate(ctx, c, role)
	}
	s := ticket.Step{Action: ticket.Transfer, Station: station, Text: t.lang.f(pSuggestionTaken)}
	if _, err := t.Act(ctx, t.tx, t.me.ID, c.ID, s); err != nil {
		return err
	}
	return t.toast(ctx, pTransferred, c.ID, t.stationName(station, t.lang))
}
