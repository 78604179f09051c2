package store

import (
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/pressly/goose/v3"
	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

// dialect is what differs between the two databases once they are open.
type dialect struct {
	goose goose.Dialect
	// forUpdate ends a SELECT that locks its rows. SQLite needs none: a
	// transaction that may write holds the only write lock from its start.
	forUpdate string
	// rowID names what every row has, whatever its key.
	rowID string
	// now is the present moment as River writes it, and in the one that is so far ahead,
	// in whole seconds.
	now string
	in  func(d time.Duration) string
	// again reports whether the transaction failed only because of another one.
	again func(error) bool
}

var sqliteDialect = dialect{
	goose: goose.DialectSQLite3,
	rowID: "rowid",
	now:   `datetime('now', 'subsec')`,
	in: func(d time.Duration) string {
		return fmt.Sprintf(`datetime('now', 'subsec', '%+.0f seconds')`, d.Seconds())
	},
	again: func(err error) bool {
		code := sqliteCode(err)
		return code == sqlite3.SQLITE_BUSY || code == sqlite3.SQLITE_LOCKED
	},
}

var postgresDialect = dialect{
	goose:     goose.DialectPostgres,
	forUpdate: " FOR UPDATE",
	rowID:     "ctid",
	now:       "now()",
	in:        func(d time.Duration) string { return fmt.Sprintf(`(now() + interval '%.0f seconds')`, d.Seconds()) },
	again: func(err error) bool {
		var e *pgconn.PgError
		const serialization, deadlock = "40001", "40P01"
		return errors.As(err, &e) && (e.Code == serialization || e.Code == deadlock)
	},
}

// sqliteCode returns the primary result code of err, 0 when it is not SQLite's.
func sqliteCode(err error) int {
	var e *sqlite.Error
	if !errors.As(err, &e) {
		return 0
	}
	return e.Code() & 0xff
}
