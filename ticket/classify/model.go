package classify

import (
	"cmp"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"unicode/utf8"
)

// Example is a text with the label that it should get.
type Example struct {
	Text  string
	Label string
}

// Config sets how a model is trained. Zero fields take the defaults, which were
// chosen by cross-validation.
type Config struct {
	MaxN   int     // longest n-gram in characters. Defaults to 3; at most 8
	Lead   int     // characters at the start that count twice, negative for none. Defaults to 15
	MinDF  int     // examples that an n-gram must occur in. Defaults to 2
	Limit  int     // n-grams kept, the most frequent first. Defaults to 60,000; at most 1,000,000
	C      float64 // how much an error weighs against a simple model. Defaults to 1
	Epochs int     // passes over the examples at most. Defaults to 15
	Seed   uint64  // of the order in which examples are taken. Defaults to 1
}

const (
	maxN      = 8
	maxGrams  = 1_000_000
	maxLabels = 1000
)

func (c Config) withDefaults() Config {
	c.MaxN = cmp.Or(c.MaxN, 3)
	c.Lead = max(cmp.Or(c.Lead, 15), 0)
	c.MinDF = cmp.Or(c.MinDF, 2)
	c.Limit = cmp.Or(c.Limit, 60_000)
	c.C = cmp.Or(c.C, 1)
	c.Epochs = cmp.Or(c.Epochs, 15)
	c.Seed = cmp.Or(c.Seed, 1)
	return c
}

func (c Config) validate() error {
	switch {
	case c.MaxN < 1 || c.MaxN > maxN:
		return fmt.Errorf("config: MaxN is %d, must be 1 to %d", c.MaxN, maxN)
	case c.Lead > math.MaxInt32:
		return fmt.Errorf("config: Lead is %d, too large", c.Lead)
	case c.MinDF < 1:
		return fmt.Errorf("config: MinDF is %d, must be positive", c.MinDF)
	case c.Limit < 1 || c.Limit > maxGrams:
		return fmt.Errorf("config: Limit is %d, must be 1 to %d", c.Limit, maxGrams)
	case !(c.C > 0) || math.IsInf(c.C, 1):
		return fmt.Errorf("config: C is %v, must be positive", c.C)
	case c.Epochs < 1:
		return fmt.Errorf("config: Epochs is %d, must be positive", c.Epochs)
	}
	return nil
}

// Model is a trained classifier. It is immutable and safe for concurrent use.
type Model struct {
	labels []string // sorted
	vocab  *vocabulary
	linear *linear
	// scale turns margins into confidences: the factor before the softmax.
	scale float64
}

// Labels returns the labels that the model can give, sorted.
func (m *Model) Labels() []string { return slices.Clone(m.labels) }

// Train learns a model. The same examples in the same order with the same
// Config give the same model. At least two labels must occur, none empty.
func Train(examples []Example, config Config) (*Model, error) {
	config = config.withDefaults()
	if err := config.validate(); err != nil {
		return nil, fmt.Errorf("classify: %w", err)
	}
	labels := labelsOf(examples)
	if len(labels) < 2 || len(labels) > maxLabels {
		return nil, fmt.Errorf("classify: %d labels in %d examples, need 2 to %d", len(labels), len(examples), maxLabels)
	}
	for _, label := range labels {
		if label == "" || !utf8.ValidString(label) {
			return nil, fmt.Errorf("classify: label %q is empty or not UTF-8", label)
		}
	}
	texts, gold := make([]string, len(examples)), make([]int, len(examples))
	for i, e := range examples {
		texts[i] = normalize(e.Text)
		gold[i], _ = slices.BinarySearch(labels, e.Label)
	}
	vocab := newVocabulary(texts, config.MaxN, config.Lead, config.MinDF, config.Limit)
	if len(vocab.grams) == 0 {
		return nil, errors.New("classify: the examples have nothing in common: too few, or no text in them")
	}
	rows, found := make([]vector, len(texts)), make(map[string]float64)
	for i, text := range texts {
		rows[i] = vocab.vector(text, found)
	}
	features := len(vocab.grams)
	scale := calibrate(rows, gold, len(labels), features, config)
	factors, l := learn(rows, gold, len(labels), features, config)
	for i := range vocab.weight {
		vocab.weight[i] *= factors[i]
	}
	return &Model{labels: labels, vocab: vocab, linear: l, scale: scale}, nil
}

// learn returns the factors by which to weigh rows and what was fitted to these.
func learn(rows []vector, gold []int, labels, features int, config Config) ([]float32, *linear) {
	factors := leanings(rows, gold, labels, features)
	return factors, fit(weighed(rows, factors), gold, labels, features, config.C, config.Epochs, config.Seed)
}

func labelsOf(examples []Example) []string {
	labels := make([]string, len(examples))
	for i, e := range examples {
		labels[i] = e.Label
	}
	slices.Sort(labels)
	return slices.Compact(labels)
}

// calibrate returns the scale under which the confidences fit best: one example
// in five is held out of a model of its own and predicted by it. What a model
// says of the examples it has learned would be far too sure.
func calibrate(rows []vector, gold []int, labels, features int, config Config) float64 {
	const (
		few      = 100 // examples, below which the held-out part says nothing
		fallback = 3   // about what larger sets come to
	)
	if len(rows) < few {
		return fallback
	}
	var learned, held []vector
	var learnedGold, heldGold []int
	for i, row := range rows {
		if i%5 == 4 {
			held, heldGold = append(held, row), append(heldGold, gold[i])
		} else {
			learned, learnedGold = append(learned, row), append(learnedGold, gold[i])
		}
	}
	factors, l := learn(learned, learnedGold, labels, features, config)
	margins := make([][]float64, len(held))
	for i, row := range weighed(held, factors) {
		margins[i] = l.margins(row)
	}
	best, least := 0.0, math.Inf(1)
	for scale := 0.5; scale < 20; scale *= 1.1 {
		var loss float64
		for i, sums := range margins {
			loss -= math.Log(max(softmax(sums, scale)[heldGold[i]], 1e-12))
		}
		if loss < least {
			best, least = scale, loss
		}
	}
	return best
}

// softmax turns margins into shares that sum to one.
func softmax(margins []float64, scale float64) []float64 {
	highest := slices.Max(margins)
	shares, sum := make([]float64, len(margins)), 0.0
	for k, margin := range margins {
		shares[k] = math.Exp(scale * (margin - highest))
		sum += shares[k]
	}
	for k := range shares {
		shares[k] /= sum
	}
	return shares
}

// Prediction is what a model makes of a text: the two most likely labels. A
// Confidence is the estimated probability that the label is right; Train fits it
// on examples held out. When nothing in the text is known, all is zero.
type Prediction struct {
	Label            string
	Confidence       float64
	Second           string
	SecondConfidence float64
}

// Predict returns the label of a text.
func (m *Model) Predict(text string) Prediction {
	row := m.row(text)
	if len(row.index) == 0 {
		return Prediction{}
	}
	shares := softmax(m.linear.margins(row), m.scale)
	first, second := topTwo(shares)
	return Prediction{m.labels[first], shares[first], m.labels[second], shares[second]}
}

func (m *Model) row(text string) vector {
	return m.vocab.vector(normalize(text), make(map[string]float64))
}

// topTwo returns the places of the two largest of two or more values, the
// earlier first when they are equal.
func topTwo(values []float64) (first, second int) {
	first, second = 0, 1
	if values[1] > values[0] {
		first, second = 1, 0
	}
	for k := 2; k < len(values); k++ {
		switch {
		case values[k] > values[first]:
			first, second = k, first
		case values[k] > values[second]:
			second = k
		}
	}
	return first, second
}

// Weight is how much an n-gram spoke for a label. N-grams are as compared: in
// lower case, without punctuation and digits.
type Weight struct {
	Gram   string  `json:"gram"`
	Weight float64 `json:"weight"`
}

// Explain returns the n-grams that spoke most for the label that Predict gives,
// the strongest first, at most ten. None of them lies inside another one.
func (m *Model) Explain(text string) []Weight {
	const most = 10
	row := m.row(text)
	if len(row.index) == 0 {
		return nil
	}
	label, _ := topTwo(m.linear.margins(row))
	var weights []Weight
	for i, id := range row.index {
		if w := float64(row.value[i]) * float64(m.linear.weights[int(id)*len(m.labels)+label]); w > 0 {
			weights = append(weights, Weight{m.vocab.grams[id], w})
		}
	}
	slices.SortStableFunc(weights, func(a, b Weight) int { return cmp.Compare(b.Weight, a.Weight) })
	var kept []Weight
	for _, w := range weights {
		if len(kept) == most {
			break
		}
		if !slices.ContainsFunc(kept, func(k Weight) bool { return strings.Contains(k.Gram, w.Gram) || strings.Contains(w.Gram, k.Gram) }) {
			kept = append(kept, w)
		}
	}
	return kept
}
