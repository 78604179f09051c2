package knowledge

import (
	"slices"
	"sync"
	"time"

	"liaison/knowledge/index"
)

// Hit is a unit that Search found.
type Hit struct {
	Unit    string  // unit ID
	Title   string  // of the unit
	Score   float64 // grows with the match; comparable within one search only
	passage int32   // the passage that matched best
	unit    int32
}

// Search returns the k units in force today that match the question best, best
// first, ties in library order. It returns nothing for a question without a
// word that the library has.
func (l *Library) Search(question string, k int) []Hit {
	return l.SearchOn(question, k, DateOf(time.Now()), "")
}

// SearchOn searches as of a day, for a requester in town ("" when unknown).
// Units that are not in force on that day are found only by questions about the
// past. Documents limited to other towns are found only by questions that name
// one of these towns.
func (l *Library) SearchOn(question string, k int, day Date, town string) []Hit {
	return l.search(l.analyse(question), k, day, town)
}

var scorePool = sync.Pool{New: func() any { return new([]float32) }}

// borrow returns a zeroed slice of n scores and what gives it back.
func borrow(n int) ([]float32, func()) {
	p := scorePool.Get().(*[]float32)
	if cap(*p) < n {
		*p = make([]float32, n)
	}
	s := (*p)[:n]
	clear(s)
	return s, func() { scorePool.Put(p) }
}

// wholeWeight is what the score of the whole document adds to that of its
// passages.
var wholeWeight float32 = 0.5

func (l *Library) search(q query, k int, day Date, town string) []Hit {
	if k <= 0 {
		return nil
	}
	weighted := make([]index.Weighted, len(q.terms))
	for i, t := range q.terms {
		weighted[i] = t.Weighted
	}
	scores, done := borrow(l.passages.Len())
	defer done()
	l.passages.Score(weighted, scores)
	whole, doneWhole := borrow(l.whole.Len())
	defer doneWhole()
	if l.spread {
		l.whole.Score(weighted, whole)
	}
	past := asksAboutPast(string(q.folded), day)
	var hits []Hit
	last := int32(-1)
	for p, s := range scores {
		if s == 0 {
			continue
		}
		n := l.unitOf[p]
		d := l.units[n].doc
		doc := &l.docs[d]
		if !past && !doc.InForceOn(day) || !doc.AppliesTo(town) && !q.names(doc.Towns) {
			continue
		}
		s += wholeWeight * whole[d]
		if n == last {
			if h := &hits[len(hits)-1]; float64(s) > h.Score {
				h.Score, h.passage = float64(s), int32(p)
			}
			continue
		}
		last = n
		hits = append(hits, Hit{Score: float64(s), passage: int32(p), unit: n})
	}
	slices.SortStableFunc(hits, func(a, b Hit) int {
		switch {
		case a.Score > b.Score:
			return -1
		case a.Score < b.Score:
			return 1
		}
		return 0
	})
	hits = hits[:min(k, len(hits))]
	for i := range hits {
		u := l.unit(int(hits[i].unit))
		hits[i].Unit, hits[i].Title = u.ID, u.Title
	}
	return hits
}
