package store

import (
	"io/fs"
	"log/slog"
	"os"
	"testing"
	"time"

	"github.com/pressly/goose/v3"

	"liaison/handlers"
	"liaison/ticket"
)

// Who had missed news before it had a table of its own is shown what goes on.
func TestMissedNewsIsUpgraded(t *testing.T) {
	t.Parallel()
	t.Run("SQLite", func(t *testing.T) {
		t.Parallel()
		missedNewsIsUpgraded(t, Config{Dir: t.TempDir()})
	})
	t.Run("Postgres", func(t *testing.T) {
		t.Parallel()
		if dsn := os.Getenv("LIAISON_TEST_POSTGRES"); dsn != "" {
			missedNewsIsUpgraded(t, Config{DSN: schemaOf(t, dsn), Dir: t.TempDir()})
		} else {
			t.Log("LIAISON_TEST_POSTGRES is not set: nothing was checked on PostgreSQL")
		}
	})
}

func missedNewsIsUpgraded(t *testing.T, cfg Config) {
	cfg.Logger = slog.New(slog.DiscardHandler)
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
