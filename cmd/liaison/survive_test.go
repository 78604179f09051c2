package main

import (
	"fmt"
	"math/rand/v2"
	"net/url"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"text/tabwriter"
	"time"

	"liaison/bot/botapitest"
	"liaison/replica/redistest"
	"liaison/store"
)

// city is the bot as a city runs it, with all that it needs.
type city struct {
	t        *testing.T
	srv      *botapitest.Server
	traffic  *traffic
	dir      string
	env      []string
	all      []*process
	postgres *postgresServer   // nil on SQLite
	redis    *redistest.Server // nil for one process
	net      *network          // nil where no fault asks for it
	fill     func() func()
	clocks   clocks
}

// replicas is how many processes run when there are several.
const replicas = 3

// fault happens to a city again and again while people write.
type fault struct {
	name  string
	only  string        // the form in which it can happen; empty for both
	needs func(c *city) // before the processes start
	clean bool          // it leaves no doubt whether a message has arrived
	hit   func(c *city) // once; the city is whole again when it returns
}

// The forms of a city.
const (
	alone   = "SQLite, 1 process"
	several = "PostgreSQL + Redis, 3 processes"
)

// faults are what is done to a city, one after the other and to a new one each.
var faults = []fault{
	{name: "SIGKILL of a process", hit: func(c *city) {
		i := rand.IntN(len(c.all))
		c.all[i].Kill()
		c.all[i] = c.start(i)
	}},
	{name: "PostgreSQL killed", only: several, hit: func(c *city) {
		c.postgres.kill()
		time.Sleep(time.Second)
		c.postgres.start()
	}},
	{name: "Redis killed", only: several, hit: func(c *city) {
		c.redis.Kill()
		time.Sleep(time.Second)
		c.redis.Start(c.t)
	}},
	{name: "network cut", needs: between, hit: func(c *city) {
		c.net.cut()
		time.Sleep(2 * time.Second)
		c.net.mend()
	}},
	{name: "network slow, then dead", needs: between, hit: func(c *city) {
		c.net.poison(`{"type":"latency","attributes":{"latency":150,"jitter":150}}`)
		time.Sleep(2 * time.Second)
		c.net.poison(`{"type":"timeout","attributes":{"timeout":0}}`) // nothing comes, nothing is closed
		time.Sleep(2 * time.Second)
		c.net.cure()
	}},
	{name: "Telegram 429, 500, garbage, silence", hit: func(c *city) {
		for i, f := range []botapitest.Fault{
			{RetryAfter: 1}, {Status: 500}, {Garbage: true}, {Drop: true}, {DropAfter: true}, {Delay: 2 * time.Second}, {Status: 502, Garbage: true},
		} {
			f.Method, f.After = "sendMessage", 2*i
			c.srv.Fail(f)
		}
		c.srv.Fail(botapitest.Fault{Method: "getUpdates", Status: 502})
		c.srv.Fail(botapitest.Fault{Method: "getUpdates", After: 1, DropAfter: true})
		c.srv.Fail(botapitest.Fault{Method: "getUpdates", After: 2, Garbage: true})
	}},
	{name: "clock three hours ahead, then back", clean: true, needs: func(c *city) {
		c.clocks = clocks(c.t.TempDir())
	}, hit: (*city).jump},
	{name: "model hanging", clean: true, needs: func(c *city) {
		c.env = append(c.env, "OPENAI_BASE_URL="+silentModel(c.t), "OPENAI_MODEL=silent", "LIAISON_MODEL_TIMEOUT=1s")
	}, hit: func(*city) {}},
	{name: "disk full", only: alone, needs: func(c *city) {
		c.dir, c.fill = smallDisk(c.t, 64)
	}, hit: func(c *city) {
		free := c.fill()
		time.Sleep(2 * time.Second)
		free()
	}},
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

// newCity starts a city in which the fault can happen.
func newCity(t *testing.T, form string, f fault, people, cases int) *city {
	t.Helper()
	c := &city{t: t, srv: botapitest.New(t, botapitest.WithWaitTimeout(3*time.Minute+groupTime(people*cases))), dir: t.TempDir()}
	c.env = []string{"TELEGRAM_BOT_TOKEN=" + c.srv.Token(), "TELEGRAM_API_URL=" + c.srv.URL(), "LIAISON_INTAKE_BURST=1000"} // they send faster than people type
	c.all = make([]*process, 1)
	if form == several {
		c.all = make([]*process, replicas)
		c.postgres, c.redis = startPostgres(t), redistest.New(t)
		c.env = append(c.env, "DATABASE_URL="+c.postgres.dsn(c.postgres.addr), "REDIS_URL=redis://"+c.redis.Addr)
	}
	if f.needs != nil {
		f.needs(c)
	}
	station := stationFile(t, c.srv, c.dir)
	for i := range c.all {
		c.all[i] = c.start(i)
	}
	c.traffic = newTraffic(t, c.srv, station, people, cases)
	return c
}

// groupTime is how long the messages about so many cases take to their group, which
// takes 20 a minute: of each case a card, and an edit of it when the next of the same
// person is linked to it.
func groupTime(cases int) time.Duration { return time.Duration(2*cases) * time.Minute / 20 }

// start starts the process with the number.
func (c *city) start(i int) *process {
	c.t.Helper()
	switch {
	case c.clocks != "": // the program as it ships has the right time
		return start(c.t, c.dir, append(c.env[:len(c.env):len(c.env)], clockFile+"="+c.clocks.file(i))...)
	case len(c.all) > 1:
		return startShipped(c.t, c.dir, c.env...)
	}
	return start(c.t, c.dir, c.env...)
}

// end stops the city and compares what people were told with what is stored.
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
	c.traffic.check(c.t, st)
}

// TestFaults breaks what a city stands on, again and again, while people write to it,
// and counts: every update that was accepted is handled, every question answered, every
// case there once and told to its station, and to its requester in order. LIAISON_TEST_FAULTS=full makes it longer: see make faults.
func TestFaults(t *testing.T) {
	t.Parallel()
	people, cases, hits := 4, 2, 2
	if os.Getenv("LIAISON_TEST_FAULTS") == "full" {
		people, cases, hits = 12, 6, 8
	}
	var mu sync.Mutex
	var rows []string
	t.Cleanup(func() {
		slices.Sort(rows)
		var b strings.Builder
		w := tabwriter.NewWriter(&b, 0, 0, 2, ' ', 0)
		fmt.Fprintln(w, "fault\tcity\ttimes\tupdates\tcases\tto requesters\tto the station\tanswers\tsent again\tseconds")
		for _, r := range rows {
			fmt.Fprintln(w, r)
		}
		w.Flush()
		t.Logf("\n%s", b.String())
	})
	for _, f := range faults {
		for _, form := range []string{alone, several} {
			if f.only != "" && f.only != form {
				continue
			}
			t.Run(f.name+"/"+form, func(t *testing.T) {
				t.Parallel()
				began := time.Now()
				c := newCity(t, form, f, people, cases)
				c.traffic.send()
				for range hits {
					c.traffic.someWork(t)
					f.hit(c)
				}
				c.traffic.wait(t)
				c.end()
				if n := c.traffic.repeated(); n > 0 && f.clean {
					t.Errorf("%d messages were sent twice", n)
					for _, m := range c.srv.BotMessages(c.traffic.station) {
						t.Logf("%d %v %s", m.ID, m.Date, m.Text)
					}
				}
				confirmed, answers := 0, 0
				for _, u := range c.traffic.users {
					confirmed += len(c.traffic.told(u))
					answers += c.traffic.answers(u)
				}
				mu.Lock()
				defer mu.Unlock()
				rows = append(rows, fmt.Sprintf("%s\t%s\t%d\t%d\t%d\t%d\t%d\t%d\t%d\t%.0f", f.name, form, hits, c.traffic.updates,
					people*cases, confirmed, len(c.traffic.told(c.traffic.station)), answers, c.traffic.repeated(), time.Since(began).Seconds()))
			})
		}
	}
}
