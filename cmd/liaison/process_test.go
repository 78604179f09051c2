package main

import (
	"bufio"
	"bytes"
	"context"
	"flag"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"regexp"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"liaison/store/storetest"
)

// runMain makes the test binary run the program instead of the tests, so that a
// test can have it as a process of its own, to be killed.
const runMain = "LIAISON_TEST_RUN_MAIN"

func TestMain(m *testing.M) {
	if os.Getenv(runMain) == "1" {
		if file := os.Getenv(clockFile); file != "" {
			wallClock = jumping(file)
		}
		signal.Ignore(syscall.SIGXFSZ) // see tightDisk
		main()
		return
	}
	for _, v := range os.Environ() {
		name, _, _ := strings.Cut(v, "=")
		// The settings of whoever runs the tests are none of the tests' business.
		if strings.HasPrefix(name, "TELEGRAM_") || strings.HasPrefix(name, "OPENAI_") || strings.HasPrefix(name, "EMBEDDINGS_") || strings.HasPrefix(name, "RERANK_") || strings.HasPrefix(name, "LIAISON_") && !strings.HasPrefix(name, "LIAISON_TEST_") {
			os.Unsetenv(name)
		}
	}
	flag.Parse()
	asked := false
	flag.Visit(func(f *flag.Flag) { asked = asked || f.Name == "test.parallel" })
	if !asked {
		// These tests wait for a process, and that for Telegram's limits, far longer
		// than either works.
		flag.Set("test.parallel", strconv.Itoa(2*runtime.GOMAXPROCS(0)))
	}
	os.Exit(m.Run())
}

// liaison runs a command to its end and returns what it printed.
func liaison(t testing.TB, args ...string) (stdout, stderr string, code int) {
	t.Helper()
	var out, err bytes.Buffer
	code = Run(t.Context(), args, &out, &err)
	return out.String(), err.String(), code
}

// process is the running program.
type process struct {
	t    testing.TB
	cmd  *exec.Cmd
	Base string // where its pages are
	Code string // the supervisor's login code
	mu   sync.Mutex
	log  bytes.Buffer
	done chan struct{}
	err  error
}

// starting has a place for each start that goes on at once: with the race detector each
// keeps a core busy for seconds.
var starting = make(chan struct{}, runtime.GOMAXPROCS(0))

var (
	chatLine  = regexp.MustCompile(`Chat: +(http://[^/]+)/`)
	staffCode = regexp.MustCompile(`one-time code: ([0-9A-Z-]+)`)
)

// start runs the bot on the data folder and waits until it is ready.
func start(t testing.TB, dir string, env ...string) *process {
	t.Helper()
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	storetest.Made(t, dir)
	return startFile(t, exe, dir, env...)
}

// startShipped is start of the program as it ships, if scripts/test has built it: how fast
// it is, is measured on that.
func startShipped(t testing.TB, dir string, env ...string) *process {
	t.Helper()
	if exe := os.Getenv("LIAISON_TEST_BINARY"); exe != "" {
		return startFile(t, exe, dir, env...)
	}
	return start(t, dir, env...)
}

// startQuick is start without the race detector, if scripts/test has built the tests so
// too: of several processes with it a small machine has not enough.
func startQuick(t testing.TB, dir string, env ...string) *process {
	t.Helper()
	if exe := os.Getenv("LIAISON_TEST_QUICK"); exe != "" {
		storetest.Made(t, dir)
		return startFile(t, exe, dir, env...)
	}
	return start(t, dir, env...)
}

// startFile is start of another file than the test binary, which the race
// detector makes several times slower than the program is.
func startFile(t testing.TB, exe, dir string, env ...string) *process {
	t.Helper()
	p := &process{t: t, done: make(chan struct{})}
	p.cmd = exec.Command(exe)
	p.cmd.Env = append(os.Environ(), "LIAISON_ADDR=127.0.0.1:0", "LIAISON_DATA="+dir, runMain+"=1")
	p.cmd.Env = append(p.cmd.Env, env...)
	out, w := io.Pipe()
	p.cmd.Stdout, p.cmd.Stderr = w, &locked{p: p}
	starting <- struct{}{}
	defer func() { <-starting }()
	if err := p.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	ready := make(chan struct{})
	go func() {
		lines := bufio.NewScanner(out)
		for lines.Scan() {
			(&locked{p: p}).Write(append(lines.Bytes(), '\n'))
			if m := chatLine.FindStringSubmatch(lines.Text()); m != nil {
				p.Base = m[1]
			}
			if m := staffCode.FindStringSubmatch(lines.Text()); m != nil {
				p.Code = m[1]
			}
			if strings.Contains(lines.Text(), "Stations:") { // the last line of the welcome
				close(ready)
			}
		}
	}()
	go func() {
		p.err = p.cmd.Wait()
		w.Close()
		close(p.done)
	}()
	t.Cleanup(func() {
		p.Kill()
		if t.Failed() {
			t.Logf("the program's output:\n%s", p.Log())
		}
	})
	select {
	case <-ready:
	case <-p.done:
		t.Fatalf("the program ended: %v\n%s", p.err, p.Log())
	case <-time.After(90 * time.Second):
		t.Fatalf("the program is not ready:\n%s", p.Log())
	}
	return p
}

// Kill ends the program at once, as SIGKILL does.
func (p *process) Kill() {
	p.cmd.Process.Kill()
	<-p.done
}

// Stop ends the program as a service manager does and returns its error.
func (p *process) Stop() error {
	p.t.Helper()
	p.cmd.Process.Signal(syscall.SIGTERM)
	select {
	case <-p.done:
	case <-time.After(20 * time.Second):
		p.t.Fatalf("the program does not stop:\n%s", p.Log())
	}
	return p.err
}

// Log returns what the program has printed.
func (p *process) Log() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.log.String()
}

type locked struct{ p *process }

func (l *locked) Write(b []byte) (int, error) {
	l.p.mu.Lock()
	defer l.p.mu.Unlock()
	return l.p.log.Write(b)
}

// eventually waits until ok.
func eventually(t testing.TB, what string, ok func() bool) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 60*time.Second)
	defer cancel()
	for !ok() {
		select {
		case <-ctx.Done():
			t.Fatalf("still waiting for %s", what)
		case <-time.After(10 * time.Millisecond):
		}
	}
}
