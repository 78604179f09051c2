package web_test

import (
	"context"
	"encoding/base64"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"

	"liaison/handlers"
	"liaison/relay"
	"liaison/ticket"
	"liaison/web"
)

// chromium returns the browser to test with: LIAISON_TEST_CHROMIUM or one of the
// usual names. Without one the test is over, as a failure when
// LIAISON_TEST_REQUIRE is 1.
func chromium(t *testing.T) (path string, ok bool) {
	t.Helper()
	if path := os.Getenv("LIAISON_TEST_CHROMIUM"); path != "" {
		return path, true
	}
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if path, err := exec.LookPath(name); err == nil {
			return path, true
		}
	}
	if os.Getenv("LIAISON_TEST_REQUIRE") == "1" {
		t.Fatal("no Chromium: set LIAISON_TEST_CHROMIUM")
	}
	t.Log("no Chromium: the pages are not tested in a browser")
	return "", false
}

// browser is a window of its own Chromium, with an empty profile.
type browser struct {
	t   *testing.T
	ctx context.Context

	host string

	mu         sync.Mutex
	elsewhere  []string // requests that left the host
	complaints []string // errors of the page's own
}

func (g *rig) browser(path string) *browser {
	t := g.t
	t.Helper()
	profile := t.TempDir()
	ctx, cancel := chromedp.NewExecAllocator(context.WithoutCancel(t.Context()),
		chromedp.ExecPath(path), chromedp.NoFirstRun, chromedp.NoDefaultBrowserCheck, chromedp.Headless, chromedp.NoSandbox,
		chromedp.DisableGPU, chromedp.UserDataDir(profile),
		chromedp.Flag("disable-quic", true), chromedp.Flag("disable-background-networking", true),
		chromedp.Flag("disable-component-update", true), chromedp.Flag("disable-sync", true),
		chromedp.Flag("disable-dev-shm-usage", true), chromedp.Flag("lang", "zh-CN"), chromedp.Flag("accept-lang", "zh-CN"),
	)
	t.Cleanup(cancel)
	ctx, cancelTab := chromedp.NewContext(ctx)
	t.Cleanup(cancelTab)
	t.Cleanup(func() {
		if err := chromedp.Cancel(ctx); err != nil { // waits, so that the profile can be removed
			t.Log(err)
		}
	})
	host, err := url.Parse(g.http.URL)
	if err != nil {
		t.Fatal(err)
	}
	b := &browser{t: t, ctx: ctx, host: host.Host}
	if err := chromedp.Listen(ctx, b.notice); err != nil {
		t.Fatal(err)
	}
	b.do(step(network.Enable, network.EnableParams{}), step(log.Enable, cdp.Empty{}))
	t.Cleanup(func() {
		b.mu.Lock()
		defer b.mu.Unlock()
		if len(b.elsewhere) > 0 {
			t.Errorf("requests left the host: %q", b.elsewhere)
		}
		if len(b.complaints) > 0 {
			t.Errorf("the page complains: %q", b.complaints)
		}
	})
	return b
}

// notice keeps what must not happen on any page.
func (b *browser) notice(event any) {
	b.mu.Lock()
	defer b.mu.Unlock()
	switch e := event.(type) {
	case *network.EventRequestWillBeSent:
		u, err := url.Parse(e.Request.URL)
		if err != nil || u.Host != b.host && u.Scheme != "blob" && u.Scheme != "about" {
			b.elsewhere = append(b.elsewhere, e.Request.URL)
		}
	case *log.EventEntryAdded:
		// Refusals of the server are answers like others.
		if e.Entry.Level == log.EntryLevelError && e.Entry.Source != log.EntrySourceNetwork {
			b.complaints = append(b.complaints, e.Entry.Text)
		}
	case *runtime.EventExceptionThrown:
		b.complaints = append(b.complaints, e.ExceptionDetails.Text)
	}
}

// step is a command of the browser as a step of do.
func step[P, R any](command cdp.Command[P, R], params P) chromedp.Action[chromedp.Void] {
	return chromedp.Func(func(ctx context.Context, _ *chromedp.Target) error {
		_, err := chromedp.Call(ctx, command, params)
		return err
	})
}

// write puts text in the focused field as an input method does.
func write(text string) chromedp.Action[chromedp.Void] {
	return step(input.InsertText, input.InsertTextParams{Text: text})
}

// enter presses Enter with the modifiers, in the form in which a page can keep
// the key from writing a line break.
func enter(modifiers chromedp.Modifier) chromedp.Action[chromedp.Void] {
	return chromedp.Steps(
		step(input.DispatchKeyEvent, input.DispatchKeyEventParams{
			Type: input.DispatchKeyEventTypeKeyDown, Key: "Enter", Code: "Enter", Text: "\r", WindowsVirtualKeyCode: 13, Modifiers: int64(modifiers),
		}),
		step(input.DispatchKeyEvent, input.DispatchKeyEventParams{
			Type: input.DispatchKeyEventTypeKeyUp, Key: "Enter", Code: "Enter", WindowsVirtualKeyCode: 13, Modifiers: int64(modifiers),
		}))
}

// fill replaces what is in the field.
func (b *browser) fill(id, text string) {
	b.t.Helper()
	b.do(chromedp.Evaluate[chromedp.Void](`(() => { const f = document.getElementById('` + id + `'); f.focus(); f.value = ''; f.dispatchEvent(new Event('input', { bubbles: true })); })()`))
	if text != "" {
		b.do(write(text))
	}
}

// do takes the steps one after the other; each must succeed within patience.
func (b *browser) do(steps ...chromedp.Action[chromedp.Void]) {
	b.t.Helper()
	for n, s := range steps {
		ctx, cancel := context.WithTimeout(b.ctx, 2*patience)
		err := chromedp.Do(ctx, s)
		cancel()
		if err != nil {
			b.shot("failed")
			b.t.Fatalf("step %d: %v", n+1, err)
		}
	}
}

// get returns the value of the expression in the page.
func get[T any](b *browser, expression string) T {
	b.t.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, 2*patience)
	defer cancel()
	v, err := chromedp.Run(ctx, chromedp.Evaluate[T](expression))
	if err != nil {
		b.t.Fatalf("%s: %v", expression, err)
	}
	return v
}

// see waits until the expression is true in the page.
func (b *browser) see(what, expression string) {
	b.t.Helper()
	limit := time.Now().Add(patience)
	for {
		if get[bool](b, "Boolean("+expression+")") {
			return
		}
		if time.Now().After(limit) {
			b.shot("failed")
			b.t.Fatalf("not seen: %s", what)
		}
		time.Sleep(20 * time.Millisecond) // between two looks; nothing is timed by it
	}
}

// shot writes a picture of the window into LIAISON_TEST_SHOTS, when that is set.
func (b *browser) shot(name string) {
	dir := os.Getenv("LIAISON_TEST_SHOTS")
	if dir == "" {
		return
	}
	ctx, cancel := context.WithTimeout(b.ctx, patience)
	defer cancel()
	png, err := chromedp.Run(ctx, chromedp.CaptureScreenshot())
	if err != nil {
		b.t.Log(err)
		return
	}
	name = strings.NewReplacer("/", "-", " ", "-").Replace(b.t.Name() + "-" + name)
	if err := os.WriteFile(filepath.Join(dir, name+".png"), png, 0o600); err != nil {
		b.t.Log(err)
	}
}

// window sets the size of the window and the colours that the system prefers.
func (b *browser) window(width, height int64, scheme string) {
	b.t.Helper()
	b.do(chromedp.EmulateViewport(width, height), step(emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
		Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}},
	}))
}

// fits reports an error when the page can be scrolled sideways.
func (b *browser) fits(what string) {
	b.t.Helper()
	over := get[[]string](b, `[...document.querySelectorAll('html, body, main, .detail, .list')]
		.filter((e) => e.scrollWidth > e.clientWidth + 1).map((e) => e.tagName + '.' + e.className)`)
	if len(over) > 0 {
		b.shot("sideways")
		b.t.Errorf("%s scrolls sideways: %q", what, over)
	}
}

const shown = `[...document.querySelectorAll('#log .message')]`

func bubble(side, part string) string {
	return shown + `.some((m) => m.classList.contains('` + side + `') && !m.classList.contains('pending') && m.innerText.includes(` + quote(part) + `))`
}

func quote(s string) string { return `atob8('` + base64.StdEncoding.EncodeToString([]byte(s)) + `')` }

// open goes to the page and gives it what the expressions of the tests need.
func (b *browser) open(url string) {
	b.t.Helper()
	b.do(chromedp.Navigate(url), chromedp.Evaluate[chromedp.Void](`globalThis.atob8 = (s) => new TextDecoder().decode(Uint8Array.from(atob(s), (c) => c.charCodeAt(0))); true`))
}

func TestBrowserVisitor(t *testing.T) {
	t.Parallel()
	path, ok := chromium(t)
	if !ok {
		return
	}
	g := setup(t)
	b := g.browser(path)
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
	path, ok := chromium(t)
	if !ok {
		return
	}
	g := setup(t)
	b := g.browser(path)
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
	path, ok := chromium(t)
	if !ok {
		return
	}
	g := setup(t)
	g.update(func(tx handlers.Tx) error {
		if err := tx.AddGap(t.Context(), "外籍员工子女入学怎么办理？（示例）", handlers.Refused, g.now()); err != nil {
			return err
		}
		return tx.AddGap(t.Context(), "仓库屋顶能装光伏吗？（示例）", handlers.Unhelpful, g.now())
	})
	for n := range 3 {
		g.newCase("someone", g.stations()[n], "某联络站的诉求（示例）")
	}
	g.advance(40 * 24 * time.Hour)
	b := g.browser(path)
	b.window(1280, 800, "light")
	b.open(g.http.URL + "/staff/")
	b.see("the login", `!document.getElementById('viewLogin').hidden`)
	b.fill("code", g.staffCode("丙（示例）", ticket.RoleSupervisor, ""))
	b.do(enter(0))
	b.see("every station's cases, overdue", `document.querySelectorAll('#tickets .chip.danger').length === 3`)
	b.shot("1-list")
	b.do(chromedp.Click(chromedp.CSS("#tabs a[href='#/gaps']")))
	b.see("the questions", `document.querySelectorAll('#gaps .button').length === 2`)
	b.shot("2-gaps")
	b.do(chromedp.Click(chromedp.CSS("#gaps .button")))
	b.see("one question less", `document.querySelectorAll('#gaps .button').length === 1`)
	b.do(chromedp.Click(chromedp.CSS("#tabInvites")))
	b.see("the form", `!document.getElementById('viewInvites').hidden`)
	b.do(chromedp.Focus(chromedp.CSS("#invite [name=label]")), write("丁（示例）"), enter(0))
	b.see("a code", `/^[A-Z0-9]{4}(-[A-Z0-9]{4}){2}$/.test(document.getElementById('invitedCode').innerText)`)
	b.window(375, 760, "light")
	b.fits("the invitations at the width of a phone")
	b.shot("3-invites")
	b.do(chromedp.Click(chromedp.CSS("#language")))
	b.see("the console in English", `document.getElementById('tabs').innerText.includes('Unanswered')`)
	b.do(chromedp.Click(chromedp.CSS("#tabs a[href='#/']")))
	b.see("the list in English", `document.getElementById('tickets').innerText.includes('Overdue')`)
	b.fits("the list in English at the width of a phone")
	b.shot("4-english")
	b.see("no trace of the code", `document.getElementById('invitedCode').innerText === ''`)
}

func TestBrowserStaff(t *testing.T) {
	t.Parallel()
	path, ok := chromium(t)
	if !ok {
		return
	}
	g := setup(t)
	v := g.visitor()
	stations := g.stations()
	mine, other := stations[0], stations[1]
	first := g.newCase(v.chat(), mine, "厂区门口道路积水，货车进不来（示例）。\n请协调处理。")
	g.newCase(v.chat(), other, "别的联络站的诉求（示例）")

	b := g.browser(path)
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
		chromedp.Focus(chromedp.CSS("#work-text")), write("已联系养护单位，明天上午到场（示例）。"), chromedp.Click(chromedp.CSS("#work .primary")))
	b.see("the new state", `document.querySelector('#detail header').innerText.includes('办理中')`)
	b.see("the reply in the history", `document.querySelector('.timeline').innerText.includes('明天上午到场')`)
	// The requester is told in the chat.
	told := v.events("/api/chat/events")
	await(t, told, "the reply in the chat", isLine("bot", "明天上午到场"))

	// A new case and somebody else's step come in by themselves; the draft stays.
	b.fill("q", "")
	b.do(chromedp.Focus(chromedp.CSS("#work-text")), write("草稿"))
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
		b.do(chromedp.Click(chromedp.CSS(".back")))
		b.see("the list", `document.querySelector('.list').offsetWidth > 0 && document.querySelectorAll('#tickets a').length === 2`)
		b.fits("the list at the width of a phone")
		b.shot("5-phone-list")
		b.do(chromedp.Click(chromedp.CSS("#tickets a[href*=" + first.ID + "]")))
		b.see("the case again", `document.querySelector('#detail h2')?.innerText === '`+first.ID+`'`)
	}
	b.window(1280, 800, "dark")
	b.shot("6-dark")
	b.do(chromedp.Click(chromedp.CSS("#logout")))
	b.see("the login again", `!document.getElementById('viewLogin').hidden && document.getElementById('detail').innerText === ''`)
}
