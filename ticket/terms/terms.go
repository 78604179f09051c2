// Package terms knows what holds at which station: its working time, made of the
// announced calendar, the override file and the station's own hours, and how long
// things may take there by kind of case. Both come from files that may change
// while the program runs.
package terms

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"github.com/goccy/go-yaml"

	"liaison/ticket"
	"liaison/ticket/yamlfile"
)

// Days are numbers of days as the file gives them; what is missing is taken from
// the level above: a station's from the city's, the city's from the settings.
type Days struct {
	Accept    int                 `yaml:"accept"`
	Answer    map[ticket.Kind]int `yaml:"answer"`
	Urgent    int                 `yaml:"urgent"`
	Supervise int                 `yaml:"supervise"`
	Remind    int                 `yaml:"remind_requester"`
	Propose   int                 `yaml:"ask_to_close"`
	Close     int                 `yaml:"close"`
}

// File is a deadline file: the city's days, and those of single stations.
type File struct {
	Days     `yaml:",inline"`
	Stations map[string]Days `yaml:"stations"`
}

// most is the longest time that can be given, in days.
const most = 365

// Parse reads a deadline file. The name is used in errors only. Unknown keys,
// unknown kinds of case and numbers outside 1 to 365 are refused; an empty file
// is one that says nothing.
func Parse(name string, data []byte) (File, error) {
	var f File
	d := yaml.NewDecoder(bytes.NewReader(data), yaml.DisallowUnknownField())
	if err := yamlfile.Decode(d, &f); err != nil && !errors.Is(err, io.EOF) {
		return File{}, fmt.Errorf("%s: %s", name, strings.TrimSpace(yaml.FormatError(err, false, false)))
	}
	if err := f.check(); err != nil {
		return File{}, fmt.Errorf("%s: %w", name, err)
	}
	for _, id := range slices.Sorted(maps.Keys(f.Stations)) {
		if err := f.Stations[id].check(); err != nil {
			return File{}, fmt.Errorf("%s: station %s: %w", name, id, err)
		}
	}
	return f, nil
}

func (d Days) check() error {
	named := map[string]int{
		"accept": d.Accept, "urgent": d.Urgent, "supervise": d.Supervise,
		"remind_requester": d.Remind, "ask_to_close": d.Propose, "close": d.Close,
	}
	for kind, n := range d.Answer {
		if !kind.Valid() {
			return fmt.Errorf("answer: there is no kind of case %q: use %v", kind, ticket.Kinds)
		}
		if n == 0 {
			return fmt.Errorf("answer: %s is 0: give a number of days from 1 to %d", kind, most)
		}
		named["answer: "+string(kind)] = n
	}
	for _, key := range slices.Sorted(maps.Keys(named)) {
		if n := named[key]; n < 0 || n > most {
			return fmt.Errorf("%s is %d: give a number of days from 1 to %d", key, n, most)
		}
	}
	return nil
}

// over lays the days over the policy.
func (d Days) over(p ticket.Policy) ticket.Policy {
	for n, to := range map[*int]*int{
		&d.Accept: &p.Accept, &d.Urgent: &p.Urgent, &d.Supervise: &p.Supervise,
		&d.Remind: &p.Remind, &d.Propose: &p.Propose, &d.Close: &p.CloseDays,
	} {
		if *n != 0 {
			*to = *n
		}
	}
	answer := maps.Clone(p.Answer)
	if answer == nil {
		answer = make(map[ticket.Kind]int)
	}
	maps.Copy(answer, d.Answer)
	p.Answer = answer
	return p
}

// policy is what holds at the station.
func (f File) policy(base ticket.Policy, station string) ticket.Policy {
	return f.Stations[station].over(f.over(base))
}
