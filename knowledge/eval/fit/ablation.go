package main

import (
	"fmt"
	"io"
	"math/rand/v2"
	"slices"

	"liaison/knowledge"
)

const (
	resamples = 1000 // of the bootstrap
	cutoff    = 10   // ranks beyond count as not found
)

// ablation measures what each part of retrieval brings: every set with all parts,
// then with each part left out, as the difference. Both come with the middle 95 %
// of bootstrap resamples over the questions.
func ablation(w io.Writer, data string) error {
	sets, err := rankSets(data)
	if err != nil {
		return err
	}
	fmt.Fprintln(w, "| set | questions | left out | R@1 | R@5 | MRR@10 |\n|---|---|---|---|---|---|")
	for _, set := range sets {
		full, err := set.ranks(0)
		if err != nil {
			return err
		}
		fmt.Fprintf(w, "| %s | %d | nothing | %s | %s | %s |\n", set.name, len(full),
			interval(full, nil, within(1), "%.3f"), interval(full, nil, within(5), "%.3f"), interval(full, nil, reciprocal, "%.3f"))
		for _, part := range knowledge.Parts() {
			less, err := set.ranks(part)
			if err != nil {
				return err
			}
			fmt.Fprintf(w, "| | | %s | %s | %s | %s |\n", part,
				interval(less, full, within(1), "%+.3f"), interval(less, full, within(5), "%+.3f"), interval(less, full, reciprocal, "%+.3f"))
		}
	}
	return nil
}

// misses lists the questions for which something else came first, with what did.
func misses(w io.Writer, data string) error {
	sets, err := rankSets(data)
	if err != nil {
		return err
	}
	for _, set := range sets {
		lib, err := set.library()
		if err != nil {
			return err
		}
		for _, q := range set.queries {
			hits := lib.Search(q.text, searched)
			if rank := set.rank(lib, hits, q); rank != 1 {
				first := "nothing"
				if len(hits) > 0 {
					first = hits[0].Unit + " " + hits[0].Title
				}
				fmt.Fprintf(w, "%s\t%s\t%d\t%s\tfirst: %s\n", set.name, q.id, rank, q.text, first)
			}
		}
	}
	return nil
}

// ranks returns for each question where the first relevant thing stands, counting
// from 1; 0 when it is not among the first ten.
func (s *rankSet) ranks(off knowledge.Part) ([]int, error) {
	lib, err := s.library()
	if err != nil {
		return nil, err
	}
	out := make([]int, len(s.queries))
	for i, q := range s.queries {
		out[i] = s.rank(lib, lib.SearchWithout(off, q.text, searched), q)
	}
	return out, nil
}

func within(k int) func(rank int) float64 {
	return func(rank int) float64 {
		if rank > 0 && rank <= k {
			return 1
		}
		return 0
	}
}

func reciprocal(rank int) float64 {
	if rank == 0 {
		return 0
	}
	return 1 / float64(rank)
}

// interval writes the mean of value over ranks, less that over base when there is
// one, and the middle 95 % of its bootstrap resamples.
func interval(ranks, base []int, value func(rank int) float64, format string) string {
	diff := make([]float64, len(ranks))
	for i, r := range ranks {
		diff[i] = value(r)
		if base != nil {
			diff[i] -= value(base[i])
		}
	}
	mean, low, high := bootstrap(diff)
	return fmt.Sprintf(format+" ("+format+" to "+format+")", mean, low, high)
}

func bootstrap(v []float64) (mean, low, high float64) {
	if len(v) == 0 {
		return 0, 0, 0
	}
	for _, x := range v {
		mean += x
	}
	mean /= float64(len(v))
	rng := rand.New(rand.NewPCG(7, 8))
	means := make([]float64, resamples)
	for i := range means {
		var sum float64
		for range v {
			sum += v[rng.IntN(len(v))]
		}
		means[i] = sum / float64(len(v))
	}
	slices.Sort(means)
	return mean, means[resamples*25/1000], means[resamples*975/1000]
}
