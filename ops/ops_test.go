// Package ops checks the files of this folder, which are for Prometheus and Grafana.
package ops

import (
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// TestAlerts lets Prometheus's own tool read the rules and try them on made-up
// figures.
func TestAlerts(t *testing.T) {
	t.Parallel()
	tool, err := exec.LookPath("promtool")
	if err != nil {
		if os.Getenv("LIAISON_TEST_REQUIRE") != "" {
			t.Fatal("no promtool: install prometheus")
		}
		t.Skip("needs promtool of Debian's package prometheus: run it by scripts/with-services")
	}
	for _, args := range [][]string{{"check", "rules", "alerts.yml"}, {"check", "config", "prometheus.yml"}, {"test", "rules", "alerts_test.yml"}} {
		cmd := exec.Command(tool, args...)
		cmd.Dir = "prometheus"
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Errorf("promtool %s: %v\n%s", strings.Join(args, " "), err, out)
		}
	}
	// Every rule is tried: by its name in the tests.
	rules, tests := read(t, "prometheus/alerts.yml"), read(t, "prometheus/alerts_test.yml")
	for _, m := range regexp.MustCompile(`alert: (\w+)`).FindAllSubmatch(rules, -1) {
		if !bytes.Contains(tests, []byte(`"`+string(m[1])+`"`)) {
			t.Errorf("alert %s is not in alerts_test.yml as one that fires", m[1])
		}
	}
}

func read(t *testing.T, name string) []byte {
	t.Helper()
	b, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// TestDashboard checks what Grafana does not tell until somebody looks: that each
// panel asks the data source that is chosen, has a place of its own, and shows
// something of ours.
func TestDashboard(t *testing.T) {
	t.Parallel()
	type source struct{ Type, UID string }
	var d struct {
		Title, UID    string
		SchemaVersion int
		Templating    struct {
			List []struct{ Name, Type, Query string }
		}
		Panels []struct {
			ID          int
			Type, Title string
			Datasource  source
			GridPos     struct{ X, Y, W, H int }
			Targets     []struct {
				Expr       string
				Datasource source
			}
		}
	}
	if err := json.Unmarshal(read(t, "grafana/liaison.json"), &d); err != nil {
		t.Fatal(err)
	}
	if d.Title == "" || d.UID == "" || d.SchemaVersion == 0 || len(d.Templating.List) != 1 ||
		d.Templating.List[0].Name != "datasource" || d.Templating.List[0].Type != "datasource" || d.Templating.List[0].Query != "prometheus" {
		t.Errorf("the dashboard's head is %q %q %d %+v", d.Title, d.UID, d.SchemaVersion, d.Templating)
	}
	chosen := source{"prometheus", "${datasource}"}
	taken := make(map[[2]int]string)
	var ids []int
	for _, p := range d.Panels {
		if slices.Contains(ids, p.ID) || p.Title == "" {
			t.Errorf("panel %d %q: number taken, or no title", p.ID, p.Title)
		}
		ids = append(ids, p.ID)
		for x := p.GridPos.X; x < p.GridPos.X+p.GridPos.W; x++ {
			for y := p.GridPos.Y; y < p.GridPos.Y+p.GridPos.H; y++ {
				if other := taken[[2]int{x, y}]; other != "" || x >= 24 {
					t.Fatalf("panel %q lies over %q, or outside", p.Title, other)
				}
				taken[[2]int{x, y}] = p.Title
			}
		}
		if p.Type == "row" {
			continue
		}
		if len(p.Targets) == 0 || p.Datasource != chosen {
			t.Errorf("panel %q asks nothing, or %v", p.Title, p.Datasource)
		}
		for _, q := range p.Targets {
			if q.Datasource != chosen || !strings.Contains(q.Expr, "liaison_") && !strings.Contains(q.Expr, "process_") {
				t.Errorf("panel %q asks %v for %s", p.Title, q.Datasource, q.Expr)
			}
		}
	}
}
