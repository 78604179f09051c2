package bot

import (
	"context"
	"strconv"
	"time"

	"liaison/pace"
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

// chatBurst is how many messages go to one chat without waiting: an answer in two
// or three parts comes at once.
const chatBurst = 3

// limiter spaces out what is sent. It is safe for concurrent use.
type limiter struct {
	limits Limits
	pace   pace.Limiter
}

// previewing is how often a message is edited to show an answer being written.
var previewing = pace.Rate{Every: time.Second, Burst: 1}

func every(perSecond float64, burst int) pace.Rate {
	return pace.Rate{Every: time.Duration(float64(time.Second) / perSecond), Burst: burst}
}

// ofChat is the rate of a chat and its key. Chats below zero are groups: so
// Telegram numbers them.
func (l *limiter) ofChat(chat int64) (string, pace.Rate) {
	perSecond := l.limits.Private
	if chat < 0 {
		perSecond = l.limits.Group
	}
	return "telegram:chat:" + strconv.FormatInt(chat, 10), every(perSecond, chatBurst)
}

func previewsOf(chat int64) string { return "telegram:preview:" + strconv.FormatInt(chat, 10) }

// wait blocks until n messages may be sent to the chat, or ctx ends. A chat of 0
// counts for the overall limit only.
func (l *limiter) wait(ctx context.Context, chat int64, n int) error {
	if chat != 0 {
		key, rate := l.ofChat(chat)
		for range n {
			if err := pace.Wait(ctx, l.pace, key, rate, 1); err != nil {
				return err
			}
		}
	}
	for range n {
		err := pace.Wait(ctx, l.pace, "telegram", every(l.limits.Overall, max(1, int(l.limits.Overall))), 1)
		if err != nil {
			return err
		}
	}
	return nil
}

// idle reports whether nothing has gone to the chat for so long that a message
// may be spent on a mere preview, and takes that message.
func (l *limiter) idle(ctx context.Context, chat int64) bool {
	key, rate := l.ofChat(chat)
	rate.Burst = 1 // to be had only when all of the burst is
	for _, t := range []struct {
		key  string
		rate pace.Rate
		n    int
	}{{previewsOf(chat), previewing, 0}, {key, rate, 1}, {previewsOf(chat), previewing, 1}} {
		if wait, err := l.pace.Take(ctx, t.key, t.rate, t.n); err != nil || wait > 0 {
			return false
		}
	}
	return true
}

// waitEdit blocks until a message in the chat may be edited: at once, except
// behind a preview.
func (l *limiter) waitEdit(ctx context.Context, chat int64) error {
	if err := pace.Wait(ctx, l.pace, previewsOf(chat), previewing, 0); err != nil {
		return err
	}
	return l.wait(ctx, 0, 1)
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
