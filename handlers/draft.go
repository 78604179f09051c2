package handlers

import (
	"context"

	"liaison/knowledge"
)

// Drafts is the channel of messages that nobody sent: each says that a reply with
// a Draft has been delivered, and asks for what the model makes of it.
const Drafts Channel = "draft"

// Draft goes out with a reply that quotes an answer: a model may write the
// answer anew, in the place of the reply.
type Draft struct {
	Question knowledge.Question `json:"question"`
	Answer   knowledge.Answer   `json:"answer"`
}

// Delivered is a reply as its channel has it.
type Delivered struct {
	To        Address `json:"to"`
	MessageID string  `json:"message_id"` // the channel's own
	Reply     Reply   `json:"reply"`
}

// maxInPlace is the longest text that stands in one message on every channel, in
// characters. A longer reply comes in parts, which cannot be replaced as one.
const maxInPlace = 2000

// draft marks a reply that quotes an answer as one that a model may write anew.
func (t *turn) draft(r *Reply, question string, a knowledge.Answer) {
	if !t.Answerer.Writes() || len([]rune(r.String())) > maxInPlace {
		return
	}
	r.Ref = "answer"
	// It is kept until the reply is old, and the model gets to see no more anyway.
	masked := knowledge.MaskPersonal(question)
	r.Draft = &Draft{Question: knowledge.Question{Text: masked, Lang: string(t.lang)}, Answer: a}
}

// Write lets the model write the reply's Draft. show gets the reply as it grows,
// never with a statement that was not checked. The result takes the reply's place;
// without a good answer it is the reply as it was, and false.
func (d *Desk) Write(ctx context.Context, r Reply, show func(Reply)) (Reply, bool) {
	draft := r.Draft
	r.Draft = nil
	r.Press, r.Toast = "", "" // acknowledged long ago
	if draft == nil {
		return r, false
	}
	l := lang(draft.Question.Lang)
	with := func(a knowledge.Answer) Reply {
		out := r
		out.Text = l.answer(a)
		return out
	}
	a, ok := d.Answerer.Write(ctx, draft.Question, draft.Answer, func(a knowledge.Answer) {
		a.Text += "…"
		if out := with(a); len([]rune(out.String())) <= maxInPlace {
			show(out)
		}
	})
	if !ok {
		return r, false
	}
	if out := with(a); len([]rune(out.String())) <= maxInPlace {
		return out, true
	}
	return r, false
}
