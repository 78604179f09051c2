package handlers

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"liaison/ticket"
	"liaison/ticket/route"
)

// mostTowns is how many towns are offered by themselves; more are no help.
const mostTowns = 4

// townQuestion is what asks for a town: the form, or the draft of a visit.
type townQuestion struct {
	kind, id string // the first two parts of its buttons' data
	end      Button // leaves it
}

func (t *turn) townOfForm() townQuestion {
	id := strconv.Itoa(t.conv.Form.ID)
	return townQuestion{"f", id, t.button(pbDrop, "f", id, "drop")}
}

// promptTown asks for the town: one tap when something says which it is, first the
// text, then a place that was shared, the company's name, and the requester's last case.
func (t *turn) promptTown(ctx context.Context) error {
	f, q := t.conv.Form, t.townOfForm()
	named := t.Directory().TownsNamed(f.Text)
	if len(named) == 0 {
		if near, ok := t.Directory().Town(f.Near); ok {
			return t.confirmTown(ctx, q, pTownNear, near)
		}
		named = t.notDenied(t.Directory().TownsNamed(f.Company))
	}
	if len(named) > 0 {
		return t.chooseTown(ctx, q, named)
	}
	last, err := t.lastTown(ctx)
	if err != nil {
		return err
	}
	if town, ok := t.Directory().Town(last); ok && len(t.notDenied([]route.Town{town})) > 0 {
		return t.confirmTown(ctx, q, pTownUsual, town)
	}
	return t.listTowns(ctx, q)
}

// notDenied leaves out the towns of which the text says that it is not there.
func (t *turn) notDenied(towns []route.Town) []route.Town {
	denied := t.Directory().TownsDenied(t.conv.Form.Text)
	return slices.DeleteFunc(towns, func(town route.Town) bool { return slices.Contains(denied, town.ID) })
}

// lastTown is the town of the requester's latest case that had one.
func (t *turn) lastTown(ctx context.Context) (string, error) {
	const back = 5 // cases
	cases, err := t.tx.Tickets(ctx, ticket.Filter{Requester: t.me.ID, Limit: back})
	if err != nil {
		return "", err
	}
	for _, c := range cases {
		if c.Town != "" {
			return c.Town, nil
		}
	}
	return "", nil
}

// confirmTown asks whether it is this one.
func (t *turn) confirmTown(ctx context.Context, q townQuestion, p phrase, town route.Town) error {
	name := town.Label(string(t.lang))
	r := words(t.lang.f(p, name))
	r.Buttons = [][]Button{row(Button{Text: t.lang.f(pbTownYes, name), Data: data(q.kind, q.id, "town", town.ID)}), t.otherTown(q)}
	return t.say(ctx, r)
}

// chooseTown asks which of those that were named it is, with one tap when it is one; of
// none, or too many, all are listed.
func (t *turn) chooseTown(ctx context.Context, q townQuestion, named []route.Town) error {
	switch {
	case len(named) == 0 || len(named) > mostTowns:
		return t.listTowns(ctx, q)
	case len(named) == 1:
		return t.confirmTown(ctx, q, pTownGuess, named[0])
	}
	return t.offer(ctx, pTownWhich, append(grid(2, t.townButtons(q, named)...), t.otherTown(q))...)
}

func (t *turn) listTowns(ctx context.Context, q townQuestion) error {
	n := 3
	if t.lang == en {
		n = 2 // the names are longer
	}
	rows := grid(n, t.townButtons(q, t.Directory().Towns())...)
	return t.offer(ctx, t.whichTown(), append(rows, row(t.button(pbTownNone, q.kind, q.id, "skip"), q.end))...)
}

func (t *turn) townButtons(q townQuestion, towns []route.Town) (b []Button) {
	for _, town := range towns {
		b = append(b, Button{Text: town.Label(string(t.lang)), Data: data(q.kind, q.id, "town", town.ID)})
	}
	return b
}

func (t *turn) otherTown(q townQuestion) []Button {
	return row(t.button(pbTownOther, q.kind, q.id, "towns"), t.button(pbTownNone, q.kind, q.id, "skip"))
}

// whichTown asks for the town, and for a place where the configuration says where the
// towns are.
func (t *turn) whichTown() phrase {
	if slices.ContainsFunc(t.Directory().Towns(), func(town route.Town) bool { return town.At != nil }) {
		return pTownOrPlace
	}
	return pTown
}

// placeAsked reports whether the open question is for the town, which a place that was
// shared answers.
func (c conversation) placeAsked() bool {
	return c.Form != nil && c.Form.Step == stepTown || c.Visit != nil && c.Visit.Field == fieldTown
}

// located takes a place that was shared: it says in which town the case or the visit
// is, as far as the configuration tells where the towns are. While nothing is written
// down it may be what a station waits for.
func (t *turn) located(ctx context.Context) error {
	f := t.conv.Form
	town, ok := t.townShared()
	switch {
	case t.conv.Visit != nil:
		return t.locatedVisit(ctx, town, ok)
	case !ok && f != nil && f.Step == stepTown:
		if err := t.turnTo(ctx, ""); err != nil {
			return err
		}
		return t.listTowns(ctx, t.townOfForm())
	case !ok:
		return t.tell(ctx, pNowhere)
	case f == nil:
		t.m.Text = t.placeInWords(town)
		if offered, err := t.supplies(ctx); err != nil || offered {
			return err
		}
		return t.tell(ctx, pNearNoCase, town.Label(string(t.lang)))
	}
	f.Near = town.ID
	if f.Step == stepTown {
		if err := t.turnTo(ctx, ""); err != nil {
			return err
		}
		return t.confirmTown(ctx, t.townOfForm(), pTownNear, town)
	}
	return t.tell(ctx, pNear, town.Label(string(t.lang)))
}

// townShared is the town of the place that was shared, as far as the configuration tells.
func (t *turn) townShared() (route.Town, bool) {
	return t.Directory().Nearest(route.Point{Latitude: t.m.At.Latitude, Longitude: t.m.At.Longitude})
}

// placeInWords says for a station where a place is that its requester shared: in which
// town, and no more than that.
func (t *turn) placeInWords(town route.Town) string {
	return t.lang.f(pPlace, town.Label(string(t.lang)))
}

// awaitsMore reports whether the next text is for a case of the person's own.
func awaitsMore(ref string) bool { return strings.HasPrefix(ref, data("act", "more")+":") }

// placeAnswers takes a place that answers a message about a case, or the prompt for
// something to add to it, for words of its requester. Staff, and who is asked for other
// words, say it in words.
func (t *turn) placeAnswers(ctx context.Context, ref string) error {
	id, ok := strings.CutPrefix(ref, data("ticket")+":")
	if !ok {
		id, _ = strings.CutPrefix(ref, data("act", "more")+":")
	}
	c, err := t.tx.Ticket(ctx, id)
	if err != nil && ticket.CodeOf(err) != ticket.NotFound {
		return err
	}
	town, known := t.townShared()
	switch {
	case c.Requester != t.me.ID || t.m.Group:
	case !known:
		return t.tell(ctx, pNowhere)
	default:
		t.m.Text = t.placeInWords(town)
	}
	return t.answered(ctx, ref)
}
