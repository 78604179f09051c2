package botapitest

import (
	"math"
	"time"
)

// Limits are sending rates above which the server answers 429. They count the
// send and edit methods, one per call. Zero means no limit of that sort.
type Limits struct {
	PerChatSecond  int // messages a second in one private chat
	ChatBurst      int // seconds over which these are counted, so that a few may come at once. 0 means 1
	PerGroupMinute int // messages a minute in one group
	PerSecond      int // messages a second over all chats
}

// TelegramLimits are the rates Telegram publishes for bots. What it says of a private
// chat, "more than one message per second" with "short bursts" let pass, is taken
// for five in any five seconds.
func TelegramLimits() Limits {
	return Limits{PerChatSecond: 1, ChatBurst: 5, PerGroupMinute: 20, PerSecond: 30}
}

// everyChat is the limiter key of rates over all chats.
const everyChat = ""

// limiter remembers recent sends and the retry_after times in force, both by
// the chat_id as the bot wrote it.
type limiter struct {
	sent map[string][]time.Time
	held map[string]time.Time
}

func (l *limiter) init() {
	l.sent, l.held = map[string][]time.Time{}, map[string]time.Time{}
}

func (l *limiter) hold(key string, until time.Time) {
	if until.After(l.held[key]) {
		l.held[key] = until
	}
}

func limitKey(p *params) string { return p.str("chat_id") }

// scaled is how much clock time the given seconds of Telegram take.
func (s *Server) scaled(seconds int) time.Duration {
	return time.Duration(float64(seconds) * float64(time.Second) / s.cfg.speed)
}

// wholeSeconds is the retry_after for a pause of d on the clock, at least 1.
func (s *Server) wholeSeconds(d time.Duration) int {
	return max(1, int(math.Ceil(d.Seconds()*s.cfg.speed)))
}

// limitLocked refuses a sending call that comes before a retry_after has
// passed, or too fast.
func (s *Server) limitLocked(m method, p *params) error {
	if !m.sends {
		return nil
	}
	now, l := s.cfg.now(), &s.limiter
	for _, key := range []string{everyChat, limitKey(p)} {
		if until := l.held[key]; now.Before(until) {
			s.violateLocked("%s: called %v before retry_after had passed", m.name, until.Sub(now))
			return tooMany(s.wholeSeconds(until.Sub(now)))
		}
	}
	if s.cfg.limits == nil {
		return nil
	}
	window := max(s.cfg.limits.ChatBurst, 1)
	chatMax := s.cfg.limits.PerChatSecond * window
	if c := s.findChat(p.str("chat_id")); c != nil && c.info.Type != "private" {
		chatMax, window = s.cfg.limits.PerGroupMinute, 60
	}
	for _, rule := range []struct {
		key          string
		max, seconds int
	}{{everyChat, s.cfg.limits.PerSecond, 1}, {limitKey(p), chatMax, window}} {
		if wait := l.wait(rule.key, rule.max, s.scaled(rule.seconds), now); wait > 0 {
			l.hold(rule.key, now.Add(wait))
			return tooMany(s.wholeSeconds(wait))
		}
	}
	l.sent[everyChat] = append(l.sent[everyChat], now)
	l.sent[limitKey(p)] = append(l.sent[limitKey(p)], now)
	return nil
}

// wait forgets sends older than the window and returns how long to wait until
// one more fits.
func (l *limiter) wait(key string, most int, window time.Duration, now time.Time) time.Duration {
	recent := l.sent[key]
	for len(recent) > 0 && now.Sub(recent[0]) >= window {
		recent = recent[1:]
	}
	l.sent[key] = recent
	if most == 0 || len(recent) < most {
		return 0
	}
	return window - now.Sub(recent[len(recent)-most])
}
