package classify

import (
	_ "embed"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"maps"
	"math"
	"slices"
	"strings"
	"sync"
	"unicode/utf8"
)

// Description says in words what belongs under a label: names of topics, duties,
// things that come up.
type Description struct {
	Label string
	Terms []string
}

const (
	// describedN is the longest n-gram of a description. A single character says
	// something here (医, 校), since there is no more to go by.
	describedN = 4
	// describedScale turns the margins of a described model into confidences. It was
	// fitted on train.csv with its taxonomy; see README.md.
	describedScale = 70
)

// describedWeight is what an n-gram counts for by its length.
var describedWeight = [describedN]float64{0.3, 1, 1.5, 2}

// Describe makes a model without any example, from what is said of the labels: an
// n-gram speaks for the labels whose terms hold it, the more the fewer they are. It
// knows less than a trained one and is for the time before there are cases to learn
// from. At least two labels must be described, each once, none empty; terms that all
// labels have say nothing.
func Describe(descriptions []Description) (*Model, error) {
	descriptions = slices.Clone(descriptions)
	slices.SortFunc(descriptions, func(a, b Description) int { return strings.Compare(a.Label, b.Label) })
	n := len(descriptions)
	if n < 2 || n > maxLabels {
		return nil, fmt.Errorf("classify: %d labels described, need 2 to %d", n, maxLabels)
	}
	labels, counted := make([]string, n), make(map[string][]float64)
	for k, d := range descriptions {
		switch {
		case d.Label == "" || !utf8.ValidString(d.Label):
			return nil, fmt.Errorf("classify: label %q is empty or not UTF-8", d.Label)
		case k > 0 && d.Label == labels[k-1]:
			return nil, fmt.Errorf("classify: label %q is described twice", d.Label)
		}
		labels[k] = d.Label
		for term := range withEveryday(d.Terms) {
			found := make(map[string]float64)
			counts(found, term, describedN)
			for gram := range found {
				if counted[gram] == nil {
					counted[gram] = make([]float64, n)
				}
				counted[gram][k]++
			}
		}
	}
	grams, weights := telling(counted, n)
	if len(grams) == 0 {
		return nil, errors.New("classify: the descriptions do not tell the labels apart: give each words of its own")
	}
	m := &Model{labels: labels, scale: describedScale, vocab: &vocabulary{maxN: describedN}}
	m.linear = &linear{labels: n}
	for _, p := range parts[:2] { // the shortest opening is for what examples teach
		m.vocab.add(p, grams, slices.Repeat([]float32{1}, len(grams)))
		m.linear.weights = append(m.linear.weights, weights...)
	}
	m.linear.weights = append(m.linear.weights, make([]float32, n)...) // no bias
	return m, nil
}

// telling returns the n-grams that tell labels apart, sorted, with their weights for
// each label: the damped number of terms that hold it, times how far it is from
// being spread evenly. The weights of each label have length one, so that a long
// description wins no more than a short one.
func telling(counted map[string][]float64, labels int) (grams []string, weights []float32) {
	lengths := make([]float64, labels)
	var all [][]float64
	for _, gram := range slices.Sorted(maps.Keys(counted)) {
		row, sum := counted[gram], 0.0
		for k := range row {
			row[k] = math.Log1p(row[k])
			sum += row[k]
		}
		spread := 0.0
		for _, x := range row {
			if x > 0 {
				spread -= x / sum * math.Log(x/sum)
			}
		}
		apart := 1 - spread/math.Log(float64(labels))
		if apart < 1e-9 {
			continue
		}
		for k := range row {
			row[k] *= apart * describedWeight[utf8.RuneCountInString(gram)-1]
			lengths[k] += row[k] * row[k]
		}
		grams, all = append(grams, gram), append(all, row)
	}
	weights = make([]float32, 0, len(grams)*labels)
	for _, row := range all {
		for k, x := range row {
			if x > 0 {
				x /= math.Sqrt(lengths[k])
			}
			weights = append(weights, float32(x))
		}
	}
	return grams, weights
}

// described turns the terms into short examples, of two characters at least.
func described(descriptions []Description) (examples []Example) {
	for _, d := range descriptions {
		for _, term := range slices.Sorted(maps.Keys(withEveryday(d.Terms))) {
			if utf8.RuneCountInString(term) > 1 {
				examples = append(examples, Example{Text: term, Label: d.Label})
			}
		}
	}
	return examples
}

// withEveryday returns the terms, normalized, each once, and the everyday words
// for what they name.
func withEveryday(terms []string) map[string]bool {
	out := make(map[string]bool)
	for _, term := range terms {
		// Signs part what a term lists: 公房、私房.
		for _, piece := range strings.FieldsFunc(term, func(r rune) bool { return normalize(string(r)) == "" }) {
			piece = normalize(piece)
			out[piece] = true
			for _, g := range everyday() {
				if slices.ContainsFunc(g.official, func(o string) bool { return strings.Contains(piece, o) }) {
					for _, said := range g.said {
						out[said] = true
					}
				}
			}
		}
	}
	return out
}

// everyday.txt lists what people call the things that descriptions name.
//
//go:embed everyday.txt
var everydayTable string

type everydayGroup struct{ said, official []string }

var everyday = sync.OnceValue(func() (groups []everydayGroup) {
	for line := range strings.Lines(everydayTable) {
		line, _, _ = strings.Cut(line, "#")
		if strings.TrimSpace(line) == "" {
			continue
		}
		said, official, ok := strings.Cut(line, ">")
		if !ok {
			panic("classify: embedded everyday.txt has no > in: " + line) // a test reads it
		}
		groups = append(groups, everydayGroup{strings.Fields(said), strings.Fields(official)})
	}
	return groups
})

// ReadDescriptions reads descriptions from CSV in UTF-8 with a header, whose names do
// not matter: the first column has the label, the others have terms. A label may
// have several lines. An error names the line.
func ReadDescriptions(r io.Reader) ([]Description, error) {
	records := csv.NewReader(skipMark(r))
	header, err := records.Read()
	if errors.Is(err, io.EOF) || err == nil && len(header) < 2 {
		return nil, errors.New("line 1: no header with a column for the label and one for its words")
	}
	if err != nil {
		return nil, err
	}
	terms := make(map[string][]string)
	for {
		record, err := records.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, err // names the line
		}
		label := strings.TrimSpace(record[0])
		if line, _ := records.FieldPos(0); label == "" {
			return nil, fmt.Errorf("line %d: the label is empty", line)
		}
		terms[label] = append(terms[label], record...)
	}
	var out []Description
	for _, label := range slices.Sorted(maps.Keys(terms)) {
		out = append(out, Description{label, terms[label]})
	}
	return out, nil
}
