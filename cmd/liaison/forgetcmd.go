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
	Case  string `arg:"" help:"Number of any case that the person has submitted."`
	Yes   bool   `help:"Do it. Without this it only says what would be erased."`
	Cause string `help:"What is noted in the histories, without names: the number of the written request, for example." default:"按书面申请清除 / on a written request"`
}

// Help is shown by liaison forget --help.
func (forgetCmd) Help() string {
	return "Does what /forget does in the chat, for a person who asked in writing: make sure of who it is first. Words, company, contact, files and account go; number, kind, dates, station and steps of the cases stay, and liaison audit still verifies them. Cases that are open have to be closed first. It cannot be undone.\n\nExample:\n  liaison forget CX-20261123-0001\n  liaison forget CX-20261123-0001 --yes"
}

// Run forgets.
func (cmd forgetCmd) Run(ctx context.Context, s *Settings, c *console) error {
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
		t, err := tx.Ticket(ctx, strings.TrimSpace(cmd.Case))
		if err != nil {
			return err
		}
		if t.Erased() {
			return &ticket.Error{Code: ticket.NotFound, Field: "person"}
		}
		own, err := app.desk.OwnCases(ctx, tx, t.Requester)
		if cases = len(own); err != nil || !cmd.Yes {
			return err
		}
		return app.desk.Forget(ctx, tx, t.Requester, cmd.Cause)
	})
	var open *handlers.StillOpen
	var e *ticket.Error
	switch {
	case errors.As(err, &open):
		return fail(err, "have them closed, or withdrawn by the person, and try again")
	case errors.As(err, &e) && e.Code == ticket.NotFound && e.Field == "person":
		return fail(fmt.Errorf("who submitted %s has been forgotten already", cmd.Case), "nothing has to be done")
	case errors.As(err, &e) && e.Code == ticket.NotFound:
		return misuse(fmt.Errorf("there is no case %s", cmd.Case), "look the number up on the staff page")
	case err != nil:
		return err
	case !cmd.Yes:
		fmt.Fprintf(c.out, "the person has submitted %d cases; nothing was erased yet: add --yes\n", cases)
	default:
		fmt.Fprintf(c.out, "erased, %d cases among it\n", cases)
	}
	return nil
}
