package botapitest_test

import (
	"context"
	"net/http"
	"sync/atomic"
	"testing"
	"time"

	"github.com/go-telegram/bot"
	"github.com/go-telegram/bot/models"

	"liaison/bot/botapitest"
)

// newClient is the real client, talking to srv.
func newClient(t *testing.T, srv *botapitest.Server, opts ...bot.Option) *bot.Bot {
	t.Helper()
	opts = append([]bot.Option{
		bot.WithServerURL(srv.URL()),
		bot.WithHTTPClient(10*time.Second, newHTTP(t)),
		bot.WithErrorsHandler(func(err error) { t.Logf("client: %v", err) }),
	}, opts...)
	b, err := bot.New(srv.Token(), opts...)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// poll runs the client's own loop until the test ends.
func poll(t *testing.T, b *bot.Bot) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() { defer close(done); b.Start(ctx) }()
	t.Cleanup(func() { cancel(); <-done })
}

func noViolations(t *testing.T, srv *botapitest.Server) {
	t.Helper()
	if v := srv.Violations(); len(v) != 0 {
		t.Errorf("violations: %q", v)
	}
}

func TestConversation(t *testing.T) {
	t.Parallel()
	srv := botapitest.New(t, botapitest.WithUsername("cixi_example_bot"))
	if name := srv.Bot().Username; name != "cixi_example_bot" {
		t.Errorf("user name %q", name)
	}
	b := newClient(t, srv, bot.WithNotAsyncHandlers(), bot.WithDefaultHandler(
		func(ctx context.Context, b *bot.Bot, u *models.Update) {
			var err error
			switch {
			case u.CallbackQuery != nil:
				m := u.CallbackQuery.Message.Message
				_, err = b.AnswerCallbackQuery(ctx, &bot.AnswerCallbackQueryParams{CallbackQueryID: u.CallbackQuery.ID, Text: "好"})
				if err == nil {
					_, err = b.EditMessageText(ctx, &bot.EditMessageTextParams{ChatID: m.Chat.ID, MessageID: m.ID, Text: "已选：" + u.CallbackQuery.Data})
				}
			case u.Message != nil:
				_, err = b.SendMessage(ctx, &bot.SendMessageParams{ChatID: u.Message.Chat.ID, Text: "收到：" + u.Message.Text,
					ReplyMarkup: models.InlineKeyboardMarkup{InlineKeyboard: [][]models.InlineKeyboardButton{{{Text: "是", CallbackData: "yes"}}}}})
			}
			if err != nil && ctx.Err() == nil {
				t.Errorf("handler: %v", err)
			}
		}))
	poll(t, b)

	u := srv.User("张三", botapitest.WithLanguage("zh-hans"))
	u.Send("你好 🙂")
	m := srv.WaitMessage(t, u, botapitest.Contains("收到：你好 🙂"))
	id := u.Press(m, "是")
	m = srv.WaitMessage(t, u, botapitest.Contains("已选：yes"))
	if m.EditDate == 0 || m.Keyboard != nil || len(u.Messages()) != 1 {
		t.Errorf("after the edit: %+v", u.Messages())
	}
	if a := srv.CallbackAnswers(); len(a) != 1 || a[0].QueryID != id || a[0].Text != "好" {
		t.Errorf("answers: %+v", a)
	}
	srv.WaitConfirmed(t)
	noViolations(t, srv)
}

// newHTTP is a client with its own connections, closed with the test.
func newHTTP(t *testing.T) *http.Client {
	t.Helper()
	transport := &http.Transport{}
	t.Cleanup(transport.CloseIdleConnections)
	return &http.Client{Transport: transport, Timeout: 10 * time.Second}
}

// testClock stands still until moved; safe for concurrent use.
type testClock struct{ nanos atomic.Int64 }

func newClock() *testClock {
	c := &testClock{}
	c.nanos.Store(time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC).UnixNano())
	return c
}

func (c *testClock) now() time.Time      { return time.Unix(0, c.nanos.Load()) }
func (c *testClock) add(d time.Duration) { c.nanos.Add(int64(d)) }
