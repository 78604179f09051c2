package store

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"io"
	"net"
	"os"
	"slices"
	"syscall"

	"github.com/jackc/pgx/v5/pgconn"
	sqlite3 "modernc.org/sqlite/lib"

	"liaison/relay"
)

// outage marks an error as one of the storage's own, see relay.Outage.
func outage(err error) error {
	if err == nil || errors.As(err, new(*relay.Outage)) || !away(err) && !diskFails(err) {
		return err
	}
	return &relay.Outage{Err: err}
}

// away reports whether the database failed as it would have with any statement. That
// time ran out is not among that: the statement, or what came before, may have been too
// much.
func away(err error) bool {
	var pg *pgconn.PgError
	switch {
	case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded), errors.Is(err, os.ErrDeadlineExceeded):
		return false
	case errors.As(err, &pg):
		const canceled, readOnly = "57014", "25006"
		// The connection, resources, what operators do, the system.
		return pg.Code == readOnly || pg.Code != canceled && len(pg.Code) == 5 && slices.Contains([]string{"08", "53", "57", "58"}, pg.Code[:2])
	case errors.As(err, new(*pgconn.ConnectError)), errors.As(err, new(*net.OpError)), pgconn.SafeToRetry(err),
		errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, driver.ErrBadConn), errors.Is(err, sql.ErrConnDone):
		return true
	}
	switch sqliteCode(err) {
	case sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED:
		return true
	}
	return errors.Is(err, errUndone)
}

// diskFails reports whether the disk took no more.
func diskFails(err error) bool {
	return slices.ContainsFunc([]syscall.Errno{syscall.ENOSPC, syscall.EDQUOT, syscall.EIO, syscall.EROFS},
		func(no syscall.Errno) bool { return errors.Is(err, no) })
}
