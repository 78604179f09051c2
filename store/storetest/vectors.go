package storetest

import (
	"fmt"
	"math"
	"testing"

	"github.com/google/go-cmp/cmp"

	"liaison/store"
)

func vectors(t *testing.T, s *store.Store) {
	have := func(model string, hashes ...string) map[string][]float32 {
		t.Helper()
		return must[map[string][]float32](t)(s.Vectors(ctx, model, hashes))
	}
	put := func(model string, v map[string][]float32) {
		t.Helper()
		if err := s.PutVectors(ctx, model, v); err != nil {
			t.Fatal(err)
		}
	}
	same := func(what string, got, want map[string][]float32) {
		t.Helper()
		if d := cmp.Diff(want, got); d != "" {
			t.Errorf("%s: %s", what, d)
		}
	}
	none := map[string][]float32{}
	same("nothing is there", have("m", "a"), none)
	same("nothing is asked for", have("m"), none)
	put("m", nil)

	a, b := []float32{1, -0.5, math.MaxFloat32}, []float32{math.SmallestNonzeroFloat32, 0, 3e-9}
	put("模型😀'; --", map[string][]float32{"a": {7}})
	put("m", map[string][]float32{"a": a, "b": b, "空": {}})
	same("what was put", have("m", "a", "b", "c", "空"), map[string][]float32{"a": a, "b": b, "空": {}})
	same("of another model", have("模型😀'; --", "a", "b"), map[string][]float32{"a": {7}})
	put("m", map[string][]float32{"a": {2, 3}})
	same("put again, of another dimension", have("m", "a"), map[string][]float32{"a": {2, 3}})

	// More than one statement takes.
	many := make(map[string][]float32)
	var hashes []string
	for i := range 1201 {
		hash := fmt.Sprintf("h%d", i)
		many[hash] = []float32{float32(i)}
		hashes = append(hashes, hash)
	}
	put("m", many)
	same("many", have("m", hashes...), many)

	equal(t, "deleted", must[int](t)(s.PruneVectors(ctx, "m", append(hashes[1:2], "b", "not there"))), 1202)
	same("after deleting", have("m", append(hashes, "a", "b", "空")...), map[string][]float32{"h1": {1}, "b": b})
	same("of another model, after deleting", have("模型😀'; --", "a"), none)
	equal(t, "deleted again", must[int](t)(s.PruneVectors(ctx, "m", []string{"b", "h1"})), 0)
	equal(t, "all deleted", must[int](t)(s.PruneVectors(ctx, "m", nil)), 2)
}
