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

// card shows the case to somebody who works it.
func (t *turn) card(ctx context.Context, c ticket.Ticket, role ticket.Role) error {
	r, err := t.staffCard(ctx, t.tx, c, role, t.lang)
	if err != nil {
		return err
	}
	r.Replace = false // asked for: it belongs at the end of the chat
	return t.say(ctx, r)
}

// staffCard is a case as staff in the role see it. Who the requester is does not
// appear, except for what he or she agreed to show.
func (d *Desk) staffCard(ctx context.Context, tx Tx, c ticket.Ticket, role ticket.Role, l lang) (Reply, error) {
	events, err := tx.Events(ctx, c.ID)
	if err != nil {
		return Reply{}, err
	}
	var out lines
	var buttons [][]Button
	name := string(l)
	head := fmt.Sprintf("%s · %s · %s", c.ID, c.Kind.Label(name), c.State.Label(name))
	if c.Urgent {
		head += " · " + l.f(pbUrgent)
	}
	out.bold(head)
	if due := l.deadline(c, d.Now()); due != "" {
		out.text(due)
	}
	if err := d.unheardLine(ctx, tx, c, l, &out); err != nil {
		return Reply{}, err
	}
	if c.Extension.State == ticket.ExtensionAsked {
		out.pair(l.f(pfExtension), l.when(c.Extension.Until))
	}
	if over, err := d.findingOver(ctx, tx, c); err != nil {
		return Reply{}, err
	} else if !over.IsZero() {
		out.text(l.f(pObserverLeft))
	}
	if c.Assignee != "" {
		if p, err := tx.Person(ctx, c.Assignee); err == nil {
			out.pair(l.f(pfAssignee), orElse(p.Label, l.f(pColleague)))
		}
	}
	if tr, _ := ticket.Lookup(ticket.Hand); c.Assignee == "" && slices.Contains(tr.From, c.State) {
		out.pair(l.f(pfAssignee), l.f(pNobodyYet))
	}
	writing, err := d.WhoReplies(ctx, tx, c.ID, "", name)
	if err != nil {
		return Reply{}, err
	}
	out.pair(l.f(pfReplying), strings.Join(writing, l.f(pComma)))
	out.pair(l.f(pfStation), d.stationName(c.Station, l))
	if keeper := c.Keeper(); keeper != "" {
		out.pair(l.f(pfKeeper), d.stationName(keeper, l))
	}
	var helpers []string
	for _, id := range c.Helpers {
		helpers = append(helpers, d.stationName(id, l))
	}
	out.pair(l.f(pfHelpers), strings.Join(helpers, l.f(pComma)))
	out.pair(l.f(pfCompany), orElse(c.Company, l.f(pNotGiven)))
	if town, ok := d.Directory().Town(c.Town); ok {
		out.pair(l.f(pfTown), town.Label(name))
	}
	if topic, ok := d.Directory().Topic(c.Category); ok {
		out.pair(l.f(pfCategory), topic.Label(name))
	}
	contact := l.f(pNoContact)
	if c.Consent && role != ticket.RoleHelper { // it was given to the station in the lead
		contact = c.Contact
	}
	out.pair(l.f(pfContact), contact)
	out.quote(c.Text, 1500, l.f(pSeeFiles))
	if c.Rating.Score > 0 {
		out.pair(l.f(pfRating), strings.TrimSpace(strings.Repeat("★", c.Rating.Score)+" "+excerpt(c.Rating.Comment, 200)))
	}
	d.fundsOn(&out, c, l)
	out.pair(l.f(pfMerged), c.MergedInto)
	var linked []string
	for _, e := range events {
		if (e.Action == ticket.Link || e.Action == ticket.Absorb) && !slices.Contains(linked, e.Object) {
			linked = append(linked, e.Object)
		}
	}
	out.pair(l.f(pfLinked), strings.Join(linked, l.f(pComma)))
	if files := ticket.Files(events); len(files) > 0 {
		out.pair(l.f(pfFiles), strconv.Itoa(len(files)))
	}
	for _, e := range latest(events, 5) {
		who, err := d.voice(ctx, tx, e, c, l)
		if err != nil {
			return Reply{}, err
		}
		out.pair(who+l.f(pColon), excerpt(e.Text, 200))
	}
	var why []string
	for _, reason := range c.Route {
		why = append(why, route.ReasonText(reason, d.Directory(), name))
	}
	out.pair(l.f(pfRoute), strings.Join(why, l.f(pSemicolon)))
	if e, ok := last(events, ticket.Transfer, ticket.Return); ok {
		out.pair(l.f(pfReason), e.Text)
		if e.Action == ticket.Return && c.State == ticket.Returned {
			_, known := d.Directory().Station(e.Object) // not before returns named one, or since it was removed
			if known {
				out.pair(l.f(pfAdvice), d.stationName(e.Object, l))
			}
			if known && e.Object != c.Station && (role == ticket.RoleSupervisor || slices.Contains(c.Possible(role), ticket.Transfer)) {
				buttons = append(buttons, row(Button{Text: l.f(pbFollow, d.stationName(e.Object, l)), Data: data("t", "follow", c.ID)}))
			}
		}
	}
	buttons = append(buttons, d.suggestedButtons(c, role, l)...)
	return Reply{Text: out, Ref: data("card", c.ID), Replace: true, Buttons: append(buttons, l.cardButtons(c, role)...)}, nil
}

// last returns the latest event with one of the actions.
func last(events []ticket.Event, actions ...ticket.Action) (ticket.Event, bool) {
	for _, e := range slices.Backward(events) {
		if slices.Contains(actions, e.Action) {
			return e, true
		}
	}
	return ticket.Event{}, false
}

// latest returns the last n events in which those who have to do with the case
// spoke to each other, files without words aside.
func latest(events []ticket.Event, n int) []ticket.Event {
	var said []ticket.Event
	for _, e := range events {
		switch e.Action {
		case ticket.Reply, ticket.Ask, ticket.Resolve, ticket.Correct, ticket.Supply, ticket.Note, ticket.Unsolved,
			ticket.Report, ticket.Comment, ticket.Urge:
			if e.Text != "" {
				said = append(said, e)
			}
		}
	}
	return said[max(len(said)-n, 0):]
}

// voice says to colleagues who took a step on c and which: staff by the name that
// colleagues see, which no requester is shown, everybody else as what they are.
func (d *Desk) voice(ctx context.Context, tx Tx, e ticket.Event, c ticket.Ticket, l lang) (string, error) {
	who := e.Role.Label(string(l))
	switch {
	case owns(e.Role):
		if e.Actor != c.Requester {
			who = l.f(pMergedOwner)
		}
	case e.Role != ticket.RoleSystem && e.Actor != "":
		p, err := tx.Person(ctx, e.Actor)
		if err != nil && ticket.CodeOf(err) != ticket.NotFound {
			return "", err
		}
		switch {
		case p.Label == "":
		case e.Role == ticket.RoleHelper: // of another station
			who = l.f(pNamedHelper, p.Label, who)
		default:
			who = p.Label
		}
	}
	return who + " " + e.Action.Label(string(l)), nil
}

// mainActions are the buttons of a card in their order; what else is possible is
// behind one more.
var mainActions = map[ticket.Role][]ticket.Action{
	ticket.RoleHelper: {ticket.Report, ticket.Comment},
	ticket.RoleAgent: {
		ticket.Accept, ticket.Reply, ticket.Record, ticket.Resolve, ticket.Correct, ticket.Ask, ticket.Transfer, ticket.Return, ticket.Reject,
		ticket.Comment,
	},
	ticket.RoleSupervisor: {ticket.Grant, ticket.Decline, ticket.Assign, ticket.Urge, ticket.TakeOver, ticket.Unmerge, ticket.Comment},
}

// actions returns a button for each thing that the role can do about the case
// now: those of its card, and the others.
func (l lang) actions(c ticket.Ticket, role ticket.Role) (main, rest []Button) {
	can := c.Offered(role)
	button := func(a ticket.Action) Button {
		return Button{Text: a.Label(string(l)), Data: data("t", string(a), c.ID)}
	}
	for _, a := range mainActions[role] {
		if slices.Contains(can, a) {
			main = append(main, button(a))
		}
	}
	for _, a := range can {
		if !slices.Contains(mainActions[role], a) {
			rest = append(rest, button(a))
		}
	}
	return main, rest
}

// cardButtons are what staff in the role can do about the case now.
func (l lang) cardButtons(c ticket.Ticket, role ticket.Role) [][]Button {
	main, rest := l.actions(c, role)
	if len(rest) > 0 {
		main = append(main, Button{Text: l.f(pbMoreActions), Data: data("t", "menu", c.ID)})
	}
	rows := grid(3, main...)
	if role != ticket.RoleHelper && slices.Contains(c.Offered(role), ticket.Reply) {
		rows = append(rows, row(Button{Text: l.f(pbQuick), Data: data("t", "quick", c.ID)}, Button{Text: l.f(pbReference), Data: data("t", "hint", c.ID)}))
	}
	return rows
}
