package route

import (
	"bytes"
	"context"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// logBuffer keeps a log that one goroutine writes and another one reads.
type logBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *logBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *logBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

// openLive starts from the small file.
func openLive(t *testing.T) (l *Live, path string, log *logBuffer) {
	t.Helper()
	path = filepath.Join(t.TempDir(), "stations.yaml")
	write(t, path, small)
	log = new(logBuffer)
	l, err := OpenLive(path, slog.New(slog.NewTextHandler(log, nil)))
	if err != nil {
		t.Fatal(err)
	}
	return l, path, log
}

func write(t *testing.T, path, data string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(data), 0o600); err != nil {
		t.Fatal(err)
	}
}

var withoutWest = small[:strings.Index(small, "  - {id: west")]

func TestOpenLiveRefuses(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "stations.yaml")
	if _, err := OpenLive(path, slog.New(slog.DiscardHandler)); err == nil || !strings.Contains(err.Error(), "create it from the example") {
		t.Errorf("missing file: got %v", err)
	}
	write(t, path, "citi: x\n")
	if _, err := OpenLive(path, slog.New(slog.DiscardHandler)); err == nil || !strings.Contains(err.Error(), "stations.yaml:1:") {
		t.Errorf("broken file: got %v", err)
	}
}

func TestReload(t *testing.T) {
	t.Parallel()
	l, path, log := openLive(t)
	var changes int
	l.OnChange = func(before, after *Directory) {
		changes++
		_, had := before.Station("west")
		if _, has := after.Station("west"); !had || has {
			t.Errorf("OnChange saw west %v then %v, want true then false", had, has)
		}
	}
	first := l.Directory()

	write(t, path, strings.Replace(small, "kind: town", "kind: village", 1))
	if err := l.Reload(); err == nil || !strings.Contains(err.Error(), "stations.yaml:11: ") {
		t.Errorf("broken file: got %v", err)
	}
	if l.Directory() != first || changes != 0 {
		t.Error("a broken file has changed the directory")
	}

	write(t, path, withoutWest)
	if err := l.Reload(); err != nil {
		t.Fatal(err)
	}
	if _, ok := l.Directory().Station("west"); ok || changes != 1 {
		t.Errorf("west is there: %v; %d changes, want 1", ok, changes)
	}
	if got := log.String(); !strings.Contains(got, "stations=[west]") || !strings.Contains(got, "triage=centre") {
		t.Errorf("the log does not name the station that is gone: %s", got)
	}
	if _, ok := first.Station("west"); !ok {
		t.Error("the old directory was changed")
	}
}

func TestRunFollowsTheFile(t *testing.T) {
	t.Parallel()
	l, path, log := openLive(t)
	l.Interval = time.Minute
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan struct{})
		go func() {
			l.Run(ctx)
			close(done)
		}()
		tick := func() {
			time.Sleep(l.Interval)
			synctest.Wait()
		}
		has := func(id string) bool {
			_, ok := l.Directory().Station(id)
			return ok
		}
		first := l.Directory()
		tick()
		if l.Directory() != first {
			t.Error("reloaded although nothing has changed")
		}
		write(t, path, withoutWest)
		tick()
		if has("west") {
			t.Error("the change was not seen")
		}
		write(t, path, "towns: [")
		tick()
		tick()
		if refused := strings.Count(log.String(), "station file refused"); refused != 1 {
			t.Errorf("a broken file was logged %d times, want 1", refused)
		}
		if err := os.Remove(path); err != nil {
			t.Fatal(err)
		}
		tick()
		tick()
		if refused := strings.Count(log.String(), "station file refused"); refused != 2 || !has("centre") {
			t.Errorf("a removed file: %d refusals logged, want 2; centre %v", refused, has("centre"))
		}
		write(t, path, small)
		tick()
		if !has("west") {
			t.Error("the repaired file was not taken")
		}
		cancel()
		<-done
	})
}

func TestLiveIsSafeForConcurrentUse(t *testing.T) {
	t.Parallel()
	l, _, _ := openLive(t)
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			for range 20 {
				if err := l.Reload(); err != nil {
					t.Error(err)
				}
			}
		})
		wg.Go(func() {
			for range 200 {
				if r := l.Directory().Route(Case{Text: "周巷"}); r.Station != "west" {
					t.Errorf("got %s", r.Station)
				}
			}
		})
	}
	wg.Wait()
}
