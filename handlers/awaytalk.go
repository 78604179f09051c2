package handlers

import (
	"context"
	"slices"
	"strings"
	"time"

	"liaison/ticket"
)

// awayRef is what the text is for that says when somebody will be back.
var awayRef = data("act", "away")

// pool stands for nobody in a button.
const pool = "-"

// away is /away: until when, and who stands in.
func (t *turn) away(ctx context.Context) error {
	if text := strings.TrimSpace(t.m.Text); text != "" {
		return t.awayUntil(ctx, text)
	}
	r := words(t.lang.f(pAwayUntil))
	day := t.Now().In(ticket.CST)
	button := func(p phrase, days int) Button {
		return t.button(p, "away", "till", day.AddDate(0, 0, days).Format(time.DateOnly))
	}
	r.Buttons = [][]Button{
		row(button(pbTomorrow, 1), button(pbMonday, untilMonday(day))),
		row(t.button(pbUnknown, "away", "till", pool), t.button(pbBack, "away", "drop")),
	}
	r.Ref, r.Prompt = awayRef, true
	if err := t.turnTo(ctx, awayRef); err != nil {
		return err
	}
	return t.say(ctx, r)
}

// awayUntil takes the day on which somebody is back.
func (t *turn) awayUntil(ctx context.Context, text string) error {
	day, _ := cutDate(text, t.Now())
	if days, ok := inDays(text); ok {
		day = t.Now().In(ticket.CST).AddDate(0, 0, days)
	}
	if !day.After(t.Now()) {
		t.expect(awayRef)
		return t.tell(ctx, pNoReturn)
	}
	return t.awayDeputy(ctx, day.Format(time.DateOnly))
}

// awayDeputy asks who stands in.
func (t *turn) awayDeputy(ctx context.Context, until string) error {
	if err := t.turnTo(ctx, ""); err != nil {
		return err
	}
	colleagues, err := t.Deputies(ctx, t.tx, t.me.ID)
	if err != nil {
		return err
	}
	const most = 20
	var b []Button
	for _, c := range colleagues[:min(len(colleagues), most)] {
		b = append(b, Button{Text: orElse(c.Label, t.lang.f(pColleague)), Data: data("away", "go", until, c.Person)})
	}
	rows := append(grid(2, b...), row(t.button(pbNoDeputy, "away", "go", until, pool), t.button(pbBack, "away", "drop")))
	return t.offer(ctx, pWhoStandsIn, rows...)
}

// pressAway is a button of an absence.
func (t *turn) pressAway(ctx context.Context, args []string) error {
	if t.m.Group {
		return t.toast(ctx, pPrivately)
	}
	switch {
	case len(args) == 0:
		return t.give(ctx, "away")
	case args[0] == "back":
		return t.give(ctx, "back")
	case args[0] == "drop":
		if err := t.turnTo(ctx, ""); err != nil {
			return err
		}
		return t.toast(ctx, pCancelled)
	case args[0] == "till" && len(args) == 2:
		return t.awayDeputy(ctx, args[1])
	case args[0] == "go" && len(args) == 3:
		return t.leave(ctx, args[1], args[2])
	}
	return t.toast(ctx, pOldButton)
}

// leave notes the absence and says what became of the person's cases.
func (t *turn) leave(ctx context.Context, until, deputy string) error {
	a := Absence{Person: t.me.ID}
	if until != pool {
		day, err := time.ParseInLocation(time.DateOnly, until, ticket.CST)
		if err != nil {
			return t.toast(ctx, pOldButton)
		}
		a.Until = day
	}
	if deputy != pool {
		a.Deputy = deputy
	}
	handed, err := t.Leave(ctx, t.tx, t.me.ID, a)
	if err != nil {
		return err
	}
	var out lines
	out.bold(t.lang.away(a))
	if handed.Deputy > 0 {
		p, err := t.tx.Person(ctx, a.Deputy)
		if err != nil {
			return err
		}
		out.text(t.lang.f(pHandedDeputy, handed.Deputy, orElse(p.Label, t.lang.f(pColleague))))
	}
	if handed.Pool > 0 {
		out.text(t.lang.f(pHandedPool, handed.Pool))
	}
	out.text(t.lang.f(pAwayNow))
	return t.say(ctx, Reply{Text: out, Buttons: [][]Button{row(t.button(pbIAmBack, "away", "back"))}})
}

// away says that the person addressed is away.
func (l lang) away(a Absence) string {
	if a.Until.IsZero() {
		return l.f(pAwayOpen)
	}
	return l.f(pAwayTill, l.day(a.Until))
}

// back is /back.
func (t *turn) back(ctx context.Context) error {
	a, err := t.tx.Absence(ctx, t.me.ID, t.Now())
	if err != nil {
		return err
	}
	if a.Person == "" {
		return t.tell(ctx, pNotAway)
	}
	if err := t.Back(ctx, t.tx, t.me.ID, t.me.ID); err != nil {
		return err
	}
	if err := t.tell(ctx, pWelcomeBack); err != nil {
		return err
	}
	return t.desk(ctx)
}

// awayButton adds to a desk what there is to do about being away.
func (t *turn) awayButton(ctx context.Context, out *lines, rows [][]Button) ([][]Button, error) {
	a, err := t.tx.Absence(ctx, t.me.ID, t.Now())
	if err != nil {
		return nil, err
	}
	if a.Person == "" {
		return append(rows, row(t.button(pbAway, "away"))), nil
	}
	out.text(t.lang.away(a))
	return append(rows, row(t.button(pbIAmBack, "away", "back"))), nil
}

// listColleagues asks who is to work the case.
func (t *turn) listColleagues(ctx context.Context, c ticket.Ticket) error {
	agents, err := t.Colleagues(ctx, t.tx, ticket.RoleAgent, c.Station)
	if err != nil {
		return err
	}
	var b []Button
	for _, a := range agents {
		if !a.There() || a.Is(c.Assignee) || a.Is(c.Requester) {
			continue
		}
		person, label := a.Person, orElse(a.Label, t.lang.f(pColleague))
		if a.Is(t.me.ID) {
			person, label = t.me.ID, t.lang.f(pbMyself)
		}
		b = append(b, Button{Text: label, Data: data("t", string(ticket.Hand), c.ID, person)})
	}
	if c.Assignee != "" {
		b = append(b, t.button(pbPool, "t", string(ticket.Hand), c.ID, pool))
	}
	return t.offer(ctx, pHandToWhom, append(grid(2, b...), row(t.button(pbBack, "t", "drop", c.ID)))...)
}

// duty is /duty: who is on duty at the person's stations in the next week, and who is
// away.
func (t *turn) duty(ctx context.Context) error {
	v, err := t.Viewer(ctx, t.tx, t.me.ID)
	if err != nil {
		return err
	}
	var out lines
	out.bold(t.lang.f(pDutyTitle))
	var empty []string
	for _, s := range t.Directory().Stations() {
		at, err := t.Staffing(ctx, t.tx, s)
		if err != nil {
			return err
		}
		switch {
		case !v.Supervisor && !slices.Contains(v.Stations, s.ID):
			continue
		case len(at.Agents) == 0 && s.ChatID == 0:
			empty = append(empty, s.Label(string(t.lang)))
			continue
		}
		if err := t.dutyAt(ctx, &out, at); err != nil {
			return err
		}
	}
	if len(empty) > 0 {
		out.gap()
		out.text(t.lang.f(pDutyEmpty, strings.Join(empty, t.lang.f(pComma))))
	}
	if t.Console != "" {
		out.gap()
		out.text(t.lang.f(pDutyWhere))
	}
	return t.say(ctx, Reply{Text: out})
}

// dutyAt writes the week of one station.
func (t *turn) dutyAt(ctx context.Context, out *lines, at Staffing) error {
	duties, err := t.tx.Duties(ctx, at.Station.ID)
	if err != nil {
		return err
	}
	out.gap()
	out.bold(at.Station.Label(string(t.lang)))
	if len(duties) == 0 {
		out.text(t.lang.f(pDutyNone))
	}
	for i := range 7 {
		day := t.Now().AddDate(0, 0, i)
		var names []string
		for _, person := range OnDuty(duties, DayOf(day)) {
			for _, c := range at.Agents {
				if c.Is(person) && !c.awayOn(day) {
					names = append(names, orElse(c.Label, t.lang.f(pColleague)))
				}
			}
		}
		if len(names) > 0 {
			out.text(day.In(ticket.CST).Format("01-02 ") + t.lang.f(weekdays[DayOf(day).Weekday()-1]) + t.lang.f(pColon) + strings.Join(names, t.lang.f(pComma)))
		}
	}
	for _, c := range at.Agents {
		if c.Absence.Person == "" {
			continue
		}
		line := orElse(c.Label, t.lang.f(pColleague)) + t.lang.f(pColon) + t.lang.awayOf(c.Absence)
		if c.Absence.Deputy != "" {
			p, err := t.tx.Person(ctx, c.Absence.Deputy)
			if err != nil {
				return err
			}
			line += t.lang.f(pStandIn, orElse(p.Label, t.lang.f(pColleague)))
		}
		out.text(line)
	}
	if !at.Reached() {
		out.text(t.lang.f(pNobodyNow, at.why(t.lang)))
	}
	return nil
}

// awayOn reports whether the colleague is away on the day, as far as is known.
func (c Colleague) awayOn(day time.Time) bool {
	a := c.Absence
	return a.Person != "" && (a.Until.IsZero() || day.Before(a.Until))
}

// awayOf says that somebody else is away.
func (l lang) awayOf(a Absence) string {
	if a.Until.IsZero() {
		return l.f(pTheyAreAway)
	}
	return l.f(pTheyAreAwayTill, l.day(a.Until))
}
