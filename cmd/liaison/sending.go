package main

import (
	"context"
	"fmt"
	"time"

	"liaison/bot"
	"liaison/handlers"
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
