package botapitest

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"
)

// TB is the part of testing.TB the server needs.
type TB interface {
	Helper()
	Fatalf(format string, args ...any)
	Cleanup(func())
}

// Server is one fake Bot API server with one bot. All methods are safe for
// concurrent use.
type Server struct {
	cfg     config
	tb      TB // nil when started by Start
	bot     Account
	ln      net.Listener
	http    *http.Server
	methods map[string]method

	ctx      context.Context // ends with Close: long polls, delays and deliveries with it
	cancel   context.CancelFunc
	handlers sync.WaitGroup // every goroutine and request of the server

	mu         sync.Mutex
	changed    chan struct{} // closed and replaced whenever state changes
	chats      map[int64]*chat
	users      map[int64]*User
	lastUser   int64
	lastGroup  int64
	lastMsg    int64 // shared by private chats and basic groups
	lastAlbum  int64
	queue      updateQueue
	hook       webhook
	files      map[string]*file // by file id
	commands   map[commandKey][]Command
	texts      map[string]string // description texts of the bot, by kind and language
	callbacks  map[string]*callback
	lastCB     int64
	answers    []CallbackAnswer
	actions    []ChatAction
	calls      []Call
	violations []string
	faults     []*Fault
	hanging    int // calls that a Silent fault holds
	limiter    limiter
}

type config struct {
	token    string
	username string
	privacy  bool
	limits   *Limits
	speed    float64
	now      func() time.Time
	retryMin time.Duration
	retryMax time.Duration
	wait     time.Duration
}

// Option changes how a [Server] behaves.
type Option func(*config)

// WithToken sets the bot's token, of the form "<id>:<secret>". Defaults to a
// fixed token that is plainly not a real one.
func WithToken(token string) Option { return func(c *config) { c.token = token } }

// WithUsername sets the bot's user name, without @. Defaults to "example_test_bot".
func WithUsername(name string) Option { return func(c *config) { c.username = name } }

// WithPrivacyOff lets the bot read every message of the groups it is in.
func WithPrivacyOff() Option { return func(c *config) { c.privacy = false } }

// WithLimits makes the server answer 429 above the given rates. Without it no
// rate is enforced.
func WithLimits(l Limits) Option { return func(c *config) { c.limits = &l } }

// WithSpeed makes rate windows and retry_after pass n times faster than the
// clock, for both limits and faults: at 100, a retry_after of 3 is over after
// 30 ms. Defaults to 1.
func WithSpeed(n float64) Option { return func(c *config) { c.speed = n } }

// WithClock sets the clock for dates, rates and retry_after. Long polls,
// delays and webhook retries use real time. Defaults to time.Now.
func WithClock(now func() time.Time) Option { return func(c *config) { c.now = now } }

// WithWebhookRetry sets the first and the longest pause between two attempts
// to deliver one update. Defaults to 10 ms and 1 s.
func WithWebhookRetry(first, longest time.Duration) Option {
	return func(c *config) { c.retryMin, c.retryMax = first, longest }
}

// WithWaitTimeout sets how long the Wait methods wait. Defaults to 5 s.
func WithWaitTimeout(d time.Duration) Option { return func(c *config) { c.wait = d } }

const defaultToken = "7000000001:EXAMPLE-token-of-a-fake-server-only"

// New starts a server on a free loopback port and closes it when the test
// ends. Mistakes of the test itself (pressing a button that is not there)
// fail the test.
func New(tb TB, opts ...Option) *Server {
	tb.Helper()
	s, err := Start("127.0.0.1:0", opts...)
	if err != nil {
		tb.Fatalf("botapitest: %v", err)
	}
	s.tb = tb
	tb.Cleanup(s.Close)
	return s
}

// Start runs a server on addr ("host:port") until [Server.Close]. It fails
// when the port is taken or the token is malformed.
func Start(addr string, opts ...Option) (*Server, error) {
	cfg := config{
		token: defaultToken, username: "example_test_bot", privacy: true, speed: 1,
		now: time.Now, retryMin: 10 * time.Millisecond, retryMax: time.Second, wait: 5 * time.Second,
	}
	for _, o := range opts {
		o(&cfg)
	}
	idText, secret, _ := strings.Cut(cfg.token, ":")
	id, err := strconv.ParseInt(idText, 10, 64)
	if err != nil || id <= 0 || secret == "" {
		return nil, fmt.Errorf("token must be <id>:<secret>, got %q", cfg.token)
	}
	if cfg.speed <= 0 {
		return nil, fmt.Errorf("speed must be positive, got %v", cfg.speed)
	}
	ln, err := net.Listen("tcp", addr)
	if err != nil {
		return nil, err
	}
	s := &Server{
		cfg:     cfg,
		bot:     Account{ID: id, IsBot: true, FirstName: "Example Bot", Username: cfg.username},
		ln:      ln,
		methods: methods(),
		changed: make(chan struct{}),
		chats:   map[int64]*chat{}, users: map[int64]*User{}, files: map[string]*file{},
		commands: map[commandKey][]Command{}, texts: map[string]string{}, callbacks: map[string]*callback{},
		// Beyond 32 bits, as on Telegram, to catch ids kept in an int32.
		lastUser: 6_100_000_000, lastGroup: 4_100_000_000,
	}
	s.ctx, s.cancel = context.WithCancel(context.Background())
	s.queue.next = 800_000_001
	s.limiter.init()
	s.http = &http.Server{Handler: s, ReadHeaderTimeout: 10 * time.Second}
	s.handlers.Go(func() { _ = s.http.Serve(ln) }) // always ErrServerClosed after Close
	return s, nil
}

// Close ends long polls, webhook deliveries and open connections, and returns
// when no goroutine of the server is left. Calling it again does nothing.
func (s *Server) Close() {
	s.mu.Lock()
	s.cancel() // under the lock, so that enter counts no request in afterwards
	s.mu.Unlock()
	_ = s.http.Close()
	s.handlers.Wait()
}

// URL is the server's root, to be used in place of https://api.telegram.org.
func (s *Server) URL() string { return "http://" + s.ln.Addr().String() }

// Token is the bot's token.
func (s *Server) Token() string { return s.cfg.token }

// Bot is the bot's account.
func (s *Server) Bot() Account { return s.bot }

// ServeHTTP answers Bot API, file and /sim/ requests.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if !s.enter() {
		dropConnection(w)
		return
	}
	defer s.handlers.Done()
	path := r.URL.Path
	switch {
	case strings.HasPrefix(path, "/sim/"):
		s.serveSim(w, r)
	case strings.HasPrefix(path, "/file/bot"):
		s.serveFile(w, r, strings.TrimPrefix(path, "/file/bot"))
	case strings.HasPrefix(path, "/bot"):
		s.serveMethod(w, r, strings.TrimPrefix(path, "/bot"))
	default:
		writeError(w, errNotFound)
	}
}

// enter counts a request in, unless the server is closing.
func (s *Server) enter() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.ctx.Err() != nil {
		return false
	}
	s.handlers.Add(1)
	return true
}

// checkToken distinguishes, as Telegram does, a token of the wrong shape (404)
// from one that is not this bot's (401).
func (s *Server) checkToken(token string) *apiError {
	if token == s.cfg.token {
		return nil
	}
	id, secret, ok := strings.Cut(token, ":")
	if _, err := strconv.ParseUint(id, 10, 64); err != nil || !ok || secret == "" {
		return errNotFound
	}
	return errUnauthorized
}

func (s *Server) serveMethod(w http.ResponseWriter, r *http.Request, rest string) {
	token, name, ok := strings.Cut(rest, "/")
	if !ok {
		writeError(w, errNotFound)
		return
	}
	if err := s.checkToken(token); err != nil {
		writeError(w, err)
		return
	}
	rec := Call{Method: name, Time: s.cfg.now()}
	p, err := readParams(r)
	if err != nil {
		s.answer(w, rec, nil, err)
		return
	}
	rec.Params, rec.Files = p.record()
	m, ok := s.methods[strings.ToLower(name)]
	if !ok {
		s.mu.Lock()
		s.violateLocked("%s: no such method, or one this server does not model", name)
		s.mu.Unlock()
		s.answer(w, rec, nil, errNotFound)
		return
	}
	rec.Method = m.name

	fault := s.takeFault(m.name)
	s.delay(r.Context(), fault)
	if fault != nil && fault.replaces() {
		s.answerFault(r.Context(), w, rec, p, fault)
		return
	}
	result, runErr := s.run(r.Context(), m, p)
	if fault != nil && fault.DropAfter {
		rec.Fault, rec.Status = true, http.StatusOK
		if runErr != nil {
			rec.Status, rec.Description = runErr.Code, runErr.Description
		}
		s.logCall(rec)
		dropConnection(w)
		return
	}
	s.answer(w, rec, result, runErr)
}

// run carries a call out and returns its encoded result.
func (s *Server) run(ctx context.Context, m method, p *params) (json.RawMessage, *apiError) {
	var result any
	var err error
	if m.poll {
		result, err = s.getUpdates(ctx, p)
	} else {
		s.mu.Lock()
		defer s.mu.Unlock()
		defer s.changedLocked()
		for _, name := range p.unknown(m.params) {
			s.violateLocked("%s: unknown parameter %q", m.name, name)
		}
		if err = s.limitLocked(m, p); err == nil {
			result, err = m.run(s, p)
		}
		for _, bad := range p.bad {
			s.violateLocked("%s: %s", m.name, bad)
		}
	}
	if err != nil {
		var api *apiError
		if !errors.As(err, &api) {
			api = &apiError{Code: http.StatusInternalServerError, Description: "Internal Server Error: " + err.Error()}
		}
		return nil, api
	}
	data, err := json.Marshal(result)
	if err != nil {
		return nil, &apiError{Code: http.StatusInternalServerError, Description: "Internal Server Error: " + err.Error()}
	}
	return data, nil
}

// changedLocked wakes everyone who waits for a change of state.
func (s *Server) changedLocked() {
	close(s.changed)
	s.changed = make(chan struct{})
}

// fail reports a mistake of the test. Without a test it panics: the caller is
// Go code that holds the server, not a request.
func (s *Server) fail(err error) {
	if err == nil {
		return
	}
	if s.tb == nil {
		panic("botapitest: " + err.Error())
	}
	s.tb.Helper()
	s.tb.Fatalf("botapitest: %v", err)
}
