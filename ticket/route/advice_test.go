package route

import (
	"strings"
	"testing"

	"liaison/ticket"
)

func topics(id string, confidence float64, learned bool) Advice {
	return Advice{Topics: []Guess{{ID: id, Confidence: confidence, Learned: learned, Words: []string{"词"}}}}
}

func stations(id string, confidence float64, learned bool) Advice {
	return Advice{Stations: []Guess{{ID: id, Confidence: confidence, Learned: learned, Words: []string{"词"}}}}
}

// TestSuggestions: what a guess is not sure enough to decide comes after the rule,
// ranked, for triage to accept.
func TestSuggestions(t *testing.T) {
	t.Parallel()
	d := mustParse(t, rich)
	guess := func(id string, confidence float64) Guess { return Guess{ID: id, Confidence: confidence, Learned: true} }
	tests := []struct {
		name      string
		c         Case
		suggested string // codes and values after the rule
		stations  string
	}{
		{"nothing is known", Case{Text: "那个"}, "", ""},
		{"not sure", Case{Text: "那个", Advice: Advice{Stations: []Guess{guess("money", .6), guess("bank", .3), guess("west", .05)}}},
			"station-suggested=money 60% station-suggested=bank 30%", "money bank"},
		{"what is known to nobody, takes another kind, or has it", Case{Kind: ticket.Finding, Text: "那个",
			Advice: Advice{Stations: []Guess{guess("gone", .3), guess("centre", .25), guess("money", .2), guess("west", .15)}}},
			"station-suggested=west 15%", "west"},
		{"three at most", Case{Text: "那个", Advice: Advice{Stations: []Guess{guess("money", .3), guess("bank", .3), guess("west", .2), guess("east", .15)}}},
			"station-suggested=money 30% station-suggested=bank 30% station-suggested=west 20%", "money bank west"},
		{"words and cases of the first", Case{Text: "那个", Advice: Advice{Stations: []Guess{
			{ID: "money", Confidence: .6, Learned: true, Words: []string{"周转", "利息"}, Cases: []string{"CX-20261101-0001"}}, {ID: "bank", Confidence: .3, Learned: true, Words: []string{"x"}}}}},
			"station-suggested=money 60% guess-words=周转、利息 guess-cases=CX-20261101-0001 station-suggested=bank 30%", "money bank"},
		{"by topic, from descriptions only", Case{Text: "那个", Advice: Advice{Topics: []Guess{{ID: "finance", Confidence: .99}, {ID: "digital", Confidence: .01}}}},
			"station-suggested=bank topic-suggested=finance", "bank"},
		{"descriptions decide nothing, however sure", Case{Text: "那个", Advice: stations("money", 1, false)},
			"station-suggested=money guess-words=词", "money"},
		{"a rule decides, earlier cases went elsewhere", Case{Text: "周巷", Advice: stations("money", .9, true)},
			"station-suggested=money 90% guess-words=词", "money"},
		{"a rule decides, and earlier cases are not sure", Case{Text: "周巷", Advice: stations("money", .7, true)}, "", ""},
	}
	for _, tt := range tests {
		r := d.Route(tt.c)
		var after []string
		seen := false
		for _, reason := range r.Reasons {
			if seen {
				after = append(after, reason.Code+"="+reason.Value)
			}
			seen = seen || reason.Code == r.Rule
		}
		if got := strings.Join(after, " "); got != tt.suggested {
			t.Errorf("%s: got %q, want %q", tt.name, got, tt.suggested)
		}
		var ids []string
		for _, s := range d.Suggested(r.Reasons) {
			ids = append(ids, s.ID)
		}
		if got := strings.Join(ids, " "); got != tt.stations {
			t.Errorf("%s: suggested %q, want %q", tt.name, got, tt.stations)
		}
	}
}
