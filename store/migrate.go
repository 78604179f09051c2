package store

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"strconv"
	"strings"

	"github.com/pressly/goose/v3"
)

//go:embed migrations/*.sql
var migrations embed.FS

// Migrated is what Migrate did.
type Migrated struct {
	Applied []string // the migrations that were missing, in order
	Version int64    // the schema's version now
}

// newerSchemaError says that a newer program has written the database.
type newerSchemaError struct{ have, known int64 }

func (e *newerSchemaError) Error() string {
	return fmt.Sprintf("its schema has version %d, this program knows up to %d", e.have, e.known)
}

// schemaVersion is the version of the newest embedded migration.
var schemaVersion = func() int64 {
	names, _ := fs.Glob(migrations, "migrations/*.sql") // the pattern is valid
	var newest int64
	for _, name := range names {
		n, _, _ := strings.Cut(path.Base(name), "_")
		v, _ := strconv.ParseInt(n, 10, 64) // goose refuses a name without a number
		newest = max(newest, v)
	}
	return newest
}()

// migrate applies our migrations, then River's, on the connections that have no limit
// to how long a statement may take. Of several programs that start on one PostgreSQL
// database at once, one does it while the others wait.
func (s *Store) migrate(ctx context.Context) (m Migrated, err error) {
	if s.target.postgres() {
		unlock, err := lockSchema(ctx, s.jobs)
		if err != nil {
			return m, err
		}
		defer unlock()
	}
	dir, err := fs.Sub(migrations, "migrations")
	if err != nil {
		return m, err
	}
	g, err := goose.NewProvider(s.dialect.goose, s.jobs, dir, goose.WithDisableGlobalRegistry(true))
	if err != nil {
		return m, err
	}
	if m.Version, err = g.GetDBVersion(ctx); err != nil {
		return m, err
	}
	if m.Version > schemaVersion {
		return m, &newerSchemaError{have: m.Version, known: schemaVersion}
	}
	done, err := g.Up(ctx)
	for _, r := range done {
		m.Applied = append(m.Applied, path.Base(r.Source.Path))
		m.Version = r.Source.Version
	}
	if err != nil {
		return m, err
	}
	rivers, err := migrateJobs(ctx, s)
	m.Applied = append(m.Applied, rivers...)
	return m, err
}

// lockSchema takes a lock that belongs to the schema and to one connection.
func lockSchema(ctx context.Context, db *sql.DB) (unlock func(), err error) {
	conn, err := db.Conn(ctx)
	if err != nil {
		return nil, err
	}
	const key = `hashtext('liaison migrations of ' || current_schema())`
	if _, err := conn.ExecContext(ctx, `SELECT pg_advisory_lock(`+key+`)`); err != nil {
		return nil, errors.Join(err, conn.Close())
	}
	return func() {
		// A failure leaves the lock to the connection's end.
		_, _ = conn.ExecContext(context.WithoutCancel(ctx), `SELECT pg_advisory_unlock(`+key+`)`)
		conn.Close()
	}, nil
}

// sameFile fails when the SQLite file was removed or replaced: what is written
// then goes to a file that nobody will find again.
func (s *Store) sameFile() error {
	if s.opened == nil {
		return nil
	}
	now, err := os.Stat(s.target.file)
	if err == nil && !os.SameFile(s.opened, now) {
		err = fmt.Errorf("%s is not the file that was opened", s.target.file)
	}
	return err
}
