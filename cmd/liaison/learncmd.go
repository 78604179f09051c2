package main

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"liaison/ticket/learn"
)

// learnCmd trains routing, or tells what it has learned.
type learnCmd struct {
	List bool `help:"Only list the versions, newest first."`
	JSON bool `help:"Print one JSON object a version."`
}

// Help is shown by liaison learn --help.
func (learnCmd) Help() string {
	return "A running bot does this by itself every hour. A version is used when it gets more of the cases right that were held back than what was used before.\n\nExample:\n  liaison learn\n  liaison learn --list --json"
}

// Run trains or lists.
func (cmd learnCmd) Run(ctx context.Context, s *Settings, c *console) error {
	if err := s.mustExist(); err != nil {
		return err
	}
	app, err := s.build(ctx, s.logger(c.err))
	if err != nil {
		return err
	}
	defer app.store.Close()
	var versions []learn.Version
	if cmd.List {
		versions, err = app.store.Models(ctx)
	} else {
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
			"held_back": v.Held, "right": v.Right, "right_before": v.Before, "used": v.Used,
		})
	}
	used := "not used"
	if v.Used {
		used = "used"
	}
	_, err := fmt.Fprintf(c.out, "version %d  %-7s  %s  learned from %d cases; of %d held back %d right, before %d; %s\n",
		v.Number, v.Target, v.At.Local().Format(time.DateTime), v.Cases, v.Held, v.Right, v.Before, used)
	return err
}
