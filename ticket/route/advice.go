package route

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"liaison/ticket"
)

// Advice is what earlier cases say of a new one: guesses at its topic and at the
// station that will solve it, the likeliest first. The zero value says nothing.
type Advice struct {
	Topics   []Guess
	Stations []Guess
}

// Guess is a topic or station by its id with what a classifier makes of it.
type Guess struct {
	ID         string
	Confidence float64 // estimated probability that it is right
	// Learned: the classifier has learned from cases of this city and was measured
	// on others that were held back. Without that a guess decides nothing.
	Learned bool
	Words   []string // that spoke most for it
	Cases   []string // numbers of the most similar earlier cases
}

const (
	// SureGuess is the confidence from which a learned guess decides. Of held-out
	// published messages nine in ten get it, and 97% of these are right (see
	// ticket/classify/README.md); what is below goes to triage with suggestions.
	SureGuess = 0.8
	// leastGuess is the confidence below which a guess is not worth showing.
	leastGuess = 0.1
	// mostSuggested is how many stations are suggested.
	mostSuggested = 3
)

// The suggestions to those who decide by hand, likeliest first, and what a guess
// stands on. Only of a learned guess it is known how sure it is.
const (
	StationSuggested = "station-suggested" // station id, and percentage if learned: finance-centre 62%
	TopicSuggested   = "topic-suggested"   // topic id, likewise
	GuessWords       = "guess-words"       // the words, joined by 、
	GuessCases       = "guess-cases"       // the numbers, joined by 、
)

// learnedTopic returns the topic that earlier cases decide.
func (d *Directory) learnedTopic(a Advice) (Guess, bool) {
	if len(a.Topics) == 0 {
		return Guess{}, false
	}
	_, known := d.Topic(a.Topics[0].ID)
	return a.Topics[0], known && a.Topics[0].decides()
}

// learnedStation returns the station that earlier cases decide.
func (d *Directory) learnedStation(a Advice, kind ticket.Kind) (Guess, bool) {
	if len(a.Stations) == 0 {
		return Guess{}, false
	}
	s, known := d.Station(a.Stations[0].ID)
	return a.Stations[0], known && s.takes(kind) && a.Stations[0].decides()
}

func (g Guess) decides() bool { return g.Learned && g.Confidence >= SureGuess }

// String is the guess as the value of a reason.
func (g Guess) String() string {
	if !g.Learned {
		return g.ID
	}
	return fmt.Sprintf("%s %.0f%%", g.ID, 100*g.Confidence)
}

// suggest adds the stations that may be right, and the topic while it is open.
func (d *Directory) suggest(c Case, r *Decision) {
	a, stations := c.Advice, c.Advice.Stations
	if len(stations) == 0 || !stations[0].Learned {
		stations = append(d.stationsOfTopics(c, r), stations...)
	}
	var listed []string
	for _, g := range stations {
		s, known := d.Station(g.ID)
		if !known || g.Confidence < leastGuess || !s.takes(r.Kind) || s.ID == r.Station || slices.Contains(listed, s.ID) || !c.reached(s.ID) {
			continue
		}
		listed = append(listed, s.ID)
		r.because(StationSuggested, g.String())
		if len(listed) == 1 {
			r.ground(g)
		}
		if len(listed) == mostSuggested {
			break
		}
	}
	if r.Topic != "" || len(a.Topics) == 0 || a.Topics[0].Confidence < leastGuess {
		return
	}
	if _, known := d.Topic(a.Topics[0].ID); known {
		r.because(TopicSuggested, a.Topics[0].String())
	}
}

// stationsOfTopics turns guesses at the topic into guesses at the station, by the
// rules: a station is as likely as its topics together.
func (d *Directory) stationsOfTopics(c Case, r *Decision) (stations []Guess) {
	for _, g := range c.Advice.Topics {
		id, rule := d.byRules(r.Kind, r.Town, g.ID, c.reached)
		if rule == RuleTriage {
			continue
		}
		if i := slices.IndexFunc(stations, func(s Guess) bool { return s.ID == id }); i >= 0 {
			stations[i].Confidence += g.Confidence
			continue
		}
		g.ID = id
		stations = append(stations, g)
	}
	slices.SortStableFunc(stations, func(a, b Guess) int { return cmp.Compare(b.Confidence, a.Confidence) })
	return stations
}

// ground says what a guess stands on.
func (r *Decision) ground(g Guess) {
	if len(g.Words) > 0 {
		r.because(GuessWords, strings.Join(g.Words, "、"))
	}
	if len(g.Cases) > 0 {
		r.because(GuessCases, strings.Join(g.Cases, "、"))
	}
}

// Suggested returns the stations that the reasons of a decision suggest, the
// likeliest first.
func (d *Directory) Suggested(reasons []ticket.Reason) (stations []Station) {
	for _, r := range reasons {
		if r.Code != StationSuggested {
			continue
		}
		id, _, _ := strings.Cut(r.Value, " ")
		if s, ok := d.Station(id); ok {
			stations = append(stations, s)
		}
	}
	return stations
}
