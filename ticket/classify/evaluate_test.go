package classify

import (
	"encoding/json"
	"math"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"
)

func TestEvaluate(t *testing.T) {
	t.Parallel()
	m := trained(t, sample(t), Config{})
	report := Evaluate(m, []Example{
		{"银行贷款", "finance"}, {"贷款", "finance"}, // both right
		{"工人工资", "land"},  // given to labour
		{"土地出让", "land"},  // right
		{"hello", "land"}, // nothing known
		{"工人工资", "other"}, // a label that the model does not have
	})
	b, err := json.Marshal(report)
	if err != nil {
		t.Fatal(err)
	}
	const want = `{"n":6,"accuracy":0.5,"macro_f1":0.375,"per_label":{` +
		`"finance":{"n":2,"precision":1,"recall":1,"f1":1},` +
		`"labour":{"n":0,"precision":0,"recall":0,"f1":0},` +
		`"land":{"n":3,"precision":1,"recall":0.3333333333333333,"f1":0.5},` +
		`"other":{"n":1,"precision":0,"recall":0,"f1":0}}}`
	if string(b) != want {
		t.Errorf("got  %s\nwant %s", b, want)
	}
	if empty := Evaluate(m, nil); empty.N != 0 || empty.Accuracy != 0 || math.IsNaN(empty.MacroF1) {
		t.Errorf("nothing to evaluate: got %+v", empty)
	}
}

// published reads a file of the public set of citizens' messages. It is too
// large to be kept here; where it is absent, the caller logs that and returns.
func published(t testing.TB, name string) []Example {
	t.Helper()
	f, err := os.Open(filepath.Join(publishedDir(), name))
	if err != nil {
		t.Logf("absent: %v", err)
		return nil
	}
	defer f.Close()
	examples, err := ReadCSV(f)
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return examples
}

func publishedDir() string {
	root := os.Getenv("LIAISON_SHARED_DATA")
	if root == "" {
		root = filepath.Join("..", "..", "..", "shared", "data")
	}
	return filepath.Join(root, "routing")
}

func TestPublishedMessages(t *testing.T) {
	t.Parallel()
	train, dev, raw := published(t, "train.csv"), published(t, "dev.csv"), published(t, "raw-dev.csv")
	if train == nil || dev == nil || raw == nil {
		return
	}
	start := time.Now()
	m := trained(t, train, Config{})
	t.Logf("%d examples, %d n-grams, scale %.1f, %v, %d bytes saved",
		len(train), len(m.vocab.grams), m.scale, time.Since(start).Round(time.Millisecond), len(saved(t, m)))
	for _, tt := range []struct {
		name              string
		examples          []Example
		accuracy, macroF1 float64
	}{
		{"dev.csv", dev, 0.93, 0.925},
		{"raw-dev.csv", raw, 0.90, 0.88}, // three points below
	} {
		report := Evaluate(m, tt.examples)
		t.Logf("%s: n %d, accuracy %.4f, macro-F1 %.4f", tt.name, report.N, report.Accuracy, report.MacroF1)
		if report.Accuracy < tt.accuracy || report.MacroF1 < tt.macroF1 {
			t.Errorf("%s: want at least %v and %v", tt.name, tt.accuracy, tt.macroF1)
		}
	}
}

func TestPublishedMessagesByDescription(t *testing.T) {
	t.Parallel()
	train, dev := published(t, "train.csv"), published(t, "dev.csv")
	if train == nil || dev == nil {
		return
	}
	f, err := os.Open(filepath.Join(publishedDir(), "taxonomy.csv"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	described, err := ReadDescriptions(f)
	if err != nil {
		t.Fatal(err)
	}
	labels := labelsOf(train)
	m, err := Describe(slices.DeleteFunc(described, func(d Description) bool { return !slices.Contains(labels, d.Label) }))
	if err != nil {
		t.Fatal(err)
	}
	for name, examples := range map[string][]Example{"train.csv": train, "dev.csv": dev} {
		r := Evaluate(m, examples)
		t.Logf("%s: accuracy %.4f, macro-F1 %.4f", name, r.Accuracy, r.MacroF1)
		if r.Accuracy < 0.75 {
			t.Errorf("%s: want at least 0.75", name)
		}
	}
}

func BenchmarkTrain(b *testing.B) {
	train := published(b, "train.csv")
	if train == nil {
		return
	}
	for b.Loop() {
		trained(b, train, Config{})
	}
}

func BenchmarkPredict(b *testing.B) {
	train, dev := published(b, "train.csv"), published(b, "dev.csv")
	if train == nil || dev == nil {
		return
	}
	m := trained(b, train, Config{})
	i := 0
	for b.Loop() {
		m.Predict(dev[i%len(dev)].Text)
		i++
	}
}

// BenchmarkNearest finds similar messages among all published ones.
func BenchmarkNearest(b *testing.B) {
	train, dev := published(b, "train.csv"), published(b, "dev.csv")
	if train == nil || dev == nil {
		return
	}
	n := NewNearest(trained(b, train, Config{}), train)
	i := 0
	for b.Loop() {
		n.Find(dev[i%len(dev)].Text, 3)
		i++
	}
}

func BenchmarkExplain(b *testing.B) {
	train, dev := published(b, "train.csv"), published(b, "dev.csv")
	if train == nil || dev == nil {
		return
	}
	m := trained(b, train, Config{})
	i := 0
	for b.Loop() {
		m.Explain(dev[i%len(dev)].Text, m.labels[0])
		i++
	}
}
