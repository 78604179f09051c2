package handlers

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"liaison/knowledge"
	"liaison/ticket"
	"liaison/ticket/route"
)

// step is one question of the form.
type step string

const (
	stepText     step = "text"
	stepCompany  step = "company"
	stepCategory step = "category"
	stepUrgent   step = "urgent"
	stepTown     step = "town"
	stepContact  step = "contact"
	stepReview   step = "review"
)

// steps are the questions of the form in their order.
func (f form) steps() []step {
	if f.Kind == ticket.Finding {
		return []step{stepCompany, stepCategory, stepText, stepUrgent, stepTown, stepReview}
	}
	if f.guided() {
		return []step{stepText, stepAmount, stepTerm, stepGuarantee, stepHas, stepCompany, stepTown, stepContact, stepReview}
	}
	return []step{stepText, stepCompany, stepTown, stepContact, stepReview}
}

// advance goes to the next question, or back to the summary after a correction.
func (f *form) advance() {
	steps := f.steps()
	i := slices.Index(steps, f.Step)
	if f.Review && !f.Turned || f.Turned && f.Step == stepHas || i < 0 || i+1 >= len(steps) {
		f.Step, f.Turned = stepReview, false
	} else {
		f.Step = steps[i+1]
	}
	f.Review = f.Review || f.Step == stepReview
}

// interruptible reports whether a question may be answered instead of being
// taken as what the form asks for. What happened may well be told as a question.
func (f form) interruptible() bool { return f.Step != stepText || f.Text != "" || f.guided() }

// Accepts reports whether files of the type are taken in: pictures, sound, films
// and documents, nothing that runs.
func Accepts(mime string) bool {
	mime, _, _ = strings.Cut(mime, ";")
	switch mime {
	case "application/pdf", "application/ofd", "application/ogg", "text/plain", "text/csv", "application/zip",
		"application/msword", "application/vnd.ms-excel", "application/vnd.ms-powerpoint":
		return true
	case "image/svg+xml": // may hold scripts
		return false
	}
	kind, _, _ := strings.Cut(mime, "/")
	return kind == "image" || kind == "audio" || kind == "video" || strings.HasPrefix(mime, "application/vnd.openxmlformats-officedocument.")
}

// Refuses reports whether no file of which the sender's program says that it is of the type
// is taken in, so that it need not be looked at. Others are judged by what is in them.
func Refuses(mime string) bool {
	mime, _, _ = strings.Cut(strings.ToLower(mime), ";")
	switch mime {
	case "text/html", "application/xhtml+xml", "image/svg+xml", "application/javascript", "text/javascript",
		"application/x-msdownload", "application/x-msdos-program", "application/x-dosexec", "application/vnd.microsoft.portable-executable",
		"application/x-executable", "application/x-sharedlib", "application/x-msi", "application/vnd.android.package-archive", "application/java-archive",
		"application/vnd.rar", "application/x-rar-compressed", "application/x-rar", "application/x-7z-compressed", "application/gzip", "application/x-gzip",
		"application/x-tar", "application/x-bzip2", "application/x-xz", "application/x-iso9660-image", "application/x-apple-diskimage":
		return true
	default:
		return false
	}
}

// complain is /complain.
func (t *turn) complain(ctx context.Context) error { return t.write(ctx, ticket.Complaint) }

// write opens a form of the kind unless one is being written.
func (t *turn) write(ctx context.Context, kind ticket.Kind) error {
	if t.conv.Form != nil {
		return t.unfinished(ctx)
	}
	return t.open(ctx, form{Kind: kind, Text: strings.TrimSpace(t.m.Text)})
}

// open starts a form; what it holds already is kept.
func (t *turn) open(ctx context.Context, f form) error {
	t.conv.Serial++
	f.ID, f.Step = t.conv.Serial, f.steps()[0]
	if utf8.RuneCountInString(f.Text) > ticket.MaxText {
		return t.tell(ctx, pTooLong, ticket.MaxText)
	}
	if t.conv.Visit != nil {
		if err := t.park(ctx); err != nil {
			return err
		}
	}
	t.conv.Form = &f
	if err := t.turnTo(ctx, ""); err != nil {
		return err
	}
	if f.Text != "" {
		t.remember("form", strconv.Itoa(f.ID), string(stepText))
	}
	return t.prompt(ctx)
}

// unfinished says that a form is open.
func (t *turn) unfinished(ctx context.Context) error {
	id := strconv.Itoa(t.conv.Form.ID)
	return t.offer(ctx, pUnfinished,
		row(t.button(pbResume, "f", id, "resume")),
		row(t.button(pbDrop, "f", id, "drop")))
}

// filesAlone offers to make a case of files that came without a word.
func (t *turn) filesAlone(ctx context.Context) error {
	files, refused := t.taken(t.m.Files)
	if refused != nil {
		if err := t.tell(ctx, *refused); err != nil || len(files) == 0 && t.m.Text == "" {
			return err
		}
		if len(files) == 0 { // the words stand by themselves
			return t.plain(ctx)
		}
	}
	return t.open(ctx, form{Kind: ticket.Request, Text: strings.TrimSpace(t.m.Text), Files: files})
}

// prompt asks the question of the present step.
func (t *turn) prompt(ctx context.Context) error {
	f := t.conv.Form
	id := strconv.Itoa(f.ID)
	cancel := t.button(pbDrop, "f", id, "drop")
	if f.guided() && slices.Contains(fundsSteps, f.Step) {
		return t.promptFunds(ctx, false)
	}
	switch f.Step {
	case stepText:
		if !f.Retell && (f.Text != "" || len(f.Files) > 0) {
			return t.gathered(ctx)
		}
		p := pTellComplaint
		if f.Kind == ticket.Finding {
			p = pTellFinding
		}
		if f.Retell {
			return t.offer(ctx, p, row(t.button(pbBack, "f", id, "back"), cancel))
		}
		return t.offer(ctx, p, row(cancel))
	case stepCompany:
		if f.Kind == ticket.Finding {
			return t.offer(ctx, pWhichCompanyFinding, row(t.button(pbSkip, "f", id, "skip"), cancel))
		}
		return t.offer(ctx, pWhichCompany, row(t.button(pbSkip, "f", id, "skip"), cancel))
	case stepCategory:
		var b []Button
		for _, topic := range t.Directory().Topics() {
			b = append(b, Button{Text: topic.Label(string(t.lang)), Data: data("f", id, "cat", topic.ID)})
		}
		return t.offer(ctx, pWhichCategory, append(grid(2, b...), row(t.button(pbSkip, "f", id, "skip"), cancel))...)
	case stepUrgent:
		return t.offer(ctx, pHowUrgent, row(t.button(pbNormal, "f", id, "urgent", "0"), t.button(pbUrgent, "f", id, "urgent", "1")), row(cancel))
	case stepTown:
		return t.promptTown(ctx)
	case stepContact:
		rows := [][]Button{row(t.button(pbNoContact, "f", id, "skip")), row(cancel)}
		if f.Card != "" {
			offered := Button{Text: t.lang.f(pbThisContact, excerpt(f.Card, 30)), Data: data("f", id, "card")}
			rows = append([][]Button{row(offered)}, rows...)
		}
		return t.offer(ctx, pContact, rows...)
	default:
		return t.review(ctx)
	}
}

// gathered says what the text has come to and how to go on.
func (t *turn) gathered(ctx context.Context) error {
	f := t.conv.Form
	id := strconv.Itoa(f.ID)
	r := words(t.lang.f(pGathered, utf8.RuneCountInString(f.Text), len(f.Files), MaxFiles))
	if f.Text != "" {
		r.Text = append([]Span{{Text: excerpt(f.Text, 200), Style: Quote}, {Text: "\n"}}, r.Text...)
	}
	r.Buttons = [][]Button{row(t.button(pbNext, "f", id, "next"), t.button(pbDrop, "f", id, "drop"))}
	return t.say(ctx, r)
}

// fill takes a text or files as what the form asks for.
func (t *turn) fill(ctx context.Context) error {
	f := t.conv.Form
	text := strings.TrimSpace(t.m.Text)
	if len(t.m.Files) > 0 {
		if done, err := t.attach(ctx); err != nil || done || text == "" && (f.Step != stepText || f.guided()) {
			return err
		}
	}
	if verb := f.pressesByWord(text); verb != "" && len(t.m.Files) == 0 {
		return t.pressForm(ctx, []string{strconv.Itoa(f.ID), verb})
	}
	a := t.prepared.Answer
	if a != nil && (f.Step != stepText || f.guided()) {
		t.remember("ask")
		return t.answer(ctx, text, *a)
	}
	asked := f.Step
	if f.guided() && slices.Contains(fundsSteps, f.Step) {
		about := []string{"form", strconv.Itoa(f.ID), string(asked)}
		if filled, err := t.fillFunds(ctx, asked, text); err != nil || !filled {
			t.remember(about...) // an edit may make it readable
			return err
		}
		t.replaces(about...)
		f.advance()
		return t.prompt(ctx)
	}
	switch asked {
	case stepText:
		t.retell()
		joined := strings.TrimSpace(f.Text + "\n" + text)
		if utf8.RuneCountInString(joined) > ticket.MaxText {
			return t.tell(ctx, pTooLong, ticket.MaxText)
		}
		f.Text = joined
		t.remember("form", strconv.Itoa(f.ID), string(asked))
		if a != nil && a.Decision == knowledge.Answered {
			// It belongs to the case and can be answered as well.
			if err := t.answer(ctx, text, *a); err != nil {
				return err
			}
		}
		return t.gathered(ctx)
	case stepCompany:
		if t.m.Shared {
			return t.noName(ctx)
		}
		if utf8.RuneCountInString(text) > ticket.MaxCompany {
			return t.tell(ctx, pTooLong, ticket.MaxCompany)
		}
		f.Company = text
	case stepTown:
		towns := t.Directory().TownsNamed(text)
		if len(towns) != 1 {
			t.remember("form", strconv.Itoa(f.ID), string(asked))
			return t.chooseTown(ctx, t.townOfForm(), towns)
		}
		f.Town = towns[0].ID
	case stepContact:
		if utf8.RuneCountInString(text) > ticket.MaxContact {
			return t.tell(ctx, pTooLong, ticket.MaxContact)
		}
		f.Contact = text
	default:
		return t.prompt(ctx) // a button is wanted
	}
	t.replaces("form", strconv.Itoa(f.ID), string(asked))
	f.advance()
	return t.prompt(ctx)
}

// noName asks for the company's name again: what was shared is none. A contact is
// kept for the question that it answers, where the person says whether to pass it on.
func (t *turn) noName(ctx context.Context) error {
	f := t.conv.Form
	p := pNoName
	if t.m.At != nil {
		if town, ok := t.Directory().Nearest(route.Point{Latitude: t.m.At.Latitude, Longitude: t.m.At.Longitude}); ok {
			f.Near = town.ID
		}
	}
	if text := strings.TrimSpace(t.m.Text); t.m.Contact && slices.Contains(f.steps(), stepContact) && utf8.RuneCountInString(text) <= ticket.MaxContact {
		f.Card, p = text, pNoNameKept
	}
	return t.offer(ctx, p, row(t.button(pbSkip, "f", strconv.Itoa(f.ID), "skip")))
}

// retell forgets what is to be told anew.
func (t *turn) retell() {
	if f := t.conv.Form; f.Retell {
		f.Text, f.Files, f.Retell = "", nil, false
		t.conv.unsay("form", strconv.Itoa(f.ID), string(stepText))
	}
}

// attach adds the message's files to the form. done means that everything was
// said that there is to say.
func (t *turn) attach(ctx context.Context) (done bool, err error) {
	f := t.conv.Form
	files, refused := t.taken(t.m.Files)
	if f.Step == stepText && len(files) > 0 && !f.guided() {
		t.retell()
	}
	if len(f.Files)+len(files) > MaxFiles {
		files = files[:max(MaxFiles-len(f.Files), 0)]
		refused = &pTooManyFiles
	}
	f.Files = append(f.Files, files...)
	if refused != nil {
		if err := t.tell(ctx, *refused); err != nil {
			return false, err
		}
		if len(files) == 0 {
			return t.m.Text == "", nil
		}
	}
	if (f.Step != stepText || f.guided()) && t.m.Text == "" {
		return true, t.tell(ctx, pFileAdded, len(f.Files))
	}
	return false, nil
}

// taken splits uploads into those that are there and what to say of the others.
func (t *turn) taken(uploads []Upload) (files []ticket.File, refused *phrase) {
	for _, u := range uploads {
		switch u.Problem {
		case "":
			files = append(files, ticket.File{Hash: u.Hash, Name: u.Name, MIME: u.MIME, Size: u.Size})
		case TooBig:
			refused = &pFileTooBig
		case Unwanted:
			refused = &pFileUnwanted
		case TooMuch:
			at := u.Again.In(ticket.CST).Format("15:04")
			refused = &phrase{fmt.Sprintf(pFilesTooMuch.zh, at), fmt.Sprintf(pFilesTooMuch.en, at)}
		default:
			refused = &pFileLost
		}
	}
	return files, refused
}

// routed asks the directory where the case would go, of the stations that can be
// reached now.
func (t *turn) routed(ctx context.Context, f form) (d route.Decision, err error) {
	c := route.Case{
		Text: f.Text, Kind: f.Kind, Town: f.Town, Topic: f.Category, Company: f.Company, Advice: t.Advise(f.Text),
		Reached: t.reaching(ctx, t.tx, &err),
	}
	if !f.guided() {
		d = t.Directory().Route(c)
		return d, err
	}
	// Its kind says what it is about; what the money is for does not.
	c.Topic, c.Advice = route.TopicFinance, route.Advice{}
	d = t.Directory().Route(c)
	d.Reasons = slices.DeleteFunc(d.Reasons, func(r ticket.Reason) bool { return r.Code == route.TopicChosen })
	return d, err
}
