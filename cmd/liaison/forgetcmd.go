package main

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"liaison/handlers"
	"liaison/ticket"
)

// forgetCmd erases what is held about a person who asked for it on paper.
type forgetCmd struct {
	Case    string `arg:"" optional:"" help:"Number of any case that the person has submitted."`
	Account string `help:"In place of a case, for who has only asked questions: channel and number of the account, as the person's own /mydata names it." placeholder:"telegram:NUMBER"`
	Yes     bool   `help:"Do it. Without this it only says what would be erased."`
	Cause   string `help:"What is noted in the histories, without names: the number of the written request, for example." default:"按书面申请清除 / on a written request"`
}

// Help is shown by liaison forget --help.
func (forgetCmd) Help() string {
	return "Does what /forget does in the chat, for a person who asked in writing: make sure of who it is first. Words, company, contact, files and account go; number, kind, dates, station and steps of the cases stay, and liaison audit still verifies them. Cases that are open have to be closed first. It cannot be undone.\n\n" +
		"Who has submitted no case is named by the account: the bot knows no name and no @name of it, only its number. It stands under accounts in the person's /mydata, and for Telegram in the data that the app exports. A number proves nothing: let the person show the account on the own device.\n\n" +
		"Example:\n  liaison forget CX-20261123-0001\n  liaison forget CX-20261123-0001 --yes\n  liaison forget --account telegram:123456789"
}

// who returns the person that is to be forgotten.
func (cmd forgetCmd) who(ctx context.Context, tx handlers.Tx) (string, error) {
	if cmd.Account != "" {
		channel, user, _ := strings.Cut(strings.TrimSpace(cmd.Account), ":")
		p, err := tx.Known(ctx, handlers.Channel(channel), user)
		if ticket.CodeOf(err) == ticket.NotFound {
			return "", misuse(fmt.Errorf("there is no account %s, or it has been forgotten", cmd.Account), "write it as the person's /mydata has it, for example telegram:123456789")
		}
		return p.ID, err
	}
	id := strings.TrimSpace(cmd.Case)
	t, err := tx.Ticket(ctx, id)
	switch {
	case ticket.CodeOf(err) == ticket.NotFound:
		return "", misuse(fmt.Errorf("there is no case %s", id), "look the number up on the staff page")
	case err == nil && t.Erased():
		return "", fail(fmt.Errorf("who submitted %s has been forgotten already", id), "nothing has to be done")
	}
	return t.Requester, err
}

// Run forgets.
func (cmd forgetCmd) Run(ctx context.Context, s *Settings, c *console) error {
	if (cmd.Case == "") == (cmd.Account == "") {
		return misuse(errors.New("name the person by a case or by an account"), "liaison forget CX-20261123-0001, or liaison forget --account telegram:123456789")
	}
	app, err := s.existing(ctx, c)
	if err != nil {
		return err
	}
	defer app.store.Close()
	cases := 0
	run := app.store.Update
	if !cmd.Yes {
		run = app.store.View
	}
	err = run(ctx, func(tx handlers.Tx) error {
		person, err := cmd.who(ctx, tx)
		if err != nil {
			return err
		}
		own, err := app.desk.OwnCases(ctx, tx, person)
		if cases = len(own); err != nil || !cmd.Yes {
			return err
		}
		return app.desk.Forget(ctx, tx, person, cmd.Cause)
	})
	var open *handlers.StillOpen
	switch {
	case errors.As(err, &open):
		return fail(err, "have them closed, or withdrawn by the person, and try again")
	case ticket.CodeOf(err) == ticket.NotFound:
		return fail(errors.New("the person has been forgotten already"), "nothing has to be done")
	case err != nil:
		return err
	case !cmd.Yes:
		fmt.Fprintf(c.out, "the person has submitted %d cases; nothing was erased yet: add --yes\n", cases)
	default:
		fmt.Fprintf(c.out, "erased, %d cases among it\n", cases)
	}
	return nil
}
