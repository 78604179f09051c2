package handlers

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"liaison/ticket"
)

// typedCommands are what people write, and nothing else with it, where there is a
// command or a button for it. Asked of the library these get a clause that has the
// word in it.
var typedCommands = map[string][]string{
	"complain": {"投诉", "我要投诉", "我想投诉", "要投诉", "提诉求", "我要提诉求", "提交诉求", "反映问题", "我要反映问题", "complain", "file a case"},
	"tickets":  {"我的诉求", "我的工单", "我的投诉", "进度", "查进度", "查询进度", "查看进度", "办理进度", "my cases"},
	"finance":  {"找融资", "financing"},
	"help":     {"帮助", "菜单", "help", "menu"},
	"cancel":   {"取消", "cancel"},
}

// asksForPerson are the same for a person to talk to.
var asksForPerson = []string{
	"人工", "转人工", "人工服务", "人工客服", "转人工服务", "转人工客服", "客服", "找人工", "我要人工", "我要转人工", "我要找人工", "我要找人工客服", "联系人工", "human", "hand to a person",
}

// plainWords is a text in small letters without the signs around it.
func plainWords(text string) string { return strings.ToLower(strings.TrimFunc(text, isSign)) }

// isSign reports whether r stands between words.
func isSign(r rune) bool { return unicode.IsPunct(r) || unicode.IsSpace(r) }

// typedCommand returns the command that the text stands for, "" for none.
func typedCommand(text string) string {
	text = plainWords(text)
	for name, all := range typedCommands {
		if slices.Contains(all, text) {
			return name
		}
	}
	return ""
}

// typed does what a text stands for that is written in place of a command or a
// button, and reports whether it was one.
func (t *turn) typed(ctx context.Context) (bool, error) {
	if name := typedCommand(t.m.Text); name != "" {
		t.m.Command, t.m.Text = name, ""
		return true, t.command(ctx)
	}
	if !slices.Contains(asksForPerson, plainWords(t.m.Text)) {
		return false, nil
	}
	if n := len(t.conv.Asked); n > 0 && t.conv.Asked[n-1].Text != "" && t.Now().Sub(t.conv.Asked[n-1].At) <= followTTL {
		return true, t.pressHand(ctx, []string{strconv.Itoa(t.conv.Asked[n-1].ID)})
	}
	t.m.Text = ""
	return true, t.write(ctx, ticket.Inquiry)
}

// typedNone are the words for that there is nothing to say.
var typedNone = []string{"跳过", "无", "没有", "没有了", "不用了", "skip", "none", "no", "no thanks", "no, thanks"}

// typedButtons are the words of a form's buttons as people write them: what presses
// which button, and at which questions. A company is not called 跳过, and 不提供 is no
// phone number.
var typedButtons = []struct {
	verb  string
	steps []step
	words []string
}{
	{"next", []step{stepText}, []string{"下一步", "next"}},
	{"skip", []step{stepCompany, stepCategory, stepTown, stepContact}, append([]string{"不提供", "不愿意", "不用", "说不清", "not sure"}, typedNone...)},
	{"send", []step{stepReview}, []string{"提交", "submit"}},
}

// pressesByWord returns the button of the form that the text stands for, "" for none.
func (f form) pressesByWord(text string) string {
	text = plainWords(text)
	for _, b := range typedButtons {
		if slices.Contains(b.steps, f.Step) && slices.Contains(b.words, text) && !(f.guided() && f.Step == stepText) {
			return b.verb
		}
	}
	return ""
}

// pressesByWord is the same for the draft of a visit: an opinion that says 没有 would
// be counted as one.
func (g visiting) pressesByWord(text string) string {
	text = plainWords(text)
	none := slices.Contains(typedNone, text)
	switch {
	case g.Opinion > 0: // which is being written anew
		return ""
	case none && (g.Field == fieldMet || g.Field == fieldTown):
		return "skip"
	case (none || text == "下一步" || text == "next") && (g.Field == fieldOpinions || g.Field == fieldFiles):
		return "next"
	default:
		return ""
	}
}
