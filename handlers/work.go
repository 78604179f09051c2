package handlers

import (
	"context"
	"slices"

	"liaison/ticket"
)

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
	role := staffRole(v, c)
	if role == "" {
		if c.Requester == t.me.ID {
			return t.toast(ctx, pOwnCase)
		}
		return t.toast(ctx, pNotYours)
	}
	here, err := t.viewerHere(ctx)
	if err != nil {
		return err
	}
	a := ticket.Action(verb)
	switch {
	case verb == "view" && staffRole(here, c) == "":
		return ticket.Errorf(ticket.NotFound, "case %s is not for this group", id)
	case verb == "view":
		return t.card(ctx, c, staffRole(here, c))
	case verb == "menu":
		return t.menuOf(ctx, c, role)
	case verb == "drop":
		t.conv.Outgoing = nil
		if err := t.toast(ctx, pCancelled); err != nil {
			return err
		}
		return t.turnTo(ctx, "")
	case verb == "follow":
		return t.followAdvice(ctx, c, role)
	case verb == "lend" && len(args) == 3 && slices.Contains(c.Offered(role), ticket.Record):
		return t.lentBy(ctx, c, args[2])
	case verb == "suggested" && len(args) == 3:
		return t.takeSuggestion(ctx, c, role, args[2])
	case slices.Contains(tools, verb) && (!works(v, c) || !works(here, c)):
		return t.toast(ctx, pForbidden)
	case verb == "hint":
		return t.showReference(ctx, c)
	case verb == "take" && len(args) == 3:
		return t.takeOffer(ctx, c, here, args[2])
	case verb == "quick":
		return t.pickQuick(ctx, c, here)
	case verb == "use" && len(args) == 3:
		return t.useQuick(ctx, c, here, args[2])
	case verb == "send":
		return t.pressSend(ctx, c, args[2:])
	case verb == "edit":
		return t.pressEdit(ctx, c, args[2:])
	case !forStaff(a):
		return t.toast(ctx, pOldButton)
	case !slices.Contains(c.Offered(role), a):
		return t.tooLate(ctx, c, role)
	}
	tr, _ := ticket.Lookup(a)
	switch {
	case tr.Wants(ticket.NeedResult):
		return t.pressRecord(ctx, c, args)
	case a == ticket.Resolve && c.Unresolved():
		return t.listResults(ctx, c, pResultFirst)
	}
	step := ticket.Step{Action: a}
	if tr.Wants(ticket.NeedStation) {
		if len(args) == 2 {
			return t.listStations(ctx, c, a)
		}
		step.Station = args[2]
		if a != ticket.Return && a != ticket.Release { // before the reason is written
			if err := t.mustReach(ctx, t.tx, c, step); err != nil {
				return err
			}
		}
	}
	if tr.Wants(ticket.NeedPerson) {
		if len(args) == 2 {
			return t.listColleagues(ctx, c)
		}
		step.Person = args[2]
	}
	if tr.Wants(ticket.NeedCase) {
		if len(args) == 2 {
			return t.listCases(ctx, c, a)
		}
		step.Case = args[2]
	}
	if p, ok := prompts[a]; ok && speaks(a) {
		return t.askForWords(ctx, c, a, p)
	} else if ok {
		return t.await(ctx, p, data(append([]string{"act"}, args...)...), id, t.label())
	}
	return t.atOnce(ctx, c, step)
}

// tools are the buttons of a card that help to answer it.
var tools = []string{"hint", "take", "quick", "use", "send", "edit"}

// staffRole returns the role in which the viewer works on the case, "" when he
// or she does not: as its requester at most.
func staffRole(v ticket.Viewer, c ticket.Ticket) ticket.Role {
	switch role := v.Sees(c); role {
	case ticket.RoleHelper, ticket.RoleAgent, ticket.RoleSupervisor:
		return role
	default:
		return ""
	}
}

// works reports whether the viewer works on the case in a way that lets him or
// her decide on it: not as a helper.
func works(v ticket.Viewer, c ticket.Ticket) bool {
	role := staffRole(v, c)
	return role != "" && role != ticket.RoleHelper
}

// forStaff reports whether staff take the action, in whatever role.
func forStaff(a ticket.Action) bool {
	return ticket.May(ticket.RoleHelper, a) || ticket.May(ticket.RoleAgent, a) || ticket.May(ticket.RoleSupervisor, a)
}

// prompts ask for the words that a step of staff needs. The first argument is
// the case, the second who is asked.
var prompts = map[ticket.Action]phrase{
	ticket.Reply: pWriteReply, ticket.Ask: pWriteAsk, ticket.Transfer: pWriteTransfer,
	ticket.Return: pWriteReturn, ticket.Reject: pWriteReject, ticket.Resolve: pWriteResolve, ticket.Correct: pWriteCorrect,
	ticket.Involve: pWriteInvolve, ticket.Report: pWriteReport, ticket.Comment: pWriteComment, ticket.Urge: pWriteUrge,
	ticket.Hand: pWriteHand, ticket.Unmerge: pWriteUnmerge, ticket.Extend: pWriteExtend, ticket.Decline: pWriteDecline,
}

// atOnce takes a step that needs no words.
func (t *turn) atOnce(ctx context.Context, c ticket.Ticket, s ticket.Step) error {
	c, err := t.Act(ctx, t.tx, t.me.ID, c.ID, s)
	if err != nil {
		return err
	}
	if s.Action == ticket.Accept {
		return t.toast(ctx, pAccepted, c.ID)
	}
	return t.toast(ctx, pDone, s.Action.Label(string(t.lang)), c.ID, c.State.Label(string(t.lang)))
}

// followAdvice gives a case that was returned to the station that the return
// named, for the reason that it gave.
func (t *turn) followAdvice(ctx context.Context, c ticket.Ticket, role ticket.Role) error {
	events, err := t.tx.Events(ctx, c.ID)
	if err != nil {
		return err
	}
	e, ok := last(events, ticket.Return)
	if !ok || c.State != ticket.Returned {
		return t.tooLate(ctx, c, role)
	}
	a := ticket.Transfer
	if role == ticket.RoleSupervisor {
		a = ticket.Assign
	}
	return t.atOnce(ctx, c, ticket.Step{Action: a, Station: e.Object, Text: e.Text})
}

// menuOf offers what is done to a case less often.
func (t *turn) menuOf(ctx context.Context, c ticket.Ticket, role ticket.Role) error {
	_, rest := t.lang.actions(c, role)
	if len(rest) == 0 {
		return t.tooLate(ctx, c, role)
	}
	r := words(t.lang.f(pMoreAbout, c.ID))
	r.Buttons = append(grid(3, rest...), row(t.button(pbBack, "t", "drop", c.ID)))
	return t.say(ctx, r)
}

// label is how colleagues see the person.
func (t *turn) label() string { return orElse(t.me.Label, t.lang.f(pColleague)) }

// tooLate tells somebody who pressed a button that another press came first.
func (t *turn) tooLate(ctx context.Context, c ticket.Ticket, role ticket.Role) error {
	if c.Assignee != "" && c.Assignee != t.me.ID {
		if p, err := t.tx.Person(ctx, c.Assignee); err == nil {
			return t.toast(ctx, pTaken, orElse(p.Label, t.lang.f(pColleague)), c.State.Label(string(t.lang)))
		}
	}
	return &ticket.Error{Code: ticket.Illegal, State: c.State, Possible: c.Offered(role)}
}

// listStations asks which station the action is about.
func (t *turn) listStations(ctx context.Context, c ticket.Ticket, a ticket.Action) error {
	var b []Button
	for _, s := range t.Directory().Stations() {
		if a == ticket.Release && !slices.Contains(c.Helpers, s.ID) {
			continue
		}
		if s.ID != c.Station && !(a == ticket.Involve && slices.Contains(c.Helpers, s.ID)) {
			b = append(b, Button{Text: s.Label(string(t.lang)), Data: data("t", string(a), c.ID, s.ID)})
		}
	}
	p := map[ticket.Action]phrase{ticket.Return: pWhoseIsIt, ticket.Involve: pWhoHelps, ticket.Release: pWhoLeaves}[a]
	if p == (phrase{}) {
		p = pWhichStation
	}
	return t.offer(ctx, p, append(grid(2, b...), row(t.button(pbBack, "t", "drop", c.ID)))...)
}
