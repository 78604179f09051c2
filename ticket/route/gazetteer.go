package route

import (
	"math"
	"slices"
	"strings"
)

type townYAML struct {
	ID      text               `yaml:"id"`
	Name    text               `yaml:"name"`
	NameEN  text               `yaml:"name_en"`
	Aliases []text             `yaml:"aliases"`
	Not     []text             `yaml:"not"`
	Places  []placeYAML        `yaml:"places"`
	At      []located[float64] `yaml:"at"`
}

// placeYAML is a street, a village, a park or whatever else people name when they
// say where they are.
type placeYAML struct {
	Name    text   `yaml:"name"`
	Aliases []text `yaml:"aliases"`
}

// towns reads the gazetteer. The name of a town stands for one town; a place may be
// in several (人民路), which is then for the requester to say.
func (c *checker) towns(towns []townYAML) {
	seen, phrases := make(map[string]int), make(map[string]int)
	for i, t := range towns {
		town := Town{
			ID:     c.identify(t.ID, t.Name.line, "town", i+1, seen),
			Name:   c.required(t.Name, t.ID.line, "name of town "+t.ID.value),
			NameEN: strings.TrimSpace(t.NameEN.value), Aliases: c.list(t.Aliases, "aliases"),
			At: c.point(t),
		}
		c.d.towns = append(c.d.towns, town)
		for _, phrase := range append([]text{t.Name, t.NameEN}, t.Aliases...) {
			trimmed := strings.TrimSpace(phrase.value)
			if trimmed == "" {
				continue
			}
			if line, twice := phrases[string(fold(trimmed))]; twice {
				c.refuse(phrase.line, "a name may stand for one town only, once", "%q already names a town on line %d", trimmed, line)
				continue
			}
			phrases[string(fold(trimmed))] = phrase.line
			c.d.townNames.add(trimmed, i)
		}
	}
	for i, t := range towns {
		c.places(i, t, phrases)
	}
	for _, t := range towns {
		for _, phrase := range t.Not {
			trimmed := strings.TrimSpace(phrase.value)
			if line, named := phrases[string(fold(trimmed))]; named || trimmed == "" {
				c.refuse(phrase.line, "remove one of the two", "%q is to mean no town, but names one on line %d", trimmed, line)
				continue
			}
			c.d.townNames.add(trimmed)
		}
	}
}

// places adds the places of the i-th town. phrases gets their lines: what names a
// place cannot mean nothing.
func (c *checker) places(i int, t townYAML, phrases map[string]int) {
	for _, place := range t.Places {
		c.required(place.Name, t.ID.line, "name of a place in town "+t.ID.value)
		for _, phrase := range append([]text{place.Name}, place.Aliases...) {
			trimmed := strings.TrimSpace(phrase.value)
			if trimmed == "" {
				continue
			}
			known := c.d.townNames.get(trimmed)
			line, named := phrases[string(fold(trimmed))]
			switch {
			case slices.Contains(known, i):
				c.refuse(phrase.line, "keep it once", "town %q has %q twice", t.ID.value, trimmed)
			case named && c.namesTown(trimmed):
				c.refuse(phrase.line, "remove the place, or the alias of the town", "the place %q has the name of a town on line %d", trimmed, line)
			default:
				phrases[string(fold(trimmed))] = phrase.line
				c.d.townNames.add(trimmed, i)
			}
		}
	}
}

// namesTown reports whether a phrase is the name or an alias of a town itself.
func (c *checker) namesTown(phrase string) bool {
	wanted := string(fold(phrase))
	return slices.ContainsFunc(c.d.towns, func(t Town) bool {
		return slices.ContainsFunc(append([]string{t.Name, t.NameEN}, t.Aliases...), func(name string) bool { return string(fold(name)) == wanted })
	})
}

// point reads where a town is, nil when that is not given.
func (c *checker) point(t townYAML) *Point {
	if len(t.At) == 0 {
		return nil
	}
	if len(t.At) != 2 || math.Abs(t.At[0].value) > 90 || math.Abs(t.At[1].value) > 180 {
		c.refuse(t.At[0].line, "write latitude and longitude in degrees: at: [30.1, 121.2]", "town %q is at no place on earth", t.ID.value)
		return nil
	}
	return &Point{Latitude: t.At[0].value, Longitude: t.At[1].value}
}

// Point is a place on earth, in degrees.
type Point struct{ Latitude, Longitude float64 }

// farthest is how far from the centre of a town a point may be, in kilometres, to
// be taken for being there. Towns are less across; what is farther is elsewhere.
const farthest = 10

// Nearest returns the town whose centre is nearest to the point, and whether there
// is one near enough. Towns without a centre in the configuration are not found.
func (d *Directory) Nearest(p Point) (Town, bool) {
	best, least := -1, math.Inf(1)
	for i, t := range d.towns {
		if t.At == nil {
			continue
		}
		if km := t.At.distance(p); km < least {
			best, least = i, km
		}
	}
	if best < 0 || !(least <= farthest) {
		return Town{}, false
	}
	return d.towns[best].clone(), true
}

// distance is the distance in kilometres along the surface (haversine formula).
func (p Point) distance(q Point) float64 {
	const radius, degree = 6371, math.Pi / 180
	sinLat := math.Sin((q.Latitude - p.Latitude) * degree / 2)
	sinLon := math.Sin((q.Longitude - p.Longitude) * degree / 2)
	h := sinLat*sinLat + math.Cos(p.Latitude*degree)*math.Cos(q.Latitude*degree)*sinLon*sinLon
	return 2 * radius * math.Asin(math.Sqrt(min(h, 1)))
}

func (t Town) clone() Town {
	t.Aliases = slices.Clone(t.Aliases)
	if t.At != nil {
		at := *t.At
		t.At = &at
	}
	return t
}

// townMentions returns the towns that a text names, by themselves or by a place in
// them. A place that is in several towns names all of them, unless the text names
// one of these by itself.
func (d *Directory) townMentions(text string) []mention {
	folded := fold(text)
	return named(folded, held(folded, d.townMatches(folded)))
}

func (d *Directory) townMatches(folded []rune) []match {
	return slices.DeleteFunc(d.townNames.find(folded), func(m match) bool { return len(m.values) == 0 })
}

// TownsDenied returns the ids of the towns that the text names only to say that it is
// not there: 不在周巷.
func (d *Directory) TownsDenied(text string) (ids []string) {
	folded := fold(text)
	kept := d.townMentions(text)
	for _, m := range named(folded, d.townMatches(folded)) {
		if !slices.ContainsFunc(kept, func(k mention) bool { return k.index == m.index }) {
			ids = append(ids, d.towns[m.index].ID)
		}
	}
	return ids
}

// named are the towns that the matches stand for.
func named(folded []rune, found []match) []mention {
	var plain []int
	for _, m := range found {
		if len(m.values) == 1 {
			plain = append(plain, m.values[0])
		}
	}
	var mentions []mention
	for _, m := range found {
		if len(m.values) > 1 && slices.ContainsFunc(m.values, func(town int) bool { return slices.Contains(plain, town) }) {
			continue
		}
		for _, town := range m.values {
			if !slices.ContainsFunc(mentions, func(seen mention) bool { return seen.index == town }) {
				mentions = append(mentions, mention{town, string(folded[m.start:m.end])})
			}
		}
	}
	return mentions
}
