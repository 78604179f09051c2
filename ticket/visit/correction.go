package visit

import (
	"strings"
	"time"

	"liaison/ticket"
)

// Correction is one field of a filed visit that was put right.
type Correction struct {
	At          time.Time
	By          string // person id
	Field       Field
	Was, Became string // as Corrections writes them
}

// Field is a field of a visit that can be corrected.
type Field string

// The fields.
const (
	FieldCompanies Field = "companies"
	FieldDay       Field = "day"
	FieldTown      Field = "town"
	FieldMet       Field = "met"
)

// Corrections lists what differs from before to after, field by field: companies set
// apart by 、, the day as 2026-11-20, the town by its id.
func Corrections(before, after Visit) []Correction {
	var out []Correction
	note := func(f Field, was, became string) {
		if was != became {
			out = append(out, Correction{Field: f, Was: was, Became: became})
		}
	}
	names := func(v Visit) string { return strings.Join(v.Companies, "、") }
	day := func(v Visit) string { return v.Day.In(ticket.CST).Format(time.DateOnly) }
	note(FieldCompanies, names(before), names(after))
	note(FieldDay, day(before), day(after))
	note(FieldTown, before.Town, after.Town)
	note(FieldMet, before.Met, after.Met)
	return out
}
