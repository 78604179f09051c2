package knowledge

import (
	"runtime"
	"slices"
	"sync"

	"liaison/knowledge/index"
	"liaison/knowledge/zh"
)

// passage is a part of a unit as the index has it.
type passage struct {
	unit   int32  // in its document
	folded string // titles, \n, text
	fields []index.Field
}

// passagesIn cuts a document for the index.
func passagesIn(d *Document) []passage {
	var out []passage
	docTitle := titleOf(d)
	for j := range d.Units {
		names := namesOf(d, &d.Units[j])
		titles := docTitle + " " + names + "\n"
		for _, part := range passagesOf(d.Units[j].Body) {
			folded := titles + zh.Fold(part)
			// The field is a part of folded, not a second copy of the text.
			text := index.Field{Text: folded[len(titles):], Weight: 1}
			out = append(out, passage{int32(j), folded, fieldsOf(docTitle, names, text)})
		}
	}
	return out
}

// takeTraits sets the traits of the documents: of those that come from old, by origin,
// they are taken over.
func (l *Library) takeTraits(old *Library, origin []int) {
	l.traits = make([]traits, len(l.given))
	var fresh []int
	for i, from := range origin {
		if from < 0 {
			fresh = append(fresh, i)
		} else {
			l.traits[i] = old.traits[from]
		}
	}
	var wg sync.WaitGroup
	for part := range slices.Chunk(fresh, len(fresh)/runtime.GOMAXPROCS(0)+1) {
		wg.Go(func() {
			for _, i := range part {
				l.traits[i] = traitsOf(&l.given[i])
			}
		})
	}
	wg.Wait()
}

// index indexes the documents that do not come from old, by origin, and takes the
// rest over from it.
func (l *Library) index(old *Library, origin []int) {
	var fresh []*Document
	for i, from := range origin {
		if from < 0 {
			fresh = append(fresh, &l.docs[i])
		}
	}
	segments, cut := indexed(fresh)
	l.passages = old.passages.Change(index.Change{
		Order: origin,
		Added: segments,
		Texts: func(doc int) [][]index.Field {
			var out [][]index.Field
			for _, p := range passagesIn(&old.docs[doc]) {
				out = append(out, p.fields)
			}
			return out
		},
	})
	l.folded = make([]string, 0, l.passages.Len())
	l.unitOf = make([]int32, 0, l.passages.Len())
	l.first = make([]int, 0, len(l.docs)+1)
	unit := int32(0) // the first of the document
	for i, from := range origin {
		l.first = append(l.first, len(l.folded))
		if from < 0 {
			for _, p := range cut[0] {
				l.folded, l.unitOf = append(l.folded, p.folded), append(l.unitOf, unit+p.unit)
			}
			cut = cut[1:]
		} else {
			begin, end := old.first[from], old.first[from+1]
			l.folded = append(l.folded, old.folded[begin:end]...)
			for _, u := range old.unitOf[begin:end] {
				l.unitOf = append(l.unitOf, unit+u-old.unitOf[begin])
			}
		}
		unit += int32(len(l.docs[i].Units))
	}
	l.first = append(l.first, len(l.folded))
}

// A segment is built of runUnits units at most, unless of one document; fewer than
// leastRun are not worth another processor.
const (
	runUnits = 12000
	leastRun = 500
)

// indexed builds segments of docs on all processors, and returns what the
// documents were cut into, without the fields.
func indexed(docs []*Document) ([]*index.Segment, [][]passage) {
	workers := runtime.GOMAXPROCS(0)
	runs := runsOf(docs, workers)
	segments := make([]*index.Segment, len(runs))
	cut := make([][]passage, len(docs))
	var wg sync.WaitGroup
	busy := make(chan struct{}, workers)
	from := 0
	for i, run := range runs {
		into := cut[from : from+len(run)]
		from += len(run)
		busy <- struct{}{}
		wg.Go(func() {
			segments[i] = segmentOf(run, into)
			<-busy
		})
	}
	wg.Wait()
	return segments, cut
}

// runsOf divides docs into runs of about the same number of units, one for each
// worker or more.
func runsOf(docs []*Document, workers int) [][]*Document {
	total := 0
	for _, d := range docs {
		total += len(d.Units)
	}
	limit := min(max(total/workers+1, leastRun), runUnits)
	var runs [][]*Document
	from, units := 0, 0
	for i, d := range docs {
		if i > from && units+len(d.Units) > limit {
			runs = append(runs, docs[from:i])
			from, units = i, 0
		}
		units += len(d.Units)
	}
	if from < len(docs) {
		runs = append(runs, docs[from:])
	}
	return runs
}

// segmentOf indexes docs and keeps what they were cut into.
func segmentOf(docs []*Document, cut [][]passage) *index.Segment {
	var bd index.Builder
	for i, d := range docs {
		cut[i] = passagesIn(d)
		for j := range cut[i] {
			bd.Add(cut[i][j].fields...)
			cut[i][j].fields = nil
		}
		bd.End()
	}
	return bd.Build()
}
