package knowledge_test

import (
	"database/sql"
	"fmt"
	"io/fs"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"
	"unicode"

	"github.com/blevesearch/bleve/v2"
	_ "github.com/blevesearch/bleve/v2/analysis/lang/cjk"
	_ "modernc.org/sqlite"

	"liaison/knowledge"
	"liaison/knowledge/eval"
)

// A rival finds documents by a plain full-text index, each as one text.
type rival struct {
	name string
	// open indexes docs, and returns a function that finds the numbers of the ten
	// best, and the bytes that the index takes in memory or on disk.
	open func(t testing.TB, docs []knowledge.Document) (find func(question string) []int, size float64)
}

var rivals = []rival{
	{"liaison", openLibrary},
	{"bleve-cjk", openBleve},
	{"fts5-trigram", openTrigram},
}

func openLibrary(t testing.TB, docs []knowledge.Document) (func(string) []int, float64) {
	before := heap()
	lib := newLibrary(t, docs...)
	size := heap() - before
	number := make(map[string]int)
	for i := range docs {
		number[docs[i].ID] = i
	}
	return func(question string) []int {
		var out []int
		seen := make(map[string]bool)
		for _, h := range lib.Search(question, 100) {
			if id, _, _ := strings.Cut(h.Unit, "#"); !seen[id] && len(out) < 10 {
				seen[id] = true
				out = append(out, number[id])
			}
		}
		return out
	}, size
}

// wholeText is a document as one text.
func wholeText(d *knowledge.Document) string {
	var b strings.Builder
	b.WriteString(d.Title)
	for _, u := range d.Units {
		b.WriteString("\n" + u.Title + "\n" + u.Body)
	}
	return b.String()
}

func openBleve(t testing.TB, docs []knowledge.Document) (func(string) []int, float64) {
	t.Helper()
	text := bleve.NewTextFieldMapping()
	text.Analyzer = "cjk"
	text.Store, text.IncludeInAll, text.IncludeTermVectors, text.DocValues = false, false, false, false
	mapping := bleve.NewIndexMapping()
	mapping.DefaultMapping.AddFieldMappingsAt("text", text)
	mapping.DefaultField = "text"
	dir := t.TempDir()
	ix, err := bleve.New(filepath.Join(dir, "index"), mapping)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { ix.Close() })
	for from := 0; from < len(docs); from += 500 {
		batch := ix.NewBatch()
		for i := from; i < min(from+500, len(docs)); i++ {
			if err := batch.Index(fmt.Sprint(i), map[string]string{"text": wholeText(&docs[i])}); err != nil {
				t.Fatal(err)
			}
		}
		if err := ix.Batch(batch); err != nil {
			t.Fatal(err)
		}
	}
	return func(question string) []int {
		r, err := ix.Search(bleve.NewSearchRequest(bleve.NewMatchQuery(question)))
		if err != nil {
			t.Fatal(err)
		}
		var out []int
		for _, h := range r.Hits {
			var n int
			if _, err := fmt.Sscan(h.ID, &n); err != nil {
				t.Fatal(err)
			}
			out = append(out, n)
		}
		return out
	}, folderSize(t, dir)
}

func openTrigram(t testing.TB, docs []knowledge.Document) (func(string) []int, float64) {
	t.Helper()
	dir := t.TempDir()
	db, err := sql.Open("sqlite", filepath.Join(dir, "index.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	tx, err := db.Begin()
	if err != nil {
		t.Fatal(err)
	}
	// Without its own copy of the texts, as the others.
	if _, err := tx.Exec(`CREATE VIRTUAL TABLE docs USING fts5(text, tokenize='trigram', content='')`); err != nil {
		t.Fatal(err)
	}
	for i := range docs {
		if _, err := tx.Exec(`INSERT INTO docs(rowid, text) VALUES (?, ?)`, i, wholeText(&docs[i])); err != nil {
			t.Fatal(err)
		}
	}
	if err := tx.Commit(); err != nil {
		t.Fatal(err)
	}
	return func(question string) []int {
		match := trigrams(question)
		if match == "" {
			return nil
		}
		rows, err := db.Query(`SELECT rowid FROM docs WHERE docs MATCH ? ORDER BY rank LIMIT 10`, match)
		if err != nil {
			t.Fatal(err)
		}
		defer rows.Close()
		var out []int
		for rows.Next() {
			var n int
			if err := rows.Scan(&n); err != nil {
				t.Fatal(err)
			}
			out = append(out, n)
		}
		if err := rows.Err(); err != nil {
			t.Fatal(err)
		}
		return out
	}, folderSize(t, dir)
}

// trigrams asks for any three neighbouring letters or digits of the question.
func trigrams(question string) string {
	var out []string
	for _, run := range strings.FieldsFunc(question, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) }) {
		r := []rune(run)
		for i := 0; i+3 <= len(r); i++ {
			out = append(out, `"`+string(r[i:i+3])+`"`)
		}
	}
	return strings.Join(out, " OR ")
}

func folderSize(t testing.TB, dir string) float64 {
	var size float64
	err := filepath.WalkDir(dir, func(_ string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		info, err := e.Info()
		if err == nil {
			size += float64(info.Size())
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return size
}

// standing is how a rival did.
type standing struct {
	first, five, mrr float64 // shares of the questions, and MRR@10
	build            time.Duration
	size             float64
	p50, p99         float64 // ms
}

// measure indexes the set and asks all its questions that have an answer.
func measure(t testing.TB, r rival, set eval.Dataset) standing {
	t.Helper()
	runtime.GC()
	start := time.Now()
	find, size := r.open(t, set.Docs)
	s := standing{build: time.Since(start), size: size}
	var took []float64
	n := 0.0
	for _, q := range set.Queries {
		if len(q.Relevant) == 0 {
			continue
		}
		n++
		start := time.Now()
		found := find(q.Text)
		took = append(took, time.Since(start).Seconds()*1000)
		for rank, doc := range found {
			if q.Relevant[set.Docs[doc].ID] == 0 {
				continue
			}
			if rank == 0 {
				s.first++
			}
			if rank < 5 {
				s.five++
			}
			s.mrr += 1 / float64(rank+1)
			break
		}
	}
	s.first, s.five, s.mrr = s.first/n, s.five/n, s.mrr/n
	s.p50, s.p99 = percentile(took, 0.5), percentile(took, 0.99)
	return s
}

// sharedSet loads a retrieval set of the shared data, if it is there.
func sharedSet(t testing.TB, name string) (eval.Dataset, bool) {
	set, err := eval.Load(filepath.Join(sharedData(), name))
	if err != nil {
		t.Logf("without %s: %v", name, err)
		return set, false
	}
	return set, true
}

// TestBaselines checks that the library finds more right documents first than
// plain full-text indexes do.
func TestBaselines(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"policy-docs", "cmrc-trial"} {
		set, ok := sharedSet(t, name)
		if !ok {
			continue
		}
		own := measure(t, rivals[0], set)
		for _, r := range rivals[1:] {
			if s := measure(t, r, set); s.first >= own.first || s.mrr >= own.mrr {
				t.Errorf("%s: %s has R@1 %.3f and MRR %.3f, the library %.3f and %.3f", name, r.name, s.first, s.mrr, own.first, own.mrr)
			}
		}
	}
}

// BenchmarkBaselines measures the same side by side, and the speed and size at
// 5,000 units. MB is memory for the library, with its folded texts, and files for
// the others. One run of all takes about fifteen seconds.
func BenchmarkBaselines(b *testing.B) {
	sets := make(map[string]eval.Dataset)
	for _, name := range []string{"policy-docs", "cmrc-trial"} {
		if set, ok := sharedSet(b, name); ok {
			sets[name] = set
		}
	}
	large := eval.Dataset{Docs: largeLibrary(5000)}
	for _, q := range questionsAbout(large.Docs, 200) {
		large.Queries = append(large.Queries, eval.Query{Text: q, Relevant: map[string]int{"": 1}})
	}
	sets["5000"] = large
	for _, name := range []string{"policy-docs", "cmrc-trial", "5000"} {
		for _, r := range rivals {
			if _, ok := sets[name]; !ok {
				continue
			}
			b.Run(name+"/"+r.name, func(b *testing.B) {
				var s standing
				for b.Loop() {
					s = measure(b, r, sets[name])
				}
				if name != "5000" {
					b.ReportMetric(s.first, "R@1")
					b.ReportMetric(s.five, "R@5")
					b.ReportMetric(s.mrr, "MRR@10")
				}
				b.ReportMetric(s.build.Seconds(), "build-s")
				b.ReportMetric(s.p50, "p50-ms")
				b.ReportMetric(s.p99, "p99-ms")
				b.ReportMetric(s.size/1e6, "MB")
			})
		}
	}
}
