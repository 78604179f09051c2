package handlers

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"time"

	"liaison/ticket"
	"liaison/ticket/visit"
)

// observe is /observe: the home page of an observer, and the way in with a code.
func (t *turn) observe(ctx context.Context) error {
	if code := strings.TrimSpace(t.m.Text); code != "" {
		return t.enterCode(ctx, code)
	}
	m, ok, err := t.appointment(ctx, t.tx, t.me.ID)
	switch {
	case err != nil:
		return err
	case !ok:
		return t.await(ctx, pEnterObserverCode, data("act", "code"))
	default:
		return t.observerHome(ctx, m)
	}
}

// observerHome shows what an observer can do; after the end of the appointment that
// is reading.
func (t *turn) observerHome(ctx context.Context, m Membership) error {
	reading := row(t.button(pbMyFindings, "o", "findings"), t.button(pbMyVisits, "o", "visits"))
	if !m.Holds(t.Now()) {
		r := words(t.lang.f(pAppointmentEnded, t.lang.lastDay(m.Until)))
		r.Buttons = [][]Button{reading}
		return t.say(ctx, r)
	}
	var out lines
	out.bold(t.lang.f(pObserverHome))
	if !m.Until.IsZero() {
		out.text(t.lang.f(pAppointedUntil, t.lang.lastDay(m.Until)))
	}
	var rows [][]Button
	draft, ok, err := t.unfiled(ctx)
	if err != nil {
		return err
	}
	if ok {
		out.text(t.lang.f(pDraft, t.draftName(draft)))
		rows = append(rows, t.draftButtons(draft))
	}
	rows = append(rows, row(t.button(pbNewFinding, "o", "finding"), t.button(pbNewVisit, "o", "new")), reading, row(t.button(pFigures, "o", "figures")))
	return t.say(ctx, Reply{Text: out, Buttons: rows})
}

// over says that the appointment has ended, to who tries what is for observers.
func (t *turn) over(ctx context.Context, m Membership, appointed bool) error {
	if !appointed { // the membership was taken away altogether
		return t.tell(ctx, pForbidden)
	}
	return t.observerHome(ctx, m)
}

// pressObserver is a button of the observer's home page.
func (t *turn) pressObserver(ctx context.Context, args []string) error {
	m, ok, err := t.appointment(ctx, t.tx, t.me.ID)
	if err != nil {
		return err
	}
	if !ok || len(args) == 0 {
		return t.toast(ctx, pOldButton)
	}
	if err := t.turnTo(ctx, ""); err != nil {
		return err
	}
	switch args[0] {
	case "findings":
		return t.findings(ctx, offsetOf(strings.Join(args[1:], "")))
	case "visits":
		return t.ownVisits(ctx, m, offsetOf(strings.Join(args[1:], "")))
	}
	if !m.Holds(t.Now()) {
		return t.observerHome(ctx, m)
	}
	switch args[0] {
	case "home":
		return t.observerHome(ctx, m)
	case "finding":
		return t.write(ctx, ticket.Finding)
	case "new":
		return t.newVisit(ctx)
	case "figures":
		return t.ownFigures(ctx, visit.By(strings.Join(args[1:], "")))
	}
	return t.toast(ctx, pOldButton)
}

// findings lists what the observer has reported, from the offset on.
func (t *turn) findings(ctx context.Context, offset int) error {
	f := ticket.Filter{Requester: t.me.ID, Kinds: []ticket.Kind{ticket.Finding}, Offset: offset}
	listed, err := t.listFrom(ctx, pFindings, f, "o", "findings")
	if err != nil || listed {
		return err
	}
	return t.tell(ctx, pNoFindings)
}

// visitsPage is how many visits are listed at a time.
const visitsPage = 8

// ownVisits lists the observer's visits from the offset on, the latest first; after
// the end of the appointment those that were there by then.
func (t *turn) ownVisits(ctx context.Context, m Membership, offset int) error {
	list, err := t.tx.Visits(ctx, visit.Filter{Observer: t.me.ID, Limit: visitsPage + 1, Offset: offset})
	if err != nil {
		return err
	}
	more := len(list) > visitsPage
	list = list[:min(len(list), visitsPage)]
	list = slices.DeleteFunc(list, func(v visit.Visit) bool { return !m.Holds(t.Now()) && !m.Holds(v.FiledAt) })
	if len(list) == 0 && !more {
		return t.tell(ctx, pNoVisits)
	}
	var out lines
	var b []Button
	out.bold(t.lang.f(pVisits))
	for _, v := range list {
		names := excerpt(strings.Join(v.Companies, t.lang.f(pComma)), 40)
		out.text(t.lang.f(pVisitLine, t.lang.day(v.Day), names, len(v.Opinions)))
		b = append(b, Button{Text: v.Day.In(ticket.CST).Format("01-02") + " " + excerpt(names, 16), Data: data("v", v.ID, "view")})
	}
	rows := column(b...)
	if more {
		rows = append(rows, row(t.button(pbEarlierVisits, "o", "visits", strconv.Itoa(offset+visitsPage))))
	}
	return t.say(ctx, Reply{Text: out, Buttons: rows})
}

// figureSpans are the times for which an observer sees figures, the usual one first.
var figureSpans = []struct {
	by   visit.By
	name phrase
}{{visit.ByMonth, pbThisMonth}, {visit.ByWeek, pbThisWeek}, {visit.ByQuarter, pbThisQuart}, {visit.ByYear, pbThisYear}}

// ownFigures tells the observer's own figures of the present month, week, quarter or
// year.
func (t *turn) ownFigures(ctx context.Context, by visit.By) error {
	shown := figureSpans[0]
	var others []Button
	for _, span := range figureSpans {
		if span.by == by {
			shown = span
		}
	}
	for _, span := range figureSpans {
		if span.by != shown.by {
			others = append(others, t.button(span.name, "o", "figures", string(span.by)))
		}
	}
	from, to := visit.PeriodOf(shown.by, t.Now())
	table := visit.NewTable("")
	if err := EachVisit(ctx, t.tx, visit.Filter{Observer: t.me.ID, From: from, To: to}, table.Add); err != nil {
		return err
	}
	f := table.Total()
	var out lines
	out.bold(t.lang.f(pFigures) + " · " + t.lang.f(shown.name))
	out.text(t.lang.f(pFiguresSpan, t.lang.day(from), t.lang.lastDay(to)))
	for _, line := range []struct {
		name phrase
		n    int
	}{
		{pgVisits, f.Visits}, {pgCompanies, f.Companies}, {pgOpinions, f.Opinions}, {pgSolved, f.Solved},
		{pgStudy, f.InStudy}, {pgExplained, f.Explained}, {pgOpen, f.Open},
	} {
		out.pair(t.lang.f(line.name), strconv.Itoa(line.n))
	}
	return t.say(ctx, Reply{Text: out, Buttons: [][]Button{others, row(t.button(pbObserverHome, "o", "home"))}})
}

// EachVisit calls do with each visit that the filter selects, whatever its limit.
func EachVisit(ctx context.Context, tx Tx, f visit.Filter, do func(visit.Visit)) error {
	const page = 500
	for f.Limit, f.Offset = page, 0; ; f.Offset += page {
		list, err := tx.Visits(ctx, f)
		if err != nil {
			return err
		}
		for _, v := range list {
			do(v)
		}
		if len(list) < page {
			return nil
		}
	}
}

// lastDay writes the last day before a moment at which something ends.
func (l lang) lastDay(end time.Time) string { return l.day(end.Add(-time.Millisecond)) }
