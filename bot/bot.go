// Package bot is the Telegram channel. It turns updates into messages that are
// durable before Telegram is told that they arrived, and replies into what the
// Bot API accepts, within its limits.
//
// The client module supplies types, calls and uploads. Its polling loop and its
// webhook handler are not used: both acknowledge an update when it is in memory,
// so a crash would lose it.
package bot

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	tgbot "github.com/go-telegram/bot"
	"github.com/go-telegram/bot/models"

	"liaison/handlers"
	"liaison/pace"
	"liaison/relay"
)

// Inbox makes a message durable and reports whether it is new. *relay.Relay is
// one, and handles the message at once.
type Inbox interface {
	Receive(ctx context.Context, m handlers.Message, at time.Time) (bool, error)
}

// Config is what a Bot is made of. Token, Inbox and Blobs are required.
type Config struct {
	Token  string // from @BotFather, "<number>:<secret>"
	Inbox  Inbox
	Blobs  relay.Blobs // where the files of replies are read from
	APIURL string      // the Bot API server. Defaults to https://api.telegram.org

	// WebhookURL is where Telegram reaches Handler; WebhookSecret is then
	// required. Defaults to "": updates are fetched by long polling.
	WebhookURL    string
	WebhookSecret string

	Commands []Command        // the menu of commands. Defaults to none
	Logger   *slog.Logger     // never sees message text or the token. Defaults to slog.Default()
	Now      func() time.Time // Defaults to time.Now
	// Client makes all calls. Its timeout bounds the longest, polls and large uploads; what
	// shows something has less, see callTime. Defaults to one with a timeout of 90 seconds.
	Client *http.Client
	// PollTimeout is how long Telegram holds an empty poll open; whole seconds,
	// less than Client.Timeout. Defaults to 50 seconds.
	PollTimeout time.Duration
	Limits      Limits       // Defaults to what Telegram allows
	Pace        pace.Limiter // Keeps the limits. Defaults to those of this process
	// Turn reports whether it is for this process to poll: Telegram takes one
	// poller a bot. Defaults to always.
	Turn func() bool
	// Called, if set, is told of each call to Telegram: its method, "file" for the
	// fetching of one, and what came of it, one of CallOK and so on.
	Called func(method, outcome string)
}

// Defaults of Config.
const (
	DefaultAPIURL      = "https://api.telegram.org"
	DefaultPollTimeout = 50 * time.Second
	defaultTimeout     = 90 * time.Second
)

// Bot is the Telegram channel. It is safe for concurrent use.
type Bot struct {
	cfg    Config
	api    *tgbot.Bot
	log    *slog.Logger
	limits *limiter

	minBackoff, maxBackoff time.Duration // between attempts to reach Telegram
	hookCheck              time.Duration // between looks whether the webhook is still ours

	running atomic.Bool
	me      atomic.Pointer[models.User] // nil before Telegram has said who we are

	mu    sync.Mutex
	ready error // why updates do not arrive, nil when they do
}

var (
	_ relay.Previewer = (*Bot)(nil)
	_ relay.Topical   = (*Bot)(nil)
	_ relay.Reader    = (*Bot)(nil)
)

// New checks the configuration and returns a bot that has not talked to Telegram
// yet. An error names the setting, the value and what to do.
func New(cfg Config) (*Bot, error) {
	cfg.APIURL = strings.TrimRight(cfg.APIURL, "/")
	if cfg.APIURL == "" {
		cfg.APIURL = DefaultAPIURL
	}
	if cfg.Logger == nil {
		cfg.Logger = slog.Default()
	}
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	if cfg.Client == nil {
		cfg.Client = &http.Client{Timeout: defaultTimeout}
	}
	if cfg.Pace == nil {
		cfg.Pace = new(pace.Memory)
	}
	if cfg.Turn == nil {
		cfg.Turn = func() bool { return true }
	}
	if cfg.PollTimeout == 0 {
		cfg.PollTimeout = DefaultPollTimeout
	}
	if err := cfg.validate(); err != nil {
		return nil, err
	}
	cfg.Client = clientOf(cfg.Client, cfg.Called)
	b := &Bot{
		cfg:        cfg,
		log:        cfg.Logger,
		limits:     newLimiter(cfg.Limits, cfg.Pace),
		minBackoff: time.Second,
		maxBackoff: 30 * time.Second,
		hookCheck:  3 * time.Minute,
		ready:      errors.New("telegram: not connected yet"),
	}
	api, err := tgbot.New(cfg.Token,
		tgbot.WithSkipGetMe(),
		tgbot.WithServerURL(cfg.APIURL),
		tgbot.WithHTTPClient(cfg.PollTimeout, cfg.Client),
		tgbot.WithErrorsHandler(func(err error) {
			b.log.Warn("telegram client", "err", b.clean(err))
		}),
	)
	if err != nil {
		return nil, b.clean(err)
	}
	b.api = api
	return b, nil
}

var (
	tokenForm  = regexp.MustCompile(`^[0-9]+:[A-Za-z0-9_-]+$`)
	secretForm = regexp.MustCompile(`^[A-Za-z0-9_-]{1,256}$`)
)

func (c Config) validate() error {
	if !tokenForm.MatchString(c.Token) {
		return fmt.Errorf("TELEGRAM_BOT_TOKEN is %s, which is not a token: copy the one like 123456:ABC… that @BotFather shows", maskToken(c.Token))
	}
	api, err := url.Parse(c.APIURL)
	if err != nil || (api.Scheme != "http" && api.Scheme != "https") || api.Host == "" || api.RawQuery != "" || api.User != nil {
		return fmt.Errorf("TELEGRAM_API_URL is %q: give an address like %s, or leave it empty", strings.ReplaceAll(c.APIURL, c.Token, maskToken(c.Token)), DefaultAPIURL)
	}
	if c.WebhookURL != "" {
		hook, err := url.Parse(c.WebhookURL)
		if err != nil || hook.Host == "" || hook.User != nil || (hook.Scheme != "https" && (hook.Scheme != "http" || api.Scheme != "http")) {
			return fmt.Errorf("TELEGRAM_WEBHOOK_URL is %q: give an https address that Telegram can reach, or leave it empty to fetch updates by polling", c.WebhookURL)
		}
		if !secretForm.MatchString(c.WebhookSecret) {
			return fmt.Errorf("TELEGRAM_WEBHOOK_SECRET is %s: give 1 to 256 characters out of A-Z a-z 0-9 _ -, for example from `openssl rand -hex 32`", describeSecret(c.WebhookSecret))
		}
	}
	if c.PollTimeout < time.Second || c.PollTimeout%time.Second != 0 {
		return fmt.Errorf("bot: PollTimeout is %v: give whole seconds", c.PollTimeout)
	}
	if c.Client.Timeout != 0 && c.PollTimeout >= c.Client.Timeout {
		return fmt.Errorf("bot: PollTimeout is %v, not less than the client's timeout of %v: every empty poll would fail", c.PollTimeout, c.Client.Timeout)
	}
	if c.Inbox == nil || c.Blobs == nil {
		return errors.New("bot: Inbox and Blobs are required")
	}
	for _, cmd := range c.Commands {
		if err := cmd.validate(); err != nil {
			return err
		}
	}
	return nil
}

func describeSecret(s string) string {
	if s == "" {
		return "empty"
	}
	return fmt.Sprintf("not usable (%d bytes)", len(s))
}

// Name implements relay.Channel.
func (b *Bot) Name() handlers.Channel { return handlers.Telegram }

// Check asks Telegram who the bot is. It fails when Telegram cannot be reached
// or refuses the token.
func (b *Bot) Check(ctx context.Context) error {
	me, err := b.api.GetMe(ctx)
	// A token of the wrong form is "not found", a revoked one "unauthorized".
	if errors.Is(err, tgbot.ErrorUnauthorized) || errors.Is(err, tgbot.ErrorNotFound) {
		return &refused{masked: maskToken(b.cfg.Token), server: b.cfg.APIURL, err: b.clean(err)}
	}
	if err != nil {
		return fmt.Errorf("telegram at %s: %w", b.cfg.APIURL, b.clean(err))
	}
	b.me.Store(me)
	return nil
}

// refused says that the server does not know the token.
type refused struct {
	masked, server string
	err            error
}

func (r *refused) Error() string {
	return fmt.Sprintf("TELEGRAM_BOT_TOKEN %s is refused by %s: get one from @BotFather (%v)", r.masked, r.server, r.err)
}

func (r *refused) Unwrap() error { return r.err }

// Ready returns why no updates arrive at present, nil when all is well.
func (b *Bot) Ready() error {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.ready
}

func (b *Bot) setReady(err error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.ready = err
}
