package vector

import (
	"runtime"
	"slices"
	"sync"
)

// flat is a list of vectors, each of a unit; a unit may have several. It is
// immutable, with one exception: add may write behind the end of the slices that
// earlier flats share.
type flat struct {
	dim    int // of every vector; 0 before the first
	words  []uint64
	scales []float32
	sums   []int32
	units  []string
}

func (f *flat) len() int { return len(f.units) }

func (f *flat) row(i int) []uint64 {
	n := words(f.dim)
	return f.words[i*n : (i+1)*n]
}

// add returns f with one more vector. Only the newest of the flats that share
// memory may be added to.
func (f flat) add(unit string, c code) flat {
	f.words = append(f.words, c.words...)
	f.scales = append(f.scales, c.scale)
	f.sums = append(f.sums, c.sum)
	f.units = append(f.units, unit)
	return f
}

// blockRows is how many vectors a processor takes at a time; fewer than that are
// not worth a second one.
const blockRows = 4096

// nearest returns up to k units that shown lets through, those with the highest
// cosine first, a unit by the best of its vectors.
func (f *flat) nearest(p probe, k int, shown func(unit string) bool) []string {
	if k <= 0 {
		return nil
	}
	cosines := make([]float32, f.len())
	blocks := make(chan int, f.len()/blockRows+1)
	for from := 0; from < f.len(); from += blockRows {
		blocks <- from
	}
	close(blocks)
	var wg sync.WaitGroup
	for range min(runtime.GOMAXPROCS(0), len(blocks)) {
		wg.Go(func() {
			for from := range blocks {
				for i := from; i < min(from+blockRows, f.len()); i++ {
					cosines[i] = p.cosine(f.row(i), f.scales[i], f.sums[i])
				}
			}
		})
	}
	wg.Wait()
	return f.best(cosines, k, shown)
}

func (f *flat) best(cosines []float32, k int, shown func(unit string) bool) []string {
	type match struct {
		unit   string
		cosine float32
	}
	var best []match // sorted, best first
	for i, c := range cosines {
		if len(best) == k && c <= best[k-1].cosine {
			continue
		}
		unit := f.units[i]
		if at := slices.IndexFunc(best, func(m match) bool { return m.unit == unit }); at >= 0 {
			if c <= best[at].cosine {
				continue
			}
			best = slices.Delete(best, at, at+1)
		} else if !shown(unit) {
			continue
		} else if len(best) == k {
			best = best[:k-1]
		}
		at := slices.IndexFunc(best, func(m match) bool { return m.cosine < c })
		if at < 0 {
			at = len(best)
		}
		best = slices.Insert(best, at, match{unit, c})
	}
	out := make([]string, len(best))
	for i, m := range best {
		out[i] = m.unit
	}
	return out
}
