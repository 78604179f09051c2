package botapitest_test

import (
	"context"
	"fmt"

	"github.com/go-telegram/bot"
	"github.com/go-telegram/bot/models"

	"liaison/bot/botapitest"
)

// A bot that repeats what it hears, and a person who talks to it. In a test,
// botapitest.New(t) takes the place of Start and Close.
func ExampleStart() {
	srv, err := botapitest.Start("127.0.0.1:0")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer srv.Close()

	b, err := bot.New(srv.Token(), bot.WithServerURL(srv.URL()), bot.WithDefaultHandler(
		func(ctx context.Context, b *bot.Bot, u *models.Update) {
			_, _ = b.SendMessage(ctx, &bot.SendMessageParams{ChatID: u.Message.Chat.ID, Text: "您说：" + u.Message.Text})
		}))
	if err != nil {
		fmt.Println(err)
		return
	}
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	go b.Start(ctx)

	u := srv.User("张三", botapitest.WithLanguage("zh-hans"))
	u.Send("你好")
	fmt.Println(srv.WaitMessage(panicTB{}, u, nil).Text)
	fmt.Println(len(srv.Violations()), "violations")
	// Output:
	// 您说：你好
	// 0 violations
}

// panicTB stands in for *testing.T in an example.
type panicTB struct{}

func (panicTB) Helper()                           {}
func (panicTB) Fatalf(format string, args ...any) { panic(fmt.Sprintf(format, args...)) }
func (panicTB) Cleanup(func())                    {}
