package main

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"sync"
	"time"

	"liaison/handlers"
	"liaison/knowledge"
	"liaison/relay"
	"liaison/replica"
	"liaison/store"
)

// peers are the other processes on the same database. A nil *peers is for a
// process that has none.
type peers struct {
	name   string
	hub    *replica.Hub
	shares *replica.Shares
	intake *replica.Intake
	log    *slog.Logger
	store  *store.Store
}

// claimed says what to do when this process may not serve the database.
func (s *Settings) claimed(err error) error {
	switch {
	case !errors.Is(err, store.ErrClaimed) || !isPostgres(s.Database):
		return s.openFailure(err)
	case s.RedisURL == "":
		return misuse(fmt.Errorf("%w, and without REDIS_URL only one process can: two would answer the same people", err),
			"stop the other process; or to run several, set REDIS_URL to the same Redis on all of them")
	default:
		return misuse(fmt.Errorf("%w alone, without REDIS_URL", err), "stop it, and start it again with the same REDIS_URL as this one")
	}
}

// sharing is peers for serving: where messages may wait is known from then on, and
// a process that would not see them does not start.
func (s *Settings) sharing(ctx context.Context, st *store.Store, log *slog.Logger) (*peers, error) {
	if s.RedisURL != "" {
		p, err := s.peers(ctx, st, log)
		if err != nil {
			return nil, err
		}
		return p, st.SetStreamed(ctx, true)
	}
	streamed, err := st.Streamed(ctx)
	if err == nil && streamed {
		err = misuse(errors.New("REDIS_URL is not set, and this database was served with Redis, where messages may wait"),
			"set REDIS_URL again; or to go on without Redis, stop all processes, run liaison drain with REDIS_URL set, and start without it")
	}
	return nil, err
}

// peers connects to what the processes share, nil when nothing is set.
func (s *Settings) peers(ctx context.Context, st *store.Store, log *slog.Logger) (*peers, error) {
	if s.RedisURL == "" {
		return nil, nil
	}
	instance, err := st.Instance(ctx)
	if err != nil {
		return nil, err
	}
	hub, err := replica.Open(ctx, s.RedisURL, fmt.Sprintf("liaison:%x:", instance), log)
	if err != nil {
		return nil, fail(err, "start Redis, or correct REDIS_URL (%s); without REDIS_URL one process serves alone", maskURL(s.RedisURL))
	}
	host, _ := os.Hostname() // only to be recognised; what follows tells replicas apart
	p := &peers{name: fmt.Sprintf("%s-%d-%s", host, os.Getpid(), rand.Text()[:8]), hub: hub, log: log, store: st}
	p.shares = replica.NewShares(hub, p.name)
	p.intake = replica.NewIntake(hub, p.shares, st)
	p.intake.Now = wallClock
	return p, nil
}

// config makes a relay one of several.
func (p *peers) config(c relay.Config) relay.Config {
	if p != nil {
		c.Intake, c.Mine, c.Begin = p.intake, p.shares.Mine, p.shares.Begin
	}
	return c
}

// answers returns where the processes keep what models have written: those of the same
// program and model share it; this one's memory when it is alone.
func (p *peers) answers(s *Settings) knowledge.Cache {
	if p == nil {
		return knowledge.NewMemoryCache()
	}
	kind := sha256.Sum256([]byte(version() + "\n" + s.OpenAIBaseURL + "\n" + s.OpenAIModel))
	return p.hub.Answers(hex.EncodeToString(kind[:8]))
}

// forget takes what was said by people who have been forgotten out of the files of Redis.
func (p *peers) forget(ctx context.Context) error {
	if p == nil {
		return nil
	}
	return p.store.AfterForgetting(ctx, p.hub.Rewrite)
}

// turn reports whether it is for this process to do what only one does.
func (p *peers) turn() bool { return p == nil || p.shares.First() }

// waiting returns how many messages wait in Redis, and for how long the first.
func (p *peers) waiting(ctx context.Context) (int, time.Duration, error) {
	if p == nil {
		return 0, 0, nil
	}
	return p.intake.Waiting(ctx)
}

// held is how many parts of the chats this process serves: all when it is alone.
func (p *peers) held() int {
	if p == nil {
		return replica.Parts
	}
	return p.shares.Held()
}

// adoptEvery is how often it is looked whether messages wait in the database that
// somebody wants to be tried again.
const adoptEvery = 2 * time.Second

// adopting is adopt, again and again.
func (p *peers) adopting(ctx context.Context) {
	tick := time.NewTicker(adoptEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			if p.turn() {
				p.adopt(ctx)
			}
		}
	}
}

// adopt takes up what waits in the database: what came in while one process served
// alone, before anything else comes in, and later what is to be tried again. A
// message that two processes take up at once is one to Redis, by its key.
func (p *peers) adopt(ctx context.Context) {
	if p == nil {
		return
	}
	n, err := p.store.HandOver(ctx, func(m handlers.Message) error {
		_, err := p.intake.Receive(ctx, m, wallClock())
		return err
	})
	if err != nil && ctx.Err() == nil {
		p.log.ErrorContext(ctx, "messages wait in the database; they are taken up later", "error", err)
	}
	if n > 0 {
		p.log.InfoContext(ctx, "messages that waited in the database were taken up", "messages", n)
	}
}

// start works until ctx ends; line takes up what has arrived.
func (p *peers) start(ctx context.Context, wg *sync.WaitGroup, line *relay.Relay) {
	if p == nil {
		return
	}
	p.intake.Arrived, p.intake.Won = line.Wake, line.WakeAll
	wg.Go(func() { p.adopting(ctx) })
	go p.shares.Run(ctx) // until leave, so that what runs can finish
	wg.Go(func() { p.intake.Run(ctx) })
	wg.Go(func() { p.hub.Exchange(ctx, p.name, p.store.WatchOwn(ctx), p.store.Heard) })
}

// leave hands this process's chats to the others. It is for the end, when no
// work runs any more.
func (p *peers) leave(ctx context.Context) error {
	if p == nil {
		return nil
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 2*time.Second)
	defer cancel()
	p.shares.Leave(ctx)
	return p.hub.Close()
}

// warnings tells of what is wrong with Redis although it answers.
func (p *peers) warnings(ctx context.Context) []string {
	if p == nil {
		return nil
	}
	return p.hub.Warnings(ctx)
}
