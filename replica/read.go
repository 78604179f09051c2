package replica

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"

	"liaison/handlers"
	"liaison/relay"
)

// read reads what has arrived in the part, or in all of ours for -1, forgets what
// is no longer ours, and removes what is handled.
func (in *Intake) read(ctx context.Context, only int) {
	held := in.shares.held()
	in.mu.Lock()
	for p, s := range in.parts {
		if term, ours := held[p]; !ours || term != s.term {
			delete(in.parts, p)
		}
	}
	in.mu.Unlock()
	arrived := false
	for p, term := range held {
		if only >= 0 && p != only {
			continue
		}
		end, ours := in.shares.begin(p, term) // or the next one finds less than we have got
		if !ours {
			continue
		}
		n, err := in.readPart(ctx, p, term)
		end()
		arrived = arrived || n > 0
		if err != nil && ctx.Err() == nil {
			in.hub.log.WarnContext(ctx, "reading the inbox failed", "part", p, "error", err)
			break // the others will hardly fare better
		}
	}
	if arrived && in.Arrived != nil {
		in.Arrived()
	}
}

// readPart reads what has arrived in a part, and returns how many messages that is.
func (in *Intake) readPart(ctx context.Context, p, term int) (n int, err error) {
	in.mu.Lock()
	s := in.parts[p]
	in.mu.Unlock()
	switch {
	case s == nil:
		if s, err = in.takeOver(ctx, p); err != nil {
			return 0, err
		}
		s.term = term
		n = s.count
		in.mu.Lock()
		in.parts[p] = s
		in.mu.Unlock()
	case time.Since(s.swept) > stray:
		if n, err = in.claim(ctx, p, s, stray); err != nil {
			return n, err
		}
	}
	if err := in.clear(ctx, p, s); err != nil {
		return n, err
	}
	for {
		in.mu.Lock()
		full := s.count >= ahead
		in.mu.Unlock()
		if full {
			return n, nil
		}
		got, err := in.hub.once.XReadGroup(ctx, &redis.XReadGroupArgs{
			Group: group, Consumer: in.shares.name, Streams: []string{in.stream(p), ">"}, Count: batch, Block: -1,
		}).Result()
		switch {
		case errors.Is(err, redis.Nil):
			return n, nil
		case err != nil && strings.HasPrefix(err.Error(), "NOGROUP"):
			// The server has lost what it had. What is in memory is handled all the same.
			return n, in.group(ctx, p)
		case err != nil:
			// It may have given us messages that we do not know of: they come before all
			// that follows, and are claimed at the next look.
			in.mu.Lock()
			delete(in.parts, p)
			in.mu.Unlock()
			return n, err
		}
		for _, m := range got[0].Messages {
			if in.add(ctx, p, s, m, 0) {
				n++
			}
		}
		if len(got[0].Messages) < batch {
			return n, nil
		}
	}
}

// group makes the consumer group of a part where there is none.
func (in *Intake) group(ctx context.Context, p int) error {
	err := in.hub.rdb.XGroupCreateMkStream(ctx, in.stream(p), group, "0").Err()
	if err != nil && strings.HasPrefix(err.Error(), "BUSYGROUP") {
		return nil
	}
	return err
}

// takeOver claims what the one who had the part before has left.
func (in *Intake) takeOver(ctx context.Context, p int) (*share, error) {
	if err := in.group(ctx, p); err != nil {
		return nil, err
	}
	s := &share{lanes: make(map[string][]*entry)}
	if _, err := in.claim(ctx, p, s, 0); err != nil {
		return nil, err
	}
	return s, in.forgetOthers(ctx, p)
}

// claim makes what was read at least idle ago, by whomever, ours, and puts what is
// not in memory there, in its place.
func (in *Intake) claim(ctx context.Context, p int, s *share, idle time.Duration) (n int, err error) {
	tries, err := in.hub.rdb.HGetAll(ctx, in.tries(p)).Result()
	if err != nil {
		return 0, err
	}
	s.swept = time.Now()
	for start := "0"; ; {
		messages, next, err := in.hub.rdb.XAutoClaim(ctx, &redis.XAutoClaimArgs{
			Stream: in.stream(p), Group: group, Consumer: in.shares.name, MinIdle: idle, Start: start, Count: batch,
		}).Result()
		switch {
		case err != nil && strings.HasPrefix(err.Error(), "NOGROUP"):
			return n, in.group(ctx, p)
		case err != nil:
			return n, err
		}
		for _, m := range messages {
			attempts, _ := strconv.Atoi(tries[m.ID]) // none is 0
			if in.add(ctx, p, s, m, max(attempts, 0)) {
				n++
			}
		}
		if start = next; start == "0-0" {
			return n, nil
		}
	}
}

// forgotten is after how long a replica that reads nothing of a part is removed from
// its readers: what it may yet have been given has been claimed long before.
const forgotten = time.Hour

// forgetOthers removes the replicas that have had the part long ago.
func (in *Intake) forgetOthers(ctx context.Context, p int) error {
	consumers, err := in.hub.rdb.XInfoConsumers(ctx, in.stream(p), group).Result()
	for _, c := range consumers {
		if c.Name != in.shares.name && c.Pending == 0 && c.Idle > forgotten {
			err = errors.Join(err, in.hub.rdb.XGroupDelConsumer(ctx, in.stream(p), group, c.Name).Err())
		}
	}
	return err
}

// messageOf reads an entry of a part's stream. With an error, the message is Unread.
func messageOf(p int, x redis.XMessage) (m handlers.Message, err error) {
	text, _ := x.Values[field].(string)
	if err = json.Unmarshal([]byte(text), &m); err == nil {
		return m, nil
	}
	m.Key, m.Album, m.Unread = fmt.Sprintf("entry %d %s", p, x.ID), "", cmp.Or(text, fmt.Sprint(x.Values))
	return m.Storable(), errors.New("it is no message") // what Unmarshal says may quote it
}

// park gives an entry up that is no message of ours: it is kept in the database.
func (in *Intake) park(ctx context.Context, p int, s *share, id string, m handlers.Message) error {
	in.hub.log.ErrorContext(ctx, "an entry of the inbox is no message: it is parked", "part", p, "entry", id)
	nothing := func(handlers.Tx) error { return nil }
	_, err := in.keeper.ParkOnce(ctx, relay.Inbound{Message: m}, []string{m.Key}, handlers.UnreadCause+"no message", in.Now(), nothing)
	if err != nil {
		return err
	}
	in.mu.Lock()
	defer in.mu.Unlock()
	s.done = append(s.done, &entry{id: id})
	return nil
}

// add puts an entry of the stream into its lane, by its number, and reports whether
// it was not there. One that is no message of ours is parked; until the database takes
// it, it is claimed again and again.
func (in *Intake) add(ctx context.Context, p int, s *share, x redis.XMessage, attempts int) bool {
	e := &entry{id: x.ID, attempts: attempts}
	var err error
	if e.m, err = messageOf(p, x); err != nil {
		if err := in.park(ctx, p, s, x.ID, e.m); err != nil && ctx.Err() == nil {
			in.hub.log.WarnContext(ctx, "parking it failed, it is tried again", "part", p, "entry", x.ID, "error", err)
		}
		return false
	}
	if e.number, err = number(x.ID); err != nil {
		in.hub.log.ErrorContext(ctx, "an entry of the inbox is left out", "part", p, "error", err)
		return false
	}
	in.mu.Lock()
	defer in.mu.Unlock()
	lane := e.m.From.Lane()
	queue := s.lanes[lane]
	same := func(o *entry) bool { return o.id == e.id }
	if slices.ContainsFunc(queue, same) || slices.ContainsFunc(s.done, same) {
		return false
	}
	at := len(queue)
	for at > 0 && queue[at-1].number > e.number && !queue[at-1].begun {
		at-- // not before what is being handled
	}
	s.lanes[lane] = slices.Insert(queue, at, e)
	s.count++
	return true
}

// number writes an id of a stream, milliseconds and a number within them, as one
// that ascends likewise: 43 bits for the time, enough until 2248.
func number(id string) (int64, error) {
	ms, n, ok := strings.Cut(id, "-")
	a, err := strconv.ParseInt(ms, 10, 64)
	b, err2 := strconv.ParseInt(n, 10, 64)
	if !ok || err != nil || err2 != nil || a >= 1<<43 || b >= 1<<20 {
		return 0, fmt.Errorf("entry %q has an id that no server gives", id)
	}
	return a<<20 | b, nil
}
