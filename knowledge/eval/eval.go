// Package eval measures on data sets what a library finds (Retrieval) and what is
// answered from the files of a folder (Answers), with words alone: no endpoint is
// asked.
package eval

import (
	"cmp"
	"context"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"liaison/knowledge"
)

// Report is what Retrieval measured. A query counts in the first block if the
// qrels name a document for it; the others are taken as unanswerable and are
// measured in the last block, which is absent when there are none.
type Report struct {
	Queries  int     `json:"queries"` // with at least one relevant document
	Docs     int     `json:"docs"`
	Recall1  float64 `json:"recall@1"`
	Recall5  float64 `json:"recall@5"`
	Recall10 float64 `json:"recall@10"`
	MRR10    float64 `json:"mrr@10"`
	NDCG10   float64 `json:"ndcg@10"`
	IndexS   float64 `json:"index_s"` // to build the library, seconds
	P50MS    float64 `json:"p50_ms"`  // of one answer's search and decision
	P99MS    float64 `json:"p99_ms"`
	RSSMB    float64 `json:"rss_mb"` // peak resident memory of the process

	*Refusal
}

// Refusal is the part of a Report about when to answer.
type Refusal struct {
	Unanswerable  int     `json:"unanswerable"`   // queries without a relevant document
	RefusalAUROC  float64 `json:"refusal_auroc"`  // of how sure the decision is, answerable over unanswerable
	Answered      float64 `json:"answered"`       // share of the answerable queries that are answered
	AnsweredRight float64 `json:"answered_right"` // share of the answered answerable queries whose first citation is relevant
	FalseAnswers  float64 `json:"false_answers"`  // share of the unanswerable queries that are answered
}

// Retrieval measures on the data set in dir, in BEIR layout: corpus.jsonl,
// queries.jsonl and qrels/test.tsv. Malformed input is an error that names file
// and line. It uses the index and the decision that serve users; a document is
// cut into units as an imported file is, and its rank is that of its best unit.
func Retrieval(ctx context.Context, dir string) (Report, error) {
	set, err := Load(dir)
	if err != nil {
		return Report{}, err
	}
	start := time.Now()
	lib, err := knowledge.NewLibrary(set.Docs)
	if err != nil {
		return Report{}, err
	}
	r := Report{Docs: len(set.Docs), IndexS: time.Since(start).Seconds()}
	m := meter{lib: lib, report: &r}
	for _, q := range set.Queries {
		if err := ctx.Err(); err != nil {
			return Report{}, err
		}
		m.measure(q)
	}
	m.finish()
	return r, nil
}

// depth is how many units are fetched so that ten documents are among them.
const depth = 100

type meter struct {
	lib    *knowledge.Library
	report *Report

	took            []float64 // ms
	good, bad       []float64 // how sure, for answerable and unanswerable queries
	answered, right int
	falseAnswers    int
}

func (m *meter) measure(q Query) {
	start := time.Now()
	judged := knowledge.DefaultDecision().Judge(m.lib, q.Text)
	m.took = append(m.took, float64(time.Since(start).Microseconds())/1000)
	first := ""
	if len(judged.Units) > 0 {
		first = docOf(judged.Units[0])
	}
	if len(q.Relevant) == 0 {
		m.bad = append(m.bad, judged.Sure)
		if judged.Decision == knowledge.Answered {
			m.falseAnswers++
		}
		return
	}
	m.good = append(m.good, judged.Sure)
	if judged.Decision == knowledge.Answered {
		m.answered++
		if q.Relevant[first] > 0 {
			m.right++
		}
	}
	m.rank(q, documents(m.lib.Search(q.Text, depth)))
}

// rank adds the query's share to the sums of the report.
func (m *meter) rank(q Query, docs []string) {
	r := m.report
	r.Queries++
	found := func(k int) float64 {
		n := 0
		for _, d := range docs[:min(k, len(docs))] {
			if q.Relevant[d] > 0 {
				n++
			}
		}
		return float64(n) / float64(len(q.Relevant))
	}
	r.Recall1 += found(1)
	r.Recall5 += found(5)
	r.Recall10 += found(10)
	var dcg float64
	first := true
	for i, d := range docs[:min(10, len(docs))] {
		grade := q.Relevant[d]
		if grade == 0 {
			continue
		}
		if first {
			r.MRR10 += 1 / float64(i+1)
			first = false
		}
		dcg += float64(grade) / math.Log2(float64(i+2))
	}
	grades := make([]int, 0, len(q.Relevant))
	for _, g := range q.Relevant {
		grades = append(grades, g)
	}
	slices.SortFunc(grades, func(a, b int) int { return cmp.Compare(b, a) })
	var ideal float64
	for i, g := range grades[:min(10, len(grades))] {
		ideal += float64(g) / math.Log2(float64(i+2))
	}
	r.NDCG10 += dcg / ideal
}

func (m *meter) finish() {
	r := m.report
	if r.Queries > 0 {
		for _, sum := range []*float64{&r.Recall1, &r.Recall5, &r.Recall10, &r.MRR10, &r.NDCG10} {
			*sum = round(*sum / float64(r.Queries))
		}
	}
	r.IndexS = round(r.IndexS)
	r.P50MS, r.P99MS = round(quantile(m.took, 0.50)), round(quantile(m.took, 0.99))
	r.RSSMB = round(peakMemoryMB())
	if len(m.bad) > 0 {
		r.Refusal = &Refusal{
			Unanswerable:  len(m.bad),
			RefusalAUROC:  round(auroc(m.good, m.bad)),
			Answered:      round(ratio(m.answered, len(m.good))),
			AnsweredRight: round(ratio(m.right, m.answered)),
			FalseAnswers:  round(ratio(m.falseAnswers, len(m.bad))),
		}
	}
}

// documents turns units into their documents, each at its best unit's rank.
func documents(hits []knowledge.Hit) []string {
	var out []string
	seen := make(map[string]bool)
	for _, h := range hits {
		if d := docOf(h.Unit); !seen[d] {
			seen[d] = true
			out = append(out, d)
		}
	}
	return out
}

func docOf(unitID string) string {
	return unitID[:strings.LastIndexByte(unitID, '#')]
}

func ratio(a, b int) float64 {
	if b == 0 {
		return 0
	}
	return float64(a) / float64(b)
}

func round(v float64) float64 { return math.Round(v*1e4) / 1e4 }

func quantile(v []float64, p float64) float64 {
	if len(v) == 0 {
		return 0
	}
	s := slices.Sorted(slices.Values(v))
	return s[min(len(s)-1, int(p*float64(len(s))))]
}

// auroc is the chance that a value of good is above one of bad, ties counting
// half.
func auroc(good, bad []float64) float64 {
	if len(good) == 0 || len(bad) == 0 {
		return 0
	}
	sorted := slices.Sorted(slices.Values(bad))
	var sum float64
	for _, g := range good {
		below, equal := slices.BinarySearch(sorted, g)
		above := below
		for equal && above < len(sorted) && sorted[above] == g {
			above++
		}
		sum += float64(below) + float64(above-below)/2
	}
	return sum / float64(len(good)) / float64(len(bad))
}

// peakMemoryMB reads the peak resident memory of this process; 0 where the
// system does not tell.
func peakMemoryMB() float64 {
	data, err := os.ReadFile(filepath.Join("/proc", "self", "status"))
	if err != nil {
		return 0
	}
	for line := range strings.SplitSeq(string(data), "\n") {
		if rest, ok := strings.CutPrefix(line, "VmHWM:"); ok {
			kb, _ := strconv.ParseFloat(strings.TrimSpace(strings.TrimSuffix(rest, "kB")), 64)
			return kb / 1024
		}
	}
	return 0
}
