package classify

import "math/rand/v2"

// linear holds one hyperplane a label, interleaved by feature: the weights of
// one feature for all labels lie side by side, so a row touches each place in
// memory once whatever the number of labels. The last row is the bias.
type linear struct {
	labels  int
	weights []float32
}

func (l *linear) margins(row vector) []float64 {
	sums := make([]float64, l.labels)
	l.addMargins(row, sums)
	return sums
}

func (l *linear) addMargins(row vector, sums []float64) {
	for k, w := range l.weights[len(l.weights)-l.labels:] {
		sums[k] += float64(w)
	}
	for i, id := range row.index {
		x := float64(row.value[i])
		at := int(id) * l.labels
		for k, w := range l.weights[at : at+l.labels] {
			sums[k] += x * float64(w)
		}
	}
}

func (l *linear) add(row vector, steps []float32) {
	bias := l.weights[len(l.weights)-l.labels:]
	for k := range bias {
		bias[k] += steps[k]
	}
	for i, id := range row.index {
		x := row.value[i]
		at := int(id) * l.labels
		weights := l.weights[at : at+l.labels]
		for k := range weights {
			weights[k] += x * steps[k]
		}
	}
}

// fit solves a linear support vector machine with squared hinge loss for each
// label against the rest by dual coordinate descent (Hsieh et al., ICML 2008).
// The problems share the order of the rows and stop together, when no dual
// variable moved by more than the tolerance or after the given epochs.
func fit(rows []vector, gold []int, labels, features int, c float64, epochs int, seed uint64) *linear {
	const tolerance = 1e-2
	l := &linear{labels: labels, weights: make([]float32, (features+1)*labels)}
	alpha := make([]float64, len(rows)*labels)
	diagonal := 1 / (2 * c)
	random := rand.New(rand.NewPCG(seed, 0))
	order := random.Perm(len(rows))
	sums, steps := make([]float64, labels), make([]float32, labels)
	for range epochs {
		random.Shuffle(len(order), func(i, j int) { order[i], order[j] = order[j], order[i] })
		var largest float64
		for _, i := range order {
			q := 1 + diagonal
			if len(rows[i].index) > 0 {
				q++
			}
			clear(sums)
			l.addMargins(rows[i], sums)
			moved := false
			for k := range labels {
				y := -1.0
				if gold[i] == k {
					y = 1
				}
				a := &alpha[i*labels+k]
				gradient := y*sums[k] - 1 + diagonal**a
				next := max(*a-gradient/q, 0)
				steps[k] = float32((next - *a) * y)
				moved = moved || next != *a
				largest = max(largest, next-*a, *a-next)
				*a = next
			}
			if moved {
				l.add(rows[i], steps)
			}
		}
		if largest < tolerance {
			break
		}
	}
	return l
}
