package knowledge

import (
	"slices"
	"strings"
	"testing"
)

func TestParseTree(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"0.5":                              "",
		"cover<0.5 -0.2 lead<0.1 0 0.3":    "",
		"":                                 "ends early",
		"cover<0.5 1":                      "ends early",
		"cover<0.5 1 2 3":                  "after its end",
		"luck<0.5 1 2":                     `no evidence "luck"`,
		"cover<half 1 2":                   "invalid syntax",
		"🙂":                                "invalid syntax",
		strings.Repeat("cover<0.5 1 ", 20): "deeper than",
	} {
		_, err := parseTree(text)
		if (err == nil) != (want == "") || err != nil && !strings.Contains(err.Error(), want) {
			t.Errorf("%q: got %v, want %q", text, err, want)
		}
	}
}

func TestTreeOf(t *testing.T) {
	t.Parallel()
	tree, err := parseTree("cover<0.5 -0.2 lead<0.1 0 0.3")
	if err != nil {
		t.Fatal(err)
	}
	cover, lead := slices.Index(evidenceNames, "cover"), slices.Index(evidenceNames, "lead")
	for _, c := range []struct{ cover, lead, want float64 }{
		{0.4, 1, -0.2}, {0.5, 0.05, 0}, {0.5, 0.1, 0.3}, {1, 1, 0.3},
	} {
		evidence := make([]float64, len(evidenceNames))
		evidence[cover], evidence[lead] = c.cover, c.lead
		if got := tree.of(evidence); got != c.want {
			t.Errorf("cover %v, lead %v: got %v, want %v", c.cover, c.lead, got, c.want)
		}
	}
}

func FuzzParseTree(f *testing.F) {
	f.Add("cover<0.5 -0.2 lead<0.1 0 0.3")
	f.Add("cover<0.5")
	f.Add("<<1 2 3")
	f.Fuzz(func(t *testing.T, text string) {
		if tree, err := parseTree(text); err == nil {
			tree.of(make([]float64, len(evidenceNames))) // must end without a fault
		}
	})
}

func TestRuns(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		question, text string
		want           float64
	}{
		{"厂房租金补贴标准", "对厂房租金补贴，标准如下", 0.75}, // 厂房租金补贴, not 标准
		{"厂房租金补贴标准", "厂房的租金的补贴的标准", 0},
		{"厂房租金补贴标准", "厂房租金补贴标准", 1},
		{"补贴", "补贴", 0}, // shorter than a run
		{"", "补贴", 0},
		{"🙂 مرحبا", "مرحبا", 5.0 / 7},
	} {
		if got := runs([]rune(c.question), c.text); got != c.want {
			t.Errorf("runs(%q, %q) = %v, want %v", c.question, c.text, got, c.want)
		}
	}
}
