package knowledge

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// tree is a small decision tree: what it adds to how sure a decision is depends on
// a few pieces of evidence together, where a weighted sum takes each alone.
type tree struct {
	evidence int     // by evidenceNames, that is asked; -1: value is the answer
	below    float64 // yes when it is below
	yes, no  *tree
	value    float64
}

// parseTree reads a tree in prefix notation: a number, or name<number followed by
// the tree for yes and the tree for no. cover<0.5 -0.2 lead<0.1 0 0.3 adds -0.2
// when cover is below 0.5, else 0.3 when lead is at least 0.1.
func parseTree(text string) (*tree, error) {
	t, rest, err := treeOf(strings.Fields(text), maxTreeDepth)
	if err == nil && len(rest) > 0 {
		err = fmt.Errorf("tree %q goes on after its end", text)
	}
	return t, err
}

const maxTreeDepth = 8

func treeOf(fields []string, depth int) (t *tree, rest []string, err error) {
	if len(fields) == 0 || depth < 0 {
		return nil, nil, fmt.Errorf("a tree ends early or is deeper than %d", maxTreeDepth)
	}
	name, number, asks := strings.Cut(fields[0], "<")
	if !asks {
		number = name
	}
	t, rest = &tree{evidence: -1}, fields[1:]
	v, err := strconv.ParseFloat(number, 64)
	if err != nil {
		return nil, nil, fmt.Errorf("tree: %w", err)
	}
	if !asks {
		t.value = v
		return t, rest, nil
	}
	t.below = v
	if t.evidence = slices.Index(evidenceNames, name); t.evidence < 0 {
		return nil, nil, fmt.Errorf("there is no evidence %q", name)
	}
	if t.yes, rest, err = treeOf(rest, depth-1); err != nil {
		return nil, nil, err
	}
	t.no, rest, err = treeOf(rest, depth-1)
	return t, rest, err
}

// of is what the tree adds for evidence.
func (t *tree) of(evidence []float64) float64 {
	for t.evidence >= 0 {
		if evidence[t.evidence] < t.below {
			t = t.yes
		} else {
			t = t.no
		}
	}
	return t.value
}
