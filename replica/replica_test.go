package replica

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"liaison/handlers"
	"liaison/knowledge"
	"liaison/knowledge/cachetest"
	"liaison/pace"
	"liaison/pace/pacetest"
	"liaison/relay"
	"liaison/store"
	"liaison/store/storetest"
)

// member is a replica whose rounds the test makes itself.
type member struct {
	*Intake
	shares *Shares
}

func join(t *testing.T, h *Hub, s *store.Store, name string) *member {
	t.Helper()
	shares := NewShares(h, name)
	m := &member{NewIntake(h, shares, s), shares}
	m.renew(t)
	return m
}

func (m *member) renew(t *testing.T) {
	t.Helper()
	if err := m.shares.renew(t.Context()); err != nil {
		t.Fatal(err)
	}
}

// reading is an Intake that reads before it is asked.
type reading struct{ *member }

func (r reading) PendingLanes(ctx context.Context, now time.Time) ([]string, error) {
	r.read(ctx, -1)
	return r.member.PendingLanes(ctx, now)
}

func (r reading) NextInbound(ctx context.Context, lane string, now time.Time) (relay.Inbound, bool, error) {
	r.read(ctx, -1)
	return r.member.NextInbound(ctx, lane, now)
}

func TestIntake(t *testing.T) { everywhere(t, testIntake) }

func testIntake(t *testing.T, open opener) {
	storetest.Intake(t, func(t *testing.T) (relay.Intake, *store.Store) {
		s := storetest.New(t)
		return reading{join(t, open(t), s, "a")}, s
	})
}

func message(chat, key string) handlers.Message {
	return handlers.Message{Key: key, From: handlers.Address{Channel: handlers.Telegram, Chat: chat}, User: chat, Text: key}
}

func TestSharesAreEvenAndNobodyElses(t *testing.T) { everywhere(t, testSharesAreEvenAndNobodyElses) }

func testSharesAreEvenAndNobodyElses(t *testing.T, open opener) {
	h, s := open(t), storetest.New(t)
	a := join(t, h, s, "a")
	if n := len(a.shares.held()); n != parts {
		t.Fatalf("the only one holds %d parts of %d", n, parts)
	}
	b, c := join(t, h, s, "b"), join(t, h, s, "c")
	if n := len(b.shares.held()) + len(c.shares.held()); n != 0 {
		t.Errorf("newcomers hold %d parts whose leases run", n)
	}
	settle(t, a, b, c)
	b.shares.Leave(t.Context())
	settle(t, a, c)
}

// settle lets the members make their rounds until everything is held, and checks
// that it is held by one, and evenly.
func settle(t *testing.T, all ...*member) {
	t.Helper()
	for deadline := time.Now().Add(2 * leaseTime); ; time.Sleep(50 * time.Millisecond) {
		total := 0
		owner := make(map[int]string)
		for _, m := range all {
			m.renew(t)
		}
		for _, m := range all {
			for p := range m.shares.held() {
				if other := owner[p]; other != "" {
					t.Fatalf("%s and %s hold part %d", other, m.shares.name, p)
				}
				owner[p] = m.shares.name
				total++
			}
		}
		if total == parts {
			break
		}
		if time.Now().After(deadline) {
			t.Fatalf("%d parts of %d are held", total, parts)
		}
	}
	for _, m := range all {
		if n := len(m.shares.held()); n > parts/len(all)+1 || n < parts/len(all)-1 {
			t.Errorf("of %d, %s holds %d parts of %d", len(all), m.shares.name, n, parts)
		}
	}
}

// Who comes and who goes is heard: parts change hands long before the next round.
func TestPartsGoOverAtOnce(t *testing.T) { everywhere(t, testPartsGoOverAtOnce) }

func testPartsGoOverAtOnce(t *testing.T, open opener) {
	h := open(t)
	run := func(name string) (s *Shares, leave func()) {
		s = NewShares(h, name)
		ctx, cancel := context.WithCancel(t.Context())
		ended := make(chan struct{})
		go func() {
			defer close(ended)
			s.Run(ctx)
		}()
		leave = sync.OnceFunc(func() {
			cancel()
			<-ended
			s.Leave(context.WithoutCancel(t.Context()))
		})
		t.Cleanup(leave)
		return s, leave
	}
	soon := func(what string, ok func() bool) {
		t.Helper()
		for began := time.Now(); !ok(); time.Sleep(5 * time.Millisecond) {
			if time.Since(began) > leaseTime/6 { // rounds are twice as far apart
				t.Fatalf("%s: not within %v", what, leaseTime/6)
			}
		}
	}
	a, _ := run("a")
	soon("one has all", func() bool { return a.Held() == parts })
	time.Sleep(leaseTime / 30) // its round is over
	b, leave := run("b")
	soon("two have half each", func() bool { return a.Held() == parts/2 && b.Held() == parts/2 })
	leave()
	soon("one has all again", func() bool { return a.Held() == parts })
}

// What has begun in a part has ended before another replica begins there, unless it takes
// for ever.
func TestPartsGoOverWhenNothingRuns(t *testing.T) { everywhere(t, testPartsGoOverWhenNothingRuns) }

func testPartsGoOverWhenNothingRuns(t *testing.T, open opener) {
	h, s := open(t), storetest.New(t)
	a := join(t, h, s, "a")
	var lanes []string // in parts that go
	for i := 0; len(lanes) < 2; i++ {
		if lane := message(fmt.Sprint(i), "").From.Lane(); partOf(lane) == parts-1-len(lanes) {
			lanes = append(lanes, lane)
		}
	}
	var ends []func()
	for _, lane := range lanes {
		end, ok := a.shares.Begin(lane)
		if !ok {
			t.Fatal("the only one has not got everything")
		}
		ends = append(ends, end)
	}
	b := join(t, h, s, "b")
	rounds := func(lane string, want bool) {
		t.Helper()
		a.renew(t)
		b.renew(t)
		if _, ok := a.shares.Begin(lane); ok || a.shares.Mine(lane) {
			t.Error("something new begins in a part that is to go")
		}
		if b.shares.Mine(lane) != want {
			t.Errorf("the other has the part: %v, want %v", !want, want)
		}
	}
	rounds(lanes[0], false)
	if n := len(b.shares.held()); n != parts/2-2 {
		t.Errorf("the other has %d parts, want all of its share in which nothing runs", n)
	}
	rounds(lanes[0], false)
	ends[0]()
	rounds(lanes[0], true)
	rounds(lanes[1], false)
	a.shares.mu.Lock()
	a.shares.leaving[partOf(lanes[1])] = time.Now().Add(-leaseTime)
	a.shares.mu.Unlock()
	rounds(lanes[1], true)
	ends[1]()
	rounds(lanes[1], true)
}

// What is being read when a part goes over is there for the next one, in its order.
func TestReadingEndsBeforeAPartGoes(t *testing.T) { everywhere(t, testReadingEndsBeforeAPartGoes) }

func testReadingEndsBeforeAPartGoes(t *testing.T, open opener) {
	h, s := open(t), storetest.New(t)
	a := join(t, h, s, "a")
	chat := ""
	for i := 0; ; i++ {
		if chat = fmt.Sprint(i); partOf(message(chat, "").From.Lane()) == parts-1 {
			break
		}
	}
	lane := message(chat, "").From.Lane()
	receive := func(key string) {
		t.Helper()
		if _, err := a.Receive(t.Context(), message(chat, key), time.Now()); err != nil {
			t.Fatal(err)
		}
	}
	a.read(t.Context(), parts-1) // which takes the part over
	held := &holding{began: make(chan struct{}), goOn: make(chan struct{})}
	h.once.AddHook(held)
	read := make(chan struct{})
	go func() {
		defer close(read)
		a.read(t.Context(), parts-1)
	}()
	<-held.began
	b := join(t, h, s, "b")
	a.renew(t)
	b.renew(t)
	if b.shares.holds(parts - 1) {
		t.Error("a part has gone over while it was read")
	}
	receive("1")
	close(held.goOn)
	<-read
	receive("2")
	a.renew(t)
	b.renew(t)
	var got []string
	for {
		in, ok, err := reading{b}.NextInbound(t.Context(), lane, time.Now())
		if err != nil {
			t.Fatal(err)
		}
		if !ok {
			break
		}
		got = append(got, in.Message.Key)
		if err := b.Handle(t.Context(), in, func(handlers.Tx) error { return nil }); err != nil {
			t.Fatal(err)
		}
	}
	if want := []string{"1", "2"}; !slices.Equal(got, want) {
		t.Errorf("the next one handles %q, want %q", got, want)
	}
}

// holding holds up the first reading of a stream.
type holding struct {
	once        sync.Once
	began, goOn chan struct{}
}

func (*holding) DialHook(next redis.DialHook) redis.DialHook { return next }
func (*holding) ProcessPipelineHook(next redis.ProcessPipelineHook) redis.ProcessPipelineHook {
	return next
}
func (h *holding) ProcessHook(next redis.ProcessHook) redis.ProcessHook {
	return func(ctx context.Context, cmd redis.Cmder) error {
		if cmd.Name() == "xreadgroup" {
			h.once.Do(func() {
				close(h.began)
				<-h.goOn
			})
		}
		return next(ctx, cmd)
	}
}

// An attempt that was taken back twice, because nobody knew whether it had been, is none.
func TestAttemptsTakenBackTwice(t *testing.T) { everywhere(t, testAttemptsTakenBackTwice) }

func testAttemptsTakenBackTwice(t *testing.T, open opener) {
	h, s := open(t), storetest.New(t)
	a := join(t, h, s, "a")
	m := message("1", "1")
	lane := m.From.Lane()
	if _, err := a.Receive(t.Context(), m, time.Now()); err != nil {
		t.Fatal(err)
	}
	next := func(r *member) {
		t.Helper()
		in, ok, err := reading{r}.NextInbound(t.Context(), lane, time.Now())
		if err != nil || !ok || in.Attempts != 0 {
			t.Fatalf("after %d attempts: %v, %v", in.Attempts, ok, err)
		}
		for range 3 {
			if err := r.PostponeInbound(t.Context(), in, time.Now(), false, "away"); err != nil {
				t.Fatal(err)
			}
		}
	}
	next(a)
	next(a)
	a.shares.Leave(t.Context())
	next(join(t, h, s, "b"))
}

// Of an album another replica may have handled a part; the rest is not lost with it.
func TestTheRestOfAnAlbum(t *testing.T) { everywhere(t, testTheRestOfAnAlbum) }

func testTheRestOfAnAlbum(t *testing.T, open opener) {
	for _, end := range []string{"handled", "parked"} {
		t.Run(end, func(t *testing.T) {
			h, s := open(t), storetest.New(t)
			a := join(t, h, s, "a")
			lane := message("1", "").From.Lane()
			for _, key := range []string{"1", "2", "3"} {
				m := message("1", key)
				m.Album = "album"
				if _, err := a.Receive(t.Context(), m, time.Now()); err != nil {
					t.Fatal(err)
				}
			}
			if _, err := s.HandleOnce(t.Context(), handlers.Telegram, []string{"1", "2"}, time.Now(), func(handlers.Tx) error { return nil }); err != nil {
				t.Fatal(err)
			}
			var done []string
			for range 10 {
				in, ok, err := reading{a}.NextInbound(t.Context(), lane, time.Now())
				if err != nil {
					t.Fatal(err)
				}
				if !ok {
					break
				}
				fn := func(handlers.Tx) error {
					done = append(done, in.Message.Key)
					return nil
				}
				if end == "handled" {
					err = a.Handle(t.Context(), in, fn)
				} else {
					err = a.ParkInbound(t.Context(), in, "cause", fn)
				}
				if err != nil {
					t.Fatal(err)
				}
			}
			if want := []string{"3"}; !slices.Equal(done, want) {
				t.Errorf("of an album %q was %s, want %q", done, end, want)
			}
			if n, _, err := a.Waiting(t.Context()); n != 0 || err != nil {
				t.Errorf("%d messages are left, %v", n, err)
			}
		})
	}
}

// Who leaves gives up what was to go, too.
func TestLeavingGivesUpEverything(t *testing.T) { everywhere(t, testLeavingGivesUpEverything) }

func testLeavingGivesUpEverything(t *testing.T, open opener) {
	h, s := open(t), storetest.New(t)
	a := join(t, h, s, "a")
	if _, ok := a.shares.begin(parts-1, 0); !ok {
		t.Fatal("the only one has not got everything")
	}
	b := join(t, h, s, "b")
	a.renew(t)
	a.shares.Leave(t.Context())
	b.renew(t)
	if n := b.shares.Held(); n != parts {
		t.Errorf("the other holds %d parts of %d", n, parts)
	}
}

// What was handled is known by the clock by which the database is cleaned up.
func TestHandledIsKnownByOneClock(t *testing.T) { everywhere(t, testHandledIsKnownByOneClock) }

func testHandledIsKnownByOneClock(t *testing.T, open opener) {
	h, s := open(t), storetest.New(t)
	a := reading{join(t, h, s, "a")}
	later := time.Now().AddDate(1, 0, 0)
	a.Now = func() time.Time { return later }
	m := message("1", "handled")
	if _, err := a.Receive(t.Context(), m, later); err != nil {
		t.Fatal(err)
	}
	in, ok, err := a.NextInbound(t.Context(), m.From.Lane(), later)
	if err != nil || !ok {
		t.Fatalf("nothing to handle: %v", err)
	}
	if err := a.Handle(t.Context(), in, func(handlers.Tx) error { return nil }); err != nil {
		t.Fatal(err)
	}
	if err := s.Cleanup(t.Context(), later); err != nil {
		t.Fatal(err)
	}
	_, err = s.HandleOnce(t.Context(), handlers.Telegram, []string{m.Key}, later, func(handlers.Tx) error {
		t.Error("it is handled again")
		return nil
	})
	if err != nil {
		t.Error(err)
	}
}

// What a replica has read and not handled when it dies, another one claims, in its
// order, with the attempts that were made; what it had handled is not done again.
func TestTakingOver(t *testing.T) { everywhere(t, testTakingOver) }

func testTakingOver(t *testing.T, open opener) {
	h, s := open(t), storetest.New(t)
	a := reading{join(t, h, s, "a")}
	for i := range 4 {
		if _, err := a.Receive(t.Context(), message("1", fmt.Sprint(i)), time.Now()); err != nil {
			t.Fatal(err)
		}
	}
	lane := message("1", "").From.Lane()
	var done []string
	handle := func(m *member, at time.Time) {
		t.Helper()
		r := reading{m}
		in, ok, err := r.NextInbound(t.Context(), lane, at)
		if err != nil || !ok {
			t.Fatalf("nothing to handle: %v", err)
		}
		if err := r.Handle(t.Context(), in, func(handlers.Tx) error {
			done = append(done, in.Message.Key)
			return nil
		}); err != nil {
			t.Fatal(err)
		}
	}
	handle(a.member, time.Now())
	in, _, err := a.NextInbound(t.Context(), lane, time.Now())
	if err != nil || in.Message.Key != "1" {
		t.Fatalf("next is %q, %v", in.Message.Key, err)
	}
	// The database notes message 1, and the process dies before Redis hears of it.
	if _, err := s.HandleOnce(t.Context(), handlers.Telegram, []string{"1"}, time.Now(), func(handlers.Tx) error {
		done = append(done, "1")
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	a.shares.Leave(t.Context()) // its leases end
	b := join(t, h, s, "b")
	reading := reading{b}
	in, ok, err := reading.NextInbound(t.Context(), lane, time.Now())
	if err != nil || !ok || in.Message.Key != "1" || in.Attempts != 1 {
		t.Fatalf("the successor begins with %+v, %v", in, err)
	}
	if err := b.Handle(t.Context(), in, func(handlers.Tx) error { t.Error("handled twice"); return nil }); err != nil {
		t.Fatal(err)
	}
	handle(b, time.Now())
	handle(b, time.Now())
	if want := []string{"0", "1", "2", "3"}; !slices.Equal(done, want) {
		t.Errorf("handled %v, want %v", done, want)
	}
	if n, err := h.rdb.XLen(t.Context(), b.stream(partOf(lane))).Result(); err != nil || n != 0 {
		t.Errorf("%d entries are left in the stream (%v)", n, err)
	}
	if n, err := h.rdb.HLen(t.Context(), b.tries(partOf(lane))).Result(); err != nil || n != 0 {
		t.Errorf("%d counts of attempts are left (%v)", n, err)
	}
}

// A part that was lost and won again is read anew: what was in memory of it may
// have been handled elsewhere.
func TestWonAgain(t *testing.T) { everywhere(t, testWonAgain) }

func testWonAgain(t *testing.T, open opener) {
	h, s := open(t), storetest.New(t)
	a := reading{join(t, h, s, "a")}
	if _, err := a.Receive(t.Context(), message("1", "0"), time.Now()); err != nil {
		t.Fatal(err)
	}
	lane := message("1", "").From.Lane()
	stale, ok, err := a.NextInbound(t.Context(), lane, time.Now())
	if err != nil || !ok {
		t.Fatal(ok, err)
	}
	a.shares.Leave(t.Context())
	b := reading{join(t, h, s, "b")}
	if m, ok, _ := b.NextInbound(t.Context(), lane, time.Now()); !ok || b.Handle(t.Context(), m, func(handlers.Tx) error { return nil }) != nil {
		t.Fatal("the other replica does not get the message")
	}
	b.shares.Leave(t.Context())
	a.renew(t)
	if _, ok, err := a.NextInbound(t.Context(), lane, time.Now()); err != nil || ok {
		t.Errorf("a message that another replica has handled comes again (%v)", err)
	}
	if err := a.Handle(t.Context(), stale, func(handlers.Tx) error { t.Error("handled twice"); return nil }); err != nil {
		t.Error(err)
	}
}

func TestPace(t *testing.T) { everywhere(t, testPace) }

func testPace(t *testing.T, open opener) {
	pacetest.Run(t, func(t *testing.T) pace.Limiter { return open(t).Pace() })
}

func TestAnswers(t *testing.T) { everywhere(t, testAnswers) }

func testAnswers(t *testing.T, open opener) {
	cachetest.Run(t, func(t *testing.T) knowledge.Cache { return open(t).Answers("a") })
	h := open(t)
	a := h.Answers("a")
	a.Put(t.Context(), "k", []byte("v"))
	if v, ok := h.Answers("b").Get(t.Context(), "k"); ok {
		t.Errorf("those who write otherwise get %q", v)
	}
	if left := h.rdb.TTL(t.Context(), a.key("k")).Val(); left <= 0 || left > knowledge.Kept {
		t.Errorf("it is kept for %v", left)
	}
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	a.Put(gone, "k", []byte("v"))
	if v, ok := a.Get(gone, "k"); ok {
		t.Errorf("where redis does not answer there is %q", v)
	}
}

// Redis may have given out messages whose answer did not arrive. They come before
// what follows.
func TestLostAnswer(t *testing.T) { everywhere(t, testLostAnswer) }

func testLostAnswer(t *testing.T, open opener) {
	h, s := open(t), storetest.New(t)
	a := reading{join(t, h, s, "a")}
	a.read(t.Context(), -1)
	lane := message("1", "").From.Lane()
	p := partOf(lane)
	receive := func(key string) {
		t.Helper()
		if _, err := a.Receive(t.Context(), message("1", key), time.Now()); err != nil {
			t.Fatal(err)
		}
	}
	lose := func() {
		t.Helper()
		got, err := h.rdb.XReadGroup(t.Context(), &redis.XReadGroupArgs{Group: group, Consumer: "a", Streams: []string{a.stream(p), ">"}, Block: -1}).Result()
		if err != nil || len(got[0].Messages) != 1 {
			t.Fatal(got, err)
		}
	}
	next := func(want string) {
		t.Helper()
		in, ok, err := a.NextInbound(t.Context(), lane, time.Now())
		if err != nil || !ok || in.Message.Key != want {
			t.Fatalf("next is %q (%v), want %q", in.Message.Key, err, want)
		}
		if err := a.Handle(t.Context(), in, func(handlers.Tx) error { return nil }); err != nil {
			t.Fatal(err)
		}
	}
	receive("0")
	lose()
	broken, cancel := context.WithCancel(t.Context())
	cancel()
	a.read(broken, -1) // the connection breaks
	receive("1")
	next("0")
	next("1")

	receive("2")
	lose() // and nothing shows it: it is found when strays are looked for
	receive("3")
	a.read(t.Context(), -1)
	if n, err := a.claim(t.Context(), p, a.parts[p], 0); err != nil || n != 1 {
		t.Fatalf("%d strays were found, %v", n, err)
	}
	next("2")
	next("3")
}

// What is in memory when Redis loses what it had is handled all the same.
func TestEmptied(t *testing.T) { everywhere(t, testEmptied) }

func testEmptied(t *testing.T, open opener) {
	h, s := open(t), storetest.New(t)
	a := reading{join(t, h, s, "a")}
	if _, err := a.Receive(t.Context(), message("1", "0"), time.Now()); err != nil {
		t.Fatal(err)
	}
	a.read(t.Context(), -1)
	lane := message("1", "").From.Lane()
	if err := h.rdb.Del(t.Context(), a.stream(partOf(lane)), a.tries(partOf(lane))).Err(); err != nil {
		t.Fatal(err)
	}
	a.read(t.Context(), -1)
	if _, err := a.Receive(t.Context(), message("1", "1"), time.Now()); err != nil {
		t.Fatal(err)
	}
	var done []string
	for range 2 {
		in, ok, err := a.NextInbound(t.Context(), lane, time.Now())
		if err != nil || !ok {
			t.Fatalf("nothing to handle: %v", err)
		}
		if err := a.Handle(t.Context(), in, func(handlers.Tx) error { done = append(done, in.Message.Key); return nil }); err != nil {
			t.Fatal(err)
		}
	}
	if want := []string{"0", "1"}; !slices.Equal(done, want) {
		t.Errorf("handled %v, want %v", done, want)
	}
}
