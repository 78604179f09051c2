package handlers

import (
	"context"
	"slices"

	"liaison/ticket/route"
	"liaison/ticket/visit"
)

// promptVisitTown asks for the town of a visit: one tap when a place that was shared,
// or a company's name, says which it is.
func (t *turn) promptVisitTown(ctx context.Context, v visit.Visit) error {
	if near, ok := t.Directory().Town(t.conv.Visit.Near); ok {
		return t.confirmVisitTown(ctx, v, pTownNear, near)
	}
	var named []route.Town
	for _, name := range v.Companies {
		for _, town := range t.Directory().TownsNamed(name) {
			if !slices.ContainsFunc(named, func(n route.Town) bool { return n.ID == town.ID }) {
				named = append(named, town)
			}
		}
	}
	return t.chooseVisitTown(ctx, v, named)
}

// chooseVisitTown asks for the town: one tap when something names it.
func (t *turn) chooseVisitTown(ctx context.Context, v visit.Visit, towns []route.Town) error {
	if len(towns) == 0 || len(towns) > mostTowns {
		return t.listVisitTowns(ctx, v)
	}
	if len(towns) > 1 {
		return t.offer(ctx, pTownWhich, append(grid(2, t.visitTowns(v, towns)...), t.otherTown(v))...)
	}
	return t.confirmVisitTown(ctx, v, pTownGuess, towns[0])
}

func (t *turn) listVisitTowns(ctx context.Context, v visit.Visit) error {
	n := 3
	if t.lang == en {
		n = 2 // the names are longer
	}
	rows := grid(n, t.visitTowns(v, t.Directory().Towns())...)
	return t.offer(ctx, t.whichTown(), append(rows, row(t.button(pbTownNone, "v", v.ID, "skip"), t.button(pbLater, "v", v.ID, "later")))...)
}

func (t *turn) visitTowns(v visit.Visit, towns []route.Town) (b []Button) {
	for _, town := range towns {
		b = append(b, Button{Text: town.Label(string(t.lang)), Data: data("v", v.ID, "town", town.ID)})
	}
	return b
}

// confirmVisitTown asks whether it is this one.
func (t *turn) confirmVisitTown(ctx context.Context, v visit.Visit, p phrase, town route.Town) error {
	name := town.Label(string(t.lang))
	r := words(t.lang.f(p, name))
	r.Buttons = [][]Button{
		row(Button{Text: t.lang.f(pbTownYes, name), Data: data("v", v.ID, "town", town.ID)}),
		t.otherTown(v),
	}
	return t.say(ctx, r)
}

func (t *turn) otherTown(v visit.Visit) []Button {
	return row(t.button(pbTownOther, "v", v.ID, "towns"), t.button(pbTownNone, "v", v.ID, "skip"))
}

// locatedVisit takes a place that was shared while a visit is written down: the town
// that it lies in, if ok, is asked about with the question for the town.
func (t *turn) locatedVisit(ctx context.Context, town route.Town, ok bool) error {
	g := t.conv.Visit
	v, mine, err := t.draftOf(ctx, g.ID)
	if err != nil || !mine {
		return err
	}
	asked := g.Field == fieldTown
	if asked {
		if err := t.turnTo(ctx, ""); err != nil {
			return err
		}
	}
	switch {
	case !ok && asked:
		return t.listVisitTowns(ctx, v)
	case !ok:
		return t.tell(ctx, pNowhere)
	}
	g.Near = town.ID
	switch {
	case asked:
		return t.confirmVisitTown(ctx, v, pTownNear, town)
	case g.Review || slices.Index(visitFields, g.Field) > slices.Index(visitFields, fieldTown):
		return t.tell(ctx, pVisitNear, town.Label(string(t.lang)))
	default:
		return t.tell(ctx, pNear, town.Label(string(t.lang)))
	}
}
