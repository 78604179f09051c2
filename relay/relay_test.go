package relay_test

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"liaison/handlers"
	"liaison/knowledge"
	"liaison/relay"
	"liaison/store"
	"liaison/store/storetest"
)

// rig is a relay over a real store, with a desk and a channel that do what the
// test says.
type rig struct {
	t     *testing.T
	store *store.Store
	relay *relay.Relay
	mu    sync.Mutex
	now   time.Time

	// handle is the desk; the default says back what was said.
	handle func(ctx context.Context, tx handlers.Tx, m handlers.Message) error
	// deliver is the channel; the default takes everything.
	deliver func(out relay.Outbound) (relay.Receipt, error)
	fetch   func(up handlers.Upload) (io.ReadCloser, error)
	// write is the model; the default has nothing to say.
	write   func(ctx context.Context, r handlers.Reply, show func(handlers.Reply)) (handlers.Reply, bool)
	preview func(id string, r handlers.Reply) error
	// hang lets a preview take as long as it may.
	hang bool
	// ref marks the replies; "" gives each a mark of its own.
	ref string
	// still lets the clock go as time does.
	still bool

	sulks     error    // what Flooded fails with
	handled   []string // texts in the order of handling
	delivered []relay.Outbound
	sorry     []string
	givenUp   []string
	whys      []handlers.Why // why something was given up or went without a topic
	seen      []handlers.Message
}

func newRig(t *testing.T) *rig { return newRigOver(t, func(st *store.Store) relay.Store { return st }) }

// newRigOver lets the test put something before the store.
func newRigOver(t *testing.T, over func(*store.Store) relay.Store) *rig {
	t.Helper()
	log := slog.New(slog.DiscardHandler)
	dir := t.TempDir()
	st, err := store.Open(t.Context(), store.Config{Dir: storetest.Made(t, dir), Logger: log})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { st.Close() })
	blobs, err := store.OpenBlobs(filepath.Join(dir, "files"))
	if err != nil {
		t.Fatal(err)
	}
	r := &rig{t: t, store: st, now: time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)}
	r.relay = relay.New(relay.Config{Store: over(st), Blobs: blobs, Desk: r, Logger: log, Now: r.clock, Grace: 5 * time.Second})
	r.relay.Add(r)
	return r
}

// clock runs an hour at each look, so that every wait is over at once.
func (r *rig) clock() time.Time {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.still {
		return time.Now()
	}
	r.now = r.now.Add(time.Hour)
	return r.now
}

func (r *rig) run() {
	r.t.Helper()
	ctx, cancel := context.WithCancel(r.t.Context())
	done := make(chan struct{})
	go func() {
		defer close(done)
		r.relay.Run(ctx)
	}()
	r.t.Cleanup(func() {
		cancel()
		<-done
	})
}

func (r *rig) say(chat, text string) {
	r.t.Helper()
	m := handlers.Message{Key: chat + text, From: handlers.Address{Channel: handlers.Telegram, Chat: chat}, User: chat, Text: text}
	if _, err := r.relay.Receive(r.t.Context(), m, r.clock()); err != nil {
		r.t.Fatal(err)
	}
}

// wait waits until ok, which is called with the rig locked.
func (r *rig) wait(what string, ok func() bool) {
	r.t.Helper()
	for end := time.Now().Add(15 * time.Second); ; time.Sleep(time.Millisecond) {
		r.mu.Lock()
		done := ok()
		r.mu.Unlock()
		if done {
			return
		}
		if time.Now().After(end) {
			r.t.Fatalf("still waiting for %s", what)
		}
	}
}

// Flooded implements relay.Desk: the boss is always heard.
func (r *rig) Flooded(ctx context.Context, tx handlers.Tx, m handlers.Message, until time.Time) (bool, error) {
	if m.User == "boss" || r.sulks != nil {
		return false, r.sulks
	}
	return true, tx.Send(ctx, m.From, handlers.Reply{Text: []handlers.Span{{Text: "wait, not kept: " + m.Text}}})
}

// Prepare, Handle and Apologize implement relay.Desk.
func (r *rig) Prepare(context.Context, handlers.Message) (handlers.Prepared, error) {
	return handlers.Prepared{}, nil
}

func (r *rig) Handle(ctx context.Context, tx handlers.Tx, m handlers.Message, _ handlers.Prepared) error {
	if r.handle != nil {
		if err := r.handle(ctx, tx, m); err != nil {
			return err
		}
	}
	r.mu.Lock()
	r.handled = append(r.handled, m.Text)
	r.seen = append(r.seen, m)
	r.mu.Unlock()
	reply := handlers.Reply{Text: []handlers.Span{{Text: "re: " + m.Text}}, Ref: cmp.Or(r.ref, "ref-"+m.Text)}
	if r.write != nil {
		reply.Draft = &handlers.Draft{Question: knowledge.Question{Text: m.Text}}
	}
	return tx.Send(ctx, m.From, reply)
}

func (r *rig) Write(ctx context.Context, reply handlers.Reply, show func(handlers.Reply)) (handlers.Reply, bool) {
	return r.write(ctx, reply, show)
}

func (r *rig) Undelivered(_ context.Context, _ handlers.Tx, to handlers.Address, reply handlers.Reply, why handlers.Why) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.givenUp = append(r.givenUp, to.Chat+" "+reply.String())
	r.whys = append(r.whys, why)
	return nil
}

func (r *rig) WithoutTopic(_ context.Context, _ handlers.Tx, to handlers.Address, why handlers.Why) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.whys = append(r.whys, why)
	return nil
}

func (r *rig) Apologize(_ context.Context, _ handlers.Tx, m handlers.Message) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.sorry = append(r.sorry, m.Text)
	return nil
}

// Name, Deliver, Preview and Fetch implement relay.Previewer.
func (r *rig) Name() handlers.Channel { return handlers.Telegram }

func (r *rig) Deliver(_ context.Context, out relay.Outbound) (relay.Receipt, error) {
	receipt := relay.Receipt{MessageID: fmt.Sprintf("m%d-%d", out.ID, out.Part)}
	if r.deliver != nil {
		var err error
		if receipt, err = r.deliver(out); err != nil {
			return receipt, err
		}
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.delivered = append(r.delivered, out)
	return receipt, nil
}

func (r *rig) Preview(ctx context.Context, _ handlers.Address, id string, reply handlers.Reply) error {
	if r.hang {
		<-ctx.Done()
		return ctx.Err()
	}
	return r.preview(id, reply)
}

func (r *rig) Fetch(_ context.Context, up handlers.Upload) (io.ReadCloser, error) { return r.fetch(up) }

func (r *rig) texts() (all []string) {
	for _, out := range r.delivered {
		all = append(all, out.Reply.String())
	}
	return all
}

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

func (l *leap) PostponeInbound(ctx context.Context, in relay.Inbound, until time.Time, cause string) error {
	l.at.Store(until.UnixNano())
	return l.Store.PostponeInbound(ctx, in, until, cause)
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

func TestUndeliverableReplies(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	tries := make(map[string]int)
	r.deliver = func(out relay.Outbound) (relay.Receipt, error) {
		text := out.Reply.String()
		tries[text]++
		switch {
		case text == "re: limited" && tries[text] < 40: // more often than attempts are allowed
			return relay.Receipt{}, &relay.RetryAfter{After: time.Minute}
		case text == "re: blocked":
			return relay.Receipt{}, relay.Permanent(errors.New("403"))
		case text == "re: shaky" && tries[text] < 4:
			return relay.Receipt{}, errors.New("502")
		case text == "re: moved" && out.To.Chat == "1":
			return relay.Receipt{}, &relay.Moved{Chat: "-1002"}
		}
		return relay.Receipt{MessageID: "m" + text}, nil
	}
	for _, text := range []string{"limited", "blocked", "shaky", "moved"} {
		r.say("1", text)
	}
	r.run()
	r.wait("three replies", func() bool { return len(r.delivered) == 3 })
	if want := []string{"re: limited", "re: shaky", "re: moved"}; !slices.Equal(r.texts(), want) {
		t.Errorf("delivered %v, want %v", r.texts(), want)
	}
	if to := r.delivered[2].To.Chat; to != "-1002" {
		t.Errorf("after the move it went to %s", to)
	}
	if want := []string{"1 re: blocked"}; !slices.Equal(r.givenUp, want) {
		t.Errorf("given up %q, want %q", r.givenUp, want)
	}
	if tries["re: blocked"] != 1 {
		t.Errorf("what is useless to try was tried %d times", tries["re: blocked"])
	}
}

func TestPartsGoOnWhereTheyStopped(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	failed := false
	r.deliver = func(out relay.Outbound) (relay.Receipt, error) {
		if out.Part == 1 && !failed {
			failed = true
			return relay.Receipt{}, errors.New("connection reset")
		}
		return relay.Receipt{MessageID: fmt.Sprint(out.Part), More: out.Part < 2}, nil
	}
	r.say("1", "long")
	r.run()
	r.wait("three parts", func() bool { return len(r.delivered) == 3 })
	for i, out := range r.delivered {
		if out.Part != i {
			t.Errorf("part %d was delivered as number %d", out.Part, i)
		}
	}
}

// A message whose chat another process takes over while it waits stays as it is for
// that process.
func TestWhatIsNotOursStays(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	refused := false
	r.deliver = func(out relay.Outbound) (relay.Receipt, error) {
		if !refused {
			refused = true
			return relay.Receipt{}, relay.ErrNotOurs
		}
		if out.Attempts != 0 || !out.Ours() {
			t.Errorf("it comes again after %d failed attempts, ours: %v", out.Attempts, out.Ours())
		}
		return relay.Receipt{MessageID: "1"}, nil
	}
	r.say("1", "hello")
	r.run()
	r.wait("the reply", func() bool { return len(r.delivered) == 1 })
	if len(r.givenUp) > 0 {
		t.Errorf("given up: %v", r.givenUp)
	}
}

func TestAnswersAndReplacementsFindTheirMessage(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	r.say("1", "a")
	r.run()
	r.wait("the first reply", func() bool { return len(r.delivered) == 1 })
	id := fmt.Sprintf("m%d-0", r.delivered[0].ID)
	m := handlers.Message{Key: "k", From: handlers.Address{Channel: handlers.Telegram, Chat: "1"}, Text: "answer", ReplyTo: id}
	if _, err := r.relay.Receive(t.Context(), m, r.clock()); err != nil {
		t.Fatal(err)
	}
	r.wait("the answer", func() bool { return len(r.seen) == 2 })
	if got := r.seen[1].Ref; got != "ref-a" {
		t.Errorf("the answer is to %q, want ref-a", got)
	}
	err := r.store.Update(t.Context(), func(tx handlers.Tx) error {
		return tx.Send(t.Context(), m.From, handlers.Reply{Text: []handlers.Span{{Text: "new"}}, Ref: "ref-a", Replace: true})
	})
	if err != nil {
		t.Fatal(err)
	}
	r.wait("the replacement", func() bool { return len(r.delivered) == 3 })
	if got := r.delivered[2].Edit; got != id {
		t.Errorf("it replaces %q, want %q", got, id)
	}
}

func TestFilesThatCannotBeHadAreMarked(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	r.fetch = func(up handlers.Upload) (io.ReadCloser, error) {
		switch up.Source {
		case "gone":
			return nil, relay.Permanent(errors.New("404"))
		case "down":
			return nil, errors.New("timeout")
		case "big":
			return io.NopCloser(io.LimitReader(zeros{}, handlers.MaxFile+1)), nil
		case "script":
			return io.NopCloser(strings.NewReader("#!/bin/sh\nMZ\x00\x01")), nil
		default:
			return io.NopCloser(strings.NewReader("%PDF-1.7")), nil
		}
	}
	var files []handlers.Upload
	for _, source := range []string{"fine", "gone", "down", "big", "script"} {
		files = append(files, handlers.Upload{Source: source, Name: source})
	}
	m := handlers.Message{Key: "k", From: handlers.Address{Channel: handlers.Telegram, Chat: "1"}, Text: "files", Files: files}
	if _, err := r.relay.Receive(t.Context(), m, r.clock()); err != nil {
		t.Fatal(err)
	}
	r.run()
	r.wait("the message", func() bool { return len(r.seen) == 1 })
	var got []string
	for _, f := range r.seen[0].Files {
		got = append(got, f.Problem)
	}
	if want := []string{"", handlers.Unfetched, handlers.Unfetched, handlers.TooBig, handlers.Unwanted}; !slices.Equal(got, want) {
		t.Errorf("problems %q, want %q", got, want)
	}
	if f := r.seen[0].Files[0]; len(f.Hash) != 64 || f.MIME != "application/pdf" || f.Size != 8 {
		t.Errorf("the good file became %+v", f)
	}
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) {
	clear(p)
	return len(p), nil
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

func TestAnAlbumIsOneMessage(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	r.fetch = func(up handlers.Upload) (io.ReadCloser, error) {
		return io.NopCloser(strings.NewReader("%PDF-1.7 " + up.Source)), nil
	}
	for i, name := range []string{"a", "b", "c"} {
		m := handlers.Message{Key: name, From: handlers.Address{Channel: handlers.Telegram, Chat: "1"}, Album: "album", Files: []handlers.Upload{{Source: name, Name: name}}}
		if i == 0 {
			m.Text = "three pages"
		}
		if _, err := r.relay.Receive(t.Context(), m, r.clock()); err != nil {
			t.Fatal(err)
		}
	}
	r.say("1", "after")
	r.run()
	r.wait("both", func() bool { return len(r.handled) == 2 })
	if want := []string{"three pages", "after"}; !slices.Equal(r.handled, want) {
		t.Errorf("handled %v, want %v", r.handled, want)
	}
	var names []string
	for _, f := range r.seen[0].Files {
		names = append(names, f.Name)
	}
	if want := []string{"a", "b", "c"}; !slices.Equal(names, want) {
		t.Errorf("the album has %v, want %v", names, want)
	}
}

// second is another channel beside the rig's.
type second struct{ *rig }

func (second) Name() handlers.Channel { return handlers.Web }

func TestAChannelThatHangsHoldsNoOtherUp(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	release := make(chan struct{})
	r.deliver = func(out relay.Outbound) (relay.Receipt, error) {
		if out.To.Channel == handlers.Telegram {
			<-release
		}
		return relay.Receipt{MessageID: "m"}, nil
	}
	r.relay.Add(second{r})
	for i := range 40 { // more than are delivered to at once
		r.say(fmt.Sprint(i), fmt.Sprint(i))
	}
	r.run()
	t.Cleanup(func() { close(release) }) // before the run is waited for
	r.wait("the messages to be handled", func() bool { return len(r.handled) == 40 })
	m := handlers.Message{Key: "w", From: handlers.Address{Channel: handlers.Web, Chat: "w"}, Text: "web"}
	if _, err := r.relay.Receive(t.Context(), m, r.clock()); err != nil {
		t.Fatal(err)
	}
	r.wait("the reply on the other channel", func() bool {
		return slices.ContainsFunc(r.delivered, func(out relay.Outbound) bool { return out.To.Channel == handlers.Web })
	})
}
