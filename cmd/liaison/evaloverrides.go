package main

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"

	"liaison/handlers"
	"liaison/knowledge"
)

// evalOverridesCmd tells what the staff's decisions change.
type evalOverridesCmd struct {
	JSON bool `help:"Print one JSON object."`
}

// Help is shown by liaison eval overrides --help.
func (evalOverridesCmd) Help() string {
	return "Asks the check questions of the library (those of the bundled documents, of question and answer documents, and the pinned ones) with and without the pins, blocks and synonyms in force, and lists every question whose answer differs. The console does the same before a decision is kept.\n\nExample:\n  liaison eval overrides --json"
}

// Run compares the answers.
func (cmd evalOverridesCmd) Run(ctx context.Context, s *Settings, c *console) error {
	log := slog.New(slog.DiscardHandler)
	if err := s.mustExist(); err != nil {
		return err
	}
	docs, err := s.readLibrary(ctx, log)
	if err != nil {
		return err
	}
	decided, err := s.readOverrides(ctx, log)
	if err != nil {
		return err
	}
	lib, err := knowledge.NewLibrary(docs)
	if err != nil { // what is faulty is left out, as in the bot
		fmt.Fprintln(c.err, err)
	}
	answerer, err := knowledge.NewAnswerer(knowledge.Config{Library: lib})
	if err != nil {
		return err
	}
	asked, changes := answerer.Compare(knowledge.Overrides{}, decided)
	worse, better := 0, 0
	for _, d := range changes {
		if d.Worse {
			worse++
		}
		if d.Better {
			better++
		}
	}
	if cmd.JSON {
		return json.NewEncoder(c.out).Encode(map[string]any{
			"questions": asked, "worse": worse, "better": better, "changes": append([]knowledge.Difference{}, changes...),
		})
	}
	fmt.Fprintf(c.out, "%d pins, %d blocks, %d synonyms\n%d questions: %d answered otherwise, %d worse, %d better\n",
		len(decided.Pins), len(decided.Blocks), len(decided.Synonyms), asked, len(changes), worse, better)
	for _, d := range changes {
		kind := "other"
		switch {
		case d.Worse:
			kind = "worse"
		case d.Better:
			kind = "better"
		}
		fmt.Fprintf(c.out, "%-6s  %s\n        %s %v -> %s %v\n", kind, d.Question, d.Before.Decision, d.Before.Units, d.After.Decision, d.After.Units)
	}
	return nil
}

// readOverrides returns what the staff have decided, as it is in force; nothing
// where there is no database yet.
func (s *Settings) readOverrides(ctx context.Context, log *slog.Logger) (o knowledge.Overrides, err error) {
	if s.mustExist() != nil {
		return o, nil
	}
	st, err := s.open(ctx, log)
	if err != nil {
		return o, err
	}
	defer st.Close()
	err = st.View(ctx, func(tx handlers.Tx) error {
		list, err := tx.Overrides(ctx, false)
		o = handlers.Decided(list)
		return err
	})
	return o, err
}
