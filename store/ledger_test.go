package store

import (
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"sync"
	"testing"
	"time"

	"github.com/pressly/goose/v3"

	"liaison/handlers"
	"liaison/ticket"
)

// onEach runs the check on a new database of each kind.
func onEach(t *testing.T, check func(*testing.T, Config)) {
	t.Run("SQLite", func(t *testing.T) {
		t.Parallel()
		check(t, Config{Dir: t.TempDir(), Logger: slog.New(slog.DiscardHandler)})
	})
	t.Run("Postgres", func(t *testing.T) {
		t.Parallel()
		check(t, Config{DSN: schemaOf(t, needPostgres(t)), Dir: t.TempDir(), Logger: slog.New(slog.DiscardHandler)})
	})
}

// needPostgres returns the database of the tests. Without one the test fails where all is
// required, and is skipped elsewhere.
func needPostgres(t *testing.T) string {
	t.Helper()
	dsn := os.Getenv("LIAISON_TEST_POSTGRES")
	if dsn == "" {
		if os.Getenv("LIAISON_TEST_REQUIRE") != "" {
			t.Fatal("LIAISON_TEST_POSTGRES is not set")
		}
		t.Skip("needs LIAISON_TEST_POSTGRES: run it by scripts/with-services")
	}
	return dsn
}

// history writes cases A and B with three events each, two in a transaction.
func history(t *testing.T, s *Store) {
	t.Helper()
	at := time.Date(2026, 11, 23, 10, 0, 0, 0, ticket.CST)
	for _, id := range []string{"A", "B"} {
		c := ticket.Ticket{ID: id, State: ticket.Assigned, Station: "s1", Version: 2}
		events := []ticket.Event{
			{Ticket: id, Seq: 1, At: at, Actor: "p1", Role: ticket.RoleRequester, Action: ticket.Submit, To: ticket.Received, Text: "路灯坏了\x00",
				Files: []ticket.File{{Hash: "ab", Name: "a.png", MIME: "image/png", Size: 7}}},
			{Ticket: id, Seq: 2, At: at, Role: ticket.RoleSystem, Action: ticket.Assign, From: ticket.Received, To: ticket.Assigned, Station: "s1"},
			{Ticket: id, Seq: 3, At: at.Add(time.Nanosecond), Actor: "a1", Role: ticket.RoleAgent, Action: ticket.Accept, From: ticket.Assigned, To: ticket.Accepted, Station: "s1"},
		}
		steps := []func(tx handlers.Tx) error{
			func(tx handlers.Tx) error {
				if err := tx.InsertTicket(ctx, c); err != nil {
					return err
				}
				if err := tx.AppendEvent(ctx, events[0]); err != nil {
					return err
				}
				return tx.AppendEvent(ctx, events[1])
			},
			func(tx handlers.Tx) error {
				c.State, c.Version = ticket.Accepted, 3
				if err := tx.UpdateTicket(ctx, c); err != nil {
					return err
				}
				return tx.AppendEvent(ctx, events[2])
			},
		}
		for _, step := range steps {
			if err := s.Update(ctx, step); err != nil {
				t.Fatal(err)
			}
		}
	}
}

func opened(t *testing.T, cfg Config) *Store {
	t.Helper()
	s, err := Open(ctx, cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

func audit(t *testing.T, s *Store) Audit {
	t.Helper()
	a, err := s.Audit(ctx)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// Whatever is changed behind the program's back is found, and the first place of
// it is named.
func TestAudit(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, cfg Config) {
		s := opened(t, cfg)
		if a := audit(t, s); a.Lines != 0 || a.Broken != nil {
			t.Fatalf("an empty database: %+v", a)
		}
		history(t, s)
		whole := audit(t, s)
		if whole.Lines != 6 || whole.Broken != nil || len(whole.Seal) != 64 {
			t.Fatalf("an untouched history: %+v, broken %+v", whole, whole.Broken)
		}
		for _, row := range []struct {
			query string
			want  string
		}{
			{`UPDATE ticket_event SET text = 'x' WHERE ticket = 'A' AND seq = 1`, "1 A 1"},
			{`UPDATE ticket_event SET actor = 'p2' WHERE ticket = 'A' AND seq = 3`, "3 A 3"},
			{`UPDATE ticket_event SET at = at + 1 WHERE ticket = 'B' AND seq = 2`, "5 B 2"},
			{`UPDATE ticket_event SET role = 'agent' WHERE ticket = 'B' AND seq = 1`, "4 B 1"},
			{`UPDATE ticket_event SET action = 'reply' WHERE ticket = 'B' AND seq = 3`, "6 B 3"},
			{`UPDATE ticket_event SET from_state = 'closed' WHERE ticket = 'B' AND seq = 2`, "5 B 2"},
			{`UPDATE ticket_event SET to_state = 'closed' WHERE ticket = 'A' AND seq = 2`, "2 A 2"},
			{`UPDATE ticket_event SET station = 's2' WHERE ticket = 'A' AND seq = 2`, "2 A 2"},
			{`UPDATE ticket_event SET object = 's2' WHERE ticket = 'A' AND seq = 2`, "2 A 2"},
			{`UPDATE ticket_event SET until = 1 WHERE ticket = 'A' AND seq = 3`, "3 A 3"},
			{`UPDATE ticket_event SET files = 'null' WHERE ticket = 'A' AND seq = 1`, "1 A 1"},
			{`DELETE FROM ticket_event WHERE ticket = 'B' AND seq = 3`, "6 B 3"},
			{`DELETE FROM ledger WHERE n = 2`, "2  0"},
			{`DELETE FROM ledger WHERE n = 6`, "6  0"},
			{`DELETE FROM ledger`, "1  0"},
			{`INSERT INTO ticket_event (` + eventList + `) SELECT ticket, 4, at, actor, role, action, from_state, to_state, text, station, object, until, files, funds, outcome
				FROM ticket_event WHERE ticket = 'A' AND seq = 3`, "0 A 4"},
			{`UPDATE ticket SET state = 'closed' WHERE id = 'B'`, "0 B 3"},
			{`UPDATE ticket SET station = 's2' WHERE id = 'A'`, "0 A 3"},
			{`UPDATE ticket SET version = 2 WHERE id = 'A'`, "0 A 2"},
		} {
			if got := tampered(t, s, row.query); got != row.want {
				t.Errorf("%s: broken at %q, want %q", row.query, got, row.want)
			}
		}
		if after := audit(t, s); after != whole {
			t.Errorf("untouched again: %+v, want %+v", after, whole)
		}
		if seal, err := s.SealOf(ctx, 6); err != nil || seal != whole.Seal {
			t.Errorf("seal of the last line: %q, %v", seal, err)
		}
		if _, err := s.SealOf(ctx, 7); ticket.CodeOf(err) != ticket.NotFound {
			t.Errorf("seal of no line: %v", err)
		}
	})
}

// tampered returns what the audit finds broken after the query, which is undone: line,
// case and step; "" when it notices nothing.
func tampered(t *testing.T, s *Store, query string) string {
	t.Helper()
	raw, err := s.write.BeginTx(ctx, nil)
	if err != nil {
		t.Fatal(err)
	}
	res, err := raw.ExecContext(ctx, query)
	if err != nil {
		t.Fatalf("%s: %v", query, err)
	}
	if n, err := res.RowsAffected(); err != nil || n == 0 {
		t.Fatalf("%s: touches %d rows, %v", query, n, err)
	}
	var a Audit
	if err := (&tx{store: s, db: raw}).audit(ctx, &a); err != nil {
		t.Fatal(err)
	}
	if err := raw.Rollback(); err != nil {
		t.Fatal(err)
	}
	if a.Broken == nil {
		return ""
	}
	return fmt.Sprint(a.Broken.N, " ", a.Broken.Ticket, " ", a.Broken.Seq)
}

// What a financing request asks for and what came of it is as safe as the rest.
func TestAuditOfFinancing(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, cfg Config) {
		s := opened(t, cfg)
		at := time.Date(2026, 11, 23, 10, 0, 0, 0, ticket.CST)
		funds := &ticket.Funds{
			Amount: 500_000, Months: 12, Guarantees: []ticket.Guarantee{ticket.Pledge}, Offered: "offer", Has: []ticket.Qualification{ticket.Patents}, AlsoHas: "more",
			Products: []ticket.Product{{Unit: "doc#unit", Title: "title", Why: []ticket.Reason{{Code: "patents", Value: "words"}}}},
		}
		granted := &ticket.Outcome{Result: ticket.Granted, Amount: 300_000, Rate: 3850, Months: 6, Lender: "s9", At: at.UTC()}
		refused := &ticket.Outcome{Result: ticket.Refused, Reason: "because", At: at.UTC()}
		c := ticket.Ticket{ID: "A", Kind: ticket.Financing, State: ticket.Accepted, Version: 3, Funds: funds, Outcome: refused}
		err := s.Update(ctx, func(tx handlers.Tx) error {
			if err := tx.InsertTicket(ctx, c); err != nil {
				return err
			}
			for _, e := range []ticket.Event{
				{Action: ticket.Submit, Funds: funds}, {Action: ticket.Record, Outcome: granted}, {Action: ticket.Record, Outcome: refused},
			} {
				e.Ticket, e.At, e.To, e.Seq = "A", at, ticket.Accepted, 1
				switch e.Outcome {
				case granted:
					e.Seq = 2
				case refused:
					e.Seq = 3
				}
				if err := tx.AppendEvent(ctx, e); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		if a := audit(t, s); a.Lines != 3 || a.Broken != nil {
			t.Fatalf("untouched: %+v, broken %+v", a, a.Broken)
		}
		const set = `UPDATE ticket_event SET `
		swap := func(column, from, to string) string {
			return fmt.Sprintf(`%s = replace(%s, '%s', '%s') WHERE `, column, column, from, to)
		}
		for query, want := range map[string]string{
			set + swap("funds", "500000", "900000") + `seq = 1`:    "1 A 1",
			set + swap("funds", ":12,", ":24,") + `seq = 1`:        "1 A 1",
			set + swap("funds", "pledge", "credit") + `seq = 1`:    "1 A 1",
			set + swap("funds", "offer", "0ffer") + `seq = 1`:      "1 A 1",
			set + swap("funds", "patents", "orders") + `seq = 1`:   "1 A 1",
			set + swap("funds", "more", "less") + `seq = 1`:        "1 A 1",
			set + swap("funds", "doc#unit", "doc#one") + `seq = 1`: "1 A 1",
			set + swap("funds", "title", "name") + `seq = 1`:       "1 A 1",
			set + swap("funds", "words", "text") + `seq = 1`:       "1 A 1",
			set + `funds = '' WHERE seq = 1`:                       "1 A 1",
			set + swap("outcome", "granted", "none") + `seq = 2`:   "2 A 2",
			set + swap("outcome", "300000", "400000") + `seq = 2`:  "2 A 2",
			set + swap("outcome", "3850", "2850") + `seq = 2`:      "2 A 2",
			set + swap("outcome", ":6,", ":9,") + `seq = 2`:        "2 A 2",
			set + swap("outcome", "s9", "s8") + `seq = 2`:          "2 A 2",
			set + swap("outcome", "because", "since") + `seq = 3`:  "3 A 3",
			set + swap("outcome", "2026", "2025") + `seq = 3`:      "3 A 3",
			set + `outcome = '' WHERE seq = 3`:                     "3 A 3",

			`UPDATE ticket SET ` + swap("funds", "500000", "900000") + `id = 'A'`:   "0 A 3",
			`UPDATE ticket SET ` + swap("outcome", "because", "since") + `id = 'A'`: "0 A 3",
			`UPDATE ticket SET funds = '' WHERE id = 'A'`:                           "0 A 3",
			`UPDATE ticket SET outcome = '' WHERE id = 'A'`:                         "0 A 3",
		} {
			if got := tampered(t, s, query); got != want {
				t.Errorf("%s: broken at %q, want %q", query, got, want)
			}
		}
	})
}

// Histories from before there was a ledger are sealed once, and only once: what is
// slipped in later is not taken for old.
func TestOldHistoriesAreSealed(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, cfg Config) {
		s := opened(t, cfg)
		history(t, s)
		dir, err := fs.Sub(migrations, "migrations")
		if err != nil {
			t.Fatal(err)
		}
		g, err := goose.NewProvider(s.dialect.goose, s.write, dir, goose.WithDisableGlobalRegistry(true))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := g.DownTo(ctx, 4); err != nil {
			t.Fatal(err)
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
		s = opened(t, cfg)
		if a := audit(t, s); a.Lines != 6 || a.Broken != nil {
			t.Errorf("after the upgrade: %+v, broken %+v", a, a.Broken)
		}
		err = s.View(ctx, func(tx handlers.Tx) error {
			c, err := tx.Ticket(ctx, "A")
			if c.Holder != "s1" {
				t.Errorf("after the upgrade %q answers for the case", c.Holder)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := s.write.ExecContext(ctx, `INSERT INTO ticket_event (`+eventList+`) SELECT ticket, 4, at, actor, role, action, from_state, to_state, text, station, object, until, files, funds, outcome
			FROM ticket_event WHERE ticket = 'A' AND seq = 3`); err != nil {
			t.Fatal(err)
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
		if a := audit(t, opened(t, cfg)); a.Broken == nil || a.Broken.Ticket != "A" || a.Broken.Seq != 4 {
			t.Errorf("an event that was slipped in before a start: %+v", a)
		}
	})
}

// Writers at once make one ledger without gaps.
func TestLedgerOfManyWriters(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, cfg Config) {
		const writers, each = 6, 8
		s := opened(t, cfg)
		var wg sync.WaitGroup
		for w := range writers {
			wg.Go(func() {
				id := fmt.Sprint("W", w)
				for n := 1; n <= each; n++ {
					err := s.Update(ctx, func(tx handlers.Tx) error {
						c := ticket.Ticket{ID: id, State: ticket.Received, Version: int64(n)}
						e := ticket.Event{Ticket: id, Seq: n, To: ticket.Received}
						if n == 1 {
							if err := tx.InsertTicket(ctx, c); err != nil {
								return err
							}
						} else if err := tx.UpdateTicket(ctx, c); err != nil {
							return err
						}
						if err := tx.AppendEvent(ctx, e); err != nil {
							return err
						}
						return tx.Send(ctx, handlers.Address{Channel: handlers.Telegram, Chat: id}, handlers.Reply{Toast: "x"})
					})
					if err != nil {
						t.Error(err)
					}
				}
			})
		}
		wg.Wait()
		if a := audit(t, s); a.Lines != writers*each || a.Broken != nil {
			t.Errorf("%+v, broken %+v", a, a.Broken)
		}
	})
}
