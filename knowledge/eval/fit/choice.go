package main

import (
	"cmp"
	"fmt"
	"io"
	"maps"
	"math"
	"slices"

	"liaison/knowledge"
)

// choice is a question with the sentences that could answer it.
type choice struct {
	set, from string
	weight    float64
	signals   [][]float64
	gains     []float64
}

// newChoice makes a choice of a sample; ok is false when no sentence is right.
func newChoice(s sample) (c choice, ok bool) {
	if len(s.gains) == 0 || slices.Max(s.gains) < 0.25 {
		return c, false
	}
	c = choice{set: s.set, from: s.from, weight: 1, gains: s.gains}
	for _, r := range s.j.Sentences {
		c.signals = append(c.signals, r.Signals)
	}
	return c, true
}

// target spreads the choice over the sentences by the square of their gain.
func (c *choice) target() []float64 {
	out := make([]float64, len(c.gains))
	var sum float64
	for i, g := range c.gains {
		if g >= 0.25 {
			out[i] = g * g
		}
		sum += out[i]
	}
	for i := range out {
		out[i] /= sum
	}
	return out
}

const (
	choiceRidge = 0.3
	choiceSteps = 400
)

// fitChoice fits the weights of a conditional logit: the chance of a sentence is
// proportional to the exponential of its weighted signals. Gradient ascent with
// momentum and a step for each weight (Adam).
func fitChoice(choices []choice) []float64 {
	n := len(choices[0].signals[0])
	w, m, v := make([]float64, n), make([]float64, n), make([]float64, n)
	targets := make([][]float64, len(choices))
	var all float64
	for i := range choices {
		targets[i] = choices[i].target()
		all += choices[i].weight
	}
	for step := 1; step <= choiceSteps; step++ {
		g := make([]float64, n)
		for i := range choices {
			c := &choices[i]
			p := softmax(w, c.signals)
			for k, x := range c.signals {
				d := c.weight * (targets[i][k] - p[k])
				if d == 0 {
					continue
				}
				for j := range g {
					g[j] += d * x[j]
				}
			}
		}
		for j := range w {
			g[j] = g[j]/all - choiceRidge/all*w[j]
			m[j] = 0.9*m[j] + 0.1*g[j]
			v[j] = 0.99*v[j] + 0.01*g[j]*g[j]
			mh := m[j] / (1 - math.Pow(0.9, float64(step)))
			vh := v[j] / (1 - math.Pow(0.99, float64(step)))
			w[j] += 0.05 * mh / (math.Sqrt(vh) + 1e-8)
		}
	}
	return w
}

func softmax(w []float64, xs [][]float64) []float64 {
	out := make([]float64, len(xs))
	top := math.Inf(-1)
	for i, x := range xs {
		out[i] = dot(w, x)
		top = max(top, out[i])
	}
	var sum float64
	for i := range out {
		out[i] = math.Exp(out[i] - top)
		sum += out[i]
	}
	for i := range out {
		out[i] /= sum
	}
	return out
}

func dot(w, x []float64) float64 {
	var z float64
	for i := range w {
		z += w[i] * x[i]
	}
	return z
}

// choiceFigures counts how often the first, and one of the first three sentences
// is right, by set.
type choiceFigures map[string]*struct{ n, first, three float64 }

func newChoiceFigures() choiceFigures { return make(choiceFigures) }

func (f choiceFigures) add(d *knowledge.Decision, choices []choice) {
	var w []float64
	for _, name := range knowledge.SignalNames() {
		w = append(w, d.Sentences[name])
	}
	for _, c := range choices {
		if f[c.set] == nil {
			f[c.set] = new(struct{ n, first, three float64 })
		}
		got := f[c.set]
		got.n++
		order := make([]int, len(c.gains))
		for i := range order {
			order[i] = i
		}
		p := softmax(w, c.signals)
		slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(p[b], p[a]) })
		enough := 0.6 * slices.Max(c.gains)
		if c.gains[order[0]] > enough {
			got.first++
		}
		if slices.ContainsFunc(order[:min(3, len(order))], func(i int) bool { return c.gains[i] > enough }) {
			got.three++
		}
	}
}

func (f choiceFigures) print(w io.Writer) {
	for _, set := range slices.Sorted(maps.Keys(f)) {
		got := f[set]
		fmt.Fprintf(w, "choice of the sentence, cross-validated: %s n %.0f first %.3f in three %.3f\n", set, got.n, got.first/got.n, got.three/got.n)
	}
}
