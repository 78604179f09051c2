package main

import (
	"math"
	"math/rand/v2"
	"strings"
	"testing"
)

// TestFitted draws labels from a known logistic model and finds it again.
func TestFitted(t *testing.T) {
	t.Parallel()
	rng := rand.New(rand.NewPCG(5, 6))
	var samples []sample
	for range 20000 {
		a, b := rng.Float64(), rng.Float64()
		p := 1 / (1 + math.Exp(-(4*a - 3*b - 0.5)))
		samples = append(samples, sample{
			group:    group{set: "policy-docs", answerable: rng.Float64() < p},
			features: map[string]float64{"a": a, "b": b, "constant": 0},
		})
	}
	d := fitted(samples)
	// Balancing the two classes moves the bias, not the weights; the ridge draws
	// them a little towards 0.
	if a, b := d.Weights["a"], d.Weights["b"]; math.Abs(a-4) > 0.5 || math.Abs(b+3) > 0.5 || d.Weights["constant"] != 0 {
		t.Errorf("got %v, want about 4 and -3", d.Weights)
	}
}

func TestCommonCounts(t *testing.T) {
	t.Parallel()
	c := counter{count: make(map[string]int)}
	c.add("企业企业补贴", 1)
	c.add("企業", 1)
	c.add("补", 1) // too short
	var b strings.Builder
	if err := c.write(&b); err != nil {
		t.Fatal(err)
	}
	if c.texts != 2 || c.count["企业"] != 2 || c.count["补贴"] != 1 {
		t.Errorf("%d texts, %v", c.texts, c.count)
	}
	if first, _, _ := strings.Cut(b.String(), "\n"); !strings.HasSuffix(first, " 业 企 企业") {
		t.Errorf("the most frequent first: %q", first)
	}
}
