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
func counts(found map[string]float64, text string, maxN int) {
	clear(found)
	for start := 0; start < len(text); start += runeLen(text, start) {
		end := start
		for n := 0; n < maxN && end < len(text); n++ {
			end += runeLen(text, end)
			found[text[start:end]]++
		}
	}
}

func runeLen(text string, at int) int {
	_, size := utf8.DecodeRuneInString(text[at:])
	return size
}

// vocabulary numbers the n-grams and holds what each counts for. People put the
// subject first, so a text is looked at several times: as a whole, and its opening
// by itself. Each such part has n-grams of its own, numbered after those of the
// part before.
type vocabulary struct {
	maxN   int
	parts  []part
	grams  []string
	weight []float32
}

// part is what a text is looked at in: its first characters, or all of it.
type part struct {
	chars int     // 0 for all
	share float64 // how long its row is beside those of the others
	end   int     // number of the first n-gram that is not of it
	ids   map[string]int32
}

// parts are the whole and its openings, chosen by cross-validation.
var parts = []part{{chars: 0, share: 1}, {chars: 30, share: 0.7}, {chars: 12, share: 0.4}}

// newVocabulary keeps the n-grams that occur in at least minDF texts, the most
// frequent first up to limit, and weighs them by their inverse document
// frequency; an opening gets a third as many. Their order depends on the texts
// only as a set, which makes training reproducible. The texts are normalized.
func newVocabulary(texts []string, config Config) *vocabulary {
	v := &vocabulary{maxN: config.MaxN}
	heads := make([]string, len(texts))
	for _, p := range parts {
		limit := config.Limit
		for i, text := range texts {
			heads[i] = head(text, p.chars)
		}
		if p.chars > 0 {
			limit /= 3
		}
		grams, weight := frequent(heads, config.MaxN, config.MinDF, limit)
		v.add(p, grams, weight)
	}
	return v
}

// add makes the n-grams those of the next part.
func (v *vocabulary) add(p part, grams []string, weight []float32) {
	p.ids = make(map[string]int32, len(grams))
	for i, gram := range grams {
		p.ids[gram] = int32(len(v.grams) + i)
	}
	v.grams, v.weight = append(v.grams, grams...), append(v.weight, weight...)
	p.end = len(v.grams)
	v.parts = append(v.parts, p)
}

// frequent returns the n-grams to keep and their inverse document frequencies.
func frequent(texts []string, maxN, minDF, limit int) ([]string, []float32) {
	df, found := make(map[string]int), make(map[string]float64)
	for _, text := range texts {
		counts(found, text, maxN)
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
	return grams, weight
}

// head returns the first n characters, all for 0.
func head(text string, n int) string {
	if n == 0 {
		return text
	}
	end := 0
	for ; n > 0 && end < len(text); n-- {
		end += runeLen(text, end)
	}
	return text[:end]
}

// vector makes the row of a normalized text: for each known n-gram the damped
// count times its weight, scaled. It is empty when no n-gram is known. The map is
// room to count in.
func (v *vocabulary) vector(text string, found map[string]float64) vector {
	var row vector
	for _, p := range v.parts {
		counts(found, head(text, p.chars), v.maxN)
		first := len(row.index)
		for gram := range found {
			if id, ok := p.ids[gram]; ok {
				row.index = append(row.index, id)
			}
		}
		slices.Sort(row.index[first:]) // sums come out the same every time
		for _, id := range row.index[first:] {
			row.value = append(row.value, float32(1+math.Log(found[v.grams[id]]))*v.weight[id])
		}
	}
	v.scale(row)
	return row
}

// scale gives each part its share of the row, and the row length one.
func (v *vocabulary) scale(row vector) {
	from := 0
	for _, p := range v.parts {
		to, _ := slices.BinarySearch(row.index, int32(p.end))
		stretch(row.value[from:to], p.share)
		from = to
	}
	stretch(row.value, 1)
}

// stretch brings values to the given length; none stay none.
func stretch(values []float32, length float64) {
	var squares float64
	for _, x := range values {
		squares += float64(x) * float64(x)
	}
	if squares == 0 {
		return
	}
	factor := float32(length / math.Sqrt(squares))
	for i := range values {
		values[i] *= factor
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

// weighed returns the rows with each feature multiplied by its factor, scaled
// again.
func (v *vocabulary) weighed(rows []vector, factors []float32) []vector {
	out := make([]vector, len(rows))
	for i, row := range rows {
		out[i] = vector{index: row.index, value: make([]float32, len(row.value))}
		for j, id := range row.index {
			out[i].value[j] = row.value[j] * factors[id]
		}
		v.scale(out[i])
	}
	return out
}
