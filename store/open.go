package store

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/jackc/pgx/v5/stdlib"
	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

// OpenError says why the state could not be opened and what to do about it.
type OpenError struct {
	DSN string // without its password
	Err error
	Try string // what the operator can do, "" when nothing is known
}

// Error implements error.
func (e *OpenError) Error() string { return fmt.Sprintf("open %s: %v", e.DSN, e.Err) }

// Unwrap returns the cause.
func (e *OpenError) Unwrap() error { return e.Err }

// Open opens the state, making it when there is none, and brings its schema up
// to date. What goes wrong is an *OpenError. The caller closes the store.
func Open(ctx context.Context, cfg Config) (*Store, error) {
	s, _, err := open(ctx, cfg)
	return s, err
}

// Migrate brings the schema up to date and reports what it did.
func Migrate(ctx context.Context, cfg Config) (Migrated, error) {
	s, m, err := open(ctx, cfg)
	if err != nil {
		return m, err
	}
	return m, s.Close()
}

func open(ctx context.Context, cfg Config) (*Store, Migrated, error) {
	cfg = cfg.withDefaults()
	to, err := parseTarget(cfg)
	if err != nil {
		return nil, Migrated{}, err
	}
	s := &Store{cfg: cfg, target: to, hub: newHub()}
	s.pulse.Ask = s.ask
	m, err := s.open(ctx)
	if err != nil {
		s.Close()
		return nil, m, &OpenError{DSN: to.masked(), Err: err, Try: to.try(err)}
	}
	return s, m, nil
}

func (s *Store) open(ctx context.Context) (Migrated, error) {
	var err error
	if s.target.postgres() {
		err = s.openPostgres()
	} else {
		err = s.openSQLite()
	}
	if err != nil {
		return Migrated{}, err
	}
	if err := s.write.PingContext(ctx); err != nil {
		return Migrated{}, err
	}
	m, err := s.migrate(ctx)
	if err != nil {
		return m, err
	}
	if !s.cfg.moved {
		if err := s.stillHere(ctx); err != nil {
			return m, err
		}
	}
	if s.insert, err = newInserter(s); err != nil {
		return m, err
	}
	return m, s.sealOld(ctx)
}

func (s *Store) openSQLite() error {
	file := s.target.file
	if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
		return err
	}
	// SQLite would make the file readable for everybody; the files beside it
	// (-wal, -shm) get the permissions of this one.
	f, err := os.OpenFile(file, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return err
	}
	if s.opened, err = f.Stat(); err != nil {
		return errors.Join(err, f.Close())
	}
	if err := f.Close(); err != nil {
		return err
	}
	s.dialect = sqliteDialect
	// A transaction that reads first and writes later fails at once when another
	// has written in between, whatever the timeout; an immediate one waits.
	for _, p := range []struct {
		db    **sql.DB
		query string
		conns int
		wait  time.Duration // for the lock of another writer
	}{
		// Our writers queue for one connection in the order in which they came,
		// instead of polling for SQLite's lock. River has its own connection.
		{&s.write, "_txlock=immediate", 1, lockTime},
		{&s.jobs, "_txlock=immediate", 1, lockTime},
		{&s.read, "_pragma=query_only(1)", 4, lockTime},
		{&s.beat, "", 1, 0},
	} {
		connector, err := sqlite.NewConnector(sqliteDSN(file, p.wait, p.query))
		if err != nil {
			return err
		}
		db := sql.OpenDB(preparing{connector})
		db.SetMaxOpenConns(p.conns)
		db.SetMaxIdleConns(p.conns)
		*p.db = db
	}
	return nil
}

// lockTime is how long a writer of SQLite waits for one on another connection.
const lockTime = 5 * time.Second

func sqliteDSN(file string, wait time.Duration, query string) string {
	return fileURL(file) + fmt.Sprintf("?_pragma=busy_timeout(%d)", wait.Milliseconds()) + "&_pragma=journal_mode(WAL)&_pragma=synchronous(FULL)&_pragma=foreign_keys(1)&_pragma=secure_delete(1)&" + query
}

func fileURL(file string) string {
	return (&url.URL{Scheme: "file", Opaque: (&url.URL{Path: file}).EscapedPath()}).String()
}

// postgresConns is how many connections a process has to PostgreSQL at most, besides half
// as many of River's, one that listens and one of a Claim, and postgresIdle how long one is kept that nobody uses.
const (
	postgresConns = 16
	postgresIdle  = 5 * time.Minute
)

func (s *Store) openPostgres() error {
	conf, err := pgxpool.ParseConfig(s.target.dsn)
	if err != nil {
		return err
	}
	s.dialect = postgresDialect
	// To connect takes longer than a transaction, and so does preparing all statements
	// anew: what a busy moment has opened is kept for the next.
	open := func(silence time.Duration, conns int) *sql.DB {
		c := conf.ConnConfig.Copy()
		c.DialFunc, c.ConnectTimeout = dial(silence), cmp.Or(c.ConnectTimeout, dialTime)
		db := stdlib.OpenDB(*c)
		db.SetMaxOpenConns(conns)
		db.SetMaxIdleConns(conns)
		db.SetConnMaxIdleTime(postgresIdle)
		return db
	}
	// River and migrations have limits of their own, or need none.
	db := open(silence, postgresConns)
	s.write, s.read, s.jobs = db, db, open(0, postgresConns/2)
	conf.MinConns, conf.MinIdleConns, conf.MaxConns = 0, 0, 1
	s.listen, err = pgxpool.NewWithConfig(context.Background(), conf)
	return err
}

// target is a parsed Config.DSN.
type target struct {
	dsn  string // for PostgreSQL
	file string // for SQLite
}

func parseTarget(cfg Config) (target, error) {
	switch {
	case cfg.DSN == "":
		return target{file: filepath.Join(cfg.Dir, "liaison.db")}, nil
	case strings.HasPrefix(cfg.DSN, "sqlite:") && cfg.DSN != "sqlite:":
		return target{file: strings.TrimPrefix(cfg.DSN, "sqlite:")}, nil
	case strings.HasPrefix(cfg.DSN, "postgres://"), strings.HasPrefix(cfg.DSN, "postgresql://"):
		return target{dsn: cfg.DSN}, nil
	default:
		// What it begins with is not shown: it may be a password.
		return target{}, &OpenError{
			DSN: "database",
			Err: errors.New("the data source name is of no known kind"),
			Try: "use sqlite:PATH or postgres://user:password@host/database",
		}
	}
}

func (t target) postgres() bool { return t.dsn != "" }

// masked names the target without the password.
func (t target) masked() string {
	if !t.postgres() {
		return "sqlite:" + t.file
	}
	u, err := url.Parse(t.dsn)
	if err != nil {
		return "postgres://…"
	}
	u.RawQuery, u.Fragment = "", "" // may hold a password too
	return u.Redacted()
}

// try says what the operator can do about err.
func (t target) try(err error) string {
	var newer *newerSchemaError
	var moved *movedError
	var pg *pgconn.PgError
	switch {
	case errors.As(err, &newer):
		return "run the newer program that wrote it, or restore a backup made before the upgrade"
	case errors.As(err, &moved):
		return "set LIAISON_DATABASE to that one; to go back to this one, as it was then, run liaison migrate --undo"
	case errors.Is(err, fs.ErrPermission), errors.Is(err, syscall.EROFS), sqliteCode(err) == sqlite3.SQLITE_READONLY:
		return "make " + filepath.Dir(t.file) + " writable for the user that runs this program, or choose another directory"
	case sqliteCode(err) == sqlite3.SQLITE_NOTADB, sqliteCode(err) == sqlite3.SQLITE_CORRUPT:
		return "move " + t.file + " away and restore a backup: it is damaged or not a SQLite database"
	case sqliteCode(err) == sqlite3.SQLITE_CANTOPEN, errors.Is(err, syscall.EISDIR), errors.Is(err, syscall.ENOTDIR):
		return "name a file in a directory that exists and is writable: sqlite:PATH"
	case sqliteCode(err) == sqlite3.SQLITE_BUSY, sqliteCode(err) == sqlite3.SQLITE_LOCKED:
		return "stop the other program that holds " + t.file
	case sqliteCode(err) == sqlite3.SQLITE_FULL, errors.Is(err, syscall.ENOSPC):
		return "free space on the disk that holds " + t.file
	case errors.Is(err, syscall.ECONNREFUSED):
		return "start PostgreSQL, or correct host and port"
	case errors.As(err, &pg) && strings.HasPrefix(pg.Code, "28"):
		return "correct user and password"
	case errors.As(err, &pg) && pg.Code == "3D000":
		return "create the database first: createdb NAME"
	case t.postgres():
		return "check host, port, user and database with psql"
	default:
		return ""
	}
}
