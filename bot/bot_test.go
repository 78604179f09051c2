package bot

import (
	"bytes"
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"runtime/pprof"
	"strings"
	"sync"
	"testing"
	"time"

	"liaison/bot/botapitest"
	"liaison/handlers"
	"liaison/relay"
	"liaison/ticket"
)

// inbox keeps what was received, each key once, and can fail.
type inbox struct {
	mu      sync.Mutex
	got     []handlers.Message
	refused int
	fail    func(m handlers.Message) error
}

func (in *inbox) Receive(_ context.Context, m handlers.Message, _ time.Time) (bool, error) {
	in.mu.Lock()
	defer in.mu.Unlock()
	if in.fail != nil {
		if err := in.fail(m); err != nil {
			in.refused++
			return false, err
		}
	}
	for _, old := range in.got {
		if old.Key == m.Key {
			return false, nil
		}
	}
	in.got = append(in.got, m)
	return true, nil
}

func (in *inbox) messages() []handlers.Message {
	in.mu.Lock()
	defer in.mu.Unlock()
	return append([]handlers.Message(nil), in.got...)
}

func (in *inbox) texts() string {
	var out []string
	for _, m := range in.messages() {
		out = append(out, m.Text)
	}
	return strings.Join(out, " ")
}

// blobs are files by their hash.
type blobs map[string][]byte

func (b blobs) Put(context.Context, io.Reader, string, int64) (ticket.File, error) {
	return ticket.File{}, errors.New("the channel stores no files")
}

func (b blobs) Open(hash string) (io.ReadSeekCloser, error) {
	data, ok := b[hash]
	if !ok {
		return nil, ticket.Errorf(ticket.NotFound, "no file %s", hash)
	}
	// By value, as a file system may well return it.
	return struct {
		io.ReadSeeker
		io.Closer
	}{bytes.NewReader(data), io.NopCloser(nil)}, nil
}

// journal is a log that several goroutines write to.
type journal struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (j *journal) Write(p []byte) (int, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.buf.Write(p)
}

func (j *journal) String() string {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.buf.String()
}

// world is a bot with everything around it.
type world struct {
	*Bot
	srv    *botapitest.Server
	client *http.Client // the one that the bot was given
	inbox  *inbox
	blobs  blobs
	log    *journal
}

// secret is what must never be seen outside of requests.
func secret(srv *botapitest.Server) string {
	_, s, _ := strings.Cut(srv.Token(), ":")
	return s
}

// newWorld makes a bot against a fake server. When the test ends nothing may
// have been done that Telegram would mind, and the log holds no token.
func newWorld(t *testing.T, change func(*Config), opts ...botapitest.Option) *world {
	t.Helper()
	srv := botapitest.New(t, opts...)
	client := &http.Client{Timeout: 30 * time.Second, Transport: &http.Transport{}}
	w := &world{srv: srv, client: client, inbox: &inbox{}, blobs: blobs{}, log: &journal{}}
	cfg := Config{
		Token:       srv.Token(),
		APIURL:      srv.URL(),
		Inbox:       w.inbox,
		Blobs:       w.blobs,
		Logger:      slog.New(slog.NewTextHandler(w.log, &slog.HandlerOptions{Level: slog.LevelDebug})),
		Client:      client,
		PollTimeout: 20 * time.Second,
		Limits:      Limits{Overall: 1e6, Private: 1e6, Group: 1e6},
	}
	if change != nil {
		change(&cfg)
	}
	b, err := New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	b.minBackoff, b.maxBackoff = time.Millisecond, 8*time.Millisecond
	w.Bot = b
	t.Cleanup(func() {
		client.CloseIdleConnections()
		for _, v := range srv.Violations() {
			t.Errorf("violation: %s", v)
		}
		if strings.Contains(w.log.String(), secret(srv)) {
			t.Errorf("the token is in the log:\n%s", w.log)
		}
	})
	return w
}

// run starts the bot; it is stopped by the returned function, at the latest
// when the test ends.
func (w *world) run(t *testing.T) (stop func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- w.Run(ctx) }()
	stop = sync.OnceFunc(func() {
		cancel()
		if err := <-done; err != nil {
			t.Errorf("Run = %v, want nil", err)
		}
	})
	t.Cleanup(stop)
	return stop
}

func TestNewNamesTheSetting(t *testing.T) {
	t.Parallel()
	good := Config{Token: "123456:ABCdef_-9", Inbox: &inbox{}, Blobs: blobs{}}
	commands := []Command{{Name: "start", Description: map[string]string{"zh": "开始", "en": "Start"}}}
	for name, c := range map[string]struct {
		change func(*Config)
		want   string // in the error; "" for no error
	}{
		"defaults":               {func(*Config) {}, ""},
		"all":                    {func(c *Config) { c.APIURL, c.Commands = "http://127.0.0.1:8081/", commands }, ""},
		"no token":               {func(c *Config) { c.Token = "" }, "TELEGRAM_BOT_TOKEN is empty"},
		"token with white space": {func(c *Config) { c.Token = "123456:ABCdef_-9\n" }, "TELEGRAM_BOT_TOKEN is 123456:***"},
		"token without a colon":  {func(c *Config) { c.Token = "ABCdef_-9" }, `TELEGRAM_BOT_TOKEN is "***"`},
		"API address":            {func(c *Config) { c.APIURL = "api.telegram.org" }, `TELEGRAM_API_URL is "api.telegram.org"`},
		"API address with token": {func(c *Config) { c.APIURL = "ftp://x/bot123456:ABCdef_-9" }, "TELEGRAM_API_URL is \"ftp://x/bot123456:***\""},
		"webhook over http":      {func(c *Config) { c.WebhookURL, c.WebhookSecret = "http://example.com/t", "s" }, "TELEGRAM_WEBHOOK_URL"},
		"webhook":                {func(c *Config) { c.WebhookURL, c.WebhookSecret = "https://example.com/t", "s-_9" }, ""},
		"webhook on a local server": {func(c *Config) {
			c.APIURL, c.WebhookURL, c.WebhookSecret = "http://127.0.0.1:8081", "http://127.0.0.1/t", "s"
		}, ""},
		"no webhook secret":       {func(c *Config) { c.WebhookURL = "https://example.com/t" }, "TELEGRAM_WEBHOOK_SECRET is empty"},
		"webhook secret":          {func(c *Config) { c.WebhookURL, c.WebhookSecret = "https://example.com/t", "秘密 ABCdef" }, "TELEGRAM_WEBHOOK_SECRET is not usable"},
		"poll longer than client": {func(c *Config) { c.Client, c.PollTimeout = &http.Client{Timeout: time.Minute}, time.Minute }, "PollTimeout"},
		"poll of half a second":   {func(c *Config) { c.PollTimeout = time.Second / 2 }, "PollTimeout"},
		"no inbox":                {func(c *Config) { c.Inbox = nil }, "Inbox"},
		"command name":            {func(c *Config) { c.Commands = []Command{{Name: "Start"}} }, `command "Start"`},
		"command description": {func(c *Config) {
			c.Commands = []Command{{Name: "start", Description: map[string]string{"zh": "开始"}}}
		}, `"en"`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			cfg := good
			c.change(&cfg)
			_, err := New(cfg)
			switch {
			case c.want == "" && err != nil:
				t.Errorf("New: %v", err)
			case c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)):
				t.Errorf("New: %v, want an error with %q", err, c.want)
			case err != nil && strings.Contains(err.Error(), "ABCdef"):
				t.Errorf("New: %v shows a secret", err)
			}
		})
	}
}

func TestCheck(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	if err := w.Check(t.Context()); err != nil {
		t.Errorf("Check: %v", err)
	}
	wrong := newWorld(t, func(c *Config) { c.Token = "7000000001:WRONG-SECRET" })
	err := wrong.Check(t.Context())
	if err == nil || !strings.Contains(err.Error(), "TELEGRAM_BOT_TOKEN 7000000001:*** is refused by "+wrong.srv.URL()) ||
		strings.Contains(err.Error(), "WRONG-SECRET") {
		t.Errorf("Check with a wrong token: %v", err)
	}
	away := newWorld(t, nil)
	away.srv.Close()
	err = away.Check(t.Context())
	if err == nil || strings.Contains(err.Error(), secret(away.srv)) {
		t.Errorf("Check without a server: %v", err)
	}
}

// Goroutines inherit the labels of the one that started them, so those that the
// bot left behind are found even while other tests run.
func TestRunLeavesNoGoroutine(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan struct{})
	go pprof.Do(ctx, pprof.Labels("test", t.Name()), func(ctx context.Context) {
		defer close(done)
		if err := w.Run(ctx); err != nil {
			t.Errorf("Run: %v", err)
		}
		if _, err := w.Deliver(context.WithoutCancel(ctx), relay.Outbound{To: handlers.Address{Chat: "1"}, Reply: say("您好")}); err == nil {
			t.Error("Deliver to nobody succeeded")
		}
	})
	u := w.srv.User("示例")
	u.Send("/start")
	w.srv.WaitConfirmed(t)
	cancel()
	<-done
	w.client.CloseIdleConnections()
	var left string
	for range 200 {
		var profile bytes.Buffer
		if err := pprof.Lookup("goroutine").WriteTo(&profile, 1); err != nil {
			t.Fatal(err)
		}
		if left = profile.String(); !strings.Contains(left, t.Name()+`"}`) {
			return
		}
		time.Sleep(10 * time.Millisecond) // connections take a moment to close
	}
	t.Errorf("goroutines are left:\n%s", left)
}

func say(text string) handlers.Reply { return handlers.Reply{Text: []handlers.Span{{Text: text}}} }

var _ relay.Blobs = blobs{}
