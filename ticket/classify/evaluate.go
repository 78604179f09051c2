package classify

import (
	"maps"
	"slices"
)

// Report is how a model does on examples that it has not learned.
type Report struct {
	N        int                    `json:"n"`
	Accuracy float64                `json:"accuracy"` // share predicted right
	MacroF1  float64                `json:"macro_f1"` // mean of F1 over the labels, each alike
	PerLabel map[string]LabelReport `json:"per_label"`
}

// LabelReport is how a model does on one label.
type LabelReport struct {
	N         int     `json:"n"`         // examples that have the label
	Precision float64 `json:"precision"` // share right of those given the label
	Recall    float64 `json:"recall"`    // share found of those that have it
	F1        float64 `json:"f1"`        // harmonic mean of both
}

// Evaluate predicts each example and compares. Labels are those of the examples
// and those predicted; a share of nothing is zero. A text that the model can say
// nothing about counts as wrong.
func Evaluate(m *Model, examples []Example) Report {
	type tally struct{ right, given, gold int }
	tallies := make(map[string]tally)
	right := 0
	for _, e := range examples {
		predicted := m.Predict(e.Text).Label
		t := tallies[e.Label]
		t.gold++
		if predicted == e.Label {
			right++
			t.right++
		}
		tallies[e.Label] = t
		if predicted != "" {
			t = tallies[predicted]
			t.given++
			tallies[predicted] = t
		}
	}
	report := Report{N: len(examples), Accuracy: ratio(right, len(examples)), PerLabel: make(map[string]LabelReport)}
	for _, label := range slices.Sorted(maps.Keys(tallies)) {
		t := tallies[label]
		l := LabelReport{
			N: t.gold, Precision: ratio(t.right, t.given), Recall: ratio(t.right, t.gold),
			F1: ratio(2*t.right, t.given+t.gold),
		}
		report.PerLabel[label] = l
		report.MacroF1 += l.F1 / float64(len(tallies))
	}
	return report
}

func ratio(a, b int) float64 {
	if b == 0 {
		return 0
	}
	return float64(a) / float64(b)
}
