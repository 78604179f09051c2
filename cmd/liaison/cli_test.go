package main

import (
	"archive/tar"
	"compress/gzip"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"liaison/knowledge"
)

// The questions that the bundled library must answer, with the unit and a word
// of the sentence that answers, and those that it must refuse.
var questions = []struct{ text, unit, quote string }{
	{"加层改造利用地下空间提高容积率要不要增收土地价款？", "extra-floor-area", "不增收土地价款"},
	{"企业加层改造厂房要不要补缴土地价款", "extra-floor-area", "不增收土地价款"},
	{"兼并收购低效企业土地有没有奖励，什么企业可以拿？", "merger-reward", "亿元以上"},
	{"知识产权质押贷款找谁？", "ip-pledge-loans", "金融机构"},
	{"慈溪有几个普惠金融服务站？", "finance-service-points", "10个镇级"},
	{"今年民企拿地占比多少？", "private-land-share", "86.8%"},
	{"政企恳谈会怎么参加？", "enterprise-talks", "恳谈会"},
	{"老旧工业区块改造的行动计划文号是多少？", "old-blocks-plan", "号"},
	{"上海的飞地在哪里？", "shanghai-enclaves", "上海"},
	{"明天会下雨吗？", "", ""},
	{"怎么办理新生儿医保？", "", ""},
}

func TestAsk(t *testing.T) {
	t.Parallel()
	for _, q := range questions {
		out, errs, code := liaison(t, "ask", q.text, "--json", "--data", t.TempDir())
		if code != exitOK {
			t.Fatalf("%s: exit %d: %s", q.text, code, errs)
		}
		var a answerJSON
		if err := json.Unmarshal([]byte(out), &a); err != nil {
			t.Fatalf("%s: %v in %q", q.text, err, out)
		}
		switch {
		case q.unit == "":
			if a.Decision != knowledge.Refused || len(a.Citations) > 0 {
				t.Errorf("%s: %s, want a refusal", q.text, out)
			}
		case a.Decision != knowledge.Answered || len(a.Citations) == 0:
			t.Errorf("%s: %s, want an answer", q.text, out)
		default:
			c := a.Citations[0]
			if c.Unit != "cixi-2024-reply-184#"+q.unit || !strings.Contains(c.Quote, q.quote) || !strings.Contains(a.Answer, q.quote) {
				t.Errorf("%s: answered from %s with %q", q.text, c.Unit, c.Quote)
			}
			if c.Number != "慈党改办建〔2024〕3号" || !strings.Contains(c.Issuer, "慈溪市营商环境建设局") || c.Title == "" || c.Score <= 0 || !c.InForce {
				t.Errorf("%s: the source is incomplete: %+v", q.text, c)
			}
		}
	}
}

func TestAskForPeopleAndScripts(t *testing.T) {
	t.Parallel()
	out, _, code := liaison(t, "ask", "慈溪有几个普惠金融服务站？", "--data", t.TempDir())
	if code != exitOK || !strings.Contains(out, "10个镇级") || !strings.Contains(out, "文号：慈党改办建〔2024〕3号") {
		t.Errorf("exit %d, %s", code, out)
	}
	if _, _, code = liaison(t, "ask", "明天会下雨吗？", "--strict", "--data", t.TempDir()); code != exitNoMatch {
		t.Errorf("a refusal with --strict exits with %d, want %d", code, exitNoMatch)
	}
	dir := filepath.Join(t.TempDir(), "data")
	liaison(t, "ask", "慈溪有几个普惠金融服务站？", "--data", dir)
	if _, err := os.Stat(dir); !errors.Is(err, os.ErrNotExist) {
		t.Error("asking made a data folder")
	}
}

// A wrong setting stops the start with its name, its value and what to do.
func TestWrongSettings(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	write := func(name, text string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	data := filepath.Join(dir, "data")
	for _, row := range []struct {
		name string
		args []string
		says []string
	}{
		{"no port", []string{"--addr", "8080"}, []string{"LIAISON_ADDR", `"8080"`, "127.0.0.1:8080"}},
		{"no such port", []string{"--addr", "127.0.0.1:99999"}, []string{"LIAISON_ADDR", "65535"}},
		{"bad token", []string{"--telegram-bot-token", "verysecret"}, []string{"TELEGRAM_BOT_TOKEN"}},
		{"bad API server", []string{"--telegram-bot-token", "123456:an-example-token-for-tests-00000000", "--telegram-api-url", "ftp://x"}, []string{"TELEGRAM_API_URL", "ftp://x"}},
		{"webhook without token", []string{"--telegram-webhook-url", "https://bot.example/hook"}, []string{"TELEGRAM_BOT_TOKEN", "@BotFather"}},
		{"webhook without secret", []string{"--telegram-bot-token", "123456:an-example-token-for-tests-00000000", "--telegram-webhook-url", "https://bot.example/hook"}, []string{"TELEGRAM_WEBHOOK_SECRET"}},
		{"model without endpoint", []string{"--openai-model", "m"}, []string{"OPENAI_BASE_URL", "OPENAI_MODEL"}},
		{"endpoint that is none", []string{"--openai-base-url", "localhost:1", "--openai-model", "m"}, []string{"OPENAI_BASE_URL"}},
		{"no time at all", []string{"--accept-days", "0"}, []string{"LIAISON_ACCEPT_DAYS", "0"}},
		{"not a number", []string{"--close-days", "soon"}, []string{"close-days", "soon"}},
		{"Redis with SQLite", []string{"--redis-url", "redis://h", "--database", "sqlite:" + filepath.Join(t.TempDir(), "never.db")}, []string{"REDIS_URL", "LIAISON_DATABASE", "postgres://"}},
		{"Redis without PostgreSQL", []string{"--redis-url", "redis://:secret@h"}, []string{"REDIS_URL", "LIAISON_DATABASE", "postgres://"}},
		{"unknown database", []string{"--database", "mysql://u:secret@h/db"}, []string{"LIAISON_DATABASE", "postgres://"}},
		{"missing config file", []string{"--config", filepath.Join(dir, "none.yaml")}, []string{"LIAISON_CONFIG", "none.yaml"}},
		{"unknown setting", []string{"--config", write("a.yaml", "adr: x\n")}, []string{"a.yaml", `"adr"`}},
		{"broken config file", []string{"--config", write("b.yaml", "addr: [\n")}, []string{"b.yaml"}},
		{"missing stations", []string{"--stations", filepath.Join(dir, "s.yaml")}, []string{"s.yaml"}},
		{"broken stations", []string{"--stations", write("st.yaml", "city: 慈溪市\ntriage: nowhere\n")}, []string{"st.yaml:2", "nowhere"}},
		{"broken holidays", []string{"--holidays", write("h.txt", "2027-13-01 off\n")}, []string{"h.txt:1", "2027-13-01"}},
		{"unknown log format", []string{"--log-format", "xml"}, []string{"log-format", "text"}},
		{"unknown flag", []string{"--verbose"}, []string{"verbose"}},
		{"unknown command", []string{"dance"}, []string{"dance", "--help"}},
	} {
		out, errs, code := liaison(t, append([]string{"--data", data, "--addr", "127.0.0.1:0"}, row.args...)...)
		if code == exitOK || !strings.HasPrefix(errs, "Error:") || !strings.Contains(errs, "\nTry:") {
			t.Errorf("%s: exit %d, %s%s", row.name, code, out, errs)
		}
		for _, s := range row.says {
			if !strings.Contains(errs, s) {
				t.Errorf("%s: the error does not say %q:\n%s", row.name, s, errs)
			}
		}
		if strings.Contains(errs, "secret@") || strings.Contains(errs, "verysecret") || strings.Contains(errs, "an-example-token") {
			t.Errorf("%s: the error shows a secret:\n%s", row.name, errs)
		}
	}
}

func TestSettingsFromFileEnvironmentAndFlags(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "liaison.yaml")
	if err := os.WriteFile(file, []byte("addr: 127.0.0.1:1\nanswer-days: 3\nclose-days: 9\ntelegram-bot-token: 1:fromfile\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	t.Setenv("LIAISON_CONFIG", file)
	t.Setenv("LIAISON_ANSWER_DAYS", "4")
	t.Setenv("LIAISON_DATABASE", "postgres://u:hunter2@db.example/liaison?sslpassword=hunter2")
	out, errs, code := liaison(t, "config", "--addr", "127.0.0.1:2")
	if code != exitOK {
		t.Fatalf("exit %d: %s", code, errs)
	}
	for _, want := range []string{"addr: 127.0.0.1:2 ", "answer-days: 4 ", "close-days: 9 ", "accept-days: 1 ", "telegram-bot-token: '********'", "# TELEGRAM_BOT_TOKEN"} {
		if !strings.Contains(strings.ReplaceAll(out, `"`, "'"), want) {
			t.Errorf("the effective settings lack %q:\n%s", want, out)
		}
	}
	if strings.Contains(out, "hunter2") || strings.Contains(out, "fromfile") {
		t.Errorf("a secret is shown:\n%s", out)
	}
	// What config prints is itself a settings file.
	again := filepath.Join(dir, "again.yaml")
	if err := os.WriteFile(again, []byte(out), 0o600); err != nil {
		t.Fatal(err)
	}
	t.Setenv("LIAISON_CONFIG", again)
	if second, errs, code := liaison(t, "config", "--addr", "127.0.0.1:2"); code != exitOK || second == "" {
		t.Errorf("the printed settings cannot be read: %s", errs)
	}
}

func TestHelpHasAnExampleEverywhere(t *testing.T) {
	t.Parallel()
	for _, cmd := range []string{"serve", "ask", "import", "import undo", "imports", "library list", "library show", "library publish", "library withdraw", "library repeal", "library remove", "library set", "export", "eval retrieval", "eval routing", "learn", "invite", "audit", "migrate", "backup", "config", "healthcheck", "version"} {
		out, _, code := liaison(t, append(strings.Fields(cmd), "--help")...)
		if code != exitOK || !strings.Contains(out, "Example:") || !strings.Contains(out, "liaison "+strings.Fields(cmd)[0]) {
			t.Errorf("%s --help: exit %d\n%s", cmd, code, out)
		}
	}
	if out, _, code := liaison(t, "version"); code != exitOK || !strings.HasPrefix(out, "liaison ") {
		t.Errorf("version: exit %d, %q", code, out)
	}
}

func TestMigrateAndBackup(t *testing.T) {
	t.Parallel()
	data := t.TempDir()
	first, errs, code := liaison(t, "migrate", "--data", data)
	if code != exitOK || !strings.Contains(first, "applied") {
		t.Fatalf("exit %d, %s%s", code, first, errs)
	}
	if second, _, code := liaison(t, "migrate", "--data", data); code != exitOK || strings.Contains(second, "applied") || !strings.Contains(second, "version") {
		t.Errorf("the second time: exit %d, %s", code, second)
	}
	if _, errs, code := liaison(t, "backup", filepath.Join(t.TempDir(), "b"), "--data", filepath.Join(data, "typo")); code != exitUsage || !strings.Contains(errs, "typo") {
		t.Errorf("a folder that is not there: exit %d, %s", code, errs)
	}
	p := start(t, data) // a backup is taken while the bot runs
	file := filepath.Join(t.TempDir(), "b.tar.gz")
	if _, errs, code := liaison(t, "backup", file, "--data", data); code != exitOK {
		t.Fatalf("exit %d, %s", code, errs)
	}
	if _, errs, code := liaison(t, "backup", file, "--data", data); code != exitFailed || !strings.Contains(errs, "b.tar.gz") {
		t.Errorf("over an old backup: exit %d, %s", code, errs)
	}
	if err := p.Stop(); err != nil {
		t.Errorf("the program ended with %v", err)
	}
	restored := t.TempDir()
	unpack(t, file, restored)
	if out, errs, code := liaison(t, "migrate", "--data", restored); code != exitOK || strings.Contains(out, "applied") {
		t.Errorf("the restored data: exit %d, %s%s", code, out, errs)
	}
	start(t, restored)
}

func unpack(t *testing.T, file, dir string) {
	t.Helper()
	f, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	for r := tar.NewReader(z); ; {
		h, err := r.Next()
		if errors.Is(err, io.EOF) {
			return
		}
		if err != nil {
			t.Fatal(err)
		}
		to := filepath.Join(dir, filepath.FromSlash(h.Name))
		if h.Typeflag == tar.TypeDir {
			continue
		}
		b, err := io.ReadAll(r)
		if err == nil {
			err = os.MkdirAll(filepath.Dir(to), 0o700)
		}
		if err == nil {
			err = os.WriteFile(to, b, 0o600)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
}

func TestInviteNamesTheStations(t *testing.T) {
	t.Parallel()
	data := t.TempDir()
	if _, errs, code := liaison(t, "invite", "--role", "observer", "--label", "x", "--data", data); code != exitUsage || !strings.Contains(errs, "LIAISON_DATA") {
		t.Errorf("without a database: exit %d, %s", code, errs)
	}
	liaison(t, "migrate", "--data", data)
	out, errs, code := liaison(t, "invite", "--role", "agent", "--station", "city-centre", "--label", "一号窗口", "--data", data)
	if code != exitOK || len(strings.TrimSpace(out)) != 14 {
		t.Errorf("exit %d, %q %s", code, out, errs)
	}
	if _, errs, code := liaison(t, "invite", "--role", "agent", "--station", "moon", "--label", "x", "--data", data); code != exitUsage || !strings.Contains(errs, "moon") || !strings.Contains(errs, "city-centre") {
		t.Errorf("exit %d, %s", code, errs)
	}
	if out, errs, code := liaison(t, "invite", "--role", "observer", "--label", "x", "--until", "2999-12-31", "--data", data); code != exitOK || len(strings.TrimSpace(out)) != 14 {
		t.Errorf("with an end: exit %d, %q %s", code, out, errs)
	}
	for _, row := range []struct{ role, until, says string }{
		{"observer", "2020-12-31", "passed"}, {"observer", "soon", "2027-12-31"}, {"supervisor", "2999-12-31", "observers"},
	} {
		if _, errs, code := liaison(t, "invite", "--role", row.role, "--label", "x", "--until", row.until, "--data", data); code != exitUsage || !strings.Contains(errs, row.says) {
			t.Errorf("%s until %s: exit %d, %s", row.role, row.until, code, errs)
		}
	}
}

func TestHealthcheckReadinessAndMetrics(t *testing.T) {
	t.Parallel()
	if _, errs, code := liaison(t, "healthcheck", "--addr", "127.0.0.1:1"); code != exitFailed || !strings.Contains(errs, "Try:") {
		t.Errorf("nothing there: exit %d, %s", code, errs)
	}
	p := start(t, t.TempDir())
	addr := strings.TrimPrefix(p.Base, "http://")
	if out, errs, code := liaison(t, "healthcheck", "--addr", addr); code != exitOK || out != "ok\n" {
		t.Errorf("exit %d, %q %s", code, out, errs)
	}
	for path, want := range map[string]string{"/healthz": "ok", "/readyz": "ready", "/metrics": "go_goroutines"} {
		if status, body := get(t, p.Base+path); status != http.StatusOK || !strings.Contains(body, want) {
			t.Errorf("%s: %d %.200s", path, status, body)
		}
	}
	if _, errs, code := liaison(t, "serve", "--addr", addr, "--data", t.TempDir()); code != exitFailed || !strings.Contains(errs, "LIAISON_ADDR") {
		t.Errorf("a second one on the address: exit %d, %s", code, errs)
	}
}

func get(t *testing.T, url string) (int, string) {
	t.Helper()
	resp, err := http.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp.StatusCode, string(b)
}

func TestReadyInTwoSecondsAndKeepsItsData(t *testing.T) {
	exe := os.Getenv("LIAISON_TEST_BINARY") // as it ships; scripts/test has built it
	if exe == "" {
		var err error
		if exe, err = os.Executable(); err != nil {
			t.Fatal(err)
		}
	}
	data := t.TempDir()
	began := time.Now()
	p := startFile(t, exe, data)
	if took := time.Since(began); took > 2*time.Second {
		t.Errorf("ready after %v", took)
	}
	edited := filepath.Join(data, "stations.yaml")
	b, err := os.ReadFile(edited)
	if err != nil {
		t.Fatal(err)
	}
	b = append(b, "# edited\n"...)
	if err := os.WriteFile(edited, b, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := p.Stop(); err != nil {
		t.Errorf("the program ended with %v", err)
	}
	start(t, data)
	if after, err := os.ReadFile(edited); err != nil || string(after) != string(b) {
		t.Errorf("the second start changed stations.yaml: %v", err)
	}
}

// A model that is slow, down or talks nonsense never costs the answer.
func TestModelFailing(t *testing.T) {
	t.Parallel()
	for name, model := range map[string]http.HandlerFunc{
		"down":     func(w http.ResponseWriter, _ *http.Request) { http.Error(w, "no", http.StatusInternalServerError) },
		"nonsense": func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, "<html>") },
		"slow": func(_ http.ResponseWriter, r *http.Request) {
			select {
			case <-r.Context().Done():
			case <-time.After(10 * time.Second):
			}
		},
		"invents": func(w http.ResponseWriter, _ *http.Request) {
			io.WriteString(w, `{"choices":[{"message":{"role":"assistant","content":"慈溪有99个普惠金融服务站[1]。"}}]}`)
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			srv := httptest.NewServer(model)
			defer srv.Close()
			out, errs, code := liaison(t, "ask", "慈溪有几个普惠金融服务站？", "--data", t.TempDir(), "--model-timeout", "300ms",
				"--openai-base-url", srv.URL+"/v1", "--openai-model", "m", "--openai-api-key", "k")
			if code != exitOK || !strings.Contains(out, "10个镇级") || strings.Contains(out, "99") {
				t.Errorf("exit %d, %s%s", code, out, errs)
			}
		})
	}
}

func TestEval(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for name, text := range map[string]string{
		"corpus.jsonl":    `{"_id":"a","title":"雨伞补贴","text":"每家企业每年可以领取雨伞补贴37元。"}` + "\n" + `{"_id":"b","title":"雨鞋补贴","text":"每家企业每年可以领取雨鞋补贴41元。"}` + "\n",
		"queries.jsonl":   `{"_id":"1","text":"雨伞补贴多少"}` + "\n" + `{"_id":"2","text":"雨鞋补贴多少"}` + "\n" + `{"_id":"3","text":"怎样养猫"}` + "\n",
		"qrels/test.tsv":  "query-id\tcorpus-id\tscore\n1\ta\t1\n2\tb\t1\n",
		"train.csv":       "text,label\n路灯坏了,城建\n马路开裂,城建\n路面积水,城建\n老师收费,教育\n学校招生,教育\n幼儿园学费,教育\n",
		"stations.csv":    "branch,duties\n城建,路灯和道路\n教育,学校、收费\n卫生,医院\n",
		"test.csv":        "text,label\n路灯不亮,城建\n学校收费,教育\n",
		"broken/test.csv": "text\nx\n",
	} {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	out, errs, code := liaison(t, "eval", "retrieval", "--dir", dir, "--json")
	var r map[string]float64
	if err := json.Unmarshal([]byte(out), &r); err != nil || code != exitOK {
		t.Fatalf("exit %d, %v: %s%s", code, err, out, errs)
	}
	for _, key := range []string{"queries", "docs", "recall@1", "recall@5", "recall@10", "mrr@10", "ndcg@10", "index_s", "p50_ms", "p99_ms", "rss_mb", "refusal_auroc", "answered", "answered_right", "false_answers"} {
		if _, ok := r[key]; !ok {
			t.Errorf("%q is missing in %s", key, out)
		}
	}
	if r["recall@1"] != 1 || r["queries"] != 2 || r["docs"] != 2 {
		t.Errorf("the measure is %s", out)
	}
	out, errs, code = liaison(t, "eval", "routing", "--train", filepath.Join(dir, "train.csv"), "--test", filepath.Join(dir, "test.csv"), "--json")
	var c struct {
		N        int                        `json:"n"`
		Accuracy float64                    `json:"accuracy"`
		MacroF1  float64                    `json:"macro_f1"`
		PerLabel map[string]json.RawMessage `json:"per_label"`
	}
	if err := json.Unmarshal([]byte(out), &c); err != nil || code != exitOK || c.N != 2 || c.Accuracy != 1 || c.MacroF1 != 1 || len(c.PerLabel) != 2 {
		t.Errorf("exit %d, %v: %s%s", code, err, out, errs)
	}
	if _, errs, code := liaison(t, "eval", "routing", "--train", filepath.Join(dir, "broken/test.csv"), "--test", filepath.Join(dir, "test.csv")); code == exitOK || !strings.Contains(errs, "label") {
		t.Errorf("exit %d, %s", code, errs)
	}
	out, errs, code = liaison(t, "eval", "routing", "--describe", filepath.Join(dir, "stations.csv"), "--test", filepath.Join(dir, "test.csv"), "--json")
	if err := json.Unmarshal([]byte(out), &c); err != nil || code != exitOK || c.N != 2 || c.Accuracy != 1 {
		t.Errorf("by descriptions: exit %d, %v: %s%s", code, err, out, errs)
	}
	out, errs, code = liaison(t, "eval", "routing", "--train", filepath.Join(dir, "train.csv"), "--test", filepath.Join(dir, "test.csv"), "--curve")
	if code != exitOK || !strings.Contains(out, "examples: accuracy 1.0000") {
		t.Errorf("curve: exit %d: %s%s", code, out, errs)
	}
	for _, args := range [][]string{{}, {"--describe", "b.csv", "--curve"}} {
		if _, errs, code := liaison(t, append([]string{"eval", "routing", "--test", "t.csv"}, args...)...); code != exitUsage || !strings.Contains(errs, "--describe") {
			t.Errorf("%v: exit %d: %s", args, code, errs)
		}
	}
	if _, errs, code := liaison(t, "eval", "retrieval", "--dir", filepath.Join(dir, "none")); code == exitOK || !strings.Contains(errs, "corpus.jsonl") {
		t.Errorf("exit %d, %s", code, errs)
	}
}
