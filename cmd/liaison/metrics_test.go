package main

import (
	"crypto/rand"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"liaison/bot/botapitest"
	"liaison/handlers"
	"liaison/relay"
	"liaison/store"
	"liaison/store/storetest"
	"liaison/ticket"
)

// scraped are the values of a scrape, by name and labels as they are written.
type scraped map[string]float64

func scrape(t *testing.T, p *process) scraped {
	t.Helper()
	_, body := get(t, p.Base+"/metrics")
	all := make(scraped)
	for line := range strings.Lines(body) {
		if name, value, ok := cutLast(strings.TrimSpace(line)); ok && !strings.HasPrefix(line, "#") {
			all[name], _ = strconv.ParseFloat(value, 64)
		}
	}
	return all
}

func cutLast(line string) (before, after string, ok bool) {
	i := strings.LastIndexByte(line, ' ')
	if i < 0 {
		return "", "", false
	}
	return line[:i], line[i+1:], true
}

// sum adds up what has the name and all the labels, such as `a_total{x="y"}`.
func (s scraped) sum(metric string) (total float64) {
	want, labels, _ := strings.Cut(strings.TrimSuffix(metric, "}"), "{")
	for name, v := range s {
		have, of, _ := strings.Cut(name, "{")
		found := have == want
		for _, l := range strings.Split(labels, ",") {
			found = found && strings.Contains(of, l)
		}
		if found {
			total += v
		}
	}
	return total
}

// has reports whether there is a metric, or a histogram, of that name.
func (s scraped) has(name string) bool {
	for have := range s {
		have, _, _ = strings.Cut(have, "{")
		if have == name || have == name+"_count" {
			return true
		}
	}
	return false
}

var ourMetric = regexp.MustCompile("`(liaison_[a-z_]+)(?:\\{([a-z_,]+)\\})?`")

// documented are the names in the tables of a README, with their labels.
func documented(t *testing.T, file string) map[string]string {
	t.Helper()
	b, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	names := make(map[string]string)
	for line := range strings.Lines(string(b)) {
		if cell, _, ok := strings.Cut(strings.TrimPrefix(line, "| "), " | "); ok && strings.HasPrefix(cell, "`liaison_") {
			for _, m := range ourMetric.FindAllStringSubmatch(cell, -1) {
				names[m[1]] = m[2]
			}
		}
	}
	return names
}

// TestMetrics scrapes a running process: all that README tells is there with the labels
// it names, nothing else of ours is, what dashboard and alerts ask for exists, what
// counts is there before it happens, and each figure moves when the thing happens.
func TestMetrics(t *testing.T) {
	t.Parallel()
	srv := botapitest.New(t, botapitest.WithWaitTimeout(60*time.Second))
	models := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { http.Error(w, "broken", http.StatusInternalServerError) }))
	t.Cleanup(models.Close)
	dir := t.TempDir()
	station := stationFile(t, srv, dir)
	p := start(t, dir, "TELEGRAM_BOT_TOKEN="+srv.Token(), "TELEGRAM_API_URL="+srv.URL(),
		"OPENAI_BASE_URL="+models.URL+"/v1", "OPENAI_MODEL=m", "EMBEDDINGS_MODEL=e", "RERANK_MODEL=r")
	w := newTraffic(t, srv, station, 1, 1)
	before := scrape(t, p)
	all := before.told()
	all["liaison_answered_share_week"] = map[string][]string{} // once something was asked
	all["liaison_stream_messages"] = map[string][]string{}     // with Redis: see TestMetricsOfRedis
	all["liaison_dependency_up"]["name"] = append(all["liaison_dependency_up"]["name"], "redis")
	all.watched(t)

	w.send()
	w.wait(t)
	u := w.users[0]
	u.Send("明天会下雨吗？")
	srv.WaitMessage(t, u, botapitest.Contains("政策库里没有"))
	for _, f := range []botapitest.Fault{{Method: "sendMessage", RetryAfter: 1}, {Method: "sendMessage", Status: 502}, {Method: "sendMessage", Drop: true}} {
		n := len(u.Messages())
		srv.Fail(f)
		u.Send("/help")
		srv.Wait(t, "help", func() bool { return len(u.Messages()) > n })
	}
	srv.Fail(botapitest.Fault{Method: "sendMessage", Status: 403, Description: "Forbidden: bot was blocked by the user"})
	u.Send("/help")
	flooder := srv.User("话多")
	for range relay.PersonRate.Burst + 5 {
		flooder.Send("/help")
	}
	// Beside the running process: a message that was given up, a reminder of a deadline that
	// does not count any more, and a backup.
	st, err := store.Open(t.Context(), store.Config{Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	defer st.Close()
	parked := handlers.Message{Key: "parked", From: handlers.Address{Channel: handlers.Telegram, Chat: "1"}}
	if _, err := st.ParkOnce(t.Context(), relay.Inbound{Message: parked}, []string{"parked"}, "cause", time.Now(), func(handlers.Tx) error { return nil }); err != nil {
		t.Fatal(err)
	}
	err = st.Update(t.Context(), func(tx handlers.Tx) error {
		cases, err := tx.Tickets(t.Context(), ticket.Filter{Limit: 1})
		if err != nil || len(cases) == 0 {
			return fmt.Errorf("no case: %w", err)
		}
		return tx.Enqueue(t.Context(), ticket.Job{Kind: ticket.JobRemind, Ticket: cases[0].ID, Due: time.Now()})
	})
	if err != nil {
		t.Fatal(err)
	}
	backup := filepath.Join(t.TempDir(), "b.tar.gz")
	if _, errs, code := liaison(t, "backup", "--data", dir, backup); code != 0 {
		t.Fatal(errs)
	}
	rises := []string{
		`liaison_message_handling_seconds_count{channel="telegram",outcome="ok"}`,
		`liaison_floods_total{channel="telegram"}`,
		`liaison_reply_delivery_seconds_count{channel="telegram",outcome="ok"}`,
		`liaison_reply_delivery_seconds_count{channel="telegram",outcome="limited"}`,
		`liaison_reply_delivery_seconds_count{channel="telegram",outcome="retry"}`,
		`liaison_reply_delivery_seconds_count{channel="telegram",outcome="failed"}`,
		`liaison_telegram_calls_total{method="sendMessage",outcome="ok"}`,
		`liaison_telegram_calls_total{method="sendMessage",outcome="limited"}`,
		`liaison_telegram_calls_total{method="sendMessage",outcome="server"}`,
		`liaison_telegram_calls_total{method="sendMessage",outcome="network"}`,
		`liaison_telegram_calls_total{method="sendMessage",outcome="forbidden"}`,
		`liaison_answer_stage_seconds_count{stage="find",outcome="ok"}`,
		`liaison_answer_stage_seconds_count{stage="read",outcome="ok"}`,
		`liaison_answer_stage_seconds_count{stage="decide",outcome="ok"}`,
		`liaison_answer_stage_seconds_count{stage="quote",outcome="ok"}`,
		`liaison_answer_stage_seconds_count{stage="rerank",outcome="failed"}`,
		`liaison_answer_stage_seconds_count{stage="model",outcome="failed"}`,
		`liaison_retrieval_step_seconds_count{step="rerank",outcome="failed"}`,
		`liaison_answers_total{decision="answer"}`,
		`liaison_answers_total{decision="refuse",reason="not_found"}`,
		`liaison_questions_week{outcome="answered"}`,
		`liaison_cases_open`,
		`liaison_jobs{state="scheduled"}`,
		`liaison_job_seconds_count{kind="remind",outcome="ok"}`,
		`liaison_inbox_messages{state="parked"}`,
		`liaison_backup_timestamp_seconds`,
	}
	missing := ""
	eventually(t, "every figure to move", func() bool {
		now := scrape(t, p)
		for _, m := range rises {
			if now.sum(m) <= before.sum(m) {
				if m != missing {
					t.Logf("waiting for %s", m)
					missing = m
				}
				return false
			}
		}
		return true
	})
	now := scrape(t, p)
	for metric, want := range map[string]float64{"liaison_jobs_leader": 1, "liaison_leases": 32, "liaison_leases_held": 32, `liaison_inbox_messages{state="parked"}`: 1} {
		if got := now.sum(metric); got != want {
			t.Errorf("%s is %v, want %v", metric, got, want)
		}
	}
	for _, kind := range []string{"cleanup", "learn", "remind_parked"} { // perhaps before the first scrape
		eventually(t, kind, func() bool { return scrape(t, p).sum(`liaison_job_seconds_count{kind="`+kind+`",outcome="ok"}`) > 0 })
	}
	// Beside the running process, which now and then takes up the message first.
	eventually(t, "a message that has waited for an hour", func() bool {
		waits := handlers.Message{Key: rand.Text(), From: handlers.Address{Channel: handlers.Telegram, Chat: "2"}}
		if _, err := st.Receive(t.Context(), waits, time.Now().Add(-time.Hour)); err != nil {
			t.Fatal(err)
		}
		in, ok, err := st.NextInbound(t.Context(), waits.From.Lane(), time.Now())
		if err == nil && ok {
			err = st.PostponeInbound(t.Context(), in, time.Now().Add(relay.LongestHandleWait), true, "cause")
		}
		if err != nil {
			t.Fatal(err)
		}
		now := scrape(t, p)
		lag, n := now.sum("liaison_inbox_oldest_seconds"), now.sum(`liaison_inbox_messages{state="queued"}`)
		return lag >= 3600 && lag < 3700 && n > 0
	})

	here, there := documented(t, "../../README.md"), documented(t, "../../README.zh-CN.md")
	for name, labels := range here {
		if name != "liaison_stream_messages" && !now.has(name) { // see TestMetricsOfRedis
			t.Errorf("README.md tells of %s, which is not told", name)
		}
		if other, ok := there[name]; !ok || other != labels {
			t.Errorf("%s{%s} is not in README.zh-CN.md", name, labels)
		}
	}
	for name, values := range now.told() {
		labelled := maps.Clone(values)
		delete(labelled, "le")
		for _, part := range []string{"_bucket", "_sum", "_count"} {
			name = strings.TrimSuffix(name, part)
		}
		if !strings.HasPrefix(name, "liaison_") {
			continue
		}
		want := slices.Sorted(strings.SplitSeq(here[name], ","))
		if here[name] == "" {
			want = nil
		}
		if _, ok := here[name]; !ok || !slices.Equal(want, slices.Sorted(maps.Keys(labelled))) {
			t.Errorf("README.md tells of %s with the labels %q, which has %v", name, want, labelled)
		}
	}
	for name := range now { // a sum of seconds may well hold the digits of an id
		for _, secret := range []string{"企业主", "张三", strconv.FormatInt(u.ChatID(), 10)} {
			if strings.Contains(name, secret) {
				t.Errorf("%s holds %q", name, secret)
			}
		}
	}
}

// With Redis, what waits in its streams counts as the inbox does, and leases are held.
func TestMetricsOfRedis(t *testing.T) {
	t.Parallel()
	dsn, redis := storetest.Schema(t, needs(t, "LIAISON_TEST_POSTGRES")), needs(t, "LIAISON_TEST_REDIS")
	env := []string{"LIAISON_DATABASE=" + dsn, "REDIS_URL=" + redis}
	a, b := start(t, t.TempDir(), env...), start(t, t.TempDir(), env...)
	eventually(t, "an even share of the chats", func() bool {
		x, y := scrape(t, a), scrape(t, b)
		return x["liaison_leases_held"] == 16 && y["liaison_leases_held"] == 16 && x.has("liaison_stream_messages") && x["liaison_jobs_leader"] == 1
	})
	b.Kill()
	eventually(t, "the other to take over", func() bool { return scrape(t, a)["liaison_leases_held"] == 32 })
}

func TestParkedCommand(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	st, err := store.Open(t.Context(), store.Config{Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	for _, key := range []string{"一", "二"} {
		m := handlers.Message{Key: key, From: handlers.Address{Channel: handlers.Web, Chat: "chat-of-somebody"}, Text: "张三的话"}
		if _, err := st.ParkOnce(t.Context(), relay.Inbound{Message: m, Attempts: 5}, []string{key}, "panic: 张三", time.Now(), func(handlers.Tx) error { return nil }); err != nil {
			t.Fatal(err)
		}
	}
	if err := st.Close(); err != nil {
		t.Fatal(err)
	}
	out, _, code := liaison(t, "parked", "--data", dir)
	if code != 0 || strings.Count(out, "crash") != 2 || strings.Contains(out, "张三") || strings.Contains(out, "somebody") {
		t.Fatalf("exit code %d\n%s", code, out)
	}
	for _, args := range [][]string{{"--retry=1"}, {"--aside=2"}} {
		if _, errs, code := liaison(t, append([]string{"parked", "--data", dir}, args...)...); code != 0 {
			t.Errorf("%v: %d %s", args, code, errs)
		}
		if _, errs, code := liaison(t, append([]string{"parked", "--data", dir}, args...)...); code != exitFailed || !strings.Contains(errs, "no message with the number") {
			t.Errorf("%v a second time: %d %s", args, code, errs)
		}
	}
	if out, _, _ := liaison(t, "parked", "--data", dir); !strings.Contains(out, "no message is parked") {
		t.Errorf("at last: %s", out)
	}
}
