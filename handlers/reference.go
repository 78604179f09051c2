package handlers

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"liaison/knowledge"
	"liaison/ticket"
)

// Reference is what an agent may answer a case from. Nothing of it is sent by
// itself.
type Reference struct {
	// Answer is what the library answers, nil when it has no answer; Near are then
	// the clauses that come nearest.
	Answer *knowledge.Answer
	Near   []Near
	// Solved are similar cases that were solved, the most alike first.
	Solved []Precedent
}

// Precedent is what a station answered in another case. It holds no words of the
// requester of that case.
type Precedent struct {
	Case    string
	Station string
	At      time.Time // of the answer
	Text    string
}

const (
	// maxPrecedents is how many similar cases are shown.
	maxPrecedents = 3
	// knownSolved is how far back similar cases are looked for.
	knownSolved = 500
)

// Reference returns what there is to answer the case from for a viewer who works on
// it: what the library says, and what was answered in similar solved cases that the
// viewer works on too. A case that the viewer does not work on is NotFound. It asks
// the library and must not be called in a transaction.
func (d *Desk) Reference(ctx context.Context, v ticket.Viewer, id string) (Reference, error) {
	var c ticket.Ticket
	var r Reference
	err := d.Store.View(ctx, func(tx Tx) (err error) {
		if c, err = tx.Ticket(ctx, id); err != nil {
			return err
		}
		if !works(v, c) {
			return ticket.Errorf(ticket.NotFound, "case %s is not worked on by the viewer", id)
		}
		r.Solved, err = d.precedents(ctx, tx, v, c)
		return err
	})
	if err != nil {
		return Reference{}, err
	}
	question := knowledge.MaskPersonal(excerpt(c.Text, maxQuestion))
	if question == "" {
		return r, nil // files alone
	}
	a := d.Answerer.Answer(ctx, knowledge.Question{Text: question, Lang: string(zh)})
	switch a.Decision {
	case knowledge.Answered:
		r.Answer = &a
	case knowledge.Clarify:
		for _, choice := range a.Choices {
			r.Near = append(r.Near, Near{Unit: choice.Unit, Title: choice.Title})
		}
	default:
		r.Near = d.FindUnits(question)
	}
	r.Near = r.Near[:min(len(r.Near), maxNear)]
	return r, nil
}

// precedents finds similar cases that their requesters called solved, with the
// answer of the station.
func (d *Desk) precedents(ctx context.Context, tx Tx, v ticket.Viewer, c ticket.Ticket) (out []Precedent, err error) {
	cases, err := tx.Tickets(ctx, ticket.Filter{States: []ticket.State{ticket.Closed}, Stations: v.Reach(), NotOf: v.Person, Limit: knownSolved})
	if err != nil {
		return nil, err
	}
	var solved []ticket.Ticket
	for _, o := range cases {
		if o.Rating.Solved && !o.Erased() && works(v, o) {
			solved = append(solved, o)
		}
	}
	for _, o := range ticket.Precedents(c, solved, maxPrecedents) {
		events, err := tx.Events(ctx, o.ID)
		if err != nil {
			return nil, err
		}
		e, ok := last(events, answering...)
		if !ok || e.Text == "" {
			continue
		}
		of, err := tx.Tickets(ctx, ticket.Filter{Into: o.ID, Limit: 500})
		if err != nil {
			return nil, err
		}
		out = append(out, Precedent{Case: o.ID, Station: e.Station, At: e.At, Text: withoutRequesters(e.Text, append(of, o)...)})
	}
	return out, nil
}

// withoutRequesters is an answer of a station without what it says of who asked, in
// any of the cases that it answers: placeholders stand for that, to be filled in from
// another case, and masks for what belongs to a person. Of a contact the parts count
// too, since an answer may address somebody by the name alone.
func withoutRequesters(text string, cases ...ticket.Ticket) string {
	type own struct{ word, mask string }
	var all []own
	for _, c := range cases {
		all = append(all, own{strings.TrimSpace(c.Company), "{企业}"}, own{c.ID, "{编号}"}, own{strings.TrimSpace(c.Contact), "〔电话〕"})
		for _, part := range strings.FieldsFunc(c.Contact, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) }) {
			if utf8.RuneCountInString(part) >= 2 {
				all = append(all, own{part, "〔电话〕"})
			}
		}
	}
	// The longest first: a part of a name would leave the rest of it.
	slices.SortStableFunc(all, func(a, b own) int { return len(b.word) - len(a.word) })
	for _, o := range all {
		if o.word != "" {
			text = strings.ReplaceAll(text, o.word, o.mask)
		}
	}
	return knowledge.MaskPersonal(text)
}

// Offer is one text of a reference that an agent can take over, by its name.
type Offer struct {
	Name    string // "library", or the number of the case
	Text    string
	Missing []string // placeholders and masks that stand in Text
}

// Offers are the texts that can be taken over for the case, filled in.
func (d *Desk) Offers(r Reference, v ticket.Viewer, who Person, c ticket.Ticket) (out []Offer) {
	if r.Answer != nil {
		text := r.Answer.Text
		if len(r.Answer.Citations) > 0 {
			c := r.Answer.Citations[0]
			source := "《" + c.Title + "》"
			if c.Number != "" {
				source += "（" + c.Number + "）"
			}
			text += "\n" + zh.f(pSourceTitle) + source
		}
		out = append(out, Offer{OfferLibrary, text, nil})
	}
	for _, p := range r.Solved {
		text := filling{Desk: d, c: c, v: v, who: who.Label}.fill(p.Text)
		out = append(out, Offer{p.Case, text, unfilled(text)})
	}
	return out
}

// OfferLibrary is the name of the text that the library gives.
const OfferLibrary = "library"

// showReference shows what the case may be answered from; each text can be taken
// over and edited.
func (t *turn) showReference(ctx context.Context, c ticket.Ticket) error {
	ref := t.prepared.Reference
	if ref == nil {
		return t.toast(ctx, pOldButton)
	}
	var out lines
	out.bold(t.lang.f(pReference, c.ID))
	var buttons []Button
	switch {
	case ref.Answer != nil:
		out.gap()
		out.bold(t.lang.f(pFromLibrary))
		out.add(t.lang.answer(*ref.Answer)...)
		buttons = append(buttons, t.button(pbTakeLibrary, "t", "take", c.ID, OfferLibrary))
	case len(ref.Near) > 0:
		out.gap()
		out.bold(t.lang.f(pNearInLibrary))
		for _, n := range ref.Near {
			out.text("· " + n.Title)
		}
	default:
		out.text(t.lang.f(pNotInLibrary))
	}
	out.gap()
	if len(ref.Solved) == 0 {
		out.text(t.lang.f(pNoPrecedent))
	} else {
		out.bold(t.lang.f(pPrecedents))
	}
	for i, p := range ref.Solved {
		out.text(strconv.Itoa(i+1) + ". " + p.Case + " · " + t.stationName(p.Station, t.lang) + " · " + t.lang.when(p.At))
		out.add(Span{Text: excerpt(p.Text, 400), Style: Quote})
		buttons = append(buttons, Button{Text: t.lang.f(pbTakePrecedent, i+1), Data: data("t", "take", c.ID, p.Case)})
	}
	return t.say(ctx, Reply{Text: out, Ref: data("ticket", c.ID), Buttons: append(column(buttons...), row(t.button(pbBack, "t", "drop", c.ID)))})
}

// takeOffer takes a text of the reference over, to be looked over before it goes.
func (t *turn) takeOffer(ctx context.Context, c ticket.Ticket, v ticket.Viewer, name string) error {
	if ref := t.prepared.Reference; ref != nil {
		for _, o := range t.Offers(*ref, v, t.me, c) {
			if o.Name == name {
				return t.preview(ctx, c, outgoing{Text: o.Text, Version: c.Version})
			}
		}
	}
	return t.toast(ctx, pOldButton)
}

// aboutOneCase takes apart a button for which something is found out about a case
// before the transaction.
func aboutOneCase(button string) (verb, id string, ok bool) {
	parts := strings.Split(button, ":")
	if len(parts) < 3 || parts[0] != "t" {
		return "", "", false
	}
	switch verb = parts[1]; {
	case verb == "hint", verb == "take":
		return verb, parts[2], true
	case len(parts) == 3 && (verb == string(ticket.Merge) || verb == string(ticket.Link)):
		return verb, parts[2], true
	default:
		return "", "", false
	}
}

// prepareCase finds out what a button of a case needs, for the person who pressed it.
// What is not the person's to see is left out; Handle says so.
func (d *Desk) prepareCase(ctx context.Context, m Message, verb, id string) (p Prepared, err error) {
	var v ticket.Viewer
	err = d.Store.View(ctx, func(tx Tx) error {
		p.Alike = nil
		me, err := tx.Known(ctx, m.From.Channel, m.User)
		if err != nil {
			return err
		}
		if v, err = d.viewerAt(ctx, tx, me.ID, m); err != nil {
			return err
		}
		if verb == "hint" || verb == "take" {
			return nil
		}
		c, err := tx.Ticket(ctx, id)
		if err != nil || !works(v, c) {
			return err
		}
		p.Alike, err = d.AlikeAt(ctx, tx, v, c)
		return err
	})
	if err == nil && (verb == "hint" || verb == "take") {
		var r Reference
		if r, err = d.Reference(ctx, v, id); err == nil {
			p.Reference = &r
		}
	}
	if ticket.CodeOf(err) == ticket.NotFound {
		err = nil
	}
	return p, err
}
