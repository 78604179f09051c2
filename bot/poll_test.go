package bot

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"liaison/bot/botapitest"
	"liaison/handlers"
)

func TestPollStoresThenConfirms(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	u := w.srv.User("示例", botapitest.WithLanguage("zh-hans"))
	for i := range 5 {
		u.Send(fmt.Sprint("第", i, "条"))
	}
	failed := false
	w.inbox.fail = func(m handlers.Message) error {
		if m.Text == "第2条" && !failed {
			failed = true
			return errors.New("disk full")
		}
		if failed && w.srv.PendingUpdates() > 3 {
			return errors.New("the first two were not confirmed")
		}
		if !failed && w.srv.PendingUpdates() != 5 {
			return errors.New("confirmed before it was stored")
		}
		return nil
	}
	w.run(t)
	w.srv.WaitConfirmed(t)
	if got, want := w.inbox.texts(), "第0条 第1条 第2条 第3条 第4条"; got != want {
		t.Errorf("received %q, want %q", got, want)
	}
	if w.inbox.refused != 1 {
		t.Errorf("the inbox refused %d messages, want 1", w.inbox.refused)
	}
	if strings.Contains(w.log.String(), "第2条") {
		t.Error("the text of a message is in the log")
	}
}

// meeting is an inbox in which each message waits until as many are there.
type meeting struct {
	*inbox
	want, there atomic.Int32
}

func (in *meeting) Receive(ctx context.Context, m handlers.Message, at time.Time) (bool, error) {
	for in.there.Add(1); in.there.Load() < in.want.Load(); time.Sleep(time.Millisecond) {
		if ctx.Err() != nil {
			return false, ctx.Err()
		}
	}
	return in.inbox.Receive(ctx, m, at)
}

// One inbox that is slow to write must not make a city queue: chats are taken in side
// by side, and what one of them is refused holds up no other, nor gets lost.
func TestPollTakesChatsSideBySide(t *testing.T) {
	t.Parallel()
	in := &meeting{inbox: &inbox{}}
	in.want.Store(3)
	w := newWorld(t, func(c *Config) { c.Inbox = in })
	for i := range in.want.Load() {
		w.srv.User("示例").Send(fmt.Sprint(i))
	}
	refused := false
	in.fail = func(m handlers.Message) error {
		if m.Text == "1" && !refused {
			refused = true
			return errors.New("disk full")
		}
		return nil
	}
	w.run(t)
	w.srv.WaitConfirmed(t)
	got := strings.Fields(in.texts())
	slices.Sort(got)
	if !slices.Equal(got, []string{"0", "1", "2"}) || in.refused != 1 {
		t.Errorf("received %v, %d refused", got, in.refused)
	}
}

func TestPollContinuesWhereTheLastRunEnded(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	u := w.srv.User("示例")
	u.Send("一")
	stop := w.run(t)
	w.srv.WaitConfirmed(t)
	stop()
	u.Send("二")
	if got := w.inbox.texts(); got != "一" {
		t.Errorf("received %q after Run had ended", got)
	}
	w.run(t)
	w.srv.WaitConfirmed(t)
	if got := w.inbox.texts(); got != "一 二" {
		t.Errorf("received %q, want both once", got)
	}
}

func TestPollSurvives(t *testing.T) {
	t.Parallel()
	for name, faults := range map[string][]botapitest.Fault{
		"server errors":            {{Method: "getUpdates", Status: 500, Times: 3}},
		"a broken proxy":           {{Method: "getUpdates", Garbage: true, Times: 2}},
		"dropped connections":      {{Method: "getUpdates", Drop: true, Times: 2}, {Method: "getUpdates", DropAfter: true}},
		"another poller":           {{Method: "getUpdates", Status: http.StatusConflict, Times: 2}},
		"too many requests":        {{Method: "getUpdates", RetryAfter: 1}},
		"refused for a while":      {{Method: "getMe", Status: 401, Times: 3}},
		"unreachable at the start": {{Method: "getMe", Drop: true, Times: 3}, {Method: "deleteWebhook", Status: 502}},
		"menu refused":             {{Method: "setMyCommands", Status: 400, Times: 1}},
		"menu fails":               {{Method: "setMyCommands", Status: 500, Times: 2}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, func(c *Config) { c.Commands = menu })
			for _, f := range faults {
				w.srv.Fail(f)
			}
			w.srv.User("示例").Send("您好")
			w.run(t)
			w.srv.Wait(t, "the message", func() bool { return w.inbox.texts() == "您好" })
			w.srv.WaitConfirmed(t)
			w.srv.Wait(t, "readiness", func() bool { return w.Ready() == nil })
		})
	}
}

func TestPollHonoursRetryAfter(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	w.srv.Fail(botapitest.Fault{Method: "getUpdates", RetryAfter: 1})
	w.run(t)
	w.srv.WaitCall(t, "getUpdates", nil)
	start := time.Now()
	w.srv.User("示例").Send("您好")
	w.srv.Wait(t, "the message", func() bool { return w.inbox.texts() == "您好" })
	if d := time.Since(start); d < 900*time.Millisecond {
		t.Errorf("polled again after %v, want a second", d)
	}
}

func TestReadySaysWhy(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	if w.Ready() == nil {
		t.Error("ready before Run")
	}
	w.srv.Fail(botapitest.Fault{Method: "getMe", Status: 401, Times: -1})
	stop := w.run(t)
	w.srv.Wait(t, "the refusal", func() bool {
		return len(w.srv.Calls("getMe")) > 1 && strings.Contains(w.Ready().Error(), "TELEGRAM_BOT_TOKEN")
	})
	w.srv.ClearFaults()
	w.srv.Wait(t, "readiness", func() bool { return w.Ready() == nil })
	w.srv.Fail(botapitest.Fault{Method: "getUpdates", Status: http.StatusConflict, Times: -1})
	w.srv.User("示例").Send("您好") // ends the poll that is under way
	w.srv.Wait(t, "the conflict", func() bool {
		return strings.Contains(w.log.String(), "another program takes this bot's updates")
	})
	stop()
	if w.Ready() == nil {
		t.Error("ready after Run has ended")
	}
}

func TestRunOnlyOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	w.run(t)
	w.srv.Wait(t, "readiness", func() bool { return w.Ready() == nil })
	if err := w.Run(t.Context()); err == nil {
		t.Error("a second Run was let in")
	}
}

// Somebody else's webhook stops the polls, before the start or in the middle.
func TestRunRemovesAWebhook(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	other := newWorld(t, func(c *Config) {
		c.APIURL, c.WebhookURL, c.WebhookSecret = w.srv.URL(), "http://127.0.0.1:1/hook", "s"
	})
	setWebhook := func() {
		n := len(w.srv.Calls("setWebhook"))
		stop := other.run(t)
		w.srv.Wait(t, "the webhook", func() bool { return len(w.srv.Calls("setWebhook")) > n })
		stop()
	}
	setWebhook()
	u := w.srv.User("示例")
	u.Send("一")
	w.run(t)
	w.srv.Wait(t, "the first message", func() bool { return w.inbox.texts() == "一" })
	setWebhook()
	u.Send("二")
	w.srv.Wait(t, "the second message", func() bool { return w.inbox.texts() == "一 二" })
}

// menu is what the tests register.
var menu = []Command{
	{Name: "start", Description: map[string]string{"zh": "开始", "en": "Start"}},
	{Name: "bind", Description: map[string]string{"zh": "绑定本群", "en": "Bind this group"}, Group: true},
	{Name: "next", Description: map[string]string{"zh": "下一件", "en": "Next"}, Group: true, Staff: true},
	{Name: "quick", Description: map[string]string{"zh": "快捷回复", "en": "Quick replies"}, Staff: true},
}

func TestCommandsInBothLanguages(t *testing.T) {
	t.Parallel()
	w := newWorld(t, func(c *Config) { c.Commands = menu })
	w.run(t)
	w.srv.Wait(t, "readiness", func() bool { return w.Ready() == nil })
	zh := []botapitest.Command{{Command: "start", Description: "开始"}, {Command: "bind", Description: "绑定本群"}}
	en := []botapitest.Command{{Command: "start", Description: "Start"}, {Command: "bind", Description: "Bind this group"}}
	for _, c := range []struct {
		lang, scope string
		want        []botapitest.Command
	}{
		{"", "default", zh}, {"zh", "default", zh}, {"en", "default", en},
		{"", "all_group_chats", append(zh[1:], botapitest.Command{Command: "next", Description: "下一件"})},
		{"zh", "all_group_chats", append(zh[1:], botapitest.Command{Command: "next", Description: "下一件"})},
		{"en", "all_group_chats", append(en[1:], botapitest.Command{Command: "next", Description: "Next"})},
	} {
		if d := cmp.Diff(c.want, w.srv.Commands(c.lang, c.scope)); d != "" {
			t.Errorf("commands for %q in %s (-want +got)\n%s", c.lang, c.scope, d)
		}
	}
}

// What people do on Telegram, as it reaches the conversations.
func TestPollDecodes(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil, botapitest.WithPrivacyOff())
	w.run(t)
	u := w.srv.User("示例", botapitest.WithLanguage("zh-hans"))
	g := w.srv.Group("示例群", u)
	w.srv.WaitConfirmed(t) // that the bot is in the group
	last := func(what string) handlers.Message {
		t.Helper()
		w.srv.WaitConfirmed(t)
		ms := w.inbox.messages()
		if len(ms) == 0 {
			t.Fatalf("%s: nothing arrived", what)
		}
		return ms[len(ms)-1]
	}
	u.Send("/start abc")
	if m := last("command"); m.Command != "start" || m.Text != "abc" || m.Lang != "zh-hans" || m.Group {
		t.Errorf("command: %+v", m)
	}
	u.SendIn(g, "/start@example_test_bot")
	if m := last("group command"); m.Command != "start" || !m.Group || m.From.Chat != fmt.Sprint(g.ChatID()) {
		t.Errorf("group command: %+v", m)
	}
	u.SendPhoto("图.jpg", picture(t, 40, 30), "现场")
	if m := last("photo"); len(m.Files) != 1 || m.Files[0].Problem != "" || m.Text != "现场" {
		t.Errorf("photo: %+v", m)
	}
	u.Block()
	if m := last("block"); m.Event != handlers.EventBlocked {
		t.Errorf("block: %+v", m)
	}
	next := g.Upgrade()
	if m := last("upgrade"); m.Event != handlers.EventMoved || m.MovedTo != fmt.Sprint(next.ChatID()) || m.From.Chat != fmt.Sprint(g.ChatID()) {
		t.Errorf("upgrade: %+v", m)
	}
}
