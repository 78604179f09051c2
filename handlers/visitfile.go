package handlers

import (
	"context"
	"strconv"
	"strings"
	"unicode/utf8"

	"liaison/ticket"
	"liaison/ticket/route"
	"liaison/ticket/visit"
)

// fileVisit files the draft; cases says to make a case of each opinion.
func (t *turn) fileVisit(ctx context.Context, v visit.Visit, cases bool) error {
	if t.conv.Visit == nil || t.conv.Visit.Field != fieldReview {
		return t.toast(ctx, pOldButton)
	}
	v.State, v.Visitor, v.FiledAt = visit.Filed, t.me.Label, t.Now()
	var were []string
	for i := range v.Opinions { // what was deleted leaves no gap
		were = append(were, strconv.Itoa(v.Opinions[i].N))
		v.Opinions[i].N = i + 1
	}
	v.Station = t.visitStation(v)
	if err := v.Check(t.Now()); err != nil {
		return t.tellVisitFault(ctx, err)
	}
	twice, err := filedTwice(ctx, t.tx, v)
	if err == nil && !twice {
		err = t.tx.SaveVisit(ctx, v)
	}
	if twice || ticket.CodeOf(err) == ticket.Conflict {
		return t.offer(ctx, pVisitTwice,
			row(t.button(pbEditCompany, "v", v.ID, "edit", string(fieldCompany)), t.button(pbEditDay, "v", v.ID, "edit", string(fieldDay))),
			row(t.button(pbAllVisits, "o", "visits"), t.button(pbGiveUp, "v", v.ID, "drop")))
	}
	if err != nil {
		return err
	}
	t.conv.Visit = nil
	about := data("visit", v.ID, string(fieldOpinions))
	for i, n := range were {
		t.conv.passOn(data(about, n), about, strconv.Itoa(i+1))
	}
	if err := t.tell(ctx, pVisitFiled); err != nil {
		return err
	}
	if cases {
		for _, o := range v.Opinions {
			if made, err := t.opinionCase(ctx, &v, o.N, ticket.Finding); err != nil || !made {
				return err
			}
		}
	}
	return t.viewVisit(ctx, v, false)
}

// visitStation is the station that looks after an observer's visit: the one in charge
// of findings in the town, else triage.
func (t *turn) visitStation(v visit.Visit) string {
	return t.Directory().Route(route.Case{Kind: ticket.Finding, Town: v.Town}).Station
}

// caseCompany is the company of a case that is made of an opinion: the names as far
// as a case can carry them.
func caseCompany(v visit.Visit) string {
	name := strings.Join(v.Companies, "、")
	for n := len(v.Companies) - 1; n > 0 && utf8.RuneCountInString(name) > ticket.MaxCompany; n-- {
		name = strings.Join(v.Companies[:n], "、")
	}
	return name
}

// opinionCase makes a case of the kind of an opinion, and reports whether it did; it
// says so, or why not.
func (t *turn) opinionCase(ctx context.Context, v *visit.Visit, n int, kind ticket.Kind) (bool, error) {
	o := v.Opinion(n)
	if o == nil || o.Ticket != "" || o.Outcome != visit.Open {
		return false, t.toast(ctx, pOpinionHandled)
	}
	recent, full, err := t.recentCases(ctx)
	if err != nil {
		return false, err
	}
	if full {
		return false, t.tell(ctx, pTooManyCases, maxPerDay)
	}
	f := form{Kind: kind, Text: o.Text, Files: o.Files, Company: caseCompany(*v), Town: v.Town, Urgent: route.UrgentWord(o.Text) != ""}
	made, err := t.file(ctx, f, earlierAlike(f, recent, t.Now()))
	if err != nil {
		return false, err
	}
	o.Ticket = made.ID
	if err := t.tx.SaveVisit(ctx, *v); err != nil {
		return false, err
	}
	o.Outcome = visit.OfCase(made)
	var out lines
	out.bold(t.lang.f(pOpinionCase, n, made.ID))
	out.text(t.lang.f(pSubmittedTo, t.stationName(made.Station, t.lang), t.lang.when(made.AcceptBy), t.lang.when(made.AnswerBy)))
	return true, t.say(ctx, Reply{Text: out, Ref: data("ticket", made.ID), Buttons: [][]Button{row(t.button(pbProgress, "q", "view", made.ID))}})
}

// addOpinion adds what the observer wrote to a visit that is filed.
func (t *turn) addOpinion(ctx context.Context, id string) error {
	m, ok, err := t.appointment(ctx, t.tx, t.me.ID)
	if err != nil {
		return err
	}
	v, err := t.ownVisit(ctx, id)
	if err != nil {
		t.expect("")
		return err
	}
	if !ok || !m.Holds(t.Now()) {
		t.expect("")
		return t.over(ctx, m, ok)
	}
	o := visit.Opinion{Text: strings.TrimSpace(t.m.Text)}
	if o.Files, err = t.takenFor(ctx, nil); err != nil {
		return err
	}
	v.Opinions = append(v.Opinions, o)
	if err := visit.CheckOpinion(t.m.Text); err != nil {
		return t.tellVisitFault(ctx, err)
	}
	if err := v.Check(t.Now()); err != nil {
		return t.tellVisitFault(ctx, err)
	}
	t.expect("")
	if err := t.tx.SaveVisit(ctx, v); err != nil {
		return err
	}
	if err := t.tell(ctx, pOpinionAdded); err != nil {
		return err
	}
	if v, err = t.tx.Visit(ctx, id); err != nil {
		return err
	}
	t.remember("visit", id, string(fieldOpinions), strconv.Itoa(v.Opinions[len(v.Opinions)-1].N))
	return t.viewVisit(ctx, v, false)
}

// ownVisit returns a visit of the person that is filed; any other is NotFound.
func (t *turn) ownVisit(ctx context.Context, id string) (visit.Visit, error) {
	v, err := t.tx.Visit(ctx, id)
	if err == nil && (v.State != visit.Filed || v.Observer != t.me.ID) {
		err = ticket.Errorf(ticket.NotFound, "visit %s is somebody else's", id)
	}
	return v, err
}
