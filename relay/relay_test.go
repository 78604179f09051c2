package relay_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"liaison/handlers"
	"liaison/relay"
	"liaison/store"
)

func TestOrderWithinAChatAndParallelAcross(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	const chats, each = 4, 15
	// Each chat's first message waits for every other's: without parallel lanes
	// this never ends. Transactions are not parallel, so the wait is before.
	var all sync.WaitGroup
	all.Add(chats)
	r.fetch = func(handlers.Upload) (io.ReadCloser, error) {
		all.Done()
		all.Wait()
		return io.NopCloser(strings.NewReader("x")), nil
	}
	for i := range chats {
		chat := fmt.Sprint(i)
		m := handlers.Message{Key: chat, From: handlers.Address{Channel: handlers.Telegram, Chat: chat}, Text: chat + " 0", Files: []handlers.Upload{{Source: "f", Name: "f.txt"}}}
		if _, err := r.relay.Receive(t.Context(), m, r.clock()); err != nil {
			t.Fatal(err)
		}
	}
	for n := 1; n < each; n++ {
		for i := range chats {
			r.say(fmt.Sprint(i), fmt.Sprint(i, " ", n))
		}
	}
	r.run()
	r.wait("every reply", func() bool { return len(r.delivered) == chats*each })
	for i := range chats {
		var got []int
		for _, text := range r.texts() {
			var chat, n int
			fmt.Sscanf(text, "re: %d %d", &chat, &n)
			if chat == i {
				got = append(got, n)
			}
		}
		if !slices.IsSorted(got) || len(got) != each {
			t.Errorf("chat %d was answered in the order %v", i, got)
		}
	}
}

func TestTheSameMessageTwiceIsHandledOnce(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	r.say("1", "a")
	r.say("1", "a")
	r.say("1", "b")
	r.run()
	r.wait("the last reply", func() bool { return len(r.delivered) == 2 })
	if want := []string{"a", "b"}; !slices.Equal(r.handled, want) {
		t.Errorf("handled %v, want %v", r.handled, want)
	}
}

func TestFailuresAreTriedAgainThenParked(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	attempts := make(map[string]int)
	r.handle = func(ctx context.Context, tx handlers.Tx, m handlers.Message) error {
		attempts[m.Text]++ // one lane: one at a time
		switch {
		case m.Text == "shaky" && attempts[m.Text] < 3:
			if err := tx.Send(ctx, m.From, handlers.Reply{Text: []handlers.Span{{Text: "half done"}}}); err != nil {
				return err
			}
			return errors.New("not yet")
		case m.Text == "broken":
			panic("a bug")
		}
		return nil
	}
	for _, text := range []string{"shaky", "broken", "fine"} {
		r.say("1", text)
	}
	r.run()
	r.wait("the last reply", func() bool { return len(r.delivered) == 2 })
	if want := []string{"re: shaky", "re: fine"}; !slices.Equal(r.texts(), want) {
		t.Errorf("said %v, want %v: a failed attempt must leave nothing behind", r.texts(), want)
	}
	if !slices.Equal(r.sorry, []string{"broken"}) {
		t.Errorf("apologised for %v", r.sorry)
	}
	if attempts["shaky"] != 3 || attempts["broken"] != 6 {
		t.Errorf("attempts %v", attempts)
	}
}

// leap is a store whose clock goes only when a message is put off, and then to
// the time until which it is.
type leap struct {
	relay.Store
	at atomic.Int64 // unix nanoseconds
}

func (l *leap) now() time.Time { return time.Unix(0, l.at.Load()) }

func (l *leap) PostponeInbound(ctx context.Context, in relay.Inbound, until time.Time, counted bool, cause string) error {
	l.at.Store(until.UnixNano())
	return l.Store.PostponeInbound(ctx, in, until, counted, cause)
}

func TestFirstReplyComesInTime(t *testing.T) {
	t.Parallel()
	var clock *leap
	r := newRigOver(t, func(st *store.Store) relay.Store {
		clock = &leap{Store: st}
		return clock
	})
	clock.at.Store(r.now.UnixNano())
	began := clock.now()
	longest := r.relay.Attempt // one attempt, unless a city says otherwise
	r.relay.Attempt, r.relay.Now = 20*time.Millisecond, clock.now
	tries := 0
	r.handle = func(ctx context.Context, _ handlers.Tx, _ handlers.Message) error {
		tries++
		<-ctx.Done() // a disk, a library or a model that hangs
		return ctx.Err()
	}
	m := handlers.Message{Key: "1", From: handlers.Address{Channel: handlers.Telegram, Chat: "1"}, User: "1", Text: "anybody there?"}
	if _, err := r.relay.Receive(t.Context(), m, began); err != nil {
		t.Fatal(err)
	}
	r.run()
	r.wait("a word to the person", func() bool { return len(r.sorry) > 0 })
	worst := clock.now().Sub(began) + time.Duration(tries)*longest
	if worst >= relay.FirstReply {
		t.Errorf("%d attempts of %v and the waits between them take %v; the person is to hear something within %v",
			tries, longest, worst, relay.FirstReply)
	}
	if tries < 2 {
		t.Errorf("%d attempts: a passing fault must not lose the message", tries)
	}
}

func TestRunningWorkFinishesAndIsNotRepeated(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	started, release := make(chan struct{}), make(chan struct{})
	r.fetch = func(handlers.Upload) (io.ReadCloser, error) {
		close(started)
		<-release
		return io.NopCloser(strings.NewReader("%PDF-1.7")), nil
	}
	m := handlers.Message{Key: "k", From: handlers.Address{Channel: handlers.Telegram, Chat: "1"}, Text: "slow", Files: []handlers.Upload{{Source: "f", Name: "f"}}}
	if _, err := r.relay.Receive(t.Context(), m, r.clock()); err != nil {
		t.Fatal(err)
	}
	r.say("1", "later")
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan struct{})
	go func() {
		defer close(done)
		r.relay.Run(ctx)
	}()
	<-started
	cancel()
	select {
	case <-done:
		t.Fatal("Run ended while a message was being handled")
	case <-time.After(20 * time.Millisecond):
	}
	close(release)
	<-done
	if want := []string{"slow"}; !slices.Equal(r.handled, want) {
		t.Errorf("handled %v before the end, want %v", r.handled, want)
	}
	r.run() // the next life
	r.wait("the rest", func() bool { return len(r.delivered) == 2 })
	if want := []string{"slow", "later"}; !slices.Equal(r.handled, want) {
		t.Errorf("handled %v in two lives, want %v", r.handled, want)
	}
}

// fullDisk is a store that can be read and not written to for a while.
type fullDisk struct {
	*store.Store
	mu     sync.Mutex
	fails  int // how many more writes fail
	failed int
}

var errFull = errors.New("disk full")

func (f *fullDisk) write() error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.fails > 0 {
		f.fails--
		f.failed++
		return errFull
	}
	return nil
}

func (f *fullDisk) Delivered(ctx context.Context, out relay.Outbound, ids []string, done bool, at time.Time) error {
	if err := f.write(); err != nil {
		return err
	}
	return f.Store.Delivered(ctx, out, ids, done, at)
}

func TestADiskThatIsFullNeitherSpinsNorRepeats(t *testing.T) {
	t.Parallel()
	disk := &fullDisk{fails: 2}
	r := newRigOver(t, func(st *store.Store) relay.Store {
		disk.Store = st
		return disk
	})
	r.say("1", "a")
	began := time.Now()
	r.run()
	eventually := func() bool {
		lanes, err := r.store.OutboundLanes(t.Context(), r.now)
		return err == nil && len(lanes) == 0 && len(r.delivered) > 0
	}
	r.wait("the reply to be noted", eventually)
	if took := time.Since(began); took < 2*time.Second {
		t.Errorf("two failures took %v: it did not rest", took)
	}
	if len(r.delivered) != 1 {
		t.Errorf("the reply was delivered %d times", len(r.delivered))
	}
	if disk.failed != 2 {
		t.Errorf("%d writes failed", disk.failed)
	}
}

func TestChatterInAGroupIsNotKept(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	r.fetch = func(handlers.Upload) (io.ReadCloser, error) {
		t.Error("a bystander's file was fetched")
		return nil, errors.New("no")
	}
	m := handlers.Message{Key: "k", From: handlers.Address{Channel: handlers.Telegram, Chat: "-1"}, Group: true, Text: "lunch?", Files: []handlers.Upload{{Source: "f", Name: "menu.pdf"}}}
	if _, err := r.relay.Receive(t.Context(), m, r.clock()); err != nil {
		t.Fatal(err)
	}
	r.say("-1", "command") // private talk of the same lane: it is handled after the chatter
	r.run()
	r.wait("the next message", func() bool { return len(r.handled) == 1 })
	if want := []string{"command"}; !slices.Equal(r.handled, want) {
		t.Errorf("handled %v, want %v", r.handled, want)
	}
}
