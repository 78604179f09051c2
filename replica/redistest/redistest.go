// Package redistest starts Redis servers for tests: one, a cluster, and a master with
// a replica behind Sentinel. They listen on free ports of the loopback, keep what they
// are given on the disk before they answer, and are gone when the test, or for those
// that tests share the test program, has ended.
package redistest

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"
)

// setting names the environment variable with the URL of the server that
// scripts/with-services starts; where it is, there are Redis's programs too.
const setting = "LIAISON_TEST_REDIS"

// Need returns the URL of a server that all tests share. Without one the test is
// skipped, unless it is required.
func Need(t testing.TB) string {
	t.Helper()
	url := os.Getenv(setting)
	switch {
	case url != "":
	case os.Getenv("LIAISON_TEST_REQUIRE") != "":
		t.Fatal(setting + " is not set")
	default:
		t.Skip(setting + " is not set: run it by scripts/with-services")
	}
	return url
}

// Server is a redis-server of the test's own.
type Server struct {
	// Addr is host:port.
	Addr string
	dir  string
	args []string
	cmd  *exec.Cmd
}

// New starts a server with further lines of configuration.
func New(t testing.TB, config ...string) *Server {
	t.Helper()
	Need(t)
	s, err := start(config...)
	if s != nil {
		t.Cleanup(s.remove)
	}
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// start starts a server; what it returns is to be removed, also with an error.
func start(config ...string) (*Server, error) {
	addr, err := freeAddr()
	if err != nil {
		return nil, err
	}
	dir, err := os.MkdirTemp("", "liaison-redis")
	if err != nil {
		return nil, err
	}
	_, port, _ := net.SplitHostPort(addr)
	file := filepath.Join(dir, "redis.conf")
	lines := []string{"bind 127.0.0.1", "port " + port, "dir " + dir}
	s := &Server{Addr: addr, dir: dir, args: []string{file}}
	if strings.HasPrefix(strings.Join(config, "\n"), "sentinel ") {
		s.args = append(s.args, "--sentinel")
	} else {
		lines = append(lines, `save ""`, "appendonly yes", "appendfsync always")
	}
	text := strings.Join(append(lines, config...), "\n") + "\n"
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		return s, err
	}
	return s, s.start()
}

// freeAddr returns a loopback address that nothing listens on.
func freeAddr() (string, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	return l.Addr().String(), l.Close()
}

func (s *Server) start() error {
	s.cmd = exec.Command("redis-server", s.args...)
	if err := s.cmd.Start(); err != nil {
		return err
	}
	c := s.client()
	defer c.Close()
	return eventually("redis-server", func() bool { return c.Ping(context.Background()).Err() == nil })
}

// Start starts the server that was killed, on the files that it has.
func (s *Server) Start(t testing.TB) {
	t.Helper()
	if err := s.start(); err != nil {
		t.Fatal(err)
	}
}

// Kill ends the server at once; a dead one stays dead.
func (s *Server) Kill() {
	if s.cmd != nil && s.cmd.Process != nil && s.cmd.ProcessState == nil {
		s.cmd.Process.Kill()
		s.cmd.Wait()
	}
}

// Pause stops the server where it is, its connections open, until the returned
// function lets it go on.
func (s *Server) Pause(t testing.TB) (resume func()) {
	t.Helper()
	if err := s.cmd.Process.Signal(syscall.SIGSTOP); err != nil {
		t.Fatal(err)
	}
	return func() {
		if err := s.cmd.Process.Signal(syscall.SIGCONT); err != nil {
			t.Error(err)
		}
	}
}

func (s *Server) remove() {
	s.Kill()
	os.RemoveAll(s.dir)
}

func (s *Server) client() *redis.Client { return redis.NewClient(&redis.Options{Addr: s.Addr}) }

// Says reports whether what the server tells of its replication contains the words.
func (s *Server) Says(words string) bool {
	c := s.client()
	defer c.Close()
	info, err := c.Info(context.Background(), "replication").Result()
	return err == nil && strings.Contains(info, words)
}

// Guarded is a master with a replica, watched by a Sentinel.
type Guarded struct {
	URL             string // for replica.Open
	Master, Replica *Server
	sentinel        *Server
}

// Guard starts one. A second without an answer of the master makes the replica the
// master. between, if there is one, returns an address that leads to the master's,
// for the replica.
func Guard(t testing.TB, between func(addr string) string) Guarded {
	t.Helper()
	Need(t)
	g, err := guard(between)
	t.Cleanup(g.remove)
	if err != nil {
		t.Fatal(err)
	}
	return g
}

func guard(between func(string) string) (g Guarded, err error) {
	if g.Master, err = start(); err != nil {
		return g, err
	}
	way := g.Master.Addr
	if between != nil {
		way = between(way)
	}
	host, port, _ := net.SplitHostPort(way)
	if g.Replica, err = start("replicaof " + host + " " + port); err != nil {
		return g, err
	}
	if err := eventually("the replica", func() bool { return g.Replica.Says("master_link_status:up") }); err != nil {
		return g, err
	}
	host, port, _ = net.SplitHostPort(g.Master.Addr)
	// Sentinel would lead a replica straight to the master after the last time.
	g.sentinel, err = start("sentinel monitor main "+host+" "+port+" 1",
		"sentinel down-after-milliseconds main 1000", "sentinel failover-timeout main 60000")
	if err != nil {
		return g, err
	}
	g.URL = "redis://" + g.sentinel.Addr + "?master_name=main"
	c := redis.NewSentinelClient(&redis.Options{Addr: g.sentinel.Addr})
	defer c.Close()
	return g, eventually("Sentinel to know the replica", func() bool {
		known, err := c.Replicas(context.Background(), "main").Result()
		return err == nil && len(known) == 1
	})
}

func (g Guarded) remove() {
	for _, s := range []*Server{g.sentinel, g.Replica, g.Master} {
		if s != nil {
			s.remove()
		}
	}
}

// shared are the servers that the tests of a program share; Main removes them.
var shared struct {
	mu  sync.Mutex
	all []interface{ remove() }
}

func share(s interface{ remove() }) {
	shared.mu.Lock()
	defer shared.mu.Unlock()
	shared.all = append(shared.all, s)
}

// Main runs the tests of a package that uses Everywhere, for os.Exit in its TestMain.
func Main(m *testing.M) int {
	code := m.Run()
	shared.mu.Lock()
	defer shared.mu.Unlock()
	for _, s := range shared.all {
		s.remove()
	}
	return code
}

// Everywhere runs the test, in parallel, on one server, on a cluster, and behind
// Sentinel: other tests use them too.
func Everywhere(t *testing.T, test func(t *testing.T, url string)) {
	t.Helper()
	t.Parallel()
	for _, kind := range []struct {
		name string
		url  func() (string, error)
	}{
		{"one server", func() (string, error) { return os.Getenv(setting), nil }},
		{"cluster", cluster},
		{"Sentinel", sentinel},
	} {
		t.Run(kind.name, func(t *testing.T) {
			t.Parallel()
			Need(t)
			url, err := kind.url()
			if err != nil {
				t.Fatal(err)
			}
			test(t, url)
		})
	}
}

var sentinel = sync.OnceValues(func() (string, error) {
	g, err := guard(nil)
	share(g)
	return g.URL, err
})

var cluster = sync.OnceValues(func() (string, error) {
	servers, url, err := newCluster()
	for _, s := range servers {
		share(s)
	}
	return url, err
})

// Cluster starts a cluster of the test's own and returns its URL.
func Cluster(t testing.TB) string {
	t.Helper()
	Need(t)
	servers, url, err := newCluster()
	for _, s := range servers {
		t.Cleanup(s.remove)
	}
	if err != nil {
		t.Fatal(err)
	}
	return url
}

// FollowedCluster is Cluster with a replica of one of its masters. It returns the addresses of
// all its servers, too.
func FollowedCluster(t testing.TB) (url string, servers []string) {
	t.Helper()
	url = Cluster(t)
	known := strings.TrimPrefix(url, "redis://")
	r := New(t, "cluster-enabled yes")
	if out, err := exec.Command("redis-cli", "--cluster", "add-node", r.Addr, known, "--cluster-slave").CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	err := eventually("all of the cluster to know the replica", func() bool {
		servers = nodes(known)
		for _, addr := range servers {
			if len(nodes(addr)) != 4 {
				return false
			}
		}
		return len(servers) == 4 && r.Says("master_link_status:up")
	})
	if err != nil {
		t.Fatal(err)
	}
	return url, servers
}

// nodes are the addresses of a cluster's servers, as far as the one at addr knows them.
func nodes(addr string) (known []string) {
	c := redis.NewClient(&redis.Options{Addr: addr})
	defer c.Close()
	shards, _ := c.ClusterShards(context.Background()).Result() // one that does not answer knows none
	for _, s := range shards {
		for _, n := range s.Nodes {
			if n.Health == "online" { // else clients are not told of it
				known = append(known, net.JoinHostPort(n.IP, fmt.Sprint(n.Port)))
			}
		}
	}
	return known
}

// newCluster starts a cluster of three masters.
func newCluster() (servers []*Server, url string, err error) {
	args := []string{"--cluster", "create"}
	for range 3 {
		s, err := start("cluster-enabled yes")
		if s != nil {
			servers = append(servers, s)
		}
		if err != nil {
			return servers, "", err
		}
		args = append(args, s.Addr)
	}
	out, err := exec.Command("redis-cli", append(args, "--cluster-yes")...).CombinedOutput()
	if err != nil {
		return servers, "", fmt.Errorf("%w: %s", err, out)
	}
	c := redis.NewClusterClient(&redis.ClusterOptions{Addrs: args[2:]})
	defer c.Close()
	// From any one the client learns of the others.
	return servers, "redis://" + args[2], eventually("the cluster", func() bool {
		for i := range 64 { // keys of all three
			if c.Set(context.Background(), fmt.Sprint("ready", i), 1, time.Second).Err() != nil {
				return false
			}
		}
		return true
	})
}

// eventually waits until ok, for half a minute at most.
func eventually(what string, ok func() bool) error {
	for end := time.Now().Add(30 * time.Second); !ok(); time.Sleep(20 * time.Millisecond) {
		if time.Now().After(end) {
			return errors.New("still waiting for " + what)
		}
	}
	return nil
}
