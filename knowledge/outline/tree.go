package outline

import "strings"

// none is the block of the root.
const none = -1

// node is a block with the blocks that belong to it.
type node struct {
	head  int // its own block
	end   int // the block after its last
	level level
	kids  []*node
}

// build makes a tree of the blocks. A mark stands below the marks above it that
// are coarser by custom; where the text numbers the other way round (1. with
// （一） inside), the series that goes on afterwards is the outer one.
func build(blocks []block) *node {
	b := builder{blocks: blocks, next: nextOfKind(blocks)}
	root := &node{head: none}
	b.stack = []*node{root}
	for i := range blocks {
		b.place(i)
	}
	finish(root, len(blocks))
	return root
}

type builder struct {
	blocks []block
	next   []int // the next block with the same mark, or -1
	stack  []*node
}

// kind is what a series of headings has in common.
type kind struct {
	level level
	md    int
}

func (b *block) kind() kind { return kind{b.mark.level, b.md} }

func nextOfKind(blocks []block) []int {
	next := make([]int, len(blocks))
	last := make(map[kind]int)
	for i := len(blocks) - 1; i >= 0; i-- {
		next[i] = none
		if blocks[i].mark.level == noMark || blocks[i].contents {
			continue
		}
		if n, ok := last[blocks[i].kind()]; ok {
			next[i] = n
		}
		last[blocks[i].kind()] = i
	}
	return next
}

// goesOn reports whether the series of block i has its next number further down.
func (b *builder) goesOn(i int) bool {
	n := b.next[i]
	return n != none && b.blocks[n].mark.num == b.blocks[i].mark.num+1 && b.blocks[i].mark.num > 0
}

func (b *builder) top() *node { return b.stack[len(b.stack)-1] }

func (b *builder) place(i int) {
	blk := &b.blocks[i]
	n := &node{head: i, level: blk.rank()}
	if n.level == noMark || blk.contents || blk.isTitle || blk.named || b.orphan(i) {
		n.level = noMark
		b.top().kids = append(b.top().kids, n)
		return
	}
	b.popTo(i, n.level)
	b.top().kids = append(b.top().kids, n)
	b.stack = append(b.stack, n)
}

// rank orders headings: a Markdown heading by its depth, others by their mark.
func (b *block) rank() level {
	switch {
	case b.md > 0:
		return heading + level(b.md)
	case b.above > noMark:
		return b.above
	}
	return b.mark.level
}

// popTo removes from the stack what block i does not belong to.
func (b *builder) popTo(i int, rank level) {
	blk := &b.blocks[i]
	for at := len(b.stack) - 1; at > 0; at-- {
		if b.blocks[b.stack[at].head].kind() == blk.kind() {
			b.stack = b.stack[:at]
			return
		}
	}
	if blk.md == 0 && (blk.mark.level == question || blk.mark.level == short || blk.mark.level == wide) {
		b.popForShort(i)
		return
	}
	for len(b.stack) > 1 {
		top := b.top()
		// 一、 inside an article; without an introduction it begins what follows the articles.
		beyond := top.level == article && rank == han && !introduces(&b.blocks[i-1])
		if !beyond && top.level < rank || rank > chapter && b.goesOn(top.head) {
			return
		}
		b.stack = b.stack[:len(b.stack)-1]
	}
}

func introduces(b *block) bool {
	return strings.HasSuffix(b.text, "：") || strings.HasSuffix(b.text, ":")
}

// popForShort finds where an unmarked heading belongs: above the series that
// starts anew after it, else below the innermost heading, out of plain lists.
func (b *builder) popForShort(i int) {
	if n := i + 1; n < len(b.blocks) && b.blocks[n].mark.num == 1 {
		for at := len(b.stack) - 1; at > 0; at-- {
			if b.blocks[b.stack[at].head].kind() == b.blocks[n].kind() {
				b.stack = b.stack[:at]
				return
			}
		}
	}
	for len(b.stack) > 1 {
		top := &b.blocks[b.top().head]
		next := b.blocks[i].mark.level == question && asks.MatchString(top.text) // a question after a question
		if top.head && !next || b.goesOn(b.top().head) || b.top().level < han || b.top().level < digit && !sentenceEnd(top.text) && !next {
			return
		}
		b.stack = b.stack[:len(b.stack)-1]
	}
}

// orphan reports whether the mark of block i continues nothing: a number out of
// order is a sum or a reference broken over a line.
func (b *builder) orphan(i int) bool {
	blk := &b.blocks[i]
	if blk.mark.level == article {
		return b.refers(i)
	}
	if blk.head || blk.mark.num <= 1 || blk.mark.level <= han {
		return false
	}
	for at := len(b.stack) - 1; at > 0; at-- {
		above := &b.blocks[b.stack[at].head]
		if above.kind() == blk.kind() {
			return blk.mark.num <= above.mark.num || blk.mark.num > above.mark.num+3
		}
	}
	for j := i - 1; j >= 0 && j > i-200; j-- {
		if b.blocks[j].kind() == blk.kind() {
			return blk.mark.num != b.blocks[j].mark.num+1
		}
	}
	return true
}

// refers reports whether 第七条 at the start of a line is a reference: the words
// after it say so and it is not the article that is due.
func (b *builder) refers(i int) bool {
	m := b.blocks[i].mark
	if !reference.MatchString(strings.TrimLeft(b.blocks[i].rest, " \t　")) {
		return false
	}
	for j := i - 1; j >= 0; j-- {
		if before := b.blocks[j].mark; before.level == article {
			return m.num != before.num+1 && (m.num != before.num || m.sub == 0)
		}
	}
	return m.num != 1
}

// finish sets where each node ends.
func finish(n *node, end int) {
	n.end = end
	for i, k := range n.kids {
		if i+1 < len(n.kids) {
			finish(k, n.kids[i+1].head)
		} else {
			finish(k, end)
		}
	}
}
