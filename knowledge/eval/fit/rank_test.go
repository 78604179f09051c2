package main

import (
	"math/rand/v2"
	"strings"
	"testing"

	"liaison/knowledge"
)

func TestBootstrap(t *testing.T) {
	t.Parallel()
	rng := rand.New(rand.NewPCG(1, 1))
	v := make([]float64, 400)
	for i := range v {
		v[i] = float64(rng.IntN(2))
	}
	mean, low, high := bootstrap(v)
	// The standard error of a share of one half of 400 is 0.025.
	if !(low < mean && mean < high) || high-low < 0.07 || high-low > 0.13 {
		t.Errorf("%v (%v to %v)", mean, low, high)
	}
	if mean, low, high := bootstrap(nil); mean != 0 || low != 0 || high != 0 {
		t.Error("nothing has a mean")
	}
}

func TestRank(t *testing.T) {
	t.Parallel()
	lib, err := knowledge.NewLibrary([]knowledge.Document{
		{ID: "a", Status: knowledge.InForce, Units: []knowledge.Unit{{Slug: "1", Body: "补贴标准为每人１００ 元。"}, {Slug: "2", Body: "补贴的其他规定。"}}},
		{ID: "b", Status: knowledge.InForce, Units: []knowledge.Unit{{Slug: "1", Body: "补贴见别处。"}}},
	})
	if err != nil {
		t.Fatal(err)
	}
	hits := []knowledge.Hit{{Unit: "b#1"}, {Unit: "a#2"}, {Unit: "a#1"}}
	q := rankQuery{docs: map[string]bool{"a": true}, holds: []string{"100元"}}
	for byUnit, want := range map[bool]int{false: 2, true: 3} {
		s := rankSet{byUnit: byUnit}
		if got := s.rank(lib, hits, q); got != want {
			t.Errorf("by unit %v: rank %d, want %d", byUnit, got, want)
		}
		if got := s.rank(lib, hits[:1], q); got != 0 {
			t.Errorf("by unit %v: rank %d of what is not there", byUnit, got)
		}
	}
}

func TestNoise(t *testing.T) {
	t.Parallel()
	const text = "残疾人补贴标准"
	for _, s := range noisy(&rankSet{queries: []rankQuery{{text: text}, {text: "a🙂"}}}) {
		if got := s.queries[0].text; got == text {
			t.Errorf("%s: %q is as it was", s.name, got)
		}
		if got := s.queries[1].text; got != "a🙂" {
			t.Errorf("%s: %q", s.name, got)
		}
	}
}

func TestPinyinTable(t *testing.T) {
	t.Parallel()
	var b strings.Builder
	if err := pinyin(&b, ""); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"\ngong ", "\nlv ", "\nzu "} {
		if !strings.Contains(b.String(), want) {
			t.Errorf("no line %q", want)
		}
	}
}
