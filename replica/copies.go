package replica

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/redis/go-redis/v9"
)

// Redis answers before its replicas have what it was given. Were it to die then, one of
// them would take its place without; so what must not be lost waits until one of them
// says that it has it.

const (
	// ackTime is how long a replica may take to say so.
	ackTime = time.Second
	// askEvery is how often a master is asked whether it has replicas.
	askEvery = time.Second
	// missedFor is how long a replica that is gone is waited for: it may be about to take
	// the place of a master that nobody but us reaches any more.
	missedFor = time.Minute
	// mostLag is how long a replica that follows may be silent.
	mostLag = 10 // seconds
)

// standing is what is known of a master.
type standing struct {
	asked    time.Time // zero: never
	id       string    // of its history, which begins anew with each master
	followed time.Time // when a replica last followed it; zero: never
}

// standings are those of the masters by their connections.
type standings struct {
	mu sync.Mutex
	of map[*redis.Client]standing
}

// follower matches what a master says of a replica to INFO replication: its host and port,
// its state, and for how many seconds it has said nothing.
var follower = regexp.MustCompile(`(?m)^slave\d+:ip=([^,]+),port=(\d+),state=(\w+),(?:.*,)?lag=(\d+)`)

// hears brings in what the master has answered to INFO replication.
func (s standing) hears(info string, now time.Time) standing {
	_, id, _ := strings.Cut(info, "master_replid:")
	id, _, _ = strings.Cut(id, "\r\n")
	if id != s.id {
		s = standing{id: id}
	}
	s.asked = now
	for _, m := range follower.FindAllStringSubmatch(info, -1) {
		if lag, err := strconv.Atoi(m[4]); err == nil && m[3] == "online" && lag <= mostLag {
			s.followed = now
		}
	}
	return s
}

// copied reports whether what the master takes in is to be on a replica too.
func (s standing) copied(now time.Time) bool {
	return !s.followed.IsZero() && now.Sub(s.followed) < missedFor
}

// standing returns what is known of the master that c leads to, askEvery old at most.
func (h *Hub) standing(ctx context.Context, c *redis.Client) (standing, error) {
	h.masters.mu.Lock()
	s := h.masters.of[c]
	h.masters.mu.Unlock()
	if !s.asked.IsZero() && time.Since(s.asked) < askEvery {
		return s, nil
	}
	info, err := c.Info(ctx, "replication").Result()
	if err != nil {
		return s, err
	}
	h.masters.mu.Lock()
	defer h.masters.mu.Unlock()
	if h.masters.of == nil {
		h.masters.of = make(map[*redis.Client]standing)
	}
	s = h.masters.of[c].hears(info, time.Now())
	h.masters.of[c] = s
	return s, nil
}

// durably runs a script, which must write under keys whatever it finds, and returns its
// number once a replica has what it wrote, if there are replicas. After an error it may
// have written or not.
func (h *Hub) durably(ctx context.Context, script string, keys []string, args ...any) (int, error) {
	master, err := h.master(ctx, keys[0])
	if err != nil {
		return 0, err
	}
	var done *redis.Cmd
	err = h.acknowledged(ctx, master, func(pipe redis.Pipeliner) { done = pipe.Eval(ctx, script, keys, args...) })
	if err = h.reloading(ctx, err); err != nil {
		return 0, err
	}
	return done.Int()
}

// reloading returns the error of a master's; after one another node may be the master.
func (h *Hub) reloading(ctx context.Context, err error) error {
	if c, ok := h.rdb.(*redis.ClusterClient); ok && err != nil {
		c.ReloadState(ctx)
	}
	return err
}

// acknowledged runs commands that write on the master, and ends without an error once a
// replica has what they wrote, if there are replicas.
func (h *Hub) acknowledged(ctx context.Context, master *redis.Client, write func(redis.Pipeliner)) error {
	s, err := h.standing(ctx, master)
	if err != nil {
		return err
	}
	var copies *redis.IntCmd
	wait := s.copied(time.Now())
	_, err = master.Pipelined(ctx, func(pipe redis.Pipeliner) error {
		write(pipe)
		if !wait {
			return nil
		}
		// Of what was written on this connection.
		copies = redis.NewIntCmd(ctx, "WAIT", 1, ackTime.Milliseconds())
		return pipe.Process(ctx, copies)
	})
	if err != nil {
		return err
	}
	if wait && copies.Val() == 0 {
		return fmt.Errorf("no replica of redis had it within %v; without one nothing is taken in until %s",
			ackTime, s.followed.Add(missedFor).Format(time.TimeOnly))
	}
	return nil
}

// master returns the connection to the master that has the key.
func (h *Hub) master(ctx context.Context, key string) (*redis.Client, error) {
	if c, ok := h.rdb.(*redis.ClusterClient); ok {
		return c.MasterForKey(ctx, key)
	}
	return h.rdb.(*redis.Client), nil
}

// eachMaster calls fn for each master.
func (h *Hub) eachMaster(ctx context.Context, fn func(context.Context, *redis.Client) error) error {
	if c, ok := h.rdb.(*redis.ClusterClient); ok {
		return c.ForEachMaster(ctx, fn)
	}
	return fn(ctx, h.rdb.(*redis.Client))
}

// durability are the settings without which a server loses what it has taken in.
var durability = []struct{ name, want, loss string }{
	{"appendonly", "yes", "what was taken in and not handled is lost when redis ends"},
	{"appendfsync", "always", "what was taken in last is lost when redis crashes"},
}

// warnedFor is how old warnings may be that are given again.
const warnedFor = 10 * time.Second

// warned are the last warnings.
type warned struct {
	mu   sync.Mutex
	at   time.Time // zero: never
	list []string
}

// Warnings tells of settings that let Redis lose what it has taken in, each once. It asks
// every ten seconds at most. Servers of providers often do not tell their settings; then
// nothing is said of them.
func (h *Hub) Warnings(ctx context.Context) []string {
	h.warned.mu.Lock()
	defer h.warned.mu.Unlock()
	if h.warned.at.IsZero() || time.Since(h.warned.at) >= warnedFor {
		h.warned.list = h.settings(context.WithoutCancel(ctx)) // not for the asker alone
		h.warned.at = time.Now()
	}
	return slices.Clone(h.warned.list)
}

// settings is Warnings, asked now.
func (h *Hub) settings(ctx context.Context) []string {
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	var mu sync.Mutex
	var out []string
	_ = h.eachMaster(ctx, func(ctx context.Context, c *redis.Client) error { // that it does not answer tells Ping
		for _, d := range durability {
			got, err := c.ConfigGet(ctx, d.name).Result()
			if err != nil || got[d.name] == "" || got[d.name] == d.want {
				continue
			}
			line := fmt.Sprintf("%s is %s: %s; set it to %s", d.name, got[d.name], d.loss, d.want)
			mu.Lock()
			defer mu.Unlock()
			if !slices.Contains(out, line) {
				out = append(out, line)
			}
			return nil // without a file nothing is synchronised
		}
		return nil
	})
	return out
}
