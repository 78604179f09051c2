package main

import (
	"context"
	"errors"
	"net"
	"net/http"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/Shopify/toxiproxy/v2"
	"github.com/jackc/pgx/v5"
	"github.com/rs/zerolog"
)

// needs returns the setting of a service that scripts/with-services starts.
func needs(t testing.TB, name string) string {
	t.Helper()
	v := os.Getenv(name)
	switch {
	case v != "":
	case os.Getenv("LIAISON_TEST_REQUIRE") != "":
		t.Fatal(name + " is not set")
	default:
		t.Skip("needs " + name + ": run it by scripts/with-services")
	}
	return v
}

// freeAddr returns a loopback address that nothing listens on.
func freeAddr(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

// postgresServer is a PostgreSQL of the test's own, to be killed.
type postgresServer struct {
	t    *testing.T
	bin  string // the folder of its programs
	addr string
	dir  string
	as   *syscall.SysProcAttr // PostgreSQL refuses to run as root
	cmd  *exec.Cmd
}

func startPostgres(t *testing.T) *postgresServer {
	t.Helper()
	s := &postgresServer{t: t, bin: needs(t, "LIAISON_TEST_POSTGRES_BIN"), addr: freeAddr(t)}
	dir, err := os.MkdirTemp("", "liaison-postgres") // t.TempDir is closed to other users
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	s.dir = dir
	if os.Geteuid() == 0 {
		s.lend()
	}
	initdb := exec.Command(filepath.Join(s.bin, "initdb"), "--pgdata="+filepath.Join(dir, "data"),
		"--username=liaison", "--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync")
	initdb.SysProcAttr, initdb.Dir = s.as, dir
	if out, err := initdb.CombinedOutput(); err != nil {
		t.Fatalf("initdb: %v\n%s", err, out)
	}
	s.start()
	t.Cleanup(s.kill)
	return s
}

// lend gives the folder to an unprivileged user, who runs the server.
func (s *postgresServer) lend() {
	u, err := user.Lookup("postgres")
	if err != nil {
		u, err = user.Lookup("nobody")
	}
	if err != nil {
		s.t.Fatal(err)
	}
	uid, _ := strconv.Atoi(u.Uid)
	gid, _ := strconv.Atoi(u.Gid)
	if err := errors.Join(os.Chmod(s.dir, 0o700), os.Chown(s.dir, uid, gid)); err != nil {
		s.t.Fatal(err)
	}
	s.as = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}}
}

// dsn returns the address of the database at host and port, by default the server's own.
func (s *postgresServer) dsn(addr string) string {
	return "postgres://liaison@" + addr + "/postgres?sslmode=disable"
}

// start starts the server on the files that it has. What is committed outlives the
// server, not the machine: that would take minutes of waiting for the disk.
func (s *postgresServer) start() {
	s.t.Helper()
	_, port, _ := net.SplitHostPort(s.addr)
	s.cmd = exec.Command(filepath.Join(s.bin, "postgres"), "-D", filepath.Join(s.dir, "data"), "-c", "listen_addresses=127.0.0.1",
		"-c", "port="+port, "-c", "unix_socket_directories="+s.dir, "-c", "fsync=off")
	s.cmd.SysProcAttr, s.cmd.Dir = s.as, s.dir
	if err := s.cmd.Start(); err != nil {
		s.t.Fatal(err)
	}
	eventually(s.t, "PostgreSQL", func() bool {
		c, err := pgx.Connect(context.Background(), s.dsn(s.addr))
		if err == nil {
			c.Close(context.Background())
		}
		return err == nil
	})
}

// kill ends the server at once and closes nothing: at the next start it recovers
// from its log, as after a crash.
func (s *postgresServer) kill() {
	if s.cmd.ProcessState == nil {
		s.cmd.Process.Signal(syscall.SIGQUIT)
		s.cmd.Wait()
	}
}

// network is what lies between the program and the servers that it needs.
type network struct {
	t       *testing.T
	server  *toxiproxy.ApiServer
	proxies []*toxiproxy.Proxy
}

func newNetwork(t *testing.T) *network {
	n := &network{t: t, server: toxiproxy.NewServer(toxiproxy.NewMetricsContainer(nil), zerolog.Nop())}
	t.Cleanup(n.cut)
	return n
}

// to returns an address that leads to addr.
func (n *network) to(addr string) string {
	n.t.Helper()
	p := toxiproxy.NewProxy(n.server, addr, freeAddr(n.t), addr)
	if err := p.Start(); err != nil {
		n.t.Fatal(err)
	}
	n.proxies = append(n.proxies, p)
	return p.Listen
}

// cut breaks all connections and lets none be made.
func (n *network) cut() {
	for _, p := range n.proxies {
		p.Stop()
	}
}

func (n *network) mend() {
	n.t.Helper()
	for _, p := range n.proxies {
		if err := p.Start(); err != nil {
			n.t.Fatal(err)
		}
	}
}

// poison makes all connections behave as the toxic says, until cure.
func (n *network) poison(toxics ...string) {
	n.t.Helper()
	for _, p := range n.proxies {
		for _, toxic := range toxics {
			if _, err := p.Toxics.AddToxicJson(strings.NewReader(toxic)); err != nil {
				n.t.Fatal(err)
			}
		}
	}
}

func (n *network) cure() {
	for _, p := range n.proxies {
		p.Toxics.ResetToxics(context.Background())
	}
}

// silentModel returns the address of an endpoint that takes requests and says nothing, and
// how many it has taken.
func silentModel(t *testing.T) (url string, taken func() int) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	var n atomic.Int64
	over := make(chan struct{})
	s := &http.Server{Handler: http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		n.Add(1)
		select {
		case <-over:
		case <-r.Context().Done():
		}
	}), ReadHeaderTimeout: time.Second}
	go s.Serve(l)
	t.Cleanup(func() {
		close(over)
		s.Close()
	})
	return "http://" + l.Addr().String() + "/v1", func() int { return int(n.Load()) }
}
