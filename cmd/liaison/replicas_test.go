package main

import (
	"strings"
	"testing"
	"time"

	"liaison/bot/botapitest"
	"liaison/replica/redistest"
	"liaison/store"
	"liaison/store/storetest"
)

// While Redis is away nothing is taken in, readyz says so, and Telegram keeps what
// people write. When it is back, what it had is still there.
func TestRedisLost(t *testing.T) {
	t.Parallel()
	dsn := storetest.Schema(t, needs(t, "LIAISON_TEST_POSTGRES"))
	server := redistest.New(t)
	srv := botapitest.New(t, botapitest.WithWaitTimeout(90*time.Second))
	p := start(t, t.TempDir(), "TELEGRAM_BOT_TOKEN="+srv.Token(), "TELEGRAM_API_URL="+srv.URL(),
		"LIAISON_DATABASE="+dsn, "REDIS_URL=redis://"+server.Addr)
	u := srv.User("企业主")
	u.Send(someQuestion)
	srv.WaitMessage(t, u, botapitest.Contains(itsAnswer))

	server.Kill()
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
	if n := srv.PendingUpdates(); n != 2 {
		t.Errorf("Telegram keeps %d updates, not 2", n)
	}

	server.Start(t)
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
	station := stationFile(t, srv, dir)
	p := start(t, dir, env...)
	w := newTraffic(t, srv, station, 2, 2)
	w.send()
	w.wait(t)
	if _, errs, code := liaison(t, "migrate", "--data", dir, "--to", dsn); code != 1 || !strings.Contains(errs, "another process serves") || !strings.Contains(errs, "stop that process") {
		t.Errorf("while the bot runs: exit code %d\n%s", code, errs)
	}
	if _, errs, code := liaison(t, "serve", "--data", dir, "--addr", "127.0.0.1:0"); code != 1 || !strings.Contains(errs, "another process serves") {
		t.Errorf("a second bot on the same data: exit code %d\n%s", code, errs)
	}
	if err := p.Stop(); err != nil {
		t.Fatal(err)
	}
	out, errs, code := liaison(t, "migrate", "--data", dir, "--to", dsn)
	if code != 0 || !strings.Contains(out, "4  ticket\n") || !strings.Contains(out, "were copied and compared") {
		t.Fatalf("exit code %d\n%s\n%s", code, out, errs)
	}
	for _, args := range [][]string{{"migrate", "--to", dsn}, {"serve", "--addr", "127.0.0.1:0"}, {"audit"}} {
		if _, errs, code := liaison(t, append(args, "--data", dir)...); code != 1 || !strings.Contains(errs, "was moved to postgres://") || !strings.Contains(errs, "--undo") {
			t.Errorf("%s on what was moved: exit code %d\n%s", args[0], code, errs)
		}
	}
	p = start(t, dir, append(env, "LIAISON_DATABASE="+dsn, "REDIS_URL="+redis)...)
	u := w.users[0]
	u.Send("/tickets")
	list := srv.WaitMessage(t, u, botapitest.Contains("我的诉求"))
	for _, number := range w.told(u) {
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
