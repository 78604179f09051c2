package web_test

import (
	"testing"

	"liaison/handlers"
	"liaison/knowledge"
	"liaison/ticket"
)

type overrideList struct {
	Overrides []struct {
		ID                             int64
		Kind, Title, Why, By, Question string
		UndoneBy                       string `json:"undone_by"`
	}
}

// A decision is tried, made by a supervisor, seen by all, and taken back.
func TestOverrides(t *testing.T) {
	t.Parallel()
	g := setup(t)
	agent := g.staff("甲（示例）", ticket.RoleAgent, g.stations()[0])
	boss := g.staff("乙（示例）", ticket.RoleSupervisor, "")
	const unit = "cixi-2024-reply-184#enterprise-talks"
	pin := map[string]any{"kind": "pin", "question": "老板们坐下来聊聊的那个活动叫啥", "unit": unit, "why": "示例"}
	block := map[string]any{"kind": "block", "unit": unit}

	type tried struct {
		Asked   int
		Changes []knowledge.Difference
	}
	r := decode[tried](t, agent.do("POST", "/api/staff/overrides/check", block))
	if r.Asked < 50 || len(r.Changes) == 0 || !r.Changes[0].Worse {
		t.Errorf("blocking makes nothing worse: %+v", r)
	}
	r = decode[tried](t, agent.do("POST", "/api/staff/overrides/check", pin))
	if n := len(r.Changes); n == 0 || !r.Changes[n-1].Better || r.Changes[n-1].After.Units[0] != unit {
		t.Errorf("pinning makes nothing better: %+v", r.Changes)
	}
	for name, in := range map[string]map[string]any{
		"unit":     {"kind": "pin", "question": "问题是什么", "unit": "none#none", "why": "x"},
		"question": {"kind": "pin", "question": " ", "unit": unit, "why": "x"},
		"words":    {"kind": "synonym", "words": []string{"一"}, "why": "x"},
		"kind":     {"kind": "dance", "why": "x"},
		"why":      {"kind": "block", "unit": unit, "why": " "},
	} {
		if r := boss.do("POST", "/api/staff/overrides", in); r.status != 422 || decode[struct{ Field string }](t, r).Field != name {
			t.Errorf("%s: %d %s", name, r.status, r.body)
		}
	}
	if r := agent.do("POST", "/api/staff/overrides", pin); r.status != 403 {
		t.Errorf("by an agent: %d %s", r.status, r.body)
	}
	made := decode[struct{ ID int64 }](t, boss.do("POST", "/api/staff/overrides", pin))
	list := decode[overrideList](t, agent.do("GET", "/api/staff/overrides", nil))
	if len(list.Overrides) != 1 || list.Overrides[0].ID != made.ID || list.Overrides[0].By != "乙（示例）" || list.Overrides[0].Title == "" {
		t.Fatalf("list: %+v", list)
	}
	apply := func() {
		t.Helper()
		var decided knowledge.Overrides
		err := g.store.View(t.Context(), func(tx handlers.Tx) error {
			all, err := tx.Overrides(t.Context(), false)
			decided = handlers.Decided(all)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		g.asks.SetLibrary(g.asks.Library().With(decided))
	}
	const spoken = "老板们坐下来聊聊的那个活动叫什么"
	g.visitor().ask(spoken, "就不猜了")
	apply()
	g.visitor().ask(spoken, "恳谈会")
	undo := "/api/staff/overrides/" + itoa(made.ID) + "/undo"
	for path, want := range map[string]int{"/api/staff/overrides/x/undo": 404, "/api/staff/overrides/99/undo": 404} {
		if r := boss.do("POST", path, nil); r.status != want {
			t.Errorf("%s: %d %s", path, r.status, r.body)
		}
	}
	if r := agent.do("POST", undo, nil); r.status != 403 {
		t.Errorf("undone by an agent: %d", r.status)
	}
	if r := boss.do("POST", undo, nil); r.status != 204 {
		t.Errorf("undo: %d %s", r.status, r.body)
	}
	if r := boss.do("POST", undo, nil); r.status != 409 {
		t.Errorf("undone twice: %d", r.status)
	}
	apply()
	g.visitor().ask(spoken, "就不猜了")
	if list = decode[overrideList](t, boss.do("GET", "/api/staff/overrides", nil)); list.Overrides[0].UndoneBy != "乙（示例）" {
		t.Errorf("list: %+v", list)
	}
	found := decode[struct{ Units []handlers.Near }](t, agent.do("GET", "/api/staff/units?q=恳谈会", nil))
	if len(found.Units) == 0 || found.Units[0].Unit != unit {
		t.Errorf("found: %+v", found)
	}
}
