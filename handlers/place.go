package handlers

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"time"

	"liaison/ticket"
	"liaison/ticket/route"
)

// stationAt returns the station whose group the address is in, wherever that has
// moved: the one that posts to this very topic, else the one with a topic for each
// case, else the only one that posts to the group. It is false where there is none.
func (d *Desk) stationAt(ctx context.Context, tx Tx, a Address) (route.Station, bool, error) {
	groups, err := d.groups(ctx, tx)
	if err != nil {
		return route.Station{}, false, err
	}
	groups = slices.DeleteFunc(groups, func(g group) bool { return g.at.Lane() != a.Lane() })
	for _, mine := range []func(g group) bool{
		func(g group) bool { return g.at.Thread == a.Thread && !g.station.TopicPerCase },
		func(g group) bool { return g.station.TopicPerCase },
		func(group) bool { return len(groups) == 1 },
	} {
		if i := slices.IndexFunc(groups, mine); i >= 0 {
			return groups[i].station, true, nil
		}
	}
	return route.Station{}, false, nil
}

// topicOf is the topic of the case that a reply to the station is about, nil when
// it is about none. It ends with the case, and with the station's part in it.
func (d *Desk) topicOf(ctx context.Context, tx Tx, s route.Station, ref string) (*Topic, error) {
	kind, id, _ := strings.Cut(ref, ":")
	if kind != "ticket" && kind != "card" {
		return nil, nil
	}
	c, err := tx.Ticket(ctx, id)
	if err != nil {
		return nil, err
	}
	t := &Topic{Key: c.ID, Name: c.ID + " " + c.Kind.Label(string(zh)) + " " + excerpt(c.Text, 40)}
	has := c.Station == s.ID || c.Keeper() == s.ID || slices.Contains(c.Helpers, s.ID)
	switch {
	case !c.Open():
		t.Closed, t.Name = true, c.State.Label(string(zh))+" "+t.Name
	case !has:
		t.Closed, t.Name = true, zh.f(pTopicGone)+" "+t.Name
	}
	return t, nil
}

// blocked notes that a person does not want messages, or that a group has thrown
// the bot out.
func (d *Desk) blocked(ctx context.Context, tx Tx, m Message) error {
	if m.Group {
		return d.lose(ctx, tx, m.From, WhyRemoved)
	}
	return d.cutOff(ctx, tx, m.From, WhyBlocked)
}

// cutOff notes that a private chat takes nothing. Where the person does not want
// messages or is gone it is not tried again before the person is back, and the
// supervisors hear which stations have nobody left by that.
func (d *Desk) cutOff(ctx context.Context, tx Tx, at Address, why Why) error {
	at.Thread = 0
	if _, err := tx.SaveUnreached(ctx, at, why, d.Now()); err != nil || why != WhyBlocked && why != WhyGone {
		return err
	}
	person, err := tx.Block(ctx, at.Channel, at.Chat)
	if err != nil || person == "" {
		return err
	}
	return d.warnStations(ctx, tx, person)
}

// lose notes that a group takes nothing and tells the people of each station
// that it is for, and the supervisors, once and with what to do.
func (d *Desk) lose(ctx context.Context, tx Tx, at Address, why Why) error {
	at.Thread = 0
	fresh, err := tx.SaveUnreached(ctx, at, why, d.Now())
	if err != nil || !fresh {
		return err
	}
	groups, err := d.groups(ctx, tx)
	for _, g := range groups {
		if err != nil || g.at.Lane() != at.Lane() {
			continue
		}
		err = d.tellKeepers(ctx, tx, g.station.ID, func(l lang) (Reply, error) {
			return words(l.f(pGroupLost, g.station.Label(string(l)), why.Label(string(l)))), nil
		})
		if err == nil {
			err = d.warn(ctx, tx, g.station.ID)
		}
	}
	return err
}

// tellKeepers tells a station's agents and the supervisors in private, each once.
func (d *Desk) tellKeepers(ctx context.Context, tx Tx, station string, say func(lang) (Reply, error)) error {
	agents, err := d.members(ctx, tx, ticket.RoleAgent, station)
	if err != nil {
		return err
	}
	bosses, err := d.members(ctx, tx, ticket.RoleSupervisor, "")
	if err != nil {
		return err
	}
	told := make(map[string]bool)
	for _, m := range append(agents, bosses...) {
		if told[m.Person] {
			continue
		}
		told[m.Person] = true
		if _, err := d.tellPerson(ctx, tx, m.Person, say); err != nil {
			return err
		}
	}
	return nil
}

// WithoutTopic says once, in the group itself and to those who can help, that
// cases have no topics there or that the configured one is gone.
func (d *Desk) WithoutTopic(ctx context.Context, tx Tx, to Address, why Why) error {
	at := to
	if why == WhyNoTopics {
		at.Thread = 0
	}
	fresh, err := tx.SaveUnreached(ctx, at, why, d.Now())
	if err != nil || !fresh {
		return err
	}
	p := pNoTopics
	if why == WhyNoTopic {
		p = pNoTopic
	}
	at.Thread = 0
	if err := tx.Send(ctx, at, words(zh.f(p))); err != nil {
		return err
	}
	s, ok, err := d.stationAt(ctx, tx, to)
	if err != nil || !ok {
		return err
	}
	return d.tellKeepers(ctx, tx, s.ID, func(l lang) (Reply, error) {
		return words(s.Label(string(l)) + l.f(pColon) + l.f(p)), nil
	})
}

// Lost is something that does not arrive, as supervisors see it. One of Station,
// Person and Case says where.
type Lost struct {
	Station string // whose group it is
	Person  string // a colleague
	Case    string // its requester, whoever that is
	Why     Why
	Since   time.Time
}

// Lost lists the groups and colleagues that cannot be reached, and the cases whose
// requesters have not got word of them.
func (d *Desk) Lost(ctx context.Context, tx Tx) ([]Lost, error) {
	var all []Lost
	chats, err := tx.Unreached(ctx)
	if err != nil {
		return nil, err
	}
	groups, err := d.groups(ctx, tx)
	if err != nil {
		return nil, err
	}
	for _, u := range chats {
		for _, g := range groups {
			// What has been configured otherwise since is nobody's trouble any more.
			past := u.Why == WhyNoTopics && !g.station.TopicPerCase || u.Why == WhyNoTopic && u.At.Thread != g.at.Thread
			if g.at.Lane() == u.At.Lane() && !past {
				all = append(all, Lost{Station: g.station.ID, Why: u.Why, Since: u.Since})
			}
		}
		if u.Person == "" {
			continue
		}
		ms, err := d.memberships(ctx, tx, u.Person)
		if err != nil {
			return nil, err
		}
		if isStaff(ms) {
			all = append(all, Lost{Person: u.Person, Why: u.Why, Since: u.Since})
		}
	}
	cases, err := tx.Unheard(ctx, "")
	for _, m := range cases {
		all = append(all, Lost{Case: m.Ticket, Why: m.Why, Since: m.Since})
	}
	return all, err
}

// group is a station with where its group is now.
type group struct {
	station route.Station
	at      Address
}

func (d *Desk) groups(ctx context.Context, tx Tx) (all []group, err error) {
	for _, s := range d.Directory().Stations() {
		if s.ChatID == 0 {
			continue
		}
		at, err := tx.Moved(ctx, groupOf(s))
		if err != nil {
			return nil, err
		}
		all = append(all, group{s, at})
	}
	return all, nil
}

// listLost adds to a supervisor's overview what does not arrive, if anything.
func (t *turn) listLost(ctx context.Context, out *lines) error {
	const most = 10
	lost, err := t.Lost(ctx, t.tx)
	if err != nil || len(lost) == 0 {
		return err
	}
	out.gap()
	out.bold(t.lang.f(pLost) + t.lang.f(pColon) + strconv.Itoa(len(lost)))
	for _, l := range lost[:min(len(lost), most)] {
		out.text(t.LostName(ctx, t.tx, l, string(t.lang)) + t.lang.f(pColon) + l.Why.Label(string(t.lang)) + t.lang.f(pSince, t.lang.when(l.Since)))
	}
	return nil
}

// LostName says in the language what it is that does not get anything.
func (d *Desk) LostName(ctx context.Context, tx Tx, lost Lost, language string) string {
	l := langOf(language, "")
	switch {
	case lost.Station != "":
		return l.f(pLostGroup, d.stationName(lost.Station, l))
	case lost.Case != "":
		return l.f(pLostCase, lost.Case)
	}
	label := l.f(pColleague)
	if p, err := tx.Person(ctx, lost.Person); err == nil {
		label = orElse(p.Label, label)
	}
	return l.f(pLostPerson, label)
}
