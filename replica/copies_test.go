package replica

import (
	"context"
	"fmt"
	"io"
	"net"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"liaison/handlers"
	"liaison/replica/redistest"
	"liaison/store/storetest"
)

// When the master dies, its replica takes its place, with what was taken in.
func TestFailover(t *testing.T) {
	t.Parallel()
	g := redistest.Guard(t, nil)
	h, s := open(t, g.URL), storetest.New(t)
	a := join(t, h, s, "a")
	if _, err := a.Receive(t.Context(), message("1", "0"), time.Now()); err != nil {
		t.Fatal(err)
	}
	g.Master.Kill()
	// On a busy machine this may take so long that there is a new master before it ends.
	if _, err := a.Receive(t.Context(), message("1", "1"), time.Now()); err == nil && !g.Replica.Says("role:master") {
		t.Error("a message was taken in without a master")
	}
	eventually(t, "the new master", func() bool {
		_, err := a.Receive(t.Context(), message("1", "1"), time.Now())
		return err == nil
	})
	a.renew(t)
	r, lane := reading{a}, message("1", "").From.Lane()
	for _, want := range []string{"0", "1"} {
		in, ok, err := r.NextInbound(t.Context(), lane, time.Now())
		if err != nil || !ok || in.Message.Key != want {
			t.Fatalf("next is %q (%v), want %q", in.Message.Key, err, want)
		}
		if err := r.Handle(t.Context(), in, func(handlers.Tx) error { return nil }); err != nil {
			t.Fatal(err)
		}
	}
}

// What the replica does not have is not confirmed, however often it comes.
func TestReplicaDoesNotFollow(t *testing.T) {
	t.Parallel()
	g := redistest.Guard(t, nil)
	h, s := open(t, g.URL), storetest.New(t)
	a := join(t, h, s, "a")
	receive := func(h *Hub, key string) (bool, error) {
		return NewIntake(h, a.shares, s).Receive(t.Context(), message("1", key), time.Now())
	}
	if fresh, err := receive(h, "0"); err != nil || !fresh {
		t.Fatal(fresh, err)
	}
	resume := g.Replica.Pause(t)
	if _, err := receive(h, "1"); err == nil || !strings.Contains(err.Error(), "no replica") {
		t.Errorf("what no replica has is confirmed (%v)", err)
	}
	other := open(t, g.URL) // has written nothing yet that it could wait for
	other.prefix = h.prefix
	if _, err := receive(other, "1"); err == nil {
		t.Error("it is confirmed when it comes again")
	}
	resume()
	if fresh, err := receive(other, "1"); err != nil || fresh {
		t.Errorf("with the replica it is new: %v, %v", fresh, err)
	}
}

// Of what the replica has later than the master, a failover loses nothing that was
// confirmed.
func TestFailoverLosesNothingConfirmed(t *testing.T) {
	t.Parallel()
	var way *slowWay
	g := redistest.Guard(t, func(addr string) string {
		way = newSlowWay(t, addr, 20*time.Millisecond)
		return way.addr
	})
	h, s := open(t, g.URL), storetest.New(t)
	a := join(t, h, s, "a")
	const most = 600
	var mu sync.Mutex
	var confirmed []string
	var next, failed atomic.Int32
	var wg sync.WaitGroup
	for range 16 {
		wg.Go(func() {
			for {
				n := int(next.Add(1))
				if n > most {
					return
				}
				m := message(fmt.Sprint(n), fmt.Sprint(n))
				_, err := a.Receive(t.Context(), m, time.Now())
				for end := time.Now().Add(30 * time.Second); err != nil && time.Now().Before(end); { // as Telegram sends it again
					failed.Add(1)
					time.Sleep(50 * time.Millisecond)
					_, err = a.Receive(t.Context(), m, time.Now())
				}
				if err != nil {
					t.Error(err)
					return
				}
				mu.Lock()
				confirmed = append(confirmed, m.Key)
				now := len(confirmed)
				mu.Unlock()
				if now == most/2 {
					way.cut() // what is under way is lost
					time.Sleep(100 * time.Millisecond)
					g.Master.Kill()
				}
			}
		})
	}
	wg.Wait()
	if failed.Load() == 0 || !g.Replica.Says("role:master") {
		t.Fatal("there was no failover")
	}
	there := make(map[string]bool)
	a.shares.Leave(t.Context())
	if _, err := a.Drain(t.Context(), func(m handlers.Message) error { there[m.Key] = true; return nil }); err != nil {
		t.Fatal(err)
	}
	lost := 0
	for _, key := range confirmed {
		if !there[key] {
			lost++
		}
	}
	if lost > 0 || len(confirmed) != most {
		t.Errorf("of %d messages that were confirmed %d are lost", len(confirmed), lost)
	}
}

func TestStanding(t *testing.T) {
	t.Parallel()
	now := time.Now()
	says := func(id string, replicas ...string) string {
		return "role:master\r\n" + strings.Join(replicas, "") + "master_replid:" + id + "\r\nmaster_replid2:0\r\n"
	}
	slave := func(state string, lag int) string {
		return fmt.Sprintf("slave0:ip=127.0.0.1,port=6379,state=%s,offset=14,lag=%d\r\n", state, lag)
	}
	var s standing
	for _, step := range []struct {
		what  string
		after time.Duration
		info  string
		want  bool
	}{
		{"a master alone", 0, says("a"), false},
		{"a replica that is being filled", time.Second, says("a", slave("wait_bgsave", 0)), false},
		{"one that follows", time.Second, says("a", slave("online", 1)), true},
		{"one that is gone", time.Second, says("a"), true},
		{"gone for long", missedFor, says("a"), false},
		{"back", time.Second, says("a", slave("online", 0)), true},
		{"silent", time.Second, says("a", slave("online", mostLag+1)), true},
		{"silent for long", missedFor, says("a", slave("online", mostLag+70)), false},
		{"back once more", time.Second, says("a", slave("online", 0)), true},
		{"another master, alone", time.Second, says("b"), false},
	} {
		now = now.Add(step.after)
		s = s.hears(step.info, now)
		if got := s.copied(now); got != step.want {
			t.Errorf("%s: copied is %v", step.what, got)
		}
	}
}

func TestWarnings(t *testing.T) {
	t.Parallel()
	h := open(t, "redis://"+redistest.New(t).Addr)
	set := func(name, value string) {
		t.Helper()
		if err := h.rdb.ConfigSet(t.Context(), name, value).Err(); err != nil {
			t.Fatal(err)
		}
	}
	if got := h.settings(t.Context()); len(got) != 0 {
		t.Errorf("of a server that loses nothing: %q", got)
	}
	for _, bad := range []struct{ name, value string }{{"appendfsync", "everysec"}, {"appendonly", "no"}} {
		set(bad.name, bad.value)
		if got := h.settings(t.Context()); len(got) != 1 || !strings.Contains(got[0], bad.name+" is "+bad.value) {
			t.Errorf("with %s %s: %q", bad.name, bad.value, got)
		}
	}
}

// Who asks again gets the last warnings, without Redis being asked; after a while it is.
func TestWarningsAreRemembered(t *testing.T) {
	t.Parallel()
	h := open(t, "redis://"+redistest.New(t).Addr)
	asked := func() int {
		t.Helper()
		info, err := h.rdb.Info(t.Context(), "commandstats").Result()
		if err != nil {
			t.Fatal(err)
		}
		_, rest, _ := strings.Cut(info, "cmdstat_config|get:calls=")
		n := 0
		fmt.Sscanf(rest, "%d", &n) // none yet: 0
		return n
	}
	before := asked() // Open has asked
	if err := h.rdb.ConfigSet(t.Context(), "appendonly", "no").Err(); err != nil {
		t.Fatal(err)
	}
	for range 3 {
		if got := h.Warnings(t.Context()); len(got) != 0 {
			t.Errorf("a moment later it says %q", got)
		}
	}
	if n := asked() - before; before == 0 || n != 0 {
		t.Errorf("it was asked %d times before, and %d times again", before, n)
	}
	h.warned.at = h.warned.at.Add(-warnedFor)
	gone, cancel := context.WithCancel(t.Context())
	cancel() // who asks may leave: the answer is for others too
	for range 3 {
		if got := h.Warnings(gone); len(got) != 1 {
			t.Errorf("after a while it says %q", got)
		}
	}
	if n := asked() - before; n != 1 {
		t.Errorf("it was asked %d times after a while", n)
	}
}

// BenchmarkReceive is what it costs that a replica has it too.
func BenchmarkReceive(b *testing.B) {
	for _, kind := range []struct {
		name string
		url  func() string
	}{
		{"alone", func() string { return "redis://" + redistest.New(b).Addr }},
		{"replica", func() string { return redistest.Guard(b, nil).URL }},
	} {
		b.Run(kind.name, func(b *testing.B) {
			h, s := open(b, kind.url()), storetest.New(b)
			in := NewIntake(h, NewShares(h, "a"), s)
			for n := 0; b.Loop(); n++ {
				if _, err := in.Receive(context.Background(), message("1", fmt.Sprint(n)), time.Now()); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// slowWay leads to a server; what goes there and back arrives late, and what is under
// way when it is cut never does.
type slowWay struct {
	addr string
	over chan struct{}
	once sync.Once
}

func newSlowWay(t *testing.T, to string, late time.Duration) *slowWay {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	w := &slowWay{addr: l.Addr().String(), over: make(chan struct{})}
	t.Cleanup(w.cut)
	go func() {
		<-w.over
		l.Close()
	}()
	go func() {
		for {
			in, err := l.Accept()
			if err != nil {
				return
			}
			out, err := net.Dial("tcp", to)
			if err != nil {
				in.Close()
				continue
			}
			go w.carry(in, out, late)
			go w.carry(out, in, late)
			go func() {
				<-w.over
				in.Close()
				out.Close()
			}()
		}
	}()
	return w
}

func (w *slowWay) cut() { w.once.Do(func() { close(w.over) }) }

// carry copies what comes, each piece late.
func (w *slowWay) carry(to io.WriteCloser, from io.Reader, late time.Duration) {
	type piece struct {
		at   time.Time
		body []byte
	}
	pieces := make(chan piece, 1<<16)
	go func() {
		defer close(pieces)
		for {
			body := make([]byte, 64<<10)
			n, err := from.Read(body)
			if n > 0 {
				pieces <- piece{time.Now().Add(late), body[:n]}
			}
			if err != nil {
				return
			}
		}
	}()
	defer to.Close()
	for p := range pieces {
		select {
		case <-w.over:
			return
		case <-time.After(time.Until(p.at)):
		}
		if _, err := to.Write(p.body); err != nil {
			return
		}
	}
}
