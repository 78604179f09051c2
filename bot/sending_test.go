package bot

import (
	"math/rand/v2"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	tgbot "github.com/go-telegram/bot"

	"liaison/pace"
)

// counting is a server that enforces Telegram's limits, at a distance that varies.
type counting struct {
	mu      sync.Mutex
	rng     *rand.Rand
	limits  Limits
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
	full := func(seen []time.Time, w pace.Window) bool {
		return len(seen) >= w.Most && now.Sub(seen[len(seen)-w.Most]) < w.Span
	}
	if full(s.all, s.limits.overall()) || full(s.chats[chat], s.limits.ofChat(chat)) {
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
		srv := &counting{rng: rand.New(rand.NewPCG(1, 2)), limits: Limits{}.withDefaults(), chats: make(map[int64][]time.Time)}
		shared := new(pace.Memory)
		began := time.Now()
		over := func() bool { return time.Since(began) > lasts }
		var wg sync.WaitGroup
		var mu sync.Mutex
		var took []time.Duration
		chat := int64(1000)
		send := func(l *limiter, w load) time.Duration {
			began := time.Now()
			if err := l.do(t.Context(), w, func() error { return srv.call(w.chat) }); err != nil {
				t.Errorf("do = %v", err)
			}
			return time.Since(began)
		}
		for p := range 2 {
			l := newLimiter(Limits{}, shared)
			for range 16 { // as many as relay has hands for bulk messages
				wg.Go(func() {
					for !over() {
						mu.Lock()
						chat++
						w := load{chat: chat, n: 1, bulk: true}
						mu.Unlock()
						send(l, w)
					}
				})
			}
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
		group := inTime(srv.chats[-1]) / (20 * lasts.Minutes())
		if group < 0.95 {
			t.Errorf("a group gets %.1f %% of its rate", 100*group)
		}
		t.Logf("%d messages, %.1f %% of the rate, a group %.1f %%; %d answers, p50 %v, p99 %v", len(srv.all), 100*share, 100*group, len(took), p50.Round(time.Millisecond), p99.Round(time.Millisecond))
	})
}
