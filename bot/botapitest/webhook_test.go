package botapitest_test

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/go-telegram/bot"
	"github.com/go-telegram/bot/models"

	"liaison/bot/botapitest"
)

// hook is a webhook receiver that passes on what it gets and answers as told.
type hook struct {
	*httptest.Server
	status atomic.Int64
	got    chan delivery
}

type delivery struct {
	secret string
	update models.Update
}

func newHook(t *testing.T) *hook {
	t.Helper()
	h := &hook{got: make(chan delivery, 100)}
	h.status.Store(200)
	h.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		d := delivery{secret: r.Header.Get("X-Telegram-Bot-Api-Secret-Token")}
		if err := json.NewDecoder(r.Body).Decode(&d.update); err != nil {
			t.Error(err)
		}
		w.WriteHeader(int(h.status.Load()))
		h.got <- d
	}))
	t.Cleanup(h.Close)
	return h
}

func (h *hook) next(t *testing.T) delivery {
	t.Helper()
	select {
	case d := <-h.got:
		return d
	case <-time.After(5 * time.Second):
		t.Fatal("no delivery")
		return delivery{}
	}
}

func TestWebhookDelivery(t *testing.T) {
	t.Parallel()
	srv := botapitest.New(t, botapitest.WithWebhookRetry(time.Millisecond, 4*time.Millisecond))
	b := newClient(t, srv)
	u := srv.User("张三")
	u.Send("旧的")
	h := newHook(t)
	set := func(drop bool) {
		t.Helper()
		if _, err := b.SetWebhook(t.Context(), &bot.SetWebhookParams{URL: h.URL, SecretToken: "s3cr3t_-X", DropPendingUpdates: drop}); err != nil {
			t.Fatal(err)
		}
	}
	set(true)
	h.status.Store(500)
	u.Send("一")
	u.Send("二")
	first := h.next(t)
	if again := h.next(t); again.update.ID != first.update.ID || first.update.Message.Text != "一" || first.secret != "s3cr3t_-X" {
		t.Errorf("delivery %+v then %+v", first, again)
	}
	srv.Wait(t, "the error to be noted", func() bool {
		info, err := b.GetWebhookInfo(t.Context())
		return err == nil && info.LastErrorMessage != ""
	})
	info, err := b.GetWebhookInfo(t.Context())
	if err != nil || info.PendingUpdateCount != 2 || info.LastErrorMessage != "Wrong response from the webhook: 500 Internal Server Error" ||
		info.LastErrorDate == 0 || info.URL != h.URL || info.MaxConnections != 40 {
		t.Errorf("info: %+v %v", info, err)
	}
	h.status.Store(204)
	var order []string
	for len(order) == 0 || order[len(order)-1] != "二" {
		if text := h.next(t).update.Message.Text; len(order) == 0 || order[len(order)-1] != text {
			order = append(order, text)
		}
	}
	if !slices.Equal(order, []string{"一", "二"}) {
		t.Errorf("order %q", order)
	}
	srv.WaitConfirmed(t)

	r := call(t, srv, "getUpdates", nil)
	if r.Status != 409 || r.Description != "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first" {
		t.Errorf("getUpdates: %+v", r)
	}
	h.status.Store(503)
	u.Send("三")
	h.next(t)
	if _, err := b.DeleteWebhook(t.Context(), &bot.DeleteWebhookParams{}); err != nil {
		t.Error(err)
	}
	if got, _ := texts(t, srv, nil); !slices.Equal(got, []string{"三"}) {
		t.Errorf("left for polling: %q", got)
	}
	h.status.Store(200)
	set(false)
	srv.WaitConfirmed(t)
	noViolations(t, srv)
}

func TestSetWebhookEndsPoll(t *testing.T) {
	t.Parallel()
	srv := botapitest.New(t)
	h := newHook(t)
	first := make(chan reply, 1)
	go func() { first <- call(t, srv, "getUpdates", map[string]any{"timeout": 30}) }()
	srv.Wait(t, "the poll", srv.Polling)
	if r := call(t, srv, "setWebhook", map[string]any{"url": h.URL}); !r.OK {
		t.Error(r.Description)
	}
	if r := <-first; r.Status != 409 || r.Description != "Conflict: terminated by setWebhook request" {
		t.Errorf("poll: %+v", r)
	}
}

func TestSetWebhookChecks(t *testing.T) {
	t.Parallel()
	srv := botapitest.New(t)
	for _, tc := range []struct{ url, secret, err string }{
		{url: "https://example.com/hook", secret: "A-Za-z0-9_"},
		{url: "http://127.0.0.1:1/hook"},
		{url: "http://localhost:1/hook"},
		{url: ""},
		{url: "http://example.com/hook", err: "bad webhook: An HTTPS URL must be provided for webhook"},
		{url: "ftp://127.0.0.1/", err: "bad webhook: An HTTPS URL must be provided for webhook"},
		{url: "no url", err: "bad webhook: invalid URL specified"},
		{url: "https://example.com", secret: "口令", err: "secret token contains unallowed characters"},
		{url: "https://example.com", secret: "a b", err: "secret token contains unallowed characters"},
		{url: "https://example.com", secret: strings.Repeat("a", 257), err: "secret token is too long"},
	} {
		r := call(t, srv, "setWebhook", map[string]any{"url": tc.url, "secret_token": tc.secret, "drop_pending_updates": true})
		if want := "Bad Request: " + tc.err; tc.err == "" && !r.OK || tc.err != "" && r.Description != want {
			t.Errorf("%+v: %+v", tc, r)
		}
	}
	noViolations(t, srv)
	call(t, srv, "setWebhook", map[string]any{"url": "https://example.com", "max_connections": 101}) // cut to 100, but noted
	if v, info := srv.Violations(), result[models.WebhookInfo](t, call(t, srv, "getWebhookInfo", nil)); len(v) != 1 || info.MaxConnections != 100 {
		t.Errorf("max_connections 101: %q, %+v", v, info)
	}
}

// TestWebhookReply answers the delivery with a method call in its body.
func TestWebhookReply(t *testing.T) {
	t.Parallel()
	srv := botapitest.New(t)
	h := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var u models.Update
		if err := json.NewDecoder(r.Body).Decode(&u); err != nil {
			t.Error(err)
		}
		w.Header().Set("Content-Type", "application/json")
		_ = json.NewEncoder(w).Encode(map[string]any{"method": "sendMessage", "chat_id": u.Message.Chat.ID, "text": "收到：" + u.Message.Text})
	}))
	t.Cleanup(h.Close)
	call(t, srv, "setWebhook", map[string]any{"url": h.URL})
	u := srv.User("张三")
	u.Send("你好")
	srv.WaitMessage(t, u, botapitest.Contains("收到：你好"))
	noViolations(t, srv)
}

// TestCloseInTheMiddle has a poll, a delivery and a delayed call under way.
func TestCloseInTheMiddle(t *testing.T) {
	t.Parallel()
	for _, mode := range []string{"poll", "webhook", "delay"} {
		srv, err := botapitest.Start("127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		u := srv.User("张三")
		ended := make(chan struct{})
		switch mode {
		case "poll":
			go func() { defer close(ended); post(t, srv, "getUpdates?timeout=30") }()
			srv.Wait(t, "the poll", srv.Polling)
		case "webhook":
			entered, leave := make(chan struct{}), make(chan struct{})
			h := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
				_, _ = io.Copy(io.Discard, r.Body)
				close(entered)
				<-leave
			}))
			call(t, srv, "setWebhook", map[string]any{"url": h.URL})
			u.Send("x")
			<-entered
			t.Cleanup(func() { close(leave); h.Close() })
			close(ended)
		case "delay":
			srv.Fail(botapitest.Fault{Delay: time.Hour})
			srv.Fail(botapitest.Fault{Method: "getMe", Delay: time.Hour})
			go func() { defer close(ended); post(t, srv, "getMe") }()
		}
		closed := make(chan struct{})
		go func() { srv.Close(); srv.Close(); close(closed) }()
		for _, c := range []chan struct{}{closed, ended} {
			select {
			case <-c:
			case <-time.After(5 * time.Second):
				t.Fatalf("%s: Close hangs", mode)
			}
		}
	}
}

// post sends a request whose answer, or lack of one, does not matter.
func post(t *testing.T, srv *botapitest.Server, method string) {
	req := request(t, srv, method, "", nil)
	if resp, err := newHTTP(t).Do(req); err == nil {
		resp.Body.Close()
	}
}
