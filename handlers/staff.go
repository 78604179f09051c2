package handlers

import (
	"context"
	"math"
	"slices"
	"strconv"
	"strings"

	"liaison/knowledge"
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
	ms, err := t.memberships(ctx, t.tx, t.me.ID)
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
	s, ok, err := t.stationAt(ctx, t.tx, t.m.From)
	if err != nil {
		return err
	}
	if at, err := t.tx.Moved(ctx, groupOf(s)); err != nil {
		return err
	} else if ok && (s.TopicPerCase || at == t.m.From) { // elsewhere the number of this topic is what is wanted
		return t.tell(ctx, pGroupOf, s.Label(string(t.lang)))
	}
	if t.m.From.Thread != 0 {
		return t.tell(ctx, pGroupThread, t.m.From.Chat, t.m.From.Thread)
	}
	return t.tell(ctx, pGroupUnknown, t.m.From.Chat)
}

// enterCode uses an invitation up for the person.
func (t *turn) enterCode(ctx context.Context, code string) error {
	before, err := t.memberships(ctx, t.tx, t.me.ID)
	if err != nil {
		return err
	}
	// A mistyped code is typed again: the next text must not be taken for a
	// question, and a code must not be kept among the unanswered ones.
	if err := t.turnTo(ctx, data("act", "code")); err != nil {
		return err
	}
	if wait := t.prepared.Wait; wait > 0 {
		return t.tell(ctx, pCodeLater, int(math.Ceil(wait.Minutes())))
	}
	if _, err := t.Redeem(ctx, t.tx, t.me.ID, code); ticket.CodeOf(err) == ticket.NotFound {
		return t.tell(ctx, pBadCode)
	} else if err != nil {
		return err
	}
	t.expect("")
	after, err := t.memberships(ctx, t.tx, t.me.ID)
	if err != nil {
		return err
	}
	for _, m := range after {
		if slices.Contains(before, m) {
			continue
		}
		switch m.Role {
		case ticket.RoleObserver:
			if err := t.tell(ctx, pNowObserver); err != nil {
				return err
			}
			return t.observerHome(ctx, m)
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

// desk shows staff what there is to do at their stations, and apart from it what waits
// for its requester.
func (t *turn) desk(ctx context.Context) error {
	v, err := t.Viewer(ctx, t.tx, t.me.ID)
	if err != nil {
		return err
	}
	var out lines
	var b []Button
	for i, part := range []struct {
		title  phrase
		states []ticket.State
		most   int
	}{{pDesk, ticket.WithStation, 20}, {pDeskWaits, ticket.WithRequester, 10}} {
		cases, err := t.tx.Tickets(ctx, ticket.Filter{States: part.states, Limit: part.most + 1, Stations: v.Reach(), NotOf: v.Person, ByDue: true})
		if err != nil {
			return err
		}
		count := strconv.Itoa(len(cases))
		if len(cases) > part.most {
			cases, count = cases[:part.most], strconv.Itoa(part.most)+"+"
		}
		if i > 0 {
			if len(cases) == 0 {
				break
			}
			out.gap()
		}
		out.bold(t.lang.f(part.title, count))
		for _, c := range cases {
			line := t.headline(c)
			if c.Overdue(t.Now()) {
				line += t.lang.f(pOverdue)
			}
			out.text(line)
			b = append(b, Button{Text: c.ID, Data: data("t", "view", c.ID)})
		}
	}
	rows := append(grid(2, b...),
		row(t.button(pbNextCase, "menu", "next"), t.button(pbMyCases, "menu", "my")),
		row(t.button(pbSearch, "menu", "search"), t.button(pbQuick, "menu", "quick")))
	if t.Console != "" {
		rows = append(rows, row(t.button(pbConsole, "code")))
	}
	if rows, err = t.awayButton(ctx, &out, rows); err != nil {
		return err
	}
	return t.say(ctx, Reply{Text: out, Buttons: rows})
}

// pressLoginCode hands out a code for the console.
func (t *turn) pressLoginCode(ctx context.Context, _ []string) error {
	ms, err := t.memberships(ctx, t.tx, t.me.ID)
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

// finance is /finance: what the library says of financing, and a way to ask for it.
func (t *turn) finance(ctx context.Context) error {
	var units []string
	var b []Button
	services := t.Answerer.Library().Topic(route.TopicFinance)
	services = slices.DeleteFunc(services, func(u knowledge.Unit) bool {
		c, ok := t.Cite(u.ID)
		return !ok || !c.InForce
	})
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
