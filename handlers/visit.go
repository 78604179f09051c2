package handlers

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"strings"

	"liaison/ticket"
	"liaison/ticket/visit"
)

// visiting is the draft of a visit that the talk is about. The draft itself is in
// the store with the visits: it outlives the conversation, which is forgotten in time.
type visiting struct {
	ID    string     `json:"id"`
	Field visitField `json:"field"` // what the next text or file is for
	// Review: the summary has been reached, to which each correction returns.
	Review bool `json:"review,omitempty"`
	// Opinion is the number of the one that is written anew, 0 for a further one.
	Opinion int `json:"opinion,omitempty"`
	// Near is the town of a place that was shared, not confirmed.
	Near string `json:"near,omitempty"`
}

// visitField is one question about a visit.
type visitField string

const (
	fieldCompany  visitField = "company"
	fieldDay      visitField = "day"
	fieldTown     visitField = "town"
	fieldMet      visitField = "met"
	fieldOpinions visitField = "opinions"
	fieldFiles    visitField = "files"
	fieldReview   visitField = "review"
)

// visitFields are the questions in their order.
var visitFields = []visitField{fieldCompany, fieldDay, fieldTown, fieldMet, fieldOpinions, fieldFiles, fieldReview}

// advance goes to the next question, or back to the summary after a correction.
func (g *visiting) advance() {
	i := slices.Index(visitFields, g.Field)
	if g.Review || i+1 >= len(visitFields) {
		g.Field = fieldReview
	} else {
		g.Field = visitFields[i+1]
	}
	g.Review, g.Opinion = g.Review || g.Field == fieldReview, 0
}

// interruptible reports whether a question may be answered instead of being taken
// for what is asked. An opinion may well be told as a question.
func (g visiting) interruptible() bool { return g.Field != fieldOpinions }

// unfiled returns the observer's draft, and whether there is one.
func (t *turn) unfiled(ctx context.Context) (visit.Visit, bool, error) {
	list, err := t.tx.Visits(ctx, visit.Filter{State: visit.Draft, Observer: t.me.ID, Limit: 1})
	if err != nil || len(list) == 0 {
		return visit.Visit{}, false, err
	}
	return list[0], true, nil
}

// draftName is how a draft is spoken of.
func (t *turn) draftName(v visit.Visit) string {
	name := orElse(excerpt(strings.Join(v.Companies, t.lang.f(pComma)), 60), t.lang.f(pDraftEmpty))
	if !v.Day.IsZero() {
		name += " · " + t.lang.day(v.Day)
	}
	return name
}

func (t *turn) draftButtons(v visit.Visit) []Button {
	return row(t.button(pbGoOn, "v", v.ID, "resume"), t.button(pbGiveUp, "v", v.ID, "drop"))
}

// newVisit begins a draft, unless there is one to go on with.
func (t *turn) newVisit(ctx context.Context) error {
	if t.conv.Form != nil {
		return t.unfinished(ctx)
	}
	draft, ok, err := t.unfiled(ctx)
	if err != nil {
		return err
	}
	if ok {
		r := words(t.lang.f(pDraft, t.draftName(draft)))
		r.Buttons = [][]Button{t.draftButtons(draft)}
		return t.say(ctx, r)
	}
	v, err := t.tx.AddVisit(ctx, visit.Visit{State: visit.Draft, Observer: t.me.ID, Visitor: t.me.Label, By: t.me.ID, CreatedAt: t.Now()})
	if err != nil {
		return err
	}
	t.conv.Visit = &visiting{ID: v.ID, Field: fieldCompany}
	return t.promptVisit(ctx, v)
}

// resume goes on with a draft: where it was left, or at its first gap when that is
// no longer known.
func (t *turn) resume(ctx context.Context, v visit.Visit) error {
	if t.conv.Form != nil {
		return t.unfinished(ctx)
	}
	if g := t.conv.Visit; g == nil || g.ID != v.ID {
		t.conv.Visit = &visiting{ID: v.ID, Field: fieldReview, Review: true}
		switch {
		case len(v.Companies) == 0:
			t.conv.Visit = &visiting{ID: v.ID, Field: fieldCompany}
		case v.Day.IsZero():
			t.conv.Visit = &visiting{ID: v.ID, Field: fieldDay}
		}
	}
	return t.promptVisit(ctx, v)
}

// park leaves the draft that the talk is about, and says that it is kept.
func (t *turn) park(ctx context.Context) error {
	t.conv.Visit = nil
	return t.tell(ctx, pDraftKept)
}

// draftOf returns the person's draft with the id. It says why not when there is none,
// or when the appointment has ended meanwhile, and then the talk is no longer about it.
func (t *turn) draftOf(ctx context.Context, id string) (v visit.Visit, ok bool, err error) {
	m, appointed, err := t.appointment(ctx, t.tx, t.me.ID)
	if err != nil {
		return v, false, err
	}
	v, err = t.tx.Visit(ctx, id)
	switch {
	case err != nil && ticket.CodeOf(err) != ticket.NotFound:
		return v, false, err
	case err != nil || v.Observer != t.me.ID || v.State != visit.Draft:
		t.conv.Visit = nil
		return v, false, t.tell(ctx, pDraftGone)
	case !appointed || !m.Holds(t.Now()):
		t.conv.Visit = nil
		return v, false, t.over(ctx, m, appointed)
	}
	return v, true, nil
}

// fillVisit takes a text or files as what the draft asks for.
func (t *turn) fillVisit(ctx context.Context) error {
	g := t.conv.Visit
	v, ok, err := t.draftOf(ctx, g.ID)
	if err != nil || !ok {
		return err
	}
	text := strings.TrimSpace(t.m.Text)
	if verb := g.pressesByWord(text); verb != "" && len(t.m.Files) == 0 {
		return t.pressVisit(ctx, []string{v.ID, verb})
	}
	if len(t.m.Files) > 0 && g.Field == fieldOpinions && (text != "" || len(v.Opinions) > 0) {
		return t.attachToOpinion(ctx, v, text)
	}
	if len(t.m.Files) > 0 {
		took, err := t.attachToVisit(ctx, &v)
		switch {
		case err != nil || !took && text == "":
			return err
		case text == "" && g.Field == fieldFiles:
			return t.promptVisit(ctx, v)
		case text == "":
			return t.tell(ctx, pVisitFile, len(v.Files))
		}
	}
	if a := t.prepared.Answer; a != nil {
		t.remember("ask")
		return t.answer(ctx, text, *a)
	}
	about := []string{"visit", v.ID, string(g.Field)}
	switch g.Field {
	case fieldCompany, fieldDay, fieldMet:
		if t.m.Shared && g.Field == fieldCompany {
			return t.tell(ctx, pNoName)
		}
		if err := t.readVisit(&v, g.Field, 0, text); err != nil {
			t.remember(about...) // an edit may make it readable
			return t.tellVisitFault(ctx, err)
		}
	case fieldTown:
		towns := t.Directory().TownsNamed(text)
		if len(towns) == 0 {
			if err := t.tell(ctx, pNoTown, excerpt(text, 20)); err != nil {
				return err
			}
		}
		if len(towns) != 1 {
			t.remember(about...)
			return t.chooseTown(ctx, t.townOfVisit(v), towns)
		}
		v.Town = towns[0].ID
	case fieldOpinions:
		return t.noteOpinion(ctx, v, text, nil)
	default:
		return t.promptVisit(ctx, v) // a button or a file is wanted
	}
	t.replaces(about...)
	return t.keepVisit(ctx, v)
}

// readVisit puts what a text says into one field of a visit, of an opinion into the
// one with the number. What is wrong with the text is Invalid, and the visit as it was.
func (t *turn) readVisit(v *visit.Visit, f visitField, n int, text string) error {
	switch f {
	case fieldCompany:
		names, err := visit.Companies(text)
		if err != nil {
			return err
		}
		v.Companies = names
	case fieldDay:
		day, err := visit.ParseDay(text, t.Now())
		if err != nil {
			return err
		}
		v.Day = day
	case fieldMet:
		if err := visit.CheckMet(text); err != nil {
			return err
		}
		v.Met = text
	case fieldOpinions:
		if err := visit.CheckOpinion(text); err != nil {
			return err
		}
		if o := v.Opinion(n); o != nil {
			o.Text = text
		}
	}
	return nil
}

// keepVisit stores the draft and asks the next question.
func (t *turn) keepVisit(ctx context.Context, v visit.Visit) error {
	if err := t.tx.SaveVisit(ctx, v); err != nil {
		return err
	}
	t.conv.Visit.advance()
	return t.promptVisit(ctx, v)
}

// noteOpinion takes a text, with the files that came with it, as one opinion.
func (t *turn) noteOpinion(ctx context.Context, v visit.Visit, text string, files []ticket.File) error {
	g := t.conv.Visit
	n := g.Opinion
	if err := visit.CheckOpinion(text); err != nil {
		return t.tellVisitFault(ctx, err)
	}
	if o := v.Opinion(n); o != nil {
		o.Text, o.Files = text, append(o.Files, files...)
	} else if len(v.Opinions) == visit.MaxOpinions {
		return t.tell(ctx, pManyOpinions, visit.MaxOpinions)
	} else {
		v.Opinions = append(v.Opinions, visit.Opinion{Text: text, Files: files})
	}
	g.Opinion = 0
	if err := t.tx.SaveVisit(ctx, v); err != nil {
		return err
	}
	v, err := t.tx.Visit(ctx, v.ID) // with the opinions' numbers
	if err != nil {
		return err
	}
	if n == 0 {
		n = v.Opinions[len(v.Opinions)-1].N
	}
	t.replaces("visit", v.ID, string(fieldOpinions), strconv.Itoa(n))
	return t.promptVisit(ctx, v)
}

// tellVisitFault says what is wrong with what was written, and what to write.
func (t *turn) tellVisitFault(ctx context.Context, err error) error {
	var e *ticket.Error
	if !errors.As(err, &e) || e.Code != ticket.Invalid {
		return err
	}
	switch e.Field {
	case "companies":
		return t.tell(ctx, pBadCompanies, visit.MaxCompanies)
	case "company":
		return t.tell(ctx, pBadCompany, ticket.MaxCompany)
	case "day":
		return t.tell(ctx, pBadDay)
	case "future":
		return t.tell(ctx, pFutureDay, t.lang.day(t.Now()))
	case "met":
		return t.tell(ctx, pBadMet, visit.MaxMet)
	case "opinions":
		return t.tell(ctx, pManyOpinions, visit.MaxOpinions)
	case "opinion":
		if strings.TrimSpace(t.m.Text) == "" {
			return t.tell(ctx, pOnlyText)
		}
		return t.tell(ctx, pBadOpinion, visit.MaxOpinion)
	default:
		return err
	}
}
