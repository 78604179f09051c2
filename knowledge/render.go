package knowledge

import (
	"bytes"
	"strconv"
	"strings"
)

// RenderDocument writes d in the format that ParseDocument reads. Parsing the
// result gives d back, if d is one that ParseDocument could have returned.
func RenderDocument(d Document) []byte {
	var b bytes.Buffer
	b.WriteString("---\n")
	scalar := func(key, value string) {
		b.WriteString(key + ":")
		if value != "" {
			b.WriteByte(' ')
			writeScalar(&b, value)
		}
		b.WriteByte('\n')
	}
	list := func(key string, values []string) {
		b.WriteString(key + ": [")
		for i, v := range values {
			if i > 0 {
				b.WriteString(", ")
			}
			writeScalar(&b, v)
		}
		b.WriteString("]\n")
	}
	scalar("id", d.ID)
	scalar("title", d.Title)
	scalar("number", d.Number)
	list("issuers", d.Issuers)
	scalar("kind", d.Kind)
	scalar("issued", d.Issued.String())
	scalar("effective_from", d.EffectiveFrom.String())
	scalar("effective_to", d.EffectiveTo.String())
	scalar("status", string(d.Status))
	scalar("language", d.Language)
	scalar("place", d.Place)
	list("topics", d.Topics)
	list("towns", d.Towns)
	scalar("source", d.Source)
	optional := func(key, value string) {
		if value != "" {
			scalar(key, value)
		}
	}
	optionalList := func(key string, values []string) {
		if len(values) > 0 {
			list(key, values)
		}
	}
	optional("file", d.File)
	optionalList("guessed", d.Guessed)
	optionalList("repeals", d.Repeals)
	optionalList("responsible", d.Responsible)
	optionalList("contacts", d.Contacts)
	var attachments []string
	for _, a := range d.Attachments {
		attachments = append(attachments, a.String())
	}
	optionalList("attachments", attachments)
	optional("superseded_by", d.SupersededBy)
	optional("reviewed_by", d.ReviewedBy)
	optional("reviewed_on", d.ReviewedOn.String())
	b.WriteString("---\n")
	for _, u := range d.Units {
		b.WriteString("\n## " + u.Title + " {#" + u.Slug + "}\n")
		attribute := func(key, sep string, values ...string) {
			if len(values) > 0 && values[0] != "" {
				b.WriteString("- " + key + ": " + strings.Join(values, sep) + "\n")
			}
		}
		attribute("topics", ", ", u.Topics...)
		attribute("path", "", u.Path)
		attribute("aliases", " | ", u.Aliases...)
		attribute("see", ", ", u.See...)
		attribute("cites", " | ", u.Cites...)
		if u.Repeats > 0 {
			attribute("repeats", "", strconv.Itoa(u.Repeats))
		}
		b.WriteString("\n" + u.Body + "\n")
	}
	return b.Bytes()
}
