package index

import (
	"cmp"
	"encoding/binary"
	"math/bits"
	"slices"

	"liaison/knowledge/zh"
)

// Field is one part of a text. A term in it counts Weight times.
type Field struct {
	Text   string // through zh.Fold
	Weight int
}

// maxFrequency is what a term counts in one text at most.
const maxFrequency = 255

// Builder collects the texts of one segment. The zero value is ready to use. It
// keeps one compact stream of what the texts hold and sorts it by term at the
// end: a list for each of a million terms would take several times the memory of
// the finished segment.
type Builder struct {
	slots   []uint32 // open addressing: number of a term + 1
	terms   []seen
	held    []uint32 // numbers of the terms of the text being added
	runes   []rune   // of the field being added
	stream  [][]byte // in blocks: for each text how many terms, then for each its number and frequency
	lengths []uint32
	groupOf []uint32
	ends    []uint32
}

// seen is what a Builder knows of a term.
type seen struct {
	key   uint64
	text  uint32 // number of the last text that holds it, + 1
	tf    uint32 // how often that text holds it
	count uint32 // how many texts hold it
}

// blockSize is when a new block of the stream is begun. One growing slice would
// hold its content twice each time it grows.
const blockSize = 1 << 20

// Add adds the next text to the group that is open.
func (bd *Builder) Add(fields ...Field) {
	text := uint32(len(bd.lengths)) + 1
	var length uint32
	bd.held = bd.held[:0]
	for _, f := range fields {
		bd.runes = bd.runes[:0]
		for _, r := range f.Text {
			bd.runes = append(bd.runes, r)
		}
		weight := uint32(f.Weight)
		zh.EachTerm(bd.runes, func(t zh.Term, _, _ int) {
			id := bd.number(keyOf(t))
			s := &bd.terms[id]
			if s.text != text {
				s.text, s.tf = text, 0
				s.count++
				bd.held = append(bd.held, id)
			}
			s.tf += weight
			length += weight
		})
	}
	if last := len(bd.stream) - 1; last < 0 || len(bd.stream[last]) > blockSize-blockSize/8 {
		bd.stream = append(bd.stream, make([]byte, 0, blockSize))
	}
	block := &bd.stream[len(bd.stream)-1]
	*block = binary.AppendUvarint(*block, uint64(len(bd.held)))
	for _, id := range bd.held {
		*block = append(binary.AppendUvarint(*block, uint64(id)), byte(min(bd.terms[id].tf, maxFrequency)))
	}
	bd.lengths = append(bd.lengths, length)
	bd.groupOf = append(bd.groupOf, uint32(len(bd.ends)))
}

// End ends the group that is open; the next text begins another. A group may be
// empty.
func (bd *Builder) End() { bd.ends = append(bd.ends, uint32(len(bd.lengths))) }

// number returns the number of the term with that key, a new one if need be.
func (bd *Builder) number(key uint64) uint32 {
	if len(bd.terms)*2 >= len(bd.slots) {
		bd.grow()
	}
	mask := uint64(len(bd.slots) - 1)
	at := key >> bits.LeadingZeros64(mask) // its first bits
	for ; bd.slots[at] != 0; at = (at + 1) & mask {
		if id := bd.slots[at] - 1; bd.terms[id].key == key {
			return id
		}
	}
	bd.terms = append(bd.terms, seen{key: key})
	bd.slots[at] = uint32(len(bd.terms))
	return uint32(len(bd.terms)) - 1
}

func (bd *Builder) grow() {
	bd.slots = make([]uint32, max(1024, 2*len(bd.slots)))
	mask := uint64(len(bd.slots) - 1)
	for id, t := range bd.terms {
		at := t.key >> bits.LeadingZeros64(mask)
		for bd.slots[at] != 0 {
			at = (at + 1) & mask
		}
		bd.slots[at] = uint32(id) + 1
	}
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

// Build packs the groups that were ended. The Builder is empty afterwards.
func (bd *Builder) Build() *Segment {
	n := len(bd.terms)
	order := make([]uint32, n) // numbers in order of their keys
	for i := range order {
		order[i] = uint32(i)
	}
	slices.SortFunc(order, func(a, b uint32) int { return cmp.Compare(bd.terms[a].key, bd.terms[b].key) })

	last := make([]uint32, n) // of each number: the text before + 1
	next := make([]uint32, n) // of each number: first its size, then where its next posting goes
	bd.each(func(id, text uint32, tf byte) {
		next[id] += postingSize(text+1-last[id], tf)
		last[id] = text + 1
	})
	s := &Segment{
		keys: make([]uint64, n), counts: make([]uint32, n), offsets: make([]uint32, n+1),
		lengths: slices.Clip(bd.lengths), groupOf: slices.Clip(bd.groupOf), ends: slices.Clip(bd.ends),
	}
	for i, id := range order {
		s.keys[i], s.counts[i] = bd.terms[id].key, bd.terms[id].count
		s.offsets[i+1] = s.offsets[i] + next[id]
		next[id] = s.offsets[i]
	}
	s.postings = make([]byte, s.offsets[n])
	clear(last)
	bd.each(func(id, text uint32, tf byte) {
		at := next[id]
		next[id] += uint32(len(appendPosting(s.postings[:at], text+1-last[id], tf))) - at
		last[id] = text + 1
	})
	s.table()
	*bd = Builder{}
	return s
}
