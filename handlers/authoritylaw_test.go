package handlers_test

import (
	"os"
	"slices"
	"strings"
	"testing"

	"liaison/handlers"
	"liaison/ticket"
)

// What everybody of the matrix is to the case; who is not here is nothing to it.
var relations = map[string]ticket.Role{
	"requester": ticket.RoleRequester, "observer": ticket.RoleObserver, "lead": ticket.RoleAgent, "bank in the lead": ticket.RoleAgent,
	"helper": ticket.RoleHelper, "supervisor": ticket.RoleSupervisor,
}

// TestStepsKeepTheLaw holds every cell of steps.txt, which TestAuthorityOverCases finds
// the program to do, against rules that stand apart from what the program decides:
// with -update a wrong cell can be written, and fails here.
func TestStepsKeepTheLaw(t *testing.T) {
	t.Parallel()
	rows := stepTable(t)
	for _, tr := range ticket.Transitions {
		row, ok := rows[tr.Action]
		if !ok {
			t.Errorf("%s has no row", tr.Action)
		}
		owner := row["requester"] == "yes" || row["observer"] == "yes"
		for _, who := range kinsfolk {
			role, got := relations[who], row[who]
			mayBy := role != "" && slices.Contains(tr.By, role)
			switch {
			case who == "ended observer" && got != "no":
				t.Errorf("%s by an observer whose appointment has ended: %q", tr.Action, got)
			case who != "ended observer" && role == "" && got != "hidden":
				t.Errorf("%s by %s, who has nothing to do with the case: %q", tr.Action, who, got)
			case got == "yes" && !mayBy:
				t.Errorf("%s by %s, whom the table of transitions does not name", tr.Action, who)
			case mayBy && got != "yes" && got != "never":
				t.Errorf("%s by %s, whom the table of transitions names: %q", tr.Action, who, got)
			case got == "yes" && owner && role != ticket.RoleRequester && role != ticket.RoleObserver:
				t.Errorf("%s by %s is a step of the owner's own", tr.Action, who)
			}
		}
		delete(rows, tr.Action)
	}
	for action := range rows {
		t.Errorf("%s has a row and is no step", action)
	}
}

// stepTable reads steps.txt.
func stepTable(t *testing.T) map[ticket.Action]map[string]string {
	t.Helper()
	b, err := os.ReadFile("testdata/authority/steps.txt")
	if err != nil {
		t.Fatal(err)
	}
	var head []string
	rows := make(map[ticket.Action]map[string]string)
	for line := range strings.Lines(string(b)) {
		if strings.HasPrefix(line, "#") {
			continue
		}
		cells := strings.Split(line, "|")
		for i := range cells {
			cells[i] = strings.TrimSpace(cells[i])
		}
		if head == nil {
			if head = cells; !slices.Equal(head[1:], kinsfolk) {
				t.Fatalf("the columns are %q", head)
			}
			continue
		}
		row := make(map[string]string)
		for i, cell := range cells[1:] {
			row[head[i+1]] = cell
		}
		rows[ticket.Action(cells[0])] = row
	}
	return rows
}

// TestChatKeepsTheLaw: of a case nobody hears what somebody hears who has to do with
// it, unless everybody does; and every command stands in chat.txt.
func TestChatKeepsTheLaw(t *testing.T) {
	t.Parallel()
	concerned := map[string][]string{
		"the town's case":        {"requester", "lead", "helper", "supervisor"},
		"the bank's case":        {"requester", "bank", "supervisor"},
		"the observer's finding": {"observer", "lead", "supervisor"},
	}
	b, err := os.ReadFile("testdata/authority/chat.txt")
	if err != nil {
		t.Fatal(err)
	}
	_, list, _ := strings.Cut(string(b), "\n\n")
	entries := strings.Split(strings.TrimSpace(list), "\n\n")
	names := make(map[string]bool)
	cases := 0
	for _, entry := range entries {
		lines := strings.Split(entry, "\n")
		names[lines[0]] = true
		heard := make(map[string]string)
		for i := 1; i+1 < len(lines); i += 2 {
			for who := range strings.SplitSeq(strings.TrimSpace(lines[i]), ", ") {
				heard[who] = strings.TrimSpace(lines[i+1])
			}
		}
		for _, who := range kinsfolk {
			if who != "bank in the lead" && heard[who] == "" {
				t.Errorf("%s: %s is not in it", lines[0], who)
			}
		}
		about, _, _ := strings.Cut(lines[0], ": ")
		inside, ok := concerned[about]
		if !ok {
			continue
		}
		cases++
		for who, answer := range heard {
			if slices.Contains(inside, who) || answer == heard["nobody"] {
				continue
			}
			for _, insider := range inside {
				if answer == heard[insider] {
					t.Errorf("%s: %s hears what %s does: %s", lines[0], who, insider, answer)
				}
			}
		}
	}
	for _, k := range handlers.Commands {
		if !names["/"+k.Name] {
			t.Errorf("/%s has no entry", k.Name)
		}
	}
	if cases < 40 {
		t.Errorf("only %d entries are about a case", cases)
	}
}
