package handlers

import (
	"bytes"
	"context"
	"encoding/json"
	"slices"
	"time"

	"liaison/ticket"
	"liaison/ticket/visit"
)

// dataEvery is how often somebody may have all that is held about him or her.
const dataEvery = time.Hour

// maxData is far more than a person's data can be, in bytes.
const maxData = 64 << 20

// myData is /mydata: all that is held about the person, as a file.
func (t *turn) myData(ctx context.Context) error {
	switch {
	case t.prepared.Data != nil:
		t.conv.DataAt = t.Now()
		r := words(t.lang.f(pDataHere) + "\n" + t.lang.f(pDataOnlyHere))
		r.Files, r.Passing = []ticket.File{*t.prepared.Data}, true
		return t.say(ctx, r)
	case t.Now().Before(t.conv.DataAt.Add(dataEvery)):
		return t.tell(ctx, pDataLater, t.lang.when(t.conv.DataAt.Add(dataEvery)))
	default:
		return t.tell(ctx, pDataNone)
	}
}

// prepareData makes the file, unless the person has had one lately.
func (d *Desk) prepareData(ctx context.Context, m Message, conv conversation) (p Prepared, err error) {
	if d.Files == nil || d.Now().Before(conv.DataAt.Add(dataEvery)) {
		return p, nil
	}
	var all dossier
	err = d.Store.View(ctx, func(tx Tx) error {
		l := langOf(string(conv.Lang), m.Lang)
		me, err := tx.Known(ctx, m.From.Channel, m.User)
		if ticket.CodeOf(err) == ticket.NotFound { // the first message ever: nothing but this is known
			all = dossier{About: explained, Fields: dataFields, Made: cst(d.Now())}
			return nil
		}
		if err == nil {
			all, err = d.dossier(ctx, tx, me, l)
		}
		return err
	})
	if err != nil {
		return p, err
	}
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	if err := enc.Encode(all); err != nil {
		return p, err
	}
	f, err := d.Files.Put(ctx, &b, "my-data-"+d.Now().In(ticket.CST).Format("20060102-1504")+".json", maxData)
	p.Data = &f
	return p, err
}

// cst writes a moment in the city's time, "" for none.
func cst(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.In(ticket.CST).Format(time.RFC3339)
}

func dataFiles(files []ticket.File) (out []dataFile) {
	for _, f := range files {
		out = append(out, dataFile{f.Name, f.Size, f.Hash})
	}
	return out
}

// dossier collects what is held about the person, with labels in the language.
func (d *Desk) dossier(ctx context.Context, tx Tx, me Person, l lang) (all dossier, err error) {
	all = dossier{
		About: explained, Fields: dataFields, Made: cst(d.Now()),
		Person: dataPerson{me.ID, me.Lang, me.Label, cst(me.CreatedAt), me.Declines},
		Cases:  []dataCase{},
	}
	accounts, err := tx.Accounts(ctx, me.ID)
	if err != nil {
		return all, err
	}
	for _, a := range accounts {
		all.Accounts = append(all.Accounts, dataAccount{a.Channel, a.User, a.Chat, a.Blocked})
	}
	if all.Roles, err = d.dataRoles(ctx, tx, me, l); err != nil {
		return all, err
	}
	if all.Cases, err = d.dataCases(ctx, tx, me, l); err != nil {
		return all, err
	}
	if all.Visits, err = d.dataVisits(ctx, tx, me, l); err != nil {
		return all, err
	}
	held, err := tx.Held(ctx, me.ID)
	if err != nil {
		return all, err
	}
	all.Sessions, all.Notes = held.Sessions, held.Notes
	for _, q := range held.Questions {
		all.Questions = append(all.Questions, dataQuestion{q.Question, cst(q.At), string(q.Reason), q.Waits})
	}
	for _, h := range held.Helped {
		all.Helpful = append(all.Helpful, dataHelpful{h.Question, h.Unit, cst(h.At)})
	}
	for _, m := range held.Messages {
		from := "bot"
		if m.Mine {
			from = "me"
		}
		all.Messages = append(all.Messages, dataMessage{m.Channel, from, cst(m.At), m.Text, dataFiles(m.Files)})
	}
	for _, k := range held.Talks {
		var conv conversation
		if err := json.Unmarshal(k.State, &conv); err != nil {
			return all, err
		}
		all.Conversation = append(all.Conversation, d.dataTalk(conv, k.At, l))
	}
	return all, nil
}

func (d *Desk) dataRoles(ctx context.Context, tx Tx, me Person, l lang) (out []dataRole, err error) {
	ms, err := tx.Memberships(ctx, me.ID)
	if err != nil {
		return nil, err
	}
	away, err := tx.Absence(ctx, me.ID, d.Now())
	if err != nil {
		return nil, err
	}
	for _, m := range ms {
		r := dataRole{Role: m.Role.Label(string(l)), Until: cst(m.Until), AwaySince: cst(away.Since), AwayUntil: cst(away.Until)}
		if m.Station != "" {
			r.Station = d.stationName(m.Station, l)
			duties, err := tx.Duties(ctx, m.Station)
			if err != nil {
				return nil, err
			}
			for _, duty := range duties {
				if duty.Person == me.ID {
					r.Duty = append(r.Duty, string(duty.Day))
				}
			}
		}
		out = append(out, r)
	}
	return out, nil
}

// dataCases are the person's cases with what a requester sees of their histories: see
// shownStep.
func (d *Desk) dataCases(ctx context.Context, tx Tx, me Person, l lang) ([]dataCase, error) {
	out := []dataCase{}
	missed, err := tx.Unheard(ctx, me.ID)
	if err != nil {
		return nil, err
	}
	unheard := make(map[string]bool)
	for _, m := range missed {
		unheard[m.Ticket] = true
	}
	const page = 500
	for n := 0; ; n += page {
		cases, err := tx.Tickets(ctx, ticket.Filter{Requester: me.ID, Limit: page, Offset: n})
		if err != nil {
			return nil, err
		}
		for _, c := range cases {
			one, err := d.dataCase(ctx, tx, c, l)
			if err != nil {
				return nil, err
			}
			one.Missed = unheard[c.ID]
			out = append(out, one)
		}
		if len(cases) < page {
			return out, nil
		}
	}
}

func (d *Desk) dataCase(ctx context.Context, tx Tx, c ticket.Ticket, l lang) (dataCase, error) {
	c, events, _, err := d.asLeft(ctx, tx, c)
	if err != nil {
		return dataCase{}, err
	}
	one := dataCase{
		Number: c.ID, Kind: c.Kind.Label(string(l)), State: c.State.Label(string(l)), Station: d.stationName(c.Station, l),
		Urgent: c.Urgent, Text: c.Text, Company: c.Company, Contact: c.Contact, Consent: c.Consent,
		Submitted: cst(c.CreatedAt), AcceptBy: cst(c.AcceptBy), AnswerBy: cst(c.AnswerBy), Closed: cst(c.ClosedAt),
		MergedInto: c.MergedInto, Financing: c.Funds, History: []dataStep{},
	}
	if town, ok := d.Directory().Town(c.Town); ok {
		one.Town = town.Label(string(l))
	}
	if topic, ok := d.Directory().Topic(c.Category); ok {
		one.Topic = topic.Label(string(l))
	}
	if c.State == ticket.Answered || c.State == ticket.Closed { // told with the answer, not before
		one.Result = d.OutcomeText(string(l), c.Outcome)
	}
	if c.Rating != (ticket.Rating{}) {
		one.Rating = &dataRating{c.Rating.Solved, c.Rating.Score, c.Rating.Comment}
	}
	// What was done in the case that it was merged into comes among its own steps.
	over, err := d.findingOver(ctx, tx, c)
	if err != nil {
		return dataCase{}, err
	}
	elsewhere, err := d.followedSteps(ctx, tx, c, events, over)
	if err != nil {
		return dataCase{}, err
	}
	events = slices.DeleteFunc(events, func(e ticket.Event) bool {
		return owns(e.Role) && e.Actor != c.Requester // said by the requester of a case that was merged into this one
	})
	events = append(events, elsewhere...)
	slices.SortStableFunc(events, func(a, b ticket.Event) int { return a.At.Compare(b.At) })
	for _, e := range events {
		who, what, said, shown := l.shownStep(e, d.stationName(e.Station, l))
		if !shown {
			continue
		}
		step := dataStep{At: cst(e.At), By: who, Step: what, Words: said}
		if e.Ticket != c.ID {
			step.In = e.Ticket
		}
		if said != "" || owns(e.Role) || speaks(e.Action) {
			step.Files = dataFiles(e.Files)
		}
		one.History = append(one.History, step)
	}
	return one, nil
}

// dataVisits are the visits that the person made, those that were removed among them. What staff
// wrote down of others' visits is the station's.
func (d *Desk) dataVisits(ctx context.Context, tx Tx, me Person, l lang) (out []dataVisit, err error) {
	const page = 500
	for _, state := range []visit.State{visit.Draft, visit.Filed, visit.Removed} {
		for n := 0; ; n += page {
			visits, err := tx.Visits(ctx, visit.Filter{State: state, Observer: me.ID, Limit: page, Offset: n})
			if err != nil {
				return nil, err
			}
			for _, v := range visits {
				one, err := d.dataVisit(ctx, tx, v, me, l)
				if err != nil {
					return nil, err
				}
				out = append(out, one)
			}
			if len(visits) < page {
				break
			}
		}
	}
	return out, nil
}

func (d *Desk) dataVisit(ctx context.Context, tx Tx, v visit.Visit, me Person, l lang) (dataVisit, error) {
	one := dataVisit{State: string(v.State), Visitor: v.Visitor, Companies: v.Companies, Met: v.Met, Files: dataFiles(v.AllFiles()), Filed: cst(v.FiledAt)}
	if v.Station != "" {
		one.Station = d.stationName(v.Station, l)
	}
	if town, ok := d.Directory().Town(v.Town); ok {
		one.Town = town.Label(string(l))
	}
	if !v.Day.IsZero() {
		one.Day = v.Day.In(ticket.CST).Format(time.DateOnly)
	}
	for _, o := range v.Opinions {
		one.Opinions = append(one.Opinions, o.Text)
	}
	corrections, err := tx.Corrections(ctx, v.ID)
	for _, c := range corrections {
		by := "station"
		if c.By == me.ID {
			by = "me"
		}
		one.Corrections = append(one.Corrections, dataCorrection{cst(c.At), by, string(c.Field), c.Was, c.Became})
	}
	return one, err
}

// dataTalk is what is remembered of a talk: the person's own words.
func (d *Desk) dataTalk(conv conversation, at time.Time, l lang) dataConversation {
	out := dataConversation{At: cst(at)}
	if f := conv.Form; f != nil {
		out.Form = &dataForm{Kind: f.Kind.Label(string(l)), Text: f.Text, Company: f.Company, Contact: f.Contact, Files: dataFiles(f.Files)}
		if town, ok := d.Directory().Town(f.Town); ok {
			out.Form.Town = town.Label(string(l))
		}
		if f.Kind == ticket.Financing {
			out.Form.Financing = &f.Funds
		}
	}
	for _, a := range conv.Asked {
		out.Questions = append(out.Questions, dataQuestionAsked{a.Text, cst(a.At), a.Rated})
	}
	for _, s := range conv.Said {
		out.Recent = append(out.Recent, s.Text)
	}
	if conv.Outgoing != nil {
		out.Outgoing = conv.Outgoing.Text
	}
	return out
}
