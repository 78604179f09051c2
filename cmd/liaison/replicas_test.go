package main

import (
	"context"
	"math/rand/v2"
	"net"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"liaison/bot/botapitest"
	"liaison/store"
	"liaison/store/storetest"
)

// needs returns the setting of a service that scripts/with-services starts.
func needs(t *testing.T, name string) string {
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

// TestReplicasKilled is TestKilledInTheMiddle with three processes on PostgreSQL and Redis, of
// which a random one is killed and started again.
func TestReplicasKilled(t *testing.T) {
	t.Parallel()
	postgres, redis := needs(t, "LIAISON_TEST_POSTGRES"), needs(t, "LIAISON_TEST_REDIS")
	const people, cases, kills, replicas = 8, 3, 3, 3
	srv := botapitest.New(t, botapitest.WithWaitTimeout(120*time.Second))
	dir, dsn := t.TempDir(), storetest.Schema(t, postgres)
	env := []string{"TELEGRAM_BOT_TOKEN=" + srv.Token(), "TELEGRAM_API_URL=" + srv.URL(), "DATABASE_URL=" + dsn, "REDIS_URL=" + redis}
	var all [replicas]*process
	for i := range all {
		all[i] = start(t, dir, env...)
	}
	w := newTraffic(t, srv, people, cases)
	w.send()
	for range kills {
		w.someWork(t)
		i := rand.IntN(replicas)
		all[i].Kill()
		all[i] = start(t, dir, env...)
	}
	w.wait(t)
	for _, p := range all {
		if err := p.Stop(); err != nil {
			t.Errorf("a replica ended with %v", err)
		}
	}
	st, err := store.Open(t.Context(), store.Config{DSN: dsn, Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	defer st.Close()
	w.check(t, st)
	t.Logf("%d updates, %d replicas, %d kills, %d cases: none lost, none twice", w.updates, replicas, kills, people*cases)
}

// redisServer is a Redis of the test's own, to be killed.
type redisServer struct {
	t    *testing.T
	addr string
	dir  string
	cmd  *exec.Cmd
}

func startRedis(t *testing.T) *redisServer {
	t.Helper()
	needs(t, "LIAISON_TEST_REDIS") // says that there is a redis-server
	s := &redisServer{t: t, addr: freeAddr(t), dir: t.TempDir()}
	s.start()
	t.Cleanup(s.kill)
	return s
}

// start starts the server on the files that it has, durable as README asks for.
func (s *redisServer) start() {
	s.t.Helper()
	_, port, _ := net.SplitHostPort(s.addr)
	s.cmd = exec.Command("redis-server", "--bind", "127.0.0.1", "--port", port, "--dir", s.dir,
		"--save", "", "--appendonly", "yes", "--appendfsync", "always")
	if err := s.cmd.Start(); err != nil {
		s.t.Fatal(err)
	}
	c := redis.NewClient(&redis.Options{Addr: s.addr})
	defer c.Close()
	eventually(s.t, "Redis", func() bool { return c.Ping(context.Background()).Err() == nil })
}

func (s *redisServer) kill() {
	if s.cmd.ProcessState == nil {
		s.cmd.Process.Kill()
		s.cmd.Wait()
	}
}

// While Redis is away nothing is taken in, readyz says so, and Telegram keeps what
// people write. When it is back, what it had is still there.
func TestRedisLost(t *testing.T) {
	t.Parallel()
	dsn := storetest.Schema(t, needs(t, "LIAISON_TEST_POSTGRES"))
	server := startRedis(t)
	srv := botapitest.New(t, botapitest.WithWaitTimeout(90*time.Second))
	p := start(t, t.TempDir(), "TELEGRAM_BOT_TOKEN="+srv.Token(), "TELEGRAM_API_URL="+srv.URL(),
		"LIAISON_DATABASE="+dsn, "REDIS_URL=redis://"+server.addr)
	u := srv.User("企业主")
	u.Send(someQuestion)
	srv.WaitMessage(t, u, botapitest.Contains(itsAnswer))

	server.kill()
	eventually(t, "readyz to tell that Redis is away", func() bool {
		status, body := get(t, p.Base+"/readyz")
		return status == 503 && strings.Contains(body, "redis")
	})
	answers := len(u.Messages())
	u.Send("/help")
	u.Send(someQuestion)
	time.Sleep(2 * time.Second) // long enough for an answer, were there a way
	if n := len(u.Messages()); n != answers {
		t.Errorf("%d messages were sent without Redis", n-answers)
	}

	server.start()
	srv.Wait(t, "what was written meanwhile to be answered", func() bool {
		m := u.Messages()
		return len(m) >= answers+2 && strings.Contains(m[len(m)-1].Text, itsAnswer)
	})
	eventually(t, "readyz", func() bool { status, _ := get(t, p.Base+"/readyz"); return status == 200 })
	if err := p.Stop(); err != nil {
		t.Errorf("the program ended with %v", err)
	}
}

// A city that has outgrown SQLite moves: its people, cases and talks go on.
func TestMoveToPostgres(t *testing.T) {
	t.Parallel()
	dsn := storetest.Schema(t, needs(t, "LIAISON_TEST_POSTGRES"))
	redis := needs(t, "LIAISON_TEST_REDIS")
	srv := botapitest.New(t, botapitest.WithWaitTimeout(60*time.Second))
	dir := t.TempDir()
	env := []string{"TELEGRAM_BOT_TOKEN=" + srv.Token(), "TELEGRAM_API_URL=" + srv.URL()}
	p := start(t, dir, env...)
	w := newTraffic(t, srv, 2, 2)
	w.send()
	w.wait(t)
	if err := p.Stop(); err != nil {
		t.Fatal(err)
	}
	out, errs, code := liaison(t, "migrate", "--data", dir, "--to", dsn)
	if code != 0 || !strings.Contains(out, "4  ticket\n") || !strings.Contains(out, "were copied and compared") {
		t.Fatalf("exit code %d\n%s\n%s", code, out, errs)
	}
	if _, errs, code := liaison(t, "migrate", "--data", dir, "--to", dsn); code != 1 || !strings.Contains(errs, "in use") {
		t.Errorf("a second time: exit code %d\n%s", code, errs)
	}
	p = start(t, dir, append(env, "LIAISON_DATABASE="+dsn, "REDIS_URL="+redis)...)
	u := w.users[0]
	u.Send("/tickets")
	list := srv.WaitMessage(t, u, botapitest.Contains("我的诉求"))
	for number := range w.numbers(u) {
		if !strings.Contains(list.Text, number) {
			t.Errorf("%s is not among the cases of its requester:\n%s", number, list.Text)
		}
	}
	if err := p.Stop(); err != nil {
		t.Error(err)
	}
	st, err := store.Open(t.Context(), store.Config{DSN: dsn, Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	defer st.Close()
	w.check(t, st)
}
