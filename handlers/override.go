package handlers

import (
	"context"
	"strings"
	"time"
	"unicode/utf8"

	"liaison/knowledge"
	"liaison/ticket"
)

// Override is something that the staff decided about answering.
type Override struct {
	ID       int64
	Kind     OverrideKind
	Question string   // Pin: questions like this one …
	Unit     string   // … are answered from this unit; or Block: this unit never answers
	Words    []string // Synonym: mean the same
	Why      string
	By       string // person
	At       time.Time
	UndoneBy string // person, "" while it is in force
	UndoneAt time.Time
}

// OverrideKind says what was decided.
type OverrideKind string

// The kinds.
const (
	OverridePin     OverrideKind = "pin"
	OverrideBlock   OverrideKind = "block"
	OverrideSynonym OverrideKind = "synonym"
)

// Overrides is what a transaction knows of the staff's decisions.
type Overrides interface {
	// AddOverride keeps o, whose ID is given here and returned.
	AddOverride(ctx context.Context, o Override) (int64, error)
	// UndoOverride ends it. One that was undone before is Conflict.
	UndoOverride(ctx context.Context, id int64, by string, at time.Time) error
	// Overrides returns those in force, oldest first; with undone those too that
	// are not, at most 500 in all: of those that were undone the older are left out.
	Overrides(ctx context.Context, undone bool) ([]Override, error)
	// OverridesRevision returns a number that grows whenever they change.
	OverridesRevision(ctx context.Context) (int64, error)
}

// Decided makes of overrides in force what the library understands.
func Decided(list []Override) (d knowledge.Overrides) {
	for _, o := range list {
		switch {
		case o.UndoneBy != "":
		case o.Kind == OverridePin:
			d.Pins = append(d.Pins, knowledge.Pin{Question: o.Question, Unit: o.Unit})
		case o.Kind == OverrideBlock:
			d.Blocks = append(d.Blocks, o.Unit)
		case o.Kind == OverrideSynonym:
			d.Synonyms = append(d.Synonyms, o.Words)
		}
	}
	return d
}

// maxWhy is the longest reason, in characters.
const maxWhy = 500

// checked returns o as it is kept, or Invalid with the field that is wrong.
func (d *Desk) checked(o Override) (Override, error) {
	o.Question, o.Unit, o.Why = knowledge.MaskPersonal(excerpt(o.Question, maxQuestion)), strings.TrimSpace(o.Unit), strings.TrimSpace(o.Why)
	field := map[OverrideKind]string{OverridePin: "question", OverrideBlock: "unit", OverrideSynonym: "words"}[o.Kind]
	if field == "" {
		return o, &ticket.Error{Code: ticket.Invalid, Field: "kind"}
	}
	if _, known := d.Answerer.Library().Unit(o.Unit); !known && o.Kind != OverrideSynonym {
		return o, &ticket.Error{Code: ticket.Invalid, Field: "unit"}
	}
	if utf8.RuneCountInString(o.Why) > maxWhy {
		return o, &ticket.Error{Code: ticket.Invalid, Field: "why"}
	}
	if err := Decided([]Override{o}).Check(d.Answerer.Library()); err != nil {
		return o, &ticket.Error{Code: ticket.Invalid, Field: field, Err: err}
	}
	return o, nil
}

// TryOverride tells what would change if o were decided: how many check questions
// were asked, and those whose answers would be others. It takes a while for many
// questions and must not be called in a transaction.
func (d *Desk) TryOverride(ctx context.Context, o Override) (asked int, out []knowledge.Difference, err error) {
	if o, err = d.checked(o); err != nil {
		return 0, nil, err
	}
	var list []Override
	err = d.Store.View(ctx, func(tx Tx) (err error) {
		list, err = tx.Overrides(ctx, false)
		return err
	})
	if err != nil {
		return 0, nil, err
	}
	asked, out = d.Answerer.Compare(Decided(list), Decided(append(list[:len(list):len(list)], o)))
	return asked, out, nil
}

// AddOverride decides o on behalf of o.By, who must be a supervisor and say why.
func (d *Desk) AddOverride(ctx context.Context, tx Tx, o Override) (int64, error) {
	if err := d.supervises(ctx, tx, o.By); err != nil {
		return 0, err
	}
	o, err := d.checked(o)
	if err != nil {
		return 0, err
	}
	if o.Why == "" {
		return 0, &ticket.Error{Code: ticket.Invalid, Field: "why"}
	}
	o.At = d.Now()
	return tx.AddOverride(ctx, o)
}

// UndoOverride takes a decision back on behalf of a supervisor.
func (d *Desk) UndoOverride(ctx context.Context, tx Tx, id int64, by string) error {
	if err := d.supervises(ctx, tx, by); err != nil {
		return err
	}
	return tx.UndoOverride(ctx, id, by, d.Now())
}

// FindUnits returns the units that the library finds for a text, as the chat does.
func (d *Desk) FindUnits(text string) []Near {
	out := []Near{}
	lib := d.Answerer.Library()
	for _, h := range lib.Search(excerpt(text, maxQuestion), 8) {
		if u, ok := lib.Unit(h.Unit); ok {
			out = append(out, Near{Unit: h.Unit, Title: u.Label()})
		}
	}
	return out
}
