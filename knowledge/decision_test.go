package knowledge

import (
	"bytes"
	"encoding/json"
	"os"
	"slices"
	"strings"
	"testing"

	"liaison/knowledge/library"
)

func TestDefaultDecision(t *testing.T) {
	t.Parallel()
	d := DefaultDecision()
	var how struct{ Command, Data, Date string }
	if err := json.Unmarshal(d.How, &how); err != nil || how.Command == "" || how.Data == "" || how.Date == "" {
		t.Errorf("decision.json does not say how it was obtained: %v %+v", err, how)
	}
	for _, name := range []string{"score", "cover", "title", "whole", "unknown", "size", "place"} {
		if d.Weights[name] == 0 {
			t.Errorf("feature %s has no weight", name)
		}
	}
	if n := len(commonTerms()); n != 3000 {
		t.Errorf("common.txt has %d terms, want 3000", n)
	}
}

func TestParseDecision(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		`{"answer":0.5,"clarify":0.4,"near":1}`:          "",
		`{"answer":0.5,"clarify":0.6}`:                   "does not hold",
		`{"answer":2}`:                                   "does not hold",
		`{"answer":0.5,"near":0.9,"weights":{"luck":1}}`: `no evidence "luck"`,
		`{`: "unexpected end",
		`{"answer":0.5,"clarify":0.4,"near":0.9,"weights":{"score":1,"size":1}}`: "",
		`{"answer":0.5,"near":1.1}`: "near <= 1 does not hold",
		`{"answer":0.5,"near":0}`:   "0 < near",
		`{"answer":0.5,"near":-1}`:  "0 < near",
	} {
		_, err := ParseDecision([]byte(text))
		if (err == nil) != (want == "") || err != nil && !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %v, want %q", text, err, want)
		}
	}
}

// TestBundledQuestions runs the questions that were written for the bundled
// library. They are also what the decision was fitted on, so this guards against
// changes, it does not measure.
func TestBundledQuestions(t *testing.T) {
	t.Parallel()
	docs, err := LoadFS(library.FS())
	if err != nil {
		t.Fatal(err)
	}
	lib, err := NewLibrary(docs)
	if err != nil {
		t.Fatal(err)
	}
	f, err := os.Open("testdata/questions.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var asked, right, absent, wrong int
	for dec := json.NewDecoder(f); dec.More(); {
		var q struct{ Question, Unit string }
		if err := dec.Decode(&q); err != nil {
			t.Fatal(err)
		}
		j := DefaultDecision().Judge(lib, q.Question)
		answered := j.Decision == Answered
		switch {
		case q.Unit == "":
			absent++
			if answered {
				wrong++
				t.Logf("%s was answered from %s", q.Question, j.Units[0])
			}
		default:
			if _, ok := lib.Unit(q.Unit); !ok {
				t.Errorf("%s is not in the library", q.Unit)
			}
			asked++
			if answered && j.Units[0] == q.Unit {
				right++
			} else {
				t.Logf("%s: %s %v, want %s", q.Question, j.Decision, j.Units, q.Unit)
			}
		}
	}
	t.Logf("%d of %d answered right, %d of %d absent ones answered", right, asked, wrong, absent)
	if float64(right) < 0.85*float64(asked) || wrong > 0 {
		t.Error("worse than when the decision was fitted")
	}
}

// TestNearMisses runs questions beside what the bundled library states: almost
// the words of a unit, but another place, year, number or detail. They are kept
// apart from questions.jsonl because the decision is fitted on that file, and its
// features cannot tell these from what is answered.
func TestNearMisses(t *testing.T) {
	t.Parallel()
	docs, err := LoadFS(library.FS())
	if err != nil {
		t.Fatal(err)
	}
	lib, err := NewLibrary(docs)
	if err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile("testdata/near.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	var asked, wrong, offered int
	for dec := json.NewDecoder(bytes.NewReader(data)); dec.More(); asked++ {
		var q struct{ Question, Near string }
		if err := dec.Decode(&q); err != nil {
			t.Fatal(err)
		}
		near := "cixi-2024-reply-184#" + q.Near
		if _, ok := lib.Unit(near); !ok {
			t.Errorf("%s is not in the library", near)
		}
		switch j := DefaultDecision().Judge(lib, q.Question); {
		case j.Decision == Answered:
			wrong++
			t.Logf("%s was answered from %s", q.Question, j.Units[0])
		case j.Decision == Clarify && slices.Contains(j.Units, near):
			offered++
		}
	}
	t.Logf("%d near misses: %d answered, %d offer the unit beside them", asked, wrong, offered)
	if asked < 25 || wrong > 1 || offered < asked/2 {
		t.Error("worse than the README says")
	}
}

func TestPlaces(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"上海的飞地在哪里":     "上海",
		"浙江省宁波市的奖励":    "浙江 宁波",
		"怀柔区有什么政策":     "怀柔",
		"北京市密云区办理方式":   "北京 密云",
		"内蒙古的绿色通道":     "内蒙古",
		"园区和社区怎么管理":    "",
		"全市有几个开发区":     "",
		"贷款怎么办":        "",
		"几个镇有服务站":      "",
		"每个镇都有吗":       "",
		"什么区可以办":       "",
		"集聚区怎么评":       "",
		"生产区能住人吗":      "",
		"农贸超市怎么开":      "",
		"公司上市有奖励吗":     "",
		"余姚市和鄞州区":      "余姚 鄞州",
		"":             "",
		"🙂 مرحبا 慈溪 市": "慈溪",
	} {
		if got := strings.Join(places(text), " "); got != want {
			t.Errorf("places(%q) = %q, want %q", text, got, want)
		}
	}
}
