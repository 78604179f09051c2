package ticket_test

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"liaison/ticket"
)

// lifeTable writes the life cycle as the table of ARCHITECTURE.md.
func lifeTable() string {
	var b strings.Builder
	b.WriteString("| action | from | to | by | tells |\n|---|---|---|---|---|\n")
	for _, tr := range ticket.Transitions {
		to := string(tr.To)
		if to == "" {
			to = "as it was"
		}
		fmt.Fprintf(&b, "| %s %s | %s | %s | %s | %s |\n", tr.Action, tr.Action.Label("zh"), join(tr.From), to, join(tr.By), join(tr.Tells))
	}
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
	b, err := os.ReadFile("../ARCHITECTURE.md")
	if err != nil {
		t.Fatal(err)
	}
	if want := lifeTable(); !strings.Contains(string(b), want) {
		t.Errorf("ARCHITECTURE.md does not hold this table:\n%s", want)
	}
}
