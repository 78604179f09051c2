package shelf

import (
	"slices"
	"strings"
	"time"

	"liaison/knowledge"
)

// Summary is an Item as it is shown in lists.
type Summary struct {
	ID            string         `json:"id"`
	Document      string         `json:"document"`
	Version       int            `json:"version"`
	Current       bool           `json:"current"`
	Hidden        bool           `json:"hidden,omitempty"`
	Bundled       bool           `json:"bundled,omitempty"`
	State         State          `json:"state"`
	SupersededOn  knowledge.Date `json:"superseded_on,omitzero"`
	SupersededBy  string         `json:"superseded_by,omitempty"`
	DuplicateOf   string         `json:"duplicate_of,omitempty"`
	Contradicts   []string       `json:"contradicts,omitempty"`
	Title         string         `json:"title"`
	Number        string         `json:"number,omitempty"`
	Issuers       []string       `json:"issuers,omitempty"`
	Issued        knowledge.Date `json:"issued,omitzero"`
	EffectiveFrom knowledge.Date `json:"effective_from,omitzero"`
	EffectiveTo   knowledge.Date `json:"effective_to,omitzero"`
	Guessed       []string       `json:"guessed,omitempty"`
	Units         int            `json:"units"`
	File          string         `json:"file,omitempty"`
	Import        int64          `json:"import,omitempty"`
	Action        Action         `json:"action"` // the last one
	By            string         `json:"by,omitempty"`
	At            time.Time      `json:"at"`
	Fault         string         `json:"fault,omitempty"`
}

// Summary returns the item for lists.
func (i Item) Summary() Summary {
	return Summary{
		ID: i.ID, Document: i.Document, Version: i.Version, Current: i.Current, Hidden: i.Hidden, Bundled: i.Entry.Bundled(),
		State: i.State, SupersededOn: i.SupersededOn, SupersededBy: i.SupersededBy, DuplicateOf: i.DuplicateOf, Contradicts: i.Contradicts, Title: i.Title, Number: i.Doc.Number, Issuers: i.Doc.Issuers,
		Issued: i.Doc.Issued, EffectiveFrom: i.Doc.EffectiveFrom, EffectiveTo: i.Doc.EffectiveTo, Guessed: i.Doc.Guessed,
		Units: len(i.Doc.Units), File: i.File, Import: i.Import, Action: i.Action, By: i.Entry.By, At: i.Entry.At.UTC(), Fault: i.Fault,
	}
}

// Fields returns what Set can change, in the order of Settable, empty ones too.
func Fields(d knowledge.Document) []Field {
	var attachments []string
	for _, a := range d.Attachments {
		attachments = append(attachments, a.String())
	}
	list := func(values []string) string { return strings.Join(values, ", ") }
	values := map[string]string{
		"title": d.Title, "number": d.Number, "issuers": list(d.Issuers), "kind": d.Kind,
		"issued": d.Issued.String(), "effective_from": d.EffectiveFrom.String(), "effective_to": d.EffectiveTo.String(),
		"language": d.Language, "place": d.Place, "topics": list(d.Topics), "towns": list(d.Towns), "source": d.Source,
		"repeals": list(d.Repeals), "responsible": list(d.Responsible), "contacts": list(d.Contacts), "attachments": list(attachments),
	}
	var out []Field
	for _, key := range Settable {
		out = append(out, Field{Key: key, Value: values[key], Guessed: values[key] != "" && slices.Contains(d.Guessed, key)})
	}
	return out
}
