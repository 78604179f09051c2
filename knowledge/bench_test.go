package knowledge_test

import (
	"fmt"
	"runtime"
	"slices"
	"sync"
	"testing"
	"time"

	"liaison/knowledge"
)

// sizes are the libraries that are measured, in units. At one run a benchmark the
// largest takes about twenty seconds, nearly all of it to build.
var sizes = []int{1000, 10000, 100000}

// heap returns the bytes in use after collecting garbage.
func heap() float64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return float64(m.HeapAlloc)
}

// builtOnce holds one library of each size, so that only BenchmarkBuild pays for
// building one.
var builtOnce sync.Map

func built(b *testing.B, n int) (*knowledge.Library, []knowledge.Document) {
	b.Helper()
	once, _ := builtOnce.LoadOrStore(n, sync.OnceValues(func() (*knowledge.Library, []knowledge.Document) {
		docs := largeLibrary(n)
		lib, err := knowledge.NewLibrary(docs)
		if err != nil {
			b.Fatal(err)
		}
		return lib, docs
	}))
	return once.(func() (*knowledge.Library, []knowledge.Document))()
}

// BenchmarkBuild measures how long indexing takes, and what it leaves in memory:
// the whole with the texts, and the index beside them.
func BenchmarkBuild(b *testing.B) {
	for _, n := range sizes {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			material()
			before := heap()
			docs := largeLibrary(n)
			texts := heap() - before
			var lib *knowledge.Library
			for b.Loop() {
				var err error
				if lib, err = knowledge.NewLibrary(docs); err != nil {
					b.Fatal(err)
				}
			}
			whole := heap() - before
			b.ReportMetric(whole/1e6, "MB")
			b.ReportMetric((whole-texts)/float64(n), "index-B/unit")
			runtime.KeepAlive(lib)
			runtime.KeepAlive(docs)
		})
	}
}

// BenchmarkRetrieve measures 500 questions, one after the other: search-* is
// finding the ten best units, judge-* is that and deciding whether they answer.
func BenchmarkRetrieve(b *testing.B) {
	for _, n := range sizes {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			lib, docs := built(b, n)
			questions := questionsAbout(docs, 500)
			decision := knowledge.DefaultDecision()
			lib.Search(questions[0], 10) // what is made once, such as the synonyms
			decision.Judge(lib, questions[0])
			var search, judge []float64
			for b.Loop() {
				for _, q := range questions {
					start := time.Now()
					lib.Search(q, 10)
					search = append(search, time.Since(start).Seconds()*1000)
				}
				for _, q := range questions {
					start := time.Now()
					decision.Judge(lib, q)
					judge = append(judge, time.Since(start).Seconds()*1000)
				}
			}
			b.ReportMetric(percentile(search, 0.5), "search-p50-ms")
			b.ReportMetric(percentile(search, 0.99), "search-p99-ms")
			b.ReportMetric(percentile(judge, 0.5), "judge-p50-ms")
			b.ReportMetric(percentile(judge, 0.99), "judge-p99-ms")
		})
	}
}

// BenchmarkUpdate measures one document changed after the other, each in the
// library that the change before made, as a running bot does.
func BenchmarkUpdate(b *testing.B) {
	for _, n := range sizes {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			lib, docs := built(b, n)
			var took []float64
			round := 0
			for b.Loop() {
				for range 20 {
					d := docs[round*37%len(docs)]
					d.Units = slices.Clone(d.Units)
					d.Units[0].Body = fmt.Sprintf("第%d次修订。", round) + d.Units[0].Body
					round++
					start := time.Now()
					var err error
					if lib, err = lib.Update([]knowledge.Document{d}, nil); err != nil {
						b.Fatal(err)
					}
					took = append(took, time.Since(start).Seconds()*1000)
					if u, ok := lib.Unit(knowledge.UnitID(d.ID, d.Units[0].Slug)); !ok || u.Body != d.Units[0].Body {
						b.Fatalf("unit %s is not the changed one", u.ID)
					}
				}
			}
			b.ReportMetric(percentile(took, 0.5), "p50-ms")
			b.ReportMetric(percentile(took, 1), "max-ms")
		})
	}
}
