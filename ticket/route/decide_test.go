package route

import (
	"strings"
	"testing"

	"liaison/ticket"
)

// rich has a station for every rule.
const rich = `city: 慈溪市
triage: centre
towns:
  - {id: zhouxiang, name: 周巷镇, name_en: Zhouxiang Town, aliases: [周巷]}
  - {id: xiaolin, name: 逍林镇, aliases: [逍林]}
  - {id: changhe, name: 长河镇, aliases: [长河]}
topics:
  - {id: finance, name: 金融, name_en: Finance, words: [贷款, 融资, 银行]}
  - {id: land, name: 用地, words: [土地, 厂房]}
  - {id: digital, name: 数字化, words: [数字化]}
  - {id: labour, name: 用工, words: [招工]}
stations:
  - {id: bank, name: 合作银行（示例）, kind: partner, topics: [finance], kinds: [inquiry]}
  - {id: centre, name: 中心（示例）, name_en: Centre (example), kind: centre, topics: [digital]}
  - {id: money, name: 金融中心（示例）, kind: finance, topics: [finance], kinds: [financing, inquiry]}
  - {id: money-west, name: 周巷金融站（示例）, kind: finance, towns: [zhouxiang], topics: [finance], kinds: [financing]}
  - {id: west-land, name: 周巷用地站（示例）, kind: partner, towns: [zhouxiang], topics: [land], kinds: [inquiry, request]}
  - {id: west, name: 西站（示例）, kind: town, towns: [zhouxiang, changhe]}
  - {id: east, name: 东站（示例）, kind: town, towns: [xiaolin], kinds: [inquiry]}
`

func TestRoute(t *testing.T) {
	t.Parallel()
	d := mustParse(t, rich)
	tests := []struct {
		name    string
		c       Case
		station string
		rule    string
		reasons string // codes and values before the rule
		unsure  bool
	}{
		{"financing in a town with a finance station", Case{Text: "周巷的厂想贷款"},
			"money-west", RuleFinance, "kind-text=想贷款 town-text=周巷 topic-text=贷款", false},
		{"financing in a town without", Case{Text: "逍林的厂想贷款"},
			"money", RuleFinance, "kind-text=想贷款 town-text=逍林 topic-text=贷款", false},
		{"financing with kind given, no town", Case{Kind: ticket.Financing, Text: "五十万"},
			"money", RuleFinance, "kind-given=financing", false},
		{"complaint about a bank is no financing", Case{Text: "投诉周巷的银行"},
			"west", RuleTown, "kind-text=投诉 town-text=周巷 topic-text=银行", false},
		{"inquiry about loans goes by topic", Case{Text: "请问贷款利率"},
			"bank", RuleTopic, "kind-text=请问 topic-text=贷款", false},
		{"town and topic", Case{Text: "周巷的厂房"},
			"west-land", RuleTownTopic, "town-text=周巷 topic-text=厂房", false},
		{"town and topic, kind not taken", Case{Kind: ticket.Complaint, Text: "周巷的厂房"},
			"west", RuleTown, "kind-given=complaint town-text=周巷 topic-text=厂房", false},
		{"town only", Case{Text: "长河这边"},
			"west", RuleTown, "town-text=长河", false},
		{"town chosen, full-width topic word", Case{Text: "土地", Town: "changhe"},
			"west", RuleTown, "town-chosen=changhe topic-text=土地", false},
		{"town station does not take the kind, topic city-wide", Case{Kind: ticket.Complaint, Text: "逍林数字化"},
			"centre", RuleTopic, "kind-given=complaint town-text=逍林 topic-text=数字化", false},
		{"topic only", Case{Text: "数字化改造"},
			"centre", RuleTopic, "topic-text=数字化", false},
		{"topic chosen", Case{Text: "这个", Topic: "digital"},
			"centre", RuleTopic, "topic-chosen=digital", false},
		{"topic of a town only, town unknown", Case{Text: "土地"},
			"centre", RuleTriage, "topic-text=土地", true},
		{"chosen town against the text", Case{Text: "逍林的路", Town: "zhouxiang"},
			"west", RuleTown, "town-chosen=zhouxiang town-differs=逍林", false},
		{"several towns, topic", Case{Text: "周巷和逍林的数字化"},
			"centre", RuleTopic, "town-several=周巷、逍林 topic-text=数字化", true},
		{"several towns", Case{Text: "周巷和逍林"},
			"centre", RuleTriage, "town-several=周巷、逍林", true},
		{"town in the company's name", Case{Text: "你好", Company: "慈溪市长河某某电器厂（示例）"},
			"west", RuleTown, "town-company=长河", true},
		{"the text outweighs the company's name", Case{Text: "逍林", Company: "慈溪市长河某某电器厂（示例）"},
			"east", RuleTown, "town-text=逍林", false},
		{"a sure topic", Case{Text: "那个事情", Advice: topics("digital", .9, true)},
			"centre", RuleTopic, "topic-learned=digital guess-words=词", false},
		{"words outweigh what was learned", Case{Text: "数字化", Advice: topics("finance", .9, true)},
			"centre", RuleTopic, "topic-text=数字化", false},
		{"topics level, a sure topic decides", Case{Text: "土地银行", Advice: topics("finance", .9, true)},
			"bank", RuleTopic, "topic-learned=finance guess-words=词", false},
		{"a sure station", Case{Text: "那个事情", Advice: stations("money", .9, true)},
			"money", RuleLearned, "guess-words=词", false},
		{"rules outweigh a sure station", Case{Text: "数字化", Advice: stations("centre", .9, true)},
			"centre", RuleTopic, "topic-text=数字化", false},
		{"unknown ids count as empty", Case{Kind: "bogus", Town: "bogus", Topic: "bogus", Advice: Advice{topics("bogus", 1, true).Topics, stations("bogus", 1, true).Stations}},
			"centre", RuleTriage, "", true},
		{"a sure station that does not take the kind", Case{Kind: ticket.Complaint, Text: "那个", Advice: stations("money", .9, true)},
			"centre", RuleTriage, "kind-given=complaint", true},
		{"finding goes to the general station", Case{Kind: ticket.Finding, Text: "周巷厂房"},
			"west", RuleTown, "kind-given=finding town-text=周巷 topic-text=厂房", false},
		{"emoji and right-to-left", Case{Text: "🏭 مرحبا 周巷"},
			"west", RuleTown, "town-text=周巷", false},
		{"nothing", Case{}, "centre", RuleTriage, "", true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			r := d.Route(tt.c)
			var reasons []string
			for _, reason := range r.Reasons {
				reasons = append(reasons, reason.Code+"="+reason.Value)
			}
			want := strings.TrimSpace(tt.reasons + " " + tt.rule + "=" + tt.station)
			if got := strings.Join(reasons, " "); got != want || r.Station != tt.station || r.Rule != tt.rule {
				t.Errorf("got  %s by %s: %s\nwant %s", r.Station, r.Rule, got, want)
			}
			if unsure := r.Confidence < Unsure; unsure != tt.unsure || r.Confidence <= 0 || r.Confidence > 1 {
				t.Errorf("confidence %v, want unsure %v", r.Confidence, tt.unsure)
			}
		})
	}
}

func TestRouteSaysWhetherTheTownIsSure(t *testing.T) {
	t.Parallel()
	d := mustParse(t, rich)
	tests := []struct {
		c    Case
		town string
		sure bool
	}{
		{Case{Town: "zhouxiang"}, "zhouxiang", true},
		{Case{Text: "周巷"}, "zhouxiang", true},
		{Case{Text: "周巷、逍林"}, "", false},
		{Case{Company: "周巷某厂（示例）"}, "zhouxiang", false},
		{Case{Company: "周巷逍林某厂（示例）"}, "", false},
		{Case{Text: "不在周巷", Town: ""}, "", false},
	}
	for _, tt := range tests {
		if r := d.Route(tt.c); r.Town != tt.town || r.TownSure != tt.sure {
			t.Errorf("%+v: got %q, %v", tt.c, r.Town, r.TownSure)
		}
	}
}

func TestReasonText(t *testing.T) {
	t.Parallel()
	d := mustParse(t, rich)
	tests := []struct {
		code, value, zh, en string
	}{
		{TownText, "周巷", "文本提到“周巷” → 周巷镇", "The text names “周巷” → Zhouxiang Town"},
		{TownText, "桥头", "文本提到“桥头” → 桥头", "The text names “桥头” → 桥头"},
		{TownChosen, "zhouxiang", "本人选择：周巷镇", "Chosen by the requester: Zhouxiang Town"},
		{TownChosen, "gone", "本人选择：gone", "Chosen by the requester: gone"},
		{TownDiffers, "逍林", "但文本提到“逍林” → 逍林镇", "But the text names “逍林” → 逍林镇"},
		{TownCompany, "长河", "企业名称含“长河” → 长河镇（未确认）", "The company's name has “长河” → 长河镇 (not confirmed)"},
		{TownSeveral, "周巷、逍林", "文本提到多个镇街：周巷、逍林", "The text names several towns: 周巷、逍林"},
		{TopicText, "贷款、银行", "文本中的“贷款、银行” → 金融", "“贷款、银行” in the text → Finance"},
		{TopicChosen, "finance", "本人选择事项：金融", "Topic chosen by the requester: Finance"},
		{TopicLearned, "finance", "参照以往工单判断事项：金融", "Topic by likeness to earlier cases: Finance"},
		{KindGiven, "complaint", "类型：投诉", "Kind: Complaint"},
		{KindGiven, "bogus", "类型：bogus", "Kind: bogus"},
		{KindText, "想贷款", "文本中的“想贷款” → 融资需求", "“想贷款” in the text → Financing request"},
		{RuleFinance, "centre", "融资需求 → 中心（示例）", "Financing → Centre (example)"},
		{RuleTriage, "centre", "没有合适的规则，由分派台处理 → 中心（示例）", "No rule fits, triage decides → Centre (example)"},
		{RuleTown, "{value}", "按镇街 → {value}", "By town → {value}"},
		{RuleLearned, "centre", "参照以往工单的办理 → 中心（示例）", "By how earlier cases like it were solved → Centre (example)"},
		{StationSuggested, "centre 62%", "可能应由：中心（示例） 62%", "Perhaps for: Centre (example) 62%"},
		{StationSuggested, "gone 62%", "可能应由：gone 62%", "Perhaps for: gone 62%"},
		{TopicSuggested, "finance 40%", "可能的事项：金融 40%", "Perhaps about: Finance 40%"},
		{GuessWords, "周转、利息", "判断依据的词：周转、利息", "Words that speak for it: 周转、利息"},
		{GuessCases, "CX-20261101-0001", "相似的工单：CX-20261101-0001", "Similar cases: CX-20261101-0001"},
		{"later-code", "x", "later-code x", "later-code x"},
	}
	for _, tt := range tests {
		r := ticket.Reason{Code: tt.code, Value: tt.value}
		if got := ReasonText(r, d, "zh-CN"); got != tt.zh {
			t.Errorf("%s: got %q, want %q", tt.code, got, tt.zh)
		}
		if got := ReasonText(r, d, "en"); got != tt.en {
			t.Errorf("%s: got %q, want %q", tt.code, got, tt.en)
		}
	}
}

func TestEveryKindWordExplainsItself(t *testing.T) {
	t.Parallel()
	for _, entry := range kindWords {
		for _, word := range entry.words {
			if kind, _ := guessKind(word); kind != entry.kind {
				t.Errorf("%q means %s, found as %s", word, entry.kind, kind)
			}
		}
	}
}
