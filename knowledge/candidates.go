package knowledge

import "slices"

// candidates returns the n units that the index scores best, best first, ties in
// library order.
func (l *Library) candidates(q *query, n int, day Date, town string) []Hit {
	share := float32(wholeShare)
	if q.off&WholeDoc != 0 || len(l.docs) < 2 || len(l.folded) == len(l.docs) {
		share = 0 // the document says no more than its passage
	}
	top := ranking{limit: n, shown: l.shown(q, day, town)}
	l.passages.Score(q.weighted(), func(doc int, whole float32, scores []float32) {
		var best Hit // of the unit that the passages are of
		for i, s := range scores {
			if l.overrides != nil && l.blocked(int(l.unitOf[l.first[doc]+i])) {
				s = 0
			}
			passage := l.first[doc] + i
			if unit := int(l.unitOf[passage]); unit != best.unit || i == 0 {
				top.add(doc, best)
				best = Hit{unit: unit}
			}
			if score := float64(s + share*whole); s > 0 && score > best.Score {
				best.passage, best.bm25, best.Score = passage, float64(s), score
			}
		}
		top.add(doc, best)
	})
	return top.best
}

// shown tells which documents may be found. It looks at those only that are asked
// for, each once: most documents of a large library score too little to matter.
func (l *Library) shown(q *query, day Date, town string) func(doc int) bool {
	p := pastOf(string(q.folded), day)
	known := make(map[int]bool)
	return func(doc int) bool {
		yes, ok := known[doc]
		if !ok {
			d := &l.docs[doc]
			yes = l.admits(p, doc, day) && (d.AppliesTo(town) || q.namesOneOf(d.Towns))
			known[doc] = yes
		}
		return yes
	}
}

// ranking keeps the best limit hits of the documents that are shown.
type ranking struct {
	limit int
	shown func(doc int) bool
	best  []Hit // sorted, best first
}

func (r *ranking) add(doc int, h Hit) {
	if h.Score == 0 || len(r.best) == r.limit && !h.before(&r.best[r.limit-1]) || !r.shown(doc) {
		return
	}
	at := len(r.best)
	for at > 0 && h.before(&r.best[at-1]) {
		at--
	}
	if len(r.best) == r.limit {
		r.best = r.best[:r.limit-1]
	}
	r.best = slices.Insert(r.best, at, h)
}

// before reports whether h ranks before other.
func (h *Hit) before(other *Hit) bool {
	return h.Score > other.Score || h.Score == other.Score && h.unit < other.unit
}
