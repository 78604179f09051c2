package main

import (
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"sync/atomic"
	"testing"
	"time"

	"liaison/bot/botapitest"
)

// clockFile names the file in which a process finds by how much its clock is ahead.
const clockFile = "LIAISON_TEST_CLOCK"

// jumping is a clock that is ahead by what the file says, if it is there, and writes
// beside the file what it has gone by last. It has no monotonic reading: nothing that goes
// by it can tell that it jumped.
func jumping(file string) func() time.Time {
	var told atomic.Int64
	return func() time.Time {
		b, _ := os.ReadFile(file)
		ahead, _ := time.ParseDuration(string(b))
		if told.Swap(int64(ahead)) != int64(ahead) {
			os.WriteFile(file+".read", b, 0o600)
		}
		return time.Now().Round(0).Add(ahead)
	}
}

// clocks are those of processes, by their number: a folder of their files.
type clocks string

func (c clocks) file(i int) string { return filepath.Join(string(c), strconv.Itoa(i)) }

// set makes the clock of a process be ahead.
func (c clocks) set(t testing.TB, i int, ahead time.Duration) {
	t.Helper()
	file := c.file(i)
	err := os.WriteFile(file+".new", []byte(ahead.String()), 0o600)
	if err == nil {
		err = os.Rename(file+".new", file)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// read reports whether a process has gone by the time that was set last.
func (c clocks) read(i int) bool {
	set, err := os.ReadFile(c.file(i))
	gone, _ := os.ReadFile(c.file(i) + ".read")
	return err == nil && string(gone) == string(set)
}

// jump lets the clock of one process, or all of them, be ahead for a while in which
// Telegram takes nothing, so that replies wait for another attempt when it is set back. It
// returns how many clocks were.
func (c *city) jump() int {
	first, last := 0, len(c.all)
	if rand.IntN(2) == 0 {
		first = rand.IntN(len(c.all))
		last = first + 1
	}
	set := func(ahead time.Duration) {
		for i := first; i < last; i++ {
			c.clocks.set(c.t, i, time.Duration(c.ahead.Load())+ahead)
		}
	}
	failed := func() (n int) {
		for _, call := range c.srv.Calls("sendMessage") {
			if call.Fault {
				n++
			}
		}
		return n
	}
	before := failed()
	set(3 * time.Hour)
	c.srv.Fail(botapitest.Fault{Method: "sendMessage", RetryAfter: 1})
	c.srv.Fail(botapitest.Fault{Method: "sendMessage", Status: 500, Times: -1})
	c.srv.Wait(c.t, "replies that are refused", func() bool { return failed() >= before+5 })
	for i := first; i < last; i++ {
		eventually(c.t, "a process to go by the wrong clock", func() bool { return c.clocks.read(i) })
	}
	time.Sleep(time.Second) // until they wait for another attempt
	set(0)
	c.srv.ClearFaults()
	return last - first
}
