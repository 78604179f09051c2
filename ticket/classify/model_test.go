package classify

import (
	"bytes"
	"math"
	"reflect"
	"slices"
	"strings"
	"testing"
)

// sample is a small set made up for these tests.
func sample(t testing.TB) []Example {
	t.Helper()
	texts := map[string]string{
		"finance": "想申请银行贷款|贷款利率太高了|银行不肯续贷怎么办|创业担保贷款如何申请|需要贷款周转资金|贷款担保找谁|银行贷款审批很慢|申请贷款贴息",
		"land":    "厂房用地不够|工业用地如何拿地|旧厂房改造加层|土地出让公告在哪里|厂房租金太贵|用地指标什么时候有|闲置厂房想出租|土地证办理",
		"labour":  "工人工资被拖欠|招工困难缺工人|员工工伤如何认定|工人社保怎么交|招聘员工补贴|员工宿舍紧张|拖欠工资找谁|工人子女入学",
	}
	var examples []Example
	for _, label := range []string{"labour", "finance", "land"} {
		for text := range strings.SplitSeq(texts[label], "|") {
			examples = append(examples, Example{text, label})
		}
	}
	return examples
}

func trained(t testing.TB, examples []Example, config Config) *Model {
	t.Helper()
	m, err := Train(examples, config)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func TestPredict(t *testing.T) {
	t.Parallel()
	m := trained(t, sample(t), Config{})
	tests := []struct{ text, want string }{
		{"我们公司想贷款", "finance"},
		{"厂房的土地问题", "land"},
		{"工人的工资", "labour"},
		{"🏭厂房🏭", "land"},
		{"貸款 loan 贷款！！！", "finance"},
		{"مرحبا 工资 拖欠", "labour"},
		{"\xff\xfe银行贷款\xff", "finance"},
		{"", ""},
		{"hello", ""},
		{"😀😀", ""},
		{"，。12345", ""},
	}
	for _, tt := range tests {
		p := m.Predict(tt.text)
		if p.Label != tt.want {
			t.Errorf("%q: got %+v, want %s", tt.text, p, tt.want)
		}
		ranked := m.Rank(tt.text)
		if tt.want == "" {
			if p != (Ranked{}) || ranked != nil {
				t.Errorf("%q: nothing is known, but got %+v, %+v", tt.text, p, ranked)
			}
			continue
		}
		var sum float64
		for i, r := range ranked {
			sum += r.Confidence
			if i > 0 && r.Confidence > ranked[i-1].Confidence {
				t.Errorf("%q: not in order: %+v", tt.text, ranked)
			}
		}
		if len(ranked) != 3 || ranked[0] != p || math.Abs(sum-1) > 1e-9 {
			t.Errorf("%q: odd confidences %+v", tt.text, ranked)
		}
	}
	if got := m.Labels(); !slices.Equal(got, []string{"finance", "labour", "land"}) {
		t.Errorf("labels %v", got)
	}
}

func TestExplain(t *testing.T) {
	t.Parallel()
	m := trained(t, sample(t), Config{})
	weights := m.Explain("请问银行的贷款", "finance")
	if len(weights) == 0 || len(weights) > 10 {
		t.Fatalf("got %v", weights)
	}
	if !slices.ContainsFunc(weights, func(w Weight) bool { return strings.Contains(w.Gram, "贷") }) {
		t.Errorf("贷款 did not speak for finance: %v", weights)
	}
	for i, w := range weights {
		if w.Weight <= 0 || i > 0 && w.Weight > weights[i-1].Weight {
			t.Errorf("not in descending order: %v", weights)
		}
		for _, other := range weights[i+1:] {
			if strings.Contains(w.Gram, other.Gram) || strings.Contains(other.Gram, w.Gram) {
				t.Errorf("%s and %s overlap", w.Gram, other.Gram)
			}
		}
	}
	if got := m.Explain("hello", "finance"); got != nil {
		t.Errorf("explained nothing by %v", got)
	}
	if got := m.Explain("银行贷款", "unknown"); got != nil {
		t.Errorf("explained an unknown label by %v", got)
	}
}

func TestTrainIsDeterministic(t *testing.T) {
	t.Parallel()
	var first bytes.Buffer
	if err := trained(t, sample(t), Config{}).Save(&first); err != nil {
		t.Fatal(err)
	}
	for range 3 {
		var again bytes.Buffer
		if err := trained(t, sample(t), Config{}).Save(&again); err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(first.Bytes(), again.Bytes()) {
			t.Fatal("two trainings differ")
		}
	}
}

func TestTrainRefuses(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name     string
		examples []Example
		config   Config
		want     string
	}{
		{"nothing", nil, Config{}, "0 labels in 0 examples"},
		{"one label", []Example{{"贷款", "a"}, {"贷款", "a"}}, Config{}, "1 labels in 2 examples"},
		{"empty label", []Example{{"贷款", "a"}, {"贷款", ""}}, Config{}, `label "" is empty`},
		{"label not UTF-8", []Example{{"贷款", "a"}, {"贷款", "\xff"}}, Config{}, "not UTF-8"},
		{"nothing in common", []Example{{"贷款", "a"}, {"工资", "b"}}, Config{}, "nothing in common"},
		{"only signs", []Example{{"🏭", "a"}, {"🏭", "b"}}, Config{}, "nothing in common"},
		{"n-grams too long", sample(t), Config{MaxN: 9}, "MaxN is 9"},
		{"negative frequency", sample(t), Config{MinDF: -1}, "MinDF is -1"},
		{"limit", sample(t), Config{Limit: 2_000_000}, "Limit is 2000000"},
		{"C", sample(t), Config{C: math.NaN()}, "C is NaN"},
		{"epochs", sample(t), Config{Epochs: -1}, "Epochs is -1"},
	}
	for _, tt := range tests {
		if _, err := Train(tt.examples, tt.config); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: got %v, want %q", tt.name, err, tt.want)
		}
	}
}

func TestConfidenceIsCalibrated(t *testing.T) {
	t.Parallel()
	// Half of the texts say nothing about their label: then no more than a half
	// may be claimed, however well the training texts are known by heart.
	var examples []Example
	for i := range 400 {
		label := string(rune('a' + i%2))
		examples = append(examples, Example{string(rune('一'+i%37)) + string(rune('一'+i%41+50)), label})
	}
	m := trained(t, examples, Config{MinDF: 1})
	var sum float64
	for i := range 100 {
		sum += m.Predict(string(rune('一'+(i*7)%37)) + string(rune('一'+(i*11)%41+50))).Confidence
	}
	if mean := sum / 100; mean > 0.65 {
		t.Errorf("mean confidence %.2f on noise, want about 0.5", mean)
	}
}

func TestNormalize(t *testing.T) {
	t.Parallel()
	tests := []struct{ text, want string }{
		{"我们公司的贷款！", "我们公司的贷款"},
		{"ＡＢＣ电器　１２３", "abc电器"},
		{"A1区😀", "a区"},
		{"e\u0301té", "été"},
		{"مرحبا", "مرحبا"},
		{"\xff贷\xfe款", "贷款"},
		{"", ""},
	}
	for _, tt := range tests {
		if got := normalize(tt.text); got != tt.want {
			t.Errorf("%q: got %q, want %q", tt.text, got, tt.want)
		}
	}
}

func TestCounts(t *testing.T) {
	t.Parallel()
	got := make(map[string]float64)
	got["left over"] = 1
	counts(got, "贷款贷a", 2)
	want := map[string]float64{"贷": 2, "款": 1, "a": 1, "贷款": 1, "款贷": 1, "贷a": 1}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

// TestOpeningCountsByItself: the same words say more at the start, where people
// put the subject, than after it.
func TestOpeningCountsByItself(t *testing.T) {
	t.Parallel()
	m := trained(t, sample(t), Config{})
	first, later := m.Predict("银行贷款的事，我们等了很久都没有回音，还有就是厂房用地"), m.Predict("厂房用地的事，我们等了很久都没有回音，还有就是银行贷款")
	if first.Label != "finance" || later.Label != "land" {
		t.Errorf("got %+v and %+v", first, later)
	}
}

// TestFitAgreesWithPlainDescent compares the fast solver with a slow and obvious
// one: gradient descent on the primal problem.
func TestFitAgreesWithPlainDescent(t *testing.T) {
	t.Parallel()
	rows := []vector{
		{[]int32{0}, []float32{1}}, {[]int32{0, 1}, []float32{0.8, 0.6}}, {[]int32{1}, []float32{1}},
		{[]int32{1, 2}, []float32{0.6, 0.8}}, {[]int32{2}, []float32{1}}, {nil, nil},
	}
	gold := []int{0, 0, 1, 1, 0, 1}
	const c, features = 1.0, 3
	got := fit(rows, gold, 2, features, c, 10_000, 1)
	for k := range 2 {
		var w [features + 1]float64 // the last is the bias
		for range 20_000 {
			gradient := w
			for i, row := range rows {
				y := -1.0
				if gold[i] == k {
					y = 1
				}
				margin := w[features]
				for j, id := range row.index {
					margin += w[id] * float64(row.value[j])
				}
				if slack := 1 - y*margin; slack > 0 {
					for j, id := range row.index {
						gradient[id] -= 2 * c * slack * y * float64(row.value[j])
					}
					gradient[features] -= 2 * c * slack * y
				}
			}
			for j := range w {
				w[j] -= 0.01 * gradient[j]
			}
		}
		for j := range w {
			if fast := float64(got.weights[j*2+k]); math.Abs(fast-w[j]) > 0.02 {
				t.Errorf("label %d, weight %d: got %.3f, want %.3f", k, j, fast, w[j])
			}
		}
	}
}
