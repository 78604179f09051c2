package ticket_test

import (
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"

	"liaison/ticket"
)

var update = flag.Bool("update", false, "write the life cycle into ARCHITECTURE.md")

// The life cycle stands between these lines of ARCHITECTURE.md.
const (
	lifeBegins = "<!-- The life cycle: written by go test ./ticket -update -->\n"
	lifeEnds   = "<!-- end of the life cycle -->\n"
)

// lifeCycle writes the transitions as a picture and a table.
func lifeCycle() string {
	var b strings.Builder
	b.WriteString("\n```mermaid\nstateDiagram-v2\n")
	for _, tr := range ticket.Transitions {
		if tr.To == "" {
			continue
		}
		from := tr.From
		if len(from) == 0 {
			from = []ticket.State{"[*]"}
		}
		for _, f := range from {
			if f != tr.To {
				fmt.Fprintf(&b, "    %s --> %s: %s\n", f, tr.To, tr.Action)
			}
		}
	}
	b.WriteString("```\n\n| action | from | to | by | needs | tells |\n|---|---|---|---|---|---|\n")
	for _, tr := range ticket.Transitions {
		to := string(tr.To)
		if to == "" {
			to = "as it was"
		}
		fmt.Fprintf(&b, "| %s %s | %s | %s | %s | %s | %s |\n", tr.Action, tr.Action.Label("zh"),
			join(tr.From), to, join(tr.By), join(tr.Needs), join(tr.Tells))
	}
	b.WriteString("\n")
	return b.String()
}

func join[T ~string](all []T) string {
	if len(all) == 0 {
		return "–"
	}
	parts := make([]string, len(all))
	for i, s := range all {
		parts[i] = string(s)
	}
	return strings.Join(parts, ", ")
}

// The life cycle as documented is the one that is enforced.
func TestArchitectureTellsTheLifeCycle(t *testing.T) {
	t.Parallel()
	const file = "../ARCHITECTURE.md"
	b, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	before, rest, ok := strings.Cut(string(b), lifeBegins)
	written, after, closed := strings.Cut(rest, lifeEnds)
	if !ok || !closed {
		t.Fatal("ARCHITECTURE.md does not mark where the life cycle stands")
	}
	switch {
	case written == lifeCycle():
	case *update:
		if err := os.WriteFile(file, []byte(before+lifeBegins+lifeCycle()+lifeEnds+after), 0o600); err != nil {
			t.Fatal(err)
		}
	default:
		t.Errorf("ARCHITECTURE.md tells another life cycle: go test ./ticket -update writes this one:\n%s", lifeCycle())
	}
}
