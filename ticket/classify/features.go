package classify

import (
	"cmp"
	"math"
	"slices"
	"unicode/utf8"
)

// vector is a sparse row: ascending feature numbers and their values.
type vector struct {
	index []int32
	value []float32
}

// counts fills found with how often each n-gram of up to maxN characters occurs.
// N-grams that start within the first lead characters count twice: people put
// the subject first.
func counts(found map[string]float64, text string, maxN, lead int) {
	clear(found)
	seen := 0
	for start := 0; start < len(text); seen++ {
		weight := 1.0
		if seen < lead {
			weight = 2
		}
		end := start
		for n := 0; n < maxN && end < len(text); n++ {
			end += runeLen(text, end)
			found[text[start:end]] += weight
		}
		start += runeLen(text, start)
	}
}

func runeLen(text string, at int) int {
	_, size := utf8.DecodeRuneInString(text[at:])
	return size
}

// vocabulary numbers the n-grams and holds what each counts for. It goes with
// how texts were counted, since both must agree.
type vocabulary struct {
	maxN, lead int
	grams      []string
	weight     []float32
	ids        map[string]int32
}

// newVocabulary keeps the n-grams that occur in at least minDF texts, the most
// frequent first up to limit, and weighs them by their inverse document
// frequency. Their order depends on the texts only as a set, which makes
// training reproducible. The texts are normalized.
func newVocabulary(texts []string, maxN, lead, minDF, limit int) *vocabulary {
	df, found := make(map[string]int), make(map[string]float64)
	for _, text := range texts {
		counts(found, text, maxN, 0)
		for gram := range found {
			df[gram]++
		}
	}
	var grams []string
	for gram, n := range df {
		if n >= minDF {
			grams = append(grams, gram)
		}
	}
	slices.SortFunc(grams, func(a, b string) int {
		return cmp.Or(cmp.Compare(df[b], df[a]), cmp.Compare(a, b))
	})
	grams = slices.Clone(grams[:min(limit, len(grams))])
	weight := make([]float32, len(grams))
	for i, gram := range grams {
		weight[i] = float32(1 + math.Log(float64(1+len(texts))/float64(1+df[gram])))
	}
	return indexed(maxN, lead, grams, weight)
}

func indexed(maxN, lead int, grams []string, weight []float32) *vocabulary {
	ids := make(map[string]int32, len(grams))
	for i, gram := range grams {
		ids[gram] = int32(i)
	}
	return &vocabulary{maxN: maxN, lead: lead, grams: grams, weight: weight, ids: ids}
}

// vector makes the row of a normalized text: for each known n-gram the damped
// count times its weight, scaled to length one. It is empty when no n-gram is
// known. The map is room to count in.
func (v *vocabulary) vector(text string, found map[string]float64) vector {
	counts(found, text, v.maxN, v.lead)
	var row vector
	for gram := range found {
		if id, ok := v.ids[gram]; ok {
			row.index = append(row.index, id)
		}
	}
	slices.Sort(row.index) // sums come out the same every time
	row.value = make([]float32, len(row.index))
	for i, id := range row.index {
		row.value[i] = float32(1+math.Log(found[v.grams[id]])) * v.weight[id]
	}
	row.scale()
	return row
}

// scale brings the row to length one.
func (row vector) scale() {
	var squares float64
	for _, x := range row.value {
		squares += float64(x) * float64(x)
	}
	factor := float32(1 / math.Sqrt(squares))
	for i := range row.value {
		row.value[i] *= factor
	}
}

// leanings returns a factor for each feature: the more it leans to one label, or
// away from one, the more it counts. It is one plus half the largest, over the
// labels, of the logarithm by which the feature's share in the rows of the label
// differs from that in all others. Names of places and words of courtesy, which
// occur everywhere, then weigh little even when they are rare.
func leanings(rows []vector, gold []int, labels, features int) []float32 {
	const smoothing = 0.1 // of the sum of a feature's values under a label
	sums, totals := make([]float64, features*labels), make([]float64, features)
	ofLabel, all := make([]float64, labels), 0.0
	for i, row := range rows {
		for j, id := range row.index {
			x := float64(row.value[j])
			sums[int(id)*labels+gold[i]] += x
			totals[id] += x
			ofLabel[gold[i]] += x
			all += x
		}
	}
	padding := smoothing * float64(features)
	factors := make([]float32, features)
	for id := range factors {
		var most float64
		for k, sum := range sums[id*labels : (id+1)*labels] {
			inside := (sum + smoothing) / (ofLabel[k] + padding)
			outside := (totals[id] - sum + smoothing) / (all - ofLabel[k] + padding)
			most = max(most, math.Abs(math.Log(inside/outside)))
		}
		factors[id] = float32(1 + most/2)
	}
	return factors
}

// weighed returns the rows with each feature multiplied by its factor, scaled to
// length one again.
func weighed(rows []vector, factors []float32) []vector {
	out := make([]vector, len(rows))
	for i, row := range rows {
		out[i] = vector{index: row.index, value: make([]float32, len(row.value))}
		for j, id := range row.index {
			out[i].value[j] = row.value[j] * factors[id]
		}
		out[i].scale()
	}
	return out
}
