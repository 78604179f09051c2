package handlers

import (
	"slices"
	"testing"
	"time"

	"liaison/ticket"
	"liaison/ticket/route"
)

func TestPlaceholders(t *testing.T) {
	t.Parallel()
	directory, err := route.Parse("stations.yaml", route.Example())
	if err != nil {
		t.Fatal(err)
	}
	now := time.Date(2026, 11, 23, 10, 0, 0, 0, ticket.CST)
	d := &Desk{Config: Config{Directory: func() *route.Directory { return directory }, Now: func() time.Time { return now }}}
	c := ticket.Ticket{
		ID: "CX-20261123-0001", Kind: ticket.Complaint, State: ticket.Accepted, Company: "示例电器厂", Town: "zhouxiang",
		Station: "town-zhouxiang", AnswerBy: now.AddDate(0, 0, 7),
	}
	waiting, bare := c, ticket.Ticket{ID: "CX-20261123-0002", Kind: ticket.Inquiry, State: ticket.Accepted, Station: "town-zhouxiang", AnswerBy: now}
	waiting.State, waiting.WaitingSince = ticket.Waiting, now
	for _, row := range []struct {
		c          ticket.Ticket
		text, want string
		missing    []string
	}{
		{c, "{企业}：{编号}，{类型}，{镇街}，{联络站}，{经办人}，{今天}", "示例电器厂：CX-20261123-0001，投诉，周巷镇，周巷联络站（示例），甲，2026年11月23日", nil},
		{c, "｛ 期限 ｝前答复", "2026年11月30日 10:00前答复", nil},
		{c, "{Case} by {deadline}, {kind} in {town}", "CX-20261123-0001 by 30 Nov 2026, 10:00, Complaint in Zhouxiang Town", nil},
		{c, "{case}，{deadline}前", "CX-20261123-0001，2026年11月30日 10:00前", nil}, // the language is that of the text
		{waiting, "{期限}前答复", "{期限}前答复", []string{"{期限}"}},                     // the clock stands still
		{bare, "{企业}和{企业}、{镇街}{事项}", "{企业}和{企业}、{镇街}{事项}", []string{"{企业}", "{镇街}", "{事项}"}},
		{c, "没有占位符 {别的} }", "没有占位符 {别的} }", nil},
		{c, "请打〔电话〕，见〔2022〕24号", "请打〔电话〕，见〔2022〕24号", []string{"〔电话〕"}},
		{c, "", "", nil},
	} {
		got := filling{Desk: d, c: row.c, v: ticket.Viewer{Stations: []string{"town-zhouxiang"}}, who: "甲"}.fill(row.text)
		if missing := unfilled(got); got != row.want || !slices.Equal(missing, row.missing) {
			t.Errorf("%q: %q without %q", row.text, got, missing)
		}
	}
	// What somebody calls himself does not become a placeholder that is filled in.
	c.Company = "{编号}厂"
	if got := (filling{Desk: d, c: c}).fill("{企业}"); got != "{编号}厂" || len(unfilled(got)) == 0 {
		t.Errorf("a company's name is taken for a placeholder: %q", got)
	}
	for text, want := range map[string][]string{
		"{case} {编号} ｛企业｝": nil, "{手机}": {"{手机}"}, "{": {"{"}, "a}": {"}"}, "{}": {"{}"}, "{{case}}": {"{", "}"}, "{case": {"{case"},
	} {
		if got := unknownMarks(fullBraces.Replace(text)); !slices.Equal(got, want) {
			t.Errorf("unknown in %q: %q, want %q", text, got, want)
		}
	}
	seen := make(map[string]bool)
	for _, p := range Placeholders {
		if seen[p.Name] || seen[p.ZH] || p.Name == "" || p.ZH == "" {
			t.Errorf("placeholder %q is there twice, or has no name", p.Name)
		}
		seen[p.Name], seen[p.ZH] = true, true
	}
}

// What bears on a reply is news; what a timer did, and what one did oneself, is not.
func TestNewsSince(t *testing.T) {
	t.Parallel()
	events := []ticket.Event{
		{Seq: 1, Action: ticket.Submit, Actor: "owner"}, {Seq: 2, Action: ticket.Assign}, {Seq: 3, Action: ticket.Accept, Actor: "me"},
		{Seq: 4, Action: ticket.Remind}, {Seq: 5, Action: ticket.Note, Actor: "owner"}, {Seq: 6, Action: ticket.Reply, Actor: "me"},
		{Seq: 7, Action: ticket.Comment, Actor: "other"}, {Seq: 8, Action: ticket.Escalate}, {Seq: 9, Action: ticket.Transfer, Actor: "other"},
	}
	for seen, want := range map[int64][]int{0: {1, 2, 5, 7, 9}, 3: {5, 7, 9}, 5: {7, 9}, 7: {9}, 9: nil, 12: nil} {
		var got []int
		for _, e := range newsSince(events, seen, "me") {
			got = append(got, e.Seq)
		}
		if !slices.Equal(got, want) {
			t.Errorf("since %d: %v, want %v", seen, got, want)
		}
	}
}
