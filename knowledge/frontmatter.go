package knowledge

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"
)

// The front matter is the part of YAML that its few keys need: one key a
// line, the value plain, "quoted" as in JSON, or [a, list, of, these]. A small
// reader of our own can name every faulty line at once and what to do about it.

// setField stores a value that was read; lists have isList set.
func setField(d *Document, key string, value field) (msg string) {
	switch key {
	case "issuers", "topics", "towns", "guessed", "repeals", "responsible", "contacts", "attachments":
		if !value.isList {
			return key + " is a list: write it as [a, b]"
		}
	default:
		if value.isList {
			return key + " is one value, not a list"
		}
	}
	switch key {
	case "id":
		d.ID = value.text
		if !slugPattern.MatchString(d.ID) {
			return "id may have lower-case letters, digits and single hyphens only"
		}
	case "title":
		d.Title = value.text
		if d.Title == "" {
			return "title is empty: give the title as published"
		}
	case "number":
		d.Number = value.text
	case "kind":
		d.Kind = value.text
	case "language":
		d.Language = value.text
	case "place":
		d.Place = value.text
	case "source":
		d.Source = value.text
	case "issuers":
		d.Issuers = value.list
	case "towns":
		d.Towns = value.list
	case "topics":
		d.Topics = value.list
		return badTopic(d.Topics)
	case "status":
		d.Status = Status(value.text)
		switch d.Status {
		case InForce, Repealed, Superseded, Draft:
		default:
			return "status is one of in_force, repealed, superseded, draft"
		}
	case "issued":
		return setDate(&d.Issued, value.text)
	case "effective_from":
		return setDate(&d.EffectiveFrom, value.text)
	case "effective_to":
		return setDate(&d.EffectiveTo, value.text)
	case "file":
		d.File = value.text
	case "guessed":
		d.Guessed = value.list
		for _, k := range value.list {
			if !slices.Contains(frontKeys, k) {
				return "guessed names " + k + ", which is no key: the keys are " + strings.Join(frontKeys, ", ")
			}
		}
	case "repeals":
		d.Repeals = value.list
	case "responsible":
		d.Responsible = value.list
	case "contacts":
		d.Contacts = value.list
	case "attachments":
		d.Attachments = nil
		for _, a := range value.list {
			d.Attachments = append(d.Attachments, parseAttachment(a))
		}
	case "superseded_by":
		d.SupersededBy = value.text
		if !slugPattern.MatchString(d.SupersededBy) {
			return "superseded_by is the id of a document: lower-case letters, digits and single hyphens only"
		}
	case "reviewed_by":
		d.ReviewedBy = value.text
	case "reviewed_on":
		return setDate(&d.ReviewedOn, value.text)
	default:
		return "unknown key " + key + ": the keys are " + strings.Join(frontKeys, ", ")
	}
	return ""
}

var frontKeys = []string{
	"id", "title", "number", "issuers", "kind", "issued", "effective_from",
	"effective_to", "status", "language", "place", "topics", "towns", "source",
	"file", "guessed", "repeals", "responsible", "contacts", "attachments",
	"superseded_by", "reviewed_by", "reviewed_on",
}

func setDate(d *Date, text string) (msg string) {
	if err := d.UnmarshalText([]byte(text)); err != nil {
		return err.Error()
	}
	return ""
}

func badTopic(topics []string) (msg string) {
	for _, t := range topics {
		if !slugPattern.MatchString(t) {
			return "topic " + t + " may have lower-case letters, digits and single hyphens only"
		}
	}
	return ""
}

type field struct {
	text   string
	list   []string
	isList bool
}

// parseField reads what stands after the colon.
func parseField(s string) (f field, msg string) {
	s = strings.TrimSpace(s)
	if !strings.HasPrefix(s, "[") {
		f.text, s, msg = parseScalar(s, "")
		if msg == "" && s != "" {
			msg = "text after the closing quote: quote the whole value"
		}
		return f, msg
	}
	f.isList = true
	s = strings.TrimSpace(s[1:])
	for s != "]" {
		if s == "" {
			return f, "the list has no closing ]"
		}
		var item string
		item, s, msg = parseScalar(s, ",]")
		if msg != "" {
			return f, msg
		}
		if item == "" {
			return f, "the list has an empty item"
		}
		f.list = append(f.list, item)
		s = strings.TrimSpace(s)
		switch {
		case strings.HasPrefix(s, ","):
			s = strings.TrimSpace(s[1:])
			if s == "]" {
				return f, "the list ends with a comma"
			}
		case s != "]":
			return f, "the list has no closing ], or text after it"
		}
	}
	return f, ""
}

// parseScalar reads one value up to one of the stop characters or the end.
func parseScalar(s, stops string) (value, rest, msg string) {
	if strings.HasPrefix(s, `"`) {
		dec := json.NewDecoder(strings.NewReader(s))
		if err := dec.Decode(&value); err != nil {
			return "", "", `a quoted value needs its closing " and \" for quotes inside`
		}
		return value, strings.TrimSpace(s[dec.InputOffset():]), ""
	}
	end := len(s)
	if i := strings.IndexAny(s, stops); i >= 0 {
		end = i
	}
	return strings.TrimSpace(s[:end]), s[end:], ""
}

// writeScalar writes value so that parseScalar, and YAML, read it back.
func writeScalar(b *bytes.Buffer, value string) {
	plain := value != "" && value == strings.TrimSpace(value) &&
		!strings.ContainsAny(value, "\"'[]{},#&*!|>%@`\\:\n\r\t\u0085\u2028\u2029") &&
		!strings.ContainsAny(value[:1], "-?~=<") && !yamlWord[strings.ToLower(value)] && printable(value)
	if plain {
		b.WriteString(value)
		return
	}
	enc := json.NewEncoder(b)
	enc.SetEscapeHTML(false)
	_ = enc.Encode(value) // a string always encodes, and the buffer takes it
	b.Truncate(b.Len() - 1)
}

var yamlWord = map[string]bool{"null": true, "true": true, "false": true, "yes": true, "no": true, "on": true, "off": true}

func printable(s string) bool {
	for _, r := range s {
		if r < 0x20 || r == 0x7f || r == '\ufffd' || r == '\ufeff' {
			return false
		}
	}
	return true
}
