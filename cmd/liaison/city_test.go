package main

import (
	"database/sql"
	"fmt"
	"maps"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"liaison/bot/botapitest"
	"liaison/handlers"
	"liaison/replica/redistest"
	"liaison/store"
	"liaison/ticket"
)

// city is the bot as a city runs it, with all that it needs, people who write to it and
// an agent who works every other case.
type city struct {
	t        *testing.T
	srv      *botapitest.Server
	traffic  *traffic
	agent    *botapitest.User
	boss     *botapitest.User // a supervisor
	waves    int              // how many have been sent
	late     int              // of how many the deadlines have passed
	dir      string
	env      []string
	all      []*process
	postgres *postgresServer   // nil on SQLite
	redis    *redistest.Server // nil for one process
	net      *network          // nil where no fault asks for it
	disk     *tightDisk        // the same
	hung     func() int        // how many requests the silent model has taken
	asked    int               // how many of them the strikes so far met
	clocks   clocks
	ahead    atomic.Int64 // by how much the right time is ahead of the machine's
}

// replicas is how many processes run when there are several.
const replicas = 3

// The forms of a city.
const (
	alone   = "SQLite, 1 process"
	several = "PostgreSQL + Redis, 3 processes"
)

// termsOfCity let nobody be late with an answer; what nobody accepts is late two working days on.
const termsOfCity = "accept: 1\nsupervise: 1\nclose: 1\nanswer: {complaint: 365}\n"

// newCity starts a city in which the fault can happen.
func newCity(t *testing.T, form string, f fault, people, cases int) *city {
	t.Helper()
	c := &city{t: t, dir: t.TempDir(), clocks: clocks(t.TempDir())}
	c.srv = botapitest.New(t, botapitest.WithWaitTimeout(3*time.Minute), botapitest.WithClock(c.now))
	c.env = []string{"TELEGRAM_BOT_TOKEN=" + c.srv.Token(), "TELEGRAM_API_URL=" + c.srv.URL(),
		"LIAISON_INTAKE_BURST=1000", // they send faster than people type
		"TELEGRAM_LIMITS=30/1/1000"} // one station works the cases of all
	c.all = make([]*process, 1)
	if form == several {
		c.all = make([]*process, replicas)
		c.postgres, c.redis = startPostgres(t), redistest.New(t)
		c.env = append(c.env, "DATABASE_URL="+c.postgres.dsn(c.postgres.addr), "REDIS_URL=redis://"+c.redis.Addr)
	}
	if f.needs != nil {
		f.needs(c)
	}
	c.agent, c.boss = c.person("甲"), c.person("督办")
	station := stationFile(t, c.srv, c.dir, c.agent)
	if err := os.WriteFile(filepath.Join(c.dir, "deadlines.yaml"), []byte(termsOfCity), 0o600); err != nil {
		t.Fatal(err)
	}
	for i := range c.all {
		c.all[i] = c.start(i)
	}
	t.Cleanup(func() { c.dump(station) })
	c.traffic = newTraffic(t, c.srv, station, people, cases)
	c.appoint(c.agent, "agent", "--station", "town-zhouxiang")
	c.appoint(c.boss, "supervisor")
	return c
}

// dump logs what everybody was told when the test has failed.
func (c *city) dump(station *botapitest.Group) {
	if !c.t.Failed() || c.traffic == nil {
		return
	}
	rooms := []botapitest.Room{station, c.agent, c.boss}
	for _, u := range c.traffic.users {
		rooms = append(rooms, u)
	}
	for _, room := range rooms {
		signs, _ := c.traffic.heard(room)
		c.t.Logf("chat %d: %q", room.ChatID(), signs)
	}
}

// start starts the process with the number.
func (c *city) start(i int) *process {
	c.t.Helper()
	env := append(c.env[:len(c.env):len(c.env)], clockFile+"="+c.clocks.file(i))
	if len(c.all) > 1 {
		return startQuick(c.t, c.dir, env...)
	}
	return start(c.t, c.dir, env...)
}

// person is somebody on Telegram.
func (c *city) person(name string) *botapitest.User {
	return c.srv.User(name, botapitest.WithLanguage("zh-hans"))
}

// appoint makes somebody one of the staff, by an invitation.
func (c *city) appoint(u *botapitest.User, role string, more ...string) {
	c.t.Helper()
	args := append([]string{"invite", "--data", c.dir, "--role", role, "--label", u.Account().FirstName}, more...)
	if c.postgres != nil {
		args = append(args, "--database", c.postgres.dsn(c.postgres.addr))
	}
	out, errs, code := liaison(c.t, args...)
	if code != 0 {
		c.t.Fatalf("invite: %s", errs)
	}
	u.Send("/staff " + strings.TrimSpace(out))
	c.srv.WaitMessage(c.t, u, botapitest.Contains("您已成为"))
}

// between puts a network between the city and all that it talks to.
func between(c *city) {
	c.net = newNetwork(c.t)
	u, err := url.Parse(c.srv.URL())
	if err != nil {
		c.t.Fatal(err)
	}
	c.env = append(c.env, "TELEGRAM_API_URL=http://"+c.net.to(u.Host))
	if c.postgres != nil {
		c.env = append(c.env, "DATABASE_URL="+c.postgres.dsn(c.net.to(c.postgres.addr)), "REDIS_URL=redis://"+c.net.to(c.redis.Addr))
	}
}

// now is the right time, Telegram's.
func (c *city) now() time.Time { return time.Now().Add(time.Duration(c.ahead.Load())) }

// timePasses moves all clocks, and what is due by then becomes due.
func (c *city) timePasses(d time.Duration) {
	c.t.Helper()
	c.ahead.Add(int64(d))
	for i := range c.all {
		c.clocks.set(c.t, i, time.Duration(c.ahead.Load()))
	}
	c.due()
	c.late = c.waves
}

// due lets the timed jobs run whose time has come by the clocks of the processes.
func (c *city) due() {
	c.t.Helper()
	db := c.database()
	defer db.Close()
	makeDue(c.t, db, c.postgres != nil, time.Duration(c.ahead.Load()))
}

// database opens the city's database beside the city.
func (c *city) database() *sql.DB {
	c.t.Helper()
	if c.postgres != nil {
		return openDatabase(c.t, c.postgres.dsn(c.postgres.addr))
	}
	return openDatabase(c.t, "file:"+filepath.Join(c.dir, "liaison.db")+"?_pragma=busy_timeout(30000)")
}

// openDatabase opens PostgreSQL by a URL, or a SQLite file.
func openDatabase(t *testing.T, dsn string) *sql.DB {
	t.Helper()
	driver := "sqlite"
	if strings.HasPrefix(dsn, "postgres://") {
		driver = "pgx"
	}
	db, err := sql.Open(driver, dsn)
	if err != nil {
		t.Fatal(err)
	}
	return db
}

// makeDue lets the timed jobs run whose time has come by a clock that is ahead of the
// database's, by which River goes.
func makeDue(t *testing.T, db *sql.DB, postgres bool, ahead time.Duration) {
	t.Helper()
	now, then := `datetime('now', 'subsec')`, `datetime('now', 'subsec', '%+.0f seconds')`
	if postgres {
		now, then = `now()`, `now() + interval '%.0f seconds'`
	}
	query := fmt.Sprintf(`UPDATE river_job SET state = 'available', scheduled_at = `+now+` WHERE state = 'scheduled' AND scheduled_at <= `+then, ahead.Seconds())
	if _, err := db.ExecContext(t.Context(), query); err != nil {
		t.Fatal(err)
	}
}

// wave lets everybody write once more.
func (c *city) wave() {
	c.waves++
	c.traffic.wave(c.waves)
}

// worked tells whether the agent takes up the n-th case of the i-th person.
func worked(i, n int) bool { return (i+n)%2 == 0 }

// work lets the agent accept and answer cases, each step when the station's chat shows
// that it can be taken, until stop is called, which returns how many steps were taken.
func (c *city) work() (stop func() int) {
	over, done := make(chan struct{}), make(chan struct{})
	steps, next, answered := 0, make(map[string]int), make(map[string]int64) // by what the case says
	go func() {
		defer close(done)
		for {
			for i := range c.traffic.users {
				for n := 1; n <= c.traffic.cases; n++ {
					if text := c.traffic.text(i, n); worked(i, n) && c.step(text, next[text], answered) {
						next[text]++
						steps++
					}
				}
			}
			select {
			case <-over:
				return
			case <-time.After(100 * time.Millisecond):
			}
		}
	}()
	return func() int {
		close(over)
		<-done
		return steps
	}
}

// step takes a step with the case if the chat shows it: 0 accepts, 1 wants to answer, 2
// answers. Of a prompt that came twice the bot knows the second only: an answer to the
// first, which answered notes, is given once more, as people do who see that it was not
// taken. That is no step more.
func (c *city) step(text string, which int, answered map[string]int64) bool {
	number, done := "", false
	var card, prompt botapitest.Message
	for _, m := range c.srv.BotMessages(c.traffic.station) {
		switch s := signOf(m); {
		case s.kind == "card" && strings.Contains(m.Body(), text):
			number, card = s.about, m
		case number != "" && s == (sign{"prompt", number}):
			prompt = m
		case number != "" && s == (sign{"done", number}):
			done = true
		}
	}
	press := func(button string) bool {
		for _, row := range card.Keyboard.Rows {
			for _, b := range row {
				if b.Text == button {
					c.agent.PressData(card, b.Data)
					return true
				}
			}
		}
		return false
	}
	switch {
	case number == "" || card.Keyboard == nil:
		return false
	case which == 0:
		return press("签收")
	case which == 1:
		return strings.Contains(card.Body(), "已签收") && press("办结答复")
	case prompt.ID > answered[text] && !done:
		first := answered[text] == 0
		answered[text] = prompt.ID
		c.agent.Reply(prompt, "已修好："+text)
		return first
	}
	return false
}

// owed is how many messages are still to come of those that are counted.
func (c *city) owed() int {
	owed := c.traffic.owed(c.waves)
	for i, u := range c.traffic.users {
		for n := 1; n <= c.waves; n++ {
			switch late := n <= c.late; {
			case worked(i, n) && late:
				owed += 4 // accepted, resolved and closed, and to the agent that it is done
			case worked(i, n):
				owed += 3
			case late:
				owed += 4 // to the station and a supervisor that it is late, and later
			}
		}
		owed -= len(c.traffic.about(u, "accepted", "resolved", "closed"))
	}
	return owed - len(c.traffic.about(c.traffic.station, "done", "overdue", "supervised")) - len(c.traffic.about(c.boss, "overdue", "supervised"))
}

// settle waits until everything that is owed has come.
func (c *city) settle() {
	c.t.Helper()
	c.srv.WaitConfirmed(c.t)
	c.srv.Wait(c.t, "all that is owed", func() bool { return c.owed() <= 0 })
}

// end stops the city and compares what Telegram and people know with what is stored.
func (c *city) end() {
	c.t.Helper()
	for _, p := range c.all {
		if err := p.Stop(); err != nil {
			c.t.Errorf("a process ended with %v", err)
		}
	}
	config := store.Config{Dir: c.dir}
	if c.postgres != nil {
		config.DSN = c.postgres.dsn(c.postgres.addr)
	}
	st, err := store.Open(c.t.Context(), config)
	if err != nil {
		c.t.Fatal(err)
	}
	defer st.Close()
	stored := c.traffic.check(c.t, st)
	for _, k := range stored {
		c.checkCase(st, k)
	}
	if accepted, handled := c.updates(); !slices.Equal(accepted, handled) {
		without := func(all, some []string) []string {
			return slices.DeleteFunc(slices.Clone(all), func(key string) bool { return slices.Contains(some, key) })
		}
		c.t.Errorf("of %d updates that Telegram was told are taken %q are not handled; handled are besides %q",
			len(accepted), without(accepted, handled), without(handled, accepted))
	}
	if n := c.count(`SELECT count(*) FROM inbox WHERE state <> 'done'`); n > 0 {
		c.t.Errorf("%d updates are parked or wait", n)
	}
	if n, want := c.questions(), c.traffic.cases*len(c.traffic.users); n != want {
		c.t.Errorf("%d questions are counted as answered, want %d", n, want)
	}
}

// checkCase checks the history of a case, and that each step of it was told to whom it
// concerns, once and in its order.
func (c *city) checkCase(st *store.Store, k ticket.Ticket) {
	c.t.Helper()
	var i, n int
	if _, err := fmt.Sscanf(k.Text, "第%d位的第%d件", &i, &n); err != nil || i >= len(c.traffic.users) || n > c.waves {
		c.t.Errorf("%s is nobody's: %q", k.ID, k.Text)
		return
	}
	late := n <= c.late
	state, steps := ticket.Assigned, []ticket.Action{ticket.Submit, ticket.Assign}
	requester, station, boss := []string{"received"}, []string{"card"}, []string(nil)
	switch {
	case worked(i, n):
		state = ticket.Answered
		steps = append(steps, ticket.Accept, ticket.Resolve)
		requester, station = append(requester, "accepted", "resolved"), append(station, "prompt", "done")
		if late {
			state, steps, requester = ticket.Closed, append(steps, ticket.Expire), append(requester, "closed")
		}
	case late: // word of both is sent at once
		steps = append(steps, ticket.Escalate, ticket.Supervise)
		station, boss = append(station, "overdue", "supervised"), []string{"overdue", "supervised"}
	}
	if k.State != state || k.Escalated != (late && !worked(i, n)) {
		c.t.Errorf("%s is %s, escalated: %v, want %s", k.ID, k.State, k.Escalated, state)
	}
	var took []ticket.Action
	err := st.View(c.t.Context(), func(tx handlers.Tx) error {
		events, err := tx.Events(c.t.Context(), k.ID)
		for _, e := range events {
			if e.Action != ticket.Link { // the cases of one person are alike
				took = append(took, e.Action)
			}
		}
		return err
	})
	if err != nil {
		c.t.Fatal(err)
	}
	sorted := func(all []string) []string { return slices.Sorted(slices.Values(all)) }
	if worked(i, n) && !slices.Equal(took, steps) || !slices.Equal(slices.Sorted(slices.Values(took)), slices.Sorted(slices.Values(steps))) {
		c.t.Errorf("%s has the history %q, want %q", k.ID, took, steps)
	}
	if got := c.heardOf(c.traffic.users[i], k.ID); !slices.Equal(got, requester) {
		c.t.Errorf("the requester of %s was told %q, want %q", k.ID, got, requester)
	}
	if got := c.heardOf(c.traffic.station, k.ID); worked(i, n) && !slices.Equal(got, station) || len(got) == 0 || got[0] != "card" || !slices.Equal(sorted(got), sorted(station)) {
		c.t.Errorf("the station of %s was told %q, want %q", k.ID, got, station)
	}
	if got := c.heardOf(c.boss, k.ID); !slices.Equal(sorted(got), sorted(boss)) {
		c.t.Errorf("a supervisor was told of %s %q, want %q", k.ID, got, boss)
	}
}

// heardOf returns the kinds of news of a case in a room, in their order.
func (c *city) heardOf(room botapitest.Room, number string) (all []string) {
	signs, _ := c.traffic.heard(room)
	for _, s := range signs {
		if s.about == number {
			all = append(all, s.kind)
		}
	}
	return all
}

// repeated is how many messages came again, in all rooms.
func (c *city) repeated() (n int) {
	for _, u := range append([]*botapitest.User{c.agent, c.boss}, c.traffic.users...) {
		_, again := c.traffic.heard(u)
		n += again
	}
	_, again := c.traffic.heard(c.traffic.station)
	return n + again
}

// updates returns the keys of the updates that Telegram was told are taken, and of those
// that the city has noted as handled, sorted.
func (c *city) updates() (accepted, handled []string) {
	c.t.Helper()
	for _, id := range c.srv.ConfirmedUpdates() {
		accepted = append(accepted, fmt.Sprint(id))
	}
	db := c.database()
	defer db.Close()
	rows, err := db.QueryContext(c.t.Context(), `SELECT key FROM handled WHERE channel = 'telegram'
		UNION SELECT key FROM inbox WHERE channel = 'telegram' AND state = 'done'`)
	if err != nil {
		c.t.Fatal(err)
	}
	defer rows.Close()
	keys := make(map[string]bool)
	for rows.Next() {
		var key string
		if err := rows.Scan(&key); err != nil {
			c.t.Fatal(err)
		}
		keys[key] = true
	}
	if err := rows.Err(); err != nil {
		c.t.Fatal(err)
	}
	slices.Sort(accepted)
	return accepted, slices.Sorted(maps.Keys(keys))
}

// questions is how many questions are counted as answered.
func (c *city) questions() int {
	return c.count(`SELECT coalesce(sum(count), 0) FROM asked_day WHERE outcome = 'answered'`)
}

// count asks the city's database for a number.
func (c *city) count(query string) (n int) {
	c.t.Helper()
	db := c.database()
	defer db.Close()
	if err := db.QueryRowContext(c.t.Context(), query).Scan(&n); err != nil {
		c.t.Fatal(err)
	}
	return n
}
