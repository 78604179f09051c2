package store

import (
	"context"
	"crypto/rand"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

// ErrClaimed says that the database is served in a way that leaves no room: by a
// process that serves alone, or by several while one wants to.
var ErrClaimed = errors.New("another process serves this database")

const (
	// claimWait is how long a claim waits for one that is just being released, as when a
	// process was killed and is started again.
	claimWait = 5 * time.Second
	// claimCheck is how often it is looked whether a claim still holds.
	claimCheck = 2 * time.Second
)

// Claim is the right of a process to serve the database, or to move it. On PostgreSQL it
// holds as long as its connection; Keep claims anew when that was lost. On SQLite it is a
// lock on a file beside the database.
type Claim struct {
	log *slog.Logger
	// shared is for a process that divides the work with others.
	shared bool
	// name is what the server calls the connection. No other process has it.
	name    string
	config  *pgx.ConnConfig // nil on SQLite
	conn    *pgx.Conn       // nil on SQLite and after a loss
	release func() error    // on SQLite
}

// NewClaim claims the right to serve the database of cfg: for this process alone, or, on
// PostgreSQL, shared with others that claim it so. What goes wrong is an *OpenError, with
// ErrClaimed when others leave no room; on PostgreSQL they are waited for some seconds
// before. It comes before Open, which may bring the schema up to date under those who
// serve. The caller releases the claim.
func NewClaim(ctx context.Context, cfg Config, shared bool) (*Claim, error) {
	cfg = cfg.withDefaults()
	to, err := parseTarget(cfg)
	if err != nil {
		return nil, err
	}
	c := &Claim{log: cfg.Logger, shared: shared, name: "liaison claim " + rand.Text()}
	if to.postgres() {
		var pool *pgxpool.Config
		if pool, err = pgxpool.ParseConfig(to.dsn); err == nil {
			c.config = pool.ConnConfig
			err = c.take(ctx)
		}
	} else {
		c.release, err = holdFile(ctx, to.file+".lock")
	}
	switch {
	case sqliteCode(err) == sqlite3.SQLITE_BUSY:
		return nil, &OpenError{DSN: to.masked(), Err: ErrClaimed, Try: "stop that process first; several at once need PostgreSQL and Redis"}
	case errors.Is(err, ErrClaimed):
		return nil, &OpenError{DSN: to.masked(), Err: err, Try: "stop the processes that serve it first; one whose machine failed counts for half a minute more"}
	case err != nil:
		return nil, &OpenError{DSN: to.masked(), Err: err, Try: to.try(err)}
	}
	return c, nil
}

// take claims over a new connection.
func (c *Claim) take(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, 2*claimWait)
	defer cancel()
	config := c.config.Copy()
	config.DialFunc = dial(0)
	if config.ConnectTimeout == 0 {
		config.ConnectTimeout = dialTime
	}
	conn, err := pgx.ConnectConfig(ctx, config)
	if err != nil {
		return err
	}
	if err := c.lock(ctx, conn); err != nil {
		return errors.Join(err, conn.Close(context.WithoutCancel(ctx)))
	}
	c.conn = conn
	return nil
}

func (c *Claim) lock(ctx context.Context, conn *pgx.Conn) error {
	// The server is to notice within half a minute that our machine is gone, and a
	// connection that only we have lost keeps nobody out, not even us.
	_, err := conn.Exec(ctx, `SET tcp_keepalives_idle = 15; SET tcp_keepalives_interval = 5; SET tcp_keepalives_count = 3;
		SET application_name = '`+c.name+`';
		SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = '`+c.name+`' AND pid <> pg_backend_pid()`,
		pgx.QueryExecModeSimpleProtocol)
	if err != nil {
		return err
	}
	try := `SELECT pg_try_advisory_lock%s(hashtextextended('liaison serves ' || current_schema(), 0))`
	if c.shared {
		try = fmt.Sprintf(try, "_shared")
	} else {
		try = fmt.Sprintf(try, "")
	}
	for began := time.Now(); ; {
		var ok bool
		if err := conn.QueryRow(ctx, try).Scan(&ok); err != nil || ok {
			return err
		}
		if time.Since(began) > claimWait {
			return ErrClaimed
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(claimWait / 20):
		}
	}
}

// Keep claims the database anew whenever the connection was lost, until ctx ends and
// it returns nil, or others have claimed the database meanwhile and it returns
// ErrClaimed: then this process must stop.
func (c *Claim) Keep(ctx context.Context) error {
	if c.config == nil {
		return nil
	}
	tick := time.NewTicker(claimCheck)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
		if c.conn != nil && c.holds(ctx) || ctx.Err() != nil {
			continue
		}
		c.disconnect()
		switch err := c.take(ctx); {
		case errors.Is(err, ErrClaimed):
			return err
		case err != nil && ctx.Err() == nil:
			c.log.WarnContext(ctx, "the claim to the database is lost for now", "error", err)
		}
	}
}

// holds reports whether the connection lives.
func (c *Claim) holds(ctx context.Context) bool {
	ctx, cancel := context.WithTimeout(ctx, dialTime)
	defer cancel()
	return c.conn.Ping(ctx) == nil
}

// Release gives the claim up. It is for when nothing is done with the database any
// more, and not beside Keep. It may be called more than once.
func (c *Claim) Release() error {
	c.disconnect()
	release := c.release
	c.release = nil
	if release == nil {
		return nil
	}
	return release()
}

func (c *Claim) disconnect() {
	if c.conn == nil {
		return
	}
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	_ = c.conn.Close(ctx) // one that is broken is closed too
	c.conn = nil
}

// holdFile locks the file until release is called or the process ends. The lock is held
// by SQLite, as it holds its own; SQLITE_BUSY says that another process has it.
func holdFile(ctx context.Context, file string) (release func() error, err error) {
	if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
		return nil, err
	}
	f, err := os.OpenFile(file, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, err
	}
	if err := f.Close(); err != nil {
		return nil, err
	}
	connector, err := sqlite.NewConnector(fileURL(file) + "?_txlock=exclusive")
	if err != nil {
		return nil, err
	}
	db := sql.OpenDB(connector)
	tx, err := db.BeginTx(context.WithoutCancel(ctx), nil)
	if err != nil {
		return nil, errors.Join(err, db.Close())
	}
	return func() error { return errors.Join(tx.Rollback(), db.Close()) }, nil
}
