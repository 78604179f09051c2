package handlers

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"liaison/ticket"
	"liaison/ticket/route"
)

// staff is /staff: with a code it makes somebody a member; without one it shows
// members what there is to do, and asks everybody else for a code.
func (t *turn) staff(ctx context.Context) error {
	if t.m.Group {
		return t.groupInfo(ctx)
	}
	if code := strings.TrimSpace(t.m.Text); code != "" {
		return t.enterCode(ctx, code)
	}
	ms, err := t.tx.Memberships(ctx, t.me.ID)
	if err != nil {
		return err
	}
	if !isStaff(ms) {
		return t.await(ctx, pEnterCode, data("act", "code"))
	}
	return t.desk(ctx)
}

// groupInfo tells the chat's id, which stations.yaml wants, and whose group it is.
func (t *turn) groupInfo(ctx context.Context) error {
	for _, s := range t.Directory().Stations() {
		if s.ChatID == 0 {
			continue
		}
		at, err := t.tx.Moved(ctx, groupOf(s))
		if err != nil {
			return err
		}
		if at == t.m.From {
			return t.tell(ctx, pGroupOf, s.Label(string(t.lang)))
		}
	}
	if t.m.From.Thread != 0 {
		return t.tell(ctx, pGroupThread, t.m.From.Chat, t.m.From.Thread)
	}
	return t.tell(ctx, pGroupUnknown, t.m.From.Chat)
}

// enterCode uses an invitation up for the person.
func (t *turn) enterCode(ctx context.Context, code string) error {
	before, err := t.tx.Memberships(ctx, t.me.ID)
	if err != nil {
		return err
	}
	// A mistyped code is typed again: the next text must not be taken for a
	// question, and a code must not be kept among the unanswered ones.
	t.conv.Await = &await{Ref: data("act", "code"), At: t.Now()}
	if _, err := t.Redeem(ctx, t.tx, t.me.ID, code); ticket.CodeOf(err) == ticket.NotFound {
		return t.tell(ctx, pBadCode)
	} else if err != nil {
		return err
	}
	t.conv.Await = nil
	after, err := t.tx.Memberships(ctx, t.me.ID)
	if err != nil {
		return err
	}
	for _, m := range after {
		if slices.Contains(before, m) {
			continue
		}
		switch m.Role {
		case ticket.RoleObserver:
			return t.tell(ctx, pNowObserver)
		case ticket.RoleSupervisor:
			if err := t.tell(ctx, pNowSupervisor); err != nil {
				return err
			}
		default:
			if err := t.tell(ctx, pNowAgent, t.stationName(m.Station, t.lang)); err != nil {
				return err
			}
		}
		return t.desk(ctx)
	}
	return t.tell(ctx, pNothingNew)
}

// desk shows staff their open cases.
func (t *turn) desk(ctx context.Context) error {
	const most = 20
	v, err := t.Viewer(ctx, t.tx, t.me.ID)
	if err != nil {
		return err
	}
	f := ticket.Filter{OpenOnly: true, Limit: most, Stations: append([]string{}, v.Stations...)}
	if v.Supervisor {
		f.Stations = nil
	}
	open, err := t.tx.Tickets(ctx, f)
	if err != nil {
		return err
	}
	var out lines
	var b []Button
	out.bold(t.lang.f(pDesk, len(open)))
	for _, c := range open {
		line := t.headline(c)
		if c.Overdue(t.Now()) {
			line += t.lang.f(pOverdue)
		}
		out.text(line)
		b = append(b, Button{Text: c.ID, Data: data("t", "view", c.ID)})
	}
	rows := grid(2, b...)
	if t.Console != "" {
		rows = append(rows, row(t.button(pbConsole, "code")))
	}
	return t.say(ctx, Reply{Text: out, Buttons: rows})
}

// pressLoginCode hands out a code for the console.
func (t *turn) pressLoginCode(ctx context.Context, _ []string) error {
	ms, err := t.tx.Memberships(ctx, t.me.ID)
	if err != nil {
		return err
	}
	if t.m.Group || !isStaff(ms) {
		return t.toast(ctx, pForbidden)
	}
	code, err := t.LoginCode(ctx, t.tx, t.me.ID)
	if err != nil {
		return err
	}
	return t.say(ctx, Reply{Text: []Span{
		{Text: t.lang.f(pLoginCode, int(LoginTTL.Minutes())) + "\n"}, {Text: code, Style: Fixed}, {Text: "\n" + t.Console},
	}})
}

// pressStaff is a button of a case's card: what to do, with which case, and for
// a transfer where to.
func (t *turn) pressStaff(ctx context.Context, args []string) error {
	if len(args) < 2 {
		return t.toast(ctx, pOldButton)
	}
	verb, id := args[0], args[1]
	c, err := t.tx.Ticket(ctx, id)
	if err != nil {
		return err
	}
	v, err := t.Viewer(ctx, t.tx, t.me.ID)
	if err != nil {
		return err
	}
	role := v.Sees(c)
	if role != ticket.RoleAgent && role != ticket.RoleSupervisor {
		return t.toast(ctx, pNotYours)
	}
	a := ticket.Action(verb)
	switch {
	case verb == "view":
		return t.card(ctx, c)
	case verb == "drop":
		t.conv.Await = nil
		return t.toast(ctx, pCancelled)
	case verb == "suggested" && len(args) == 3 && c.Requester != t.me.ID:
		return t.takeSuggestion(ctx, c, args[2])
	case !slices.Contains(staffActions, a):
		return t.toast(ctx, pOldButton)
	case c.Requester == t.me.ID:
		return t.toast(ctx, pOwnCase)
	case !slices.Contains(ticket.Offered(c.State, role), a):
		return t.tooLate(ctx, c)
	case a == ticket.Accept:
		return t.accept(ctx, c)
	case a == ticket.Transfer && len(args) == 2:
		return t.listStations(ctx, c)
	}
	p := map[ticket.Action]phrase{
		ticket.Reply: pWriteReply, ticket.Ask: pWriteAsk, ticket.Transfer: pWriteTransfer,
		ticket.Return: pWriteReturn, ticket.Reject: pWriteReject, ticket.Resolve: pWriteResolve,
	}[a]
	return t.await(ctx, p, data(append([]string{"act"}, args...)...), id, t.label())
}

// staffActions are the buttons of a case's card in their order.
var staffActions = []ticket.Action{ticket.Accept, ticket.Reply, ticket.Resolve, ticket.Ask, ticket.Transfer, ticket.Return, ticket.Reject}

// label is how colleagues see the person.
func (t *turn) label() string { return orElse(t.me.Label, t.lang.f(pColleague)) }

func (t *turn) accept(ctx context.Context, c ticket.Ticket) error {
	c, err := t.Act(ctx, t.tx, t.me.ID, c.ID, ticket.Step{Action: ticket.Accept})
	if err != nil {
		return err
	}
	return t.toast(ctx, pAccepted, c.ID)
}

// tooLate tells somebody who pressed a button that another press came first.
func (t *turn) tooLate(ctx context.Context, c ticket.Ticket) error {
	if c.Assignee != "" && c.Assignee != t.me.ID {
		if p, err := t.tx.Person(ctx, c.Assignee); err == nil {
			return t.toast(ctx, pTaken, orElse(p.Label, t.lang.f(pColleague)), c.State.Label(string(t.lang)))
		}
	}
	return t.toast(ctx, pIllegal, c.State.Label(string(t.lang)))
}

func (t *turn) listStations(ctx context.Context, c ticket.Ticket) error {
	var b []Button
	for _, s := range t.Directory().Stations() {
		if s.ID != c.Station {
			b = append(b, Button{Text: s.Label(string(t.lang)), Data: data("t", string(ticket.Transfer), c.ID, s.ID)})
		}
	}
	return t.offer(ctx, pWhichStation, append(grid(2, b...), row(t.button(pbBack, "t", "drop", c.ID)))...)
}

// card shows the case to somebody who works it.
func (t *turn) card(ctx context.Context, c ticket.Ticket) error {
	r, err := t.staffCard(ctx, t.tx, c, t.lang)
	if err != nil {
		return err
	}
	r.Replace = false // asked for: it belongs at the end of the chat
	return t.say(ctx, r)
}

// staffCard is a case as its station sees it. Who the requester is does not
// appear, except for what he or she agreed to show.
func (d *Desk) staffCard(ctx context.Context, tx Tx, c ticket.Ticket, l lang) (Reply, error) {
	events, err := tx.Events(ctx, c.ID)
	if err != nil {
		return Reply{}, err
	}
	var out lines
	name := string(l)
	head := fmt.Sprintf("%s · %s · %s", c.ID, c.Kind.Label(name), c.State.Label(name))
	if c.Urgent {
		head += " · " + l.f(pbUrgent)
	}
	out.bold(head)
	if due := l.deadline(c, d.Now()); due != "" {
		out.text(due)
	}
	if c.Assignee != "" {
		if p, err := tx.Person(ctx, c.Assignee); err == nil {
			out.pair(l.f(pfAssignee), orElse(p.Label, l.f(pColleague)))
		}
	}
	out.pair(l.f(pfStation), d.stationName(c.Station, l))
	out.pair(l.f(pfCompany), orElse(c.Company, l.f(pNotGiven)))
	if town, ok := d.Directory().Town(c.Town); ok {
		out.pair(l.f(pfTown), town.Label(name))
	}
	if topic, ok := d.Directory().Topic(c.Category); ok {
		out.pair(l.f(pfCategory), topic.Label(name))
	}
	contact := l.f(pNoContact)
	if c.Consent {
		contact = c.Contact
	}
	out.pair(l.f(pfContact), contact)
	out.quote(c.Text, 1500, l.f(pSeeFiles))
	if files := attached(events); len(files) > 0 {
		out.pair(l.f(pfFiles), strconv.Itoa(len(files)))
	}
	for _, e := range latest(events, 5) {
		out.pair(l.voice(e), excerpt(e.Text, 200))
	}
	var why []string
	for _, reason := range c.Route {
		why = append(why, route.ReasonText(reason, d.Directory(), name))
	}
	out.pair(l.f(pfRoute), strings.Join(why, l.f(pSemicolon)))
	for _, e := range slices.Backward(events) {
		if e.Action == ticket.Transfer || e.Action == ticket.Return {
			out.pair(l.f(pfReason), e.Text)
			break
		}
	}
	return Reply{Text: out, Ref: data("card", c.ID), Replace: true, Buttons: append(d.suggestedButtons(c, l), l.cardButtons(c)...)}, nil
}

// attached are the files of a case, in the order in which they came.
func attached(events []ticket.Event) (files []ticket.File) {
	for _, e := range events {
		files = append(files, e.Files...)
	}
	return files
}

// latest returns the last n events in which requester and station spoke to each
// other, files without words aside.
func latest(events []ticket.Event, n int) []ticket.Event {
	var said []ticket.Event
	for _, e := range events {
		switch e.Action {
		case ticket.Reply, ticket.Ask, ticket.Resolve, ticket.Supply, ticket.Note, ticket.Unsolved:
			if e.Text != "" {
				said = append(said, e)
			}
		}
	}
	return said[max(len(said)-n, 0):]
}

// voice says who spoke, to colleagues.
func (l lang) voice(e ticket.Event) string {
	return e.Role.Label(string(l)) + " " + e.Action.Label(string(l)) + l.f(pColon)
}

// cardButtons are what staff can do about the case now.
func (l lang) cardButtons(c ticket.Ticket) [][]Button {
	can := ticket.Offered(c.State, ticket.RoleAgent)
	var b []Button
	for _, a := range staffActions {
		if slices.Contains(can, a) {
			b = append(b, Button{Text: a.Label(string(l)), Data: data("t", string(a), c.ID)})
		}
	}
	return grid(3, b...)
}

// observe is /observe: a finding by an appointed observer.
func (t *turn) observe(ctx context.Context) error {
	if code := strings.TrimSpace(t.m.Text); code != "" {
		return t.enterCode(ctx, code)
	}
	ms, err := t.tx.Memberships(ctx, t.me.ID)
	if err != nil {
		return err
	}
	if !isObserver(ms) {
		return t.await(ctx, pEnterObserverCode, data("act", "code"))
	}
	return t.write(ctx, ticket.Finding)
}

// finance is /finance: what the library says of financing, and a way to ask for it.
func (t *turn) finance(ctx context.Context) error {
	var units []string
	var b []Button
	services := t.Answerer.Library().Topic(route.TopicFinance)
	for _, u := range services {
		units = append(units, u.ID)
	}
	id := strconv.Itoa(t.conv.ask("", units))
	for i, u := range services {
		b = append(b, Button{Text: excerpt(u.Title, 40), Data: data("pick", id, strconv.Itoa(i))})
	}
	rows := append(column(b...), row(t.button(pbFinancing, "menu", "financing")))
	return t.offer(ctx, pFinance, rows...)
}

// financing opens a financing request.
func (t *turn) financing(ctx context.Context) error { return t.write(ctx, ticket.Financing) }
