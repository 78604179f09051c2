// Package cachetest checks what knowledge.Cache promises.
package cachetest

import (
	"fmt"
	"strings"
	"sync"
	"testing"

	"liaison/knowledge"
)

// Run checks the caches that open returns; each is empty.
func Run(t *testing.T, open func(t *testing.T) knowledge.Cache) {
	t.Run("values", func(t *testing.T) {
		c := open(t)
		if v, ok := c.Get(t.Context(), "a"); ok || v != nil {
			t.Errorf("an empty cache has %q", v)
		}
		long := strings.Repeat("每家补助37元。\x00", 1000)
		for _, value := range []string{"{}", long, "another"} {
			c.Put(t.Context(), "a", []byte(value))
			if got, ok := c.Get(t.Context(), "a"); !ok || string(got) != value {
				t.Errorf("put %.20q, got %.20q, %v", value, got, ok)
			}
		}
		if v, ok := c.Get(t.Context(), "b"); ok {
			t.Errorf("another key has %q", v)
		}
	})
	t.Run("at once", func(t *testing.T) {
		c := open(t)
		var wg sync.WaitGroup
		for i := range 8 {
			wg.Go(func() {
				for n := range 50 {
					key := fmt.Sprint(n % 5)
					c.Put(t.Context(), key, []byte(key))
					if got, ok := c.Get(t.Context(), key); ok && string(got) != key {
						t.Errorf("writer %d: key %s has %q", i, key, got)
					}
				}
			})
		}
		wg.Wait()
	})
}
