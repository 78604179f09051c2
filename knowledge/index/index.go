// Package index is an in-memory inverted index over Chinese text with BM25
// scores. Texts come in groups, as the passages of a document do; both the texts
// and the groups are scored. The package knows them by their numbers only.
//
// An Index is a list of segments. Changing one makes another Index that shares
// the segments: what was added is a segment of its own, what was taken out is
// skipped, and all counts and averages are those of the groups that are left. So
// the scores are those of an index built from these groups at once.
package index

import (
	"encoding/binary"
	"math"

	"liaison/knowledge/zh"
)

// k1 and b are the usual BM25 constants, as in the measurements that this index
// was chosen by: k1 damps repeated terms, b corrects for the length of the text.
const (
	k1 = 1.2
	b  = 0.75
)

// Most is the most that a term of weight 1 can add to a score.
const Most = k1 + 1

// Index holds a fixed list of groups. It is immutable and safe for concurrent
// use. The zero value holds none; Change makes others of it.
type Index struct {
	parts  []part
	groups int // how many are not taken out, as of texts
	texts  int
}

// part is a segment with what an Index says of it.
type part struct {
	*Segment
	number     []int32            // group of the segment -> group of the index; -1: taken out
	gone       map[zh.Term]uint32 // how many texts of groups taken out hold the term
	goneTexts  int
	textNorms  []float32 // k1*(1-b+b*length/average) of each text
	groupNorms []float32
}

// Len returns how many texts the index holds.
func (ix *Index) Len() int { return ix.texts }

// Count returns how many texts hold t.
func (ix *Index) Count(t zh.Term) int {
	n := 0
	for i := range ix.parts {
		p := &ix.parts[i]
		if at, ok := p.find(t); ok {
			n += int(p.counts[at]) - int(p.gone[t])
		}
	}
	return n
}

// IDF is the BM25 weight of a term that count of n texts hold. A term that no
// text holds weighs most.
func IDF(count, n int) float64 {
	return math.Log(1 + (float64(n)-float64(count)+0.5)/(float64(count)+0.5))
}

// Weighted is a term of a query and what it weighs there.
type Weighted struct {
	Term   zh.Term
	Weight float32
}

// Score calls yield for each group that holds a term of the query, in no
// particular order: with the group's number, its score, and the scores of its
// texts, which are valid during the call only. A score is the sum over the query
// of weight * tf*(k1+1)/(tf+norm); a group's is that of its texts joined.
func (ix *Index) Score(query []Weighted, yield func(group int, score float32, texts []float32)) {
	for i := range ix.parts {
		p := &ix.parts[i]
		buf := buffers.Get().(*scores)
		buf.reset(len(p.lengths), len(p.number))
		for _, q := range query {
			if at, ok := p.find(q.Term); ok && q.Weight != 0 {
				p.add(at, q.Weight*(k1+1), buf)
			}
		}
		from := uint32(0)
		for g, to := range p.ends {
			if n := p.number[g]; n >= 0 && buf.groups[g] != 0 {
				yield(int(n), buf.groups[g], buf.texts[from:to])
			}
			from = to
		}
		buffers.Put(buf)
	}
}

// add adds to the scores what the term at position at of the segment brings.
func (p *part) add(at int, weight float32, s *scores) {
	postings := p.postings[p.offsets[at]:p.offsets[at+1]]
	texts, norms, groupOf, sums := s.texts, p.textNorms, p.groupOf, s.sums
	first, text := -1, -1
	for i := 0; i < len(postings); { // as list.next does, which is too large to be inlined
		step := uint64(postings[i])
		i++
		if step >= 0x80 {
			var n int
			step, n = binary.Uvarint(postings[i-1:])
			i += n - 1
		}
		tf := float32(1)
		if step&1 != 0 {
			tf = float32(postings[i])
			i++
		}
		text += int(step >> 1)
		texts[text] += weight * tf / (tf + norms[text])
		sums[groupOf[text]] += tf
		if first < 0 {
			first = text
		}
	}
	from, to := groupOf[first], groupOf[text]+1
	groups, groupNorms := s.groups[from:to], p.groupNorms[from:to]
	for i, f := range sums[from:to] {
		groups[i] += weight * f / (f + groupNorms[i])
	}
	clear(sums[from:to])
}
