package bot

import (
	"context"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	tgbot "github.com/go-telegram/bot"

	"liaison/pace"
)

// counting is a server that enforces what Telegram says of its limits, at a distance
// that varies.
type counting struct {
	mu      sync.Mutex
	rng     *rand.Rand
	strict  bool                  // no bursts, or else short ones, of five, pass
	all     []time.Time           // when messages arrived
	chats   map[int64][]time.Time // when in each chat
	refused int
}

func (s *counting) way() time.Duration {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.rng.IntN(500) == 0 { // something is lost and sent again
		return 700 * time.Millisecond
	}
	return 15*time.Millisecond + time.Duration(s.rng.ExpFloat64()*float64(5*time.Millisecond))
}

func (s *counting) call(chat int64) error {
	time.Sleep(s.way())
	ok := s.arrive(chat)
	time.Sleep(s.way())
	if !ok {
		return &tgbot.TooManyRequestsError{RetryAfter: 1}
	}
	return nil
}

func (s *counting) arrive(chat int64) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := time.Now()
	full := func(seen []time.Time, most int, span time.Duration) bool {
		return len(seen) >= most && now.Sub(seen[len(seen)-most]) < span
	}
	most, span := 5, 5*time.Second
	switch {
	case chat < 0:
		most, span = 20, time.Minute
	case s.strict:
		most, span = 1, time.Second
	}
	if full(s.all, 30, time.Second) || full(s.chats[chat], most, span) {
		s.refused++
		return false
	}
	s.all = append(s.all, now)
	s.chats[chat] = append(s.chats[chat], now)
	return true
}

// Under Telegram's own limits, from two processes that share them and over a network
// that delays messages as it likes: not one is refused, at least 95 % of what is
// allowed is used, answers do not wait for the bulk, and groups get their full rate.
func TestSendingIsFullAndNeverTooMuch(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		const lasts = 10 * time.Minute
		srv := &counting{rng: rand.New(rand.NewPCG(1, 2)), chats: make(map[int64][]time.Time)}
		shared := new(pace.Memory)
		began := time.Now()
		over := func() bool { return time.Since(began) > lasts }
		var wg sync.WaitGroup
		var mu sync.Mutex
		var took, held []time.Duration // of answers; of bulk messages, how long each kept its chat
		chat := int64(1000)
		send := func(l *limiter, w load) time.Duration {
			began := time.Now()
			if err := l.do(t.Context(), w, func(context.Context) error { return srv.call(w.chat) }); err != nil {
				t.Errorf("do = %v", err)
			}
			return time.Since(began)
		}
		for p := range 2 {
			l := newLimiter(Limits{}, shared)
			wg.Go(func() { // bulk messages, as relay begins with them
				hands := make(chan struct{}, 16)
				for !over() {
					hands <- struct{}{}
					end, err := l.turn(t.Context())
					if err != nil {
						t.Errorf("turn = %v", err)
					}
					mu.Lock()
					chat++
					w := load{chat: chat, n: 1, bulk: true, placed: end}
					mu.Unlock()
					wg.Go(func() {
						waited := send(l, w)
						<-hands
						mu.Lock()
						held = append(held, waited)
						mu.Unlock()
					})
				}
			})
			for i := range 10 { // people who ask, about five a second in all
				wg.Go(func() {
					rng := rand.New(rand.NewPCG(uint64(p), uint64(i)))
					for !over() {
						time.Sleep(time.Duration(rng.ExpFloat64() * float64(4*time.Second)))
						d := send(l, load{chat: int64(100*p + i + 1), n: 1})
						mu.Lock()
						took = append(took, d)
						mu.Unlock()
					}
				})
			}
			wg.Go(func() { // a group that never has enough
				for !over() {
					send(l, load{chat: -1 - int64(p), n: 1})
				}
			})
		}
		wg.Wait()
		if srv.refused > 0 {
			t.Errorf("%d of %d were refused", srv.refused, len(srv.all))
		}
		inTime := func(all []time.Time) float64 { // what came later waited for its turn
			n, _ := slices.BinarySearchFunc(all, began.Add(lasts), time.Time.Compare)
			return float64(n)
		}
		share := inTime(srv.all) / (30 * lasts.Seconds())
		if share < 0.95 {
			t.Errorf("%.1f %% of the rate", 100*share)
		}
		slices.Sort(took)
		p50, p99 := took[len(took)/2], took[len(took)*99/100]
		if p99 >= time.Second {
			t.Errorf("answers took %v, p99 %v", p50, p99)
		}
		slices.Sort(held)
		kept := held[len(held)*95/100]
		if kept >= 600*time.Millisecond {
			t.Errorf("bulk messages keep their chats for %v (p95)", kept)
		}
		group := inTime(srv.chats[-1]) / (20 * lasts.Minutes())
		if group < 0.95 {
			t.Errorf("a group gets %.1f %% of its rate", 100*group)
		}
		t.Logf("%d messages, %.1f %% of the rate, a group %.1f %%; %d answers, p50 %v, p99 %v; a chat is kept %v (p95)", len(srv.all), 100*share, 100*group, len(took), p50.Round(time.Millisecond), p99.Round(time.Millisecond), kept.Round(time.Millisecond))
	})
}

// A Telegram that lets no burst pass refuses one message, not one more, and after it
// everybody gets what there is for them, one a second.
func TestStrictTelegramRefusesOnce(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		srv := &counting{rng: rand.New(rand.NewPCG(3, 4)), strict: true, chats: make(map[int64][]time.Time)}
		l := newLimiter(Limits{}, new(pace.Memory))
		const people, each = 10, 20
		send := func(chat int64) {
			for {
				err := l.do(t.Context(), load{chat: chat, n: 1}, func(context.Context) error { return srv.call(chat) })
				if err == nil {
					return
				}
			}
		}
		for range 2 {
			send(1) // and the second comes too soon
		}
		var wg sync.WaitGroup
		began := time.Now()
		for chat := range int64(people) {
			wg.Go(func() {
				for range each {
					send(chat + 1)
				}
			})
		}
		wg.Wait()
		if srv.refused != 1 {
			t.Errorf("%d were refused", srv.refused)
		}
		for chat, seen := range srv.chats {
			if n := len(seen); n != each && chat != 1 || n != each+2 && chat == 1 {
				t.Errorf("person %d got %d", chat, n)
			}
		}
		if d := time.Since(began); d > each*time.Second*21/20+5*time.Second {
			t.Errorf("%d messages to each took %v", each, d)
		}
	})
}
