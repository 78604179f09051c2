package bot

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/go-telegram/bot/models"

	"liaison/e2e/hostile"
	"liaison/handlers"
)

const hookSecret = "Example-hook_secret"

// newHook makes a bot whose webhook is served.
func newHook(t *testing.T) (*world, string) {
	t.Helper()
	var h atomic.Value
	front := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h.Load().(http.Handler).ServeHTTP(w, r)
	}))
	t.Cleanup(front.Close)
	w := newWorld(t, func(c *Config) { c.WebhookURL, c.WebhookSecret = front.URL+"/hook", hookSecret })
	h.Store(w.Handler())
	return w, front.URL + "/hook"
}

func TestWebhookStoresThenConfirms(t *testing.T) {
	t.Parallel()
	w, _ := newHook(t)
	u := w.srv.User("示例")
	for _, text := range []string{"一", "二", "三"} {
		u.Send(text)
	}
	failures := 2
	w.inbox.fail = func(m handlers.Message) error {
		if m.Text == "二" && failures > 0 {
			failures--
			return errors.New("disk full")
		}
		return nil
	}
	w.run(t)
	w.srv.WaitConfirmed(t)
	if got := w.inbox.texts(); got != "一 二 三" {
		t.Errorf("received %q", got)
	}
	if w.inbox.refused != 2 {
		t.Errorf("the inbox refused %d messages, want 2", w.inbox.refused)
	}
	if strings.Contains(w.log.String(), hookSecret) {
		t.Error("the secret is in the log")
	}
	set := w.srv.Calls("setWebhook")
	if len(set) != 1 || set[0].Params["secret_token"] != hookSecret || set[0].Params["max_connections"] != "1" ||
		!strings.Contains(set[0].Params["allowed_updates"], `"callback_query"`) {
		t.Errorf("setWebhook: %v", set)
	}
	if n := len(w.srv.Calls("getUpdates")); n > 0 {
		t.Errorf("polled %d times beside the webhook", n)
	}
}

func TestWebhookRefuses(t *testing.T) {
	t.Parallel()
	w, url := newHook(t)
	post := func(method, secret, body string) int {
		t.Helper()
		req, err := http.NewRequestWithContext(t.Context(), method, url, strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		if secret != "" {
			req.Header.Set("X-Telegram-Bot-Api-Secret-Token", secret)
		}
		resp, err := w.cfg.Client.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		defer resp.Body.Close()
		return resp.StatusCode
	}
	update := `{"update_id":7,"message":{` + inPrivate + `,"text":"好"}}`
	if got := post("POST", hookSecret, update); got != http.StatusServiceUnavailable {
		t.Errorf("before Telegram was reached: status %d, want 503", got)
	}
	if err := w.Check(t.Context()); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		method, secret, body string
		want                 int
	}{
		"method":        {"GET", hookSecret, "", http.StatusMethodNotAllowed},
		"no secret":     {"POST", "", update, http.StatusUnauthorized},
		"wrong secret":  {"POST", strings.ToUpper(hookSecret), update, http.StatusUnauthorized},
		"longer secret": {"POST", hookSecret + "x", update, http.StatusUnauthorized},
		"its beginning": {"POST", hookSecret[:len(hookSecret)-1], update, http.StatusUnauthorized},
		"its end":       {"POST", hookSecret[1:], update, http.StatusUnauthorized},
		"twice":         {"POST", hookSecret + hookSecret, update, http.StatusUnauthorized},
		"no JSON":       {"POST", hookSecret, "{", http.StatusBadRequest},
		"no update":     {"POST", hookSecret, "{}", http.StatusBadRequest},
		"too long":      {"POST", hookSecret, strings.Repeat(" ", maxUpdate) + update, http.StatusRequestEntityTooLarge},
		"unknown form":  {"POST", hookSecret, `{"update_id":8,"message":{"chat":3}}`, http.StatusOK},
		"nothing to us": {"POST", hookSecret, `{"update_id":9,"poll":{}}`, http.StatusOK},
	} {
		if got := post(c.method, c.secret, c.body); got != c.want {
			t.Errorf("%s: status %d, want %d", name, got, c.want)
		}
	}
	if got := w.inbox.messages(); len(got) != 1 || got[0].Key != "8" || got[0].Unread == "" {
		t.Errorf("received %+v, want what cannot be read alone", got)
	}
	for range 2 {
		if got := post("POST", hookSecret, update); got != http.StatusOK {
			t.Errorf("a good call: status %d", got)
		}
	}
	if got := w.inbox.texts(); got != " 好" {
		t.Errorf("received %q, want the update once", got)
	}
}

func TestWithoutASecretNothingIsRight(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil) // polling
	rec := httptest.NewRecorder()
	w.Handler().ServeHTTP(rec, httptest.NewRequest("POST", "/hook", strings.NewReader(`{"update_id":1}`)))
	if rec.Code != http.StatusUnauthorized {
		t.Errorf("status %d, want 401", rec.Code)
	}
}

func TestWebhookThatSomebodyChangesIsSetAgain(t *testing.T) {
	t.Parallel()
	w, url := newHook(t)
	w.hookCheck = 10 * time.Millisecond
	w.run(t)
	w.srv.WaitConfirmed(t)
	sets := func() int { return len(w.srv.Calls("setWebhook")) }
	until := func(what string, ok func() bool) {
		t.Helper()
		for end := time.Now().Add(10 * time.Second); !ok(); time.Sleep(time.Millisecond) {
			if time.Now().After(end) {
				t.Fatalf("still waiting for %s; log:\n%s", what, w.log.String())
			}
		}
	}
	until("the webhook", func() bool { return sets() == 1 })
	until("two looks", func() bool { return len(w.srv.Calls("getWebhookInfo")) >= 2 })
	if sets() != 1 {
		t.Error("a webhook that is in place was set again")
	}
	call := func(method string) {
		t.Helper()
		resp, err := http.Get(w.srv.URL() + "/bot" + w.srv.Token() + "/" + method)
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
	}
	call("deleteWebhook")
	until("it to be set again", func() bool { return sets() == 2 })
	call("setWebhook?url=https://elsewhere.example/hook")
	until("it to be ours again", func() bool {
		set := w.srv.Calls("setWebhook")
		return set[len(set)-1].Params["url"] == url && len(set) == 4
	})
	if log := w.log.String(); strings.Count(log, "set again") != 2 || strings.Contains(log, w.srv.Token()) {
		t.Errorf("log: %s", log)
	}
}

// FuzzWebhook: whatever is posted, with the right secret, is kept, refused as what is no
// update, or done with; nothing is an error of ours, and only an update is kept.
func FuzzWebhook(f *testing.F) {
	for _, body := range []string{
		`{"update_id":7,"message":{"message_id":1,"date":1,"chat":{"id":5,"type":"private"},"from":{"id":5},"text":"好"}}`,
		`{"update_id":7,"message":{"text":"\ud800\udc00\ud800 \u0000 \u202e"}}`, `{"update_id":9223372036854775808}`, `{"update_id":-1,"message":null}`, `{"update_id":1e3}`,
		`{"update_id":7,"callback_query":{"id":"1","from":{"id":5},"data":"t:accept:\u0000","message":{"message_id":1,"chat":{"id":5,"type":"private"}}}}`,
		`{"update_id":7,"message":` + strings.Repeat(`{"reply_to_message":`, 12_000), strings.Repeat("[", 100_000), "<xml/>", "a=b&c=d", "\xff\xfe", "", "null", `{"update_id":7} {"update_id":8}`,
	} {
		f.Add([]byte(body), "application/json")
	}
	f.Add([]byte(`{"update_id":7}`), "text/html")
	for _, text := range hostile.Texts {
		f.Add([]byte(text), "application/json")
	}
	for _, text := range hostile.Strings {
		f.Add([]byte(`{"update_id":7,"message":{`+inPrivate+`,"text":"`+text+`"}}`), "application/json")
	}
	inbox := new(countingInbox)
	b, err := New(Config{
		Token: "123456:an-example-token-for-tests-00000000", Inbox: inbox, Blobs: blobs{}, WebhookURL: "https://example.com/hook", WebhookSecret: hookSecret,
		Logger: slog.New(slog.DiscardHandler),
	})
	if err != nil {
		f.Fatal(err)
	}
	b.me.Store(&models.User{ID: 1, Username: "example_test_bot"})
	handler := b.Handler()
	f.Fuzz(func(t *testing.T, body []byte, kind string) {
		r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/hook", bytes.NewReader(body))
		r.Header["Content-Type"] = []string{kind}
		before := inbox.n
		r.Header.Set("X-Telegram-Bot-Api-Secret-Token", hookSecret+"x")
		w := httptest.NewRecorder()
		if handler.ServeHTTP(w, r); w.Code != http.StatusUnauthorized || inbox.n != before {
			t.Fatalf("with a wrong secret: %d", w.Code)
		}
		r = httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/hook", bytes.NewReader(body))
		r.Header.Set("X-Telegram-Bot-Api-Secret-Token", hookSecret)
		w = httptest.NewRecorder()
		handler.ServeHTTP(w, r)
		switch w.Code {
		case http.StatusOK:
			if !json.Valid(body) {
				t.Errorf("%q was taken for an update", body)
			}
			if _, m, ok, err := decode(body, "example_test_bot", decoded); err == nil && ok != (inbox.n == before+1) {
				t.Errorf("%q is confirmed, the inbox has got %d of it: %+v", body, inbox.n-before, m)
			}
		case http.StatusBadRequest, http.StatusRequestEntityTooLarge:
			if inbox.n != before {
				t.Errorf("%q was refused and kept", body)
			}
		default:
			t.Errorf("%q: %d %s", body, w.Code, w.Body)
		}
	})
}

// countingInbox counts what it is given.
type countingInbox struct{ n int }

func (c *countingInbox) Receive(context.Context, handlers.Message, time.Time) (bool, error) {
	c.n++
	return true, nil
}

// TestSecretIsComparedInConstantTime: the comparison looks at the whole of both, of
// whatever length: a secret that is right up to its end takes no longer than one that
// is wrong from its beginning. The clock is too coarse to show that on a busy machine,
// so the test reads the source.
func TestSecretIsComparedInConstantTime(t *testing.T) {
	t.Parallel()
	b := &Bot{cfg: Config{WebhookSecret: hookSecret}}
	for given, want := range map[string]bool{hookSecret: true, "": false, hookSecret[:5]: false, hookSecret + "\x00": false, strings.ToUpper(hookSecret): false} {
		if got := b.secretIs(given); got != want {
			t.Errorf("%q: %v", given, got)
		}
	}
	if (&Bot{}).secretIs("") {
		t.Error("without a secret everything is right")
	}
	source, err := os.ReadFile("webhook.go")
	if err != nil {
		t.Fatal(err)
	}
	_, body, _ := strings.Cut(string(source), "func (b *Bot) secretIs(")
	if !strings.Contains(body, "subtle.ConstantTimeCompare(") || strings.Contains(body, "given ==") || strings.Contains(body, "== given") {
		t.Errorf("the secret is compared by\n%s", body)
	}
}
