package classify

import (
	"math"
	"reflect"
	"strings"
	"testing"
)

func TestNearest(t *testing.T) {
	t.Parallel()
	examples := sample(t)
	m := trained(t, examples, Config{})
	n := NewNearest(m, examples)
	for i, e := range examples {
		found := n.Find(e.Text+"。谢谢", 3)
		if len(found) == 0 || len(found) > 3 || examples[found[0].Example].Text != e.Text {
			t.Errorf("%q: got %+v, want %d first", e.Text, found, i)
			continue
		}
		for j, f := range found {
			if f.Likeness <= 0 || f.Likeness > 1 || j > 0 && f.Likeness > found[j-1].Likeness {
				t.Errorf("%q: odd likeness in %+v", e.Text, found)
			}
		}
	}
	for _, text := range []string{"", "hello", "🏭"} {
		if found := n.Find(text, 3); len(found) != 0 {
			t.Errorf("%q: got %+v, want none", text, found)
		}
	}
}

func TestCut(t *testing.T) {
	t.Parallel()
	row := vector{[]int32{1, 3, 5, 7}, []float32{.5, .1, .5, .7}}
	want := vector{[]int32{1, 7}, []float32{.5, .7}}
	if got := row.cut(2); !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v, want %+v", got, want)
	}
	if got := row.cut(4); len(got.index) != 4 {
		t.Errorf("all fit, got %+v", got)
	}
}

func TestDescribe(t *testing.T) {
	t.Parallel()
	m, err := Describe([]Description{
		{"land", []string{"用地与厂房", "土地出让", "其他"}},
		{"labour", []string{"劳动合同、农民工权益", "工资发放", "其他"}},
		{"transport", []string{"公共汽车", "出租车管理", "其他"}},
	})
	if err != nil {
		t.Fatal(err)
	}
	tests := []struct{ text, want string }{
		{"土地什么时候出让", "land"},
		{"老板欠薪三个月", "labour"}, // by everyday words only
		{"的士拒载", "transport"},
		{"农民工怎么办", "labour"},
		{"其他", ""}, // all have it
		{"hello 🏭", ""},
	}
	for _, tt := range tests {
		if got := m.Predict(tt.text); got.Label != tt.want {
			t.Errorf("%q: got %+v, want %q", tt.text, got, tt.want)
		}
	}
	loaded, err := Load(strings.NewReader(string(saved(t, m))))
	if err != nil {
		t.Fatal(err)
	}
	if got, want := loaded.Predict("土地"), m.Predict("土地"); got != want || math.IsNaN(got.Confidence) {
		t.Errorf("loaded: got %+v, want %+v", got, want)
	}
}

func TestDescribeRefuses(t *testing.T) {
	t.Parallel()
	tests := []struct {
		given []Description
		want  string
	}{
		{nil, "0 labels"},
		{[]Description{{"a", []string{"土地"}}}, "1 labels"},
		{[]Description{{"a", []string{"土地"}}, {"", []string{"工资"}}}, "is empty"},
		{[]Description{{"a", []string{"土地"}}, {"a", []string{"工资"}}}, "described twice"},
		{[]Description{{"a", []string{"土地"}}, {"b", []string{"土地"}}}, "do not tell"},
		{[]Description{{"a", nil}, {"b", []string{"123"}}}, "do not tell"},
	}
	for _, tt := range tests {
		if _, err := Describe(tt.given); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%v: got %v, want %q", tt.given, err, tt.want)
		}
	}
}

func TestReadDescriptions(t *testing.T) {
	t.Parallel()
	got, err := ReadDescriptions(strings.NewReader("\ufeff一级,二级,三级\n用地,厂房,\"租金,地价\"\n劳动,工资,欠薪\n用地,土地,出让\n"))
	if err != nil || len(got) != 2 || got[1].Label != "用地" || strings.Join(got[1].Terms, "|") != "用地|厂房|租金,地价|用地|土地|出让" {
		t.Errorf("got %q, %v", got, err)
	}
	for data, want := range map[string]string{
		"":                "line 1: no header",
		"label\na\n":      "line 1: no header",
		"l,t\n ,x\n":      "line 2: the label is empty",
		"l,t\na,x\na\n":   "line 3",
		"l,t\na,\"x\n\"y": "line",
	} {
		if _, err := ReadDescriptions(strings.NewReader(data)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: got %v, want %q", data, err, want)
		}
	}
}

func TestEverydayTable(t *testing.T) {
	t.Parallel()
	for _, g := range everyday() {
		if len(g.said) == 0 || len(g.official) == 0 {
			t.Errorf("a side is empty: %v", g)
		}
		for _, w := range append(g.said, g.official...) {
			if normalize(w) != w {
				t.Errorf("%q is not as texts are compared: %q", w, normalize(w))
			}
		}
	}
	if len(everyday()) < 40 {
		t.Errorf("%d groups, the table is cut", len(everyday()))
	}
}
