package bot

import (
	"context"
	"crypto/rand"
	"errors"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	tgbot "github.com/go-telegram/bot"

	"liaison/pace"
	"liaison/relay"
)

// Limits is how much may be sent. Telegram answers more with error 429, and all
// sending stops until it allows more, so it pays to stay below.
type Limits struct {
	Overall int // messages in any second, over all chats. Defaults to 30
	Private int // messages a second to one person, in any chatSpan. Defaults to 1
	Group   int // messages in any minute to one group. Defaults to 20
}

func (l Limits) withDefaults() Limits {
	if l.Overall <= 0 {
		l.Overall = 30
	}
	if l.Private <= 0 {
		l.Private = 1
	}
	if l.Group <= 0 {
		l.Group = 20
	}
	return l
}

// chatSpan is the time over which messages to one person are counted: an answer in
// a few parts comes at once. Telegram says about one a second and lets short bursts
// pass.
const chatSpan = 5 * time.Second

func (l Limits) overall() pace.Window { return pace.Window{Most: l.Overall, Span: time.Second} }

// ofChat is the window of a chat. Chats below zero are groups: so Telegram numbers
// them.
func (l Limits) ofChat(chat int64) pace.Window {
	if chat < 0 {
		return pace.Window{Most: l.Group, Span: time.Minute}
	}
	return pace.Window{Most: l.Private * int(chatSpan/time.Second), Span: chatSpan}
}

// bulk spreads messages of which there are very many over the second, so that a
// place for another one is never far.
func (l Limits) bulk() pace.Rate {
	w := l.overall()
	return pace.Rate{Every: w.Span / time.Duration(w.Most), Burst: max(1, w.Most/10)}
}

// The keys of the limits. What stops everything is a hold on the first.
const (
	keyOverall = "telegram"
	keyBulk    = "telegram:bulk"
)

func keyOf(chat int64) string      { return "telegram:chat:" + strconv.FormatInt(chat, 10) }
func previewsOf(chat int64) string { return "telegram:preview:" + strconv.FormatInt(chat, 10) }

// previewing is how often a message is edited to show an answer being written.
var previewing = pace.Rate{Every: time.Second, Burst: 1}

// limiter is what every call that shows something goes through. It is safe for
// concurrent use.
type limiter struct {
	limits Limits
	pace   pace.Limiter
	trips  trips

	name    string // of this process, among all that share the limits
	entries atomic.Int64
	line    chan struct{} // of the bulk messages one waits for a place, the others for their turn
}

func newLimiter(l Limits, p pace.Limiter) *limiter {
	return &limiter{limits: l.withDefaults(), pace: p, name: rand.Text()[:10], line: make(chan struct{}, 1)}
}

// load is what a call weighs.
type load struct {
	chat int64 // 0: it counts for the overall limit only
	n    int   // how many messages it makes
	bulk bool  // it gives way to whatever is not
	// ours, if there is one, is asked after all waiting: what another process has taken
	// over meanwhile is relay.ErrNotOurs.
	ours func() bool
}

// do makes the call as soon as the limits allow it. When Telegram wants us to wait,
// nobody calls, in no process, until that is over; the error of the call is
// returned as it is.
func (l *limiter) do(ctx context.Context, w load, call func() error) error {
	if w.chat != 0 {
		in, err := l.enter(ctx, keyOf(w.chat), l.limits.ofChat(w.chat), w.n, false)
		if err != nil {
			return err
		}
		defer in.leave(ctx)
		return l.within(ctx, w, in, call)
	}
	return l.within(ctx, w, nil, call)
}

// preview makes the call if nothing else goes to the chat, else not at all: there is
// at most one in a second, and a place is left for a message.
func (l *limiter) preview(ctx context.Context, chat int64, call func() error) error {
	key, window := keyOf(chat), l.limits.ofChat(chat)
	if wait, err := l.pace.Take(ctx, previewsOf(chat), previewing, 0); err != nil || wait > 0 {
		return err
	}
	in := l.place(key, window, 1, true)
	window.Most = max(1, window.Most-1)
	if wait, err := l.pace.Enter(ctx, key, window, in.entry); err != nil || wait > 0 {
		return err
	}
	defer in.leave(ctx)
	if wait, err := l.pace.Take(ctx, previewsOf(chat), previewing, 1); err != nil || wait > 0 {
		return err
	}
	return l.within(ctx, load{chat: chat, n: 1}, in, call)
}

// afterPreview blocks until a message may be edited for good: at once, except behind
// a preview.
func (l *limiter) afterPreview(ctx context.Context, chat int64) error {
	return pace.Wait(ctx, l.pace, previewsOf(chat), previewing, 0)
}

// within makes the call under the overall limit, inside of the place in the chat's,
// nil for none.
func (l *limiter) within(ctx context.Context, w load, inChat *place, call func() error) error {
	in, err := l.overall(ctx, w)
	if err != nil {
		return err
	}
	defer in.leave(ctx)
	if w.ours != nil && !w.ours() {
		return relay.ErrNotOurs
	}
	began := time.Now()
	err = call()
	l.trips.add(time.Since(began))
	free := -l.trips.shortest()
	in.used(free)
	if inChat != nil {
		inChat.used(free)
	}
	var many *tgbot.TooManyRequestsError
	if errors.As(err, &many) {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), leaveTimeout)
		defer cancel()
		return errors.Join(err, l.pace.Hold(ctx, keyOverall, retryAfter(many)))
	}
	return err
}

// overall takes the places in the window over all chats.
func (l *limiter) overall(ctx context.Context, w load) (*place, error) {
	if w.bulk {
		select {
		case l.line <- struct{}{}:
			defer func() { <-l.line }()
		case <-ctx.Done():
			return nil, ctx.Err()
		}
		if err := pace.Wait(ctx, l.pace, keyBulk, l.limits.bulk(), 1); err != nil {
			return nil, err
		}
	}
	return l.enter(ctx, keyOverall, l.limits.overall(), w.n, w.bulk)
}

// retryAfter is how long Telegram wants to be left alone.
func retryAfter(e *tgbot.TooManyRequestsError) time.Duration {
	return time.Duration(max(e.RetryAfter, 1)) * time.Second
}

// margin is by how much longer than the window a place is held, as a part of it:
// the shortest trip is known as well as the trips that were measured.
const margin = 200

// leaveTimeout is how long it may take to say that a call has ended.
const leaveTimeout = 2 * time.Second

// place is the places of one call in one window.
type place struct {
	pace   pace.Limiter
	key    string
	window pace.Window
	entry  pace.Entry
	free   time.Duration // when it is over
}

func (l *limiter) place(key string, w pace.Window, n int, yields bool) *place {
	id := l.name + "-" + strconv.FormatInt(l.entries.Add(1), 36)
	return &place{pace: l.pace, key: key, window: w, entry: pace.Entry{ID: id, N: min(max(n, 1), w.Most), Yields: yields}}
}

func (l *limiter) enter(ctx context.Context, key string, w pace.Window, n int, yields bool) (*place, error) {
	p := l.place(key, w, n, yields)
	return p, pace.Through(ctx, l.pace, key, w, p.entry)
}

// used says that the call was made: it counts for the length of the window, from the
// latest moment at which it can have arrived to the earliest at which another can.
// Both together are a trip away from here, of which the shortest is certain.
func (p *place) used(less time.Duration) {
	p.free = max(p.window.Span+p.window.Span/margin+less, 1)
}

// leave gives the place up, now if no call was made. If it cannot be said, the place
// is lost for pace.Lost, which is on the safe side.
func (p *place) leave(ctx context.Context) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), leaveTimeout)
	defer cancel()
	_ = p.pace.Leave(ctx, p.key, p.entry, p.free)
}

// trips measures how long a call takes at least. It forgets: the way to Telegram
// may become a longer one. It is safe for concurrent use; the zero value is ready.
type trips struct {
	mu          sync.Mutex
	n           int
	young, old  time.Duration // the shortest of the latest, and of those before
	known, some bool          // whether old and young are
}

// generation is of how many calls the shortest is taken.
const generation = 200

func (t *trips) add(took time.Duration) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.n++; t.n > generation {
		t.n, t.old, t.known, t.some = 1, t.young, true, false
	}
	if !t.some || took < t.young {
		t.young, t.some = took, true
	}
}

// shortest is 0 before enough calls were made to know.
func (t *trips) shortest() time.Duration {
	t.mu.Lock()
	defer t.mu.Unlock()
	switch {
	case !t.known:
		return 0
	case t.some:
		return min(t.young, t.old)
	}
	return t.old
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
