package handlers

import (
	"context"
	"slices"
	"strings"
	"unicode"

	"liaison/ticket"
)

// What people write in place of pressing one of the two buttons below an answer.
var (
	saysSolved   = []string{"解决了", "已解决", "已经解决", "已经解决了", "都解决了", "问题解决了", "solved", "it is solved"}
	saysUnsolved = []string{"没解决", "没有解决", "未解决", "还没解决", "还没有解决", "没解决问题", "问题没解决", "问题没有解决", "问题还没解决", "not solved", "it is not solved", "still not solved"}
)

// judgement reads whether a text says that the matter is solved, or that it is not;
// said is what it says besides of the latter. ok is false for everything else: a
// longer text is no thanks, and may well be about something else.
func judgement(text string) (solved bool, said string, ok bool) {
	text = strings.TrimFunc(text, isSign)
	head, rest := text, ""
	if i := strings.IndexFunc(text, unicode.IsPunct); i > 0 {
		head, rest = text[:i], strings.TrimLeftFunc(text[i:], isSign)
	}
	head = strings.ToLower(strings.TrimSpace(head))
	switch {
	case rest == "" && slices.Contains(saysSolved, head):
		return true, "", true
	case slices.Contains(saysUnsolved, head):
		return false, rest, true
	default:
		return false, "", false
	}
}

// judged takes a text for what the person has to say of an answer, and reports whether
// it is that. Of several answered cases it asks which is meant.
func (t *turn) judged(ctx context.Context) (bool, error) {
	solved, said, ok := judgement(t.m.Text)
	if !ok {
		return false, nil
	}
	answered, err := t.tx.Tickets(ctx, ticket.Filter{Requester: t.me.ID, States: []ticket.State{ticket.Answered}, Limit: mostListed})
	if err != nil {
		return false, err
	}
	open, err := t.notOver(ctx, answered)
	if err != nil {
		return false, err
	}
	switch len(open) {
	case 0:
		return false, nil
	case 1:
		return true, t.judge(ctx, open[0].ID, solved, ticket.Step{Text: said})
	default:
		return true, t.listOwn(ctx, pWhichAnswer, open, nil)
	}
}

// judge takes the person's word for whether the case is solved.
func (t *turn) judge(ctx context.Context, id string, solved bool, with ticket.Step) error {
	if solved {
		return t.solved(ctx, id)
	}
	return t.unsolved(ctx, id, with)
}

// unsolved reopens the case at once, with what was said. If nothing was it then asks
// what is missing: a requester who says no more than 'not solved' must not lose the
// case by it.
func (t *turn) unsolved(ctx context.Context, id string, with ticket.Step) error {
	with.Action = ticket.Unsolved
	c, err := t.Act(ctx, t.tx, t.me.ID, id, with)
	if err != nil {
		return err
	}
	if with.Text == "" && len(with.Files) == 0 {
		p := pReopened
		if c.Escalated {
			p = pReopenedAgain
		}
		return t.await(ctx, p, data("act", "more", id), id)
	}
	t.remember("case", id)
	p := pReopenedSaid
	if c.Escalated {
		p = pReopenedSaidAgain
	}
	r := words(t.lang.f(p, id, t.lang.when(c.AnswerBy)))
	r.Ref = data("ticket", id)
	return t.say(ctx, r)
}

// canJudge reports whether the requester of c may say now whether it is solved: it is
// answered, or the case in which it goes on is.
func (t *turn) canJudge(ctx context.Context, c ticket.Ticket) (bool, error) {
	if c.MergedInto == "" {
		return c.State == ticket.Answered, nil
	}
	main, err := t.mainOf(ctx, t.tx, c)
	return err == nil && hasResult(main) && !c.Rating.Given, err
}
