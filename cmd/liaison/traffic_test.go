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

// traffic is what several people send at once: questions, and cases that are
// told by a form.
type traffic struct {
	srv     *botapitest.Server
	users   []*botapitest.User
	cases   int // of each of them
	updates int
}

// text is what the n-th case of the i-th person says.
func (traffic) text(i, n int) string { return fmt.Sprintf("第%d位的第%d件：路灯不亮", i, n) }

func newTraffic(t *testing.T, srv *botapitest.Server, people, cases int) *traffic {
	t.Helper()
	w := &traffic{srv: srv, cases: cases}
	for i := range people {
		u := srv.User(fmt.Sprintf("企业主%d", i), botapitest.WithLanguage("zh-hans"))
		w.users = append(w.users, u)
		u.Send("/start")
	}
	for _, u := range w.users {
		srv.WaitMessage(t, u, botapitest.Contains("欢迎使用"))
	}
	return w
}

// send hands all of it to Telegram.
func (w *traffic) send() {
	for n := 1; n <= w.cases; n++ {
		for i, u := range w.users {
			any := u.Messages()[0]
			// Each question and each form takes the next number of the talk; the
			// questions that /start offers have taken the first four.
			form := fmt.Sprintf("f:%d:", 4+2*n)
			u.Send(fmt.Sprintf("慈溪有几个普惠金融服务站？（%d）", n))
			u.Send("/complain " + w.text(i, n))
			u.PressData(any, form+"next")
			u.Send(fmt.Sprintf("示例%d厂", i))
			u.Send("周巷")
			u.PressData(any, form+"skip")
			u.PressData(any, form+"send")
			u.PressData(any, form+"apart") // the cases of one person are alike
			w.updates += 8
		}
	}
}

// numbers returns the numbers of cases that the person was told.
func (w *traffic) numbers(u *botapitest.User) map[string]bool {
	numbers := make(map[string]bool)
	for _, m := range u.Messages() {
		if strings.HasPrefix(m.Text, "已受理，编号 ") {
			number, _, _ := strings.Cut(strings.TrimPrefix(m.Text, "已受理，编号 "), "\n")
			numbers[number] = true
		}
	}
	return numbers
}

// wait waits until everybody has been told of every case, and checks that every
// question was answered, in the order in which it was asked.
func (w *traffic) wait(t *testing.T) {
	t.Helper()
	w.srv.WaitConfirmed(t)
	for _, u := range w.users {
		w.srv.Wait(t, "every case confirmed to its requester", func() bool { return len(w.numbers(u)) >= w.cases })
		answers := 0
		for _, m := range u.Messages() {
			if strings.Contains(m.Text, "普惠金融") && strings.Contains(m.Text, "依据：") {
				answers++
			}
		}
		if answers < w.cases {
			t.Errorf("%d of %d questions were answered", answers, w.cases)
		}
	}
}

// check compares what people were told with what the store has: every case once.
func (w *traffic) check(t *testing.T, st *store.Store) {
	t.Helper()
	told := make(map[string]bool)
	for _, u := range w.users {
		for n := range w.numbers(u) {
			told[n] = true
		}
	}
	var stored []ticket.Ticket
	err := st.View(t.Context(), func(tx handlers.Tx) (err error) {
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
	for i := range w.users {
		for n := 1; n <= w.cases; n++ {
			if got := texts[w.text(i, n)]; got != 1 {
				t.Errorf("case %d of person %d is stored %d times", n, i, got)
			}
		}
	}
	if want := len(w.users) * w.cases; len(stored) != want || len(told) != want {
		t.Errorf("%d cases stored and %d told, want %d", len(stored), len(told), want)
	}
	if a, err := st.Audit(t.Context()); err != nil || a.Broken != nil || a.Lines == 0 {
		t.Errorf("the ledger after the kills: %+v, %v", a, err)
	}
}

// someWork waits until the bot has done something.
func (w *traffic) someWork(t *testing.T) {
	t.Helper()
	before, replies := w.srv.PendingUpdates(), len(w.srv.Calls("sendMessage"))
	w.srv.Wait(t, "some work", func() bool {
		return w.srv.PendingUpdates() < before || len(w.srv.Calls("sendMessage")) > replies+5
	})
}

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
	w := newTraffic(t, srv, people, cases)
	w.send()
	for range kills {
		w.someWork(t)
		p.Kill()
		p = start(t, dir, env...)
	}
	w.wait(t)
	if err := p.Stop(); err != nil {
		t.Errorf("the program ended with %v", err)
	}
	st, err := store.Open(t.Context(), store.Config{Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	defer st.Close()
	w.check(t, st)
	t.Logf("%d updates, %d kills, %d cases: none lost, none twice", w.updates, kills, people*cases)
}
