package replica

import (
	"context"
	"time"

	"github.com/redis/go-redis/v9"

	"liaison/handlers"
)

// Held returns how many parts of the chats are this replica's now, of Parts.
func (s *Shares) Held() int { return len(s.held()) }

// Parts is how many parts chats are divided into.
const Parts = parts

// Waiting returns how many messages are in the streams of all replicas, and how long ago
// by the clock of Redis the first of them came, 0 when there is none.
func (in *Intake) Waiting(ctx context.Context) (n int, age time.Duration, err error) {
	var lengths [parts]*redis.IntCmd
	var firsts [parts]*redis.XMessageSliceCmd
	var clock *redis.TimeCmd
	_, err = in.hub.rdb.Pipelined(ctx, func(pipe redis.Pipeliner) error {
		for p := range parts {
			lengths[p] = pipe.XLen(ctx, in.stream(p))
			firsts[p] = pipe.XRangeN(ctx, in.stream(p), "-", "+", 1)
		}
		clock = pipe.Time(ctx)
		return nil
	})
	if err != nil {
		return 0, 0, err
	}
	for p := range parts {
		n += int(lengths[p].Val())
		for _, m := range firsts[p].Val() {
			if at, err := number(m.ID); err == nil {
				age = max(age, clock.Val().Sub(time.UnixMilli(at>>20)))
			}
		}
	}
	return n, age, nil
}

// Drain gives take the messages that wait in the streams, those of a chat in their
// order, and removes each that it took, so that Redis does not know it any more. What is
// no message is given as one that is Unread. No replica may live meanwhile. take may get one that the database has handled already.
func (in *Intake) Drain(ctx context.Context, take func(handlers.Message) error) (n int, err error) {
	for p := range parts {
		for {
			entries, err := in.hub.rdb.XRangeN(ctx, in.stream(p), "-", "+", batch).Result()
			if err != nil {
				return n, err
			}
			for _, e := range entries {
				m, err := messageOf(p, e)
				if err != nil {
					in.hub.log.ErrorContext(ctx, "an entry of the inbox is no message: it is kept unread", "part", p, "entry", e.ID)
				}
				if err := take(m); err != nil {
					return n, err
				}
				_, err = in.hub.rdb.TxPipelined(ctx, func(pipe redis.Pipeliner) error {
					pipe.XDel(ctx, in.stream(p), e.ID)
					pipe.HDel(ctx, in.tries(p), e.ID)
					pipe.Del(ctx, in.seen(p, m)) // or it would not be taken in again one day
					return nil
				})
				if err != nil {
					return n, err
				}
				n++
			}
			if len(entries) < batch {
				break
			}
		}
	}
	return n, nil
}

// seen names what knows that a message has come.
func (in *Intake) seen(part int, m handlers.Message) string {
	return in.hub.partKey(part, "seen:"+string(m.From.Channel)+":"+m.Key)
}
