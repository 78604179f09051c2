package main

import "math"

// logisticModel is a weighted sum through the logistic function.
type logisticModel struct {
	bias    float64
	weights []float64
}

func (m *logisticModel) logit(x []float64) float64 { return m.bias + dot(m.weights, x) }

const iterations = 25

// fitLogistic fits by Newton's method. ridge keeps the weights small, in units of
// the spread of each column.
func fitLogistic(rows []row, ridge float64) *logisticModel {
	k := len(rows[0].x)
	mean, spread := make([]float64, k), make([]float64, k)
	var all float64
	for i := range rows {
		all += rows[i].weight
		for j, v := range rows[i].x {
			mean[j] += rows[i].weight * v
		}
	}
	for j := range mean {
		mean[j] /= all
	}
	for i := range rows {
		for j, v := range rows[i].x {
			spread[j] += rows[i].weight * (v - mean[j]) * (v - mean[j])
		}
	}
	for j := range spread {
		spread[j] = math.Sqrt(spread[j] / all)
		if spread[j] < 1e-6 {
			spread[j] = math.Inf(1) // a column that never varies gets no weight
		}
	}
	n := k + 1
	w, x := make([]float64, n), make([]float64, n)
	for range iterations {
		gradient := make([]float64, n)
		hessian := make([][]float64, n)
		for i := range hessian {
			hessian[i] = make([]float64, n)
		}
		for i := range rows {
			x[0] = 1
			for j, v := range rows[i].x {
				x[j+1] = (v - mean[j]) / spread[j]
			}
			p := 1 / (1 + math.Exp(-dot(w, x)))
			for a := range x {
				gradient[a] += rows[i].weight * (rows[i].y - p) * x[a]
				c := rows[i].weight * p * (1 - p) * x[a]
				for b := range x {
					hessian[a][b] += c * x[b]
				}
			}
		}
		for i := 1; i < n; i++ {
			gradient[i] -= ridge * w[i]
			hessian[i][i] += ridge
		}
		hessian[0][0] += 1e-9
		for i, step := range solve(hessian, gradient) {
			w[i] += step
		}
	}
	m := &logisticModel{bias: w[0]}
	for j := range k {
		v := w[j+1] / spread[j]
		m.weights = append(m.weights, v)
		m.bias -= v * mean[j]
	}
	return m
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
