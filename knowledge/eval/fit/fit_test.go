package main

import (
	"strings"
	"testing"
)

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
