package handlers

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"liaison/ticket"
	"liaison/ticket/route"
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
	if len(t.m.Files) > 0 {
		took, err := t.attachToVisit(ctx, &v)
		switch {
		case err != nil || !took && text == "":
			return err
		case text == "" && g.Field == fieldFiles:
			return t.promptVisit(ctx, v)
		case text == "":
			return t.tell(ctx, pFileAdded, len(v.Files))
		}
	}
	if a := t.prepared.Answer; a != nil {
		t.remember("ask")
		return t.answer(ctx, text, *a)
	}
	about := []string{"visit", v.ID, string(g.Field)}
	switch g.Field {
	case fieldCompany, fieldDay, fieldMet:
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
			return t.chooseVisitTown(ctx, v, towns)
		}
		v.Town = towns[0].ID
	case fieldOpinions:
		return t.noteOpinion(ctx, v, text)
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

// attachToVisit adds the message's files to the draft, and reports whether there
// were any that could be taken.
func (t *turn) attachToVisit(ctx context.Context, v *visit.Visit) (bool, error) {
	files, refused := t.taken(t.m.Files)
	if refused != nil {
		if err := t.tell(ctx, *refused); err != nil {
			return false, err
		}
	}
	if room := max(MaxFiles-len(v.Files), 0); len(files) > room {
		files = files[:room]
		if err := t.tell(ctx, pVisitFull, MaxFiles); err != nil {
			return false, err
		}
	}
	if len(files) == 0 {
		return false, nil
	}
	v.Files = append(v.Files, files...)
	return true, t.tx.SaveVisit(ctx, *v)
}

// noteOpinion takes a text as one opinion.
func (t *turn) noteOpinion(ctx context.Context, v visit.Visit, text string) error {
	g := t.conv.Visit
	n := g.Opinion
	if err := visit.CheckOpinion(text); err != nil {
		return t.tellVisitFault(ctx, err)
	}
	if o := v.Opinion(n); o != nil {
		o.Text = text
	} else if len(v.Opinions) == visit.MaxOpinions {
		return t.tell(ctx, pManyOpinions, visit.MaxOpinions)
	} else {
		v.Opinions = append(v.Opinions, visit.Opinion{Text: text})
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
	twice, err := t.filedTwice(ctx, v)
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

// filedTwice reports whether the observer has filed the visit already, even if another
// station looks after it because the town was given otherwise.
func (t *turn) filedTwice(ctx context.Context, v visit.Visit) (twice bool, err error) {
	err = EachVisit(ctx, t.tx, visit.Filter{Observer: v.Observer, From: v.Day, To: v.Day.AddDate(0, 0, 1)}, func(o visit.Visit) {
		o.Station = v.Station
		twice = twice || o.Key() == v.Key()
	})
	return twice, err
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
	f := form{Kind: kind, Text: o.Text, Files: v.Files, Company: caseCompany(*v), Town: v.Town, Urgent: route.UrgentWord(o.Text) != ""}
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
		t.conv.Await = nil
		return err
	}
	if !ok || !m.Holds(t.Now()) {
		t.conv.Await = nil
		return t.over(ctx, m, ok)
	}
	v.Opinions = append(v.Opinions, visit.Opinion{Text: strings.TrimSpace(t.m.Text)})
	if err := visit.CheckOpinion(t.m.Text); err != nil {
		return t.tellVisitFault(ctx, err)
	}
	if err := v.Check(t.Now()); err != nil {
		return t.tellVisitFault(ctx, err)
	}
	t.conv.Await = nil
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
