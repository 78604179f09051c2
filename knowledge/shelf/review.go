package shelf

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"liaison/knowledge"
)

// Publish makes a draft count from the day that it states, else from today. What
// it replaces is superseded from that day. A repealed or withdrawn document is
// published again in the same way.
func (s *Shelf) Publish(ctx context.Context, libraryID, by string) (Item, error) {
	return s.change(ctx, libraryID, by, func(v *standing, all []standing, d *knowledge.Document) error {
		if v.State == Published {
			return refuse(CodeIllegal, "%s is published already", libraryID)
		}
		for _, other := range all {
			if other.current && other.State != Draft && other.Version > v.Version {
				return refuse(CodeIllegal, "%s is older than version %d, which counts: take that one back first, or remove this one", libraryID, other.Version)
			}
		}
		d.Status, d.SupersededBy = knowledge.InForce, ""
		d.ReviewedBy, d.ReviewedOn = by, s.today()
		v.Action, v.Starts = Publish, starts(*d, s.today())
		return nil
	})
}

// Withdraw makes a published document a draft again. The version before, if
// there is one, then counts as before.
func (s *Shelf) Withdraw(ctx context.Context, libraryID, by string) (Item, error) {
	return s.change(ctx, libraryID, by, func(v *standing, _ []standing, d *knowledge.Document) error {
		if v.State == Draft {
			return refuse(CodeIllegal, "%s is a draft", libraryID)
		}
		if v.Action == Bundle {
			return refuse(CodeIllegal, "%s came with the program and cannot be withdrawn: repeal it", libraryID)
		}
		d.Status, d.ReviewedBy, d.ReviewedOn = knowledge.Draft, "", knowledge.Date{}
		v.Action = Withdraw
		return nil
	})
}

// Repeal marks a published document as out of force; questions about the past
// still find it.
func (s *Shelf) Repeal(ctx context.Context, libraryID, by string) (Item, error) {
	return s.change(ctx, libraryID, by, func(v *standing, _ []standing, d *knowledge.Document) error {
		if v.State == Draft || v.State == Repealed {
			return refuse(CodeIllegal, "%s is not published", libraryID)
		}
		d.Status, v.Action = knowledge.Repealed, Repeal
		return nil
	})
}

// Remove takes a document out of the library; with the ID of a version only that
// version. Its lines are kept, and importing the file again brings it back.
func (s *Shelf) Remove(ctx context.Context, libraryID, by string) error {
	return s.store.UpdateShelf(ctx, func(tx Tx) error {
		found, all, err := find(ctx, tx, libraryID)
		if err != nil {
			return err
		}
		if found.Bundled() {
			return refuse(CodeIllegal, "%s came with the program and cannot be removed: repeal it, or import another document under its id", libraryID)
		}
		var puts []Entry
		for _, v := range all {
			if v.Bundled() || v.Version != found.Version && !found.current {
				continue
			}
			v.State, v.Action, v.By = Removed, Remove, by
			puts = append(puts, v.Entry)
		}
		return s.put(ctx, tx, puts)
	})
}

// Field is one value: a key of the front matter and what is written there, several
// values of a list separated by commas.
type Field struct {
	Key     string `json:"key"`
	Value   string `json:"value"`
	Guessed bool   `json:"guessed,omitempty"` // not stated in the text; Set ignores it
}

// Settable are the keys that Set takes. What else is in the front matter says
// where the document came from or how it stands, and has actions of its own.
var Settable = []string{
	"title", "number", "issuers", "kind", "issued", "effective_from", "effective_to", "language", "place", "topics", "towns",
	"source", "repeals", "responsible", "contacts", "attachments",
}

// Set corrects what the library says about a document. A value that was guessed
// counts as stated then.
func (s *Shelf) Set(ctx context.Context, libraryID, by string, fields []Field) (Item, error) {
	return s.change(ctx, libraryID, by, func(v *standing, _ []standing, d *knowledge.Document) error {
		if len(fields) == 0 {
			return refuse(CodeInvalid, "name what to set, as key=value; the keys are %s", strings.Join(Settable, ", "))
		}
		for _, f := range fields {
			if err := setField(d, f); err != nil {
				return err
			}
			d.Guessed = slices.DeleteFunc(d.Guessed, func(key string) bool { return key == f.Key })
		}
		v.Action = Set
		if v.State != Draft && !d.EffectiveFrom.IsZero() {
			v.Starts = d.EffectiveFrom
		}
		return nil
	})
}

// setField replaces the line of the key in the front matter and reads the whole
// again, so that a value is good exactly if it would be good in a file.
func setField(d *knowledge.Document, f Field) error {
	if !slices.Contains(Settable, f.Key) {
		return refuse(CodeInvalid, "%q cannot be set: the keys are %s", f.Key, strings.Join(Settable, ", "))
	}
	value := strings.TrimSpace(f.Value)
	if strings.ContainsAny(value, "\r\n") {
		return refuse(CodeInvalid, "%s: the value must be one line", f.Key)
	}
	lines := bytes.SplitAfter(knowledge.RenderDocument(*d), []byte("\n"))
	prefix := []byte(f.Key + ":")
	at := slices.IndexFunc(lines[1:], func(line []byte) bool { return bytes.HasPrefix(line, prefix) || string(line) == "---\n" }) + 1
	line := []byte(f.Key + ": " + frontValue(f.Key, value) + "\n")
	if bytes.HasPrefix(lines[at], prefix) {
		lines[at] = line
	} else { // a key without a value is not written
		lines = slices.Insert(lines, at, line)
	}
	changed, err := knowledge.ParseDocument(d.ID, bytes.Join(lines, nil))
	if err != nil {
		return refuse(CodeInvalid, "%s: %s", f.Key, faultText(err))
	}
	*d = changed
	return nil
}

// frontValue writes what a person gave as a value of the front matter, quoted,
// so that no character in it has a meaning.
func frontValue(key, value string) string {
	switch key {
	case "issuers", "topics", "towns", "repeals", "responsible", "contacts", "attachments":
		var items []string
		for item := range strings.FieldsFuncSeq(value, func(r rune) bool { return r == ',' || r == '，' }) {
			if item = strings.TrimSpace(item); item != "" {
				items = append(items, quoted(item))
			}
		}
		return "[" + strings.Join(items, ", ") + "]"
	}
	if value == "" {
		return ""
	}
	return quoted(value)
}

func quoted(s string) string {
	b, _ := json.Marshal(s) // a string always encodes
	return string(b)
}

// faultText is what is wrong, without the place in a text that nobody sees.
func faultText(err error) string {
	faults, ok := err.(knowledge.Faults)
	if !ok {
		return err.Error()
	}
	var msgs []string
	for _, f := range faults {
		msgs = append(msgs, f.Msg)
	}
	return strings.Join(msgs, "; ")
}

// change reads a version, lets edit change it, and writes it as a new line. A
// document that came with the program stays as it is and is hidden by the
// changed one, until that is removed.
func (s *Shelf) change(ctx context.Context, libraryID, by string, edit func(*standing, []standing, *knowledge.Document) error) (Item, error) {
	var id string
	var version int
	err := s.store.UpdateShelf(ctx, func(tx Tx) error {
		v, all, err := find(ctx, tx, libraryID)
		if err != nil {
			return err
		}
		if v.Bundled() {
			v.Version = all[len(all)-1].Version + 1
		}
		id, version = v.ID, v.Version
		d, err := knowledge.ParseDocument(v.ID, v.Source) // not as the other versions make it look
		if err != nil {
			return fmt.Errorf("%s cannot be read, import it again: %w", libraryID, err)
		}
		if err := edit(&v, all, &d); err != nil {
			return err
		}
		v.Source = knowledge.RenderDocument(d)
		v.SourceHash, v.Title, v.State, v.By = hashOf(v.Source), d.Title, State(d.Status), by
		return s.put(ctx, tx, []Entry{v.Entry})
	})
	if err != nil {
		return Item{}, err
	}
	entries, err := s.entries(ctx, id)
	if err != nil {
		return Item{}, err
	}
	for _, v := range arrange(entries) {
		if v.Version == version {
			return s.item(v), nil
		}
	}
	return Item{}, refuse(CodeNotFound, "%s was removed meanwhile", libraryID)
}
