package shelf_test

import (
	"fmt"
	"log/slog"
	"testing"

	"liaison/knowledge/shelf"
	"liaison/store"
)

// BenchmarkImport imports 1,000 documents at once. That a second import of them
// finds nothing to do is checked, not measured.
func BenchmarkImport(b *testing.B) {
	const documents = 1000
	files := make([]shelf.File, documents)
	for n := range files {
		text := policy(fmt.Sprintf("办法第%d号（示例）", n), fmt.Sprint(n), "2024年9月1日")
		for article := range 20 {
			text += fmt.Sprintf("\n## 第%d条\n\n符合第%d项条件的企业可以向示例市雨伞局第%d窗口申请，窗口在五个工作日内答复。\n", article+3, article, n)
		}
		files[n] = shelf.Bytes(fmt.Sprintf("d%d.md", n), []byte(text))
	}
	for b.Loop() {
		b.StopTimer()
		st, err := store.Open(b.Context(), store.Config{Dir: b.TempDir(), Logger: slog.New(slog.DiscardHandler)})
		if err != nil {
			b.Fatal(err)
		}
		sh := shelf.New(shelf.Config{Store: st})
		for _, kind := range []shelf.Kind{shelf.Added, shelf.Unchanged} {
			if kind == shelf.Added {
				b.StartTimer()
			}
			report, err := sh.Import(b.Context(), files, shelf.Options{By: "甲（示例）"})
			b.StopTimer()
			if err != nil || shelf.Count(report.Outcomes)[kind] != documents {
				b.Fatalf("%v: %s", err, shelf.InWords(shelf.Count(report.Outcomes)))
			}
		}
		if err := st.Close(); err != nil {
			b.Fatal(err)
		}
		b.StartTimer()
	}
	b.ReportMetric(float64(documents)*float64(b.N)/b.Elapsed().Seconds(), "documents/s")
}
