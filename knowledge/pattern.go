package knowledge

import (
	"regexp"
	"regexp/syntax"
	"slices"
)

// pattern is a regular expression that is not tried where it cannot match. What is
// read for a question is held against a dozen expressions and matches few of them.
// Which characters a match must have is known beforehand, and to look at those of
// a text once takes a fraction of trying an expression at each of them. It is safe
// for concurrent use.
type pattern struct {
	*regexp.Regexp
	of    *vocabulary
	wants []want // a match fulfils one of these; nil: nothing is known of it
}

// want is what the characters of a match must be at least.
type want struct {
	all signs   // each of these is there
	any []signs // and of each of these at least one
}

// MatchString reports whether text has a match.
func (p *pattern) MatchString(text string) bool { return p.in(text, p.of.signs(text)) }

// in is MatchString for a text of which the signs are known.
func (p *pattern) in(text string, s signs) bool { return p.fits(s) && p.Regexp.MatchString(text) }

// fits reports whether a text with these signs may have a match.
func (p *pattern) fits(s signs) bool {
	return p.wants == nil || slices.ContainsFunc(p.wants, func(w want) bool { return w.metBy(s) })
}

func (w *want) metBy(s signs) bool {
	for i := range s {
		if s[i]&w.all[i] != w.all[i] {
			return false
		}
	}
	for _, some := range w.any {
		if !s.meets(some) {
			return false
		}
	}
	return true
}

// signs is a set of characters of a vocabulary.
type signs [4]uint64

func (s signs) meets(o signs) bool {
	return s[0]&o[0]|s[1]&o[1]|s[2]&o[2]|s[3]&o[3] != 0
}

func (s signs) with(o signs) signs {
	for i := range s {
		s[i] |= o[i]
	}
	return s
}

// vocabulary numbers the characters that matches of its patterns must have. It
// grows with each pattern, so these are made before any is used.
type vocabulary struct {
	pages [256]*[256]uint16 // character, its high byte first -> its number, from 1
	n     uint16
}

// pattern compiles expr.
func (v *vocabulary) pattern(expr string) *pattern {
	p := &pattern{Regexp: regexp.MustCompile(expr), of: v}
	tree, err := syntax.Parse(expr, syntax.Perl)
	if err != nil {
		panic("knowledge: " + err.Error()) // MustCompile has parsed it
	}
	p.wants = v.wants(tree.Simplify())
	return p
}

// signs is the set of those characters of text that the vocabulary numbers.
func (v *vocabulary) signs(text string) signs {
	var s signs
	for _, r := range text {
		if r > 0xffff || v.pages[r>>8] == nil {
			continue
		}
		if n := v.pages[r>>8][r&0xff]; n > 0 {
			s[n>>6&3] |= 1 << (n & 63) // of more than 256 characters some share a place
		}
	}
	return s
}

// sign is the set of r alone, which it numbers if need be; false for a character
// beyond the tables.
func (v *vocabulary) sign(r rune) (signs, bool) {
	if r > 0xffff {
		return signs{}, false
	}
	if v.pages[r>>8] == nil {
		v.pages[r>>8] = new([256]uint16)
	}
	number := &v.pages[r>>8][r&0xff]
	if *number == 0 {
		v.n++
		*number = v.n
	}
	return v.signs(string(r)), true
}

// mostOfClass is the largest class, in characters, that is looked for: nearly every
// text has a character of a larger one.
const mostOfClass = 64

// wants lists what the matches of an expression have; nil when that cannot be told.
func (v *vocabulary) wants(e *syntax.Regexp) []want {
	switch e.Op {
	case syntax.OpLiteral:
		var w want
		for _, r := range e.Rune {
			s, ok := v.sign(r)
			if !ok || e.Flags&syntax.FoldCase != 0 {
				return nil
			}
			w.all = w.all.with(s)
		}
		return []want{w}
	case syntax.OpCharClass:
		return v.wantsOfClass(e.Rune)
	case syntax.OpCapture, syntax.OpPlus:
		return v.wants(e.Sub[0])
	case syntax.OpAlternate:
		var out []want
		for _, sub := range e.Sub {
			w := v.wants(sub)
			if w == nil {
				return nil
			}
			out = append(out, w...)
		}
		return out
	case syntax.OpConcat:
		return v.wantsOfAll(e.Sub)
	}
	return nil
}

// wantsOfClass is one want, for one of the characters.
func (v *vocabulary) wantsOfClass(ranges []rune) []want {
	n := 0
	for i := 0; i < len(ranges); i += 2 {
		n += int(ranges[i+1]-ranges[i]) + 1
	}
	if n > mostOfClass {
		return nil
	}
	var some signs
	for i := 0; i < len(ranges); i += 2 {
		for r := ranges[i]; r <= ranges[i+1]; r++ {
			s, ok := v.sign(r)
			if !ok {
				return nil
			}
			some = some.with(s)
		}
	}
	return []want{{any: []signs{some}}}
}

// wantsOfAll is one want for what all of subs must have. Where one of these has
// several wants, any character of any of them will do.
func (v *vocabulary) wantsOfAll(subs []*syntax.Regexp) []want {
	var out want
	known := false
	for _, sub := range subs {
		wants := v.wants(sub)
		if len(wants) == 0 {
			continue
		}
		known = true
		if len(wants) == 1 {
			out.all = out.all.with(wants[0].all)
			out.any = append(out.any, wants[0].any...)
			continue
		}
		var some signs
		for _, w := range wants {
			if w.all != (signs{}) {
				some = some.with(w.all)
			} else {
				some = some.with(w.any[0])
			}
		}
		out.any = append(out.any, some)
	}
	if !known {
		return nil
	}
	out.any = slices.Compact(out.any) // \d{7} is seven times the same
	return []want{out}
}
