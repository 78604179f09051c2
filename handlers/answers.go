package handlers

import (
	"context"
	"strconv"
	"strings"

	"liaison/knowledge"
)

// inFull returns the question with what it leaves out because the one before said
// it, "" when it stands alone.
func (d *Desk) inFull(ctx context.Context, conv conversation, question string) string {
	before := conv.turns(d.Now())
	full, ok := knowledge.FollowUp(question, before)
	if !ok {
		return ""
	}
	last := before[len(before)-1]
	var source strings.Builder
	for _, id := range last.Units {
		if u, ok := d.Answerer.Library().Unit(id); ok {
			source.WriteString(u.Title + "\n" + u.Body + "\n")
		}
	}
	if rewritten, ok := d.Answerer.Rewrite(ctx, last.Question, question, source.String()); ok {
		return rewritten
	}
	return full
}

// count counts a question by what came of it. What is no question is not counted.
func (t *turn) count(ctx context.Context, a knowledge.Answer) error {
	o := AskedAnswered
	switch {
	case a.Decision == knowledge.Clarify:
		o = AskedClarified
	case unanswered(a):
		o = AskedRefused
	case a.Decision == knowledge.Refused:
		return nil
	}
	return t.tx.CountAsked(ctx, o, t.Now())
}

// unanswered reports whether the library had nothing to say to what may be a question.
func unanswered(a knowledge.Answer) bool {
	return a.Decision == knowledge.Refused && (a.Reason == knowledge.NotFound || a.Reason == knowledge.Language)
}

// answeredFrom remembers a question with what it was answered from and returns its
// number.
func (t *turn) answeredFrom(question string, a knowledge.Answer) string {
	id := t.conv.ask(question, nil)
	t.conv.update(id, func(q *asked) {
		q.Full, q.At = t.prepared.Full, t.Now()
		for _, c := range a.Citations {
			q.Units = append(q.Units, c.Unit)
		}
	})
	return strconv.Itoa(id)
}

// pressHelped notes once that the answer helped.
func (t *turn) pressHelped(ctx context.Context, args []string) error {
	a, ok := t.askedBy(args)
	if !ok {
		return t.toast(ctx, pOldButton)
	}
	if !a.Rated && len(a.Units) > 0 {
		t.conv.update(a.ID, func(q *asked) { q.Rated = true })
		if err := t.tx.CountAsked(ctx, AskedHelped, t.Now()); err != nil {
			return err
		}
		question := knowledge.MaskPersonal(excerpt(a.full(), maxQuestion))
		if err := t.tx.Helped(ctx, a.Units[0], t.me.ID, question, t.Now()); err != nil {
			return err
		}
	}
	return t.toast(ctx, pThanks)
}

// pressUnhelpful records the question once as a gap and offers a person, also to
// one who has found in the meantime that what seemed to help did not.
func (t *turn) pressUnhelpful(ctx context.Context, args []string) error {
	a, ok := t.askedBy(args)
	if !ok {
		return t.toast(ctx, pOldButton)
	}
	if !a.Missed && a.Text != "" {
		t.conv.update(a.ID, func(q *asked) { q.Rated, q.Missed = true, true })
		if !a.Rated { // each answer counts once
			if err := t.tx.CountAsked(ctx, AskedUnhelped, t.Now()); err != nil {
				return err
			}
		}
		if err := t.miss(ctx, a.full(), Unhelpful, t.nearOf(a.Units)); err != nil {
			return err
		}
	}
	return t.offer(ctx, pUnhelpful, row(t.button(pbHand, "hand", strconv.Itoa(a.ID))))
}

// wholePage is how much of a clause goes into one message, in characters: with
// its headings it stays within every channel's limit.
const wholePage = 1500

// quotesInPart reports whether the first unit of an answer says more than is
// quoted of it.
func (t *turn) quotesInPart(a knowledge.Answer) bool {
	if len(a.Citations) == 0 {
		return false
	}
	c := a.Citations[0]
	u, ok := t.Answerer.Library().Unit(c.Unit)
	return ok && len(strings.Join(strings.Fields(c.Quote), "")) < len(strings.Join(strings.Fields(u.Body), ""))
}

// pressWhole shows a page of the clause that an answer quotes; the first without
// a page's number.
func (t *turn) pressWhole(ctx context.Context, args []string) error {
	page := 0
	if len(args) == 2 {
		n, err := strconv.Atoi(args[1])
		if err != nil {
			return t.toast(ctx, pOldButton)
		}
		page, args = n, args[:1]
	}
	a, ok := t.askedBy(args)
	if !ok || len(a.Units) == 0 {
		return t.toast(ctx, pOldButton)
	}
	u, ok := t.Answerer.Library().Unit(a.Units[0])
	cited, found := t.Cite(a.Units[0])
	pages := pagesOf(u.Body, wholePage)
	if !ok || !found || page < 0 || page >= len(pages) {
		return t.toast(ctx, pOldButton)
	}
	head := u.Where()
	if len(pages) > 1 {
		head += t.lang.f(pWholePage, page+1, len(pages))
	}
	var out lines
	out.bold(excerpt(cited.Title, 200))
	out.text(excerpt(head, 200))
	out.add(Span{Text: pages[page], Style: Quote})
	r := Reply{Text: out}
	if page+1 < len(pages) {
		r.Buttons = [][]Button{row(t.button(pbNextPage, "whole", strconv.Itoa(a.ID), strconv.Itoa(page+1)))}
	}
	return t.say(ctx, r)
}

// pagesOf cuts a text into pages of at most n characters, between lines where a
// line is not longer than that itself. Nothing but the line breaks between two
// pages is left out.
func pagesOf(text string, n int) []string {
	var pages []string
	var page []rune
	flush := func() {
		if s := strings.Trim(string(page), "\n"); s != "" {
			pages = append(pages, s)
		}
		page = page[:0]
	}
	for line := range strings.Lines(text) {
		r := []rune(line)
		if len(page)+len(r) > n {
			flush()
		}
		for len(r) > n {
			page = append(page, r[:n]...)
			flush()
			r = r[n:]
		}
		page = append(page, r...)
	}
	flush()
	return pages
}
