package knowledge

import (
	_ "embed"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"sync"

	"liaison/knowledge/index"
	"liaison/knowledge/zh"
)

// places.txt lists the provinces, the cities at prefecture level, the districts of
// the large cities and the counties of Zhejiang, each in what it belongs to.
//
//go:embed places.txt
var placeTable string

var gazetteerOf = sync.OnceValue(func() *gazetteer {
	g, err := parsePlaces(placeTable)
	if err != nil {
		panic("knowledge: embedded places.txt: " + err.Error()) // a test reads it
	}
	return g
})

// gazetteer knows places by name.
type gazetteer struct {
	names phrases[string]     // every name -> the name in use
	above map[string][]string // name in use -> what it is in, more than one where names are shared
}

func parsePlaces(table string) (*gazetteer, error) {
	g := &gazetteer{above: make(map[string][]string)}
	n := 0
	for line := range strings.Lines(table) {
		n++
		line, _, _ = strings.Cut(line, "#")
		if line = strings.TrimSpace(line); line == "" {
			continue
		}
		parent, rest, ok := strings.Cut(line, ":")
		if !ok || strings.TrimSpace(parent) != parent || parent == "" {
			return nil, fmt.Errorf("line %d: want a place, a colon and the places in it", n)
		}
		for names := range strings.FieldsSeq(rest) {
			name, _, _ := strings.Cut(names, "/")
			if name == parent {
				return nil, fmt.Errorf("line %d: %s cannot be in itself", n, name)
			}
			for other := range strings.SplitSeq(names, "/") {
				if have, ok := g.names.of[other]; ok && have != name {
					return nil, fmt.Errorf("line %d: %s is another name of %s already", n, other, have)
				}
				g.names.set(other, name)
			}
			if !slices.Contains(g.above[name], parent) {
				g.above[name] = append(g.above[name], parent)
			}
		}
	}
	return g, nil
}

// within reports whether place a is b or in it.
func (g *gazetteer) within(a, b string) bool {
	return a == b || slices.ContainsFunc(g.above[a], func(above string) bool { return g.within(above, b) })
}

// related reports whether one of a and b is in the other.
func (g *gazetteer) related(a, b string) bool { return g.within(a, b) || g.within(b, a) }

// listed returns the places of the list that folded text names, by the name in
// use, each once.
func (g *gazetteer) listed(folded string) []string {
	var out []string
	g.names.each([]rune(folded), func(_, _ int, name string) {
		if !slices.Contains(out, name) {
			out = append(out, name)
		}
	})
	return out
}

// countyPattern finds a county, district or town that the list lacks, at the
// start of a question or after a city, where its name is not mistaken for a common
// noun.
var (
	countyPattern = regexp.MustCompile(`^(?:市|省)?(\p{Han}{2,3}?)(?:市|县|区|镇|街道|新区)`)
	notCounty     = regexp.MustCompile(`[本我全各该城社地园开发高新工业省市这那哪小校厂几每个么]|自治|历史|疫|多少|集聚|生产|农贸|超$|公司|上$|^[和与及]..$`)
)

// places lists the places that folded text names, those that are not listed
// without their suffixes.
func places(folded string) []string {
	var out []string
	add := func(name string) {
		if !slices.Contains(out, name) {
			out = append(out, name)
		}
	}
	g := gazetteerOf()
	r := []rune(folded)
	county := func(i int) {
		if m := countyPattern.FindStringSubmatch(string(r[i:min(len(r), i+8)])); m != nil && !notCounty.MatchString(m[1]) {
			if _, n := g.names.at([]rune(m[1]), 0); n == 0 {
				add(m[1])
			}
		}
	}
	if len(r) > 0 {
		county(0)
	}
	g.names.each(r, func(_, to int, name string) {
		add(name)
		county(to)
	})
	return out
}

// placeFit is how a document suits the places that a question names: 1 when it is
// about one of them, or a place in or above it; 0 when it says nothing of places
// or only mentions one; -1 when it is about another place.
func (l *Library) placeFit(named []string, doc int) float64 {
	return l.placeFitBy(named, doc, func(doc int) bool {
		return slices.ContainsFunc(named, func(p string) bool { return l.holds(doc, p) })
	})
}

// placeFitBy is placeFit for many documents, with the mentions of the places.
func (l *Library) placeFitBy(named []string, doc int, mentions func(doc int) bool) float64 {
	if len(named) == 0 {
		return 0
	}
	g := gazetteerOf()
	d := &l.docs[doc]
	homes := g.listed(zh.Fold(d.Title + " " + d.Place + " " + strings.Join(d.Issuers, " ")))
	if len(homes) == 0 {
		return 0
	}
	for _, p := range named {
		for _, h := range homes {
			if g.related(p, h) {
				return 1
			}
		}
	}
	if mentions(doc) {
		return 0
	}
	return -1
}

// mentions tells which documents name one of places. The index knows which have
// the first two characters of a name, so that few of the long ones are searched.
func (l *Library) mentions(places []string) func(doc int) bool {
	begun := make(map[zh.Term]map[int]bool) // pair of characters -> the documents that have it
	return func(doc int) bool {
		return slices.ContainsFunc(places, func(name string) bool {
			r := []rune(name)
			if len(r) < 2 || !zh.IsHan(r[0]) || !zh.IsHan(r[1]) {
				return l.holds(doc, name)
			}
			pair := zh.Pair(r[0], r[1])
			docs, ok := begun[pair]
			if !ok {
				docs = make(map[int]bool)
				l.passages.Score([]index.Weighted{{Term: pair, Weight: 1}}, func(doc int, _ float32, _ []float32) { docs[doc] = true })
				begun[pair] = docs
			}
			return docs[doc] && (len(r) == 2 || l.holds(doc, name))
		})
	}
}

// placesOutside lists the places that folded text names and that are not in home.
func placesOutside(folded, home string) []string {
	g := gazetteerOf()
	return slices.DeleteFunc(g.listed(folded), func(p string) bool { return g.within(p, home) })
}
