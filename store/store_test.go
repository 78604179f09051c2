package store_test

import (
	"context"
	"errors"
	"net/url"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"liaison/handlers"
	"liaison/store"
	"liaison/store/storetest"
)

func TestSQLite(t *testing.T) {
	t.Parallel()
	storetest.Run(t, storetest.SQLite)
}

func TestPostgres(t *testing.T) {
	t.Parallel()
	if dsn := postgres(t); dsn != "" {
		storetest.Run(t, func(t testing.TB) storetest.Opener { return storetest.Postgres(t, dsn) })
	}
}

// TestPostgresStartsTogether opens an empty database several times at once, as
// several machines do: one brings the schema up to date, the others wait.
func TestPostgresStartsTogether(t *testing.T) {
	t.Parallel()
	dsn := postgres(t)
	if dsn == "" {
		return
	}
	cfg := store.Config{DSN: storetest.Schema(t, dsn), Dir: t.TempDir()}
	var wg sync.WaitGroup
	var applied [4][]string
	for i := range applied {
		wg.Go(func() {
			m, err := store.Migrate(t.Context(), cfg)
			if err != nil {
				t.Error(err)
			}
			applied[i] = m.Applied
		})
	}
	wg.Wait()
	all, some := slices.Concat(applied[:]...), 0
	for _, names := range applied {
		if len(names) > 0 {
			some++
		}
	}
	once := slices.Compact(slices.Sorted(slices.Values(all)))
	if some != 1 || len(all) != len(once) || !slices.Contains(all, "00001_initial.sql") {
		t.Errorf("applied: %q", applied)
	}
}

// TestPostgresKeepsConnections has bursts of work, as busy moments are: what they opened
// is used again.
func TestPostgresKeepsConnections(t *testing.T) {
	t.Parallel()
	dsn := postgres(t)
	if dsn == "" {
		return
	}
	st := storetest.Postgres(t, dsn)(t)
	for range 3 {
		var wg sync.WaitGroup
		for range 32 {
			wg.Go(func() {
				if err := st.Update(context.Background(), func(handlers.Tx) error {
					time.Sleep(5 * time.Millisecond) // so that the others need connections of their own
					return nil
				}); err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
	}
	if p := st.Pools()["write"]; p.OpenConnections < 16 || p.MaxIdleClosed > 0 {
		t.Errorf("%d connections are open, %d were closed because enough were idle; want 16 and none", p.OpenConnections, p.MaxIdleClosed)
	}
}

func TestPostgresWithoutDatabase(t *testing.T) {
	t.Parallel()
	dsn := postgres(t)
	if dsn == "" {
		return
	}
	u, err := url.Parse(dsn)
	if err != nil {
		t.Fatal(err)
	}
	u.Path = "/liaison_no_such_database"
	_, err = store.Open(context.Background(), store.Config{DSN: u.String()})
	var e *store.OpenError
	if !errors.As(err, &e) || !strings.Contains(e.Try, "createdb") {
		t.Errorf("Open returned %v", err)
	}
}

// postgres returns the data source name of the database for tests, "" when there
// is none and none is required.
func postgres(t testing.TB) string {
	dsn := os.Getenv("LIAISON_TEST_POSTGRES")
	if dsn == "" {
		if os.Getenv("LIAISON_TEST_REQUIRE") == "1" {
			t.Fatal("LIAISON_TEST_POSTGRES is not set")
		}
		t.Log("LIAISON_TEST_POSTGRES is not set: nothing was checked on PostgreSQL")
	}
	return dsn
}
