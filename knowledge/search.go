package knowledge

import (
	"slices"
	"time"
)

// Hit is a unit that Search found.
type Hit struct {
	Unit  string  // unit ID
	Title string  // of the unit
	Score float64 // grows with the match; comparable within one search only

	unit    int
	passage int     // the passage that matched best
	bm25    float64 // of that passage alone
}

// Search returns the k units in force today that match the question best, best
// first, ties in library order. It returns nothing for a question without a
// word that the library has.
func (l *Library) Search(question string, k int) []Hit {
	return l.SearchOn(question, k, DateOf(time.Now()), "")
}

// SearchOn searches as of a day, for a requester in town ("" when unknown).
// Units that are out of force on that day are found only by questions about the
// past, after units in force that match about as well; drafts and units that are
// not yet in force never. Documents limited to other towns are found only by
// questions that name one of these towns.
func (l *Library) SearchOn(question string, k int, day Date, town string) []Hit {
	q := l.analyse(question)
	return l.search(&q, k, day, town)
}

// SearchWithout is Search with parts of retrieval left out, for measurements.
func (l *Library) SearchWithout(off Part, question string, k int) []Hit {
	q := l.analyseWithout(off, question)
	return l.search(&q, k, DateOf(time.Now()), "")
}

// reranked is how many of the best units are read closely.
const reranked = 30

// The score of a unit is that of its best passage, plus these shares of the
// score of its whole document and of what its best sentence holds. A plain sum
// measured as well as anything tried and can be explained.
const (
	wholeShare    = 0.6
	sentenceShare = 2.8
	// formerShare is what counts of a unit out of force: an old text and the one
	// that replaced it are often the same but for an amount, and what counts now
	// comes first.
	formerShare = 0.95
	// elsewhereShare is what counts of a document about another place than the
	// question names.
	elsewhereShare = 0.7
	// figureGiven is what a unit counts whose best sentence has a figure of the
	// sort that the question asks for, such as an amount after 多少钱.
	figureGiven = 1.15
)

func (l *Library) search(q *query, k int, day Date, town string) []Hit {
	if k <= 0 {
		return nil
	}
	hits := l.candidates(q, max(k, reranked), day, town)
	near := hits[:min(len(hits), reranked)]
	var named []string
	if q.off&PlaceFit == 0 {
		named = gazetteerOf().listed(string(q.folded))
	}
	var figures []*pattern
	if q.off&FigureSought == 0 {
		figures = q.sought.figures
	}
	mentions := l.mentions(named)
	elsewhere := make(map[int32]bool) // of each document: the question names another place than its
	r := reader{q: q, seen: make([]int, len(q.all))}
	for i := range near {
		h := &near[i]
		if q.off&BestWindow == 0 {
			weight, sentence := r.best(l.folded[h.passage])
			h.Score += sentenceShare * weight
			if slices.ContainsFunc(figures, func(p *pattern) bool { return p.MatchString(sentence) }) {
				h.Score *= figureGiven
			}
		}
		if len(named) > 0 {
			doc := l.units[h.unit].doc
			other, ok := elsewhere[doc]
			if !ok {
				other = l.placeFitBy(named, int(doc), mentions) < 0
				elsewhere[doc] = other
			}
			if other {
				h.Score *= elsewhereShare
			}
		}
		if !l.docOf(h.unit).InForceOn(day) {
			h.Score *= formerShare
		}
	}
	slices.SortStableFunc(near, func(a, b Hit) int {
		switch {
		case a.Score > b.Score:
			return -1
		case a.Score < b.Score:
			return 1
		}
		return a.unit - b.unit
	})
	hits = hits[:min(k, len(hits))]
	for i := range hits {
		u := l.unit(hits[i].unit)
		hits[i].Unit, hits[i].Title = u.ID, u.Title
	}
	return hits
}
