package web_test

import (
	"context"
	"encoding/base64"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"

	"liaison/handlers"
	"liaison/relay"
	"liaison/ticket"
	"liaison/web"
)

func TestBrowserVisitor(t *testing.T) {
	t.Parallel()
	g := inBrowser(t)
	if g == nil {
		return
	}
	b := g.browser()
	b.window(1280, 800, "light")
	b.open(g.http.URL + "/")
	b.see("the welcome", `!document.getElementById('intro').hidden && document.querySelector('h1').innerText.includes('慈溪市')`)
	b.shot("1-welcome")
	b.window(320, 640, "light")
	b.fits("the welcome at the width of a phone")
	b.shot("1-welcome-phone")
	b.window(1280, 800, "light")

	// The keyboard alone: focus the field, write two lines, send.
	b.do(chromedp.Focus(chromedp.CSS("#text")), write("小微企业贷款有什么贴息政策？"),
		enter(chromedp.ModifierShift), write("请给出处"))
	b.see("a second line in the field", `document.getElementById('text').value.includes('\n')`)
	b.do(enter(0))
	b.see("the own message", bubble("visitor", "请给出处"))
	b.see("an answer", shown+`.some((m) => m.classList.contains('bot'))`)
	b.see("an empty field", `document.getElementById('text').value === ''`)
	b.shot("2-answer")

	// Markup stays text.
	evil := `<img src=x onerror="document.title='hacked'"><b>粗</b>`
	b.do(chromedp.Focus(chromedp.CSS("#text")), write(evil), enter(0))
	b.see("markup as text", bubble("visitor", evil))
	if strings.Contains(get[string](b, "document.title"), "hacked") {
		t.Error("a visitor's markup ran")
	}

	// A composition that ends with Enter is not sent.
	kept := get[string](b, `(() => {
		const field = document.getElementById('text');
		field.value = 'cixi';
		field.dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter', isComposing: true, bubbles: true, cancelable: true }));
		const kept = field.value;
		field.value = '';
		return kept;
	})()`)
	if kept != "cixi" {
		t.Error("Enter of a composition sends")
	}

	// A photo.
	photo := filepath.Join(t.TempDir(), "照片.png")
	png, err := base64.StdEncoding.DecodeString("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(photo, png, 0o600); err != nil {
		t.Fatal(err)
	}
	b.do(chromedp.SetUploadFiles(chromedp.CSS("#files"), []string{photo}))
	b.see("the photo to be sent", `document.querySelectorAll('#tray li').length === 1`)
	b.do(chromedp.Click(chromedp.CSS("#send")))
	b.see("the photo in the chat", `[...document.querySelectorAll('#log .message.visitor img')].some((i) => i.naturalWidth === 1)`)

	// The line breaks after the message has arrived: the page sends it again, and
	// it counts once.
	g.cut.Store(true)
	b.do(chromedp.Focus(chromedp.CSS("#text")), write("断线时说的话"), enter(0))
	b.see("that it waits", `document.querySelector('#log .pending')?.innerText.includes('未发送')`)
	g.cut.Store(false)
	b.see("that it has arrived", `!document.querySelector('#log .pending')`)
	if n := get[int](b, shown+`.filter((m) => m.classList.contains('visitor') && m.innerText.includes('断线时说的话')).length`); n != 1 {
		t.Errorf("the message stands in the chat %d times", n)
	}

	// The menu, and a button of the answer.
	b.do(chromedp.Click(chromedp.CSS(`#menu [data-command="/help"]`)))
	b.see("the command by its name", bubble("visitor", "帮助"))
	b.see("the help", bubble("bot", "/complain"))
	b.do(chromedp.Click(chromedp.CSS(`#menu [data-command="/complain"]`)))
	b.see("buttons", `document.querySelector('#log .message.bot:last-child .answers button')`)
	label := get[string](b, `(() => { const all = document.querySelectorAll('#log .message.bot:last-child .answers button'); const b = all[all.length - 1]; b.focus(); return b.innerText; })()`)
	b.do(chromedp.KeyEvent(" "))
	b.see("the press", bubble("visitor", label))

	// The chat is still there after a reload.
	b.open(g.http.URL + "/")
	b.see("the chat after a reload", bubble("visitor", "请给出处"))
	for _, width := range []int64{320, 375} {
		b.window(width, 720, "light")
		b.fits("the chat at the width of a phone")
		b.shot("3-phone")
	}
	b.window(375, 720, "dark")
	b.shot("4-dark")

	// English, by the button of the page.
	b.do(chromedp.Click(chromedp.CSS("#language")))
	b.see("the page in English", `document.getElementById('menu').innerText.includes('My cases')`)
	b.see("an answer in English", shown+`.at(-1).classList.contains('bot') && /[a-z]{4}/.test(`+shown+`.at(-1).innerText)`)
	b.shot("5-english")
}

func TestBrowserAnswerLooks(t *testing.T) {
	t.Parallel()
	g := inBrowser(t)
	if g == nil {
		return
	}
	b := g.browser()
	b.window(375, 760, "light")
	b.open(g.http.URL + "/")
	chat := ""
	b.do(chromedp.Func(func(ctx context.Context, _ *chromedp.Target) error {
		all, err := chromedp.Call(ctx, network.GetCookies, network.GetCookiesParams{})
		for _, c := range all.Cookies {
			if c.Name == "liaison_visitor" {
				chat = web.ChatOf(c.Value)
			}
		}
		return err
	}))
	reply := handlers.Reply{
		Text: []handlers.Span{
			{Text: "示例标题", Style: handlers.Bold}, {Text: "\n"},
			{Text: "前文。", Style: handlers.Quote}, {Text: "正是这一句。", Style: handlers.Mark}, {Text: "后文<i>。\n", Style: handlers.Quote},
			{Text: "\n来源：", Style: handlers.Plain}, {Text: "示例文件", URL: "https://example.org/doc"},
			{Text: " 坏链接", URL: "javascript:alert(1)"}, {Text: " ABCD-EFGH", Style: handlers.Fixed},
		},
		Buttons: [][]handlers.Button{{{Text: "有帮助", Data: "a"}, {Text: "没帮助", Data: "b"}}, {{Text: "原文", URL: "https://example.org/"}}},
	}
	if _, err := g.web.Deliver(t.Context(), relay.Outbound{ID: 1 << 40, To: handlers.Address{Channel: handlers.Web, Chat: chat}, Reply: reply}); err != nil {
		t.Fatal(err)
	}
	b.see("the answer", `document.querySelector('#log blockquote')`)
	for what, expression := range map[string]string{
		"one quotation with its answering part": `document.querySelectorAll('blockquote').length === 1 && document.querySelector('blockquote').textContent === '前文。正是这一句。后文<i>。' && document.querySelector('mark').textContent === '正是这一句。'`,
		"bold":                                  `document.querySelector('.bubble strong').textContent === '示例标题'`,
		"one link":                              `document.querySelectorAll('.bubble a').length === 1 && document.querySelector('.bubble a').rel.includes('noopener')`,
		"something to copy":                     `document.querySelector('.bubble code').textContent === ' ABCD-EFGH'`,
		"buttons and a link":                    `document.querySelectorAll('.answers button').length === 2 && document.querySelectorAll('.answers a[href]').length === 1`,
	} {
		b.see(what, expression)
	}
	b.fits("an answer")
	b.shot("answer")
}

func TestBrowserSupervisor(t *testing.T) {
	t.Parallel()
	g := inBrowser(t)
	if g == nil {
		return
	}
	g.update(func(tx handlers.Tx) error {
		if err := tx.AddGap(t.Context(), handlers.Missed{Question: "外籍员工子女入学怎么办理？（示例）", Reason: handlers.Refused, At: g.now()}); err != nil {
			return err
		}
		return tx.AddGap(t.Context(), handlers.Missed{Question: "仓库屋顶能装光伏吗？（示例）", Reason: handlers.Unhelpful, At: g.now()})
	})
	for n := range 3 {
		g.newCase("someone", g.stations()[n], "某联络站的诉求（示例）")
	}
	g.advance(40 * 24 * time.Hour)
	b := g.browser()
	b.window(1280, 800, "light")
	b.open(g.http.URL + "/staff/")
	b.see("the login", `!document.getElementById('viewLogin').hidden`)
	b.fill("code", g.staffCode("丙（示例）", ticket.RoleSupervisor, ""))
	b.do(enter(0))
	b.see("every station's cases, overdue", `document.querySelectorAll('#tickets .chip.danger').length === 3`)
	b.shot("1-list")
	b.do(click("#tabs a[href='#/gaps']"))
	b.see("the questions", `document.querySelectorAll('#gaps > li').length === 2`)
	b.do(click("#gaps summary"))
	b.see("what to do", `document.querySelector('#gaps textarea').offsetHeight > 0`)
	b.shot("2-gaps")
	b.window(375, 760, "light")
	b.fits("the questions at the width of a phone")
	b.shot("2-gaps-phone")
	b.window(1280, 800, "light")
	b.do(focus("#gaps textarea"), write("先到示例窗口备案。（示例）"), click("#gaps form button.primary"))
	b.see("one question less", `document.querySelectorAll('#gaps > li').length === 1`)
	b.do(click("#gaps summary"))
	const done = "#gaps details > .do button"
	b.do(click(done))
	b.see("wants to be sure", `document.querySelector('`+done+`').innerText === `+quote("再点一次确认"))
	b.do(click(done))
	b.see("none left", `document.querySelectorAll('#gaps details').length === 0`)
	b.do(focus("#override [name=question]"), write("老板们坐下来聊聊的那个活动叫啥"), focus("#override [name=search]"), write("恳谈会"))
	b.see("a clause to pick", `document.querySelector('#overrideUnits').value.endsWith('#enterprise-talks')`)
	b.do(focus("#override [name=why]"), write("说法太口语（示例）"), click("#overrideTry"))
	b.see("what it changes", `!document.getElementById('overrideDo').disabled && document.querySelectorAll('#overrideChanges li').length > 0`)
	b.do(chromedp.Evaluate[chromedp.Void](`document.getElementById('override').scrollIntoView()`))
	b.shot("2-override")
	b.do(click("#overrideDo"))
	b.see("a decision", `document.querySelectorAll('#overrides li button').length === 1`)
	b.window(375, 760, "light")
	b.fits("the decisions at the width of a phone")
	b.shot("2-override-phone")
	b.window(1280, 800, "light")
	b.do(click("#overrides li button"))
	b.see("undone", `document.querySelectorAll('#overrides li.undone').length === 1`)
	b.do(click("#tabInvites"))
	b.see("the form", `!document.getElementById('viewInvites').hidden`)
	b.do(focus("#invite [name=label]"), write("丁（示例）"), enter(0))
	b.see("a code", `/^[A-Z0-9]{4}(-[A-Z0-9]{4}){2}$/.test(document.getElementById('invitedCode').innerText)`)
	b.window(375, 760, "light")
	b.fits("the invitations at the width of a phone")
	b.shot("3-invites")
	b.do(click("#language"))
	b.see("the console in English", `document.getElementById('tabs').innerText.includes('Unanswered')`)
	b.do(click("#tabs a[href='#/']"))
	b.see("the list in English", `document.getElementById('tickets').innerText.includes('Overdue')`)
	b.fits("the list in English at the width of a phone")
	b.shot("4-english")
	b.see("no trace of the code", `document.getElementById('invitedCode').innerText === ''`)
}

func TestBrowserStaff(t *testing.T) {
	t.Parallel()
	g := inBrowser(t)
	if g == nil {
		return
	}
	v := g.visitor()
	stations := g.stations()
	mine, other := stations[0], stations[1]
	first := g.newCase(v.chat(), mine, "厂区门口道路积水，货车进不来（示例）。\n请协调处理。")
	g.newCase(v.chat(), other, "别的联络站的诉求（示例）")

	b := g.browser()
	b.window(1280, 800, "light")
	b.open(g.http.URL + "/staff/")
	b.see("the login", `!document.getElementById('viewLogin').hidden`)
	b.fill("code", "WRONG-CODE")
	b.do(enter(0))
	b.see("why not", `document.getElementById('loginError').innerText.includes('登录码')`)
	b.shot("1-login")
	b.fill("code", g.staffCode("张三（示例）", ticket.RoleAgent, mine))
	b.do(enter(0))
	b.see("own cases only", `document.querySelectorAll('#tickets a').length === 1 && document.querySelector('#tickets').innerText.includes('积水')`)

	b.fill("q", "没有这样的")
	b.see("a filter that nothing passes", `document.querySelectorAll('#tickets a').length === 0`)
	b.fill("q", "积水")
	b.see("a filter", `document.querySelectorAll('#tickets a').length === 1`)
	b.do(chromedp.Evaluate[chromedp.Void](`document.querySelector('#tickets a').focus(); true`), enter(0))
	b.see("the case", `document.querySelector('#detail h2')?.innerText === '`+first.ID+`'`)
	b.see("no contact without consent", `!document.getElementById('detail').innerText.includes('13800000000')`)
	b.shot("2-case")

	b.do(chromedp.Evaluate[chromedp.Void](`document.querySelector('input[name=action][value=reply]').click(); true`),
		focus("#work-text"), write("已联系养护单位，明天上午到场（示例）。"), click("#work .primary"))
	b.see("the new state", `document.querySelector('#detail header').innerText.includes('办理中')`)
	b.see("the reply in the history", `document.querySelector('.timeline').innerText.includes('明天上午到场')`)
	// The requester is told in the chat.
	told := v.events("/api/chat/events")
	await(t, told, "the reply in the chat", isLine("bot", "明天上午到场"))

	// A new case and somebody else's step come in by themselves; the draft stays.
	b.fill("q", "")
	b.do(focus("#work-text"), write("草稿"))
	second := g.newCase(v.chat(), mine, "新来的一件（示例）")
	b.see("the new case in the list", `document.querySelector('#tickets').innerText.includes('`+second.ID+`')`)
	g.update(func(tx handlers.Tx) error {
		c, err := tx.Ticket(t.Context(), first.ID)
		if err != nil {
			return err
		}
		_, err = g.desk.Act(t.Context(), tx, c.Requester, c.ID, ticket.Step{Action: ticket.Note, Text: "积水更深了（示例）"})
		return err
	})
	b.see("the requester's note", `document.querySelector('.timeline').innerText.includes('积水更深了')`)
	b.see("the draft", `document.getElementById('work-text').value === '草稿'`)
	b.shot("3-live")

	for _, width := range []int64{320, 375} {
		b.window(width, 720, "light")
		b.fits("a case at the width of a phone")
		b.shot("4-phone-case")
		b.do(click(".back"))
		b.see("the list", `document.querySelector('.list').offsetWidth > 0 && document.querySelectorAll('#tickets a').length === 2`)
		b.fits("the list at the width of a phone")
		b.shot("5-phone-list")
		b.do(click("#tickets a[href*=" + first.ID + "]"))
		b.see("the case again", `document.querySelector('#detail h2')?.innerText === '`+first.ID+`'`)
	}
	b.window(1280, 800, "dark")
	b.shot("6-dark")
	b.do(click("#logout"))
	b.anew()
	b.see("the login again", `!document.getElementById('viewLogin').hidden && document.getElementById('detail').innerText === ''`)
}
