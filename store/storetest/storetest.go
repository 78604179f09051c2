// Package storetest checks what the interfaces of ticket, handlers, relay and
// web promise of the store, over any database, and opens stores for the tests of
// other packages.
package storetest

import (
	"context"
	"database/sql"
	"fmt"
	"log/slog"
	"net/url"
	"os"
	"path/filepath"
	"testing"
	"time"

	_ "github.com/jackc/pgx/v5/stdlib" // the driver "pgx"

	"liaison/handlers"
	"liaison/relay"
	"liaison/store"
	"liaison/ticket"
)

// Opener opens a store on one database; called again, on the same one. The
// store is closed when the test ends.
type Opener func(t testing.TB) *store.Store

// New opens a store on a new SQLite file.
func New(t testing.TB) *store.Store {
	t.Helper()
	return SQLite(t)(t)
}

// SQLite returns an Opener for a new SQLite file.
func SQLite(t testing.TB) Opener {
	return opener(store.Config{Dir: Made(t, filepath.Join(t.TempDir(), "state"))})
}

// Postgres returns an Opener for a new schema of the PostgreSQL database with the
// data source name dsn, a URL. The schema is removed when the test ends.
func Postgres(t testing.TB, dsn string) Opener {
	t.Helper()
	return opener(store.Config{DSN: Schema(t, dsn), Dir: t.TempDir()})
}

// Schema makes a new schema of the PostgreSQL database and returns the data source
// name for it. The schema is removed when the test ends.
func Schema(t testing.TB, dsn string) string {
	t.Helper()
	u, schema := made(t, dsn, `CREATE SCHEMA %s`, `DROP SCHEMA %s CASCADE`)
	q := u.Query()
	q.Set("search_path", schema)
	u.RawQuery = q.Encode()
	return u.String()
}

// Database makes a new database beside the one with the data source name dsn and
// returns the data source name for it. It is removed when the test ends.
func Database(t testing.TB, dsn string) string {
	t.Helper()
	u, name := made(t, dsn, `CREATE DATABASE %s`, `DROP DATABASE %s WITH (FORCE)`)
	u.Path = "/" + name
	return u.String()
}

// made makes something under a new name and drops it when the test ends. It returns dsn,
// read, and the name.
func made(t testing.TB, dsn, create, drop string) (*url.URL, string) {
	t.Helper()
	u, err := url.Parse(dsn)
	if err != nil {
		t.Fatal("the data source name is not a URL")
	}
	db, err := sql.Open("pgx", dsn)
	if err != nil {
		t.Fatal(err)
	}
	name := fmt.Sprintf("t%d_%d", os.Getpid(), time.Now().UnixNano())
	if _, err := db.Exec(fmt.Sprintf(create, name)); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if _, err := db.Exec(fmt.Sprintf(drop, name)); err != nil {
			t.Error(err)
		}
		db.Close()
	})
	return u, name
}

func opener(cfg store.Config) Opener {
	cfg.Logger = slog.New(slog.DiscardHandler)
	cfg.Now = func() time.Time { return noon }
	return func(t testing.TB) *store.Store {
		t.Helper()
		s, err := store.Open(context.Background(), cfg)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() {
			if err := s.Close(); err != nil {
				t.Error(err)
			}
		})
		return s
	}
}

// Noon is the time of the tests.
var Noon = time.Date(2026, 11, 23, 12, 0, 0, 0, ticket.CST)

var noon = Noon

// Run checks the store. newDB makes a new database for each test.
func Run(t *testing.T, newDB func(t testing.TB) Opener) {
	for _, c := range []struct {
		name  string
		check func(*testing.T, *store.Store)
	}{
		{"Transactions", transactions},
		{"ViewDoesNotWrite", viewDoesNotWrite},
		{"TransactionEnds", transactionEnds},
		{"Numbers", numbers},
		{"Ticket", tickets},
		{"TicketConflict", ticketConflict},
		{"Events", events},
		{"Filter", filter},
		{"Overdue", overdue},
		{"Concerns", concerns},
		{"Concurrency", concurrency},
		{"Touch", touch},
		{"People", people},
		{"Memberships", memberships},
		{"Absences", absences},
		{"Duties", duties},
		{"Once", once},
		{"Codes", codes},
		{"CodeRace", codeRace},
		{"Sessions", sessions},
		{"Gaps", gaps},
		{"GapGroups", gapGroups},
		{"GapAnswers", gapAnswers},
		{"Asked", askedDays},
		{"Liked", liked},
		{"Overrides", overrides},
		{"QuickReplies", quickReplies},
		{"Figures", figures},
		{"Streams", streams},
		{"Replying", replying},
		{"Due", due},
		{"Known", known},
		{"Visits", visits},
		{"Personal", personal},
		{"ForgetCases", forgetCases},
		{"ForgetWords", forgetWords},
		{"ForgetUnread", forgetUnread},
		{"ForgottenElsewhere", forgottenElsewhere},
		{"StillThere", stillThere},
		{"Passing", passing},
		{"VisitOnce", visitOnce},
		{"VisitCorrections", visitCorrections},
		{"VisitFilter", visitFilter},
		{"VisitOutcomes", visitOutcomes},
		{"Conversation", conversation},
		{"Outbox", outbox},
		{"OutboxAtOnce", outboxAtOnce},
		{"OutboxFailures", outboxFailures},
		{"OutboxClock", outboxClock},
		{"BulkLanes", bulkLanes},
		{"Announcements", announcements},
		{"Sent", sent},
		{"MoveChat", moveChat},
		{"Unreached", unreached},
		{"LostChats", lostChats},
		{"Unheard", unheard},
		{"Topics", topics},
		{"Lines", lines},
		{"Documents", documents},
		{"DocumentChanges", documentChanges},
		{"DocumentImports", documentImports},
		{"DocumentsAtOnce", documentsAtOnce},
		{"Vectors", vectors},
		{"CasesToLearn", casesToLearn},
		{"Models", models},
		{"PinnedModels", pinnedModels},
		{"Cleanup", cleanup},
		{"Jobs", jobs},
		{"JobOnce", jobOnce},
		{"JobStop", jobStop},
		{"Periodic", periodic},
		{"HostileText", hostileText},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			c.check(t, newDB(t)(t))
		})
	}
	t.Run("Intake", func(t *testing.T) {
		t.Parallel()
		Intake(t, func(t *testing.T) (relay.Intake, *store.Store) {
			s := newDB(t)(t)
			return s, s
		})
	})
	t.Run("Signals", func(t *testing.T) {
		t.Parallel()
		Signals(t, func(t *testing.T) Wire { return OneProcess(newDB(t)(t)) })
	})
	t.Run("Reopen", func(t *testing.T) {
		t.Parallel()
		reopen(t, newDB(t))
	})
}

var ctx = context.Background()

// update and view run fn and fail the test when it fails.
func update(t *testing.T, s *store.Store, fn func(handlers.Tx) error) {
	t.Helper()
	if err := s.Update(ctx, fn); err != nil {
		t.Fatal(err)
	}
}

func view(t *testing.T, s *store.Store, fn func(handlers.Tx) error) {
	t.Helper()
	if err := s.View(ctx, fn); err != nil {
		t.Fatal(err)
	}
}

func wantCode(t *testing.T, err error, want ticket.Code) {
	t.Helper()
	if got := ticket.CodeOf(err); got != want {
		t.Fatalf("error %v has code %q, want %q", err, got, want)
	}
}

func equal[T comparable](t *testing.T, what string, got, want T) {
	t.Helper()
	if got != want {
		t.Fatalf("%s: got %v, want %v", what, got, want)
	}
}

func must[T any](t *testing.T) func(T, error) T {
	return func(v T, err error) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}
