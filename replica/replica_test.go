package replica

import (
	"context"
	"fmt"
	"slices"
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
	if err := m.shares.renew(t.Context(), true); err != nil {
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
