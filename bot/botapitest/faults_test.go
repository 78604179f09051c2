package botapitest_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/go-telegram/bot"

	"liaison/bot/botapitest"
)

func TestFaults(t *testing.T) {
	t.Parallel()
	clock := newClock()
	srv := botapitest.New(t, botapitest.WithSpeed(1000), botapitest.WithClock(clock.now))
	b := newClient(t, srv)
	u := started(srv)
	send := func(text string) error {
		_, err := b.SendMessage(t.Context(), &bot.SendMessageParams{ChatID: u.ChatID(), Text: text})
		return err
	}
	count := func() int { return len(u.Messages()) }

	srv.Fail(botapitest.Fault{Method: "sendmessage", After: 1, Times: 2, Status: 500})
	for i, want := range []string{"", "Internal Server Error", "Internal Server Error", ""} {
		if err := send("x"); (err == nil) != (want == "") || err != nil && !strings.Contains(err.Error(), "500 "+want) {
			t.Errorf("call %d: %v", i, err)
		}
	}
	if count() != 2 {
		t.Errorf("%d messages, want 2", count())
	}

	srv.Fail(botapitest.Fault{RetryAfter: 3})
	var many *bot.TooManyRequestsError
	if err := send("x"); !errors.As(err, &many) || many.RetryAfter != 3 || !strings.Contains(many.Message, "Too Many Requests: retry after 3") {
		t.Errorf("429: %v", err)
	}
	clock.add(3 * time.Millisecond) // 3 s of Telegram at this speed
	if err := send("x"); err != nil {
		t.Error(err)
	}
	noViolations(t, srv)

	srv.Fail(botapitest.Fault{Status: 403, Description: "Forbidden: bot was blocked by the user"})
	wantErr(t, "scripted 403", send("x"), bot.ErrorForbidden, "Forbidden: bot was blocked by the user")

	srv.Fail(botapitest.Fault{Garbage: true})
	if err := send("x"); err == nil || !strings.Contains(err.Error(), "502 Bad Gateway") {
		t.Errorf("garbage: %v", err)
	}
	srv.Fail(botapitest.Fault{Drop: true})
	if err := send("没发出"); err == nil {
		t.Error("drop: answered")
	}
	if count() != 3 {
		t.Errorf("%d messages after refused calls, want 3", count())
	}
	srv.Fail(botapitest.Fault{DropAfter: true})
	if err := send("发出了"); err == nil {
		t.Error("dropAfter: answered")
	}
	if count() != 4 {
		t.Errorf("%d messages after DropAfter, want 4", count())
	}

	srv.Fail(botapitest.Fault{Delay: time.Minute, Times: -1})
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	if _, err := b.GetMe(ctx); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("delay: %v", err)
	}
	srv.ClearFaults()
	if err := send("x"); err != nil {
		t.Error(err)
	}
}

func TestFaultOnPollingAndFiles(t *testing.T) {
	t.Parallel()
	srv := botapitest.New(t)
	u := started(srv)
	srv.Fail(botapitest.Fault{Status: 502}) // any method, but not the poll
	if r := call(t, srv, "getUpdates", nil); !r.OK {
		t.Errorf("poll: %s", r.Description)
	}
	if r := call(t, srv, "getMe", nil); r.Status != 502 || r.Description != "Bad Gateway" {
		t.Errorf("getMe: %+v", r)
	}
	srv.Fail(botapitest.Fault{Method: "getUpdates", Status: 409, Description: "Conflict: scripted"})
	if r := call(t, srv, "getUpdates", nil); r.Status != 409 || r.Description != "Conflict: scripted" {
		t.Errorf("poll: %+v", r)
	}
	b := newClient(t, srv)
	id := u.SendDocument("a.txt", []byte("x"), "").FileID()
	srv.Fail(botapitest.Fault{Method: "file", Garbage: true})
	if status, data := download(t, srv, b, id); status != 502 || !strings.Contains(string(data), "<html>") {
		t.Errorf("file: %d %q", status, data)
	}
	if status, _ := download(t, srv, b, id); status != 200 {
		t.Errorf("file again: %d", status)
	}
}

func TestRetryAfterIsEnforced(t *testing.T) {
	t.Parallel()
	clock := newClock()
	srv := botapitest.New(t, botapitest.WithClock(clock.now))
	b := newClient(t, srv)
	u, other := started(srv), started(srv)
	send := func(to *botapitest.User) (retry int) {
		_, err := b.SendMessage(t.Context(), &bot.SendMessageParams{ChatID: to.ChatID(), Text: "x"})
		var many *bot.TooManyRequestsError
		if errors.As(err, &many) {
			return many.RetryAfter
		}
		if err != nil {
			t.Fatal(err)
		}
		return 0
	}
	srv.Fail(botapitest.Fault{Method: "sendMessage", RetryAfter: 10})
	if n := send(u); n != 10 {
		t.Errorf("retry_after %d", n)
	}
	clock.add(4 * time.Second)
	if n := send(u); n != 6 {
		t.Errorf("too early: retry_after %d, want 6", n)
	}
	if n := send(other); n != 0 {
		t.Errorf("another chat: retry_after %d", n)
	}
	if v := srv.Violations(); len(v) != 1 || v[0] != "sendMessage: called 6s before retry_after had passed" {
		t.Errorf("violations: %q", v)
	}
	clock.add(6 * time.Second)
	if n := send(u); n != 0 {
		t.Errorf("after the pause: retry_after %d", n)
	}
}

func TestLimits(t *testing.T) {
	t.Parallel()
	clock := newClock()
	srv := botapitest.New(t, botapitest.WithClock(clock.now), botapitest.WithLimits(botapitest.TelegramLimits()))
	u := started(srv)
	g := srv.Supergroup("示例群", u)
	send := func(room botapitest.Room) int {
		return call(t, srv, "sendMessage", map[string]any{"chat_id": room.ChatID(), "text": "x"}).Parameters.RetryAfter
	}
	for i := range 5 {
		if n := send(u); n != 0 {
			t.Fatalf("private message %d: %d", i, n)
		}
	}
	if n := send(u); n != 5 {
		t.Errorf("6th in five seconds: retry after %d, want 5", n)
	}
	clock.add(5 * time.Second)
	if n := send(u); n != 0 {
		t.Errorf("five seconds later: %d", n)
	}
	for i := range 20 {
		if n := send(g); n != 0 {
			t.Fatalf("group message %d: %d", i, n)
		}
		clock.add(time.Second)
	}
	if n := send(g); n != 40 {
		t.Errorf("21st in a minute: retry after %d, want 40", n)
	}
	clock.add(40 * time.Second)
	if n := send(g); n != 0 {
		t.Errorf("when the first left the window: %d", n)
	}
	clock.add(time.Second)
	for i := range 30 {
		if n := send(started(srv)); n != 0 {
			t.Fatalf("message %d of the second: %d", i, n)
		}
	}
	if n := send(started(srv)); n != 1 {
		t.Errorf("31st in a second: %d", n)
	}
	noViolations(t, srv)
}
