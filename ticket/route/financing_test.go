package route

import (
	"strings"
	"testing"

	"liaison/ticket"
)

// A financing request goes to the town's finance point, else to the city's finance
// centre; a city without either places it by town and topic as any other case.
func TestFinancingRequest(t *testing.T) {
	t.Parallel()
	const (
		point  = "  - {id: point, name: 周巷金融站（示例）, kind: finance, towns: [zhouxiang], topics: [finance]}\n"
		centre = "  - {id: money, name: 金融中心（示例）, kind: finance, topics: [finance]}\n"
		near   = "  - {id: near-bank, name: 周巷银行（示例）, kind: partner, towns: [zhouxiang], topics: [finance]}\n"
		west   = "  - {id: west, name: 西站（示例）, kind: town, towns: [zhouxiang]}\n"
		bank   = "  - {id: bank, name: 合作银行（示例）, kind: partner, topics: [finance]}\n"
		only   = ", kinds: [inquiry]}\n"
	)
	for name, row := range map[string]struct {
		stations      string
		town          string
		station, rule string
	}{
		"the town's point":                {bank + near + west + centre + point, "zhouxiang", "point", RuleFinance},
		"a town without a point":          {bank + near + west + point + centre, "xiaolin", "money", RuleFinance},
		"no town":                         {bank + near + west + point + centre, "", "money", RuleFinance},
		"a point that takes no financing": {strings.Replace(point, "}\n", only, 1) + centre + west, "zhouxiang", "money", RuleFinance},
		"no finance station: town, topic": {bank + west + near, "zhouxiang", "near-bank", RuleTownTopic},
		"no finance station: town":        {bank + west, "zhouxiang", "west", RuleTown},
		"no finance station: topic":       {west + bank, "xiaolin", "bank", RuleTopic},
		"a bank that takes no financing":  {strings.Replace(bank, "}\n", only, 1), "xiaolin", "triage", RuleTriage},
		"the point of another town":       {point, "xiaolin", "triage", RuleTriage},
	} {
		d := mustParse(t, `city: 慈溪市
triage: triage
towns: [{id: zhouxiang, name: 周巷镇}, {id: xiaolin, name: 逍林镇}]
topics: [{id: finance, name: 金融, words: [贷款]}]
stations:
  - {id: triage, name: 分派台（示例）, kind: centre}
`+row.stations)
		r := d.Route(Case{Kind: ticket.Financing, Text: "购置设备", Town: row.town, Topic: TopicFinance})
		if r.Station != row.station || r.Rule != row.rule {
			t.Errorf("%s: to %s by %s, want %s by %s", name, r.Station, r.Rule, row.station, row.rule)
		}
	}
}
