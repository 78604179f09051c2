package route

import (
	"slices"
	"testing"

	"liaison/ticket"
)

// A station that has nobody is passed over for the next that fits, and the decision
// says which one; triage takes what nobody else can.
func TestRoutePassesOver(t *testing.T) {
	t.Parallel()
	d := mustParse(t, `city: 慈溪市
triage: centre
towns:
  - {id: east, name: 东镇}
topics:
  - {id: finance, name: 金融, words: [贷款]}
stations:
  - {id: centre, name: 中心（示例）, kind: centre}
  - {id: east-money, name: 东镇金融站（示例）, kind: finance, towns: [east], topics: [finance]}
  - {id: eastern, name: 东镇站（示例）, kind: town, towns: [east]}
  - {id: money, name: 金融中心（示例）, kind: finance, topics: [finance]}
`)
	sure := Advice{Stations: []Guess{{ID: "money", Confidence: 0.99, Learned: true}, {ID: "eastern", Confidence: 0.5, Learned: true}}}
	for _, row := range []struct {
		name   string
		c      Case
		empty  []string
		want   string
		rule   string
		passed []string
	}{
		{"all are there", Case{Text: "贷款", Town: "east"}, nil, "east-money", RuleTownTopic, nil},
		{"the next in town", Case{Text: "贷款", Town: "east"}, []string{"east-money"}, "eastern", RuleTown, []string{"east-money"}},
		{"the city's", Case{Text: "贷款", Town: "east"}, []string{"east-money", "eastern"}, "money", RuleTopic, []string{"east-money", "eastern"}},
		{"triage", Case{Text: "贷款", Town: "east"}, []string{"east-money", "eastern", "money"}, "centre", RuleTriage, []string{"east-money", "eastern", "money"}},
		{"triage with nobody either", Case{Text: "贷款", Town: "east"}, []string{"centre", "east-money", "eastern", "money"}, "centre", RuleTriage, []string{"east-money", "eastern", "money"}},
		{"financing", Case{Text: "要钱", Kind: ticket.Financing, Town: "east"}, []string{"east-money"}, "money", RuleFinance, []string{"east-money"}},
		{"learned", Case{Text: "周转", Advice: sure}, nil, "money", RuleLearned, nil},
		{"learned, with nobody", Case{Text: "周转", Advice: sure}, []string{"money"}, "centre", RuleTriage, []string{"money"}},
	} {
		c := row.c
		c.Reached = func(id string) bool { return !slices.Contains(row.empty, id) }
		got := d.Route(c)
		var passed []string
		for _, r := range got.Reasons {
			switch {
			case r.Code == Unreached:
				passed = append(passed, r.Value)
			case r.Code == StationSuggested && slices.Contains(row.empty, d.Suggested([]ticket.Reason{r})[0].ID):
				t.Errorf("%s: %s is suggested", row.name, r.Value)
			}
		}
		if got.Station != row.want || got.Rule != row.rule || !slices.Equal(passed, row.passed) {
			t.Errorf("%s: %s by %s past %v, want %s by %s past %v", row.name, got.Station, got.Rule, passed, row.want, row.rule, row.passed)
		}
	}
}

func TestTownsDenied(t *testing.T) {
	t.Parallel()
	d := mustParse(t, string(Example()))
	for text, want := range map[string][]string{
		"不在周巷":     {"zhouxiang"},
		"不在周巷，在逍林": {"zhouxiang"},
		"不在周巷和逍林":  {"zhouxiang", "xiaolin"},
		"在周巷":      nil,
		"是不是在周巷？":  nil,
		"不在周巷。哦不对，就在周巷镇上": nil,
		"周巷，不对，是逍林":       {"zhouxiang"},
		"路灯坏了":            nil,
		"":                nil,
	} {
		if got := d.TownsDenied(text); !slices.Equal(got, want) {
			t.Errorf("%q denies %v, want %v", text, got, want)
		}
	}
}
