package store

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
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

// Claim is the right of a process to serve the database. It holds as long as its
// connection; Keep claims anew when that was lost. On SQLite there is nothing to it.
type Claim struct {
	store *Store
	// shared is for a process that divides the work with others.
	shared bool
	// name is what the server calls the connection. No other process has it.
	name string
	conn *pgx.Conn // nil on SQLite and after a loss
}

// Claim claims the right to serve the database: for this process alone, or shared with
// others that claim it so. It fails with ErrClaimed when others leave no room for
// that, and waits some seconds before. The caller releases the claim.
func (s *Store) Claim(ctx context.Context, shared bool) (*Claim, error) {
	c := &Claim{store: s, shared: shared, name: "liaison claim " + rand.Text()}
	if !s.target.postgres() {
		return c, nil
	}
	return c, c.take(ctx)
}

// take claims over a new connection.
func (c *Claim) take(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, 2*claimWait)
	defer cancel()
	config := c.store.listen.Config().ConnConfig
	config.ConnectTimeout = dialTime
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
	if !c.store.target.postgres() {
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
		c.Release()
		switch err := c.take(ctx); {
		case errors.Is(err, ErrClaimed):
			return err
		case err != nil && ctx.Err() == nil:
			c.store.cfg.Logger.WarnContext(ctx, "the claim to the database is lost for now", "error", err)
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
func (c *Claim) Release() {
	if c.conn == nil {
		return
	}
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	_ = c.conn.Close(ctx) // one that is broken is closed too
	c.conn = nil
}
