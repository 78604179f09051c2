package botapitest_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/go-telegram/bot"
	"github.com/go-telegram/bot/models"

	"liaison/bot/botapitest"
)

// failed is the panic of a probe's Fatalf.
type failed string

// probe is a TB whose failure can be looked at.
type probe struct{ *testing.T }

func (probe) Fatalf(format string, args ...any) { panic(failed(fmt.Sprintf(format, args...))) }

// failure runs f and returns what it failed with, "" when it did not.
func failure(f func()) (message string) {
	defer func() {
		if r := recover(); r != nil {
			message = string(r.(failed))
		}
	}()
	f()
	return ""
}

func TestMistakesOfTheTest(t *testing.T) {
	t.Parallel()
	tb := probe{t}
	srv := botapitest.New(tb, botapitest.WithWaitTimeout(10*time.Millisecond))
	b := newClient(t, srv)
	u, other := started(srv), srv.User("李四")
	blocker, gone := started(srv), started(srv)
	blocker.Block()
	gone.DeleteAccount()
	g := srv.Group("示例群", u)
	if _, err := b.SendMessage(t.Context(), &bot.SendMessageParams{ChatID: u.ChatID(), Text: "请看", ReplyMarkup: models.InlineKeyboardMarkup{
		InlineKeyboard: [][]models.InlineKeyboardButton{{{Text: "原文", URL: "https://example.com"}}}}}); err != nil {
		t.Fatal(err)
	}
	m := u.Messages()[0]
	for want, f := range map[string]func(){
		`no button "是" under message`:                func() { u.Press(m, "是") },
		`button "原文" sends nothing to the bot`:       func() { u.Press(m, "原文") },
		"message 99 is not in chat":                  func() { u.Press(botapitest.Message{ID: 99, Chat: m.Chat}, "是") },
		"another person's chat":                      func() { other.Press(m, "原文") },
		"another person's chat with the bot":         func() { other.PressData(m, "x") },
		"not a member of the group":                  func() { other.SendIn(g, "x") },
		"has blocked the bot":                        func() { blocker.Send("x") },
		"the account was deleted":                    func() { gone.Send("x") },
		"can't send an empty text":                   func() { u.Send(" ") },
		"splits texts longer":                        func() { u.Send(strings.Repeat("长", 4097)) },
		"edits only own messages":                    func() { u.Edit(m, "x") },
		"can't make a text empty":                    func() { u.Edit(srv.History(u)[0], " ") },
		"only a Forum has topics":                    func() { g.Topic("x") },
		`no such status of a bot: "owner"`:           func() { g.SetBot("owner") },
		"only a basic group":                         func() { srv.Supergroup("x").Upgrade() },
		"waited 10ms for a matching call of getMe":   func() { srv.WaitCall(tb, "getMe", func(c botapitest.Call) bool { return c.Status == 500 }) },
		"waited 10ms for all updates to be conf":     func() { srv.WaitConfirmed(tb) },
		"张三: \"/start\" []":                          func() { srv.WaitMessage(tb, u, botapitest.Contains("没有")) },
		"sendMessage 200":                            func() { srv.WaitMessage(tb, u, botapitest.After(m, nil)) },
		"botapitest: token must be <id>:<secret>, g": func() { botapitest.New(tb, botapitest.WithToken("x")) },
		"speed must be positive":                     func() { botapitest.New(tb, botapitest.WithSpeed(0)) },
	} {
		if got := failure(f); !strings.Contains(got, want) {
			t.Errorf("failed with %q, want %q in it", got, want)
		}
	}
	g.Upgrade()
	if got := failure(func() { u.SendIn(g, "x") }); !strings.Contains(got, "was upgraded") {
		t.Errorf("writing in the old group: %q", got)
	}
}
