package replica

import (
	"context"
	"sync"
	"time"

	"github.com/redis/go-redis/v9"
)

// leaseTime is how long a part belongs to a replica that says nothing more. After
// a crash the others take its chats over when it has passed.
const leaseTime = 6 * time.Second

// Shares says which chats are this replica's. Every part of the chats is held by
// one replica under a lease; whoever lives gets about as many as the others. Who comes,
// goes or gives a part up says so, and the others look at once. It is safe for
// concurrent use.
//
// Times are measured on this machine's monotonic clock and on that of Redis, never
// compared. A wall clock that is set back holds nobody up: ours changes nothing, and by
// that of Redis no lease of others lasts longer than leaseTime. One that is set forward
// ends our leases until the next round, see lasts.
type Shares struct {
	hub  *Hub
	name string // of this replica, different from the others

	mu      sync.Mutex
	until   [parts]time.Time // when our lease of the part ends for us
	terms   [parts]int       // how often we have won the part
	running [parts]int       // what has begun in the part and not ended, see Begin
	leaving [parts]time.Time // since when nothing new is begun in the part; zero: it is not to go
	moved   chan struct{}    // closed and replaced when parts were won or lost
	again   chan struct{}    // holds a token when a round is due before its time

	life context.Context // of the rounds: ends with Leave
	end  context.CancelFunc
	runs sync.WaitGroup // Run
}

// NewShares returns the shares of the replica of that name. It has none before Run.
func NewShares(hub *Hub, name string) *Shares {
	s := &Shares{hub: hub, name: name, moved: make(chan struct{}), again: make(chan struct{}, 1)}
	s.life, s.end = context.WithCancel(context.Background())
	return s
}

// Mine reports whether the lane is this replica's now.
func (s *Shares) Mine(lane string) bool { return s.holds(partOf(lane)) }

// Begin is Mine for what must have ended before another replica begins with the lane: if
// it is ours, it stays so until end is called, or a round after leaseTime. end must be called.
func (s *Shares) Begin(lane string) (end func(), ok bool) { return s.begin(partOf(lane), 0) }

// begin is Begin for a part, in the term for which we hold it; 0 is any.
func (s *Shares) begin(p, term int) (end func(), ok bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !lasts(s.until[p], time.Now()) || term != 0 && term != s.terms[p] {
		return nil, false
	}
	s.running[p]++
	return sync.OnceFunc(func() {
		s.mu.Lock()
		s.running[p]--
		awaited := s.running[p] == 0 && !s.leaving[p].IsZero()
		s.mu.Unlock()
		if awaited {
			s.hurry()
		}
	}), true
}

// hurry makes the next round come now. It never blocks.
func (s *Shares) hurry() {
	select {
	case s.again <- struct{}{}:
	default:
	}
}

// tell makes the others hurry. What they do not hear they find within a round.
func (s *Shares) tell(ctx context.Context) {
	if err := s.hub.publish(ctx, s.hub.key("shares"), []byte(s.name)); err != nil && ctx.Err() == nil {
		s.hub.log.WarnContext(ctx, "the others were not told that the shares change; they find it when they look", "error", err)
	}
}

// First reports whether it is for this replica to do what only one does at a time.
func (s *Shares) First() bool { return s.holds(0) }

func (s *Shares) holds(part int) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return lasts(s.until[part], time.Now())
}

// held returns the parts that are ours now, each with the number of the term for
// which we hold it: a part that was lost and won again has another one.
func (s *Shares) held() map[int]int {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := time.Now()
	list := make(map[int]int)
	for p, until := range s.until {
		if lasts(until, now) {
			list[p] = s.terms[p]
		}
	}
	return list
}

// lasts reports whether a lease that ends then is still ours. The monotonic clock stands
// still while the machine is suspended, and by the end of that the lease is somebody
// else's: so it must last by the wall clock too.
func lasts(until, now time.Time) bool {
	return now.Before(until) && now.Round(0).Before(until.Round(0))
}

// changed is closed when parts were won or lost.
func (s *Shares) changed() <-chan struct{} {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.moved
}

// present notes that a replica lives, forgets those that have been silent, and returns
// whether it was not among the living, 1 or 0, and the names of those. Whoever was seen at
// a time to come, because the clock was set back, was seen now. KEYS: members. ARGV: name,
// milliseconds.
var present = redis.NewScript(`
local t = redis.call('TIME')
local now = t[1] * 1000 + math.floor(t[2] / 1000)
local new = redis.call('ZADD', KEYS[1], now, ARGV[1])
for _, name in ipairs(redis.call('ZRANGEBYSCORE', KEYS[1], '(' .. now, '+inf')) do
	redis.call('ZADD', KEYS[1], now, name)
end
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now - ARGV[2])
local names = redis.call('ZRANGE', KEYS[1], 0, -1)
table.insert(names, 1, tostring(new))
return names`)

// hold takes a lease that is free or ours. One of somebody else lasts no longer than he
// asked for, also where the clock of Redis was set back. KEYS: lease. ARGV: name,
// milliseconds.
var hold = redis.NewScript(`
local owner = redis.call('GET', KEYS[1])
if owner and owner ~= ARGV[1] then
	if redis.call('PTTL', KEYS[1]) > tonumber(ARGV[2]) then redis.call('PEXPIRE', KEYS[1], ARGV[2]) end
	return 0
end
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
return 1`)

// free gives a lease back that is ours. KEYS: lease. ARGV: name.
var free = redis.NewScript(`
if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) end
return 0`)

// Run takes and keeps this replica's share until ctx ends. From then on it only keeps what
// it has, so that running work can finish, until Leave gives that up.
func (s *Shares) Run(ctx context.Context) {
	if !s.enter() {
		return
	}
	defer s.runs.Done()
	sub := s.hub.rdb.Subscribe(s.life, s.hub.key("shares"))
	defer sub.Close()
	news := sub.ChannelWithSubscriptions()
	go func() { // many who tell at once make one round
		for n := range news {
			if m, said := n.(*redis.Message); !said || m.Payload != s.name { // before a subscription something may have been missed
				s.hurry()
			}
		}
	}()
	tick := time.NewTicker(leaseTime / 3)
	defer tick.Stop()
	for {
		if err := s.renew(s.life, ctx.Err() == nil); err != nil && s.life.Err() == nil {
			s.hub.log.WarnContext(ctx, "the share of the work was not renewed", "error", err)
		}
		select {
		case <-s.life.Done():
			return
		case <-tick.C:
		case <-s.again:
		}
	}
}

// enter reports whether Run may begin: not after Leave.
func (s *Shares) enter() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.life.Err() != nil {
		return false
	}
	s.runs.Add(1)
	return true
}

// renew prolongs our leases, takes free ones up to our share, if more are wanted, and gives
// up what is above it, as soon as what runs in it has ended.
func (s *Shares) renew(ctx context.Context, more bool) error {
	names, err := present.Run(ctx, s.hub.rdb, []string{s.hub.key("members")}, s.name, leaseTime.Milliseconds()).StringSlice()
	if err != nil {
		return err
	}
	joined, names := names[0] == "1", names[1:]
	share := (parts + len(names) - 1) / len(names)
	before := s.held()
	asked := time.Now()
	won := make(map[int]bool)
	for _, mine := range []bool{true, false} { // first what is ours, then what is free
		for p := range parts {
			if _, held := before[p]; held != mine || len(won) == share || !mine && !more {
				continue
			}
			ours, err := s.take(ctx, p)
			if err != nil {
				return err
			}
			if ours {
				won[p] = true
			}
		}
	}
	idle, busy := s.settle(before, won, asked)
	for _, p := range busy {
		if _, err := s.take(ctx, p); err != nil {
			return err
		}
	}
	for _, p := range idle {
		if err := free.Run(ctx, s.hub.rdb, []string{s.hub.partKey(p, "lease")}, s.name).Err(); err != nil {
			return err // it ends by itself
		}
	}
	if len(idle) > 0 || joined {
		s.tell(ctx)
	}
	return nil
}

// take prolongs or takes the lease of the part and reports whether it is ours.
func (s *Shares) take(ctx context.Context, p int) (bool, error) {
	n, err := hold.Run(ctx, s.hub.rdb, []string{s.hub.partKey(p, "lease")}, s.name, leaseTime.Milliseconds()).Int()
	return n == 1, err
}

// settle notes what a round that began when asked has brought, and returns the parts that
// are to go: the idle ones now, the busy ones when what runs in them has ended.
func (s *Shares) settle(before map[int]int, won map[int]bool, asked time.Time) (idle, busy []int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	changed := false
	for p := range parts {
		_, had := before[p]
		changed = changed || had != won[p]
		if won[p] { // a fifth early: the clocks of two machines do not go alike
			if !had {
				s.terms[p]++
			}
			s.until[p], s.leaving[p] = asked.Add(leaseTime*4/5), time.Time{}
			continue
		}
		s.until[p] = time.Time{}
		if had {
			s.leaving[p] = asked
		}
		switch {
		case s.leaving[p].IsZero():
		case s.running[p] > 0 && asked.Sub(s.leaving[p]) < leaseTime:
			busy = append(busy, p)
		default:
			s.leaving[p] = time.Time{}
			idle = append(idle, p)
		}
	}
	if changed {
		close(s.moved)
		s.moved = make(chan struct{})
	}
	return idle, busy
}

// Leave ends Run and gives all leases up. It is for after the last piece of work has ended.
func (s *Shares) Leave(ctx context.Context) {
	s.mu.Lock()
	s.end()
	s.mu.Unlock()
	s.runs.Wait()
	s.mu.Lock()
	s.until = [parts]time.Time{}
	s.mu.Unlock()
	for p := range parts { // those that were to go, too
		if err := free.Run(ctx, s.hub.rdb, []string{s.hub.partKey(p, "lease")}, s.name).Err(); err != nil {
			s.hub.log.WarnContext(ctx, "a share was not given up; the others get it when its lease ends", "error", err)
			return
		}
	}
	s.hub.rdb.ZRem(ctx, s.hub.key("members"), s.name) // else they find out when it is silent
	s.tell(ctx)
}
