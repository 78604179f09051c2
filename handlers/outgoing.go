package handlers

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"strings"

	"liaison/ticket"
)

// outgoing are words for the requester of a case that somebody looks over before
// they go: a quick reply, a text taken from a reference, or words that were written
// while the case changed.
type outgoing struct {
	ID      int           `json:"id"`
	Case    string        `json:"case"`
	Action  ticket.Action `json:"action,omitempty"` // "" until it is chosen
	Text    string        `json:"text,omitempty"`
	Files   []ticket.File `json:"files,omitempty"`
	Version int64         `json:"version"` // of the case as it was seen
}

// askForWords asks for the words of a step that the requester will read. The prompt
// shows what they answer, to whom else they go, and who else is writing.
func (t *turn) askForWords(ctx context.Context, c ticket.Ticket, a ticket.Action, p phrase) error {
	var out lines
	out.text(t.lang.f(p, c.ID, t.label()))
	if err := t.circumstances(ctx, &out, c, a); err != nil {
		return err
	}
	if a == ticket.Correct {
		if err := t.showAnswer(ctx, &out, c); err != nil {
			return err
		}
	}
	return t.promptFor(ctx, c, string(a), out)
}

// promptFor asks for words about the case as it is now, and shows colleagues that the
// person is writing them.
func (t *turn) promptFor(ctx context.Context, c ticket.Ticket, what string, text []Span) error {
	ref := data("act", what, c.ID, seenMark+strconv.FormatInt(c.Version, 10))
	t.expect(ref)
	if err := t.say(ctx, t.personally(Reply{Text: text, Ref: ref, Prompt: true})); err != nil {
		return err
	}
	return t.BeginReplying(ctx, t.tx, t.me.ID, c)
}

// seenMark stands in the ref of a prompt before the version of the case that the
// prompt was written for.
const seenMark = "@"

// cutSeen takes the version out of the last part of a prompt's ref.
func cutSeen(part string) (seen int64, rest string) {
	mark, ok := strings.CutPrefix(part, seenMark)
	if !ok {
		return 0, part
	}
	seen, _ = strconv.ParseInt(mark, 10, 64) // 0 when it is none of ours: not checked
	return seen, ""
}

// circumstances adds what somebody who writes to the requester should know.
func (t *turn) circumstances(ctx context.Context, out *lines, c ticket.Ticket, a ticket.Action) error {
	events, err := t.tx.Events(ctx, c.ID)
	if err != nil {
		return err
	}
	whose := ""
	if a == ticket.Ask {
		whose = c.Requester
	}
	if said := answeredWords(c, events, whose); said != "" {
		out.add(Span{Text: t.lang.f(pTheySaid, excerpt(said, 200)), Style: Quote})
	}
	if a != ticket.Ask { // a question is for the requester of the case alone
		ids, err := t.AlsoTo(ctx, t.tx, c)
		if err != nil {
			return err
		}
		if len(ids) > 0 {
			out.text(t.lang.f(pAlsoTo, len(ids), strings.Join(ids, t.lang.f(pComma))))
		}
	}
	return t.noteWriting(ctx, out, c)
}

// noteWriting adds who else is writing about the case.
func (t *turn) noteWriting(ctx context.Context, out *lines, c ticket.Ticket) error {
	others, err := t.WhoReplies(ctx, t.tx, c.ID, t.me.ID, string(t.lang))
	if err == nil && len(others) > 0 {
		out.bold(t.lang.f(pAlsoWriting, strings.Join(others, t.lang.f(pComma))))
	}
	return err
}

// preview shows words before they go, to be sent, edited or dropped.
func (t *turn) preview(ctx context.Context, c ticket.Ticket, o outgoing) error {
	var out lines
	out.bold(t.lang.f(pPreview, c.ID))
	if err := t.circumstances(ctx, &out, c, o.Action); err != nil {
		return err
	}
	out.gap()
	if err := t.showOutgoing(ctx, c, o, out, pbSendAs); err != nil {
		return err
	}
	return t.BeginReplying(ctx, t.tx, t.me.ID, c)
}

// showOutgoing keeps the words and shows them below the text, with what can be done.
func (t *turn) showOutgoing(ctx context.Context, c ticket.Ticket, o outgoing, out lines, send phrase) error {
	t.conv.Serial++
	o.ID, o.Case = t.conv.Serial, c.ID
	t.conv.Outgoing = &o
	t.expect("")
	if o.Text != "" {
		out.add(Span{Text: o.Text, Style: Fixed}) // a tap copies it
	}
	v, err := t.Viewer(ctx, t.tx, t.me.ID)
	if err != nil {
		return err
	}
	can := c.Offered(staffRole(v, c))
	id := strconv.Itoa(o.ID)
	var buttons []Button
	if missing := unfilled(o.Text); len(missing) > 0 {
		out.gap()
		out.bold(t.lang.f(pUnfilled, strings.Join(missing, t.lang.f(pComma))))
	} else {
		for _, a := range []ticket.Action{ticket.Reply, ticket.Resolve, ticket.Correct, ticket.Ask, ticket.Reject} {
			wanted := a == o.Action || o.Action == "" && (a == ticket.Reply || a == ticket.Resolve)
			if wanted && slices.Contains(can, a) {
				buttons = append(buttons, Button{Text: t.lang.f(send, a.Label(string(t.lang))), Data: data("t", "send", c.ID, id, string(a))})
			}
		}
	}
	buttons = append(buttons, t.button(pbRewrite, "t", "edit", c.ID, id), t.button(pbDrop, "t", "drop", c.ID))
	return t.say(ctx, Reply{Text: out, Files: o.Files, Ref: data("act", "draft", c.ID, seenMark+strconv.FormatInt(c.Version, 10)), Buttons: grid(2, buttons...)})
}

// ownOutgoing returns the words that a button of the preview is about. Those that a
// colleague looks over are the colleague's.
func (t *turn) ownOutgoing(c ticket.Ticket, args []string) (outgoing, bool) {
	o := t.conv.Outgoing
	if o == nil || len(args) == 0 || o.Case != c.ID || strconv.Itoa(o.ID) != args[0] {
		return outgoing{}, false
	}
	return *o, true
}

// pressSend sends words that were looked over.
func (t *turn) pressSend(ctx context.Context, c ticket.Ticket, args []string) error {
	o, ok := t.ownOutgoing(c, args)
	if !ok || len(args) != 2 {
		return t.toast(ctx, pOldButton)
	}
	a := ticket.Action(args[1])
	if !speaks(a) || o.Action != "" && o.Action != a {
		return t.toast(ctx, pOldButton)
	}
	return t.send(ctx, c, ticket.Step{Action: a, Text: o.Text, Files: o.Files}, o.Version)
}

// pressEdit asks for other words in the place of those that were looked over.
func (t *turn) pressEdit(ctx context.Context, c ticket.Ticket, args []string) error {
	o, ok := t.ownOutgoing(c, args)
	if !ok {
		return t.toast(ctx, pOldButton)
	}
	var out lines
	out.text(t.lang.f(pWriteDraft, c.ID, t.label()))
	if o.Text != "" {
		out.add(Span{Text: o.Text, Style: Fixed})
	}
	return t.promptFor(ctx, c, "draft", out)
}

// redraft shows words again that were edited. Files stay unless others came.
func (t *turn) redraft(ctx context.Context, c ticket.Ticket, seen int64, text string, files []ticket.File) error {
	v, err := t.viewerHere(ctx)
	if err != nil {
		return err
	}
	if !works(v, c) {
		return ticket.Errorf(ticket.NotFound, "case %s is not worked on by the person", c.ID)
	}
	o := outgoing{Text: text, Files: files, Version: seen}
	if before := t.conv.Outgoing; before != nil && before.Case == c.ID {
		o.Action, o.Version = before.Action, max(before.Version, seen)
		if len(files) == 0 {
			o.Files = before.Files
		}
	}
	return t.preview(ctx, c, o)
}

// send takes a step of staff about a case that was seen at a version. When others
// have changed the case since, it shows what they did and asks once whether the
// words still hold.
func (t *turn) send(ctx context.Context, c ticket.Ticket, s ticket.Step, seen int64) error {
	after, err := t.ActSeen(ctx, t.tx, t.me.ID, c.ID, s, seen)
	var changed *Changed
	switch {
	case errors.As(err, &changed):
		return t.askChanged(ctx, changed, s)
	case ticket.CodeOf(err) == ticket.Invalid:
		return err // the words are written anew
	case err != nil && speaks(s.Action):
		return errors.Join(err, t.EndReplying(ctx, t.tx, t.me.ID))
	case err != nil:
		return err
	}
	if o := t.conv.Outgoing; o != nil && o.Case == c.ID {
		t.conv.Outgoing = nil
	}
	var out lines
	out.text(t.lang.f(pDone, s.Action.Label(string(t.lang)), after.ID, after.State.Label(string(t.lang))))
	if speaks(s.Action) {
		if err := t.noteWriting(ctx, &out, after); err != nil {
			return err
		}
	}
	return t.say(ctx, Reply{Text: out, Ref: data("ticket", c.ID)})
}

// askChanged shows what has changed while words were written.
func (t *turn) askChanged(ctx context.Context, changed *Changed, s ticket.Step) error {
	c := changed.Case
	var out lines
	out.bold(t.lang.f(pCaseChanged, c.ID))
	for _, e := range changed.News {
		line, err := t.newsLine(ctx, c, e)
		if err != nil {
			return err
		}
		out.text(line)
	}
	out.gap()
	out.text(t.lang.f(pStillSend))
	return t.showOutgoing(ctx, c, outgoing{Action: s.Action, Text: s.Text, Files: s.Files, Version: c.Version}, out, pbSendStill)
}

// newsLine says in a line what somebody did about c, to a colleague.
func (t *turn) newsLine(ctx context.Context, c ticket.Ticket, e ticket.Event) (string, error) {
	who, err := t.voice(ctx, t.tx, e, c, t.lang)
	if err != nil {
		return "", err
	}
	if e.Text == "" {
		return "· " + who, nil
	}
	return "· " + who + t.lang.f(pColon) + excerpt(e.Text, 200), nil
}
