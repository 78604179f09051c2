package web_test

import (
	"context"
	"encoding/base64"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
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
)

// chromium returns the browser to test with: LIAISON_TEST_CHROMIUM or one of the
// usual names. Without one the test is over, as a failure when
// LIAISON_TEST_REQUIRE is 1.
func chromium(t testing.TB) (path string, ok bool) {
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
	t   testing.TB
	ctx context.Context

	host string

	mu         sync.Mutex
	elsewhere  []string // requests that left the host
	complaints []string // errors of the page's own
}

// inBrowser is setup for a test of pages in a browser, which g.browser opens. It
// returns nil where there is none to test in: the caller returns.
func inBrowser(t testing.TB) *rig {
	t.Helper()
	path, ok := chromium(t)
	if !ok {
		return nil
	}
	g := setup(t)
	g.chromium = path
	return g
}

// browser opens a window, see inBrowser.
func (g *rig) browser() *browser {
	t := g.t
	t.Helper()
	profile := t.TempDir()
	ctx, cancel := chromedp.NewExecAllocator(context.WithoutCancel(t.Context()),
		chromedp.ExecPath(g.chromium), chromedp.NoFirstRun, chromedp.NoDefaultBrowserCheck, chromedp.Headless, chromedp.NoSandbox,
		chromedp.DisableGPU, chromedp.UserDataDir(profile),
		chromedp.Env("LC_ALL=C.UTF-8"), // without it files with Chinese names cannot be chosen
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
		if err != nil || u.Host != b.host && !slices.Contains([]string{"blob", "about", "data"}, u.Scheme) { // data: the icon of a date field
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

// click clicks on what the selector finds, in one go: the page may draw it anew
// at any moment.
func click(selector string) chromedp.Action[chromedp.Void] { return on(selector, "click") }

// focus is to focusing as click is to clicking.
func focus(selector string) chromedp.Action[chromedp.Void] { return on(selector, "focus") }

func on(selector, method string) chromedp.Action[chromedp.Void] {
	return chromedp.Evaluate[chromedp.Void](fmt.Sprintf("document.querySelector(%q).%s()", selector, method))
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

// see waits until the expression is true in the page; it is looked at with each
// frame that the page draws.
func (b *browser) see(what, expression string) {
	b.t.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, patience)
	defer cancel()
	_, err := chromedp.Run(ctx, chromedp.Evaluate[bool](`new Promise((seen, failed) => {
		const look = () => {
			try {
				if (`+expression+`) seen(true); else requestAnimationFrame(look);
			} catch (error) {
				failed(error);
			}
		};
		look();
	})`, chromedp.EvalAwaitPromise))
	if err != nil {
		b.shot("failed")
		b.t.Fatalf("not seen: %s: %v", what, err)
	}
}

// anew waits until the page has been loaded again: what open gave it is gone.
func (b *browser) anew() {
	b.t.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, patience)
	defer cancel()
	for {
		// While the page is being replaced there is none to ask.
		loaded, err := chromedp.Run(ctx, chromedp.Evaluate[bool](`globalThis.atob8 === undefined && document.readyState === 'complete'`))
		if err == nil && loaded {
			return
		}
		if ctx.Err() != nil {
			b.t.Fatalf("the page was not loaded again: %v", err)
		}
		time.Sleep(20 * time.Millisecond)
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

// fits reports an error when the page can be scrolled sideways, or the chat's
// page up and down: there only the list of messages moves.
func (b *browser) fits(what string) {
	b.t.Helper()
	over := get[[]string](b, `[...document.querySelectorAll('html, body, main, .detail, .list')]
		.filter((e) => e.scrollWidth > e.clientWidth + 1).map((e) => e.tagName + '.' + e.className)`)
	if len(over) > 0 {
		b.shot("sideways")
		b.t.Errorf("%s scrolls sideways: %q", what, over)
	}
	if get[bool](b, `document.getElementById('log') !== null && document.documentElement.scrollHeight > innerHeight`) {
		b.t.Errorf("%s is longer than the window", what)
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
