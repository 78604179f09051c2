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
	"liaison/store/storetest"
)

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

// running returns shares that make their rounds until stop is called; they are left at the
// end of the test.
func running(t *testing.T, h *Hub, name string) (s *Shares, stop func()) {
	t.Helper()
	s = NewShares(h, name)
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		s.Run(ctx)
	}()
	t.Cleanup(func() {
		s.Leave(context.WithoutCancel(t.Context()))
		<-ended
	})
	return s, cancel
}

// Who stops keeps what it has for the work that still runs, and takes nothing more.
func TestWhoStopsKeepsItsParts(t *testing.T) { everywhere(t, testWhoStopsKeepsItsParts) }

func testWhoStopsKeepsItsParts(t *testing.T, open opener) {
	h := open(t)
	a, stop := running(t, h, "a")
	b, _ := running(t, h, "b")
	within(t, 2*leaseTime, "two have half each", func() bool { return a.Held() == parts/2 && b.Held() == parts/2 })
	stop()
	b.Leave(t.Context())
	for began := time.Now(); time.Since(began) < leaseTime*3/2; time.Sleep(leaseTime / 50) {
		if n := a.Held(); n != parts/2 {
			t.Fatalf("%v after it was stopped it holds %d parts, had %d", time.Since(began), n, parts/2)
		}
	}
	c := join(t, h, storetest.New(t), "c")
	a.Leave(t.Context())
	c.renew(t)
	if a.Held() != 0 || c.shares.Held() != parts {
		t.Errorf("after it has left it holds %d parts, and the other %d", a.Held(), c.shares.Held())
	}
}

// Who comes and who goes is heard: parts change hands long before the next round.
func TestPartsGoOverAtOnce(t *testing.T) { everywhere(t, testPartsGoOverAtOnce) }

func testPartsGoOverAtOnce(t *testing.T, open opener) {
	h := open(t)
	soon := func(what string, ok func() bool) {
		t.Helper()
		within(t, leaseTime/6, what, ok) // rounds are twice as far apart
	}
	a, _ := running(t, h, "a")
	soon("one has all", func() bool { return a.Held() == parts })
	time.Sleep(leaseTime / 30) // its round is over
	b, stop := running(t, h, "b")
	soon("two have half each", func() bool { return a.Held() == parts/2 && b.Held() == parts/2 })
	stop()
	b.Leave(t.Context())
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
