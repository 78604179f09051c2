package handlers

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"liaison/knowledge"
	"liaison/ticket"
)

// Command is a command of the bot as its menu shows it.
type Command struct {
	Name  string
	ZH    string
	EN    string
	Group bool // makes sense in a station's group too
	// For lists the roles that have a use for it; nobody else is shown it, or may give it.
	// Everybody may where it is empty: those are the menu of a private chat.
	For []ticket.Role
}

// Who has a use for a command.
var (
	forStaffOnly   = []ticket.Role{ticket.RoleAgent, ticket.RoleSupervisor}
	forSupervisors = []ticket.Role{ticket.RoleSupervisor}
)

// serves reports whether the command is for somebody with the memberships, which hold.
func (c Command) serves(ms []Membership) bool {
	return len(c.For) == 0 || slices.ContainsFunc(ms, func(m Membership) bool { return slices.Contains(c.For, m.Role) })
}

// Commands is the menu, in its order.
var Commands = []Command{
	{Name: "ask", ZH: "问政策", EN: "Ask about a policy"},
	{Name: "complain", ZH: "提交投诉、求助或建议", EN: "File a complaint, a request or a suggestion"},
	{Name: "finance", ZH: "融资服务与融资需求", EN: "Financing services and requests"},
	{Name: "tickets", ZH: "我的诉求", EN: "My cases"},
	{Name: "observe", ZH: "营商环境观察员：反馈、走访（凭邀请码进入）", EN: "Observers, by invitation: findings and visits"},
	{Name: "staff", ZH: "联络站工作人员（凭邀请码进入）", EN: "Staff of a liaison station, by invitation", Group: true},
	{Name: "duty", ZH: "值班表与离岗情况", EN: "Who is on duty, and who is away", For: forStaffOnly},
	{Name: "away", ZH: "登记离岗并交接工单", EN: "Be away and hand cases over", For: forStaffOnly},
	{Name: "back", ZH: "结束离岗", EN: "Be back", For: forStaffOnly},
	{Name: "my", ZH: "我经办的诉求", EN: "The cases that I work on", Group: true, For: forStaffOnly},
	{Name: "next", ZH: "先办哪一件", EN: "The case to take up next", Group: true, For: forStaffOnly},
	{Name: "search", ZH: "按内容、企业或编号找工单", EN: "Find a case by words, company or number", Group: true, For: forStaffOnly},
	{Name: "quick", ZH: "管理快捷回复", EN: "Keep the quick replies", For: forStaffOnly},
	{Name: "supervise", ZH: "督办一览", EN: "What needs a supervisor's look", For: forSupervisors},
	{Name: "parked", ZH: "未能处理的消息", EN: "Messages that could not be handled", For: forSupervisors},
	{Name: "mydata", ZH: "下载本助手保存的我的信息", EN: "Get what is kept about me"},
	{Name: "forget", ZH: "清除我的信息", EN: "Have what is kept about me erased"},
	{Name: "language", ZH: "切换语言 / Language", EN: "Language / 切换语言"},
	{Name: "cancel", ZH: "取消正在进行的操作", EN: "Cancel what is under way", Group: true},
	{Name: "help", ZH: "使用帮助", EN: "Help", Group: true},
	{Name: "start", ZH: "开始", EN: "Start"},
}

// commands says what each command does.
var commands = map[string]func(*turn, context.Context) error{
	"start":     (*turn).start,
	"help":      (*turn).help,
	"ask":       (*turn).askCommand,
	"complain":  (*turn).complain,
	"finance":   (*turn).finance,
	"tickets":   (*turn).mine,
	"observe":   (*turn).observe,
	"staff":     (*turn).staff,
	"duty":      (*turn).duty,
	"away":      (*turn).away,
	"back":      (*turn).back,
	"my":        (*turn).myCases,
	"next":      (*turn).next,
	"search":    (*turn).search,
	"quick":     (*turn).quick,
	"supervise": (*turn).supervise,
	"parked":    (*turn).parked,
	"mydata":    (*turn).myData,
	"forget":    (*turn).forget,
	"language":  (*turn).language,
	"cancel":    (*turn).cancel,
}

// menuOnly are what only a button of the menu does.
var menuOnly = map[string]func(*turn, context.Context) error{
	"financing": (*turn).financing,
}

// inGroup are the commands that work in a station's group; the others are for a
// private talk, where nobody else reads along.
var inGroup = []string{"staff", "my", "next", "search", "cancel", "help"}

// presses says what a button does, by the first part of its data.
var presses = map[string]func(*turn, context.Context, []string) error{
	"menu":   (*turn).pressMenu,
	"lang":   (*turn).pressLanguage,
	"pick":   (*turn).pressPick,
	"again":  (*turn).pressAgain,
	"good":   (*turn).pressHelped,
	"bad":    (*turn).pressUnhelpful,
	"hand":   (*turn).pressHand,
	"whole":  (*turn).pressWhole,
	"f":      (*turn).pressForm,
	"o":      (*turn).pressObserver,
	"v":      (*turn).pressVisit,
	"q":      (*turn).pressMine,
	"t":      (*turn).pressStaff,
	"code":   (*turn).pressLoginCode,
	"away":   (*turn).pressAway,
	"quick":  (*turn).pressQuick,
	"parked": (*turn).pressParked,
	"forget": (*turn).pressForget,
	"news":   (*turn).pressNews,
}

// dispatch decides what the message is: a button, a command, an answer to one
// of the bot's messages, the next piece of something under way, or a question.
func (t *turn) dispatch(ctx context.Context) error {
	m := t.m
	awaited := t.conv.awaited(m.Text, t.Now())
	switch {
	case m.Button != "":
		parts := strings.Split(m.Button, ":")
		press, ok := presses[parts[0]]
		if !ok {
			return t.toast(ctx, pOldButton)
		}
		return press(t, ctx, parts[1:])
	case m.Edited:
		return t.edited(ctx)
	case m.Command != "":
		return t.command(ctx)
	case m.answersUnknown():
		return t.tell(ctx, pUnknownMessage)
	case m.At != nil && m.Text == "" && m.refersToCase():
		return t.placeAnswers(ctx, m.Ref)
	case m.At != nil && m.Text == "" && awaitsMore(awaited):
		return t.placeAnswers(ctx, awaited)
	case m.refersToCase():
		return t.answered(ctx, m.Ref)
	case !m.Group && len(m.Files) == 0 && typedCommand(m.Text) == "cancel":
		return t.cancel(ctx)
	case m.At != nil && len(m.Files) == 0 && (m.Text == "" || t.conv.placeAsked()):
		return t.located(ctx)
	case m.Text == "" && len(m.Files) == 0:
		return t.tell(ctx, pOnlyText)
	case awaited != "" && t.looksUp(awaited):
		if err := t.turnTo(ctx, ""); err != nil {
			return err
		}
		return t.plain(ctx)
	case awaited != "":
		return t.answered(ctx, awaited)
	case t.conv.Form != nil:
		return t.fill(ctx)
	case t.conv.Visit != nil:
		return t.fillVisit(ctx)
	case len(m.Files) > 0 || m.Shared:
		return t.filesAlone(ctx)
	default:
		return t.plain(ctx)
	}
}

// looksUp reports whether the text, where words for the requester of a case are awaited,
// is but the number of a case: that is to be opened, and nothing to be sent to anybody.
func (t *turn) looksUp(awaited string) bool {
	parts := strings.Split(awaited, ":")
	_, number := ticket.ParseNumber(t.m.Text)
	return number && len(t.m.Files) == 0 && len(parts) > 2 && speaks(ticket.Action(parts[1]))
}

// plain handles a text that nothing is under way for: the number of a case, from staff
// also in short, or a question, unless a station waits for words from this person and it
// does not read like one.
func (t *turn) plain(ctx context.Context) error {
	if id, ok := ticket.ParseNumber(t.m.Text); ok {
		err := t.openCase(ctx, id)
		if ticket.CodeOf(err) != ticket.NotFound {
			return err
		}
		// Of no case that the person may see: perhaps a number that was asked for.
		if offered, failed := t.supplies(ctx); failed != nil || offered {
			return failed
		}
		return err
	}
	if done, err := t.typed(ctx); err != nil || done {
		return err
	}
	if judged, err := t.judged(ctx); err != nil || judged {
		return err
	}
	if opened, err := t.openRunning(ctx, t.m.Text); err != nil || opened {
		return err
	}
	if !looksLikeQuestion(t.m.Text) {
		if offered, err := t.supplies(ctx); err != nil || offered {
			return err
		}
	}
	if id, rest := ticket.FindNumber(t.m.Text); id != "" { // with words around it
		err := t.openCase(ctx, id)
		// Of no case that the person may see, and more is said than which one is meant.
		if ticket.CodeOf(err) != ticket.NotFound || utf8.RuneCountInString(rest) <= wordsAround {
			return err
		}
	}
	return t.ask(ctx, t.m.Text)
}

// wordsAround is how many characters beside its number only say that a case is meant,
// as in 请帮我查一下我的工单办到哪里了.
const wordsAround = 16

// supplies offers to give the words to the station that waits for some from the
// person, and reports whether one does.
func (t *turn) supplies(ctx context.Context) (bool, error) {
	waiting, err := t.tx.Tickets(ctx, ticket.Filter{Requester: t.me.ID, States: []ticket.State{ticket.Waiting}, Limit: 1})
	if err != nil || len(waiting) == 0 {
		return false, err
	}
	if over, err := t.findingOver(ctx, t.tx, waiting[0]); err != nil || !over.IsZero() {
		return false, err
	}
	return true, t.offerToSupply(ctx, waiting[0])
}

func (t *turn) command(ctx context.Context) error {
	_, ok := commands[t.m.Command]
	if ok && t.m.Command != "cancel" {
		if err := t.turnTo(ctx, ""); err != nil {
			return err
		}
	}
	switch {
	case !ok && t.m.Group:
		return nil // meant for another bot, most likely
	case !ok:
		return t.tell(ctx, pUnknownCommand, excerpt(t.m.Command, 40))
	case t.m.Group && !slices.Contains(inGroup, t.m.Command):
		return t.tell(ctx, pPrivately)
	}
	return t.give(ctx, t.m.Command)
}

// give does what the command of the name says, if it is for the person; else it says
// whom it is for.
func (t *turn) give(ctx context.Context, name string) error {
	i := slices.IndexFunc(Commands, func(c Command) bool { return c.Name == name })
	if c := Commands[i]; len(c.For) > 0 {
		ms, err := t.memberships(ctx, t.tx, t.me.ID)
		if err != nil {
			return err
		}
		switch {
		case c.serves(ms):
		case t.m.Group:
			return t.toast(ctx, pNotYours)
		case slices.Contains(c.For, ticket.RoleAgent):
			return t.toast(ctx, pStaffOnly)
		default:
			return t.toast(ctx, pSupervisorsOnly)
		}
	}
	return commands[name](t, ctx)
}

// Prepare asks the policy library what the message wants to know of it, if
// anything. The conversation cannot change before Handle: messages of one chat
// are handled one after the other.
func (d *Desk) Prepare(ctx context.Context, m Message) (Prepared, error) {
	if verb, id, ok := aboutOneCase(m.Button); ok {
		return d.prepareCase(ctx, m, verb, id)
	}
	if m.Group || m.Event != "" {
		return Prepared{}, nil
	}
	conv, err := loadConversation(ctx, d.Store.Peek(), conversationKey(m))
	if err != nil {
		return Prepared{}, err
	}
	if m.Command == "mydata" || m.Button == data("menu", "mydata") {
		return d.prepareData(ctx, m, conv)
	}
	if to, ok := m.announces(conv.awaited(m.Text, d.Now())); ok {
		return d.prepareNews(ctx, to)
	}
	if m.entersCode(conv.awaited(m.Text, d.Now())) {
		return Prepared{Wait: d.Try(ctx, string(m.From.Channel)+":"+m.User)}, nil
	}
	q := knowledge.Question{Lang: string(langOf(string(conv.Lang), m.Lang))}
	unit := ""
	switch {
	case conv.complains(m.Button) != "":
		gap, err := d.alikeGap(ctx, conv.complains(m.Button))
		return Prepared{Gap: gap}, err
	case m.Button != "":
		q.Text, unit = conv.asksByButton(m.Button)
	case m.Edited:
		if s, _ := conv.said(m.ID); s.For == "ask" {
			q.Text = m.recaptioned(s).Text
		}
	case m.Command == "ask":
		q.Text = m.Text
	case m.Command != "" || m.Text == "" || m.refersToCase() || conv.awaited(m.Text, d.Now()) != "":
		return Prepared{}, nil
	case conv.Form != nil:
		if conv.Form.interruptible() && looksLikeQuestion(m.Text) {
			q.Text = m.Text
		}
	case conv.Visit != nil:
		if conv.Visit.interruptible() && looksLikeQuestion(m.Text) {
			q.Text = m.Text
		}
	case !m.brings() && !m.Shared:
		if _, number := ticket.ParseNumber(m.Text); !number || m.Edited {
			q.Text = m.Text
		}
	}
	var p Prepared
	var a knowledge.Answer
	switch {
	case unit != "":
		a = d.Answerer.AnswerUnit(ctx, unit, q)
	case strings.TrimSpace(q.Text) != "":
		if p.Full = d.inFull(ctx, conv, q.Text); p.Full != "" {
			q.Text = p.Full
		}
		a = d.Answerer.Answer(ctx, q)
	default:
		return p, nil
	}
	p.Answer = &a
	if a.Decision == knowledge.Refused {
		p.Near = d.near(a)
		p.Gap, err = d.alikeGap(ctx, q.Text)
	}
	return p, err
}

// complains returns the question whose answer did not help, if that is what the
// button says and it was not said before.
func (c conversation) complains(button string) string {
	id, ok := strings.CutPrefix(button, "bad:")
	if !ok {
		return ""
	}
	number, _ := strconv.Atoi(id) // 0 is no question's number
	a, _ := c.question(number)
	if a.Missed || a.Text == "" {
		return ""
	}
	return a.full()
}

// asksByButton returns the question and the unit that a button asks for.
func (c conversation) asksByButton(button string) (question, unit string) {
	parts := strings.Split(button, ":")
	switch {
	case len(parts) == 3 && parts[0] == "pick":
		if a, n, ok := c.choice(parts[1], parts[2]); ok {
			return a.full(), a.Choices[n]
		}
	case len(parts) == 2 && parts[0] == "again":
		id, _ := strconv.Atoi(parts[1]) // 0 is no question's number
		a, _ := c.question(id)
		return a.Text, ""
	}
	return "", ""
}

// choice finds the n-th choice of the question with the number id.
func (c conversation) choice(id, n string) (asked, int, bool) {
	i, err := strconv.Atoi(id)
	if err != nil {
		return asked{}, 0, false
	}
	k, err := strconv.Atoi(n)
	a, ok := c.question(i)
	if err != nil || !ok || k < 0 || k >= len(a.Choices) {
		return asked{}, 0, false
	}
	return a, k, true
}

// looksLikeQuestion reports whether a text ends as questions do. Where a text is
// expected that is no question, such as a company's name, this is enough to
// answer it instead of taking it for the name.
func looksLikeQuestion(text string) bool {
	text = strings.TrimRight(strings.TrimSpace(text), "。.!！~～ ")
	for _, end := range []string{"？", "?", "吗", "呢", "么"} {
		if strings.HasSuffix(text, end) {
			return true
		}
	}
	return false
}
