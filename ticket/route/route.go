// Package route sends a case to the liaison station that can solve it, by rules
// that anyone can read, and says why. Stations, towns and topics are
// configuration: a YAML file that Parse reads strictly and Live follows while
// the program runs. A text is only ever searched for words of that file and for
// a few fixed ones (what marks a complaint, what makes a case urgent); nothing
// here learns. What package learn has learned comes in as Advice.
package route

import (
	_ "embed"
	"slices"
	"strings"

	"liaison/ticket"
)

// TopicFinance is the topic that the finance rule looks at. A station that
// lists it carries inclusive finance.
const TopicFinance = "finance"

// StationKind says what sort of station it is; the rules read it.
type StationKind string

// The kinds of station.
const (
	Centre  StationKind = "centre"  // a city-level centre
	Finance StationKind = "finance" // a service point for financing
	Local   StationKind = "town"    // the general station of its towns
	Partner StationKind = "partner" // a chamber, a bank, an association
)

var stationKinds = []StationKind{Centre, Finance, Local, Partner}

// Station is one liaison station as configured.
type Station struct {
	ID          string
	Name        string // Chinese
	NameEN      string
	Kind        StationKind
	Aliases     []string
	Towns       []string      // town ids it serves; empty is the whole city
	Topics      []string      // topic ids it is in charge of
	Kinds       []ticket.Kind // kinds of case it takes; empty is all
	Description string
	ChatID      int64 // Telegram group; zero is none
	ThreadID    int   // topic thread in the group; zero is none
	// TopicPerCase: the group is a forum in which each case has a topic of its own.
	TopicPerCase bool
	Hours        string // such as "mon-fri 09:00-12:00 13:30-17:30"; may be empty
	Note         string
}

func (s Station) clone() Station {
	s.Aliases, s.Towns = slices.Clone(s.Aliases), slices.Clone(s.Towns)
	s.Topics, s.Kinds = slices.Clone(s.Topics), slices.Clone(s.Kinds)
	return s
}

func (s Station) takes(kind ticket.Kind) bool {
	return kind == "" || len(s.Kinds) == 0 || slices.Contains(s.Kinds, kind)
}

func (s Station) serves(town string) bool { return town != "" && slices.Contains(s.Towns, town) }

func (s Station) covers(topic string) bool { return topic != "" && slices.Contains(s.Topics, topic) }

// Town is a town or subdistrict of the gazetteer.
type Town struct {
	ID      string
	Name    string // Chinese, in full: 周巷镇
	NameEN  string
	Aliases []string // short forms and frequent misspellings
	At      *Point   // its centre; nil when not configured
}

// Topic is a subject of cases with the words that give it away.
type Topic struct {
	ID     string
	Name   string // Chinese
	NameEN string
	Words  []string
}

// Label returns the name in a language: English for "en" and its variants when
// there is one, else Chinese.
func (s Station) Label(lang string) string { return label(s.Name, s.NameEN, lang) }

// Label returns the name in a language, as Station.Label does.
func (t Town) Label(lang string) string { return label(t.Name, t.NameEN, lang) }

// Label returns the name in a language, as Station.Label does.
func (t Topic) Label(lang string) string { return label(t.Name, t.NameEN, lang) }

func label(zh, en, lang string) string {
	if english(lang) && en != "" {
		return en
	}
	return zh
}

func english(lang string) bool { return strings.HasPrefix(strings.ToLower(lang), "en") }

// Directory is the configuration as read from one file. It is immutable and
// safe for concurrent use; what its methods return belongs to the caller.
type Directory struct {
	city     string
	triage   string
	stations []Station
	towns    []Town
	topics   []Topic

	townNames  lexicon // values index towns
	topicWords lexicon // values index topics
}

// City returns the name of the city, in Chinese.
func (d *Directory) City() string { return d.city }

// Station returns the station with the id, and whether there is one.
func (d *Directory) Station(id string) (Station, bool) {
	for _, s := range d.stations {
		if s.ID == id {
			return s.clone(), true
		}
	}
	return Station{}, false
}

// Stations returns all stations in the order of the file.
func (d *Directory) Stations() []Station {
	all := make([]Station, len(d.stations))
	for i, s := range d.stations {
		all[i] = s.clone()
	}
	return all
}

// Town returns the town with the id, and whether there is one.
func (d *Directory) Town(id string) (Town, bool) {
	for _, t := range d.towns {
		if t.ID == id {
			return t.clone(), true
		}
	}
	return Town{}, false
}

// Towns returns all towns in the order of the file.
func (d *Directory) Towns() []Town {
	all := slices.Clone(d.towns)
	for i := range all {
		all[i] = all[i].clone()
	}
	return all
}

// Topic returns the topic with the id, and whether there is one.
func (d *Directory) Topic(id string) (Topic, bool) {
	for _, t := range d.topics {
		if t.ID == id {
			t.Words = slices.Clone(t.Words)
			return t, true
		}
	}
	return Topic{}, false
}

// Topics returns all topics in the order of the file.
func (d *Directory) Topics() []Topic {
	all := slices.Clone(d.topics)
	for i := range all {
		all[i].Words = slices.Clone(all[i].Words)
	}
	return all
}

// FindStation returns the stations that staff may mean by what they typed. An
// id, a name or an alias typed in full finds just the stations that bear it;
// anything else finds those with the text in one of these or in the name of a
// town that they serve, in the order of the file. Width and case do not count.
func (d *Directory) FindStation(typed string) []Station {
	wanted := string(fold(strings.TrimSpace(typed)))
	if wanted == "" {
		return nil
	}
	var exact, partial []Station
	for _, s := range d.stations {
		own := append([]string{s.ID, s.Name, s.NameEN}, s.Aliases...)
		if slices.ContainsFunc(own, func(name string) bool { return string(fold(name)) == wanted }) {
			exact = append(exact, s.clone())
			continue
		}
		for _, id := range s.Towns {
			town, _ := d.Town(id)
			own = append(append(own, town.Name, town.NameEN), town.Aliases...)
		}
		if slices.ContainsFunc(own, func(name string) bool { return strings.Contains(string(fold(name)), wanted) }) {
			partial = append(partial, s.clone())
		}
	}
	if exact != nil {
		return exact
	}
	return partial
}

// Triage returns the station that everything falls back to. A case whose station
// a later configuration no longer has belongs to it.
func (d *Directory) Triage() Station {
	s, _ := d.Station(d.triage) // Parse has checked that it is there
	return s
}

//go:embed stations.example.yaml
var example []byte

// Example returns the example configuration for Cixi: its towns are real, its
// stations are placed as an example. The caller may change the slice.
func Example() []byte { return slices.Clone(example) }
