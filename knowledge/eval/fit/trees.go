package main

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"

	"liaison/knowledge"
)

// node is a node of a regression tree; a leaf has no yes.
type node struct {
	column  int
	below   float64
	yes, no *node
	value   float64
}

func (n *node) of(x []float64) float64 {
	for n.yes != nil {
		if x[n.column] < n.below {
			n = n.yes
		} else {
			n = n.no
		}
	}
	return n.value
}

// text writes the tree as a Decision reads it, its values times scale.
func (n *node) text(scale float64) string {
	if n.yes == nil {
		return fmt.Sprint(round(n.value * scale))
	}
	return fmt.Sprintf("%s<%v %s %s", knowledge.EvidenceNames()[n.column], n.below, n.yes.text(scale), n.no.text(scale))
}

// forest adds to a logistic model what pieces of evidence say together: each tree
// is fitted to what the model and the trees before it get wrong.
type forest struct {
	base  *logisticModel
	trees []*node
}

func (f *forest) logit(x []float64) float64 {
	z := f.base.logit(x)
	for _, t := range f.trees {
		z += t.of(x)
	}
	return z
}

// Found by cross-validation; flat around them.
const (
	treeCount = 120
	treeDepth = 3
	treeRate  = 0.1 // share of what a tree could mend that it does
	treeLeast = 3   // curvature in a leaf: that many undecided rows of weight 1, times 4
	treeRidge = 10  // pulls leaves towards 0, in the same unit
	treeBins  = 32  // values of a column that are tried
	treeShare = 0.6 // of the rows, drawn anew, that each tree is fitted to
)

// fitForest boosts trees by Newton's method on the logistic loss.
func fitForest(rows []row) *forest {
	f := &forest{base: fitLogistic(rows, ridge)}
	g := &grower{rows: rows, first: make([]float64, len(rows)), second: make([]float64, len(rows))}
	g.bin()
	rng := rand.New(rand.NewPCG(9, 10))
	z := make([]float64, len(rows))
	all := make([]int, len(rows))
	for i, r := range rows {
		z[i], all[i] = f.base.logit(r.x), i
	}
	for range treeCount {
		for i, r := range rows {
			p := 1 / (1 + math.Exp(-z[i]))
			g.first[i], g.second[i] = r.weight*(r.y-p), r.weight*p*(1-p)
		}
		var drawn []int
		for _, i := range all {
			if rng.Float64() < treeShare {
				drawn = append(drawn, i)
			}
		}
		t := g.grow(drawn, treeDepth)
		for i, r := range rows {
			z[i] += t.of(r.x)
		}
		f.trees = append(f.trees, t)
	}
	return f
}

// grower grows one tree after another on the same rows.
type grower struct {
	rows          []row
	cuts          [][]float64 // of each column, ascending
	bins          [][]uint8   // of each column and row: how many cuts are at most its value
	first, second []float64   // derivatives of the loss, of each row
}

func (g *grower) bin() {
	for j := range g.rows[0].x {
		values := make([]float64, len(g.rows))
		for i, r := range g.rows {
			values[i] = r.x[j]
		}
		sorted := slices.Sorted(slices.Values(values))
		var cuts []float64
		for b := 1; b < treeBins; b++ {
			// Rounded as they are written, so that a written tree asks the same.
			if c := round(sorted[b*len(sorted)/treeBins]); c > sorted[0] {
				cuts = append(cuts, c)
			}
		}
		cuts = slices.Compact(cuts)
		bins := make([]uint8, len(values))
		for i, v := range values {
			n, found := slices.BinarySearch(cuts, v)
			if found {
				n++
			}
			bins[i] = uint8(n)
		}
		g.cuts, g.bins = append(g.cuts, cuts), append(g.bins, bins)
	}
}

// grow grows a tree of at most depth levels on the rows with these numbers.
func (g *grower) grow(rows []int, depth int) *node {
	var first, second float64
	for _, i := range rows {
		first += g.first[i]
		second += g.second[i]
	}
	leaf := &node{value: treeRate * first / (second + treeRidge)}
	if depth == 0 {
		return leaf
	}
	best, column, cut := 0.0, -1, 0
	for j, cuts := range g.cuts {
		var below, curve [treeBins]float64
		for _, i := range rows {
			below[g.bins[j][i]] += g.first[i]
			curve[g.bins[j][i]] += g.second[i]
		}
		var f, s float64
		for c := range cuts {
			f += below[c]
			s += curve[c]
			if s < treeLeast || second-s < treeLeast {
				continue
			}
			gain := f*f/(s+treeRidge) + (first-f)*(first-f)/(second-s+treeRidge) - first*first/(second+treeRidge)
			if gain > best+1e-9 {
				best, column, cut = gain, j, c
			}
		}
	}
	if column < 0 {
		return leaf
	}
	var yes, no []int
	for _, i := range rows {
		if int(g.bins[column][i]) <= cut {
			yes = append(yes, i)
		} else {
			no = append(no, i)
		}
	}
	return &node{column: column, below: g.cuts[column][cut], yes: g.grow(yes, depth-1), no: g.grow(no, depth-1)}
}

// texts writes the trees, their values times scale.
func (f *forest) texts(scale float64) []string {
	var out []string
	for _, t := range f.trees {
		if text := t.text(scale); strings.Contains(text, "<") {
			out = append(out, text)
		}
	}
	return out
}
