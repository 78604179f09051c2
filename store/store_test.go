package store_test

import (
	"os"
	"testing"

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
