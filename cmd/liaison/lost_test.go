package main

import (
	"path/filepath"
	"strings"
	"testing"
	"time"

	"liaison/bot/botapitest"
	"liaison/replica/redistest"
	"liaison/store/storetest"
)

// While PostgreSQL is away, or says nothing, nothing is taken into Redis either, readyz
// says so within seconds, and Telegram keeps what people write. When it is back, all of
// it is answered once.
func TestPostgresLost(t *testing.T) {
	t.Parallel()
	for name, fault := range map[string]struct{ begin, end func(n *network) }{
		"cut": {(*network).cut, (*network).mend},
		"silent": {func(n *network) {
			n.poison(`{"type":"timeout","attributes":{"timeout":0}}`, `{"type":"timeout","stream":"upstream","attributes":{"timeout":0}}`)
		},
			(*network).cure},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server, redis, net := startPostgres(t), redistest.New(t), newNetwork(t)
			srv := botapitest.New(t, botapitest.WithWaitTimeout(90*time.Second))
			p := start(t, t.TempDir(), "TELEGRAM_BOT_TOKEN="+srv.Token(), "TELEGRAM_API_URL="+srv.URL(),
				"LIAISON_DATABASE="+server.dsn(net.to(server.addr)), "REDIS_URL=redis://"+redis.Addr)
			u := srv.User("企业主")
			u.Send(someQuestion)
			srv.WaitMessage(t, u, botapitest.Contains(itsAnswer))
			srv.WaitConfirmed(t)
			answers := len(u.Messages())

			fault.begin(net)
			began := time.Now()
			eventually(t, "readyz to tell that PostgreSQL is away", func() bool {
				status, body := get(t, p.Base+"/readyz")
				return status == 503 && strings.Contains(body, "database")
			})
			if took := time.Since(began); took > 5*time.Second {
				t.Errorf("readyz took %v to tell", took)
			}
			u.Send("/help")
			u.Send(someQuestion)
			time.Sleep(12 * time.Second) // longer than a statement waits
			if n := srv.PendingUpdates(); n != 2 {
				t.Errorf("Telegram keeps %d updates, not 2", n)
			}
			if n := len(u.Messages()); n != answers {
				t.Errorf("%d messages were sent without PostgreSQL", n-answers)
			}

			fault.end(net)
			eventually(t, "readyz", func() bool { status, _ := get(t, p.Base+"/readyz"); return status == 200 })
			srv.Wait(t, "what was written meanwhile to be answered", func() bool {
				m := u.Messages()
				return len(m) >= answers+2 && strings.Contains(m[len(m)-1].Text, itsAnswer)
			})
			srv.WaitConfirmed(t)
			if n := len(u.Messages()); n != answers+2 {
				t.Errorf("%d answers to 2 messages", n-answers)
			}
			if err := p.Stop(); err != nil {
				t.Errorf("the program ended with %v", err)
			}
		})
	}
}

// A disk that is full can be read, and nothing is taken in.
func TestDiskFull(t *testing.T) {
	t.Parallel()
	disk := newTightDisk(t)
	p := start(t, disk.dir)
	db := openDatabase(t, "file:"+filepath.Join(disk.dir, "liaison.db")+"?_pragma=busy_timeout(30000)")
	free := disk.fill(p, db)
	db.Close()
	eventually(t, "readyz to tell that the disk is full", func() bool { status, _ := get(t, p.Base+"/readyz"); return status == 503 })
	free()
	eventually(t, "readyz", func() bool { status, _ := get(t, p.Base+"/readyz"); return status == 200 })
}

// Without Redis one process serves a PostgreSQL database, and a second one is told why
// it cannot, whatever it has itself.
func TestSecondProcess(t *testing.T) {
	t.Parallel()
	dsn, redis := storetest.Schema(t, needs(t, "LIAISON_TEST_POSTGRES")), needs(t, "LIAISON_TEST_REDIS")
	first := start(t, t.TempDir(), "LIAISON_DATABASE="+dsn)
	if !strings.Contains(first.Log(), "no second process may serve this database") {
		t.Errorf("the start does not say that it is alone:\n%s", first.Log())
	}
	refused := func(args ...string) {
		t.Helper()
		_, errs, code := liaison(t, append([]string{"serve", "--addr", "127.0.0.1:0", "--data", t.TempDir(), "--database", dsn}, args...)...)
		if code != exitUsage || !strings.Contains(errs, "another process serves this database") || !strings.Contains(errs, "REDIS_URL") {
			t.Errorf("the second start ended with %d: %s", code, errs)
		}
	}
	refused()
	refused("--redis-url", redis)
	first.Kill()
	again := start(t, t.TempDir(), "LIAISON_DATABASE="+dsn) // at once
	if err := again.Stop(); err != nil {
		t.Error(err)
	}
	two := []*process{start(t, t.TempDir(), "LIAISON_DATABASE="+dsn, "REDIS_URL="+redis), start(t, t.TempDir(), "LIAISON_DATABASE="+dsn, "REDIS_URL="+redis)}
	refused()
	for _, p := range two {
		if err := p.Stop(); err != nil {
			t.Error(err)
		}
	}
}
