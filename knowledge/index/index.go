// Package index is an in-memory inverted index over Chinese text with BM25
// scores. It knows texts by their number only.
package index

import (
	"cmp"
	"encoding/binary"
	"math"
	"math/bits"
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

// Builder collects texts. The zero value is ready to use. It keeps one compact
// stream of what the texts hold and sorts it by term at the end: a list for each
// of a million terms would take several times the memory of the finished index.
type Builder struct {
	ids     map[zh.Term]uint32 // term -> position in terms
	terms   []zh.Term
	counts  []uint32 // how many texts hold each term
	lengths []float32
	stream  [][]byte  // in blocks: for each text how many terms, then for each its id and weight
	text    []zh.Term // terms of the text being added; kept for its memory, like runes
	runes   []rune
}

// blockSize is when a new block of the stream is begun. One growing slice would
// hold its content twice each time it grows.
const blockSize = 1 << 20

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
		bd.runes = bd.runes[:0]
		for _, r := range f.Text {
			bd.runes = append(bd.runes, r)
		}
		zh.EachTerm(bd.runes, func(t zh.Term, _, _ int) {
			for range f.Weight {
				bd.text = append(bd.text, t)
			}
		})
	}
	slices.Sort(bd.text) // equal terms stand together; faster than a map
	if last := len(bd.stream) - 1; last < 0 || len(bd.stream[last]) > blockSize-blockSize/8 {
		bd.stream = append(bd.stream, make([]byte, 0, blockSize))
	}
	block := &bd.stream[len(bd.stream)-1]
	*block = binary.AppendUvarint(*block, uint64(distinct(bd.text)))
	for i := 0; i < len(bd.text); {
		t := bd.text[i]
		tf := 0
		for ; i < len(bd.text) && bd.text[i] == t; i++ {
			tf++
		}
		id, ok := bd.ids[t]
		if !ok {
			id = uint32(len(bd.terms))
			bd.ids[t] = id
			bd.terms = append(bd.terms, t)
			bd.counts = append(bd.counts, 0)
		}
		bd.counts[id]++
		*block = append(binary.AppendUvarint(*block, uint64(id)), byte(min(tf, 255)))
	}
	bd.lengths = append(bd.lengths, float32(len(bd.text)))
	return len(bd.lengths) - 1
}

// distinct counts the different terms of a sorted slice.
func distinct(sorted []zh.Term) int {
	n := 0
	for i, t := range sorted {
		if i == 0 || t != sorted[i-1] {
			n++
		}
	}
	return n
}

// each calls yield for every posting, text by text.
func (bd *Builder) each(yield func(id, text uint32, tf byte)) {
	text := uint32(0)
	for _, p := range bd.stream {
		for len(p) > 0 {
			n, size := binary.Uvarint(p)
			p = p[size:]
			for range n {
				id, size := binary.Uvarint(p)
				yield(uint32(id), text, p[size])
				p = p[size+1:]
			}
			text++
		}
	}
}

// Build packs what was added. The Builder is empty afterwards.
func (bd *Builder) Build() *Index {
	bd.ids = nil
	n := len(bd.terms)
	order := make([]uint32, n) // ids in order of their terms
	for i := range order {
		order[i] = uint32(i)
	}
	slices.SortFunc(order, func(a, b uint32) int { return cmp.Compare(bd.terms[a], bd.terms[b]) })

	last := make([]uint32, n) // of each id: number of the text before + 1
	next := make([]uint32, n) // of each id: first its size, then where its next posting goes
	bd.each(func(id, text uint32, _ byte) {
		next[id] += uint32(varintSize(text+1-last[id])) + 1
		last[id] = text + 1
	})
	ix := &Index{
		terms:   make([]zh.Term, n),
		offsets: make([]uint32, n+1),
		counts:  make([]uint32, n),
		norms:   make([]float32, len(bd.lengths)),
	}
	for i, id := range order {
		ix.terms[i], ix.counts[i] = bd.terms[id], bd.counts[id]
		ix.offsets[i+1] = ix.offsets[i] + next[id]
		next[id] = ix.offsets[i]
	}
	ix.postings = make([]byte, ix.offsets[n])
	clear(last)
	bd.each(func(id, text uint32, tf byte) {
		at := next[id]
		at += uint32(binary.PutUvarint(ix.postings[at:], uint64(text+1-last[id])))
		ix.postings[at] = tf
		next[id], last[id] = at+1, text+1
	})
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

// varintSize is how many bytes binary.PutUvarint takes for v.
func varintSize(v uint32) int { return max(1, (bits.Len32(v)+6)/7) }

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
		if !ok || q.Weight == 0 {
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
