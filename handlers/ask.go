package handlers

import (
	"cmp"
	"context"
	"fmt"
	"strconv"
	"strings"

	"liaison/knowledge"
	"liaison/ticket"
)

// askCommand is /ask: with words behind it a question, without them a hint.
func (t *turn) askCommand(ctx context.Context) error {
	if strings.TrimSpace(t.m.Text) == "" {
		offered, err := t.suggested(ctx)
		if err != nil {
			return err
		}
		return t.offer(ctx, pAskHow, offered...)
	}
	return t.ask(ctx, t.m.Text)
}

// ask says what the library has to say to the question.
func (t *turn) ask(ctx context.Context, question string) error {
	a := t.prepared.Answer
	if a == nil {
		// A text that only now turns out to be a question, after a form or a prompt
		// was given up by it. The next attempt at it is a plain question.
		return t.tell(ctx, pAskAgain)
	}
	t.remember("ask")
	talk, err := t.staffTalk(ctx, *a)
	switch {
	case err != nil:
		return err
	case talk:
		return t.tellNotSent(ctx, question)
	}
	if err := t.count(ctx, *a); err != nil {
		return err
	}
	return t.answer(ctx, question, *a)
}

// staffTalk reports whether a text without an answer is talk of staff about their work,
// such as 已放款: somebody of a station wrote it, and neither its form nor a command
// says that it asks the library. It is no gap of the library.
func (t *turn) staffTalk(ctx context.Context, a knowledge.Answer) (bool, error) {
	if !unanswered(a) || t.m.Command != "" || looksLikeQuestion(t.m.Text) {
		return false, nil
	}
	ms, err := t.memberships(ctx, t.tx, t.me.ID)
	return isStaff(ms), err
}

// tellNotSent tells staff that what was perhaps meant for a requester went to nobody.
func (t *turn) tellNotSent(ctx context.Context, text string) error {
	id := strconv.Itoa(t.conv.ask(text, nil))
	return t.offer(ctx, pNotSent, append([][]Button{row(t.button(pbAskLibrary, "again", id))}, t.resumeRow()...)...)
}

// answer words what came out of the library.
func (t *turn) answer(ctx context.Context, question string, a knowledge.Answer) error {
	switch a.Decision {
	case knowledge.Clarify:
		return t.clarify(ctx, question, a)
	case knowledge.Answered:
		id := t.answeredFrom(question, a)
		r := Reply{Text: t.lang.answer(a), Buttons: [][]Button{
			row(t.button(pbHelped, "good", id), t.button(pbNotHelped, "bad", id)),
		}}
		if t.quotesInPart(a) {
			r.Buttons = append(r.Buttons, row(t.button(pbWhole, "whole", id)))
		}
		r.Buttons = append(r.Buttons, row(t.button(pbHand, "hand", id)))
		r.Buttons = append(r.Buttons, t.resumeRow()...)
		t.draft(&r, cmp.Or(t.prepared.Full, question), a)
		return t.say(ctx, r)
	case knowledge.Refused:
		switch a.Reason {
		case knowledge.SmallTalk:
			return t.offer(ctx, pGreeting, append(t.menu(), t.resumeRow()...)...)
		case knowledge.TooLong:
			return t.tell(ctx, pTooLong, knowledge.MaxQuestion)
		case knowledge.Empty, knowledge.Gibberish:
			return t.tell(ctx, pOnlyText)
		case knowledge.NoMatter:
			id := strconv.Itoa(t.conv.ask(question, nil))
			return t.offer(ctx, pNoMatter, append([][]Button{row(t.button(pbHand, "hand", id))}, t.resumeRow()...)...)
		}
		return t.refuse(ctx, question)
	default:
		return fmt.Errorf("the library decided %q", a.Decision)
	}
}

// refuse says that the library has no answer and offers a person.
func (t *turn) refuse(ctx context.Context, question string) error {
	full := cmp.Or(t.prepared.Full, question)
	if err := t.miss(ctx, full, Refused, t.prepared.Near); err != nil {
		return err
	}
	number := t.conv.ask(question, nil)
	t.conv.update(number, func(q *asked) { q.At = t.Now() })
	id := strconv.Itoa(number)
	buttons := append([][]Button{row(t.button(pbHand, "hand", id))}, t.resumeRow()...)
	r := words(t.lang.f(pRefused))
	ms, err := t.memberships(ctx, t.tx, t.me.ID)
	if err != nil {
		return err
	}
	if isStaff(ms) && t.m.Command == "" && t.m.Button == "" { // it may have been meant for a requester
		r.Text = append(r.Text, Span{Text: "\n" + t.lang.f(pNotSent)})
	}
	r.Buttons = buttons
	return t.say(ctx, r)
}

// clarify asks which unit is meant, each on a button.
func (t *turn) clarify(ctx context.Context, question string, a knowledge.Answer) error {
	units := make([]string, len(a.Choices))
	for i, c := range a.Choices {
		units[i] = c.Unit
	}
	number := t.conv.ask(question, units)
	t.conv.update(number, func(q *asked) { q.Full, q.At = t.prepared.Full, t.Now() })
	id := strconv.Itoa(number)
	var buttons []Button
	for i, c := range a.Choices {
		buttons = append(buttons, Button{Text: excerpt(c.Title, 40), Data: data("pick", id, strconv.Itoa(i))})
	}
	buttons = append(buttons, t.button(pbHand, "hand", id))
	p := pClarify
	if len(units) == 1 {
		p = pClarifyOne
	}
	return t.offer(ctx, p, append(column(buttons...), t.resumeRow()...)...)
}

// resumeRow leads back to a case that is being written.
func (t *turn) resumeRow() [][]Button {
	if t.conv.Form == nil {
		return nil
	}
	return [][]Button{row(t.button(pbResume, "f", strconv.Itoa(t.conv.Form.ID), "resume"))}
}

// pressPick is the choice of a unit that was offered.
func (t *turn) pressPick(ctx context.Context, args []string) error {
	found := t.prepared.Answer
	if len(args) != 2 || found == nil || found.Reason == knowledge.NotFound {
		return t.toast(ctx, pOldButton)
	}
	a, _, ok := t.conv.choice(args[0], args[1])
	if !ok {
		return t.toast(ctx, pOldButton)
	}
	if a.Offered {
		if err := t.count(ctx, *found); err != nil {
			return err
		}
	}
	t.prepared.Full = a.full()
	return t.answer(ctx, a.Text, *t.prepared.Answer)
}

// pressAgain asks a text that might have been something else.
func (t *turn) pressAgain(ctx context.Context, args []string) error {
	a, ok := t.askedBy(args)
	if !ok || t.prepared.Answer == nil {
		return t.toast(ctx, pOldButton)
	}
	if err := t.count(ctx, *t.prepared.Answer); err != nil {
		return err
	}
	return t.answer(ctx, a.Text, *t.prepared.Answer)
}

// pressHand makes a case of the question.
func (t *turn) pressHand(ctx context.Context, args []string) error {
	a, ok := t.askedBy(args)
	if !ok {
		return t.toast(ctx, pOldButton)
	}
	if t.conv.Form != nil {
		return t.unfinished(ctx)
	}
	t.conv.reuse(a.Text, "form", strconv.Itoa(t.conv.Serial+1), string(stepText)) // the number of the form that opens
	return t.open(ctx, form{Kind: ticket.Inquiry, Text: a.Text})
}

func (t *turn) askedBy(args []string) (asked, bool) {
	if len(args) != 1 {
		return asked{}, false
	}
	id, err := strconv.Atoi(args[0])
	if err != nil {
		return asked{}, false
	}
	return t.conv.question(id)
}

// answer lays an answer out: what it says, then what it stands on.
func (l lang) answer(a knowledge.Answer) []Span {
	var out lines
	if a.Notice != "" {
		out.bold(a.Notice)
		out.gap()
	}
	if a.Generated {
		out.text(a.Text)
		out.gap()
		out.bold(l.f(pOriginal))
	}
	var quote []Span
	for _, s := range a.Spans {
		style := Quote
		if s.Marked {
			style = Mark
		}
		quote = append(quote, Span{Text: s.Text, Style: style})
	}
	if len(quote) > 0 {
		out.add(quote...)
	}
	for i, c := range a.Citations {
		again := i > 0 && c.Title == a.Citations[i-1].Title
		if again && !a.Generated {
			continue // several units of one document: the source is given once
		}
		if !again {
			out.gap()
		}
		mark := ""
		if a.Generated {
			mark = fmt.Sprintf("[%d] ", i+1)
		}
		out.pair(mark+l.f(pSourceUnit), c.UnitTitle)
		if a.Generated && i+1 < len(a.Citations) && c.Title == a.Citations[i+1].Title {
			continue // the document is named below the last of its units
		}
		if source := l.source(c); len(source) > 0 {
			out.add(source...)
		}
	}
	return out
}

// source names the document that a citation is from, a line each.
func (l lang) source(c knowledge.Citation) []Span {
	var out lines
	out.pair(l.f(pSourceTitle), c.Title)
	out.pair(l.f(pSourceNumber), c.Number)
	out.pair(l.f(pSourceIssuer), strings.Join(c.Issuers, l.f(pComma)))
	out.pair(l.f(pSourceForce), l.force(c))
	if strings.HasPrefix(c.Source, "https://") || strings.HasPrefix(c.Source, "http://") {
		out.add(Span{Text: l.f(pSourceLink), URL: c.Source})
	} else {
		out.pair(l.f(pSourceFrom), c.Source)
	}
	return out
}

// force says from when and until when a document holds.
func (l lang) force(c knowledge.Citation) string {
	s := l.period(c)
	if !c.InForce {
		s += l.f(pForceEnded)
	}
	return s
}

func (l lang) period(c knowledge.Citation) string {
	switch from, to := c.EffectiveFrom.String(), c.EffectiveTo.String(); {
	case from == "" && to == "":
		return l.f(pForceUnknown)
	case to == "":
		return l.f(pForceFrom, from)
	case from == "":
		return l.f(pForceTo, to)
	default:
		return l.f(pForceBoth, from, to)
	}
}
