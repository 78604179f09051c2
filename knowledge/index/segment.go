package index

import (
	"encoding/binary"
	"math/bits"
	"sync"

	"liaison/knowledge/zh"
)

// Segment holds the postings of a run of groups. It is immutable. Build one with
// a Builder.
//
// Terms stand in the order of their keys, which are spread evenly, so that a
// table of where the keys with the same first bits begin leads to any of them in
// a step or two.
type Segment struct {
	keys     []uint64
	starts   []uint32 // first bits of a key -> the first of these keys; one more than there are such bits
	counts   []uint32 // how many texts hold the term
	offsets  []uint32 // of its postings; one more than keys
	postings []byte   // of each term: its texts in order, see list
	lengths  []uint32 // of each text, in terms
	groupOf  []uint32 // of each text
	ends     []uint32 // of each group: one past its last text
}

// keyOf spreads terms over all 64 bits. Different terms have different keys: the
// factor is odd.
func keyOf(t zh.Term) uint64 { return uint64(t) * 0x9e3779b97f4a7c15 }

// keysTogether is how many keys share their first bits, on average.
const keysTogether = 4

// shift leaves of a key the bits that starts goes by.
func shift(starts int) int { return 64 - bits.Len(uint(starts-2)) }

// table sets starts from keys.
func (s *Segment) table() {
	size := 1 << bits.Len(uint(len(s.keys)/keysTogether)|1)
	s.starts = make([]uint32, size+1)
	by := shift(len(s.starts))
	for _, k := range s.keys {
		s.starts[k>>by+1]++
	}
	for i := 1; i < len(s.starts); i++ {
		s.starts[i] += s.starts[i-1]
	}
}

// find returns the position of a term.
func (s *Segment) find(t zh.Term) (int, bool) {
	key := keyOf(t)
	at := key >> shift(len(s.starts))
	for i := s.starts[at]; i < s.starts[at+1]; i++ {
		if s.keys[i] == key {
			return int(i), true
		}
	}
	return 0, false
}

// list reads the postings of one term. Each is the distance to the text before,
// twice, and one more if another byte says how often the text holds the term:
// most hold it once.
type list struct {
	rest []byte
	text int
}

func (s *Segment) list(at int) list {
	return list{rest: s.postings[s.offsets[at]:s.offsets[at+1]], text: -1}
}

// next returns the next text and how often it holds the term; -1 at the end.
func (l *list) next() (text int, tf byte) {
	if len(l.rest) == 0 {
		return -1, 0
	}
	step, n := binary.Uvarint(l.rest)
	l.text += int(step >> 1)
	if tf = 1; step&1 != 0 {
		tf = l.rest[n]
		n++
	}
	l.rest = l.rest[n:]
	return l.text, tf
}

// appendPosting adds a posting, distance texts after the one before, tf from 1 to
// maxFrequency.
func appendPosting(p []byte, distance uint32, tf byte) []byte {
	if tf == 1 {
		return binary.AppendUvarint(p, uint64(distance)<<1)
	}
	return append(binary.AppendUvarint(p, uint64(distance)<<1|1), tf)
}

// postingSize is how many bytes appendPosting adds.
func postingSize(distance uint32, tf byte) uint32 {
	size := uint32(max(1, (bits.Len32(distance)+1+6)/7))
	if tf != 1 {
		size++
	}
	return size
}

// scores are what texts and groups of one segment have scored so far.
type scores struct {
	texts, groups []float32
	sums          []float32 // of each group, for the term that is being added: how often it holds it; else 0
}

var buffers = sync.Pool{New: func() any { return new(scores) }}

// reset makes room for that many scores, all zero.
func (s *scores) reset(texts, groups int) {
	s.texts, s.groups, s.sums = zeroes(s.texts, texts), zeroes(s.groups, groups), zeroes(s.sums, groups)
}

func zeroes(s []float32, n int) []float32 {
	if cap(s) < n {
		return make([]float32, n)
	}
	s = s[:n]
	clear(s)
	return s
}
