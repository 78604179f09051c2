package route

import (
	"slices"
	"strings"

	"liaison/ticket"
)

// The rules in the order in which they are tried. The first that finds a
// station which takes the kind of case decides. Its code is the last reason of
// a decision, with the station's id as value; what is suggested comes after it.
const (
	RuleFinance   = "finance"    // financing: the finance station of the town, else the city's
	RuleTownTopic = "town-topic" // a station that serves the town and is in charge of the topic
	RuleTown      = "town"       // the general station of the town
	RuleTopic     = "topic"      // a station in charge of the topic for the whole city
	RuleLearned   = "learned"    // the station that solved cases like it, by a classifier
	RuleTriage    = "triage"     // nothing else fits
)

// The grounds: codes of the reasons before the rule. The value is what was
// matched, in the form in which texts are compared, or an id where noted.
const (
	KindGiven    = "kind-given"    // id of the kind
	KindText     = "kind-text"     // the word that marks the kind
	TownChosen   = "town-chosen"   // town id
	TownText     = "town-text"     // the name in the text
	TownDiffers  = "town-differs"  // a name in the text that is not the chosen town
	TownCompany  = "town-company"  // the name in the company's name
	TownSeveral  = "town-several"  // the names, joined by 、
	TopicChosen  = "topic-chosen"  // topic id
	TopicText    = "topic-text"    // the words, joined by 、
	TopicLearned = "topic-learned" // topic id, by a classifier
	StationGone  = "station-gone"  // id of a station that is no longer configured
	Unreached    = "unreached"     // id of a station that would get it, had it anybody to take it
)

// Case is what is known of a case before it has a station. Any field may be
// empty; ids that the directory does not have count as empty.
type Case struct {
	Text    string
	Kind    ticket.Kind // as given; guessed from the text when empty
	Town    string      // town id, chosen by the requester
	Topic   string      // topic id, chosen by the requester
	Company string      // a company's name often begins with its town
	Advice  Advice      // what earlier cases say, used where words and rules leave it open
	// Reached reports whether a station has anybody to take a case now. The others are
	// passed over; triage is not asked. Nil is all.
	Reached func(station string) bool
}

func (c Case) reached(station string) bool { return c.Reached == nil || c.Reached(station) }

// Decision is the station for a case and why. It is complete: Station is always
// one of the directory.
type Decision struct {
	Station  string      // station id
	Kind     ticket.Kind // as given or guessed
	Town     string      // town id, "" when unknown or when the text names several
	TownSure bool        // chosen, or the only one in the text
	Topic    string      // topic id, "" when unknown or when two are level
	Rule     string      // one of the Rule constants
	Reasons  []ticket.Reason
	// Confidence is from 0 to 1, a fixed figure for how the grounds were come
	// by, not a probability. Below Unsure it is worth asking the requester.
	Confidence float64
}

// Unsure is the confidence below which to have the station confirmed.
const Unsure = 0.7

// How much each ground is trusted: what was said outright in full, what a word
// says a little less, a company's name or a classifier only until confirmed.
const (
	trustWord   = 0.9
	trustHint   = 0.6
	trustTriage = 0.3
)

// Route decides which station gets the case. Equal cases get equal decisions.
func (d *Directory) Route(c Case) Decision {
	r := Decision{}
	kind := d.readKind(c, &r)
	town := d.readTown(c, &r)
	topic := d.readTopic(c, &r)
	trust := map[string]float64{
		RuleFinance: kind * town, RuleTownTopic: town * topic, RuleTown: town, RuleTopic: topic * town, RuleTriage: trustTriage,
	}
	var passed []string
	r.Station, r.Rule = d.byRules(r.Kind, r.Town, r.Topic, func(station string) bool {
		ok := c.reached(station)
		if !ok && !slices.Contains(passed, station) {
			passed = append(passed, station)
		}
		return ok
	})
	r.Confidence = trust[r.Rule]
	learned, sure := d.learnedStation(c.Advice, r.Kind)
	if sure && r.Rule == RuleTriage && learned.ID != d.triage && !c.reached(learned.ID) {
		passed, sure = append(passed, learned.ID), false
	}
	for _, station := range passed {
		r.because(Unreached, station)
	}
	if sure && r.Rule == RuleTriage {
		r.Station, r.Rule, r.Confidence = learned.ID, RuleLearned, learned.Confidence
		r.ground(learned)
	}
	r.because(r.Rule, r.Station)
	if r.Rule == RuleTriage || sure && learned.ID != r.Station {
		d.suggest(c, &r)
	}
	return r
}

// byRules returns the station that the rules of the configuration give and the rule.
// Of the stations that fit, those that are not reached are passed over.
func (d *Directory) byRules(kind ticket.Kind, town, topic string, reached func(station string) bool) (station, rule string) {
	financing := kind == ticket.Financing
	rules := []struct {
		code string
		fits func(Station) bool
	}{
		{RuleFinance, func(s Station) bool { return financing && s.serves(town) && s.Kind == Finance }},
		{RuleFinance, func(s Station) bool { return financing && len(s.Towns) == 0 && s.Kind == Finance }},
		{RuleTownTopic, func(s Station) bool { return s.serves(town) && s.covers(topic) }},
		{RuleTown, func(s Station) bool { return s.Kind == Local && s.serves(town) }},
		{RuleTopic, func(s Station) bool { return len(s.Towns) == 0 && s.covers(topic) }},
	}
	for _, rule := range rules {
		i := slices.IndexFunc(d.stations, func(s Station) bool { return s.takes(kind) && rule.fits(s) && (s.ID == d.triage || reached(s.ID)) })
		if i >= 0 {
			return d.stations[i].ID, rule.code
		}
	}
	return d.triage, RuleTriage
}

func (r *Decision) because(code, value string) {
	r.Reasons = append(r.Reasons, ticket.Reason{Code: code, Value: value})
}

// The readers set one field of the decision with its reason, and return how
// much it is to be trusted.

func (d *Directory) readKind(c Case, r *Decision) float64 {
	if c.Kind.Valid() {
		r.Kind = c.Kind
		r.because(KindGiven, string(c.Kind))
		return 1
	}
	kind, word := guessKind(c.Text)
	r.Kind = kind
	if word != "" {
		r.because(KindText, word)
	}
	return trustWord
}

func (d *Directory) readTown(c Case, r *Decision) float64 {
	named := d.townMentions(c.Text)
	if _, ok := d.Town(c.Town); ok {
		r.Town, r.TownSure = c.Town, true
		r.because(TownChosen, c.Town)
		if len(named) == 1 && d.towns[named[0].index].ID != c.Town {
			r.because(TownDiffers, named[0].words)
			return trustWord
		}
		return 1
	}
	switch {
	case len(named) == 1:
		r.Town, r.TownSure = d.towns[named[0].index].ID, true
		r.because(TownText, named[0].words)
		return trustWord
	case len(named) > 1:
		words := make([]string, len(named))
		for i, m := range named {
			words[i] = m.words
		}
		r.because(TownSeveral, strings.Join(slices.Compact(words), "、"))
		return trustHint
	}
	if named = d.townMentions(c.Company); len(named) == 1 {
		r.Town = d.towns[named[0].index].ID
		r.because(TownCompany, named[0].words)
		return trustHint
	}
	return 1 // nothing is known that a station for the whole city could be wrong about
}

func (d *Directory) readTopic(c Case, r *Decision) float64 {
	if _, ok := d.Topic(c.Topic); ok {
		r.Topic = c.Topic
		r.because(TopicChosen, c.Topic)
		return 1
	}
	if m, sure := d.topicMention(c.Text); sure {
		r.Topic = d.topics[m.index].ID
		r.because(TopicText, m.words)
		return trustWord
	}
	if g, sure := d.learnedTopic(c.Advice); sure {
		r.Topic = g.ID
		r.because(TopicLearned, g.ID)
		r.ground(g)
		return g.Confidence
	}
	return trustHint
}
