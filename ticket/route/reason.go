package route

import (
	"strings"

	"liaison/ticket"
)

// Each reason in words, Chinese and English: {value} is what was matched
// or an id, {meaning} the name of what it stands for.
var reasonTexts = map[string][2]string{
	KindGiven:        {"类型：{meaning}", "Kind: {meaning}"},
	KindText:         {"文本中的“{value}” → {meaning}", "“{value}” in the text → {meaning}"},
	TownChosen:       {"本人选择：{meaning}", "Chosen by the requester: {meaning}"},
	TownText:         {"文本提到“{value}” → {meaning}", "The text names “{value}” → {meaning}"},
	TownDiffers:      {"但文本提到“{value}” → {meaning}", "But the text names “{value}” → {meaning}"},
	TownCompany:      {"企业名称含“{value}” → {meaning}（未确认）", "The company's name has “{value}” → {meaning} (not confirmed)"},
	TownSeveral:      {"文本提到多个镇街：{value}", "The text names several towns: {value}"},
	TopicChosen:      {"本人选择事项：{meaning}", "Topic chosen by the requester: {meaning}"},
	TopicText:        {"文本中的“{value}” → {meaning}", "“{value}” in the text → {meaning}"},
	StationGone:      {"原联络站“{value}”已不在配置中", "The former station “{value}” is no longer configured"},
	Unreached:        {"本应由{meaning}办理，但该站目前没有人可以接办", "It would be for {meaning}, which has nobody to take it now"},
	TopicLearned:     {"参照以往工单判断事项：{meaning}", "Topic by likeness to earlier cases: {meaning}"},
	TopicSuggested:   {"可能的事项：{meaning}", "Perhaps about: {meaning}"},
	GuessWords:       {"判断依据的词：{value}", "Words that speak for it: {value}"},
	GuessCases:       {"相似的工单：{value}", "Similar cases: {value}"},
	RuleFinance:      {"融资需求 → {meaning}", "Financing → {meaning}"},
	RuleTownTopic:    {"按镇街和事项 → {meaning}", "By town and topic → {meaning}"},
	RuleTown:         {"按镇街 → {meaning}", "By town → {meaning}"},
	RuleTopic:        {"按事项（全市）→ {meaning}", "By topic, city-wide → {meaning}"},
	RuleLearned:      {"参照以往工单的办理 → {meaning}", "By how earlier cases like it were solved → {meaning}"},
	StationSuggested: {"可能应由：{meaning}", "Perhaps for: {meaning}"},
	RuleTriage:       {"没有合适的规则，由分派台处理 → {meaning}", "No rule fits, triage decides → {meaning}"},
}

// ReasonText puts a reason in words for staff, in Chinese or, for "en" and its
// variants, in English. What the directory no longer knows is shown by its id
// or as matched; an unknown code is shown as it is.
func ReasonText(r ticket.Reason, d *Directory, lang string) string {
	texts, ok := reasonTexts[r.Code]
	if !ok {
		return strings.TrimSpace(r.Code + " " + r.Value)
	}
	text := texts[0]
	if english(lang) {
		text = texts[1]
	}
	return strings.NewReplacer("{value}", r.Value, "{meaning}", meaning(r, d, lang)).Replace(text)
}

// meaning returns what the value of a reason stands for.
func meaning(r ticket.Reason, d *Directory, lang string) string {
	switch r.Code {
	case KindGiven, KindText:
		kind := ticket.Kind(r.Value)
		if r.Code == KindText {
			kind, _ = guessKind(r.Value)
		}
		return kind.Label(lang)
	case TownChosen:
		if t, ok := d.Town(r.Value); ok {
			return t.Label(lang)
		}
	case TownText, TownDiffers, TownCompany:
		if t, ok := d.GuessTown(r.Value); ok {
			return t.Label(lang)
		}
	case TopicChosen, TopicLearned:
		if t, ok := d.Topic(r.Value); ok {
			return t.Label(lang)
		}
	case TopicText:
		if t, ok := d.GuessTopic(r.Value); ok {
			return t.Label(lang)
		}
	case TopicSuggested, StationSuggested:
		id, percent, _ := strings.Cut(r.Value, " ")
		if t, ok := d.Topic(id); ok && r.Code == TopicSuggested {
			id = t.Label(lang)
		}
		if s, ok := d.Station(id); ok && r.Code == StationSuggested {
			id = s.Label(lang)
		}
		return strings.TrimSpace(id + " " + percent)
	default:
		if s, ok := d.Station(r.Value); ok {
			return s.Label(lang)
		}
	}
	return r.Value
}
