package main

import (
	"context"
	"fmt"
	"path/filepath"
	"time"

	"liaison/bot"
	"liaison/handlers"
	"liaison/pace"
)

// telegramLimits reads TELEGRAM_LIMITS.
func (s *Settings) telegramLimits() (bot.Limits, error) {
	var l bot.Limits
	if s.TelegramLimits == "" {
		return l, nil
	}
	var rest string
	n, _ := fmt.Sscanf(s.TelegramLimits+" ", "%d/%d/%d%s", &l.Overall, &l.Private, &l.Group, &rest)
	if n != 3 || min(l.Overall, l.Private, l.Group) < 1 || max(l.Overall, l.Private, l.Group) > 10_000 {
		return l, misuse(fmt.Errorf("TELEGRAM_LIMITS is %q", s.TelegramLimits),
			"give messages a second over all chats, a second to one person and a minute to one group, such as 30/1/20, or leave it empty")
	}
	return l, nil
}

// limitsFile is where in the data folder a process that is alone keeps what of the limits
// must outlive it, see pace.Open.
const limitsFile = "limits.jsonl"

// limits returns the rate limits, those that the processes share or this one's own, and
// what is to be called when nothing is sent any more.
func (a *app) limits(p *peers) (limits pace.Limiter, end func(), err error) {
	if p != nil {
		return p.hub.Pace(), func() {}, nil
	}
	unkept := func(err error) {
		a.log.Warn("what was sent is not noted; after a restart Telegram may refuse messages for a moment", "file", limitsFile, "error", err)
	}
	m, err := pace.Open(filepath.Join(a.settings.Data, limitsFile), unkept)
	if err != nil {
		return nil, nil, fail(err, "check that LIAISON_DATA (%s) can be written", a.settings.Data)
	}
	return m, func() {
		if err := m.Close(); err != nil {
			unkept(err)
		}
	}, nil
}

// spread brings announcements to people until ctx ends.
func (a *app) spread(ctx context.Context) {
	for {
		running, err := a.desk.Spread(ctx)
		if err != nil && ctx.Err() == nil {
			a.log.ErrorContext(ctx, "spreading an announcement failed", "error", err)
			running = false // not so soon again
		}
		select {
		case <-ctx.Done():
			return
		case <-time.After(handlers.SpreadPause(running)):
		}
	}
}
