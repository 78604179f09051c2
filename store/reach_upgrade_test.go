package store

import (
	"io/fs"
	"testing"
	"time"

	"github.com/pressly/goose/v3"

	"liaison/handlers"
	"liaison/ticket"
)

// Who had missed news before it had a table of its own is shown what goes on.
func TestMissedNewsIsUpgraded(t *testing.T) {
	t.Parallel()
	onEach(t, missedNewsIsUpgraded)
}

// A group that was lost before the upgrade is lost after it, since it refused something
// last.
func TestLostGroupIsUpgraded(t *testing.T) {
	t.Parallel()
	onEach(t, lostGroupIsUpgraded)
}

func lostGroupIsUpgraded(t *testing.T, cfg Config) {
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	since := time.UnixMilli(1_800_000_000_000).UTC()
	group, topic := handlers.Address{Channel: handlers.Telegram, Chat: "-1"}, handlers.Address{Channel: handlers.Telegram, Chat: "-2"}
	s, err := Open(ctx, cfg)
	must(err)
	must(s.Update(ctx, func(tx handlers.Tx) error {
		for _, a := range []handlers.Address{group, topic} {
			if _, err := tx.SaveUnreached(ctx, a, handlers.WhyRemoved, since); err != nil {
				return err
			}
		}
		return nil
	}))
	dir, err := fs.Sub(migrations, "migrations")
	must(err)
	g, err := goose.NewProvider(s.dialect.goose, s.write, dir, goose.WithDisableGlobalRegistry(true))
	must(err)
	_, err = g.DownTo(ctx, 30)
	must(err)
	refused := since.Add(time.Hour)
	_, err = s.write.ExecContext(ctx, `INSERT INTO chat_refused (channel, chat, thread, at) VALUES ('telegram', '-1', 7, $1)`, refused.UnixMilli())
	must(err)
	must(s.Close())

	s, err = Open(ctx, cfg)
	must(err)
	t.Cleanup(func() { s.Close() })
	must(s.View(ctx, func(tx handlers.Tx) error {
		for a, want := range map[handlers.Address]time.Time{group: refused, topic: since} {
			if at, err := tx.LostAt(ctx, a); err != nil || !at.Equal(want) {
				t.Errorf("%s lost at %s, %v; want %s", a.Chat, at, err, want)
			}
		}
		return nil
	}))
}

func missedNewsIsUpgraded(t *testing.T, cfg Config) {
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	now := time.UnixMilli(1_800_000_000_000).UTC()
	s, err := Open(ctx, cfg)
	must(err)
	must(s.Update(ctx, func(tx handlers.Tx) error {
		for id, c := range map[string]ticket.Ticket{
			"goes on": {Requester: "p", State: ticket.Answered},
			"old":     {Requester: "p", State: ticket.Closed, ClosedAt: now.AddDate(0, -3, 0)},
			"others":  {Requester: "q", State: ticket.Answered},
		} {
			c.ID, c.Kind, c.Version, c.CreatedAt, c.UpdatedAt = id, ticket.Inquiry, 1, now, now
			if err := tx.InsertTicket(ctx, c); err != nil {
				return err
			}
		}
		return tx.SaveConversation(ctx, "missed:p", []byte(`["goes on"]`), now)
	}))
	dir, err := fs.Sub(migrations, "migrations")
	must(err)
	g, err := goose.NewProvider(s.dialect.goose, s.write, dir, goose.WithDisableGlobalRegistry(true))
	must(err)
	_, err = g.DownTo(ctx, 27)
	must(err)
	must(s.Close())

	s, err = Open(ctx, cfg)
	must(err)
	t.Cleanup(func() { s.Close() })
	must(s.View(ctx, func(tx handlers.Tx) error {
		all, err := tx.Unheard(ctx, "")
		if want := (handlers.Unheard{Ticket: "goes on", Why: handlers.WhyBlocked, Since: now}); len(all) != 1 || all[0] != want {
			t.Errorf("missed news: %+v, want %+v", all, want)
		}
		return err
	}))
}
