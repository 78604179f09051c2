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

// maxPerDay is how many cases one person may submit in 24 hours: far more than
// anybody has, and few enough to protect the stations from a script.
const maxPerDay = 20

// pressForm is a button of the form: its number, what to do, and with what.
func (t *turn) pressForm(ctx context.Context, args []string) error {
	f := t.conv.Form
	if f == nil || len(args) < 2 || args[0] != strconv.Itoa(f.ID) {
		return t.toast(ctx, pOldButton)
	}
	if err := t.turnTo(ctx, ""); err != nil {
		return err
	}
	arg := ""
	if len(args) > 2 {
		arg = args[2]
	}
	switch args[1] {
	case "resume":
		return t.prompt(ctx)
	case "drop":
		t.conv.Form = nil
		return t.tell(ctx, pCancelled)
	case "send":
		return t.submit(ctx)
	case "join", "reopen":
		return t.joinEarlier(ctx, arg, args[1] == "reopen")
	case "apart":
		if f.Step != stepReview {
			return t.toast(ctx, pOldButton)
		}
		f.Apart = true
		return t.submit(ctx)
	case "fix":
		return t.fix(ctx)
	case "back": // from a correction that was not made
		if !f.Review {
			return t.toast(ctx, pOldButton)
		}
		f.Step, f.Retell, f.Turned = stepReview, false, false
		return t.prompt(ctx)
	case "edit":
		return t.edit(ctx, step(arg))
	case "kinds":
		return t.listKinds(ctx)
	case "kind":
		return t.setKind(ctx, ticket.Kind(arg))
	case "hurry":
		return t.setUrgent(ctx, arg == "1")
	case "towns":
		return t.listTowns(ctx, t.townOfForm())
	case "toggle":
		return t.toggle(ctx, arg)
	}
	// The rest answers the question of a step; a button of another step is an old one.
	asked := f.Step
	if !t.answersStep(args[1], arg) {
		return t.toast(ctx, pOldButton)
	}
	if args[1] != "next" { // which takes what is there
		t.conv.unsay("form", args[0], string(asked))
	}
	f.advance()
	return t.prompt(ctx)
}

// answersStep applies a button that answers the present question.
func (t *turn) answersStep(verb, arg string) bool {
	f := t.conv.Form
	switch {
	case f.guided() && t.pressFunds(verb, arg):
		return true
	case verb == "next" && f.Step == stepText:
		f.Retell = false
		f.guess()
		return f.Text != "" || len(f.Files) > 0
	case verb == "town" && f.Step == stepTown:
		_, ok := t.Directory().Town(arg)
		f.Town = arg
		return ok
	case verb == "cat" && f.Step == stepCategory:
		_, ok := t.Directory().Topic(arg)
		f.Category = arg
		return ok
	case verb == "urgent" && f.Step == stepUrgent:
		f.Urgent, f.UrgentChosen = arg == "1", true
		return true
	case verb == "card" && f.Step == stepContact && f.Card != "":
		f.Contact = f.Card
		return true
	case verb == "skip":
		switch f.Step {
		case stepCompany:
			f.Company = ""
		case stepTown:
			f.Town = ""
		case stepCategory:
			f.Category = ""
		case stepContact:
			f.Contact = ""
		default:
			return false
		}
		return true
	}
	return false
}

// review shows the summary with what can be done about it.
func (t *turn) review(ctx context.Context) error {
	f := t.conv.Form
	id := strconv.Itoa(f.ID)
	d, err := t.routed(ctx, *f)
	if err != nil {
		return err
	}
	l := string(t.lang)
	var out lines
	out.bold(t.lang.f(pReview))
	kind, urgency := f.Kind.Label(l), ""
	if f.kindGuessed() {
		kind += t.lang.f(pGuessed)
	}
	out.pair(t.lang.f(pfKind), kind)
	if f.Urgent {
		urgency = t.lang.f(pbUrgent)
		if word := route.UrgentWord(f.Text); !f.UrgentChosen && word != "" {
			urgency += t.lang.f(pGuessedBy, word)
		}
	}
	out.pair(t.lang.f(pfUrgent), urgency)
	out.pair(t.lang.f(pfCompany), orElse(f.Company, t.lang.f(pNotGiven)))
	if topic, ok := t.Directory().Topic(f.Category); ok {
		out.pair(t.lang.f(pfCategory), topic.Label(l))
	}
	town := t.lang.f(pNotGiven)
	if where, ok := t.Directory().Town(f.Town); ok {
		town = where.Label(l)
	}
	out.pair(t.lang.f(pfTown), town)
	if f.Kind != ticket.Finding {
		out.pair(t.lang.f(pfContact), orElse(f.Contact, t.lang.f(pNoContact)))
	}
	if len(f.Files) > 0 {
		out.pair(t.lang.f(pfFiles), strconv.Itoa(len(f.Files)))
	}
	out.pair(t.lang.f(pfStation), t.stationName(d.Station, t.lang))
	var read [][]Button
	if f.guided() {
		out.pair(t.lang.f(pfPurpose), excerpt(f.Text, 600))
		t.lang.funds(&out, f.Funds)
		read = t.offerProducts(&out)
	} else {
		out.quote(f.Text, 600, t.lang.f(pSeeFiles))
	}
	rows := append(read, row(t.button(pbSend, "f", id, "send")))
	rows = append(rows, t.guessButtons()...)
	rows = append(rows, row(t.button(pbFix, "f", id, "fix"), t.button(pbDrop, "f", id, "drop")))
	return t.say(ctx, Reply{Text: out, Buttons: rows})
}

// kindGuessed reports whether the kind was read off the text.
func (f form) kindGuessed() bool { return !f.Chosen && slices.Contains(ownKinds, f.Kind) }

// guessButtons correct what was guessed in one tap each.
func (t *turn) guessButtons() (rows [][]Button) {
	f := t.conv.Form
	id := strconv.Itoa(f.ID)
	if f.kindGuessed() {
		var b []Button
		for _, k := range ownKinds {
			if k != f.Kind {
				b = append(b, Button{Text: t.lang.f(pbIsKind, k.Label(string(t.lang))), Data: data("f", id, "kind", string(k))})
			}
		}
		rows = append(rows, b)
		if route.GuessKind(f.Text) == ticket.Financing {
			rows = append(rows, row(t.button(pbIsFinancing, "f", id, "kind", string(ticket.Financing))))
		}
	}
	switch {
	case f.UrgentChosen:
	case f.Urgent:
		rows = append(rows, row(t.button(pbNotUrgent, "f", id, "hurry", "0")))
	default:
		rows = append(rows, row(t.button(pbIsUrgent, "f", id, "hurry", "1")))
	}
	return rows
}

// setUrgent takes the person's word for how urgent it is.
func (t *turn) setUrgent(ctx context.Context, urgent bool) error {
	f := t.conv.Form
	if f.Step != stepReview {
		return t.toast(ctx, pOldButton)
	}
	f.Urgent, f.UrgentChosen = urgent, true
	return t.prompt(ctx)
}

// fix offers what can be corrected.
func (t *turn) fix(ctx context.Context) error {
	f := t.conv.Form
	id := strconv.Itoa(f.ID)
	names := map[step]phrase{
		stepText: pbEditText, stepCompany: pbEditCompany, stepTown: pbEditTown,
		stepContact: pbEditContact, stepCategory: pbEditCategory, stepUrgent: pbEditUrgent,
		stepAmount: pbEditAmount, stepTerm: pbEditTerm, stepGuarantee: pbEditGuarantee, stepHas: pbEditHas,
	}
	if f.guided() {
		names[stepText] = pbEditPurpose
	}
	var b []Button
	for _, s := range f.steps() {
		if p, ok := names[s]; ok {
			b = append(b, t.button(p, "f", id, "edit", string(s)))
		}
	}
	if !slices.Contains(f.steps(), stepUrgent) {
		b = append(b, t.button(pbEditUrgent, "f", id, "edit", string(stepUrgent)))
	}
	if slices.Contains(ownKinds, f.Kind) {
		b = append(b, t.button(pbEditKind, "f", id, "kinds"))
	}
	return t.offer(ctx, pFixWhat, append(grid(2, b...), row(t.button(pbBack, "f", id, "back")))...)
}

// edit goes back to one question of the form.
func (t *turn) edit(ctx context.Context, s step) error {
	f := t.conv.Form
	if !f.Review || s == stepReview || s != stepUrgent && !slices.Contains(f.steps(), s) {
		return t.toast(ctx, pOldButton)
	}
	f.Step, f.Retell = s, s == stepText
	return t.prompt(ctx)
}

// guess reads kind and urgency off what was told. The summary shows both, and
// both can be corrected there.
func (f *form) guess() {
	if f.Kind == ticket.Finding {
		return // observers say both themselves
	}
	if !f.UrgentChosen {
		f.Urgent = route.UrgentWord(f.Text) != ""
	}
	k := route.GuessKind(f.Text) // an inquiry is what says nothing else
	if !f.Chosen && slices.Contains(ownKinds, k) && k != ticket.Inquiry &&
		(f.Kind == ticket.Inquiry || f.Kind == ticket.Complaint && k != ticket.Complaint) {
		f.Kind = k
	}
}

// ownKinds are the kinds that a requester may choose from.
var ownKinds = []ticket.Kind{ticket.Inquiry, ticket.Complaint, ticket.Suggestion, ticket.Request}

func (t *turn) listKinds(ctx context.Context) error {
	id := strconv.Itoa(t.conv.Form.ID)
	var b []Button
	for _, k := range append(ownKinds[:len(ownKinds):len(ownKinds)], ticket.Financing) {
		b = append(b, Button{Text: k.Label(string(t.lang)), Data: data("f", id, "kind", string(k))})
	}
	return t.offer(ctx, pWhichKind, grid(2, b...)...)
}

func (t *turn) setKind(ctx context.Context, k ticket.Kind) error {
	f := t.conv.Form
	switch {
	case f.Step != stepReview || !slices.Contains(ownKinds, f.Kind):
		return t.toast(ctx, pOldButton)
	case k == ticket.Financing && f.Text != "":
		return t.turnInto(ctx)
	case !slices.Contains(ownKinds, k):
		return t.toast(ctx, pOldButton)
	}
	f.Kind, f.Chosen = k, true
	return t.prompt(ctx)
}

// submit makes a case of the form.
func (t *turn) submit(ctx context.Context) error {
	f := *t.conv.Form
	if f.Step != stepReview {
		return t.toast(ctx, pOldButton)
	}
	m, appointed, err := t.appointment(ctx, t.tx, t.me.ID)
	if err != nil {
		return err
	}
	if f.Kind == ticket.Finding && (!appointed || !m.Holds(t.Now())) {
		t.conv.Form = nil
		return t.over(ctx, m, appointed)
	}
	recent, full, err := t.recentCases(ctx)
	if err != nil {
		return err
	}
	if full {
		return t.tell(ctx, pTooManyCases, maxPerDay)
	}
	earlier := earlierAlike(f, recent, t.Now())
	if asked, err := t.offerEarlier(ctx, f, earlier); err != nil || asked {
		return err
	}
	made, err := t.file(ctx, f, earlier)
	if err != nil {
		return err
	}
	t.conv.Form = nil
	t.conv.passOn(data("form", strconv.Itoa(f.ID)), "case", made.ID)
	var out lines
	out.bold(t.lang.f(pSubmitted, made.ID))
	out.text(t.lang.f(pSubmittedTo, t.stationName(made.Station, t.lang), t.lang.when(made.AcceptBy), t.lang.when(made.AnswerBy)))
	out.text(t.lang.f(pSubmittedHow))
	return t.say(ctx, Reply{Text: out, Ref: data("ticket", made.ID), Buttons: [][]Button{
		row(t.button(pbProgress, "q", "view", made.ID)),
	}})
}

// recentCases returns the person's latest cases that a new one may be about again,
// and whether there are so many that none may be added today.
func (t *turn) recentCases(ctx context.Context) (recent []ticket.Ticket, full bool, err error) {
	recent, err = t.tx.Tickets(ctx, ticket.Filter{Requester: t.me.ID, Limit: maxPerDay})
	if err != nil {
		return nil, false, err
	}
	full = len(recent) == maxPerDay && t.Now().Sub(recent[maxPerDay-1].CreatedAt) < 24*time.Hour
	mine, err := t.notOver(ctx, recent)
	return mine, full, err
}

// notOver returns those of the person's cases to which he or she can still add.
func (t *turn) notOver(ctx context.Context, all []ticket.Ticket) (mine []ticket.Ticket, err error) {
	for _, c := range all {
		over, err := t.findingOver(ctx, t.tx, c)
		if err != nil {
			return nil, err
		}
		if over.IsZero() {
			mine = append(mine, c)
		}
	}
	return mine, nil
}

// file makes a case of what the form holds, linked to the first of the earlier ones
// that are about the same matter.
func (t *turn) file(ctx context.Context, f form, earlier []ticket.Ticket) (ticket.Ticket, error) {
	role := ticket.RoleRequester
	if f.Kind == ticket.Finding {
		role = ticket.RoleObserver
	}
	d, err := t.routed(ctx, f)
	if err != nil {
		return ticket.Ticket{}, err
	}
	if f.guided() {
		f.Funds.Products = t.Fitting(f.Funds.Has, d.Town)
	}
	made, err := t.cases.Submit(ctx, t.tx, ticket.Ticket{
		Kind: f.Kind, Urgent: f.Urgent, Company: f.Company, Town: d.Town, Category: d.Topic,
		Consent: f.Contact != "", Contact: f.Contact, Funds: &f.Funds,
	}, ticket.Step{Actor: t.me.ID, Role: role, Text: f.Text, Files: f.Files}, ticket.Routed{Station: d.Station, Reasons: d.Reasons})
	if err != nil {
		return made, err
	}
	if len(earlier) > 0 { // the same matter again, or one like it: staff see both together
		link := ticket.Step{Action: ticket.Link, Role: ticket.RoleSystem, Case: earlier[0].ID}
		return t.cases.Act(ctx, t.tx, made.ID, link)
	}
	return made, nil
}

// stationName is how people read a station; one that is no longer configured is
// shown by its id.
func (d *Desk) stationName(id string, l lang) string {
	if s, ok := d.Directory().Station(id); ok {
		return s.Label(string(l))
	}
	return id
}

func orElse(s, otherwise string) string {
	if strings.TrimSpace(s) == "" {
		return otherwise
	}
	return s
}
