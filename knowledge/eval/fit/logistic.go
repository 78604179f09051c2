package main

import (
	"maps"
	"math"
	"slices"

	"liaison/knowledge"
)

const (
	ridge      = 1.0 // keeps weights of features that hardly vary small
	iterations = 20
)

// fitted returns the logistic model of answerable by Newton's method. Each data
// set counts its setWeight, and in it each part, and in that the answerable and
// the unanswerable questions, count alike.
func fitted(samples []sample) *knowledge.Decision {
	var names []string
	count := make(map[group]float64)
	for _, s := range samples {
		if names == nil && s.features != nil {
			names = slices.Sorted(maps.Keys(s.features))
		}
		count[s.group]++
	}
	n := len(names) + 1
	w := make([]float64, n)
	x := make([]float64, n)
	for range iterations {
		gradient := make([]float64, n)
		hessian := make([][]float64, n)
		for i := range hessian {
			hessian[i] = make([]float64, n)
		}
		for _, s := range samples {
			if s.features == nil {
				continue // refused before anything was searched
			}
			x[0] = 1
			for i, name := range names {
				x[i+1] = s.features[name]
			}
			var z float64
			for i := range x {
				z += w[i] * x[i]
			}
			p := 1 / (1 + math.Exp(-z))
			y := 0.0
			if s.answerable {
				y = 1
			}
			c := setWeight[s.set] * 1000 / count[s.group]
			for i := range x {
				gradient[i] += c * (y - p) * x[i]
				for j := range x {
					hessian[i][j] += c * p * (1 - p) * x[i] * x[j]
				}
			}
		}
		for i := 1; i < n; i++ {
			gradient[i] -= ridge * w[i]
			hessian[i][i] += ridge
		}
		for i, step := range solve(hessian, gradient) {
			w[i] += step
		}
	}
	d := &knowledge.Decision{Weights: make(map[string]float64)}
	for i, name := range names {
		d.Weights[name] = math.Round(w[i+1]*1e4) / 1e4
	}
	d.Bias = math.Round(w[0]*1e4) / 1e4
	return d
}

// solve returns v with m*v = b by elimination. m is positive definite, so no row
// is ever all zero.
func solve(m [][]float64, b []float64) []float64 {
	n := len(b)
	for i := range n {
		pivot := i
		for k := i + 1; k < n; k++ {
			if math.Abs(m[k][i]) > math.Abs(m[pivot][i]) {
				pivot = k
			}
		}
		m[i], m[pivot] = m[pivot], m[i]
		b[i], b[pivot] = b[pivot], b[i]
		for k := range n {
			if k == i {
				continue
			}
			f := m[k][i] / m[i][i]
			for j := i; j < n; j++ {
				m[k][j] -= f * m[i][j]
			}
			b[k] -= f * b[i]
		}
	}
	for i := range n {
		b[i] /= m[i][i]
	}
	return b
}
