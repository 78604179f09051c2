package pace_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"liaison/pace"
	"liaison/pace/pacetest"
)

func opened(t *testing.T, file string) *pace.Memory {
	t.Helper()
	m, err := pace.Open(file, func(err error) { t.Errorf("the file cannot be written: %v", err) })
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { m.Close() })
	return m
}

func TestKept(t *testing.T) {
	t.Parallel()
	pacetest.Run(t, func(t *testing.T) pace.Limiter { return opened(t, filepath.Join(t.TempDir(), "limits")) })
}

// inTurn is a Limiter whose process dies after every call.
type inTurn struct {
	t    *testing.T
	dir  string
	life int
}

func (l *inTurn) name() string { return filepath.Join(l.dir, fmt.Sprint(l.life)) }

// next begins the next life, on what the one before has left at this moment.
func (l *inTurn) next() *pace.Memory {
	l.t.Helper()
	left, err := os.ReadFile(l.name())
	if err != nil && l.life > 0 {
		l.t.Fatal(err)
	}
	l.life++
	if err := os.WriteFile(l.name(), left, 0o600); err != nil {
		l.t.Fatal(err)
	}
	return opened(l.t, l.name())
}

func (l *inTurn) enter(key string, w pace.Window, id string, n int) time.Duration {
	l.t.Helper()
	wait, err := l.next().Enter(context.Background(), key, w, pace.Entry{ID: id, N: n})
	if err != nil {
		l.t.Fatal(err)
	}
	return wait
}

func (l *inTurn) leave(key, id string, n int, free time.Duration) {
	l.t.Helper()
	if err := l.next().Leave(context.Background(), key, pace.Entry{ID: id, N: n}, free); err != nil {
		l.t.Fatal(err)
	}
}

// Windows go on in the next process where they were in the one before, which was killed.
func TestWindowsOutliveTheirProcess(t *testing.T) {
	t.Parallel()
	about := func(t *testing.T, got, want time.Duration) {
		t.Helper()
		if got < want || got > want+100*time.Millisecond { // each life rounds up
			t.Errorf("wait %v, want %v", got, want)
		}
	}
	minute := pace.Window{Most: 20, Span: time.Minute}
	for name, f := range map[string]func(t *testing.T, l *inTurn){
		"a hold": func(t *testing.T, l *inTurn) {
			for _, d := range []time.Duration{time.Minute, time.Second} {
				if err := l.next().Hold(t.Context(), "a", d); err != nil {
					t.Fatal(err)
				}
			}
			time.Sleep(20 * time.Second)
			about(t, l.enter("a", minute, "1", 1), 40*time.Second)
			time.Sleep(40*time.Second + 100*time.Millisecond)
			about(t, l.enter("a", minute, "1", 1), 0)
		},
		"what was sent": func(t *testing.T, l *inTurn) {
			for i := range 20 {
				id := fmt.Sprint(i)
				about(t, l.enter("a", minute, id, 1), 0)
				l.leave("a", id, 1, minute.Span)
				time.Sleep(time.Second)
			}
			about(t, l.enter("a", minute, "more", 1), 40*time.Second)
			about(t, l.enter("b", minute, "other", 20), 0)
			time.Sleep(46 * time.Second)
			about(t, l.enter("a", minute, "more", 6), 0)
		},
		"what was on its way counts from a moment after the next start": func(t *testing.T, l *inTurn) {
			about(t, l.enter("a", minute, "album", 10), 0)
			time.Sleep(50 * time.Second) // until it is killed
			m := l.next()
			time.Sleep(30 * time.Second)
			e := pace.Entry{ID: "more", N: 11}
			wait, _ := m.Enter(t.Context(), "a", minute, e)
			about(t, wait, 30*time.Second+pace.Late)
		},
		"what was not sent does not count": func(t *testing.T, l *inTurn) {
			about(t, l.enter("a", minute, "1", 20), 0)
			l.leave("a", "1", 20, 0)
			time.Sleep(10 * time.Millisecond)
			about(t, l.enter("a", minute, "2", 20), 0)
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			synctest.Test(t, func(t *testing.T) { f(t, &inTurn{t: t, dir: dir}) })
		})
	}
}

// How long the file takes to be read is not taken off what it says.
func TestLongFileIsTakenOverExactly(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "limits")
	var lines strings.Builder
	note := func(id int, at time.Time) {
		fmt.Fprintf(&lines, `{"key":"a","id":"%d","n":1,"for":60000,"at":%d}`+"\n", id, at.UnixMilli())
	}
	for i := range 10_000 {
		note(i, time.Now().Add(-time.Hour))
	}
	sent := time.Now()
	note(10_000, sent)
	if err := os.WriteFile(file, []byte(lines.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	m := opened(t, file)
	wait, _ := m.Enter(t.Context(), "a", pace.Window{Most: 1, Span: time.Minute}, pace.Entry{ID: "next", N: 1})
	// The file counts whole milliseconds.
	if free := time.Since(sent) + wait; free < time.Minute-time.Millisecond {
		t.Errorf("the place is free %v after it was taken, want %v", free, time.Minute)
	}
}

// The file forgets what is over, while the process lives and when it ends.
func TestKeptFileForgets(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "limits")
	read := func() string {
		b, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		return string(b)
	}
	synctest.Test(t, func(t *testing.T) {
		m := opened(t, file)
		time.Sleep(2 * time.Minute)
		w := pace.Window{Most: 1, Span: 5 * time.Second}
		for i := range 100 {
			e := pace.Entry{ID: fmt.Sprint(i), N: 1}
			m.Enter(t.Context(), fmt.Sprint("chat ", i), w, e)
			m.Leave(t.Context(), fmt.Sprint("chat ", i), e, w.Span)
		}
		if n := strings.Count(read(), "\n"); n != 200 {
			t.Errorf("%d notes of 200", n)
		}
		time.Sleep(61 * time.Second)
		if s := read(); s != "" {
			t.Errorf("a minute later it says %s", s)
		}
		m.Enter(t.Context(), "later", w, pace.Entry{ID: "x", N: 1})
		m.Hold(t.Context(), "all", time.Minute)
		m.Leave(t.Context(), "later", pace.Entry{ID: "x", N: 1}, time.Second)
		time.Sleep(2 * time.Second)
		if err := m.Close(); err != nil {
			t.Fatal(err)
		}
		if s := read(); strings.Contains(s, "later") || !strings.Contains(s, `"all"`) {
			t.Errorf("at the end it says %s", s)
		}
		m.Hold(t.Context(), "all", time.Hour) // after the end, as of a call that is late
	})
}

// A file that is damaged, or of another time, closes nothing for longer than it may.
func TestKeptFileIsDamaged(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "limits")
	ahead := time.Now().Add(1000 * time.Hour).UnixMilli()
	text := fmt.Sprintf("{\"key\":\"a\",\"for\":60000,\"at\":%d}\n\x00\x00garbage\n{\"key\":\"b\",\"id\":\"1\",\"n\":1,\"for\":5000,\"at\":%[1]d}\n{\"key\":\"c\",\"id\":\"1\",\"n\":1,\"for\":50", ahead)
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	m := opened(t, file)
	for key, most := range map[string]time.Duration{"a": time.Minute, "b": 5 * time.Second, "c": 0} {
		wait, _ := m.Enter(t.Context(), key, pace.Window{Most: 1, Span: 5 * time.Second}, pace.Entry{ID: "2", N: 1})
		if wait > most || most > 0 && wait < most-time.Second {
			t.Errorf("%s waits %v, want %v", key, wait, most)
		}
	}
	if _, err := pace.Open(filepath.Join(file, "not a folder"), nil); err == nil {
		t.Error("a file that cannot be made is no error")
	}
}

// A file that cannot be written any more is told of once, and limits go on.
func TestKeptFileIsLost(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	synctest.Test(t, func(t *testing.T) {
		var told []error
		folder := filepath.Join(dir, "data")
		if err := os.Mkdir(folder, 0o700); err != nil {
			t.Fatal(err)
		}
		m, err := pace.Open(filepath.Join(folder, "limits"), func(err error) { told = append(told, err) })
		if err != nil {
			t.Fatal(err)
		}
		if err := os.RemoveAll(folder); err != nil {
			t.Fatal(err)
		}
		for range 3 {
			m.Hold(t.Context(), "a", 10*time.Minute)
			time.Sleep(2 * time.Minute)
		}
		wait, _ := m.Enter(t.Context(), "a", pace.Window{Most: 1, Span: time.Second}, pace.Entry{ID: "1", N: 1})
		if wait <= 0 || len(told) != 1 {
			t.Errorf("wait %v; told %v", wait, errors.Join(told...))
		}
		m.Close()
	})
}
