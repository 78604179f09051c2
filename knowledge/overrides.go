package knowledge

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"liaison/knowledge/zh"
)

// Pinned is the step of Answer.Path that finds a unit by a pin.
const Pinned = "pinned"

// Overrides is what the staff have decided about answering, beside what the
// library says. The zero value decides nothing.
type Overrides struct {
	Pins     []Pin
	Blocks   []string   // IDs of units that are never answered from; they stay in the library
	Synonyms [][]string // words that mean the same, two or more in each
}

// Pin says that questions like this one are answered from the unit. Of several
// pins that a question is like, the one it is most like counts, of equals the
// last; a pin to a unit that is blocked, not there or not in force does nothing.
type Pin struct{ Question, Unit string }

// Check reports what is wrong with o: an empty or too long question, a unit that l
// does not have, a synonym without an other word or longer than can be found.
func (o Overrides) Check(l *Library) error {
	known := func(unit string) error {
		if _, ok := l.Unit(unit); !ok {
			return fmt.Errorf("unit %q does not exist", unit)
		}
		return nil
	}
	for _, p := range o.Pins {
		if screen(p.Question) != "" {
			return fmt.Errorf("the pinned question asks nothing: %q", p.Question)
		}
		if err := known(p.Unit); err != nil {
			return err
		}
	}
	for _, unit := range o.Blocks {
		if err := known(unit); err != nil {
			return err
		}
	}
	for _, words := range o.Synonyms {
		seen := make(map[string]bool)
		for _, w := range words {
			folded := zh.Fold(strings.TrimSpace(w))
			if n := utf8.RuneCountInString(folded); n < 2 || n > maxSynonym {
				return fmt.Errorf("a synonym has 2 to %d characters, not %q", maxSynonym, w)
			}
			seen[folded] = true
		}
		if len(seen) < 2 {
			return fmt.Errorf("synonyms are two different words or more, not %q", words)
		}
	}
	return nil
}

// overrides is Overrides made ready for questions.
type overrides struct {
	given  Overrides
	pins   []Wording
	blocks map[string]bool
	words  thesaurus
}

// With returns the library with o in the place of the overrides that l has. It
// shares everything else with l.
func (l *Library) With(o Overrides) *Library {
	made := &overrides{given: o, blocks: make(map[string]bool, len(o.Blocks))}
	for _, p := range o.Pins {
		made.pins = append(made.pins, ReadWording(p.Question))
	}
	for _, unit := range o.Blocks {
		made.blocks[unit] = true
	}
	for _, words := range o.Synonyms {
		var folded []string
		for _, w := range words {
			folded = append(folded, zh.Fold(strings.TrimSpace(w)))
		}
		for _, w := range folded {
			made.words.add(w, folded, sameFactor)
		}
	}
	next := *l
	next.overrides = made
	return &next
}

// Overrides returns those that the library has. The caller must not change them.
func (l *Library) Overrides() Overrides {
	if l.overrides == nil {
		return Overrides{}
	}
	return l.overrides.given
}

// blocked reports whether a unit must not be answered from.
func (l *Library) blocked(unit int) bool {
	return l.overrides != nil && len(l.overrides.blocks) > 0 && l.overrides.blocks[l.unit(unit).ID]
}

// eachSynonym yields the other forms of the words of a question, those that the
// staff have added last.
func (l *Library) eachSynonym(folded []rune, yield func(from, to int, text string, factor float32)) {
	synonyms().each(folded, yield)
	if l.overrides != nil {
		l.overrides.words.each(folded, yield)
	}
}

// pinned returns the unit to which the staff have pinned questions like this one.
func (l *Library) pinned(question string, day Date, town string) (unit int, ok bool) {
	if l.overrides == nil || len(l.overrides.pins) == 0 {
		return 0, false
	}
	asked := ReadWording(question)
	best := AlikeFrom
	for i, pin := range l.overrides.pins {
		like := asked.Likeness(pin)
		if like < best {
			continue
		}
		n, there := l.byID[l.overrides.given.Pins[i].Unit]
		if !there || l.blocked(n) || !l.docOf(n).InForceOn(day) {
			continue
		}
		if towns := l.docOf(n).Towns; town != "" && len(towns) > 0 && !slices.Contains(towns, town) {
			continue
		}
		unit, ok, best = n, true, like
	}
	return unit, ok
}
