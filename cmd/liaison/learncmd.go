package main

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"liaison/ticket"
	"liaison/ticket/learn"
)

// learnCmd trains routing, or tells what it has learned.
type learnCmd struct {
	List    bool  `xor:"do" help:"Only list the versions, newest first."`
	Use     int64 `xor:"do" placeholder:"N" help:"Go back to version N and stay with it until it is released."`
	Release bool  `xor:"do" help:"Release what --use pinned: the last version that did better is used again."`
	JSON    bool  `help:"Print one JSON object a version."`
}

// Help is shown by liaison learn --help.
func (learnCmd) Help() string {
	return "A running bot does this by itself every hour. A version is used when it gets more of the cases right that were held back than what was used before.\n\nExample:\n  liaison learn\n  liaison learn --list --json\n  liaison learn --use 12\n  liaison learn --release"
}

// Run trains or lists.
func (cmd learnCmd) Run(ctx context.Context, s *Settings, c *console) error {
	app, err := s.existing(ctx, c)
	if err != nil {
		return err
	}
	defer app.store.Close()
	var versions []learn.Version
	switch {
	case cmd.Use != 0:
		var v learn.Version
		v, err = app.learner.Use(ctx, cmd.Use)
		versions = []learn.Version{v}
		if ticket.CodeOf(err) == ticket.NotFound {
			return misuse(fmt.Errorf("the model of version %d is not kept", cmd.Use), "liaison learn --list shows the versions; those that were used last are kept")
		}
	case cmd.Release:
		n, err := app.learner.Release(ctx)
		if err == nil {
			fmt.Fprintf(c.err, "Released: %d.\n", n)
		}
		return err
	case cmd.List:
		versions, err = app.store.Models(ctx)
	default:
		versions, err = app.learner.Learn(ctx)
	}
	if err != nil {
		return err
	}
	for _, v := range versions {
		if err := cmd.print(c, v); err != nil {
			return err
		}
	}
	if len(versions) == 0 {
		fmt.Fprintln(c.err, "Nothing new to learn from, or too few solved cases.")
	}
	return nil
}

func (cmd learnCmd) print(c *console, v learn.Version) error {
	if cmd.JSON {
		return json.NewEncoder(c.out).Encode(map[string]any{
			"version": v.Number, "target": v.Target, "at": v.At.UTC(), "cases": v.Cases,
			"held_back": v.Held, "right": v.Right, "right_before": v.Before, "used": v.Used, "pinned": v.Pinned,
		})
	}
	used := "not used"
	if v.Used {
		used = "used"
	}
	if v.Pinned {
		used += ", pinned until released"
	}
	_, err := fmt.Fprintf(c.out, "version %d  %-7s  %s  learned from %d cases; of %d held back %d right, before %d; %s\n",
		v.Number, v.Target, v.At.Local().Format(time.DateTime), v.Cases, v.Held, v.Right, v.Before, used)
	return err
}
