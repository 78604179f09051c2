package handlers

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"liaison/ticket"
)

// maxListed is how many cases a list in the chat shows; the console shows all.
const maxListed = 10

// viewerHere is what the person may see that may be shown where the message came
// from: in a group the cases of the group's station, whatever else the person sees.
func (t *turn) viewerHere(ctx context.Context) (ticket.Viewer, error) {
	return t.viewerAt(ctx, t.tx, t.me.ID, t.m)
}

func (d *Desk) viewerAt(ctx context.Context, tx Tx, person string, m Message) (ticket.Viewer, error) {
	v, err := d.Viewer(ctx, tx, person)
	if err != nil || !m.Group {
		return v, err
	}
	here := ticket.Viewer{Person: person}
	s, ok, err := d.stationAt(ctx, tx, m.From)
	if ok && (v.Supervisor || slices.Contains(v.Stations, s.ID)) {
		here.Stations = []string{s.ID}
	}
	return here, err
}

// colleague returns what the person may see here, and false, having said why, to
// somebody who is not staff here: in a group staff of another station, elsewhere one
// whose appointment has ended since he or she was asked.
func (t *turn) colleague(ctx context.Context) (ticket.Viewer, bool, error) {
	v, err := t.viewerHere(ctx)
	if err != nil || v.Supervisor || len(v.Stations) > 0 {
		return v, err == nil, err
	}
	if t.m.Group {
		return v, false, t.toast(ctx, pNotYours)
	}
	return v, false, t.toast(ctx, pStaffOnly)
}

// myCases is /my: what the person has accepted and has not finished, what is due
// first at the top.
func (t *turn) myCases(ctx context.Context) error {
	v, ok, err := t.colleague(ctx)
	if err != nil || !ok {
		return err
	}
	mine, err := t.tx.Tickets(ctx, ticket.Filter{Assignee: t.me.ID, OpenOnly: true, ByDue: true, Stations: v.Reach(), NotOf: v.Person, Limit: maxListed + 1})
	if err != nil {
		return err
	}
	return t.list(ctx, pMyCases, mine)
}

// next is /next: the case to take up now, by the order of ticket.Pressing.
func (t *turn) next(ctx context.Context) error {
	v, ok, err := t.colleague(ctx)
	if err != nil || !ok {
		return err
	}
	open, err := t.tx.Tickets(ctx, ticket.Filter{OpenOnly: true, ByDue: true, Stations: v.Reach(), NotOf: v.Person, Limit: 500})
	if err != nil {
		return err
	}
	open = slices.DeleteFunc(open, func(c ticket.Ticket) bool { return !works(v, c) })
	queue := ticket.Queue(open, t.me.ID, t.Now())
	if len(queue) == 0 {
		return t.tell(ctx, pNothingNext)
	}
	c := queue[0]
	r, err := t.staffCard(ctx, t.tx, c, staffRole(v, c), t.lang)
	if err != nil {
		return err
	}
	waiting := 0
	for _, o := range queue {
		if o.Unaccepted() {
			waiting++
		}
	}
	r.Replace = false
	r.Text = append([]Span{{Text: t.lang.f(pNext, waiting, len(queue)-waiting) + "\n", Style: Bold}}, r.Text...)
	return t.say(ctx, r)
}

// search is /search: with a number the case itself, with words those that hold all
// of them, without words a question for them.
func (t *turn) search(ctx context.Context) error {
	v, ok, err := t.colleague(ctx)
	if err != nil || !ok {
		return err
	}
	words := strings.TrimSpace(t.m.Text)
	if words == "" {
		return t.await(ctx, pSearchWhat, data("act", "search"))
	}
	if id, ok := ticket.ParseNumber(words); ok {
		return t.openCase(ctx, id)
	}
	if opened, err := t.openRunning(ctx, words); err != nil || opened {
		return err
	}
	found, err := t.tx.Tickets(ctx, ticket.Filter{Text: excerpt(words, 100), Stations: v.Reach(), NotOf: v.Person, Limit: maxListed + 1})
	if err != nil {
		return err
	}
	return t.list(ctx, pFound, found)
}

// openCase shows the case with the number to who works on it, and to its requester.
func (t *turn) openCase(ctx context.Context, id string) error {
	c, err := t.tx.Ticket(ctx, id)
	if err != nil {
		return err
	}
	if c.Requester == t.me.ID && !t.m.Group {
		return t.view(ctx, c)
	}
	v, err := t.viewerHere(ctx)
	if err != nil {
		return err
	}
	if role := staffRole(v, c); role != "" {
		return t.card(ctx, c, role)
	}
	return ticket.Errorf(ticket.NotFound, "case %s is not the person's to see", id)
}

// openRunning takes a day's running number for the open case that has it, of those that
// the person works on and that may be shown here. Of several it asks which. It reports
// whether there is any: to everybody else the text is something else.
func (t *turn) openRunning(ctx context.Context, text string) (bool, error) {
	end, ok := ticket.ParseRunning(text)
	if !ok {
		return false, nil
	}
	v, err := t.viewerHere(ctx)
	if err != nil || !v.Supervisor && len(v.Stations) == 0 {
		return false, err
	}
	open, err := t.tx.Tickets(ctx, ticket.Filter{Text: end, OpenOnly: true, Stations: v.Reach(), NotOf: v.Person, Limit: 500})
	if err != nil {
		return false, err
	}
	open = slices.DeleteFunc(open, func(c ticket.Ticket) bool { return !strings.HasSuffix(c.ID, end) })
	switch len(open) {
	case 0:
		return false, nil
	case 1:
		return true, t.openCase(ctx, open[0].ID)
	}
	return true, t.list(ctx, pWhichDay, open)
}

// list shows cases in short, each to be opened by a button.
func (t *turn) list(ctx context.Context, p phrase, cases []ticket.Ticket) error {
	var out lines
	count := strconv.Itoa(len(cases))
	more := len(cases) > maxListed
	if more {
		cases, count = cases[:maxListed], strconv.Itoa(maxListed)+"+"
	}
	out.bold(t.lang.f(p, count))
	var b []Button
	for _, c := range cases {
		out.gap()
		head := t.headline(c)
		if c.Urgent {
			head += " · " + t.lang.f(pbUrgent)
		}
		out.text(head)
		about := excerpt(c.Text, 40)
		if c.Company != "" {
			about = c.Company + " · " + about
		}
		out.text(about)
		if due := t.deadline(c); due != "" {
			out.text(due)
		}
		b = append(b, Button{Text: c.ID, Data: data("t", "view", c.ID)})
	}
	if more {
		out.gap()
		out.text(t.lang.f(pMoreFound))
	}
	return t.say(ctx, Reply{Text: out, Buttons: grid(2, b...)})
}
