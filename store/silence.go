package store

import (
	"context"
	"net"
	"sync"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
)

const (
	// silence is how long PostgreSQL may say nothing at all while a statement runs: what
	// waits longer waits for a server or a network that is gone. Statements that may take
	// as long before their first row run on connections without it: migrations, River's
	// upkeep, and forgetting and audits, see takesLong. Cleanup removes little at once.
	silence = 10 * time.Second
	// dialTime is how long connecting may take, where the DSN does not say.
	dialTime = 5 * time.Second
)

// alive makes connections find out within half a minute that nobody is there any more.
var alive = net.KeepAliveConfig{Enable: true, Idle: 15 * time.Second, Interval: 5 * time.Second, Count: 3}

// dial connects to PostgreSQL. What is read from the connection, and written, fails
// when nothing moves for so long; 0 is for ever.
func dial(silence time.Duration) pgconn.DialFunc {
	d := net.Dialer{KeepAliveConfig: alive}
	return func(ctx context.Context, network, addr string) (net.Conn, error) {
		conn, err := d.DialContext(ctx, network, addr)
		if err != nil || silence == 0 {
			return conn, err
		}
		return &impatient{Conn: conn, silence: silence}, nil
	}
}

// impatient is a connection on which each reading and writing has a time limit of its
// own. A deadline that somebody sets, such as pgx for a context that has ended, comes
// before it.
type impatient struct {
	net.Conn
	silence time.Duration

	mu  sync.Mutex
	set bool // somebody's deadline holds
}

// Read implements net.Conn.
func (c *impatient) Read(b []byte) (int, error) {
	if err := c.limit(c.Conn.SetReadDeadline); err != nil {
		return 0, err
	}
	return c.Conn.Read(b)
}

// Write implements net.Conn.
func (c *impatient) Write(b []byte) (int, error) {
	if err := c.limit(c.Conn.SetWriteDeadline); err != nil {
		return 0, err
	}
	return c.Conn.Write(b)
}

func (c *impatient) limit(set func(time.Time) error) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.set {
		return nil
	}
	return set(time.Now().Add(c.silence))
}

// SetDeadline implements net.Conn. It is the only one that pgx uses, by itself and
// through TLS.
func (c *impatient) SetDeadline(t time.Time) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.set = !t.IsZero()
	return c.Conn.SetDeadline(t)
}
