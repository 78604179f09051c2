package handlers

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"liaison/ticket"
)

// everyStation stands for all stations where a station's id is expected.
const everyStation = "*"

// pickQuick offers the quick replies for a case.
func (t *turn) pickQuick(ctx context.Context, c ticket.Ticket, v ticket.Viewer) error {
	list, err := t.QuickFor(ctx, t.tx, v, t.me, c)
	if err != nil {
		return err
	}
	if len(list) == 0 {
		return t.tell(ctx, pNoQuick)
	}
	var b []Button
	for _, q := range list {
		b = append(b, Button{Text: q.Title, Data: data("t", "use", c.ID, strconv.FormatInt(q.ID, 10))})
	}
	r := words(t.lang.f(pWhichQuick, c.ID))
	r.Buttons = append(grid(2, b...), row(t.button(pbBack, "t", "drop", c.ID)))
	return t.say(ctx, r)
}

// useQuick shows a quick reply as the case fills it in.
func (t *turn) useQuick(ctx context.Context, c ticket.Ticket, v ticket.Viewer, id string) error {
	list, err := t.QuickFor(ctx, t.tx, v, t.me, c)
	if err != nil {
		return err
	}
	for _, q := range list {
		if strconv.FormatInt(q.ID, 10) == id {
			return t.preview(ctx, c, outgoing{Text: q.Text, Version: c.Version})
		}
	}
	return t.toast(ctx, pOldButton)
}

// quick is /quick: the quick replies of the person's stations, to be kept.
func (t *turn) quick(ctx context.Context) error {
	v, ok, err := t.colleague(ctx)
	if err != nil || !ok {
		return err
	}
	list, err := t.tx.QuickReplies(ctx, v.Reach())
	if err != nil {
		return err
	}
	var out lines
	var b []Button
	out.bold(t.lang.f(pQuick, len(list)))
	for _, q := range list {
		out.text("· " + q.Title + " · " + t.whose(q.Station))
		b = append(b, Button{Text: q.Title, Data: data("quick", "show", strconv.FormatInt(q.ID, 10))})
	}
	return t.say(ctx, Reply{Text: out, Buttons: append(grid(2, b...), row(t.button(pbNewQuick, "quick", "new")))})
}

// whose names the station that a quick reply is for.
func (t *turn) whose(station string) string {
	if station == "" {
		return t.lang.f(pEveryStation)
	}
	return t.stationName(station, t.lang)
}

// pressQuick is a button of the quick replies.
func (t *turn) pressQuick(ctx context.Context, args []string) error {
	v, ok, err := t.colleague(ctx)
	if err != nil || !ok {
		return err
	}
	switch {
	case len(args) == 1 && args[0] == "new":
		return t.whereQuick(ctx, v)
	case len(args) == 2 && args[0] == "at":
		return t.writeQuick(ctx, QuickReply{Station: strings.TrimPrefix(args[1], everyStation)})
	case len(args) != 2:
		return t.toast(ctx, pOldButton)
	}
	id, err := strconv.ParseInt(args[1], 10, 64)
	if err != nil {
		return t.toast(ctx, pOldButton)
	}
	q, err := t.tx.QuickReply(ctx, id)
	if err != nil {
		return err
	}
	if q.Station != "" && !MayKeepQuick(v, q.Station) {
		return ticket.Errorf(ticket.NotFound, "quick reply of another station")
	}
	switch args[0] {
	case "show":
		var out lines
		out.bold(q.Title + " · " + t.whose(q.Station))
		out.add(Span{Text: q.Text, Style: Fixed})
		r := Reply{Text: out}
		if MayKeepQuick(v, q.Station) {
			r.Buttons = [][]Button{row(t.button(pbFix, "quick", "edit", args[1]), t.button(pbRemove, "quick", "del", args[1]))}
		}
		return t.say(ctx, r)
	case "edit":
		return t.writeQuick(ctx, q)
	case "del":
		r := words(t.lang.f(pSureRemove, q.Title))
		r.Buttons = [][]Button{row(t.button(pbSureRemove, "quick", "gone", args[1]), t.button(pbBack, "menu", "quick"))}
		return t.say(ctx, r)
	case "gone":
		if err := t.RemoveQuick(ctx, t.tx, t.me.ID, id); err != nil {
			return err
		}
		return t.tell(ctx, pQuickRemoved, q.Title)
	}
	return t.toast(ctx, pOldButton)
}

// whereQuick asks for which station a new quick reply is, unless there is but one.
func (t *turn) whereQuick(ctx context.Context, v ticket.Viewer) error {
	var b []Button
	if v.Supervisor {
		b = append(b, t.button(pEveryStation, "quick", "at", everyStation))
	}
	for _, s := range t.Directory().Stations() {
		if v.Supervisor || slices.Contains(v.Stations, s.ID) {
			b = append(b, Button{Text: s.Label(string(t.lang)), Data: data("quick", "at", s.ID)})
		}
	}
	if len(b) == 1 {
		return t.writeQuick(ctx, QuickReply{Station: v.Stations[0]})
	}
	return t.offer(ctx, pQuickWhere, grid(2, b...)...)
}

// writeQuick asks for title and text of a quick reply.
func (t *turn) writeQuick(ctx context.Context, q QuickReply) error {
	var out lines
	out.text(t.lang.f(pWriteQuick, t.placeholders()))
	if q.ID != 0 {
		out.add(Span{Text: q.Title + "\n" + q.Text, Style: Fixed})
	}
	ref := data("act", "quick", strconv.FormatInt(q.ID, 10), q.Station)
	if err := t.turnTo(ctx, ref); err != nil {
		return err
	}
	return t.say(ctx, Reply{Text: out, Ref: ref, Prompt: true})
}

// placeholders lists the placeholders as they are written.
func (t *turn) placeholders() string {
	var all []string
	for _, p := range Placeholders {
		name := p.ZH
		if t.lang == en {
			name = p.Name
		}
		all = append(all, "{"+name+"}")
	}
	return strings.Join(all, " ")
}

// saveQuick keeps what was written: the title on the first line, then the text.
func (t *turn) saveQuick(ctx context.Context, id, station string) error {
	title, text, _ := strings.Cut(strings.TrimSpace(t.m.Text), "\n")
	n, err := strconv.ParseInt(id, 10, 64)
	if err != nil {
		return t.tell(ctx, pOldButton)
	}
	_, err = t.SaveQuick(ctx, t.tx, QuickReply{ID: n, Station: station, Title: title, Text: text, By: t.me.ID})
	if ticket.CodeOf(err) == ticket.Invalid {
		// It is asked for again: what was awaited stays.
		if unknown := unknownMarks(text); len(unknown) > 0 {
			return t.tell(ctx, pUnknownMark, strings.Join(unknown, t.lang.f(pComma)), t.placeholders())
		}
		return t.tell(ctx, pQuickForm, MaxQuickTitle, MaxQuickText)
	}
	t.expect("")
	if err != nil {
		return err
	}
	if err := t.tell(ctx, pQuickSaved, strings.TrimSpace(title)); err != nil {
		return err
	}
	return t.quick(ctx)
}
