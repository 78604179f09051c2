package bot

import (
	"container/list"
	"context"
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// Limits is how much may be sent, in messages per second. Telegram answers more
// with error 429, which delays the whole chat, so it pays to stay below.
type Limits struct {
	Overall float64 // over all chats. Defaults to 30
	Private float64 // to one person. Defaults to 1
	Group   float64 // to one group. Defaults to 17 a minute: with a burst 20, Telegram's limit
}

func (l Limits) withDefaults() Limits {
	if l.Overall <= 0 {
		l.Overall = 30
	}
	if l.Private <= 0 {
		l.Private = 1
	}
	if l.Group <= 0 {
		l.Group = (20.0 - chatBurst) / 60
	}
	return l
}

const (
	// chatBurst is how many messages go to one chat without waiting: an answer in
	// two or three parts comes at once.
	chatBurst = 3
	// knownChats bounds the memory. A chat that fell out starts afresh.
	knownChats = 10_000
)

// limiter spaces out what is sent. It is safe for concurrent use.
type limiter struct {
	limits  Limits
	overall *rate.Limiter

	mu     sync.Mutex
	chats  map[int64]*list.Element // of *chatLimiter
	recent *list.List              // the most recently used chat first
}

type chatLimiter struct {
	chat int64
	rate *rate.Limiter
	// previews spaces out the edits that show an answer being written, and the one
	// that ends them.
	previews *rate.Limiter
}

func newLimiter(l Limits) *limiter {
	return &limiter{
		limits:  l,
		overall: rate.NewLimiter(rate.Limit(l.Overall), max(1, int(l.Overall))),
		chats:   map[int64]*list.Element{},
		recent:  list.New(),
	}
}

// wait blocks until n messages may be sent to the chat, or ctx ends. A chat of 0
// counts for the overall limit only.
func (l *limiter) wait(ctx context.Context, chat int64, n int) error {
	if chat != 0 {
		for range n {
			if err := l.of(chat).rate.Wait(ctx); err != nil {
				return err
			}
		}
	}
	for range n {
		if err := l.overall.Wait(ctx); err != nil {
			return err
		}
	}
	return nil
}

// idle reports whether nothing has gone to the chat for so long that a message
// may be spent on a mere preview, and takes that message.
func (l *limiter) idle(chat int64) bool {
	c := l.of(chat)
	now := time.Now()
	return c.rate.TokensAt(now) >= chatBurst && c.rate.AllowN(now, 1) && c.previews.AllowN(now, 1)
}

// waitEdit blocks until a message in the chat may be edited: at once, except
// behind a preview.
func (l *limiter) waitEdit(ctx context.Context, chat int64) error {
	c := l.of(chat)
	for now := time.Now(); c.previews.TokensAt(now) < 1; now = time.Now() {
		left := time.Duration((1 - c.previews.TokensAt(now)) * float64(time.Second))
		if !sleep(ctx, left) {
			return ctx.Err()
		}
	}
	return l.wait(ctx, 0, 1)
}

// of returns the chat's limiter. Chats below zero are groups: so Telegram
// numbers them.
func (l *limiter) of(chat int64) *chatLimiter {
	l.mu.Lock()
	defer l.mu.Unlock()
	if e, ok := l.chats[chat]; ok {
		l.recent.MoveToFront(e)
		return e.Value.(*chatLimiter)
	}
	perSecond := l.limits.Private
	if chat < 0 {
		perSecond = l.limits.Group
	}
	c := &chatLimiter{chat: chat, rate: rate.NewLimiter(rate.Limit(perSecond), chatBurst), previews: rate.NewLimiter(1, 1)}
	l.chats[chat] = l.recent.PushFront(c)
	if l.recent.Len() > knownChats {
		oldest := l.recent.Remove(l.recent.Back()).(*chatLimiter)
		delete(l.chats, oldest.chat)
	}
	return c
}

// sleep waits for d and reports false when ctx ended first.
func sleep(ctx context.Context, d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return true
	case <-ctx.Done():
		return false
	}
}
