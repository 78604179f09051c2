package main

import (
	"fmt"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"liaison/bot/botapitest"
	"liaison/handlers"
	"liaison/store"
	"liaison/store/storetest"
)

// crowd is many people who have written to the bot before, and a server that
// enforces Telegram's limits, of which the one over all chats is scaled up.
type crowd struct {
	t      *testing.T
	srv    *botapitest.Server
	people []*botapitest.User
	rate   int
	env    []string
	dir    string
	flags  []string // for commands
}

// setting is a number that the environment may raise for a long run.
func setting(t *testing.T, name string, otherwise int) int {
	t.Helper()
	v := os.Getenv(name)
	if v == "" {
		return otherwise
	}
	n, err := strconv.Atoi(v)
	if err != nil || n < 1 {
		t.Fatalf("%s is %q, not a number", name, v)
	}
	return n
}

// newCrowd makes the people known to Telegram and to the bot. cfg is the bot's store.
func newCrowd(t *testing.T, people, rate int, cfg store.Config, env ...string) *crowd {
	t.Helper()
	limits := botapitest.TelegramLimits()
	limits.PerSecond = rate
	w := &crowd{t: t, rate: rate, dir: cfg.Dir, srv: botapitest.New(t, botapitest.WithWaitTimeout(2*time.Minute), botapitest.WithLimits(limits))}
	w.env = append(env, "TELEGRAM_BOT_TOKEN="+w.srv.Token(), "TELEGRAM_API_URL="+w.srv.URL(), fmt.Sprintf("TELEGRAM_LIMITS=%d/1/20", rate))
	w.flags = []string{"--data", cfg.Dir, "--database", cfg.DSN}
	p := start(t, w.dir, w.env...) // makes the data
	if err := p.Stop(); err != nil {
		t.Fatal(err)
	}
	for i := range people {
		u := w.srv.User("企业" + strconv.Itoa(i))
		u.Send("/start")
		w.people = append(w.people, u)
	}
	w.drop()
	st, err := store.Open(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	defer st.Close()
	for page := range slices.Chunk(w.people, 1000) {
		err := st.Update(t.Context(), func(tx handlers.Tx) error {
			for _, u := range page {
				id := strconv.FormatInt(u.ChatID(), 10)
				if _, err := tx.Touch(t.Context(), handlers.Telegram, id, id, time.Now().Add(-time.Hour)); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	return w
}

// drop takes back what the people have sent: that they are there is known.
func (w *crowd) drop() {
	w.t.Helper()
	get(w.t, w.srv.URL()+"/bot"+w.srv.Token()+"/deleteWebhook?drop_pending_updates=true")
}

// command runs a command of the operator's.
func (w *crowd) command(args ...string) string {
	w.t.Helper()
	out, errs, code := liaison(w.t, append(w.flags, args...)...)
	if code != exitOK {
		w.t.Fatalf("%q ended with %d: %s", args, code, errs)
	}
	return out
}

var announcedID = regexp.MustCompile(`^[0-9a-f]{16}`)

// announce starts an announcement to everybody and returns its id.
func (w *crowd) announce(text string) string {
	w.t.Helper()
	out := w.command("announce", "--to", "requesters", "--yes", text)
	id := announcedID.FindString(out)
	if id == "" {
		w.t.Fatalf("announce printed %q", out)
	}
	return id
}

// progress is the line of liaison announcements about the announcement.
func (w *crowd) progress(id string) string {
	w.t.Helper()
	for line := range strings.Lines(w.command("announcements")) {
		if strings.HasPrefix(line, id) {
			return line
		}
	}
	w.t.Fatalf("%s is not listed", id)
	return ""
}

// sent counts the messages that Telegram has taken.
func (w *crowd) sent() int { return len(w.ok()) }

func (w *crowd) ok() (calls []botapitest.Call) {
	for _, c := range w.srv.Calls("sendMessage") {
		if c.Status == 200 {
			calls = append(calls, c)
		}
	}
	return calls
}

// wait looks now and then, since looking is not cheap with so many messages.
func (w *crowd) wait(what string, ok func() bool) {
	w.t.Helper()
	limit := time.Minute + time.Duration(len(w.people)/w.rate+1)*3*time.Second
	pause := 50*time.Millisecond + time.Duration(len(w.people))*10*time.Microsecond
	for end := time.Now().Add(limit); !ok(); time.Sleep(pause) {
		if time.Now().After(end) {
			w.t.Fatalf("still waiting for %s", what)
		}
	}
}

// got returns how often each of the people has the text, at most one of the usual.
func (w *crowd) got(text string) (twice int) {
	w.t.Helper()
	for _, u := range w.people {
		n := 0
		for _, m := range u.Messages() {
			if strings.Contains(m.Text, text) {
				n++
			}
		}
		switch {
		case n == 0:
			w.t.Errorf("%s did not get it", u.Account().FirstName)
		case n > 1:
			twice += n - 1
		}
	}
	return twice
}

// limited lists what was answered with 429.
func (w *crowd) limited() (calls []botapitest.Call) {
	for _, c := range w.srv.Calls() {
		if c.Status == 429 {
			calls = append(calls, c)
		}
	}
	return calls
}

// askers are people who ask something every so often and note how long the bot takes.
type askers struct {
	wg   sync.WaitGroup
	stop chan struct{}
	mu   sync.Mutex
	took []time.Duration
}

// ask lets n of the people ask until the end, one after the other and none more often
// than the bot takes for long. Each gets its answers in order.
func (w *crowd) ask(n int) *askers {
	const pause = 3500 * time.Millisecond
	a := &askers{stop: make(chan struct{})}
	for i, u := range w.people[:n] {
		a.wg.Go(func() {
			for next := time.Duration(i+1) * pause / time.Duration(n); ; next = pause {
				select {
				case <-a.stop:
					return
				case <-time.After(next):
				}
				began := time.Now()
				asked := u.Send("/language")
				w.srv.WaitMessage(w.t, u, botapitest.After(asked, botapitest.Contains("请选择语言")))
				a.mu.Lock()
				a.took = append(a.took, time.Since(began))
				a.mu.Unlock()
			}
		})
	}
	return a
}

// end returns how long the answers took, the shortest first.
func (a *askers) end() []time.Duration {
	close(a.stop)
	a.wg.Wait()
	slices.Sort(a.took)
	return a.took
}

// An announcement goes out at the rate that Telegram allows, without one refusal,
// while people get their answers; and after a kill with SIGKILL it goes on where it
// was. LIAISON_TEST_ANNOUNCE_PEOPLE and _RATE make it a measurement, in which the rate
// and the time of the answers are checked as well: that is for a machine that does
// nothing else. By the clock of a test they are in package bot.
func TestAnnouncement(t *testing.T) {
	w := newCrowd(t, setting(t, "LIAISON_TEST_ANNOUNCE_PEOPLE", 1500), setting(t, "LIAISON_TEST_ANNOUNCE_RATE", 120), store.Config{Dir: t.TempDir()})
	w.survives(1)
}

// Three processes share one limit and one announcement.
func TestAnnouncementOfReplicas(t *testing.T) {
	postgres, redis := needs(t, "LIAISON_TEST_POSTGRES"), needs(t, "LIAISON_TEST_REDIS")
	dsn := storetest.Schema(t, postgres)
	w := newCrowd(t, setting(t, "LIAISON_TEST_ANNOUNCE_PEOPLE", 1500), setting(t, "LIAISON_TEST_ANNOUNCE_RATE", 120),
		store.Config{Dir: t.TempDir(), DSN: dsn}, "DATABASE_URL="+dsn, "REDIS_URL="+redis)
	w.survives(3)
}

// survives announces something through so many processes, kills one of them when
// most people have it, and checks what came of it.
func (w *crowd) survives(processes int) {
	t := w.t
	t.Helper()
	all := make([]*process, processes)
	for i := range all {
		all[i] = start(t, w.dir, w.env...)
	}
	began := time.Now()
	id := w.announce("周五上午现场办公")
	talk := w.ask(25)
	w.wait("most of it", func() bool { return w.sent() > len(w.people)*2/3 })
	first := w.ok()
	took := talk.end()
	all[0].Kill()
	killed := time.Now()
	all[0] = start(t, w.dir, w.env...)
	w.wait("the end", func() bool { return strings.Contains(w.progress(id), "done") })
	twice := w.got("周五上午现场办公")
	if twice > 16 { // what was on its way when the process died
		t.Errorf("%d got it twice", twice)
	}
	refused := slices.DeleteFunc(w.limited(), func(c botapitest.Call) bool {
		// One process alone forgets what it has just sent to a chat when it is killed.
		return processes == 1 && c.Time.After(killed) && c.Time.Before(killed.Add(10*time.Second))
	})
	if len(refused) > 0 {
		t.Errorf("%d calls were refused, the first is %+v", len(refused), refused[0])
	}
	rate, p99 := float64(len(first)-1)/first[len(first)-1].Time.Sub(first[0].Time).Seconds(), took[len(took)*99/100]
	if os.Getenv("LIAISON_TEST_ANNOUNCE_PEOPLE") != "" && (rate < 0.95*float64(w.rate) || p99 >= time.Second) {
		t.Errorf("%.1f messages a second of %d; the p99 of answers is %v", rate, w.rate, p99)
	}
	for _, p := range all {
		if err := p.Stop(); err != nil {
			t.Errorf("the program ended with %v", err)
		}
	}
	t.Logf("%d people in %v, %d processes, one kill: none missed, %d twice, none refused; %.1f of %d messages a second; %d answers meanwhile, p50 %v, p99 %v",
		len(w.people), time.Since(began).Round(time.Second), processes, twice, rate, w.rate, len(took), took[len(took)/2].Round(time.Millisecond), p99.Round(time.Millisecond))
}

// A 429 stops everything that is sent until the time is over. Who has blocked the
// bot, or declines announcements, does not get the next one.
func TestAnnouncementIsHeld(t *testing.T) {
	w := newCrowd(t, 400, 120, store.Config{Dir: t.TempDir()})
	start(t, w.dir, w.env...)
	for _, u := range w.people[:5] {
		u.Block()
	}
	w.drop() // that they did is noticed by sending only
	const pause = 3 * time.Second
	w.srv.Fail(botapitest.Fault{Method: "sendMessage", After: 100, RetryAfter: int(pause / time.Second)})
	id := w.announce("周五上午现场办公")
	w.wait("the 429", func() bool { return len(w.limited()) > 0 })
	asked := w.people[399].Send("/language")
	w.wait("the end", func() bool { return strings.Contains(w.progress(id), "done") })
	w.srv.WaitMessage(t, w.people[399], botapitest.After(asked, botapitest.Contains("请选择语言")))
	refused := w.limited()
	if len(refused) != 1 {
		t.Errorf("%d calls were refused", len(refused))
	}
	at, early := refused[0].Time, 0
	for _, c := range w.srv.Calls() {
		// What was on its way arrives; the moment is for a machine that is busy.
		if since := c.Time.Sub(at); c.Method != "getUpdates" && since > 250*time.Millisecond && since < pause {
			early++
		}
	}
	if early > 0 {
		t.Errorf("%d calls came before retry_after had passed", early)
	}
	if line := w.progress(id); !strings.Contains(line, "395 of 400 delivered, 5 not reached") {
		t.Errorf("progress: %s", line)
	}
	last := w.people[398]
	last.Press(last.Messages()[0], "不再接收通知")
	w.srv.WaitMessage(t, last, botapitest.Contains("之后不再给您发通知"))
	if out := w.command("announce", "--to", "requesters", "第二次"); !strings.Contains(out, "394 people would get this") {
		t.Errorf("the next one: %s", out)
	}
	// One that is stopped goes to nobody else.
	id = w.announce("第二次")
	w.command("announcements", "--stop", id)
	sent := w.sent()
	time.Sleep(time.Second)
	if more := w.sent() - sent; more > 16 {
		t.Errorf("%d messages after the stop", more)
	}
	if _, errs, code := liaison(t, append(w.flags, "announcements", "--stop", id)...); code != exitFailed {
		t.Errorf("stopped again: %d %s", code, errs)
	}
}
