package botapitest

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// webhook is the delivery side of setWebhook. One goroutine posts updates one
// at a time and in order; an update is repeated until it is answered with 2xx.
type webhook struct {
	url       string
	secret    string
	max       int64
	lastError string
	errorAt   int64
	cancel    context.CancelFunc
	done      chan struct{}
}

// WebhookInfo is what getWebhookInfo returns.
type WebhookInfo struct {
	URL               string   `json:"url"`
	CustomCertificate bool     `json:"has_custom_certificate"`
	Pending           int      `json:"pending_update_count"`
	LastErrorDate     int64    `json:"last_error_date,omitempty"`
	LastError         string   `json:"last_error_message,omitempty"`
	MaxConnections    int64    `json:"max_connections,omitempty"`
	AllowedUpdates    []string `json:"allowed_updates,omitempty"`
}

// stop ends the delivery without waiting for it: the one in flight may be the
// request that asked to stop. The channel returned closes when it has ended
// and is nil when there was none.
func (h *webhook) stop() <-chan struct{} {
	if h.cancel == nil {
		return nil
	}
	h.cancel()
	done := h.done
	*h = webhook{}
	return done
}

func checkWebhookURL(raw string) error {
	u, err := url.Parse(raw)
	if err != nil || u.Host == "" {
		return badRequest("bad webhook: invalid URL specified")
	}
	ip := net.ParseIP(u.Hostname())
	loopback := u.Hostname() == "localhost" || ip != nil && ip.IsLoopback()
	if u.Scheme != "https" && (u.Scheme != "http" || !loopback) {
		return badRequest("bad webhook: An HTTPS URL must be provided for webhook")
	}
	return nil
}

func checkSecret(secret string) error {
	if len(secret) > 256 {
		return badRequest("secret token is too long")
	}
	for _, r := range secret {
		if r != '_' && r != '-' && (r < '0' || r > '9') && (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') {
			return badRequest("secret token contains unallowed characters")
		}
	}
	return nil
}

func (s *Server) setWebhook(p *params) (any, error) {
	raw, secret, maxConns := p.str("url"), p.str("secret_token"), p.int("max_connections")
	if raw == "" {
		return s.deleteWebhook(p)
	}
	if err := checkWebhookURL(raw); err != nil {
		return nil, err
	}
	if err := checkSecret(secret); err != nil {
		return nil, err
	}
	if p.has("max_connections") && (maxConns < 1 || maxConns > 100) {
		s.violateLocked("setWebhook: max_connections %d is not in 1..100", maxConns)
		maxConns = min(max(maxConns, 1), 100)
	}
	if err := s.setAllowedLocked(p); err != nil {
		return nil, err
	}
	if maxConns == 0 {
		maxConns = 40
	}
	s.queue.endPoller(conflict("terminated by setWebhook request"))
	if p.bool("drop_pending_updates") {
		s.queue.pending = nil
	}
	before := s.hook.stop()
	ctx, cancel := context.WithCancel(s.ctx)
	s.hook = webhook{url: raw, secret: secret, max: maxConns, cancel: cancel, done: make(chan struct{})}
	hook := s.hook
	s.handlers.Go(func() { s.deliver(ctx, hook, before) })
	return true, nil
}

func (s *Server) deleteWebhook(p *params) (any, error) {
	if p.bool("drop_pending_updates") {
		s.queue.pending = nil
	}
	s.hook.stop()
	return true, nil
}

func (s *Server) getWebhookInfo(*params) (any, error) {
	h := &s.hook
	return WebhookInfo{
		URL: h.url, Pending: len(s.queue.pending), LastErrorDate: h.errorAt, LastError: h.lastError,
		MaxConnections: h.max, AllowedUpdates: s.queue.allowed,
	}, nil
}

// deliver posts pending updates to one webhook until ctx ends. It first waits
// for the delivery it replaces, so that two never overlap.
func (s *Server) deliver(ctx context.Context, h webhook, before <-chan struct{}) {
	defer close(h.done)
	if before != nil {
		<-before
	}
	client := &http.Client{
		Timeout: time.Minute,
		// Telegram does not follow redirects: they count as a wrong answer.
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	defer client.CloseIdleConnections()
	pause := s.cfg.retryMin
	for ctx.Err() == nil {
		s.mu.Lock()
		changed := s.changed
		var next queued
		if len(s.queue.pending) > 0 {
			next = s.queue.pending[0]
		}
		s.mu.Unlock()
		if next.body == nil {
			select {
			case <-changed:
			case <-ctx.Done():
			}
			continue
		}
		err := s.post(ctx, client, h, next)
		if err == nil {
			pause = s.cfg.retryMin
			continue
		}
		s.mu.Lock()
		if ctx.Err() == nil { // else the webhook is another one by now
			s.hook.lastError, s.hook.errorAt = err.Error(), s.cfg.now().Unix()
			s.changedLocked()
		}
		s.mu.Unlock()
		select {
		case <-time.After(pause):
		case <-ctx.Done():
		}
		pause = min(2*pause, s.cfg.retryMax)
	}
}

// deliveryError is Telegram's wording for last_error_message.
type deliveryError string

func (e deliveryError) Error() string { return string(e) }

// post delivers one update and confirms it on 2xx. A method call in the
// answer's body is carried out, without telling the bot its result.
func (s *Server) post(ctx context.Context, client *http.Client, h webhook, u queued) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, h.url, bytes.NewReader(u.body))
	if err != nil {
		return err
	}
	req.Header.Set("Content-Type", "application/json")
	if h.secret != "" {
		req.Header.Set("X-Telegram-Bot-Api-Secret-Token", h.secret)
	}
	resp, err := client.Do(req)
	if err != nil {
		return deliveryError("Connection failed: " + err.Error())
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(io.LimitReader(resp.Body, 1<<20))
	if err != nil || resp.StatusCode < 200 || resp.StatusCode > 299 {
		return deliveryError("Wrong response from the webhook: " + resp.Status)
	}
	s.mu.Lock()
	if p := s.queue.pending; len(p) > 0 && p[0].id == u.id {
		s.queue.pop()
	}
	s.changedLocked()
	s.mu.Unlock()

	var call struct {
		Method string `json:"method"`
	}
	if json.Unmarshal(body, &call) != nil || call.Method == "" {
		return nil
	}
	p := &params{values: map[string]string{}, files: map[string]upload{}}
	m, ok := s.methods[strings.ToLower(call.Method)]
	if !ok || m.poll || p.addJSON(body) != nil {
		return nil
	}
	delete(p.values, "method")
	rec := Call{Method: m.name, Time: s.cfg.now(), Status: http.StatusOK}
	rec.Params, rec.Files = p.record()
	if _, apiErr := s.run(ctx, m, p); apiErr != nil {
		rec.Status, rec.Description = apiErr.Code, apiErr.Description
	}
	s.logCall(rec)
	return nil
}
