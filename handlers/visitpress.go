package handlers

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"liaison/ticket"
	"liaison/ticket/visit"
)

// pressVisit is a button about a visit: its id, what to do, and with what.
func (t *turn) pressVisit(ctx context.Context, args []string) error {
	if len(args) < 2 {
		return t.toast(ctx, pOldButton)
	}
	id, verb, rest := args[0], args[1], args[2:]
	arg := strings.Join(rest, ":")
	switch verb {
	case "view", "case", "kinds", "as", "more":
		return t.pressFiled(ctx, id, verb, rest)
	}
	v, ok, err := t.draftOf(ctx, id)
	if err != nil || !ok {
		return err
	}
	if err := t.turnTo(ctx, ""); err != nil {
		return err
	}
	switch verb {
	case "resume":
		return t.resume(ctx, v)
	case "drop":
		return t.offer(ctx, pSureDrop, row(t.button(pbSureDrop, "v", id, "gone"), t.button(pbGoOn, "v", id, "resume")))
	case "gone":
		t.conv.Visit = nil
		if err := t.tx.DropVisit(ctx, id); err != nil {
			return err
		}
		return t.tell(ctx, pDropped)
	}
	g := t.conv.Visit
	if g == nil || g.ID != id { // the talk went on to something else meanwhile
		return t.resume(ctx, v)
	}
	switch verb {
	case "later":
		return t.park(ctx)
	case "file":
		return t.fileVisit(ctx, v, arg == "all")
	case "fix":
		return t.fixVisit(ctx, v)
	case "back":
		if !g.Review {
			return t.toast(ctx, pOldButton)
		}
		g.Field, g.Opinion = fieldReview, 0
		return t.promptVisit(ctx, v)
	case "edit":
		return t.editVisit(ctx, v, visitField(arg))
	case "towns":
		return t.listTowns(ctx, t.townOfVisit(v))
	case "again", "delete":
		return t.changeOpinion(ctx, v, verb, arg)
	case "nofiles":
		return t.dropFiles(ctx, v)
	}
	asked := g.Field
	if !t.answersField(&v, verb, arg) {
		return t.toast(ctx, pOldButton)
	}
	t.conv.unsay("visit", id, string(asked))
	return t.keepVisit(ctx, v)
}

// answersField applies a button that answers the present question; one of another
// question is an old one.
func (t *turn) answersField(v *visit.Visit, verb, arg string) bool {
	field := t.conv.Visit.Field
	switch {
	case verb == "day" && field == fieldDay:
		word := map[string]string{"0": "今天", "1": "昨天"}[arg]
		day, err := visit.ParseDay(word, t.Now())
		v.Day = day
		return err == nil
	case verb == "town" && field == fieldTown:
		_, ok := t.Directory().Town(arg)
		v.Town = arg
		return ok
	case verb == "skip" && field == fieldTown:
		v.Town = ""
	case verb == "skip" && field == fieldMet:
		v.Met = ""
	case verb == "next" && (field == fieldOpinions || field == fieldFiles):
	default:
		return false
	}
	return true
}

// promptVisit asks the present question.
func (t *turn) promptVisit(ctx context.Context, v visit.Visit) error {
	g := t.conv.Visit
	b := func(p phrase, parts ...string) Button {
		return t.button(p, append([]string{"v", v.ID}, parts...)...)
	}
	end := b(pbLater, "later")
	if g.Review {
		end = b(pbBack, "back")
	}
	switch g.Field {
	case fieldCompany:
		return t.offer(ctx, pVisitCompany, row(end))
	case fieldDay:
		return t.offer(ctx, pVisitDay, row(b(pbToday, "day", "0"), b(pbYesterday, "day", "1")), row(end))
	case fieldTown:
		return t.promptVisitTown(ctx, v)
	case fieldMet:
		return t.offer(ctx, pVisitMet, row(b(pbSkip, "skip"), end))
	case fieldOpinions:
		return t.promptOpinions(ctx, v, end)
	case fieldFiles:
		r := words(t.lang.f(pVisitFiles, MaxFiles))
		rows := [][]Button{row(b(pbNext, "next"), end)}
		if len(v.Files) > 0 {
			r = words(t.lang.f(pVisitFilesTaken, len(v.Files), MaxFiles))
			rows = append(rows, row(b(pbFilesDrop, "nofiles")))
		}
		r.Buttons = rows
		return t.say(ctx, r)
	default:
		return t.reviewVisit(ctx, v)
	}
}

// promptOpinions says what was noted and asks for the next one.
func (t *turn) promptOpinions(ctx context.Context, v visit.Visit, end Button) error {
	if n := t.conv.Visit.Opinion; n > 0 {
		r := words(t.lang.f(pOpinionAnew, slices.IndexFunc(v.Opinions, func(o visit.Opinion) bool { return o.N == n })+1))
		r.Buttons = [][]Button{row(end)}
		if o := v.Opinion(n); o != nil && len(o.Files) > 0 {
			r.Buttons = append(r.Buttons, row(t.button(pbFilesDrop, "v", v.ID, "nofiles")))
		}
		return t.say(ctx, r)
	}
	next := row(t.button(pbNext, "v", v.ID, "next"), end)
	if len(v.Opinions) == 0 {
		return t.offer(ctx, pVisitOpinions, next)
	}
	var out lines
	rows := [][]Button{next}
	for i, o := range v.Opinions {
		t.opinionLine(&out, i+1, o, 100)
		n := strconv.Itoa(o.N)
		rows = append(rows, row(
			Button{Text: t.lang.f(pbOpinionEdit, i+1), Data: data("v", v.ID, "again", n)},
			Button{Text: t.lang.f(pbOpinionDrop, i+1), Data: data("v", v.ID, "delete", n)}))
	}
	out.text(t.lang.f(pOpinionNoted, len(v.Opinions), visit.MaxOpinions))
	return t.say(ctx, Reply{Text: out, Buttons: rows})
}

// changeOpinion lets an opinion be written anew, or deletes it.
func (t *turn) changeOpinion(ctx context.Context, v visit.Visit, verb, arg string) error {
	n, _ := strconv.Atoi(arg) // 0 is no opinion's number
	g := t.conv.Visit
	if g.Field != fieldOpinions || v.Opinion(n) == nil {
		return t.toast(ctx, pOldButton)
	}
	g.Opinion = 0
	if verb == "again" {
		g.Opinion = n
		return t.promptVisit(ctx, v)
	}
	v.Opinions = slices.DeleteFunc(v.Opinions, func(o visit.Opinion) bool { return o.N == n })
	t.conv.unsay("visit", v.ID, string(fieldOpinions), arg)
	if err := t.tx.SaveVisit(ctx, v); err != nil {
		return err
	}
	return t.promptVisit(ctx, v)
}

// reviewVisit shows the summary with what can be done about it.
func (t *turn) reviewVisit(ctx context.Context, v visit.Visit) error {
	var out lines
	out.bold(t.lang.f(pVisitReview))
	t.describeVisit(&out, v)
	out.pair(t.lang.f(pfLookedAfter), t.stationName(t.visitStation(v), t.lang))
	for i, o := range v.Opinions {
		t.opinionLine(&out, i+1, o, 200)
	}
	if len(v.Opinions) == 0 {
		out.text(t.lang.f(pNoOpinions))
	}
	rows := [][]Button{row(t.button(pbFile, "v", v.ID, "file"))}
	if len(v.Opinions) > 0 {
		rows = append(rows, row(t.button(pbFileAll, "v", v.ID, "file", "all")))
	}
	rows = append(rows, row(t.button(pbFix, "v", v.ID, "fix"), t.button(pbLater, "v", v.ID, "later"), t.button(pbGiveUp, "v", v.ID, "drop")))
	return t.say(ctx, Reply{Text: out, Buttons: rows})
}

// describeVisit writes what a visit is, without its opinions.
func (t *turn) describeVisit(out *lines, v visit.Visit) {
	out.pair(t.lang.f(pfCompany), orElse(strings.Join(v.Companies, t.lang.f(pComma)), t.lang.f(pNotGiven)))
	if !v.Day.IsZero() {
		out.pair(t.lang.f(pfVisitDay), t.lang.day(v.Day))
	}
	town := t.lang.f(pNotGiven)
	if where, ok := t.Directory().Town(v.Town); ok {
		town = where.Label(string(t.lang))
	}
	out.pair(t.lang.f(pfTown), town)
	out.pair(t.lang.f(pfMet), orElse(v.Met, t.lang.f(pNotGiven)))
	if len(v.Files) > 0 {
		out.pair(t.lang.f(pfVisitFiles), strconv.Itoa(len(v.Files)))
	}
}

// fixVisit offers what can be corrected.
func (t *turn) fixVisit(ctx context.Context, v visit.Visit) error {
	names := map[visitField]phrase{
		fieldCompany: pbEditCompany, fieldDay: pbEditDay, fieldTown: pbEditTown, fieldMet: pbEditMet,
		fieldOpinions: pbEditOpinions, fieldFiles: pbEditFiles,
	}
	var b []Button
	for _, field := range visitFields {
		if p, ok := names[field]; ok {
			b = append(b, t.button(p, "v", v.ID, "edit", string(field)))
		}
	}
	return t.offer(ctx, pVisitFix, append(grid(3, b...), row(t.button(pbBack, "v", v.ID, "back")))...)
}

// editVisit goes back to one question.
func (t *turn) editVisit(ctx context.Context, v visit.Visit, field visitField) error {
	g := t.conv.Visit
	if !g.Review || field == fieldReview || !slices.Contains(visitFields, field) {
		return t.toast(ctx, pOldButton)
	}
	g.Field, g.Opinion = field, 0
	return t.promptVisit(ctx, v)
}

// pressFiled is a button about a visit that is filed. Reading is all that is left
// when the appointment has ended.
func (t *turn) pressFiled(ctx context.Context, id, verb string, args []string) error {
	m, ok, err := t.appointment(ctx, t.tx, t.me.ID)
	if err != nil {
		return err
	}
	v, err := t.ownVisit(ctx, id)
	if err != nil {
		return err
	}
	over := !ok || !m.Holds(t.Now())
	switch {
	case over && !m.Holds(v.FiledAt):
		return ticket.Errorf(ticket.NotFound, "visit %s came after the appointment", id)
	case verb == "view":
		return t.viewVisit(ctx, v, over)
	case over:
		return t.over(ctx, m, ok)
	case verb == "more":
		return t.await(ctx, pWriteOpinion, data("act", "opinion", id))
	case len(args) == 0:
		return t.toast(ctx, pOldButton)
	}
	n, _ := strconv.Atoi(args[0]) // 0 is no opinion's number
	kind := ticket.Finding
	switch {
	case verb == "kinds":
		return t.opinionKinds(ctx, v, n)
	case verb == "as" && len(args) == 2:
		kind = ticket.Kind(args[1])
	}
	if kind != ticket.Finding && !slices.Contains(ownKinds, kind) {
		return t.toast(ctx, pOldButton)
	}
	_, err = t.opinionCase(ctx, &v, n, kind)
	return err
}

// opinionKinds asks as what an opinion is to be filed.
func (t *turn) opinionKinds(ctx context.Context, v visit.Visit, n int) error {
	var b []Button
	for _, k := range append([]ticket.Kind{ticket.Finding}, ownKinds...) {
		b = append(b, Button{Text: k.Label(string(t.lang)), Data: data("v", v.ID, "as", strconv.Itoa(n), string(k))})
	}
	r := words(t.lang.f(pOpinionKind, n))
	r.Buttons = append(grid(3, b...), row(t.button(pbBack, "v", v.ID, "view")))
	return t.say(ctx, r)
}

// viewVisit shows the observer a visit that is filed: what became of each opinion and
// what can be done with it. After the end of the appointment it shows what was
// written alone.
func (t *turn) viewVisit(ctx context.Context, v visit.Visit, over bool) error {
	var out lines
	var rows [][]Button
	t.describeVisit(&out, v)
	out.pair(t.lang.f(pfLookedAfter), t.stationName(v.Station, t.lang))
	for _, o := range v.Opinions {
		t.opinionLine(&out, o.N, o, 300)
		n := strconv.Itoa(o.N)
		switch {
		case over:
		case o.Ticket != "":
			out.text("　→ " + o.Ticket + " · " + o.Outcome.Label(string(t.lang)))
			rows = append(rows, row(Button{Text: o.Ticket, Data: data("q", "view", o.Ticket)}))
		case o.Outcome != visit.Open:
			out.text("　→ " + o.Outcome.Label(string(t.lang)))
		default:
			rows = append(rows, row(
				Button{Text: t.lang.f(pbOpinionCase, o.N), Data: data("v", v.ID, "case", n)},
				Button{Text: t.lang.f(pbOpinionKinds, o.N), Data: data("v", v.ID, "kinds", n)}))
		}
	}
	if len(v.Opinions) == 0 {
		out.text(t.lang.f(pNoOpinions))
	}
	if !over {
		var last []Button
		if len(v.Opinions) < visit.MaxOpinions {
			last = append(last, t.button(pbMoreOpinion, "v", v.ID, "more"))
		}
		rows = append(rows, append(last, t.button(pbObserverHome, "o", "home")))
	}
	return t.say(ctx, Reply{Text: out, Buttons: rows})
}
