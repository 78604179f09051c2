package vector

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
)

func random(r *rand.Rand, dim int) []float32 {
	v := make([]float32, dim)
	for i := range v {
		v[i] = float32(r.NormFloat64())
	}
	return v
}

func cosine(a, b []float32) float64 {
	var ab, aa, bb float64
	for i := range a {
		ab += float64(a[i]) * float64(b[i])
		aa += float64(a[i]) * float64(a[i])
		bb += float64(b[i]) * float64(b[i])
	}
	return ab / math.Sqrt(aa*bb)
}

func TestCosine(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(1, 2))
	check := func(a, b []float32) {
		t.Helper()
		x, ok1 := encode(a)
		y, ok2 := encode(b)
		if !ok1 || !ok2 {
			t.Fatal("a vector with a direction is refused")
		}
		p := probeOf(x)
		got, want := float64(p.cosine(y.words, y.scale, y.sum)), cosine(a, b)
		if math.Abs(got-want) > 0.12/math.Sqrt(float64(len(a))) {
			t.Errorf("cosine of %d numbers is %.4f, want %.4f", len(a), got, want)
		}
	}
	for _, dim := range []int{1, 2, 7, 8, 9, 384, 1024, 1536} {
		for range 50 {
			a, b := random(r, dim), random(r, dim)
			for i := range b { // from opposite to the same
				b[i] = b[i]*0.3 + a[i]*float32(r.NormFloat64())
			}
			check(a, random(r, dim))
			check(a, a)
			check(a, b)
		}
	}
	// The largest bytes everywhere, and the smallest: nothing carries.
	all := slices.Repeat([]float32{1}, 4096)
	none := slices.Repeat([]float32{-1}, 4096)
	check(all, all)
	check(all, none)
	check(none, none)
	check([]float32{1e-30, 2e-30}, []float32{1e30, 2e30})
}

func TestNoDirection(t *testing.T) {
	t.Parallel()
	for _, v := range [][]float32{nil, {}, {0, 0}, {1, float32(math.NaN())}, {1, float32(math.Inf(-1))}} {
		if _, ok := encode(v); ok {
			t.Errorf("%v has a code", v)
		}
	}
}

// The best units are those that comparing all the numbers finds.
func TestNearestAgainstPlain(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(3, 4))
	const dim, n, k = 96, 2*blockRows + 17, 10
	f := flat{dim: dim}
	vectors := make([][]float32, n)
	for i := range n {
		vectors[i] = random(r, dim)
		c, _ := encode(vectors[i])
		f = f.add(fmt.Sprint("u", i/3), c) // three a unit
	}
	even := func(unit string) bool { return strings.HasSuffix(unit, "0") || strings.HasSuffix(unit, "2") }
	for range 20 {
		q := random(r, dim)
		best := make(map[string]float64)
		for i, v := range vectors {
			u := fmt.Sprint("u", i/3)
			if even(u) {
				best[u] = max(best[u], cosine(q, v))
			}
		}
		c, _ := encode(q)
		got := f.nearest(probeOf(c), k, even)
		if len(got) != k {
			t.Fatalf("%d units, want %d", len(got), k)
		}
		var kth []float64
		for _, c := range best {
			kth = append(kth, c)
		}
		slices.Sort(kth)
		for i, u := range got { // near ties may change places by rounding
			if want := kth[len(kth)-1-i]; math.Abs(best[u]-want) > 0.01 {
				t.Errorf("place %d has %s with %.4f, want %.4f", i, u, best[u], want)
			}
			if slices.Index(got, u) != i {
				t.Errorf("%s stands twice", u)
			}
		}
	}
	c, _ := encode(vectors[0])
	if got := f.nearest(probeOf(c), 0, even); len(got) != 0 {
		t.Errorf("asked for none, got %v", got)
	}
	if got := f.nearest(probeOf(c), 3, func(string) bool { return false }); len(got) != 0 {
		t.Errorf("none is shown, got %v", got)
	}
}

// What was taken before is not touched by what is added.
func TestAddSharesMemory(t *testing.T) {
	t.Parallel()
	c, _ := encode([]float32{1, 0})
	d, _ := encode([]float32{0, 1})
	f := flat{dim: 2}
	for range 10 {
		f = f.add("a", c)
	}
	before := f
	for range 100 {
		f = f.add("b", d)
	}
	if got := before.nearest(probeOf(d), 5, func(string) bool { return true }); !slices.Equal(got, []string{"a"}) {
		t.Errorf("got %v", got)
	}
	if got := f.nearest(probeOf(d), 5, func(string) bool { return true }); !slices.Equal(got, []string{"b", "a"}) {
		t.Errorf("got %v", got)
	}
}

// BenchmarkNearest measures the 30 nearest of 1,000 to 100,000 vectors.
func BenchmarkNearest(b *testing.B) {
	for _, n := range []int{1000, 10000, 100000} {
		for _, dim := range []int{384, 1024} {
			b.Run(fmt.Sprintf("%dx%d", n, dim), func(b *testing.B) {
				r := rand.New(rand.NewPCG(5, 6))
				f := flat{dim: dim}
				for i := range n {
					c, _ := encode(random(r, dim))
					f = f.add(fmt.Sprint(i), c)
				}
				c, _ := encode(random(r, dim))
				p := probeOf(c)
				all := func(string) bool { return true }
				for b.Loop() {
					f.nearest(p, 30, all)
				}
				b.ReportMetric(float64(len(f.words))*8/1e6, "MB")
			})
		}
	}
}
