// Package index is an in-memory inverted index over Chinese text with BM25
// scores. It knows texts by their number only.
package index

import (
	"cmp"
	"encoding/binary"
	"math"
	"slices"

	"liaison/knowledge/zh"
)

// k1 and b are the usual BM25 constants, as in the measurements that this index
// was chosen by: k1 damps repeated terms, b corrects for the length of the text.
const (
	k1 = 1.2
	b  = 0.75
)

// Index holds the postings of a fixed set of texts. It is immutable and safe
// for concurrent use. Build one with a Builder.
type Index struct {
	terms    []zh.Term // sorted
	offsets  []uint32  // of each term's postings; one more than terms
	counts   []uint32  // how many texts hold the term
	postings []byte    // for each text: distance to the one before, weight
	norms    []float32 // k1*(1-b+b*length/average) of each text
}

// Builder collects texts. The zero value is ready to use.
type Builder struct {
	ids     map[zh.Term]uint32 // term -> lists
	lists   []list
	lengths []float32
	text    []zh.Term // terms of the text being added; kept for its memory
}

type list struct {
	term  zh.Term
	last  uint32 // number of the last text + 1
	count uint32
	bytes []byte
}

// Field is one part of a text. A term in it counts Weight times.
type Field struct {
	Text   string // through zh.Fold
	Weight int
}

// Add adds the next text and returns its number, counting from 0.
func (bd *Builder) Add(fields ...Field) int {
	if bd.ids == nil {
		bd.ids = make(map[zh.Term]uint32)
	}
	bd.text = bd.text[:0]
	for _, f := range fields {
		zh.EachTerm([]rune(f.Text), func(t zh.Term, _, _ int) {
			for range f.Weight {
				bd.text = append(bd.text, t)
			}
		})
	}
	n := uint32(len(bd.lengths))
	bd.lengths = append(bd.lengths, float32(len(bd.text)))
	slices.Sort(bd.text) // equal terms stand together; faster than a map
	for i := 0; i < len(bd.text); {
		t := bd.text[i]
		tf := 0
		for ; i < len(bd.text) && bd.text[i] == t; i++ {
			tf++
		}
		id, ok := bd.ids[t]
		if !ok {
			id = uint32(len(bd.lists))
			bd.ids[t] = id
			bd.lists = append(bd.lists, list{term: t})
		}
		l := &bd.lists[id]
		l.bytes = binary.AppendUvarint(l.bytes, uint64(n+1-l.last))
		l.bytes = append(l.bytes, byte(min(tf, 255)))
		l.last = n + 1
		l.count++
	}
	return int(n)
}

// Build packs what was added. The Builder must not be used afterwards.
func (bd *Builder) Build() *Index {
	ix := &Index{
		terms:   make([]zh.Term, 0, len(bd.lists)),
		offsets: make([]uint32, 1, len(bd.lists)+1),
		counts:  make([]uint32, 0, len(bd.lists)),
		norms:   make([]float32, len(bd.lengths)),
	}
	slices.SortFunc(bd.lists, func(a, b list) int { return cmp.Compare(a.term, b.term) })
	size := 0
	for _, l := range bd.lists {
		size += len(l.bytes)
	}
	ix.postings = make([]byte, 0, size)
	for i := range bd.lists {
		l := &bd.lists[i]
		ix.terms = append(ix.terms, l.term)
		ix.postings = append(ix.postings, l.bytes...)
		ix.offsets = append(ix.offsets, uint32(len(ix.postings)))
		ix.counts = append(ix.counts, l.count)
		l.bytes = nil // lets the collector take it while the rest is packed
	}
	var total float32
	for _, l := range bd.lengths {
		total += l
	}
	average := max(1, total/float32(max(1, len(bd.lengths))))
	for i, l := range bd.lengths {
		ix.norms[i] = k1 * (1 - b + b*l/average)
	}
	*bd = Builder{}
	return ix
}

// Len returns how many texts the index holds.
func (ix *Index) Len() int { return len(ix.norms) }

// Count returns how many texts hold t.
func (ix *Index) Count(t zh.Term) int {
	if i, ok := slices.BinarySearch(ix.terms, t); ok {
		return int(ix.counts[i])
	}
	return 0
}

// IDF is the BM25 weight of a term that count of n texts hold. A term that no
// text holds weighs most.
func IDF(count, n int) float64 {
	return math.Log(1 + (float64(n)-float64(count)+0.5)/(float64(count)+0.5))
}

// Most is the most that a term of weight 1 can add to a score.
const Most = k1 + 1

// Weighted is a term of a query and what it weighs there.
type Weighted struct {
	Term   zh.Term
	Weight float32
}

// Score adds to scores[i], for each text i, the sum over the query of
// weight * tf*(k1+1)/(tf+norm). scores must have Len elements.
func (ix *Index) Score(query []Weighted, scores []float32) {
	for _, q := range query {
		i, ok := slices.BinarySearch(ix.terms, q.Term)
		if !ok {
			continue
		}
		p := ix.postings[ix.offsets[i]:ix.offsets[i+1]]
		text := -1
		for len(p) > 0 {
			step := int(p[0])
			if step < 0x80 {
				p = p[1:]
			} else {
				long, n := binary.Uvarint(p)
				step, p = int(long), p[n:]
			}
			text += step
			tf := float32(p[0])
			p = p[1:]
			scores[text] += q.Weight * tf * (k1 + 1) / (tf + ix.norms[text])
		}
	}
}
