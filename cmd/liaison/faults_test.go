package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"liaison/bot/botapitest"
)

const (
	someQuestion = "慈溪有几个普惠金融服务站？"
	itsAnswer    = "10个镇级"
)

// fileCase takes a person through a complaint that goes to Zhouxiang.
func (w *telegram) fileCase(u *botapitest.User, text string) {
	w.t.Helper()
	u.Send("/complain " + text)
	u.Press(w.srv.WaitMessage(w.t, u, botapitest.Contains("已记下")), "下一步")
	u.Press(w.srv.WaitMessage(w.t, u, botapitest.Contains("涉及哪家企业")), "跳过")
	w.srv.WaitMessage(w.t, u, botapitest.Contains("镇"))
	u.Send("周巷镇")
	u.Press(w.srv.WaitMessage(w.t, u, botapitest.Contains("联系方式")), "不提供")
	u.Press(w.srv.WaitMessage(w.t, u, botapitest.Contains("请核对")), "提交")
	w.srv.WaitMessage(w.t, u, botapitest.Contains("已受理"))
}

func TestTelegramOutOfReachAtTheStart(t *testing.T) {
	t.Parallel()
	addr := freeAddr(t)
	token := "123456:an-example-token-for-tests-00000000"
	p := start(t, t.TempDir(), "TELEGRAM_BOT_TOKEN="+token, "TELEGRAM_API_URL=http://"+addr)
	eventually(t, "readyz to tell of it", func() bool {
		status, body := get(t, p.Base+"/readyz")
		return status == 200 && strings.Contains(body, "telegram:") && !strings.Contains(body, token)
	})
	srv, err := botapitest.Start(addr, botapitest.WithToken(token), botapitest.WithWaitTimeout(60*time.Second))
	if err != nil {
		t.Fatal(err)
	}
	defer srv.Close()
	u := srv.User("企业主")
	u.Send(someQuestion)
	srv.WaitMessage(t, u, botapitest.Contains(itsAnswer))
	if err := p.Stop(); err != nil {
		t.Errorf("the program ended with %v", err)
	}
	if strings.Contains(p.Log(), token) {
		t.Error("the token is in the log")
	}
}

func TestTelegramWebhook(t *testing.T) {
	t.Parallel()
	srv := botapitest.New(t, botapitest.WithWaitTimeout(30*time.Second))
	addr := freeAddr(t)
	p := start(t, t.TempDir(), "TELEGRAM_BOT_TOKEN="+srv.Token(), "TELEGRAM_API_URL="+srv.URL(), "LIAISON_ADDR="+addr,
		"TELEGRAM_WEBHOOK_URL=http://"+addr+"/hook/telegram", "TELEGRAM_WEBHOOK_SECRET=an-example-secret")
	u := srv.User("企业主")
	u.Send(someQuestion)
	srv.WaitMessage(t, u, botapitest.Contains(itsAnswer))
	srv.WaitConfirmed(t)
	if n := len(srv.Calls("getUpdates")); n > 0 {
		t.Errorf("with a webhook it polled %d times", n)
	}
	if err := p.Stop(); err != nil {
		t.Errorf("the program ended with %v", err)
	}
}

// Limits, outages and broken connections delay replies; they lose none and
// change no order.
func TestTelegramFailingNowAndThen(t *testing.T) {
	t.Parallel()
	w := newTelegram(t)
	u := w.user("owner")
	u.Send("/start")
	w.srv.WaitMessage(t, u, botapitest.Contains("欢迎使用"))
	for _, f := range []botapitest.Fault{
		{Method: "sendMessage", RetryAfter: 1},
		{Method: "sendMessage", After: 1, Status: 500},
		{Method: "sendMessage", After: 2, Garbage: true},
		{Method: "sendMessage", After: 3, Drop: true},
		{Method: "getUpdates", Status: 502},
		{Method: "getUpdates", Drop: true},
	} {
		w.srv.Fail(f)
	}
	const n = 6
	for i := range n {
		u.Send(fmt.Sprintf("/frob%d", i))
	}
	w.srv.WaitMessage(t, u, botapitest.Contains(fmt.Sprintf("/frob%d ", n-1)))
	var got []string
	for _, m := range u.Messages() {
		if strings.Contains(m.Text, "/frob") {
			got = append(got, m.Text)
		}
	}
	if len(got) != n {
		t.Fatalf("%d replies to %d messages: %q", len(got), n, got)
	}
	for i, text := range got {
		if !strings.Contains(text, fmt.Sprintf("/frob%d ", i)) {
			t.Errorf("reply %d is %q", i, text)
		}
	}
	if v := w.srv.Violations(); len(v) > 0 {
		t.Errorf("violations: %q", v)
	}
}

// A group that becomes a supergroup has a new id, which stations.yaml does not
// know yet.
func TestGroupUpgraded(t *testing.T) {
	t.Parallel()
	srv := botapitest.New(t, botapitest.WithWaitTimeout(30*time.Second))
	w := &telegram{t: t, srv: srv, dir: t.TempDir(), users: make(map[string]*botapitest.User), groups: make(map[string]*botapitest.Group)}
	boss := srv.User("站长")
	old := srv.Group("周巷站", boss)
	w.groups["zhouxiang"] = old
	w.env = []string{"TELEGRAM_BOT_TOKEN=" + srv.Token(), "TELEGRAM_API_URL=" + srv.URL()}
	w.writeStations(map[string]string{"zhouxiang": "town-zhouxiang"})
	w.p = start(t, w.dir, w.env...)
	agent, owner := w.user("agent"), w.user("owner")
	agent.Send("/staff " + w.code("agent", "town-zhouxiang", "甲"))
	srv.WaitMessage(t, agent, botapitest.Contains("您已成为"))
	w.fileCase(owner, "第一件")
	srv.WaitMessage(t, old, botapitest.Contains("第一件"))
	group := old.Upgrade()
	w.groups["zhouxiang"] = group
	srv.WaitConfirmed(t)
	owner2 := w.user("owner2")
	w.fileCase(owner2, "第二件")
	card := srv.WaitMessage(t, group, botapitest.Contains("第二件"))
	agent.Press(card, "签收")
	srv.WaitMessage(t, owner2, botapitest.Contains("签收，应于"))
}

// Somebody who blocks the bot hears nothing, and the station works on.
func TestRequesterBlocksTheBot(t *testing.T) {
	t.Parallel()
	w := newTelegram(t)
	agent, owner := w.user("agent"), w.user("owner")
	agent.Send("/staff " + w.code("agent", "town-zhouxiang", "甲"))
	w.srv.WaitMessage(t, agent, botapitest.Contains("您已成为"))
	w.fileCase(owner, "第一件")
	card := w.srv.WaitMessage(t, w.groups["zhouxiang"], botapitest.Contains("第一件"))
	owner.Block()
	w.srv.WaitConfirmed(t)
	agent.Press(card, "签收")
	w.srv.WaitMessage(t, w.groups["zhouxiang"], botapitest.Contains("已签收"))
	owner.Unblock()
	owner.Send("/tickets")
	w.srv.WaitMessage(t, owner, botapitest.Contains("· 已签收"))
	if log := w.p.Log(); strings.Contains(log, "level=ERROR") {
		t.Errorf("errors in the log:\n%s", log)
	}
}

// A station that goes from the configuration leaves its cases to triage; a
// faulty file changes nothing.
func TestStationsChangeWhileRunning(t *testing.T) {
	t.Parallel()
	w := newTelegram(t)
	chief, owner := w.user("chief"), w.user("owner")
	chief.Send("/staff " + w.code("agent", "city-centre", "总台"))
	w.srv.WaitMessage(t, chief, botapitest.Contains("您已成为"))
	w.fileCase(owner, "第一件")
	file := filepath.Join(w.dir, "stations.yaml")
	b, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	good := string(b)
	write := func(text string) {
		t.Helper()
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write(strings.Replace(good, "triage: city-centre", "triage: nowhere", 1))
	eventually(t, "the fault to be logged", func() bool {
		return strings.Contains(w.p.Log(), "nowhere") && strings.Contains(w.p.Log(), "stations.yaml:")
	})
	i := strings.Index(good, "  - id: town-zhouxiang")
	j := strings.Index(good[i:], "\n\n")
	write(good[:i] + good[i+j:])
	w.srv.WaitMessage(t, chief, botapitest.Contains("第一件"))
}
