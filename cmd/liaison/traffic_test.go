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
	cases   int               // of each of them, with a question before each
}

// asked are the questions of a person, one before each case, and what only the answer
// to each says.
var asked = []struct{ question, answer string }{
	{someQuestion, itsAnswer},
	{"波波知了平台有多少项专业服务？", "14项专业服务"},
	{"2023年办了多少场公益企服活动？", "70余场"},
	{"政策申报讯息推送了多少条次？", "10万余条次"},
	{"2023年办了多少场金融服务活动？", "15场金融服务活动"},
	{"人文环境专项小组走访了多少家企业？", "182家"},
	{"慈溪市的园区平台体系由什么组成？", "2.5个战略产业园"},
	{"慈溪在上海有哪些飞地？", "飞地综合中心"},
}

// text is what the n-th case of the i-th person says.
func (traffic) text(i, n int) string { return fmt.Sprintf("第%d位的第%d件：路灯不亮", i, n) }

// stationFile configures the example's stations in the data folder, with a group for
// Zhouxiang that has these members besides its head.
func stationFile(t *testing.T, srv *botapitest.Server, dir string, members ...*botapitest.User) *botapitest.Group {
	t.Helper()
	g := srv.Supergroup("周巷站", append(members, srv.User("站长"))...)
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
		w.wave(n)
	}
}

// wave hands Telegram everybody's n-th question and case.
func (w *traffic) wave(n int) {
	for i, u := range w.users {
		any := u.Messages()[0]
		// Each question and each form takes the next number of the talk; the
		// questions that /start offers have taken the first four.
		form := fmt.Sprintf("f:%d:", 4+2*n)
		u.Send(asked[n-1].question)
		u.Send("/complain " + w.text(i, n))
		u.PressData(any, form+"next")
		u.Send(fmt.Sprintf("示例%d厂", i))
		u.Send("周巷")
		u.PressData(any, form+"skip")
		u.PressData(any, form+"send")
		u.PressData(any, form+"apart") // the cases of one person are alike
	}
}

// A sign is what a message of the bot is counted as: a kind of news and what it is about,
// which is the number of a case or of a question. Of what is not counted it is the text.
type sign struct{ kind, about string }

const caseNumber = `(CX-\d{8}-\d{4,})`

// kinds are the news that are counted, by how they begin.
var kinds = []struct {
	kind string
	re   *regexp.Regexp
}{
	{"received", regexp.MustCompile(`^已受理，编号 ` + caseNumber)},
	{"accepted", regexp.MustCompile(`^` + caseNumber + ` 已由.*签收`)},
	{"resolved", regexp.MustCompile(`^.*对 ` + caseNumber + ` 的办理结果`)},
	{"closed", regexp.MustCompile(`^` + caseNumber + ` 的答复已超过`)},
	{"card", regexp.MustCompile(`^` + caseNumber + ` · `)},
	{"prompt", regexp.MustCompile(`请回复本条消息，写下 ` + caseNumber)},
	{"done", regexp.MustCompile(`^办结答复：` + caseNumber)},
	{"overdue", regexp.MustCompile(`^(?:已超过期限，请督办：\n)?` + caseNumber + `(?: 已超过期限| · .*\n.*已超期)`)},
	{"supervised", regexp.MustCompile(`^(?:督办：|超过期限后仍未办理，列入督办：\n)` + caseNumber)},
}

// signOf reads a message. A card that says that it is overdue is still a card.
func signOf(m botapitest.Message) sign {
	for _, k := range kinds {
		if found := k.re.FindStringSubmatch(m.Body()); found != nil {
			return sign{k.kind, found[1]}
		}
	}
	for i, q := range asked {
		if strings.Contains(m.Body(), q.answer) && strings.Contains(m.Body(), "依据：") {
			return sign{"answer", fmt.Sprint(i + 1)}
		}
	}
	return sign{"", m.Body()}
}

// heard returns the signs of what was sent to a room, in the order in which it came, and
// how much of it came again: a message may be sent twice when it is not known whether it
// arrived, and comes again before anything else does. A person is told nothing twice in a
// row otherwise, and a card is edited.
func (w *traffic) heard(room botapitest.Room) (signs []sign, again int) {
	for _, m := range w.srv.BotMessages(room) {
		s := signOf(m)
		if len(signs) > 0 && signs[len(signs)-1] == s {
			again++
			continue
		}
		signs = append(signs, s)
	}
	return signs, again
}

// about returns what the news of the kinds were about in the room, in their order.
func (w *traffic) about(room botapitest.Room, kinds ...string) (all []string) {
	signs, _ := w.heard(room)
	for _, s := range signs {
		if slices.Contains(kinds, s.kind) {
			all = append(all, s.about)
		}
	}
	return all
}

// told returns the numbers of the cases that were told in the room, in the order in which
// they came.
func (w *traffic) told(room botapitest.Room) []string {
	if room == w.station {
		return w.about(room, "card")
	}
	return w.about(room, "received")
}

// owed is how many answers, confirmations and cards of the first n waves are still to come.
func (w *traffic) owed(n int) int {
	owed := 3*n*len(w.users) - len(w.told(w.station))
	for _, u := range w.users {
		owed -= len(w.about(u, "answer", "received"))
	}
	return owed
}

// wait waits until everybody has been told of every case, the station too, and every
// question is answered.
func (w *traffic) wait(t *testing.T) {
	t.Helper()
	w.srv.WaitConfirmed(t)
	w.srv.Wait(t, "every question answered and every case told to its requester and its station", func() bool { return w.owed(w.cases) <= 0 })
}

// check compares what people were told with what the store has: every question answered
// once, every case there once, told to its station, and to its requester, in the order in
// which its requester told it to us. The cases of two people at once have no order.
func (w *traffic) check(t *testing.T, st *store.Store) (stored []ticket.Ticket) {
	t.Helper()
	err := st.View(t.Context(), func(tx handlers.Tx) (err error) {
		stored, err = tx.Tickets(t.Context(), ticket.Filter{Limit: 500})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	numbers := make(map[string][]string) // by text
	for _, c := range stored {
		numbers[c.Text] = append(numbers[c.Text], c.ID)
	}
	cards := w.told(w.station)
	for i, u := range w.users {
		var want, mine []string
		for n := 1; n <= w.cases; n++ {
			of := numbers[w.text(i, n)]
			if len(of) != 1 {
				t.Errorf("case %d of person %d is stored %d times: %q", n, i, len(of), of)
			}
			want = append(want, fmt.Sprint(n))
			want = append(want, of...)
			mine = append(mine, of...)
		}
		if got := w.about(u, "answer", "received"); !slices.Equal(got, want) {
			t.Errorf("person %d had the answers and confirmations %q, want %q", i, got, want)
		}
		at := slices.DeleteFunc(slices.Clone(cards), func(number string) bool { return !slices.Contains(mine, number) })
		if !slices.Equal(at, mine) {
			t.Errorf("of the cases %q of person %d the station was told in the order %q", mine, i, at)
		}
	}
	if want := len(w.users) * w.cases; len(stored) != want || len(cards) != want {
		t.Errorf("%d cases stored, %d told to the station, want %d", len(stored), len(cards), want)
	}
	if a, err := st.Audit(t.Context()); err != nil || a.Broken != nil || a.Lines == 0 {
		t.Errorf("the ledger afterwards: %+v, %v", a, err)
	}
	return stored
}

// someWork waits until the bot has done something.
func (w *traffic) someWork(t *testing.T) {
	t.Helper()
	before, replies := w.srv.PendingUpdates(), len(w.srv.Calls("sendMessage"))
	w.srv.Wait(t, "some work", func() bool {
		return w.srv.PendingUpdates() < before || len(w.srv.Calls("sendMessage")) > replies+5
	})
}
