package handlers

import (
	"context"
	"strconv"

	"liaison/knowledge"
	"liaison/ticket"
)

const (
	// starters is how many questions are offered to begin with.
	starters = 4
	// completions is how many are offered while somebody is typing.
	completions = 6
	// likedPeople is how many different people a question must have helped before
	// it is offered to others: what fewer asked could tell who asked.
	likedPeople = 3
	// likedDays is how far back that counts.
	likedDays = 30
)

// Suggest returns questions to ask: those that complete a text, or without a text
// some to begin with, what helped several people lately first.
func (d *Desk) Suggest(ctx context.Context, text string) ([]string, error) {
	var out []string
	if text != "" {
		for _, s := range d.Answerer.Library().Suggest(text, completions, knowledge.DateOf(d.Now().In(ticket.CST))) {
			out = append(out, s.Text)
		}
		return out, nil
	}
	err := d.Store.View(ctx, func(tx Tx) error {
		list, err := d.starters(ctx, tx)
		out = nil
		for _, s := range list {
			out = append(out, s.Text)
		}
		return err
	})
	return out, err
}

// starters lists the questions to begin with.
func (d *Desk) starters(ctx context.Context, tx Tx) ([]knowledge.Suggestion, error) {
	liked, err := tx.Liked(ctx, d.Now().AddDate(0, 0, -likedDays), likedPeople, starters)
	if err != nil {
		return nil, err
	}
	var out []knowledge.Suggestion
	used := make(map[string]bool)
	for _, l := range liked {
		c, ok := d.Cite(l.Unit)
		if !ok || !c.InForce {
			continue
		}
		text := l.Question
		if text == "" {
			text = c.UnitTitle // nobody's words
		}
		used[l.Unit] = true
		out = append(out, knowledge.Suggestion{Text: text, Unit: l.Unit})
	}
	for _, s := range d.Answerer.Library().Starters(2*starters, knowledge.DateOf(d.Now().In(ticket.CST))) {
		if len(out) < starters && !used[s.Unit] {
			out = append(out, s)
		}
	}
	return out, nil
}

// suggested makes a button of each question to begin with.
func (t *turn) suggested(ctx context.Context) ([][]Button, error) {
	list, err := t.starters(ctx, t.tx)
	if err != nil {
		return nil, err
	}
	var buttons []Button
	for _, s := range list {
		id := t.conv.ask(s.Text, []string{s.Unit})
		t.conv.update(id, func(a *asked) { a.Offered = true })
		buttons = append(buttons, Button{Text: excerpt(s.Text, 40), Data: data("pick", strconv.Itoa(id), "0")})
	}
	return column(buttons...), nil
}
