package main

import (
	"bufio"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"liaison/bot/botapitest"
	"liaison/store/storetest"
)

// load is people who ask questions, each answered by one message.
type load struct {
	b     testing.TB
	srv   *botapitest.Server
	users []*botapitest.User
	asked []time.Time // in the order in which the users have their turn
	from  int         // messages that the server had before
	same  bool        // they ask what others have asked before
}

func newLoad(b testing.TB, srv *botapitest.Server, people int) *load {
	l := &load{b: b, srv: srv, from: srv.Count("sendMessage")}
	for i := range people {
		l.users = append(l.users, srv.User(fmt.Sprint("企业主", i), botapitest.WithLanguage("zh-hans")))
	}
	return l
}

// ask lets the next person in turn ask.
func (l *load) ask() {
	n := len(l.asked)
	text := loadQuestions[n%len(loadQuestions)]
	if !l.same {
		text = fmt.Sprintf("我们是第%d家厂，%s", l.from+n, text)
	}
	l.asked = append(l.asked, time.Now())
	l.users[n%len(l.users)].Send(text)
}

// Questions of different topics, of which the bundled library answers all but one.
var loadQuestions = []string{someQuestion, "知识产权质押贷款有什么支持？", "企业开办需要多久？", "电商贷是什么？"}

// wait waits until all questions have been answered. It looks now and then only, not to
// take the processor from those that it measures.
func (l *load) wait() {
	l.b.Helper()
	for end := time.Now().Add(2 * time.Minute); l.srv.Count("sendMessage")-l.from < len(l.asked); time.Sleep(50 * time.Millisecond) {
		if time.Now().After(end) {
			l.b.Fatalf("%d of %d questions were answered", l.srv.Count("sendMessage")-l.from, len(l.asked))
		}
	}
}

// latencies returns how long each question took, from its sending to the arrival of its
// answer at the server, in order of length.
func (l *load) latencies() (took []time.Duration) {
	l.b.Helper()
	l.wait()
	at := make(map[string][]time.Time)
	for _, c := range l.srv.Calls("sendMessage") {
		at[c.Params["chat_id"]] = append(at[c.Params["chat_id"]], c.Time)
	}
	for n, asked := range l.asked {
		chat := strconv.FormatInt(l.users[n%len(l.users)].ChatID(), 10)
		answers := at[chat]
		if k := n / len(l.users); k < len(answers) {
			took = append(took, answers[k].Sub(asked))
		} else {
			l.b.Errorf("%d questions of one person have %d answers", k+1, len(answers))
		}
	}
	slices.Sort(took)
	return took
}

func quantile(sorted []time.Duration, q float64) time.Duration {
	return sorted[min(len(sorted)-1, int(q*float64(len(sorted))))]
}

// resident is the memory of a process that is in use, in megabytes.
func resident(b testing.TB, pid int) float64 {
	b.Helper()
	status, err := os.ReadFile(filepath.Join("/proc", strconv.Itoa(pid), "status"))
	if err != nil {
		b.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(status), "VmRSS:")
	kb, err := strconv.Atoi(strings.Fields(rest)[0])
	if err != nil {
		b.Fatal(err)
	}
	return float64(kb) / 1024
}

// rounds is how much the benchmarks ask.
type rounds struct{ atOnce, seconds int }

// LIAISON_TEST_BENCH=full makes rounds long enough to compare: see make bench.
func howMuch() rounds {
	if os.Getenv("LIAISON_TEST_BENCH") == "full" {
		return rounds{atOnce: 5000, seconds: 20}
	}
	return rounds{atOnce: 300, seconds: 2}
}

// flood asks all that is asked at once, and reports how many a second are answered.
func (r rounds) flood(b *testing.B, srv *botapitest.Server, unit string, same bool) {
	flood := newLoad(b, srv, 500)
	flood.same = same
	began := time.Now()
	for range r.atOnce {
		flood.ask()
	}
	flood.wait()
	b.ReportMetric(float64(r.atOnce)/time.Since(began).Seconds(), unit)
}

// steady asks 100 questions a second, no two alike, and reports how long they take.
func (r rounds) steady(b *testing.B, srv *botapitest.Server) {
	steady := newLoad(b, srv, 500)
	tick := time.NewTicker(10 * time.Millisecond)
	for range 100 * r.seconds {
		<-tick.C
		steady.ask()
	}
	tick.Stop()
	took := steady.latencies()
	b.ReportMetric(float64(quantile(took, 0.50).Microseconds())/1000, "p50-ms")
	b.ReportMetric(float64(quantile(took, 0.99).Microseconds())/1000, "p99-ms")
}

// BenchmarkCity is a city whose people ask through the Bot API, with no limits on
// sending but what the machine can do. The server of the test and its databases run on
// the same machine and take their part of it. Each round asks as many questions as fit at
// once, no two alike, then as many of four that are known by then, and then 100 a second
// of which again no two are alike. The peer is a bot that only repeats what it is told,
// asked the same.
func BenchmarkCity(b *testing.B) {
	much := howMuch()
	for _, form := range []struct {
		name     string
		replicas int
		shared   bool
	}{{"sqlite", 1, false}, {"postgres+redis/replicas=1", 1, true}, {"postgres+redis/replicas=3", 3, true}} {
		b.Run(form.name, func(b *testing.B) {
			srv := botapitest.New(b, botapitest.WithWaitTimeout(2*time.Minute))
			dir := b.TempDir()
			env := []string{"TELEGRAM_BOT_TOKEN=" + srv.Token(), "TELEGRAM_API_URL=" + srv.URL(), "TELEGRAM_LIMITS=5000/1000/5000",
				"LIAISON_LOG_LEVEL=warn"}
			if form.shared {
				env = append(env, "DATABASE_URL="+storetest.Schema(b, needs(b, "LIAISON_TEST_POSTGRES")), "REDIS_URL="+needs(b, "LIAISON_TEST_REDIS"))
			}
			var all []*process
			var started time.Duration
			for range form.replicas {
				began := time.Now()
				all = append(all, startShipped(b, dir, env...))
				started = time.Since(began)
			}
			for b.Loop() {
				much.flood(b, srv, "updates/s", false)
				much.flood(b, srv, "same/s", true)
				much.steady(b, srv)
			}
			megabytes := 0.0
			for _, p := range all {
				megabytes = max(megabytes, resident(b, p.cmd.Process.Pid))
				if err := p.Stop(); err != nil {
					b.Error(err)
				}
			}
			b.ReportMetric(megabytes, "MB")
			b.ReportMetric(float64(started.Milliseconds()), "start-ms")
			b.ReportMetric(0, "ns/op")
		})
	}
	b.Run("peer=grammY", func(b *testing.B) {
		srv := botapitest.New(b, botapitest.WithWaitTimeout(2*time.Minute))
		pid := startPeer(b, srv)
		for b.Loop() {
			much.flood(b, srv, "updates/s", false)
			much.steady(b, srv)
		}
		b.ReportMetric(resident(b, pid), "MB")
		b.ReportMetric(0, "ns/op")
	})
}

// startPeer starts the bot of e2e/peer and returns its process id.
func startPeer(b *testing.B, srv *botapitest.Server) int {
	b.Helper()
	cmd := exec.Command("node", "echo.mjs")
	cmd.Dir = needs(b, "LIAISON_TEST_PEER")
	cmd.Env = append(os.Environ(), "TELEGRAM_BOT_TOKEN="+srv.Token(), "TELEGRAM_API_URL="+srv.URL())
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		b.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() {
		cmd.Process.Kill()
		cmd.Wait()
	})
	if line, err := bufio.NewReader(out).ReadString('\n'); line != "ready\n" {
		b.Fatalf("the peer says %q, error %v", line, err)
	}
	return cmd.Process.Pid
}

// BenchmarkLibrary starts the program on a library of so many units besides those that
// come with it, and asks it 100 questions a second. It reports the time until the program
// is ready, how long the questions take, and its memory after them. The largest library
// is measured in full only: to import it takes a minute.
func BenchmarkLibrary(b *testing.B) {
	much := howMuch()
	sizes := []int{0, 1000, 10_000}
	if os.Getenv("LIAISON_TEST_BENCH") == "full" {
		sizes = append(sizes, 100_000)
	}
	for _, units := range sizes {
		b.Run(fmt.Sprintf("units=%d", units), func(b *testing.B) {
			dir := b.TempDir()
			if units > 0 {
				importUnits(b, dir, units)
			}
			for b.Loop() {
				srv := botapitest.New(b, botapitest.WithWaitTimeout(2*time.Minute))
				began := time.Now()
				p := startShipped(b, dir, "TELEGRAM_BOT_TOKEN="+srv.Token(), "TELEGRAM_API_URL="+srv.URL(), "TELEGRAM_LIMITS=5000/1000/5000",
					"LIAISON_LOG_LEVEL=warn")
				b.ReportMetric(float64(time.Since(began).Milliseconds()), "start-ms")
				b.ReportMetric(resident(b, p.cmd.Process.Pid), "start-MB")
				much.steady(b, srv)
				b.ReportMetric(resident(b, p.cmd.Process.Pid), "MB")
				if err := p.Stop(); err != nil {
					b.Error(err)
				}
			}
			b.ReportMetric(0, "ns/op")
		})
	}
}

// importUnits fills the library of the data folder with examples, ten units a document.
func importUnits(b *testing.B, dir string, units int) {
	b.Helper()
	texts := b.TempDir()
	for d := range units / 10 {
		var doc strings.Builder
		fmt.Fprintf(&doc, "# 第%d号补助办法（示例）\n\n", d)
		for u := range 10 {
			fmt.Fprintf(&doc, "## 第%d类设备\n\n企业购买第%d号目录第%d类设备的，每台补助%d元，由第%d号窗口受理，%d个工作日内办结。\n\n", u, d, u, 10*d+u+1, d, u+1)
		}
		if err := os.WriteFile(filepath.Join(texts, fmt.Sprintf("d%d.md", d)), []byte(doc.String()), 0o600); err != nil {
			b.Fatal(err)
		}
	}
	if out, errs, code := liaison(b, "import", texts, "--data", dir); code != exitOK {
		b.Fatalf("exit %d: %s%s", code, out, errs)
	}
}
