package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"
)

// longTime is how long a statement of a long transaction may take on PostgreSQL, and all
// of an audit on both databases.
const longTime = 15 * time.Minute

// errLong is what a transaction ends with that takes long, to begin anew where it may.
var errLong = errors.New("store: it takes long")

// takesLong says that statements follow that may be silent for long, since they look
// through whole tables. On the connections that give up a silent PostgreSQL it fails, and
// update runs the transaction once more, from its start, on one that waits.
func (t *tx) takesLong() error {
	if t.readonly || t.long || !t.store.target.postgres() {
		return nil
	}
	return errLong
}

// beginLong begins a transaction that may write and may be silent for long.
func (s *Store) beginLong(ctx context.Context) (*sql.Tx, error) {
	raw, err := s.patient().BeginTx(ctx, nil)
	if err != nil {
		return nil, err
	}
	if _, err := raw.ExecContext(ctx, fmt.Sprintf(`SET LOCAL statement_timeout = %d`, longTime.Milliseconds())); err != nil {
		return nil, errors.Join(err, raw.Rollback())
	}
	return raw, nil
}

// patient are connections for long reading.
func (s *Store) patient() *sql.DB {
	if s.target.postgres() {
		return s.jobs
	}
	return s.read
}
