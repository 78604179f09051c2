package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"liaison/bot/botapitest"
)

// refusals lists what was answered with 429.
func refusals(srv *botapitest.Server) (calls []botapitest.Call) {
	for _, c := range srv.Calls() {
		if c.Status == 429 {
			calls = append(calls, c)
		}
	}
	return calls
}

// A Telegram that takes one message a second and no burst refuses one, once. Nothing is
// lost, and everything comes in its order.
func TestStrictTelegram(t *testing.T) {
	t.Parallel()
	limits := botapitest.TelegramLimits()
	limits.ChatBurst = 1
	srv := botapitest.New(t, botapitest.WithWaitTimeout(90*time.Second), botapitest.WithLimits(limits))
	p := start(t, t.TempDir(), "TELEGRAM_BOT_TOKEN="+srv.Token(), "TELEGRAM_API_URL="+srv.URL())
	u := srv.User("企业主", botapitest.WithLanguage("zh-hans"))
	var want []string
	for range 4 {
		u.Send(someQuestion)
		u.Send("/language")
		want = append(want, itsAnswer, "请选择语言")
	}
	answers := func() (got []botapitest.Message) {
		for _, m := range u.Messages() {
			if strings.Contains(m.Text, itsAnswer) || strings.Contains(m.Text, "请选择语言") {
				got = append(got, m)
			}
		}
		return got
	}
	srv.Wait(t, "the answers", func() bool { return len(answers()) >= len(want) })
	if err := p.Stop(); err != nil {
		t.Error(err)
	}
	for i, m := range answers() {
		if i >= len(want) || !strings.Contains(m.Text, want[i]) {
			t.Errorf("message %d is %q", i, m.Text)
		}
	}
	if n := len(refusals(srv)); n != 1 {
		t.Errorf("%d were refused, want the second of the burst alone", n)
	}
}

// What Telegram has asked for is done also after a kill: until the time is over nothing
// is sent to anybody.
func TestHoldOutlivesAKill(t *testing.T) {
	t.Parallel()
	srv := botapitest.New(t, botapitest.WithWaitTimeout(90*time.Second))
	dir, env := t.TempDir(), []string{"TELEGRAM_BOT_TOKEN=" + srv.Token(), "TELEGRAM_API_URL=" + srv.URL()}
	p := start(t, dir, env...)
	const pause = 15 * time.Second
	srv.Fail(botapitest.Fault{Method: "sendMessage", RetryAfter: int(pause / time.Second)})
	u, other := srv.User("企业主", botapitest.WithLanguage("zh-hans")), srv.User("另一位", botapitest.WithLanguage("zh-hans"))
	u.Send(someQuestion)
	srv.Wait(t, "the 429", func() bool { return len(refusals(srv)) > 0 })
	eventually(t, "the process to know", func() bool { return strings.Contains(p.Log(), "channel asked to wait") })
	p.Kill()
	at := refusals(srv)[0].Time
	p = start(t, dir, env...)
	if since := time.Since(at); since > pause-time.Second {
		t.Skipf("the machine is too busy: the next process was there after %v", since)
	}
	other.Send(someQuestion)
	for _, who := range []*botapitest.User{u, other} {
		srv.WaitMessage(t, who, botapitest.Contains(itsAnswer))
	}
	for _, c := range srv.Calls("sendMessage") {
		if since := c.Time.Sub(at); since > 0 && since < pause {
			t.Errorf("a message was sent %v after the 429", since)
		}
	}
	if n := len(refusals(srv)); n != 1 {
		t.Errorf("%d were refused", n)
	}
	if err := p.Stop(); err != nil {
		t.Error(err)
	}
}

// A stop that cannot keep what the limits stand at is a stop.
func TestStopWithoutKeepingLimits(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	p := start(t, dir)
	if err := os.Mkdir(filepath.Join(dir, limitsFile+".new"), 0o700); err != nil { // where the file would be written anew
		t.Fatal(err)
	}
	if err := p.Stop(); err != nil {
		t.Errorf("the stop failed: %v", err)
	}
	if log := p.Log(); strings.Count(log, "after a restart Telegram may refuse messages for a moment") != 1 {
		t.Errorf("want one line about it in the log:\n%s", log)
	}
}
