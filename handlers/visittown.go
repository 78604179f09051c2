package handlers

import (
	"context"
	"slices"

	"liaison/ticket/route"
	"liaison/ticket/visit"
)

func (t *turn) townOfVisit(v visit.Visit) townQuestion {
	return townQuestion{"v", v.ID, t.button(pbLater, "v", v.ID, "later")}
}

// promptVisitTown asks for the town of a visit: one tap when a place that was shared,
// or a company's name, says which it is.
func (t *turn) promptVisitTown(ctx context.Context, v visit.Visit) error {
	if near, ok := t.Directory().Town(t.conv.Visit.Near); ok {
		return t.confirmTown(ctx, t.townOfVisit(v), pTownNear, near)
	}
	var named []route.Town
	for _, name := range v.Companies {
		for _, town := range t.Directory().TownsNamed(name) {
			if !slices.ContainsFunc(named, func(n route.Town) bool { return n.ID == town.ID }) {
				named = append(named, town)
			}
		}
	}
	return t.chooseTown(ctx, t.townOfVisit(v), named)
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
		return t.listTowns(ctx, t.townOfVisit(v))
	case !ok:
		return t.tell(ctx, pNowhere)
	}
	g.Near = town.ID
	switch {
	case asked:
		return t.confirmTown(ctx, t.townOfVisit(v), pTownNear, town)
	case g.Review || slices.Index(visitFields, g.Field) > slices.Index(visitFields, fieldTown):
		return t.tell(ctx, pVisitNear, town.Label(string(t.lang)))
	default:
		return t.tell(ctx, pNear, town.Label(string(t.lang)))
	}
}
