package main

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"liaison/bot/botapitest"
	"liaison/handlers"
	"liaison/store"
	"liaison/ticket"
)

// TestKilledInTheMiddle streams messages of several people at the bot, kills it
// with SIGKILL again and again while it works, and counts: every message that
// Telegram handed over is answered, no case is there twice, none is missing.
func TestKilledInTheMiddle(t *testing.T) {
	t.Parallel()
	const people, cases, kills = 5, 4, 4
	srv := botapitest.New(t, botapitest.WithWaitTimeout(90*time.Second))
	dir := t.TempDir()
	env := []string{"TELEGRAM_BOT_TOKEN=" + srv.Token(), "TELEGRAM_API_URL=" + srv.URL()}
	p := start(t, dir, env...)

	var all []*botapitest.User
	for i := range people {
		u := srv.User(fmt.Sprintf("企业主%d", i), botapitest.WithLanguage("zh-hans"))
		all = append(all, u)
		u.Send("/start")
		srv.WaitMessage(t, u, botapitest.Contains("欢迎使用"))
	}
	updates := 0
	for n := 1; n <= cases; n++ {
		for i, u := range all {
			any := u.Messages()[0]
			// Each question and each form takes the next number of the talk; the
			// questions that /start offers have taken the first four.
			form := fmt.Sprintf("f:%d:", 4+2*n)
			u.Send(fmt.Sprintf("慈溪有几个普惠金融服务站？（%d）", n))
			u.Send(fmt.Sprintf("/complain 第%d位的第%d件：路灯不亮", i, n))
			u.PressData(any, form+"next")
			u.Send(fmt.Sprintf("示例%d厂", i))
			u.Send("周巷")
			u.PressData(any, form+"skip")
			u.PressData(any, form+"send")
			u.PressData(any, form+"apart") // the cases of one person are alike
			updates += 8
		}
	}
	for range kills {
		before := srv.PendingUpdates()
		replies := len(srv.Calls("sendMessage"))
		srv.Wait(t, "some work", func() bool {
			return srv.PendingUpdates() < before || len(srv.Calls("sendMessage")) > replies+5
		})
		p.Kill()
		p = start(t, dir, env...)
	}
	srv.WaitConfirmed(t)
	submitted := func(u *botapitest.User) (n int, numbers map[string]bool) {
		numbers = make(map[string]bool)
		for _, m := range u.Messages() {
			if strings.HasPrefix(m.Text, "已受理，编号 ") {
				n++
				number, _, _ := strings.Cut(strings.TrimPrefix(m.Text, "已受理，编号 "), "\n")
				numbers[number] = true
			}
		}
		return n, numbers
	}
	told := make(map[string]bool)
	for _, u := range all {
		srv.Wait(t, "every case confirmed to its requester", func() bool { _, n := submitted(u); return len(n) >= cases })
		_, numbers := submitted(u)
		for n := range numbers {
			told[n] = true
		}
		answers := 0
		for _, m := range u.Messages() {
			if strings.Contains(m.Text, "普惠金融") && strings.Contains(m.Text, "依据：") {
				answers++
			}
		}
		if answers < cases {
			t.Errorf("%d of %d questions were answered", answers, cases)
		}
	}
	if err := p.Stop(); err != nil {
		t.Errorf("the program ended with %v", err)
	}

	st, err := store.Open(t.Context(), store.Config{Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	defer st.Close()
	var stored []ticket.Ticket
	err = st.View(t.Context(), func(tx handlers.Tx) (err error) {
		stored, err = tx.Tickets(t.Context(), ticket.Filter{Limit: 500})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	texts := make(map[string]int)
	for _, c := range stored {
		texts[c.Text]++
		if !told[c.ID] {
			t.Errorf("nobody was told of %s", c.ID)
		}
	}
	for i := range people {
		for n := 1; n <= cases; n++ {
			if got := texts[fmt.Sprintf("第%d位的第%d件：路灯不亮", i, n)]; got != 1 {
				t.Errorf("case %d of person %d is stored %d times", n, i, got)
			}
		}
	}
	if len(stored) != people*cases || len(told) != people*cases {
		t.Errorf("%d cases stored and %d told, want %d", len(stored), len(told), people*cases)
	}
	if a, err := st.Audit(t.Context()); err != nil || a.Broken != nil || a.Lines == 0 {
		t.Errorf("the ledger after the kills: %+v, %v", a, err)
	}
	t.Logf("%d updates, %d kills, %d cases: none lost, none twice", updates, kills, len(stored))
}
