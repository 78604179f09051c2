package replica

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"liaison/handlers"
	"liaison/replica/redistest"
	"liaison/store/storetest"
)

// A server that answers and takes no writes is not ready; of a cluster that is any
// master, whichever it is.
func TestReady(t *testing.T) {
	t.Parallel()
	one, follower, many := redistest.New(t), redistest.New(t, "replica-read-only yes"), redistest.Cluster(t)
	set := func(name, bad, good string) func(context.Context, *redis.Client, bool) error {
		return func(ctx context.Context, c *redis.Client, well bool) error {
			if well {
				return c.ConfigSet(ctx, name, good).Err()
			}
			return c.ConfigSet(ctx, name, bad).Err()
		}
	}
	follow := func(ctx context.Context, c *redis.Client, well bool) error {
		if well {
			return c.ReplicaOf(ctx, "NO", "ONE").Err()
		}
		host, port, _ := strings.Cut(one.Addr, ":")
		return c.ReplicaOf(ctx, host, port).Err()
	}
	for _, c := range []struct {
		name, url string
		fault     func(context.Context, *redis.Client, bool) error
	}{
		{"no memory", "redis://" + one.Addr, set("maxmemory", "1", "0")},
		{"too few replicas", "redis://" + one.Addr, set("min-replicas-to-write", "1", "0")},
		{"no master any more", "redis://" + follower.Addr, follow},
		{"a master of a cluster", many, set("maxmemory", "1", "0")},
	} {
		t.Run(c.name, func(t *testing.T) { // one after the other: they share servers
			h := open(t, c.url)
			var nodes []*redis.Client
			switch rdb := h.rdb.(type) {
			case *redis.Client:
				nodes = append(nodes, rdb)
			case *redis.ClusterClient:
				nodes = masters(t, rdb)
			}
			for _, node := range nodes {
				if err := h.ask(t.Context()); err != nil {
					t.Fatalf("well, it says %v", err)
				}
				if err := c.fault(t.Context(), node, false); err != nil {
					t.Fatal(err)
				}
				err := h.ask(t.Context())
				if err == nil || h.Ping(t.Context()) != nil {
					t.Errorf("it takes no writes and says %v; asked for no more than an answer, it says %v", err, h.Ping(t.Context()))
				}
				if err := c.fault(t.Context(), node, true); err != nil {
					t.Fatal(err)
				}
			}
		})
	}
}

// While no replica has what is taken in, nothing is, and readiness says so, and ends to by
// itself when the replica follows again.
func TestReadyWithReplica(t *testing.T) {
	t.Parallel()
	g := redistest.Guard(t, nil)
	h, s := open(t, g.URL), storetest.New(t)
	in := NewIntake(h, NewShares(h, "a"), s)
	eventually(t, "readiness", func() bool { return h.Ready(t.Context()) == nil })
	within := func(what string, ok func() bool) {
		t.Helper()
		began := time.Now()
		eventually(t, what, ok)
		if took := time.Since(began); took > 5*time.Second {
			t.Errorf("%s took %v", what, took)
		}
	}
	resume := g.Replica.Pause(t)
	within("that it is not ready", func() bool {
		err := h.Ready(t.Context())
		return err != nil && strings.Contains(err.Error(), "no replica")
	})
	if _, err := in.Receive(t.Context(), message("1", "0"), time.Now()); err == nil {
		t.Error("a message is taken in all the same")
	}
	resume()
	within("readiness again", func() bool { return h.Ready(t.Context()) == nil })
	if _, err := in.Receive(t.Context(), message("1", "0"), time.Now()); err != nil {
		t.Errorf("ready, it takes nothing: %v", err)
	}
}

func masters(t *testing.T, rdb *redis.ClusterClient) (list []*redis.Client) {
	t.Helper()
	found := make(chan *redis.Client, 16)
	err := rdb.ForEachMaster(t.Context(), func(_ context.Context, c *redis.Client) error {
		found <- c
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	close(found)
	for c := range found {
		list = append(list, c)
	}
	if len(list) < 2 {
		t.Fatalf("the cluster has %d masters", len(list))
	}
	return list
}

// lost is a database that is away.
type lost struct{ Keeper }

func (lost) Ready(context.Context) error { return errors.New("away") }

// While the database is away nothing is taken into Redis.
func TestNothingIsTakenInWithoutTheDatabase(t *testing.T) {
	everywhere(t, func(t *testing.T, open opener) {
		h, s := open(t), storetest.New(t)
		a := join(t, h, s, "a")
		a.keeper = lost{s}
		if _, err := a.Receive(t.Context(), message("1", "0"), time.Now()); err == nil {
			t.Error("a message was taken in")
		}
		a.keeper = s
		if fresh, err := a.Receive(t.Context(), message("1", "0"), time.Now()); err != nil || !fresh {
			t.Errorf("when it is back: %v, %v", fresh, err)
		}
	})
}

// An entry that is no message is parked as it is, once the database takes it, and
// what comes behind it is handled.
func TestNoMessage(t *testing.T) {
	everywhere(t, func(t *testing.T, open opener) {
		h, s := open(t), storetest.New(t)
		a := reading{join(t, h, s, "a")}
		m := message("1", "0")
		stream := a.stream(partOf(m.From.Lane()))
		if err := h.rdb.XAdd(t.Context(), &redis.XAddArgs{Stream: stream, Values: []string{field, `{"key":7,"user":"1"}`}}).Err(); err != nil {
			t.Fatal(err)
		}
		if _, err := a.Receive(t.Context(), m, time.Now()); err != nil {
			t.Fatal(err)
		}
		in, ok, err := a.NextInbound(t.Context(), m.From.Lane(), time.Now())
		if err != nil || !ok || in.Message.Key != "0" {
			t.Fatalf("next is %+v, %v", in, err)
		}
		if err := a.Handle(t.Context(), in, func(handlers.Tx) error { return nil }); err != nil {
			t.Fatal(err)
		}
		a.read(t.Context(), -1)
		var list []handlers.ParkedMessage
		err = s.View(t.Context(), func(tx handlers.Tx) (err error) {
			list, err = tx.ParkedMessages(t.Context(), 9)
			return err
		})
		if err != nil || !slices.ContainsFunc(list, func(p handlers.ParkedMessage) bool { return p.Cause == handlers.CauseUnread }) || len(list) != 1 {
			t.Errorf("parked are %+v, %v", list, err)
		}
		if n, err := h.rdb.XLen(t.Context(), stream).Result(); err != nil || n != 0 {
			t.Errorf("%d entries are left, %v", n, err)
		}
	})
}
