package replica

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"sync"
	"time"

	"github.com/redis/go-redis/v9"

	"liaison/handlers"
	"liaison/relay"
)

const (
	group   = "desk" // the consumer group; its consumers are the replicas
	field   = "m"    // of a stream's entry: the message as JSON
	seenFor = 24 * time.Hour

	// look is how often a stream is read that nobody said anything about.
	look = 500 * time.Millisecond
	// ahead is how many messages of a part are held in memory at most.
	ahead = 2000
	// batch is how many are read at once.
	batch = 200
	// stray is after how long a message is claimed that somebody has read and nobody
	// has in memory, and how often that is looked for.
	stray = 2 * leaseTime
)

// Keeper is the database's side of the Intake: it knows for 90 days what was handled.
type Keeper interface {
	// HandleOnce runs fn and notes the keys as handled, in one transaction. If the
	// first key is noted already, fn is not run, no other key is noted, and first is false.
	HandleOnce(ctx context.Context, ch handlers.Channel, keys []string, at time.Time, fn func(handlers.Tx) error) (first bool, err error)
	// Ready reports why the database takes nothing now, nil when it does. It is cheap.
	Ready(ctx context.Context) error
	// ParkOnce does so for a message that is given up, which it keeps with the cause.
	ParkOnce(ctx context.Context, m relay.Inbound, keys []string, cause string, at time.Time, fn func(handlers.Tx) error) (first bool, err error)
}

// Intake is the inbox of several replicas: a stream for each part of the chats,
// read by whoever holds the part. It implements relay.Intake, for the lanes that
// are this replica's. A message stays in its stream until the database has noted
// it as handled; after a crash, whoever gets the part claims it.
type Intake struct {
	hub    *Hub
	shares *Shares
	keeper Keeper

	// Arrived, if set before Run, is called when there may be something to handle.
	Arrived func()
	// Won, if set before Run, is called when other parts are ours than before.
	Won func()
	// Now dates what the database keeps; it is the clock by which that is removed one day.
	// It may be set before Run. Defaults to time.Now.
	Now func() time.Time

	mu    sync.Mutex
	parts map[int]*share
}

var _ relay.Intake = (*Intake)(nil)

// share is what is in memory of a part that is held.
type share struct {
	term  int
	lanes map[string][]*entry // in the order of their ids
	count int
	done  []*entry // handled, and still in the stream because Redis did not answer
	swept time.Time
}

// entry is a message in a stream.
type entry struct {
	id       string
	number   int64 // the id as one number
	m        handlers.Message
	begun    bool // this attempt is counted
	attempts int  // that ended without success
	after    time.Time
}

// NewIntake returns the inbox of this replica; nothing is read before Run.
func NewIntake(hub *Hub, shares *Shares, keeper Keeper) *Intake {
	return &Intake{hub: hub, shares: shares, keeper: keeper, Now: time.Now, parts: make(map[int]*share)}
}

// receive adds a message whose key is new, and writes in any case. KEYS: seen, stream.
// ARGV: message, milliseconds for which the key is known.
const receive = `
if not redis.call('SET', KEYS[1], '1', 'NX', 'PX', ARGV[2]) then
	redis.call('PEXPIRE', KEYS[1], ARGV[2])
	return 0
end
redis.call('XADD', KEYS[2], '*', '` + field + `', ARGV[1])
return 1`

// Receive implements relay.Intake: any replica takes any message in. A key is known
// for a day here, and for 90 days in the database once its message is handled. It is taken
// in when a replica of Redis, where there are any, has it too; one that comes again after
// an error waits for that again. While the database is away nothing is taken in: the
// channel keeps it better than we do.
func (in *Intake) Receive(ctx context.Context, m handlers.Message, _ time.Time) (bool, error) {
	body, err := json.Marshal(m)
	if err != nil {
		return false, err
	}
	if err := in.keeper.Ready(ctx); err != nil {
		return false, fmt.Errorf("taking a message in: the database: %w", err)
	}
	p := partOf(m.From.Lane())
	n, err := in.hub.durably(ctx, receive, []string{in.seen(p, m), in.stream(p)}, body, seenFor.Milliseconds())
	if err != nil {
		return false, fmt.Errorf("taking a message in: %w", err)
	}
	if n == 1 {
		in.hub.rdb.Publish(ctx, in.hub.key("arrived"), p) // else it is found at the next look
	}
	return n == 1, nil
}

func (in *Intake) stream(part int) string { return in.hub.partKey(part, "in") }
func (in *Intake) tries(part int) string  { return in.hub.partKey(part, "tries") }

// Run reads the streams of this replica's parts until ctx ends.
func (in *Intake) Run(ctx context.Context) {
	sub := in.hub.rdb.Subscribe(ctx, in.hub.key("arrived"))
	defer sub.Close()
	heard := sub.Channel()
	tick := time.NewTicker(look)
	defer tick.Stop()
	changed := in.shares.changed()
	in.read(ctx, -1)
	for ctx.Err() == nil {
		select {
		case <-ctx.Done():
		case msg, ok := <-heard:
			if !ok {
				heard = nil // ctx has ended
				continue
			}
			if p, err := strconv.Atoi(msg.Payload); err == nil && in.shares.holds(p) {
				in.read(ctx, p)
			}
		case <-tick.C:
			in.read(ctx, -1)
		case <-changed:
			changed = in.shares.changed()
			in.read(ctx, -1)
			if in.Won != nil {
				in.Won()
			}
		}
	}
}

// PendingLanes implements relay.Intake. The lane that has waited longest is first.
func (in *Intake) PendingLanes(_ context.Context, now time.Time) ([]string, error) {
	type head struct {
		lane string
		n    int64
	}
	var heads []head
	in.mu.Lock()
	for p, s := range in.parts {
		if !in.shares.holds(p) {
			continue
		}
		for lane, queue := range s.lanes {
			if relay.Due(queue[0].after, now, relay.LongestHandleWait) {
				heads = append(heads, head{lane, queue[0].number})
			}
		}
	}
	in.mu.Unlock()
	slices.SortFunc(heads, func(a, b head) int { return cmp.Compare(a.n, b.n) })
	lanes := make([]string, len(heads))
	for i, h := range heads {
		lanes[i] = h.lane
	}
	return lanes, nil
}

// NextInbound implements relay.Intake. It counts the attempt before it begins, so
// that a message that ends the process is given up one day too.
func (in *Intake) NextInbound(ctx context.Context, lane string, now time.Time) (relay.Inbound, bool, error) {
	p := partOf(lane)
	if !in.shares.holds(p) {
		return relay.Inbound{}, false, nil
	}
	in.mu.Lock()
	e := in.head(lane)
	if e == nil || !relay.Due(e.after, now, relay.LongestHandleWait) {
		in.mu.Unlock()
		return relay.Inbound{}, false, nil
	}
	begun := e.begun
	in.mu.Unlock()
	if !begun { // a lane is worked on by one at a time
		n, err := in.hub.rdb.HIncrBy(ctx, in.tries(p), e.id, 1).Result()
		if err != nil {
			return relay.Inbound{}, false, err
		}
		in.mu.Lock()
		e.begun, e.attempts = true, max(int(n-1), 0) // what takes an attempt back may be repeated
		in.mu.Unlock()
	}
	in.mu.Lock()
	defer in.mu.Unlock()
	out := relay.Inbound{ID: e.number, Message: e.m, Attempts: e.attempts, Behind: in.behind(lane, e)}
	out.Message.Files = slices.Clone(e.m.Files)
	for _, also := range in.album(lane, e) {
		out.Also = append(out.Also, also.number)
		out.Message.Join(also.m)
	}
	return out, true, nil
}

// behind reports whether others follow the entry in its lane. in.mu is held.
func (in *Intake) behind(lane string, e *entry) bool {
	s := in.parts[partOf(lane)]
	return s != nil && len(s.lanes[lane]) > 1 && s.lanes[lane][0] == e
}

// maxAlbum is how many messages an album may have; Telegram allows ten.
const maxAlbum = 10

// head returns the first entry of a lane, nil when there is none. in.mu is held.
func (in *Intake) head(lane string) *entry {
	s := in.parts[partOf(lane)]
	if s == nil || len(s.lanes[lane]) == 0 {
		return nil
	}
	return s.lanes[lane][0]
}

// album returns the entries that follow the first one in its album. in.mu is held.
func (in *Intake) album(lane string, first *entry) []*entry {
	s := in.parts[partOf(lane)]
	if first.m.Album == "" || s == nil {
		return nil
	}
	queue := s.lanes[lane]
	n := 1
	for n < len(queue) && n < maxAlbum && queue[n].m.Album == first.m.Album {
		n++
	}
	return queue[1:n]
}

// taken returns the entries that the message was made of, the first one first.
// None means that the part has gone to another replica meanwhile, with its keys.
func (in *Intake) taken(m relay.Inbound) []*entry {
	in.mu.Lock()
	defer in.mu.Unlock()
	s := in.parts[partOf(m.Message.From.Lane())]
	if s == nil {
		return nil
	}
	numbers := append([]int64{m.ID}, m.Also...)
	var out []*entry
	for _, e := range s.lanes[m.Message.From.Lane()] {
		if slices.Contains(numbers, e.number) {
			out = append(out, e)
		}
	}
	return out
}

func keys(entries []*entry) []string {
	out := make([]string, len(entries))
	for i, e := range entries {
		out[i] = e.m.Key
	}
	return out
}

// Handle implements relay.Intake.
func (in *Intake) Handle(ctx context.Context, m relay.Inbound, fn func(handlers.Tx) error) error {
	return in.note(ctx, m, func(keys []string) (bool, error) {
		return in.keeper.HandleOnce(ctx, m.Message.From.Channel, keys, in.Now(), fn)
	})
}

// ParkInbound implements relay.Intake: the message leaves the stream and is kept in
// the database with its cause.
func (in *Intake) ParkInbound(ctx context.Context, m relay.Inbound, cause string, fn func(handlers.Tx) error) error {
	if fn == nil {
		fn = func(handlers.Tx) error { return nil }
	}
	return in.note(ctx, m, func(keys []string) (bool, error) {
		return in.keeper.ParkOnce(ctx, m, keys, cause, in.Now(), fn)
	})
}

// note lets the database note the keys of the message, if it is ours, and takes out of the
// stream what the database knows by then: all of the message when it was the first time,
// else what has the first key. Another replica may have had less of an album.
func (in *Intake) note(ctx context.Context, m relay.Inbound, once func(keys []string) (first bool, err error)) error {
	entries := in.taken(m)
	if len(entries) == 0 || entries[0].number != m.ID {
		return nil // another replica does it
	}
	first, err := once(keys(entries))
	if err != nil {
		return err
	}
	if !first {
		entries = entries[:1]
	}
	in.finish(ctx, m.Message.From.Lane(), entries)
	return nil
}

// PostponeInbound implements relay.Intake. When to try again is known to this
// replica alone: another one that gets the part tries at once.
func (in *Intake) PostponeInbound(ctx context.Context, m relay.Inbound, until time.Time, counted bool, _ string) error {
	lane := m.Message.From.Lane()
	in.mu.Lock()
	e := in.head(lane)
	if e == nil || e.number != m.ID {
		in.mu.Unlock()
		return nil
	}
	e.begun, e.after = false, until
	in.mu.Unlock()
	if counted {
		return nil
	}
	return in.hub.rdb.HIncrBy(ctx, in.tries(partOf(lane)), e.id, -1).Err()
}

// finish takes handled entries out of their lane and their stream. What Redis does
// not hear of now it is told at the next look; who claims it before finds its keys
// in the database.
func (in *Intake) finish(ctx context.Context, lane string, entries []*entry) {
	p := partOf(lane)
	in.mu.Lock()
	s := in.parts[p]
	if s == nil {
		in.mu.Unlock()
		return
	}
	queue := slices.DeleteFunc(s.lanes[lane], func(e *entry) bool { return slices.Contains(entries, e) })
	s.count -= len(entries)
	if len(queue) == 0 {
		delete(s.lanes, lane)
	} else {
		s.lanes[lane] = queue
	}
	s.done = append(s.done, entries...)
	in.mu.Unlock()
	if err := in.clear(ctx, p, s); err != nil && ctx.Err() == nil {
		in.hub.log.WarnContext(ctx, "a handled message stays in the inbox for now", "part", p, "error", err)
	}
}

// clear removes what is handled from the stream.
func (in *Intake) clear(ctx context.Context, p int, s *share) error {
	in.mu.Lock()
	done := s.done
	s.done = nil
	in.mu.Unlock()
	if len(done) == 0 {
		return nil
	}
	ids := make([]string, len(done))
	for i, e := range done {
		ids[i] = e.id
	}
	_, err := in.hub.rdb.TxPipelined(ctx, func(pipe redis.Pipeliner) error {
		pipe.XAck(ctx, in.stream(p), group, ids...)
		pipe.XDel(ctx, in.stream(p), ids...)
		pipe.HDel(ctx, in.tries(p), ids...)
		return nil
	})
	if err != nil {
		in.mu.Lock()
		s.done = append(done, s.done...)
		in.mu.Unlock()
	}
	return err
}
