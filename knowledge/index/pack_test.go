package index

import (
	"fmt"
	"testing"
)

// TestSegmentsStayFew changes one group after the other, for a long time.
func TestSegmentsStayFew(t *testing.T) {
	t.Parallel()
	const groups = 500
	text := func(g, round int) [][]Field {
		return [][]Field{{{Text: fmt.Sprintf("第%d号办法修订%d次", g, round), Weight: 1}}}
	}
	segment := func(texts ...[][]Field) *Segment {
		var bd Builder
		for _, group := range texts {
			for _, fields := range group {
				bd.Add(fields...)
			}
			bd.End()
		}
		return bd.Build()
	}
	c := Change{}
	rounds := make([]int, groups)
	var texts [][][]Field
	for g := range groups {
		c.Order = append(c.Order, -1)
		texts = append(texts, text(g, 0))
	}
	c.Added = []*Segment{segment(texts...)}
	ix := new(Index).Change(c)
	for round := 1; round <= 1000; round++ {
		changed := round * 37 % groups
		c := Change{Texts: func(g int) [][]Field { return text(g, rounds[g]) }}
		for g := range groups {
			c.Order = append(c.Order, g)
		}
		c.Order[changed] = -1
		c.Added = []*Segment{segment(text(changed, round))}
		ix = ix.Change(c)
		rounds[changed] = round
		held := 0
		for _, p := range ix.parts {
			held += len(p.lengths)
		}
		if len(ix.parts) > 12 || held > groups*3/2 || ix.Len() != groups {
			t.Fatalf("after %d changes of %d groups: %d segments with %d texts for %d", round, groups, len(ix.parts), held, ix.Len())
		}
	}
	// Equal keys stand together, and hardly any others in the same place.
	for _, p := range ix.parts {
		for i := 1; i < len(p.starts); i++ {
			if n := p.starts[i] - p.starts[i-1]; n > 10*keysTogether {
				t.Errorf("%d keys of %d in one place", n, len(p.keys))
			}
		}
	}
}
