package main

import (
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"text/tabwriter"
	"time"

	"liaison/bot/botapitest"
)

// fault happens to a city again and again while people write.
type fault struct {
	name  string
	only  string            // the form in which it can happen; empty for both
	needs func(c *city)     // before the processes start
	clean bool              // it leaves no doubt whether a message has arrived
	of    string            // what it meets
	hit   func(c *city) int // once; the city is whole again when it returns what it met, which must be something
}

// owed is what is met by faults that come when replies are on their way.
const owed = "replies owed"

// faults are what is done to a city, one after the other and to a new one each.
var faults = []fault{
	{name: "SIGKILL of a process", of: owed, hit: func(c *city) int {
		i := rand.IntN(len(c.all))
		c.all[i].Kill()
		met := c.owed()
		c.all[i] = c.start(i)
		return met
	}},
	{name: "PostgreSQL killed", only: several, of: owed, hit: func(c *city) int {
		c.postgres.kill()
		met := c.owed()
		time.Sleep(time.Second)
		c.postgres.start()
		return met
	}},
	{name: "Redis killed", only: several, of: owed, hit: func(c *city) int {
		c.redis.Kill()
		met := c.owed()
		time.Sleep(time.Second)
		c.redis.Start(c.t)
		return met
	}},
	{name: "network cut", needs: between, of: owed, hit: func(c *city) int {
		c.net.cut()
		met := c.owed()
		time.Sleep(2 * time.Second)
		c.net.mend()
		return met
	}},
	{name: "network slow, then dead", needs: between, of: owed, hit: func(c *city) int {
		c.net.poison(`{"type":"latency","attributes":{"latency":150,"jitter":150}}`)
		time.Sleep(2 * time.Second)
		c.net.poison(`{"type":"timeout","attributes":{"timeout":0}}`) // nothing comes, nothing is closed
		met := c.owed()
		time.Sleep(2 * time.Second)
		c.net.cure()
		return met
	}},
	{name: "Telegram 429, 500, garbage", of: "calls", hit: func(c *city) int {
		for i, f := range []botapitest.Fault{
			{RetryAfter: 1}, {Status: 500}, {Garbage: true}, {Drop: true}, {DropAfter: true}, {Delay: 2 * time.Second}, {Status: 502, Garbage: true},
		} {
			f.Method, f.After = "sendMessage", i
			c.srv.Fail(f)
		}
		c.srv.Fail(botapitest.Fault{Method: "getUpdates", Status: 502})
		c.srv.Fail(botapitest.Fault{Method: "getUpdates", After: 1, DropAfter: true})
		c.srv.Fail(botapitest.Fault{Method: "getUpdates", After: 2, Garbage: true})
		met := c.srv.PendingFaults()
		for n := 0; c.srv.PendingFaults() > 0; n++ { // all that was owed may be there by now
			if n == 120 {
				c.t.Fatalf("of %d faults %d are not met", met, c.srv.PendingFaults())
			}
			c.boss.Send([]string{"/help", "/duty"}[n%2])
			time.Sleep(time.Second)
		}
		return met
	}},
	{name: "Telegram silent", clean: true, of: "calls", hit: (*city).silence},
	{name: "clock three hours ahead, then back", clean: true, of: "clocks", hit: (*city).jump},
	{name: "model hanging", clean: true, needs: func(c *city) {
		var url string
		url, c.hung = silentModel(c.t)
		c.env = append(c.env, "OPENAI_BASE_URL="+url, "OPENAI_MODEL=silent", "LIAISON_MODEL_TIMEOUT=1s")
	}, of: "calls", hit: func(c *city) int {
		before := c.asked
		eventually(c.t, "the model to be asked", func() bool { return c.hung() > before })
		c.asked = c.hung()
		return c.asked - before
	}},
	{name: "disk full", only: alone, needs: func(c *city) {
		c.disk = newTightDisk(c.t)
		c.dir = c.disk.dir
	}, of: "writes", hit: func(c *city) int {
		before := c.disk.refused(c.all[0])
		db := c.database()
		free := c.disk.fill(c.all[0], db)
		db.Close()
		eventually(c.t, "a write to be refused", func() bool { return c.disk.refused(c.all[0]) > before })
		time.Sleep(time.Second)
		free()
		return c.disk.refused(c.all[0]) - before
	}},
}

// silenceEnds is by when the bot must have given up a call that is not answered.
const silenceEnds = 30 * time.Second

// silence lets Telegram take what is sent and say nothing to it, until the bot gives it up.
// Whatever it sends afterwards is taken as ever.
func (c *city) silence() int {
	c.srv.Fail(botapitest.Fault{Method: "sendMessage", Silent: true, Times: -1})
	c.srv.Wait(c.t, "calls that hang", func() bool { return c.srv.Hanging() >= len(c.traffic.users) })
	time.Sleep(time.Second)
	met, began := c.srv.Hanging(), time.Now()
	c.srv.ClearFaults()
	c.srv.Wait(c.t, "the end of calls that hang", func() bool { return c.srv.Hanging() == 0 })
	if d := time.Since(began); d > silenceEnds {
		c.t.Errorf("calls without an answer were given up after %v, not within %v", d.Round(time.Second), silenceEnds)
	}
	return met
}

// TestFaults breaks what a city stands on, again and again, while people write to it, an
// agent works cases and deadlines pass, and counts: every update that was taken from
// Telegram is handled, every question answered, every case there once, with the steps that
// it should have, and each told to whom it concerns, in its order. LIAISON_TEST_FAULTS=full
// makes it longer: see make faults.
func TestFaults(t *testing.T) {
	t.Parallel()
	people, waves := 4, 2
	if os.Getenv("LIAISON_TEST_FAULTS") == "full" {
		people, waves = 12, len(asked)
	}
	var mu sync.Mutex
	var rows []string
	t.Cleanup(func() {
		slices.Sort(rows)
		var b strings.Builder
		w := tabwriter.NewWriter(&b, 0, 0, 2, ' ', 0)
		fmt.Fprintln(w, "fault\tcity\ttimes\tmet\tupdates accepted\thandled\tquestions\tanswers\tcases\tconfirmed\tto the station\tstaff steps\toverdue\tsent again\tseconds")
		for _, r := range rows {
			fmt.Fprintln(w, r)
		}
		w.Flush()
		printed(t, b.String())
	})
	for _, f := range faults {
		for _, form := range []string{alone, several} {
			if f.only != "" && f.only != form {
				continue
			}
			t.Run(f.name+"/"+form, func(t *testing.T) {
				t.Parallel()
				began := time.Now()
				c := newCity(t, form, f, people, waves)
				met, steps := c.suffer(f, waves)
				c.end()
				if n := c.repeated(); n > 0 && f.clean {
					t.Errorf("%d messages were sent twice", n)
				}
				mu.Lock()
				defer mu.Unlock()
				rows = append(rows, fmt.Sprintf("%s\t%s\t%d\t%d %s\t%s\t%d\t%.0f", f.name, form, waves, met, f.of, c.counts(steps), c.repeated(), time.Since(began).Seconds()))
			})
		}
	}
}

// suffer lets the fault hit the city in each of the waves, and time pass before the last
// one, so that deadlines pass while it is hit. It returns what the fault met in all, and
// how many steps the agent took.
func (c *city) suffer(f fault, waves int) (met, steps int) {
	c.t.Helper()
	stop := c.work()
	for n := range waves {
		if n == waves-1 {
			c.settle()
			c.timePasses(15 * 24 * time.Hour) // more than two working days, whatever the holidays
		}
		c.wave()
		c.traffic.someWork(c.t)
		time.Sleep(rand.N(time.Second))
		m := f.hit(c)
		if m == 0 {
			c.t.Errorf("strike %d met nothing", n+1)
		}
		met += m
	}
	c.settle()
	return met, stop()
}

// counts are a city's figures as a row of the table has them.
func (c *city) counts(steps int) string {
	c.t.Helper()
	accepted, handled := c.updates()
	answers, confirmed := 0, 0
	for _, u := range c.traffic.users {
		answers += len(c.traffic.about(u, "answer"))
		confirmed += len(c.traffic.about(u, "received"))
	}
	return fmt.Sprintf("%d\t%d\t%d\t%d\t%d\t%d\t%d\t%d\t%d", len(accepted), len(handled), c.questions(), answers,
		c.count(`SELECT count(*) FROM ticket`), confirmed, len(c.traffic.told(c.traffic.station)), steps, len(c.traffic.about(c.boss, "overdue")))
}

// printed logs what a test has counted, and adds it to the file that scripts/test prints.
func printed(t *testing.T, text string) {
	t.Helper()
	t.Logf("\n%s", text)
	file := os.Getenv("LIAISON_TEST_REPORT")
	if file == "" {
		return
	}
	f, err := os.OpenFile(file, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err == nil {
		_, err = f.WriteString("\n" + text)
		f.Close()
	}
	if err != nil {
		t.Error(err)
	}
}
