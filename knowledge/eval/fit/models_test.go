package main

import (
	"math"
	"math/rand/v2"
	"testing"

	"liaison/knowledge"
)

// TestFitLogistic draws labels from a known model and finds it again.
func TestFitLogistic(t *testing.T) {
	t.Parallel()
	rng := rand.New(rand.NewPCG(5, 6))
	var rows []row
	for range 20000 {
		a, b := rng.Float64(), rng.Float64()
		r := row{x: []float64{a, b, 1}, weight: 1}
		if rng.Float64() < 1/(1+math.Exp(-(4*a-3*b-0.5))) {
			r.y = 1
		}
		rows = append(rows, r)
	}
	m := fitLogistic(rows, 1)
	if math.Abs(m.weights[0]-4) > 0.3 || math.Abs(m.weights[1]+3) > 0.3 || m.weights[2] != 0 || math.Abs(m.bias+0.5) > 0.3 {
		t.Errorf("got %v and %v, want about 4, -3, 0 and -0.5", m.weights, m.bias)
	}
}

// TestFitForest draws labels that need two columns together: no weighted sum can
// tell them apart.
func TestFitForest(t *testing.T) {
	t.Parallel()
	rng := rand.New(rand.NewPCG(3, 4))
	draw := func(n int) []row {
		var rows []row
		for range n {
			r := row{x: make([]float64, len(knowledge.EvidenceNames())), weight: 1}
			r.x[0], r.x[1] = rng.Float64(), rng.Float64()
			if (r.x[0] < 0.5) != (r.x[1] < 0.5) {
				r.y = 1
			}
			rows = append(rows, r)
		}
		return rows
	}
	f := fitForest(draw(2000))
	right := 0
	unseen := draw(1000)
	for _, r := range unseen {
		if (f.logit(r.x) > 0) == (r.y == 1) {
			right++
		}
	}
	if right < 950 {
		t.Errorf("%d of %d unseen rows are told right", right, len(unseen))
	}
	// What is written reads the same, but for the rounding of values.
	for _, text := range f.texts(1) {
		if _, err := knowledge.ParseDecision([]byte(`{"near":1,"trees":["` + text + `"]}`)); err != nil {
			t.Error(err)
		}
	}
}

// TestFitChoice has the sentence with the larger first signal answer.
func TestFitChoice(t *testing.T) {
	t.Parallel()
	rng := rand.New(rand.NewPCG(7, 8))
	var choices []choice
	for range 300 {
		c := choice{weight: 1}
		best := 0
		for i := range 5 {
			c.signals = append(c.signals, []float64{rng.Float64(), rng.Float64()})
			if c.signals[i][0] > c.signals[best][0] {
				best = i
			}
		}
		c.gains = make([]float64, 5)
		c.gains[best] = 1
		choices = append(choices, c)
	}
	w := fitChoice(choices)
	if w[0] < 5 || math.Abs(w[1]) > 1 {
		t.Errorf("got %v, want the first signal alone to count", w)
	}
}

// TestCalibration gives a model that promises too much its line.
func TestCalibration(t *testing.T) {
	t.Parallel()
	rng := rand.New(rand.NewPCG(9, 10))
	var judged []judgedRow
	for range 20000 {
		z := 4*rng.Float64() - 2
		r := judgedRow{row{sort: "whole"}, 1 / (1 + math.Exp(-z))}
		if rng.Float64() < 1/(1+math.Exp(-(0.5*z-1))) {
			r.y = 1
		}
		judged = append(judged, r)
	}
	scale, shift := calibration(judged)
	if math.Abs(scale-0.5) > 0.1 || math.Abs(shift+1) > 0.1 {
		t.Errorf("got %.2f and %.2f, want 0.5 and -1", scale, shift)
	}
}
