package main

import (
	"fmt"
	"io"
	"math"
	"math/rand/v2"
	"slices"
	"strings"

	"liaison/knowledge"
)

// judgedRow is a row with how sure a model is that was fitted without its page.
type judgedRow struct {
	row
	sure float64
}

// crossed judges every row by models that were fitted on the other pages.
func crossed(rows []row) []judgedRow {
	out := make([]judgedRow, len(rows))
	for k := range folds {
		var train []row
		for _, r := range rows {
			if fold(r.from) != k {
				train = append(train, r)
			}
		}
		m := fitForest(train)
		for i, r := range rows {
			if fold(r.from) == k {
				if r.held != nil {
					r.x, r.y, r.guarded = r.held.x, r.held.y, r.held.guarded
				}
				out[i] = judgedRow{r, 1 / (1 + math.Exp(-m.logit(r.x)))}
			}
		}
	}
	return out
}

// calibration finds the line that turns how sure the models are, which were fitted
// on far more questions without an answer than people ask, into the share that is
// right of the questions put to whole libraries.
func calibration(judged []judgedRow) (scale, shift float64) {
	var rows []row
	for _, r := range judged {
		if r.sort == "whole" && r.set != "cmrc-trial" {
			rows = append(rows, row{x: []float64{math.Log(r.sure / (1 - r.sure))}, y: r.y, weight: 1})
		}
	}
	m := fitLogistic(rows, 0)
	return m.weights[0], m.bias
}

// calibrated applies calibration to judged rows.
func calibrated(judged []judgedRow) []judgedRow {
	scale, shift := calibration(judged)
	for i := range judged {
		z := scale*math.Log(judged[i].sure/(1-judged[i].sure)) + shift
		judged[i].sure = 1 / (1 + math.Exp(-z))
	}
	return judged
}

// figure is what a threshold gives on the questions of a set put to the whole of
// their library.
type figure struct {
	Answerable   int     `json:"answerable"`
	Right        float64 `json:"right"` // citing a right document
	Wrong        float64 `json:"wrong"` // from another one
	Unanswerable int     `json:"unanswerable"`
	False        float64 `json:"false"` // answered all the same
	AUROC        float64 `json:"auroc"` // of how sure: right over without an answer
}

func figureOf(rows []judgedRow, answer float64) figure {
	var f figure
	var good, bad []float64
	for _, r := range rows {
		hit := 0.0
		if r.sure >= answer && !r.guarded {
			hit = 1
		}
		switch {
		case !r.present:
			f.Unanswerable++
			f.False += hit
			bad = append(bad, r.sure)
		case r.y == 1:
			f.Answerable++
			f.Right += hit
			good = append(good, r.sure)
		default:
			f.Answerable++
			f.Wrong += hit
		}
	}
	f.Right /= float64(max(1, f.Answerable))
	f.Wrong /= float64(max(1, f.Answerable))
	f.False /= float64(max(1, f.Unanswerable))
	f.AUROC = auroc(good, bad)
	return f
}

// auroc is the chance that a value of good is above one of bad, ties counting half.
func auroc(good, bad []float64) float64 {
	var sum float64
	for _, g := range good {
		for _, b := range bad {
			if g > b {
				sum++
			} else if g == b {
				sum += 0.5
			}
		}
	}
	return sum / math.Max(1, float64(len(good)*len(bad)))
}

func wholeOf(rows []judgedRow, set string) []judgedRow {
	var out []judgedRow
	for _, r := range rows {
		if r.set == set && r.sort == "whole" {
			out = append(out, r)
		}
	}
	return out
}

func setsOf(rows []row) []string {
	var out []string
	for _, r := range rows {
		if !slices.Contains(out, r.set) {
			out = append(out, r.set)
		}
	}
	return out
}

func measure(rows []row, answer float64) map[string]figure {
	out := make(map[string]figure)
	judged := calibrated(crossed(rows))
	for _, set := range setsOf(rows) {
		f := figureOf(wholeOf(judged, set), answer)
		for _, v := range []*float64{&f.Right, &f.Wrong, &f.False, &f.AUROC} {
			*v = round(*v)
		}
		out[set] = f
	}
	return out
}

// report writes the tables of the README: figures with the middle 95 % of
// bootstrap resamples, the reliability of how sure a decision is, and what is lost
// without parts of the evidence.
func report(w io.Writer, rows []row) {
	judged := calibrated(crossed(rows))
	fmt.Fprintf(w, "\n| set | questions | right document | wrong document | false answers | AUROC |\n|---|---|---|---|---|---|\n")
	for _, set := range setsOf(rows) {
		whole := wholeOf(judged, set)
		f := figureOf(whole, answerAt)
		span := intervals(whole)
		fmt.Fprintf(w, "| %s | %d + %d | %.3f (%s) | %.3f |", set, f.Answerable, f.Unanswerable, f.Right, span[0], f.Wrong)
		if f.Unanswerable > 0 {
			fmt.Fprintf(w, " %.3f (%s) | %.3f (%s) |\n", f.False, span[1], f.AUROC, span[2])
		} else {
			fmt.Fprintln(w, " | |")
		}
	}
	fmt.Fprintf(w, "\n| threshold |")
	for _, set := range setsOf(rows) {
		fmt.Fprintf(w, " %s |", set)
	}
	fmt.Fprintf(w, "\n|---|%s\n", strings.Repeat("---|", len(setsOf(rows))))
	for _, t := range []float64{0.6, 0.7, 0.73, 0.8, 0.85, 0.9} {
		fmt.Fprintf(w, "| %.2f |", t)
		for _, set := range setsOf(rows) {
			f := figureOf(wholeOf(judged, set), t)
			fmt.Fprintf(w, " %.2f / %.2f |", f.Right, f.False)
		}
		fmt.Fprintln(w)
	}
	fmt.Fprintf(w, "\n| how sure | questions | expected right | right | |\n|---|---|---|---|---|\n")
	for b := range 10 {
		low, high := float64(b)/10, float64(b+1)/10
		var n, expected, right float64
		for _, r := range judged {
			if r.sort == "whole" && r.set != "cmrc-trial" && r.sure >= low && (r.sure < high || b == 9) {
				n++
				expected += r.sure
				right += r.y
			}
		}
		if n > 0 {
			fmt.Fprintf(w, "| %.1f to %.1f | %.0f | %.2f | %.2f | %s |\n", low, high, n, expected/n, right/n, bar(right/n))
		}
	}
	fmt.Fprintf(w, "\n| without |")
	sets := setsOf(rows)
	for _, s := range sets {
		fmt.Fprintf(w, " %s |", s)
	}
	fmt.Fprintf(w, "\n|---|")
	for range sets {
		fmt.Fprint(w, "---|")
	}
	for _, g := range evidenceGroups {
		fmt.Fprintf(w, "\n| %s |", g.name)
		without := calibrated(crossed(leftOut(rows, g.names)))
		for _, s := range sets {
			f := figureOf(wholeOf(without, s), answerAt)
			fmt.Fprintf(w, " %.3f, %.2f / %.2f |", f.AUROC, f.Right, f.False)
		}
	}
	fmt.Fprintln(w)
}

func bar(v float64) string {
	out := ""
	for i := range 20 {
		if float64(i) < v*20 {
			out += "█"
		}
	}
	return out
}

// evidenceGroups are left out one by one.
var evidenceGroups = []struct {
	name  string
	names []string
}{
	{"nothing", nil},
	{"words of the question, in sentence, unit and document", []string{"in_sentence", "in_context", "in_neighbours", "in_unit", "in_document", "absent_unit", "absent_document", "most_absent", "best_score"}},
	{"what is sought", []string{"gives_figure", "figure_beside", "gives_none", "gives_counted", "gives_hint", "figure_near", "seeks_figure", "misses_detail"}},
	{"place, year, number", []string{"place", "place_fit", "other_place", "other_figure", "other_year"}},
	{"pairs of characters", []string{"score", "cover", "title", "whole", "unknown", "pair_sentence", "pair_context", "runs"}},
	{"ranking and lead", []string{"lead", "lead_any", "first_lead", "near_documents", "unit_score", "unit_first", "doc_first", "doc_share"}},
	{"size, length, 哪些 and 什么", []string{"size", "words", "length", "asks_what"}},
}

func leftOut(rows []row, names []string) []row {
	out := slices.Clone(rows)
	for i := range out {
		out[i].x = slices.Clone(out[i].x)
		if h := out[i].held; h != nil {
			out[i].held = &row{x: slices.Clone(h.x), y: h.y, guarded: h.guarded}
		}
		for j, name := range knowledge.EvidenceNames() {
			if slices.Contains(names, name) {
				out[i].x[j] = 0
				if out[i].held != nil {
					out[i].held.x[j] = 0
				}
			}
		}
	}
	return out
}

const resampled = 300

// intervals are those of right, false and AUROC.
func intervals(rows []judgedRow) [3]string {
	rng := rand.New(rand.NewPCG(7, 8))
	var values [3][]float64
	draw := make([]judgedRow, len(rows))
	for range resampled {
		for i := range draw {
			draw[i] = rows[rng.IntN(len(rows))]
		}
		f := figureOf(draw, answerAt)
		for i, v := range []float64{f.Right, f.False, f.AUROC} {
			values[i] = append(values[i], v)
		}
	}
	var out [3]string
	for i, v := range values {
		slices.Sort(v)
		out[i] = fmt.Sprintf("%.2f to %.2f", v[len(v)/40], v[len(v)-1-len(v)/40])
	}
	return out
}
