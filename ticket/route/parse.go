package route

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"

	"liaison/ticket"
	"liaison/ticket/yamlfile"
)

// Problem is one fault of a configuration file. Parse returns all that it finds
// in one error; use errors.As to get at the first.
type Problem struct {
	File string
	Line int    // counted from 1
	What string // what is wrong
	Try  string // what to do about it
}

// Error gives file, line, fault and remedy on one line.
func (p *Problem) Error() string {
	return fmt.Sprintf("%s:%d: %s: %s", p.File, p.Line, p.What, p.Try)
}

// located is a value with the line on which it stands.
type located[T any] struct {
	value T
	line  int
}

// UnmarshalYAML decodes the value and remembers its line.
func (l *located[T]) UnmarshalYAML(node ast.Node) error {
	if token := node.GetToken(); token != nil && token.Position != nil {
		l.line = token.Position.Line
	}
	return yaml.NodeToValue(node, &l.value)
}

type text = located[string]

// The shape of the file. Only these keys are accepted.
type fileYAML struct {
	City     text          `yaml:"city"`
	Triage   text          `yaml:"triage"`
	Towns    []townYAML    `yaml:"towns"`
	Topics   []topicYAML   `yaml:"topics"`
	Stations []stationYAML `yaml:"stations"`
}

type topicYAML struct {
	ID     text   `yaml:"id"`
	Name   text   `yaml:"name"`
	NameEN text   `yaml:"name_en"`
	Words  []text `yaml:"words"`
}

type stationYAML struct {
	ID          text           `yaml:"id"`
	Name        text           `yaml:"name"`
	NameEN      text           `yaml:"name_en"`
	Kind        text           `yaml:"kind"`
	Aliases     []text         `yaml:"aliases"`
	Towns       []text         `yaml:"towns"`
	Topics      []text         `yaml:"topics"`
	Kinds       []text         `yaml:"kinds"`
	Description text           `yaml:"description"`
	ChatID      located[int64] `yaml:"telegram_chat_id"`
	ThreadID    located[int]   `yaml:"telegram_thread_id"`
	TopicEach   located[bool]  `yaml:"telegram_topic_per_case"`
	Hours       text           `yaml:"hours"`
	Note        text           `yaml:"note"`
}

// Parse reads a station file. The name is used in errors only. A file that does
// not fit is refused as a whole; the error holds one *Problem for each fault,
// by line. An unknown key is a fault: it is a misspelt one.
func Parse(name string, data []byte) (*Directory, error) {
	var file fileYAML
	decoder := yaml.NewDecoder(bytes.NewReader(data), yaml.DisallowUnknownField())
	if err := yamlfile.Decode(decoder, &file); err != nil && !errors.Is(err, io.EOF) {
		return nil, syntaxProblem(name, err)
	}
	if err := yamlfile.Decode(decoder, new(any)); !errors.Is(err, io.EOF) {
		return nil, &Problem{File: name, Line: 1, What: "more than one YAML document", Try: "keep everything in one, without --- lines"}
	}
	c := checker{name: name, d: &Directory{}}
	c.check(file)
	if len(c.problems) > 0 {
		slices.SortStableFunc(c.problems, func(a, b *Problem) int { return a.Line - b.Line })
		all := make([]error, len(c.problems))
		for i, p := range c.problems {
			all[i] = p
		}
		return nil, errors.Join(all...)
	}
	return c.d, nil
}

func syntaxProblem(name string, err error) *Problem {
	p := &Problem{File: name, Line: 1, What: err.Error(), Try: "correct it; the file format is shown by the example"}
	var located yaml.Error
	if errors.As(err, &located) {
		p.What = strings.Join(strings.Fields(located.GetMessage()), " ")
		if token := located.GetToken(); token != nil && token.Position != nil {
			p.Line = max(token.Position.Line, 1)
		}
	}
	return p
}

// checker turns the file into a Directory and collects what is wrong with it.
type checker struct {
	name     string
	d        *Directory
	problems []*Problem
}

func (c *checker) refuse(line int, try, what string, args ...any) {
	c.problems = append(c.problems, &Problem{c.name, max(line, 1), fmt.Sprintf(what, args...), try})
}

func (c *checker) check(file fileYAML) {
	c.d.city = c.required(file.City, 1, "city")
	c.towns(file.Towns)
	c.topics(file.Topics)
	c.stations(file.Stations)
	c.d.triage = c.required(file.Triage, 1, "triage")
	switch s, ok := c.d.Station(c.d.triage); {
	case c.d.triage == "":
	case !ok:
		c.refuse(file.Triage.line, "name one of the stations by its id", "triage station %q does not exist", c.d.triage)
	case len(s.Kinds) > 0:
		c.refuse(file.Triage.line, "remove its kinds, or choose another", "triage station %q does not take every kind of case", c.d.triage)
	}
}

// required returns a trimmed value; line is where its owner stands.
func (c *checker) required(value text, line int, key string) string {
	trimmed := strings.TrimSpace(value.value)
	if trimmed == "" {
		c.refuse(max(line, value.line), "give it a value", "%s is missing or empty", key)
	}
	return trimmed
}

// Ids travel in chat buttons, where a payload has 64 bytes.
var slug = regexp.MustCompile(`^[a-z0-9][a-z0-9-]{0,31}$`)

// identify checks the id of one entry against those before it; line is where
// the entry is looked for when it has no id.
func (c *checker) identify(id text, line int, what string, number int, seen map[string]int) string {
	if id.value == "" {
		c.refuse(max(id.line, line), "give it one: small letters, digits and hyphens", "%s %d has no id", what, number)
		return ""
	}
	if !slug.MatchString(id.value) {
		c.refuse(id.line, "use up to 32 small letters, digits and hyphens", "%s %d has the id %q", what, number, id.value)
	}
	if line, twice := seen[id.value]; twice {
		c.refuse(id.line, "give each its own id", "%s %q is already declared on line %d", what, id.value, line)
	}
	seen[id.value] = id.line
	return id.value
}

func (c *checker) list(values []text, what string) []string {
	var list []string
	for _, value := range values {
		trimmed := strings.TrimSpace(value.value)
		if trimmed == "" {
			c.refuse(value.line, "remove the entry or fill it in", "empty entry in %s", what)
			continue
		}
		list = append(list, trimmed)
	}
	return list
}

func (c *checker) topics(topics []topicYAML) {
	seen := make(map[string]int)
	for i, t := range topics {
		topic := Topic{
			ID:     c.identify(t.ID, t.Name.line, "topic", i+1, seen),
			Name:   c.required(t.Name, t.ID.line, "name of topic "+t.ID.value),
			NameEN: strings.TrimSpace(t.NameEN.value), Words: c.list(t.Words, "words"),
		}
		c.d.topics = append(c.d.topics, topic)
		for _, word := range topic.Words {
			if slices.Contains(c.d.topicWords.get(word), i) {
				c.refuse(t.ID.line, "keep it once", "topic %q lists the word %q twice", topic.ID, word)
				continue
			}
			c.d.topicWords.add(word, i)
		}
	}
}

func (c *checker) stations(stations []stationYAML) {
	type chat struct {
		id     int64
		thread int
	}
	seen, chats := make(map[string]int), make(map[chat]string)
	for i, s := range stations {
		line := s.ID.line
		station := Station{
			ID:      c.identify(s.ID, s.Name.line, "station", i+1, seen),
			Name:    c.required(s.Name, line, "name of station "+s.ID.value),
			NameEN:  strings.TrimSpace(s.NameEN.value),
			Kind:    StationKind(s.Kind.value),
			Aliases: c.list(s.Aliases, "aliases"),
			Towns: c.references(s.Towns, "town", func(id string) bool {
				_, ok := c.d.Town(id)
				return ok
			}),
			Topics: c.references(s.Topics, "topic", func(id string) bool {
				_, ok := c.d.Topic(id)
				return ok
			}),
			Description: strings.TrimSpace(s.Description.value),
			ChatID:      s.ChatID.value, ThreadID: s.ThreadID.value, TopicPerCase: s.TopicEach.value,
			Hours: strings.TrimSpace(s.Hours.value), Note: strings.TrimSpace(s.Note.value),
		}
		if !slices.Contains(stationKinds, station.Kind) {
			c.refuse(max(s.Kind.line, line), "use centre, finance, town or partner", "station %q has the kind %q", station.ID, s.Kind.value)
		}
		if station.Kind == Local && len(station.Towns) == 0 {
			c.refuse(line, "list its towns, or make it a centre", "town station %q serves no town", station.ID)
		}
		for _, kind := range c.references(s.Kinds, "kind of case", func(id string) bool { return ticket.Kind(id).Valid() }) {
			station.Kinds = append(station.Kinds, ticket.Kind(kind))
		}
		if err := checkHours(station.Hours); err != nil {
			c.refuse(s.Hours.line, "write them as mon-fri 09:00-12:00 13:30-17:30", "hours of station %q: %v", station.ID, err)
		}
		if station.ThreadID != 0 && station.ChatID == 0 {
			c.refuse(s.ThreadID.line, "add telegram_chat_id", "station %q has a thread but no chat", station.ID)
		}
		if station.TopicPerCase && (station.ChatID == 0 || station.ThreadID != 0) {
			c.refuse(s.TopicEach.line, "give it telegram_chat_id and no telegram_thread_id", "station %q has a topic for each case, which needs a forum of its own", station.ID)
		}
		if place := (chat{station.ChatID, station.ThreadID}); station.ChatID != 0 {
			if other, taken := chats[place]; taken {
				c.refuse(s.ChatID.line, "give each station its own group or thread", "stations %q and %q post to the same chat and thread", other, station.ID)
			}
			chats[place] = station.ID
		}
		c.d.stations = append(c.d.stations, station)
	}
}

// references checks a list of ids that are declared elsewhere.
func (c *checker) references(ids []text, what string, known func(string) bool) []string {
	var list []string
	for _, id := range ids {
		switch {
		case !known(id.value):
			c.refuse(id.line, "correct the spelling or declare it", "unknown %s %q", what, id.value)
		case slices.Contains(list, id.value):
			c.refuse(id.line, "keep it once", "%s %q is listed twice", what, id.value)
		default:
			list = append(list, id.value)
		}
	}
	return list
}

var weekdays = []string{"mon", "tue", "wed", "thu", "fri", "sat", "sun"}

var clock = regexp.MustCompile(`^(?:[01][0-9]|2[0-3]):[0-5][0-9]$`)

// checkHours accepts an empty text, or days ("mon-fri", "sat") followed by times
// in order and without overlap.
func checkHours(hours string) error {
	fields := strings.Fields(hours)
	if len(fields) == 0 {
		return nil
	}
	first, last, ranged := strings.Cut(fields[0], "-")
	from, to := slices.Index(weekdays, first), slices.Index(weekdays, last)
	if from < 0 || ranged && to < from {
		return fmt.Errorf("%q is no day or range of days", fields[0])
	}
	if len(fields) == 1 {
		return errors.New("the times are missing")
	}
	before := ""
	for _, field := range fields[1:] {
		start, end, _ := strings.Cut(field, "-")
		if !clock.MatchString(start) || !clock.MatchString(end) || start >= end || start < before {
			return fmt.Errorf("%q is no time span after %q", field, before)
		}
		before = end
	}
	return nil
}
