package handlers

import "context"

// start welcomes and shows what the bot can do.
func (t *turn) start(ctx context.Context) error {
	r := words(t.lang.f(pWelcome, t.Directory().City()))
	offered, err := t.suggested(ctx)
	if err != nil {
		return err
	}
	r.Buttons = append(offered, t.menu()...)
	return t.say(ctx, r)
}

func (t *turn) menu() [][]Button {
	other := t.button(pbEnglish, "lang", "en")
	if t.lang == en {
		other = t.button(pbChinese, "lang", "zh")
	}
	return [][]Button{
		row(t.button(pbAsk, "menu", "ask"), t.button(pbComplain, "menu", "complain")),
		row(t.button(pbFinance, "menu", "finance"), t.button(pbMine, "menu", "tickets")),
		row(t.button(pbHelp, "menu", "help"), other),
	}
}

// pressMenu is a command given by a button.
func (t *turn) pressMenu(ctx context.Context, args []string) error {
	if len(args) != 1 {
		return t.toast(ctx, pOldButton)
	}
	if err := t.turnTo(ctx, ""); err != nil {
		return err
	}
	if _, ok := commands[args[0]]; ok {
		return t.give(ctx, args[0])
	}
	do, ok := menuOnly[args[0]]
	if !ok {
		return t.toast(ctx, pOldButton)
	}
	return do(t, ctx)
}

// help lists the commands that the person may give.
func (t *turn) help(ctx context.Context) error {
	ms, err := t.memberships(ctx, t.tx, t.me.ID)
	if err != nil {
		return err
	}
	var out lines
	out.text(t.lang.f(pHelp))
	for _, c := range Commands {
		if t.m.Group && !c.Group || !c.serves(ms) {
			continue
		}
		about := c.ZH
		if t.lang == en {
			about = c.EN
		}
		out.text("/" + c.Name + "  " + about)
	}
	if t.m.Group {
		out.text(t.lang.f(pGroupHelp))
	}
	return t.say(ctx, Reply{Text: out})
}

// language shows or sets the language.
func (t *turn) language(ctx context.Context) error {
	switch t.m.Text {
	case "zh", "en":
		return t.setLanguage(ctx, lang(t.m.Text))
	default:
		return t.offer(ctx, pLanguage, row(Button{Text: "中文", Data: data("lang", "zh")}, Button{Text: "English", Data: data("lang", "en")}))
	}
}

func (t *turn) pressLanguage(ctx context.Context, args []string) error {
	if len(args) != 1 || args[0] != string(zh) && args[0] != string(en) {
		return t.toast(ctx, pOldButton)
	}
	return t.setLanguage(ctx, lang(args[0]))
}

func (t *turn) setLanguage(ctx context.Context, l lang) error {
	t.lang, t.conv.Lang, t.me.Lang = l, l, string(l)
	if err := t.tx.SavePerson(ctx, t.me); err != nil {
		return err
	}
	r := words(l.f(pLanguageSet))
	r.Buttons = t.menu()
	return t.say(ctx, r)
}

// cancel gives up what is under way.
func (t *turn) cancel(ctx context.Context) error {
	writing, err := t.tx.StopReplying(ctx, t.me.ID)
	if err != nil {
		return err
	}
	if t.conv.Visit != nil && t.conv.Await == nil && t.conv.Outgoing == nil && writing == "" {
		return t.park(ctx)
	}
	if t.conv.Form == nil && t.conv.Await == nil && t.conv.Outgoing == nil && t.conv.News == nil && writing == "" {
		return t.tell(ctx, pNothingToCancel)
	}
	t.conv.Form, t.conv.Outgoing, t.conv.News = nil, nil, nil
	t.expect("")
	if err := t.tell(ctx, pCancelled); err != nil || writing == "" {
		return err
	}
	return t.showReplying(ctx, t.tx, writing)
}
