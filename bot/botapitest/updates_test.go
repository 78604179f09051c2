package botapitest_test

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/go-telegram/bot"
	"github.com/go-telegram/bot/models"

	"liaison/bot/botapitest"
)

// texts polls once and returns the texts of the messages got, with the last id.
func texts(t *testing.T, srv *botapitest.Server, args map[string]any) (out []string, last int64) {
	t.Helper()
	for _, u := range result[[]models.Update](t, call(t, srv, "getUpdates", args)) {
		last = u.ID
		if u.Message != nil {
			out = append(out, u.Message.Text)
		}
	}
	return out, last
}

func TestGetUpdatesOffsets(t *testing.T) {
	t.Parallel()
	srv := botapitest.New(t)
	u := srv.User("张三")
	for _, s := range []string{"一", "二", "三", "四"} {
		u.Send(s)
	}
	all := []string{"一", "二", "三", "四"}
	got, last := texts(t, srv, nil)
	if !slices.Equal(got, all) {
		t.Fatalf("first poll: %q", got)
	}
	if again, _ := texts(t, srv, nil); !slices.Equal(again, all) {
		t.Errorf("unconfirmed updates are not delivered again: %q", again)
	}
	if got, _ := texts(t, srv, map[string]any{"limit": 2}); !slices.Equal(got, all[:2]) {
		t.Errorf("limit 2: %q", got)
	}
	if got, _ := texts(t, srv, map[string]any{"offset": last - 1}); !slices.Equal(got, all[2:]) {
		t.Errorf("offset: %q", got)
	}
	if n := srv.PendingUpdates(); n != 2 {
		t.Errorf("pending %d, want 2", n)
	}
	if got, _ := texts(t, srv, map[string]any{"offset": -1}); !slices.Equal(got, all[3:]) || srv.PendingUpdates() != 1 {
		t.Errorf("offset -1: %q, pending %d", got, srv.PendingUpdates())
	}
	if got, _ := texts(t, srv, map[string]any{"offset": last + 1}); len(got) != 0 || srv.PendingUpdates() != 0 {
		t.Errorf("after confirming all: %q", got)
	}
}

func TestLongPollWakes(t *testing.T) {
	t.Parallel()
	srv := botapitest.New(t)
	u := srv.User("张三")
	got := make(chan []string, 1)
	go func() {
		s, _ := texts(t, srv, map[string]any{"timeout": 30})
		got <- s
	}()
	srv.Wait(t, "the poll", srv.Polling)
	start := time.Now()
	u.Send("在吗")
	if s := <-got; !slices.Equal(s, []string{"在吗"}) || time.Since(start) > 5*time.Second {
		t.Errorf("woke with %q after %v", s, time.Since(start))
	}
}

func TestSecondPollerEndsFirst(t *testing.T) {
	t.Parallel()
	srv := botapitest.New(t)
	first := make(chan reply, 1)
	go func() { first <- call(t, srv, "getUpdates", map[string]any{"timeout": 30}) }()
	srv.Wait(t, "the poll", srv.Polling)
	if r := call(t, srv, "getUpdates", nil); !r.OK {
		t.Errorf("second poll: %s", r.Description)
	}
	want := "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running"
	if r := <-first; r.Status != 409 || r.Description != want {
		t.Errorf("first poll: %d %s", r.Status, r.Description)
	}
}

func TestAbandonedPollFreesThePlace(t *testing.T) {
	t.Parallel()
	srv := botapitest.New(t)
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan struct{})
	go func() {
		defer close(done)
		req := request(t, srv, "getUpdates?timeout=30", "", nil).WithContext(ctx)
		if resp, err := newHTTP(t).Do(req); err == nil {
			resp.Body.Close()
			t.Error("the poll was answered although its client had gone")
		}
	}()
	srv.Wait(t, "the poll", srv.Polling)
	cancel()
	<-done
	srv.Wait(t, "the poll to end", func() bool { return !srv.Polling() })
}

func TestAllowedUpdates(t *testing.T) {
	t.Parallel()
	srv := botapitest.New(t)
	u := srv.User("张三")
	call(t, srv, "getUpdates", map[string]any{"allowed_updates": []string{"callback_query"}})
	u.Send("不要这条")
	if n := srv.PendingUpdates(); n != 0 {
		t.Errorf("a kind not asked for is pending: %d", n)
	}
	call(t, srv, "getUpdates", nil) // keeps the setting
	u.Send("也不要")
	call(t, srv, "getUpdates", map[string]any{"allowed_updates": []string{}})
	u.Send("要这条")
	srv.PushUpdate("message_reaction", map[string]any{"date": 1}) // opt-in kind
	srv.PushUpdate("poll", map[string]any{"id": "1"})
	got := result[[]map[string]json.RawMessage](t, call(t, srv, "getUpdates", nil))
	if len(got) != 2 || got[0]["message"] == nil || got[1]["poll"] == nil {
		t.Errorf("got %s", got)
	}
}

// TestClientLoop drives the client's own loop: order, edits, repeats.
func TestClientLoop(t *testing.T) {
	t.Parallel()
	srv := botapitest.New(t)
	got := make(chan *models.Update, 100)
	b := newClient(t, srv, bot.WithNotAsyncHandlers(), bot.WithDefaultHandler(
		func(_ context.Context, _ *bot.Bot, u *models.Update) { got <- u }))
	u := srv.User("张三", botapitest.WithLastName("example"), botapitest.WithUserName("zhangsan_example"), botapitest.WithLanguage("zh-hans"))
	m := u.Send("你好 /start@example_test_bot 请问")
	u.Edit(m, "改过了")
	if !srv.RepeatUpdate() {
		t.Error("nothing to repeat")
	}
	poll(t, b)

	first := (<-got).Message
	if first.From.LanguageCode != "zh-hans" || first.From.Username != "zhangsan_example" || first.Chat.Type != models.ChatTypePrivate {
		t.Errorf("sender: %+v in %+v", first.From, first.Chat)
	}
	if len(first.Entities) != 1 || first.Entities[0] != (models.MessageEntity{Type: "bot_command", Offset: 3, Length: 23}) {
		t.Errorf("entities: %+v", first.Entities)
	}
	edit, again := <-got, <-got
	if edit.EditedMessage == nil || edit.EditedMessage.Text != "改过了" || edit.EditedMessage.ID != first.ID || edit.EditedMessage.EditDate == 0 {
		t.Errorf("edit: %+v", edit)
	}
	if again.ID != edit.ID {
		t.Errorf("repeat has id %d, want %d", again.ID, edit.ID)
	}
	srv.WaitConfirmed(t)
	noViolations(t, srv)
}

// TestConcurrentUse has people write and the bot poll at the same time.
func TestConcurrentUse(t *testing.T) {
	t.Parallel()
	srv := botapitest.New(t)
	const people, each = 8, 20
	b := newClient(t, srv, bot.WithNotAsyncHandlers(), bot.WithDefaultHandler(
		func(ctx context.Context, b *bot.Bot, u *models.Update) {
			_, err := b.SendMessage(ctx, &bot.SendMessageParams{ChatID: u.Message.Chat.ID, Text: "收到 " + u.Message.Text})
			if err != nil && !errors.Is(err, context.Canceled) {
				t.Error(err)
			}
		}))
	poll(t, b)
	done := make(chan struct{})
	for range people {
		u := srv.User("并发")
		go func() {
			defer func() { done <- struct{}{} }()
			for range each {
				u.Send("消息")
			}
		}()
	}
	for range people {
		<-done
	}
	srv.Wait(t, "all answers", func() bool { return len(srv.Calls("sendMessage")) == people*each })
}
