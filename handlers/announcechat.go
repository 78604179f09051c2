package handlers

import (
	"context"
	"errors"
	"strconv"
	"strings"

	"liaison/ticket"
)

// newsDraft is an announcement that a supervisor has written and not sent yet.
type newsDraft struct {
	ID       int      `json:"id"`
	Audience Audience `json:"audience"`
	Text     string   `json:"text"`
	People   int      `json:"people"`
}

// pressNews is what the buttons of announcements do: those under the message itself,
// for everybody, and those with which a supervisor makes and stops one.
func (t *turn) pressNews(ctx context.Context, args []string) error {
	arg := func(i int) string {
		if i < len(args) {
			return args[i]
		}
		return ""
	}
	switch arg(0) {
	case "on", "off":
		return t.declineNews(ctx, arg(0) == "off")
	case "new", "town", "to", "send", "drop", "see", "stop":
		v, err := t.Viewer(ctx, t.tx, t.me.ID)
		if err != nil {
			return err
		}
		if !v.Supervisor {
			return t.toast(ctx, pSupervisorsOnly)
		}
		if t.m.Group {
			return t.toast(ctx, pPrivately)
		}
	}
	switch arg(0) {
	case "new":
		return t.newNews(ctx)
	case "town":
		var b []Button
		for _, town := range t.Directory().Towns() {
			b = append(b, Button{Text: town.Name, Data: data("news", "to", string(ticket.RoleRequester), town.ID)})
		}
		return t.offer(ctx, pNewsTown, grid(3, b...)...)
	case "to":
		return t.addressNews(ctx, Audience{Role: ticket.Role(arg(1)), Town: arg(2)})
	case "send", "drop":
		n := t.conv.News
		if n == nil || strconv.Itoa(n.ID) != arg(1) {
			return t.toast(ctx, pOldButton)
		}
		t.conv.News = nil
		if arg(0) == "drop" {
			return t.tell(ctx, pCancelled)
		}
		a, err := t.Announce(ctx, t.tx, t.me.ID, n.Audience, n.Text, n.People)
		if err != nil {
			return t.newsProblem(ctx, err)
		}
		return t.showNews(ctx, a)
	case "see":
		a, err := t.tx.Announcement(ctx, arg(1))
		if err == nil && a.State == Running {
			a, err = t.tx.Progress(ctx, a)
		}
		if err != nil {
			return err
		}
		return t.showNews(ctx, a)
	case "stop":
		a, err := t.StopAnnouncement(ctx, t.tx, arg(1))
		if ticket.CodeOf(err) == ticket.Conflict {
			err = nil // it has ended, which is shown
		}
		if err != nil {
			return err
		}
		return t.showNews(ctx, a)
	}
	return t.toast(ctx, pOldButton)
}

// declineNews leaves the person out of announcements from now on, or takes him or
// her in again.
func (t *turn) declineNews(ctx context.Context, declines bool) error {
	t.me.Declines = declines
	if err := t.tx.SavePerson(ctx, t.me); err != nil {
		return err
	}
	if declines {
		return t.offer(ctx, pNewsOff, row(t.button(pbNewsOn, "news", "on")))
	}
	return t.tell(ctx, pNewsOn)
}

// newNews asks to whom an announcement goes.
func (t *turn) newNews(ctx context.Context) error {
	return t.offer(ctx, pNewsTo,
		row(t.button(pbNewsAll, "news", "to", string(ticket.RoleRequester)), t.button(pbNewsTown, "news", "town")),
		row(t.button(pbNewsObservers, "news", "to", string(ticket.RoleObserver))))
}

// addressNews asks for the text, if there is anybody to get it.
func (t *turn) addressNews(ctx context.Context, to Audience) error {
	if err := t.checkAudience(to); err != nil {
		return t.newsProblem(ctx, err)
	}
	first, err := t.tx.Recipients(ctx, to, "", t.Now(), t.Now(), 1)
	if err != nil {
		return err
	}
	if len(first) == 0 {
		return t.tell(ctx, pNewsNobody)
	}
	return t.await(ctx, pNewsText, data("act", "news", string(to.Role), to.Town))
}

// announces returns to whom the message is an announcement's text, if it is one: where
// that text is awaited, or in reply to what asked for it.
func (m Message) announces(awaited string) (Audience, bool) {
	ref := awaited
	switch {
	case m.Button != "" || m.Edited || m.Command != "":
		return Audience{}, false
	case m.refersToCase():
		ref = m.Ref
	}
	return newsTo(ref)
}

// newsTo reads the reference of what asks for the text of an announcement.
func newsTo(ref string) (Audience, bool) {
	parts := strings.Split(ref, ":")
	if len(parts) != 4 || parts[0] != "act" || parts[1] != "news" {
		return Audience{}, false
	}
	return Audience{Role: ticket.Role(parts[2]), Town: parts[3]}, true
}

// prepareNews counts whom it would go to, which with many people takes a while.
func (d *Desk) prepareNews(ctx context.Context, to Audience) (p Prepared, err error) {
	err = d.Store.View(ctx, func(tx Tx) error {
		p.People, err = d.Reach(ctx, tx, to)
		return err
	})
	if ticket.CodeOf(err) == ticket.Invalid {
		return p, nil // it is checked again where the person is told
	}
	return p, err
}

// draftNews shows the announcement as people will get it, and asks whether to send it.
func (t *turn) draftNews(ctx context.Context, to Audience) error {
	v, err := t.Viewer(ctx, t.tx, t.me.ID)
	if err != nil {
		return err
	}
	if !v.Supervisor {
		t.expect("")
		return t.tell(ctx, pSupervisorsOnly)
	}
	if len(t.m.Files) > 0 {
		return t.tell(ctx, pNewsNoFiles) // the text is still asked for
	}
	a, err := newAnnouncement(t.me.ID, to, t.m.Text, t.Now())
	if err == nil {
		err = t.checkAudience(to)
	}
	if err != nil {
		return t.newsProblem(ctx, err)
	}
	t.expect("")
	a.People = t.prepared.People
	t.conv.Serial++
	t.conv.News = &newsDraft{ID: t.conv.Serial, Audience: to, Text: a.Text, People: a.People}
	id := strconv.Itoa(t.conv.Serial)
	var out lines
	out.text(t.lang.f(pNewsPreview, t.audience(to), a.People))
	out.gap()
	out = append(out, a.reply(t.lang).Text...)
	return t.say(ctx, Reply{Text: out, Buttons: [][]Button{row(t.button(pbNewsSend, "news", "send", id), t.button(pbDrop, "news", "drop", id))}})
}

// audience names an audience.
func (t *turn) audience(to Audience) string {
	if to.Role == ticket.RoleObserver {
		return t.lang.f(pbNewsObservers)
	}
	if town, ok := t.Directory().Town(to.Town); ok {
		return town.Name
	}
	return t.lang.f(pbNewsAll)
}

// showNews says how far an announcement is, in the place of what was said before.
func (t *turn) showNews(ctx context.Context, a Announcement) error {
	r := words(t.lang.f(pNewsProgress, t.lang.f(newsStates[a.State]), a.Delivered, a.People, a.Failed))
	r.Ref, r.Replace = data("news", a.ID), true
	if a.State == Running {
		r.Buttons = [][]Button{row(t.button(pbNewsSee, "news", "see", a.ID), t.button(pbNewsStop, "news", "stop", a.ID))}
	}
	return t.say(ctx, r)
}

// newsProblem says what is wrong with an announcement.
func (t *turn) newsProblem(ctx context.Context, err error) error {
	var problem *ticket.Error
	switch {
	case !errors.As(err, &problem):
		return err
	case problem.Field == "people":
		return t.tell(ctx, pNewsNobody)
	case problem.Field == "text":
		return t.tell(ctx, pNewsTooLong, maxAnnouncement)
	case problem.Field == "town" || problem.Field == "audience":
		return t.toast(ctx, pOldButton)
	}
	return err
}
