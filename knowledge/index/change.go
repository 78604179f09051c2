package index

import (
	"maps"
	"slices"

	"liaison/knowledge/zh"
)

// Change says how an Index differs from another.
type Change struct {
	// Order lists the groups of the new index: each the number that it had in the
	// old one, at most once, or -1 for the next of Added.
	Order []int
	Added []*Segment
	// Texts returns the texts of an old group, each with its fields as they were
	// added. It is asked for those that Order leaves out, to count their terms out.
	Texts func(group int) [][]Field
}

// segmentTexts is how many texts a segment has at most, unless it was built
// larger. It bounds how long joining segments may hold up a change, and keeps the
// scores of a segment within the processor's cache.
const segmentTexts = 1 << 14

// Change returns the index with c made. It takes time in proportion to the number
// of texts, but little, and to what is added and taken out; segments that are
// small beside the others, or from which much was taken out, are joined and
// packed again.
func (ix *Index) Change(c Change) *Index {
	next := &Index{groups: len(c.Order)}
	to := make([]int32, ix.groups) // old group -> new group, or -1
	for i := range to {
		to[i] = -1
	}
	var added []int32
	for n, old := range c.Order {
		if old < 0 {
			added = append(added, int32(n))
		} else {
			to[old] = int32(n)
		}
	}
	for _, p := range ix.parts {
		p.renumber(to, c.Texts)
		next.parts = append(next.parts, p)
	}
	for _, s := range c.Added {
		next.parts = append(next.parts, part{Segment: s, number: added[:len(s.ends):len(s.ends)]})
		added = added[len(s.ends):]
	}
	next.pack()
	next.weigh()
	return next
}

// renumber gives the groups of p their new numbers and counts out what those that
// have none any more hold. It changes no slice or map that p shares with others.
func (p *part) renumber(to []int32, texts func(group int) [][]Field) {
	p.number = slices.Clone(p.number)
	shared := true
	for g, old := range p.number {
		if old < 0 {
			continue
		}
		p.number[g] = to[old]
		if to[old] >= 0 {
			continue
		}
		if shared {
			p.gone, shared = maps.Clone(p.gone), false
			if p.gone == nil {
				p.gone = make(map[zh.Term]uint32)
			}
		}
		for _, fields := range texts(int(old)) {
			p.goneTexts++
			for t := range termsOf(fields) {
				p.gone[t]++
			}
		}
	}
}

// termsOf is the set of terms of a text.
func termsOf(fields []Field) map[zh.Term]bool {
	out := make(map[zh.Term]bool)
	for _, f := range fields {
		zh.EachTerm([]rune(f.Text), func(t zh.Term, _, _ int) { out[t] = true })
	}
	return out
}

// live is how many texts of p are not taken out.
func (p *part) live() int { return len(p.lengths) - p.goneTexts }

// pack joins segments so that their number grows with the logarithm of the number
// of changes only, and packs those again of which more than a quarter is gone.
func (ix *Index) pack() {
	var out []part
	for _, p := range ix.parts {
		if p.live() == 0 {
			continue
		}
		if p.goneTexts > len(p.lengths)/4 {
			p = join(p)
		}
		for len(out) > 0 {
			before := out[len(out)-1]
			if before.live() >= 2*p.live() || before.live()+p.live() > segmentTexts {
				break
			}
			p = join(before, p)
			out = out[:len(out)-1]
		}
		out = append(out, p)
	}
	ix.parts = out
}

// weigh counts texts and sets the norms, which go by the average length of all.
func (ix *Index) weigh() {
	var total float64
	ix.texts = 0
	for i := range ix.parts {
		p := &ix.parts[i]
		ix.texts += p.live()
		for text, g := range p.groupOf {
			if p.number[g] >= 0 {
				total += float64(p.lengths[text])
			}
		}
	}
	norms := func(lengths []uint32, n int) []float32 {
		average := max(1, total/float64(max(1, n)))
		out := make([]float32, len(lengths))
		for i, l := range lengths {
			out[i] = float32(k1 * (1 - b + b*float64(l)/average))
		}
		return out
	}
	for i := range ix.parts {
		p := &ix.parts[i]
		whole := make([]uint32, len(p.ends))
		for text, g := range p.groupOf {
			whole[g] += p.lengths[text]
		}
		p.textNorms, p.groupNorms = norms(p.lengths, ix.texts), norms(whole, ix.groups)
	}
}

// join makes one segment of those of parts, without what was taken out.
func join(parts ...part) part {
	s := &Segment{}
	var number []int32
	moved := make([][]int32, len(parts)) // of each part: text -> its new number, or -1
	size, keys := 0, 0
	for i, p := range parts {
		moved[i] = make([]int32, len(p.lengths))
		from := uint32(0)
		for g, to := range p.ends {
			for text := from; text < to; text++ {
				moved[i][text] = -1
				if p.number[g] >= 0 {
					moved[i][text] = int32(len(s.lengths))
					s.lengths = append(s.lengths, p.lengths[text])
					s.groupOf = append(s.groupOf, uint32(len(number)))
				}
			}
			if p.number[g] >= 0 {
				number = append(number, p.number[g])
				s.ends = append(s.ends, uint32(len(s.lengths)))
			}
			from = to
		}
		size += len(p.postings)
		keys = max(keys, len(p.keys))
	}
	s.keys, s.counts = make([]uint64, 0, keys), make([]uint32, 0, keys)
	s.offsets = append(make([]uint32, 0, keys+1), 0)
	s.postings = make([]byte, 0, size)
	eachKey(parts, func(key uint64, at []int) {
		before, count := int32(-1), uint32(0)
		for i, p := range parts {
			if at[i] < 0 {
				continue
			}
			list := p.list(at[i])
			for text, tf := list.next(); text >= 0; text, tf = list.next() {
				if m := moved[i][text]; m >= 0 {
					s.postings = appendPosting(s.postings, uint32(m-before), tf)
					before = m
					count++
				}
			}
		}
		if count > 0 {
			s.keys, s.counts = append(s.keys, key), append(s.counts, count)
			s.offsets = append(s.offsets, uint32(len(s.postings)))
		}
	})
	s.keys, s.counts, s.offsets, s.postings = slices.Clip(s.keys), slices.Clip(s.counts), slices.Clip(s.offsets), slices.Clip(s.postings)
	s.table()
	return part{Segment: s, number: number}
}

// eachKey calls yield for the keys of the parts in order, with the position that
// the key has in each part, or -1.
func eachKey(parts []part, yield func(key uint64, at []int)) {
	next := make([]int, len(parts))
	at := make([]int, len(parts))
	for {
		key, found := uint64(0), false
		for i, p := range parts {
			if next[i] < len(p.keys) && (!found || p.keys[next[i]] < key) {
				key, found = p.keys[next[i]], true
			}
		}
		if !found {
			return
		}
		for i, p := range parts {
			at[i] = -1
			if next[i] < len(p.keys) && p.keys[next[i]] == key {
				at[i] = next[i]
				next[i]++
			}
		}
		yield(key, at)
	}
}
