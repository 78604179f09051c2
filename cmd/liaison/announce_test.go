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

// got returns how many messages with the text came to somebody who had it, and how many
// people have none.
func (w *crowd) got(text string) (twice, missed int) {
	w.t.Helper()
	for _, u := range w.people {
		n := 0
		for _, m := range u.Messages() {
			if strings.Contains(m.Text, text) {
				n++
			}
		}
		if n == 0 {
			missed++
		}
		twice += max(0, n-1)
	}
	return twice, missed
}

// answered is a question that has its answer.
type answered struct {
	at   time.Time
	took time.Duration
}

// askers are people who ask something every so often and note how long the bot takes.
type askers struct {
	wg   sync.WaitGroup
	stop chan struct{}
	mu   sync.Mutex
	all  []answered
}

// ask lets n of the people ask until the end, one question after the other and none more
// often than the bot takes for long. Each gets its answers in order.
func (w *crowd) ask(n int) *askers {
	const pause = 3500 * time.Millisecond
	a := &askers{stop: make(chan struct{})}
	for i, u := range w.people[:n] {
		a.wg.Go(func() {
			next := time.Duration(i+1) * pause / time.Duration(n)
			for k := 1; ; k++ {
				select {
				case <-a.stop:
					return
				case <-time.After(next):
				}
				began := time.Now()
				question := u.Send(fmt.Sprintf("%s（%d）", someQuestion, k))
				w.srv.WaitMessage(w.t, u, botapitest.After(question, botapitest.Contains(itsAnswer)))
				a.mu.Lock()
				a.all = append(a.all, answered{began, time.Since(began)})
				a.mu.Unlock()
				next = pause
			}
		})
	}
	return a
}

// end returns the answered questions.
func (a *askers) end() []answered {
	close(a.stop)
	a.wg.Wait()
	return a.all
}

// required is what an announcement must reach: the share of the rate that is allowed, and
// below what 99 of 100 answers stay. Beside the tests of other packages three processes and
// their databases have two processors to share: then only what hangs is found.
func required() (share float64, answer time.Duration) {
	if os.Getenv("LIAISON_TEST_ANNOUNCE_PEOPLE") != "" {
		return 0.95, time.Second
	}
	return 0.5, 10 * time.Second
}

// shift is a time in which all processes were at work.
type shift struct{ from, to time.Time }

func (s shift) has(t time.Time) bool { return !t.Before(s.from) && t.Before(s.to) }

// An announcement goes out at the rate that Telegram allows, without one refusal,
// while people get their answers. After a stop it goes on where it was, and after a kill
// with SIGKILL too, by when some messages may have arrived that nobody has noted.
//
// LIAISON_TEST_ANNOUNCE_PEOPLE and _RATE make it a measurement, for a machine that does
// nothing else: see required. By the clock of a test, package bot requires rate and time of
// the answers in any case.
func TestAnnouncement(t *testing.T) {
	w := newCrowd(t, setting(t, "LIAISON_TEST_ANNOUNCE_PEOPLE", 1800), setting(t, "LIAISON_TEST_ANNOUNCE_RATE", 60), store.Config{Dir: t.TempDir()})
	w.survives(1, time.Second)
}

// Three processes share one limit and one announcement. The chats of one that was killed
// are theirs once its leases have ended.
func TestAnnouncementOfReplicas(t *testing.T) {
	postgres, redis := needs(t, "LIAISON_TEST_POSTGRES"), needs(t, "LIAISON_TEST_REDIS")
	dsn := storetest.Schema(t, postgres)
	w := newCrowd(t, setting(t, "LIAISON_TEST_ANNOUNCE_PEOPLE", 1800), setting(t, "LIAISON_TEST_ANNOUNCE_RATE", 60),
		store.Config{Dir: t.TempDir(), DSN: dsn}, "DATABASE_URL="+dsn, "REDIS_URL="+redis)
	w.survives(3, 10*time.Second)
}

// survives announces something through so many processes, stops one of them and starts it
// again, later kills one, and checks what came of it. settle is how long after a start, a
// stop or a kill all are at work.
func (w *crowd) survives(processes int, settle time.Duration) {
	const text = "周五上午现场办公"
	t := w.t
	t.Helper()
	all := make([]*process, processes)
	for i := range all {
		all[i] = startShipped(t, w.dir, w.env...)
	}
	time.Sleep(settle)
	id := w.announce(text)
	talk := w.ask(25)
	w.wait("the first message", func() bool { return w.sent() > 0 })
	began := w.ok()[0].Time
	from := began
	var shifts []shift
	again := func(end func()) { // ends the first process and starts it again
		shifts = append(shifts, shift{from, time.Now()})
		end()
		ended := time.Now()
		all[0] = startShipped(t, w.dir, w.env...)
		from = time.Now()
		if at := ended.Add(settle); at.After(from) {
			from = at
		}
	}
	w.wait("a quarter", func() bool { return w.sent() > len(w.people)/4 })
	again(func() {
		if err := all[0].Stop(); err != nil {
			t.Errorf("the program ended with %v", err)
		}
	})
	w.wait("half of it", func() bool { return w.sent() > len(w.people)/2 })
	if twice, _ := w.got(text); twice > 0 {
		t.Errorf("%d got it twice after a clean stop", twice)
	}
	again(func() { all[0].Kill() })
	w.wait("everybody", func() bool { return w.sent() >= len(w.people) }) // a command would take from what is measured
	w.wait("the end", func() bool { return strings.Contains(w.progress(id), "done") })
	answers := talk.end()
	twice, missed := w.got(text)
	if missed > 0 {
		t.Errorf("%d did not get it", missed)
	}
	if twice > 16 { // what was on its way when the process died
		t.Errorf("%d got it twice", twice)
	}
	refused := refusals(w.srv)
	if len(refused) > 0 {
		t.Errorf("%d calls were refused, the first is %+v", len(refused), refused[0])
	}
	sent := w.ok()
	var last time.Time
	for _, c := range sent {
		if strings.Contains(c.Params["text"], text) {
			last = c.Time
		}
	}
	shifts = append(shifts, shift{from, last})

	inShift := func(t time.Time) bool { return slices.ContainsFunc(shifts, func(s shift) bool { return s.has(t) }) }
	var n int
	var worked time.Duration
	for _, s := range shifts {
		worked += max(0, s.to.Sub(s.from))
	}
	for _, c := range sent {
		if inShift(c.Time) {
			n++
		}
	}
	var took, ever []time.Duration
	for _, a := range answers {
		ever = append(ever, a.took)
		if inShift(a.at) && inShift(a.at.Add(a.took)) {
			took = append(took, a.took)
		}
	}
	slices.Sort(took)
	slices.Sort(ever)
	rate := float64(n) / worked.Seconds()
	share, limit := required()
	if rate < share*float64(w.rate) {
		t.Errorf("%.1f messages a second of %d", rate, w.rate)
	}
	if p99 := quantile(took, 0.99); p99 >= limit {
		t.Errorf("the p99 of %d answers is %v, the limit %v", len(took), p99, limit)
	}
	for _, p := range all {
		if err := p.Stop(); err != nil {
			t.Errorf("the program ended with %v", err)
		}
	}
	ms := func(d time.Duration) time.Duration { return d.Round(time.Millisecond) }
	t.Logf("%d people in %v, %d processes, one stop and one kill: %d missed, %d twice, %d refused; %.1f of %d messages a second; "+
		"%d answers while all were at work, p50 %v, p99 %v; of all %d p99 %v, the longest %v",
		len(w.people), last.Sub(began).Round(time.Second), processes, missed, twice, len(refused), rate, w.rate,
		len(took), ms(quantile(took, 0.5)), ms(quantile(took, 0.99)), len(ever), ms(quantile(ever, 0.99)), ms(ever[len(ever)-1]))
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
	w.wait("the 429", func() bool { return len(refusals(w.srv)) > 0 })
	asked := w.people[399].Send("/language")
	w.wait("the end", func() bool { return strings.Contains(w.progress(id), "done") })
	w.srv.WaitMessage(t, w.people[399], botapitest.After(asked, botapitest.Contains("请选择语言")))
	refused := refusals(w.srv)
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
