package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"slices"

	"liaison/ticket/classify"
)

type evalRoutingCmd struct {
	Train    string `help:"CSV with the columns text and label to learn from." placeholder:"FILE"`
	Describe string `help:"CSV of descriptions to learn from, beside the examples or without any, with the label in its first column and words in the others. Labels that the test file does not have are left out." placeholder:"FILE"`
	Test     string `required:"" help:"CSV with the columns text and label to measure on." placeholder:"FILE"`
	Curve    bool   `help:"Also learn from 10, 50, 200 and 1,000 examples, each the mean of five draws."`
	JSON     bool   `help:"Print one JSON object."`
}

// Help is shown by liaison eval routing --help.
func (evalRoutingCmd) Help() string {
	return "Learns as the running bot does: from descriptions before there are cases, then from both.\n\nExample:\n  liaison eval routing --train past.csv --test later.csv --json\n  liaison eval routing --train past.csv --describe stations.csv --test later.csv --curve\n  liaison eval routing --describe stations.csv --test later.csv"
}

// routingReport is what liaison eval routing --json prints.
type routingReport struct {
	classify.Report
	Curve []curvePoint `json:"curve,omitempty"`
}

// curvePoint is how well a number of examples teaches.
type curvePoint struct {
	Examples int     `json:"examples"`
	Accuracy float64 `json:"accuracy"`
	MacroF1  float64 `json:"macro_f1"`
}

// Run measures routing.
func (cmd evalRoutingCmd) Run(_ context.Context, c *console) error {
	if cmd.Train == "" && (cmd.Describe == "" || cmd.Curve) {
		return misuse(errors.New("there is nothing to learn from"), "give --train, --describe or both; --curve goes with --train")
	}
	test, err := readCSV(cmd.Test, "text and label", classify.ReadCSV)
	if err != nil {
		return err
	}
	config, err := cmd.config(test)
	if err != nil {
		return err
	}
	var r routingReport
	if cmd.Train == "" {
		r.Report, err = cmd.described(config, test)
	} else {
		r, err = cmd.trained(config, test)
	}
	if err != nil {
		return err
	}
	if cmd.JSON {
		return json.NewEncoder(c.out).Encode(r)
	}
	for _, p := range r.Curve {
		fmt.Fprintf(c.out, "%6d examples: accuracy %.4f  macro-F1 %.4f\n", p.Examples, p.Accuracy, p.MacroF1)
	}
	fmt.Fprintf(c.out, "%d messages: accuracy %.4f  macro-F1 %.4f\n", r.N, r.Accuracy, r.MacroF1)
	return nil
}

func (cmd evalRoutingCmd) trained(config classify.Config, test []classify.Example) (r routingReport, err error) {
	train, err := readCSV(cmd.Train, "text and label", classify.ReadCSV)
	if err != nil {
		return r, err
	}
	model, err := classify.Train(train, config)
	if err != nil {
		return r, fail(fmt.Errorf("%s: %w", cmd.Train, err), "give at least two labels with messages of each")
	}
	r.Report = classify.Evaluate(model, test)
	if cmd.Curve {
		r.Curve = curve(config, train, test)
		r.Curve = append(r.Curve, curvePoint{len(train), r.Accuracy, r.MacroF1})
	}
	return r, nil
}

// curve learns from parts of the examples, drawn by a fixed seed.
func curve(config classify.Config, train, test []classify.Example) (points []curvePoint) {
	const draws = 5
	random := rand.New(rand.NewPCG(1, 0))
	for _, n := range []int{10, 50, 200, 1000} {
		if n >= len(train) {
			break
		}
		p := curvePoint{Examples: n}
		for range draws {
			drawn := make([]classify.Example, n)
			for i, at := range random.Perm(len(train))[:n] {
				drawn[i] = train[at]
			}
			// A draw that nothing can be learned from counts as nothing right.
			if model, err := classify.Train(drawn, config); err == nil {
				r := classify.Evaluate(model, test)
				p.Accuracy += r.Accuracy / draws
				p.MacroF1 += r.MacroF1 / draws
			}
		}
		points = append(points, p)
	}
	return points
}

// config has the descriptions of the labels in the test.
func (cmd evalRoutingCmd) config(test []classify.Example) (c classify.Config, err error) {
	if cmd.Describe == "" {
		return c, nil
	}
	all, err := readCSV(cmd.Describe, "a label and words", classify.ReadDescriptions)
	c.Descriptions = slices.DeleteFunc(all, func(d classify.Description) bool {
		return !slices.ContainsFunc(test, func(e classify.Example) bool { return e.Label == d.Label })
	})
	return c, err
}

func (cmd evalRoutingCmd) described(config classify.Config, test []classify.Example) (classify.Report, error) {
	model, err := classify.Describe(config.Descriptions)
	if err != nil {
		return classify.Report{}, fail(fmt.Errorf("%s: %w", cmd.Describe, err), "describe at least two of the labels of %s", cmd.Test)
	}
	return classify.Evaluate(model, test), nil
}

// readCSV reads a file that has the given columns.
func readCSV[T any](path, columns string, read func(io.Reader) ([]T, error)) ([]T, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, misuse(err, "name a CSV file with %s", columns)
	}
	defer f.Close()
	list, err := read(f)
	if err != nil {
		return nil, fail(fmt.Errorf("%s: %w", path, err), "give a CSV file with %s", columns)
	}
	return list, nil
}
