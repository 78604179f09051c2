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
// pass; see strictly for when it does not.
const chatSpan = 5 * time.Second

// strictly is for how long nobody gets more than Limits.Private in any second, once
// Telegram has refused what may have been a burst: so it does at most once in the time,
// or in the life of a process that is alone.
var strictly = pace.Rate{Every: 24 * time.Hour, Burst: 1}

func (l Limits) overall() pace.Window { return pace.Window{Most: l.Overall, Span: time.Second} }

// isGroup tells groups: so Telegram numbers them.
func isGroup(chat int64) bool { return chat < 0 }

// ofChat is the window of a chat. A strict one of a person lets no burst through.
func (l Limits) ofChat(chat int64, strict bool) pace.Window {
	switch {
	case isGroup(chat):
		return pace.Window{Most: l.Group, Span: time.Minute}
	case strict:
		return pace.Window{Most: l.Private, Span: time.Second}
	}
	return pace.Window{Most: l.Private * int(chatSpan/time.Second), Span: chatSpan}
}

// bulk spreads messages of which there are very many over the second, so that a
// place for another one is never far.
func (l Limits) bulk() pace.Rate {
	w := l.overall()
	return pace.Rate{Every: w.Span / time.Duration(w.Most), Burst: max(1, w.Most/10)}
}

// The keys of the limits. What stops everything is a hold on the first two.
const (
	keyOverall = "telegram"
	keyPresses = "telegram:presses"
	keyBulk    = "telegram:bulk"
	keyStrict  = "telegram:strict"
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
	line    chan struct{} // of the bulk messages one waits for a place, the others behind it
	turns   chan struct{} // holds a token for each that has begun and has no place yet
}

func newLimiter(l Limits, p pace.Limiter) *limiter {
	return &limiter{limits: l.withDefaults(), pace: p, name: rand.Text()[:10], line: make(chan struct{}, 1), turns: make(chan struct{}, begun)}
}

// load is what a call weighs.
type load struct {
	chat  int64 // 0: it only acknowledges a press, which is no message and takes the place of none
	n     int   // how many messages it makes
	bulk  bool  // it gives way to whatever is not
	bytes int64 // of the files that it carries
	// ours, if there is one, is asked after all waiting: what another process has taken
	// over meanwhile is relay.ErrNotOurs.
	ours func() bool
	// placed, if there is one, is called when no others wait behind the call any more: it
	// has its places, or its chat has none for now. It may be called again.
	placed func()
}

// callTime is how long Telegram may take to answer a call that shows something, besides
// a second for each uploadRate bytes of its files. What hangs keeps a hand of the relay and
// a place of the limits from others, and is tried again anyway.
const (
	callTime   = 20 * time.Second
	uploadRate = 256 << 10
)

// time is how long the call may take; the client's own timeout ends it earlier if need be.
func (w load) time() time.Duration {
	return callTime + time.Duration(w.bytes)*time.Second/uploadRate
}

func (w load) endTurn() {
	if w.placed != nil {
		w.placed()
	}
}

// do makes the call as soon as the limits allow it, under a context that ends when it
// has taken too long. When Telegram wants us to wait, nobody calls, in no process, until
// that is over; the error of the call is returned as it is.
func (l *limiter) do(ctx context.Context, w load, call func(context.Context) error) error {
	if w.chat != 0 {
		window, err := l.window(ctx, w.chat)
		if err != nil {
			return err
		}
		in := l.place(keyOf(w.chat), window, w.n, false)
		wait, err := l.pace.Enter(ctx, in.key, window, in.entry)
		if err == nil && wait > 0 {
			w.endTurn() // only its chat has none; it keeps a hand of the relay until then
			err = pace.Through(ctx, l.pace, in.key, window, in.entry)
		}
		if err != nil {
			return err
		}
		defer in.leave(ctx)
		return l.within(ctx, w, in, call)
	}
	return l.within(ctx, w, nil, call)
}

// window is that of the chat as of now.
func (l *limiter) window(ctx context.Context, chat int64) (pace.Window, error) {
	if isGroup(chat) {
		return l.limits.ofChat(chat, false), nil
	}
	left, err := l.pace.Take(ctx, keyStrict, strictly, 0)
	return l.limits.ofChat(chat, left > 0), err
}

// preview makes the call if nothing else goes to the chat, else not at all: there is
// at most one in a second, and a place is left for a message.
func (l *limiter) preview(ctx context.Context, chat int64, call func(context.Context) error) error {
	key := keyOf(chat)
	window, err := l.window(ctx, chat)
	if err != nil || window.Most < 2 {
		return err
	}
	if wait, err := l.pace.Take(ctx, previewsOf(chat), previewing, 0); err != nil || wait > 0 {
		return err
	}
	in := l.place(key, window, 1, true)
	window.Most--
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
func (l *limiter) within(ctx context.Context, w load, inChat *place, call func(context.Context) error) error {
	in, err := l.overall(ctx, w)
	if err != nil {
		return err
	}
	defer in.leave(ctx)
	w.endTurn()
	if w.ours != nil && !w.ours() {
		return relay.ErrNotOurs
	}
	began := time.Now()
	timed, cancel := context.WithTimeout(ctx, w.time())
	err = call(timed)
	cancel()
	l.trips.add(time.Since(began))
	free := -l.trips.shortest()
	in.used(free)
	if inChat != nil {
		inChat.used(free)
	}
	var many *tgbot.TooManyRequestsError
	if errors.As(err, &many) {
		return errors.Join(err, l.refused(ctx, w, retryAfter(many)))
	}
	return err
}

// refused stops all that is sent, for d. A burst may have been why, which Telegram does
// not say; not of bulk messages, of which nobody gets several.
func (l *limiter) refused(ctx context.Context, w load, d time.Duration) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), leaveTimeout)
	defer cancel()
	errs := []error{l.pace.Hold(ctx, keyOverall, d), l.pace.Hold(ctx, keyPresses, d)}
	if w.chat != 0 && !isGroup(w.chat) && !w.bulk {
		_, err := l.pace.Take(ctx, keyStrict, strictly, 1)
		errs = append(errs, err)
	}
	return errors.Join(errs...)
}

// begun is how many bulk messages of this process may have begun and have no place yet:
// while one is given its place, the next gets ready.
const begun = 2

// turn waits until another bulk message may begin.
func (l *limiter) turn(ctx context.Context) (end func(), err error) {
	select {
	case l.turns <- struct{}{}:
		return sync.OnceFunc(func() { <-l.turns }), nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// overall takes the places in the window over all chats, or in that of the presses.
func (l *limiter) overall(ctx context.Context, w load) (*place, error) {
	if w.chat == 0 {
		return l.enter(ctx, keyPresses, l.limits.overall(), 1, false)
	}
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
const margin = 100

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

// place is one for n messages. Those that are more than the window has fill it for
// as long as they would have taken one by one.
func (l *limiter) place(key string, w pace.Window, n int, yields bool) *place {
	if n > w.Most {
		w.Span = min(w.Span*time.Duration((n+w.Most-1)/w.Most), w.Span+pace.Lost)
	}
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
