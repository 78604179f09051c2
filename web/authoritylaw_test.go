package web_test

import (
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// TestRoutesKeepTheLaw holds every cell of authority.txt, which TestAuthorityOverRoutes
// finds the server to do, against rules that stand apart from what the server decides:
// with -update a wrong cell can be written, and fails here. A new route is nobody's but
// the station's in the lead and the supervisors', unless it is added to a list here.
func TestRoutesKeepTheLaw(t *testing.T) {
	t.Parallel()
	// For all staff, whatever their station: knowledge and figures of the whole city, and
	// one's own session.
	shared := []string{
		"GET /api/staff/financing", "GET /api/staff/financing.csv", "GET /api/staff/gaps", "GET /api/staff/asked",
		"POST /api/staff/gaps/{id}/close", "POST /api/staff/gaps/{id}/answer", "POST /api/staff/gaps/{id}/merge", "POST /api/staff/gaps/{id}/split",
		"GET /api/staff/library", "POST /api/staff/library", "GET /api/staff/library/{id}", "GET /api/staff/imports", "GET /api/staff/imports/{id}",
		"GET /api/staff/overrides", "POST /api/staff/overrides/check", "GET /api/staff/units", "GET /api/staff/quick", "GET /api/staff/roster",
		"POST /api/staff/login", "GET /api/staff/me", "GET /api/staff/events",
		"GET /api/staff/visits/form", "GET /api/staff/visits/template",
	}
	helped := []string{"GET /files/{hash}", "GET /api/staff/tickets/{id}"} // what the helping station reads
	public := []string{"GET /{$}", "GET /static/{name}", "GET /staff", "GET /staff/{$}", "POST /api/staff/logout", "/"}
	table := routeTable(t)
	for _, route := range routes(t) {
		row, ok := table[route]
		if !ok {
			t.Errorf("%s has no row", route)
			continue
		}
		delete(table, route)
		may := func(who string) bool { return row[who] < 400 }
		for _, who := range askers {
			if row[who] == 0 {
				t.Errorf("%s has no cell for %s", route, who)
			}
		}
		switch {
		case slices.Contains(public, route):
			continue
		case strings.Contains(route, "/api/chat/"), route == "GET /api/suggest":
			if may("nobody") || !may("visitor") {
				t.Errorf("%s: nobody gets %d, a visitor %d", route, row["nobody"], row["visitor"])
			}
			continue
		}
		for _, who := range []string{"nobody", "visitor", "observer", "former agent"} {
			if may(who) {
				t.Errorf("%s is for staff, and %s gets %d", route, who, row[who])
			}
		}
		if !may("supervisor") {
			t.Errorf("%s: a supervisor gets %d", route, row["supervisor"])
		}
		for _, who := range []string{"elsewhere", "triage", "bank", "helper"} {
			want := slices.Contains(shared, route) || who == "helper" && slices.Contains(helped, route)
			if may(who) != want {
				t.Errorf("%s: %s gets %d", route, who, row[who])
			}
		}
		if slices.Contains(shared, route) && !may("lead") {
			t.Errorf("%s is for all staff, and the lead gets %d", route, row["lead"])
		}
	}
	for route := range table {
		t.Errorf("%s has a row and is no route", route)
	}
}

// TestRoutesAgreeWithSteps: who sees the case and who may resolve it is one thing in the
// console and in the life of a case.
func TestRoutesAgreeWithSteps(t *testing.T) {
	t.Parallel()
	b, err := os.ReadFile("../handlers/testdata/authority/steps.txt")
	if err != nil {
		t.Fatal(err)
	}
	var head, resolve []string
	for line := range strings.Lines(string(b)) {
		cells := strings.Split(line, "|")
		for i := range cells {
			cells[i] = strings.TrimSpace(cells[i])
		}
		switch cells[0] {
		case "step":
			head = cells
		case "resolve":
			resolve = cells
		}
	}
	table := routeTable(t)
	for _, who := range []string{"lead", "helper", "elsewhere", "triage", "bank", "supervisor"} {
		i := slices.Index(head, who)
		if i < 0 || i >= len(resolve) {
			t.Fatalf("steps.txt has no %s", who)
		}
		if sees := table["GET /api/staff/tickets/{id}"][who] == 200; sees != (resolve[i] != "hidden") {
			t.Errorf("%s sees the case in the console: %v; resolve is %q", who, sees, resolve[i])
		}
		if file := table["GET /files/{hash}"][who] == 200; file != (resolve[i] != "hidden") {
			t.Errorf("%s gets the file of the case: %v; resolve is %q", who, file, resolve[i])
		}
		if resolves := table["POST /api/staff/tickets/{id}/act"][who] == 200; resolves != (resolve[i] == "yes") {
			t.Errorf("%s resolves in the console: %v; resolve is %q", who, resolves, resolve[i])
		}
	}
}

// routeTable reads authority.txt.
func routeTable(t *testing.T) map[string]map[string]int {
	t.Helper()
	b, err := os.ReadFile("testdata/authority.txt")
	if err != nil {
		t.Fatal(err)
	}
	_, list, _ := strings.Cut(string(b), "\n\n")
	table := make(map[string]map[string]int)
	for entry := range strings.SplitSeq(strings.TrimSpace(list), "\n\n") {
		route, rest, _ := strings.Cut(entry, "\n")
		table[route] = make(map[string]int)
		for line := range strings.SplitSeq(rest, "\n") {
			cell, people, _ := strings.Cut(strings.TrimSpace(line), "  ")
			status, err := strconv.Atoi(strings.TrimSuffix(cell, ", with nothing imported,"))
			if err != nil {
				t.Fatalf("%s: %v", route, err)
			}
			if status < 400 && strings.Contains(cell, "nothing") {
				status = 403 // taken, and done nothing with
			}
			for who := range strings.SplitSeq(people, ", ") {
				table[route][who] = status
			}
		}
	}
	return table
}
