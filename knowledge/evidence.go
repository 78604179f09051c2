package knowledge

import (
	"math"
	"slices"
	"strings"

	"liaison/knowledge/index"
	"liaison/knowledge/zh"
)

// features describe how well the words of the best match fit the question. Most
// are shares of the weight of the question's terms, so that its length does not
// move them. What the library does not have at all is set apart: odd wording tells
// less against a match than a word that stands elsewhere.
type features struct {
	score   float64 // BM25 of the best passage over the most that the terms the library has could reach
	cover   float64 // share of these that the passage holds; weights squared, so that rare ones decide
	title   float64 // what the titles above it hold
	whole   float64 // what its document holds anywhere
	unknown float64 // what no passage of the library holds
	size    float64 // log10 of the number of units, over 4: the more there are, the more fit by chance
	place   float64 // 1: the question names a place that the document never does
}

// evidenceNames are what a decision weighs: the signals of the best sentence, and
// what tells about the question and the library as a whole.
var evidenceNames = append(slices.Clone(signalNames[:]),
	"score", "cover", "title", "whole", "unknown", "size", "place",
	"lead", "in_document", "other_place", "other_figure", "misses_detail",
	"words", "seeks_figure", "absent_unit", "absent_document",
	"place_fit", "runs", "most_absent", "first_lead", "near_documents", "best_score", "asks_what", "length", "lead_any",
)

func (l *Library) evidence(q *query, n *needs, v *verdict, top Hit, hits []Hit) []float64 {
	best := v.sentences[0]
	out := append(make([]float64, 0, len(evidenceNames)), best.signals[:]...)
	f := l.features(q, top)
	out = append(out, f.score, f.cover, f.title, f.whole, f.unknown, f.size, f.place)
	doc := int(l.units[top.unit].doc)
	lead, leadAny := l.leads(v)
	inDoc := make([]float64, len(n.words))
	for i := range n.words {
		for p := l.first[doc]; p < l.first[doc+1] && inDoc[i] < 1; p++ {
			inDoc[i] = max(inDoc[i], n.words[i].heldBy(l.folded[p]))
		}
	}
	asked := string(q.folded)
	d, u, rest := l.docOf(top.unit), l.unit(top.unit), v.page(best.unit).rest
	inUnit := n.held(rest)
	firstLead, near := l.firstLead(hits)
	return append(out, lead/maxLead, n.share(inDoc),
		flag(otherPlace(asked, d.Place, l.folded[top.passage])), flag(otherFigure(asked, d, u)),
		flag(missesDetail(asked, zh.Fold(u.Title+"\n"+strings.Join(u.Aliases, "\n")+"\n"+u.Body))),
		math.Log1p(float64(len(n.words)))/3, flag(len(n.sought.figures) > 0), n.absent(inUnit), n.absent(inDoc),
		l.placeFit(gazetteerOf().listed(asked), doc), runs(q.folded, rest), n.mostAbsent(inUnit),
		firstLead, float64(near)/4, best.score/10, flag(strings.Contains(asked, "哪些") || strings.Contains(asked, "什么")),
		math.Log1p(float64(len(q.folded)))/4, leadAny/maxLead)
}

// leads are those of the best sentence over the best of other documents: over
// those that say something else, and over all.
func (l *Library) leads(v *verdict) (lead, any float64) {
	lead, any = maxLead, maxLead
	best := v.sentences[0]
	text := []rune(v.page(best.unit).folded[best.at])
	for _, s := range v.sentences {
		if best.score-s.score >= maxLead {
			break
		}
		if l.units[s.unit].doc == l.units[best.unit].doc {
			continue
		}
		any = min(any, best.score-s.score)
		if heldShare(text, []rune(v.page(s.unit).folded[s.at])) < sameShare {
			return best.score - s.score, any
		}
	}
	return lead, any
}

// nearDocument is the share of the best score that a unit has whose document is
// near the first one.
const nearDocument = 0.85

// firstLead is the lead of the first hit over those of other documents, as a share
// of its score, and how many documents are near it, itself included.
func (l *Library) firstLead(hits []Hit) (lead float64, near int) {
	lead = 1
	seen := make(map[int32]bool)
	for _, h := range hits {
		doc := l.units[h.unit].doc
		if doc != l.units[hits[0].unit].doc {
			lead = min(lead, 1-h.Score/hits[0].Score)
		}
		if h.Score >= nearDocument*hits[0].Score {
			seen[doc] = true
		}
	}
	return lead, len(seen)
}

// runSize is how many characters in a row are hardly shared by chance.
const runSize = 4

// runs is the share of the question's characters that stand in the text in runs of
// runSize and more.
func runs(q []rune, text string) float64 {
	held, end := 0, 0
	for i := range max(0, len(q)-runSize+1) {
		if strings.Contains(text, string(q[i:i+runSize])) {
			held += i + runSize - max(i, end)
			end = i + runSize
		}
	}
	return float64(held) / float64(max(1, len(q)))
}

// mostAbsent is the weight of the word that is missed most.
func (n *needs) mostAbsent(held []float64) float64 {
	most := 0.0
	for i, w := range n.words {
		most = max(most, w.weight*(1-held[i]))
	}
	return most
}

// page is the page of a unit that was read.
func (v *verdict) page(unit int) *page {
	return &v.pages[slices.IndexFunc(v.pages, func(p page) bool { return p.hit.unit == unit })]
}

// maxLead is the lead over the sentences of other documents, in the scale of
// Decision.Sentences, above which more says nothing.
const maxLead = 5.0

func (l *Library) features(q *query, top Hit) features {
	var f features
	text := l.folded[top.passage]
	titles, _, _ := strings.Cut(text, "\n")
	in := make([]bool, len(q.terms))
	zh.EachTerm([]rune(text), func(t zh.Term, _, _ int) {
		if i, ok := q.find(t); ok {
			in[i] = true
		}
	})
	doc := int(l.units[top.unit].doc)
	var total, squared, reach float64
	for i, t := range q.terms {
		word := string(q.folded[t.from:t.to])
		total += t.telling
		if t.known {
			squared += t.telling * t.telling
			reach += float64(t.weight)
		} else {
			f.unknown += t.telling
		}
		if in[i] {
			f.cover += t.telling * t.telling
		}
		if in[i] && strings.Contains(titles, word) {
			f.title += t.telling
		}
		if in[i] || t.known && l.holds(doc, word) {
			f.whole += t.telling
		}
	}
	// A question without a term holds none of its weight.
	total, squared, reach = max(total, 1e-9), max(squared, 1e-9), max(reach, 1e-9)
	f.score = top.bm25 / reach / index.Most
	f.cover /= squared
	f.title /= total
	f.whole /= total
	f.unknown /= total
	f.size = math.Log10(float64(len(l.units))) / 4
	for _, p := range places(string(q.folded)) {
		if !l.holds(doc, p) {
			f.place = 1
		}
	}
	return f
}

// holds reports whether folded text stands anywhere in document d.
func (l *Library) holds(d int, text string) bool {
	for p := l.first[d]; p < l.first[d+1]; p++ {
		if strings.Contains(l.folded[p], text) {
			return true
		}
	}
	return false
}

// butFor is the evidence as it would be if the match stated the place, the year and
// the detail that the question names: what is offered then is beside the question,
// but near it.
func butFor(evidence []float64) []float64 {
	out := slices.Clone(evidence)
	for _, name := range []string{"place", "place_fit", "other_place", "other_figure", "misses_detail"} {
		out[slices.Index(evidenceNames, name)] = 0
	}
	return out
}
