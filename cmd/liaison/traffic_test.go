package main

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"

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
	station *botapitest.Group // of Zhouxiang, where the cases go
	cases   int               // of each of them
	updates int
}

// text is what the n-th case of the i-th person says.
func (traffic) text(i, n int) string { return fmt.Sprintf("第%d位的第%d件：路灯不亮", i, n) }

// stationFile configures the example's stations in the data folder, with a group for
// Zhouxiang.
func stationFile(t *testing.T, srv *botapitest.Server, dir string) *botapitest.Group {
	t.Helper()
	g := srv.Supergroup("周巷站", srv.User("站长"))
	configure(t, dir, map[string]string{"town-zhouxiang": fmt.Sprintf("    telegram_chat_id: %d\n", g.ChatID())})
	return g
}

// newTraffic lets people come to the bot, which must be running on what stationFile
// has written.
func newTraffic(t *testing.T, srv *botapitest.Server, station *botapitest.Group, people, cases int) *traffic {
	t.Helper()
	w := &traffic{srv: srv, station: station, cases: cases}
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

var (
	confirmed = regexp.MustCompile(`^已受理，编号 (CX-\d+-\d+)`)
	cardOf    = regexp.MustCompile(`CX-\d{8}-\d{4,}`)
)

// told returns the numbers of the cases that were told in the room, each once, in
// the order in which they came.
func (w *traffic) told(room botapitest.Room) (numbers []string) {
	for _, m := range w.srv.BotMessages(room) {
		n := ""
		if room == w.station {
			n = cardOf.FindString(m.Text)
		} else if c := confirmed.FindStringSubmatch(m.Text); c != nil {
			n = c[1]
		}
		if n != "" && !slices.Contains(numbers, n) {
			numbers = append(numbers, n)
		}
	}
	return numbers
}

// repeated is how many messages came again: a reply may be sent twice when it is not
// known whether it arrived. A person is told nothing twice in a row, and the station's
// message about a case is edited.
func (w *traffic) repeated() (n int) {
	for _, u := range w.users {
		all := u.Messages()
		for i := 1; i < len(all); i++ {
			if all[i].Text == all[i-1].Text {
				n++
			}
		}
	}
	return n + len(w.srv.BotMessages(w.station)) - len(w.told(w.station))
}

// wait waits until everybody has been told of every case, the station too, and checks
// that every question was answered.
func (w *traffic) wait(t *testing.T) {
	t.Helper()
	w.srv.WaitConfirmed(t)
	for _, u := range w.users {
		w.srv.Wait(t, "every case confirmed to its requester", func() bool { return len(w.told(u)) >= w.cases })
		w.srv.Wait(t, "every question answered", func() bool { return w.answers(u) >= w.cases })
	}
	w.srv.Wait(t, "every case told to its station", func() bool { return len(w.told(w.station)) >= w.cases*len(w.users) })
}

// answers is how many questions were answered to the person.
func (w *traffic) answers(u *botapitest.User) (n int) {
	for _, m := range u.Messages() {
		if strings.Contains(m.Text, "普惠金融") && strings.Contains(m.Text, "依据：") {
			n++
		}
	}
	return n
}

// check compares what people were told with what the store has: every case once, told
// to its station, and to its requester in the order in which they were told to us. The
// cases of two people at once have no order.
func (w *traffic) check(t *testing.T, st *store.Store) {
	t.Helper()
	var stored []ticket.Ticket
	err := st.View(t.Context(), func(tx handlers.Tx) (err error) {
		stored, err = tx.Tickets(t.Context(), ticket.Filter{Limit: 500})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	texts, textOf := make(map[string]int), make(map[string]string)
	for _, c := range stored {
		texts[c.Text]++
		textOf[c.ID] = c.Text
	}
	for i, u := range w.users {
		told := w.told(u)
		for n := 1; n <= w.cases; n++ {
			if got := texts[w.text(i, n)]; got != 1 {
				t.Errorf("case %d of person %d is stored %d times", n, i, got)
			}
			if n <= len(told) && textOf[told[n-1]] != w.text(i, n) {
				t.Errorf("person %d was told of %q in place %d", i, textOf[told[n-1]], n)
			}
		}
	}
	if want := len(w.users) * w.cases; len(stored) != want {
		t.Errorf("%d cases stored, want %d", len(stored), want)
	}
	if at := w.told(w.station); len(at) != len(stored) {
		t.Errorf("of %d cases the station was told of %v", len(stored), at)
	}
	if a, err := st.Audit(t.Context()); err != nil || a.Broken != nil || a.Lines == 0 {
		t.Errorf("the ledger afterwards: %+v, %v", a, err)
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
