package main

import (
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"strconv"
	"strings"
	"testing"
	"time"

	"liaison/bot/botapitest"
	"liaison/handlers"
	"liaison/store"
	"liaison/store/storetest"
	"liaison/ticket"
)

// run runs a program of the machine, as README says it.
func run(t *testing.T, name string, args ...string) {
	t.Helper()
	if out, err := exec.Command(name, args...).CombinedOutput(); err != nil {
		t.Fatalf("%s %s: %v\n%s", name, strings.Join(args, " "), err, out)
	}
}

// cityElsewhere writes the files of a city into dir: stations, of which one that the
// example does not have answers for Zhouxiang, with a group and deadlines of its own, and
// days off. It returns the settings that name them.
func cityElsewhere(t *testing.T, srv *botapitest.Server, dir string) (station *botapitest.Group, settings map[string]string) {
	t.Helper()
	station = stationFile(t, srv, dir)
	settings = map[string]string{
		"stations": filepath.Join(dir, "stations.yaml"), "deadlines": filepath.Join(dir, "terms.yaml"), "holidays": filepath.Join(dir, "days.txt"),
	}
	stations, err := os.ReadFile(settings["stations"])
	if err != nil {
		t.Fatal(err)
	}
	off := ""
	for n := range 4 { // whichever the day of the week, two working days at least
		off += time.Now().In(ticket.CST).AddDate(0, 0, n+1).Format(time.DateOnly) + " off\n"
	}
	for name, text := range map[string]string{
		"stations":  strings.ReplaceAll(string(stations), "town-zhouxiang", "own"),
		"deadlines": "answer: {complaint: 8}\nstations: {own: {accept: 3}}\n",
		"holidays":  off,
	} {
		if err := os.WriteFile(settings[name], []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return station, settings
}

// kept is a case with the steps that were taken.
type kept struct {
	ticket.Ticket
	steps []ticket.Event
}

// casesIn reads all cases of a data folder.
func casesIn(t *testing.T, dir string) map[string]kept {
	t.Helper()
	st, err := store.Open(t.Context(), store.Config{Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	defer st.Close()
	all := make(map[string]kept)
	err = st.View(t.Context(), func(tx handlers.Tx) error {
		list, err := tx.Tickets(t.Context(), ticket.Filter{Limit: 500})
		for _, c := range list {
			steps, err := tx.Events(t.Context(), c.ID)
			if err != nil {
				return err
			}
			all[c.ID] = kept{c, steps}
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// The backup of a bot that goes on working is restored elsewhere: what was there
// before is there, its history is whole, and the bot starts on it and answers. Wherever
// the city's files were, it needs no setting for them: each case is still where it was,
// with the deadlines that its requester was told.
func TestRestore(t *testing.T) {
	t.Parallel()
	srv := botapitest.New(t, botapitest.WithWaitTimeout(60*time.Second))
	dir := t.TempDir()
	station, settings := cityElsewhere(t, srv, t.TempDir())
	env, command := []string{"TELEGRAM_BOT_TOKEN=" + srv.Token(), "TELEGRAM_API_URL=" + srv.URL()}, []string{"backup", "--data", dir}
	mine := env
	for name, file := range settings {
		mine = append(mine, "LIAISON_"+strings.ToUpper(name)+"="+file)
		command = append(command, "--"+name, file)
	}
	p := start(t, dir, mine...)
	w := newTraffic(t, srv, station, 2, 2)
	w.send()
	w.wait(t)
	u := w.users[0]
	before := w.told(u)
	more := srv.User("后来的", botapitest.WithLanguage("zh-hans"))
	more.Send(someQuestion) // work goes on meanwhile
	archive := filepath.Join(t.TempDir(), "b.tar.gz")
	if out, errs, code := liaison(t, append(command, archive)...); code != 0 || !strings.Contains(out, "stations.yaml, deadlines.yaml, holidays.txt") {
		t.Fatal(out, errs)
	}
	srv.WaitMessage(t, more, botapitest.Contains(itsAnswer))
	restored := t.TempDir()
	run(t, "tar", "-xzf", archive, "-C", restored)
	if out, errs, code := liaison(t, "audit", "--data", restored); code != 0 {
		t.Errorf("audit of the copy: %s %s", out, errs)
	}
	more.Send("/help") // the original goes on
	srv.WaitMessage(t, more, botapitest.Contains("/ask"))
	if err := p.Stop(); err != nil {
		t.Fatal(err)
	}
	cases := casesIn(t, restored)
	for id, c := range cases {
		if c.Station != "own" || c.AcceptBy.Sub(c.CreatedAt) < 7*24*time.Hour || !c.AnswerBy.After(c.AcceptBy) {
			t.Errorf("the city's files did not hold for %s: %+v", id, c.Ticket)
		}
	}
	p = start(t, restored, append(env, "LIAISON_LOG_LEVEL=debug")...)
	eventually(t, "deadlines to be looked at", func() bool { return strings.Contains(p.Log(), "deadlines were reckoned anew") })
	answersOn(t, srv, u, before, p)
	for id, c := range casesIn(t, restored) {
		if !reflect.DeepEqual(c, cases[id]) {
			t.Errorf("%s was restored as %+v, and became %+v", id, cases[id], c)
		}
	}
	st, err := store.Open(t.Context(), store.Config{Dir: restored})
	if err != nil {
		t.Fatal(err)
	}
	defer st.Close()
	w.check(t, st)
}

// A backup without a file that belongs to it is none.
func TestBackupNamesWhatIsMissing(t *testing.T) {
	t.Parallel()
	data := t.TempDir()
	if _, errs, code := liaison(t, "migrate", "--data", data); code != 0 {
		t.Fatal(errs)
	}
	out, errs, code := liaison(t, "backup", "--data", data, "--answer-days", "9", filepath.Join(t.TempDir(), "b"))
	if code != 0 || !strings.Contains(out, ": liaison.db, files\n") || !strings.Contains(out, "not in it: LIAISON_ANSWER_DAYS=9,") {
		t.Errorf("%d %s %s", code, out, errs)
	}
	none := filepath.Join(data, "none")
	for flag, setting := range map[string]string{"--stations": "LIAISON_STATIONS", "--deadlines": "LIAISON_DEADLINES", "--holidays": "LIAISON_HOLIDAYS"} {
		for _, file := range []string{none, data} { // one that is not there, one that cannot be read
			archive := filepath.Join(t.TempDir(), "b")
			_, errs, code := liaison(t, "backup", "--data", data, flag, file, archive)
			if code != exitUsage || !strings.Contains(errs, setting) || !strings.Contains(errs, file) {
				t.Errorf("%s: exit %d, %s", flag, code, errs)
			}
			if _, err := os.Stat(archive); err == nil {
				t.Errorf("%s: there is a backup all the same", flag)
			}
		}
		if _, errs, code := liaison(t, "serve", "--addr", "127.0.0.1:0", "--data", data, flag, none); code != exitUsage || !strings.Contains(errs, none) {
			t.Errorf("%s: the bot starts, %d %s", flag, code, errs)
		}
	}
}

// answersOn checks that the restored bot knows the cases of somebody, and answers.
func answersOn(t *testing.T, srv *botapitest.Server, u *botapitest.User, numbers []string, p *process) {
	t.Helper()
	n := len(u.Messages())
	u.Send("/tickets")
	u.Send("电商贷是什么？") // nobody has asked that: traffic counts answers to the others
	srv.Wait(t, "the list and an answer", func() bool {
		m := u.Messages()
		return len(m) >= n+2 && strings.Contains(m[len(m)-1].Text, "电商贷")
	})
	list := u.Messages()[n].Text
	for _, number := range numbers {
		if !strings.Contains(list, number) {
			t.Errorf("%s is not among the cases of its requester:\n%s", number, list)
		}
	}
	if err := p.Stop(); err != nil {
		t.Error(err)
	}
}

// The same of PostgreSQL, by its own tools, with the files copied after the database.
func TestRestoreOfPostgres(t *testing.T) {
	t.Parallel()
	postgres, bin := needs(t, "LIAISON_TEST_POSTGRES"), needs(t, "LIAISON_TEST_POSTGRES_BIN")
	from, to := storetest.Database(t, postgres), storetest.Database(t, postgres)
	srv := botapitest.New(t, botapitest.WithWaitTimeout(60*time.Second))
	dir, copied, restored := t.TempDir(), t.TempDir(), t.TempDir()
	station := stationFile(t, srv, dir)
	p := start(t, dir, "TELEGRAM_BOT_TOKEN="+srv.Token(), "TELEGRAM_API_URL="+srv.URL(), "LIAISON_DATABASE="+from)
	w := newTraffic(t, srv, station, 2, 1)
	w.send()
	w.wait(t)
	u := w.users[0]
	blobs, err := store.OpenBlobs(filepath.Join(dir, "files"))
	if err != nil {
		t.Fatal(err)
	}
	file, err := blobs.Put(t.Context(), strings.NewReader("附件（示例）"), "a.txt", 100)
	if err != nil {
		t.Fatal(err)
	}
	archive := filepath.Join(copied, "liaison.dump")
	run(t, filepath.Join(bin, "pg_dump"), "--format=custom", "--file="+archive, from)
	run(t, "cp", "-a", dir+"/.", copied)
	if _, errs, code := liaison(t, "backup", "--note", "--data", dir, "--database", from); code != 0 {
		t.Error(errs)
	}
	if m := scrape(t, p); time.Since(time.Unix(int64(m["liaison_backup_timestamp_seconds"]), 0)) > time.Minute {
		t.Errorf("the backup was noted for %v", m["liaison_backup_timestamp_seconds"])
	}
	u.Send("/help") // the original goes on
	srv.WaitMessage(t, u, botapitest.Contains("/ask"))

	run(t, "cp", "-a", copied+"/.", restored)
	run(t, filepath.Join(bin, "pg_restore"), "--no-owner", "--dbname="+to, archive)
	if out, errs, code := liaison(t, "audit", "--data", restored, "--database", to); code != 0 {
		t.Errorf("audit of the copy: %s %s", out, errs)
	}
	if b, err := os.ReadFile(filepath.Join(restored, "files", file.Hash[:2], file.Hash)); err != nil || string(b) != "附件（示例）" {
		t.Errorf("the file of the copy: %q, %v", b, err)
	}
	if err := p.Stop(); err != nil {
		t.Fatal(err)
	}
	answersOn(t, srv, u, w.told(u), start(t, restored, "TELEGRAM_BOT_TOKEN="+srv.Token(), "TELEGRAM_API_URL="+srv.URL(), "LIAISON_DATABASE="+to))
}

// A city that goes back from Redis loses nothing that waits there: a start without it
// is refused until that was taken back.
func TestBackFromRedis(t *testing.T) {
	t.Parallel()
	dsn, redis := storetest.Schema(t, needs(t, "LIAISON_TEST_POSTGRES")), needs(t, "LIAISON_TEST_REDIS")
	srv := botapitest.New(t, botapitest.WithWaitTimeout(60*time.Second))
	dir := t.TempDir()
	env := []string{"TELEGRAM_BOT_TOKEN=" + srv.Token(), "TELEGRAM_API_URL=" + srv.URL(), "LIAISON_DATABASE=" + dsn}
	p := start(t, dir, append(env, "REDIS_URL="+redis)...)
	u := srv.User("企业主", botapitest.WithLanguage("zh-hans"))
	u.Send("/start")
	srv.WaitMessage(t, u, botapitest.Contains("欢迎使用"))
	if _, errs, code := liaison(t, "drain", "--data", dir, "--database", dsn, "--redis-url", redis); code != exitFailed || !strings.Contains(errs, "another process serves") {
		t.Errorf("while one runs: %d %s", code, errs)
	}
	if err := p.Stop(); err != nil {
		t.Fatal(err)
	}
	waiting(t, dir, dsn, redis, u) // taken in, and not handled
	if _, errs, code := liaison(t, "serve", "--data", dir, "--database", dsn, "--addr", "127.0.0.1:0"); code != exitUsage || !strings.Contains(errs, "liaison drain") {
		t.Fatalf("a start without Redis: %d %s", code, errs)
	}
	out, errs, code := liaison(t, "drain", "--data", dir, "--database", dsn, "--redis-url", redis)
	if code != 0 || !strings.HasPrefix(out, "1 messages") {
		t.Fatalf("%d %s %s", code, out, errs)
	}
	p = start(t, dir, env...)
	srv.WaitMessage(t, u, botapitest.Contains(itsAnswer))
	if err := p.Stop(); err != nil {
		t.Error(err)
	}
}

// waiting takes a question in as a process does that dies before it handles it.
func waiting(t *testing.T, dir, dsn, redis string, u *botapitest.User) {
	t.Helper()
	ctx := t.Context()
	s := &Settings{Data: dir, Database: dsn, RedisURL: redis}
	log := slog.New(slog.DiscardHandler)
	st, err := s.open(ctx, log)
	if err != nil {
		t.Fatal(err)
	}
	defer st.Close()
	p, err := s.peers(ctx, st, log)
	if err != nil {
		t.Fatal(err)
	}
	defer p.hub.Close()
	chat := strconv.FormatInt(u.ChatID(), 10)
	m := handlers.Message{Key: "waits", From: handlers.Address{Channel: handlers.Telegram, Chat: chat}, User: chat, Lang: "zh-hans", Text: someQuestion, SentAt: time.Now()}
	if fresh, err := p.intake.Receive(ctx, m, time.Now()); err != nil || !fresh {
		t.Fatal(fresh, err)
	}
	if n, _, err := p.intake.Waiting(ctx); err != nil || n != 1 {
		t.Fatal(n, err)
	}
}
