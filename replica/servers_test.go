package replica

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"
)

// opener connects to a Redis under a prefix that nobody else uses.
type opener func(t *testing.T) *Hub

// everywhere runs the test on one server, on a cluster, and behind Sentinel. Without
// Redis it is skipped, unless it is required.
func everywhere(t *testing.T, test func(t *testing.T, open opener)) {
	t.Helper()
	t.Parallel()
	for _, kind := range []struct {
		name string
		url  func() (string, error)
	}{
		{"one server", func() (string, error) { return os.Getenv("LIAISON_TEST_REDIS"), nil }},
		{"cluster", cluster},
		{"Sentinel", sentinel},
	} {
		t.Run(kind.name, func(t *testing.T) {
			t.Parallel()
			needRedis(t)
			url, err := kind.url()
			if err != nil {
				t.Fatal(err)
			}
			test(t, func(t *testing.T) *Hub { return open(t, url) })
		})
	}
}

// needRedis skips the test where there is no Redis, unless it is required.
func needRedis(t *testing.T) {
	t.Helper()
	switch {
	case os.Getenv("LIAISON_TEST_REDIS") != "":
	case os.Getenv("LIAISON_TEST_REQUIRE") != "":
		t.Fatal("LIAISON_TEST_REDIS is not set")
	default:
		t.Skip("LIAISON_TEST_REDIS is not set: scripts/with-services go test ./replica starts servers")
	}
}

func open(t *testing.T, url string) *Hub {
	t.Helper()
	h, err := Open(t.Context(), url, fmt.Sprintf("t%d-%d:", os.Getpid(), time.Now().UnixNano()), slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		ctx := context.Background()
		keys := h.rdb.Scan(ctx, 0, h.prefix+"*", 1000).Iterator()
		for keys.Next(ctx) {
			h.rdb.Del(ctx, keys.Val())
		}
		if err := h.Close(); err != nil {
			t.Error(err)
		}
	})
	return h
}

// servers are those that tests have started; TestMain stops them.
type servers struct {
	mu  sync.Mutex
	dir string
	all []*exec.Cmd
}

var started servers

func TestMain(m *testing.M) {
	code := m.Run()
	started.mu.Lock()
	for _, c := range started.all {
		c.Process.Kill()
		c.Wait()
	}
	os.RemoveAll(started.dir)
	os.Exit(code)
}

// freePort returns a port of this machine that nothing listens on.
func freePort() (string, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	defer l.Close()
	_, port, err := net.SplitHostPort(l.Addr().String())
	return port, err
}

// server starts a redis-server with the lines of configuration and waits until it
// answers.
func server(config ...string) (cmd *exec.Cmd, port string, err error) {
	if port, err = freePort(); err != nil {
		return nil, "", err
	}
	started.mu.Lock()
	defer started.mu.Unlock()
	if started.dir == "" {
		if started.dir, err = os.MkdirTemp("", "liaison-redis"); err != nil {
			return nil, "", err
		}
	}
	dir := filepath.Join(started.dir, port)
	file := filepath.Join(dir, "redis.conf")
	lines := append([]string{"bind 127.0.0.1", "port " + port, "dir " + dir}, config...)
	err = errors.Join(os.Mkdir(dir, 0o700), os.WriteFile(file, []byte(strings.Join(lines, "\n")+"\n"), 0o600))
	if err != nil {
		return nil, "", err
	}
	args := []string{file}
	for _, c := range config {
		if strings.HasPrefix(c, "sentinel ") {
			args = []string{file, "--sentinel"}
		}
	}
	cmd = exec.Command("redis-server", args...)
	if err := cmd.Start(); err != nil {
		return nil, "", err
	}
	started.all = append(started.all, cmd)
	c := redis.NewClient(&redis.Options{Addr: "127.0.0.1:" + port})
	defer c.Close()
	return cmd, port, eventually("redis-server", func() bool { return c.Ping(context.Background()).Err() == nil })
}

// eventually waits until ok, for half a minute at most.
func eventually(what string, ok func() bool) error {
	for end := time.Now().Add(30 * time.Second); !ok(); time.Sleep(20 * time.Millisecond) {
		if time.Now().After(end) {
			return fmt.Errorf("still waiting for %s", what)
		}
	}
	return nil
}

var durable = []string{`save ""`, "appendonly yes", "appendfsync always"}

// cluster starts a cluster of three, once.
var cluster = sync.OnceValues(func() (string, error) {
	args := []string{"--cluster", "create"}
	var url string
	for range 3 {
		_, port, err := server(append([]string{"cluster-enabled yes"}, durable...)...)
		if err != nil {
			return "", err
		}
		args = append(args, "127.0.0.1:"+port)
		url = "redis://127.0.0.1:" + port // of any one the client learns of the others
	}
	out, err := exec.Command("redis-cli", append(args, "--cluster-yes")...).CombinedOutput()
	if err != nil {
		return "", fmt.Errorf("%w: %s", err, out)
	}
	c := redis.NewClusterClient(&redis.ClusterOptions{Addrs: args[2:]})
	defer c.Close()
	return url, eventually("the cluster", func() bool {
		for i := range 64 { // keys of all three
			if c.Set(context.Background(), fmt.Sprint("ready", i), 1, time.Second).Err() != nil {
				return false
			}
		}
		return true
	})
})

// guarded is a master with a replica, watched by a Sentinel.
type guarded struct {
	url     string
	master  *exec.Cmd
	replica string // its address
}

// told reports whether the replica says so of itself and its master.
func (g guarded) told(what string) bool {
	c := redis.NewClient(&redis.Options{Addr: g.replica})
	defer c.Close()
	info, err := c.Info(context.Background(), "replication").Result()
	return err == nil && strings.Contains(info, what)
}

// guard starts one. A second without an answer makes the replica the master.
func guard() (g guarded, err error) {
	var port string
	if g.master, port, err = server(durable...); err != nil {
		return g, err
	}
	_, replica, err := server(append([]string{"replicaof 127.0.0.1 " + port}, durable...)...)
	if err != nil {
		return g, err
	}
	g.replica = "127.0.0.1:" + replica
	if err := eventually("the replica", func() bool { return g.told("master_link_status:up") }); err != nil {
		return g, err
	}
	_, watcher, err := server("sentinel monitor main 127.0.0.1 "+port+" 1", "sentinel down-after-milliseconds main 1000",
		"sentinel failover-timeout main 5000")
	g.url = "redis://127.0.0.1:" + watcher + "?master_name=main"
	return g, err
}

var sentinel = sync.OnceValues(func() (string, error) {
	g, err := guard()
	return g.url, err
})
