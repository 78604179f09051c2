package main

import (
	"encoding/json"
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"
)

// told are the values of each label of each metric that a scrape has told.
type told map[string]map[string][]string

var labelOf = regexp.MustCompile(`(\w+)\s*(=~|!~|!=|=)\s*"((?:[^"\\]|\\.)*)"`)

func (s scraped) told() told {
	all := make(told)
	for name := range s {
		name, labels, _ := strings.Cut(name, "{")
		if all[name] == nil {
			all[name] = make(map[string][]string)
		}
		for _, m := range labelOf.FindAllStringSubmatch(labels, -1) {
			all[name][m[1]] = append(all[name][m[1]], m[3])
		}
	}
	return all
}

var (
	selector   = regexp.MustCompile(`\b((?:liaison|process)_\w+)(?:\{([^}]*)\})?`)
	grouping   = regexp.MustCompile(`\bby \(([^)]*)\) \(`)
	aggregate  = regexp.MustCompile(`\b(sum|max|min|count|histogram_quantile) ?\(`)
	legendName = regexp.MustCompile(`\{\{ *(?:\$labels\.)?(\w+) *\}\}`)
	literal    = regexp.MustCompile(`^[\w-]+$`)
)

// anybodys are labels that Prometheus gives, or whose values are a city's own.
var anybodys = []string{"instance", "job", "station"}

// faults returns what in a query, and in the legend or text over its results, the
// program does not tell: names of metrics and labels, and values that are written out.
func (all told) faults(query, legend string) (faults []string) {
	fault := func(format string, args ...any) { faults = append(faults, fmt.Sprintf(format, args...)) }
	has := func(metric, label string) bool {
		return label == "instance" || label == "job" || all[metric][label] != nil
	}
	shown := make(map[string]bool) // labels that results have
	for _, m := range selector.FindAllStringSubmatch(query, -1) {
		metric := m[1]
		if all[metric] == nil {
			fault("there is no %s", metric)
			continue
		}
		for label := range all[metric] {
			shown[label] = true
		}
		left := m[2]
		for _, l := range labelOf.FindAllStringSubmatch(m[2], -1) {
			left = strings.Replace(left, l[0], "", 1)
			if !has(metric, l[1]) {
				fault("%s has no label %s", metric, l[1])
				continue
			}
			for _, value := range strings.Split(l[3], "|") {
				if !slices.Contains(anybodys, l[1]) && (!literal.MatchString(value) || !slices.Contains(all[metric][l[1]], value)) {
					fault("%s is never told with %s=%q", metric, l[1], value)
				}
			}
		}
		if strings.Trim(left, ", ") != "" {
			fault("%s{%s} cannot be read", metric, m[2])
		}
	}
	shown["instance"], shown["job"] = true, true
	groups := grouping.FindAllStringSubmatchIndex(query, -1)
	if len(groups) > 0 || aggregate.MatchString(query) {
		clear(shown)
	}
	for _, g := range groups {
		for _, label := range strings.Split(query[g[2]:g[3]], ", ") {
			shown[label] = true
			for _, m := range selector.FindAllStringSubmatch(argument(query[g[1]:]), -1) {
				if all[m[1]] != nil && !has(m[1], label) {
					fault("%s is grouped by %s, which it does not have", m[1], label)
				}
			}
		}
	}
	for _, m := range legendName.FindAllStringSubmatch(legend, -1) {
		if !shown[m[1]] {
			fault("%q shows %s, which %s does not give", legend, m[1], query)
		}
	}
	return faults
}

// argument is the text up to the parenthesis that closes it.
func argument(text string) string {
	open := 1
	for i, r := range text {
		switch r {
		case '(':
			open++
		case ')':
			if open--; open == 0 {
				return text[:i]
			}
		}
	}
	return text
}

// watched checks all that the dashboard, the alerts and their tests ask for.
func (all told) watched(t *testing.T) {
	t.Helper()
	read := func(file string) []byte {
		b, err := os.ReadFile("../../ops/" + file)
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	check := func(where, query, legend string) {
		for _, f := range all.faults(query, legend) {
			t.Errorf("%s: %s", where, f)
		}
	}
	var dashboard struct {
		Panels []struct {
			Title   string
			Targets []struct{ Expr, LegendFormat string }
		}
	}
	if err := json.Unmarshal(read("grafana/liaison.json"), &dashboard); err != nil {
		t.Fatal(err)
	}
	n := 0
	for _, p := range dashboard.Panels {
		for _, q := range p.Targets {
			check("panel "+p.Title, q.Expr, q.LegendFormat)
			n++
		}
	}
	var alerts struct {
		Groups []struct {
			Rules []struct {
				Alert, Expr string
				Annotations struct{ Summary, Action string }
			}
		}
	}
	if err := yaml.Unmarshal(read("prometheus/alerts.yml"), &alerts); err != nil {
		t.Fatal(err)
	}
	for _, g := range alerts.Groups {
		for _, r := range g.Rules {
			check("alert "+r.Alert, r.Expr, r.Annotations.Summary+r.Annotations.Action)
			n++
		}
	}
	var trials struct {
		Tests []struct {
			Name   string
			Series []struct{ Series string } `yaml:"input_series"`
		}
	}
	if err := yaml.Unmarshal(read("prometheus/alerts_test.yml"), &trials); err != nil {
		t.Fatal(err)
	}
	for _, trial := range trials.Tests {
		for _, s := range trial.Series {
			check("alerts_test.yml, "+trial.Name, s.Series, "")
			n++
		}
	}
	if n < 120 {
		t.Errorf("only %d queries and series were found", n)
	}
}

// TestFaultsOfQueries: what TestMetrics looks at would be found.
func TestFaultsOfQueries(t *testing.T) {
	t.Parallel()
	all := scraped{
		`liaison_a_count{kind="x",outcome="ok"}`: 1, `liaison_a_count{kind="y",outcome="retry"}`: 1,
		`liaison_b`: 1, `liaison_c{station="s1"}`: 1,
	}.told()
	for _, c := range []struct {
		query, legend string
		faults        int
	}{
		{`sum by (kind, outcome) (rate(liaison_a_count{kind=~"x|y",outcome!="ok"}[5m]))`, "{{kind}} {{outcome}}", 0},
		{`max(liaison_b) > 1 or max by (station) (liaison_c{station="any"}) > 0`, "{{station}}", 0},
		{`liaison_b{instance="i",job=~"j.*"}`, "{{instance}} {{ $labels.job }}", 0},
		{`rate(liaison_a_count[5m])`, "{{kind}}", 0},
		{`liaison_d`, "", 1},
		{`liaison_a{kind="x"}`, "", 1},
		{`liaison_a_count{kind="z"}`, "", 1},
		{`liaison_a_count{kind=~"x|z|"}`, "", 2},
		{`liaison_a_count{kind!="z"}`, "", 1},
		{`liaison_a_count{kind=~"x.*"}`, "", 1},
		{`liaison_a_count{kinds="x"}`, "", 1},
		{`liaison_a_count{kind="x",outcome=ok}`, "", 1},
		{`sum by (kinds) (rate(liaison_a_count[5m]))`, "", 1},
		{`sum by (kind) (liaison_b) + sum by (kind) (liaison_a_count)`, "", 1},
		{`sum by (kind) (rate(liaison_a_count[5m]))`, "{{outcome}}", 1},
		{`max(liaison_c)`, "{{station}}", 1},
		{`liaison_c`, "{{kind}}", 1},
	} {
		if got := all.faults(c.query, c.legend); len(got) != c.faults {
			t.Errorf("%s, shown as %q: %q, want %d faults", c.query, c.legend, got, c.faults)
		}
	}
}
