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
	MinDF  int     // examples that an n-gram must occur in. Defaults to 2
	Limit  int     // n-grams kept, the most frequent first. Defaults to 60,000; at most 1,000,000
	C      float64 // how much an error weighs against a simple model. Defaults to 1
	Epochs int     // passes over the examples at most. Defaults to 15
	Seed   uint64  // of the order in which examples are taken. Defaults to 1
	// Descriptions are learned from beside the examples, each term as a short one.
	// They help while there are few examples and do no harm when there are many; a
	// label that is only described can be given too. Defaults to none.
	Descriptions []Description
}

const (
	maxN      = 8
	maxGrams  = 1_000_000 // of one part of the text
	maxLabels = 1000
)

func (c Config) withDefaults() Config {
	c.MaxN = cmp.Or(c.MaxN, 3)
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
// Config give the same model. At least two labels must occur or be described, none
// empty.
func Train(examples []Example, config Config) (*Model, error) {
	config = config.withDefaults()
	if err := config.validate(); err != nil {
		return nil, fmt.Errorf("classify: %w", err)
	}
	given := len(examples)
	examples = append(slices.Clip(examples), described(config.Descriptions)...)
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
	vocab := newVocabulary(texts, config)
	if len(vocab.grams) == 0 {
		return nil, errors.New("classify: the examples have nothing in common: too few, or no text in them")
	}
	rows, found := make([]vector, len(texts)), make(map[string]float64)
	for i, text := range texts {
		rows[i] = vocab.vector(text, found)
	}
	scale := calibrate(vocab, rows, gold, given, len(labels), config)
	factors, l := learn(vocab, rows, gold, len(labels), config)
	for i := range vocab.weight {
		vocab.weight[i] *= factors[i]
	}
	return &Model{labels: labels, vocab: vocab, linear: l, scale: scale}, nil
}

// learn returns the factors by which to weigh rows and what was fitted to these.
func learn(v *vocabulary, rows []vector, gold []int, labels int, config Config) ([]float32, *linear) {
	features := len(v.grams)
	factors := leanings(rows, gold, labels, features)
	return factors, fit(v.weighed(rows, factors), gold, labels, features, config.C, config.Epochs, config.Seed)
}

func labelsOf(examples []Example) []string {
	labels := make([]string, len(examples))
	for i, e := range examples {
		labels[i] = e.Label
	}
	slices.Sort(labels)
	return slices.Compact(labels)
}

// calibrate returns the scale under which the confidences fit best: of the given
// examples, which the first rows are, one in five is held out of a model of its own
// and predicted by it. What a model says of the examples it has learned would be far
// too sure.
func calibrate(v *vocabulary, rows []vector, gold []int, given, labels int, config Config) float64 {
	const (
		few      = 100 // examples, below which the held-out part says nothing
		fallback = 3   // about what larger sets come to
	)
	if given < few {
		return fallback
	}
	var learned, held []vector
	var learnedGold, heldGold []int
	for i, row := range rows {
		if i < given && i%5 == 4 {
			held, heldGold = append(held, row), append(heldGold, gold[i])
		} else {
			learned, learnedGold = append(learned, row), append(learnedGold, gold[i])
		}
	}
	factors, l := learn(v, learned, learnedGold, labels, config)
	margins := make([][]float64, len(held))
	for i, row := range v.weighed(held, factors) {
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

// Ranked is a label with its Confidence: the estimated probability that it is
// right. Train fits it on examples held out.
type Ranked struct {
	Label      string
	Confidence float64
}

// Rank returns all labels for a text, the likeliest first; equally likely ones in
// their order. It is nil when nothing in the text is known.
func (m *Model) Rank(text string) []Ranked {
	row := m.row(text)
	if len(row.index) == 0 {
		return nil
	}
	ranked := make([]Ranked, len(m.labels))
	for k, share := range softmax(m.linear.margins(row), m.scale) {
		ranked[k] = Ranked{m.labels[k], share}
	}
	slices.SortStableFunc(ranked, func(a, b Ranked) int { return cmp.Compare(b.Confidence, a.Confidence) })
	return ranked
}

// Predict returns the likeliest label for a text, the zero value when nothing in
// it is known.
func (m *Model) Predict(text string) Ranked {
	if ranked := m.Rank(text); ranked != nil {
		return ranked[0]
	}
	return Ranked{}
}

func (m *Model) row(text string) vector {
	return m.vocab.vector(normalize(text), make(map[string]float64))
}

// Weight is how much an n-gram spoke for a label. N-grams are as compared: in
// lower case, without punctuation and digits.
type Weight struct {
	Gram   string  `json:"gram"`
	Weight float64 `json:"weight"`
}

// Explain returns the n-grams that spoke most for a label, the strongest first, at
// most ten. None of them lies inside another one, and single characters, which tell a
// reader little, are left out. It is nil for a label that the model does not have.
func (m *Model) Explain(text, label string) []Weight {
	const most = 10
	k, ok := slices.BinarySearch(m.labels, label)
	if !ok {
		return nil
	}
	spoke := make(map[string]float64) // in the whole and in the opening
	row := m.row(text)
	for i, id := range row.index {
		spoke[m.vocab.grams[id]] += float64(row.value[i]) * float64(m.linear.weights[int(id)*len(m.labels)+k])
	}
	var weights []Weight
	for gram, w := range spoke {
		if w > 0 && utf8.RuneCountInString(gram) > 1 {
			weights = append(weights, Weight{gram, w})
		}
	}
	slices.SortFunc(weights, func(a, b Weight) int {
		return cmp.Or(cmp.Compare(b.Weight, a.Weight), cmp.Compare(a.Gram, b.Gram))
	})
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
